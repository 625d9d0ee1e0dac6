//! `/desk/datasets`: every data set that was made, drawn from the records, and the way to another one.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use policy::{Document, Language};

use super::words;
use crate::acts::dataset::{self, Told};
use crate::web::desk::page::{Room, page};
use crate::web::desk::requests::disclosed::purpose;
use crate::web::desk::requests::words::Say;
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::{Desk, urls};
use crate::web::urls as open;

/// The page.
pub(super) async fn page_of(State(desk): State<Desk>, staff: Staff) -> Result<Response, Trouble> {
    let sets = dataset::all(&desk.app).await?;
    let document = desk.app.policy();
    let language = staff.language;
    let say = Say(language);
    let on_its_way = desk.preparations.with(&desk.app, &staff, |_| ()).is_some();
    let body = html! {
        p {
            (say.of("匿名加工情報と仮名加工情報を作成し、提供し、消去します。項目は",
                    "Anonymised and pseudonymised data sets are made, provided and erased here. Their items are "))
            a href={ (open::DATASETS) "?lang=" (language.tag()) } { (say.of("公表のページ", "published")) }
            (say.of("に載ります。", "."))
        }
        p.do {
            a.button href=(urls::NEW_DATASET) { (say.of("作成する", "Make one")) }
            @if on_its_way { " " a href=(urls::DATASET_PREPARATION) { (say.of("途中のものの続きへ", "Go on with the one on its way")) } }
        }
        @if sets.is_empty() {
            p { (say.of("まだありません。", "There is none yet.")) }
        } @else {
            table.stacks.sets {
                thead { tr {
                    th scope="col" { (say.of("名前", "Name")) }
                    th scope="col" { (say.of("作成日時", "Made")) }
                    th scope="col" { (say.of("種類", "Kind")) }
                    th scope="col" { (say.of("利用目的", "What for")) }
                    th.count scope="col" { (say.of("行", "Rows")) }
                    th scope="col" { (say.of("状態", "Standing")) }
                } }
                tbody { @for set in &sets { (line(set, &document, language)) } }
            }
        }
    };
    let title = say.of("データセット", "Data sets");
    Ok(page(&staff, Some(Room::Datasets), title, &body).into_response())
}

fn line(set: &Told, document: &Document, language: Language) -> Markup {
    let say = Say(language);
    let made = &set.made;
    let at = crate::words::moment(set.at, language);
    let name = made.name.get(language);
    let provided = set.provided.len();
    html! {
        tr {
            td {
                @if set.ended_at.is_none() { a href={ (urls::DATASETS) "/" (made.dataset) } { (name) } } @else { (name) }
            }
            td data-label=(say.of("作成日時", "Made")) { (at) }
            td data-label=(say.of("種類", "Kind")) { (words::kind(made.kind, language)) }
            td data-label=(say.of("利用目的", "What for")) { (purpose(&made.purpose, document, language)) }
            td.count data-label=(say.of("行", "Rows")) { (words::count(made.rows)) }
            td data-label=(say.of("状態", "Standing")) {
                @if set.ended_at.is_some() { (say.of("消去済み", "erased")) } @else { (say.of("保管中", "kept")) }
                @if provided > 0 {
                    @match language { Language::Ja => { "、提供" (provided) "件" } Language::En => { ", provided " (provided) "×" } }
                }
            }
        }
    }
}
