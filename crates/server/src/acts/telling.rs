//! People are told of a version by letter, where its plan promises so: some hundred letters at a time
//! are put into the outbox after it took effect, in the order of ids, and how far that has come is
//! kept with the version.

use std::sync::Arc;

use policy::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::publish::Step;
use crate::app::App;
use crate::error::Error;
use crate::letter::Letter;
use crate::once::random;
use crate::outbox::{self, Message};
use crate::store::{Conn, DbError, Tx, consents, policies, subjects};

/// Letters put at once.
const BATCH: i64 = 200;

/// How far people have been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Told {
    /// Letters put so far.
    pub told: i64,
    /// Those, and the people who are still to be told.
    pub of: i64,
}

/// How far people have been told of a version; `None` where its plan promises no letters.
///
/// # Errors
/// When the database does not answer.
pub async fn progress(app: &App, step: &Step<'_>) -> Result<Option<Told>, Error> {
    if !step.promises().map_err(|error| anyhow::anyhow!(error))?.letters {
        return Ok(None);
    }
    let (version, before) = (step.row.version.clone(), step.row.effective_at);
    let told = app.store.read(move |conn| far(conn, &version, before)).await?;
    Ok(Some(told))
}

/// How far people have been told of a version.
pub fn far(conn: &mut Conn, version: &str, before: i64) -> Result<Told, DbError> {
    let (up_to, told) = policies::telling(conn, version)?;
    Ok(Told { told, of: told + subjects::count_after(conn, &up_to, before)? })
}

/// Puts the next letters of the versions in force that promise them; tells how many.
///
/// # Errors
/// When the database does not take it; the next round goes on where this one stopped.
pub async fn tell_more(app: &Arc<App>) -> Result<i64, Error> {
    let mut put = 0;
    for (version, before) in app.rules().letters.clone() {
        let is_left = app
            .store
            .read(move |conn| {
                let (up_to, _) = policies::telling(conn, &version.to_string())?;
                Ok::<_, Error>(!subjects::after(conn, &up_to, before, 1)?.is_empty())
            })
            .await?;
        if !is_left {
            continue;
        }
        let now = app.clock.now();
        let keeper = Arc::clone(app);
        let ids: Vec<[u8; 16]> = (0..BATCH)
            .map(|_| {
                let mut id = [0; 16];
                random(&mut id).map(|()| id)
            })
            .collect::<Result<_, _>>()?;
        put += app
            .store
            .write(move |tx: &mut Tx<'_>| {
                let text = version.to_string();
                let (up_to, told) = policies::telling(tx, &text)?;
                let people = subjects::after(tx, &up_to, before, BATCH)?;
                for (subject, id) in people.iter().zip(&ids) {
                    // In the language she answered in last.
                    let mut answers = consents::all(tx, *subject)?;
                    answers.sort_by_key(|(fact, _)| fact.at);
                    let language = answers.last().and_then(|(_, tag)| Language::parse(tag));
                    let language = language.unwrap_or(Language::ALL[0]);
                    let letter = Letter::PolicyChanged { version, language };
                    let message = Message::Letter { subject: *subject, letter };
                    outbox::put(&keeper.keys, tx, *id, &message, now)?;
                }
                let count = i64::try_from(people.len()).unwrap_or(BATCH);
                if let Some(last) = people.last() {
                    policies::told(tx, &text, &last.0, told + count);
                }
                Ok::<_, Error>(count)
            })
            .await?;
    }
    Ok(put)
}
