//! The stores in Azukari's register of recipients, and the bookings that bind a guest and a store.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Azukari, Trouble};
use crate::language::Language;

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

impl Azukari {
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
}
