//! `/desk`: what waits for the staff.

use axum::response::{IntoResponse, Response};
use maud::html;
use policy::Language;

use super::page::Room;
use super::session::Staff;

/// What waits.
pub(super) async fn page(staff: Staff) -> Response {
    let title = match staff.language {
        Language::Ja => "はじめに",
        Language::En => "Start",
    };
    super::page::page(&staff, Some(Room::Start), title, &html! {}).into_response()
}
