//! Carries what acts left in the outbox to where it goes: some messages at a time, each at least
//! once, with growing pauses, and not for ever. What a letter needs of a person comes through the
//! gate now and not when it was put, so that a stop holds and every letter is on record.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use policy::request::RequestId;
use policy::{Ask, ItemName, PurposeName, SubjectId};
use vault::Plain;

use crate::acts::request::{Contact, Request};
use crate::app::App;
use crate::connectors::mail::{Mail, NotSent};
use crate::error::Error;
use crate::gate::{self, Asking};
use crate::letter::{self, About, Letter, RequestLetter, Written};
use crate::outbox::{self, LETTER, Message, Outcome};
use crate::store::outbox::Taken;
use crate::store::{self, Kind, Tx, subjects};

/// Messages taken at once.
const BATCH: i64 = 50;
/// How often the outbox is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// The pause between two full batches, for the mail server's sake.
const PACE: Duration = Duration::from_secs(1);
/// When a message that was taken is due again, should its taker have died: longer than a batch
/// lasts when the server takes its time over each letter.
const TAKEN_FOR: SignedDuration = SignedDuration::from_mins(30);
/// The pauses after the first, second … try, in minutes: almost five days, as RFC 5321 (4.5.4.1)
/// asks of mail. After them a message is given up.
const PAUSES: [i64; 10] = [1, 5, 30, 120, 360, 720, 1440, 1440, 1440, 1440];
/// How often it is tried to write down what happened while the policy changes.
const TURN_TRIES: u32 = 30;
/// The tries that these pauses leave room for.
const TRIES: u32 = 11;

/// Delivers until dropped.
pub async fn run(app: Arc<App>, mail: Mail) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        loop {
            match round(&app, &mail).await {
                Ok(BATCH..) => tokio::time::sleep(PACE).await,
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "the outbox is not delivered; the next round retries");
                    break;
                }
            }
        }
    }
}

/// Sees to one batch of what is due; says how many messages that were.
///
/// # Errors
/// When the database does not take it; what was taken and not ended is due again later.
pub async fn round(app: &Arc<App>, mail: &Mail) -> Result<i64, Error> {
    let taken = take(app).await?;
    let count = i64::try_from(taken.len()).unwrap_or(BATCH);
    // Until the server has failed: then nobody's address is opened for the rest of the batch.
    let mut away = if taken.is_empty() { None } else { mail.is_there().await.err() };
    for message in taken {
        let done = match away {
            Some(not_sent) => Err(not_sent),
            // Its takers died, again and again: it may be to blame.
            None if message.tries > TRIES => Ok(Outcome::GivenUp),
            None => match deliver(app, mail, &message).await {
                Ok(done) => {
                    away = done.err().filter(NotSent::is_of_the_server);
                    done
                }
                Err(error) if is_the_database(&error) => return Err(error),
                // It is this message, or this person: the others go on.
                Err(error) => {
                    tracing::warn!(id = outbox::shown(&message.id), %error, "a message fails");
                    Err(NotSent::Later { code: None })
                }
            },
        };
        close(app, &message, done).await?;
    }
    Ok(count)
}

/// Whether nothing can be done for any message now.
fn is_the_database(error: &Error) -> bool {
    let of_one = [Kind::Panic, Kind::PolicyChanged];
    matches!(error, Error::Database(error) if !of_one.contains(&error.kind))
}

/// Takes what is due. Only whoever took a message delivers it.
async fn take(app: &App) -> Result<Vec<Taken>, Error> {
    let now = app.clock.now();
    let (at, until) = (now.as_millisecond(), (now + TAKEN_FOR).as_millisecond());
    let is_due: bool = app
        .store
        .read(move |conn| Ok::<_, Error>(store::outbox::is_due(conn, LETTER, at)?))
        .await?;
    if !is_due {
        return Ok(Vec::new());
    }
    app.store.write(move |tx| Ok(store::outbox::take(tx, LETTER, at, until, BATCH)?)).await
}

async fn deliver(
    app: &Arc<App>,
    mail: &Mail,
    taken: &Taken,
) -> Result<Result<Outcome, NotSent>, Error> {
    match outbox::open(&app.keys, taken) {
        Some(Message::Letter { subject, letter }) => {
            send(app, mail, &taken.id, subject, &letter).await
        }
        Some(Message::RequestLetter { request, letter }) => {
            send_about(app, mail, &taken.id, request, &letter).await
        }
        Some(Message::Instruction { .. }) | None => Ok(Ok(Outcome::Unreadable)),
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
        link: &|path| app.link(path),
        now,
    });
    match &read.matter.contact {
        Contact::Email { email } => {
            let sent =
                mail.send(&outbox::shown(id), &Plain::new(email.clone()), &written, now).await;
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

/// Writes down how a try came out.
async fn close(app: &App, taken: &Taken, done: Result<Outcome, NotSent>) -> Result<(), Error> {
    let id = taken.id;
    let now = app.clock.now();
    let (outcome, code) = match done {
        Ok(outcome) => (outcome, None),
        Err(NotSent::Never { code }) => (Outcome::Rejected, code),
        Err(NotSent::Later { code }) => match next(taken.tries, now) {
            Some(due_at) => {
                metrics::counter!("azukari_outbox_retries_total").increment(1);
                let (id, tries) = (outbox::shown(&id), taken.tries);
                tracing::warn!(%id, tries, code, "a message is not delivered yet");
                let id = taken.id;
                let due_at = due_at.as_millisecond();
                return put_down(app, move |tx| store::outbox::failed(tx, &id, due_at)).await;
            }
            None => (Outcome::GivenUp, code),
        },
    };
    metrics::counter!("azukari_outbox_total", "outcome" => outcome.word()).increment(1);
    if outcome.wants_a_look() {
        let (id, outcome) = (outbox::shown(&id), outcome.word());
        tracing::error!(%id, outcome, code, "a message is given up; see `azukari outbox list`");
    }
    put_down(app, move |tx| outbox::end(tx, &id, outcome, now)).await
}

/// Writes down what happened outside already. While another version of the policy comes into force
/// nothing is written for a moment; a letter that has gone must not go again for that.
async fn put_down(
    app: &App,
    act: impl Fn(&mut Tx<'_>) + Clone + Send + 'static,
) -> Result<(), Error> {
    for _ in 0..TURN_TRIES {
        let act = act.clone();
        let written = app.store.write(move |tx: &mut Tx<'_>| {
            act(tx);
            Ok::<_, Error>(())
        });
        match written.await {
            Err(Error::Database(error)) if error.kind == Kind::PolicyChanged => {
                tokio::time::sleep(EVERY).await;
            }
            other => return other,
        }
    }
    Err(Error::Failure(anyhow::anyhow!("the policy keeps changing")))
}

/// When to try again after so many tries; `None` for not any more.
fn next(tries: u32, now: Timestamp) -> Option<Timestamp> {
    let done = usize::try_from(tries.saturating_sub(1)).ok()?;
    PAUSES.get(done).map(|minutes| now + SignedDuration::from_mins(*minutes))
}
