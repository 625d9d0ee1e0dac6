//! How long the rules take: a store asks for five items of a guest who booked it; the reference
//! policy and a large one are read and proven.
//!
//! `cargo run --release -p policy --example speed`

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use policy::prove::{Proof, prove};
use policy::{
    Ask, ConsentFact, ConsentState, Decision, Document, Engagement, Facts, ItemName, PurposeName,
    RecipientFact, RecipientName, SubjectId, decide, read_files,
};

const ROUNDS: u32 = 200_000;

/// The sizes of the large policy.
const ITEMS: usize = 500;
const RECIPIENTS: usize = 200;
const PURPOSES: usize = 100;

type Failed = Box<dyn Error>;

fn main() -> Result<(), Failed> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps/reservation/policy");
    let found = |findings| Failed::from(format!("{findings:?}"));
    let (read, took) = best_of_five(|| policy::read_dir(&dir));
    let reference = read.map_err(found)?.document;
    println!("policy check, reference policy: {took:.1?}");
    let items = ["allergy", "favourite_food", "disliked_food", "serving_size", "preferred_alcohol"];
    let items = items.iter().map(|item| item.parse()).collect::<Result<_, _>>()?;
    decisions(&reference, "store".parse()?, "meal".parse()?, items)?;
    proof("reference policy", &reference);

    let files = large();
    let (read, took) = best_of_five(|| read_files(&files));
    let large = read.map_err(found)?.document;
    println!("load, {ITEMS} items, {RECIPIENTS} recipients, {PURPOSES} purposes: {took:.1?}");
    let purpose: PurposeName = "purpose_7".parse()?;
    let serves = large.items.iter().filter(|(_, item)| item.purposes.contains(&purpose));
    let items = serves.map(|(name, _)| name.clone()).take(5).collect();
    let mut takes =
        large.recipients.iter().filter(|(_, r)| r.many && r.purposes.contains(&purpose));
    let (store, _) = takes.next().ok_or("no store in the large policy")?;
    decisions(&large, store.clone(), purpose, items)?;
    proof("the same", &large);
    Ok(())
}

/// The answer, and the best time of five, so that a busy machine does not count.
fn best_of_five<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let mut best = Duration::MAX;
    let mut answer = None;
    for _ in 0..5 {
        let start = Instant::now();
        let found = black_box(work());
        best = best.min(start.elapsed());
        answer = Some(found);
    }
    (answer.unwrap_or_else(work), best)
}

/// A member of `category` asks about a guest who agreed to everything and booked it.
fn decisions(
    policy: &Document,
    category: RecipientName,
    purpose: PurposeName,
    items: Vec<ItemName>,
) -> Result<(), Failed> {
    let now: Timestamp = "2026-10-10T18:00:00+09:00".parse()?;
    let given = |consent: &policy::ConsentName| ConsentFact {
        consent: consent.clone(),
        state: ConsentState::Given,
        notice: policy.version,
        at: now,
    };
    let member: RecipientName = "sushi-ueno".parse()?;
    let facts = Facts {
        policy,
        regime: Some("jp".parse()?),
        consents: policy.consents.keys().map(given).collect(),
        restrictions: Vec::new(),
        stopped_recipients: Vec::new(),
        recipient: Some(RecipientFact {
            name: member.clone(),
            category,
            country: None,
            suspended: false,
        }),
        engagement: Some(Engagement {
            reference: "BK-1".parse()?,
            starts_at: now,
            ends_at: "2026-10-10T21:00:00+09:00".parse()?,
            cancelled: false,
        }),
        approval: None,
        holding: policy::retention::Holding::default(),
        locked: Vec::new(),
        unreadable: Vec::new(),
    };
    let ask = Ask {
        subject: SubjectId([1; 16]),
        recipient: Some(member),
        purpose,
        items,
        reference: Some("BK-1".parse()?),
        exception: false,
    };
    let stopped = Facts { restrictions: vec![None], ..facts.clone() };
    for (answer, facts) in [("permit", &facts), ("refusal", &stopped)] {
        let decision = decide(ask.clone(), facts, now);
        if matches!(decision, Decision::Permit(_)) != (answer == "permit") {
            return Err(format!("not a {answer}: {decision:?}").into());
        }
        let ((), took) = best_of_five(|| {
            for _ in 0..ROUNDS {
                black_box(decide(black_box(ask.clone()), black_box(facts), now));
            }
        });
        println!("decide, {} items, {answer}: {:.0?}", ask.items.len(), took / ROUNDS);
    }
    Ok(())
}

fn proof(what: &str, policy: &Document) {
    let (start, worked) = (Instant::now(), processor_time());
    let Proof { cases, stand_for, promises, .. } = prove(policy);
    let (took, promises) = (start.elapsed(), promises.len());
    let worked = processor_time().saturating_sub(worked);
    println!(
        "prove, {what}: {promises} promises, {cases} cases that stand for {stand_for}, {took:.1?}, \
         of processors {worked:.1?}"
    );
}

/// How long this process has been at work on all processors, in steps of 10 ms; nothing where the
/// system does not say so. It hardly depends on how busy the machine is.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
    Duration::from_millis(10 * ticks.sum::<u64>())
}

/// A policy of many words: every store and processor takes three purposes, every item serves four.
fn large() -> BTreeMap<String, String> {
    let label =
        |text: String| format!("label = {{ ja = \"{text}\", en = \"{text}\" }}\narticle = \"1\"\n");
    let mut files = BTreeMap::new();
    let controller = "version = \"2026-10-01\"\nlanguages = [\"ja\", \"en\"]\n\
        regimes = [\"jp\", \"eu\", \"uk\"]\n[controller]\n";
    let mut controller = controller.to_owned();
    for field in ["name", "address", "representative", "service", "information_manager"] {
        let _ = writeln!(controller, "{field} = {{ ja = \"【見本】\", en = \"[Sample]\" }}");
    }
    controller.push_str(
        "country = \"JP\"\n[controller.desk]\nname = { ja = \"【見本】\", en = \"[Sample]\" }\n\
         email = \"desk@sample.example\"\n",
    );
    files.insert("controller.toml".to_owned(), controller);
    let mut consents = String::new();
    for n in 0..20 {
        let _ = write!(
            consents,
            "[consent_{n}]\n{}wording = {{ ja = \"同意します\", en = \"I agree\" }}\n\
             on_refusal = {{ ja = \"使えます\", en = \"It works\" }}\nsince = \"2026-10-01\"\n",
            label(format!("Consent {n}"))
        );
    }
    files.insert("consents.toml".to_owned(), consents);
    let mut purposes = String::new();
    for n in 0..PURPOSES {
        // A third is for stores and rests on a consent, a third on one without an engagement.
        let consent = n % 20;
        let how = match n % 3 {
            0 => {
                "own_use = true\nbasis = { jp = \"notice\", eu = \"contract\", uk = \"contract\" }"
                    .to_owned()
            }
            1 => format!(
                "needs_engagement = true\nafter_end_hours = 3\nbasis = {{ jp = \"consent:consent_{consent}\", \
                 eu = \"contract\", uk = \"contract\" }}"
            ),
            _ => format!(
                "basis = {{ jp = \"consent:consent_{consent}\", eu = \"consent:consent_{consent}\", \
                 uk = \"consent:consent_{consent}\" }}"
            ),
        };
        let _ = write!(
            purposes,
            "[purpose_{n}]\n{}tier = \"service\"\n{how}\n",
            label(format!("Purpose {n}"))
        );
    }
    files.insert("purposes.toml".to_owned(), purposes);
    let mut items = String::new();
    for n in 0..ITEMS {
        let serves: Vec<String> =
            (0..4).map(|k| format!("\"purpose_{}\"", (n * 7 + k * 13) % PURPOSES)).collect();
        let care = match n % 10 {
            0 => format!("sensitivity = \"special_care\"\nconsent = \"consent_{}\"", n % 20),
            _ => "sensitivity = \"ordinary\"".to_owned(),
        };
        let _ = write!(
            items,
            "[item_{n}]\n{}kind = \"text\"\nmax_chars = 100\n{care}\npurposes = [{}]\n\
             retention = {{ from = \"account_end\", days = 30 }}\n",
            label(format!("Item {n}")),
            serves.join(", ")
        );
    }
    files.insert("items.toml".to_owned(), items);
    let mut recipients = String::new();
    for n in 0..RECIPIENTS {
        let (role, many, country) = match n % 4 {
            0 | 1 => ("store", "many = true\n", "JP"),
            2 => ("processor", "", "JP"),
            _ => ("processor", "", "FR"),
        };
        let group = if role == "store" { [1, 4, 7] } else { [0, 1, 2] };
        let takes: Vec<String> =
            group.iter().map(|k| format!("\"purpose_{}\"", (n / 4 * 3 + k) % 99)).collect();
        let legal = "legal = { name = \"【見本】\", address = \"【見本】\", representative = \"【見本】\" }\n";
        let _ = write!(
            recipients,
            "[recipient_{n}]\n{}role = \"{role}\"\n{many}country = \"{country}\"\npurposes = [{}]\n{}",
            label(format!("Recipient {n}")),
            takes.join(", "),
            if many.is_empty() { legal } else { "" }
        );
    }
    files.insert("recipients.toml".to_owned(), recipients);
    let secrets = format!(
        "[credit_card]\n{}keeps = \"card_token\"\npurposes = [\"purpose_0\"]\n\
         retention = {{ from = \"account_end\", days = 30 }}\n",
        label("Card".to_owned())
    );
    files.insert("secrets.toml".to_owned(), secrets);
    files
}
