//! What is held about her: to read, to change, to say that it is still right.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Room, SERVICE, draw, told};
use crate::app::{App, Reader, Shared};
use crate::azukari::{Answer, Item, Policy, Trouble, Values};
use crate::fault::Fault;
use crate::fields::{Fields, PHONE_COUNTRY};
use crate::pages::consent::{REPRESENTATIVE, consent_box};
use crate::pages::parts::{Drawn, Errors, Named, item_field, nothing, reasons, shown};
use crate::pages::{Guest, see_other, sign_in};

#[derive(Deserialize)]
pub(in crate::pages) struct Way {
    done: Option<String>,
}

impl Way {
    /// What was done just now.
    pub(super) fn done(&self) -> Option<&str> {
        self.done.as_deref()
    }
}

pub(in crate::pages) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    let (words, language) = (reader.words, reader.language);
    let policy = app.azukari.policy().await?;
    let held = held(&app, &reader, &caller.who, &policy).await.map_err(Fault::of_guest)?;
    let body = html! {
        p class="lead" { (words.hers.held_lead) }
        (held_list(&held, &policy, &reader))
        p class="hint" {
            ((words.hers.held_delete)(policy.controller.desk.name.get(language)))
            " " a href="/me/requests" { (words.hers.held_requests) }
        }
    };
    Ok(draw(&reader, Room::Items, words.hers.held, &told(&reader, way.done()), &body))
}

/// Whether an item belongs on this page; her sign-ins have one of their own.
fn is_shown(item: &Item) -> bool {
    !item.sign_ins && item.purposes.iter().any(|purpose| purpose == SERVICE)
}

/// What is held about her, as far as it may be shown.
struct Held {
    values: Values,
    /// Why an item is not shown, by item.
    withheld: BTreeMap<String, String>,
    /// The version of each value that she is asked about: is it still right?
    stale: BTreeMap<String, u32>,
}

async fn held(app: &App, reader: &Reader, subject: &str, policy: &Policy) -> Result<Held, Trouble> {
    let mut consents = BTreeMap::new();
    for name in policy.consents.keys() {
        if let Some(state) = app.azukari.consent(subject, name).await? {
            consents.insert(name.clone(), state);
        }
    }
    let kept = app.azukari.held_items(subject).await?;
    // What is held for other purposes only, or for a duty to keep, is not shown for this one.
    let over = |name: &str| {
        kept.iter().any(|held| {
            held.item == name && held.ended_purposes.iter().any(|purpose| purpose == SERVICE)
        })
    };
    // An ask is answered as a whole, so items with a consent of their own are asked for apart:
    // one that is withdrawn hides its own items and no others.
    let mut asks: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for (name, item) in &policy.items {
        if is_shown(item) && !over(name) {
            asks.entry(item.consent.as_deref()).or_default().push(name.clone());
        }
    }
    let asked_about = kept.iter().filter(|held| held.confirm);
    let stale = asked_about.map(|held| (held.item.clone(), held.version)).collect();
    let mut held = Held { values: Values::default(), withheld: BTreeMap::new(), stale };
    for (consent, items) in asks {
        let state = consent.map(|name| consents.get(name).map(|state| state.state.as_str()));
        let why = match state {
            None | Some(Some("given")) => {
                match app.azukari.use_items(reader.language, subject, SERVICE, &items).await {
                    Ok(values) => {
                        held.values.extend(values);
                        continue;
                    }
                    Err(Trouble::Refused(found)) => reasons(&found, reader.words).join(" "),
                    Err(trouble) => return Err(trouble),
                }
            }
            Some(Some("withdrawn")) => reader.words.hers.withheld_withdrawn.to_owned(),
            // Never asked, so nothing is held.
            Some(_) => continue,
        };
        held.withheld.extend(items.into_iter().map(|item| (item, why.clone())));
    }
    Ok(held)
}

fn held_list(held: &Held, policy: &Policy, reader: &Reader) -> Markup {
    let words = reader.words;
    let mut names: Vec<&str> = policy
        .items
        .iter()
        .filter(|(_, item)| is_shown(item))
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_by_key(|name| policy.rank(name));
    let there = |name: &&str| held.values.get(name).is_some() || held.withheld.contains_key(*name);
    let (here, not): (Vec<&str>, Vec<&str>) = names.into_iter().partition(there);
    let typed = |name: &str| policy.items.get(name).is_some_and(Item::is_typed);
    html! {
        div class="sheet" {
            dl class="held" {
                @for name in here {
                    @let label = policy.item_label(name, reader.language);
                    div {
                        dt { (label) }
                        dd {
                            @if let Some(why) = held.withheld.get(name) {
                                span class="soft" { (why) }
                            } @else if let Some(value) = held.values.get(name) {
                                (shown(policy, name, value, reader.language))
                                @if let Some(version) = held.stale.get(name) {
                                    (still_right(name, *version, label, reader))
                                }
                            }
                        }
                        dd class="do" {
                            @if !held.withheld.contains_key(name) && typed(name) {
                                a href={ "/me/items/" (name) }
                                    aria-label=((words.hers.edit_item)(label)) { (words.frame.edit) }
                            }
                        }
                    }
                }
            }
            details class="more" {
                summary { (words.hers.not_held) }
                ul {
                    @for name in not.into_iter().filter(|name| typed(name)) {
                        @let label = policy.item_label(name, reader.language);
                        li { a href={ "/me/items/" (name) } { ((words.hers.add_item)(label)) } }
                    }
                }
            }
        }
    }
}

/// Asks whether a value is still right; "change" stands beside it as for every value.
fn still_right(name: &str, version: u32, label: &str, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        form class="still" method="post" action={ "/me/items/" (name) "/confirmation" } {
            span { (words.hers.still_right) }
            input type="hidden" name="version" value=(version);
            button class="quiet" aria-label=((words.hers.confirm_item)(label)) { (words.hers.yes_still_right) }
        }
    }
}

pub(in crate::pages) async fn item_page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(item): Path<String>,
) -> Result<Response, Fault> {
    let policy = editable(&app, &item).await?;
    let asked = beside(&app, &caller.who, &policy, &item).await?;
    let mut fields = Fields::default();
    fields.set(PHONE_COUNTRY, "JP");
    // While its consent is missing nothing is held, and nothing could be shown.
    if asked.is_none() {
        let items = [item.clone()];
        match app.azukari.use_items(reader.language, &caller.who, SERVICE, &items).await {
            Ok(values) => {
                fields.set(&format!("items.{item}"), values.get(&item).unwrap_or_default());
            }
            Err(Trouble::Refused(_)) => {}
            Err(trouble) => return Err(trouble.into()),
        }
    }
    let page = draw_item(&reader, &policy, &item, asked, &fields, &Errors::default());
    Ok(page.into_response())
}

pub(in crate::pages) async fn put_item(
    State(app): State<Shared>,
    reader: Reader,
    Path(item): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let words = reader.words;
    let here = format!("/me/items/{item}");
    let Some(caller) = reader.guest.clone() else {
        return Ok(sign_in::go_on(&reader, &here, &fields));
    };
    let away = |trouble: Trouble| Fault::from(trouble).keeping(&here, &fields);
    let policy = editable(&app, &item).await.map_err(|fault| fault.keeping(&here, &fields))?;
    let asked = beside(&app, &caller.who, &policy, &item).await.map_err(away)?;
    let field = format!("items.{item}");
    let mut errors = Errors::default();
    match fields.item(&item) {
        None => errors.add(&field, words.frame.error_empty),
        Some(value) => {
            let mut may = true;
            if let Some(consent) = &asked {
                let name = format!("consents.{consent}");
                if fields.get(&name) == "given" {
                    let answer = Answer {
                        consent: consent.clone(),
                        state: "given",
                        notice: fields.get("notice").to_owned(),
                        language: reader.language.tag(),
                    };
                    let put =
                        app.azukari.put_consent(reader.language, &caller.who, &answer, None).await;
                    match put {
                        Ok(()) => {}
                        Err(Trouble::Invalid(found)) => {
                            may = false;
                            let young = found.iter().any(|error| error.field == REPRESENTATIVE);
                            errors.add(
                                &name,
                                if young {
                                    words.door.representative_on_her_page
                                } else {
                                    words.door.policy_changed
                                },
                            );
                        }
                        Err(trouble) => return Err(away(trouble)),
                    }
                } else {
                    may = false;
                    errors.add(&name, words.frame.error_needs_consent);
                }
            }
            if may {
                match app.azukari.put_item(reader.language, &caller.who, &item, &value).await {
                    Ok(()) => return see_other("/me/items?done=item"),
                    Err(Trouble::Invalid(found)) => {
                        for mut error in found {
                            // One item, one field, whatever the house calls it.
                            error.field.clone_from(&field);
                            errors.add_all(&[error], words);
                        }
                    }
                    Err(Trouble::Refused(found)) => {
                        errors.add(&field, reasons(&found, words).join(" "));
                    }
                    Err(trouble) => return Err(away(trouble)),
                }
            }
        }
    }
    let page = draw_item(&reader, &policy, &item, asked, &fields, &errors);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// She says that what is held is still right.
pub(in crate::pages) async fn confirm_item(
    State(app): State<Shared>,
    Guest(caller): Guest,
    Path(item): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let version = fields.get("version").parse().map_err(|_| Fault::Unreadable)?;
    editable(&app, &item).await?;
    app.azukari.confirm_item(&caller.who, &item, version).await?;
    see_other("/me/items?done=confirmed")
}

/// The policy, if it has that item and she may see it here.
async fn editable(app: &App, item: &str) -> Result<std::sync::Arc<Policy>, Fault> {
    let policy = app.azukari.policy().await?;
    let editable = policy.items.get(item).is_some_and(|item| item.is_typed() && is_shown(item));
    if editable { Ok(policy) } else { Err(Fault::NotFound) }
}

/// The consent that has to be given together with an item, because it is not in force.
async fn beside(
    app: &App,
    subject: &str,
    policy: &Policy,
    item: &str,
) -> Result<Option<String>, Trouble> {
    let Some(name) = policy.items.get(item).and_then(|item| item.consent.clone()) else {
        return Ok(None);
    };
    let state = app.azukari.consent(subject, &name).await?;
    Ok(state.is_none_or(|state| state.state != "given").then_some(name))
}

fn draw_item(
    reader: &Reader,
    policy: &Policy,
    item: &str,
    asked: Option<String>,
    fields: &Fields,
    errors: &Errors,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let label = policy.item_label(item, language);
    let field = format!("items.{item}");
    let consent = asked.and_then(|name| policy.consents.get_key_value(&name));
    let mut order = vec![Named { name: field, label: label.to_owned() }];
    if let Some((name, consent)) = consent {
        order.push(Named {
            name: format!("consents.{name}"),
            label: consent.label.get(language).to_owned(),
        });
    }
    let drawn = Drawn {
        fields,
        errors,
        first_error: errors.first(&order),
        said_above: None,
        language,
        words,
    };
    let hint = match item {
        "phone" => Some(words.door.phone_hint),
        "allergy" => Some(words.door.allergy_hint),
        _ => None,
    };
    let title = (words.hers.edit_item)(label);
    let body = html! {
        (errors.summary(&order, words))
        form class="sheet" method="post" action={ "/me/items/" (item) } novalidate {
            input type="hidden" name="notice" value=(policy.version);
            (item_field(policy, item, &drawn, hint))
            @if let Some((name, consent)) = consent {
                (consent_box(name, consent, &drawn))
            }
            p class="actions" {
                button { (words.frame.save) }
                a href="/me/items" { (words.frame.back) }
            }
        }
    };
    draw(reader, Room::Items, &title, &nothing(), &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_may_be_stale_is_asked_about_with_a_form_that_needs_no_script() {
        for (language, question) in [
            (crate::language::Language::En, "Is this still right?"),
            (crate::language::Language::Ja, "今もこのとおりですか？"),
        ] {
            let reader = Reader {
                language,
                words: crate::words::Words::of(language),
                path: "/me/items".to_owned(),
                query: String::new(),
                guest: None,
                staff: None,
                operator: None,
                passkeys: false,
            };
            let mut policy = super::super::looks::tests::policy();
            let item = serde_json::json!({
                "label": { "ja": "アレルギー", "en": "Allergies" }, "kind": "text",
                "purposes": ["service"],
            });
            policy.items.insert("allergy".to_owned(), serde_json::from_value(item).unwrap());
            let mut held = Held {
                values: serde_json::from_value(serde_json::json!({ "allergy": "えび" })).unwrap(),
                withheld: BTreeMap::new(),
                stale: BTreeMap::from([("allergy".to_owned(), 3)]),
            };
            let asked = held_list(&held, &policy, &reader).into_string();
            assert!(asked.contains(question), "{asked}");
            assert!(asked.contains("action=\"/me/items/allergy/confirmation\""), "{asked}");
            assert!(asked.contains("name=\"version\" value=\"3\""), "{asked}");
            assert!(asked.contains("href=\"/me/items/allergy\""), "she can change it, too");
            held.stale.clear();
            assert!(!held_list(&held, &policy, &reader).into_string().contains(question));
        }
    }
}
