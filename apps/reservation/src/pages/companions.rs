//! What those whom a guest brings are allergic to: how many of them, by a closed list. Part of looking a booking over,
//! and a page of its own to change it. Takes no name and no words, so that nothing points at anybody (R9.5; decision
//! 0050).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::booking::own_booking;
use super::parts::{Errors, Field, Named, Purposes, nothing};
use super::{Guest, Sheet, layout, see_other, sign_in};
use crate::app::{self, App, Reader, Shared};
use crate::book::No;
use crate::book::bookings::Booking;
use crate::book::companions::{Allergen, Companions, fitting};
use crate::book::sessions::Caller;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::words::Words;

/// What the names of the fields begin with.
const FIELD: &str = "companions.";

fn field_of(allergen: Allergen) -> String {
    format!("{FIELD}{}", allergen.name())
}

/// The fields, in the order of the page.
pub(super) fn named(words: &Words) -> impl Iterator<Item = Named> {
    Allergen::all().map(|allergen| Named {
        name: field_of(allergen),
        label: (words.allergen)(allergen).to_owned(),
    })
}

/// What a form brought, where `most` people come along. A field that is not on the list is not overlooked: somebody
/// meant something by it.
pub(super) fn read(fields: &Fields, most: u8, words: &Words) -> Result<Companions, Errors> {
    let (mut told, mut errors) = (Companions::new(), Errors::default());
    for (field, typed) in fields.iter() {
        let Some(name) = field.strip_prefix(FIELD) else { continue };
        match (Allergen::named(name), typed.trim()) {
            (_, "" | "0") => {}
            (None, _) => errors.add(field, words.visit.error_allergen),
            (Some(allergen), typed) => match typed.parse() {
                Ok(people) if (1..=most).contains(&people) => {
                    told.insert(allergen, people);
                }
                _ => errors.add(field, (words.visit.error_companions)(most)),
            },
        }
    }
    if errors.is_empty() { Ok(told) } else { Err(errors) }
}

/// True when a form asked about those who come along.
pub(super) fn were_asked(fields: &Fields) -> bool {
    fields.iter().any(|(field, _)| field.starts_with(FIELD))
}

/// True when a form says anything about those who come along.
fn says_anything(fields: &Fields) -> bool {
    fields.iter().any(|(field, typed)| field.starts_with(FIELD) && !typed.is_empty())
}

fn filled(companions: &Companions) -> Fields {
    companions.iter().map(|(allergen, people)| (field_of(*allergen), people.to_string())).collect()
}

/// The fields, with what they are for and why no name is asked.
pub(super) fn questions(fields: &Fields, most: u8, errors: &Errors, reader: &Reader) -> Markup {
    let words = reader.words;
    let counts: Vec<_> = (0..=most)
        .map(|people| match people {
            0 => (String::new(), words.visit.nobody.to_owned()),
            people => (people.to_string(), (words.frame.party)(people)),
        })
        .collect();
    let first = named(words).find(|field| errors.get(&field.name).is_some());
    let ask = |allergen: Allergen| {
        let name = field_of(allergen);
        let field = Field {
            name: &name,
            label: (words.allergen)(allergen),
            required: false,
            purposes: Purposes::default(),
            hint: None,
            error: errors.get(&name),
            focus: first.as_ref().is_some_and(|first| first.name == name),
            autocomplete: None,
        };
        field.select(&counts, fields.get(&name), words)
    };
    let (prescribed, other): (Vec<_>, Vec<_>) =
        Allergen::all().partition(|one| one.is_prescribed());
    let said = |allergen: &Allergen| !fields.get(&field_of(*allergen)).is_empty();
    html! {
        p { (words.visit.companions_for) }
        p class="hint" { (words.visit.companions_why) }
        div class="counts" { @for allergen in prescribed { (ask(allergen)) } }
        details open[other.iter().any(said)] {
            summary { (words.visit.companions_other) }
            div class="counts" { @for allergen in &other { (ask(*allergen)) } }
        }
        p class="hint" { (words.visit.companions_not_hers) " " a href="/me/items" { (words.hers.room_items) } }
    }
}

/// Shrimp: 2 people, Egg: 1 person.
pub(super) fn told(companions: &Companions, words: &Words) -> String {
    let each = companions.iter().map(|(allergen, people)| {
        format!(
            "{}{}{}",
            (words.allergen)(*allergen),
            words.frame.colon,
            (words.frame.party)(*people)
        )
    });
    each.collect::<Vec<_>>().join(words.frame.comma)
}

/// What is said beside an error that leads to another page: an address is no place for what she chose, so she chooses
/// once more there.
pub(super) fn again(fields: &Fields, words: &Words) -> &'static str {
    if says_anything(fields) { words.visit.companions_again } else { "" }
}

/// What she said, on the page of her booking, and the way to say something else.
pub(super) async fn section(
    app: &App,
    booking: &Booking,
    reader: &Reader,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let now = app::now();
    if !booking.tells_of_companions(now) {
        return Ok(nothing());
    }
    let companions = kept(app, booking).await?;
    Ok(html! {
        section class="sheet" {
            h2 { (words.visit.companions) }
            p {
                @if companions.is_empty() { (words.visit.companions_not_told) }
                @else { strong { (told(&companions, words)) } }
            }
            p class="hint" { (words.visit.companions_for) }
            p class="actions screen" {
                a class="button quiet" href={ "/me/bookings/" (booking.number) "/companions" } {
                    (words.visit.companions_change)
                }
            }
        }
    })
}

/// What of it a party with fewer people leaves no room for, or what stands where more people come, and the questions
/// again, so that she says what is so then; nothing where those who come are the same.
pub(super) async fn left_out(
    app: &App,
    booking: &Booking,
    party: u8,
    (fields, errors): (&Fields, &Errors),
    reader: &Reader,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let kept = kept(app, booking).await?;
    let most = party.saturating_sub(1);
    let fits = fitting(&kept, most);
    let are_more = party > booking.party;
    if fits == kept && !are_more && !were_asked(fields) {
        return Ok(nothing());
    }
    let filled = filled(&fits);
    let fields = if were_asked(fields) { fields } else { &filled };
    Ok(html! {
        section class="sheet" {
            h2 { (words.visit.companions) }
            @if are_more {
                p { (words.visit.companions_more) }
                @if !kept.is_empty() { p { strong { (told(&kept, words)) } } }
            } @else {
                div class="notice alert" {
                    p { @if most == 0 { (words.visit.companions_all_go) } @else { (words.visit.companions_fewer) } }
                    ul {
                        @for (allergen, people) in &kept {
                            @let left = fits.get(allergen).copied().unwrap_or(0);
                            @if left < *people {
                                li {
                                    ((words.allergen)(*allergen)) (words.frame.colon) ((words.frame.party)(*people))
                                    " → "
                                    @if left == 0 { (words.visit.erased) } @else { ((words.frame.party)(left)) }
                                }
                            }
                        }
                    }
                }
            }
            @if most > 0 { (questions(fields, most, errors, reader)) }
        }
    })
}

async fn kept(app: &App, booking: &Booking) -> Result<Companions, Fault> {
    let mut kept = app.book.companions(std::slice::from_ref(booking), app::now()).await?;
    Ok(kept.remove(&booking.number).unwrap_or_default())
}

/// A booking of hers of which there is something to say.
async fn own(app: &App, caller: &Caller, number: &str) -> Result<Booking, Fault> {
    let (booking, _) = own_booking(app, caller, number).await?;
    Some(booking).filter(|one| one.tells_of_companions(app::now())).ok_or(Fault::NotFound)
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(number): Path<String>,
) -> Result<Markup, Fault> {
    let booking = own(&app, &caller, &number).await?;
    let fields = filled(&kept(&app, &booking).await?);
    Ok(draw(&booking, &fields, &Errors::default(), &reader))
}

fn draw(booking: &Booking, fields: &Fields, errors: &Errors, reader: &Reader) -> Markup {
    let words = reader.words;
    let at = format!("/me/bookings/{}", booking.number);
    let order: Vec<Named> = named(words).collect();
    let body = html! {
        h1 { (words.visit.companions) }
        (errors.summary(&order, words))
        form class="sheet" method="post" action={ (at) "/companions" } novalidate {
            (questions(fields, booking.brings(), errors, reader))
            p class="actions" { button { (words.frame.save) } a href=(at) { (words.frame.back) } }
        }
    };
    layout(reader, &Sheet { title: words.visit.companions, wide: false }, &body)
}

pub(super) async fn put(
    State(app): State<Shared>,
    reader: Reader,
    Path(number): Path<String>,
    fields: Fields,
) -> Result<Response, Fault> {
    let here = format!("/me/bookings/{number}/companions");
    let Some(caller) = reader.guest.clone() else {
        return Ok(sign_in::go_on(&reader, &here, &fields));
    };
    let booking = own(&app, &caller, &number).await?;
    let unclear = |errors: &Errors| {
        let page = draw(&booking, &fields, errors, &reader);
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    };
    let companions = match read(&fields, booking.brings(), reader.words) {
        Ok(companions) => companions,
        Err(errors) => return Ok(unclear(&errors)),
    };
    match app.book.put_companions(&number, &caller.who, companions, app::now()).await {
        Ok(()) => see_other(&format!("/me/bookings/{number}?done=companions")),
        Err(No::Gone) => Err(Fault::NotFound),
        Err(no) => Err(Fault::from(no).keeping(&here, &fields)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn only_counts_of_the_closed_list_come_in() {
        let words = Words::of(Language::En);
        let brought = |pairs: &[(&str, &str)]| -> Fields {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let sent = brought(&[
            ("companions.egg", "2"),
            ("companions.kiwi", " 1 "),
            ("companions.crab", ""),
            ("companions.milk", "0"),
            ("party", "3"),
        ]);
        let told = read(&sent, 2, words).ok().unwrap();
        assert_eq!(told, Companions::from([(Allergen::Egg, 2), (Allergen::Kiwi, 1)]));
        // A name, words of her own, more people than come, a number that is none: each is told by its field, and
        // nothing of what was typed is told back.
        for (field, typed) in [
            ("companions.name", "Hanako"),
            ("companions.celery", "1"),
            ("companions.egg", "my wife"),
            ("companions.egg", "3"),
            ("companions.egg", "-1"),
            ("companions.egg", "1.5"),
        ] {
            let errors = read(&brought(&[(field, typed)]), 2, words).err().unwrap();
            assert!(errors.get(field).is_some_and(|error| !error.contains(typed)), "{field}");
        }
    }
}
