//! Every letter about a request, in every language: what it says stands in snapshots, what is attached
//! is a PDF, and no letter tells more of a refusal than the regime lets it (G1, S30, R8.2).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use azukari::acts::request::{Agent, AnswerLink, Channel, Contact, Delivery, Matter};
use azukari::letter::{About, RequestLetter, Written};
use jiff::{SignedDuration, Timestamp};
use policy::request::{
    Agency, Decision, Identified, Money, Outcome, Progress, RefusalGround, RefusedPart, RequestId,
    RequestKind, Step, Terms,
};
use policy::{Document, Language};

use crate::house::policy_files;

fn now() -> Timestamp {
    "2026-11-22T09:00:00+09:00".parse().unwrap()
}

fn document() -> Document {
    policy::read_files(&policy_files()).unwrap().document
}

fn matter(language: Language) -> Matter {
    let name = if language == Language::Ja { "見本 花子" } else { "Hanako Sample" };
    Matter {
        channel: Channel::Page,
        language,
        name: name.to_owned(),
        contact: Contact::Email { email: "hanako@guest.example".to_owned() },
        agent: None,
        text: String::new(),
        items: Vec::new(),
        corrections: BTreeMap::new(),
        purposes: Vec::new(),
        recipients: Vec::new(),
        particulars: BTreeMap::new(),
        delivery: Delivery::Electronic,
        receipt_name: Some("見本商事株式会社".to_owned()),
        candidate: None,
        code: None,
        codes_sent: Vec::new(),
        answer: Some(AnswerLink {
            fingerprint: [0; 16],
            ends_at: now() + SignedDuration::from_hours(30 * 24),
            fetched_at: None,
        }),
        reply: None,
        notes: Vec::new(),
        erased: None,
        steps: Vec::new(),
    }
}

struct Told {
    document: Document,
    progress: Progress,
    matter: Matter,
}

impl Told {
    fn new(kind: RequestKind, regime: &str, language: Language, steps: &[Step]) -> Self {
        let document = document();
        let terms = Terms::of(&document, &regime.parse().unwrap()).unwrap();
        let grounds = terms.regime.requests.grounds(kind).to_vec();
        let mut progress = Progress::received(&terms, kind, grounds, None, now());
        for step in steps {
            progress = progress.step(step, &terms, now()).unwrap();
        }
        Self { progress, matter: matter(language), document }
    }

    fn write(&self, letter: &RequestLetter) -> Written {
        letter.write(&About {
            document: &self.document,
            id: RequestId([0x5a; 16]),
            progress: &self.progress,
            matter: &self.matter,
            link: &|path| format!("https://privacy.example{path}"),
            now: now(),
        })
    }
}

fn known() -> Vec<Step> {
    vec![Step::Begin {}, Step::Identify { how: Identified::Code, held: true }]
}

fn decided(outcome: Outcome, refused: Vec<RefusedPart>) -> Step {
    Step::Decide(Decision {
        outcome,
        refused,
        alternative: None,
        reason: "the file of the shop shows it".into(),
        by: "officer".into(),
        at: now(),
    })
}

fn paid() -> Step {
    let money = Money { amount: 1000, currency: "JPY".into() };
    Step::Pay { money, reference: "bank 1".into() }
}

fn in_words(written: &Written) -> String {
    let mut said = format!("{}\n\n{}", written.subject, paper::text(&written.paper));
    for (name, attached) in &written.attached {
        assert!(paper::pdf(attached).unwrap().starts_with(b"%PDF-"), "{name}");
        let _ = write!(said, "\n==== {name}.pdf ====\n\n");
        if attached != &written.paper {
            said += &paper::text(attached);
        }
    }
    said
}

#[test]
fn every_letter_about_a_request_is_written_in_every_language() {
    for language in Language::ALL {
        let mut said = Vec::new();
        let begun = Told::new(RequestKind::Disclosure, "jp", language, &known());
        for letter in [
            RequestLetter::Received {},
            RequestLetter::Code { code: "012345".into() },
            RequestLetter::Fee {},
            RequestLetter::Unverified {},
            RequestLetter::Withdrawn {},
        ] {
            said.push(in_words(&begun.write(&letter)));
        }
        let settled = Told::new(
            RequestKind::Disclosure,
            "jp",
            language,
            &[known(), vec![paid(), decided(Outcome::Granted, vec![])]].concat(),
        );
        said.push(in_words(&settled.write(&RequestLetter::FeePaid {})));
        let token = Some("t0k3n".to_owned());
        said.push(in_words(&settled.write(&RequestLetter::Answer { token })));
        let longer = Step::Extend { months: 2, reason: "there are many records".into() };
        let late =
            Told::new(RequestKind::Disclosure, "eu", language, &[known(), vec![longer]].concat());
        let reason = "there are many records".to_owned();
        said.push(in_words(&late.write(&RequestLetter::Extended { reason })));
        insta::assert_snapshot!(format!("letters-{}", language.tag()), said.join("\n########\n\n"));
    }
}

/// S30 and G1: in Japan this policy tells no reasons; in Europe it tells them in full.
#[test]
fn reasons_are_told_as_far_as_the_regime_lets_them() {
    let part = |item: Option<&str>, ground| RefusedPart {
        item: item.map(|item| item.parse().unwrap()),
        ground,
    };
    let harm = RefusalGround::HarmToRights;
    for (regime, ground_told, reason_told) in [("jp", false, false), ("eu", true, true)] {
        let mut steps = known();
        if regime == "jp" {
            steps.push(paid());
        }
        steps.push(decided(Outcome::Partly, vec![part(Some("allergy"), harm)]));
        let told = Told::new(RequestKind::Disclosure, regime, Language::En, &steps);
        let said = paper::text(&told.write(&RequestLetter::Answer { token: None }).paper);
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("Allergies") || flat.contains("llerg"), "{said}");
        assert_eq!(flat.contains(harm.words(Language::En)), ground_told, "{said}");
        assert_eq!(flat.contains("the file of the shop"), reason_told, "{said}");
    }
}

#[test]
fn nothing_held_is_a_proper_answer_and_an_agent_is_addressed() {
    let steps = [known(), vec![paid(), decided(Outcome::NotHeld, vec![])]].concat();
    let mut told = Told::new(RequestKind::Disclosure, "jp", Language::Ja, &steps);
    told.matter.agent =
        Some(Agent { agency: Agency::Entrusted, name: "見本 代理人".to_owned() });
    let said = in_words(&told.write(&RequestLetter::Answer { token: None }));
    assert!(said.contains("見本 代理人 様"), "{said}");
    assert!(said.contains("お預かりしていません"), "{said}");
    assert!(said.contains("見本 花子"), "and for whom it was asked: {said}");
}
