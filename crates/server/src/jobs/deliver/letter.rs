//! Letters to people, by mail. What a letter needs of a person comes through the gate now and not
//! when it was put, so that a stop holds and every letter is on record.

use std::sync::Arc;

use policy::request::RequestId;
use policy::{Ask, ItemName, Language, PurposeName, RegimeName, SubjectId};
use vault::Plain;

use super::Deliverer;
use crate::acts::agreement;
use crate::acts::request::{Contact, Request};
use crate::acts::sign_in;
use crate::app::App;
use crate::connectors::NotSent;
use crate::connectors::mail::Mail;
use crate::error::Error;
use crate::gate::{self, Asking};
use crate::letter::{self, About, Letter, RequestLetter, ServiceLetter, SignUpLetter, Written};
use crate::outbox::{self, LETTER, Message, Outcome};
use crate::store::{consents, subjects};

impl Deliverer for Mail {
    const TOPIC: &'static str = LETTER;

    async fn is_there(&self) -> Result<(), NotSent> {
        Self::is_there(self).await
    }

    async fn deliver(
        &self,
        app: &Arc<App>,
        id: &[u8; 16],
        message: Message,
    ) -> Result<Result<Outcome, NotSent>, Error> {
        match message {
            Message::Letter { subject, letter } => send(app, self, id, subject, &letter).await,
            Message::ServiceLetter { subject, letter } => {
                send_service(app, self, id, subject, &letter).await
            }
            Message::RequestLetter { request, letter } => {
                send_about(app, self, id, request, &letter).await
            }
            Message::AgreementLetter { token } => {
                send_to_representative(app, self, id, token).await
            }
            Message::SignUpLetter { letter } => send_to_newcomer(app, self, id, &letter).await,
            Message::Webhook { .. } | Message::Callback { .. } | Message::Instruction { .. } => {
                Ok(Ok(Outcome::Unreadable))
            }
        }
    }

    /// There is no answer, or the service closes (421).
    fn is_away(&self, not_sent: &NotSent) -> bool {
        matches!(not_sent, NotSent::Later { code: None | Some(421) })
    }
}

/// Sends a letter to the address that the person has now, if it may be used now.
async fn send(
    app: &Arc<App>,
    mail: &Mail,
    id: &[u8; 16],
    subject: SubjectId,
    letter: &Letter,
) -> Result<Result<Outcome, NotSent>, Error> {
    let document = app.policy();
    let held = app.store.read(move |conn| subjects::get(conn, subject)).await?;
    let regime = held.and_then(|held| held.regime);
    let to = regime.and_then(|regime| letter::address(&document, &regime));
    let Some((to, written)) = to.zip(letter.write(&document, app.clock.now())) else {
        return Ok(Ok(Outcome::NoAddress));
    };
    to_registered(app, mail, id, subject, to, &written).await
}

/// Sends a letter of the service, under the purpose that it was put for. What goes to the recipient is
/// told as it stands now.
async fn send_service(
    app: &Arc<App>,
    mail: &Mail,
    id: &[u8; 16],
    subject: SubjectId,
    letter: &ServiceLetter,
) -> Result<Result<Outcome, NotSent>, Error> {
    let document = app.policy();
    let Some(item) = document.sign_in_address() else { return Ok(Ok(Outcome::NoAddress)) };
    let goes = match letter.engagement.clone().filter(|_| letter.kind.names_provision()) {
        Some((recipient, engagement)) => {
            let (number, when) = (engagement.reference, engagement.starts_at);
            gate::would_go(app, subject, recipient, number, when).await?
        }
        None => None,
    };
    let written = letter.write(&document, goes.as_ref(), app.clock.now());
    to_registered(app, mail, id, subject, (item, &letter.purpose), &written).await
}

/// Sends to the address that is held of a person, which comes through the gate.
async fn to_registered(
    app: &Arc<App>,
    mail: &Mail,
    id: &[u8; 16],
    subject: SubjectId,
    (item, purpose): (&ItemName, &PurposeName),
    written: &Written,
) -> Result<Result<Outcome, NotSent>, Error> {
    let ask = Ask {
        subject,
        recipient: None,
        purpose: purpose.clone(),
        items: vec![item.clone()],
        reference: None,
        exception: false,
    };
    let asking = Asking { ask, exception: None, by: "azukari (letter)".to_owned(), once: None };
    let mut disclosed = match gate::disclose(app, asking).await {
        Ok(disclosed) => disclosed,
        Err(Error::Refused { .. }) => return Ok(Ok(Outcome::Refused)),
        Err(error) => return Err(error),
    };
    let Some(address) = disclosed.items.remove(item).flatten() else {
        return Ok(Ok(Outcome::NoAddress));
    };
    let sent = mail.send(&outbox::shown(id), &address, written, app.clock.now()).await;
    Ok(sent.map(|()| Outcome::Delivered))
}

/// Sends a letter to a statutory representative, while what it asks can still be answered.
async fn send_to_representative(
    app: &Arc<App>,
    mail: &Mail,
    id: &[u8; 16],
    token: String,
) -> Result<Result<Outcome, NotSent>, Error> {
    let Some(about) = agreement::find(app, token.clone()).await? else {
        return Ok(Ok(Outcome::NoAddress));
    };
    let (link, now) =
        (app.public_url().join(&letter::agreement::path(&about, &token)), app.clock.now());
    let written = letter::agreement::write(&app.policy(), &about, &link, now);
    let to = Plain::new(about.asked.representative.email);
    let sent = mail.send(&outbox::shown(id), &to, &written, now).await;
    Ok(sent.map(|()| Outcome::Delivered))
}

/// Sends a letter to an address that somebody signs up with. Whose it is, is looked for only here: whoever signs up
/// learns nothing by the answer, nor by its time. What holds no longer, or is no address, leaves nothing behind.
async fn send_to_newcomer(
    app: &Arc<App>,
    mail: &Mail,
    id: &[u8; 16],
    letter: &SignUpLetter,
) -> Result<Result<Outcome, NotSent>, Error> {
    let (document, now) = (app.policy(), app.clock.now());
    if now >= letter.ends_at {
        return Ok(Ok(Outcome::Over));
    }
    let sent = if let Some(holder) = sign_in::whose(app, &letter.email).await? {
        let (regime, language) = holder_of(app, holder).await?;
        let to = regime.as_ref().and_then(|regime| letter::address(&document, regime));
        let Some(to) = to else { return Ok(Ok(Outcome::NoAddress)) };
        let written = letter.known(&document, language.unwrap_or(letter.language), now);
        to_registered(app, mail, id, holder, to, &written).await?
    } else {
        let (to, written) = (Plain::new(letter.email.clone()), letter.code(&document, now));
        mail.send(&outbox::shown(id), &to, &written, now).await.map(|()| Outcome::Delivered)
    };
    Ok(match sent {
        Err(NotSent::Never { .. }) => Ok(Outcome::NoAddress),
        sent => sent,
    })
}

/// The regime of a person, and the language that she answered in last.
async fn holder_of(
    app: &Arc<App>,
    holder: SubjectId,
) -> Result<(Option<RegimeName>, Option<Language>), Error> {
    app.store
        .read(move |conn| {
            let regime = subjects::get(conn, holder)?.and_then(|held| held.regime);
            let answered = consents::all(conn, holder)?.into_iter();
            let last = answered.max_by_key(|(fact, _)| fact.at);
            Ok::<_, Error>((regime, last.and_then(|(_, language)| Language::parse(&language))))
        })
        .await
}

/// Sends a letter about a request to where its letters go; what it says is as the request stands now.
async fn send_about(
    app: &Arc<App>,
    mail: &Mail,
    id: &[u8; 16],
    request: RequestId,
    letter: &RequestLetter,
) -> Result<Result<Outcome, NotSent>, Error> {
    let document = app.policy();
    let keeper = Arc::clone(app);
    let read = app.store.read(move |conn| Request::read(&keeper.keys, conn, request)).await?;
    let Some(read) = read else { return Ok(Ok(Outcome::NoAddress)) };
    let now = app.clock.now();
    let written = letter.write(&About {
        document: &document,
        id: request,
        progress: &read.progress,
        matter: &read.matter,
        link: &|path| app.public_url().join(path),
        now,
    });
    match &read.matter.contact {
        Contact::Email { email } => {
            let to = Plain::new(email.clone());
            let sent = mail.send(&outbox::shown(id), &to, &written, now).await;
            Ok(sent.map(|()| Outcome::Delivered))
        }
        Contact::Registered => {
            let Some(subject) = read.subject.or(read.matter.candidate) else {
                return Ok(Ok(Outcome::NoAddress));
            };
            let held = app.store.read(move |conn| subjects::get(conn, subject)).await?;
            let regime = held.and_then(|held| held.regime);
            match regime.and_then(|regime| letter::address(&document, &regime)) {
                Some(to) => to_registered(app, mail, id, subject, to, &written).await,
                None => Ok(Ok(Outcome::NoAddress)),
            }
        }
    }
}
