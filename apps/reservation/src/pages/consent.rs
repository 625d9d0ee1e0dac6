//! How a consent is asked for, always in the policy's own words: as a choice where the service depends
//! on it, as a box where it does not. Nothing is chosen beforehand.

use maud::{Markup, html};

use super::parts::{Drawn, field_id, prose};
use crate::azukari::Consent;

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
                (consent.label.get(language)) " " span class="required" { (words.required) }
            }
            div class="wording" id={ (id) "-wording" } { (prose(consent.wording.get(language))) }
            @if let Some(error) = error { p class="error" id={ (id) "-error" } { (error) } }
            div class="choices" {
                @for (at, (value, label)) in
                    [("given", words.agree), ("refused", words.do_not_agree)].iter().enumerate()
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
                (consent.label.get(language)) " " span class="optional" { (words.optional) }
            }
            div class="wording" id={ (id) "-wording" } { (prose(consent.wording.get(language))) }
            @if let Some(error) = error { p class="error" id={ (id) "-error" } { (error) } }
            label class="choice" {
                input type="checkbox" name=(field_name) value="given" id=(id)
                    checked[drawn.fields.get(&field_name) == "given"]
                    aria-invalid=[error.map(|_| "true")]
                    aria-describedby={ (id) "-wording" @if error.is_some() { " " (id) "-error" } }
                    autofocus[drawn.first_error == Some(&field_name)];
                span { (words.agree) }
            }
            div class="hint" { (prose(consent.on_refusal.get(language))) }
        }
    }
}
