//! Values on their way out of Azukari, for a store or for the app itself, and how a consent stands with those of whom they are.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Azukari, Trouble, trouble};
use crate::language::Language;

/// Asks that travel together, and people about whom one question is; Azukari takes 200 and 100.
const ASKS_TOGETHER: usize = 150;
const PEOPLE_TOGETHER: usize = 100;

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

/// A disclosure asked for by a store.
pub(crate) struct StoreAsk<'a> {
    pub(crate) subject: &'a str,
    pub(crate) recipient: &'a str,
    pub(crate) purpose: &'a str,
    pub(crate) items: &'a [String],
    pub(crate) reference: &'a str,
}

impl Azukari {
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
