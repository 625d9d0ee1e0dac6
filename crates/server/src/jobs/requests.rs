//! Looks at the requests whose moment has come: an identity that was not shown, a fee that was not paid,
//! papers, an answer that is no longer open, a request whose time of keeping is over.

use std::collections::HashSet;
use std::sync::Arc;

use crate::acts::request::handle;
use crate::app::App;
use crate::error::Error;
use crate::store::requests;

/// Requests looked at between two reads.
const PAGE: i64 = 64;

/// Looks at every request that has to be looked at now; says how many something was done for.
///
/// # Errors
/// When the database does not take it; what was done until then stays done.
pub async fn round(app: &Arc<App>) -> Result<u64, Error> {
    let mut done = 0;
    let mut seen = HashSet::new();
    loop {
        let now = app.clock.now().as_millisecond();
        let limit = PAGE.saturating_add(i64::try_from(seen.len()).unwrap_or(PAGE));
        let due = app
            .store
            .read(move |conn| Ok::<_, Error>(requests::to_look_at(conn, now, limit)?))
            .await?;
        // One that cannot be looked at stays due, and is tried again in the next round.
        let new: Vec<_> = due.into_iter().filter(|id| seen.insert(*id)).collect();
        if new.is_empty() {
            return Ok(done);
        }
        for id in new {
            match handle::look(app, id).await {
                Ok(changed) => done += u64::from(changed),
                Err(error) => {
                    tracing::error!(request = %id, %error, "a request is not looked at");
                }
            }
        }
    }
}
