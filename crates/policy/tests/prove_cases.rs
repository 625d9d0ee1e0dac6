//! What the proof rests on, checked on asks and facts drawn at random: every ask is answered as its
//! case is, a case as its circumstances one at a time, several items as each alone, and names of one
//! kind alike.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp, ToSpan};
use policy::decide::{Approval, ExceptionKind};
use policy::prove::Stage;
use policy::prove::case::{Case, Thing};
use policy::retention::Holding;
use policy::{
    Ask, ConsentFact, ConsentState, Decision, Document, Engagement, Facts, RecipientFact,
    SubjectId, Version, decide,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The reference policy with everything that its own words leave out: routes abroad, joint use, an
/// authority, consents that several rules read, items of their own consent, odd hours.
static POLICIES: LazyLock<[Document; 2]> = LazyLock::new(|| {
    let change = r#"
        [controller]
        version = "2027-04-01.2"
        [consents]
        dietary_care.since = "2027-04-01.2"
        marketing.since = "2027-01-01"
        [items]
        phone.consent = "related_information"
        birth_date.consent = "marketing"
        [purposes]
        reservation.after_end_hours = 0
        marketing.basis = { jp = "consent:marketing", uk = "consent:related_information" }
        [recipients]
        payment_platform = { country = "US", equivalent_measures = { checked_on = "2026-10-01", evidence = "contract" } }
        customer_support = { country = "US", transfer_consent = "related_information" }
        email_marketing = { country = "US", transfer_consent = "marketing", equivalent_measures = { checked_on = "2026-06-01", evidence = "contract" } }
        push_messaging = { country = "US", handles_personal_data = false }
        [recipients.gmo_group]
        purposes = ["support"]
        items = ["name"]
        [recipients.police]
        label = { ja = "警察", en = "Police" }
        article = "4"
        role = "authority"
        country = "JP"
        purposes = ["enforcement"]
        [recipients.guidebook]
        label = { ja = "ガイドブック", en = "Guidebook" }
        article = "4"
        role = "third_party"
        many = true
        country = "FR"
        purposes = ["marketing", "reservation"]
        [recipients.store]
        transfer_consent = "related_information"
    "#;
    let mut change: toml::Table = change.parse().unwrap();
    // A store abroad and a purpose without a consent are what this test is about, not the reader.
    change["recipients"]["guidebook"]["purposes"] = vec!["marketing"].into();
    [common::reference(), common::changed(&change)]
});

/// An ask with everything its answer depends on, for one of the policies.
#[derive(Debug, Clone)]
struct Question {
    policy: usize,
    ask: Ask,
    facts: Facts<'static>,
    now: Timestamp,
}

fn ids(ask: &Ask, facts: &Facts<'_>, now: Timestamp) -> BTreeSet<&'static str> {
    match decide(ask.clone(), facts, now) {
        Decision::Permit(_) => BTreeSet::new(),
        Decision::Refusal(refusal) => refusal.reasons.iter().map(policy::Reason::id).collect(),
    }
}

impl Question {
    fn ids(&self) -> BTreeSet<&'static str> {
        ids(&self.ask, &self.facts, self.now)
    }
}

fn ids_of(stage: &Stage<'static>, case: &Case<'static>) -> BTreeSet<&'static str> {
    let scene = stage.scene(case);
    ids(&scene.ask, &scene.facts, scene.now)
}

const NOON: &str = "2027-06-01T12:00:00+09:00";

/// Moments around which something changes: the hours after an engagement, the day of a check.
fn moment() -> impl Strategy<Value = Timestamp> {
    let noon: Timestamp = NOON.parse().unwrap();
    let near = select(vec![-3 * 3600, -2 * 3600, -1, 0, 1, 3600, 2 * 3600]);
    prop_oneof![
        6 => near.prop_map(move |s: i64| noon.checked_add(s.seconds()).unwrap()),
        3 => (-500..500i64).prop_map(move |days| noon.checked_add((days * 24).hours()).unwrap()),
        1 => select(vec![Timestamp::MIN, Timestamp::MAX]),
    ]
}

fn version() -> impl Strategy<Value = Version> {
    let versions =
        ["2026-09-30", "2026-10-01", "2027-01-01", "2027-04-01", "2027-04-01.2", "2027-04-01.3"];
    select(versions.map(|v| v.parse().unwrap()).to_vec())
}

fn consent() -> impl Strategy<Value = ConsentFact> {
    let state =
        prop_oneof![3 => Just(ConsentState::Given), 1 => select(ConsentState::ALL.to_vec())];
    let names = ["store_disclosure", "dietary_care", "marketing", "related_information", "unheard"];
    (select(names.to_vec()), state, version(), moment()).prop_map(|(consent, state, notice, at)| {
        ConsentFact { consent: consent.parse().unwrap(), state, notice, at }
    })
}

fn question() -> impl Strategy<Value = Question> {
    let words = (0..2usize, any::<Index>(), any::<Index>(), vec(any::<Index>(), 0..3), 0..24u8);
    let circumstances = (
        vec(consent(), 0..6),
        vec(option::of(any::<Index>()), 0..3),
        option::weighted(0.9, (select(vec!["N1", "N2"]), moment(), prop::bool::weighted(0.1))),
        option::weighted(0.5, select(vec!["N1", "N2"])),
        prop::bool::weighted(0.05),
        select(vec!["jp", "jp", "jp", "eu", "uk", "zz", ""]),
        (
            prop::bool::weighted(0.6),
            select(vec![0i64, 5, 31, 200, 400, 800, 3000]),
            option::weighted(0.4, select(vec![-1i64, 0, 10, 40, 800])),
            option::weighted(0.5, select(vec![-30i64, 0, 10, 400, 900])),
        ),
    );
    let recipient = (
        option::weighted(0.3, select(vec!["JP", "FR", "US", "CN", "GB", "", "??"])),
        prop::bool::weighted(0.1),
    );
    let approval = (
        prop::bool::weighted(0.4),
        prop::bool::weighted(0.9),
        select(ExceptionKind::ALL.to_vec()),
        moment(),
        select(vec![0u8, 0, 0, 1, 2, 3, 4, 5]),
    );
    (words, circumstances, recipient, approval, moment()).prop_map(
        |(words, circumstances, recipient, approval, now)| {
            let (which, to, purpose, items, odd) = words;
            let policy = &POLICIES[which];
            let purposes: Vec<_> = policy.purposes.keys().collect();
            let purpose = match odd {
                0 => "unheard".parse().unwrap(),
                _ => (*purpose.get(&purposes)).clone(),
            };
            // Mostly a recipient of the purpose and items of both, or little would be permitted.
            let all: Vec<_> = policy.recipients.iter().collect();
            let fitting: Vec<_> =
                all.iter().filter(|(_, r)| r.purposes.contains(&purpose)).copied().collect();
            let among = if odd % 4 == 1 || fitting.is_empty() { &all } else { &fitting };
            let (category, entry) = *to.get(among);
            let serving: Vec<String> = policy
                .items
                .iter()
                .filter(|(name, item)| {
                    odd % 5 == 1
                        || item.purposes.contains(&purpose)
                            && (entry.items.is_empty() || entry.items.contains(name))
                })
                .map(|(name, _)| name.to_string())
                .chain((odd % 6 == 2).then(|| "password".to_owned()))
                .chain((odd % 7 == 3).then(|| "unheard".to_owned()))
                .chain(["name".to_owned()])
                .collect();
            let items = items.iter().map(|at| at.get(&serving).parse().unwrap()).collect();
            let name = if entry.many { "member".parse().unwrap() } else { category.clone() };
            let (consents, stops, engagement, reference, unreadable, regime, held_since) =
                circumstances;
            let own = odd >= 20;
            let ask = Ask {
                subject: SubjectId([1; 16]),
                recipient: (!own).then(|| name.clone()),
                purpose: purpose.clone(),
                items,
                reference: reference.map(|n| n.parse().unwrap()),
                exception: approval.0,
            };
            let (_, held, kind, ends_at, scope) = approval;
            let approval = Approval {
                kind,
                reason: "a reason".into(),
                evidence: "evidence".into(),
                approved_by: "manager".into(),
                subject: [Some(SubjectId([1; 16])), Some(SubjectId([2; 16])), None]
                    [usize::from(scope.min(2))],
                recipient: if scope == 3 { "elsewhere".parse().unwrap() } else { name.clone() },
                purpose: if scope == 4 { "service".parse().unwrap() } else { purpose },
                items: if scope == 5 { Vec::new() } else { ask.items.clone() },
                ends_at,
                withheld_from_subject: ends_at < now,
            };
            let held_as = match odd {
                17 => None,
                18 => Some(("somebody-else".parse().unwrap(), category.clone())),
                19 => Some((name, "no_such_category".parse().unwrap())),
                _ => Some((name, category.clone())),
            };
            let days_ago =
                |days: i64| now.checked_sub(SignedDuration::from_hours(days * 24)).unwrap_or(now);
            let (is_held, put, closed, engaged_until) = held_since;
            let holding = Holding {
                put_at: ask
                    .items
                    .iter()
                    .filter(|_| is_held)
                    .map(|i| (i.clone(), days_ago(put)))
                    .collect(),
                account_end: closed.map(days_ago),
                engagement_end: engaged_until.map(days_ago),
            };
            let facts = Facts {
                policy,
                regime: (!regime.is_empty()).then(|| regime.parse().unwrap()),
                consents,
                restrictions: stops
                    .into_iter()
                    .filter(|_| odd % 3 == 0)
                    .map(|stop| stop.map(|at| (*at.get(&purposes)).clone()))
                    .collect(),
                stopped_recipients: match odd % 13 {
                    4 => vec![None],
                    5 => vec![Some(category.clone())],
                    6 => vec![Some("somebody-else".parse().unwrap())],
                    _ => Vec::new(),
                },
                recipient: held_as.map(|(name, category)| RecipientFact {
                    name,
                    category,
                    country: recipient.0.map(ToOwned::to_owned),
                    suspended: recipient.1,
                }),
                engagement: engagement.map(|(reference, ends_at, cancelled)| Engagement {
                    reference: reference.parse().unwrap(),
                    starts_at: now,
                    ends_at,
                    cancelled,
                }),
                approval: held.then_some(approval),
                locked: if odd % 11 == 5 {
                    ask.items.first().cloned().into_iter().collect()
                } else {
                    Vec::new()
                },
                holding,
                unreadable: if unreadable { vec!["engagement".into()] } else { Vec::new() },
            };
            Question { policy: which, ask, facts, now }
        },
    )
}

/// The question for one of its items alone, or for none.
fn one_by_one(question: &Question) -> Vec<Question> {
    let alone = |items: Vec<policy::ItemName>| Question {
        ask: Ask { items, ..question.ask.clone() },
        ..question.clone()
    };
    match question.ask.items.as_slice() {
        [] => vec![alone(Vec::new())],
        items => items.iter().map(|item| alone(vec![item.clone()])).collect(),
    }
}

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 20_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn several_items_are_answered_as_each_alone(question in question()) {
        let alone: BTreeSet<_> = one_by_one(&question).iter().flat_map(Question::ids).collect();
        prop_assert_eq!(question.ids(), alone);
    }

    #[test]
    fn an_ask_is_answered_as_its_case(question in question()) {
        let stage = Stage::new(&POLICIES[question.policy]);
        for question in one_by_one(&question) {
            let case = stage.case_of(&question.ask, &question.facts, question.now).unwrap();
            prop_assert_eq!(question.ids(), ids_of(&stage, &case), "{:?}", case);
        }
    }

    #[test]
    fn a_case_is_answered_as_its_circumstances_one_at_a_time(question in question()) {
        let policy = &POLICIES[question.policy];
        let stage = Stage::new(policy);
        for question in one_by_one(&question) {
            let case = stage.case_of(&question.ask, &question.facts, question.now).unwrap();
            let mut alone = ids_of(&stage, &case.plain(policy));
            for one in case.one_at_a_time(policy) {
                alone.extend(ids_of(&stage, &one));
            }
            prop_assert_eq!(question.ids(), alone, "{:?}", case);
        }
    }

    #[test]
    fn items_of_one_kind_are_answered_alike(question in question()) {
        let policy = &POLICIES[question.policy];
        let stage = Stage::new(policy);
        for question in one_by_one(&question) {
            let case = stage.case_of(&question.ask, &question.facts, question.now).unwrap();
            let (Thing::Item(name, item), purpose) = (case.thing, &question.ask.purpose) else {
                continue;
            };
            let kind = |name: &policy::ItemName, item: &policy::Item| {
                let entry = case.entry();
                let listed = entry.is_none_or(|e| e.items.is_empty() || e.items.contains(name));
                let consent = item.consent.clone();
                (item.purposes.contains(purpose), listed, item.linked, item.sensitivity, consent)
            };
            for (other_name, other) in &policy.items {
                if kind(other_name, other) == kind(name, item) {
                    let case = Case { thing: Thing::Item(other_name, other), ..case.clone() };
                    prop_assert_eq!(question.ids(), ids_of(&stage, &case), "{}", other_name);
                }
            }
        }
    }
}

/// The tests above would prove little if they met no permit.
#[test]
fn enough_questions_are_permitted() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let questions = question();
    let (mut permits, mut by_exception, mut abroad) = (0, 0, 0);
    for _ in 0..20_000 {
        let question = questions.new_tree(&mut runner).unwrap().current();
        let answer = decide(question.ask.clone(), &question.facts, question.now);
        if let Decision::Permit(permit) = answer {
            permits += 1;
            by_exception += usize::from(permit.exception().is_some());
            abroad += usize::from(permit.route() != policy::record::Route::Domestic);
        }
    }
    let met = format!("{permits} permits, {by_exception} by exception, {abroad} abroad");
    assert!(permits > 400 && by_exception > 100 && abroad > 100, "{met}");
}
