//! What holds for every period, every hold and every moment: a hold outlives an erasure, more days
//! never erase earlier, and what is over stays over.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use std::sync::LazyLock;

use jiff::Timestamp;
use policy::record::calendar_day;
use policy::retention::{
    Clocks, Dispute, Holding, Person, Thing, Until, end_of, end_of_item, end_of_purpose, next_look,
    standing,
};
use policy::{Ask, Decision, Document, Facts, Reason, SubjectId, decide};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

static POLICY: LazyLock<Document> = LazyLock::new(common::reference);

fn moment() -> impl Strategy<Value = Timestamp> {
    let near: i64 = 1_791_600_000; // October 2026
    let year = 31_557_600;
    prop_oneof![
        20 => (near - 4 * year..near + 10 * year).prop_map(|s| Timestamp::from_second(s).unwrap()),
        1 => select(vec![Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH]),
    ]
}

fn dispute() -> impl Strategy<Value = Dispute> {
    let items = ["name", "email", "allergy", "receipt_name"].map(|name| name.parse().unwrap());
    (vec(select(items.to_vec()), 0..3), moment()).prop_map(|(items, until)| Dispute {
        name: "suit".parse().unwrap(),
        items,
        until,
    })
}

fn person() -> impl Strategy<Value = Person<'static>> {
    let things = POLICY.items.keys().cloned().map(Thing::Item);
    let things = things.chain(POLICY.secrets.keys().cloned().map(Thing::Secret));
    let things: Vec<Thing> = things.collect();
    let count = things.len();
    let disputes = prop_oneof![2 => Just(Vec::new()), 1 => vec(dispute(), 1..3)];
    (vec(moment(), count), option::of(moment()), option::of(moment()), disputes).prop_map(
        move |(put, account_end, engagement_end, disputes)| Person {
            policy: &POLICY,
            things: things.iter().cloned().zip(put).collect(),
            account_end,
            engagement_end,
            consents: POLICY.consents.keys().cloned().collect(),
            disputes,
        },
    )
}

fn clocks() -> impl Strategy<Value = Clocks> {
    (moment(), option::of(moment()), option::of(moment())).prop_map(
        |(last_put, account_end, engagement_end)| Clocks { last_put, account_end, engagement_end },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_hold_outlives_an_erasure(person in person(), now in moment()) {
        for standing in standing(&person, now) {
            let held = person.disputes.iter().any(|dispute| {
                let covers = dispute.items.is_empty()
                    || matches!(&standing.thing, Thing::Item(name) if dispute.items.contains(name));
                covers && dispute.until > now
            });
            prop_assert!(!(held && standing.goes()), "{standing:?}");
            // What is held back says by what and until when.
            prop_assert_eq!(standing.due && !standing.goes(), standing.due && !standing.held_by.is_empty());
            for held in &standing.held_by {
                prop_assert!(!held.until.is_over(now));
            }
        }
    }

    #[test]
    fn more_days_never_erase_earlier(start in moment(), days in 0..40_000u32, more in 0..400u32) {
        prop_assert!(end_of(start, days) <= end_of(start, days + more));
        prop_assert!(end_of(start, days) >= start);
    }

    #[test]
    fn a_longer_rule_never_erases_earlier(
        name in select(POLICY.items.keys().cloned().collect::<Vec<_>>()),
        clocks in clocks(),
        more in 0..400u32,
    ) {
        let item = POLICY.items[&name].clone();
        let mut longer = item.clone();
        longer.retention.days += more;
        for rule in longer.retention_for.values_mut() {
            rule.days += more;
        }
        prop_assert!(end_of_item(&item, &clocks).0 <= end_of_item(&longer, &clocks).0);
    }

    #[test]
    fn whole_days_are_counted_on_the_calendar_of_the_controller(
        start in (1_700_000_000i64..1_900_000_000).prop_map(|s| Timestamp::from_second(s).unwrap()),
        days in 1..4_000u32,
    ) {
        let end = end_of(start, days);
        let last = calendar_day(end - jiff::SignedDuration::from_nanos(1));
        let between = (last - calendar_day(start)).get_days();
        prop_assert_eq!(between, i32::try_from(days).unwrap());
        prop_assert_eq!(calendar_day(end), last.tomorrow().unwrap());
    }

    #[test]
    fn what_is_over_stays_over(person in person(), now in moment(), later in moment()) {
        let (now, later) = (now.min(later), now.max(later));
        for (then, afterwards) in standing(&person, now).iter().zip(standing(&person, later)) {
            prop_assert!(!then.goes() || afterwards.goes(), "{then:?} {afterwards:?}");
        }
    }

    #[test]
    fn nothing_goes_before_the_next_look(person in person(), now in moment(), later in moment()) {
        let (now, later) = (now.min(later), now.max(later));
        let before = standing(&person, now);
        let next = next_look(&before);
        let newly: Vec<_> = standing(&person, later)
            .into_iter()
            .zip(&before)
            .filter(|(then, before)| then.goes() && !before.goes() && then.thing != Thing::Account)
            .collect();
        prop_assert!(newly.is_empty() || next.is_some_and(|next| next <= later), "{newly:?} {next:?}");
    }

    #[test]
    fn an_item_is_due_exactly_when_every_purpose_of_it_is_over(person in person(), now in moment()) {
        for standing in standing(&person, now) {
            let Thing::Item(name) = &standing.thing else { continue };
            let item = &POLICY.items[name];
            let put = person.things.iter().find(|(thing, _)| *thing == standing.thing).unwrap().1;
            let clocks = Clocks {
                last_put: put,
                account_end: person.account_end,
                engagement_end: person.engagement_end,
            };
            let ends = item.purposes.iter().map(|p| end_of_purpose(item, p, &clocks));
            prop_assert_eq!(standing.due, ends.clone().all(|end| end.is_over(now)));
            prop_assert_eq!(ends.max(), Some(standing.until));
            if let Some(because) = &standing.because {
                prop_assert_eq!(end_of_purpose(item, because, &clocks), standing.until);
            }
        }
    }

    #[test]
    fn what_is_due_is_given_for_no_purpose(person in person(), now in moment()) {
        let put_at = person.things.iter().filter_map(|(thing, at)| match thing {
            Thing::Item(name) => Some((name.clone(), *at)),
            Thing::Secret(_) | Thing::Account => None,
        });
        let holding = Holding {
            put_at: put_at.collect(),
            account_end: person.account_end,
            engagement_end: person.engagement_end,
        };
        let facts = Facts {
            locked: Vec::new(),
            policy: &POLICY,
            regime: Some("eu".parse().unwrap()),
            consents: Vec::new(),
            restrictions: Vec::new(),
            stopped_recipients: Vec::new(),
            recipient: None,
            engagement: None,
            approval: None,
            holding,
            unreadable: Vec::new(),
        };
        for standing in standing(&person, now).iter().filter(|standing| standing.due) {
            let Thing::Item(name) = &standing.thing else { continue };
            for purpose in &POLICY.items[name].purposes {
                let ask = Ask {
                    subject: SubjectId([1; 16]),
                    recipient: None,
                    purpose: purpose.clone(),
                    items: vec![name.clone()],
                    reference: None,
                    exception: false,
                };
                let Decision::Refusal(refusal) = decide(ask, &facts, now) else {
                    return Err(TestCaseError::fail(format!("{name} is given for {purpose}")));
                };
                let ended = |r: &Reason| matches!(r, Reason::PurposeEnded { .. });
                prop_assert!(refusal.reasons.iter().any(ended));
            }
        }
    }
}

#[test]
fn at_the_end_of_the_calendar_nothing_is_over() {
    assert_eq!(end_of(Timestamp::MAX, 1), Timestamp::MAX);
    assert!(
        !Until::At(end_of(Timestamp::MAX, 36_525)).is_over("2026-10-10T00:00:00Z".parse().unwrap())
    );
}
