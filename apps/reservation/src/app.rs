//! What any page may ask for: the client, the book, and who is reading. Holds no page and no words.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::{Timestamp, ToSpan};
use tokio::sync::Semaphore;

use crate::azukari::Azukari;
use crate::book::{Book, Caller};
use crate::language::Language;
use crate::words::Words;

/// Wrong passwords a staff login may give before it has to wait.
const TRIES: u32 = 8;
/// How long it then waits, in minutes.
const WAIT_MINUTES: i64 = 15;
/// Logins remembered at most, so that made-up ones cannot fill the memory.
const LOGINS_REMEMBERED: usize = 10_000;

/// The app, shared by all requests.
pub(crate) struct App {
    pub(crate) azukari: Azukari,
    /// Where people reach Azukari's own pages.
    pub(crate) public_azukari: String,
    pub(crate) book: Book,
    pub(crate) tries: Tries,
    /// Verifying a password takes 19 MiB and a core: a few at a time.
    pub(crate) verifying: Semaphore,
}

pub(crate) type Shared = Arc<App>;

impl App {
    pub(crate) fn new(azukari: Azukari, public_azukari: &str, book: Book) -> Self {
        Self {
            azukari,
            public_azukari: public_azukari.trim_end_matches('/').to_owned(),
            book,
            tries: Tries::default(),
            verifying: Semaphore::new(2),
        }
    }
}

/// The one look at the clock; everything below takes the moment as an argument.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Failed sign-ins of staff, by login. Forgotten on a restart.
#[derive(Default)]
pub(crate) struct Tries(Mutex<HashMap<String, (u32, Timestamp)>>);

impl Tries {
    /// True while a login may try.
    pub(crate) fn may(&self, login: &str, now: Timestamp) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, (_, last)| *last + WAIT_MINUTES.minutes() > now);
        tries.get(login).is_none_or(|(failed, _)| *failed < TRIES)
    }

    pub(crate) fn failed(&self, login: &str, now: Timestamp) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() < LOGINS_REMEMBERED || tries.contains_key(login) {
            let (failed, last) = tries.entry(login.to_owned()).or_insert((0, now));
            *failed += 1;
            *last = now;
        }
    }

    pub(crate) fn succeeded(&self, login: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(login);
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
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_that_fails_too_often_waits_and_then_may_again() {
        let tries = Tries::default();
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        for _ in 0..TRIES {
            assert!(tries.may("sumire", now));
            tries.failed("sumire", now);
        }
        assert!(!tries.may("sumire", now));
        assert!(tries.may("kaede", now));
        assert!(tries.may("sumire", now + 16.minutes()));
    }
}
