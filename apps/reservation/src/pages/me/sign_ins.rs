//! Who tried to sign in as her, when and how: so that she sees a try that was not hers.

use axum::extract::State;
use maud::{Markup, html};

use super::{Room, draw};
use crate::app::{Reader, Shared};
use crate::azukari::{SignIn, Trouble};
use crate::fault::Fault;
use crate::pages::Guest;
use crate::pages::parts::{moment, nothing, reasons};
use crate::when;

pub(in crate::pages) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let (tries, refused) = match app.azukari.sign_ins(&caller.who).await {
        Ok(tries) => (tries, Vec::new()),
        Err(Trouble::Refused(found)) => (Vec::new(), reasons(&found, words)),
        Err(trouble) => return Err(Fault::of_guest(trouble)),
    };
    let body = html! {
        p class="lead" { (words.hers.sign_ins_lead) }
        @for reason in &refused { p class="notice alert" { (reason) } }
        @if tries.is_empty() && refused.is_empty() { p class="sheet" { (words.hers.no_sign_ins) } }
        ol class="rows" { @for one in &tries { (row(one, &reader)) } }
    };
    Ok(draw(&reader, Room::SignIns, words.hers.room_sign_ins, &nothing(), &body))
}

fn row(one: &SignIn, reader: &Reader) -> Markup {
    let words = reader.words;
    let means = match one.means.as_str() {
        "password" => words.frame.password,
        "code" => words.hers.by_code,
        "passkey" => words.hers.by_passkey,
        _ => words.hers.by_link,
    };
    let device = one.device.as_deref().map(|device| match device {
        "phone" => words.hers.device_phone,
        "tablet" => words.hers.device_tablet,
        "computer" => words.hers.device_computer,
        _ => words.hers.device_other,
    });
    html! {
        li {
            (moment(one.at, &when::date_and_time(one.at, reader.language)))
            @if one.succeeded { span class="tag good" { (words.hers.signed_in) } }
            @else { span class="tag refused" { (words.hers.not_signed_in) } }
            span class="soft" {
                (means) @if let Some(device) = device { " · " (device) }
            }
        }
    }
}
