//! Passkeys: public keys and counters, by the door and whoever came in by it. They end with the account.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::sessions::{Caller, Door};
use super::{Book, No, moment};
use crate::passkey::{Handle, Passkey};

/// Passkeys of one account at most.
const MOST: u32 = 20;

/// A passkey as its owner sees it.
pub(crate) struct Known {
    /// Its place among the account's own.
    pub(crate) id: i64,
    pub(crate) made_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

fn passkey(row: &Row<'_>) -> rusqlite::Result<Passkey> {
    Ok(Passkey {
        id: row.get("id")?,
        handle: row.get("handle")?,
        public: row.get("public")?,
        state: row.get("state")?,
    })
}

impl Book {
    /// The passkeys of an account, the newest first.
    pub(crate) async fn passkeys(&self, door: Door, who: &str) -> anyhow::Result<Vec<Known>> {
        let who = who.to_owned();
        self.read(move |book| {
            book.prepare_cached(
                "SELECT rowid AS place, made_at, used_at FROM passkeys
                 WHERE door = ?1 AND who = ?2 ORDER BY rowid DESC",
            )?
            .query_map([door.word(), &who], |row| {
                let used: Option<i64> = row.get("used_at")?;
                Ok(Known {
                    id: row.get("place")?,
                    made_at: moment(row, "made_at")?,
                    used_at: used.map(|_| moment(row, "used_at")).transpose()?,
                })
            })?
            .collect()
        })
        .await
    }

    /// What authenticators know an account by, if it has passkeys, and their ids.
    pub(crate) async fn passkey_handle(
        &self,
        door: Door,
        who: &str,
    ) -> anyhow::Result<(Option<Handle>, Vec<Vec<u8>>)> {
        let who = who.to_owned();
        let kept: Vec<Passkey> = self
            .read(move |book| {
                book.prepare_cached("SELECT * FROM passkeys WHERE door = ?1 AND who = ?2")?
                    .query_map([door.word(), &who], passkey)?
                    .collect()
            })
            .await?;
        let handle = kept.first().map(|passkey| passkey.handle);
        Ok((handle, kept.into_iter().map(|passkey| passkey.id).collect()))
    }

    /// Keeps a new passkey of an account under a site's name.
    ///
    /// # Errors
    /// [`No::Already`] when it is somebody's already, or there are too many.
    pub(crate) async fn put_passkey(
        &self,
        door: Door,
        caller: Caller,
        site: &str,
        passkey: Passkey,
        now: Timestamp,
    ) -> Result<(), No> {
        let site = site.to_owned();
        self.write(move |book| {
            let Caller { who, regime } = caller;
            let there: u32 = book.query_row(
                "SELECT count(*) FROM passkeys WHERE door = ?1 AND who = ?2",
                [door.word(), &who],
                |row| row.get(0),
            )?;
            let Passkey { id, handle, public, state } = passkey;
            let kept = book.execute(
                "INSERT INTO passkeys SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL WHERE ?10 < ?11
                 ON CONFLICT DO NOTHING",
                params![
                    id,
                    door.word(),
                    who,
                    regime,
                    site,
                    handle,
                    public,
                    state,
                    now.as_second(),
                    there,
                    MOST
                ],
            )?;
            if kept == 1 { Ok(()) } else { Err(No::Already(who)) }
        })
        .await
    }

    /// The passkey with this id that opens a door under a site's name, and whose it is.
    pub(crate) async fn passkey(
        &self,
        door: Door,
        site: &str,
        id: Vec<u8>,
    ) -> anyhow::Result<Option<(Passkey, Caller)>> {
        let site = site.to_owned();
        self.read(move |book| {
            book.prepare_cached("SELECT * FROM passkeys WHERE id = ?1 AND door = ?2 AND site = ?3")?
                .query_row(params![id, door.word(), site], |row| {
                    let caller = Caller { who: row.get("who")?, regime: row.get("regime")? };
                    Ok((passkey(row)?, caller))
                })
                .optional()
        })
        .await
    }

    /// A passkey was used: its state is the new one.
    ///
    /// # Errors
    /// [`No::Gone`] when it was ended, or used by somebody else, meanwhile.
    pub(crate) async fn use_passkey(
        &self,
        passkey: Passkey,
        state: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), No> {
        self.write(move |book| {
            let used = book.execute(
                "UPDATE passkeys SET state = ?3, used_at = ?4 WHERE id = ?1 AND state = ?2",
                params![passkey.id, passkey.state, state, now.as_second()],
            )?;
            if used == 1 { Ok(()) } else { Err(No::Gone) }
        })
        .await
    }

    /// Ends one of an account's passkeys.
    pub(crate) async fn end_passkey(&self, door: Door, who: &str, id: i64) -> Result<(), No> {
        let who = who.to_owned();
        self.write(move |book| {
            book.execute(
                "DELETE FROM passkeys WHERE rowid = ?1 AND door = ?2 AND who = ?3",
                params![id, door.word(), who],
            )?;
            Ok(())
        })
        .await
    }

    /// Whether anything here opens a guest's account, or is about to.
    pub(crate) async fn can_come_in(&self, subject: &str) -> anyhow::Result<bool> {
        let subject = subject.to_owned();
        self.read(move |book| {
            book.query_row(
                "SELECT EXISTS (SELECT 1 FROM passkeys WHERE door = 'guest' AND who = ?1)
                 OR EXISTS (SELECT 1 FROM sessions WHERE door = 'guest' AND who = ?1)
                 OR EXISTS (SELECT 1 FROM codes WHERE subject = ?1)",
                [subject],
                |row| row.get(0),
            )
        })
        .await
    }

    /// A guest's account is closed: nothing opens it any more.
    pub(crate) async fn guest_left(&self, subject: &str) -> Result<(), No> {
        let subject = subject.to_owned();
        self.write(move |book| {
            for table in ["passkeys", "sessions"] {
                book.execute(
                    &format!("DELETE FROM {table} WHERE door = 'guest' AND who = ?1"),
                    [&subject],
                )?;
            }
            for table in ["codes", "letters"] {
                book.execute(&format!("DELETE FROM {table} WHERE subject = ?1"), [&subject])?;
            }
            Ok(())
        })
        .await
    }
}
