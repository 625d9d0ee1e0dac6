//! A store: what people read of it, and the rules by which it takes bookings.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::parts::{Errors, Field, Named, nothing};
use super::super::staff::Operator;
use super::super::{Sheet, layout, see_other};
use super::{Of, Way, errors, field, head, refused};
use crate::app::{App, Reader, Shared};
use crate::book::stores::Store;
use crate::edit::{self, Entry, STORE_FIELDS, Unwritten, What, Wrong};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::pages::MOTIFS;
use crate::phone;

/// The fields that stand side by side, Japanese and English.
const IN_BOTH_LANGUAGES: &[&str] = STORE_FIELDS.split_at(13).0.split_at(1).1;

/// What was done when a store was opened to guests.
const OPENED: &str = "opened";

/// Whether a form has to bring a field. A change needs a representative only where it goes to the register.
fn is_required(name: &str, is_new: bool) -> bool {
    name == "slug" || IN_BOTH_LANGUAGES.contains(&name) || (is_new && name == "representative")
}

pub(super) async fn new_page(reader: Reader, _: Operator) -> Response {
    draw(&reader, None, &edit::new_store(), &Errors::default(), &nothing()).into_response()
}

pub(super) async fn page(reader: Reader, Of { store, .. }: Of, Query(way): Query<Way>) -> Markup {
    let note = match way.done.as_deref() {
        Some(OPENED) if store.listed => opened(&store, &reader),
        _ => way.note(&reader),
    };
    draw(&reader, Some(&store), &edit::fields_of(&store), &Errors::default(), &note)
}

pub(super) async fn make(
    State(app): State<Shared>,
    reader: Reader,
    _: Operator,
    fields: Fields,
) -> Result<Response, Fault> {
    let read = match edit::store(&fields) {
        Ok(entry) if app.book.store(&entry.store.slug).await?.is_some() => {
            Err(vec![Wrong { field: "slug".to_owned(), what: What::Twice }])
        }
        read => read,
    };
    keep(&app, &reader, None, "/operator/stores/new", fields, read).await
}

pub(super) async fn put(
    State(app): State<Shared>,
    reader: Reader,
    of: Of,
    mut fields: Fields,
) -> Result<Response, Fault> {
    // A store keeps its name in addresses: bookings and Azukari's register go by it.
    fields.set("slug", &of.store.slug);
    let read = edit::store(&fields);
    keep(&app, &reader, Some(&of.store), &of.at(""), fields, read).await
}

/// That guests see a store from now on, and the way to what they see.
fn opened(store: &Store, reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        div class="notice done" role="status" {
            p { (words.office.opened) }
            p { a href={ "/book/" (store.slug) } { (words.office.see_as_guests) } }
        }
    }
}

/// Opens a store to guests; one that lacks something stays as it is, and its page says what.
pub(super) async fn open(State(app): State<Shared>, of: Of) -> Result<Response, Fault> {
    if !of.store.lacks().nothing() {
        return see_other(&of.at(""));
    }
    let done = of.at(&format!("?done={OPENED}"));
    app.book.put_stores(vec![Store { listed: true, ..of.store }]).await?;
    see_other(&done)
}

async fn keep(
    app: &App,
    reader: &Reader,
    store: Option<&Store>,
    here: &str,
    fields: Fields,
    read: Result<Entry, Vec<Wrong>>,
) -> Result<Response, Fault> {
    let wrong = match read {
        Err(wrong) => wrong,
        Ok(entry) => {
            let slug = entry.store.slug.clone();
            let opens = entry.listed == Some(true) && store.is_some_and(|store| !store.listed);
            let done = if opens { OPENED } else { "saved" };
            match edit::put_stores(app, vec![entry]).await {
                Ok(()) if store.is_none() => {
                    return see_other(&format!("/operator/stores/{slug}/tables"));
                }
                Ok(()) => return see_other(&format!("/operator/stores/{slug}?done={done}")),
                Err(Unwritten::Wrong(_, wrong)) => wrong,
                Err(Unwritten::Stop(stop)) => {
                    return Err(Fault::from(stop).keeping(here, &fields));
                }
            }
        }
    };
    Ok(refused(draw(reader, store, &fields, &errors(&wrong, reader), &nothing())))
}

fn draw(
    reader: &Reader,
    store: Option<&Store>,
    fields: &Fields,
    errors: &Errors,
    note: &Markup,
) -> Markup {
    let words = reader.words;
    let order: Vec<Named> = STORE_FIELDS
        .iter()
        .map(|name| Named { name: (*name).to_owned(), label: (words.frame.field)(name) })
        .collect();
    let input = |name: &'static str| {
        let label = (words.frame.field)(name);
        let hint = (words.office.field_hint)(name);
        let hint = (!hint.is_empty()).then_some(hint.as_str());
        let required = is_required(name, store.is_none());
        let drawn = Field { required, ..field(name, &label, errors, hint) };
        let value = fields.get(name);
        let options: Vec<(String, String)> = match name {
            "picture" => MOTIFS
                .iter()
                .map(|(motif, _)| ((*motif).to_owned(), (words.office.motif)(motif)))
                .collect(),
            "price_band" => (1..=4).map(|n: u8| (n.to_string(), "¥".repeat(n.into()))).collect(),
            "listed" => [("yes", words.office.yes), ("no", words.office.no)]
                .map(|(value, label)| (value.to_owned(), label.to_owned()))
                .into(),
            _ => Vec::new(),
        };
        match name {
            "slug" if store.is_some() => nothing(),
            "description_ja" | "description_en" => drawn.area(value, words),
            _ if !options.is_empty() => drawn.select(&options, value, words),
            "phone" => drawn.input("tel", Some(&phone::shown(value, reader.language)), words),
            _ => drawn.input("text", Some(value), words),
        }
    };
    let at = store.map_or_else(|| "new".to_owned(), |store| store.slug.clone());
    let title = store.map_or(words.office.new_store, |_| words.office.about_store);
    let body = html! {
        @match store {
            Some(store) => (head(store, reader, words.office.about_store)),
            None => {
                div {
                    p class="eyebrow" { a href="/operator" { (words.office.operator) } }
                    h1 { (words.office.new_store) }
                }
            }
        }
        (note)
        (errors.summary(&order, words))
        form class="sheet" method="post" action={ "/operator/stores/" (at) } novalidate {
            h2 { (words.office.what_people_read) }
            (input("slug"))
            div class="row pair" { @for name in IN_BOTH_LANGUAGES { (input(name)) } }
            (input("phone"))
            div class="row" { @for name in ["country", "picture", "price_band"] { (input(name)) } }
            h2 { (words.office.rules_of_booking) }
            div class="row" { @for name in &STORE_FIELDS[17..28] { (input(name)) } }
            h2 { (words.office.for_the_register) }
            (input("representative"))
            p class="actions" { button { (words.frame.save) } }
        }
    };
    layout(reader, &Sheet { title, wide: false }, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_as_needed_is_what_is_asked_for_when_nothing_is_filled_in() {
        let Err(wrong) = edit::store(&Fields::default()) else { panic!("was read") };
        let missing: Vec<&str> = wrong
            .iter()
            .filter(|wrong| wrong.what == What::Missing)
            .map(|wrong| wrong.field.as_str())
            .collect();
        let marked = STORE_FIELDS.into_iter().filter(|name| is_required(name, false));
        assert_eq!(marked.collect::<Vec<_>>(), missing);
        assert_eq!(wrong.len(), missing.len());
    }

    #[test]
    fn a_field_stands_beside_itself_in_the_other_language_and_none_is_left_out() {
        assert!(IN_BOTH_LANGUAGES.len().is_multiple_of(2));
        for pair in IN_BOTH_LANGUAGES.chunks(2) {
            let name = pair[0].strip_suffix("_ja");
            assert!(name.is_some() && name == pair[1].strip_suffix("_en"), "{pair:?}");
        }
        let reader = crate::pages::me::looks::tests::reader(crate::language::Language::En);
        let store = crate::book::tests::store();
        for (store, fields) in [(None, edit::new_store()), (Some(&store), edit::fields_of(&store))]
        {
            let page = draw(&reader, store, &fields, &Errors::default(), &nothing()).into_string();
            for name in STORE_FIELDS {
                let there = page.contains(&format!(" name=\"{name}\""));
                assert_eq!(there, name != "slug" || store.is_none(), "{name}");
            }
        }
    }
}
