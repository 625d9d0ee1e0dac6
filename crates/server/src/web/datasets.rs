//! `/datasets`: what is published of anonymously and pseudonymously processed information (Rules 36, 37;
//! Act 41(4)), drawn from the records of each set.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use datasets::{Label, Provision, Told, told};
use maud::{Markup, html};
use policy::record::DatasetKind;
use policy::{Document, Language};

use super::frame::{Frame, frame};
use super::policy::{Asked, language};
use super::trouble::Trouble;
use super::urls;
use crate::acts::dataset::{self, spoken};
use crate::app::App;
use crate::error::Error;
use crate::words;

/// What is published of one set.
fn of(published: &dataset::Told, document: &Document, language: Language) -> Result<Told, Error> {
    let made = &published.made;
    let shown = published.manifest()?.items();
    let purpose = match made.kind {
        DatasetKind::Anonymised => None,
        // Its purpose may be another than that of its source, and is published (Act 41(4)).
        DatasetKind::Pseudonymised => {
            document.purposes.get(&made.purpose).map(|purpose| purpose.label.get(language))
        }
    };
    let provided = published.provided.iter().filter(|_| made.kind == DatasetKind::Anonymised);
    let provisions: Vec<Provision> = provided
        .map(|(_, provided)| {
            let (ja, en) = provided.method.clone();
            Provision { method: Label { ja, en } }
        })
        .collect();
    let who = document.controller.name.get(language);
    Ok(told(dataset::kind(made.kind), who, &shown, purpose, &provisions, spoken(language)))
}

fn section(at: jiff::Timestamp, told: &Told, language: Language) -> Markup {
    let day = words::day(policy::calendar::calendar_day(at), language);
    html! {
        section {
            h2 { (told.title) }
            p.since { (match language { Language::Ja => "作成日：", Language::En => "Made on " }) (day) }
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
    let told = published.iter().map(|one| Ok((one.at, of(one, &document, language)?)));
    let told = told.collect::<Result<Vec<_>, Error>>()?;
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
        @if told.is_empty() { p { (none) } }
        @for (at, told) in &told { (section(*at, told, language)) }
    };
    let public_url = Some(app.public_url());
    let page = frame(&Frame { title, language, path: urls::DATASETS, public_url, body });
    let headers = [(header::CACHE_CONTROL, "no-cache"), (header::VARY, "Accept-Language")];
    Ok((headers, page).into_response())
}
