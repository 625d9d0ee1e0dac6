//! Who works for a store, and who runs the stores: logins with the verifiers of their passwords and the
//! sealed secrets of their codes. Somebody comes in by an invitation that is taken up once, and whoever lost
//! a factor is invited anew.

use jiff::{Timestamp, ToSpan};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::sessions::Door;
use super::stores::Store;
use super::{Book, No, moment, stores};
use crate::totp::Totp;

/// How long an invitation is good, in hours.
const INVITED_HOURS: i64 = 72;

/// What somebody is there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Post {
    /// Runs the stores.
    Operator,
    /// Works for a store; a manager also says who else does.
    Store { slug: String, manager: bool },
}

impl Post {
    /// The door that this post comes in by.
    pub(crate) fn door(&self) -> Door {
        match self {
            Self::Operator => Door::Operator,
            Self::Store { .. } => Door::Staff,
        }
    }

    fn columns(&self) -> (Option<&str>, bool) {
        match self {
            Self::Operator => (None, false),
            Self::Store { slug, manager } => (Some(slug), *manager),
        }
    }
}

/// Somebody with a login.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) login: String,
    pub(crate) post: Post,
    /// Until when the invitation is good, of somebody who has not taken it up.
    pub(crate) invited_until: Option<Timestamp>,
}

impl Member {
    /// Whether she says who else works for the store.
    pub(crate) fn is_manager(&self) -> bool {
        matches!(self.post, Post::Store { manager: true, .. })
    }
}

/// What a login has to be shown.
pub(crate) struct Factors {
    pub(crate) verifier: String,
    pub(crate) totp: Totp,
    /// The step of the last code that was used.
    pub(crate) step: i64,
}

/// An invitation that is good.
pub(crate) struct Invited {
    pub(crate) login: String,
    pub(crate) post: Post,
    pub(crate) totp: Totp,
}

fn post(row: &Row<'_>) -> rusqlite::Result<Post> {
    let manager = row.get("manager")?;
    let slug: Option<String> = row.get("store")?;
    Ok(slug.map_or(Post::Operator, |slug| Post::Store { slug, manager }))
}

fn member(row: &Row<'_>) -> rusqlite::Result<Member> {
    let invited: Option<i64> = row.get("invited_until")?;
    Ok(Member {
        login: row.get("login")?,
        post: post(row)?,
        invited_until: invited.map(|_| moment(row, "invited_until")).transpose()?,
    })
}

/// What the secret of a login's codes is sealed for.
fn place(login: &str) -> String {
    format!("totp {login}")
}

/// Whoever is signed in under a login is so no longer, and no passkey opens it.
fn shut_out(book: &Connection, login: &str) -> rusqlite::Result<()> {
    book.execute("DELETE FROM sessions WHERE who = ?1 AND door <> 'guest'", [login])?;
    book.execute("DELETE FROM passkeys WHERE who = ?1 AND door <> 'guest'", [login]).map(drop)
}

impl Book {
    /// Invites somebody: who has a login already begins anew, and nothing of before opens any more.
    ///
    /// # Errors
    /// [`No::Already`] when the login is somebody's with another post; [`No::Gone`] without the store.
    pub(crate) async fn invite(
        &self,
        login: &str,
        post: Post,
        invitation: [u8; 32],
        now: Timestamp,
    ) -> Result<(), No> {
        let (sealed, login) =
            (self.seal.seal(&place(login), Totp::draw()?.bytes())?, login.to_owned());
        self.write(move |book| {
            let (store, manager) = post.columns();
            if let Some(slug) = store {
                stores::get(book, slug)?.ok_or(No::Gone)?;
            }
            shut_out(book, &login)?;
            let kept = book.execute(
                "INSERT INTO staff VALUES (:login, :store, :manager, NULL, :totp, 0, :invitation, :until)
                 ON CONFLICT (login) DO UPDATE SET (verifier, totp, step, invitation, invited_until)
                    = (NULL, :totp, 0, :invitation, :until)
                 WHERE store IS :store AND manager = :manager",
                named_params! {
                    ":login": login, ":store": store, ":manager": manager, ":totp": sealed,
                    ":invitation": invitation.as_slice(),
                    ":until": (now + INVITED_HOURS.hours()).as_second(),
                },
            )?;
            if kept == 1 { Ok(()) } else { Err(No::Already(login)) }
        })
        .await
    }

    /// The invitation with this hash, while it is good.
    pub(crate) async fn invited(
        &self,
        invitation: [u8; 32],
        now: Timestamp,
    ) -> anyhow::Result<Option<Invited>> {
        let found = self
            .read(move |book| {
                book.prepare_cached(
                    "SELECT * FROM staff WHERE invitation = ?1 AND invited_until > ?2",
                )?
                .query_row(params![invitation.as_slice(), now.as_second()], |row| {
                    Ok((member(row)?, row.get::<_, Vec<u8>>("totp")?))
                })
                .optional()
            })
            .await?;
        let Some((Member { login, post, .. }, sealed)) = found else { return Ok(None) };
        let totp = self.totp(&login, &sealed)?;
        Ok(Some(Invited { login, post, totp }))
    }

    fn totp(&self, login: &str, sealed: &[u8]) -> anyhow::Result<Totp> {
        let bytes = self.seal.unseal(&place(login), sealed)?;
        Totp::from_bytes(&bytes)
            .ok_or_else(|| anyhow::anyhow!("the secret of `{login}` is damaged"))
    }

    /// Takes an invitation up with a password; `step` is that of the code that was shown.
    ///
    /// # Errors
    /// [`No::Gone`] when it is not good any more.
    pub(crate) async fn take_up(
        &self,
        invitation: [u8; 32],
        verifier: String,
        step: i64,
        now: Timestamp,
    ) -> Result<(), No> {
        self.write(move |book| {
            let taken = book.execute(
                "UPDATE staff SET verifier = ?2, step = ?3, invitation = NULL, invited_until = NULL
                 WHERE invitation = ?1 AND invited_until > ?4",
                params![invitation.as_slice(), verifier, step, now.as_second()],
            )?;
            if taken == 1 { Ok(()) } else { Err(No::Gone) }
        })
        .await
    }

    /// What a login at a door has to be shown; `None` when nobody may come in by it.
    pub(crate) async fn factors(&self, door: Door, login: &str) -> anyhow::Result<Option<Factors>> {
        let name = login.to_owned();
        let found = self
            .read(move |book| {
                book.prepare_cached(
                    "SELECT verifier, totp, step FROM staff
                     WHERE login = ?1 AND verifier IS NOT NULL AND (store IS NULL) = ?2",
                )?
                .query_row(params![name, door == Door::Operator], |row| {
                    Ok((row.get("verifier")?, row.get::<_, Vec<u8>>("totp")?, row.get("step")?))
                })
                .optional()
            })
            .await?;
        let Some((verifier, sealed, step)) = found else { return Ok(None) };
        Ok(Some(Factors { verifier, totp: self.totp(login, &sealed)?, step }))
    }

    /// A code was shown with the password of this verifier: it is used.
    ///
    /// # Errors
    /// [`No::Gone`] when it was used before, or the login was ended or invited anew meanwhile.
    pub(crate) async fn use_code(
        &self,
        login: &str,
        verifier: String,
        step: i64,
    ) -> Result<(), No> {
        let login = login.to_owned();
        self.write(move |book| {
            let used = book.execute(
                "UPDATE staff SET step = ?3 WHERE login = ?1 AND verifier = ?2 AND step < ?3",
                params![login, verifier, step],
            )?;
            if used == 1 { Ok(()) } else { Err(No::Gone) }
        })
        .await
    }

    /// Everybody of a store, or everybody who runs the stores, by login.
    pub(crate) async fn staff(&self, store: Option<&str>) -> anyhow::Result<Vec<Member>> {
        let store = store.map(str::to_owned);
        self.read(move |book| {
            book.prepare_cached("SELECT * FROM staff WHERE store IS ?1 ORDER BY login")?
                .query_map([store], member)?
                .collect()
        })
        .await
    }

    /// Somebody of a store comes in no more, and is out at once.
    ///
    /// # Errors
    /// [`No::Gone`] when the store has nobody of that login.
    pub(crate) async fn end_staff(&self, login: &str, store: &str) -> Result<(), No> {
        let (login, store) = (login.to_owned(), store.to_owned());
        self.write(move |book| {
            let ended = book
                .execute("DELETE FROM staff WHERE login = ?1 AND store = ?2", [&login, &store])?;
            if ended == 0 {
                return Err(No::Gone);
            }
            shut_out(book, &login)?;
            Ok(())
        })
        .await
    }

    /// Who has a login.
    pub(crate) async fn member(&self, login: &str) -> anyhow::Result<Option<Member>> {
        let login = login.to_owned();
        self.read(move |book| {
            book.prepare_cached("SELECT * FROM staff WHERE login = ?1")?
                .query_row([login], member)
                .optional()
        })
        .await
    }

    /// The store a login works for, and whether it manages it.
    pub(crate) async fn store_of(&self, login: &str) -> anyhow::Result<Option<(Store, bool)>> {
        let login = login.to_owned();
        self.read(move |book| {
            let found = book
                .prepare_cached("SELECT * FROM staff WHERE login = ?1")?
                .query_row([login], post)
                .optional()?;
            let Some(Post::Store { slug, manager }) = found else { return Ok(None) };
            Ok(stores::get(book, &slug)?.map(|store| (store, manager)))
        })
        .await
    }
}
