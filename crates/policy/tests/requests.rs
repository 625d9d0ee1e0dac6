//! How a request runs (R8.1 to R8.8, I7, I8): no way from asking to answer leaves out who asks, the
//! fee, the ground or the telling. Steps are taken at random from everywhere; the drawing of the
//! states is made from the code.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use policy::Document;
use policy::request::{
    Agency, AlternativeMeasure, Assurance, Decision, FeeStanding, Ground, Identified, Money,
    NotTaken, Outcome, Progress, RefusalGround, RefusedPart, RequestId, RequestKind, State, Step,
    Terms,
};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn start() -> Timestamp {
    at("2026-11-02T10:00:00+09:00")
}

fn terms<'a>(policy: &'a Document, regime: &str) -> Terms<'a> {
    Terms::of(policy, &regime.parse().unwrap()).unwrap()
}

fn received(
    policy: &Document,
    kind: RequestKind,
    regime: &str,
    agency: Option<Agency>,
) -> Progress {
    let terms = terms(policy, regime);
    let grounds = terms.regime.requests.grounds(kind).to_vec();
    Progress::received(&terms, kind, grounds, agency, start())
}

fn decision(outcome: Outcome, ground: Option<RefusalGround>) -> Decision {
    let refused = ground.map(|ground| RefusedPart { item: None, ground });
    Decision {
        outcome,
        refused: refused.into_iter().collect(),
        alternative: None,
        reason: "as the file shows".into(),
        by: "officer".into(),
        at: start(),
    }
}

/// Takes steps one after the other; each has to be possible.
fn walk(policy: &Document, regime: &str, mut progress: Progress, steps: &[Step]) -> Progress {
    for step in steps {
        progress = progress
            .step(step, &terms(policy, regime), start())
            .unwrap_or_else(|why| panic!("{step:?} from {:?}: {why}", progress.state));
    }
    progress
}

fn fee() -> Money {
    Money { amount: 1000, currency: "JPY".into() }
}

#[test]
fn the_usual_way_in_japan_with_a_fee() {
    let policy = common::reference();
    let progress = received(&policy, RequestKind::Disclosure, "jp", None);
    let steps = [
        Step::Begin {},
        Step::Identify { how: Identified::Code, held: true },
        Step::Pay { money: fee(), reference: "bank 1".into() },
        Step::Decide(decision(Outcome::Granted, None)),
        Step::Execute {},
        Step::Notify {},
        Step::Close {},
    ];
    let done = walk(&policy, "jp", progress, &steps);
    let states: Vec<State> = done.moves.iter().map(|(state, _)| *state).collect();
    assert_eq!(
        states,
        [
            State::Received,
            State::Verifying,
            State::AwaitingFee,
            State::Investigating,
            State::Decided,
            State::Executed,
            State::Notified,
            State::Closed
        ]
    );
}

/// I7, G3: 1,000 yen for three kinds in Japan, and nothing anywhere else.
#[test]
fn a_fee_is_due_for_three_kinds_and_in_japan_alone() {
    let policy = common::reference();
    for kind in RequestKind::ALL {
        for regime in ["jp", "eu", "uk"] {
            let costs = regime == "jp"
                && matches!(
                    kind,
                    RequestKind::PurposeNotice
                        | RequestKind::Disclosure
                        | RequestKind::ProvisionRecords
                );
            let standing = received(&policy, kind, regime, None).fee;
            let wanted = if costs { FeeStanding::Due(fee()) } else { FeeStanding::Free };
            assert_eq!(standing, wanted, "{kind:?} in {regime}");
        }
    }
}

/// R8.1: the end of the fourteenth day in Japan; a month in Europe (GDPR 12(3)), three when extended.
#[test]
fn an_answer_is_due_in_time() {
    let policy = common::reference();
    let due = |regime: &str| received(&policy, RequestKind::Disclosure, regime, None).due_at;
    assert_eq!(due("jp"), at("2026-11-17T00:00:00+09:00"));
    assert_eq!(due("eu"), at("2026-12-03T00:00:00+09:00"));
    assert_eq!(due("uk"), at("2026-12-03T00:00:00+09:00"));
    let warned = terms(&policy, "jp").warn(due("jp"));
    assert_eq!(warned, at("2026-11-13T00:00:00+09:00"), "from the tenth day's end");
    let extend = |months: u32| Step::Extend { months, reason: "many records".into() };
    let asked = received(&policy, RequestKind::Disclosure, "eu", None);
    let begun = walk(&policy, "eu", asked, &[Step::Begin {}]);
    let longer = walk(&policy, "eu", begun.clone(), &[extend(2)]);
    assert_eq!(longer.due_at, at("2027-02-03T00:00:00+09:00"));
    for (progress, regime, months) in [(&begun, "eu", 3), (&longer, "eu", 1), (&begun, "jp", 1)] {
        let terms = terms(&policy, regime);
        assert_eq!(progress.step(&extend(months), &terms, start()), Err(NotTaken::NoExtension));
    }
    let late = begun.step(&extend(2), &terms(&policy, "eu"), at("2026-12-03T00:00:00+09:00"));
    assert_eq!(late, Err(NotTaken::NoExtension), "too late for a notice within the month");
}

/// I8, G9: a refusal names a ground that policy and law both have for the kind.
#[test]
fn nothing_is_refused_without_a_ground_of_the_list() {
    let policy = common::reference();
    for regime in ["jp", "eu", "uk"] {
        let terms = terms(&policy, regime);
        for kind in RequestKind::ALL {
            let allowed = terms.refusals(kind);
            let mut progress = received(&policy, kind, regime, None);
            progress.state = State::Investigating;
            progress.fee = FeeStanding::Free;
            for ground in RefusalGround::ALL {
                let refused = Step::Decide(decision(Outcome::Refused, Some(ground)));
                let came = progress.step(&refused, &terms, start());
                assert_eq!(came.is_ok(), allowed.contains(&ground), "{kind:?} {regime} {ground:?}");
            }
            let none = Step::Decide(decision(Outcome::Refused, None));
            assert_eq!(progress.step(&none, &terms, start()), Err(NotTaken::NoGround));
        }
    }
    let jp = terms(&policy, "jp");
    assert!(!jp.refusals(RequestKind::Erasure).contains(&RefusalGround::LegalClaims));
}

/// A decision that is half a refusal says of which half; one that is none refuses nothing.
#[test]
fn outcome_and_refused_parts_agree() {
    let policy = common::reference();
    let terms = terms(&policy, "jp");
    let mut progress = received(&policy, RequestKind::Disclosure, "jp", None);
    progress.state = State::Investigating;
    progress.fee = FeeStanding::Free;
    let whole = RefusedPart { item: None, ground: RefusalGround::HarmToRights };
    let part = RefusedPart { item: Some("allergy".parse().unwrap()), ..whole.clone() };
    for (outcome, refused, fits) in [
        (Outcome::Granted, vec![], true),
        (Outcome::Granted, vec![part.clone()], false),
        (Outcome::NotHeld, vec![], true),
        (Outcome::NotHeld, vec![whole.clone()], false),
        (Outcome::Partly, vec![part.clone()], true),
        (Outcome::Partly, vec![whole.clone()], false),
        (Outcome::Partly, vec![], false),
        (Outcome::Refused, vec![whole], true),
        (Outcome::Refused, vec![part], false),
    ] {
        let decision = Decision { refused, ..decision(outcome, None) };
        let came = progress.step(&Step::Decide(decision.clone()), &terms, start());
        assert_eq!(came.is_ok(), fits, "{decision:?}: {came:?}");
    }
    let silent = Decision { reason: " ".into(), ..decision(Outcome::NotHeld, None) };
    assert_eq!(progress.step(&Step::Decide(silent), &terms, start()), Err(NotTaken::NoReason));
}

/// S32: something else is done instead only where Act 35 lets it be, and only what the policy names.
#[test]
fn an_alternative_measure_stands_in_for_stopping_alone() {
    let policy = common::reference();
    for kind in RequestKind::ALL {
        let mut progress = received(&policy, kind, "jp", None);
        progress.state = State::Investigating;
        let decision = Decision {
            alternative: Some(AlternativeMeasure::BlockFromUse),
            ..decision(Outcome::Partly, None)
        };
        let came = progress.step(&Step::Decide(decision), &terms(&policy, "jp"), start());
        let may = matches!(
            kind,
            RequestKind::StopUse | RequestKind::StopProvision | RequestKind::Erasure
        );
        assert_eq!(came.is_ok(), may, "{kind:?}: {came:?}");
    }
}

/// Where the policy asks for four eyes, whoever decided does not agree with herself.
#[test]
fn erasure_takes_a_second_pair_of_eyes() {
    let policy = common::reference();
    let asked = received(&policy, RequestKind::Erasure, "jp", None);
    let decided = walk(
        &policy,
        "jp",
        asked,
        &[
            Step::Begin {},
            Step::Identify { how: Identified::Code, held: true },
            Step::Decide(decision(Outcome::Granted, None)),
        ],
    );
    assert!(decided.awaits_approval() && decided.grant(RequestId([1; 16]), someone()).is_none());
    let terms = terms(&policy, "jp");
    let same = Step::Approve { by: "officer".into() };
    assert_eq!(decided.step(&same, &terms, start()), Err(NotTaken::SameEyes));
    assert!(decided.step(&Step::Execute {}, &terms, start()).is_err());
    let other = Step::Approve { by: "manager".into() };
    assert_eq!(decided.step(&other, &terms, start()).unwrap().state, State::Decided);
    let back = Step::Return { by: "manager".into(), reason: "a hold runs".into() };
    let back = decided.step(&back, &terms, start()).unwrap();
    assert!(back.decision.is_none() && back.state == State::Investigating);
}

/// A correction may become impossible once it is decided, as when an erasure takes what it was about; it
/// ends by another decision. Every other decision stands.
#[test]
fn only_a_correction_is_decided_anew_and_never_without_a_reason() {
    let policy = common::reference();
    let terms = terms(&policy, "jp");
    for kind in [RequestKind::Correction, RequestKind::StopUse] {
        let decided = walk(
            &policy,
            "jp",
            received(&policy, kind, "jp", None),
            &[
                Step::Begin {},
                Step::Identify { how: Identified::Code, held: true },
                Step::Decide(decision(Outcome::Granted, None)),
            ],
        );
        let anew = |reason: &str| Step::Reconsider { reason: reason.to_owned() };
        let came = decided.step(&anew("it was erased"), &terms, start());
        if kind == RequestKind::Correction {
            let came = came.unwrap();
            assert!(came.decision.is_none() && came.state == State::Investigating);
            assert_eq!(decided.step(&anew(" "), &terms, start()), Err(NotTaken::NoReason));
        } else {
            assert!(matches!(came, Err(NotTaken::NotNow { .. })), "{came:?}");
        }
    }
}

/// R8.5, R8.6: who speaks for somebody else is known surely, and the power is confirmed apart.
#[test]
fn an_agent_shows_two_things() {
    let policy = common::reference();
    let asked = received(&policy, RequestKind::StopUse, "jp", Some(Agency::Entrusted));
    let begun = walk(&policy, "jp", asked, &[Step::Begin {}]);
    let terms = terms(&policy, "jp");
    let weak =
        begun.step(&Step::Identify { how: Identified::Particulars, held: true }, &terms, start());
    assert!(matches!(weak, Err(NotTaken::NotSureEnough { .. })));
    let known =
        walk(&policy, "jp", begun, &[Step::Identify { how: Identified::Document, held: true }]);
    assert_eq!(known.state, State::Verifying);
    let known = walk(&policy, "jp", known, &[Step::ConfirmAgency {}]);
    assert_eq!(known.state, State::Investigating);
}

/// R8.1, R8.3: who pays or shows who she is late leaves the desk the days of the warning, and no more.
#[test]
fn a_late_payment_leaves_four_days() {
    let policy = common::reference();
    let terms = terms(&policy, "jp");
    let asked = received(&policy, RequestKind::Disclosure, "jp", None);
    let known = Step::Identify { how: Identified::Code, held: true };
    let asked = walk(&policy, "jp", asked, &[Step::Begin {}, known]);
    let pay = Step::Pay { money: fee(), reference: "bank 1".into() };
    let early = asked.step(&pay, &terms, at("2026-11-12T09:00:00+09:00")).unwrap();
    assert_eq!(early.due_at, at("2026-11-17T00:00:00+09:00"), "as it was promised");
    let late = asked.step(&pay, &terms, at("2026-11-20T09:00:00+09:00")).unwrap();
    assert_eq!(late.due_at, at("2026-11-25T00:00:00+09:00"), "the end of the fourth day");
}

/// R8.2, R8.4: who is not held is told so without paying; and nothing else can be decided unpaid.
#[test]
fn nobody_pays_to_hear_that_nothing_is_held() {
    let policy = common::reference();
    let terms = terms(&policy, "jp");
    let asked = received(&policy, RequestKind::Disclosure, "jp", None);
    let unheld = Step::Identify { how: Identified::Code, held: false };
    let known = walk(&policy, "jp", asked, &[Step::Begin {}, unheld]);
    assert_eq!((known.state, &known.fee), (State::Investigating, &FeeStanding::Due(fee())));
    let told =
        walk(&policy, "jp", known.clone(), &[Step::Decide(decision(Outcome::NotHeld, None))]);
    assert_eq!((told.state, &told.fee), (State::Decided, &FeeStanding::Free));
    let granted = known.step(&Step::Decide(decision(Outcome::Granted, None)), &terms, start());
    assert_eq!(granted, Err(NotTaken::FeeNotAsked));
    // Where she is found after all, she is asked to show anew who she is, and to pay.
    let held = Step::Identify { how: Identified::Document, held: true };
    let found = walk(&policy, "jp", known, &[Step::Recheck {}, held]);
    assert_eq!((found.state, &found.fee), (State::AwaitingFee, &FeeStanding::Due(fee())));
    // A company that does not give it back asks for it first.
    let mut keeps = policy.clone();
    let requests = keeps.requests.as_mut().unwrap();
    requests.fee.as_mut().unwrap().refund_when_not_held = false;
    let asked = received(&keeps, RequestKind::Disclosure, "jp", None);
    let unheld = Step::Identify { how: Identified::Code, held: false };
    assert_eq!(walk(&keeps, "jp", asked, &[Step::Begin {}, unheld]).state, State::AwaitingFee);
}

/// Her own regime decides once she is known: the earlier end, and no fee in Europe.
#[test]
fn a_european_guest_who_wrote_japan_pays_nothing() {
    let policy = common::reference();
    let asked = received(&policy, RequestKind::Disclosure, "jp", None);
    let begun = walk(&policy, "jp", asked, &[Step::Begin {}]);
    let known = walk(&policy, "eu", begun, &[Step::Identify { how: Identified::Code, held: true }]);
    assert_eq!((known.state, &known.fee), (State::Investigating, &FeeStanding::Free));
    assert_eq!(known.regime.as_str(), "eu");
    assert_eq!(known.due_at, at("2026-11-17T00:00:00+09:00"), "the earlier of the two");
}

#[test]
fn receipt_numbers_are_read_however_they_are_written() {
    let id = RequestId([0x5a; 16]);
    let number = id.number();
    assert_eq!(number.len(), 14);
    for written in [number.to_lowercase(), number.replace('-', " "), number.replace('-', "")] {
        assert_eq!(RequestId::read_number(&written), Some(number.clone()));
    }
    assert_eq!(RequestId::read_number("OIL0-1111-0000").unwrap(), "0110-1111-0000");
    assert_eq!(RequestId::read_number("too short"), None);
    assert_eq!(id.to_string().parse::<RequestId>().unwrap(), id);
}

fn someone() -> policy::SubjectId {
    policy::SubjectId([7; 16])
}

fn any_step() -> impl Strategy<Value = Step> {
    let how = prop::sample::select(Identified::ALL.to_vec());
    let outcome = prop::sample::select(vec![
        Outcome::Granted,
        Outcome::Partly,
        Outcome::Refused,
        Outcome::NotHeld,
    ]);
    let ground = prop::option::of(prop::sample::select(RefusalGround::ALL.to_vec()));
    let who = prop::sample::select(vec!["officer".to_owned(), "manager".to_owned()]);
    prop_oneof![
        Just(Step::Begin {}),
        (how, any::<bool>()).prop_map(|(how, held)| Step::Identify { how, held }),
        Just(Step::Recheck {}),
        Just(Step::ConfirmAgency {}),
        Just(Step::FailIdentity {}),
        (prop::sample::select(vec![1000_u32, 500]), Just("bank".to_owned())).prop_map(
            |(amount, reference)| Step::Pay {
                money: Money { amount, currency: "JPY".into() },
                reference
            }
        ),
        who.clone().prop_map(|by| Step::WaiveFee { by }),
        Just(Step::LapseFee {}),
        (1_u32..4).prop_map(|months| Step::Extend { months, reason: "many".into() }),
        (outcome, ground, who.clone()).prop_map(|(outcome, ground, by)| {
            Step::Decide(Decision { by, ..decision(outcome, ground) })
        }),
        who.clone().prop_map(|by| Step::Approve { by }),
        who.prop_map(|by| Step::Return { by, reason: "no".into() }),
        Just(Step::Execute {}),
        Just(Step::Notify {}),
        Just(Step::Refund { reference: "back".into() }),
        Just(Step::Close {}),
        Just(Step::Withdraw {}),
    ]
}

fn any_request() -> impl Strategy<Value = (RequestKind, &'static str, Option<Agency>)> {
    (
        prop::sample::select(RequestKind::ALL.to_vec()),
        prop::sample::select(vec!["jp", "eu", "uk"]),
        prop::option::of(prop::sample::select(vec![Agency::Statutory, Agency::Entrusted])),
    )
}

/// What holds of every request wherever it stands.
fn sound(policy: &Document, progress: &Progress) -> Result<(), TestCaseError> {
    let was = |state: State| progress.moves.iter().position(|(at, _)| *at == state);
    let terms = Terms::of(policy, &progress.regime).unwrap();
    let after_looking =
        [State::Investigating, State::Decided, State::Executed, State::Notified, State::Closed];
    if let Some(decided) = was(State::Decided) {
        // Verification: nobody unknown is decided about, but for a fee that was not paid.
        prop_assert!(progress.is_known(), "decided about somebody unknown");
        let decision = progress.decision.as_ref();
        prop_assert!(decision.is_some(), "decided without a decision");
        let decision = decision.unwrap();
        // Fee.
        let lapsed = decision.refused.iter().any(|part| part.ground == RefusalGround::FeeUnpaid);
        prop_assert!(progress.fee_is_settled() || lapsed, "decided before the fee was settled");
        let costs = terms.fee(progress.kind).is_some();
        if costs && progress.fee == FeeStanding::Free {
            let spared = !progress.held && decision.outcome == Outcome::NotHeld;
            prop_assert!(spared, "free without a reason");
        }
        // Ground.
        let allowed = terms.refusals(progress.kind);
        prop_assert!(decision.refused.iter().all(|part| allowed.contains(&part.ground)));
        let refuses = !decision.refused.is_empty();
        prop_assert_eq!(
            decision.outcome == Outcome::Refused,
            refuses && decision.refused.iter().any(|p| p.item.is_none())
        );
        // Four eyes.
        if terms.four_eyes(progress.kind) {
            let other = progress.approved_by.as_ref().is_some_and(|by| *by != decision.by);
            prop_assert!(other, "nobody else agreed");
        }
        // Telling: done and told, in that order, before it is closed.
        if let Some(closed) = was(State::Closed) {
            let (executed, notified) = (was(State::Executed), was(State::Notified));
            prop_assert!(executed.is_some_and(|at| decided < at));
            prop_assert!(notified.is_some_and(|at| executed.unwrap() < at && at < closed));
        }
    } else {
        let beyond = [State::Executed, State::Notified, State::Closed];
        prop_assert!(beyond.into_iter().all(|state| was(state).is_none()), "undecided");
    }
    if after_looking.iter().any(|state| was(*state).is_some())
        && progress.needed() > Assurance::None
    {
        prop_assert!(was(State::Verifying).is_some(), "nobody asked who it was");
    }
    // Opening values: only when all of it is so.
    if progress.grant(RequestId([1; 16]), someone()).is_some() {
        prop_assert!(progress.is_known() && progress.fee_is_settled());
        let outcome = progress.decision.as_ref().map(|decision| decision.outcome);
        prop_assert!(matches!(outcome, Some(Outcome::Granted | Outcome::Partly)));
        prop_assert!(matches!(progress.state, State::Decided | State::Executed | State::Notified));
    }
    // I7: nothing is asked for where it is free.
    if terms.fee(progress.kind).is_none() {
        prop_assert_eq!(&progress.fee, &FeeStanding::Free);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn no_path_leaves_out_verification_fee_ground_or_notice(
        (kind, regime, agency) in any_request(),
        steps in prop::collection::vec((any_step(), 0_i64..40), 1..60),
    ) {
        let policy = reference();
        let terms = terms(policy, regime);
        let mut progress = received(policy, kind, regime, agency);
        let mut now = start();
        for (step, hours) in steps {
            now += SignedDuration::from_hours(hours);
            let before = progress.clone();
            if let Ok(next) = progress.step(&step, &terms, now) {
                progress = next;
            }
            if before.state.is_over() {
                prop_assert_eq!(before.state, progress.state, "what is over begins anew");
            }
            sound(policy, &progress)?;
        }
    }

    /// Whatever the person does or does not do, time brings a request to an end or to the desk.
    #[test]
    fn nothing_waits_for_ever_on_the_requester((kind, regime, agency) in any_request()) {
        let policy = reference();
        let handling = &policy.requests.as_ref().unwrap().handling;
        let begun = received(policy, kind, regime, agency)
            .step(&Step::Begin {}, &terms(policy, regime), start()).unwrap();
        if matches!(begun.state, State::Verifying | State::AwaitingFee) {
            prop_assert!(begun.next_look(handling, false).is_some());
        }
    }
}

fn reference() -> &'static Document {
    static REFERENCE: std::sync::LazyLock<Document> = std::sync::LazyLock::new(common::reference);
    &REFERENCE
}

/// Everything that can follow on everything, found by trying every step everywhere.
fn arrows() -> BTreeMap<(State, State), BTreeSet<&'static str>> {
    let policy = reference();
    let mut arrows: BTreeMap<(State, State), BTreeSet<&'static str>> = BTreeMap::new();
    let mut seen: Vec<Progress> = Vec::new();
    let mut open: Vec<(Progress, &str)> = Vec::new();
    for kind in RequestKind::ALL {
        for (regime, agency) in [("jp", None), ("eu", None), ("jp", Some(Agency::Entrusted))] {
            open.push((received(policy, kind, regime, agency), regime));
        }
    }
    while let Some((progress, regime)) = open.pop() {
        if seen.contains(&progress) {
            continue;
        }
        for step in samples(&progress, &terms(policy, regime)) {
            if let Ok(mut next) = progress.step(&step, &terms(policy, regime), start()) {
                if next.state != progress.state {
                    arrows.entry((progress.state, next.state)).or_default().insert(step.word());
                }
                // The way here does not matter for what can follow.
                next.moves.truncate(1);
                open.push((next, regime));
            }
        }
        seen.push(progress);
    }
    arrows
}

/// One step of each sort, with what is most likely to be taken.
fn samples(progress: &Progress, terms: &Terms<'_>) -> Vec<Step> {
    let refused = terms.refusals(progress.kind).first().map_or_else(
        || decision(Outcome::Granted, None),
        |ground| decision(Outcome::Refused, Some(*ground)),
    );
    vec![
        Step::Begin {},
        Step::Identify { how: Identified::Code, held: true },
        Step::Recheck {},
        Step::ConfirmAgency {},
        Step::FailIdentity {},
        Step::Pay { money: fee(), reference: "bank".into() },
        Step::WaiveFee { by: "manager".into() },
        Step::LapseFee {},
        Step::Decide(decision(Outcome::Granted, None)),
        Step::Decide(refused),
        Step::Approve { by: "manager".into() },
        Step::Return { by: "manager".into(), reason: "no".into() },
        Step::Reconsider { reason: "it was erased".into() },
        Step::Execute {},
        Step::Notify {},
        Step::Close {},
        Step::Withdraw {},
    ]
}

/// The drawing in docs is the one that the code gives. `INSTA_UPDATE=always` is not needed: copy what
/// the failure shows.
#[test]
fn the_drawing_of_the_states_is_made_from_the_code() {
    let mut drawn = String::from("stateDiagram-v2\n    [*] --> received\n");
    for ((from, to), steps) in arrows() {
        let steps = steps.into_iter().collect::<Vec<_>>().join(", ");
        let _ = writeln!(drawn, "    {} --> {}: {steps}", from.word(), to.word());
    }
    for state in State::ALL.into_iter().filter(|state| state.is_over()) {
        let _ = writeln!(drawn, "    {} --> [*]", state.word());
    }
    let page = include_str!("../../../docs/REQUESTS.md");
    assert!(page.contains(&drawn), "docs/REQUESTS.md does not have this drawing:\n{drawn}");
}

#[test]
fn grounds_of_the_law_are_told_by_kind() {
    let policy = reference();
    let jp = terms(policy, "jp").regime;
    assert!(jp.requests.grounds(RequestKind::Erasure).contains(&Ground::NoLongerNeeded));
    for regime in policy.regimes.values() {
        for kind in RequestKind::ALL {
            assert!(regime.requests.kinds.contains_key(&kind), "{} {kind:?}", regime.name);
            let has = !regime.requests.grounds(kind).is_empty();
            assert_eq!(has, kind.rests_on_ground(), "{} {kind:?}", regime.name);
        }
    }
}
