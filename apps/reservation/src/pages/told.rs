//! Azukari tells of accounts that were closed elsewhere (decision 0023, `account.closed`). What such a message says
//! is not believed but asked: whoever sends one brings about what Azukari says is so, and learns nothing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::Shared;
use crate::azukari::Trouble;

/// An event, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct Event {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    subject: Option<String>,
}

/// Ends what opens the account of a guest who is there no longer.
pub(super) async fn hear(State(app): State<Shared>, Json(event): Json<Event>) -> StatusCode {
    let Some(subject) = event.data.subject else { return StatusCode::NO_CONTENT };
    let done = async {
        // Only who has something here is asked about.
        if !app.book.can_come_in(&subject).await? {
            return anyhow::Ok(StatusCode::NO_CONTENT);
        }
        match app.azukari.held_items(&subject).await {
            Ok(_) => Ok(StatusCode::NO_CONTENT),
            Err(Trouble::NotFound) => {
                app.book.guest_left(&subject).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            // Told again later.
            Err(_) => Ok(StatusCode::SERVICE_UNAVAILABLE),
        }
    };
    done.await.unwrap_or_else(|error| {
        tracing::error!("what a closed account leaves is not gone yet: {error:#}");
        StatusCode::SERVICE_UNAVAILABLE
    })
}
