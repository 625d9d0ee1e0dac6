//! Allergies of the people whom a guest brings, by booking: which of a closed list, and how many of them have it. No
//! name, no words of hers and no item of hers, so that it points at nobody (R9.5; decision 0050). Told while the
//! booking stands and its time is not over, and erased then.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::bookings::{self, Booking, Stage};
use super::{Book, No, changes, unreadable, word};

/// What somebody may be allergic to: nothing else can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Allergen {
    Shrimp,
    Crab,
    Walnut,
    Wheat,
    Buckwheat,
    Egg,
    Milk,
    Peanut,
    Almond,
    Abalone,
    Squid,
    SalmonRoe,
    Orange,
    Cashew,
    Kiwi,
    Beef,
    Sesame,
    Salmon,
    Mackerel,
    Soybean,
    Chicken,
    Banana,
    Pork,
    Macadamia,
    Peach,
    Yam,
    Apple,
    Gelatine,
}

/// Those that a label has to name by law 特定原材料, and then those that it is asked to name 特定原材料に準ずるもの.
const ALLERGENS: [(&str, Allergen); 28] = [
    ("shrimp", Allergen::Shrimp),
    ("crab", Allergen::Crab),
    ("walnut", Allergen::Walnut),
    ("wheat", Allergen::Wheat),
    ("buckwheat", Allergen::Buckwheat),
    ("egg", Allergen::Egg),
    ("milk", Allergen::Milk),
    ("peanut", Allergen::Peanut),
    ("almond", Allergen::Almond),
    ("abalone", Allergen::Abalone),
    ("squid", Allergen::Squid),
    ("salmon_roe", Allergen::SalmonRoe),
    ("orange", Allergen::Orange),
    ("cashew", Allergen::Cashew),
    ("kiwi", Allergen::Kiwi),
    ("beef", Allergen::Beef),
    ("sesame", Allergen::Sesame),
    ("salmon", Allergen::Salmon),
    ("mackerel", Allergen::Mackerel),
    ("soybean", Allergen::Soybean),
    ("chicken", Allergen::Chicken),
    ("banana", Allergen::Banana),
    ("pork", Allergen::Pork),
    ("macadamia", Allergen::Macadamia),
    ("peach", Allergen::Peach),
    ("yam", Allergen::Yam),
    ("apple", Allergen::Apple),
    ("gelatine", Allergen::Gelatine),
];
const PRESCRIBED: usize = 8;

impl Allergen {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        ALLERGENS.into_iter().map(|(_, allergen)| allergen)
    }

    /// Its name in forms and in the API.
    pub(crate) fn name(self) -> &'static str {
        ALLERGENS[self as usize].0
    }

    /// True for those that a label has to name.
    pub(crate) fn is_prescribed(self) -> bool {
        (self as usize) < PRESCRIBED
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        ALLERGENS.into_iter().find_map(|(known, allergen)| (known == name).then_some(allergen))
    }
}

/// How many of those whom a guest brings have an allergy, by allergen.
pub(crate) type Companions = BTreeMap<Allergen, u8>;

impl Booking {
    /// How many people she brings.
    pub(crate) fn brings(&self) -> u8 {
        self.party.saturating_sub(1)
    }

    /// True while she may say what those whom she brings are allergic to, and it is told.
    pub(crate) fn tells_of_companions(&self, now: Timestamp) -> bool {
        self.brings() > 0
            && self.ending.is_none()
            && self.stage != Stage::Cancelled
            && (self.stage != Stage::Held || self.is_held(now))
            && self.ends_at > now
    }
}

/// As many as may have one where `brings` people come along: never fewer, since nobody said which of them stay at home.
pub(crate) fn fitting(told: &Companions, brings: u8) -> Companions {
    let fits = told.iter().map(|(allergen, people)| (*allergen, (*people).min(brings)));
    fits.filter(|(_, people)| *people > 0).collect()
}

/// Replaces what is kept of a booking, or of what it is to become.
///
/// # Errors
/// [`No::Party`] where more people have an allergy than she brings.
pub(super) fn put(
    book: &Connection,
    (number, for_change): (&str, bool),
    brings: u8,
    companions: &Companions,
) -> Result<(), No> {
    if companions.values().any(|people| !(1..=brings).contains(people)) {
        return Err(No::Party);
    }
    book.prepare_cached("DELETE FROM companions WHERE booking = ?1 AND for_change = ?2")?
        .execute(params![number, for_change])?;
    for (allergen, people) in companions {
        book.prepare_cached("INSERT INTO companions VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            number,
            for_change,
            allergen.name(),
            people
        ])?;
    }
    Ok(())
}

/// A booking became what it was to become.
pub(super) fn changed(book: &Connection, number: &str) -> rusqlite::Result<()> {
    book.prepare_cached("DELETE FROM companions WHERE booking = ?1 AND for_change = 0")?
        .execute([number])?;
    book.prepare_cached("UPDATE companions SET for_change = 0 WHERE booking = ?1")?
        .execute([number])?;
    Ok(())
}

/// Erases what was told of bookings whose time is over. Those that end otherwise take it along at once.
pub(super) fn erase(book: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    for table in ["companions", "companions_seen"] {
        book.prepare_cached(&format!(
            "DELETE FROM {table} WHERE (SELECT ends_at FROM bookings WHERE number = booking) <= ?1"
        ))?
        .execute([now.as_second()])?;
    }
    Ok(())
}

pub(super) fn of(book: &Connection, number: &str) -> rusqlite::Result<Companions> {
    book.prepare_cached(
        "SELECT allergen, people FROM companions WHERE booking = ?1 AND for_change = 0",
    )?
    .query_map([number], |row| Ok((word(row, "allergen", &ALLERGENS)?, row.get("people")?)))?
    .collect()
}

impl Book {
    /// What was told of those who come along, for each of these bookings that stands and whose time is not over.
    pub(crate) async fn companions(
        &self,
        bookings: &[Booking],
        now: Timestamp,
    ) -> anyhow::Result<BTreeMap<String, Companions>> {
        let told = bookings.iter().filter(|booking| booking.tells_of_companions(now));
        let numbers: Vec<String> = told.map(|booking| booking.number.clone()).collect();
        self.read(move |book| {
            numbers.into_iter().map(|number| Ok((number.clone(), of(book, &number)?))).collect()
        })
        .await
    }

    /// A store is about to be shown them.
    pub(crate) async fn companions_are_shown(
        &self,
        shown: Vec<(String, Companions)>,
        now: Timestamp,
    ) -> Result<(), No> {
        self.write(move |book| {
            let mut put = book
                .prepare_cached("INSERT OR IGNORE INTO companions_seen VALUES (?1, ?2, ?3, ?4)")?;
            for (number, companions) in &shown {
                for (allergen, people) in companions {
                    put.execute(params![number, now.as_millisecond(), allergen.name(), people])?;
                }
            }
            Ok(())
        })
        .await
    }

    /// What stores were shown of those whom a guest brings, by booking and moment.
    pub(crate) async fn companions_seen(
        &self,
        subject: &str,
    ) -> anyhow::Result<BTreeMap<(String, Timestamp), Companions>> {
        let subject = subject.to_owned();
        self.read(move |book| {
            let mut seen: BTreeMap<_, Companions> = BTreeMap::new();
            let mut all = book.prepare_cached(
                "SELECT companions_seen.* FROM companions_seen JOIN bookings ON number = booking
                 WHERE subject = ?1",
            )?;
            let mut rows = all.query([subject])?;
            while let Some(row) = rows.next()? {
                let at = Timestamp::from_millisecond(row.get("at")?).map_err(unreadable)?;
                let look = (row.get("booking")?, at);
                let allergen = word(row, "allergen", &ALLERGENS)?;
                seen.entry(look).or_default().insert(allergen, row.get("people")?);
            }
            Ok(seen)
        })
        .await
    }

    /// A guest says what those whom she brings to a booking are allergic to.
    ///
    /// # Errors
    /// [`No::Gone`] when she has no such booking, or its time is over; [`No::Party`] where more people have an
    /// allergy than she brings.
    pub(crate) async fn put_companions(
        &self,
        number: &str,
        subject: &str,
        companions: Companions,
        now: Timestamp,
    ) -> Result<(), No> {
        let (number, subject) = (number.to_owned(), subject.to_owned());
        self.write(move |book| {
            let own = bookings::get(book, &number)?.filter(|own| own.subject == subject);
            let own = own.filter(|own| own.tells_of_companions(now)).ok_or(No::Gone)?;
            put(book, (&number, false), own.brings(), &companions)?;
            let Some(change) = changes::get(book, &number)? else { return Ok(()) };
            let fit = fitting(&companions, change.brings());
            put(book, (&number, true), change.brings(), &fit)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_allergen_stands_once_at_its_own_place() {
        for (at, (name, allergen)) in ALLERGENS.into_iter().enumerate() {
            assert_eq!((allergen as usize, allergen.name()), (at, name));
            assert_eq!(Allergen::named(name), Some(allergen));
        }
        assert_eq!(
            Allergen::all().filter(|one| one.is_prescribed()).last(),
            Some(Allergen::Peanut)
        );
    }
}
