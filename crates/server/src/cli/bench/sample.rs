//! Sample data from a fixed seed: the policy, who comes in, and what is asked of whom. The same
//! seed gives the same people, values and questions; keys and nonces are random as ever.
//!
//! Everything comes in through the doors: `intake` admits and seals, `acts` engage. Only the
//! commits are shared, many acts each.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use anyhow::Context;
use jiff::{Timestamp, ToSpan};
use policy::{Engagement, RecipientFact, SubjectId};

use crate::acts::engagement::Begun;
use crate::acts::publish::Files;
use crate::acts::recipient;
use crate::app::App;
use crate::error::Error;
use crate::intake::{self, Admitted, Answer, Details, Newcomer};
use crate::once::Fresh;
use crate::store::Tx;

/// Who keeps the records of the sample data.
const BY: &str = "bench";
/// The stores people book.
pub(super) const STORES: u64 = 50;
/// People in one commit.
const TOGETHER: usize = 250;

/// A small generator of numbers (splitmix64): the same seed, the same numbers.
#[derive(Clone)]
pub(super) struct Numbers(u64);

impl Numbers {
    /// The numbers of a purpose under a seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut numbers = Self(seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03));
        numbers.next();
        numbers
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// The items that stores ask for, by the reference policy, with a purpose for each five of them.
const RESERVATION: [&str; 5] = ["name", "phone", "language", "company", "receipt_name"];
const MEAL: [&str; 9] = [
    "allergy",
    "favourite_food",
    "disliked_food",
    "serving_size",
    "preferred_alcohol",
    "note_1",
    "note_2",
    "note_3",
    "note_4",
];
/// What each person holds, the first six being what the small measure holds.
const ITEMS: [&str; 20] = [
    "name",
    "email",
    "phone",
    "language",
    "company",
    "receipt_name",
    "allergy",
    "favourite_food",
    "disliked_food",
    "serving_size",
    "preferred_alcohol",
    "note_1",
    "note_2",
    "note_3",
    "note_4",
    "birth_date",
    "gender",
    "area",
    "external_user_id",
    "external_profile",
];

/// How many people there are and what each holds.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    /// How many people.
    pub(super) subjects: u64,
    /// How many items each, 6 or 20.
    pub(super) items: usize,
    /// The seed.
    pub(super) seed: u64,
}

/// The reference policy with four more items, so that each person holds twenty.
pub(super) fn policy() -> Files {
    let mut files: Files = reservation::POLICY
        .iter()
        // Its own promises speak of its own items.
        .filter(|(name, _)| *name != "promises.toml")
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    if let Some(items) = files.get_mut("items.toml") {
        for n in 1..=4 {
            let _ = write!(
                items,
                "\n[note_{n}]\nlabel = {{ ja = \"備考{n}\", en = \"Note {n}\" }}\n\
                 article = \"1(1)\"\nkind = \"text\"\nmax_chars = 400\nsensitivity = \"ordinary\"\n\
                 purposes = [\"service\", \"meal\"]\n\
                 retention = {{ from = \"engagement_end\", days = 365 }}\n"
            );
        }
    }
    files
}

/// The id of the n-th person.
pub(super) fn subject(seed: u64, n: u64) -> SubjectId {
    let mut numbers = Numbers::new(seed, n.wrapping_mul(2) + 1);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&numbers.next().to_be_bytes());
    id[8..].copy_from_slice(&numbers.next().to_be_bytes());
    SubjectId(id)
}

/// The store the n-th person has booked, and the booking's number.
pub(super) fn booking(n: u64) -> (String, String) {
    (format!("store-{:02}", n % STORES), format!("bk-{n}"))
}

fn words(numbers: &mut Numbers, chars: usize) -> String {
    const WORDS: [&str; 12] = [
        "窓側の席",
        "昆布だし",
        "quiet table",
        "半熟卵",
        "sparkling water",
        "誕生日",
        "no coriander",
        "焼き魚",
        "left-handed",
        "純米酒",
        "late arrival",
        "白味噌",
    ];
    let mut text = String::new();
    while text.chars().count() < chars {
        let word = WORDS[usize::try_from(numbers.below(12)).unwrap_or(0)];
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text.chars().take(chars).collect::<String>().trim().to_owned()
}

fn value(item: &str, n: u64, numbers: &mut Numbers) -> String {
    match item {
        "name" | "receipt_name" => format!("見本 {}", words(numbers, 6)),
        "email" => format!("guest-{n}@sample.example"),
        "phone" => format!("+8190{:08}", n % 100_000_000),
        "language" => "ja".to_owned(),
        "birth_date" => format!("19{:02}-0{}-1{}", 50 + n % 50, 1 + n % 9, n % 9),
        "gender" => "no_answer".to_owned(),
        "serving_size" => "regular".to_owned(),
        "company" | "area" => words(numbers, 12),
        "external_user_id" => format!("ext-{n}"),
        "external_profile" => words(numbers, 120),
        note if note.starts_with("note_") => words(numbers, 80),
        _ => words(numbers, 24),
    }
}

fn newcomer(sample: Sample, n: u64, notice: &str) -> Newcomer {
    let mut numbers = Numbers::new(sample.seed, n.wrapping_mul(2));
    let items: BTreeMap<String, String> = ITEMS
        .iter()
        .take(sample.items)
        .map(|item| ((*item).to_owned(), value(item, n, &mut numbers)))
        .collect();
    let consents = ["store_disclosure", "related_information", "dietary_care", "marketing"];
    let consents = consents.map(|consent| Answer {
        consent: consent.to_owned(),
        state: if consent == "marketing" { "refused" } else { "given" }.to_owned(),
        notice: notice.to_owned(),
        language: "ja".to_owned(),
    });
    Newcomer {
        regime: "jp".to_owned(),
        items,
        password: None,
        card: None,
        consents: consents.into(),
        representative: None,
    }
}

/// Brings everybody in. Sealing runs beside the writer, one batch ahead of it.
pub(super) async fn fill(app: &Arc<App>, sample: Sample) -> anyhow::Result<()> {
    for n in 0..STORES {
        let fact = RecipientFact {
            name: booking(n).0.parse()?,
            category: "store".parse()?,
            country: Some("JP".to_owned()),
            suspended: false,
        };
        let details = Details {
            name: format!("見本料理店{n}"),
            address: format!("東京都見本区見本町1-1-{n}"),
            representative: "見本太郎".to_owned(),
            contact: None,
        };
        recipient::put(app, fact, details, BY.to_owned()).await?;
    }
    let notice = app.policy().version.to_string();
    let mut written: Option<tokio::task::JoinHandle<Result<(), Error>>> = None;
    let mut batch = Vec::with_capacity(TOGETHER);
    for n in 0..sample.subjects {
        let subject = subject(sample.seed, n);
        let admitted = intake::admit(app, subject, newcomer(sample, n, &notice)).await?;
        batch.push((admitted, booked(app, subject, n)?));
        if batch.len() == TOGETHER || n + 1 == sample.subjects {
            if let Some(before) = written.take() {
                before.await??;
            }
            let batch = std::mem::replace(&mut batch, Vec::with_capacity(TOGETHER));
            written = Some(tokio::spawn(keep(Arc::clone(app), batch)));
        }
    }
    if let Some(last) = written {
        last.await??;
    }
    Ok(())
}

fn booked(app: &App, subject: SubjectId, n: u64) -> anyhow::Result<Begun> {
    let (recipient, reference) = booking(n);
    let at = app.clock.now();
    let engagement = Engagement {
        reference: reference.parse()?,
        starts_at: at,
        ends_at: at.checked_add((30 * 24).hours()).context("the calendar ends")?,
        cancelled: false,
    };
    Ok(Begun { subject, recipient: recipient.parse()?, engagement, at, fresh: Fresh::new()? })
}

async fn keep(app: Arc<App>, batch: Vec<(Admitted, Begun)>) -> Result<(), Error> {
    let keeper = Arc::clone(&app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            for (admitted, begun) in &batch {
                admitted.keep(&keeper, tx, BY)?;
                begun.keep(&keeper, tx, BY)?;
            }
            Ok(())
        })
        .await
}

/// What is asked of a person picked at random: five of her items, for her booking.
pub(super) fn question(sample: Sample, numbers: &mut Numbers) -> String {
    let n = numbers.below(sample.subjects);
    let (store, reference) = booking(n);
    let (purpose, items) = if sample.items < 20 || numbers.below(2) == 0 {
        ("reservation", RESERVATION.to_vec())
    } else {
        let first = usize::try_from(numbers.below(9)).unwrap_or(0);
        ("meal", (0..5).map(|k| MEAL[(first + k) % MEAL.len()]).collect())
    };
    format!(
        r#"{{"subject":"{}","recipient":"{store}","purpose":"{purpose}","items":["{}"],"reference":"{reference}"}}"#,
        subject(sample.seed, n),
        items.join(r#"",""#),
    )
}

/// A moment at which everything in the sample is in force.
pub(super) fn moment() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_policy_is_coherent_and_has_twenty_items() {
        let read = policy::read_files(&super::policy()).unwrap();
        for item in ITEMS.iter().chain(&MEAL).chain(&RESERVATION) {
            assert!(read.document.items.contains_key(&item.parse().unwrap()), "{item}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_questions() {
        let sample = Sample { subjects: 1000, items: 20, seed: 1 };
        let ask = |stream| question(sample, &mut Numbers::new(1, stream));
        assert_eq!(ask(3), ask(3));
        assert_ne!(ask(3), ask(4));
    }
}
