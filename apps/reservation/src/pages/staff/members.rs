//! Who works for a store: a manager adds and ends its people, and the operator its managers. Whoever was added
//! comes in by a link that is shown once, and whoever lost a password or a phone is given another.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::super::parts::{Errors, Named, named, nothing};
use super::super::{Sheet, layout, operator, see_other};
use super::{Counter, Operator};
use crate::app::{self, Reader, Shared};
use crate::book::No;
use crate::book::staff::{Member, Post};
use crate::book::stores::Store;
use crate::edit::{What, is_slug};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::words::Team;
use crate::{chance, session, when};

/// The field that says that it was asked about.
const SURE: &str = "sure";

pub(super) fn router() -> Router<Shared> {
    ["/store/staff", "/operator/stores/{store}/staff"].into_iter().fold(
        Router::new(),
        |router, at| {
            router
                .route(at, get(page).post(add))
                .route(&format!("{at}/{{login}}/invite"), post(invite_anew))
                .route(&format!("{at}/{{login}}/end"), post(end))
        },
    )
}

/// Whoever says who works for a store.
struct Chief {
    store: Store,
    /// The manager; `None` is an operator.
    manager: Option<Counter>,
    /// Whom the address names.
    about: String,
}

impl FromRequestParts<Shared> for Chief {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        type Names = Path<BTreeMap<String, String>>;
        let Path(mut names) =
            Names::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let about = names.remove("login").unwrap_or_default();
        let Some(slug) = names.get("store") else {
            let manager = Counter::from_request_parts(parts, app).await?;
            if !manager.manager {
                return Err(Fault::NotFound.into_response());
            }
            return Ok(Self { store: manager.store.clone(), manager: Some(manager), about });
        };
        Operator::from_request_parts(parts, app).await?;
        match app.book.store(slug).await {
            Ok(Some(store)) => Ok(Self { store, manager: None, about }),
            Ok(None) => Err(Fault::NotFound.into_response()),
            Err(error) => Err(Fault::from(error).into_response()),
        }
    }
}

impl Chief {
    /// Where the page is.
    fn at(&self) -> String {
        match &self.manager {
            Some(_) => "/store/staff".to_owned(),
            None => format!("/operator/stores/{}/staff", self.store.slug),
        }
    }

    /// Managers are the operator's to end and to invite anew, so that nobody shuts the door behind herself.
    fn may_change(&self, member: &Member) -> bool {
        self.manager.is_none() || !member.is_manager()
    }

    /// Whom the address names, of this store; anybody else is nobody.
    async fn one(&self, app: &Shared) -> Result<Member, Fault> {
        let member = app.book.member(&self.about).await?.ok_or(Fault::NotFound)?;
        match &member.post {
            Post::Store { slug, .. } if *slug == self.store.slug => Ok(member),
            _ => Err(Fault::NotFound),
        }
    }
}

async fn page(State(app): State<Shared>, reader: Reader, chief: Chief) -> Result<Response, Fault> {
    let (none, fine) = (Fields::default(), Errors::default());
    Ok(draw(&app, &reader, &chief, &none, &fine, &nothing()).await?.into_response())
}

async fn add(
    State(app): State<Shared>,
    reader: Reader,
    chief: Chief,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    let login = fields.get("login").trim();
    let what = if login.is_empty() {
        What::Missing
    } else if !is_slug(login) {
        What::NotAName
    } else if app.book.member(login).await?.is_some() {
        What::Twice
    } else {
        let manager = chief.manager.is_none() && fields.get("manager") == "yes";
        let post = Post::Store { slug: chief.store.slug.clone(), manager };
        return invite(&app, &reader, &chief, &headers, login, post).await;
    };
    let mut errors = Errors::default();
    errors.add("login", (reader.words.office.wrong)(&what));
    let page = draw(&app, &reader, &chief, &fields, &errors, &nothing()).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn invite_anew(
    State(app): State<Shared>,
    reader: Reader,
    chief: Chief,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    let member = chief.one(&app).await?;
    if !chief.may_change(&member) {
        return Err(Fault::NotFound);
    }
    if fields.get(SURE) != "yes" {
        return Ok(ask(&reader, &chief, &member, &INVITE_ANEW).into_response());
    }
    invite(&app, &reader, &chief, &headers, &member.login, member.post).await
}

/// What is asked about before it is done: the end of its address, and its words.
struct Act {
    at: &'static str,
    title: fn(&Team) -> &'static str,
    told: fn(&Team) -> &'static str,
}

const INVITE_ANEW: Act =
    Act { at: "invite", title: |team| team.invite_anew, told: |team| team.invite_anew_told };
const END: Act =
    Act { at: "end", title: |team| team.end_access, told: |team| team.end_access_told };

/// Whether it is meant: what she has to come in by ends at once.
fn ask(reader: &Reader, chief: &Chief, member: &Member, act: &Act) -> Markup {
    let (words, at) = (reader.words, chief.at());
    let title = (act.title)(&words.team);
    let body = html! {
        div {
            p class="eyebrow" { (named(chief.store.name(reader.language))) }
            h1 { (title) }
        }
        form class="sheet" method="post" action={ (at) "/" (member.login) "/" (act.at) } {
            p {
                strong { (member.login) }
                @if member.is_manager() { " " span class="tag" { (words.team.manager) } }
            }
            p class="notice alert" { ((act.told)(&words.team)) }
            input type="hidden" name=(SURE) value="yes";
            p class="actions" {
                button class="grave" { (title) }
                a href=(at) { (words.frame.back) }
            }
        }
    };
    layout(reader, &Sheet { title, wide: false }, &body)
}

/// Invites somebody and shows the link, this once.
async fn invite(
    app: &Shared,
    reader: &Reader,
    chief: &Chief,
    headers: &HeaderMap,
    login: &str,
    post: Post,
) -> Result<Response, Fault> {
    let token = chance::token()?;
    app.book.invite(login, post, session::hash(&token), app::now()).await?;
    let link = format!("{}/invitation/{token}", app.here.origin(headers));
    let note = html! {
        div class="notice done" role="status" {
            p { ((reader.words.team.invitation_made)(login)) }
            p { code { (link) } }
        }
    };
    let (none, fine) = (Fields::default(), Errors::default());
    let page = draw(app, reader, chief, &none, &fine, &note).await?;
    Ok((StatusCode::CREATED, page).into_response())
}

async fn end(
    State(app): State<Shared>,
    reader: Reader,
    chief: Chief,
    fields: Fields,
) -> Result<Response, Fault> {
    let member = chief.one(&app).await?;
    if !chief.may_change(&member) {
        return Err(Fault::NotFound);
    }
    if fields.get(SURE) != "yes" {
        return Ok(ask(&reader, &chief, &member, &END).into_response());
    }
    match app.book.end_staff(&member.login, &chief.store.slug).await {
        // Ended by somebody else meanwhile.
        Ok(()) | Err(No::Gone) => see_other(&chief.at()),
        Err(no) => Err(no.into()),
    }
}

async fn draw(
    app: &Shared,
    reader: &Reader,
    chief: &Chief,
    fields: &Fields,
    errors: &Errors,
    note: &Markup,
) -> Result<Markup, Fault> {
    let (words, language) = (reader.words, reader.language);
    let members = app.book.staff(Some(&chief.store.slug)).await?;
    let order = [Named { name: "login".to_owned(), label: words.door.staff_login.to_owned() }];
    let (at, title) = (chief.at(), words.team.staff);
    let body = html! {
        @match &chief.manager {
            None => (operator::head(&chief.store, reader, title)),
            Some(manager) => {
                (manager.rooms(reader))
                div {
                    p class="eyebrow" { (named(chief.store.name(language))) }
                    h1 { (title) }
                }
            }
        }
        (note)
        (errors.summary(&order, words))
        form class="sheet" method="post" action=(at) novalidate {
            h2 { (words.team.add_staff) }
            (operator::field("login", words.door.staff_login, errors, Some(words.team.staff_login_hint))
                .input("text", Some(fields.get("login")), words))
            @if chief.manager.is_none() {
                label class="choice" {
                    input type="checkbox" name="manager" value="yes"
                        checked[fields.get("manager") == "yes"];
                    span { (words.team.as_manager) }
                }
            }
            p class="actions" { button { (words.team.invite) } }
        }
        section {
            h2 { (title) }
            @if members.is_empty() { p { (words.team.no_staff) } }
            ul class="rows" {
                @for member in &members {
                    li {
                        strong { (member.login) }
                        @if member.is_manager() {
                            span class="tag" { (words.team.manager) }
                        }
                        @if let Some(until) = member.invited_until {
                            span class="soft" {
                                ((words.team.invited_until)(&when::there(until, &chief.store.time_zone, language)))
                            }
                        }
                        @if chief.may_change(member) {
                            div class="does" {
                                form method="post" action={ (at) "/" (member.login) "/invite" } {
                                    button class="plain" { (words.team.invite_anew)
                                        span class="hidden" { " " (member.login) } }
                                }
                                form method="post" action={ (at) "/" (member.login) "/end" } {
                                    button class="plain" { (words.team.end_staff)
                                        span class="hidden" { " " (member.login) } }
                                }
                            }
                        }
                    }
                }
            }
            p class="hint" { (words.team.invite_anew_told) }
        }
    };
    Ok(layout(reader, &Sheet { title, wide: false }, &body))
}
