//! What any page may ask for: the client, the book, and who is reading. Holds no page and no words.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::{Timestamp, ToSpan};
use tokio::sync::{Notify, Semaphore};

use crate::azukari::Azukari;
use crate::book::Book;
use crate::book::sessions::Caller;
use crate::language::Language;
use crate::openid::Services;
use crate::passkey::Questions;
use crate::payments::{Checkout, Payments, Platform};
use crate::words::Words;

/// Wrong passwords a staff login may give before it has to wait.
const TRIES: u32 = 8;
/// How long it then waits, in minutes.
const WAIT_MINUTES: i64 = 15;
/// Passwords verified at a time.
const VERIFYING: usize = 2;
/// Logins remembered at most, so that made-up ones cannot fill the memory.
const LOGINS_REMEMBERED: usize = 10_000;

/// The app, shared by all requests.
pub(crate) struct App {
    pub(crate) azukari: Azukari,
    /// Where people reach Azukari's own pages.
    pub(crate) public_azukari: String,
    /// Where people reach this app, without a slash at the end.
    pub(crate) here: String,
    pub(crate) book: Book,
    /// Who takes fees; without anybody they are paid at the store.
    pub(crate) till: Option<Till>,
    /// The services by which guests come in.
    pub(crate) services: Services,
    pub(crate) tries: Tries,
    /// Passkeys that were asked for.
    pub(crate) questions: Questions,
    /// Verifying a password takes 19 MiB and a core: a few at a time.
    pub(crate) verifying: Arc<Semaphore>,
    /// Held while a guest's booking is on its way between the book and Azukari.
    pub(crate) turns: Turns,
    /// Woken when there is a letter to be written, or money to go back.
    pub(crate) wake: Notify,
}

pub(crate) type Shared = Arc<App>;

/// Where fees are paid.
pub(crate) struct Till {
    pub(crate) platform: Box<dyn Platform>,
}

impl Till {
    pub(crate) fn of(payments: &Payments) -> anyhow::Result<Self> {
        Ok(Self { platform: Box::new(Checkout::new(payments)?) })
    }
}

impl App {
    /// An app before which fees are paid at the store.
    pub(crate) fn new(azukari: Azukari, public_azukari: &str, here: &str, book: Book) -> Self {
        let tidy = |url: &str| url.trim_end_matches('/').to_owned();
        Self {
            azukari,
            public_azukari: tidy(public_azukari),
            here: tidy(here),
            book,
            till: None,
            services: Services::default(),
            tries: Tries::default(),
            questions: Questions::default(),
            verifying: Arc::new(Semaphore::new(VERIFYING)),
            turns: Turns::default(),
            wake: Notify::new(),
        }
    }
}

/// The one look at the clock; everything below takes the moment as an argument.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Sign-ins of staff that were begun and have not succeeded, by login. Forgotten on a restart.
#[derive(Default)]
pub(crate) struct Tries(Mutex<HashMap<String, Tried>>);

/// What one login has tried. In the order in which they are let go of when there are too many:
/// logins that do not exist before those that do, the least tried first, then the oldest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tried {
    exists: bool,
    times: u32,
    last: Timestamp,
}

impl Tries {
    /// Counts a try and returns true, or returns false while the login has to wait. One that
    /// succeeds is given back by [`Self::succeeded`].
    pub(crate) fn begin(&self, login: &str, exists: bool, now: Timestamp) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, tried| tried.last + WAIT_MINUTES.minutes() > now);
        if !tries.contains_key(login) && tries.len() >= LOGINS_REMEMBERED {
            let least = tries.iter().min_by_key(|(_, tried)| **tried);
            if let Some(least) = least.map(|(login, _)| login.clone()) {
                tries.remove(&least);
            }
        }
        let tried = tries.entry(login.to_owned()).or_insert(Tried { exists, times: 0, last: now });
        if tried.times >= TRIES {
            return false;
        }
        *tried = Tried { exists, times: tried.times + 1, last: now };
        true
    }

    pub(crate) fn succeeded(&self, login: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(login);
    }
}

/// One thing at a time for each guest. Guests share a few locks, so that none has to be let go of.
pub(crate) struct Turns([tokio::sync::Mutex<()>; 64]);

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| tokio::sync::Mutex::default()))
    }
}

impl Turns {
    pub(crate) async fn of(&self, who: &str) -> tokio::sync::MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        who.hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % 64).unwrap_or_default();
        self.0[at].lock().await
    }
}

/// Who is reading, and in which language.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) language: Language,
    pub(crate) words: &'static Words,
    /// The path asked for, and its query without the language.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) guest: Option<Caller>,
    pub(crate) staff: Option<Caller>,
    pub(crate) operator: Option<Caller>,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // The frame around all pages puts it there; without it, a reader nobody knows.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self {
            language: Language::Ja,
            words: Words::of(Language::Ja),
            path: "/".to_owned(),
            query: String::new(),
            guest: None,
            staff: None,
            operator: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evening() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_login_that_fails_too_often_waits_and_then_may_again() {
        let (tries, now) = (Tries::default(), evening());
        for _ in 0..TRIES {
            assert!(tries.begin("sumire", true, now));
        }
        assert!(!tries.begin("sumire", true, now));
        assert!(tries.begin("kaede", true, now));
        // A try that was turned away does not make the wait longer.
        assert!(!tries.begin("sumire", true, now + 14.minutes()));
        assert!(tries.begin("sumire", true, now + 16.minutes()));
    }

    #[test]
    fn a_success_gives_the_tries_back() {
        let (tries, now) = (Tries::default(), evening());
        for _ in 0..3 * TRIES {
            assert!(tries.begin("sumire", true, now));
            tries.succeeded("sumire");
        }
    }

    #[test]
    fn tries_all_at_once_are_as_many_as_one_by_one() {
        let (tries, now) = (Tries::default(), evening());
        let begun: usize = std::thread::scope(|scope| {
            let all: Vec<_> =
                (0..60).map(|_| scope.spawn(|| tries.begin("sumire", true, now))).collect();
            all.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
        });
        assert_eq!(begun, 8);
    }

    #[test]
    fn made_up_logins_push_out_one_another_and_never_one_that_has_to_wait() {
        let (tries, now) = (Tries::default(), evening());
        for (login, exists) in [("sumire", true), ("nobody", false)] {
            for _ in 0..TRIES {
                assert!(tries.begin(login, exists, now));
            }
        }
        assert!(tries.begin("kaede", true, now));
        {
            let mut full = tries.0.lock().unwrap();
            for made_up in full.len()..LOGINS_REMEMBERED {
                let tried = Tried { exists: false, times: 1, last: now };
                full.insert(made_up.to_string(), tried);
            }
        }
        for made_up in 0..50 {
            assert!(tries.begin(&format!("new {made_up}"), false, now));
        }
        // Whoever was counted is still counted: nobody tries for nothing, however full it is.
        assert!(!tries.begin("sumire", true, now) && !tries.begin("nobody", false, now));
        let known = tries.0.lock().unwrap();
        assert_eq!(known.len(), LOGINS_REMEMBERED);
        assert_eq!(known["kaede"].times, 1);
    }
}
