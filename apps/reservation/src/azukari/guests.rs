//! Who a guest is to Azukari: accounts, what is held of her, and what she agrees to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Azukari, FieldError, Trouble};
use crate::language::Language;

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

/// A guest who was found, or whose account was opened.
#[derive(Deserialize)]
pub(crate) struct Found {
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) regime: String,
}

impl Azukari {
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
}
