//! The pages of the form: every field with its purpose beside it, every consent in the policy's own
//! words, and whatever the other pages ask for carried along unseen.

use maud::{Markup, html};

use super::{CODE, EMAIL, Letter, PASSWORD, RESIDENCES, SignUp, Step, WITH};
use crate::app::{App, Reader};
use crate::azukari::{Consent, Policy};
use crate::book::stores::Store;
use crate::fields::{Fields, PHONE_COUNTRY};
use crate::openid::Provider;
use crate::pages::consent::{
    REPRESENTATIVE, REPRESENTATIVE_EMAIL, REPRESENTATIVE_NAME, consent_box, consent_choice,
    named_representative, representative,
};
use crate::pages::parts::{
    Drawn, Errors, Field, Named, Purposes, field_id, item_field, letters_lie, naming, nothing,
    prose, sent_to,
};
use crate::pages::{Sheet, layout, layout_of_form, linking, other_tongues, sign_in_to};

/// What every page of the form is drawn from.
pub(super) struct Page<'a> {
    pub(super) app: &'a App,
    pub(super) reader: &'a Reader,
    pub(super) policy: &'a Policy,
    /// The store that she is about to book.
    pub(super) store: Option<Store>,
    /// True where no code is asked for: whom she comes through says that the address is hers.
    pub(super) is_proven: bool,
}

impl Page<'_> {
    /// One step, with what is wrong on it.
    pub(super) fn step(
        &self,
        step: Step,
        typed: &Fields,
        errors: &Errors,
        note: Option<Markup>,
    ) -> Markup {
        let (words, language) = (self.reader.words, self.reader.language);
        let asks_representative = typed.filled(REPRESENTATIVE_NAME).is_some()
            || typed.filled(REPRESENTATIVE_EMAIL).is_some()
            || errors.fields().any(|field| field.starts_with(REPRESENTATIVE));
        let mut order = self.order(step, typed);
        if step == Step::More && asks_representative {
            let after = order.iter().position(|field| field.name == "items.birth_date");
            let at = after.map_or(order.len(), |at| at + 1);
            let named = |name: &str, label: &str| Named { name: name.into(), label: label.into() };
            order.insert(at, named(REPRESENTATIVE_NAME, words.door.representative_name));
            order.insert(at + 1, named(REPRESENTATIVE_EMAIL, words.door.representative_email));
        }
        let said_above = self.shared_purpose(step);
        let first_error = errors.first(&order);
        let drawn = Drawn { fields: typed, errors, first_error, said_above, language, words };
        let body = html! {
            div {
                p class="eyebrow" { (words.frame.sign_up) }
                h1 {
                    @if step == Step::Password && !self.is_proven { (words.door.sign_up_code) }
                    @else { (self.title(step)) }
                }
            }
            (self.steps(step))
            @if let Some(note) = note { (note) }
            (errors.summary(&order, words))
            @if step == Step::Contact { (self.lead(typed)) }
            form method="post" action="/sign-up" novalidate {
                input type="hidden" name="step" value=(step.name());
                @if typed.get("notice").is_empty() || step == Step::Agree {
                    input type="hidden" name="notice" value=(self.policy.version);
                }
                @for (name, value) in elsewhere(&order, typed, step) {
                    input type="hidden" name=(name) value=(value);
                }
                @match step {
                    Step::Contact => (self.contact(&drawn)),
                    Step::Table => (self.table(&drawn)),
                    Step::More => (self.more(&drawn, asks_representative)),
                    Step::Agree => (self.agree(&drawn, typed)),
                    Step::Password => (self.password(&drawn, typed)),
                }
                p class="actions" {
                    button name="go" value="next" {
                        @if step.next().is_none() { (words.door.sign_up_submit) } @else { (words.door.next) }
                    }
                    @if step.before().is_some() {
                        button class="quiet" name="go" value="back" { (words.frame.back) }
                    }
                    (other_tongues(self.reader, "/sign-up"))
                }
                @if step == Step::Password && !self.is_proven {
                    p {
                        @let is_written = SignUp::is_written(typed);
                        @if is_written { (words.door.no_code) " " }
                        button class="plain" name="go" value="send" {
                            @if is_written { (words.door.send_code_again) } @else { (words.door.send_code) }
                        }
                    }
                }
                p class="hint" { (words.door.sign_up_kept_where) }
            }
        };
        layout_of_form(self.reader, &Sheet { title: self.title(step), wide: false }, &body)
    }

    /// That no letter has gone, and why.
    pub(super) fn waits(&self, letter: Letter) -> Option<Markup> {
        let words = &self.reader.words.door;
        match letter {
            Letter::Gone => None,
            Letter::MailboxWaits => Some(alert(words.letters_wait)),
            Letter::PlaceWaits => Some(alert(words.letters_wait_here)),
        }
    }

    /// That the words of the consents are others now.
    pub(super) fn policy_changed(&self) -> Markup {
        alert(self.reader.words.door.policy_changed)
    }

    fn title(&self, step: Step) -> &'static str {
        let words = self.reader.words;
        match step {
            Step::Contact => words.door.sign_up_about_you,
            Step::Table => words.door.sign_up_at_the_table,
            Step::More => words.door.sign_up_more,
            Step::Agree => words.door.sign_up_consent,
            Step::Password => words.frame.password,
        }
    }

    /// Where she stands.
    fn steps(&self, now: Step) -> Markup {
        html! {
            ol class="steps" aria-label=(self.reader.words.door.steps) {
                @for (at, step) in Step::ALL.into_iter().enumerate() {
                    li class=[(step < now).then_some("past")]
                        aria-current=[(step == now).then_some("step")] {
                        (at + 1) " " span { (self.title(step)) }
                    }
                }
            }
        }
    }

    /// The service that she comes through.
    fn through<'t>(&self, typed: &'t Fields) -> Option<(&'t str, &Provider)> {
        let name = typed.get(WITH);
        Some((name, self.app.services.get(name)?))
    }

    fn lead(&self, typed: &Fields) -> Markup {
        let (words, language) = (self.reader.words, self.reader.language);
        let policy = format!("{}/policy?lang={}", self.app.public_azukari, language.tag());
        html! {
            p class="lead" {
                ((words.door.sign_up_lead)(self.policy.controller.name.get(language)))
                " " a href=(policy) { (words.finding.read_the_policy) }
            }
            @let next = typed.get("next");
            @if let Some((name, service)) = self.through(typed) {
                div class="notice" {
                    p { ((words.door.filled_in_by)(service.label.get(language))) }
                    p { a href=(sign_in_to(&linking::review_path(name))) { (words.door.link_known) } }
                }
            } @else {
                (linking::ways(self.app, self.reader, next))
            }
        }
    }

    /// The fields of a step, from the top of its page to its end.
    fn order(&self, step: Step, typed: &Fields) -> Vec<Named> {
        let (words, language) = (self.reader.words, self.reader.language);
        let mut order = Vec::new();
        let mut add =
            |name: String, label: &str| order.push(Named { name, label: label.to_owned() });
        if step == Step::Contact {
            add("residence".to_owned(), words.door.residence);
        }
        for item in step.items().iter().filter(|item| self.policy.items.contains_key(**item)) {
            add(format!("items.{item}"), self.policy.item_label(item, language));
            if let Some((name, consent)) = self.beside(item) {
                add(format!("consents.{name}"), consent.label.get(language));
            }
        }
        if step == Step::Agree {
            for (name, consent) in self.asked(typed) {
                add(format!("consents.{name}"), consent.label.get(language));
            }
        }
        if step == Step::Password {
            if !self.is_proven {
                add(EMAIL.to_owned(), self.policy.item_label("email", language));
                add(CODE.to_owned(), words.door.code);
            }
            add(PASSWORD.to_owned(), words.frame.password);
        }
        order
    }

    /// The consent that belongs to an item and is asked beside it.
    fn beside(&self, item: &str) -> Option<(&str, &Consent)> {
        let name = self.policy.items.get(item)?.consent.as_deref()?;
        Some((name, self.policy.consents.get(name)?))
    }

    /// The consents of the last page: those the service depends on where she lives, then those it
    /// does without. What belongs to an item is asked where the item is.
    fn asked(&self, typed: &Fields) -> Vec<(&str, &Consent)> {
        let of_an_item = |name: &str| {
            self.policy.items.values().any(|item| item.consent.as_deref() == Some(name))
        };
        let mut asked: Vec<_> = self.policy.consents_in_order();
        asked.retain(|(name, consent)| {
            let conditions = &consent.condition_of_service;
            !of_an_item(name) && (conditions.is_empty() || is_condition(consent, typed))
        });
        asked.sort_by_key(|(_, consent)| consent.condition_of_service.is_empty());
        asked
    }

    /// The purpose that everything on a page serves, to be said once.
    fn shared_purpose(&self, step: Step) -> Option<&'static str> {
        const SERVICE: &str = "service";
        let mut items = step.items().iter().filter_map(|item| self.policy.items.get(*item));
        let all = items.all(|item| item.purposes.iter().any(|purpose| purpose == SERVICE));
        (all && !step.items().is_empty()).then_some(SERVICE)
    }

    fn purpose_above(&self, drawn: &Drawn<'_>) -> Markup {
        let Some(purpose) = drawn.said_above else { return nothing() };
        html! {
            p class="hint" {
                (drawn.words.frame.used_for_all) (drawn.words.frame.colon)
                (self.policy.purpose_label(purpose, drawn.language))
            }
        }
    }

    fn item(&self, item: &str, hint: Option<&str>, drawn: &Drawn<'_>) -> Markup {
        html! {
            (item_field(self.policy, item, drawn, hint))
            @if let Some((name, consent)) = self.beside(item) {
                (consent_box(name, consent, drawn))
            }
        }
    }

    fn contact(&self, drawn: &Drawn<'_>) -> Markup {
        let words = drawn.words;
        html! {
            section class="sheet" {
                (self.purpose_above(drawn))
                (self.item("name", None, drawn))
                (self.item("email", Some(words.door.email_hint), drawn))
                (self.item("phone", Some(words.door.phone_hint), drawn))
                (self.item("language", None, drawn))
                (residence_field(drawn))
            }
        }
    }

    fn table(&self, drawn: &Drawn<'_>) -> Markup {
        let words = drawn.words;
        html! {
            p { (words.door.sign_up_all_optional) }
            section class="sheet" {
                (self.purpose_above(drawn))
                @for item in Step::Table.items() {
                    @let hint = (*item == "allergy").then_some(words.door.allergy_hint);
                    (self.item(item, hint, drawn))
                }
            }
        }
    }

    fn more(&self, drawn: &Drawn<'_>, asks_representative: bool) -> Markup {
        let words = drawn.words;
        html! {
            p {
                @if asks_representative { (words.door.sign_up_others_optional) }
                @else { (words.door.sign_up_all_optional) }
            }
            section class="sheet" {
                (self.purpose_above(drawn))
                @for item in Step::More.items() {
                    @let hint = (*item == "receipt_name").then_some(words.door.receipt_name_hint);
                    (self.item(item, hint, drawn))
                    @if asks_representative && *item == "birth_date" { (representative(drawn)) }
                }
            }
        }
    }

    fn agree(&self, drawn: &Drawn<'_>, typed: &Fields) -> Markup {
        let (words, language) = (drawn.words, drawn.language);
        html! {
            p { ((words.door.sign_up_consent_version)(&self.policy.version)) }
            @if let Some(store) = &self.store {
                section class="sheet" {
                    h2 { (naming(words.finding.first_store, store.name(language))) }
                    (sent_to(self.policy, self.reader))
                }
            }
            section class="sheet" {
                @for (name, consent) in self.asked(typed) {
                    @if is_condition(consent, typed) {
                        (consent_choice(name, consent, drawn))
                    } @else {
                        (consent_box(name, consent, drawn))
                    }
                }
            }
        }
    }

    fn password(&self, drawn: &Drawn<'_>, typed: &Fields) -> Markup {
        let secret = self.policy.secrets.get("password");
        let field = Field {
            name: PASSWORD,
            label: drawn.words.frame.password,
            required: true,
            purposes: secret
                .map(|secret| Purposes::of(&secret.purposes, self.policy, drawn))
                .unwrap_or_default(),
            hint: Some(drawn.words.door.password_hint),
            error: drawn.errors.get(PASSWORD),
            focus: drawn.first_error == Some(PASSWORD),
            autocomplete: Some("new-password"),
        };
        let short = |name, label, hint, autocomplete| Field {
            name,
            label,
            required: false,
            purposes: Purposes::default(),
            hint: Some(hint),
            error: drawn.errors.get(name),
            focus: drawn.first_error == Some(name),
            autocomplete: Some(autocomplete),
        };
        let (words, language) = (drawn.words, drawn.language);
        let email = self.policy.item_label("email", language);
        let sent = if SignUp::is_written(typed) {
            words.door.sign_up_code_sent
        } else {
            words.door.sign_up_code_unsent
        };
        html! {
            @if let Some(named) = named_representative(typed) {
                div class="notice" { p { (naming(words.door.representative_asked, &named.email)) } }
            }
            @if !self.is_proven { (letters_lie(self.app, self.reader)) }
            section class="sheet" {
                // Whatever keeps her passwords learns by the address whose this one is.
                @if self.is_proven {
                    input class="hidden" type="email" autocomplete="username" tabindex="-1" readonly
                        aria-hidden="true" value=(typed.get(EMAIL));
                } @else {
                    (short(EMAIL, email, sent, "username")
                        .input("email", Some(typed.get(EMAIL)), words))
                    (short(CODE, words.door.code, words.door.sign_up_code_hint, "one-time-code")
                        .code(Some(typed.get(CODE)), words))
                }
                (field.input("password", None, drawn.words))
            }
        }
    }

    /// Says plainly that the service cannot be used, and lets her think again.
    pub(super) fn refused(&self, consents: &[&str], kept: &Fields) -> Markup {
        let (words, language) = (self.reader.words, self.reader.language);
        let all = self.policy.consents.iter();
        let body = html! {
            h1 { (words.door.refused_title) }
            @for (name, consent) in all.filter(|(name, _)| consents.contains(&name.as_str())) {
                section class="sheet" id=(field_id(name)) {
                    h2 { (consent.label.get(language)) }
                    (prose(consent.on_refusal.get(language)))
                }
            }
            p { strong { (words.door.refused_nothing_kept) } }
            div class="actions" {
                form method="post" action="/sign-up" {
                    @for (name, value) in kept.iter() {
                        input type="hidden" name=(name) value=(value);
                    }
                    button class="quiet" { (words.door.refused_think_again) }
                }
                a href="/" { (words.frame.to_front_page) }
            }
        };
        layout(self.reader, &Sheet { title: words.door.refused_title, wide: false }, &body)
    }
}

/// What belongs to other pages: it goes along with this one.
fn elsewhere<'f>(
    order: &'f [Named],
    typed: &'f Fields,
    step: Step,
) -> impl Iterator<Item = (&'f str, &'f str)> {
    let here = move |name: &str| {
        order.iter().any(|field| field.name == name)
            || matches!(name, "step" | "go")
            || (name == "notice" && step == Step::Agree)
            || (name == PHONE_COUNTRY && step == Step::Contact)
    };
    typed.iter().filter(move |(name, _)| !here(name))
}

fn alert(words: &str) -> Markup {
    html! { div class="notice alert" role="alert" { p { (words) } } }
}

fn is_condition(consent: &Consent, typed: &Fields) -> bool {
    let residence = typed.get("residence");
    let regime = RESIDENCES.iter().find(|(name, _)| *name == residence).map_or("jp", |(_, r)| r);
    consent.condition_of_service.iter().any(|condition| condition == regime)
}

fn residence_field(drawn: &Drawn<'_>) -> Markup {
    let words = drawn.words;
    let field = Field {
        name: "residence",
        label: words.door.residence,
        required: false,
        purposes: Purposes::default(),
        hint: Some(words.door.residence_hint),
        error: drawn.errors.get("residence"),
        focus: drawn.first_error == Some("residence"),
        autocomplete: None,
    };
    let options = RESIDENCES.map(|(name, _)| {
        let label = match name {
            "jp" => words.door.residence_jp,
            "eea" => words.door.residence_eea,
            "uk" => words.door.residence_uk,
            _ => words.door.residence_other,
        };
        (name.to_owned(), label.to_owned())
    });
    field.select(&options, drawn.fields.get("residence"), words)
}
