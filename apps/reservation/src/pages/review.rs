//! Between a time and a booking: what it costs, when calling it off is free, what this store will be told,
//! and the consent to that where it is not given yet. A booking tells Azukari who may see what until when;
//! the values themselves never come through here.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::book::{self, Asked, listed, read, told};
use super::consent::{REPRESENTATIVE, consent_choice};
use super::me::stops::STORES;
use super::parts::{
    Drawn, Errors, Named, held_to_send, moment, named, naming, nothing, prose, representative_waits,
};
use super::{Guest, Sheet, companions, layout, see_other, sign_in};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::{Answer, Policy, Stop as Stopped, Trouble};
use crate::book::No;
use crate::book::bookings::{Booking, Stage, Wish};
use crate::book::companions::Companions;
use crate::book::sessions::Caller;
use crate::book::stores::Store;
use crate::engage::{self, Stop};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::terms::{Terms, calling_off};
use crate::{chance, when};

/// The fields with the terms that she was shown: the fee, what calling off costs of it, and until when it is free.
const FEE: &str = "fee";
const LATE: &str = "late";
const FREE_UNTIL: &str = "free";

/// The yen that a form says its page showed; without them, none.
pub(super) fn shown(fields: &Fields, name: &str) -> u32 {
    fields.get(name).parse().unwrap_or(0)
}

/// The terms that a page shows, to be sent along with its form.
pub(super) fn terms_shown((fee, free_until, late_percent): Terms) -> Markup {
    html! {
        input type="hidden" name=(FEE) value=(fee);
        input type="hidden" name=(LATE) value=(late_percent);
        input type="hidden" name=(FREE_UNTIL) value=(free_until.as_second());
    }
}

/// Whether the terms are worse for her than those that a form says its page showed.
pub(super) fn are_worse(fields: &Fields, (fee, free_until, late_percent): Terms) -> bool {
    let costs_late = fee > 0 && late_percent > 0;
    fee > shown(fields, FEE)
        || costs_late
            && (u32::from(late_percent) > shown(fields, LATE)
                || free_until.as_second() < i64::from(shown(fields, FREE_UNTIL)))
}

/// What was chosen on the store's page.
#[derive(Deserialize)]
pub(super) struct Chosen {
    date: Option<String>,
    time: Option<String>,
    party: Option<String>,
}

impl Chosen {
    pub(super) fn fields(self) -> Fields {
        let all = [("date", self.date), ("time", self.time), ("party", self.party)];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(slug): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Fault> {
    let store = listed(&app, &slug).await?;
    let policy = app.azukari.policy().await?;
    let fields = chosen.fields();
    let now = app::now();
    let wish = match read(&fields, &store, reader.words) {
        Ok(wish) => wish,
        Err(error) => return choose_again(&app, &reader, &store, &policy, &fields, &error).await,
    };
    // Whoever has this table already, by a form sent twice or by the way back, is shown it.
    if let Some(number) = has_it(&app, &caller, &slug, wish.0, now).await? {
        return see_other(&format!("/me/bookings/{number}"));
    }
    let look = Look { app: &app, reader: &reader, store: &store, policy: &policy, caller: &caller };
    Ok(look.draw(wish, &fields, &Errors::default(), None).await?.into_response())
}

/// Her other bookings, and what is held for her, that a span of time overlaps; apart from one that is to move.
pub(super) async fn at_that_hour(
    app: &App,
    who: &str,
    (starts_at, ends_at): (Timestamp, Timestamp),
    apart_from: Option<&Booking>,
) -> Result<Vec<(Booking, Store)>, Fault> {
    let mut others = Vec::new();
    for booking in app.book.bookings_of(who, app::now()).await? {
        let overlaps = booking.starts_at < ends_at && starts_at < booking.ends_at;
        let is_to_be = booking.stands() || matches!(booking.stage, Stage::Held | Stage::Asked);
        if overlaps
            && is_to_be
            && apart_from.is_none_or(|other| other.number != booking.number)
            && let Some(store) = app.book.store(&booking.store).await?
        {
            others.push((booking, store));
        }
    }
    Ok(others)
}

/// That she has another table at that hour. She may have reasons: it stops nothing.
pub(super) fn same_hour(others: &[(Booking, Store)], reader: &Reader) -> Markup {
    let (words, language) = (reader.words, reader.language);
    if others.is_empty() {
        return nothing();
    }
    html! {
        div class="notice" role="status" {
            p { strong { (words.visit.same_hour) } }
            ul {
                @for (booking, store) in others {
                    @let at = when::there(booking.starts_at, &store.time_zone, language);
                    li {
                        a href={ "/me/bookings/" (booking.number) } { (named(store.name(language))) }
                        " " (moment(booking.starts_at, &at))
                    }
                }
            }
            p { (words.visit.same_hour_told) }
        }
    }
}

/// The number of her booking at a moment, if there is one.
async fn has_it(
    app: &App,
    caller: &Caller,
    slug: &str,
    starts_at: Timestamp,
    now: Timestamp,
) -> Result<Option<String>, Fault> {
    let hers = app.book.bookings_of(&caller.who, now).await?;
    let same = hers.into_iter().find(|booking| {
        let alive = booking.stands() || booking.is_held(now);
        booking.store == slug && booking.starts_at == starts_at && alive
    });
    Ok(same.map(|booking| booking.number))
}

/// The store's page again, with what is wrong about what was chosen.
async fn choose_again(
    app: &App,
    reader: &Reader,
    store: &Store,
    policy: &Policy,
    fields: &Fields,
    error: &str,
) -> Result<Response, Fault> {
    let asked = Asked {
        date: fields.filled("date").map(str::to_owned),
        party: fields.filled("party").map(str::to_owned),
    };
    let chooser = book::chooser(app, store, &asked, app::now()).await?;
    let again = companions::again(fields, reader.words);
    let page = book::draw(reader, &chooser, policy, Some(format!("{error}{again}").as_str()));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What the page is drawn from.
struct Look<'a> {
    app: &'a App,
    reader: &'a Reader,
    store: &'a Store,
    policy: &'a Policy,
    caller: &'a Caller,
}

impl Look<'_> {
    async fn draw(
        &self,
        (starts_at, party): (Timestamp, u8),
        fields: &Fields,
        errors: &Errors,
        note: Option<&str>,
    ) -> Result<Markup, Fault> {
        let Self { app, reader, store, policy, caller } = self;
        let (words, language) = (reader.words, reader.language);
        let missing = missing_consents(app, caller, policy).await?;
        let mut waits_until = None;
        if !missing.is_empty() {
            waits_until = app.azukari.waits_until(&caller.who).await?;
        }
        let goes = goes_to_stores(app, caller, policy, store).await?;
        let span = (starts_at, store.ends_at(starts_at));
        let others = at_that_hour(app, &caller.who, span, None).await?;
        let mut order: Vec<Named> = missing
            .iter()
            .map(|name| Named {
                name: format!("consents.{name}"),
                label: policy.consent_label(name, language).to_owned(),
            })
            .collect();
        order.extend(companions::named(words));
        let first_error = errors.first(&order);
        let drawn = Drawn { fields, errors, first_error, said_above: None, language, words };
        let starts = when::there(starts_at, &store.time_zone, language);
        let action = format!("/book/{}", store.slug);
        let body = html! {
            div {
                p class="eyebrow" { (words.finding.review) }
                h1 { (named(store.name(language))) }
            }
            @if let Some(note) = note { div class="notice alert" role="alert" { p { (note) } } }
            (errors.summary(&order, words))
            (same_hour(&others, reader))
            form method="post" action=(action) novalidate {
                @for name in ["date", "time", "party"] {
                    input type="hidden" name=(name) value=(fields.get(name));
                }
                (terms_shown(store.terms(starts_at, party)))
                input type="hidden" name="notice" value=(policy.version);
                section class="sheet ticket" {
                    p class="big" { (moment(starts_at, &starts)) }
                    p {
                        ((words.frame.party)(party)) " · "
                        span class="soft" { (when::clock(starts_at, &store.time_zone, language)) }
                    }
                    p class="soft" { (store.address.get(language)) }
                    (costs(store, starts_at, party, reader))
                }
                section class="sheet" {
                    h2 { (naming(words.finding.first_store, store.name(language))) }
                    (seen_there(policy, goes.as_ref(), reader))
                }
                (representative_waits(waits_until, reader))
                @if !missing.is_empty() && waits_until.is_none() {
                    section class="sheet" {
                        h2 { (words.finding.consent_first) }
                        @for (name, consent) in policy.consents_in_order() {
                            @if missing.iter().any(|one| one == name) {
                                (consent_choice(name, consent, &drawn))
                            }
                        }
                    }
                }
                @if party > 1 && waits_until.is_none() {
                    section class="sheet" {
                        h2 { (words.visit.companions) span class="optional" { (words.frame.optional) } }
                        (companions::questions(fields, party - 1, errors, reader))
                    }
                }
                p class="actions" {
                    @if waits_until.is_none() {
                        button {
                            @if store.fee_yen > 0 { ((words.visit.hold_it)(store.hold_minutes)) }
                            @else { (words.finding.book_it) }
                        }
                    }
                    a href={ "/book/" (store.slug) "?date=" (fields.get("date")) "&party=" (party) "#times" } {
                        (words.finding.choose_again)
                    }
                }
            }
        };
        Ok(layout(reader, &Sheet { title: words.finding.review, wide: false }, &body))
    }

    /// Says plainly that there is no booking without a consent, and that nothing was kept.
    fn refused(&self, consents: &[String], fields: &Fields) -> Markup {
        let (words, language) = (self.reader.words, self.reader.language);
        let back = format!(
            "/book/{}/review?date={}&time={}&party={}",
            self.store.slug,
            fields.get("date"),
            fields.get("time"),
            fields.get("party")
        );
        let body = html! {
            h1 { (words.finding.not_booked) }
            @for name in consents {
                @if let Some(consent) = self.policy.consents.get(name) {
                    section class="sheet" {
                        h2 { (consent.label.get(language)) }
                        (prose(consent.on_refusal.get(language)))
                    }
                }
            }
            p { strong { (naming(words.visit.not_booked_told, self.store.name(language))) } }
            p class="actions" {
                a class="button quiet" href=(back) { (words.door.refused_think_again) }
                a href="/" { (words.frame.to_front_page) }
            }
        };
        layout(self.reader, &Sheet { title: words.finding.not_booked, wide: false }, &body)
    }
}

/// What is held of her and goes to a store she books, and what is held and does not since she withdrew its consent.
pub(super) struct Goes {
    pub(super) items: BTreeSet<String>,
    pub(super) withheld: BTreeSet<String>,
}

/// What goes to a store: what has a consent of its own, only while that is given. `None` where she stopped all of it.
pub(super) async fn goes_to_stores(
    app: &App,
    caller: &Caller,
    policy: &Policy,
    store: &Store,
) -> Result<Option<Goes>, Fault> {
    let stops = app.azukari.stops(&caller.who).await.map_err(Fault::of_guest)?;
    let ends_it = |stop: &Stopped| match (&stop.purpose, stop.recipient.as_deref()) {
        (None, None) => true,
        (_, Some(of)) => of == "*" || of == STORES || of == store.slug,
        _ => false,
    };
    if stops.iter().any(ends_it) {
        return Ok(None);
    }
    let held = app.azukari.held_items(&caller.who).await.map_err(Fault::of_guest)?;
    let mut items: BTreeSet<String> = held.into_iter().map(|held| held.item).collect();
    let mut withheld = BTreeSet::new();
    for name in policy.consents.keys() {
        let of_it = |item: &String| {
            policy.items.get(item).is_some_and(|item| item.consent.as_ref() == Some(name))
        };
        if items.iter().any(of_it) {
            let state = app.azukari.consent(&caller.who, name).await?;
            let state = state.map(|state| state.state).unwrap_or_default();
            if state == "withdrawn" {
                withheld.extend(items.iter().filter(|item| of_it(item)).cloned());
            }
            if state != "given" {
                items.retain(|item| !of_it(item));
            }
        }
    }
    Ok(Some(Goes { items, withheld }))
}

/// What a store is shown, by purpose; or that it is nothing, so that she tells it herself what it should know.
pub(super) fn seen_there(policy: &Policy, goes: Option<&Goes>, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        @match goes {
            Some(Goes { items, withheld }) => {
                p { (words.visit.book_sees_lead) }
                (held_to_send(policy, reader, items, withheld))
                @if !withheld.is_empty() {
                    p class="screen" { a href="/me/consents" { (words.hers.consents_look) } }
                }
            },
            None => p class="notice alert" { (words.visit.book_sees_nothing) },
        }
    }
}

/// What the booking costs, and what calling it off does, before anything is booked.
fn costs(store: &Store, starts_at: Timestamp, party: u8, reader: &Reader) -> Markup {
    let words = reader.words;
    let terms = store.terms(starts_at, party);
    let fee = terms.0;
    html! {
        dl class="sum" {
            @if fee == 0 {
                div { dt { (words.visit.fee) } dd { (words.visit.fee_none) } }
            } @else {
                div {
                    dt { (words.visit.fee) }
                    dd { ((words.frame.yen)(store.fee_yen)) " × " ((words.frame.party)(party)) }
                }
                div class="all" { dt { (words.finding.fee_sum) } dd class="yen" { ((words.frame.yen)(fee)) } }
            }
        }
        p class="hint" {
            (calling_off(terms, &store.time_zone, reader.language, app::now()))
        }
    }
}

/// The consents without which this guest cannot be served and that she has not given.
pub(super) async fn missing_consents(
    app: &App,
    caller: &Caller,
    policy: &Policy,
) -> Result<Vec<String>, Fault> {
    let mut missing = Vec::new();
    for (name, consent) in policy.consents_in_order() {
        if consent.condition_of_service.contains(&caller.regime) {
            let state = app.azukari.consent(&caller.who, name).await?;
            if state.is_none_or(|state| state.state != "given") {
                missing.push(name.to_owned());
            }
        }
    }
    Ok(missing)
}

/// How the answers to the consents that are missing stand.
enum Answered {
    All,
    Refused(Vec<String>),
    Open(Errors),
    /// The wording has changed under her hands.
    Changed,
    /// Somebody has to agree in her place.
    Young,
}

/// Takes the answers that a form brought. Nothing is given before all are answered, and nothing at all
/// when one is refused.
async fn answer(
    app: &App,
    reader: &Reader,
    caller: &Caller,
    missing: &[String],
    fields: &Fields,
) -> Result<Answered, Trouble> {
    let mut errors = Errors::default();
    let mut refused = Vec::new();
    for name in missing {
        match fields.get(&format!("consents.{name}")) {
            "given" => {}
            "refused" => refused.push(name.clone()),
            _ => errors.add(&format!("consents.{name}"), reader.words.frame.error_choose),
        }
    }
    if !refused.is_empty() {
        return Ok(Answered::Refused(refused));
    }
    if !errors.is_empty() {
        return Ok(Answered::Open(errors));
    }
    for name in missing {
        let answer = Answer {
            consent: name.clone(),
            state: "given",
            notice: fields.get("notice").to_owned(),
            language: reader.language.tag(),
        };
        match app.azukari.put_consent(reader.language, &caller.who, &answer, None).await {
            Ok(()) => {}
            Err(Trouble::Invalid(found)) => {
                let young = found.iter().any(|error| error.field == REPRESENTATIVE);
                return Ok(if young { Answered::Young } else { Answered::Changed });
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(Answered::All)
}

pub(super) async fn submit(
    State(app): State<Shared>,
    reader: Reader,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let here = format!("/book/{slug}");
    let Some(caller) = reader.guest.clone() else {
        return Ok(sign_in::go_on(&reader, &here, &fields));
    };
    let store = listed(&app, &slug).await?;
    let keeping = |fault: Fault| fault.keeping(&here, &fields);
    let policy = app.azukari.policy().await.map_err(|trouble| keeping(trouble.into()))?;
    let wish = match read(&fields, &store, reader.words) {
        Ok(wish) => wish,
        Err(error) => return choose_again(&app, &reader, &store, &policy, &fields, &error).await,
    };
    let look = Look { app: &app, reader: &reader, store: &store, policy: &policy, caller: &caller };
    let unclear = |page| (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    let companions = match companions::read(&fields, wish.1.saturating_sub(1), reader.words) {
        Ok(companions) => companions,
        Err(errors) => return Ok(unclear(look.draw(wish, &fields, &errors, None).await?)),
    };
    // Nothing costs more than what she was shown. What she has already does not change with the store's fee.
    if are_worse(&fields, store.terms(wish.0, wish.1)) {
        if let Some(number) = has_it(&app, &caller, &slug, wish.0, app::now()).await? {
            return see_other(&format!("/me/bookings/{number}"));
        }
        let note = Some(reader.words.visit.fee_is_now);
        let page = look.draw(wish, &fields, &Errors::default(), note).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let missing = missing_consents(&app, &caller, &policy).await.map_err(keeping)?;
    let answered = answer(&app, &reader, &caller, &missing, &fields).await;
    match answered.map_err(|trouble| keeping(trouble.into()))? {
        Answered::All => {}
        Answered::Refused(which) => return Ok(look.refused(&which, &fields).into_response()),
        Answered::Open(errors) => {
            return Ok(unclear(look.draw(wish, &fields, &errors, None).await?));
        }
        Answered::Young => {
            let note = Some(reader.words.door.representative_on_her_page);
            return Ok(unclear(look.draw(wish, &fields, &Errors::default(), note).await?));
        }
        Answered::Changed => {
            let note = Some(reader.words.door.policy_changed);
            return Ok(unclear(look.draw(wish, &fields, &Errors::default(), note).await?));
        }
    }
    let (starts_at, party) = wish;
    let number = chance::booking_number()?;
    let subject = caller.who.clone();
    let (store_slug, language) = (slug.clone(), reader.language);
    let wish = Wish { number, store: store_slug, subject, starts_at, party, language, companions };
    match engage::place(&app, wish, app::now()).await {
        Ok(booking) => {
            let done = if booking.stands() { "booked" } else { "held" };
            see_other(&format!("/me/bookings/{}?done={done}", booking.number))
        }
        Err(Stop::No(No::Already(number))) => see_other(&format!("/me/bookings/{number}")),
        Err(Stop::No(no)) => match told(&no, &store, &reader) {
            Some(error) => choose_again(&app, &reader, &store, &policy, &fields, &error).await,
            None => Err(no.into()),
        },
        Err(stop) => Err(keeping(stop.into())),
    }
}

/// She stands in line for a time that is full.
pub(super) async fn wait(
    State(app): State<Shared>,
    reader: Reader,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let Some(caller) = reader.guest.clone() else {
        return Ok(sign_in::go_on(&reader, &format!("/book/{slug}/wait"), &fields));
    };
    let store = listed(&app, &slug).await?;
    let policy = app.azukari.policy().await?;
    let error = match read(&fields, &store, reader.words) {
        Err(error) => error,
        Ok((starts_at, party)) => {
            let who = caller.who;
            let number = String::new();
            let wish = Wish {
                number,
                store: slug.clone(),
                subject: who.clone(),
                starts_at,
                party,
                language: reader.language,
                companions: Companions::default(),
            };
            match app.book.wait(wish, app::now()).await {
                // A seat came free just now: it is hers for a while.
                Ok(()) => match app.book.offered_to(&who, &slug, starts_at).await? {
                    Some(number) => return see_other(&format!("/me/bookings/{number}")),
                    None => return see_other("/me?done=waiting"),
                },
                Err(No::Already(number)) => {
                    return see_other(&format!("/me/bookings/{number}"));
                }
                Err(no) => match told(&no, &store, &reader) {
                    Some(error) => error,
                    None => return Err(no.into()),
                },
            }
        }
    };
    choose_again(&app, &reader, &store, &policy, &fields, &error).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::pages::me::looks::tests::{policy, reader};

    #[test]
    fn what_is_held_back_is_said_to_be_with_the_way_to_change_it() {
        let mut policy = policy();
        let item = serde_json::json!({
            "label": { "ja": "食物アレルギー", "en": "Food allergies" }, "kind": "text",
            "purposes": ["meal"], "consent": "dietary_care",
        });
        policy.items.insert("allergy".to_owned(), serde_json::from_value(item).unwrap());
        let allergy = || BTreeSet::from(["allergy".to_owned()]);
        for language in [Language::Ja, Language::En] {
            let reader = reader(language);
            let drawn = |items, withheld| {
                seen_there(&policy, Some(&Goes { items, withheld }), &reader).into_string()
            };
            let (said, way) = (reader.words.hers.withheld_withdrawn, "href=\"/me/consents\"");
            let withheld = drawn(BTreeSet::new(), allergy());
            assert!(withheld.contains(said) && withheld.contains(way), "{withheld}");
            let goes = drawn(allergy(), BTreeSet::new());
            assert!(!goes.contains(said) && !goes.contains(way), "{goes}");
        }
    }
}
