//! What has to end: until when each thing is kept and because of which purpose, what is due, and
//! which hold keeps it beyond that. Pure and total: the same facts and moment give the same answer,
//! and there is always one. It ends nothing; `erase.rs` of the server does. Days are counted on the
//! controller's calendar ([`crate::calendar`]).

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::{after_days, end_of_day};
use crate::consent::ConsentName;
use crate::document::{Document, Label};
use crate::item::{Item, ItemName, Retention, RetentionStart, Secret, SecretName};
use crate::party::{is_word_char, name};
use crate::purpose::{Basis, PurposeName};

name! {
    /// Names a hold: a duty to keep, of the policy or of one person's case.
    HoldName, 64, is_word_char, "1 to 64 of a-z, 0-9, `_`"
}

/// The longest period that a policy may state, in days: a hundred years.
pub const LONGEST_DAYS: u32 = 36_525;

/// 保存義務: a duty to keep that beats erasure (R12.2). What is held is kept and not used: the gate
/// opens it for no purpose whose period is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// What people read.
    pub label: Label,
    /// The law, with its article.
    pub law: Label,
    /// The items it covers; without any, every item and secret of its purposes.
    pub items: Vec<ItemName>,
    /// The purposes it is about; the consents that they rest on are covered, too.
    pub purposes: Vec<PurposeName>,
    /// What starts the clock. Without an engagement, one that counts from its end covers nothing.
    pub from: RetentionStart,
    /// Days after that.
    pub days: u32,
    /// Whether the number has been confirmed with counsel.
    pub confirmed: bool,
    /// Where it stands in its file: people read the policy in that order.
    pub position: usize,
}

/// Something that is held about a person and ends on its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Thing {
    /// A value.
    Item(ItemName),
    /// A password's verifier, a card's token.
    Secret(SecretName),
    /// The account itself: consents, engagements, stops, and the key of everything else.
    Account,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(name) => name.fmt(f),
            Self::Secret(name) => name.fmt(f),
            Self::Account => f.write_str("account"),
        }
    }
}

/// The moments from which periods of one thing are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// When it was last put.
    pub last_put: Timestamp,
    /// When the account was closed; `None` while it is open.
    pub account_end: Option<Timestamp>,
    /// The end of the last engagement that was not called off; `None` if there is none.
    pub engagement_end: Option<Timestamp>,
}

/// What is held of a person, as the gate asks about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holding {
    /// When each item was last put; an item that is not here is not held.
    pub put_at: BTreeMap<ItemName, Timestamp>,
    /// As [`Clocks::account_end`].
    pub account_end: Option<Timestamp>,
    /// As [`Clocks::engagement_end`].
    pub engagement_end: Option<Timestamp>,
}

impl Holding {
    /// The clocks of an item, if it is held.
    pub fn clocks(&self, item: &ItemName) -> Option<Clocks> {
        let &Self { account_end, engagement_end, .. } = self;
        let &last_put = self.put_at.get(item)?;
        Some(Clocks { last_put, account_end, engagement_end })
    }
}

/// The end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Over from this moment on.
    At(Timestamp),
    /// It is counted from something that has not happened yet: later than every moment.
    After(RetentionStart),
}

impl Until {
    /// True when the period is over.
    pub fn is_over(self, now: Timestamp) -> bool {
        matches!(self, Self::At(end) if end <= now)
    }

    /// The moment, if it is known.
    pub fn moment(self) -> Option<Timestamp> {
        match self {
            Self::At(end) => Some(end),
            Self::After(_) => None,
        }
    }
}

/// When a period of days ends that begins at a moment. The first day is left out and the last runs
/// to its midnight (Civil Code 140, 141); no days at all end at the moment itself.
pub fn end_of(start: Timestamp, days: u32) -> Timestamp {
    // What lies beyond the calendar is never over.
    if days == 0 { start } else { end_of_day(after_days(start, days)) }
}

/// Until when one rule keeps a thing.
pub fn end_of_rule(rule: Retention, clocks: &Clocks) -> Until {
    let start = match rule.from {
        RetentionStart::LastPut => Some(clocks.last_put),
        RetentionStart::AccountEnd => clocks.account_end,
        // Whoever never came back, or came back with something new, is not left behind by an old visit.
        RetentionStart::EngagementEnd => {
            Some(clocks.engagement_end.map_or(clocks.last_put, |end| end.max(clocks.last_put)))
        }
    };
    let Some(start) = start else { return Until::After(rule.from) };
    let end = end_of(start, rule.days);
    match clocks.account_end {
        Some(account_end) if rule.ends_with_account => Until::At(end.min(account_end)),
        _ => Until::At(end),
    }
}

/// Until when an item may serve one of its purposes.
pub fn end_of_purpose(item: &Item, purpose: &PurposeName, clocks: &Clocks) -> Until {
    end_of_rule(item.retention_for.get(purpose).copied().unwrap_or(item.retention), clocks)
}

/// Until when an item is kept, and the first of the purposes that keep it so long.
pub fn end_of_item<'a>(item: &'a Item, clocks: &Clocks) -> (Until, Option<&'a PurposeName>) {
    let ends = item.purposes.iter().map(|purpose| (end_of_purpose(item, purpose, clocks), purpose));
    // Of several that last equally long, the first.
    let last = ends.reduce(|last, next| if next.0 > last.0 { next } else { last });
    match last {
        Some((until, purpose)) => (until, Some(purpose)),
        // No coherent policy has such an item.
        None => (end_of_rule(item.retention, clocks), None),
    }
}

/// A hold on one person's information, put by hand: a live dispute (R12.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Its name among the person's holds.
    pub name: HoldName,
    /// What it covers; everything when empty.
    pub items: Vec<ItemName>,
    /// Until when.
    pub until: Timestamp,
}

/// A hold that is in force on a thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HeldBy {
    /// Which hold.
    pub hold: HoldName,
    /// True for a hold of the policy, false for one put by hand.
    pub law: bool,
    /// Until when.
    pub until: Until,
}

/// How a thing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What.
    pub thing: Thing,
    /// Until when its purposes keep it.
    pub until: Until,
    /// The purpose that keeps it longest; `None` for the account, and for what the policy in force
    /// does not have any more.
    pub because: Option<PurposeName>,
    /// True when every purpose is over.
    pub due: bool,
    /// The holds in force on it.
    pub held_by: Vec<HeldBy>,
}

impl Standing {
    /// True when it has to go now: due, and held by nothing.
    pub fn goes(&self) -> bool {
        self.due && self.held_by.is_empty()
    }

    /// When it goes, as things stand; `None` while that depends on something yet to happen.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let holds = self.held_by.iter().map(|held| held.until);
        holds.fold(self.until, Ord::max).moment()
    }
}

/// Everything that is held of one person, with the facts its end depends on.
#[derive(Debug, Clone)]
pub struct Person<'a> {
    /// The policy in force.
    pub policy: &'a Document,
    /// Each item and secret that is held, with the moment it was last put.
    pub things: Vec<(Thing, Timestamp)>,
    /// When the account was closed; `None` while it is open.
    pub account_end: Option<Timestamp>,
    /// The end of the last engagement that was not called off.
    pub engagement_end: Option<Timestamp>,
    /// The consents that she gave, or may have given once.
    pub consents: Vec<ConsentName>,
    /// The holds that were put by hand.
    pub disputes: Vec<Dispute>,
}

/// How everything that is held of a person stands, the account last.
pub fn standing(person: &Person<'_>, now: Timestamp) -> Vec<Standing> {
    let things = person.things.iter().map(|(thing, put_at)| (thing.clone(), *put_at));
    let account = (Thing::Account, Timestamp::MIN);
    things.chain([account]).map(|(thing, put_at)| person.stands(thing, put_at, now)).collect()
}

/// The next moment at which something of hers may go: until then nobody has to look again. The
/// account goes last, so it counts only when nothing else is left.
pub fn next_look(standings: &[Standing]) -> Option<Timestamp> {
    let things = standings.iter().filter(|standing| standing.thing != Thing::Account);
    if things.clone().next().is_none() {
        return standings.iter().find_map(Standing::ends_at);
    }
    things.filter_map(Standing::ends_at).min()
}

/// Whether the person has to be asked if a value is still right: so many days went by since she put
/// it, or said so last (S7, Act 22).
pub fn asks_again(item: &Item, last_word: Timestamp, now: Timestamp) -> bool {
    item.confirm_after_days.is_some_and(|days| end_of(last_word, days) <= now)
}

/// The earliest end of what counts from an engagement, if it is the last: nothing of that kind is
/// due before.
pub fn earliest_end_after(policy: &Document, engagement_end: Timestamp) -> Option<Timestamp> {
    let items = policy.items.values().flat_map(|item| {
        std::iter::once(item.retention).chain(item.retention_for.values().copied())
    });
    let rules = items.chain(policy.secrets.values().map(|secret| secret.retention));
    let counted = rules.filter(|rule| rule.from == RetentionStart::EngagementEnd);
    counted.map(|rule| end_of(engagement_end, rule.days)).min()
}

impl Person<'_> {
    fn stands(&self, thing: Thing, last_put: Timestamp, now: Timestamp) -> Standing {
        let &Self { policy, account_end, engagement_end, .. } = self;
        let clocks = Clocks { last_put, account_end, engagement_end };
        // What the policy has no rule for any more ends with the account.
        let with_account =
            Retention { from: RetentionStart::AccountEnd, days: 0, ends_with_account: false };
        let (until, because) = match &thing {
            Thing::Item(name) => match policy.items.get(name) {
                Some(item) => end_of_item(item, &clocks),
                None => (end_of_rule(with_account, &clocks), None),
            },
            Thing::Secret(name) => match policy.secrets.get(name) {
                Some(secret) => (end_of_rule(secret.retention, &clocks), secret.purposes.first()),
                None => (end_of_rule(with_account, &clocks), None),
            },
            Thing::Account => (end_of_rule(with_account, &clocks), None),
        };
        let because = because.cloned();
        let held_by = self.held_by(&thing, &clocks, now);
        Standing { thing, until, because, due: until.is_over(now), held_by }
    }

    fn held_by(&self, thing: &Thing, clocks: &Clocks, now: Timestamp) -> Vec<HeldBy> {
        let law = self.policy.holds.iter().filter_map(|(name, hold)| {
            let keeps = covers(self.policy, hold, thing) && !self.never_agreed(hold);
            let until = keeps.then(|| end_of_hold(hold, clocks))??;
            Some(HeldBy { hold: name.clone(), law: true, until })
        });
        let disputes = self.disputes.iter().filter_map(|dispute| {
            let covered = match thing {
                _ if dispute.items.is_empty() => true,
                Thing::Item(name) => dispute.items.contains(name),
                Thing::Secret(_) | Thing::Account => false,
            };
            let until = Until::At(dispute.until);
            covered.then(|| HeldBy { hold: dispute.name.clone(), law: false, until })
        });
        law.chain(disputes).filter(|held| !held.until.is_over(now)).collect()
    }
}

impl Person<'_> {
    /// True when all that a hold is about rests on consents of which she gave none: there is nothing to
    /// prove.
    fn never_agreed(&self, hold: &Hold) -> bool {
        let purposes = hold.purposes.iter().filter_map(|name| self.policy.purposes.get(name));
        let mut bases = purposes.flat_map(|purpose| purpose.basis.values()).peekable();
        bases.peek().is_some()
            && bases.all(|basis| {
                matches!(basis, Basis::Consent(consent) if !self.consents.contains(consent))
            })
    }
}

/// When a hold ends; `None` when what it counts from never was, so that it has nothing to keep.
fn end_of_hold(hold: &Hold, clocks: &Clocks) -> Option<Until> {
    Some(match hold.from {
        RetentionStart::LastPut => Until::At(end_of(clocks.last_put, hold.days)),
        RetentionStart::AccountEnd => match clocks.account_end {
            Some(account_end) => Until::At(end_of(account_end, hold.days)),
            None => Until::After(RetentionStart::AccountEnd),
        },
        RetentionStart::EngagementEnd => Until::At(end_of(clocks.engagement_end?, hold.days)),
    })
}

/// Whether two versions of a policy end everything alike.
pub fn ends_alike(one: &Document, other: &Document) -> bool {
    let items = |policy: &Document| -> Vec<_> {
        let rule = |(name, item): (&ItemName, &Item)| {
            (name.clone(), item.retention, item.retention_for.clone(), item.purposes.clone())
        };
        policy.items.iter().map(rule).collect()
    };
    let secrets = |policy: &Document| -> Vec<_> {
        let rule = |(name, secret): (&SecretName, &Secret)| {
            (name.clone(), secret.retention, secret.purposes.clone())
        };
        policy.secrets.iter().map(rule).collect()
    };
    // A hold covers the consents that its purposes rest on.
    let bases = |policy: &Document| -> Vec<_> {
        let held = policy.holds.values().flat_map(|hold| &hold.purposes);
        held.map(|name| policy.purposes.get(name).map(|purpose| purpose.basis.clone())).collect()
    };
    items(one) == items(other)
        && secrets(one) == secrets(other)
        && one.holds == other.holds
        && bases(one) == bases(other)
}

/// Whether a hold of the policy covers a thing.
fn covers(policy: &Document, hold: &Hold, thing: &Thing) -> bool {
    let any = |purposes: &[PurposeName]| purposes.iter().any(|p| hold.purposes.contains(p));
    match thing {
        Thing::Item(name) if hold.items.is_empty() => {
            policy.items.get(name).is_some_and(|item| any(&item.purposes))
        }
        Thing::Item(name) => hold.items.contains(name),
        Thing::Secret(name) => {
            hold.items.is_empty()
                && policy.secrets.get(name).is_some_and(|secret| any(&secret.purposes))
        }
        // The account carries the consents that purposes rest on, and who gave them.
        Thing::Account => {
            hold.purposes.iter().filter_map(|name| policy.purposes.get(name)).any(|purpose| {
                purpose.basis.values().any(|basis| matches!(basis, Basis::Consent(_)))
            })
        }
    }
}
