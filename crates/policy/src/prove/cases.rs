//! Every case there is to decide, plainest first: the words of the policy by kind, and in each set of
//! words every circumstance alone and several together. Why that is all of them is argued in `mod.rs`.

use std::collections::HashMap;

use super::Stage;
use super::case::{
    Answer, Case, Check, Claim, Crossing, Engaged, Hour, Party, Person, Place, Scope, Standing,
    Stop, Stranger, Thing, Wording, ends_at,
};
use super::promise::Promise;
use crate::consent::{ConsentName, ConsentState};
use crate::decide::ExceptionKind;
use crate::item::{Item, ItemName, Sensitivity};
use crate::party::{Recipient, RecipientName};
use crate::purpose::{Purpose, PurposeName};

/// A door, a recipient and a purpose, with the things that differ there.
pub struct Room<'p> {
    /// Which door.
    pub crossing: Crossing,
    /// Who would receive.
    pub party: Party<'p>,
    /// What for.
    pub purpose: Option<(&'p PurposeName, &'p Purpose)>,
    /// One thing of each kind, with how many there are of it.
    pub things: Vec<(Thing<'p>, u64)>,
    /// How many pairs of recipient and purpose are like this one.
    pub alike: u64,
    /// Which asks are decided here.
    asks: Asks,
}

/// Which asks are decided in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// All.
    All,
    /// Those on no exception: a pair of the policy stands for itself.
    Ordinary,
    /// Those on an exception, which read no list of a recipient: one pair of each kind.
    OnException,
}

/// One circumstance that departs from the plain ones.
#[derive(Debug, Clone, Copy)]
enum Change<'p> {
    Consent(&'p ConsentName, Answer),
    /// Every consent that no rule reads here is given.
    EveryOtherConsent,
    Suspended,
    Stop(Stop),
    Barred,
    Engaged(Engaged),
    Standing(Standing),
    Scope(Scope),
    Over,
    Locked,
    Unreadable,
}

/// A line along which circumstances change: `wide` are tried together with other lines, `fine` alone.
#[derive(Default)]
struct Line<'p> {
    wide: Vec<Change<'p>>,
    fine: Vec<Change<'p>>,
}

/// What the promises name: two things that a promise tells apart are of two kinds.
struct Named<'p> {
    items: Vec<&'p ItemName>,
    purposes: Vec<&'p PurposeName>,
    recipients: Vec<&'p RecipientName>,
}

fn named<'p>(promises: &'p [&'p Promise]) -> Named<'p> {
    let terms = || promises.iter().flat_map(|promise| promise.terms());
    Named {
        items: terms().flat_map(|terms| terms.items.iter()).collect(),
        purposes: terms().flat_map(|terms| terms.purposes.iter()).collect(),
        recipients: terms().flat_map(|terms| terms.recipients.iter()).collect(),
    }
}

/// All that the rules and the promises can read of a purpose.
fn kind_of_purpose(named: &Named<'_>, name: &PurposeName, purpose: &Purpose) -> String {
    let Purpose { tier, basis, own_use, needs_engagement, after_end_hours, .. } = purpose;
    let own_name = named.purposes.contains(&name).then_some(name);
    format!("{tier:?} {basis:?} {own_use} {needs_engagement} {after_end_hours} {own_name:?}")
}

/// All that the rules and the promises can read of a recipient that does not list the purpose.
fn kind_of_recipient(named: &Named<'_>, name: &RecipientName, entry: &Recipient) -> String {
    let Recipient { role, many, country, handles_personal_data, .. } = entry;
    let Recipient { equivalent_measures, transfer_consent, legal, .. } = entry;
    let checked_on = equivalent_measures.as_ref().map(|measures| measures.checked_on);
    let own_name = named.recipients.contains(&name).then_some(name);
    format!(
        "{role:?} {many} {country:?} {handles_personal_data} {checked_on:?} {transfer_consent:?} {} \
         {} {own_name:?}",
        legal.is_some(),
        entry.items.is_empty(),
    )
}

/// Every pair of recipient and purpose at the door out. Those that the policy pairs stand each for
/// itself, unless the ask is on an exception; of all others one of each kind.
pub fn rooms<'p>(stage: &Stage<'p>, promises: &[&Promise]) -> Vec<Room<'p>> {
    let policy = stage.policy;
    let named = named(promises);
    let purposes: Vec<_> = policy.purposes_in_order().into_iter().map(Some).chain([None]).collect();
    let purpose_kinds: Vec<String> = purposes
        .iter()
        .map(|purpose| match purpose {
            Some((name, purpose)) => kind_of_purpose(&named, name, purpose),
            None => String::new(),
        })
        .collect();
    let mut parties = vec![(Party::Own, "own".to_owned())];
    parties.extend(
        policy.recipients_in_order().into_iter().map(|(name, entry)| {
            (Party::Entry(name, entry), kind_of_recipient(&named, name, entry))
        }),
    );
    for how in [Stranger::NotHeld, Stranger::AnotherHeld, Stranger::NoSuchCategory] {
        parties.push((Party::Unknown(how), format!("{how:?}")));
    }
    let mut rooms: Vec<Room<'p>> = Vec::new();
    let mut seen: HashMap<(&str, &str, bool), usize> = HashMap::new();
    for (party, party_kind) in &parties {
        for (purpose, purpose_kind) in purposes.iter().zip(&purpose_kinds) {
            let paired = match (party, purpose) {
                (Party::Own, Some((_, purpose))) => purpose.own_use,
                (Party::Entry(_, entry), Some((name, _))) => entry.purposes.contains(name),
                _ => false,
            };
            let crossing = match party {
                Party::Own => Crossing::Use,
                Party::Entry(..) | Party::Unknown(_) => Crossing::Disclosure,
            };
            let things = || things(stage, &named, *party, purpose.map(|(name, _)| name));
            let room = |asks| {
                let (party, purpose, things) = (*party, *purpose, things());
                Room { crossing, party, purpose, things, alike: 1, asks }
            };
            if paired {
                rooms.push(room(Asks::Ordinary));
            }
            let kind = (party_kind.as_str(), purpose_kind.as_str(), paired);
            let known = seen.get(&kind).and_then(|at: &usize| rooms.get_mut(*at));
            if let Some(room) = known {
                room.alike += 1;
            } else {
                seen.insert(kind, rooms.len());
                rooms.push(room(if paired { Asks::OnException } else { Asks::All }));
            }
        }
    }
    for registering in [true, false] {
        let things = things_in(stage, &named);
        let crossing = Crossing::Intake { registering };
        let (party, asks) = (Party::Own, Asks::All);
        rooms.push(Room { crossing, party, purpose: None, things, alike: 1, asks });
    }
    rooms
}

/// One thing of each kind for a recipient and a purpose: what the rules and the promises can read of
/// an item is whether it serves the purpose, whether the recipient lists it, whether it is linked with
/// the person, its consent and its sensitivity. Its periods are a circumstance: over or not.
fn things<'p>(
    stage: &Stage<'p>,
    named: &Named<'_>,
    party: Party<'p>,
    purpose: Option<&PurposeName>,
) -> Vec<(Thing<'p>, u64)> {
    kinds_of_things(stage, named, |name, item| {
        let serves = purpose.is_some_and(|purpose| item.purposes.contains(purpose));
        let listed = match party {
            Party::Entry(_, entry) => entry.items.is_empty() || entry.items.contains(name),
            Party::Own | Party::Unknown(_) => true,
        };
        u8::from(serves) | u8::from(listed) << 1
    })
}

/// One thing of each kind at the door in.
fn things_in<'p>(stage: &Stage<'p>, named: &Named<'_>) -> Vec<(Thing<'p>, u64)> {
    let policy = stage.policy;
    kinds_of_things(stage, named, |_, item| {
        let usable = |regime| {
            let mut purposes = item.purposes.iter().filter_map(|name| policy.purposes.get(name));
            purposes.any(|purpose| purpose.basis.contains_key(regime))
        };
        let regimes = policy.regimes.keys().take(8).enumerate();
        regimes.fold(0, |bits, (at, regime)| bits | u8::from(usable(regime)) << at)
    })
}

fn kinds_of_things<'p>(
    stage: &Stage<'p>,
    named: &Named<'_>,
    bits: impl Fn(&ItemName, &Item) -> u8,
) -> Vec<(Thing<'p>, u64)> {
    let mut kinds: Vec<(Thing<'p>, u64)> = Vec::new();
    let mut seen = HashMap::new();
    for (name, item) in &stage.items {
        let own_name = named.items.contains(name).then_some(*name);
        let special = item.sensitivity == Sensitivity::SpecialCare;
        let key = (bits(name, item), special, item.linked, item.consent.as_ref(), own_name);
        let at = *seen.entry(key).or_insert(kinds.len());
        match kinds.get_mut(at) {
            Some((_, alike)) => *alike += 1,
            None => kinds.push((Thing::Item(name, item), 1)),
        }
    }
    let mut secrets = stage.policy.secrets_in_order().into_iter();
    if let Some((name, secret)) = secrets.next() {
        kinds.push((Thing::Secret(name, secret), 1 + secrets.count() as u64));
    }
    kinds.push((Thing::Unknown, 1));
    kinds.push((Thing::Nothing, 1));
    kinds
}

impl<'p> Room<'p> {
    /// Every set of words in this room: a person's law, an exception, a country and the day.
    pub fn settings(&self, stage: &Stage<'p>) -> Vec<Case<'p>> {
        let policy = stage.policy;
        // The controller's own law first: the plainest case is one at home.
        let mut regimes: Vec<_> = policy.regimes.values().collect();
        regimes.sort_by_key(|r| !r.transfer.home.contains(&policy.controller.country));
        let known = regimes.into_iter().map(Person::Under);
        let strangers: &[Person<'p>] = match self.crossing {
            // Whoever comes in says which law applies to her.
            Crossing::Intake { .. } => &[Person::OtherLaw],
            _ => &[Person::OtherLaw, Person::Nobody],
        };
        let mut settings = Vec::new();
        for person in known.chain(strangers.iter().copied()) {
            for claim in self.claims(person) {
                for (place, check) in self.places(stage, person) {
                    let words = Case {
                        crossing: self.crossing,
                        party: self.party,
                        purpose: self.purpose,
                        thing: Thing::Nothing,
                        person,
                        claim,
                        place,
                        check,
                        standing: Standing::Runs,
                        scope: Scope::ThisPerson,
                        suspended: false,
                        stop: Stop::Nothing,
                        barred: false,
                        engaged: Engaged::No,
                        consents: Vec::new(),
                        over: false,
                        locked: false,
                        unreadable: false,
                        departures: usize::from(claim != Claim::None)
                            + usize::from(place != Place::AsThePolicySays)
                            + usize::from(check != Check::Fresh)
                            + usize::from(!matches!(person, Person::Under(_)))
                            + usize::from(matches!(self.party, Party::Unknown(_))),
                    };
                    settings.push(words);
                }
            }
        }
        settings
    }

    fn claims(&self, person: Person<'p>) -> Vec<Claim> {
        let mut claims = Vec::new();
        if self.asks != Asks::OnException {
            claims.push(Claim::None);
        }
        if self.asks == Asks::Ordinary {
            return claims;
        }
        match (self.crossing, self.party, self.purpose, person) {
            (Crossing::Intake { .. }, ..) => {}
            // Where a word is unknown nothing is permitted; one exception shows that none helps.
            (_, Party::Entry(..), Some(_), Person::Under(_)) => {
                claims.push(Claim::NotApproved);
                claims.extend(ExceptionKind::ALL.map(Claim::Approved));
            }
            _ => claims.extend([Claim::NotApproved, Claim::Approved(ExceptionKind::Law)]),
        }
        claims
    }

    fn places(&self, stage: &Stage<'p>, person: Person<'p>) -> Vec<(Place<'p>, Check)> {
        let mut places = vec![(Place::AsThePolicySays, Check::Fresh)];
        if let (Party::Entry(_, entry), Person::Under(regime)) = (self.party, person) {
            if entry.equivalent_measures.is_some() {
                places.push((Place::AsThePolicySays, Check::DueToday));
                places.push((Place::AsThePolicySays, Check::Overdue));
            }
            let named = entry.country.as_deref();
            let other = |code: &&'p String| named != Some(code.as_str());
            let transfer = &regime.transfer;
            let home = transfer.home.iter().find(other);
            places.extend(home.map(|code| (Place::Home(code), Check::Fresh)));
            let designated = transfer.designated.iter().find(other);
            places.extend(designated.map(|code| (Place::Designated(code), Check::Fresh)));
            let elsewhere = stage.elsewhere(regime, named);
            places.push((Place::Elsewhere(elsewhere), Check::Fresh));
        }
        places
    }
}

/// The lines along which circumstances change, for a set of words with a thing.
fn lines<'p>(stage: &Stage<'p>, plain: &Case<'p>, named: &[&'p ConsentName]) -> Vec<Line<'p>> {
    let mut lines = Vec::new();
    for (name, _) in &plain.consents {
        let (given, stands) = (ConsentState::Given, Wording::Standing);
        let mut line = Line::default();
        let wide = [
            Answer::Missing,
            Answer::Is(ConsentState::Withdrawn, stands),
            Answer::Is(ConsentState::Refused, stands),
            Answer::Is(given, Wording::Outdated),
            Answer::Is(given, Wording::Unpublished),
            Answer::GivenThenWithdrawn,
        ];
        line.wide.extend(wide.map(|answer| Change::Consent(name, answer)));
        let oldest = Answer::Is(given, Wording::Oldest);
        let fine = [oldest, Answer::WithdrawnThenGiven, Answer::AtOnce];
        line.fine.extend(fine.map(|answer| Change::Consent(name, answer)));
        for state in ConsentState::ALL.into_iter().filter(|state| *state != given) {
            for wording in [stands, Wording::Outdated, Wording::Unpublished] {
                let answer = Answer::Is(state, wording);
                if !wide.contains(&answer) {
                    line.fine.push(Change::Consent(name, answer));
                }
            }
        }
        lines.push(line);
    }
    // Consents that no rule reads here must not open anything; one that a promise names changes
    // together with the rest.
    for name in named.iter().filter(|name| plain.consents.iter().all(|(read, _)| read != *name)) {
        let given = Change::Consent(name, Answer::GIVEN);
        let withdrawn =
            Change::Consent(name, Answer::Is(ConsentState::Withdrawn, Wording::Standing));
        lines.push(Line { wide: vec![given, withdrawn], fine: Vec::new() });
    }
    if plain.consents.len() < stage.policy.consents.len() {
        lines.push(Line { wide: Vec::new(), fine: vec![Change::EveryOtherConsent] });
    }
    if matches!(plain.crossing, Crossing::Intake { .. }) {
        return lines;
    }
    let wide = |changes: Vec<Change<'p>>| Line { wide: changes, fine: Vec::new() };
    let alone = |change: Change<'p>| Line { wide: Vec::new(), fine: vec![change] };
    if !matches!(plain.party, Party::Own) {
        lines.push(wide(vec![Change::Suspended]));
        lines.push(alone(Change::Barred));
        lines.push(engagement(stage, plain));
    }
    lines.push(Line {
        wide: vec![Change::Stop(Stop::This), Change::Stop(Stop::Everything)],
        fine: vec![Change::Stop(Stop::Another)],
    });
    if matches!(plain.claim, Claim::Approved(_)) {
        lines.push(Line {
            wide: vec![Change::Standing(Standing::Ended)],
            fine: vec![Change::Standing(Standing::EndsNow)],
        });
        let scopes =
            [Scope::OtherPerson, Scope::OtherRecipient, Scope::OtherPurpose, Scope::OtherItems];
        lines.push(Line {
            wide: scopes.map(Change::Scope).to_vec(),
            fine: vec![Change::Scope(Scope::Everybody)],
        });
    }
    if let (Thing::Item(_, item), Some((purpose, _))) = (plain.thing, plain.purpose)
        && item.purposes.contains(purpose)
    {
        lines.push(alone(Change::Over));
    }
    if plain.thing != Thing::Nothing {
        lines.push(alone(Change::Locked));
    }
    lines.push(wide(vec![Change::Unreadable]));
    lines
}

fn engagement<'p>(stage: &Stage<'p>, plain: &Case<'p>) -> Line<'p> {
    let mut line = Line::default();
    let yes = |hour, cancelled, named| Engaged::Yes { hour, cancelled, named };
    line.wide.push(Change::Engaged(Engaged::No));
    line.wide.push(Change::Engaged(Engaged::OtherNumber));
    line.wide.push(Change::Engaged(yes(Hour::Before, true, true)));
    line.fine.push(Change::Engaged(yes(Hour::Before, false, false)));
    let purpose = plain.purpose.map(|(_, purpose)| purpose);
    for hour in [Hour::AtEnd, Hour::LastMoment, Hour::Closing, Hour::Over, Hour::BeyondCalendar] {
        if ends_at(purpose, hour, stage.now).is_none() {
            continue;
        }
        line.wide.push(Change::Engaged(yes(hour, false, true)));
        line.fine.push(Change::Engaged(yes(hour, true, true)));
        line.fine.push(Change::Engaged(yes(hour, false, false)));
    }
    // A purpose that hangs on no engagement reads none.
    if !plain.purpose.is_some_and(|(_, purpose)| purpose.needs_engagement) {
        line.fine.append(&mut line.wide);
    }
    line
}

fn changed<'p>(stage: &Stage<'p>, case: &Case<'p>, change: Change<'p>) -> Case<'p> {
    let mut case = case.clone();
    case.departures += 1;
    match change {
        Change::Consent(name, answer) => case.answers(name, answer),
        Change::EveryOtherConsent => {
            for name in stage.policy.consents.keys() {
                if case.answer(name) == Answer::Missing {
                    case.answers(name, Answer::GIVEN);
                }
            }
        }
        Change::Suspended => case.suspended = true,
        Change::Stop(stop) => case.stop = stop,
        Change::Barred => case.barred = true,
        Change::Engaged(engaged) => case.engaged = engaged,
        Change::Standing(standing) => case.standing = standing,
        Change::Scope(scope) => case.scope = scope,
        Change::Over => case.over = true,
        Change::Locked => case.locked = true,
        Change::Unreadable => case.unreadable = true,
    }
    case
}

/// Decides every case of one set of words and one thing: the plain one, each change alone, and, where
/// the plain one is permitted, changes together up to `depth`. `decided` says whether it was.
pub fn each_case<'p>(
    stage: &Stage<'p>,
    words: &Case<'p>,
    thing: Thing<'p>,
    named: &[&'p ConsentName],
    depth: usize,
    decided: &mut impl FnMut(&Case<'p>) -> bool,
) {
    let mut plain = Case { thing, ..words.clone() }.plain(stage.policy);
    let unknown = matches!(thing, Thing::Unknown | Thing::Nothing | Thing::Secret(..));
    plain.departures += usize::from(unknown) + usize::from(words.purpose.is_none());
    let permitted = decided(&plain);
    let lines = lines(stage, &plain, named);
    // Where the plain case is refused and the setting is a variation, the fine points add nothing to
    // the wide ones.
    let fine = permitted || words.is_first_of_its_kind(stage.policy);
    for change in lines.iter().flat_map(|line| &line.fine).filter(|_| fine) {
        let mut case = changed(stage, &plain, *change);
        // A fine point makes a poorer story than what people meet every day.
        case.departures += 1;
        decided(&case);
    }
    let depth = if permitted { depth } else { 1 };
    together(stage, &plain, &lines, depth, decided);
}

fn together<'p>(
    stage: &Stage<'p>,
    case: &Case<'p>,
    lines: &[Line<'p>],
    depth: usize,
    decided: &mut impl FnMut(&Case<'p>) -> bool,
) {
    if depth == 0 {
        return;
    }
    for (at, line) in lines.iter().enumerate() {
        for change in &line.wide {
            let case = changed(stage, case, *change);
            decided(&case);
            together(stage, &case, lines.get(at + 1..).unwrap_or_default(), depth - 1, decided);
        }
    }
}
