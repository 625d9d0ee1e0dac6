//! What holds for every ask, every set of facts and every moment.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use std::sync::LazyLock;

use jiff::Timestamp;
use policy::decide::{Approval, ExceptionKind};
use policy::retention::Holding;
use policy::{
    Ask, Basis, ConsentFact, ConsentState, Decision, Document, Engagement, Facts, Permit,
    RecipientFact, Role, SubjectId, Version, decide,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The reference policy, and one with joint use, routes abroad and newer words.
static POLICIES: LazyLock<[Document; 2]> = LazyLock::new(|| {
    let change = r#"
        [controller]
        version = "2027-04-01.2"
        [consents]
        dietary_care.since = "2027-04-01.2"
        [recipients]
        payment_platform = { country = "US", equivalent_measures = { checked_on = "2027-01-01", evidence = "contract" } }
        customer_support = { country = "US", transfer_consent = "related_information" }
        email_marketing = { country = "FR" }
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
        country = "JP"
        purposes = ["marketing"]
    "#;
    [common::reference(), common::changed(&change.parse().unwrap())]
});

/// A question with everything its answer depends on.
#[derive(Debug, Clone)]
struct Question {
    policy: usize,
    ask: Ask,
    regime: Option<String>,
    consents: Vec<ConsentFact>,
    restrictions: Vec<Option<String>>,
    stopped_recipients: Vec<Option<policy::RecipientName>>,
    recipient: Option<RecipientFact>,
    engagement: Option<Engagement>,
    approval: Option<Approval>,
    holding: Holding,
    unreadable: Vec<String>,
    now: Timestamp,
}

impl Question {
    fn policy(&self) -> &'static Document {
        &POLICIES[self.policy]
    }

    fn answer(&self) -> Decision {
        decide(self.ask.clone(), &self.facts(Vec::new()), self.now)
    }

    fn facts(&self, locked: Vec<policy::ItemName>) -> Facts<'static> {
        Facts {
            policy: self.policy(),
            regime: self.regime.as_ref().map(|r| r.parse().unwrap()),
            consents: self.consents.clone(),
            restrictions: self
                .restrictions
                .iter()
                .map(|purpose| purpose.as_ref().map(|p| p.parse().unwrap()))
                .collect(),
            stopped_recipients: self.stopped_recipients.clone(),
            recipient: self.recipient.clone(),
            engagement: self.engagement.clone(),
            approval: self.approval.clone(),
            locked,
            holding: self.holding.clone(),
            unreadable: self.unreadable.clone(),
        }
    }

    fn permit(&self) -> Option<Permit> {
        match self.answer() {
            Decision::Permit(permit) => Some(*permit),
            Decision::Refusal(_) => None,
        }
    }
}

fn names<T: ToString>(names: impl Iterator<Item = T>, more: &[&str]) -> Vec<String> {
    names.map(|n| n.to_string()).chain(more.iter().map(ToString::to_string)).collect()
}

/// Mostly items declared for the purpose, or few questions would ever be permitted.
fn item(purpose: &str) -> impl Strategy<Value = String> + use<> {
    let items = &POLICIES[0].items;
    let serves = |i: &policy::Item| i.purposes.iter().any(|p| p.as_str() == purpose);
    let mut declared = names(items.iter().filter(|(_, i)| serves(i)).map(|(name, _)| name), &[]);
    if declared.is_empty() {
        declared.push("name".to_owned());
    }
    let odd = ["password", "credit_card", "unheard_of"].map(ToOwned::to_owned).to_vec();
    prop_oneof![20 => select(declared), 2 => select(names(items.keys(), &[])), 1 => select(odd)]
}

fn purpose() -> impl Strategy<Value = String> {
    let declared = names(POLICIES[0].purposes.keys(), &["unheard_of"]);
    prop_oneof![
        4 => Just("reservation".to_owned()),
        2 => Just("meal".to_owned()),
        4 => select(declared),
    ]
}

fn recipient() -> impl Strategy<Value = String> {
    let known = names(POLICIES[1].recipients.keys(), &["group-member", "nobody"]);
    prop_oneof![2 => Just("sushi-ueno".to_owned()), 3 => select(known)]
}

fn moment() -> impl Strategy<Value = Timestamp> {
    let near: i64 = 1_791_600_000; // October 2026
    prop_oneof![
        8 => (near - 200_000..near + 200_000).prop_map(|s| Timestamp::from_second(s).unwrap()),
        1 => select(vec![Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH]),
        1 => (Timestamp::MIN.as_second()..=Timestamp::MAX.as_second())
            .prop_map(|s| Timestamp::from_second(s).unwrap()),
    ]
}

fn version() -> impl Strategy<Value = Version> {
    let versions = ["2026-10-01", "2027-04-01", "2027-04-01.2", "2020-01-01", "2030-01-01"];
    prop_oneof![
        3 => Just("2026-10-01".parse().unwrap()),
        2 => select(versions.map(|v| v.parse().unwrap()).to_vec()),
    ]
}

fn consent() -> impl Strategy<Value = ConsentFact> {
    let state =
        prop_oneof![3 => Just(ConsentState::Given), 1 => select(ConsentState::ALL.to_vec())];
    let consents = names(POLICIES[0].consents.keys(), &["store_disclosure", "unheard_of"]);
    (select(consents), state, version(), moment()).prop_map(|(consent, state, notice, at)| {
        ConsentFact { consent: consent.parse().unwrap(), state, notice, at }
    })
}

fn agreed_to_everything() -> Vec<ConsentFact> {
    let given = |consent: &policy::ConsentName| ConsentFact {
        consent: consent.clone(),
        state: ConsentState::Given,
        notice: POLICIES[0].version,
        at: Timestamp::UNIX_EPOCH,
    };
    POLICIES[0].consents.keys().map(given).collect()
}

fn recipient_fact(name: &str) -> impl Strategy<Value = Option<RecipientFact>> + use<> {
    let category = match name {
        "sushi-ueno" => "store",
        "group-member" => "gmo_group",
        other => other,
    };
    let name: policy::RecipientName = name.parse().unwrap();
    let category: policy::RecipientName = category.parse().unwrap();
    let country = option::weighted(0.2, select(vec!["JP", "FR", "US", "", "??"]));
    let suspended = prop::bool::weighted(0.1);
    option::weighted(0.9, (country, suspended)).prop_map(move |fact| {
        fact.map(|(country, suspended)| RecipientFact {
            name: name.clone(),
            category: category.clone(),
            country: country.map(ToOwned::to_owned),
            suspended,
        })
    })
}

fn engagement() -> impl Strategy<Value = Engagement> {
    (select(vec!["BK-1", "BK-2"]), moment(), moment(), prop::bool::weighted(0.1)).prop_map(
        |(reference, starts_at, ends_at, cancelled)| Engagement {
            reference: reference.parse().unwrap(),
            starts_at,
            ends_at,
            cancelled,
        },
    )
}

fn approval(ask: &Ask) -> impl Strategy<Value = Approval> + use<> {
    let ask = ask.clone();
    let drops_one = prop::bool::weighted(0.1);
    (select(ExceptionKind::ALL.to_vec()), option::of(0..2u8), moment(), drops_one).prop_map(
        move |(kind, about, ends_at, drops_one)| Approval {
            kind,
            reason: String::new(),
            evidence: String::new(),
            approved_by: String::new(),
            subject: about.map(|n| SubjectId([n; 16])),
            recipient: ask.recipient.clone().unwrap_or_else(|| "nobody".parse().unwrap()),
            purpose: ask.purpose.clone(),
            items: ask.items.iter().skip(usize::from(drops_one)).cloned().collect(),
            ends_at,
            withheld_from_subject: false,
        },
    )
}

fn ask() -> impl Strategy<Value = Ask> {
    let purpose_and_items = purpose().prop_flat_map(|purpose| {
        let items = vec(item(&purpose), 0..5);
        (Just(purpose), items)
    });
    (
        0..2u8,
        option::weighted(0.8, recipient()),
        purpose_and_items,
        option::weighted(0.3, select(vec!["BK-1", "BK-2"])),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(subject, recipient, (purpose, items), reference, exception)| Ask {
            subject: SubjectId([subject; 16]),
            recipient: recipient.map(|r| r.parse().unwrap()),
            purpose: purpose.parse().unwrap(),
            items: items.iter().map(|i| i.parse().unwrap()).collect(),
            reference: reference.map(|r| r.parse().unwrap()),
            exception,
        })
}

/// What is asked for is mostly held, and mostly of an account that is open.
fn holding(ask: &Ask) -> impl Strategy<Value = Holding> + use<> {
    let items = ask.items.clone();
    let closed = option::weighted(0.1, moment());
    (option::weighted(0.8, moment()), closed, option::of(moment())).prop_map(
        move |(put_at, account_end, engagement_end)| {
            let put = |at| items.iter().map(move |item: &policy::ItemName| (item.clone(), at));
            Holding {
                put_at: put_at.map(|at| put(at).collect()).unwrap_or_default(),
                account_end,
                engagement_end,
            }
        },
    )
}

fn question() -> impl Strategy<Value = Question> {
    ask().prop_flat_map(|ask| {
        let recipient = ask.recipient.as_ref().map_or("nobody", |r| r.as_str());
        let facts = (
            0..2usize,
            option::weighted(0.95, select(vec!["jp", "jp", "eu", "uk", "us-ca"])),
            prop_oneof![2 => Just(agreed_to_everything()), 3 => vec(consent(), 0..6)],
            option::weighted(0.2, option::weighted(0.8, purpose()))
                .prop_map(|stopped| stopped.into_iter().collect::<Vec<_>>()),
            recipient_fact(recipient),
            option::weighted(0.9, engagement()),
            option::weighted(0.9, approval(&ask)),
            moment(),
            holding(&ask),
        );
        (Just(ask), facts).prop_map(|(ask, facts)| {
            let (policy, regime, consents, restrictions, recipient) =
                (facts.0, facts.1, facts.2, facts.3, facts.4);
            let (engagement, approval, now, holding) = (facts.5, facts.6, facts.7, facts.8);
            let regime = regime.map(ToOwned::to_owned);
            Question {
                policy,
                ask,
                regime,
                consents,
                restrictions,
                stopped_recipients: Vec::new(),
                recipient,
                engagement,
                approval,
                holding,
                unreadable: Vec::new(),
                now,
            }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_is_always_an_answer_and_a_refusal_has_reasons(question in question()) {
        if let Decision::Refusal(refusal) = question.answer() {
            prop_assert!(!refusal.reasons.is_empty());
            for (at, reason) in refusal.reasons.iter().enumerate() {
                prop_assert!(!refusal.reasons[..at].contains(reason), "told twice: {reason:?}");
            }
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer(question in question()) {
        prop_assert_eq!(question.answer(), question.answer());
    }

    #[test]
    fn a_lock_only_ever_refuses_and_refuses_what_it_holds(question in question(), at in any::<prop::sample::Index>()) {
        let Some(permit) = question.permit() else { return Ok(()) };
        let locked = at.get(permit.items()).clone();
        let facts = question.facts(vec![locked.clone()]);
        let refused = decide(question.ask.clone(), &facts, question.now);
        let beyond = permit.exception().is_some_and(|a| a.kind.reaches_beyond_purpose());
        match refused {
            Decision::Permit(_) => prop_assert!(beyond),
            Decision::Refusal(refusal) => prop_assert_eq!(refusal.reasons, [
                policy::Reason::LockedToOldPurposes { item: locked, purpose: question.ask.purpose.clone() }
            ]),
        }
    }

    #[test]
    fn without_a_declared_purpose_there_is_no_permit(mut question in question()) {
        question.ask.purpose = "unheard_of".parse().unwrap();
        if let Some(approval) = &mut question.approval {
            approval.purpose = question.ask.purpose.clone();
        }
        prop_assert!(question.permit().is_none());
    }

    #[test]
    fn a_permit_covers_what_was_asked_and_nothing_else(question in question()) {
        if let Some(permit) = question.permit() {
            for item in question.policy().items.keys() {
                let asked = question.ask.items.contains(item);
                prop_assert_eq!(permit.covers(question.ask.subject, item), asked);
                prop_assert!(!permit.covers(SubjectId([9; 16]), item));
            }
        }
    }

    #[test]
    fn a_permit_never_covers_a_secret(mut question in question(), at in 0..5usize) {
        for secret in question.policy().secrets.keys() {
            let name: policy::ItemName = secret.as_str().parse().unwrap();
            if let Some(permit) = question.permit() {
                prop_assert!(!permit.covers(question.ask.subject, &name));
            }
            let mut asked = question.clone();
            asked.ask.items.insert(at.min(asked.ask.items.len()), name.clone());
            if let Some(approval) = &mut asked.approval {
                approval.items.push(name);
            }
            prop_assert!(asked.permit().is_none());
        }
        question.ask.items.clear();
        prop_assert!(question.permit().is_none());
    }

    #[test]
    fn more_consent_grants_no_less(question in question(), consent in consent()) {
        if question.permit().is_some() {
            let mut more = question.clone();
            more.consents.push(ConsentFact {
                state: ConsentState::Given,
                notice: question.policy().version,
                at: Timestamp::MAX,
                ..consent
            });
            prop_assert!(more.permit().is_some());
        }
    }

    #[test]
    fn less_consent_grants_no_more(question in question(), consent in consent()) {
        if question.permit().is_none() {
            let mut less = question.clone();
            less.consents.push(ConsentFact {
                state: ConsentState::Withdrawn,
                at: Timestamp::MAX,
                ..consent
            });
            prop_assert!(less.permit().is_none());
        }
    }

    #[test]
    fn a_stop_never_turns_no_into_yes(
        question in question(),
        stopped in option::of(purpose()),
    ) {
        if question.permit().is_none() {
            let mut stopped_too = question.clone();
            stopped_too.restrictions.push(stopped);
            prop_assert!(stopped_too.permit().is_none());
        }
    }

    #[test]
    fn stopped_provision_ends_every_provision_to_that_one_and_no_other(question in question()) {
        let mut stopped = question.clone();
        let beyond = |permit: &Permit| permit.exception().is_some_and(|approval| {
            approval.kind.reaches_beyond_purpose()
        });
        stopped.stopped_recipients = vec![Some("somebody-else".parse().unwrap())];
        prop_assert_eq!(stopped.permit(), question.permit());
        let Some(fact) = &question.recipient else { return Ok(()) };
        for named in [Some(fact.name.clone()), Some(fact.category.clone()), None] {
            stopped.stopped_recipients = vec![named];
            match question.permit() {
                // The controller's own use is no provision.
                Some(permit) if permit.recipient().is_none() || beyond(&permit) => {
                    prop_assert_eq!(stopped.permit(), Some(permit));
                }
                _ => prop_assert!(stopped.permit().is_none()),
            }
        }
    }

    #[test]
    fn a_stop_stops_everything_but_the_cases_of_27_1(question in question()) {
        let mut stopped = question.clone();
        stopped.restrictions.push(None);
        if let Some(permit) = stopped.permit() {
            let kind = permit.exception().map(|approval| approval.kind);
            prop_assert!(kind.is_some_and(|kind| !matches!(
                kind,
                ExceptionKind::Entrustment | ExceptionKind::Succession
            )));
        }
    }

    #[test]
    fn asking_for_less_is_never_the_reason_for_a_no(question in question(), at in 0..5usize) {
        if question.permit().is_some() && question.ask.items.len() > 1 {
            let mut less = question.clone();
            less.ask.items.remove(at.min(less.ask.items.len() - 1));
            prop_assert!(less.permit().is_some());
        }
    }

    #[test]
    fn a_closed_account_never_turns_no_into_yes(question in question(), closed in moment()) {
        if question.permit().is_none() && question.holding.account_end.is_none() {
            let mut left = question.clone();
            left.holding.account_end = Some(closed);
            prop_assert!(left.permit().is_none());
        }
    }

    #[test]
    fn a_fact_that_cannot_be_read_allows_nothing(mut question in question()) {
        question.unreadable.push("engagement".into());
        prop_assert!(question.permit().is_none());
    }

    #[test]
    fn a_store_in_japan_sees_only_guests_who_agreed_and_booked(question in question()) {
        let Some(permit) = question.permit() else { return Ok(()) };
        let policy = question.policy();
        let Some(fact) = question.ask.recipient.as_ref().and(question.recipient.as_ref()) else {
            return Ok(());
        };
        let entry = &policy.recipients[&fact.category];
        let ordinary = permit.exception().is_none();
        if entry.role != Role::Store || question.regime.as_deref() != Some("jp") || !ordinary {
            return Ok(());
        }
        let Basis::Consent(needed) = permit.basis() else {
            return Err(TestCaseError::fail("no consent in the basis"));
        };
        let since = policy.consents[needed].since;
        let standing = question.consents.iter().any(|fact| {
            fact.consent == *needed
                && fact.state == ConsentState::Given
                && (since..=policy.version).contains(&fact.notice)
        });
        prop_assert!(standing);
        prop_assert!(permit.consents().iter().any(|(consent, _)| consent == needed));
        let engagement = question.engagement.as_ref();
        prop_assert!(engagement.is_some_and(|engagement| !engagement.cancelled));
    }
}

/// The strategy above would prove little if it never met a permit.
#[test]
fn enough_questions_are_permitted() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let questions = question();
    let (mut permits, mut stores) = (0, 0);
    for _ in 0..4_000 {
        let question = questions.new_tree(&mut runner).unwrap().current();
        if let Some(permit) = question.permit() {
            permits += 1;
            let ordinary = permit.exception().is_none();
            stores += usize::from(
                ordinary && permit.recipient().is_some_and(|r| r.as_str() == "sushi-ueno"),
            );
        }
    }
    assert!(permits > 150 && stores > 30, "{permits} permits, {stores} to a store");
}
