//! The proof: each promise of a policy, decided over every case that the decision function can tell
//! apart, on the function that the server runs.
//!
//! **A case** is a choice along every line that [`decide`] looks along (see `case.rs`): which item,
//! recipient and purpose, which law, which exception, where the recipient is, how each consent
//! stands, what is stopped, how the engagement stands, and so on. Two asks in the same case get the
//! same answer, for these reasons:
//!
//! 1. *Names are only ever compared.* `decide` looks a name up, or asks whether it equals another or
//!    stands in a list. Two items of which the policy says the same (purposes, consent, sensitivity,
//!    who lists them) can be exchanged; so can two purposes or two recipients. One of each kind is
//!    decided. A thing that a promise names is a kind of its own. Where the policy pairs a recipient
//!    with a purpose, the pair stands for itself.
//! 2. *Moments and versions are only ever compared*, each with one other: an engagement's end plus
//!    the purpose's hours with now, an approval's end with now, the day of a check plus its days with
//!    today, a notice with `since` and with the version. The cases are before, at and after each.
//! 3. *Of several words on one consent the last counts*, so a list of them is one of its answers. A
//!    consent that neither the purpose, the item, the route nor the conditions name is never read.
//! 4. *Everything else is not read*: an approval's reason, an engagement's beginning, values.
//!
//! **Circumstances add up.** Once words, exception, country and day are fixed (a *setting*), each
//! rule reads one circumstance, adds its reasons or none, and takes none back. So in a setting the
//! reasons of any case are those of the plain case and of its circumstances one at a time; a case is
//! permitted where each of them alone is. It follows that where the plain case is refused everything
//! is, and that a promise about *n* circumstances can only be broken by *n* of them. The proof decides
//! the plain case, every circumstance alone, and, where the plain case is permitted, as many together
//! as a promise speaks of; beyond that, as a guard, every two together in the settings that are no
//! variation of another (the place that the policy names, and of the exceptions that every list knows
//! or knows not alike, the first).
//!
//! **Things add up.** Each rule looks at each item alone, so an ask for several is answered as each
//! would be alone. A universal promise proves that for every two kinds of things.
//!
//! Both arguments are checked: `tests/prove.rs` draws asks and facts at random, far beyond the cases
//! here, and compares the answer with that of their case and of its circumstances one at a time.

pub mod case;
pub mod cases;
pub mod promise;
mod story;

use std::cmp::Ordering;
use std::str::FromStr;

use jiff::{Timestamp, ToSpan};
use rayon::prelude::*;
use serde::Serialize;

use crate::consent::ConsentName;
use crate::decide::{self, Admission, Ask, Decision, Facts, Offer, Permit, Refusal};
use crate::document::{Document, Label, Version};
use crate::item::{Item, ItemName};
use crate::party::{NotAName, RecipientName, Reference, SubjectId};
use crate::purpose::PurposeName;
use crate::reason::Reason;
use crate::record::calendar;
use crate::regime::RegimeName;

use case::{Answer, Case, Claim, Crossing, Player, Scene, Thing};
use cases::{Room, each_case, rooms};
use promise::{Always, Promise, PromiseName, Read, Statement};

/// The two functions that are proven. A test passes others, to see that their faults are found.
#[derive(Clone, Copy)]
pub struct Rules<'r> {
    /// What goes out.
    pub decide: &'r (dyn Fn(Ask, &Facts<'_>, Timestamp) -> Decision + Sync),
    /// What comes in.
    pub admit: &'r (dyn Fn(Offer<'_>) -> Result<Admission, Refusal> + Sync),
}

impl Rules<'static> {
    /// The rules that the server runs.
    pub const OURS: Self = Self { decide: &decide::decide, admit: &decide::admit };
}

/// What became of a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It holds in every case that it speaks of.
    Holds,
    /// It speaks of no case at all, so it promises nothing here.
    Empty,
    /// It does not hold; the plainest case in which it does not.
    Broken {
        /// In how many ways that case departs from the plainest there is.
        departures: usize,
        /// The case, told.
        story: Label,
    },
}

/// A promise with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proven {
    /// Which promise.
    pub promise: PromiseName,
    /// What it says.
    pub label: Label,
    /// Where it comes from.
    pub rows: Vec<String>,
    /// True for a promise that every policy is held to.
    pub universal: bool,
    /// The cases that it speaks of.
    pub cases: u64,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Proven {
    /// True unless it is broken, or is the policy's own and speaks of nothing.
    pub fn stands(&self) -> bool {
        match self.outcome {
            Outcome::Holds => true,
            Outcome::Empty => self.universal,
            Outcome::Broken { .. } => false,
        }
    }
}

/// The promises of a policy, each decided over every case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Which version of the policy.
    pub version: Version,
    /// SHA-256 of its files.
    pub hash: String,
    /// How many cases were decided.
    pub cases: u64,
    /// How many cases they stand for, with every item, purpose and recipient by its own name.
    pub stand_for: u64,
    /// Every promise: the universal ones, then the policy's own.
    pub promises: Vec<Proven>,
}

impl Proof {
    /// True when every promise stands.
    pub fn holds(&self) -> bool {
        self.promises.iter().all(Proven::stands)
    }
}

/// The promises that every policy is held to.
///
/// # Panics
/// Never: the file comes with the crate, and a test reads it.
pub fn universal() -> Vec<Promise> {
    promise::read(include_str!("universal.toml"), None).0
}

/// Proves a policy's promises on the rules that the server runs.
pub fn prove(policy: &Document) -> Proof {
    prove_on(policy, Rules::OURS, &|_| true)
}

/// Proves those promises of a policy that are `wanted`, on the given rules.
pub fn prove_on(
    policy: &Document,
    rules: Rules<'_>,
    wanted: &(dyn Fn(&Promise) -> bool + Sync),
) -> Proof {
    let universal = universal();
    let promises: Vec<&Promise> =
        universal.iter().chain(&policy.promises).filter(|promise| wanted(promise)).collect();
    let stage = Stage::new(policy);
    let rooms = rooms(&stage, &promises);
    let consents: Vec<&ConsentName> = policy
        .consents
        .keys()
        .filter(|name| {
            let mut terms = promises.iter().flat_map(|promise| promise.terms());
            terms.any(|terms| terms.consents.contains_key(*name))
        })
        .collect();
    let depth = promises.iter().map(|promise| promise.departures()).max().unwrap_or(0).max(1);
    let tally = rooms
        .par_iter()
        .enumerate()
        // Rooms are of very different sizes: whoever has nothing left takes the next one.
        .with_max_len(1)
        .map(|(at, room)| {
            // A stage of its own: threads that clone one name count its clones together, and wait.
            let stage = Stage::new(policy);
            let (promises, consents) = (&promises, &consents);
            Prover { stage: &stage, rules, promises, consents, depth }.room(at, room)
        })
        .reduce(|| Tally::new(promises.len()), Tally::and);
    Proof {
        version: policy.version,
        hash: policy.hash.clone(),
        cases: tally.cases,
        stand_for: tally.stand_for,
        promises: promises
            .iter()
            .zip(tally.promises)
            .map(|(promise, count)| Proven {
                promise: promise.name.clone(),
                label: promise.label.clone(),
                rows: promise.rows.clone(),
                universal: universal.iter().any(|u| std::ptr::eq(u, *promise)),
                cases: count.cases,
                outcome: match count.broken {
                    Some(broken) => Outcome::Broken {
                        departures: broken.case.departures,
                        story: story::tell(&stage, promise, &broken),
                    },
                    None if count.cases == 0 => Outcome::Empty,
                    None => Outcome::Holds,
                },
            })
            .collect(),
    }
}

/// What a case needs besides itself: the policy, names that are not in it, and a moment.
pub struct Stage<'p> {
    policy: &'p Document,
    items: Vec<(&'p ItemName, &'p Item)>,
    subject: SubjectId,
    other_subject: SubjectId,
    no_item: ItemName,
    another_item: ItemName,
    no_purpose: PurposeName,
    another_purpose: PurposeName,
    no_recipient: RecipientName,
    member: RecipientName,
    other_member: RecipientName,
    no_regime: RegimeName,
    reference: Reference,
    other_reference: Reference,
    now: Timestamp,
    earlier: Timestamp,
    later: Timestamp,
}

/// A name that is not taken.
fn free<T: FromStr<Err = NotAName>>(name: &str, taken: impl Fn(&T) -> bool) -> T {
    let mut text = name.to_owned();
    loop {
        #[expect(clippy::expect_used, reason = "letters only, and few names are taken")]
        let free: T = text.parse().expect("a name");
        if !taken(&free) {
            return free;
        }
        text.push('x');
    }
}

impl<'p> Stage<'p> {
    /// The stage for a policy.
    pub fn new(policy: &'p Document) -> Self {
        let noon = policy.version.on.at(12, 0, 0, 0).to_zoned(calendar());
        let now = noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp());
        let before = |hours: i64| now.checked_sub(hours.hours()).unwrap_or(now);
        let no_item = |item: &ItemName| {
            policy.items.contains_key(item)
                || policy.secrets.keys().any(|secret| secret.as_str() == item.as_str())
        };
        let recipient = |name: &RecipientName| policy.recipients.contains_key(name);
        Self {
            policy,
            items: policy.items_in_order(),
            subject: SubjectId([1; 16]),
            other_subject: SubjectId([2; 16]),
            no_item: free("unheard_of", no_item),
            another_item: free("another_item", no_item),
            no_purpose: free("unheard_of", |name| policy.purposes.contains_key(name)),
            another_purpose: free("another_purpose", |name| policy.purposes.contains_key(name)),
            no_recipient: free("no_category", recipient),
            member: free("one", recipient),
            other_member: free("other", recipient),
            no_regime: free("zz", |name| policy.regimes.contains_key(name)),
            reference: free("N1", |_| false),
            other_reference: free("N2", |_| false),
            now,
            earlier: before(48),
            later: before(24),
        }
    }
}

/// A case in which a promise is broken.
pub(crate) struct Broken<'p> {
    case: Case<'p>,
    /// What was asked for together with it, where that matters.
    with: Option<Thing<'p>>,
    rank: (usize, usize, usize),
}

struct Count<'p> {
    cases: u64,
    broken: Option<Broken<'p>>,
}

struct Tally<'p> {
    cases: u64,
    stand_for: u64,
    promises: Vec<Count<'p>>,
}

impl Tally<'_> {
    fn new(promises: usize) -> Self {
        let promises = (0..promises).map(|_| Count { cases: 0, broken: None }).collect();
        Self { cases: 0, stand_for: 0, promises }
    }

    fn and(mut self, other: Self) -> Self {
        self.cases += other.cases;
        self.stand_for += other.stand_for;
        for (ours, theirs) in self.promises.iter_mut().zip(other.promises) {
            ours.cases += theirs.cases;
            let plainer = match (&ours.broken, &theirs.broken) {
                (Some(ours), Some(theirs)) => theirs.rank.cmp(&ours.rank) == Ordering::Less,
                (None, Some(_)) => true,
                _ => false,
            };
            if plainer {
                ours.broken = theirs.broken;
            }
        }
        self
    }
}

/// The answer at either door.
enum Answered {
    Permit(Option<Box<Permit>>),
    Refusal(Vec<Reason>),
}

struct Prover<'a, 'p> {
    stage: &'a Stage<'p>,
    rules: Rules<'a>,
    promises: &'a [&'a Promise],
    consents: &'a [&'p ConsentName],
    depth: usize,
}

impl<'p> Prover<'_, 'p> {
    fn room(&self, at: usize, room: &Room<'p>) -> Tally<'p> {
        let policy = self.stage.policy;
        let mut tally = Tally::new(self.promises.len());
        let mut nth = 0;
        for words in room.settings(self.stage) {
            for (thing, alike) in &room.things {
                let case = Case { thing: *thing, ..words.clone() };
                let spoken_of = self.spoken_of(&case);
                if spoken_of.is_empty() {
                    continue;
                }
                let read = Read::of(policy, &case);
                // One more together than any promise speaks of, where the setting is not a variation of
                // another: a guard for the argument that circumstances add up.
                let guard = usize::from(self.depth < 2 && words.is_first_of_its_kind(policy));
                let depth = self.depth + guard;
                let mut player = None;
                each_case(self.stage, &words, *thing, self.consents, depth, &mut |case| {
                    nth += 1;
                    tally.cases += 1;
                    tally.stand_for += alike * room.alike;
                    let player = player.get_or_insert_with(|| Player::new(self.stage, case));
                    let answer = self.answer(case, player);
                    self.judge(case, &answer, (&spoken_of, &read), (at, nth), player, &mut tally);
                    matches!(answer, Answered::Permit(_))
                });
            }
            self.two_by_two(room, &words, (at, nth), &mut tally);
        }
        tally
    }

    /// The promises that speak of these words, with the terms that do.
    fn spoken_of(&self, case: &Case<'p>) -> Vec<(usize, Spoken<'_>)> {
        let mut spoken = Vec::new();
        for (at, promise) in self.promises.iter().enumerate() {
            match &promise.says {
                Statement::Never(terms) => {
                    let terms: Vec<_> = terms.iter().filter(|t| t.words_hold(case)).collect();
                    if !terms.is_empty() {
                        spoken.push((at, Spoken::Never(terms)));
                    }
                }
                Statement::Requires { when, requires } => {
                    if when.words_hold(case) {
                        let met = requires.words_hold(case);
                        spoken.push((at, Spoken::Requires { when, requires, met }));
                    }
                }
                Statement::Always(always) => spoken.push((at, Spoken::Always(*always))),
            }
        }
        spoken
    }

    fn answer(&self, case: &Case<'p>, player: &mut Player<'_, 'p>) -> Answered {
        if let Crossing::Intake { registering } = case.crossing {
            let regime = self.stage.regime_in(case);
            let consents = self.stage.consents(case);
            let offer = Offer {
                policy: self.stage.policy,
                regime: &regime,
                items: self.stage.items(case.thing),
                consents: &consents,
                waiting: &[],
                registering,
            };
            return match (self.rules.admit)(offer) {
                Ok(_) => Answered::Permit(None),
                Err(refusal) => Answered::Refusal(refusal.reasons),
            };
        }
        let Scene { ask, facts, now } = player.scene(case);
        self.decided(ask.clone(), facts, *now)
    }

    /// The answer to an ask for these items instead.
    fn answer_for(
        &self,
        case: &Case<'p>,
        items: Vec<ItemName>,
        player: &mut Player<'_, 'p>,
    ) -> Answered {
        let Scene { ask, facts, now } = player.scene_for(case, items);
        self.decided(ask.clone(), facts, *now)
    }

    fn decided(&self, ask: Ask, facts: &Facts<'_>, now: Timestamp) -> Answered {
        match (self.rules.decide)(ask, facts, now) {
            Decision::Permit(permit) => Answered::Permit(Some(permit)),
            Decision::Refusal(refusal) => Answered::Refusal(refusal.reasons),
        }
    }

    /// Holds one answer against every promise that speaks of it.
    fn judge(
        &self,
        case: &Case<'p>,
        answer: &Answered,
        (spoken_of, read): (&[(usize, Spoken<'_>)], &Read<'p>),
        (room, nth): (usize, usize),
        player: &mut Player<'_, 'p>,
        tally: &mut Tally<'p>,
    ) {
        let policy = self.stage.policy;
        for (at, spoken) in spoken_of {
            let Some(count) = tally.promises.get_mut(*at) else { continue };
            let permit = match answer {
                Answered::Permit(permit) => Some(permit.as_deref()),
                Answered::Refusal(_) => None,
            };
            let broken = match spoken {
                Spoken::Never(terms) => {
                    if !terms.iter().any(|terms| terms.facts_hold(policy, case, read, None)) {
                        continue;
                    }
                    permit.is_some()
                }
                Spoken::Requires { when, requires, met } => {
                    if !when.facts_hold(policy, case, read, None) {
                        continue;
                    }
                    permit.is_some_and(|p| !(*met && requires.facts_hold(policy, case, read, p)))
                }
                Spoken::Always(Always::RefusalsNameAReason) => {
                    matches!(answer, Answered::Refusal(reasons) if reasons.is_empty())
                }
                Spoken::Always(Always::MoreConsentPermitsNoLess) => {
                    permit.is_some() && self.more_consent_is_refused(case, player)
                }
                // Counted where two are asked for.
                Spoken::Always(Always::ThingsAreAnsweredOneByOne) => continue,
            };
            count.cases += 1;
            if broken {
                count.break_at(case, None, (case.departures, room, nth));
            }
        }
    }

    fn more_consent_is_refused(&self, case: &Case<'p>, player: &mut Player<'_, 'p>) -> bool {
        let mut more = case.clone();
        self.stage.policy.consents.keys().any(|name| {
            let lacking = case.answer(name);
            if lacking.in_force() {
                return false;
            }
            more.answers(name, Answer::GIVEN);
            let refused = matches!(self.answer(&more, player), Answered::Refusal(_));
            more.answers(name, lacking);
            refused
        })
    }

    /// Asks for every two kinds of things at once.
    fn two_by_two(
        &self,
        room: &Room<'p>,
        words: &Case<'p>,
        (at, nth): (usize, usize),
        tally: &mut Tally<'p>,
    ) {
        let one_by_one = Statement::Always(Always::ThingsAreAnsweredOneByOne);
        let Some(promise) = self.promises.iter().position(|p| p.says == one_by_one) else { return };
        // At the door in there is no word for an ask for nothing, and one exception stands for all.
        let apart = matches!(words.crossing, Crossing::Intake { .. })
            || !matches!(words.claim, Claim::None | Claim::Approved(_));
        if apart {
            return;
        }
        let things: Vec<_> = room
            .things
            .iter()
            .map(|(thing, _)| (*thing, self.stage.items(*thing)))
            .filter(|(thing, _)| !matches!(thing, Thing::Nothing))
            .collect();
        for (nth_thing, (one, items)) in things.iter().enumerate() {
            let plain = Case { thing: *one, ..words.clone() }.plain(self.stage.policy);
            let mut player = Player::new(self.stage, &plain);
            // The first thing is answered alike beside every other that takes back no consent.
            let mut first: Option<Answered> = None;
            for (other, other_items) in things.iter().skip(nth_thing + 1) {
                // The second thing's consent stands withdrawn, so that it has something to add.
                let consent = match other {
                    Thing::Item(_, item) => item.consent.as_ref(),
                    _ => None,
                };
                let taken_back = consent.filter(|name| plain.answer(name) == Answer::Missing);
                let with_it = taken_back.map(|name| {
                    let mut case = plain.clone();
                    case.answers(name, Answer::GivenThenWithdrawn);
                    case
                });
                let case = with_it.as_ref().unwrap_or(&plain);
                let mut answer = |items: Vec<_>| self.answer_for(case, items, &mut player);
                let both = answer([&items[..], other_items].concat());
                let second = answer(other_items.clone());
                let one_by_one = match taken_back {
                    Some(_) => ids([&answer(items.clone()), &second]),
                    None => ids([first.get_or_insert_with(|| answer(items.clone())), &second]),
                };
                tally.cases += 1;
                tally.stand_for += 1;
                let Some(count) = tally.promises.get_mut(promise) else { continue };
                count.cases += 1;
                if ids([&both]) != one_by_one {
                    let rank = (words.departures, at, nth);
                    count.break_at(case, Some(*other), rank);
                }
            }
        }
    }
}

impl<'p> Count<'p> {
    fn break_at(&mut self, case: &Case<'p>, with: Option<Thing<'p>>, rank: (usize, usize, usize)) {
        if self.broken.as_ref().is_none_or(|broken| rank < broken.rank) {
            self.broken = Some(Broken { case: case.clone(), with, rank });
        }
    }
}

/// The ids of the reasons in some answers, in order and each once; none for a permit.
fn ids<const N: usize>(answers: [&Answered; N]) -> Vec<&'static str> {
    let reasons = answers.into_iter().flat_map(|answer| match answer {
        Answered::Permit(_) => &[],
        Answered::Refusal(reasons) => reasons.as_slice(),
    });
    let mut ids: Vec<_> = reasons.map(Reason::id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

enum Spoken<'a> {
    Never(Vec<&'a promise::Terms>),
    Requires { when: &'a promise::Terms, requires: &'a promise::Terms, met: bool },
    Always(Always),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_among_others_is_played_as_if_it_stood_alone() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps/reservation/policy");
        let policy = crate::read_dir(dir.as_ref()).unwrap().document;
        let (stage, universal) = (Stage::new(&policy), universal());
        let promises: Vec<&Promise> = universal.iter().chain(&policy.promises).collect();
        let consents: Vec<&ConsentName> = policy.consents.keys().collect();
        let mut played = 0;
        for room in rooms(&stage, &promises).iter().step_by(5) {
            for words in room.settings(&stage).iter().step_by(3) {
                for (thing, _) in &room.things {
                    let mut player = None;
                    each_case(&stage, words, *thing, &consents, 2, &mut |case| {
                        let player = player.get_or_insert_with(|| Player::new(&stage, case));
                        let (among, alone) = (player.scene(case), stage.scene(case));
                        assert_eq!((&among.ask, among.now), (&alone.ask, alone.now), "{case:?}");
                        assert!(facts(&among.facts) == facts(&alone.facts), "{case:?}");
                        played += 1;
                        true
                    });
                }
            }
        }
        assert!(played > 100_000, "only {played} cases were played");
    }

    /// Every fact but the policy, which is one.
    fn facts<'a>(facts: &'a Facts<'_>) -> impl PartialEq + use<'a> {
        let Facts {
            policy: _,
            regime,
            consents,
            restrictions,
            stopped_recipients,
            recipient,
            engagement,
            approval,
            locked,
            holding,
            unreadable,
        } = facts;
        let person = (regime, consents, restrictions, stopped_recipients, engagement);
        (person, recipient, approval, locked, holding, unreadable)
    }
}
