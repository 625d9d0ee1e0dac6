//! What an operator says of stores, tables, seatings and closing days, read into what the book keeps. Forms,
//! tables from a spreadsheet and the API bring the same fields under the same names, and hear the same
//! about them. Knows neither pages nor the database.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::app::App;
use crate::azukari::{FieldError, StoreEntry, Trouble};
use crate::book::closing::{ClosingDay, Decision};
use crate::book::seatings::Seatings;
use crate::book::seats::Table;
use crate::book::stores::{Lacks, Store};
use crate::engage::Stop;
use crate::fields::Fields;
use crate::language::Label;
use crate::pages::MOTIFS;
use crate::payments::LEAST_YEN;
use crate::{phone, when};

/// The fields of a store, in the order of a form and of a table's columns.
pub(crate) const STORE_FIELDS: [&str; 29] = [
    "slug",
    "name_ja",
    "name_en",
    "description_ja",
    "description_en",
    "area_ja",
    "area_en",
    "cuisine_ja",
    "cuisine_en",
    "hours_ja",
    "hours_en",
    "address_ja",
    "address_en",
    "phone",
    "country",
    "picture",
    "price_band",
    "time_zone",
    "party_min",
    "party_max",
    "seating_minutes",
    "notice_minutes",
    "days_ahead",
    "hold_minutes",
    "fee_yen",
    "free_until_hours",
    "late_percent",
    "listed",
    "representative",
];
/// What a field is when nobody says.
const DEFAULTS: [(&str, &str); 13] = [
    ("country", "JP"),
    ("picture", "wave"),
    ("price_band", "2"),
    ("time_zone", "Asia/Tokyo"),
    ("party_min", "1"),
    ("party_max", "8"),
    ("seating_minutes", "120"),
    ("notice_minutes", "60"),
    ("days_ahead", "60"),
    ("hold_minutes", "10"),
    ("fee_yen", "0"),
    ("free_until_hours", "24"),
    ("late_percent", "0"),
];
/// The fields of a table.
pub(crate) const TABLE_FIELDS: [&str; 5] = ["name", "seats_from", "seats_to", "count", "joins"];
/// The days of the week, as fields.
pub(crate) const WEEK: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The most that one store has: kinds of tables, and seatings of a day.
const MOST: usize = 100;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) field: String,
    pub(crate) what: What,
}

/// What can be wrong; `crate::words` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Missing,
    /// Longer than so many characters.
    TooLong(usize),
    /// No whole number between these two.
    NotANumber(u32, u32),
    NotAName,
    /// No name of a key: letters, digits and hyphens.
    NotAKeyName,
    /// No purpose under which a store may look.
    NotAPurpose,
    /// No telephone number of the store's country, and none with a country.
    NotAPhone,
    /// Nowhere a message may go.
    NotAnAddress,
    NotAZone,
    NotAMotif,
    NotACountry,
    NotADate,
    /// A day before today.
    Past,
    NotTimes,
    /// Neither yes nor no.
    NotYesNo,
    /// A store cannot be open to guests without these.
    NotReady(Lacks),
    ControlCharacter,
    /// Smaller than the field before it.
    Backwards,
    /// A fee that no card is charged for: the least that is.
    TooSmallAFee(u32),
    /// More than there are tables.
    MoreThanThereAre,
    /// The same a second time.
    Twice,
    NoSuchStore,
    /// Nobody knows a field of this name.
    UnknownField,
    TooMany(usize),
    /// Azukari does not take it; its own words, where it has some.
    NotTaken(Option<String>),
}

/// A character that is not seen and says in which direction those around it run.
fn turns_lines(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What stands for a letter, digit or sign of ASCII, as a Japanese keyboard gives it, is that sign.
fn narrow(text: &str) -> String {
    let narrow = |c: char| match c {
        '！'..='～' => {
            char::from_u32(u32::from(c) - u32::from('！') + u32::from('!')).unwrap_or(c)
        }
        '\u{3000}' => ' ',
        c => c,
    };
    text.chars().map(narrow).collect()
}

/// Reads the fields of one thing, and remembers what is wrong.
struct Reading<'a> {
    fields: &'a Fields,
    wrong: Vec<Wrong>,
}

impl<'a> Reading<'a> {
    fn of(fields: &'a Fields) -> Self {
        Self { fields, wrong: Vec::new() }
    }

    fn wrong(&mut self, field: &str, what: What) {
        self.wrong.push(Wrong { field: field.to_owned(), what });
    }

    /// A line of text; `longest` in characters.
    fn text(&mut self, field: &str, longest: usize) -> String {
        let text = self.fields.filled(field).unwrap_or_default();
        if text.is_empty() {
            self.wrong(field, What::Missing);
        } else if text.chars().count() > longest {
            self.wrong(field, What::TooLong(longest));
        } else if text.chars().any(|c| c.is_control() || turns_lines(c)) {
            self.wrong(field, What::ControlCharacter);
        }
        text.to_owned()
    }

    fn label(&mut self, field: &str, longest: usize) -> Label {
        Label {
            ja: self.text(&format!("{field}_ja"), longest),
            en: self.text(&format!("{field}_en"), longest),
        }
    }

    fn or_default(&self, field: &str) -> &'a str {
        let default = || DEFAULTS.iter().find(|(name, _)| *name == field);
        let default = || default().map_or("", |(_, value)| *value);
        self.fields.filled(field).unwrap_or_else(default)
    }

    fn number<T: TryFrom<u32> + Default>(&mut self, field: &str, from: u32, to: u32) -> T {
        let read = narrow(self.or_default(field)).parse::<u32>().ok();
        let read = read.filter(|number| (from..=to).contains(number));
        if let Some(number) = read.and_then(|number| T::try_from(number).ok()) {
            return number;
        }
        self.wrong(field, What::NotANumber(from, to));
        T::default()
    }

    fn done<T>(self, read: T) -> Result<T, Vec<Wrong>> {
        if self.wrong.is_empty() { Ok(read) } else { Err(self.wrong) }
    }
}

/// A short name for addresses: small letters, digits and hyphens.
/// Small letters, digits and hyphens: a name in addresses, or a login.
pub(crate) fn is_slug(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (2..=40).contains(&text.len())
        && text.chars().all(plain)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text != "new"
}

/// A store, and who represents it: that name goes to Azukari's register and is kept nowhere here.
pub(crate) struct Entry {
    pub(crate) store: Store,
    pub(crate) representative: Option<String>,
    /// Whether it is to be open to guests; `None` leaves that as it is.
    pub(crate) listed: Option<bool>,
}

/// Reads a store.
///
/// # Errors
/// Everything that is wrong, field by field.
pub(crate) fn store(fields: &Fields) -> Result<Entry, Vec<Wrong>> {
    let mut read = Reading::of(fields);
    let slug = narrow(&read.text("slug", 40));
    if !slug.is_empty() && !is_slug(&slug) {
        read.wrong("slug", What::NotAName);
    }
    let zone = TimeZone::get(&narrow(read.or_default("time_zone")));
    let zone = zone.ok().filter(|zone| zone.iana_name().is_some());
    if zone.is_none() {
        read.wrong("time_zone", What::NotAZone);
    }
    let picture = read.or_default("picture").to_owned();
    if !MOTIFS.iter().any(|(motif, _)| *motif == picture) {
        read.wrong("picture", What::NotAMotif);
    }
    let country = narrow(read.or_default("country"));
    if country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase()) {
        read.wrong("country", What::NotACountry);
    }
    let phone = match fields.filled("phone").map(|typed| phone::dialled(&country, typed)) {
        None => String::new(),
        Some(Some(number)) => number,
        Some(None) => {
            read.wrong("phone", What::NotAPhone);
            String::new()
        }
    };
    let listed = match fields.filled("listed") {
        None => None,
        Some("yes" | "true" | "1" | "on" | "はい") => Some(true),
        Some("no" | "false" | "0" | "いいえ") => Some(false),
        Some(_) => {
            read.wrong("listed", What::NotYesNo);
            None
        }
    };
    let store = Store {
        slug,
        name: read.label("name", 100),
        description: read.label("description", 400),
        area: read.label("area", 100),
        cuisine: read.label("cuisine", 100),
        hours: read.label("hours", 200),
        address: read.label("address", 200),
        phone,
        country,
        picture,
        price_band: read.number("price_band", 1, 4),
        time_zone: zone.unwrap_or(TimeZone::UTC),
        party_min: read.number("party_min", 1, 50),
        party_max: read.number("party_max", 1, 50),
        seating_minutes: read.number("seating_minutes", 15, 720),
        notice_minutes: read.number("notice_minutes", 0, 20_160),
        days_ahead: read.number("days_ahead", 0, 365),
        hold_minutes: read.number("hold_minutes", 1, 60),
        fee_yen: read.number("fee_yen", 0, 1_000_000),
        free_until_hours: read.number("free_until_hours", 0, 720),
        late_percent: read.number("late_percent", 0, 100),
        listed: listed.unwrap_or(false),
        seated: Vec::new(),
        has_seatings: false,
    };
    if store.party_max < store.party_min && store.party_max > 0 {
        read.wrong("party_max", What::Backwards);
    }
    if (1..LEAST_YEN).contains(&store.fee_yen) {
        read.wrong("fee_yen", What::TooSmallAFee(LEAST_YEN));
    }
    let representative = fields.filled("representative").map(str::to_owned);
    read.done(Entry { store, representative, listed })
}

/// A store as fields: what a form shows and the API tells.
pub(crate) fn fields_of(store: &Store) -> Fields {
    let number = |number: u32| number.to_string();
    let mut fields = Fields::default();
    for (name, label) in [
        ("name", &store.name),
        ("description", &store.description),
        ("area", &store.area),
        ("cuisine", &store.cuisine),
        ("hours", &store.hours),
        ("address", &store.address),
    ] {
        fields.set(&format!("{name}_ja"), &label.ja);
        fields.set(&format!("{name}_en"), &label.en);
    }
    for (name, value) in [
        ("slug", store.slug.clone()),
        ("phone", store.phone.clone()),
        ("country", store.country.clone()),
        ("picture", store.picture.clone()),
        ("price_band", number(store.price_band.into())),
        ("time_zone", store.zone().to_owned()),
        ("party_min", number(store.party_min.into())),
        ("party_max", number(store.party_max.into())),
        ("seating_minutes", number(store.seating_minutes.into())),
        ("notice_minutes", number(store.notice_minutes)),
        ("days_ahead", number(store.days_ahead.into())),
        ("hold_minutes", number(store.hold_minutes.into())),
        ("fee_yen", number(store.fee_yen)),
        ("free_until_hours", number(store.free_until_hours.into())),
        ("late_percent", number(store.late_percent.into())),
        ("listed", if store.listed { "yes" } else { "no" }.to_owned()),
    ] {
        fields.set(name, &value);
    }
    fields
}

/// The fields of a store that is to be made, as they are when nobody says.
pub(crate) fn new_store() -> Fields {
    let mut fields = Fields::default();
    for (name, value) in DEFAULTS {
        fields.set(name, value);
    }
    fields.set("listed", "no");
    fields
}

/// Reads one kind of tables.
///
/// # Errors
/// Everything that is wrong, field by field.
pub(crate) fn table(fields: &Fields) -> Result<Table, Vec<Wrong>> {
    let mut read = Reading::of(fields);
    let mut table = Table {
        name: read.text("name", 40),
        seats_from: read.number("seats_from", 1, 50),
        seats_to: read.number("seats_to", 1, 50),
        count: read.number("count", 1, 500),
        joins: 1,
    };
    if fields.filled("joins").is_some() {
        table.joins = read.number("joins", 1, 500);
    }
    if table.seats_to < table.seats_from && table.seats_to > 0 {
        read.wrong("seats_to", What::Backwards);
    }
    if table.joins > table.count && table.count > 0 {
        read.wrong("joins", What::MoreThanThereAre);
    }
    read.done(table)
}

/// Reads the tables of one store: no name twice, and not too many.
///
/// # Errors
/// Everything that is wrong, by field and row: `tables[2].count`.
pub(crate) fn tables(rows: &[Fields]) -> Result<Vec<Table>, Vec<Wrong>> {
    let (mut tables, mut wrong): (Vec<Table>, Vec<Wrong>) = (Vec::new(), Vec::new());
    if rows.len() > MOST {
        return Err(vec![Wrong { field: "tables".to_owned(), what: What::TooMany(MOST) }]);
    }
    for (at, row) in rows.iter().enumerate() {
        let place = |field: &str| format!("tables[{at}].{field}");
        match table(row) {
            Ok(table) if tables.iter().any(|other| other.name == table.name) => {
                wrong.push(Wrong { field: place("name"), what: What::Twice });
            }
            Ok(table) => tables.push(table),
            Err(found) => wrong.extend(
                found.into_iter().map(|found| Wrong { field: place(&found.field), ..found }),
            ),
        }
    }
    if wrong.is_empty() { Ok(tables) } else { Err(wrong) }
}

/// A kind of tables as fields.
pub(crate) fn fields_of_table(table: &Table) -> Fields {
    let mut fields = Fields::default();
    fields.set("name", &table.name);
    for (name, value) in [
        ("seats_from", u16::from(table.seats_from)),
        ("seats_to", u16::from(table.seats_to)),
        ("count", table.count),
        ("joins", table.joins),
    ] {
        fields.set(name, &value.to_string());
    }
    fields
}

/// Reads the seatings of a week: for each day times such as `17:30 18:00`, or `17:30-20:30/30` for every
/// half hour of a span.
///
/// # Errors
/// The days that cannot be read.
pub(crate) fn seatings(fields: &Fields) -> Result<Seatings, Vec<Wrong>> {
    let mut read = Reading::of(fields);
    let mut week = Seatings::default();
    for (day, into) in WEEK.iter().zip(&mut week.0) {
        match times(fields.get(day)) {
            Some(times) if times.len() > MOST => read.wrong(day, What::TooMany(MOST)),
            Some(times) => *into = times,
            None => read.wrong(day, What::NotTimes),
        }
    }
    read.done(week)
}

/// Times in order, each once; `None` if there is one that cannot be read.
fn times(text: &str) -> Option<Vec<Time>> {
    let mut times = Vec::new();
    let text = narrow(text).replace(['~', '〜', '–', '−', 'ー'], "-");
    let parts = text.split(|c: char| c.is_whitespace() || ",、".contains(c));
    for part in parts.filter(|part| !part.is_empty()) {
        let Some((from, rest)) = part.split_once('-') else {
            times.push(time(part)?);
            continue;
        };
        let (to, step) = rest.split_once('/').unwrap_or((rest, "30"));
        let step: i64 = step.parse().ok().filter(|step| (5..=720).contains(step))?;
        let (mut at, to) = (time(from)?, time(to)?);
        // A span over midnight, or one that is turned around, would quietly be no time at all.
        (at <= to).then_some(())?;
        while at <= to {
            times.push(at);
            let next = at.wrapping_add(jiff::SignedDuration::from_mins(step));
            if next <= at {
                break;
            }
            at = next;
        }
    }
    times.sort_unstable();
    times.dedup();
    Some(times)
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    (minute.len() == 2).then_some(())?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// Seatings as fields.
pub(crate) fn fields_of_seatings(seatings: &Seatings) -> Fields {
    let mut fields = Fields::default();
    for (day, times) in WEEK.iter().zip(&seatings.0) {
        let times: Vec<String> =
            times.iter().map(|time| time.strftime("%H:%M").to_string()).collect();
        fields.set(day, &times.join(" "));
    }
    fields
}

/// Reads a closing day, and what was decided about its bookings.
///
/// # Errors
/// Everything that is wrong, field by field.
pub(crate) fn closing_day(
    fields: &Fields,
    today: Date,
) -> Result<(ClosingDay, Decision), Vec<Wrong>> {
    let mut read = Reading::of(fields);
    let on = when::typed(fields.get("date"));
    match on {
        None => read.wrong("date", What::NotADate),
        Some(on) if on < today => read.wrong("date", What::Past),
        Some(_) => {}
    }
    let reason = read.label("reason", 100);
    let decision = match fields.get("bookings") {
        "keep" => Decision::Keep,
        "call_off" => {
            Decision::CallOff(fields.get("numbers").split_whitespace().map(str::to_owned).collect())
        }
        _ => Decision::Open,
    };
    read.done((ClosingDay { on: on.unwrap_or_default(), reason }, decision))
}

/// The fields of a JSON object: texts, numbers, yes and no; a list as words side by side.
pub(crate) fn from_json(value: &Value) -> Option<Fields> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    };
    let entries = value.as_object()?.iter().map(|(name, value)| {
        let value = match value {
            Value::Array(list) => {
                let words: Option<Vec<String>> = list.iter().map(text).collect();
                words?.join(" ")
            }
            other => text(other)?,
        };
        Some((name.clone(), value))
    });
    entries.collect()
}

/// Names that nobody knows among the fields of one thing.
pub(crate) fn unknown(fields: &Fields, known: &[&str]) -> Vec<Wrong> {
    let unknown = fields.iter().filter(|(name, _)| !known.contains(name));
    unknown.map(|(name, _)| Wrong { field: name.to_owned(), what: What::UnknownField }).collect()
}

/// Why stores were not written.
pub(crate) enum Unwritten {
    /// Fields of the store at a place of the list.
    Wrong(usize, Vec<Wrong>),
    Stop(Stop),
}

/// Writes stores: to Azukari's register of recipients first, where one is new or has another name or
/// address, then into the book, all at once. A register that knows more than the book does no harm, and
/// the next try finds it so. A new store is open to guests once somebody opens it, and then has tables and
/// seatings.
///
/// # Errors
/// What the register does not take, and a store that is to be open and lacks something; then nothing is in the book.
pub(crate) async fn put_stores(app: &App, mut entries: Vec<Entry>) -> Result<(), Unwritten> {
    for (at, Entry { store, representative, listed }) in entries.iter_mut().enumerate() {
        let there = app.book.store(&store.slug).await;
        let there = there.map_err(|error| Unwritten::Stop(Stop::No(error.into())))?;
        let was_open = there.as_ref().is_some_and(|there| there.listed);
        if let Some(there) = &there {
            store.seated.clone_from(&there.seated);
            store.has_seatings = there.has_seatings;
        }
        let lacks = store.lacks();
        store.listed = listed.unwrap_or(was_open);
        if store.listed && !was_open && !lacks.nothing() {
            let (field, what) = ("listed".to_owned(), What::NotReady(lacks));
            return Err(Unwritten::Wrong(at, vec![Wrong { field, what }]));
        }
        let known = there.is_some_and(|there| {
            (&there.name.ja, &there.address.ja, &there.country)
                == (&store.name.ja, &store.address.ja, &store.country)
        });
        if known && representative.is_none() {
            continue;
        }
        let Some(representative) = representative else {
            let field = "representative".to_owned();
            return Err(Unwritten::Wrong(at, vec![Wrong { field, what: What::Missing }]));
        };
        let entry = StoreEntry {
            slug: &store.slug,
            name: &store.name.ja,
            address: &store.address.ja,
            representative,
            country: &store.country,
        };
        match app.azukari.put_store(&entry).await {
            Ok(()) => {}
            Err(Trouble::Invalid(errors)) => {
                return Err(Unwritten::Wrong(at, errors.into_iter().map(not_taken).collect()));
            }
            Err(trouble) => return Err(Unwritten::Stop(trouble.into())),
        }
    }
    let stores = entries.into_iter().map(|entry| entry.store).collect();
    app.book.put_stores(stores).await.map_err(|no| Unwritten::Stop(no.into()))
}

fn not_taken(error: FieldError) -> Wrong {
    let field = match error.field.as_str() {
        "name" | "address" => format!("{}_ja", error.field),
        "recipient" => "slug".to_owned(),
        _ => error.field,
    };
    Wrong { field, what: What::NotTaken(error.words) }
}

/// Tables of several stores, by store.
pub(crate) type ByStore = BTreeMap<String, Vec<Table>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_store_says_the_same_of_itself_after_it_was_read() {
        let mut given = fields_of(&crate::book::tests::store());
        given.set("representative", "見本 代表");
        let entry = store(&given).map_err(|wrong| format!("{wrong:?}")).unwrap();
        let (seated, has_seatings) = (Vec::new(), false);
        let said = Store { seated, has_seatings, ..crate::book::tests::store() };
        assert_eq!(entry.store, said);
        assert_eq!(entry.representative.as_deref(), Some("見本 代表"));
        assert!(unknown(&given, &STORE_FIELDS).is_empty());
    }

    #[test]
    fn a_store_s_telephone_is_written_as_in_its_country_or_with_the_country_s_code() {
        for (country, typed, kept) in [
            ("JP", "03-0000-0001", Some("+81300000001")),
            ("JP", "０３（００００）０００１", Some("+81300000001")),
            ("FR", "01 99 00 12 34", Some("+33199001234")),
            ("JP", "+33 1 99 00 12 34", Some("+33199001234")),
            ("JP", "", Some("")),
            ("JP", "12", None),
            ("JP", "03-CALL-ME", None),
            // Of a country whose numbers are not known here, with its code.
            ("AQ", "12345678", None),
            ("AQ", "+672 1 12345", Some("+672112345")),
        ] {
            let mut given = fields_of(&crate::book::tests::store());
            given.set("country", country);
            given.set("phone", typed);
            let read = store(&given).map(|entry| entry.store.phone);
            assert_eq!(read.as_deref().ok(), kept, "{country} {typed}");
            if let Err(wrong) = read {
                assert_eq!((wrong[0].field.as_str(), &wrong[0].what), ("phone", &What::NotAPhone));
            }
        }
    }

    #[test]
    fn every_fault_of_a_store_is_named_at_once() {
        let mut given = fields_of(&crate::book::tests::store());
        for (field, value) in [
            ("slug", "Mihon!"),
            ("name_en", " "),
            ("time_zone", "Asia/Edo"),
            ("party_min", "4"),
            ("party_max", "3"),
            ("late_percent", "101"),
            ("fee_yen", "49"),
            ("picture", "dragon"),
            ("country", "Japan"),
            ("phone", "call me"),
            ("listed", "perhaps"),
            ("days_ahead", "二十"),
        ] {
            given.set(field, value);
        }
        let Err(wrong) = store(&given) else { panic!("was read") };
        let mut named: Vec<&str> = wrong.iter().map(|wrong| wrong.field.as_str()).collect();
        named.sort_unstable();
        let all = "country days_ahead fee_yen late_percent listed name_en party_max phone picture slug time_zone";
        assert_eq!(named.join(" "), all);
    }

    #[test]
    fn times_are_read_one_by_one_or_as_a_span() {
        let read = |text: &str| {
            let times = times(text)?;
            Some(
                times.iter().map(|t| t.strftime("%H:%M").to_string()).collect::<Vec<_>>().join(" "),
            )
        };
        assert_eq!(read("").as_deref(), Some(""));
        assert_eq!(read("18:00, 17:30、18:00").as_deref(), Some("17:30 18:00"));
        assert_eq!(read("17:30-18:30").as_deref(), Some("17:30 18:00 18:30"));
        assert_eq!(read("11:00-11:40/20 17:00").as_deref(), Some("11:00 11:20 11:40 17:00"));
        assert_eq!(read("23:00-23:59/30").as_deref(), Some("23:00 23:30"));
        assert_eq!(read("１７：３０〜１８：３０／３０").as_deref(), Some("17:30 18:00 18:30"));
        assert_eq!(read("17:30～18:00，19:00").as_deref(), Some("17:30 18:00 19:00"));
        let unreadable = [
            "24:00",
            "17",
            "17:5",
            "17:60",
            "17:00-18:00/0",
            "18h30",
            "20:00-17:00",
            "18:00-02:00",
        ];
        for wrong in unreadable {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_a_japanese_keyboard_gives_is_read_as_what_it_stands_for() {
        let mut given = fields_of(&crate::book::tests::store());
        for (field, value) in [
            ("slug", "ｓｕｍｉｒｅ－２"),
            ("party_max", "１２"),
            ("fee_yen", "５００"),
            ("country", "ＪＰ"),
            ("name_ja", "割烹　すみれ２"),
        ] {
            given.set(field, value);
        }
        let Ok(Entry { store, .. }) = store(&given) else { panic!("not read") };
        assert_eq!((store.slug.as_str(), store.party_max, store.fee_yen), ("sumire-2", 12, 500));
        // A name stays as it was written.
        assert_eq!(store.name.ja, "割烹　すみれ２");
        let pairs =
            [("date", "２０２６／１１／３０"), ("reason_ja", "棚卸し"), ("reason_en", "Stock")];
        let today = jiff::civil::date(2026, 11, 23);
        let Ok((day, _)) = closing_day(&fields(&pairs), today) else { panic!("not read") };
        assert_eq!(day.on, jiff::civil::date(2026, 11, 30));
    }

    #[test]
    fn tables_are_read_row_by_row() {
        let row = |name, from, to, count, joins| {
            fields(&[
                ("name", name),
                ("seats_from", from),
                ("seats_to", to),
                ("count", count),
                ("joins", joins),
            ])
        };
        let read = tables(&[row("A", "1", "2", "4", ""), row("B", "3", "4", "2", "2")]).unwrap();
        assert_eq!((read[0].joins, read[1].joins), (1, 2));
        let wrong = tables(&[
            row("A", "2", "1", "4", ""),
            row("B", "1", "2", "2", "3"),
            row("C", "1", "2", "2", ""),
            row("C", "1", "2", "x", ""),
            row("C", "1", "2", "2", ""),
        ]);
        let wrong: Vec<String> = wrong.unwrap_err().into_iter().map(|wrong| wrong.field).collect();
        let all = ["tables[0].seats_to", "tables[1].joins", "tables[3].count", "tables[4].name"];
        assert_eq!(wrong, all);
    }
}
