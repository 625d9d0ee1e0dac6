//! `/datasets`: what is published of anonymously and pseudonymously processed information (Rules 36, 37;
//! Act 41(4)), drawn from the records of each set.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use datasets::{Kind, Label, Provision, Shown, Told, told};
use maud::{Markup, html};
use policy::record::DatasetKind;
use policy::{Document, Language};

use super::frame::{Frame, frame};
use super::policy::{Asked, language};
use super::trouble::Trouble;
use super::urls;
use crate::acts::dataset::{self, Published, spoken};
use crate::app::App;
use crate::words;

/// What is published of one set.
fn of(published: &Published, document: &Document, language: Language) -> Told {
    let made = &published.made;
    let label = |item: &policy::ItemName| {
        document.items.get(item).map_or_else(
            || Label { ja: item.to_string(), en: item.to_string() },
            |item| Label { ja: item.label.ja.clone(), en: item.label.en.clone() },
        )
    };
    let shown: Vec<Shown> = made
        .items
        .iter()
        .map(|item| Shown { column: item.to_string(), label: label(item) })
        .collect();
    let provisions: Vec<Provision> = published
        .provided
        .iter()
        .map(|provided| {
            let (ja, en) = provided.method.clone();
            Provision { method: Label { ja, en } }
        })
        .collect();
    let (kind, purpose) = match made.kind {
        DatasetKind::Anonymised => (Kind::Anonymised, None),
        // Its purpose may be another than that of its source, and is published (Act 41(4)).
        DatasetKind::Pseudonymised => {
            let purpose = document.purposes.get(&made.purpose);
            (Kind::Pseudonymised, purpose.map(|purpose| purpose.label.get(language)))
        }
    };
    let provisions = if kind == Kind::Anonymised { provisions } else { Vec::new() };
    let who = document.controller.name.get(language);
    told(kind, who, &shown, purpose, &provisions, spoken(language))
}

fn section(published: &Published, document: &Document, language: Language) -> Markup {
    let told = of(published, document, language);
    let day = words::moment(published.at, language);
    html! {
        section {
            h2 { (told.title) }
            p.since { (match language { Language::Ja => "作成日時：", Language::En => "Made " }) (day) }
            @for says in &told.says { p { (says) } }
            h3 { (told.items_heading) }
            ul { @for item in &told.items { li { (item) } } }
            @for (heading, text) in &told.more {
                h3 { (heading) }
                p { (text) }
            }
        }
    }
}

/// The page.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    sent: HeaderMap,
) -> Result<Response, Trouble> {
    let language = language(&asked, &sent);
    let published = dataset::published(&app).await?;
    let document = app.policy();
    let (title, none) = match language {
        Language::Ja => (
            "匿名加工情報と仮名加工情報に関する公表",
            "現在、公表する匿名加工情報と仮名加工情報はありません。",
        ),
        Language::En => (
            "Anonymously and pseudonymously processed information",
            "There is none to be published at present.",
        ),
    };
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
        }
        @if published.is_empty() { p { (none) } }
        @for one in &published { (section(one, &document, language)) }
    };
    let public_url = Some(app.public_url());
    let page = frame(&Frame { title, language, path: urls::DATASETS, public_url, body });
    let headers = [(header::CACHE_CONTROL, "no-cache"), (header::VARY, "Accept-Language")];
    Ok((headers, page).into_response())
}
