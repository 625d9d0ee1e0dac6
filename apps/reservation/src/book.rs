//! The app's own small database: stores, staff logins, bookings and sessions. Holds no personal
//! information: a guest is a subject's id here, and what is known of her stays with Azukari.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Time;
use rusqlite::Error::FromSqlConversionFailure;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::language::{Label, Language};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS stores (
        slug TEXT PRIMARY KEY,
        name_ja TEXT NOT NULL, name_en TEXT NOT NULL,
        area_ja TEXT NOT NULL, area_en TEXT NOT NULL,
        cuisine_ja TEXT NOT NULL, cuisine_en TEXT NOT NULL,
        hours_ja TEXT NOT NULL, hours_en TEXT NOT NULL,
        first_seating_minute INTEGER NOT NULL,
        last_seating_minute INTEGER NOT NULL,
        seating_minutes INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS staff (
        login TEXT PRIMARY KEY,
        store TEXT NOT NULL REFERENCES stores,
        verifier TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS bookings (
        number TEXT PRIMARY KEY,
        store TEXT NOT NULL REFERENCES stores,
        subject TEXT NOT NULL,
        starts_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        party INTEGER NOT NULL,
        stage TEXT NOT NULL CHECK (stage IN ('asked', 'booked', 'cancelled'))
    ) STRICT;
    CREATE UNIQUE INDEX IF NOT EXISTS bookings_one_table_at_a_time
        ON bookings (subject, store, starts_at) WHERE stage <> 'cancelled';
    CREATE INDEX IF NOT EXISTS bookings_of_a_store ON bookings (store, starts_at);
    CREATE TABLE IF NOT EXISTS sessions (
        token_hash BLOB PRIMARY KEY,
        door TEXT NOT NULL CHECK (door IN ('guest', 'staff')),
        who TEXT NOT NULL,
        regime TEXT NOT NULL,
        ends_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// A store that takes bookings.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) slug: String,
    pub(crate) name: Label,
    pub(crate) area: Label,
    pub(crate) cuisine: Label,
    pub(crate) hours: Label,
    pub(crate) first_seating_minute: u16,
    pub(crate) last_seating_minute: u16,
    pub(crate) seating_minutes: u16,
}

/// The minutes between two seatings.
const SEATING_STEP_MINUTES: u16 = 30;

impl Store {
    /// The times at which a table can be had.
    pub(crate) fn seatings(&self) -> Vec<Time> {
        (self.first_seating_minute..=self.last_seating_minute)
            .step_by(usize::from(SEATING_STEP_MINUTES))
            .filter_map(|minute| {
                let (hour, minute) = (minute / 60, minute % 60);
                Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
            })
            .collect()
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let label = |ja: &str, en: &str| -> rusqlite::Result<Label> {
            Ok(Label { ja: row.get(ja)?, en: row.get(en)? })
        };
        Ok(Self {
            slug: row.get("slug")?,
            name: label("name_ja", "name_en")?,
            area: label("area_ja", "area_en")?,
            cuisine: label("cuisine_ja", "cuisine_en")?,
            hours: label("hours_ja", "hours_en")?,
            first_seating_minute: row.get("first_seating_minute")?,
            last_seating_minute: row.get("last_seating_minute")?,
            seating_minutes: row.get("seating_minutes")?,
        })
    }
}

/// A booking of a guest at a store.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    pub(crate) number: String,
    pub(crate) store: String,
    pub(crate) subject: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) party: u8,
    pub(crate) stage: Stage,
}

/// How far a booking has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Written here, and perhaps known to Azukari; nobody sees it.
    Asked,
    /// Known on both sides.
    Booked,
    /// Called off.
    Cancelled,
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Booked => "booked",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Booking {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let moment = |name: &str| -> rusqlite::Result<Timestamp> {
            Timestamp::from_second(row.get(name)?)
                .map_err(|error| FromSqlConversionFailure(0, Type::Integer, Box::new(error)))
        };
        Ok(Self {
            number: row.get("number")?,
            store: row.get("store")?,
            subject: row.get("subject")?,
            starts_at: moment("starts_at")?,
            ends_at: moment("ends_at")?,
            party: row.get("party")?,
            stage: match row.get::<_, String>("stage")?.as_str() {
                "booked" => Stage::Booked,
                "cancelled" => Stage::Cancelled,
                _ => Stage::Asked,
            },
        })
    }
}

/// Which of the two doors a session came in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Guest,
    Staff,
}

impl Door {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Staff => "staff",
        }
    }
}

/// Somebody who came in: a guest's subject id and regime, or a staff login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) who: String,
    /// The law that applies to a guest: `jp`, `eu`, `uk`; empty for staff.
    pub(crate) regime: String,
}

/// The database. Cheap to clone; one connection, since each visit costs microseconds.
#[derive(Clone)]
pub(crate) struct Book(Arc<Mutex<Connection>>);

impl Book {
    /// Opens the book in a folder, for its owner's eyes only.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

        let path = folder.join("reservation.db");
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("create the folder `{}`", folder.display()))?;
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("open `{}`", path.display()))?;
        // A file that was there before keeps its mode; SQLite gives its side files the same one.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        drop(file);

        let connection = Connection::open(&path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
             PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;",
        )?;
        connection.execute_batch(SCHEMA).context("prepare the tables of reservation.db")?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    async fn with<T: Send + 'static>(
        &self,
        visit: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let book = Arc::clone(&self.0);
        let visited = tokio::task::spawn_blocking(move || {
            visit(&book.lock().unwrap_or_else(PoisonError::into_inner))
        });
        Ok(visited.await??)
    }

    pub(crate) async fn put_store(&self, store: Store) -> anyhow::Result<()> {
        self.with(move |book| {
            book.execute(
                "INSERT INTO stores VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT (slug) DO UPDATE SET
                    name_ja = excluded.name_ja, name_en = excluded.name_en,
                    area_ja = excluded.area_ja, area_en = excluded.area_en,
                    cuisine_ja = excluded.cuisine_ja, cuisine_en = excluded.cuisine_en,
                    hours_ja = excluded.hours_ja, hours_en = excluded.hours_en,
                    first_seating_minute = excluded.first_seating_minute,
                    last_seating_minute = excluded.last_seating_minute,
                    seating_minutes = excluded.seating_minutes",
                params![
                    store.slug,
                    store.name.ja,
                    store.name.en,
                    store.area.ja,
                    store.area.en,
                    store.cuisine.ja,
                    store.cuisine.en,
                    store.hours.ja,
                    store.hours.en,
                    store.first_seating_minute,
                    store.last_seating_minute,
                    store.seating_minutes,
                ],
            )
            .map(drop)
        })
        .await
    }

    pub(crate) async fn stores(&self) -> anyhow::Result<Vec<Store>> {
        self.with(|book| {
            book.prepare_cached("SELECT * FROM stores ORDER BY slug")?
                .query_map([], Store::read)?
                .collect()
        })
        .await
    }

    pub(crate) async fn store(&self, slug: &str) -> anyhow::Result<Option<Store>> {
        let slug = slug.to_owned();
        self.with(move |book| {
            book.prepare_cached("SELECT * FROM stores WHERE slug = ?1")?
                .query_row([slug], Store::read)
                .optional()
        })
        .await
    }

    pub(crate) async fn put_staff(
        &self,
        login: &str,
        store: &str,
        verifier: String,
    ) -> anyhow::Result<()> {
        let (login, store) = (login.to_owned(), store.to_owned());
        self.with(move |book| {
            book.execute(
                "INSERT INTO staff VALUES (?1, ?2, ?3) ON CONFLICT (login) DO UPDATE SET
                    store = excluded.store, verifier = excluded.verifier",
                params![login, store, verifier],
            )
            .map(drop)
        })
        .await
    }

    /// The verifier of a login.
    pub(crate) async fn verifier(&self, login: &str) -> anyhow::Result<Option<String>> {
        let login = login.to_owned();
        self.with(move |book| {
            book.query_row("SELECT verifier FROM staff WHERE login = ?1", [login], |row| row.get(0))
                .optional()
        })
        .await
    }

    /// The store a login works for.
    pub(crate) async fn store_of(&self, login: &str) -> anyhow::Result<Option<Store>> {
        let login = login.to_owned();
        self.with(move |book| {
            book.query_row(
                "SELECT stores.* FROM stores JOIN staff ON staff.store = stores.slug
                 WHERE staff.login = ?1",
                [login],
                Store::read,
            )
            .optional()
        })
        .await
    }

    /// Writes a booking that Azukari does not know yet. False when the guest already has that
    /// table, or the number is taken.
    pub(crate) async fn ask(&self, booking: Booking) -> anyhow::Result<bool> {
        self.with(move |book| {
            book.execute(
                "INSERT INTO bookings VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'asked')
                 ON CONFLICT DO NOTHING",
                params![
                    booking.number,
                    booking.store,
                    booking.subject,
                    booking.starts_at.as_second(),
                    booking.ends_at.as_second(),
                    booking.party,
                ],
            )
            .map(|rows| rows == 1)
        })
        .await
    }

    pub(crate) async fn set_stage(&self, number: &str, stage: Stage) -> anyhow::Result<()> {
        let number = number.to_owned();
        self.with(move |book| {
            book.execute(
                "UPDATE bookings SET stage = ?2 WHERE number = ?1",
                params![number, stage.word()],
            )
            .map(drop)
        })
        .await
    }

    /// Changes what was asked for, while it is no booking yet.
    pub(crate) async fn ask_again(
        &self,
        number: &str,
        ends_at: Timestamp,
        party: u8,
    ) -> anyhow::Result<()> {
        let number = number.to_owned();
        self.with(move |book| {
            book.execute(
                "UPDATE bookings SET ends_at = ?2, party = ?3
                 WHERE number = ?1 AND stage = 'asked'",
                params![number, ends_at.as_second(), party],
            )
            .map(drop)
        })
        .await
    }

    /// What a guest asked for and never heard the end of.
    pub(crate) async fn asked_of(&self, subject: &str) -> anyhow::Result<Vec<Booking>> {
        let subject = subject.to_owned();
        self.with(move |book| {
            book.prepare_cached(
                "SELECT * FROM bookings WHERE subject = ?1 AND stage = 'asked'
                 ORDER BY starts_at, number LIMIT 50",
            )?
            .query_map([subject], Booking::read)?
            .collect()
        })
        .await
    }

    /// Drops a booking that never became one.
    pub(crate) async fn drop_asked(&self, number: &str) -> anyhow::Result<()> {
        let number = number.to_owned();
        self.with(move |book| {
            book.execute("DELETE FROM bookings WHERE number = ?1 AND stage = 'asked'", [number])
                .map(drop)
        })
        .await
    }

    pub(crate) async fn booking(&self, number: &str) -> anyhow::Result<Option<Booking>> {
        let number = number.to_owned();
        self.with(move |book| {
            book.query_row("SELECT * FROM bookings WHERE number = ?1", [number], Booking::read)
                .optional()
        })
        .await
    }

    /// The booking that a guest already has at that store and moment.
    pub(crate) async fn booking_at(
        &self,
        subject: &str,
        store: &str,
        starts_at: Timestamp,
    ) -> anyhow::Result<Option<Booking>> {
        let (subject, store) = (subject.to_owned(), store.to_owned());
        self.with(move |book| {
            book.query_row(
                "SELECT * FROM bookings WHERE subject = ?1 AND store = ?2 AND starts_at = ?3
                 AND stage <> 'cancelled'",
                params![subject, store, starts_at.as_second()],
                Booking::read,
            )
            .optional()
        })
        .await
    }

    /// A guest's bookings, the latest first.
    pub(crate) async fn bookings_of(&self, subject: &str) -> anyhow::Result<Vec<Booking>> {
        let subject = subject.to_owned();
        self.with(move |book| {
            book.prepare_cached(
                "SELECT * FROM bookings WHERE subject = ?1 AND stage <> 'asked'
                 ORDER BY starts_at DESC, number LIMIT 50",
            )?
            .query_map([subject], Booking::read)?
            .collect()
        })
        .await
    }

    /// A store's bookings that start in a span of time, the earliest first.
    pub(crate) async fn bookings_at(
        &self,
        store: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Booking>> {
        let store = store.to_owned();
        self.with(move |book| {
            book.prepare_cached(
                "SELECT * FROM bookings WHERE store = ?1 AND stage = 'booked'
                 AND starts_at >= ?2 AND starts_at < ?3 ORDER BY starts_at, number",
            )?
            .query_map(params![store, from.as_second(), until.as_second()], Booking::read)?
            .collect()
        })
        .await
    }

    /// Begins a session, and lets go of those that are over.
    pub(crate) async fn begin_session(
        &self,
        token_hash: [u8; 32],
        door: Door,
        caller: Caller,
        now: Timestamp,
        ends_at: Timestamp,
    ) -> anyhow::Result<()> {
        self.with(move |book| {
            book.execute("DELETE FROM sessions WHERE ends_at <= ?1", [now.as_second()])?;
            book.execute(
                "INSERT INTO sessions VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    token_hash.as_slice(),
                    door.word(),
                    caller.who,
                    caller.regime,
                    ends_at.as_second(),
                ],
            )
            .map(drop)
        })
        .await
    }

    /// Who a session belongs to, while it lasts.
    pub(crate) async fn session(
        &self,
        token_hash: [u8; 32],
        door: Door,
        now: Timestamp,
    ) -> anyhow::Result<Option<Caller>> {
        self.with(move |book| {
            book.prepare_cached(
                "SELECT who, regime FROM sessions WHERE token_hash = ?1 AND door = ?2 AND ends_at > ?3",
            )?
            .query_row(
                params![token_hash.as_slice(), door.word(), now.as_second()],
                |row| Ok(Caller { who: row.get(0)?, regime: row.get(1)? }),
            )
            .optional()
        })
        .await
    }

    pub(crate) async fn end_session(&self, token_hash: [u8; 32]) -> anyhow::Result<()> {
        self.with(move |book| {
            book.execute("DELETE FROM sessions WHERE token_hash = ?1", [token_hash.as_slice()])
                .map(drop)
        })
        .await
    }
}

impl Store {
    pub(crate) fn name(&self, language: Language) -> &str {
        self.name.get(language)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn folder() -> std::path::PathBuf {
        std::env::temp_dir().join(format!("reservation-{}", crate::chance::uuid().unwrap()))
    }

    pub(crate) fn store() -> Store {
        let label = || Label { ja: "見本".to_owned(), en: "Sample".to_owned() };
        Store {
            slug: "mihon".to_owned(),
            name: label(),
            area: label(),
            cuisine: label(),
            hours: label(),
            first_seating_minute: 17 * 60,
            last_seating_minute: 18 * 60,
            seating_minutes: 120,
        }
    }

    #[tokio::test]
    async fn the_book_is_for_its_owner_only_and_a_table_is_booked_once() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let book = Book::open(&folder).unwrap();
        for file in ["reservation.db", "reservation.db-wal"] {
            let mode = std::fs::metadata(folder.join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        book.put_store(store()).await.unwrap();
        let starts_at: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let booking = |number: &str| Booking {
            number: number.to_owned(),
            store: "mihon".to_owned(),
            subject: "sub_1".to_owned(),
            starts_at,
            ends_at: starts_at,
            party: 2,
            stage: Stage::Asked,
        };
        assert!(book.ask(booking("B-1")).await.unwrap());
        assert!(!book.ask(booking("B-2")).await.unwrap());
        assert!(book.bookings_of("sub_1").await.unwrap().is_empty());
        book.set_stage("B-1", Stage::Cancelled).await.unwrap();
        assert!(book.ask(booking("B-2")).await.unwrap());
        book.drop_asked("B-2").await.unwrap();
        assert!(book.booking("B-2").await.unwrap().is_none());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_session_ends_and_opens_only_its_own_door() {
        let folder = folder();
        let book = Book::open(&folder).unwrap();
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let guest = Caller { who: "sub_1".to_owned(), regime: "jp".to_owned() };
        book.begin_session([1; 32], Door::Guest, guest.clone(), now, later).await.unwrap();
        let found = |door, at| book.session([1; 32], door, at);
        assert_eq!(found(Door::Guest, now).await.unwrap(), Some(guest));
        assert_eq!(found(Door::Staff, now).await.unwrap(), None);
        assert_eq!(found(Door::Guest, later).await.unwrap(), None);
        book.end_session([1; 32]).await.unwrap();
        assert_eq!(found(Door::Guest, now).await.unwrap(), None);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn seatings_run_from_the_first_to_the_last() {
        let times: Vec<String> =
            store().seatings().iter().map(|time| time.strftime("%H:%M").to_string()).collect();
        assert_eq!(times, ["17:00", "17:30", "18:00"]);
    }
}
