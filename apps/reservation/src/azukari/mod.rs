//! The client of Azukari's public HTTP API: every word this app exchanges with the house that holds
//! its guests' information. Knows nothing of pages; keeps nothing; logs no value of a person.

mod hers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::chance;
use crate::language::{Label, Language};

pub(crate) use hers::{BookingLetter, Import, Link, NewLink, SignIn, Stop};

/// How long an answer may take before the house counts as out of reach.
const PATIENCE: Duration = Duration::from_secs(10);
/// Asks that travel together, and people about whom one question is; Azukari takes 200 and 100.
const ASKS_TOGETHER: usize = 150;
const PEOPLE_TOGETHER: usize = 100;
/// How long the policy is taken to be what it was.
const FRESH: Duration = Duration::from_secs(2);

/// Why Azukari did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The rules answered no.
    #[error("refused")]
    Refused(Vec<Reason>),
    /// Something sent could not be read, field by field.
    #[error("invalid")]
    Invalid(Vec<FieldError>),
    /// Address or password did not fit.
    #[error("sign-in failed")]
    SignInFailed,
    /// Asked too often.
    #[error("too many tries")]
    TooMany,
    /// Nothing is held under that name.
    #[error("not found")]
    NotFound,
    /// Something stands against it.
    #[error("conflict")]
    Conflict,
    /// Out of reach, or closed for the moment.
    #[error("unavailable")]
    Unavailable,
    /// An answer that the contract does not know.
    #[error("unexpected answer {0}")]
    Unexpected(String),
}

impl Trouble {
    /// True when what was asked was certainly not done; after any other trouble it may have been.
    pub(crate) fn is_a_no(&self) -> bool {
        match self {
            Self::Refused(_)
            | Self::Invalid(_)
            | Self::SignInFailed
            | Self::TooMany
            | Self::NotFound => true,
            Self::Conflict | Self::Unavailable | Self::Unexpected(_) => false,
        }
    }
}

/// A reason of the rules: its id, the facts that matter to a reader, and the house's own words.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub(crate) struct Reason {
    #[serde(rename = "reason")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) consent: Option<String>,
    #[serde(default)]
    pub(crate) state: Option<String>,
    #[serde(default)]
    pub(crate) words: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) words: Option<String>,
}

/// RFC 9457, as far as a client needs it. `detail` may quote what was sent, so it is not read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    r#type: String,
    reasons: Vec<Reason>,
    errors: Vec<FieldError>,
}

/// The published policy, as far as these pages show it.
#[derive(Debug, Deserialize)]
pub(crate) struct Policy {
    pub(crate) version: String,
    pub(crate) controller: Controller,
    pub(crate) items: BTreeMap<String, Item>,
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, Secret>,
    pub(crate) purposes: BTreeMap<String, Purpose>,
    pub(crate) consents: BTreeMap<String, Consent>,
    /// The services that a guest may link, by name.
    #[serde(default)]
    pub(crate) services: BTreeMap<String, Service>,
}

/// A service that a guest may link, and what it may pass on.
#[derive(Debug, Deserialize)]
pub(crate) struct Service {
    pub(crate) issuer: String,
    /// The item that her id there is.
    pub(crate) subject_item: String,
    /// What she may grant there, by scope.
    pub(crate) scopes: BTreeMap<String, GrantScope>,
}

/// What a guest may grant at a service.
#[derive(Debug, Deserialize)]
pub(crate) struct GrantScope {
    pub(crate) label: Label,
    /// The item that each claim feeds.
    pub(crate) claims: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Controller {
    pub(crate) name: Label,
    pub(crate) address: Option<Label>,
    pub(crate) desk: Desk,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Desk {
    pub(crate) name: Label,
    pub(crate) email: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) label: Label,
    pub(crate) kind: String,
    pub(crate) multiline: Option<bool>,
    pub(crate) purposes: Vec<String>,
    pub(crate) consent: Option<String>,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    source: Option<String>,
    /// True for the history of her sign-ins, which has a page of its own.
    #[serde(default)]
    pub(crate) sign_ins: bool,
    /// The choices of a `choice`, in the order in which people read them.
    #[serde(default)]
    pub(crate) choices: Vec<(String, Label)>,
    /// Where the policy lists it.
    #[serde(default)]
    position: usize,
}

impl Item {
    /// True for what people type, false for what a linked service or a device passes on.
    pub(crate) fn is_typed(&self) -> bool {
        self.source.as_deref().is_none_or(|source| source == "person")
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Secret {
    pub(crate) purposes: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Purpose {
    pub(crate) label: Label,
    pub(crate) tier: String,
    #[serde(default)]
    pub(crate) needs_engagement: bool,
    #[serde(default)]
    basis: BTreeMap<String, Basis>,
}

#[derive(Debug, Deserialize)]
struct Basis {
    #[serde(default)]
    consent: Option<String>,
}

impl Purpose {
    /// True when a consent carries it wherever the guest lives.
    pub(crate) fn only_if_agreed(&self) -> bool {
        !self.basis.is_empty() && self.basis.values().all(|basis| basis.consent.is_some())
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Consent {
    pub(crate) label: Label,
    pub(crate) wording: Label,
    pub(crate) on_refusal: Label,
    #[serde(default)]
    pub(crate) condition_of_service: Vec<String>,
    /// Where the policy lists it.
    #[serde(default)]
    position: usize,
}

impl Policy {
    /// Where an item stands in the policy's order; one it no longer has comes last.
    pub(crate) fn rank(&self, item: &str) -> usize {
        self.items.get(item).map_or(usize::MAX, |item| item.position)
    }

    /// The consents, in the policy's order.
    pub(crate) fn consents_in_order(&self) -> Vec<(&str, &Consent)> {
        let mut consents: Vec<_> =
            self.consents.iter().map(|(name, consent)| (name.as_str(), consent)).collect();
        consents.sort_by_key(|(_, consent)| consent.position);
        consents
    }

    /// The label of an item, or its name where a newer policy no longer has it.
    pub(crate) fn item_label<'a>(&'a self, name: &'a str, language: Language) -> &'a str {
        self.items.get(name).map_or(name, |item| item.label.get(language))
    }

    /// The label of a purpose, likewise.
    pub(crate) fn purpose_label<'a>(&'a self, name: &'a str, language: Language) -> &'a str {
        self.purposes.get(name).map_or(name, |purpose| purpose.label.get(language))
    }

    /// The label of a consent, likewise.
    pub(crate) fn consent_label<'a>(&'a self, name: &'a str, language: Language) -> &'a str {
        self.consents.get(name).map_or(name, |consent| consent.label.get(language))
    }
}

/// A person's answer to a consent, and to which wording she gave it.
#[derive(Serialize, Clone)]
pub(crate) struct Answer {
    pub(crate) consent: String,
    pub(crate) state: &'static str,
    pub(crate) notice: String,
    pub(crate) language: &'static str,
}

/// Who agrees in the place of a guest who is too young to. Has no `Debug`, so that none ends in a log.
#[derive(Serialize)]
pub(crate) struct Representative {
    pub(crate) name: String,
    pub(crate) email: String,
}

/// Somebody who is about to come in, apart from the password.
#[derive(Clone, Copy)]
pub(crate) struct Newcomer<'a> {
    pub(crate) regime: &'a str,
    pub(crate) items: &'a BTreeMap<String, String>,
    pub(crate) answers: &'a [Answer],
    pub(crate) representative: Option<&'a Representative>,
}

/// A consent in her list.
#[derive(Deserialize)]
struct Asked {
    consent: String,
    state: Option<String>,
    ask: bool,
    #[serde(default)]
    waits_until: Option<Timestamp>,
}

/// The state of a consent.
#[derive(Deserialize)]
pub(crate) struct ConsentState {
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) at: Option<Timestamp>,
}

/// Values of a person on their way to a page. Has no `Debug`, so that none ends in a log.
#[derive(Deserialize, Default)]
#[serde(transparent)]
pub(crate) struct Values(BTreeMap<String, Option<String>>);

impl Values {
    /// The value of an item; `None` when nothing is held.
    pub(crate) fn get(&self, item: &str) -> Option<&str> {
        self.0.get(item).and_then(Option::as_deref).filter(|value| !value.is_empty())
    }

    /// True when the item was asked for and the answer is that nothing is held.
    pub(crate) fn holds_nothing(&self, item: &str) -> bool {
        self.0.contains_key(item) && self.get(item).is_none()
    }

    /// Every item that was asked for, with what is held.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.keys().map(|item| (item.as_str(), self.get(item)))
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }
}

#[derive(Deserialize)]
struct Told {
    items: Values,
}

/// A value that is held, without it.
#[derive(Deserialize)]
pub(crate) struct HeldItem {
    pub(crate) item: String,
    pub(crate) version: u32,
    /// True when she should be asked whether it is still right.
    #[serde(default)]
    pub(crate) confirm: bool,
    /// The purposes for which it is given no more.
    #[serde(default)]
    pub(crate) ended_purposes: Vec<String>,
}

#[derive(Deserialize)]
struct HeldItems {
    items: Vec<HeldItem>,
    #[serde(default)]
    closed_at: Option<Timestamp>,
}

/// One line of "who received what, when".
#[derive(Deserialize)]
pub(crate) struct Provision {
    pub(crate) outcome: String,
    pub(crate) at: Timestamp,
    #[serde(default)]
    pub(crate) recipient: String,
    #[serde(default)]
    pub(crate) recipient_name: Option<String>,
    #[serde(default)]
    pub(crate) purpose: String,
    pub(crate) items: Vec<String>,
    #[serde(default)]
    pub(crate) reference: Option<String>,
    #[serde(default)]
    pub(crate) keep_until: Option<Value>,
    /// The version of the policy that was in force then.
    #[serde(default)]
    pub(crate) policy: Option<String>,
    /// The consents it stands on.
    #[serde(default)]
    pub(crate) consents: Vec<ConsentSeen>,
    #[serde(default)]
    pub(crate) reasons: Vec<Reason>,
    pub(crate) ledger: LedgerPlace,
    /// Passed on as it came: the proof speaks of these exact bytes.
    #[serde(default)]
    pub(crate) opening: Option<Value>,
}

/// A consent that a provision stands on, with the version of the notice that she had been shown.
#[derive(Deserialize)]
pub(crate) struct ConsentSeen {
    pub(crate) consent: String,
    pub(crate) notice: String,
}

#[derive(Deserialize)]
pub(crate) struct LedgerPlace {
    pub(crate) index: u64,
}

#[derive(Deserialize)]
pub(crate) struct Provisions {
    pub(crate) provisions: Vec<Provision>,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

/// A guest who was found, or whose account was opened.
#[derive(Deserialize)]
pub(crate) struct Found {
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) regime: String,
}

/// A disclosure asked for by a store.
pub(crate) struct StoreAsk<'a> {
    pub(crate) subject: &'a str,
    pub(crate) recipient: &'a str,
    pub(crate) purpose: &'a str,
    pub(crate) items: &'a [String],
    pub(crate) reference: &'a str,
}

/// When a booking binds a guest and a store.
pub(crate) struct Engagement {
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) cancelled: bool,
}

/// A store as Azukari's register of recipients wants it.
pub(crate) struct StoreEntry<'a> {
    pub(crate) slug: &'a str,
    pub(crate) name: &'a str,
    pub(crate) address: &'a str,
    pub(crate) representative: &'a str,
    pub(crate) country: &'a str,
}

/// The policy, and when it was read.
type Known = Option<(Instant, Arc<Policy>)>;

/// The client.
#[derive(Clone)]
pub(crate) struct Azukari {
    http: reqwest::Client,
    base: String,
    key: String,
    known: Arc<Mutex<Known>>,
}

impl Azukari {
    pub(crate) fn new(base: &str, key: &str) -> anyhow::Result<Self> {
        // Azukari is a neighbour: no proxy stands between, and it redirects nowhere.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { http, base, key: key.to_owned(), known: Arc::default() })
    }

    /// The policy in force, as it was a moment ago at most. What rests on its words says by which version
    /// they were read, so that the house sees when they have changed since.
    pub(crate) async fn policy(&self) -> Result<Arc<Policy>, Trouble> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, policy)) = &*known()
            && since.elapsed() < FRESH
        {
            return Ok(Arc::clone(policy));
        }
        let policy: Arc<Policy> =
            Arc::new(self.ask(Language::Ja, Method::GET, "/v1/policy", None).await?);
        *known() = Some((Instant::now(), Arc::clone(&policy)));
        Ok(policy)
    }

    /// Opens an account; returns the subject's id.
    pub(crate) async fn open_account(
        &self,
        language: Language,
        newcomer: &Newcomer<'_>,
        password: &str,
    ) -> Result<String, Trouble> {
        let mut body = json!({
            "regime": newcomer.regime,
            "items": newcomer.items,
            "secrets": { "password": password },
            "consents": newcomer.answers,
        });
        if let Some(representative) = newcomer.representative {
            body["representative"] = json!(representative);
        }
        let made: Found = self.ask(language, Method::POST, "/v1/subjects", Some(&body)).await?;
        Ok(made.subject)
    }

    /// What is wrong with what somebody brings. It is asked with a password that nobody can have: everything
    /// is looked at, and nothing comes in.
    pub(crate) async fn wrong_with(
        &self,
        language: Language,
        newcomer: &Newcomer<'_>,
    ) -> Result<Vec<FieldError>, Trouble> {
        match self.open_account(language, newcomer, "").await {
            Err(Trouble::Invalid(mut wrong)) => {
                wrong.retain(|error| error.field != "secrets.password");
                Ok(wrong)
            }
            Err(trouble) => Err(trouble),
            Ok(_) => Err(Trouble::Unexpected("somebody came in without a password".to_owned())),
        }
    }

    /// Checks an address and a password; the kind of device goes into her history of sign-ins.
    pub(crate) async fn sign_in(
        &self,
        language: Language,
        email: &str,
        password: &str,
        device: Option<&str>,
    ) -> Result<Found, Trouble> {
        let body = json!({ "email": email, "password": password, "device": device });
        self.ask(language, Method::POST, "/v1/sign-ins", Some(&body)).await
    }

    pub(crate) async fn put_item(
        &self,
        language: Language,
        subject: &str,
        item: &str,
        value: &str,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/subjects/{subject}/items/{item}");
        let body = json!({ "value": value });
        self.ask::<Value>(language, Method::PUT, &path, Some(&body)).await.map(drop)
    }

    /// What is held of a person, without the values.
    pub(crate) async fn held_items(&self, subject: &str) -> Result<Vec<HeldItem>, Trouble> {
        let path = format!("/v1/subjects/{subject}/items");
        let held: HeldItems = self.ask(Language::Ja, Method::GET, &path, None).await?;
        // Who left has no page of hers any more, whatever is still kept.
        if held.closed_at.is_some() { Err(Trouble::NotFound) } else { Ok(held.items) }
    }

    /// She says that a version of a value is still right.
    pub(crate) async fn confirm_item(
        &self,
        subject: &str,
        item: &str,
        version: u32,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/subjects/{subject}/items/{item}/confirmation");
        let body = json!({ "version": version });
        self.ask::<Value>(Language::Ja, Method::POST, &path, Some(&body)).await.map(drop)
    }

    /// The state of a consent; `None` when it was never asked.
    pub(crate) async fn consent(
        &self,
        subject: &str,
        consent: &str,
    ) -> Result<Option<ConsentState>, Trouble> {
        let path = format!("/v1/subjects/{subject}/consents/{consent}");
        match self.ask(Language::Ja, Method::GET, &path, None).await {
            Ok(state) => Ok(Some(state)),
            Err(Trouble::NotFound) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// The consents that she is to be asked again: their words have changed, or what was collected
    /// before a version waits for them.
    pub(crate) async fn asked_again(&self, subject: &str) -> Result<BTreeSet<String>, Trouble> {
        let again = self.consents_asked(subject).await?.into_iter();
        let again = again.filter(|asked| asked.ask && asked.state.is_some());
        Ok(again.map(|asked| asked.consent).collect())
    }

    /// Until when her statutory representative can agree; `None` when nothing waits for that.
    pub(crate) async fn waits_until(&self, subject: &str) -> Result<Option<Timestamp>, Trouble> {
        let asked = self.consents_asked(subject).await?;
        Ok(asked.into_iter().filter_map(|asked| asked.waits_until).max())
    }

    async fn consents_asked(&self, subject: &str) -> Result<Vec<Asked>, Trouble> {
        #[derive(Deserialize)]
        struct Consents {
            consents: Vec<Asked>,
        }
        let path = format!("/v1/subjects/{subject}/consents");
        let list: Consents = self.ask(Language::Ja, Method::GET, &path, None).await?;
        Ok(list.consents)
    }

    pub(crate) async fn put_consent(
        &self,
        language: Language,
        subject: &str,
        answer: &Answer,
        representative: Option<&Representative>,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/subjects/{subject}/consents/{}", answer.consent);
        let mut body = json!({
            "state": answer.state,
            "notice": answer.notice,
            "language": answer.language,
        });
        if let Some(representative) = representative {
            body["representative"] = json!(representative);
        }
        self.ask::<Value>(language, Method::PUT, &path, Some(&body)).await.map(drop)
    }

    pub(crate) async fn put_store(&self, store: &StoreEntry<'_>) -> Result<(), Trouble> {
        let path = format!("/v1/recipients/{}", store.slug);
        let body = json!({
            "category": "store",
            "name": store.name,
            "address": store.address,
            "representative": store.representative,
            "country": store.country,
        });
        self.ask::<Value>(Language::Ja, Method::PUT, &path, Some(&body)).await.map(drop)
    }

    pub(crate) async fn put_engagement(
        &self,
        subject: &str,
        store: &str,
        number: &str,
        engagement: &Engagement,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/subjects/{subject}/engagements/{store}/{number}");
        let body = json!({
            "starts_at": engagement.starts_at,
            "ends_at": engagement.ends_at,
            "cancelled": engagement.cancelled,
        });
        self.ask::<Value>(Language::Ja, Method::PUT, &path, Some(&body)).await.map(drop)
    }

    /// Asks the house to write to a person, who is not named and whose address stays there. The same `key`
    /// is the same letter, however often it is asked for.
    pub(crate) async fn put_letter(
        &self,
        subject: &str,
        language: Language,
        title: &str,
        paragraphs: &[String],
        key: &str,
    ) -> Result<(), Trouble> {
        let body = json!({
            "subject": subject,
            "kind": "notice",
            "purpose": "service",
            "language": language.tag(),
            "title": title,
            "paragraphs": paragraphs,
        });
        let (method, path) = (Method::POST, "/v1/letters");
        self.ask_once::<Value>(language, method, path, Some(&body), Some(key)).await.map(drop)
    }

    /// A code to the address that somebody signs up with; where that has an account, the letter says so instead.
    pub(crate) async fn write_newcomer(
        &self,
        language: Language,
        email: &str,
        code: &str,
        minutes: i64,
        sign_in: &str,
    ) -> Result<(), Trouble> {
        let body = json!({
            "email": email,
            "code": code,
            "minutes": minutes,
            "sign_in": sign_in,
            "language": language.tag(),
        });
        let path = "/v1/letters/sign-up";
        self.ask::<Value>(language, Method::POST, path, Some(&body)).await.map(drop)
    }

    /// Values for the controller's own purpose; recorded by the house.
    pub(crate) async fn use_items(
        &self,
        language: Language,
        subject: &str,
        purpose: &str,
        items: &[String],
    ) -> Result<Values, Trouble> {
        let body = json!({ "subject": subject, "purpose": purpose, "items": items });
        let told: Told = self.ask(language, Method::POST, "/v1/uses", Some(&body)).await?;
        Ok(told.items)
    }

    /// Values for a store, ask by ask: each is recorded by the house and shown to its person. What comes of
    /// one ask is its own; an outage is the answer to all that were sent together.
    ///
    /// # Errors
    /// What is no answer and no outage.
    pub(crate) async fn disclose_all(
        &self,
        language: Language,
        asks: &[StoreAsk<'_>],
    ) -> Result<Vec<Result<Values, Trouble>>, Trouble> {
        #[derive(Deserialize)]
        struct Answers {
            answers: Vec<Value>,
        }
        let batches = asks.chunks(ASKS_TOGETHER).map(async |asks| {
            let one = |ask: &StoreAsk<'_>| {
                json!({
                    "subject": ask.subject,
                    "recipient": ask.recipient,
                    "purpose": ask.purpose,
                    "items": ask.items,
                    "reference": ask.reference,
                })
            };
            let body = json!({ "asks": asks.iter().map(one).collect::<Vec<_>>() });
            let path = "/v1/disclosures/batch";
            match self.ask::<Answers>(language, Method::POST, path, Some(&body)).await {
                Ok(told) if told.answers.len() == asks.len() => {
                    Ok(told.answers.into_iter().map(one_answer).collect())
                }
                Ok(_) => Err(Trouble::Unexpected("as many answers as asks".to_owned())),
                Err(Trouble::Unavailable) => {
                    Ok(asks.iter().map(|_| Err(Trouble::Unavailable)).collect::<Vec<_>>())
                }
                Err(trouble) => Err(trouble),
            }
        });
        let mut told = Vec::with_capacity(asks.len());
        for batch in futures_util::future::join_all(batches).await {
            told.extend(batch?);
        }
        Ok(told)
    }

    /// How one consent stands with many people: a state for each, in their order; `None` when it was
    /// never asked.
    pub(crate) async fn standings(
        &self,
        consent: &str,
        subjects: &[&str],
    ) -> Result<Vec<Option<String>>, Trouble> {
        #[derive(Deserialize)]
        struct Standings {
            states: Vec<Option<String>>,
        }
        let batches = subjects.chunks(PEOPLE_TOGETHER).map(async |subjects| {
            let body = json!({ "consent": consent, "subjects": subjects });
            let path = "/v1/consents/standings";
            let told: Standings = self.ask(Language::Ja, Method::POST, path, Some(&body)).await?;
            if told.states.len() == subjects.len() {
                Ok(told.states)
            } else {
                Err(Trouble::Unexpected("as many states as people".to_owned()))
            }
        });
        let mut states = Vec::with_capacity(subjects.len());
        for batch in futures_util::future::join_all(batches).await {
            states.extend(batch?);
        }
        Ok(states)
    }

    pub(crate) async fn provisions(
        &self,
        language: Language,
        subject: &str,
        cursor: Option<&str>,
    ) -> Result<Provisions, Trouble> {
        let mut path = format!("/v1/subjects/{subject}/provisions");
        // A cursor comes back through an address, so only its own alphabet may go on.
        if let Some(cursor) = cursor.filter(|cursor| cursor.bytes().all(is_cursor_byte)) {
            path.push_str("?cursor=");
            path.push_str(cursor);
        }
        self.ask(language, Method::GET, &path, None).await
    }

    /// The proof that a ledger entry is in the tree, as a C2SP text.
    pub(crate) async fn proof(&self, index: u64) -> Result<String, Trouble> {
        let address = format!("{}/v1/ledger/proofs/{index}", self.base);
        let answer = self.http.get(address).send().await.map_err(|_| Trouble::Unavailable)?;
        let status = answer.status();
        let text = answer.text().await.map_err(|_| Trouble::Unavailable)?;
        if status.is_success() { Ok(text) } else { Err(trouble(status, text.as_bytes())) }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        language: Language,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Trouble> {
        self.ask_once(language, method, path, body, None).await
    }

    /// The same with an idempotency key that a later try will have, too.
    async fn ask_once<T: DeserializeOwned>(
        &self,
        language: Language,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<T, Trouble> {
        let address = format!("{}{path}", self.base);
        let mut request = self
            .http
            .request(method.clone(), address)
            .bearer_auth(&self.key)
            .header("Accept-Language", language.tag());
        if method == Method::POST {
            let new = || chance::uuid().map_err(|_| Trouble::Unavailable);
            let key = key.map_or_else(new, |key| Ok(key.to_owned()))?;
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|_| Trouble::Unavailable)?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|_| Trouble::Unavailable)?;
        if !status.is_success() {
            return Err(trouble(status, &bytes));
        }
        // The error's text could quote the answer, and with it a value: it is left out.
        serde_json::from_slice(&bytes).map_err(|error| {
            Trouble::Unexpected(format!("{status}, unreadable at column {}", error.column()))
        })
    }
}

fn is_cursor_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~=".contains(&byte)
}

/// Reads what came of one ask of many.
fn one_answer(answer: Value) -> Result<Values, Trouble> {
    if answer.get("items").is_some() && answer.get("type").is_none() {
        return serde_json::from_value::<Told>(answer)
            .map(|told| told.items)
            .map_err(|_| Trouble::Unexpected("an unreadable answer to an ask".to_owned()));
    }
    let status = answer.get("status").and_then(Value::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    Err(match status {
        // One that fails says nothing about the others; the evening is still to be read.
        Some(status) if status.is_server_error() => Trouble::Unavailable,
        Some(status) => trouble(status, answer.to_string().as_bytes()),
        None => Trouble::Unexpected("an answer without a status".to_owned()),
    })
}

/// Reads a problem answer.
fn trouble(status: StatusCode, body: &[u8]) -> Trouble {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    let kind = problem.r#type.rsplit('/').next().unwrap_or_default();
    match (status.as_u16(), kind) {
        (403, "refused") => Trouble::Refused(problem.reasons),
        (422, "invalid") => Trouble::Invalid(problem.errors),
        (401 | 403, "sign-in-failed") => Trouble::SignInFailed,
        // Anything else that is not found, a gateway on the way has said, not Azukari.
        (404, "not-found") => Trouble::NotFound,
        (409, _) => Trouble::Conflict,
        (429, _) => Trouble::TooMany,
        (502..=504, _) => Trouble::Unavailable,
        // The kind is the house's own word and carries no value.
        _ => Trouble::Unexpected(format!("{} {}", status.as_u16(), kind)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_read_by_status_and_kind() {
        let refused = br#"{"type":"https://azukari.example/problems/refused","status":403,
            "reasons":[{"reason":"consent_not_given","consent":"store_disclosure",
                        "state":"withdrawn","words":"."}]}"#;
        let Trouble::Refused(reasons) = trouble(StatusCode::FORBIDDEN, refused) else {
            panic!("not read as a refusal");
        };
        assert_eq!(reasons[0].state.as_deref(), Some("withdrawn"));
        assert!(matches!(trouble(StatusCode::SERVICE_UNAVAILABLE, b""), Trouble::Unavailable));
        assert!(matches!(trouble(StatusCode::BAD_GATEWAY, b"<html>"), Trouble::Unavailable));
        assert!(matches!(trouble(StatusCode::UNAUTHORIZED, b"{}"), Trouble::Unexpected(_)));
        assert!(matches!(trouble(StatusCode::FORBIDDEN, b"{}"), Trouble::Unexpected(_)));
        let unknown = br#"{"type":"https://azukari.example/problems/not-found"}"#;
        assert!(matches!(trouble(StatusCode::NOT_FOUND, unknown), Trouble::NotFound));
        for gateway in [&b""[..], b"<html>", b"{}", br#"{"type":"about:blank"}"#] {
            let read = trouble(StatusCode::NOT_FOUND, gateway);
            assert!(!read.is_a_no() && matches!(read, Trouble::Unexpected(_)));
        }
    }

    #[test]
    fn a_failed_sign_in_is_told_from_a_service_key_that_may_not() {
        let failed = br#"{"type":"https://azukari.example/problems/sign-in-failed"}"#;
        for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
            assert!(matches!(trouble(status, failed), Trouble::SignInFailed), "{status}");
        }
        let other = br#"{"type":"https://azukari.example/problems/forbidden"}"#;
        assert!(matches!(trouble(StatusCode::FORBIDDEN, other), Trouble::Unexpected(_)));
    }

    #[test]
    fn an_item_is_read_with_its_choices_in_the_policy_s_order() {
        let item: Item = serde_json::from_str(
            r#"{"label":{"ja":"量","en":"Serving"},"article":"1(1)","kind":"choice",
                "choices":[["small",{"ja":"少なめ","en":"Small"}],
                           ["large",{"ja":"多め","en":"Large"}]],
                "sensitivity":"ordinary","purposes":["meal"],"source":"person",
                "retention":{"from":"account_end","days":30},"consent":null,
                "lookup":false,"unique":false,"required":false,"position":7}"#,
        )
        .unwrap();
        assert!(item.is_typed());
        assert_eq!(item.choices[0].1.en, "Small");
        assert_eq!(item.choices[1].0, "large");
    }
}
