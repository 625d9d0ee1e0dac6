//! The service writes to a person: its words are put into the outbox, and her address comes through the
//! gate when the letter goes. What she has stopped is refused here already.

use std::sync::Arc;

use jiff::SignedDuration;
use policy::item::BadValue;
use policy::purpose::Tier;
use policy::record::{Act, ServiceLetterKind};
use policy::{Ask, Document, Language, PurposeName, RecipientName, Record, Reference, SubjectId};

use crate::acts::consent::held;
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::gate::{self, Asking};
use crate::intake;
use crate::letter::{Details, ServiceLetter, SignUpLetter};
use crate::once::{Fresh, Once};
use crate::outbox::{self, Message};
use crate::record::Place;
use crate::store::{Tx, engagements, items};

/// The longest title, in characters: mail programs show hardly more.
const TITLE_CHARS: usize = 100;
/// The most paragraphs, and the most lines of details.
const PARTS: usize = 20;
/// The longest paragraph, in characters.
const PARAGRAPH_CHARS: usize = 1000;
/// The longest label of a detail, in characters.
const LABEL_CHARS: usize = 60;
/// The longest value of a detail, in characters.
const VALUE_CHARS: usize = 300;

/// A letter as the service sends it.
pub struct New {
    /// To whom.
    pub subject: SubjectId,
    /// What it tells.
    pub kind: ServiceLetterKind,
    /// The purpose under which her address is used for it.
    pub purpose: PurposeName,
    /// The engagement that it is about.
    pub engagement: Option<(RecipientName, Reference)>,
    /// Its language.
    pub language: Language,
    /// Its subject line.
    pub title: String,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
    /// Labels with values.
    pub details: Vec<Details>,
}

/// Whether a letter was put.
pub enum Put {
    /// It is in the outbox.
    Waiting(Place),
    /// No address is held of her.
    NoAddress,
}

/// Puts a letter into the outbox.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::NotFound`] for an unknown person; [`Error::Refused`] when
/// her address may not be used for that purpose now, which is on record; [`Error::KeyReused`].
pub async fn put(app: &Arc<App>, new: New, by: String, once: Option<Once>) -> Result<Put, Error> {
    let (now, document) = (app.clock.now(), app.policy());
    let new = read(&document, new)?;
    let Some(address) = document.sign_in_address().cloned() else { return Ok(Put::NoAddress) };
    let (fresh, keeper) = (Fresh::new()?, Arc::clone(app));
    let put = move |tx: &mut Tx<'_>| {
        if let Some(once) = &once
            && let Some(index) = once.begin(tx)?
        {
            return Ok::<_, Error>(Ok(Put::Waiting(keeper.place(tx, index)?.0)));
        }
        held(tx, new.subject)?;
        let engagement = match &new.engagement {
            Some((recipient, reference)) => Some(known(tx, &new, recipient, reference)?),
            None => None,
        };
        let asking = Asking {
            ask: Ask {
                subject: new.subject,
                recipient: None,
                purpose: new.purpose.clone(),
                items: vec![address.clone()],
                reference: None,
                exception: false,
            },
            exception: None,
            by: by.clone(),
            once: None,
        };
        if let Some((reasons, place)) = gate::foresee(&keeper, tx, &asking, now, &fresh)? {
            return Ok(Err(Error::Refused { reasons, place: Some(place) }));
        }
        if items::version(tx, new.subject, &address)? == 0 {
            return Ok(Ok(Put::NoAddress));
        }
        let record = Record {
            at: now,
            policy: document.version,
            subject: Some(new.subject),
            by: by.clone(),
            act: Act::LetterPut {
                kind: new.kind,
                purpose: new.purpose.clone(),
                engagement: new.engagement.clone(),
            },
        };
        let place = keeper.record(tx, &record, None, &fresh)?;
        let letter = ServiceLetter {
            kind: new.kind,
            purpose: new.purpose.clone(),
            engagement,
            language: new.language,
            title: new.title.clone(),
            paragraphs: new.paragraphs.clone(),
            details: new.details.clone(),
        };
        let message = Message::ServiceLetter { subject: new.subject, letter: Box::new(letter) };
        // One act, one letter: it has the number of its record.
        outbox::put(&keeper.keys, tx, fresh.id, &message, now)?;
        if let Some(once) = &once {
            once.done(tx, place.index, now);
        }
        Ok(Ok(Put::Waiting(place)))
    };
    // A refusal is an act of its own and must not be undone with the letter.
    app.store.write(put).await?
}

/// The longest time that a code of a sign-up holds, in minutes.
const CODE_MINUTES: u32 = 60;
/// The digits of a code.
const CODE_DIGITS: usize = 6;

/// Puts a letter to an address that somebody signs up with, and tells its id. Whose the address is, is not looked
/// for here. Nobody is held, so nothing is recorded.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::NotFound`] under a policy by which nobody signs in.
pub async fn put_sign_up(
    app: &Arc<App>,
    email: &str,
    code: String,
    minutes: u32,
    sign_in: String,
    language: Language,
) -> Result<[u8; 16], Error> {
    if app.policy().sign_in_address().is_none() {
        return Err(Error::not_found("way to sign in", "email"));
    }
    let mut wrong = Vec::new();
    let address = policy::normal::email(email);
    if address.is_none() {
        let bad = BadValue::NotAnEmail;
        wrong.push(FieldError::new("email", intake::code(&bad), bad.to_string()));
    }
    if code.len() != CODE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        wrong.push(FieldError::new("code", "unfit", "is not six digits; draw them at random"));
    }
    if !(1..=CODE_MINUTES).contains(&minutes) {
        let detail = format!("is not between 1 and {CODE_MINUTES}; send how long the code holds");
        wrong.push(FieldError::new("minutes", "unfit", detail));
    }
    if !sign_in.starts_with("http") || paper::Url::new(&sign_in).is_err() {
        let detail = "is no address; send that of the page where people sign in, with `https://`";
        wrong.push(FieldError::new("sign_in", "unfit", detail));
    }
    let Some(email) = address.filter(|_| wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let now = app.clock.now();
    let ends_at = now + SignedDuration::from_mins(minutes.into());
    let letter = SignUpLetter { email, code, ends_at, sign_in, language };
    let (message, id) = (Message::SignUpLetter { letter: Box::new(letter) }, Fresh::new()?.id);
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx| {
            outbox::put(&keeper.keys, tx, id, &message, now)?;
            Ok(id)
        })
        .await
}

/// The engagement that a letter is about, if it stands as the letter says.
fn known(
    tx: &mut Tx<'_>,
    new: &New,
    recipient: &RecipientName,
    reference: &Reference,
) -> Result<(RecipientName, policy::Engagement), Error> {
    let all = engagements::all(tx, new.subject)?;
    let found = all.into_iter().find(|(with, e)| with == recipient && e.reference == *reference);
    let found = found.ok_or_else(|| {
        let detail = "is no engagement of hers with that recipient; put the engagement first";
        Error::field("engagement.reference", "unknown", detail)
    })?;
    if new.kind.names_provision() && found.1.cancelled {
        let detail = "was called off; send a `cancellation`, or put the engagement anew";
        return Err(Error::field("engagement.reference", "called_off", detail));
    }
    Ok(found)
}

/// Reads a letter: its purpose is of the service, its words are plain text of a length that people read.
fn read(document: &Document, mut new: New) -> Result<New, Error> {
    let mut wrong = Vec::new();
    match document.purposes.get(&new.purpose) {
        None => wrong.push(FieldError::new("purpose", "unknown", "is not a purpose of the policy")),
        Some(purpose) if !purpose.own_use || purpose.tier != Tier::Service => {
            let detail = "is not one of our own for providing the service; a letter here is part of \
                          the service and never an offer";
            wrong.push(FieldError::new("purpose", "unfit", detail));
        }
        Some(_) => {}
    }
    if new.engagement.is_none() && new.kind != ServiceLetterKind::Notice {
        let detail = "is missing; send the recipient and the number that the letter is about";
        wrong.push(FieldError::new("engagement", "missing", detail));
    }
    line("title".to_owned(), &mut new.title, TITLE_CHARS, &mut wrong);
    if new.paragraphs.is_empty() {
        wrong.push(FieldError::new("paragraphs", "missing", "has none; send what the letter says"));
    }
    for (field, count) in [("paragraphs", new.paragraphs.len()), ("details", new.details.len())] {
        if count > PARTS {
            let detail = format!("has {count}; send at most {PARTS}");
            wrong.push(FieldError::new(field, "too_many", detail));
            return Err(Error::Invalid(wrong));
        }
    }
    for (n, text) in new.paragraphs.iter_mut().enumerate() {
        line(format!("paragraphs[{n}]"), text, PARAGRAPH_CHARS, &mut wrong);
    }
    for (n, detail) in new.details.iter_mut().enumerate() {
        line(format!("details[{n}].label"), &mut detail.label, LABEL_CHARS, &mut wrong);
        line(format!("details[{n}].value"), &mut detail.value, VALUE_CHARS, &mut wrong);
    }
    if wrong.is_empty() { Ok(new) } else { Err(Error::Invalid(wrong)) }
}

/// Brings one line of text into its one form, or says what is wrong with it.
fn line(field: String, text: &mut String, max: usize, wrong: &mut Vec<FieldError>) {
    let read = policy::normal::text(text);
    let read = read.trim();
    let chars = read.chars().count();
    let bad = if chars == 0 {
        Some(BadValue::Empty)
    } else if chars > max {
        Some(BadValue::TooLong { chars, max })
    } else if read.contains('\n') {
        Some(BadValue::MultiLine)
    } else if read.chars().any(policy::normal::is_unseen) {
        Some(BadValue::ControlCharacter)
    } else {
        None
    };
    match bad {
        Some(bad) => wrong.push(FieldError::new(field, intake::code(&bad), bad.to_string())),
        None => read.clone_into(text),
    }
}
