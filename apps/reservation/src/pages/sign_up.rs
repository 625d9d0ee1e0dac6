//! Opening an account: every field with its purpose beside it, every consent in the policy's own
//! words, and a page that says plainly what a refusal means. Nothing is kept here.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::parts::{Drawn, Errors, Field, Named, Purposes, field_id, item_field, prose};
use super::{Sheet, layout, see_other};
use crate::app::{self, Reader, Shared};
use crate::azukari::{Answer, Consent, Policy, Trouble};
use crate::book::sessions::{Caller, Door};
use crate::fault::Fault;
use crate::fields::Fields;
use crate::session;

const ABOUT_YOU: [&str; 4] = ["name", "email", "phone", "language"];
const AT_THE_TABLE: [&str; 3] = ["allergy", "disliked_food", "serving_size"];
const PASSWORD: &str = "secrets.password";

/// Where somebody lives, and the law that follows.
const RESIDENCES: [(&str, &str); 4] = [("jp", "jp"), ("eea", "eu"), ("uk", "uk"), ("other", "jp")];

/// What somebody typed, apart from the password.
pub(super) struct SignUp {
    typed: Fields,
    password: String,
}

impl SignUp {
    /// Reads the form. The password leaves the fields here, so no page can show it again.
    fn parse(mut fields: Fields) -> Self {
        let password = fields.take(PASSWORD);
        Self { typed: fields, password }
    }

    fn regime(&self) -> &'static str {
        let residence = self.typed.get("residence");
        RESIDENCES.iter().find(|(name, _)| *name == residence).map_or("jp", |(_, regime)| regime)
    }

    /// The items that were filled in.
    fn items(&self) -> BTreeMap<String, String> {
        ABOUT_YOU
            .iter()
            .chain(&AT_THE_TABLE)
            .filter_map(|item| {
                let value = self.typed.filled(&format!("items.{item}"))?;
                Some(((*item).to_owned(), value.to_owned()))
            })
            .collect()
    }

    /// Whether this guest, living where she does, cannot be served without that consent.
    fn is_condition(&self, consent: &Consent) -> bool {
        consent.condition_of_service.iter().any(|regime| regime == self.regime())
    }

    /// The answers to the consents of the policy. A box left empty is no answer, and a question
    /// that another law would ask is none either.
    fn answers(&self, policy: &Policy, language: &'static str) -> Vec<Answer> {
        policy
            .consents
            .iter()
            .filter(|(_, asked)| asked.condition_of_service.is_empty() || self.is_condition(asked))
            .filter_map(|(consent, _)| {
                let state = match self.typed.get(&format!("consents.{consent}")) {
                    "given" => "given",
                    "refused" => "refused",
                    _ => return None,
                };
                let notice = self.typed.get("notice").to_owned();
                Some(Answer { consent: consent.clone(), state, notice, language })
            })
            .collect()
    }

    /// What can be seen to be missing before anybody is asked.
    fn check(&self, policy: &Policy, reader: &Reader) -> Errors {
        let words = reader.words;
        let mut errors = Errors::default();
        for item in ABOUT_YOU {
            let field = format!("items.{item}");
            let required = policy.items.get(item).is_some_and(|item| item.required);
            if required && self.typed.filled(&field).is_none() {
                errors.add(&field, words.error_empty);
            }
        }
        if self.password.is_empty() {
            errors.add(PASSWORD, words.error_password_again);
        }
        for (name, consent) in &policy.consents {
            let field = format!("consents.{name}");
            if self.is_condition(consent) && self.typed.get(&field).is_empty() {
                errors.add(&field, words.error_choose);
            }
        }
        for item in AT_THE_TABLE {
            let Some(consent) = policy.items.get(item).and_then(|i| i.consent.as_deref()) else {
                continue;
            };
            let field = format!("consents.{consent}");
            if self.typed.filled(&format!("items.{item}")).is_some()
                && self.typed.get(&field) != "given"
            {
                errors.add(&field, words.error_needs_consent);
            }
        }
        errors
    }
}

/// How a consent is asked for.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Asked {
    /// Where its law applies the service depends on it: a clear choice between two answers.
    Condition,
    /// It belongs to an item of this page, and is asked beside it.
    BesideItem,
    /// The service does without it: a box, empty at first.
    Optional,
    /// It belongs to an item that this page does not ask for.
    NotHere,
}

fn kind_of(policy: &Policy, name: &str, consent: &Consent) -> Asked {
    let mut items = policy.items.iter().filter(|(_, item)| item.consent.as_deref() == Some(name));
    let here = |item: &str| AT_THE_TABLE.contains(&item) || ABOUT_YOU.contains(&item);
    match (consent.condition_of_service.is_empty(), items.next()) {
        (false, _) => Asked::Condition,
        (true, Some((item, _))) if here(item) => Asked::BesideItem,
        (true, Some(_)) => Asked::NotHere,
        (true, None) => Asked::Optional,
    }
}

pub(super) async fn page(State(app): State<Shared>, reader: Reader) -> Result<Response, Fault> {
    let policy = app.azukari.policy().await?;
    let mut typed = Fields::default();
    typed.set("items.language", reader.language.tag());
    typed.set("residence", "jp");
    Ok(draw(&app, &reader, &policy, &typed, &Errors::default(), None).into_response())
}

pub(super) async fn submit(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    let words = reader.words;
    let mut sign_up = SignUp::parse(fields);
    // A form that comes back from an error page is shown, not sent.
    let again = !sign_up.typed.take("again").is_empty();
    let mut kept = sign_up.typed.clone();
    kept.set("again", "1");
    let away = |trouble: Trouble| Fault::from(trouble).keeping("/sign-up", &kept);

    let policy = app.azukari.policy().await.map_err(away)?;
    if again {
        let page = draw(&app, &reader, &policy, &sign_up.typed, &Errors::default(), None);
        return Ok(page.into_response());
    }
    let mut errors = sign_up.check(&policy, &reader);
    let answers = sign_up.answers(&policy, reader.language.tag());
    if errors.is_empty() {
        let regime = sign_up.regime();
        let opened = app
            .azukari
            .open_account(reader.language, regime, &sign_up.items(), &sign_up.password, &answers)
            .await;
        match opened {
            Ok(subject) => {
                let caller = Caller { who: subject, regime: regime.to_owned() };
                let now = app::now();
                let cookie = session::begin(&app.book, &headers, Door::Guest, caller, now).await?;
                let mut response = see_other("/me?done=welcome")?;
                response.headers_mut().append(header::SET_COOKIE, cookie);
                return Ok(response);
            }
            Err(Trouble::Refused(reasons)) => {
                let named: Vec<&str> =
                    reasons.iter().filter_map(|reason| reason.consent.as_deref()).collect();
                return Ok(refused(&reader, &policy, &named, &kept).into_response());
            }
            Err(Trouble::Invalid(found)) => {
                let changed = found.iter().any(|error| error.field.ends_with("].notice"));
                if changed {
                    // The wording she answered to no longer stands: ask again, with the new one.
                    for consent in policy.consents.keys() {
                        sign_up.typed.take(&format!("consents.{consent}"));
                    }
                    let note = Some(words.policy_changed);
                    let page = draw(&app, &reader, &policy, &sign_up.typed, &errors, note);
                    return Ok((StatusCode::CONFLICT, page).into_response());
                }
                errors.add_all(&found, words);
            }
            Err(trouble) => return Err(away(trouble)),
        }
    }
    let page = draw(&app, &reader, &policy, &sign_up.typed, &errors, None);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Says plainly that the service cannot be used, and lets her think again.
fn refused(reader: &Reader, policy: &Policy, consents: &[&str], kept: &Fields) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let body = html! {
        h1 { (words.refused_title) }
        @for (name, consent) in policy.consents.iter().filter(|(n, _)| consents.contains(&n.as_str())) {
            section class="sheet" id=(field_id(name)) {
                h2 { (consent.label.get(language)) }
                (prose(consent.on_refusal.get(language)))
            }
        }
        p { strong { (words.refused_nothing_kept) } }
        div class="actions" {
            form method="post" action="/sign-up" {
                @for (name, value) in kept.iter() {
                    input type="hidden" name=(name) value=(value);
                }
                button class="quiet" { (words.refused_think_again) }
            }
            a href="/" { (words.to_front_page) }
        }
    };
    layout(reader, &Sheet { title: words.refused_title, wide: false }, &body)
}

fn draw(
    app: &app::App,
    reader: &Reader,
    policy: &Policy,
    typed: &Fields,
    errors: &Errors,
    note: Option<&str>,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let order = order(policy, reader);
    let said_above = shared_purpose(policy);
    let first_error = errors.first(&order);
    let drawn = Drawn { fields: typed, errors, first_error, said_above, language, words };
    let policy_page = format!("{}/policy?lang={}", app.public_azukari, language.tag());
    let beside = |item: &str| {
        let name = policy.items.get(item)?.consent.as_deref()?;
        let consent = policy.consents.get(name)?;
        (kind_of(policy, name, consent) == Asked::BesideItem).then_some((name, consent))
    };
    let of_kind = |kind: Asked| {
        let consents = policy.consents_in_order().into_iter();
        consents.filter(move |(name, consent)| kind_of(policy, name, consent) == kind)
    };
    let body = html! {
        h1 { (words.sign_up) }
        p class="lead" {
            ((words.sign_up_lead)(policy.controller.name.get(language)))
            " " a href=(policy_page) { (words.read_the_policy) }
        }
        @if let Some(note) = note {
            div class="notice alert" role="alert" { p { (note) } }
        }
        (errors.summary(&order, words))
        @if let Some(purpose) = said_above {
            div class="notice" {
                p {
                    strong { (words.used_for_all) } (words.colon)
                    (policy.purpose_label(purpose, language))
                }
                p { (words.used_for_also) }
            }
        }
        form method="post" action="/sign-up" novalidate {
            input type="hidden" name="notice" value=(policy.version);
            section class="sheet" {
                h2 { (words.sign_up_about_you) }
                (residence_field(&drawn))
                (item_field(policy, "name", &drawn, None))
                (item_field(policy, "email", &drawn, None))
                (password_field(policy, &drawn))
                (item_field(policy, "phone", &drawn, Some(words.phone_hint)))
                (item_field(policy, "language", &drawn, None))
            }
            section class="sheet" {
                h2 { (words.sign_up_at_the_table) }
                p { (words.sign_up_all_optional) }
                @for item in AT_THE_TABLE {
                    @let hint = (item == "allergy").then_some(words.allergy_hint);
                    (item_field(policy, item, &drawn, hint))
                    @if let Some((name, consent)) = beside(item) {
                        (consent_box(name, consent, &drawn))
                    }
                }
            }
            section class="sheet" {
                h2 { (words.sign_up_consent) }
                p { ((words.sign_up_consent_version)(&policy.version)) }
                @for (name, consent) in of_kind(Asked::Condition) {
                    (consent_choice(name, consent, &drawn))
                }
                @for (name, consent) in of_kind(Asked::Optional) {
                    (consent_box(name, consent, &drawn))
                }
            }
            p class="actions" { button { (words.sign_up_submit) } }
            p class="hint" { (words.sign_up_kept_where) }
        }
    };
    layout(reader, &Sheet { title: words.sign_up, wide: false }, &body)
}

/// The purpose that everything on this page serves, to be said once.
fn shared_purpose(policy: &Policy) -> Option<&'static str> {
    const SERVICE: &str = "service";
    let serves = |purposes: &[String]| purposes.iter().any(|purpose| purpose == SERVICE);
    let mut items =
        ABOUT_YOU.iter().chain(&AT_THE_TABLE).filter_map(|item| policy.items.get(*item));
    let all = items.all(|item| serves(&item.purposes))
        && policy.secrets.get("password").is_some_and(|secret| serves(&secret.purposes));
    all.then_some(SERVICE)
}

/// The fields, from the top of the page to its end.
fn order(policy: &Policy, reader: &Reader) -> Vec<Named> {
    let (words, language) = (reader.words, reader.language);
    let item = |name: &str| Named {
        name: format!("items.{name}"),
        label: policy.item_label(name, language).to_owned(),
    };
    let consent = |name: &str, consent: &Consent| Named {
        name: format!("consents.{name}"),
        label: consent.label.get(language).to_owned(),
    };
    let mut order = vec![
        Named { name: "residence".to_owned(), label: words.residence.to_owned() },
        item("name"),
        item("email"),
        Named { name: PASSWORD.to_owned(), label: words.password.to_owned() },
        item("phone"),
        item("language"),
    ];
    for name in AT_THE_TABLE {
        order.push(item(name));
        let beside = policy.items.get(name).and_then(|item| item.consent.as_deref());
        if let Some((name, found)) = beside.and_then(|name| policy.consents.get_key_value(name)) {
            order.push(consent(name, found));
        }
    }
    for kind in [Asked::Condition, Asked::Optional] {
        let consents = policy.consents_in_order().into_iter();
        let of_kind = consents.filter(|(name, asked)| kind_of(policy, name, asked) == kind);
        order.extend(of_kind.map(|(name, found)| consent(name, found)));
    }
    order
}

fn password_field(policy: &Policy, drawn: &Drawn<'_>) -> Markup {
    let secret = policy.secrets.get("password");
    let field = Field {
        name: PASSWORD,
        label: drawn.words.password,
        required: true,
        purposes: secret
            .map(|secret| Purposes::of(&secret.purposes, policy, drawn))
            .unwrap_or_default(),
        hint: Some(drawn.words.password_hint),
        error: drawn.errors.get(PASSWORD),
        focus: drawn.first_error == Some(PASSWORD),
        autocomplete: Some("new-password"),
    };
    field.input("password", None, drawn.words)
}

fn residence_field(drawn: &Drawn<'_>) -> Markup {
    let words = drawn.words;
    let field = Field {
        name: "residence",
        label: words.residence,
        required: false,
        purposes: Purposes::default(),
        hint: Some(words.residence_hint),
        error: drawn.errors.get("residence"),
        focus: drawn.first_error == Some("residence"),
        autocomplete: None,
    };
    let options = RESIDENCES.map(|(name, _)| {
        let label = match name {
            "jp" => words.residence_jp,
            "eea" => words.residence_eea,
            "uk" => words.residence_uk,
            _ => words.residence_other,
        };
        (name.to_owned(), label.to_owned())
    });
    field.select(&options, drawn.fields.get("residence"), words)
}

/// A consent that the service depends on: agree or do not agree, neither chosen beforehand.
fn consent_choice(name: &str, consent: &Consent, drawn: &Drawn<'_>) -> Markup {
    let (words, language) = (drawn.words, drawn.language);
    let field_name = format!("consents.{name}");
    let id = field_id(&field_name);
    let error = drawn.errors.get(&field_name);
    let chosen = drawn.fields.get(&field_name);
    let only_jp = consent.condition_of_service == ["jp"];
    html! {
        // The style sheet folds it away where another law is chosen; without that it says so.
        fieldset class={ "consent" @if only_jp { " only-jp" } }
            aria-invalid=[error.map(|_| "true")]
            aria-describedby={ (id) "-wording" @if error.is_some() { " " (id) "-error" } } {
            legend {
                (consent.label.get(language)) " " span class="required" { (words.required) }
                @if only_jp { " " span class="optional elsewhere" { (words.asked_in_japan) } }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> SignUp {
        SignUp::parse(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn a_form_keeps_what_was_typed_and_lets_go_of_the_password() {
        let sign_up = form(&[
            ("items.name", " 見本 花子 "),
            ("items.phone", ""),
            ("secrets.password", "unmistakable"),
            ("residence", "eea"),
        ]);
        assert_eq!(sign_up.typed.get("items.name"), " 見本 花子 ");
        assert_eq!(
            sign_up.items().into_iter().collect::<Vec<_>>(),
            [("name".to_owned(), "見本 花子".to_owned())]
        );
        assert_eq!(sign_up.password, "unmistakable");
        assert!(sign_up.typed.iter().all(|(_, value)| value != "unmistakable"));
        assert_eq!(sign_up.regime(), "eu");
    }

    #[test]
    fn residence_elsewhere_falls_under_japanese_law() {
        assert_eq!(form(&[("residence", "other")]).regime(), "jp");
        assert_eq!(form(&[("residence", "mars")]).regime(), "jp");
        assert_eq!(form(&[("residence", "uk")]).regime(), "uk");
    }
}
