//! Who is on her way to another service, and what one told of somebody who came back and has not said yet what
//! to take in. It waits in memory alone, known by what her browser keeps, and ends with an hour or a restart.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::{Timestamp, ToSpan};

use super::Attempt;
use crate::session;

/// How long somebody may be on her way, and how long what was told waits.
const AWAY_MINUTES: i64 = 15;
const TOLD_MINUTES: i64 = 60;
/// How many wait at most; whoever has waited longest goes first.
const MOST: usize = 10_000;

/// What a service told of somebody, and was verified. Has no `Debug`, so that nothing of it ends in a log.
#[derive(Clone)]
pub(crate) struct Told {
    /// The service's name.
    pub(crate) service: String,
    /// Who vouches for her id.
    pub(crate) issuer: String,
    /// Her id there.
    pub(crate) id: String,
    /// What she granted.
    pub(crate) scopes: Vec<String>,
    /// What it says of her, by claim.
    pub(crate) claims: BTreeMap<String, String>,
    /// The guest who was signed in when she left, if any.
    pub(crate) guest: Option<String>,
    /// Where she goes on to.
    pub(crate) next: String,
    /// The items that she takes in; nothing until she has chosen.
    pub(crate) taken: Option<Vec<String>>,
}

enum Step {
    Away(Attempt),
    Back(Box<Told>),
}

/// Who is on the way, by the hash of what her browser keeps.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<HashMap<[u8; 32], (Timestamp, Step)>>);

impl Waiting {
    /// She leaves.
    pub(crate) fn leave(&self, token: &str, attempt: Attempt, now: Timestamp) {
        self.put(token, now, now + AWAY_MINUTES.minutes(), Step::Away(attempt));
    }

    /// The attempt that an answer fits, this once. An answer that fits none ends none.
    pub(crate) fn return_to(
        &self,
        token: &str,
        service: &str,
        state: &str,
        now: Timestamp,
    ) -> Option<Attempt> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = session::hash(token);
        match waiting.get(&key)? {
            (until, Step::Away(attempt)) if *until > now && attempt.fits(service, state) => {
                let attempt = attempt.clone();
                waiting.remove(&key);
                Some(attempt)
            }
            _ => None,
        }
    }

    /// What a service told waits until she has said what to take in.
    pub(crate) fn keep(&self, token: &str, told: Told, now: Timestamp) {
        self.put(token, now, now + TOLD_MINUTES.minutes(), Step::Back(Box::new(told)));
    }

    /// What a service told, and waits.
    pub(crate) fn told(&self, token: &str, service: &str, now: Timestamp) -> Option<Told> {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.get(&session::hash(token))? {
            (until, Step::Back(told)) if *until > now && told.service == service => {
                Some(Told::clone(told))
            }
            _ => None,
        }
    }

    /// It is done, or she would rather not.
    pub(crate) fn forget(&self, token: &str) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&session::hash(token));
    }

    fn put(&self, token: &str, now: Timestamp, until: Timestamp, step: Step) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, (until, _)| *until > now);
        if waiting.len() >= MOST {
            let first = waiting.iter().min_by_key(|(_, (until, _))| *until);
            if let Some(first) = first.map(|(key, _)| *key) {
                waiting.remove(&first);
            }
        }
        waiting.insert(session::hash(token), (until, step));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(state: &str) -> Attempt {
        Attempt {
            service: "sample_id".to_owned(),
            guest: None,
            next: "/me".to_owned(),
            state: state.to_owned(),
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
        }
    }

    fn evening() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_answer_fits_its_own_browser_service_and_state_once_and_in_time() {
        let (waiting, now) = (Waiting::default(), evening());
        waiting.leave("hers", attempt("s"), now);
        for (token, service, state, at) in [
            ("another", "sample_id", "s", now),
            ("hers", "other_id", "s", now),
            ("hers", "sample_id", "t", now),
            ("hers", "sample_id", "", now),
            ("hers", "sample_id", "s", now + AWAY_MINUTES.minutes()),
        ] {
            assert!(waiting.return_to(token, service, state, at).is_none());
        }
        let late = now + (AWAY_MINUTES - 1).minutes();
        assert!(waiting.return_to("hers", "sample_id", "s", late).is_some());
        assert!(waiting.return_to("hers", "sample_id", "s", now).is_none(), "once");
    }

    #[test]
    fn those_who_wait_longest_make_room() {
        let (waiting, now) = (Waiting::default(), evening());
        waiting.leave("first", attempt("s"), now);
        for n in 0..MOST {
            waiting.leave(&n.to_string(), attempt("s"), now + 1.second());
        }
        let all = waiting.0.lock().unwrap().len();
        assert_eq!(all, MOST);
        assert!(waiting.return_to("first", "sample_id", "s", now).is_none());
    }
}
