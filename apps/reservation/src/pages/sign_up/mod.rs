//! Opening an account, in five short steps: who she is, her table, a few more things, what she agrees
//! to, her password. Each step is looked at when it is sent, here and by Azukari (decision 0052). What was
//! typed goes along in the page, so nothing is kept anywhere until the last step is sent; a page says
//! plainly what a refusal means. A code goes to her address with the first step and is asked for on the last,
//! whether the address has an account or not (decision 0071). `form` draws the steps.

mod form;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::Markup;
use serde::Deserialize;

use super::consent::{REPRESENTATIVE, add_found, named_representative};
use super::parts::{Errors, done};
use super::{door, linking, safe_next, see_other};
use crate::app::{self, Reader, Shared};
use crate::azukari::{Answer, Consent, FieldError, Newcomer, Policy, Reason, Trouble};
use crate::book::codes::{SIGN_UP_MINUTES, one_form};
use crate::book::sessions::{Caller, Door};
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::fields::{Fields, PHONE_COUNTRY};
use crate::{session, when};

const PASSWORD: &str = "secrets.password";
const EMAIL: &str = "items.email";
const CODE: &str = "code";

/// The field that names the address to which this form had a code written last.
const WRITTEN_TO: &str = "written_to";

/// What became of a letter that was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    /// It goes, or went, and its code can be used.
    Gone,
    /// Its mailbox had too many.
    MailboxWaits,
    /// Where she asks from had too many.
    PlaceWaits,
}

/// What is wrong with an item that may come in only once her representative has agreed.
const AFTER_REPRESENTATIVE: &str = "after_representative";

/// The field that names the service that she comes through.
const WITH: &str = "with";

/// What a service that she comes through fills in, from which claim, and under which scope (OpenID Connect Core,
/// 5.4); she may change it, and it comes in as what she entered.
const FILLED_IN: [(&str, &str, &str); 2] =
    [("name", "name", "profile"), ("email", "email", "email")];

/// Where somebody lives, and the law that follows.
const RESIDENCES: [(&str, &str); 4] = [("jp", "jp"), ("eea", "eu"), ("uk", "uk"), ("other", "jp")];

/// One page of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Who she is and how she is reached.
    Contact,
    /// What a kitchen would like to know.
    Table,
    /// What may be added, now or later.
    More,
    /// What she agrees to.
    Agree,
    /// Her password, alone: what is wrong elsewhere is put right before it is typed.
    Password,
}

impl Step {
    const ALL: [Self; 5] = [Self::Contact, Self::Table, Self::More, Self::Agree, Self::Password];

    /// What this step asks for, in the order of its page.
    fn items(self) -> &'static [&'static str] {
        match self {
            Self::Contact => &["name", "email", "phone", "language"],
            Self::Table => {
                &["allergy", "disliked_food", "favourite_food", "serving_size", "preferred_alcohol"]
            }
            Self::More => &["birth_date", "gender", "area", "company", "receipt_name"],
            Self::Agree | Self::Password => &[],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Table => "table",
            Self::More => "more",
            Self::Agree => "agree",
            Self::Password => "password",
        }
    }

    /// The step of a form; the first one where it says none.
    fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|step| step.name() == name).unwrap_or(Self::Contact)
    }

    fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }

    fn before(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|step| *step < self)
    }

    /// The step whose page has a field.
    fn of_field(field: &str, policy: &Policy) -> Self {
        let item = field.strip_prefix("items.");
        let beside = |consent: &str| {
            let items = policy.items.iter();
            let mut items = items.filter(|(_, item)| item.consent.as_deref() == Some(consent));
            items.find_map(|(item, _)| Self::of_item(item))
        };
        match (item, field.strip_prefix("consents.")) {
            (Some(item), _) => Self::of_item(item).unwrap_or(Self::Contact),
            (None, Some(consent)) => beside(consent).unwrap_or(Self::Agree),
            _ if field == "residence" => Self::Contact,
            _ if field.starts_with(REPRESENTATIVE) => Self::More,
            _ if field == PASSWORD || field == CODE => Self::Password,
            _ => Self::Agree,
        }
    }

    fn of_item(item: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.items().contains(&item))
    }
}

/// What somebody typed, apart from the password.
struct SignUp {
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
        let items = Step::ALL.iter().flat_map(|step| step.items());
        let filled = items.filter_map(|item| Some(((*item).to_owned(), self.typed.item(item)?)));
        filled.collect()
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

    /// Whether this form had a code written to the address that stands in it.
    fn is_written(typed: &Fields) -> bool {
        one_form(typed.get(EMAIL)) == one_form(typed.get(WRITTEN_TO))
    }

    /// A code that does not fit, whatever its address.
    fn wrong_code(&mut self, errors: &mut Errors, reader: &Reader) {
        let words = &reader.words.door;
        let is_written = Self::is_written(&self.typed);
        self.typed.take(CODE);
        errors.add(CODE, if is_written { words.wrong_code } else { words.error_code_unsent });
    }

    /// Lets go of every answer to a consent, since its words are others now; the first page that had one.
    fn ask_again(&mut self, policy: &Policy) -> Option<Step> {
        self.typed.set("notice", &policy.version);
        let fields = policy.consents.keys().map(|consent| format!("consents.{consent}"));
        let answered = fields.filter(|field| !self.typed.take(field).is_empty());
        answered.map(|field| Step::of_field(&field, policy)).min()
    }

    /// What can be seen to be wrong before anybody is asked, on the pages up to a step.
    fn check(&self, until: Step, policy: &Policy, reader: &Reader, today: Date) -> Errors {
        let words = reader.words;
        let mut errors = Errors::default();
        let steps = Step::ALL.into_iter().filter(|step| *step <= until);
        for item in steps.flat_map(Step::items) {
            let Some(asked) = policy.items.get(*item) else { continue };
            let field = format!("items.{item}");
            let Some(value) = self.typed.filled(&field) else {
                if asked.required {
                    errors.add(&field, words.frame.error_empty);
                }
                continue;
            };
            match asked.kind.as_str() {
                "email" if !looks_like_an_address(value) => {
                    errors.add(&field, words.frame.error_not_an_email);
                }
                "birth_date" => match when::typed(value) {
                    None => errors.add(&field, words.door.error_not_a_date),
                    Some(date) if date > today => errors.add(&field, words.door.error_future),
                    Some(_) => {}
                },
                _ => {}
            }
            if let Some(consent) = &asked.consent {
                let field = format!("consents.{consent}");
                if self.typed.get(&field) != "given" {
                    errors.add(&field, words.frame.error_needs_consent);
                }
            }
        }
        if until == Step::Password && self.password.is_empty() {
            errors.add(PASSWORD, words.frame.error_password_again);
        }
        if until >= Step::Agree {
            for (name, consent) in &policy.consents {
                let field = format!("consents.{name}");
                if self.is_condition(consent) && self.typed.get(&field).is_empty() {
                    errors.add(&field, words.frame.error_choose);
                }
            }
        }
        errors
    }

    /// The consents without which there is no service, and to which she does not agree.
    fn refused<'a>(&self, policy: &'a Policy) -> Vec<&'a str> {
        let refused = |name: &str| self.typed.get(&format!("consents.{name}")) == "refused";
        let all = policy.consents.iter();
        let named = all.filter(|(name, consent)| self.is_condition(consent) && refused(name));
        named.map(|(name, _)| name.as_str()).collect()
    }

    /// Has a code written to her address, and notes that there.
    async fn write(
        &mut self,
        app: &app::App,
        reader: &Reader,
        place: &str,
        anew: bool,
    ) -> Result<Letter, Trouble> {
        let email = self.typed.get(EMAIL).to_owned();
        let letter = write(app, reader, place, &email, anew).await?;
        if letter == Letter::Gone {
            self.typed.set(WRITTEN_TO, &email);
        }
        Ok(letter)
    }

    /// What Azukari finds wrong, while nothing comes in. What she will have to agree to counts as agreed to from
    /// the step on that has her date of birth: so it says there whether somebody has to agree in her place.
    async fn asks(
        &self,
        app: &app::App,
        reader: &Reader,
        policy: &Policy,
        until: Step,
    ) -> Result<Vec<FieldError>, Trouble> {
        let language = reader.language;
        let (items, mut answers) = (self.items(), self.answers(policy, language.tag()));
        if until >= Step::More {
            for (name, consent) in &policy.consents {
                let open = answers.iter().all(|answer| answer.consent != *name);
                if open && self.is_condition(consent) {
                    answers.push(Answer {
                        consent: name.clone(),
                        state: "given",
                        notice: policy.version.clone(),
                        language: language.tag(),
                    });
                }
            }
        }
        let named = named_representative(&self.typed);
        let mut newcomer = Newcomer {
            regime: self.regime(),
            items: &items,
            answers: &answers,
            representative: None,
        };
        let found = app.azukari.wrong_with(language, &newcomer).await?;
        if named.is_none() || found.iter().all(|error| error.field != REPRESENTATIVE) {
            return Ok(found);
        }
        newcomer.representative = named.as_ref();
        let mut found = app.azukari.wrong_with(language, &newcomer).await?;
        // What is under special care comes in only once her representative has agreed.
        let special = policy.items.iter().filter(|(_, asked)| asked.consent.is_some());
        let typed = special.filter(|(item, _)| items.contains_key(*item));
        found.extend(typed.map(|(item, _)| FieldError {
            field: format!("items.{item}"),
            code: AFTER_REPRESENTATIVE.to_owned(),
            words: Some(reader.words.door.error_after_representative.to_owned()),
        }));
        Ok(found)
    }
}

/// Whether something could be an address at all; whether it is one, Azukari says.
fn looks_like_an_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['@', '＠']).collect();
    matches!(parts[..], [local, domain] if !local.is_empty() && domain.contains(['.', '．', '。']))
        && !text.contains(char::is_whitespace)
}

#[derive(Deserialize)]
pub(super) struct Way {
    next: Option<String>,
    /// The service that she comes through.
    with: Option<String>,
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    headers: HeaderMap,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    let policy = app.azukari.policy().await?;
    let mut typed = Fields::default();
    typed.set("items.language", reader.language.tag());
    typed.set("residence", "jp");
    typed.set(PHONE_COUNTRY, "JP");
    if let Some(next) = way.next.as_deref().and_then(safe_next) {
        typed.set("next", next);
    }
    if let Some(told) = way.with.and_then(|with| linking::told(&app, &headers, &with)) {
        typed.set(WITH, &told.service);
        for (item, claim, scope) in FILLED_IN {
            if told.scopes.iter().any(|granted| granted == scope)
                && let Some(value) = told.claims.get(claim)
            {
                typed.set(&format!("items.{item}"), value);
            }
        }
    }
    let store = store_of(&app, &typed).await?;
    let page = form::Page { app: &app, reader: &reader, policy: &policy, store, is_proven: false };
    Ok(kept_by_her(page.step(Step::Contact, &typed, &Errors::default(), None)))
}

/// The store that she was about to book, by the address that she goes on to. Of one that is not open yet nobody hears.
async fn store_of(app: &app::App, typed: &Fields) -> Result<Option<Store>, Fault> {
    let slug =
        typed.get("next").strip_prefix("/book/").and_then(|rest| rest.split(['?', '/']).next());
    let Some(slug) = slug else { return Ok(None) };
    Ok(app.book.store(slug).await?.filter(|store| store.listed))
}

pub(super) async fn submit(
    State(app): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    reader: Reader,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    let words = reader.words;
    let mut sign_up = SignUp::parse(fields);
    let place = session::place(peer.ip(), &headers);
    let step = Step::parse(sign_up.typed.get("step"));
    let mut kept = sign_up.typed.clone();
    kept.set("go", "here");
    let away = |trouble: Trouble| Fault::from(trouble).keeping("/sign-up", &kept);

    let policy = app.azukari.policy().await.map_err(away)?;
    let store = store_of(&app, &sign_up.typed).await?;
    let is_proven = is_proven(&app, &headers, &sign_up.typed);
    let page = form::Page { app: &app, reader: &reader, policy: &policy, store, is_proven };
    let fine = Errors::default();
    // What she agreed to in other words is asked for again; that no page carries it along as an answer to these.
    let notice = sign_up.typed.filled("notice");
    if notice.is_some_and(|notice| notice != policy.version)
        && let Some(first) = sign_up.ask_again(&policy)
    {
        let page = page.step(first, &sign_up.typed, &fine, Some(page.policy_changed()));
        return Ok((StatusCode::CONFLICT, kept_by_her(page)).into_response());
    }
    match sign_up.typed.take("go").as_str() {
        // A form that comes back from another page is shown, not sent.
        "here" => return Ok(kept_by_her(page.step(step, &sign_up.typed, &fine, None))),
        "back" => {
            let before = step.before().unwrap_or(step);
            return Ok(kept_by_her(page.step(before, &sign_up.typed, &fine, None)));
        }
        "send" => {
            let mut errors = sign_up.check(Step::Contact, &policy, &reader, today());
            if errors.is_empty() {
                let found = sign_up.asks(&app, &reader, &policy, Step::Contact).await;
                let found = found.map_err(away)?.into_iter();
                let of_hers: Vec<_> = found.filter(|error| error.field == EMAIL).collect();
                errors.add_all(&of_hers, words);
            }
            if !errors.is_empty() {
                let page = page.step(Step::Password, &sign_up.typed, &errors, None);
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, kept_by_her(page)).into_response());
            }
            sign_up.typed.take(CODE);
            let letter = sign_up.write(&app, &reader, &place, true).await.map_err(away)?;
            let note = page.waits(letter).unwrap_or_else(|| done(words.door.another_code_sent));
            let page = page.step(Step::Password, &sign_up.typed, &fine, Some(note));
            return Ok(kept_by_her(page));
        }
        _ => {}
    }
    let mut errors = sign_up.check(step, &policy, &reader, today());
    if step == Step::Password && !is_proven && sign_up.typed.filled(CODE).is_none() {
        errors.add(CODE, words.frame.error_empty);
    }
    let mut changed = false;
    if errors.is_empty()
        && let Some(next) = step.next()
    {
        let refused = sign_up.refused(&policy);
        if step == Step::Agree && !refused.is_empty() {
            return Ok(kept_by_her(page.refused(&refused, &kept)));
        }
        let mut found = sign_up.asks(&app, &reader, &policy, step).await.map_err(away)?;
        found.retain(|error| Step::of_field(&error.field, &policy) <= step);
        if found.is_empty() {
            let mut note = None;
            if matches!(step, Step::Contact | Step::Agree) && !is_proven {
                let letter = sign_up.write(&app, &reader, &place, false).await.map_err(away)?;
                note = page.waits(letter).filter(|_| step == Step::Agree);
            }
            return Ok(kept_by_her(page.step(next, &sign_up.typed, &fine, note)));
        }
        changed = add_found(&mut errors, found, &reader);
    } else if errors.is_empty() {
        let newcomer = app.book.newcomer(sign_up.typed.get(EMAIL));
        let _turn = app.turns.of(&newcomer).await;
        let code = door::digits(sign_up.typed.get(CODE));
        if !is_proven && !app.book.is_code(Some(&newcomer), &code, app::now()).await? {
            sign_up.wrong_code(&mut errors, &reader);
            errors.add(PASSWORD, words.frame.error_password_again);
            let page = page.step(step, &sign_up.typed, &errors, None);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, kept_by_her(page)).into_response());
        }
        let (regime, items) = (sign_up.regime(), sign_up.items());
        let answers = sign_up.answers(&policy, reader.language.tag());
        let representative = named_representative(&sign_up.typed);
        let person = Newcomer {
            regime,
            items: &items,
            answers: &answers,
            representative: representative.as_ref(),
        };
        match app.azukari.open_account(reader.language, &person, &sign_up.password).await {
            Ok(subject) => {
                app.book.end_code(&newcomer).await?;
                if !is_proven {
                    app.letters.give_back(&place);
                }
                return welcome(&app, &reader, &headers, &sign_up, subject).await;
            }
            // Her representative has still to agree; it may not have been known before.
            Err(Trouble::Refused(reasons))
                if representative.is_some()
                    && reasons.iter().all(|reason| reason.id == "special_care_without_consent") =>
            {
                for (item, asked) in &policy.items {
                    let named = |reason: &Reason| reason.consent == asked.consent;
                    if items.contains_key(item) && reasons.iter().any(named) {
                        errors.add(&format!("items.{item}"), words.door.error_after_representative);
                    }
                }
            }
            Err(Trouble::Refused(reasons)) => {
                let named: Vec<&str> =
                    reasons.iter().filter_map(|reason| reason.consent.as_deref()).collect();
                return Ok(kept_by_her(page.refused(&named, &kept)));
            }
            // No letter had a code for it: one that was guessed opens nothing, and tells nothing.
            Err(Trouble::Invalid(found))
                if !is_proven
                    && found.iter().any(|error| error.field == EMAIL && error.code == "taken") =>
            {
                sign_up.wrong_code(&mut errors, &reader);
            }
            Err(Trouble::Invalid(found)) => changed = add_found(&mut errors, found, &reader),
            Err(trouble) => return Err(away(trouble)),
        }
    }
    if changed {
        // Ask again, with the words as they are now.
        let first = sign_up.ask_again(&policy).unwrap_or(Step::Agree);
        let page = page.step(first, &sign_up.typed, &fine, Some(page.policy_changed()));
        return Ok((StatusCode::CONFLICT, kept_by_her(page)).into_response());
    }
    // What is not held yet is not agreed to yet either.
    for (item, asked) in &policy.items {
        if errors.get(&format!("items.{item}")) == Some(words.door.error_after_representative)
            && let Some(consent) = &asked.consent
        {
            sign_up.typed.take(&format!("consents.{consent}"));
        }
    }
    // To the first page that has something to put right.
    let step_of = |field: &str| match field {
        EMAIL if step == Step::Password && !is_proven => step,
        field => Step::of_field(field, &policy),
    };
    let wrong = errors.fields().map(step_of).min().unwrap_or(step);
    if step == Step::Password && wrong == step {
        errors.add(PASSWORD, words.frame.error_password_again);
    }
    let page = page.step(wrong, &sign_up.typed, &errors, None);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, kept_by_her(page)).into_response())
}

/// She has an account, and is in.
async fn welcome(
    app: &Shared,
    reader: &Reader,
    headers: &HeaderMap,
    sign_up: &SignUp,
    subject: String,
) -> Result<Response, Fault> {
    let caller = Caller { who: subject.clone(), regime: sign_up.regime().to_owned() };
    let cookie = session::begin(&app.book, headers, Door::Guest, caller, app::now()).await?;
    let next = safe_next(sign_up.typed.get("next")).unwrap_or("/me?done=welcome");
    // The account is hers, linked or not; where it is not, she is told and may try again.
    let linked = match linking::told(app, headers, sign_up.typed.get(WITH)) {
        Some(told) => linking::link(app, reader, headers, &told, &subject).await.is_ok(),
        None => sign_up.typed.get(WITH).is_empty(),
    };
    let mut response = see_other(if linked { next } else { "/me/links?done=not_linked" })?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Whether the service that she comes through says that this very address is hers.
fn is_proven(app: &app::App, headers: &HeaderMap, typed: &Fields) -> bool {
    linking::told(app, headers, typed.get(WITH)).is_some_and(|told| {
        let says = |claim: &str| told.claims.get(claim).map(String::as_str);
        told.scopes.iter().any(|granted| granted == "email")
            && says("email_verified") == Some("true")
            && says("email").is_some_and(|email| one_form(email) == one_form(typed.get(EMAIL)))
    })
}

/// Has a code written to an address, unless one is out that can be used and no other is asked for. What an address
/// is, Azukari looks for when the letter goes, so that the answer is the same, and as soon, for each.
async fn write(
    app: &app::App,
    reader: &Reader,
    place: &str,
    email: &str,
    anew: bool,
) -> Result<Letter, Trouble> {
    let (now, newcomer) = (app::now(), app.book.newcomer(email));
    let broken = |no: anyhow::Error| Trouble::Unexpected(format!("no code is drawn: {no}"));
    if !anew && app.book.holds_code(&newcomer, now).await.map_err(broken)? {
        return Ok(Letter::Gone);
    }
    if !app.letters.begin(place, true, now) {
        return Ok(Letter::PlaceWaits);
    }
    let drawn = app.book.draw_code(&newcomer, SIGN_UP_MINUTES, now).await;
    let Some(code) = drawn.map_err(|no| broken(no.into()))? else {
        app.letters.give_back(place);
        return Ok(Letter::MailboxWaits);
    };
    let sign_in = format!("{}/sign-in", app.here.known());
    let put = app.azukari.write_newcomer(reader.language, email, &code, SIGN_UP_MINUTES, &sign_in);
    let put = put.await;
    if put.is_err() {
        // No letter has it.
        app.book.end_code(&newcomer).await.map_err(|no| broken(no.into()))?;
    }
    put.map(|()| Letter::Gone)
}

/// A page that her browser may keep for its way back, and nobody else: what she typed is on it and nowhere else
/// (decision 0072).
fn kept_by_her(page: Markup) -> Response {
    ([(header::CACHE_CONTROL, "private, no-cache")], page).into_response()
}

fn today() -> Date {
    when::in_tokyo(app::now()).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::words::Words;

    fn form(pairs: &[(&str, &str)]) -> SignUp {
        SignUp::parse(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    fn policy() -> Policy {
        let item = |kind: &str, required: bool| {
            serde_json::json!({
                "label": { "ja": "項目", "en": "Item" }, "kind": kind, "purposes": ["service"],
                "required": required,
            })
        };
        serde_json::from_value(serde_json::json!({
            "version": "2026-10-01", "purposes": {}, "consents": {},
            "items": {
                "name": item("text", true), "email": item("email", true),
                "birth_date": item("birth_date", false),
            },
            "controller": {
                "name": { "ja": "見本", "en": "Sample" },
                "desk": { "name": { "ja": "見本", "en": "Sample" }, "email": "desk@example.jp" },
            },
        }))
        .unwrap()
    }

    fn reader() -> Reader {
        Reader {
            language: Language::En,
            words: Words::of(Language::En),
            path: "/sign-up".to_owned(),
            query: String::new(),
            guest: None,
            staff: None,
            operator: None,
            passkeys: false,
        }
    }

    #[test]
    fn a_form_keeps_what_was_typed_and_lets_go_of_the_password() {
        let sign_up = form(&[
            ("items.name", " 見本 花子 "),
            ("items.phone", "090-0000-0001"),
            ("phone.country", "JP"),
            ("secrets.password", "unmistakable"),
            ("residence", "eea"),
        ]);
        assert_eq!(sign_up.typed.get("items.name"), " 見本 花子 ");
        assert_eq!(
            sign_up.items().into_iter().collect::<Vec<_>>(),
            [
                ("name".to_owned(), "見本 花子".to_owned()),
                ("phone".to_owned(), "+819000000001".to_owned())
            ]
        );
        assert_eq!(sign_up.password, "unmistakable");
        assert!(sign_up.typed.iter().all(|(_, value)| value != "unmistakable"));
        assert_eq!(sign_up.regime(), "eu");
    }

    #[test]
    fn names_of_any_script_go_on_as_they_were_typed() {
        for name in [
            "見本 花子",
            "髙橋 𠮷彦",
            "みほん はなこ",
            "ミホン ﾊﾅｺ",
            "김견본",
            "สมศรี ตัวอย่าง",
            "أحمد نموذج",
            "דוגמה כהן",
            "नमूना कुमारी",
            "Zoë Mu\u{308}ller-O’Neill",
            "Nguyễn Thị Mẫu",
            "Hanako 🌸👩‍🍳",
        ] {
            let sign_up = form(&[("items.name", name), ("items.email", "a@example.jp")]);
            assert_eq!(sign_up.items()["name"], name);
            let today = jiff::civil::date(2026, 11, 22);
            assert!(sign_up.check(Step::Contact, &policy(), &reader(), today).is_empty(), "{name}");
        }
    }

    #[test]
    fn a_day_of_birth_is_a_day_and_not_to_come() {
        let today = jiff::civil::date(2026, 11, 22);
        let words = Words::of(Language::En);
        for (typed, wrong) in [
            ("", None),
            ("2000-02-29", None),
            ("2000/2/29", None),
            ("2000年2月29日", None),
            ("２０００．２．２９", None),
            ("2026-11-22", None),
            ("2026-11-23", Some(words.door.error_future)),
            ("2023-02-29", Some(words.door.error_not_a_date)),
            ("1900-02-29", Some(words.door.error_not_a_date)),
            ("2000-13-01", Some(words.door.error_not_a_date)),
            ("yesterday", Some(words.door.error_not_a_date)),
        ] {
            let sign_up = form(&[
                ("items.name", "Sample"),
                ("items.email", "a@example.jp"),
                ("items.birth_date", typed),
            ]);
            let errors = sign_up.check(Step::More, &policy(), &reader(), today);
            assert_eq!(errors.get("items.birth_date"), wrong, "{typed}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_one_is_told_on_its_own_page() {
        for (typed, fits) in [
            ("hanako@example.jp", true),
            ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", true),
            ("hanako", false),
            ("hanako@example", false),
            ("hana ko@example.jp", false),
            ("@example.jp", false),
            ("a@b@example.jp", false),
        ] {
            assert_eq!(looks_like_an_address(typed), fits, "{typed}");
        }
    }

    #[test]
    fn what_is_wrong_leads_to_the_page_that_asks_for_it() {
        let policy = policy();
        for (field, step) in [
            ("items.email", Step::Contact),
            ("items.allergy", Step::Table),
            ("items.birth_date", Step::More),
            ("representative.email", Step::More),
            ("secrets.password", Step::Password),
            ("consents.store_disclosure", Step::Agree),
        ] {
            assert_eq!(Step::of_field(field, &policy), step, "{field}");
        }
    }

    #[test]
    fn residence_elsewhere_falls_under_japanese_law() {
        assert_eq!(form(&[("residence", "other")]).regime(), "jp");
        assert_eq!(form(&[("residence", "mars")]).regime(), "jp");
        assert_eq!(form(&[("residence", "uk")]).regime(), "uk");
    }
}
