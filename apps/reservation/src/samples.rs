//! An evening to look at: three stores, eight guests, bookings tonight and in the coming days; and members
//! who never booked, so that a data set can be made of what is held. All of them are plainly samples.
//! Loading twice changes nothing but the date of "tonight".

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use futures_util::future::join_all;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::azukari::{Answer, Azukari, Engagement, Newcomer, Policy, StoreEntry, Trouble};
use crate::book::bookings::{Stage, Wish};
use crate::book::companions::{Allergen, Companions};
use crate::book::seatings::Seatings;
use crate::book::seats::Table;
use crate::book::sessions::Door;
use crate::book::staff::Post;
use crate::book::stores::Store;
use crate::book::{Book, No};
use crate::language::{Label, Language};
use crate::pages::verifier;
use crate::{app, chance, session, totp, when};

/// What was loaded, and how to come in.
#[derive(Debug)]
pub struct Samples {
    /// How many stores there are.
    pub stores: usize,
    /// How many bookings there are from tonight on.
    pub bookings: usize,
    /// How many members there are besides, who agreed to offers.
    pub members: usize,
    /// Guests, for `/sign-in`.
    pub guests: Vec<Login>,
    /// Staff, for `/store/sign-in`.
    pub staff: Vec<Login>,
    /// An operator, for `/operator`.
    pub operators: Vec<Login>,
}

/// A way in. Samples only: these passwords are public. Stores and operators also show a one-time code, whose
/// secret is drawn at the first start ([`sample_code`]).
#[derive(Debug)]
pub struct Login {
    /// Who it is, in words.
    pub who: &'static str,
    /// The address or login name to type.
    pub name: &'static str,
    /// The password to type.
    pub password: &'static str,
}

const GUEST_PASSWORD: &str = "mihon-no-okyakusama";
const STAFF_PASSWORD: &str = "mihon-no-omise";
const OPERATOR: Login =
    Login { who: "Operator", name: "sample-operator", password: "mihon-no-unei" };

type Both = (&'static str, &'static str);

struct SampleStore {
    slug: &'static str,
    login: &'static str,
    manager: &'static str,
    name: Both,
    description: Both,
    area: Both,
    cuisine: Both,
    hours: Both,
    phone: &'static str,
    picture: &'static str,
    price_band: u8,
    /// Seatings each half hour, from and to, in minutes after midnight.
    seatings: (u16, u16),
    party_max: u8,
    fee_yen: u32,
    /// Name, seats from and to, how many, how many may be joined.
    tables: &'static [(&'static str, u8, u8, u16, u16)],
    /// The day of the week it is closed, Monday being 0.
    closed: usize,
}

const STORES: [SampleStore; 3] = [
    SampleStore {
        slug: "sumire",
        login: "sumire-staff",
        manager: "sumire-manager",
        name: ("見本割烹 すみれ", "Sumire (sample)"),
        description: (
            "旬の魚と野菜を、カウンターと小さなお座敷で。品書きはその日の朝に決まります。",
            "Fish and vegetables of the season, at the counter or in a small tatami room. The menu is written each morning.",
        ),
        area: ("見本町一丁目", "Mihoncho 1"),
        cuisine: ("日本料理", "Japanese"),
        hours: ("17時30分から23時まで", "17:30 to 23:00"),
        phone: "+81300000011",
        picture: "plum",
        price_band: 3,
        seatings: (17 * 60 + 30, 20 * 60 + 30),
        party_max: 8,
        fee_yen: 0,
        tables: &[("カウンター Counter", 1, 2, 4, 1), ("座敷 Tatami", 3, 4, 3, 2)],
        closed: 7,
    },
    SampleStore {
        slug: "kaede",
        login: "kaede-staff",
        manager: "kaede-manager",
        name: ("見本食堂 かえで", "Kaede (sample)"),
        description: (
            "オムライスとハヤシライス。家族でゆっくり過ごせる、町の食堂です。",
            "Omelette rice and hashed beef: a dining room of the neighbourhood, for families and for long evenings.",
        ),
        area: ("見本町三丁目", "Mihoncho 3"),
        cuisine: ("洋食", "Yoshoku, Western dishes the Japanese way"),
        hours: ("17時から22時30分まで", "17:00 to 22:30"),
        phone: "+81300000012",
        picture: "maple",
        price_band: 1,
        seatings: (17 * 60, 20 * 60),
        party_max: 8,
        fee_yen: 0,
        tables: &[("A", 1, 2, 6, 2), ("B", 2, 4, 6, 2)],
        closed: 7,
    },
    SampleStore {
        slug: "minato",
        login: "minato-staff",
        manager: "minato-manager",
        name: ("見本鮨 みなと", "Minato (sample)"),
        description: (
            "港に面した八席の鮨店。ご予約のときに予約料金を申し受けます。",
            "Sushi by the harbour, eight seats. A fee is taken when you book.",
        ),
        area: ("見本港", "Mihon Harbour"),
        cuisine: ("鮨", "Sushi"),
        hours: ("18時から24時まで", "18:00 to midnight"),
        phone: "+81300000013",
        picture: "wave",
        price_band: 4,
        seatings: (18 * 60, 21 * 60 + 30),
        party_max: 6,
        fee_yen: 5_000,
        tables: &[("カウンター Counter", 1, 2, 4, 3)],
        closed: 7,
    },
];

struct SampleGuest {
    who: &'static str,
    email: &'static str,
    regime: &'static str,
    language: Language,
    items: &'static [(&'static str, &'static str)],
    /// A consent that this guest took back after giving it.
    withdrawn: Option<&'static str>,
}

/// Telephone numbers are of ranges kept free for fiction, or plainly not in use.
const GUESTS: [SampleGuest; 8] = [
    SampleGuest {
        who: "見本 花子 (Japan, allergies)",
        email: "hanako@example.jp",
        regime: "jp",
        language: Language::Ja,
        items: &[
            ("name", "見本 花子"),
            ("phone", "+81 90 0000 0001"),
            ("allergy", "そば、落花生"),
            ("disliked_food", "パクチー"),
            ("serving_size", "small"),
        ],
        withdrawn: None,
    },
    SampleGuest {
        who: "見本 太郎 (Japan)",
        email: "taro@example.jp",
        regime: "jp",
        language: Language::Ja,
        items: &[
            ("name", "見本 太郎"),
            ("phone", "+81 90 0000 0002"),
            ("receipt_name", "株式会社見本"),
            ("serving_size", "large"),
        ],
        withdrawn: None,
    },
    SampleGuest {
        who: "Sample Alex (Japan, reads English, allergies)",
        email: "alex@example.com",
        regime: "jp",
        language: Language::En,
        items: &[
            ("name", "Sample Alex"),
            ("phone", "+81 90 0000 0003"),
            ("allergy", "Shrimp, crab"),
            ("disliked_food", "Natto"),
            ("serving_size", "regular"),
        ],
        withdrawn: None,
    },
    SampleGuest {
        who: "見本 ゆき (Japan, took back her consent to stores)",
        email: "yuki@example.jp",
        regime: "jp",
        language: Language::Ja,
        items: &[("name", "見本 ゆき"), ("phone", "+81 90 0000 0004"), ("allergy", "卵、牛乳")],
        withdrawn: Some("store_disclosure"),
    },
    SampleGuest {
        who: "Sample Marie (EEA, took back her consent about allergies)",
        email: "marie@example.org",
        regime: "eu",
        language: Language::En,
        items: &[
            ("name", "Sample Marie"),
            ("phone", "+33 1 99 00 00 05"),
            ("allergy", "Walnuts"),
            ("favourite_food", "Grilled fish"),
        ],
        withdrawn: Some("dietary_care"),
    },
    SampleGuest {
        who: "Sample Tom (United Kingdom)",
        email: "tom@example.net",
        regime: "uk",
        language: Language::En,
        items: &[
            ("name", "Sample Tom"),
            ("phone", "+44 20 7946 0006"),
            ("disliked_food", "Raw egg"),
            ("serving_size", "large"),
        ],
        withdrawn: None,
    },
    SampleGuest {
        who: "見本 次郎 (Japan)",
        email: "jiro@example.jp",
        regime: "jp",
        language: Language::Ja,
        items: &[
            ("name", "見本 次郎"),
            ("phone", "+81 90 0000 0007"),
            ("preferred_alcohol", "日本酒"),
        ],
        withdrawn: None,
    },
    SampleGuest {
        who: "見本 さくら (Japan, allergies)",
        email: "sakura@example.jp",
        regime: "jp",
        language: Language::Ja,
        items: &[
            ("name", "見本 さくら"),
            ("phone", "+81 90 0000 0008"),
            ("allergy", "小麦"),
            ("favourite_food", "旬の野菜"),
        ],
        withdrawn: None,
    },
];

/// So many members never booked and agreed to offers: enough for a set in which ten people read alike.
const MEMBERS: usize = 40;

/// `(store, guest, days from tonight, half hours after the evening's first table, party)`.
const BOOKINGS: [(usize, usize, i64, i64, u8); 15] = [
    (0, 0, 0, 0, 2),
    (0, 1, 0, 1, 4),
    (0, 2, 0, 1, 2),
    (0, 3, 0, 2, 3),
    (0, 4, 0, 3, 2),
    (1, 5, 0, 0, 3),
    (1, 6, 0, 2, 1),
    (2, 7, 0, 1, 2),
    (2, 2, 0, 3, 2),
    (0, 5, 1, 1, 2),
    (1, 0, 1, 0, 4),
    (2, 1, 2, 2, 6),
    (0, 7, 2, 0, 2),
    (1, 4, 3, 1, 2),
    (2, 0, 5, 2, 2),
];

/// What some of them said of those whom they bring, by the place of the booking above.
const COMPANIONS: [(usize, Allergen, u8); 3] =
    [(1, Allergen::Buckwheat, 2), (1, Allergen::SalmonRoe, 1), (5, Allergen::Peanut, 1)];

const SEATING_MINUTES: u16 = 150;

/// Loads the samples; on a restart, what is there already stays as it is.
pub async fn load_samples(
    azukari: &str,
    key: &str,
    data: &Path,
    now: Timestamp,
) -> anyhow::Result<Samples> {
    let client = Azukari::new(azukari, key)?;
    let book = Book::open(data)?;
    let policy = client.policy().await.context("read the published policy")?;

    for store in &STORES {
        load_store(&client, &book, store, now).await?;
    }
    let mut subjects = Vec::new();
    for guest in &GUESTS {
        let subject = load_guest(&client, &policy, guest).await;
        subjects.push(subject.with_context(|| format!("load the sample guest `{}`", guest.email))?);
    }
    load_members(&client, &policy).await.context("load the sample members")?;
    load_member(&book, OPERATOR.name, Post::Operator, OPERATOR.password, now).await?;
    let bookings = load_bookings(&client, &book, &subjects, now).await?;

    let guest =
        |guest: &SampleGuest| Login { who: guest.who, name: guest.email, password: GUEST_PASSWORD };
    let staff = |store: &SampleStore| {
        [store.login, store.manager].map(|name| Login {
            who: store.name.1,
            name,
            password: STAFF_PASSWORD,
        })
    };
    Ok(Samples {
        stores: STORES.len(),
        bookings,
        members: MEMBERS,
        guests: GUESTS.iter().map(guest).collect(),
        staff: STORES.iter().flat_map(staff).collect(),
        operators: vec![OPERATOR],
    })
}

async fn load_store(
    client: &Azukari,
    book: &Book,
    store: &SampleStore,
    now: Timestamp,
) -> anyhow::Result<()> {
    let entry = StoreEntry {
        slug: store.slug,
        name: store.name.0,
        address: store.area.0,
        representative: "見本 代表",
        country: "JP",
    };
    client.put_store(&entry).await.with_context(|| format!("register `{}`", store.slug))?;
    let label = |(ja, en): Both| Label { ja: ja.to_owned(), en: en.to_owned() };
    // What an operator has changed since stays.
    if book.store(store.slug).await?.is_none() {
        book.put_stores(vec![Store {
            slug: store.slug.to_owned(),
            name: label(store.name),
            description: label(store.description),
            area: label(store.area),
            cuisine: label(store.cuisine),
            hours: label(store.hours),
            address: label(store.area),
            phone: store.phone.to_owned(),
            country: "JP".to_owned(),
            picture: store.picture.to_owned(),
            price_band: store.price_band,
            time_zone: TimeZone::get("Asia/Tokyo")?,
            party_min: 1,
            party_max: store.party_max,
            seating_minutes: SEATING_MINUTES,
            notice_minutes: 30,
            days_ahead: 60,
            hold_minutes: 10,
            fee_yen: store.fee_yen,
            free_until_hours: 24,
            late_percent: 50,
            listed: true,
            seated: Vec::new(),
            has_seatings: false,
        }])
        .await?;
        let (from, to) = store.seatings;
        let times: Vec<Time> = (from..=to)
            .step_by(30)
            .filter_map(|minute| {
                let (hour, minute) = (i8::try_from(minute / 60), i8::try_from(minute % 60));
                Time::new(hour.ok()?, minute.ok()?, 0, 0).ok()
            })
            .collect();
        let week =
            std::array::from_fn(|day| if day == store.closed { Vec::new() } else { times.clone() });
        book.put_seatings(store.slug, Seatings(week)).await?;
        let tables = store.tables.iter().map(|&(name, seats_from, seats_to, count, joins)| Table {
            name: name.to_owned(),
            seats_from,
            seats_to,
            count,
            joins,
        });
        let tables = BTreeMap::from([(store.slug.to_owned(), tables.collect())]);
        book.put_tables(tables, now).await?;
    }
    for (login, manager) in [(store.login, false), (store.manager, true)] {
        let post = Post::Store { slug: store.slug.to_owned(), manager };
        load_member(book, login, post, STAFF_PASSWORD, now).await?;
    }
    Ok(())
}

/// Lets a sample in, unless one is there or was invited anew.
async fn load_member(
    book: &Book,
    login: &str,
    post: Post,
    password: &str,
    now: Timestamp,
) -> anyhow::Result<()> {
    if book.member(login).await?.is_none() {
        let invitation = session::hash(&chance::token()?);
        book.invite(login, post, invitation, now).await?;
        // No code was shown yet.
        book.take_up(invitation, verifier(password)?, 0, now).await?;
    }
    Ok(())
}

/// The one-time code that a sample of a store or of the operator signs in with now: the next one when that
/// was used already. `None` when there is no such sample.
pub async fn sample_code(data: &Path, login: &str) -> anyhow::Result<Option<String>> {
    let of_a_store = STORES.iter().any(|store| [store.login, store.manager].contains(&login));
    let door = if of_a_store { Door::Staff } else { Door::Operator };
    if !of_a_store && login != OPERATOR.name {
        return Ok(None);
    }
    let Some(factors) = Book::open(data)?.factors(door, login).await? else { return Ok(None) };
    let step = totp::step_at(app::now());
    Ok(Some(factors.totp.code(step.max(factors.step + 1).min(step + 1))))
}

/// Finds a guest by signing in as one; opens the account when there is none.
async fn load_guest(
    client: &Azukari,
    policy: &Policy,
    guest: &SampleGuest,
) -> anyhow::Result<String> {
    match client.sign_in(guest.language, guest.email, GUEST_PASSWORD, None).await {
        Ok(found) => return Ok(found.subject),
        Err(Trouble::SignInFailed) => {}
        Err(trouble) => return Err(trouble.into()),
    }
    // A policy that does not know an item is not told about it.
    let mut items: BTreeMap<String, String> = guest
        .items
        .iter()
        .filter(|(item, _)| policy.items.contains_key(*item))
        .map(|(item, value)| ((*item).to_owned(), (*value).to_owned()))
        .collect();
    items.insert("email".to_owned(), guest.email.to_owned());
    items.insert("language".to_owned(), guest.language.tag().to_owned());
    let opened = register(client, policy, (guest.regime, guest.language), &items, None).await;
    let subject = match opened {
        Ok(subject) => subject,
        Err(Trouble::Invalid(errors)) => {
            let fields: Vec<String> =
                errors.iter().map(|error| format!("{} {}", error.field, error.code)).collect();
            bail!("the policy does not take it: {}", fields.join(", "));
        }
        Err(Trouble::Refused(reasons)) => {
            let ids: Vec<&str> = reasons.iter().map(|reason| reason.id.as_str()).collect();
            bail!("refused: {}", ids.join(", "));
        }
        Err(trouble) => return Err(trouble.into()),
    };
    if let Some(consent) = guest.withdrawn {
        let withdrawn = answer(policy, guest.language, consent, "withdrawn");
        client.put_consent(guest.language, &subject, &withdrawn, None).await?;
    }
    Ok(subject)
}

fn answer(policy: &Policy, language: Language, consent: &str, state: &'static str) -> Answer {
    Answer {
        consent: consent.to_owned(),
        state,
        notice: policy.version.clone(),
        language: language.tag(),
    }
}

/// Opens an account with the consents that it needs, and one more where somebody gives it.
async fn register(
    client: &Azukari,
    policy: &Policy,
    (regime, language): (&str, Language),
    items: &BTreeMap<String, String>,
    given: Option<&str>,
) -> Result<String, Trouble> {
    let needed = |name: &str| {
        let of_an_item = items.keys().any(|item| {
            policy.items.get(item).is_some_and(|item| item.consent.as_deref() == Some(name))
        });
        let condition = policy.consents.get(name).is_some_and(|consent| {
            consent.condition_of_service.iter().any(|known| known == regime)
        });
        of_an_item || condition || given == Some(name)
    };
    let answers: Vec<Answer> = policy
        .consents
        .keys()
        .filter(|name| needed(name))
        .map(|name| answer(policy, language, name, "given"))
        .collect();
    let newcomer = Newcomer { regime, items, answers: &answers, representative: None };
    client.open_account(language, &newcomer, GUEST_PASSWORD).await
}

/// Registers the members, unless they are there already.
async fn load_members(client: &Azukari, policy: &Policy) -> anyhow::Result<()> {
    let email = |n: usize| format!("member{n:02}@example.jp");
    match client.sign_in(Language::Ja, &email(MEMBERS), GUEST_PASSWORD, None).await {
        Ok(_) => return Ok(()),
        Err(Trouble::SignInFailed) => {}
        Err(trouble) => return Err(trouble.into()),
    }
    let members: Vec<usize> = (1..=MEMBERS).collect();
    // Some at once, so that they share Azukari's commits.
    for some in members.chunks(8) {
        let some = some.iter().map(|n| load_one(client, policy, *n, email(*n)));
        join_all(some).await.into_iter().collect::<anyhow::Result<()>>()?;
    }
    Ok(())
}

async fn load_one(
    client: &Azukari,
    policy: &Policy,
    n: usize,
    email: String,
) -> anyhow::Result<()> {
    let language = if n.is_multiple_of(4) { Language::En } else { Language::Ja };
    let items = [
        ("name", format!("見本 会員{n:02}")),
        ("email", email),
        ("language", language.tag().to_owned()),
        ("birth_date", format!("19{}-{:02}-15", 60 + n % 35, 1 + n % 12)),
        ("gender", if n.is_multiple_of(2) { "female" } else { "male" }.to_owned()),
    ];
    // A policy that does not know an item is not told about it.
    let items = items.into_iter().filter(|(item, _)| policy.items.contains_key(*item));
    let items = items.map(|(item, value)| (item.to_owned(), value)).collect();
    match register(client, policy, ("jp", language), &items, Some("marketing")).await {
        Ok(_) => Ok(()),
        // Loading was broken off before.
        Err(Trouble::Invalid(errors)) if errors.iter().any(|error| error.code == "taken") => Ok(()),
        Err(trouble) => Err(trouble.into()),
    }
}

async fn load_bookings(
    client: &Azukari,
    book: &Book,
    subjects: &[String],
    now: Timestamp,
) -> anyhow::Result<usize> {
    let tokyo = when::tokyo();
    let tonight = when::evening_of(now, &tokyo);
    for (at, (store, guest, days, half_hours, party)) in BOOKINGS.into_iter().enumerate() {
        let evening = tonight + days.days();
        let six = evening.at(18, 0, 0, 0).to_zoned(tokyo.clone())?.timestamp();
        let first = if days == 0 { first_table(six, now) } else { six };
        let starts_at = first + (half_hours * 30).minutes();
        let companions: Companions = COMPANIONS
            .into_iter()
            .filter_map(|(of, allergen, people)| (of == at).then_some((allergen, people)))
            .collect();
        let wish = Wish {
            number: format!("S-{}-{at:02}", evening.strftime("%Y%m%d")),
            store: STORES[store].slug.to_owned(),
            subject: subjects[guest].clone(),
            starts_at,
            party,
            language: Language::Ja,
            companions,
        };
        let number = wish.number.clone();
        // What was there before stays: a guest may have called it off since.
        let booking = match book.booking(&number).await? {
            Some(there) if there.stage != Stage::Asked => continue,
            Some(there) => there,
            None => match book.seat_sample(wish, now).await {
                Ok(booking) => booking,
                // Somebody else sits there by now: one sample less.
                Err(No::Full | No::Already(_)) => continue,
                Err(no) => return Err(no.into()),
            },
        };
        let engagement =
            Engagement { starts_at: booking.asked_at, ends_at: booking.ends_at, cancelled: false };
        client
            .put_engagement(&booking.subject, &booking.store, &number, &engagement)
            .await
            .with_context(|| format!("tell of the booking `{number}`"))?;
        book.sample_booked(&number).await?;
    }
    Ok(BOOKINGS.len())
}

/// The evening's first table: six o'clock, or later when the samples are loaded late at night, so
/// that there is something to see. Never so late that the last table falls into the next evening.
fn first_table(six: Timestamp, now: Timestamp) -> Timestamp {
    let half_hour = 30 * 60;
    let late = now.as_second() - now.as_second().rem_euclid(half_hour) - half_hour;
    let latest = six + 9.hours();
    Timestamp::from_second(late).map_or(six, |late| late.clamp(six, latest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_plainly_samples() {
        for guest in &GUESTS {
            let domain = guest.email.split_once('@').unwrap().1;
            assert!(domain.starts_with("example."), "{}", guest.email);
            assert!(guest.who.contains("見本") || guest.who.contains("Sample"));
        }
    }

    #[test]
    fn tonight_has_something_to_see_at_any_hour() {
        let evening = jiff::civil::date(2026, 11, 22);
        let (from, until) = when::bounds_of(evening, &when::tokyo()).unwrap();
        let six = evening.at(18, 0, 0, 0).to_zoned(when::tokyo()).unwrap().timestamp();
        let mut now = from;
        while now < until {
            let first = first_table(six, now);
            assert!(first >= six && first + 90.minutes() < until, "{now}");
            assert!(first + 150.minutes() > now, "{now}");
            now += 10.minutes();
        }
    }
}
