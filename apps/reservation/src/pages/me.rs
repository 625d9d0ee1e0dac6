//! A guest's own page: her bookings, who received what and when, what is held, what she agreed to.
//! Every value here is asked of Azukari for the purpose `service`, and every ask is on record.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{
    Drawn, Errors, Named, done, item_field, moment, nothing, prose, reasons, shown,
};
use super::{Sheet, guest, layout, proof, see_other};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::{
    Answer, Consent, ConsentState, Item, Policy, Provision, Reason, Trouble, Values,
};
use crate::book::bookings::{Booking, Stage};
use crate::book::sessions::Caller;
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::when;

/// The purpose under which she sees her own information.
const SERVICE: &str = "service";

/// The consent on which stores receive anything, where law asks for one.
const STORE_DISCLOSURE: &str = "store_disclosure";

#[derive(Deserialize)]
pub(super) struct Way {
    done: Option<String>,
    cursor: Option<String>,
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let caller = match guest(&reader) {
        Ok(caller) => caller.clone(),
        Err(to) => return Ok(*to),
    };
    let note = way.done.as_deref().and_then(|done| match done {
        "welcome" => Some(reader.words.done_welcome),
        "item" => Some(reader.words.done_item),
        "confirmed" => Some(reader.words.done_confirmed),
        "given" => Some(reader.words.done_given),
        "withdrawn" => Some(reader.words.done_withdrawn),
        "cancelled" => Some(reader.words.done_cancelled),
        "waiting" => Some(reader.words.done_waiting),
        _ => None,
    });
    let note = note.map_or_else(nothing, done);
    draw(&app, &reader, &caller, way.cursor.as_deref(), note).await
}

async fn draw(
    app: &App,
    reader: &Reader,
    caller: &Caller,
    cursor: Option<&str>,
    note: Markup,
) -> Result<Response, Fault> {
    let (words, language) = (reader.words, reader.language);
    let subject = caller.who.as_str();
    let policy = app.azukari.policy().await?;
    let now = app::now();
    let (held, provisions, bookings, stores, waits, notices) = tokio::join!(
        held(app, reader, subject, &policy),
        app.azukari.provisions(language, subject, cursor),
        app.book.bookings_of(subject, now),
        app.book.stores(),
        app.book.waits_of(subject, now),
        app.book.notices_of(subject),
    );
    let (stores, bookings, waits, notices) = (stores?, bookings?, waits?, notices?);
    let (held, provisions) = match (held, provisions) {
        // She is signed in and yet unknown: her account was closed since.
        (Err(Trouble::NotFound), _) | (_, Err(Trouble::NotFound)) => return Err(Fault::Closed),
        (held, provisions) => (held?, provisions?),
    };
    // What is to come first, the nearest on top; then what was, the latest on top.
    let (mut coming, past): (Vec<_>, Vec<_>) =
        bookings.iter().partition(|b| b.ends_at > now && (b.stands() || b.stage == Stage::Held));
    coming.reverse();

    let proofs = Proofs { public_azukari: &app.public_azukari, cursor, policy: &policy, reader };
    let body = html! {
        h1 { (words.nav_me) }
        (note)
        (super::booking::notices(&notices, &stores, reader))
        nav class="within" aria-label=(words.on_this_page) {
            a href="#bookings" { (words.bookings) }
            a href="#looks" { (words.looks) }
            a href="#held" { (words.held) }
            a href="#consents" { (words.consents) }
        }
        section id="bookings" {
            h2 { (words.bookings) }
            @if bookings.is_empty() {
                p { (words.no_bookings) " " a href="/" { (words.find_a_table) } }
            }
            ul class="rows" {
                @for booking in coming.into_iter().chain(past) { (booking_row(booking, &stores, reader, now)) }
            }
            (super::booking::waits(&waits, &stores, reader))
        }
        section id="looks" {
            h2 { (words.looks) }
            p { (words.looks_lead) }
            @if provisions.provisions.is_empty() { p class="sheet" { (words.no_looks) } }
            ol class="looks" {
                @for looks in by_day(by_look(&provisions.provisions, &policy)) {
                    (look_card(&looks, &stores, now, &proofs))
                }
            }
            p class="actions" {
                @if cursor.is_some() { a href="/me#looks" { (words.newest) } }
                @if let Some(next) = &provisions.next {
                    a href={ "/me?cursor=" (next) "#looks" } rel="next" { (words.older) }
                }
            }
        }
        section id="held" {
            h2 { (words.held) }
            p { (words.held_lead) }
            (held_list(&held, &policy, reader))
            p class="hint" {
                ((words.held_delete)(policy.controller.desk.name.get(language)))
                " " a href={ "mailto:" (policy.controller.desk.email) } {
                    (policy.controller.desk.email)
                }
            }
            p class="actions" {
                a href={ (app.public_azukari) "/requests?lang=" (language.tag()) } {
                    (words.held_requests)
                }
            }
        }
        section id="consents" {
            h2 { (words.consents) }
            p { ((words.consents_lead)(&policy.version)) }
            @for (name, consent) in policy.consents_in_order() {
                @let state = held.consents.get(name);
                // A question that only another law asks is not put to her.
                @if state.is_some() || is_asked(consent, caller) {
                    @let again = held.again.contains(name);
                    (consent_sheet(name, consent, (state, again), &policy, caller, reader))
                }
            }
        }
    };
    Ok(layout(reader, &Sheet { title: words.nav_me, wide: false }, &body).into_response())
}

/// What is held about her, as far as it may be shown.
struct Held {
    values: Values,
    /// Why an item is not shown, by item.
    withheld: BTreeMap<String, String>,
    consents: BTreeMap<String, ConsentState>,
    /// The consents that she is asked again.
    again: BTreeSet<String>,
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
    let again = app.azukari.asked_again(subject).await?;
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
        if item.purposes.iter().any(|purpose| purpose == SERVICE) && !over(name) {
            asks.entry(item.consent.as_deref()).or_default().push(name.clone());
        }
    }
    let asked_about = kept.iter().filter(|held| held.confirm);
    let stale = asked_about.map(|held| (held.item.clone(), held.version)).collect();
    let mut held =
        Held { values: Values::default(), withheld: BTreeMap::new(), consents, again, stale };
    for (consent, items) in asks {
        let state = consent.map(|name| held.consents.get(name).map(|state| state.state.as_str()));
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
            Some(Some("withdrawn")) => reader.words.withheld_withdrawn.to_owned(),
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
        .filter(|(_, item)| item.purposes.iter().any(|purpose| purpose == SERVICE))
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
                                    aria-label=((words.edit_item)(label)) { (words.edit) }
                            }
                        }
                    }
                }
            }
            details class="more" {
                summary { (words.not_held) }
                ul {
                    @for name in not.into_iter().filter(|name| typed(name)) {
                        @let label = policy.item_label(name, reader.language);
                        li { a href={ "/me/items/" (name) } { ((words.add_item)(label)) } }
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
            span { (words.still_right) }
            input type="hidden" name="version" value=(version);
            button class="quiet" aria-label=((words.confirm_item)(label)) { (words.yes_still_right) }
        }
    }
}

fn booking_row(
    booking: &Booking,
    stores: &[Store],
    reader: &Reader,
    now: jiff::Timestamp,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let store = stores.iter().find(|store| store.slug == booking.store);
    let name = store.map_or(booking.store.as_str(), |store| store.name(language));
    let over = booking.ends_at <= now;
    let zone = store.map_or_else(when::tokyo, |store| store.time_zone.clone());
    let held = booking.stage == Stage::Held;
    let cancelled = !held && !booking.stands();
    html! {
        li class=[(over || cancelled).then_some("past")] {
            a href={ "/me/bookings/" (booking.number) } {
                (moment(booking.starts_at, &when::there(booking.starts_at, &zone, language)))
            }
            span { (name) (words.comma) ((words.party)(booking.party)) }
            @if cancelled {
                span class="tag" { (words.cancelled) }
            } @else if held {
                span class="tag" { (words.held_for_you) }
            } @else if over {
                span class="tag" { (words.over) }
            }
        }
    }
}

/// Two asks this close together, for one booking, are one look at one page.
const ONE_LOOK_SECONDS: i64 = 3;

/// Puts what was asked in one look side by side; everything stays newest first.
fn by_look<'a>(provisions: &'a [Provision], policy: &Policy) -> Vec<Vec<&'a Provision>> {
    let mut looks: Vec<Vec<&Provision>> = Vec::new();
    for next in provisions {
        let same = looks.last().is_some_and(|look| {
            look.iter().all(|known| {
                let apart = known.at.as_second() - next.at.as_second();
                known.recipient == next.recipient
                    && known.reference == next.reference
                    && apart.abs() <= ONE_LOOK_SECONDS
                    && (&known.purpose, &known.items) != (&next.purpose, &next.items)
            })
        });
        match looks.last_mut() {
            Some(look) if same => look.push(next),
            _ => looks.push(vec![next]),
        }
    }
    for look in &mut looks {
        look.sort_by_key(|asked| asked.items.iter().map(|item| policy.rank(item)).min());
    }
    looks
}

/// Puts the looks of one day that differ in nothing but the time under the latest of them; the
/// latest come in the order they came in.
fn by_day(looks: Vec<Vec<&Provision>>) -> Vec<Vec<Vec<&Provision>>> {
    let mut days: Vec<Vec<Vec<&Provision>>> = Vec::new();
    for look in looks {
        let same = |day: &&mut Vec<Vec<&Provision>>| day.first().is_some_and(|l| is_like(l, &look));
        match days.iter_mut().find(same) {
            Some(day) => day.push(look),
            None => days.push(vec![look]),
        }
    }
    days
}

/// True when one store looked twice on one day, for one booking, at the same, and was told alike.
fn is_like(one: &[&Provision], other: &[&Provision]) -> bool {
    let why = |asked: &Provision| -> Vec<_> {
        let facts = |r: &Reason| (r.id.clone(), r.consent.clone(), r.state.clone());
        asked.reasons.iter().map(facts).collect()
    };
    one.len() == other.len()
        && one.iter().zip(other).all(|(a, b)| {
            (&a.recipient, &a.reference, &a.purpose, &a.items, &a.outcome)
                == (&b.recipient, &b.reference, &b.purpose, &b.items, &b.outcome)
                && when::in_tokyo(a.at).date() == when::in_tokyo(b.at).date()
                && why(a) == why(b)
        })
}

/// What it takes to draw a record with the way to its proof.
struct Proofs<'a> {
    public_azukari: &'a str,
    cursor: Option<&'a str>,
    policy: &'a Policy,
    reader: &'a Reader,
}

/// The latest look of a day, and under it those that were like it.
fn look_card(
    looks: &[Vec<&Provision>],
    stores: &[Store],
    now: jiff::Timestamp,
    proofs: &Proofs<'_>,
) -> Markup {
    let (words, language) = (proofs.reader.words, proofs.reader.language);
    let Some((latest, earlier)) = looks.split_first() else { return nothing() };
    let Some(first) = latest.first() else { return nothing() };
    if first.outcome == "unreadable" {
        return html! {
            li class="look" {
                div class="heading" {
                    p class="who" { (words.look_unreadable) }
                    p class="when" { (moment(first.at, &when::date_and_time(first.at, language))) }
                }
            }
        };
    }
    let store = stores.iter().find(|store| store.slug == first.recipient);
    let registered = first.recipient_name.as_deref().unwrap_or(&first.recipient);
    let who = store.map_or(registered, |store| store.name(language));
    let is_today = when::in_tokyo(first.at).date() == when::in_tokyo(now).date();
    let more = if is_today { words.more_looks_today } else { words.more_looks_that_day };
    html! {
        li class="look" {
            div class="heading" {
                p class="who" { strong { (who) } }
                p class="when" { (moment(first.at, &when::date_and_time(first.at, language))) }
            }
            @for asked in latest { (asked_row(asked, proofs)) }
            @if let Some(reference) = &first.reference {
                p class="for" { (words.booking_number) (words.colon) (reference) }
            }
            @if !earlier.is_empty() {
                details class="earlier" {
                    summary { (more(earlier.len())) }
                    ol {
                        @for look in earlier {
                            li {
                                @for asked in look { (earlier_row(asked, proofs)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// One ask of an earlier look: what was asked for is said above, so when, what for, and its proof.
fn earlier_row(asked: &Provision, proofs: &Proofs<'_>) -> Markup {
    let (words, language) = (proofs.reader.words, proofs.reader.language);
    let time = when::time(when::in_tokyo(asked.at).time(), language);
    html! {
        p {
            (moment(asked.at, &time)) " · "
            (proofs.policy.purpose_label(&asked.purpose, language)) " · "
            @if asked.outcome == "refused" { (words.look_refused) }
            @else { (words.look_received) }
        }
        (proof_of(asked, proofs))
    }
}

fn asked_row(asked: &Provision, proofs: &Proofs<'_>) -> Markup {
    let (words, language, policy) = (proofs.reader.words, proofs.reader.language, proofs.policy);
    let mut names: Vec<&str> = asked.items.iter().map(String::as_str).collect();
    names.sort_by_key(|name| policy.rank(name));
    let items: Vec<&str> = names.iter().map(|item| policy.item_label(item, language)).collect();
    let refused = asked.outcome == "refused";
    html! {
        div class={ "asked" @if refused { " refused" } } {
            p class="what" {
                @if refused { span class="tag refused" { (words.look_refused) } }
                @else { span class="tag good" { (words.look_received) } }
                " " (items.join(words.comma))
            }
            @if refused {
                @for reason in reasons(&asked.reasons, words) { p class="why" { (reason) } }
            }
            p class="for" {
                (words.purpose) (words.colon) (policy.purpose_label(&asked.purpose, language))
            }
            (proof_of(asked, proofs))
        }
    }
}

/// A record's number in the ledger, and its proof to keep.
fn proof_of(asked: &Provision, proofs: &Proofs<'_>) -> Markup {
    let words = proofs.reader.words;
    let index = asked.ledger.index;
    html! {
        details {
            summary { (words.proof) }
            p {
                ((words.proof_number)(index))
                @if let Some(until) = asked.keep_until.as_ref().and_then(|v| kept(v, proofs.reader)) {
                    " · " ((words.kept_until)(&until))
                }
            }
            (versions_of(asked, proofs))
            p { (words.proof_how) }
            p class="actions" {
                a href={ "/me/proofs/" (index) @if let Some(c) = proofs.cursor { "?cursor=" (c) } }
                    download=(proof::file_name(index)) { (words.proof_keep) }
                a href={ (proofs.public_azukari) "/v1/ledger/proofs/" (index) } {
                    (words.proof_file)
                }
            }
        }
    }
}

/// Under which version of the policy it was, and which one she had been shown at each consent.
fn versions_of(asked: &Provision, proofs: &Proofs<'_>) -> Markup {
    let words = proofs.reader.words;
    html! {
        @for (what, version, day) in versions_in_words(asked, proofs.policy, proofs.reader) {
            p {
                (what) (words.colon)
                a href={ (proofs.public_azukari) "/policy/versions/" (version) } {
                    ((words.version_of)(&day))
                }
            }
        }
    }
}

/// What each version is to a provision, with the version and the day that names it, in words.
pub(super) fn versions_in_words<'a>(
    asked: &'a Provision,
    policy: &Policy,
    reader: &Reader,
) -> Vec<(String, &'a str, String)> {
    let (words, language) = (reader.words, reader.language);
    let then = asked.policy.as_deref().map(|then| (words.policy_then.to_owned(), then));
    let seen = asked.consents.iter().map(|seen| {
        let label = policy.consent_label(&seen.consent, language);
        ((words.consent_seen)(label), seen.notice.as_str())
    });
    let dated = |(what, version): (String, &'a str)| {
        Some((what, version, when::version(version, language)?))
    };
    then.into_iter().chain(seen).filter_map(dated).collect()
}

/// The day until which a record is kept, whether it came as a moment or as a date.
fn kept(value: &serde_json::Value, reader: &Reader) -> Option<String> {
    let text = value.as_str()?;
    let date = text
        .parse()
        .map(|at| when::in_tokyo(at).date())
        .or_else(|_| text.parse::<jiff::civil::Date>())
        .ok()?;
    Some(when::date(date, reader.language))
}

fn is_asked(consent: &Consent, caller: &Caller) -> bool {
    let conditions = &consent.condition_of_service;
    conditions.is_empty() || conditions.contains(&caller.regime)
}

fn consent_sheet(
    name: &str,
    consent: &Consent,
    (state, again): (Option<&ConsentState>, bool),
    policy: &Policy,
    caller: &Caller,
    reader: &Reader,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let word = state.map_or("", |state| state.state.as_str());
    let given = word == "given";
    let told = match word {
        "given" => words.consent_given,
        "withdrawn" => words.consent_withdrawn,
        "refused" => words.consent_refused,
        "" | "requested" | "request_deferred" | "unknown" => words.consent_open,
        _ => words.consent_ended,
    };
    let condition = consent.condition_of_service.contains(&caller.regime);
    html! {
        form class="consent sheet" method="post" action={ "/me/consents/" (name) } {
            h3 { (consent.label.get(language)) }
            p class="state" {
                span class={ "tag" @if given { " good" } } { (told) }
                @if let Some(at) = state.and_then(|state| state.at) {
                    " " (moment(at, &when::date_and_time(at, language)))
                }
            }
            @if again { p class="notice" { (words.consent_again) } }
            details open[!given || again] {
                summary { (words.consent_wording) }
                div class="wording" { (prose(consent.wording.get(language))) }
            }
            input type="hidden" name="notice" value=(policy.version);
            @if again && given {
                button name="state" value="given" { (words.agree_again) }
            }
            @if given {
                @if condition {
                    p class="hint" {
                        (words.withdraw_condition)
                        @if name == STORE_DISCLOSURE { " " (words.withdraw_store) }
                    }
                }
                button class="quiet" name="state" value="withdrawn" { (words.withdraw) }
            } @else {
                button name="state" value="given" {
                    @if word == "withdrawn" { (words.agree_again) } @else { (words.agree) }
                }
            }
        }
    }
}

pub(super) async fn put_consent(
    State(app): State<Shared>,
    reader: Reader,
    Path(consent): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let caller = match guest(&reader) {
        Ok(caller) => caller.clone(),
        Err(to) => return Ok(*to),
    };
    let state = match fields.get("state") {
        "given" => "given",
        "withdrawn" => "withdrawn",
        _ => return Err(Fault::Unreadable),
    };
    let policy = app.azukari.policy().await?;
    if !policy.consents.contains_key(&consent) {
        return Err(Fault::NotFound);
    }
    let answer = Answer {
        consent,
        state,
        notice: fields.get("notice").to_owned(),
        language: reader.language.tag(),
    };
    match app.azukari.put_consent(reader.language, &caller.who, &answer).await {
        Ok(()) => see_other(&format!("/me?done={state}#consents")),
        Err(Trouble::Invalid(_)) => {
            let note = html! {
                div class="notice alert" role="alert" { p { (reader.words.policy_changed) } }
            };
            draw(&app, &reader, &caller, None, note).await
        }
        Err(trouble) => Err(trouble.into()),
    }
}

pub(super) async fn item_page(
    State(app): State<Shared>,
    reader: Reader,
    Path(item): Path<String>,
) -> Result<Response, Fault> {
    let caller = match guest(&reader) {
        Ok(caller) => caller.clone(),
        Err(to) => return Ok(*to),
    };
    let policy = editable(&app, &item).await?;
    let asked = beside(&app, &caller.who, &policy, &item).await?;
    let mut fields = Fields::default();
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

pub(super) async fn put_item(
    State(app): State<Shared>,
    reader: Reader,
    Path(item): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let words = reader.words;
    let caller = match guest(&reader) {
        Ok(caller) => caller.clone(),
        Err(to) => return Ok(*to),
    };
    let here = format!("/me/items/{item}");
    let away = |trouble: Trouble| Fault::from(trouble).keeping(&here, &fields);
    let policy = editable(&app, &item).await.map_err(|fault| fault.keeping(&here, &fields))?;
    let asked = beside(&app, &caller.who, &policy, &item).await.map_err(away)?;
    let field = format!("items.{item}");
    let mut errors = Errors::default();
    match fields.filled(&field) {
        None => errors.add(&field, words.error_empty),
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
                    let put = app.azukari.put_consent(reader.language, &caller.who, &answer).await;
                    match put {
                        Ok(()) => {}
                        Err(Trouble::Invalid(_)) => {
                            may = false;
                            errors.add(&name, words.policy_changed);
                        }
                        Err(trouble) => return Err(away(trouble)),
                    }
                } else {
                    may = false;
                    errors.add(&name, words.error_needs_consent);
                }
            }
            if may {
                match app.azukari.put_item(reader.language, &caller.who, &item, value).await {
                    Ok(()) => return see_other("/me?done=item#held"),
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
pub(super) async fn confirm_item(
    State(app): State<Shared>,
    reader: Reader,
    Path(item): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let caller = match guest(&reader) {
        Ok(caller) => caller.clone(),
        Err(to) => return Ok(*to),
    };
    let version = fields.get("version").parse().map_err(|_| Fault::Unreadable)?;
    editable(&app, &item).await?;
    app.azukari.confirm_item(&caller.who, &item, version).await?;
    see_other("/me?done=confirmed#held")
}

/// The policy, if it has that item and she may see it here.
async fn editable(app: &App, item: &str) -> Result<std::sync::Arc<Policy>, Fault> {
    let policy = app.azukari.policy().await?;
    let editable = policy.items.get(item).is_some_and(|item| {
        item.is_typed() && item.purposes.iter().any(|purpose| purpose == SERVICE)
    });
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
        "phone" => Some(words.phone_hint),
        "allergy" => Some(words.allergy_hint),
        _ => None,
    };
    let title = (words.edit_item)(label);
    let body = html! {
        h1 { (title) }
        (errors.summary(&order, words))
        form class="sheet" method="post" action={ "/me/items/" (item) } novalidate {
            input type="hidden" name="notice" value=(policy.version);
            (item_field(policy, item, &drawn, hint))
            @if let Some((name, consent)) = consent {
                (super::sign_up::consent_box(name, consent, &drawn))
            }
            p class="actions" {
                button { (words.save) }
                a href="/me#held" { (words.back) }
            }
        }
    };
    layout(reader, &Sheet { title: &title, wide: false }, &body)
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
                path: "/me".to_owned(),
                query: String::new(),
                guest: None,
                staff: None,
                operator: None,
            };
            let mut policy = policy();
            let item = serde_json::json!({
                "label": { "ja": "アレルギー", "en": "Allergies" }, "kind": "text",
                "purposes": ["service"],
            });
            policy.items.insert("allergy".to_owned(), serde_json::from_value(item).unwrap());
            let mut held = Held {
                values: serde_json::from_value(serde_json::json!({ "allergy": "えび" })).unwrap(),
                withheld: BTreeMap::new(),
                consents: BTreeMap::new(),
                again: BTreeSet::new(),
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

    fn policy() -> Policy {
        serde_json::from_value(serde_json::json!({
            "version": "2026-10-01", "items": {}, "purposes": {}, "consents": {},
            "controller": {
                "name": { "ja": "見本", "en": "Sample" },
                "desk": { "name": { "ja": "見本", "en": "Sample" }, "email": "desk@example.jp" },
            },
        }))
        .unwrap()
    }

    #[test]
    fn asks_of_one_look_stand_together_and_a_second_look_stands_apart() {
        let asked = |at: &str, purpose: &str| -> Provision {
            serde_json::from_value(serde_json::json!({
                "outcome": "disclosed", "at": at, "recipient": "sumire", "purpose": purpose,
                "items": ["name"], "reference": "S-1", "ledger": { "index": 1 },
            }))
            .unwrap()
        };
        let provisions = [
            asked("2026-11-22T09:00:09Z", "meal"),
            asked("2026-11-22T09:00:09Z", "reservation"),
            asked("2026-11-22T09:00:08Z", "meal"),
            asked("2026-11-22T08:00:00Z", "meal"),
        ];
        let policy = policy();
        let sizes: Vec<usize> = by_look(&provisions, &policy).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1, 1]);
    }

    #[test]
    fn looks_alike_on_one_day_are_one_card_and_each_keeps_its_proof() {
        let asked = |index: u64, at: &str, other: serde_json::Value| -> Provision {
            let mut asked = serde_json::json!({
                "outcome": "disclosed", "at": at, "recipient": "sumire", "purpose": "meal",
                "items": ["allergy"], "reference": "S-1", "ledger": { "index": index },
                "policy": "2026-11-01.2",
                "consents": [{ "consent": "meal", "notice": "2026-10-01" }],
            });
            asked.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
            serde_json::from_value(asked).unwrap()
        };
        let none = || serde_json::json!({});
        let provisions = [
            asked(19, "2026-11-22T09:50:00Z", none()),
            asked(18, "2026-11-22T09:40:00Z", none()),
            asked(17, "2026-11-22T09:30:00Z", serde_json::json!({ "recipient": "kaede" })),
            asked(16, "2026-11-22T09:20:00Z", none()),
            asked(15, "2026-11-22T09:10:00Z", serde_json::json!({ "outcome": "refused" })),
            asked(14, "2026-11-22T09:00:00Z", serde_json::json!({ "items": ["name"] })),
            asked(13, "2026-11-22T08:50:00Z", serde_json::json!({ "reference": "S-2" })),
            asked(12, "2026-11-21T09:50:00Z", none()),
            asked(11, "2026-11-21T09:40:00Z", none()),
        ];
        let policy = policy();
        let days = by_day(by_look(&provisions, &policy));
        let indexes: Vec<Vec<u64>> = days
            .iter()
            .map(|day| day.iter().flatten().map(|asked| asked.ledger.index).collect())
            .collect();
        let right: [&[u64]; 6] = [&[19, 18, 16], &[17], &[15], &[14], &[13], &[12, 11]];
        assert_eq!(indexes, right);

        let reader = Reader {
            language: crate::language::Language::En,
            words: crate::words::Words::of(crate::language::Language::En),
            path: "/me".to_owned(),
            query: String::new(),
            guest: None,
            staff: None,
            operator: None,
        };
        let proofs = Proofs {
            public_azukari: "https://azukari.example",
            cursor: None,
            policy: &policy,
            reader: &reader,
        };
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let draw = |day: &[Vec<&Provision>]| look_card(day, &[], now, &proofs).into_string();
        let folded = draw(&days[0]);
        assert!(folded.contains("and 2 more looks today"));
        for index in [19, 18, 16] {
            assert!(folded.contains(&format!("href=\"/me/proofs/{index}\"")), "{index}");
            assert!(folded.contains(&format!("/v1/ledger/proofs/{index}\"")), "{index}");
        }
        assert!(folded.contains("version of 1 Oct 2026"), "{folded}");
        assert!(folded.contains("https://azukari.example/policy/versions/2026-11-01.2"));
        assert!(!draw(&days[1]).contains("class=\"earlier\""));
        assert!(draw(&days[5]).contains("and 1 more look that day"));
    }
}
