//! The names of items on an evening's cards, as a small sheet of style: said once for all cards, in the words of
//! the policy, under a name that changes when they do.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use crate::app::Shared;
use crate::azukari::Policy;
use crate::fault::Fault;
use crate::language::Language;
use crate::sight::allergy;
use crate::words::Words;

/// Items as they stand on a card, each with its class; name and allergies stand above them.
pub(super) const CLASSES: [(&str, &str); 8] = [
    ("disliked_food", "a"),
    ("serving_size", "b"),
    ("favourite_food", "c"),
    ("preferred_alcohol", "d"),
    ("phone", "e"),
    ("language", "f"),
    ("company", "g"),
    ("receipt_name", "h"),
];
/// The classes of allergies: told, and known to be none.
pub(super) const TOLD: &str = "y";
pub(super) const NONE: &str = "none";
/// The classes of companions' allergies: as hard to miss, under a label of their own.
pub(super) const COMPANIONS: &str = "\"allergy o\"";

fn text(policy: &Policy, language: Language) -> String {
    let label = |item| policy.item_label(item, language);
    let items = CLASSES.map(|(item, class)| (class, label(item)));
    let allergies = [TOLD, NONE].map(|class| (class, label(allergy::ITEM)));
    let companions = ("o", Words::of(language).visit.companions_allergies);
    // A card ends with the booking's number; what is not shown may end a box within the card.
    let number = ("> li > p:last-child".to_owned(), Words::of(language).visit.booking_number);
    let of_classes = items.into_iter().chain(allergies).chain([companions]);
    let of_classes = of_classes.map(|(class, label)| (format!(".{class}"), label));
    of_classes.chain([number]).fold(String::new(), |css, (which, label)| {
        css + &format!(".cards {which}::before{{content:\"{}\"}}\n", quoted(label))
    })
}

/// A text within quotes of CSS: everything that could mean something there is written by its number.
fn quoted(text: &str) -> String {
    text.chars().fold(String::new(), |out, c| {
        if c.is_alphanumeric() || c == ' ' {
            out + &c.to_string()
        } else {
            format!("{out}\\{:x} ", u32::from(c))
        }
    })
}

fn version(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes())[..6])
}

pub(super) fn link(policy: &Policy, language: Language) -> Markup {
    let version = version(&text(policy, language));
    html! { link rel="stylesheet" href={ "/store/labels/" (language.tag()) "/" (version) }; }
}

pub(super) async fn sheet(
    State(app): State<Shared>,
    Path((language, asked)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let language = Language::parse(&language).ok_or(Fault::NotFound)?;
    let policy = app.azukari.policy().await?;
    let text = text(&policy, language);
    // The words of another version would stay under this name.
    let cache =
        if version(&text) == asked { "public, max-age=31536000, immutable" } else { "no-store" };
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, cache)];
    Ok((headers, text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::me::looks::tests::policy;

    #[test]
    fn only_what_ends_a_card_is_called_its_number() {
        let css = text(&policy(), Language::En);
        let number = Words::of(Language::En).visit.booking_number;
        let rules: Vec<&str> = css.lines().filter(|rule| rule.contains(number)).collect();
        assert_eq!(rules, [format!(".cards > li > p:last-child::before{{content:\"{number}\"}}")]);
    }

    #[test]
    fn a_label_cannot_leave_its_quotes() {
        assert_eq!(quoted("お食事の量"), "お食事の量");
        assert_eq!(quoted("a\"}*{x\\\n<"), "a\\22 \\7d \\2a \\7b x\\5c \\a \\3c ");
    }
}
