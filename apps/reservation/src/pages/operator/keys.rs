//! Keys of the API, the operator's own and a store's; and where a store's own system is told of its bookings. A
//! key and a secret are shown once, when they are made.

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::parts::{Errors, Named, moment, nothing};
use super::super::{Sheet, layout, see_other};
use super::{errors, field, head, refused, store_and_names};
use crate::app::{self, App, Reader, Shared};
use crate::book::No;
use crate::book::hooks::Webhook;
use crate::book::stores::Store;
use crate::edit::{What, Wrong};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::{api, hook, when};

/// Whose keys a page is about.
pub(super) struct Keys {
    /// `None`: the operator's own.
    store: Option<Store>,
    /// The key that the address names.
    name: String,
}

impl FromRequestParts<Shared> for Keys {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let (store, mut names) = store_and_names(parts, app).await?;
        Ok(Self { store, name: names.remove("name").unwrap_or_default() })
    }
}

impl Keys {
    fn of(&self) -> Option<String> {
        self.store.as_ref().map(|store| store.slug.clone())
    }

    /// Where the page is.
    fn at(&self) -> String {
        match &self.store {
            None => "/operator/keys".to_owned(),
            Some(store) => format!("/operator/stores/{}/keys", store.slug),
        }
    }

    fn slug(&self) -> Result<&str, Fault> {
        self.store.as_ref().map(|store| store.slug.as_str()).ok_or(Fault::NotFound)
    }
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    keys: Keys,
) -> Result<Response, Fault> {
    let (none, fine) = (Fields::default(), Errors::default());
    Ok(draw(&app, &reader, &keys, &none, &fine, &nothing()).await?.into_response())
}

/// The page after something was made that is shown this once.
async fn made(
    app: &App,
    reader: &Reader,
    keys: &Keys,
    told: &str,
    secret: &str,
) -> Result<Response, Fault> {
    let note = html! {
        div class="notice done" role="status" { p { (told) } p { code { (secret) } } }
    };
    let (none, fine) = (Fields::default(), Errors::default());
    let page = draw(app, reader, keys, &none, &fine, &note).await?;
    Ok((StatusCode::CREATED, page).into_response())
}

async fn wrong(
    app: &App,
    reader: &Reader,
    keys: &Keys,
    fields: &Fields,
    (name, what): (&str, What),
) -> Result<Response, Fault> {
    let wrong = [Wrong { field: name.to_owned(), what }];
    Ok(refused(draw(app, reader, keys, fields, &errors(&wrong, reader), &nothing()).await?))
}

pub(super) async fn make(
    State(app): State<Shared>,
    reader: Reader,
    keys: Keys,
    fields: Fields,
) -> Result<Response, Fault> {
    let name = fields.get("name").trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let what = if name.is_empty() {
        What::Missing
    } else if name.len() > 40 || !name.chars().all(plain) {
        What::NotAKeyName
    } else {
        match api::make_key(&app.book, keys.of(), name, app::now()).await {
            Ok(key) => return made(&app, &reader, &keys, reader.words.office.key_made, &key).await,
            Err(No::Already(_)) => What::Twice,
            Err(no) => return Err(no.into()),
        }
    };
    wrong(&app, &reader, &keys, &fields, ("name", what)).await
}

pub(super) async fn end(State(app): State<Shared>, keys: Keys) -> Result<Response, Fault> {
    app.book.end_key(keys.of(), &keys.name).await?;
    see_other(&keys.at())
}

pub(super) async fn put_webhook(
    State(app): State<Shared>,
    reader: Reader,
    keys: Keys,
    fields: Fields,
) -> Result<Response, Fault> {
    let Some(url) = hook::address(fields.get("url")) else {
        return wrong(&app, &reader, &keys, &fields, ("url", What::NotAnAddress)).await;
    };
    let secret = hook::put(&app.book, keys.slug()?, &url, app::now()).await?;
    made(&app, &reader, &keys, reader.words.counter.webhook_made, &secret).await
}

pub(super) async fn end_webhook(State(app): State<Shared>, keys: Keys) -> Result<Response, Fault> {
    app.book.end_webhook(keys.slug()?).await?;
    see_other(&keys.at())
}

async fn draw(
    app: &App,
    reader: &Reader,
    whose: &Keys,
    fields: &Fields,
    errors: &Errors,
    note: &Markup,
) -> Result<Markup, Fault> {
    let (words, language) = (reader.words, reader.language);
    let keys = app.book.keys(whose.of()).await?;
    let webhook = match &whose.store {
        Some(store) => app.book.webhook(&store.slug).await?,
        None => None,
    };
    let order = ["name", "url"]
        .map(|name| Named { name: name.to_owned(), label: (words.frame.field)(name) });
    let at = whose.at();
    let title = if whose.store.is_some() { words.counter.own_system } else { words.office.keys };
    let body = html! {
        @match &whose.store {
            Some(store) => (head(store, reader, title)),
            None => div {
                p class="eyebrow" { a href="/operator" { (words.office.operator) } }
                h1 { (title) }
            },
        }
        (note)
        (errors.summary(&order, words))
        section {
            @if whose.store.is_some() { h2 { (words.office.keys) } }
            p class="soft" { @if whose.store.is_some() { (words.counter.store_keys_told) } @else { (words.office.keys_told) } }
            form class="sheet" method="post" action=(at) novalidate {
                (field("name", words.counter.key_name, errors, Some(words.office.key_name_hint))
                    .input("text", Some(fields.get("name")), words))
                p class="actions" { button { (words.office.make_key) } }
            }
            ul class="rows" {
                @for key in &keys {
                    li {
                        strong { (key.name) }
                        (moment(key.made_at, &when::date_and_time(key.made_at, language)))
                        form method="post" action={ (at) "/" (key.name) "/end" } {
                            button class="plain" {
                                (words.office.end_key) span class="hidden" { " " (key.name) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(store) = &whose.store {
            (draw_webhook(reader, store, webhook.as_ref(), fields, errors))
        }
    };
    Ok(layout(reader, &Sheet { title, wide: false }, &body))
}

fn draw_webhook(
    reader: &Reader,
    store: &Store,
    webhook: Option<&Webhook>,
    fields: &Fields,
    errors: &Errors,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let at = format!("/operator/stores/{}/webhook", store.slug);
    let typed = fields.filled("url").or(webhook.map(|webhook| webhook.url.as_str()));
    html! {
        section {
            h2 { (words.counter.webhook) }
            p class="soft" { (words.counter.webhook_told) }
            @if let Some(webhook) = webhook {
                p {
                    ((words.counter.webhook_since)(&when::there(webhook.made_at, &store.time_zone, language), webhook.waiting))
                }
                @if webhook.given_up > 0 {
                    div class="notice alert" { p { ((words.counter.webhook_given_up)(webhook.given_up)) } }
                }
            }
            form class="sheet" method="post" action=(at) novalidate {
                (field("url", words.counter.webhook_url, errors, Some(words.counter.webhook_url_hint))
                    .input("url", typed, words))
                p class="actions" {
                    button { (words.counter.webhook_put) }
                    @if webhook.is_some() {
                        button class="quiet" formaction={ (at) "/end" } { (words.counter.webhook_end) }
                    }
                }
            }
        }
    }
}
