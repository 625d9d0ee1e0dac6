//! Who is signed in, by the hash of what the browser keeps.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Book, No};

/// Which of the doors a session came in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Guest,
    Staff,
    Operator,
}

impl Door {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Staff => "staff",
            Self::Operator => "operator",
        }
    }
}

/// Somebody who came in: a guest's subject id and regime, or a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) who: String,
    /// The law that applies to a guest: `jp`, `eu`, `uk`; empty for others.
    pub(crate) regime: String,
}

impl Book {
    /// Begins a session.
    pub(crate) async fn begin_session(
        &self,
        token_hash: [u8; 32],
        door: Door,
        caller: Caller,
        ends_at: Timestamp,
    ) -> Result<(), No> {
        self.write(move |book| {
            book.prepare_cached("INSERT INTO sessions VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
                params![
                    token_hash.as_slice(),
                    door.word(),
                    caller.who,
                    caller.regime,
                    ends_at.as_second(),
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// Who the sessions of these doors belong to, while they last; one read for all of them.
    pub(crate) async fn sessions(
        &self,
        tokens: Vec<(Door, [u8; 32])>,
        now: Timestamp,
    ) -> anyhow::Result<Vec<(Door, Caller)>> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        self.read(move |book| {
            let mut found = Vec::new();
            let mut one = book.prepare_cached(
                // Of staff, only who may still come in by that door.
                "SELECT who, regime FROM sessions
                 WHERE token_hash = ?1 AND door = ?2 AND ends_at > ?3
                 AND (door = 'guest' OR EXISTS (
                    SELECT 1 FROM staff WHERE login = who AND verifier IS NOT NULL
                    AND (store IS NULL) = (door = 'operator')))",
            )?;
            for (door, hash) in tokens {
                let caller = one
                    .query_row(params![hash.as_slice(), door.word(), now.as_second()], |row| {
                        Ok(Caller { who: row.get(0)?, regime: row.get(1)? })
                    })
                    .optional()?;
                found.extend(caller.map(|caller| (door, caller)));
            }
            Ok(found)
        })
        .await
    }

    pub(crate) async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), No> {
        self.write(move |book| {
            book.execute("DELETE FROM sessions WHERE token_hash = ?1", [token_hash.as_slice()])?;
            Ok(())
        })
        .await
    }

    /// Ends a guest's sessions, apart from the one with which she asks for it.
    pub(crate) async fn end_other_sessions(
        &self,
        subject: &str,
        own: Option<[u8; 32]>,
    ) -> Result<(), No> {
        let subject = subject.to_owned();
        self.write(move |book| {
            let own = own.as_ref().map(<[u8; 32]>::as_slice);
            book.execute(
                "DELETE FROM sessions WHERE door = 'guest' AND who = ?1 AND token_hash IS NOT ?2",
                params![subject, own],
            )?;
            Ok(())
        })
        .await
    }
}
