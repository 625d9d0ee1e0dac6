//! The form at a door: who comes, and a password. The guests' door and the stores' draw the same one.

use maud::{Markup, html};

use super::parts::{Field, Purposes};
use crate::app::Reader;
use crate::fields::Fields;

/// What a door asks whoever comes to be known by.
pub(super) struct Known {
    /// The form's field.
    pub(super) field: &'static str,
    /// What people read.
    pub(super) label: &'static str,
    /// The kind of input: `email` or `text`.
    pub(super) kind: &'static str,
}

/// The form, with what is wrong above it. `next` is where the way leads afterwards.
pub(super) fn form(
    reader: &Reader,
    action: &str,
    known: &Known,
    fields: &Fields,
    error: Option<&str>,
) -> Markup {
    let words = reader.words;
    let field = |name, label, autocomplete, focus| Field {
        name,
        label,
        required: false,
        purposes: Purposes::default(),
        hint: None,
        error: None,
        focus,
        autocomplete: Some(autocomplete),
    };
    let next = fields.get("next");
    html! {
        @if let Some(error) = error {
            div class="notice alert" role="alert" { p { (error) } }
        }
        form class="sheet" method="post" action=(action) novalidate {
            @if !next.is_empty() { input type="hidden" name="next" value=(next); }
            @let kept = fields.kept().keeping();
            @for (name, value) in kept.iter() { input type="hidden" name=(name) value=(value); }
            (field(known.field, known.label, "username", error.is_some())
                .input(known.kind, Some(fields.get(known.field)), words))
            (field("password", words.password, "current-password", false)
                .input("password", None, words))
            p class="actions" { button { (words.sign_in) } }
        }
    }
}
