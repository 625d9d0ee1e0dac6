//! Files of a request: what came with it, such as an identity document (R8.6), and the answer for whoever
//! asked for it on paper (Act 33(1)). Each is opened by a button, because each look is on record.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::read_id;
use crate::acts::request::attached;
use crate::answer;
use crate::app::App;
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;

/// What a browser shows by itself; anything else is handed out as a file.
const SHOWN: [&str; 3] = ["image/jpeg", "image/png", "application/pdf"];

/// Hands out the answer, to be printed and sent by post.
pub(super) async fn print(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(request): Path<String>,
) -> Result<Response, Trouble> {
    let pdf = answer::printed(&app, read_id(&request)?, staff.id.to_string()).await?;
    let headers =
        [(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, "inline")];
    Ok((headers, pdf).into_response())
}

/// Hands out the attachment.
pub(super) async fn open(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path((request, attachment)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let id = read_id(&request)?;
    let file = attached::look(&app, id, attachment, staff.id.to_string()).await?;
    let known = SHOWN.into_iter().find(|known| *known == file.media_type);
    let (kind, shown) = match known {
        Some(known) => (known, "inline"),
        None => ("application/octet-stream", "attachment"),
    };
    // The name that the requester gave stays on the page: in a header it would be theirs to write.
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(shown)),
    ];
    Ok((headers, file.bytes).into_response())
}
