//! The comparison held against the rules: whatever a new version permits that the old one refused,
//! of what was collected under the old one, is a change that asks for more than posting.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use std::sync::LazyLock;

use jiff::Timestamp;
use policy::diff::{Duty, diff};
use policy::party::{EquivalentMeasures, Legal};
use policy::record::Route;
use policy::{
    Ask, Basis, ConsentFact, ConsentName, ConsentState, Decision, Document, Engagement, Facts,
    Permit, Reason, Recipient, RecipientFact, RecipientName, RegimeName, Role, Sensitivity,
    SubjectId, decide,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The reference policy, and one that reaches abroad, shares within a group and sees no purpose
/// without a recipient.
static POLICIES: LazyLock<[Document; 2]> = LazyLock::new(|| {
    let change = r#"
        [recipients]
        payment_platform = { country = "US", equivalent_measures = { checked_on = "2026-09-01", evidence = "contract" } }
        customer_support = { country = "US", transfer_consent = "related_information" }
        email_marketing = { country = "FR" }
        push_messaging = { country = "US", handles_personal_data = false }
        email_automation = { country = "JP" }
        [recipients.gmo_group]
        purposes = ["support"]
        items = ["name"]
        [recipients.guidebook]
        label = { ja = "ガイドブック", en = "Guidebook" }
        article = "4"
        role = "third_party"
        country = "JP"
        purposes = ["marketing"]
    "#;
    [common::reference(), common::changed(&change.parse().unwrap())]
});

/// One edit: what is done, and to which of the entries there are.
#[derive(Debug, Clone)]
struct Edit {
    what: usize,
    one: Index,
    other: Index,
    third: Index,
}

const EDITS: usize = 28;

fn pick<K, V>(map: &mut std::collections::BTreeMap<K, V>, at: Index) -> (&K, &mut V) {
    let at = at.index(map.len());
    map.iter_mut().nth(at).unwrap()
}

fn toggle<T: PartialEq + Clone>(list: &mut Vec<T>, one: &T) {
    match list.iter().position(|known| known == one) {
        Some(at) => drop(list.remove(at)),
        None => list.push(one.clone()),
    }
}

impl Edit {
    fn apply(&self, policy: &mut Document) {
        let Self { what, one, other, third } = self;
        let consents: Vec<ConsentName> = policy.consents.keys().cloned().collect();
        let purposes: Vec<_> = policy.purposes.keys().cloned().collect();
        let items: Vec<_> = policy.items.keys().cloned().collect();
        let consent = third.get(&consents).clone();
        let maybe = |value: ConsentName| (other.index(3) > 0).then_some(value);
        let (items_len, purposes_len) = (policy.items.len(), policy.purposes.len());
        match what {
            0 | 1 => toggle(&mut pick(&mut policy.items, *one).1.purposes, other.get(&purposes)),
            2 => pick(&mut policy.items, *one).1.consent = maybe(consent),
            3 => {
                let item = pick(&mut policy.items, *one).1;
                item.sensitivity = match item.sensitivity {
                    Sensitivity::Ordinary if item.consent.is_some() => Sensitivity::SpecialCare,
                    _ => Sensitivity::Ordinary,
                };
            }
            4..=6 => {
                let regime = policy.regimes.keys().nth(other.index(policy.regimes.len())).cloned();
                let purpose = pick(&mut policy.purposes, *one).1;
                let bases = [
                    None,
                    Some(Basis::Notice),
                    Some(Basis::Contract),
                    Some(Basis::LegitimateInterest),
                    Some(Basis::Consent(consent.clone())),
                    Some(Basis::Consent(consent)),
                ];
                match third.get(&bases).clone() {
                    Some(basis) => drop(purpose.basis.insert(regime.unwrap(), basis)),
                    None => drop(purpose.basis.remove(&regime.unwrap())),
                }
            }
            7 => pick(&mut policy.purposes, *one).1.own_use ^= true,
            8 => pick(&mut policy.purposes, *one).1.needs_engagement ^= true,
            9 => pick(&mut policy.purposes, *one).1.after_end_hours = *other.get(&[0, 2, 3, 48]),
            10 => {
                let roles = [
                    Role::Processor,
                    Role::JointUser,
                    Role::ThirdParty,
                    Role::GroupParent,
                    Role::Store,
                    Role::Authority,
                ];
                pick(&mut policy.recipients, *one).1.role = *other.get(&roles);
            }
            11 => pick(&mut policy.recipients, *one).1.many ^= true,
            12 | 13 => {
                let country = other.get(&[None, Some("JP"), Some("FR"), Some("US"), Some("GB")]);
                pick(&mut policy.recipients, *one).1.country = country.map(ToOwned::to_owned);
            }
            14 => pick(&mut policy.recipients, *one).1.handles_personal_data ^= true,
            15 | 16 => {
                let recipient = pick(&mut policy.recipients, *one).1;
                toggle(&mut recipient.purposes, other.get(&purposes));
            }
            17 => {
                let recipient = pick(&mut policy.recipients, *one).1;
                toggle(&mut recipient.items, other.get(&items));
            }
            18 => pick(&mut policy.recipients, *one).1.items.clear(),
            19 => {
                let days = [None, Some("2026-09-01"), Some("2024-09-01")];
                let recipient = pick(&mut policy.recipients, *one).1;
                recipient.equivalent_measures = other.get(&days).map(|day| EquivalentMeasures {
                    checked_on: day.parse().unwrap(),
                    evidence: "contract".to_owned(),
                    outline: None,
                    checks: None,
                });
            }
            20 => pick(&mut policy.recipients, *one).1.transfer_consent = maybe(consent),
            21 => {
                let recipient = pick(&mut policy.recipients, *one).1;
                recipient.legal = match recipient.legal {
                    Some(_) => None,
                    None => Some(Legal {
                        name: "X".to_owned(),
                        address: "Y".to_owned(),
                        representative: "Z".to_owned(),
                    }),
                };
            }
            22 => {
                let versions = ["2026-10-01", "2026-11-01", "2027-04-01"];
                let since = other.get(&versions).parse().unwrap();
                let since = policy.version.min(since);
                pick(&mut policy.consents, *one).1.since = since;
            }
            23 => {
                let copy = pick(&mut policy.recipients, *one).1.clone();
                policy.recipients.insert("newcomer".parse().unwrap(), copy);
            }
            24 | 25 => {
                let item = pick(&mut policy.items, *one).1;
                item.retention.days = *other.get(&[0, 30, 365, 730]);
                item.retention.ends_with_account = third.index(4) == 0;
            }
            26 => {
                let days = *third.get(&[0, 30, 365, 730]);
                let purpose = other.get(&purposes).clone();
                let item = pick(&mut policy.items, *one).1;
                let own = policy::Retention { days, ..item.retention };
                match item.retention_for.remove(&purpose) {
                    Some(_) => {}
                    None => drop(item.retention_for.insert(purpose, own)),
                }
            }
            _ => {
                let copy = policy.purposes.values().nth(one.index(purposes_len)).unwrap().clone();
                let name: policy::PurposeName = "novelty".parse().unwrap();
                policy.purposes.insert(name.clone(), copy);
                let item = policy.items.values_mut().nth(other.index(items_len)).unwrap();
                if !item.purposes.contains(&name) {
                    item.purposes.push(name);
                }
            }
        }
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    (0..EDITS, at(), at(), at()).prop_map(|(what, one, other, third)| Edit {
        what,
        one,
        other,
        third,
    })
}

/// Two versions, and a question with facts that were collected under the first.
#[derive(Debug, Clone)]
struct Story {
    policy: usize,
    before: Vec<Edit>,
    edits: Vec<Edit>,
    regime: RegimeName,
    recipient: Option<Index>,
    purpose: Index,
    items: Vec<Index>,
    consents: Vec<(Index, ConsentState, bool)>,
    engaged: bool,
    hours_after: i64,
    put_days_ago: i64,
    closed: bool,
}

fn story() -> impl Strategy<Value = Story> {
    let state =
        prop_oneof![4 => Just(ConsentState::Given), 1 => select(ConsentState::ALL.to_vec())];
    (
        (0..2usize, vec(edit(), 0..3), vec(edit(), 1..3)),
        select(vec!["jp", "jp", "eu", "uk"]),
        proptest::option::weighted(0.7, any::<Index>()),
        any::<Index>(),
        vec(any::<Index>(), 1..3),
        vec((any::<Index>(), state, any::<bool>()), 0..6),
        (prop::bool::weighted(0.8), -20..60i64, 0..900i64, prop::bool::weighted(0.3)),
    )
        .prop_map(|(versions, regime, recipient, purpose, items, consents, engagement)| {
            Story {
                policy: versions.0,
                before: versions.1,
                edits: versions.2,
                regime: regime.parse().unwrap(),
                recipient,
                purpose,
                items,
                consents,
                engaged: engagement.0,
                hours_after: engagement.1,
                put_days_ago: engagement.2,
                closed: engagement.3,
            }
        })
}

impl Story {
    fn versions(&self) -> (Document, Document) {
        let mut old = POLICIES[self.policy].clone();
        old.version = "2026-11-01".parse().unwrap();
        for edit in &self.before {
            edit.apply(&mut old);
        }
        let mut new = old.clone();
        new.version = "2027-04-01".parse().unwrap();
        for edit in &self.edits {
            edit.apply(&mut new);
        }
        (old, new)
    }

    /// A question that the new version has words for.
    fn ask(&self, old: &Document, new: &Document) -> Ask {
        let purposes: Vec<_> = new.purposes.keys().collect();
        let purpose = (*self.purpose.get(&purposes)).clone();
        // What serves the purpose, or few questions would be permitted; of what was held.
        let serving: Vec<_> = new
            .items
            .iter()
            .filter(|(name, item)| {
                item.purposes.contains(&purpose) && old.items.contains_key(*name)
            })
            .map(|(name, _)| name.clone())
            .collect();
        let items = if serving.is_empty() {
            vec!["name".parse().unwrap()]
        } else {
            self.items.iter().map(|at| at.get(&serving).clone()).collect()
        };
        let recipient = self.recipient.as_ref().map(|at| {
            let taking: Vec<_> =
                new.recipients.iter().filter(|(_, r)| r.purposes.contains(&purpose)).collect();
            if taking.is_empty() {
                return "nobody".parse().unwrap();
            }
            let (name, entry) = *at.get(&taking);
            if entry.many { format!("{name}-member").parse().unwrap() } else { name.clone() }
        });
        let subject = SubjectId([1; 16]);
        Ask { subject, recipient, purpose, items, reference: None, exception: false }
    }

    fn put_at(&self, now: Timestamp) -> Timestamp {
        now - jiff::SignedDuration::from_hours(24 * self.put_days_ago)
    }

    fn answer(&self, ask: &Ask, policy: &Document, old: &Document) -> Decision {
        let now: Timestamp = "2027-04-02T12:00:00+09:00".parse().unwrap();
        let names: Vec<&ConsentName> = old.consents.keys().collect();
        let consents = self
            .consents
            .iter()
            .map(|(at, state, early)| ConsentFact {
                consent: (*at.get(&names)).clone(),
                state: *state,
                // Collected under the old version, or before.
                notice: if *early { "2026-10-01".parse().unwrap() } else { old.version },
                at: Timestamp::UNIX_EPOCH,
            })
            .collect();
        let ends_at = now - jiff::SignedDuration::from_hours(self.hours_after);
        let engagement = self.engaged.then(|| Engagement {
            reference: "BK-1".parse().unwrap(),
            starts_at: ends_at - jiff::SignedDuration::from_hours(2),
            ends_at,
            cancelled: false,
        });
        let recipient = ask.recipient.as_ref().and_then(|name| {
            let category: RecipientName =
                name.as_str().trim_end_matches("-member").parse().unwrap();
            let member = category != *name;
            let entry = policy.recipients.get(&category)?;
            (entry.many == member).then(|| RecipientFact {
                name: name.clone(),
                category,
                country: None,
                suspended: false,
            })
        });
        let facts = Facts {
            policy,
            regime: Some(self.regime.clone()),
            consents,
            restrictions: Vec::new(),
            stopped_recipients: Vec::new(),
            recipient,
            engagement,
            approval: None,
            locked: Vec::new(),
            holding: policy::retention::Holding {
                put_at: ask.items.iter().map(|item| (item.clone(), self.put_at(now))).collect(),
                account_end: self.closed.then(|| self.put_at(now)),
                engagement_end: self.engaged.then_some(ends_at),
            },
            unreadable: Vec::new(),
        };
        decide(ask.clone(), &facts, now)
    }
}

/// Whether the old version lacked nothing but a route abroad, and the new one has one that law asks
/// nothing of the person for: the consent to the transfer is not needed on it.
fn only_a_route(reasons: &[Reason], permit: &Permit, old: Option<&Recipient>) -> bool {
    let transfer = old.and_then(|recipient| recipient.transfer_consent.as_ref());
    let unneeded = |consent: &ConsentName| {
        transfer == Some(consent) && !permit.consents().iter().any(|(name, _)| name == consent)
    };
    permit.route() != Route::Consent
        && reasons.iter().all(|reason| match reason {
            Reason::RouteCheckOverdue { .. } | Reason::NoRoute { .. } => true,
            Reason::ConsentMissing { consent }
            | Reason::ConsentNotGiven { consent, .. }
            | Reason::ConsentForOtherNotice { consent, .. } => unneeded(consent),
            _ => false,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_newly_permitted_asks_for_more_than_posting(story in story()) {
        let (old, new) = story.versions();
        let ask = story.ask(&old, &new);
        let Decision::Permit(permit) = story.answer(&ask, &new, &old) else { return Ok(()) };
        let Decision::Refusal(refusal) = story.answer(&ask, &old, &old) else { return Ok(()) };
        let category = ask.recipient.as_ref().map(|r| r.as_str().trim_end_matches("-member"));
        let entry = category.and_then(|name| old.recipients.get(&name.parse().unwrap()));
        if only_a_route(&refusal.reasons, &permit, entry) {
            return Ok(());
        }
        let changes = diff(&old, &new);
        // Changes of what was asked for, in the law of whoever it is about.
        let about = |name: &str| {
            ask.items.iter().any(|item| item.as_str() == name)
                || ask.purpose.as_str() == name
                || category == Some(name)
                || new.consents.keys().any(|consent| consent.as_str() == name)
        };
        let asks = changes.iter().filter(|change| about(&change.place.name)).any(|change| {
            change
                .demands
                .iter()
                .any(|d| d.regimes.contains(&story.regime) && d.duty > Duty::ConsentAtCollection)
        });
        prop_assert!(
            asks,
            "{ask:?}\nwas refused: {:?}\nchanges: {:#?}",
            refusal.reasons,
            changes.iter().map(|c| (c.place.to_string(), c.class, c.duty())).collect::<Vec<_>>()
        );
    }

    #[test]
    fn every_edit_is_a_change_and_undoing_it_is_one_too(policy in 0..2usize, edit in edit()) {
        let old = POLICIES[policy].clone();
        let mut new = old.clone();
        new.version = "2027-04-01".parse().unwrap();
        edit.apply(&mut new);
        let version = new.version;
        new.version = old.version;
        let same = old == new;
        new.version = version;
        prop_assert_eq!(diff(&old, &new).is_empty(), same);
        prop_assert_eq!(diff(&new, &old).is_empty(), same);
    }
}
