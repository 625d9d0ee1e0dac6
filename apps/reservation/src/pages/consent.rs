//! How a consent is asked for, always in the policy's own words: as a choice where the service depends
//! on it, as a box where it does not. Nothing is chosen beforehand. And who agrees in the place of a guest who is
//! too young to.

use maud::{Markup, html};

use super::parts::{Drawn, Errors, Field, Purposes, field_id, prose};
use crate::app::Reader;
use crate::azukari::{Consent, FieldError, Representative};
use crate::fields::Fields;

/// Her statutory representative. Azukari says when one is needed; nothing of that is worked out here.
pub(super) const REPRESENTATIVE: &str = "representative";
pub(super) const REPRESENTATIVE_NAME: &str = "representative.name";
pub(super) const REPRESENTATIVE_EMAIL: &str = "representative.email";

/// Who agrees in her place, once she was asked for that.
pub(super) fn named_representative(fields: &Fields) -> Option<Representative> {
    let [name, email] =
        [REPRESENTATIVE_NAME, REPRESENTATIVE_EMAIL].map(|field| fields.get(field).to_owned());
    (!name.is_empty() || !email.is_empty()).then_some(Representative { name, email })
}

/// What Azukari found, as words beside the fields; true when the wording that she answered to no longer stands.
pub(super) fn add_found(errors: &mut Errors, found: Vec<FieldError>, reader: &Reader) -> bool {
    if found.iter().any(|error| error.field == REPRESENTATIVE) {
        errors.add(REPRESENTATIVE_NAME, reader.words.door.error_representative);
    }
    let changed = found.iter().any(|error| error.field.ends_with("].notice"));
    let others = found.into_iter().filter(|error| error.field != REPRESENTATIVE);
    errors.add_all(&others.collect::<Vec<_>>(), reader.words);
    changed
}

/// Who agrees in her place, below the age of her law.
pub(super) fn representative(drawn: &Drawn<'_>) -> Markup {
    let words = drawn.words;
    let field = |name: &'static str, label, hint| Field {
        name,
        label,
        required: true,
        purposes: Purposes::default(),
        hint,
        error: drawn.errors.get(name),
        focus: drawn.first_error == Some(name),
        autocomplete: Some("off"),
    };
    let (name, email) = (REPRESENTATIVE_NAME, REPRESENTATIVE_EMAIL);
    html! {
        div class="notice" { p { (words.door.representative_lead) } }
        (field(name, words.door.representative_name, None)
            .input("text", Some(drawn.fields.get(name)), words))
        (field(email, words.door.representative_email, Some(words.door.representative_hint))
            .input("email", Some(drawn.fields.get(email)), words))
    }
}

/// A consent that the service depends on: agree or do not agree, neither chosen beforehand.
pub(super) fn consent_choice(name: &str, consent: &Consent, drawn: &Drawn<'_>) -> Markup {
    let (words, language) = (drawn.words, drawn.language);
    let field_name = format!("consents.{name}");
    let id = field_id(&field_name);
    let error = drawn.errors.get(&field_name);
    let chosen = drawn.fields.get(&field_name);
    html! {
        fieldset class="consent" aria-invalid=[error.map(|_| "true")]
            aria-describedby={ (id) "-wording" @if error.is_some() { " " (id) "-error" } } {
            legend {
                (consent.label.get(language)) " " span class="required" { (words.frame.required) }
            }
            div class="wording" id={ (id) "-wording" } { (prose(consent.wording.get(language))) }
            @if let Some(error) = error { p class="error" id={ (id) "-error" } { (error) } }
            div class="choices" {
                @for (at, (value, label)) in
                    [("given", words.door.agree), ("refused", words.door.do_not_agree)].iter().enumerate()
                {
                    label class="choice" {
                        input type="radio" name=(field_name) value=(value)
                            id=[(at == 0).then_some(&id)]
                            checked[*value == chosen]
                            autofocus[at == 0 && drawn.first_error == Some(&field_name)];
                        span { (label) }
                    }
                }
            }
            div class="hint" { (prose(consent.on_refusal.get(language))) }
        }
    }
}

/// A consent that the service does without: a box, empty until she ticks it.
pub(super) fn consent_box(name: &str, consent: &Consent, drawn: &Drawn<'_>) -> Markup {
    let (words, language) = (drawn.words, drawn.language);
    let field_name = format!("consents.{name}");
    let id = field_id(&field_name);
    let error = drawn.errors.get(&field_name);
    html! {
        fieldset class="consent" {
            legend {
                (consent.label.get(language)) " " span class="optional" { (words.frame.optional) }
            }
            div class="wording" id={ (id) "-wording" } { (prose(consent.wording.get(language))) }
            @if let Some(error) = error { p class="error" id={ (id) "-error" } { (error) } }
            label class="choice" {
                input type="checkbox" name=(field_name) value="given" id=(id)
                    checked[drawn.fields.get(&field_name) == "given"]
                    aria-invalid=[error.map(|_| "true")]
                    aria-describedby={ (id) "-wording" @if error.is_some() { " " (id) "-error" } }
                    autofocus[drawn.first_error == Some(&field_name)];
                span { (words.door.agree) }
            }
            div class="hint" { (prose(consent.on_refusal.get(language))) }
        }
    }
}
