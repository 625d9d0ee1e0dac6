//! `/datasets`: what is published of anonymously and pseudonymously processed information (Rules 36, 37;
//! Act 41(4)), drawn from the records of each set.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use datasets::{Label, Provision, Shown, Told, told};
use jiff::Timestamp;
use maud::{Markup, html};
use policy::record::{DatasetKind, DatasetProvided};
use policy::{Document, Language, PurposeName};

use super::frame::{Frame, frame};
use super::policy::{Asked, language};
use super::trouble::Trouble;
use super::urls;
use crate::acts::dataset::{self, spoken};
use crate::app::App;
use crate::error::Error;
use crate::words;

/// A data set as it is published, or would be.
pub(super) struct Public {
    /// When it was made.
    pub(super) at: Timestamp,
    /// What it is called.
    pub(super) name: policy::Label,
    /// What it is.
    pub(super) kind: DatasetKind,
    /// What for.
    pub(super) purpose: PurposeName,
    /// What is in it.
    pub(super) items: Vec<Shown>,
    /// How it is provided.
    pub(super) methods: Vec<Label>,
}

impl Public {
    /// As the records of a set tell of it.
    ///
    /// # Errors
    /// When a record is not of this version.
    pub(super) fn of(told: &dataset::Told) -> Result<Self, Error> {
        let method = |(_, provided): &(Timestamp, DatasetProvided)| {
            let (ja, en) = provided.method.clone();
            Label { ja, en }
        };
        Ok(Self {
            at: told.at,
            name: told.made.name.clone(),
            kind: told.made.kind,
            purpose: told.made.purpose.clone(),
            items: told.manifest()?.items(),
            methods: told.provided.iter().map(method).collect(),
        })
    }

    fn told(&self, document: &Document, language: Language) -> Told {
        let purpose = match self.kind {
            DatasetKind::Anonymised => None,
            // Its purpose may be another than that of its source, and is published (Act 41(4)).
            DatasetKind::Pseudonymised => {
                document.purposes.get(&self.purpose).map(|purpose| purpose.label.get(language))
            }
        };
        let provided = self.methods.iter().filter(|_| self.kind == DatasetKind::Anonymised);
        let provisions: Vec<Provision> =
            provided.map(|method| Provision { method: method.clone() }).collect();
        let who = document.controller.name.get(language);
        told(dataset::kind(self.kind), who, &self.items, purpose, &provisions, spoken(language))
    }

    /// What anybody reads of it.
    pub(super) fn draw(&self, document: &Document, language: Language) -> Markup {
        let told = self.told(document, language);
        let day = words::day(policy::calendar::calendar_day(self.at), language);
        html! {
            section {
                h2 { (self.name.get(language)) }
                p.since { (told.title) (match language { Language::Ja => "。作成日：", Language::En => ". Made on " }) (day) }
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
    let published = published.iter().map(Public::of).collect::<Result<Vec<_>, Error>>()?;
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
        @for set in &published { (set.draw(&document, language)) }
    };
    let public_url = Some(app.public_url());
    let page = frame(&Frame { title, language, path: urls::DATASETS, public_url, body });
    let headers = [(header::CACHE_CONTROL, "no-cache"), (header::VARY, "Accept-Language")];
    Ok((headers, page).into_response())
}
