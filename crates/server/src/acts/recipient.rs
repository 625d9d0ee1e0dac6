//! A member of a category of recipients, such as a store, is registered or changed.

use std::sync::Arc;

use policy::record::Act;
use policy::{RecipientFact, Record, normal};

use crate::app::App;
use crate::error::{Error, FieldError};
use crate::intake::Details;
use crate::once::Fresh;
use crate::record::Place;
use crate::store::{Tx, recipients};

/// The longest of a recipient's legal details, in characters.
const MAX_CHARS: usize = 200;

/// Registers a recipient or changes it.
///
/// # Errors
/// [`Error::Invalid`] field by field.
pub async fn put(
    app: &Arc<App>,
    fact: RecipientFact,
    mut details: Details,
    by: String,
) -> Result<Place, Error> {
    let document = app.policy();
    let mut wrong = Vec::new();
    if let Some(contact) = &details.contact {
        details.contact = normal::email(contact);
        if details.contact.is_none() {
            let detail = "is not an e-mail address; send one such as desk@example.com";
            wrong.push(FieldError::new("contact", "not_an_email", detail));
        }
    }
    match document.recipients.get(&fact.category) {
        Some(entry) if entry.many => {}
        Some(_) => wrong.push(FieldError::new(
            "category",
            "not_a_category",
            "is one recipient of the policy, not a category; change it in the policy's files",
        )),
        None => wrong.push(FieldError::new(
            "category",
            "unknown",
            "is not a recipient category of the policy",
        )),
    }
    if document.recipients.contains_key(&fact.name) {
        wrong.push(FieldError::new("recipient", "taken", "is a name that the policy itself uses"));
    }
    for (field, text) in [
        ("name", &details.name),
        ("address", &details.address),
        ("representative", &details.representative),
    ] {
        let chars = text.trim().chars().count();
        if chars == 0 {
            let detail = "is missing; a provision record needs it (R1.5)";
            wrong.push(FieldError::new(field, "missing", detail));
        } else if text.chars().any(normal::is_unseen) {
            let detail = "has a character that is not seen; send plain text on one line";
            wrong.push(FieldError::new(field, "control_character", detail));
        } else if chars > MAX_CHARS {
            let detail = format!("has {chars} characters; at most {MAX_CHARS} are held");
            wrong.push(FieldError::new(field, "too_long", detail));
        }
    }
    if let Some(country) = &fact.country
        && (country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase()))
    {
        let detail = "is not two capital letters of ISO 3166-1, such as JP";
        wrong.push(FieldError::new("country", "not_a_country", detail));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let bytes = serde_json::to_vec(&details).map_err(anyhow::Error::from)?;
    let sealed = app.keys.seal_system("recipient", fact.name.as_str().as_bytes(), &bytes)?;
    let now = app.clock.now();
    let fresh = Fresh::new()?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            recipients::put(tx, &fact, &sealed);
            let record = Record {
                at: now,
                policy: document.version,
                subject: None,
                by: by.clone(),
                act: Act::RecipientPut {
                    recipient: fact.name.clone(),
                    category: fact.category.clone(),
                    country: fact.country.clone(),
                    suspended: fact.suspended,
                    name: details.name.clone(),
                    address: details.address.clone(),
                    representative: details.representative.clone(),
                },
            };
            keeper.record(tx, &record, None, &fresh)
        })
        .await
}
