//! A statutory representative 法定代理人 answers for somebody who is too young to (R9.6): each consent that
//! waits is given or refused, on record, and what was known of the representative is erased with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::minor;
use policy::record::{Act, ConsentTaken};
use policy::{ConsentName, ConsentState, Language, Record, Version};

use crate::agreement::{self, Agreement};
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::letter::Letter;
use crate::once::{Fresh, random};
use crate::outbox::{self, Message};
use crate::store::{Tx, agreements, consents};
use crate::webhook;

/// Who acts, in records: never by name.
const BY: &str = "representative";

/// An answer as it came.
pub struct Answer {
    /// The token of the link.
    pub token: String,
    /// The version of the policy that was shown.
    pub notice: String,
    /// The language that it was shown in.
    pub language: Language,
    /// Whether she says that she is the representative.
    pub confirmed: bool,
    /// What she answered, by consent: `agree` or `decline`.
    pub answers: BTreeMap<String, String>,
}

/// What a token leads to, while it can be answered.
///
/// # Errors
/// When the row was changed.
pub async fn find(app: &Arc<App>, token: String) -> Result<Option<Agreement>, Error> {
    let (keeper, now) = (Arc::clone(app), app.clock.now());
    app.store.read(move |conn| agreement::find(&keeper.keys, conn, &token, now)).await
}

/// Takes an answer to every consent that waits, or to none; tells how each stands now, and the young person
/// by letter. `None` when the token leads nowhere.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::Conflict`] when another version of the policy was shown.
pub async fn answer(
    app: &Arc<App>,
    answer: Answer,
) -> Result<Option<Vec<(ConsentName, ConsentState)>>, Error> {
    let (now, document) = (app.clock.now(), app.policy());
    let fresh: Vec<Fresh> =
        document.consents.iter().map(|_| Fresh::new()).collect::<Result<_, _>>()?;
    let mut letter_id = [0; 16];
    random(&mut letter_id)?;
    let keeper = Arc::clone(app);
    let answered = app
        .store
        .write(move |tx: &mut Tx<'_>| {
            let found = agreement::find(&keeper.keys, tx, &answer.token, now)?;
            let Some(found) = found else { return Ok(None) };
            let mut answers = read(&found, &answer, document.version)?;
            // One that the policy asks for no more allows nothing.
            answers.retain(|(name, _)| document.consents.contains_key(name));
            for ((name, state), fresh) in answers.iter().zip(&fresh) {
                let (consent, notice) = (name.clone(), document.version);
                let language = answer.language.tag().to_owned();
                let consent = ConsentTaken { consent, state: *state, notice, language };
                consents::put(tx, found.subject, &consent, now.as_millisecond());
                let record = Record {
                    at: now,
                    policy: document.version,
                    subject: Some(found.subject),
                    by: BY.to_owned(),
                    act: Act::ConsentChanged { consent, by_representative: true },
                };
                let place = keeper.record(tx, &record, None, fresh)?;
                let event =
                    webhook::Event::ConsentChanged { subject: found.subject, at: place.into() };
                webhook::tell(&keeper.keys, tx, event, &fresh.id, now)?;
            }
            agreements::erase(tx, found.subject);
            let language = found.asked.language;
            let letter = Letter::RepresentativeAnswered { answers: answers.clone(), language };
            let message = Message::Letter { subject: found.subject, letter };
            outbox::put(&keeper.keys, tx, letter_id, &message, now)?;
            Ok::<_, Error>(Some(answers))
        })
        .await?;
    if answered.is_some() {
        scrub(app).await;
    }
    Ok(answered)
}

/// Reads an answer: one to each consent that waits, by somebody who says who she is.
fn read(
    found: &Agreement,
    answer: &Answer,
    notice: Version,
) -> Result<Vec<(ConsentName, ConsentState)>, Error> {
    let mut wrong = Vec::new();
    let mut read = Vec::new();
    for name in &found.asked.consents {
        let said = answer.answers.get(name.as_str()).map(String::as_str);
        match said {
            // With her agreement it stands, however young the person is.
            Some("agree") => {
                read.push((name.clone(), minor::stands(ConsentState::Given, true, true)));
            }
            Some("decline") => read.push((name.clone(), ConsentState::Refused)),
            _ => {
                let detail = "is not answered; choose to agree or to decline";
                wrong.push(FieldError::new(format!("answers.{name}"), "unanswered", detail));
            }
        }
    }
    if !answer.confirmed {
        let detail = "is missing; only a parent or legal guardian can answer";
        wrong.push(FieldError::new("confirmed", "unconfirmed", detail));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    if answer.notice != notice.to_string() {
        return Err(Error::Conflict("another version of the policy is in force".to_owned()));
    }
    Ok(read)
}

/// Erases what nobody answered in time; the consents stay unanswered. Says how many that were.
///
/// # Errors
/// When the database does not take it.
pub async fn end_unanswered(app: &Arc<App>) -> Result<usize, Error> {
    let now = app.clock.now().as_millisecond();
    let ended = app.store.write(move |tx| Ok::<_, Error>(agreements::end(tx, now)?)).await?;
    if ended > 0 {
        scrub(app).await;
    }
    Ok(ended)
}

/// What was just erased lies in no log of the database either.
async fn scrub(app: &App) {
    if let Err(error) = app.store.scrub().await {
        tracing::warn!(%error, "freed pages are not cleared yet; the next round clears them");
    }
}
