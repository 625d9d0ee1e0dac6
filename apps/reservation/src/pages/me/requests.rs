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
        p class="lead" { (words.hers.requests_lead) }
        div class="sheet room" {
            dl class="flow" {
                @for (what, told) in [
                    (words.hers.request_see, words.hers.request_see_told),
                    (words.hers.request_correct, words.hers.request_correct_told),
                    (words.hers.request_stop, words.hers.request_stop_told),
                    (words.hers.request_erase, words.hers.request_erase_told),
                ] {
                    div { dt { strong { (what) } } dd class="soft" { (told) } }
                }
            }
            p class="actions" {
                a class="button" href=(house("/requests")) { (words.hers.request_begin) }
                a href=(house("/policy")) { (words.finding.read_the_policy) }
            }
        }
        p class="hint" {
            ((words.hers.request_desk)(policy.controller.desk.name.get(language))) " "
            a href={ "mailto:" (policy.controller.desk.email) } { (policy.controller.desk.email) }
        }
    };
    Ok(draw(&reader, Room::Requests, words.hers.room_requests, &nothing(), &body))
}
