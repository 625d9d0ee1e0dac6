//! What a form brought: names and values as they were typed. Has no `Debug`, so that no value of a
//! person ends in a log; a password is taken out and never put back on a page.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{FromRequest, Request};

use crate::fault::Fault;
use crate::{phone, when};

/// The field that says for which country a telephone number is written.
pub(crate) const PHONE_COUNTRY: &str = "phone.country";

/// What the names of fields begin with that a form merely carries along.
const KEPT: &str = "kept.";

/// The fields of a form, by name; of a name that comes twice, the last.
#[derive(Clone, Default)]
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The value as typed; empty when the field was not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The value without the white space around it; `None` when nothing is left.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// An item as it goes to Azukari: a telephone number with its country, a day as 2000-02-29,
    /// anything else as it was typed.
    pub(crate) fn item(&self, item: &str) -> Option<String> {
        let typed = self.filled(&format!("items.{item}"))?;
        Some(match item {
            "phone" => phone::international(self.get(PHONE_COUNTRY), typed),
            "birth_date" => when::typed(typed).map_or(typed.to_owned(), |date| date.to_string()),
            _ => typed.to_owned(),
        })
    }

    pub(crate) fn take(&mut self, name: &str) -> String {
        self.0.remove(name).unwrap_or_default()
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same fields under names by which another form carries them along.
    pub(crate) fn keeping(&self) -> Self {
        self.iter().map(|(name, value)| (format!("{KEPT}{name}"), value.to_owned())).collect()
    }

    /// The fields that a form carried along, under their own names.
    pub(crate) fn kept(&self) -> Self {
        let kept = self.iter().filter_map(|(name, value)| Some((name.strip_prefix(KEPT)?, value)));
        kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|_| Fault::Unreadable)?;
        Ok(pairs.into_iter().collect())
    }
}
