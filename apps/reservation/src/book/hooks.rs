//! Where a store's own system is told of its bookings, and what is still to be told. The database writes a
//! message down itself, in the act that it is about (`schema.sql`), so none is forgotten and none is made up.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{Book, No, moment};

/// How long what was given up is kept, in days.
const KEPT_DAYS: i64 = 30;

/// Where messages of a store go.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) made_at: Timestamp,
    /// Messages on their way.
    pub(crate) waiting: u32,
    /// Messages that nobody took.
    pub(crate) given_up: u32,
}

/// A message on its way.
pub(crate) struct Message {
    /// The same at every try.
    pub(crate) id: String,
    pub(crate) store: String,
    pub(crate) url: String,
    pub(crate) secret: Vec<u8>,
    pub(crate) event: String,
    pub(crate) booking: String,
    pub(crate) at: Timestamp,
    /// How often it was tried.
    pub(crate) tries: u32,
}

/// What a secret is sealed for.
fn place(store: &str) -> String {
    format!("webhook {store}")
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get("id")?,
        store: row.get("store")?,
        url: row.get("url")?,
        secret: row.get("secret")?,
        event: row.get("event")?,
        booking: row.get("booking")?,
        at: moment(row, "at")?,
        tries: row.get("tries")?,
    })
}

impl Book {
    /// Messages of a store go there from now on, those too that nobody took.
    ///
    /// # Errors
    /// [`No::Gone`] without the store.
    pub(crate) async fn put_webhook(
        &self,
        store: &str,
        url: &str,
        secret: &[u8],
        now: Timestamp,
    ) -> Result<(), No> {
        let sealed = self.seal.seal(&place(store), secret)?;
        let (store, url) = (store.to_owned(), url.to_owned());
        self.write(move |book| {
            super::stores::get(book, &store)?.ok_or(No::Gone)?;
            book.execute(
                "INSERT INTO webhooks VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET (url, secret, made_at) = (?2, ?3, ?4)",
                params![store, url, sealed, now.as_second()],
            )?;
            book.execute(
                "UPDATE outbox SET tries = 0, next_at = ?2 WHERE store = ?1",
                params![store, now.as_second()],
            )?;
            Ok(())
        })
        .await
    }

    /// Nothing is told to a store's own system any more; what was on its way is forgotten.
    pub(crate) async fn end_webhook(&self, store: &str) -> Result<(), No> {
        let store = store.to_owned();
        self.write(move |book| {
            book.execute("DELETE FROM webhooks WHERE store = ?1", [store])?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn webhook(&self, store: &str) -> anyhow::Result<Option<Webhook>> {
        let store = store.to_owned();
        self.read(move |book| {
            book.prepare_cached(
                "SELECT *, (SELECT count(*) FROM outbox WHERE outbox.store = webhooks.store
                        AND next_at IS NOT NULL) AS waiting,
                    (SELECT count(*) FROM outbox WHERE outbox.store = webhooks.store
                        AND next_at IS NULL) AS given_up
                 FROM webhooks WHERE store = ?1",
            )?
            .query_row([store], |row| {
                Ok(Webhook {
                    url: row.get("url")?,
                    made_at: moment(row, "made_at")?,
                    waiting: row.get("waiting")?,
                    given_up: row.get("given_up")?,
                })
            })
            .optional()
        })
        .await
    }

    /// What is due, the longest due first.
    pub(crate) async fn messages_due(&self, now: Timestamp) -> anyhow::Result<Vec<Message>> {
        let mut due = self
            .read(move |book| {
                book.prepare_cached(
                    "SELECT outbox.*, url, secret FROM outbox JOIN webhooks USING (store)
                     WHERE next_at <= ?1 ORDER BY next_at, outbox.rowid LIMIT 64",
                )?
                .query_map([now.as_second()], message)?
                .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        for message in &mut due {
            message.secret = self.seal.unseal(&place(&message.store), &message.secret)?;
        }
        Ok(due)
    }

    /// A message was taken.
    pub(crate) async fn message_taken(&self, id: &str) -> Result<(), No> {
        let id = id.to_owned();
        self.write(move |book| {
            book.execute("DELETE FROM outbox WHERE id = ?1", [id])?;
            Ok(())
        })
        .await
    }

    /// A message was not taken: it is tried again then, or given up.
    pub(crate) async fn message_not_taken(
        &self,
        id: &str,
        again_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), No> {
        let id = id.to_owned();
        self.write(move |book| {
            book.execute(
                "UPDATE outbox SET tries = tries + 1, next_at = ?2 WHERE id = ?1",
                params![id, again_at.map(Timestamp::as_second)],
            )?;
            book.execute(
                "DELETE FROM outbox WHERE next_at IS NULL AND at < ?1",
                [now.as_second() - KEPT_DAYS * 86_400],
            )?;
            Ok(())
        })
        .await
    }
}
