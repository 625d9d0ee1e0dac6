//! What any page may ask for: the client, the book, and who is reading. Holds no page and no words.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use jiff::{Timestamp, ToSpan};
use reqwest::Url;
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
/// Letters with codes that one place may have sent by signing up before it has to wait.
const LETTERS: u32 = 20;
/// How long it then waits, in minutes.
const WAIT_MINUTES: i64 = 15;
/// Passwords verified at a time.
const VERIFYING: usize = 2;
/// Logins and places remembered at most, so that made-up ones cannot fill the memory.
const LOGINS_REMEMBERED: usize = 10_000;

/// The app, shared by all requests.
pub(crate) struct App {
    pub(crate) azukari: Azukari,
    /// Where people reach Azukari's own pages.
    pub(crate) public_azukari: String,
    /// Where people reach this app.
    pub(crate) here: Here,
    pub(crate) book: Book,
    /// Who takes fees; without anybody they are paid at the store.
    pub(crate) till: Option<Till>,
    /// The services by which guests come in.
    pub(crate) services: Services,
    pub(crate) tries: Tries,
    /// Letters to addresses that somebody signs up with, by the place that they were asked for from.
    pub(crate) letters: Tries,
    /// Where letters lie that are not sent, in a demo.
    pub(crate) letters_lie: Option<PathBuf>,
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

/// Where people reach this app, as whoever runs it says. What a request says of it is believed of this very
/// machine alone: a `Host` is whatever its sender likes, and links go out in messages.
pub(crate) struct Here {
    /// The origin that was given.
    public: Option<String>,
    /// The origin that is listened on.
    listens: String,
}

impl Here {
    /// Where people reach an app that listens there.
    ///
    /// # Errors
    /// When what was given is no address of the web.
    pub(crate) fn new(public: Option<&str>, listens: &str) -> anyhow::Result<Self> {
        let public = public.map(|given| {
            let url = Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            let url = url.with_context(|| {
                format!("`{given}` is no address; give one such as https://tables.example.jp")
            })?;
            Ok::<_, anyhow::Error>(url.origin().ascii_serialization())
        });
        Ok(Self { public: public.transpose()?, listens: listens.to_owned() })
    }

    /// The origin where no request is at hand: in letters.
    pub(crate) fn known(&self) -> &str {
        self.public.as_deref().unwrap_or(&self.listens)
    }

    /// The origin that links are written with, such as `https://tables.example`.
    pub(crate) fn origin(&self, headers: &HeaderMap) -> String {
        let local = asked(headers).filter(|url| self.public.is_none() && is_this_machine(url));
        local.map_or_else(|| self.known().to_owned(), |url| url.origin().ascii_serialization())
    }

    /// Whether the request came to that origin, as far as it says.
    pub(crate) fn is_asked(&self, headers: &HeaderMap) -> bool {
        let own = Url::parse(&self.origin(headers)).ok();
        own.zip(asked(headers)).is_some_and(|(own, asked)| {
            // A browser leaves the port of its scheme out.
            let port =
                asked.port().or(own.port_or_known_default().filter(|_| own.port().is_none()));
            own.host_str() == asked.host_str() && own.port_or_known_default() == port
        })
    }
}

/// The address that a request says it came to. Of its scheme it says nothing.
fn asked(headers: &HeaderMap) -> Option<Url> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let url = Url::parse(&format!("http://{host}")).ok()?;
    (url.path() == "/" && url.query().is_none() && url.username().is_empty()).then_some(url)
}

fn is_this_machine(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback()),
        None => false,
    }
}

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
    pub(crate) fn new(azukari: Azukari, public_azukari: &str, here: Here, book: Book) -> Self {
        Self {
            azukari,
            public_azukari: public_azukari.trim_end_matches('/').to_owned(),
            here,
            book,
            till: None,
            services: Services::default(),
            tries: Tries::default(),
            letters: Tries { most: LETTERS, ..Tries::default() },
            letters_lie: None,
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

/// What was begun and has not succeeded: sign-ins of staff by login, sign-ups by place. Forgotten on a restart.
pub(crate) struct Tries {
    /// How many before a wait.
    most: u32,
    tried: Mutex<HashMap<String, Tried>>,
}

impl Default for Tries {
    fn default() -> Self {
        Self { most: TRIES, tried: Mutex::default() }
    }
}

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
        let mut tries = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, tried| tried.last + WAIT_MINUTES.minutes() > now);
        if !tries.contains_key(login) && tries.len() >= LOGINS_REMEMBERED {
            let least = tries.iter().min_by_key(|(_, tried)| **tried);
            if let Some(least) = least.map(|(login, _)| login.clone()) {
                tries.remove(&least);
            }
        }
        let tried = tries.entry(login.to_owned()).or_insert(Tried { exists, times: 0, last: now });
        if tried.times >= self.most {
            return false;
        }
        *tried = Tried { exists, times: tried.times + 1, last: now };
        true
    }

    /// Gives one try back, and none of those beside it.
    pub(crate) fn give_back(&self, place: &str) {
        let mut tries = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tried) = tries.get_mut(place) {
            tried.times = tried.times.saturating_sub(1);
        }
    }

    /// Gives all the tries of a login back.
    pub(crate) fn succeeded(&self, login: &str) {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).remove(login);
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
    /// Whether browsers make passkeys at the address that she reads at.
    pub(crate) passkeys: bool,
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
            passkeys: false,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evening() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn asks(host: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, host.parse().unwrap())])
    }

    #[test]
    fn links_are_written_with_what_was_given_and_never_with_what_a_stranger_says() {
        let given = Here::new(Some("https://tables.example/"), "http://127.0.0.1:8081").unwrap();
        let alone = Here::new(None, "http://127.0.0.1:8081").unwrap();
        for host in [
            "evil.example",
            "evil.example:443",
            "127.0.0.1.evil.example",
            "localhost@evil.example",
            "10.0.0.1",
            "",
        ] {
            assert_eq!(given.origin(&asks(host)), "https://tables.example", "{host}");
            assert_eq!(alone.origin(&asks(host)), "http://127.0.0.1:8081", "{host}");
            assert!(!given.is_asked(&asks(host)) && !alone.is_asked(&asks(host)), "{host}");
        }
        // On this machine both names are good, with the port that was asked for.
        for host in ["localhost:8081", "127.0.0.1:9000", "[::1]:8081"] {
            assert_eq!(alone.origin(&asks(host)), format!("http://{host}"));
            assert!(alone.is_asked(&asks(host)) && !given.is_asked(&asks(host)));
        }
        for (host, is_own) in
            [("tables.example", true), ("tables.example:443", true), ("tables.example:8443", false)]
        {
            assert_eq!(given.is_asked(&asks(host)), is_own, "{host}");
        }
        assert_eq!(alone.origin(&HeaderMap::new()), "http://127.0.0.1:8081");
        assert!(Here::new(Some("tables.example"), "").is_err());
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
    fn one_that_is_given_back_leaves_those_beside_it() {
        let (tries, now) = (Tries::default(), evening());
        for _ in 1..TRIES {
            assert!(tries.begin("192.0.2.1", true, now));
        }
        for _ in 0..3 * TRIES {
            assert!(tries.begin("192.0.2.1", true, now));
            assert!(!tries.begin("192.0.2.1", true, now), "what came before still counts");
            tries.give_back("192.0.2.1");
        }
        tries.give_back("192.0.2.2");
        assert!(tries.begin("192.0.2.2", true, now));
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
            let mut full = tries.tried.lock().unwrap();
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
        let known = tries.tried.lock().unwrap();
        assert_eq!(known.len(), LOGINS_REMEMBERED);
        assert_eq!(known["kaede"].times, 1);
    }
}
