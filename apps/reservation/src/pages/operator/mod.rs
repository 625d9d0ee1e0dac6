//! The operator's side: stores, their tables, seatings and closing days, files from a spreadsheet, keys of
//! the API. One file a topic; this one has the list of stores.

mod closing;
mod import;
mod keys;
mod refunds;
mod seatings;
mod store;
mod tables;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{Errors, Field, Purposes, done, named, nothing};
use super::staff::Operator;
use super::{Sheet, layout};
use crate::app::{Reader, Shared};
use crate::book::stores::Store;
use crate::edit::Wrong;
use crate::fault::Fault;
use crate::words::Words;

/// The largest file that is taken in.
pub(crate) const LARGEST_FILE_BYTES: usize = 2 * 1024 * 1024;

pub(super) fn router() -> Router<Shared> {
    let at = "/operator/stores/{store}";
    Router::new()
        .route("/operator", get(list))
        .route("/operator/stores/new", get(store::new_page).post(store::make))
        .route(at, get(store::page).post(store::put))
        .route(&format!("{at}/open"), post(store::open))
        .route(&format!("{at}/tables"), get(tables::page).post(tables::put))
        .route(&format!("{at}/seatings"), get(seatings::page).post(seatings::put))
        .route(&format!("{at}/closing-days"), get(closing::page).post(closing::close))
        .route(&format!("{at}/closing-days/{{date}}/open"), post(closing::open))
        .route(
            "/operator/import",
            get(import::page).post(import::take).layer(DefaultBodyLimit::max(LARGEST_FILE_BYTES)),
        )
        .route("/operator/refunds", get(refunds::page))
        .route("/operator/refunds/{id}/again", post(refunds::again))
        .route("/operator/refunds/{id}/by-hand", post(refunds::by_hand))
        .route("/operator/keys", get(keys::page).post(keys::make))
        .route("/operator/keys/{name}/end", post(keys::end))
        .route(&format!("{at}/keys"), get(keys::page).post(keys::make))
        .route(&format!("{at}/keys/{{name}}/end"), post(keys::end))
        .route(&format!("{at}/webhook"), post(keys::put_webhook))
        .route(&format!("{at}/webhook/end"), post(keys::end_webhook))
}

async fn list(State(app): State<Shared>, reader: Reader, _: Operator) -> Result<Response, Fault> {
    let (words, language) = (reader.words, reader.language);
    let stores = app.book.stores().await?;
    let failed = refunds::failed(&app, &reader).await?;
    let body = html! {
        h1 { (words.office.operator) }
        (failed)
        p class="actions" {
            a class="button" href="/operator/stores/new" { (words.office.new_store) }
            a class="button quiet" href="/operator/import" { (words.office.import) }
            a class="button quiet" href="/operator/keys" { (words.office.keys) }
            a class="button quiet" href="/operator/passkeys" { (words.door.passkeys) }
            a class="button quiet" href=(refunds::AT) { (words.office.refunds) }
        }
        section {
            h2 { (words.finding.stores) }
            @if stores.is_empty() { p { (words.finding.no_stores) } }
            ul class="rows" {
                @for store in &stores {
                    li {
                        a href={ "/operator/stores/" (store.slug) } { (named(store.name(language))) }
                        span class="soft" { (named(store.area.get(language))) }
                        @if !store.listed { span class="tag" { (words.office.not_listed) } }
                    }
                }
            }
        }
    };
    Ok(layout(&reader, &Sheet { title: words.office.operator, wide: false }, &body).into_response())
}

/// The store that an operator's page is about.
struct Of {
    store: Store,
    /// What the address names below it.
    names: Names,
}

type Names = BTreeMap<String, String>;

impl FromRequestParts<Shared> for Of {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let (store, names) = store_and_names(parts, app).await?;
        let store = store.ok_or_else(|| Fault::NotFound.into_response())?;
        Ok(Self { store, names })
    }
}

impl Of {
    /// Where one of its pages is.
    fn at(&self, topic: &str) -> String {
        format!("/operator/stores/{}{topic}", self.store.slug)
    }
}

/// What an address of the operator's names: a store, where it has one, and the rest.
///
/// # Errors
/// The way to the door for anybody else, and that there is no such store.
async fn store_and_names(
    parts: &mut Parts,
    app: &Shared,
) -> Result<(Option<Store>, Names), Response> {
    Operator::from_request_parts(parts, app).await?;
    let names = Path::<Names>::from_request_parts(parts, app).await;
    let Path(names) = names.map_err(IntoResponse::into_response)?;
    let Some(slug) = names.get("store") else { return Ok((None, names)) };
    match app.book.store(slug).await {
        Ok(Some(store)) => Ok((Some(store), names)),
        Ok(None) => Err(Fault::NotFound.into_response()),
        Err(error) => Err(Fault::from(error).into_response()),
    }
}

/// What was done, where somebody comes back to a page after a form.
#[derive(Deserialize)]
struct Way {
    done: Option<String>,
}

impl Way {
    fn note(&self, reader: &Reader) -> Markup {
        self.done.as_ref().map_or_else(nothing, |_| done(reader.words.hers.done_item))
    }
}

/// A form again, with what is wrong about it.
fn refused(page: Markup) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// The head of a store's pages: its name, and the way to the others.
pub(super) fn head(store: &Store, reader: &Reader, title: &str) -> Markup {
    let words = reader.words;
    let at = format!("/operator/stores/{}", store.slug);
    html! {
        div {
            p class="eyebrow" { a href="/operator" { (words.office.operator) } }
            h1 { (named(store.name(reader.language))) }
        }
        @if !store.listed || !store.lacks().nothing() { (lacking(store, &at, words)) }
        @if let Some(told) = not_seated(store, words) {
            div class="notice" role="status" {
                p { (told) }
                p {
                    a href={ (at) "/tables" } { (words.office.tables) } " · "
                    a href=(at) { (words.office.about_store) }
                }
            }
        }
        nav class="within" aria-label=(words.office.on_this_store) {
            @for (path, label) in [
                ("", words.office.about_store),
                ("/tables", words.office.tables),
                ("/seatings", words.office.seatings),
                ("/closing-days", words.finding.closing_days),
                ("/staff", words.team.staff),
                ("/keys", words.counter.own_system),
            ] {
                a href={ (at) (path) } aria-current=[(label == title).then_some("page")] { (label) }
            }
        }
    }
}

/// The parties that a store takes by its rules and that no table of it seats, if there are any.
fn not_seated(store: &Store, words: &Words) -> Option<String> {
    let parties = store.not_seated();
    (!parties.is_empty()).then(|| (words.office.not_seated)(&parties, store.most_seated()))
}

/// That a store is not open to guests or takes no bookings, and what is missing or the way to open it.
fn lacking(store: &Store, at: &str, words: &Words) -> Markup {
    let lacks = store.lacks();
    html! {
        div class="notice" role="status" {
            @if !store.listed { p { (words.finding.is_draft) } }
            @if lacks.nothing() {
                form class="actions" method="post" action={ (at) "/open" } { button { (words.finding.open_store) } }
            } @else {
                p {
                    @if store.listed { (words.finding.open_lacks) } @else { (words.finding.draft_lacks) }
                    @if lacks.tables { " " a href={ (at) "/tables" } { (words.office.tables) } }
                    @if lacks.seatings { " " a href={ (at) "/seatings" } { (words.office.seatings) } }
                }
            }
        }
    }
}

/// What is wrong, in the reader's words.
fn errors(wrong: &[Wrong], reader: &Reader) -> Errors {
    let mut errors = Errors::default();
    for Wrong { field, what } in wrong {
        errors.add(field, (reader.words.office.wrong)(what));
    }
    errors
}

/// A field of a form, with what is wrong about it.
pub(super) fn field<'a>(
    name: &'a str,
    label: &'a str,
    errors: &'a Errors,
    hint: Option<&'a str>,
) -> Field<'a> {
    Field {
        name,
        label,
        required: false,
        purposes: Purposes::default(),
        hint,
        error: errors.get(name),
        focus: false,
        autocomplete: Some("off"),
    }
}
