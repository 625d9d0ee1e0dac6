//! What a guest stops, links, and is written about her bookings, over the same API.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Azukari, Found, Trouble};
use crate::language::{Label, Language};

/// What a person has stopped: a purpose, provision to a recipient (`*` for anybody), or everything where
/// it names neither.
#[derive(Deserialize)]
pub(crate) struct Stop {
    #[serde(default)]
    pub(crate) purpose: Option<String>,
    #[serde(default)]
    pub(crate) recipient: Option<String>,
    pub(crate) stopped_at: Timestamp,
}

/// A linked service, with what she granted there and what came in.
#[derive(Deserialize)]
pub(crate) struct Link {
    pub(crate) service: String,
    pub(crate) label: Label,
    pub(crate) linked_at: Timestamp,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) items: Vec<Imported>,
}

#[derive(Deserialize)]
pub(crate) struct Scope {
    pub(crate) scope: String,
    pub(crate) label: Option<Label>,
}

#[derive(Deserialize)]
pub(crate) struct Imported {
    pub(crate) item: String,
}

/// A service to link, once its ID token was verified.
#[derive(Serialize)]
pub(crate) struct NewLink<'a> {
    pub(crate) issuer: &'a str,
    /// Her id there.
    pub(crate) subject: &'a str,
    /// What she granted.
    pub(crate) scopes: &'a [String],
    /// What comes in, by item.
    pub(crate) items: BTreeMap<&'a str, Import<'a>>,
}

/// A value of a service, with the claim that it comes from.
#[derive(Serialize)]
pub(crate) struct Import<'a> {
    pub(crate) claim: &'a str,
    pub(crate) value: &'a str,
}

/// A try to sign in as her.
#[derive(Deserialize)]
pub(crate) struct SignIn {
    pub(crate) at: Timestamp,
    /// `password`, `code`, `link` or `passkey`.
    pub(crate) means: String,
    pub(crate) succeeded: bool,
    /// `phone`, `tablet`, `computer` or `other`.
    #[serde(default)]
    pub(crate) device: Option<String>,
}

/// A letter about a booking, in the service's words.
pub(crate) struct BookingLetter {
    /// `confirmation`, `change` or `cancellation`.
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    pub(crate) store: String,
    /// The booking's number.
    pub(crate) booking: String,
    pub(crate) language: Language,
    pub(crate) title: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) details: Vec<(String, String)>,
    /// The same key makes the same letter.
    pub(crate) key: String,
}

impl Azukari {
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

    /// What she has stopped.
    pub(crate) async fn stops(&self, subject: &str) -> Result<Vec<Stop>, Trouble> {
        #[derive(Deserialize)]
        struct Stops {
            restrictions: Vec<Stop>,
        }
        let path = format!("/v1/subjects/{subject}/restrictions");
        let stops: Stops = self.ask(Language::Ja, Method::GET, &path, None).await?;
        Ok(stops.restrictions)
    }

    /// Stops a purpose or provision to a recipient, or allows it again.
    pub(crate) async fn stop(
        &self,
        subject: &str,
        purpose: Option<&str>,
        recipient: Option<&str>,
        stopped: bool,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/subjects/{subject}/restrictions");
        let body = json!({ "purpose": purpose, "recipient": recipient, "stopped": stopped });
        self.ask::<Value>(Language::Ja, Method::PUT, &path, Some(&body)).await.map(drop)
    }

    /// The services that she has linked.
    pub(crate) async fn links(&self, subject: &str) -> Result<Vec<Link>, Trouble> {
        #[derive(Deserialize)]
        struct Links {
            links: Vec<Link>,
        }
        let path = format!("/v1/subjects/{subject}/links");
        let links: Links = self.ask(Language::Ja, Method::GET, &path, None).await?;
        Ok(links.links)
    }

    /// Finds the guest whose id at a service this is; the kind of device goes into her history.
    pub(crate) async fn sign_in_by_link(
        &self,
        language: Language,
        issuer: &str,
        id: &str,
        device: &str,
    ) -> Result<Found, Trouble> {
        let body = json!({ "link": { "issuer": issuer, "subject": id }, "device": device });
        self.ask(language, Method::POST, "/v1/sign-ins", Some(&body)).await
    }

    /// Has a sign-in noted that was checked here, by `code` or `passkey`; the kind of device goes into her
    /// history. [`Trouble::SignInFailed`] answers one that did not fit.
    pub(crate) async fn vouch(
        &self,
        language: Language,
        subject: &str,
        means: &str,
        succeeded: bool,
        device: &str,
    ) -> Result<Found, Trouble> {
        let vouched = json!({ "subject": subject, "means": means, "succeeded": succeeded });
        let body = json!({ "vouched": vouched, "device": device });
        self.ask(language, Method::POST, "/v1/sign-ins", Some(&body)).await
    }

    /// Whose address this is; `None` when it is nobody's who has an account.
    pub(crate) async fn whose(&self, email: &str) -> Result<Option<String>, Trouble> {
        #[derive(Deserialize)]
        struct Whose {
            subject: Option<String>,
        }
        let (path, body) = ("/v1/sign-ins/addresses", json!({ "email": email }));
        let whose: Whose = self.ask(Language::Ja, Method::POST, path, Some(&body)).await?;
        Ok(whose.subject)
    }

    /// Puts a password in the place of the one before; with `old`, only where that is it.
    pub(crate) async fn put_password(
        &self,
        language: Language,
        subject: &str,
        password: &str,
        old: Option<&str>,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/subjects/{subject}/secrets/password");
        let body = json!({ "password": password, "old": old });
        self.ask::<Value>(language, Method::PUT, &path, Some(&body)).await.map(drop)
    }

    /// Links a service, or links it anew with what is granted now.
    pub(crate) async fn link(
        &self,
        language: Language,
        subject: &str,
        service: &str,
        link: &NewLink<'_>,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/subjects/{subject}/links/{service}");
        let body = json!(link);
        self.ask::<Value>(language, Method::PUT, &path, Some(&body)).await.map(drop)
    }

    /// Ends a link; what came in by it goes.
    pub(crate) async fn unlink(&self, subject: &str, service: &str) -> Result<(), Trouble> {
        let path = format!("/v1/subjects/{subject}/links/{service}");
        self.ask::<Value>(Language::Ja, Method::DELETE, &path, None).await.map(drop)
    }

    /// Who tried to sign in as her, the newest first; a use that the house records.
    pub(crate) async fn sign_ins(&self, subject: &str) -> Result<Vec<SignIn>, Trouble> {
        #[derive(Deserialize)]
        struct SignIns {
            sign_ins: Vec<SignIn>,
        }
        let path = format!("/v1/subjects/{subject}/sign-ins");
        let history: SignIns = self.ask(Language::Ja, Method::GET, &path, None).await?;
        Ok(history.sign_ins)
    }

    /// Has a letter about a booking sent to the guest; her address stays with the house.
    pub(crate) async fn write_about(&self, letter: &BookingLetter) -> Result<(), Trouble> {
        let details = letter.details.iter().map(|(l, v)| json!({ "label": l, "value": v }));
        let body = json!({
            "subject": letter.subject,
            "kind": letter.kind,
            "purpose": "service",
            "engagement": { "recipient": letter.store, "reference": letter.booking },
            "language": letter.language.tag(),
            "title": letter.title,
            "paragraphs": letter.paragraphs,
            "details": details.collect::<Vec<_>>(),
        });
        let key = Some(letter.key.as_str());
        let put =
            self.ask_once::<Value>(letter.language, Method::POST, "/v1/letters", Some(&body), key);
        put.await.map(drop)
    }
}
