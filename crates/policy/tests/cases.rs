//! Runs the case files in `tests/cases`: facts, a question, the expected answer.
//!
//! Unless a case says otherwise, the guest is held under the law of Japan, has agreed to everything
//! in the words of 2026-10-01, and has booked Sushi Ueno from 18:30 to 21:00 on 10 October 2026,
//! Japanese time; it is 18:00 that day and the booking is BK-1.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use policy::decide::{Approval, Offer};
use policy::minor::{self, AgeCheck};
use policy::record::{ProvisionBasis, Route, keep_until, record_duty};
use policy::retention::{Dispute, Holding, Person, Standing, Thing, Until, standing};
use policy::{
    Ask, ConsentFact, ConsentState, Decision, Document, Engagement, Facts, Reason, RecipientFact,
    RecordDuty, RegimeName, SubjectId, admit, decide,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What the file is about, for the reader.
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    case: Vec<Case>,
    #[serde(default)]
    admission: Vec<Admission>,
    #[serde(default)]
    duty: Vec<Duty>,
    #[serde(default)]
    keeping: Vec<Keeping>,
    #[serde(default)]
    ending: Vec<Ending>,
    #[serde(default)]
    minor: Vec<Minor>,
}

/// A question to the gate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    cites: Vec<String>,
    /// Changes to the reference policy: file, table, key; `"(none)"` takes a key out.
    #[serde(default)]
    policy: toml::Table,
    #[serde(default = "jp")]
    law: String,
    #[serde(default = "eve")]
    now: String,
    #[serde(default = "sushi_ueno")]
    recipient: String,
    /// How the register knows the recipient; a name of the policy needs no entry.
    #[serde(default)]
    register: Register,
    #[serde(default = "reservation")]
    purpose: String,
    #[serde(default = "name")]
    items: Vec<String>,
    reference: Option<String>,
    /// Changes to the guest's consents: a state, a state and a version, or `none`.
    #[serde(default)]
    consents: BTreeMap<String, String>,
    /// The purposes she had stopped, or `everything`.
    #[serde(default)]
    stopped: Vec<String>,
    /// The recipients to whom she had provision stopped, or `everybody`.
    #[serde(default)]
    stopped_for: Vec<String>,
    /// Items that were collected before the purpose was opened to them.
    #[serde(default)]
    locked: Vec<String>,
    #[serde(default)]
    booking: Booking,
    /// When what is asked for was put; left out, nothing is said of that.
    put: Option<String>,
    /// When her account was closed.
    closed: Option<String>,
    #[serde(default)]
    exception: bool,
    approval: Option<ApprovalText>,
    answer: Answer,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Register {
    #[serde(rename = "as")]
    category: Option<String>,
    country: Option<String>,
    #[serde(default)]
    suspended: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Booking {
    is: String,
    reference: String,
    ends: String,
}

impl Default for Booking {
    fn default() -> Self {
        Self {
            is: "in force".into(),
            reference: "BK-1".into(),
            ends: "2026-10-10T21:00:00+09:00".into(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovalText {
    kind: policy::decide::ExceptionKind,
    recipient: Option<String>,
    purpose: Option<String>,
    items: Option<Vec<String>>,
    /// `this guest` unless said otherwise; `another guest` or `anybody`.
    #[serde(default = "this_guest")]
    about: String,
    #[serde(default = "end_of_year")]
    ends: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    permit: Option<Permitted>,
    /// Every reason, in order, as its id and facts.
    refuse: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permitted {
    provision: Option<String>,
    route: Option<String>,
    record: Option<String>,
    /// Each as its name and the version seen.
    consents: Option<Vec<String>>,
}

/// A question to the door.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Admission {
    says: String,
    cites: Vec<String>,
    #[serde(default)]
    policy: toml::Table,
    #[serde(default = "jp")]
    law: String,
    items: Vec<String>,
    #[serde(default)]
    registering: bool,
    /// The consents that she agreed to and that wait for her representative.
    #[serde(default)]
    waiting: Vec<String>,
    /// All of her consents; nothing is presumed here.
    #[serde(default)]
    consents: BTreeMap<String, String>,
    /// Every reason; none admits.
    refuse: Vec<String>,
}

/// How an answer to a consent stands on a day, by the age of whoever gave it (R9.6).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Minor {
    says: String,
    cites: Vec<String>,
    /// Changes to the reference policy.
    #[serde(default)]
    policy: toml::Table,
    #[serde(default = "jp")]
    law: String,
    /// Her date of birth; left out where none is held.
    born: Option<String>,
    now: String,
    #[serde(default = "given")]
    answer: ConsentState,
    /// True when her statutory representative agreed.
    #[serde(default)]
    agreed: bool,
    stands: ConsentState,
}

impl Minor {
    fn check(&self) -> Result<(), String> {
        let policy = common::changed(&self.policy);
        let check = AgeCheck::new(&policy, &self.law.parse().unwrap(), self.now.parse().unwrap());
        let below = check
            .zip(self.born.as_ref())
            .is_some_and(|(check, born)| check.reads_below(born).unwrap());
        let found = minor::stands(self.answer, below, self.agreed);
        if found == self.stands { Ok(()) } else { Err(format!("it is {}", found.word())) }
    }
}

/// One line of the table of R1.9.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duty {
    cites: Vec<String>,
    /// Changes to the reference policy.
    #[serde(default)]
    policy: toml::Table,
    #[serde(default = "jp")]
    law: String,
    provision: ProvisionBasis,
    route: Route,
    record: RecordDuty,
}

/// Until when something is kept, and what keeps it (R12.1, R12.2).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    says: String,
    cites: Vec<String>,
    /// Changes to the reference policy.
    #[serde(default)]
    policy: toml::Table,
    /// An item, a secret, or `account`.
    of: String,
    #[serde(default = "last_year")]
    put: String,
    /// When the account was closed; open without.
    closed: Option<String>,
    /// When the last booking ended; never booked without.
    last_booking: Option<String>,
    /// The consents that she gave once.
    #[serde(default)]
    consented: Vec<String>,
    #[serde(default)]
    dispute: Vec<DisputeText>,
    now: String,
    answer: Ended,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DisputeText {
    name: String,
    #[serde(default)]
    items: Vec<String>,
    until: String,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Ended {
    /// A moment, or `after account_end` while that has not come.
    until: String,
    /// The purpose that keeps it longest.
    because: Option<String>,
    due: bool,
    /// Each hold in force, as its name and until when.
    #[serde(default)]
    held: Vec<String>,
    goes: bool,
}

impl Ending {
    fn find(&self) -> Ended {
        let policy = common::changed(&self.policy);
        let moment = |text: &String| text.parse::<Timestamp>().unwrap();
        let thing = match self.of.as_str() {
            "account" => Thing::Account,
            name if policy.secrets.keys().any(|secret| secret.as_str() == name) => {
                Thing::Secret(name.parse().unwrap())
            }
            name => Thing::Item(name.parse().unwrap()),
        };
        let things = match thing {
            Thing::Account => Vec::new(),
            _ => vec![(thing.clone(), moment(&self.put))],
        };
        let person = Person {
            policy: &policy,
            things,
            account_end: self.closed.as_ref().map(moment),
            engagement_end: self.last_booking.as_ref().map(moment),
            consents: names(&self.consented),
            disputes: self
                .dispute
                .iter()
                .map(|text| Dispute {
                    name: text.name.parse().unwrap(),
                    items: names(&text.items),
                    until: moment(&text.until),
                })
                .collect(),
        };
        let all = standing(&person, moment(&self.now));
        let found: &Standing = all.iter().find(|standing| standing.thing == thing).unwrap();
        let until = |until: Until| match until {
            Until::At(at) => {
                at.to_zoned(policy::record::calendar()).strftime("%FT%T%:z").to_string()
            }
            Until::After(start) => {
                let start = serde_json::to_value(start).unwrap();
                format!("after {}", start.as_str().unwrap())
            }
        };
        Ended {
            until: until(found.until),
            because: found.because.as_ref().map(ToString::to_string),
            due: found.due,
            held: found.held_by.iter().map(|h| format!("{} {}", h.hold, until(h.until))).collect(),
            goes: found.goes(),
        }
    }
}

fn last_year() -> String {
    "2025-10-10T12:00:00+09:00".into()
}

/// How long a record is kept (R1.8).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keeping {
    says: String,
    cites: Vec<String>,
    made: String,
    kept_until: String,
}

fn given() -> ConsentState {
    ConsentState::Given
}

fn jp() -> String {
    "jp".into()
}
fn eve() -> String {
    "2026-10-10T18:00:00+09:00".into()
}
fn sushi_ueno() -> String {
    "sushi-ueno".into()
}
fn reservation() -> String {
    "reservation".into()
}
fn name() -> Vec<String> {
    vec!["name".into()]
}
fn this_guest() -> String {
    "this guest".into()
}
fn end_of_year() -> String {
    "2026-12-31T23:59:59+09:00".into()
}

const GUEST: SubjectId = SubjectId([1; 16]);
const ANOTHER_GUEST: SubjectId = SubjectId([2; 16]);
const CONSENTS: [&str; 4] =
    ["store_disclosure", "dietary_care", "marketing", "related_information"];
/// The recipients that the register knows, each under its category.
const REGISTER: [(&str, &str); 3] =
    [("sushi-ueno", "store"), ("tempura-kanda", "store"), ("group-member", "gmo_group")];

fn names<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: &[String]) -> Vec<T> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn consent(name: &str, text: &str) -> Option<ConsentFact> {
    let (state, version) = text.split_once(' ').unwrap_or((text, "2026-10-01"));
    let state = match state {
        "none" => return None,
        state => ConsentState::parse(state).unwrap_or_else(|| panic!("no state `{state}`")),
    };
    Some(ConsentFact {
        consent: name.parse().unwrap(),
        state,
        notice: version.parse().unwrap(),
        at: "2026-10-02T12:00:00+09:00".parse().unwrap(),
    })
}

/// A reason as its id and facts, in the order of the alphabet.
fn written(reason: &Reason) -> String {
    let serde_json::Value::Object(facts) = serde_json::to_value(reason).unwrap() else {
        panic!("a reason is an object")
    };
    let facts = facts.iter().filter(|(name, _)| *name != "reason").map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        format!("{name}={value}")
    });
    std::iter::once(reason.id().to_owned()).chain(facts).collect::<Vec<_>>().join(" ")
}

impl Case {
    fn ask(&self) -> Ask {
        Ask {
            subject: GUEST,
            recipient: (self.recipient != "own use").then(|| self.recipient.parse().unwrap()),
            purpose: self.purpose.parse().unwrap(),
            items: names(&self.items),
            reference: self.reference.as_deref().map(|r| r.parse().unwrap()),
            exception: self.exception || self.approval.is_some(),
        }
    }

    fn recipient_fact(&self, policy: &Document) -> Option<RecipientFact> {
        let name = self.recipient.parse().ok()?;
        let registered =
            REGISTER.iter().find(|(known, _)| *known == self.recipient).map(|(_, c)| *c);
        let category = match self.register.category.as_deref().or(registered) {
            Some(category) => category.parse().unwrap(),
            None if policy.recipients.contains_key(&name) => name.clone(),
            None => return None,
        };
        let Register { country, suspended, .. } = &self.register;
        Some(RecipientFact { name, category, country: country.clone(), suspended: *suspended })
    }

    fn approval(&self, ask: &Ask) -> Option<Approval> {
        let text = self.approval.as_ref()?;
        let recipient = text.recipient.as_ref().unwrap_or(&self.recipient);
        Some(Approval {
            kind: text.kind,
            reason: "stated in the case".into(),
            evidence: "letter no. 1".into(),
            approved_by: "manager".into(),
            subject: match text.about.as_str() {
                "this guest" => Some(GUEST),
                "another guest" => Some(ANOTHER_GUEST),
                "anybody" => None,
                other => panic!("about `{other}`?"),
            },
            recipient: recipient.parse().unwrap_or_else(|_| "store".parse().unwrap()),
            purpose: text.purpose.as_ref().map_or(ask.purpose.clone(), |p| p.parse().unwrap()),
            items: text.items.as_ref().map_or(ask.items.clone(), |items| names(items)),
            ends_at: text.ends.parse().unwrap(),
            withheld_from_subject: false,
        })
    }

    fn run(&self) -> Decision {
        let policy = common::changed(&self.policy);
        let ask = self.ask();
        let mut consents: BTreeMap<&str, &str> =
            CONSENTS.into_iter().map(|name| (name, "given")).collect();
        consents.extend(self.consents.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let facts = Facts {
            policy: &policy,
            regime: (self.law != "nobody is held").then(|| self.law.parse().unwrap()),
            consents: consents.iter().filter_map(|(name, text)| consent(name, text)).collect(),
            restrictions: self
                .stopped
                .iter()
                .map(|word| (word != "everything").then(|| word.parse().unwrap()))
                .collect(),
            stopped_recipients: self
                .stopped_for
                .iter()
                .map(|word| (word != "everybody").then(|| word.parse().unwrap()))
                .collect(),
            recipient: self.recipient_fact(&policy),
            engagement: match self.booking.is.as_str() {
                "none" => None,
                is @ ("in force" | "called off") => Some(Engagement {
                    reference: self.booking.reference.parse().unwrap(),
                    starts_at: "2026-10-10T18:30:00+09:00".parse().unwrap(),
                    ends_at: self.booking.ends.parse().unwrap(),
                    cancelled: is == "called off",
                }),
                other => panic!("a booking is not `{other}`"),
            },
            approval: self.approval(&ask),
            locked: self.locked.iter().map(|item| item.parse().unwrap()).collect(),
            holding: Holding {
                put_at: self
                    .put
                    .iter()
                    .flat_map(|put| ask.items.iter().map(|i| (i.clone(), put.parse().unwrap())))
                    .collect(),
                account_end: self.closed.as_deref().map(|closed| closed.parse().unwrap()),
                engagement_end: (self.booking.is == "in force")
                    .then(|| self.booking.ends.parse().unwrap()),
            },
            unreadable: Vec::new(),
        };
        decide(ask, &facts, self.now.parse().unwrap())
    }

    /// What is wrong with the answer, if anything.
    fn check(&self) -> Result<(), String> {
        match (self.run(), &self.answer) {
            (Decision::Permit(permit), Answer { permit: Some(expected), refuse: None }) => {
                let word = |value: serde_json::Value| value.as_str().unwrap().to_owned();
                let found = [
                    ("provision", word(serde_json::to_value(permit.provision_basis()).unwrap())),
                    ("route", word(serde_json::to_value(permit.route()).unwrap())),
                    ("record", word(serde_json::to_value(permit.record_duty()).unwrap())),
                ];
                let expected_words = [&expected.provision, &expected.route, &expected.record];
                for ((what, found), expected) in found.iter().zip(expected_words) {
                    if expected.as_ref().is_some_and(|expected| expected != found) {
                        return Err(format!("permit with {what} `{found}`"));
                    }
                }
                let consents: Vec<String> =
                    permit.consents().iter().map(|(c, seen)| format!("{c} {seen}")).collect();
                match &expected.consents {
                    Some(expected) if *expected != consents => {
                        Err(format!("permit on {consents:?}"))
                    }
                    _ => Ok(()),
                }
            }
            (Decision::Refusal(refusal), Answer { permit: None, refuse: Some(expected) }) => {
                let found: Vec<String> = refusal.reasons.iter().map(written).collect();
                if found == *expected { Ok(()) } else { Err(format!("refusal: {found:#?}")) }
            }
            (Decision::Permit(permit), _) => Err(format!("a permit: {permit:?}")),
            (Decision::Refusal(refusal), _) => {
                let found: Vec<String> = refusal.reasons.iter().map(written).collect();
                Err(format!("a refusal: {found:#?}"))
            }
        }
    }
}

impl Admission {
    fn check(&self) -> Result<(), String> {
        let policy = common::changed(&self.policy);
        let regime: RegimeName = self.law.parse().unwrap();
        let consents: Vec<ConsentFact> =
            self.consents.iter().filter_map(|(name, text)| consent(name, text)).collect();
        let offer = Offer {
            policy: &policy,
            regime: &regime,
            items: names(&self.items),
            consents: &consents,
            waiting: &names(&self.waiting),
            registering: self.registering,
        };
        let found: Vec<String> = match admit(offer) {
            Ok(admission) => {
                let all = names(&self.items).iter().all(|item| admission.covers(item));
                assert!(all, "admitted, but not everything that was offered");
                Vec::new()
            }
            Err(refusal) => refusal.reasons.iter().map(written).collect(),
        };
        if found == self.refuse { Ok(()) } else { Err(format!("refusal: {found:#?}")) }
    }
}

fn case_files() -> Vec<(String, File)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let file = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, file)
        })
        .collect()
}

#[test]
fn every_case_is_answered_as_written() {
    let regimes = policy::regime::built_in().unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for (name, file) in case_files() {
        let mut check = |says: &str, cites: &[String], answer: Result<(), String>| {
            count += 1;
            let cited = cites.iter().all(|id| {
                id.starts_with(['R', 'S', 'L', 'I', 'G'])
                    && id[1..].chars().all(|c| c.is_ascii_digit() || c == '.')
            });
            if cites.is_empty() || !cited {
                wrong.push(format!("{name}: {says}\n  cites {cites:?}"));
            }
            if let Err(found) = answer {
                wrong.push(format!("{name}: {says}\n  {found}"));
            }
        };
        for case in &file.case {
            check(&case.says, &case.cites, case.check());
        }
        for minor in &file.minor {
            check(&minor.says, &minor.cites, minor.check());
        }
        for admission in &file.admission {
            check(&admission.says, &admission.cites, admission.check());
        }
        for Duty { cites, policy, law, provision, route, record } in &file.duty {
            let policy = common::changed(policy);
            let regime = &policy.regimes[&law.parse().unwrap()];
            let found = record_duty(&policy, regime, *provision, *route);
            let answer = if found == *record { Ok(()) } else { Err(format!("{found:?}")) };
            check(&format!("{provision:?} by {route:?} in {law}"), cites, answer);
        }
        for ending in &file.ending {
            let found = ending.find();
            let answer = if found == ending.answer { Ok(()) } else { Err(format!("{found:#?}")) };
            check(&ending.says, &ending.cites, answer);
        }
        for keeping in &file.keeping {
            let made: Timestamp = keeping.made.parse().unwrap();
            let found = keep_until(&regimes[&"jp".parse().unwrap()], made).unwrap();
            let expected: Timestamp = keeping.kept_until.parse().unwrap();
            let answer = if found == expected { Ok(()) } else { Err(format!("{found}")) };
            check(&keeping.says, &keeping.cites, answer);
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 60, "{count} cases");
    println!("{count} cases");
}

#[test]
fn every_reason_has_a_case() {
    // Only a broken program gives these; decide.rs tests them itself.
    let broken: BTreeSet<&str> = ["fact_unreadable", "rule_failed"].into();
    let mut seen = BTreeSet::new();
    for (_, file) in case_files() {
        let refusals = file.case.iter().filter_map(|case| case.answer.refuse.as_ref());
        for line in refusals.flatten().chain(file.admission.iter().flat_map(|a| &a.refuse)) {
            seen.insert(line.split(' ').next().unwrap().to_owned());
        }
    }
    let missing: Vec<_> =
        Reason::IDS.iter().filter(|id| !seen.contains(**id) && !broken.contains(*id)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn the_whole_table_of_record_duties_is_written_down() {
    let rows: BTreeSet<String> = case_files()
        .iter()
        .flat_map(|(_, file)| &file.duty)
        .filter(|duty| duty.law == "jp" && duty.policy.is_empty())
        .map(|duty| format!("{:?} {:?}", duty.provision, duty.route))
        .collect();
    // Five bases by six routes.
    assert_eq!(rows.len(), 30, "{rows:?}");
}
