//! An evening to look at: three stores, eight guests, bookings tonight and in the coming days. All
//! of them are plainly samples. Loading twice changes nothing but the date of "tonight".

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use jiff::civil::time;
use jiff::{Timestamp, ToSpan};

use crate::azukari::{Answer, Azukari, Engagement, Policy, StoreEntry, Trouble};
use crate::book::{Book, Booking, Stage, Store};
use crate::language::{Label, Language};
use crate::pages::verifier;
use crate::when;

/// What was loaded, and how to come in.
#[derive(Debug)]
pub struct Samples {
    /// How many stores there are.
    pub stores: usize,
    /// How many bookings there are from tonight on.
    pub bookings: usize,
    /// Guests, for `/sign-in`.
    pub guests: Vec<Login>,
    /// Staff, for `/store/sign-in`.
    pub staff: Vec<Login>,
}

/// A way in. Samples only: these passwords are public.
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

struct SampleStore {
    slug: &'static str,
    login: &'static str,
    name: (&'static str, &'static str),
    area: (&'static str, &'static str),
    cuisine: (&'static str, &'static str),
    hours: (&'static str, &'static str),
    first_seating_minute: u16,
    last_seating_minute: u16,
}

const STORES: [SampleStore; 3] = [
    SampleStore {
        slug: "sumire",
        login: "sumire-staff",
        name: ("見本割烹 すみれ", "Sumire (sample)"),
        area: ("見本町一丁目", "Mihoncho 1"),
        cuisine: ("日本料理", "Japanese"),
        hours: ("17時30分から23時まで", "17:30 to 23:00"),
        first_seating_minute: 17 * 60 + 30,
        last_seating_minute: 20 * 60 + 30,
    },
    SampleStore {
        slug: "kaede",
        login: "kaede-staff",
        name: ("見本食堂 かえで", "Kaede (sample)"),
        area: ("見本町三丁目", "Mihoncho 3"),
        cuisine: ("洋食", "Yoshoku, Western dishes the Japanese way"),
        hours: ("17時から22時30分まで", "17:00 to 22:30"),
        first_seating_minute: 17 * 60,
        last_seating_minute: 20 * 60,
    },
    SampleStore {
        slug: "minato",
        login: "minato-staff",
        name: ("見本鮨 みなと", "Minato (sample)"),
        area: ("見本港", "Mihon Harbour"),
        cuisine: ("鮨", "Sushi"),
        hours: ("18時から24時まで", "18:00 to midnight"),
        first_seating_minute: 18 * 60,
        last_seating_minute: 21 * 60 + 30,
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
        load_store(&client, &book, store).await?;
    }
    let mut subjects = Vec::new();
    for guest in &GUESTS {
        let subject = load_guest(&client, &policy, guest).await;
        subjects.push(subject.with_context(|| format!("load the sample guest `{}`", guest.email))?);
    }
    let bookings = load_bookings(&client, &book, &subjects, now).await?;

    let guest =
        |guest: &SampleGuest| Login { who: guest.who, name: guest.email, password: GUEST_PASSWORD };
    let staff = |store: &SampleStore| Login {
        who: store.name.1,
        name: store.login,
        password: STAFF_PASSWORD,
    };
    Ok(Samples {
        stores: STORES.len(),
        bookings,
        guests: GUESTS.iter().map(guest).collect(),
        staff: STORES.iter().map(staff).collect(),
    })
}

async fn load_store(client: &Azukari, book: &Book, store: &SampleStore) -> anyhow::Result<()> {
    let entry = StoreEntry {
        slug: store.slug,
        name: store.name.0,
        address: store.area.0,
        representative: "見本 代表",
    };
    client.put_store(&entry).await.with_context(|| format!("register `{}`", store.slug))?;
    let label = |(ja, en): (&str, &str)| Label { ja: ja.to_owned(), en: en.to_owned() };
    book.put_store(Store {
        slug: store.slug.to_owned(),
        name: label(store.name),
        area: label(store.area),
        cuisine: label(store.cuisine),
        hours: label(store.hours),
        first_seating_minute: store.first_seating_minute,
        last_seating_minute: store.last_seating_minute,
        seating_minutes: SEATING_MINUTES,
    })
    .await?;
    if book.verifier(store.login).await?.is_none() {
        book.put_staff(store.login, store.slug, verifier(STAFF_PASSWORD)?).await?;
    }
    Ok(())
}

/// Finds a guest by signing in as one; opens the account when there is none.
async fn load_guest(
    client: &Azukari,
    policy: &Policy,
    guest: &SampleGuest,
) -> anyhow::Result<String> {
    match client.sign_in(guest.language, guest.email, GUEST_PASSWORD).await {
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
    let answer = |consent: &str, state| Answer {
        consent: consent.to_owned(),
        state,
        notice: policy.version.clone(),
        language: guest.language.tag(),
    };
    let needed = |name: &str| {
        let of_an_item = items.keys().any(|item| {
            policy.items.get(item).is_some_and(|item| item.consent.as_deref() == Some(name))
        });
        let condition = policy.consents.get(name).is_some_and(|consent| {
            consent.condition_of_service.iter().any(|regime| regime == guest.regime)
        });
        of_an_item || condition
    };
    let answers: Vec<Answer> = policy
        .consents
        .keys()
        .filter(|name| needed(name))
        .map(|name| answer(name, "given"))
        .collect();
    let opened =
        client.open_account(guest.language, guest.regime, &items, GUEST_PASSWORD, &answers).await;
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
        client.put_consent(guest.language, &subject, &answer(consent, "withdrawn")).await?;
    }
    Ok(subject)
}

async fn load_bookings(
    client: &Azukari,
    book: &Book,
    subjects: &[String],
    now: Timestamp,
) -> anyhow::Result<usize> {
    let tonight = when::evening_of(now);
    for (at, (store, guest, days, half_hours, party)) in BOOKINGS.into_iter().enumerate() {
        let evening = tonight + days.days();
        let six = when::moment(evening, time(18, 0, 0, 0)).context("an evening beyond time")?;
        let first = if days == 0 { first_table(six, now) } else { six };
        let starts_at = first + (half_hours * 30).minutes();
        let booking = Booking {
            number: format!("S-{}-{at:02}", evening.strftime("%Y%m%d")),
            store: STORES[store].slug.to_owned(),
            subject: subjects[guest].clone(),
            starts_at,
            ends_at: starts_at + i64::from(SEATING_MINUTES).minutes(),
            party,
            stage: Stage::Asked,
        };
        // What was there before stays: a guest may have called it off since.
        let there = book.booking(&booking.number).await?;
        if there.is_some_and(|there| there.stage != Stage::Asked) {
            continue;
        }
        let engagement = Engagement {
            starts_at: now.min(starts_at),
            ends_at: booking.ends_at,
            cancelled: false,
        };
        book.ask(booking.clone()).await?;
        client
            .put_engagement(&booking.subject, &booking.store, &booking.number, &engagement)
            .await
            .with_context(|| format!("tell of the booking `{}`", booking.number))?;
        book.set_stage(&booking.number, Stage::Booked).await?;
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
        let (from, until) = when::bounds_of(evening).unwrap();
        let six = when::moment(evening, time(18, 0, 0, 0)).unwrap();
        let mut now = from;
        while now < until {
            let first = first_table(six, now);
            assert!(first >= six && first + 90.minutes() < until, "{now}");
            assert!(first + 150.minutes() > now, "{now}");
            now += 10.minutes();
        }
    }
}
