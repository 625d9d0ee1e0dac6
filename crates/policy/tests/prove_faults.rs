//! Plausible slips, in a policy or in a rule, are found by the proof: each with the promise that fails
//! and its plainest counterexample, told in both languages (snapshots).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan};
use policy::decide::{Admission, Approval, ExceptionKind, Offer, admit};
use policy::prove::{Outcome, Rules, prove_on};
use policy::{
    Ask, ConsentFact, ConsentState, Decision, Document, Facts, Refusal, RegimeName, Sensitivity,
    decide,
};

/// The reference policy, or the same with changes to its files.
fn policy(change: &str) -> Document {
    let mut change: toml::Table = change.parse().unwrap();
    // Its own promises are what the slip is found by.
    change.insert("promises".to_owned(), toml::Table::new().into());
    common::changed(&change)
}

/// Proves one promise, which must be broken, and gives its story in both languages.
fn story(slip: &str, promise: &str, policy: &Document, rules: Rules<'_>) -> String {
    let proof = prove_on(policy, rules, &|p| p.name.as_str() == promise);
    match &proof.promises[..] {
        [one] => match &one.outcome {
            Outcome::Broken { story, .. } => {
                format!("{slip}\n{promise}\n\n{}\n\n{}\n", story.en, story.ja)
            }
            other => panic!("`{slip}` does not break `{promise}`: {other:?}"),
        },
        other => panic!("{} promises are called `{promise}`", other.len()),
    }
}

/// Slips in the files of the reference policy: name, what was changed, the promise that fails.
const POLICY_SLIPS: &[(&str, &str, &str)] = &[
    (
        "a store gets the purpose marketing",
        r#"recipients.store.purposes = ["reservation", "meal", "marketing"]"#,
        "stores_see_what_the_words_name",
    ),
    (
        "marketing rests on its announcement in Japan",
        r#"purposes.marketing.basis = { jp = "notice" }"#,
        "no_offers_without_consent",
    ),
    (
        "food allergies lose their special care and their consent",
        r#"items.allergy = { sensitivity = "ordinary", consent = "(none)" }"#,
        "allergies_go_to_the_kitchen_alone",
    ),
    (
        "food allergies without their consent come in",
        r#"items.allergy = { sensitivity = "ordinary", consent = "(none)" }"#,
        "allergies_are_kept_with_consent",
    ),
    (
        "2000 hours after the end instead of three",
        "purposes.reservation.after_end_hours = 2000",
        "stores_see_guests_who_booked",
    ),
    (
        "the meal hangs on no booking",
        "purposes.meal = { needs_engagement = false, after_end_hours = 0 }",
        "stores_see_guests_who_booked",
    ),
    (
        "a processor in the United States is said not to handle personal data",
        r#"recipients.customer_support = { country = "US", handles_personal_data = false }"#,
        "whoever_receives_counts",
    ),
    (
        "the words of the consent are said to stand since 2020",
        r#"consents.store_disclosure.since = "2020-01-01""#,
        "older_words_open_nothing",
    ),
    (
        "the e-mail address goes to the store, too",
        r#"items.email.purposes = ["service", "billing", "support", "enforcement", "terms_notice", "incidental", "marketing", "reservation"]"#,
        "stores_see_what_the_words_name",
    ),
    (
        "a processor's list of items is left out",
        r#"recipients.payment_platform = { country = "JP", items = [] }"#,
        "processors_receive_contact_details",
    ),
    (
        "the reservation rests on another consent",
        r#"purposes.reservation.basis = { jp = "consent:marketing" }"#,
        "stores_in_japan_need_her_agreement",
    ),
    (
        "the group receives telephone numbers, which the joint use does not publish",
        r#"recipients.gmo_group.items = ["name", "email", "phone"]"#,
        "the_group_receives_what_was_published",
    ),
    (
        "the location is kept with the person",
        r#"items.location.linked = "person""#,
        "logs_lead_to_nobody",
    ),
    (
        "the matching is no condition of the service any more",
        "consents.related_information.condition_of_service = []",
        "guests_in_japan_agree_first",
    ),
    (
        "dislikes serve marketing",
        r#"items.disliked_food.purposes = ["service", "meal", "marketing"]"#,
        "no_offers_by_illness_or_creed",
    ),
];

#[test]
fn every_slip_in_the_policy_is_found() {
    let stories = POLICY_SLIPS
        .iter()
        .map(|(slip, change, promise)| story(slip, promise, &policy(change), Rules::OURS));
    insta::assert_snapshot!("policy_slips", stories.collect::<Vec<_>>().join("\n---\n\n"));
}

/// A wrong rule for what goes out: the right one, on doctored asks and facts.
type Decide = fn(Ask, &Facts<'_>, Timestamp) -> Decision;

/// The right answer to other facts.
fn with(
    ask: Ask,
    facts: &Facts<'_>,
    now: Timestamp,
    doctor: impl FnOnce(&mut Facts<'_>),
) -> Decision {
    let mut facts = facts.clone();
    doctor(&mut facts);
    decide(ask, &facts, now)
}

/// A policy whose processors can be reached: one by equivalent measures, one by none.
const ABROAD: &str = r#"
    recipients.payment_platform = { country = "US", equivalent_measures = { checked_on = "2026-09-01", evidence = "contract" } }
    recipients.customer_support = { country = "JP", equivalent_measures = "(none)" }
    recipients.push_messaging.country = "(none)"
    controller.exceptions = ["law", "life_body_property", "public_health_or_children", "academic", "entrustment", "succession"]
"#;

/// The policy of the tests, as a rule that has forgotten something would read it.
fn forgetting(forget: impl FnOnce(&mut Document)) -> Document {
    let mut policy = policy(ABROAD);
    forget(&mut policy);
    policy
}

static WITHOUT_LISTS: LazyLock<Document> = LazyLock::new(|| {
    forgetting(|policy| policy.recipients.values_mut().for_each(|r| r.items.clear()))
});
static EVERY_EXCEPTION: LazyLock<Document> = LazyLock::new(|| {
    forgetting(|policy| {
        for regime in policy.regimes.values_mut() {
            regime.exceptions.value = ExceptionKind::ALL.to_vec();
        }
    })
});
static EVERY_CLAIM: LazyLock<Document> =
    LazyLock::new(|| forgetting(|policy| policy.exceptions = ExceptionKind::ALL.to_vec()));
static NO_SPECIAL_CARE: LazyLock<Document> = LazyLock::new(|| {
    forgetting(|policy| {
        for item in policy.items.values_mut() {
            item.sensitivity = Sensitivity::Ordinary;
            item.consent = None;
        }
    })
});
static ALL_OWN_USES: LazyLock<Document> = LazyLock::new(|| {
    forgetting(|policy| policy.purposes.values_mut().for_each(|p| p.own_use = true))
});

/// Slips in the rules: name, the wrong rule, the promise that fails.
const RULE_SLIPS: &[(&str, Decide, &str)] = &[
    (
        "restrictions are not looked at",
        |ask, facts, now| with(ask, facts, now, |facts| facts.restrictions.clear()),
        "restriction_stops_what_it_names",
    ),
    (
        "stopped provision is not looked at",
        |ask, facts, now| with(ask, facts, now, |facts| facts.stopped_recipients.clear()),
        "stopped_provision_reaches_nobody",
    ),
    (
        "the period of a purpose is not looked at",
        |ask, facts, now| with(ask, facts, now, |facts| facts.holding.put_at.clear()),
        "ended_periods_serve_nothing",
    ),
    (
        "what was collected before counts as collected for everything",
        |ask, facts, now| with(ask, facts, now, |facts| facts.locked.clear()),
        "old_information_keeps_its_purposes",
    ),
    (
        "an exception needs no claim of the policy",
        |ask, facts, now| with(ask, facts, now, |facts| facts.policy = &EVERY_CLAIM),
        "only_exceptions_that_the_policy_claims",
    ),
    (
        "any recorded consent counts as given",
        |ask, facts, now| {
            with(ask, facts, now, |facts| {
                for fact in &mut facts.consents {
                    fact.state = ConsentState::Given;
                }
            })
        },
        "consent_carries_its_purpose",
    ),
    (
        "the first word on a consent counts, not the last",
        |ask, facts, now| {
            with(ask, facts, now, |facts| {
                facts.consents.sort_by_key(|fact| fact.at);
                let mut seen = Vec::new();
                facts.consents.retain(|fact| {
                    let first = !seen.contains(&fact.consent);
                    seen.push(fact.consent.clone());
                    first
                });
            })
        },
        "withdrawal_stops_the_next",
    ),
    (
        "the version of the notice is not looked at",
        |ask, facts, now| {
            let version = facts.policy.version;
            with(ask, facts, now, |facts| {
                facts.consents.iter_mut().for_each(|fact| fact.notice = version);
            })
        },
        "outdated_consent_permits_nothing",
    ),
    (
        "the hours after an engagement count twice",
        |ask, facts, now| {
            let purpose = facts.policy.purposes.get(&ask.purpose);
            let after = purpose.map_or(0, |p| p.after_end_hours);
            with(ask, facts, now, |facts| {
                if let Some(engagement) = &mut facts.engagement {
                    let later = engagement.ends_at.checked_add(i64::from(after).hours());
                    engagement.ends_at = later.unwrap_or(engagement.ends_at);
                }
            })
        },
        "no_disclosure_without_engagement",
    ),
    (
        "the moment at which an engagement is over still counts",
        |ask, facts, now| {
            with(ask, facts, now, |facts| {
                if let Some(engagement) = &mut facts.engagement {
                    let later = engagement.ends_at.checked_add(1.nanosecond());
                    engagement.ends_at = later.unwrap_or(engagement.ends_at);
                }
            })
        },
        "no_disclosure_without_engagement",
    ),
    (
        "suspension is not looked at",
        |ask, facts, now| {
            with(ask, facts, now, |facts| {
                facts.recipient.iter_mut().for_each(|fact| fact.suspended = false);
            })
        },
        "suspended_receive_nothing",
    ),
    (
        "an overdue check counts as fresh",
        |ask, facts, now| {
            let day = now.checked_sub((24 * 7).hours()).unwrap_or(now);
            decide(ask, facts, day)
        },
        "abroad_only_by_a_route",
    ),
    (
        "an unconfirmed country counts as home",
        |ask, facts, now| {
            with(ask, facts, now, |facts| {
                if let Some(fact) = &mut facts.recipient {
                    let entry = facts.policy.recipients.get(&fact.category);
                    if fact.country.is_none() && entry.is_some_and(|e| e.country.is_none()) {
                        fact.country = Some("JP".to_owned());
                    }
                }
            })
        },
        "abroad_only_by_a_route",
    ),
    (
        "an approval counts after its end",
        |ask, facts, now| {
            with(ask, facts, now, |facts| {
                facts.approval.iter_mut().for_each(|approval| approval.ends_at = Timestamp::MAX);
            })
        },
        "exceptions_only_as_approved",
    ),
    (
        "an approval for one person counts for another",
        |ask, facts, now| {
            with(ask, facts, now, |facts| {
                facts.approval.iter_mut().for_each(|approval| approval.subject = None);
            })
        },
        "exceptions_only_as_approved",
    ),
    (
        "an approval for one purpose counts for another",
        |ask, facts, now| {
            let purpose = ask.purpose.clone();
            with(ask, facts, now, |facts| {
                facts.approval.iter_mut().for_each(|a| a.purpose = purpose.clone());
            })
        },
        "exceptions_only_as_approved",
    ),
    (
        "every law knows every exception",
        |ask, facts, now| with(ask, facts, now, |facts| facts.policy = &EVERY_EXCEPTION),
        "exceptions_only_as_approved",
    ),
    (
        "entrustment goes beyond the purpose",
        |ask, facts, now| {
            with(ask, facts, now, |facts| {
                let entrusted = |a: &&mut Approval| a.kind == ExceptionKind::Entrustment;
                if let Some(approval) = facts.approval.as_mut().filter(entrusted) {
                    approval.kind = ExceptionKind::Law;
                }
            })
        },
        "entrustment_stays_within_purpose",
    ),
    (
        "a processor's list of items is not looked at",
        |ask, facts, now| with(ask, facts, now, |facts| facts.policy = &WITHOUT_LISTS),
        "recipients_take_what_is_listed",
    ),
    (
        "special care is not looked at",
        |ask, facts, now| with(ask, facts, now, |facts| facts.policy = &NO_SPECIAL_CARE),
        "special_care_leaves_with_consent",
    ),
    (
        "the company uses everything for everything that is declared",
        |ask, facts, now| with(ask, facts, now, |facts| facts.policy = &ALL_OWN_USES),
        "own_use_for_own_purposes",
    ),
    (
        "facts that cannot be read are passed over",
        |ask, facts, now| with(ask, facts, now, |facts| facts.unreadable.clear()),
        "unreadable_facts_refuse",
    ),
    (
        "what is unknown is passed over when something known is asked for, too",
        |mut ask, facts, now| {
            ask.items.truncate(1);
            decide(ask, facts, now)
        },
        "things_are_answered_one_by_one",
    ),
    (
        "more than two consents are too many",
        |ask, facts, now| {
            let many = facts.consents.len() > 2;
            with(ask, facts, now, |facts| {
                if many {
                    facts.consents.clear();
                }
            })
        },
        "more_consent_permits_no_less",
    ),
    (
        "a suspended recipient is refused without a word",
        |ask, facts, now| match decide(ask, facts, now) {
            Decision::Refusal(mut refusal) => {
                refusal.reasons.retain(|reason| reason.id() != "recipient_suspended");
                Decision::Refusal(refusal)
            }
            permit @ Decision::Permit(_) => permit,
        },
        "refusals_name_a_reason",
    ),
];

/// Slips in the rule for what comes in.
type Admit = fn(Offer<'_>) -> Result<Admission, Refusal>;

fn agreed(policy: &Document, consent: &str) -> ConsentFact {
    ConsentFact {
        consent: consent.parse().unwrap(),
        state: ConsentState::Given,
        notice: policy.version,
        at: Timestamp::MAX,
    }
}

const ADMIT_SLIPS: &[(&str, Admit, &str)] = &[
    (
        "special care comes in without being asked about",
        |offer| {
            let mut consents = offer.consents.to_vec();
            consents.push(agreed(offer.policy, "dietary_care"));
            admit(Offer { consents: &consents, ..offer })
        },
        "special_care_comes_in_with_consent",
    ),
    (
        "the conditions of the service are asked about afterwards",
        |offer| admit(Offer { registering: false, ..offer }),
        "conditions_come_first",
    ),
    (
        "whoever comes under a law that is not known is taken for Japanese",
        |offer| {
            let regime: RegimeName = "jp".parse().unwrap();
            admit(Offer { regime: &regime, registering: false, ..offer })
        },
        "unknown_persons_are_refused",
    ),
];

#[test]
fn every_slip_in_the_rules_is_found() {
    let policy = policy(ABROAD);
    let out = RULE_SLIPS.iter().map(|(slip, decide, promise)| {
        story(slip, promise, &policy, Rules { decide, ..Rules::OURS })
    });
    let within = ADMIT_SLIPS.iter().map(|(slip, admit, promise)| {
        story(slip, promise, &policy, Rules { admit, ..Rules::OURS })
    });
    insta::assert_snapshot!("rule_slips", out.chain(within).collect::<Vec<_>>().join("\n---\n\n"));
}
