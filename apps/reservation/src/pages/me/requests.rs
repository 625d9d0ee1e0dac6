//! Where she asks to see, correct, stop or erase: Azukari's own pages take requests; here is the way.

use axum::extract::State;
use maud::{Markup, html};

use super::{Room, draw};
use crate::app::{Reader, Shared};
use crate::fault::Fault;
use crate::pages::Guest;
use crate::pages::parts::nothing;

pub(in crate::pages) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(_): Guest,
) -> Result<Markup, Fault> {
    let (words, language) = (reader.words, reader.language);
    let policy = app.azukari.policy().await?;
    let house = |path: &str| format!("{}{path}?lang={}", app.public_azukari, language.tag());
    let body = html! {
        p class="lead" { (words.requests_lead) }
        div class="sheet room" {
            dl class="flow" {
                @for (what, told) in [
                    (words.request_see, words.request_see_told),
                    (words.request_correct, words.request_correct_told),
                    (words.request_stop, words.request_stop_told),
                    (words.request_erase, words.request_erase_told),
                ] {
                    div { dt { strong { (what) } } dd class="soft" { (told) } }
                }
            }
            p class="actions" {
                a class="button" href=(house("/requests")) { (words.request_begin) }
                a href=(house("/policy")) { (words.read_the_policy) }
            }
        }
        p class="hint" {
            ((words.request_desk)(policy.controller.desk.name.get(language))) " "
            a href={ "mailto:" (policy.controller.desk.email) } { (policy.controller.desk.email) }
        }
    };
    Ok(draw(&reader, Room::Requests, words.room_requests, &nothing(), &body))
}
