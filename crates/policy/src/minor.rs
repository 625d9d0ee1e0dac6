//! The young (R9.6, L5; GDPR 8; Act 20(2), 27(1)): below an age that her regime names, a person's
//! consent stands only with the agreement of her statutory representative 法定代理人. Age is told by
//! the policy's date of birth on the one calendar (I12). Knows nothing of who the representative is.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::calendar::calendar_day;
use crate::consent::ConsentState;
use crate::document::Document;
use crate::item::ItemName;
use crate::regime::RegimeName;

/// The question whether somebody is below the age, on a day; and leave to have it answered out of her
/// sealed date of birth, which is not shown by that.
///
/// Only [`AgeCheck::new`] makes one, so nothing else is asked in this way:
///
/// ```compile_fail,E0451
/// fn forged(real: policy::minor::AgeCheck, item: policy::ItemName) -> policy::minor::AgeCheck {
///     policy::minor::AgeCheck { item, ..real }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeCheck {
    item: ItemName,
    age: u32,
    today: Date,
}

impl AgeCheck {
    /// The question under a regime, at a moment. `None` where the policy holds no date of birth: then
    /// nobody can tell, and nothing is asked.
    pub fn new(policy: &Document, regime: &RegimeName, now: Timestamp) -> Option<Self> {
        let item = policy.birth_date()?.clone();
        let age = policy.regimes.get(regime)?.minor_consent_age.value;
        Some(Self { item, age, today: calendar_day(now) })
    }

    /// The item that answers it.
    pub fn item(&self) -> &ItemName {
        &self.item
    }

    /// Whether somebody born on that day is below the age.
    pub fn is_below(&self, born: Date) -> bool {
        age(born, self.today) < i64::from(self.age)
    }

    /// The same of a value as it is held; `None` when it is no date.
    pub fn reads_below(&self, held: &str) -> Option<bool> {
        held.parse().ok().map(|born| self.is_below(born))
    }
}

/// How many years old somebody is on a day. Her birthday itself counts as older; who was born on 29
/// February has hers on 1 March in other years (Civil Code 143(2)).
pub fn age(born: Date, today: Date) -> i64 {
    let day = |date: Date| (date.month(), date.day());
    let to_come = day(today) < day(born);
    i64::from(today.year()) - i64::from(born.year()) - i64::from(to_come)
}

/// How an answer to a consent stands, given whether she is below the age and whether her representative
/// agreed. Everything but a yes stands by itself: to refuse and to take back needs nobody.
pub fn stands(answer: ConsentState, is_below: bool, is_agreed: bool) -> ConsentState {
    match answer {
        ConsentState::Given if is_below && !is_agreed => ConsentState::Requested,
        other => other,
    }
}
