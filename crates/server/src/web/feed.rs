//! The feed of changes: every version that took effect or will, in Atom (RFC 4287) and JSON Feed 1.1.
//! Made of the comparison's words, in the reader's language; every link is absolute, since a feed is
//! read elsewhere.

use std::fmt::Write;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use policy::Language;
use serde_json::json;

use super::policy::{Asked, language};
use super::trouble::Trouble;
use super::urls;
use crate::acts::publish::{self, Step};
use crate::app::App;
use crate::words;

/// Where the feeds are, for a `Link` header (RFC 8288).
pub const LINKS: &str = "</policy/feed.atom>; rel=\"alternate\"; type=\"application/atom+xml\", \
                         </policy/feed.json>; rel=\"alternate\"; type=\"application/feed+json\", \
                         </policy/versions>; rel=\"version-history\"";

/// Text as it stands in XML; what XML has no room for is dropped.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => {}
        }
    }
    out
}

struct Entry {
    version: String,
    title: String,
    published: Timestamp,
    updated: Timestamp,
    text: String,
}

fn entry(step: &Step<'_>, language: Language) -> Option<Entry> {
    let published = Timestamp::from_millisecond(step.row.published_at).ok()?;
    let effective = Timestamp::from_millisecond(step.row.effective_at).ok()?;
    let from = words::moment(effective, language);
    let version = step.row.version.clone();
    let title = match language {
        Language::Ja => format!("{version}版（{from}から）"),
        Language::En => format!("Version {version}, from {from}"),
    };
    let mut lines: Vec<String> =
        step.changes().iter().map(|change| change.words.get(language).to_owned()).collect();
    if lines.is_empty() {
        lines.push(match (language, step.before) {
            (Language::Ja, None) => "最初の版です。".to_owned(),
            (Language::En, None) => "The first version.".to_owned(),
            (Language::Ja, Some(_)) => "内容に変更はありません。".to_owned(),
            (Language::En, Some(_)) => "Nothing in it has changed.".to_owned(),
        });
    }
    // A feed's entry changes when the version is published; its moment is in the title.
    Some(Entry { version, title, published, updated: published, text: lines.join("\n") })
}

struct Feed {
    language: Language,
    title: String,
    author: String,
    id: String,
    entries: Vec<Entry>,
}

async fn feed(app: &App, language: Language) -> Result<Feed, Trouble> {
    let history = publish::history(app).await?;
    let document = app.policy();
    let author = document.controller.name.get(language).to_owned();
    let title = match language {
        Language::Ja => format!("{author} プライバシーポリシーの変更"),
        Language::En => format!("{author}: changes to the privacy policy"),
    };
    let entries = history.steps().rev().filter_map(|step| entry(&step, language)).collect();
    let id = format!("tag:{},2026:policy", app.ledger_key.name().replace('/', "."));
    Ok(Feed { language, title, author, id, entries })
}

/// `/policy/feed.atom`.
pub(super) async fn atom(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Feed { language, title, author, id, entries } =
        feed(&app, language(&asked, &headers)).await?;
    let tag = language.tag();
    let at = |path: &str| xml(&app.public_url().join(&format!("{path}?lang={tag}")));
    let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or_default();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{tag}\">\n\
         <id>{}</id>\n<title>{}</title>\n<updated>{updated}</updated>\n\
         <author><name>{}</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
        xml(&id),
        xml(&title),
        xml(&author),
        at(urls::ATOM),
        at(urls::VERSIONS)
    );
    for Entry { version, title, published, updated, text } in &entries {
        let _ = write!(
            out,
            "<entry>\n<id>{}:{version}</id>\n<title>{}</title>\n<published>{published}</published>\n\
             <updated>{updated}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
             <content type=\"text\">{}</content>\n</entry>\n",
            xml(&id),
            xml(title),
            at(&format!("{}/{version}", urls::VERSIONS)),
            xml(text)
        );
    }
    out.push_str("</feed>\n");
    let headers = [
        (header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "Accept-Language"),
    ];
    Ok((headers, out).into_response())
}

/// `/policy/feed.json`.
pub(super) async fn json_feed(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Feed { language, title, author, id, entries } =
        feed(&app, language(&asked, &headers)).await?;
    let tag = language.tag();
    let at = |path: &str| app.public_url().join(&format!("{path}?lang={tag}"));
    let items: Vec<serde_json::Value> = entries
        .into_iter()
        .map(|Entry { version, title, published, updated, text }| {
            json!({
                "id": format!("{id}:{version}"),
                "url": at(&format!("{}/{version}", urls::VERSIONS)),
                "title": title,
                "content_text": text,
                "date_published": published.to_string(),
                "date_modified": updated.to_string(),
                "language": tag,
            })
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": at(urls::VERSIONS),
        "feed_url": at(urls::JSON_FEED),
        "language": tag,
        "authors": [{ "name": author }],
        "items": items,
    });
    let headers = [
        (header::CONTENT_TYPE, "application/feed+json; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "Accept-Language"),
    ];
    Ok((headers, Json(feed).0.to_string()).into_response())
}
