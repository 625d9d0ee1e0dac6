//! `/policy/versions`: every version of the policy with what it changed in plain words, and each
//! version as it was or will be.

use std::cmp::Ordering;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use policy::diff::Change;
use policy::{Document, Language, Version};

use super::frame::{Frame, frame};
use super::policy::{Asked, Banner, draw, language};
use super::trouble::Trouble;
use super::{feed, urls};
use crate::acts::publish::{self, Step};
use crate::app::App;
use crate::error::Error;
use crate::words;

/// How a version stands, in words.
fn standing(
    document: &Document,
    in_force: Version,
    effective_at: i64,
    language: Language,
) -> String {
    let from = Timestamp::from_millisecond(effective_at).unwrap_or_default();
    let from = words::moment(from, language);
    match (language, document.version.cmp(&in_force)) {
        (Language::Ja, Ordering::Less) => "現在は適用されていません".to_owned(),
        (Language::En, Ordering::Less) => "No longer in force".to_owned(),
        (Language::Ja, Ordering::Equal) => format!("{from}から適用中"),
        (Language::En, Ordering::Equal) => format!("In force since {from}"),
        (Language::Ja, Ordering::Greater) => format!("{from}から適用予定"),
        (Language::En, Ordering::Greater) => format!("In force from {from}"),
    }
}

/// What a version changed, as a list.
fn changes(changes: &[Change], first: bool, language: Language) -> Markup {
    let none = match (language, first) {
        (Language::Ja, true) => "最初の版です。",
        (Language::En, true) => "The first version.",
        (Language::Ja, false) => "内容に変更はありません。",
        (Language::En, false) => "Nothing in it has changed.",
    };
    html! {
        @if changes.is_empty() {
            p { (none) }
        } @else {
            ul { @for change in changes { li { (change.words.get(language)) } } }
        }
    }
}

fn headers() -> [(header::HeaderName, &'static str); 3] {
    [
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "Accept-Language"),
        (header::LINK, feed::LINKS),
    ]
}

/// The list.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    sent: HeaderMap,
) -> Result<Response, Trouble> {
    let language = language(&asked, &sent);
    let history = publish::history(&app).await?;
    let document = app.policy();
    let (title, what) = match language {
        Language::Ja => ("プライバシーポリシーの版の一覧", "変更の内容"),
        Language::En => ("Versions of the privacy policy", "What changed"),
    };
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
        }
        @for step in history.steps().rev() {
            @let version = &step.row.version;
            section id={ "v-" (version) } {
                h2 { a href={ (urls::VERSIONS) "/" (version) "?lang=" (language.tag()) } { (version) } }
                p.since {
                    (standing(step.document, document.version, step.row.effective_at, language))
                }
                h3 { (what) }
                (changes(&step.changes(), step.before.is_none(), language))
            }
        }
    };
    let public_url = Some(app.public_url());
    let page = frame(&Frame { title, language, path: urls::VERSIONS, public_url, body });
    Ok((headers(), page).into_response())
}

/// What a version promises, and in how many cases each promise was decided.
fn promises(proof: &str, language: Language) -> Markup {
    let proof: serde_json::Value = serde_json::from_str(proof).unwrap_or_default();
    let none = Vec::new();
    let all = proof["promises"].as_array().unwrap_or(&none);
    // Those that speak of nothing here would only be asked about.
    let held = || all.iter().filter(|promise| promise["outcome"] == "holds");
    let (cases, count) = (proof["cases"].as_u64().unwrap_or_default(), held().count());
    let (title, says) = match language {
        Language::Ja => (
            "この版の約束",
            format!(
                "公開の前に、ルールが区別できるすべての場合（{cases}通り）について、システムのルールが次の                 {count}の約束を守ることを確かめました。"
            ),
        ),
        Language::En => (
            "What this version promises",
            format!(
                "Before it was published, each of these {count} promises was decided on the rules                  that the system runs, over every case that they can tell apart: {cases} cases."
            ),
        ),
    };
    html! {
        @if !all.is_empty() {
            section id="promises" {
                h2 { (title) }
                p { (says) }
                details {
                    summary { (title) }
                    ul {
                        @for promise in held() {
                            li { (promise["label"][language.tag()].as_str().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

/// One version.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(version): Path<String>,
    Query(asked): Query<Asked>,
    sent: HeaderMap,
) -> Result<Response, Trouble> {
    let language = language(&asked, &sent);
    let history = publish::history(&app).await?;
    let in_force = app.policy().version;
    let found = history.steps().find(|step| step.row.version == version);
    let step: Step<'_> = found.ok_or_else(|| Error::not_found("version", version))?;
    let what = match language {
        Language::Ja => "この版での変更",
        Language::En => "What this version changed",
    };
    let banner = Banner {
        says: standing(step.document, in_force, step.row.effective_at, language),
        changes: html! {
            section id="changes" {
                h2 { (what) }
                (changes(&step.changes(), step.before.is_none(), language))
            }
            (promises(&step.row.promises, language))
        },
    };
    let path = format!("{}/{}", urls::VERSIONS, step.row.version);
    let page = draw(step.document, language, &path, Some(app.public_url()), Some(banner));
    Ok((headers(), page).into_response())
}
