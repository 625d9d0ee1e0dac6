//! Carries what acts left in the outbox to where it goes: some messages at a time, each at least
//! once, with growing pauses, and not for ever. Each topic has a deliverer of its own, a file of this
//! folder, and goes at its own pace: what one cannot reach holds up no other.

mod callback;
mod instruction;
mod letter;
mod webhook;

pub use self::callback::Callbacks;
pub use self::instruction::Instructions;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::connectors::NotSent;
use crate::error::Error;
use crate::outbox::{self, Message, Outcome};
use crate::store::outbox::Taken;
use crate::store::{self, Kind, Tx};

/// Messages taken at once.
const BATCH: i64 = 50;
/// How often the outbox is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// The pause between two full batches, for the other side's sake.
const PACE: Duration = Duration::from_secs(1);
/// When a message that was taken is due again, should its taker have died: longer than a batch
/// lasts when the other side takes its time over each message.
const TAKEN_FOR: SignedDuration = SignedDuration::from_mins(30);
/// The pauses after the first, second … try, in minutes: almost five days, as RFC 5321 (4.5.4.1)
/// asks of mail. After them a message is given up.
const PAUSES: [i64; 10] = [1, 5, 30, 120, 360, 720, 1440, 1440, 1440, 1440];
/// How often it is tried to write down what happened while the policy changes.
const TURN_TRIES: u32 = 30;
/// The tries that these pauses leave room for.
const TRIES: u32 = 11;

/// What carries the messages of one topic, with the connector that it speaks through.
pub trait Deliverer {
    /// The topic, as the rows name it.
    const TOPIC: &'static str;

    /// Where a message goes. Those to one destination go one after the other, and wait together once
    /// it is away; destinations are served side by side.
    fn destination(&self, _message: &Message) -> [u8; 16] {
        [0; 16]
    }

    /// Whether the other side answers, asked once before the messages to a destination: what is done for a
    /// message before it goes may be on record, and would be there for nothing.
    fn is_there(&self) -> impl Future<Output = Result<(), NotSent>> + Send {
        std::future::ready(Ok(()))
    }

    /// Hands a message over. Its id makes the other side know one that comes twice.
    ///
    /// # Errors
    /// When it is not the other side: this message or person, or our database.
    fn deliver(
        &self,
        app: &Arc<App>,
        id: &[u8; 16],
        message: Message,
    ) -> impl Future<Output = Result<Result<Outcome, NotSent>, Error>> + Send;

    /// Whether every message to that destination would fare the same.
    fn is_away(&self, not_sent: &NotSent) -> bool;
}

/// Delivers one topic until dropped.
pub async fn run<D: Deliverer>(app: Arc<App>, deliverer: D) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        loop {
            match round(&app, &deliverer).await {
                Ok(BATCH..) => tokio::time::sleep(PACE).await,
                Ok(_) => break,
                Err(error) => {
                    let topic = D::TOPIC;
                    tracing::warn!(topic, %error, "the outbox is not delivered; the next round retries");
                    break;
                }
            }
        }
    }
}

/// Sees to one batch of what is due of a topic; says how many messages that were.
///
/// # Errors
/// When the database does not take it; what was taken and not ended is due again later.
pub async fn round<D: Deliverer>(app: &Arc<App>, deliverer: &D) -> Result<i64, Error> {
    let taken = take(app, D::TOPIC).await?;
    let count = i64::try_from(taken.len()).unwrap_or(BATCH);
    let mut all: BTreeMap<[u8; 16], Vec<(Taken, Message)>> = BTreeMap::new();
    for taken in taken {
        match outbox::open(&app.keys, &taken) {
            Some(message) => {
                let there = all.entry(deliverer.destination(&message)).or_default();
                there.push((taken, message));
            }
            None => close(app, &taken, Ok(Outcome::Unreadable)).await?,
        }
    }
    let served = all.into_values().map(|messages| serve(app, deliverer, messages));
    join_all(served).await.into_iter().collect::<Result<(), Error>>()?;
    Ok(count)
}

/// Delivers the messages to one destination, one after the other, until it is away.
async fn serve<D: Deliverer>(
    app: &Arc<App>,
    deliverer: &D,
    messages: Vec<(Taken, Message)>,
) -> Result<(), Error> {
    // Until the other side has failed: then nothing is opened for the rest.
    let mut away = deliverer.is_there().await.err();
    for (taken, message) in messages {
        let done = match away {
            Some(not_sent) => Err(not_sent),
            // Its takers died, again and again: it may be to blame.
            None if taken.tries > TRIES => Ok(Outcome::GivenUp),
            None => match deliverer.deliver(app, &taken.id, message).await {
                Ok(done) => {
                    away = done.err().filter(|not_sent| deliverer.is_away(not_sent));
                    done
                }
                Err(error) if is_the_database(&error) => return Err(error),
                // It is this message, or this person: the others go on.
                Err(error) => {
                    tracing::warn!(id = outbox::shown(&taken.id), %error, "a message fails");
                    Err(NotSent::Later { code: None })
                }
            },
        };
        close(app, &taken, done).await?;
    }
    Ok(())
}

/// Whether nothing can be done for any message now.
fn is_the_database(error: &Error) -> bool {
    let of_one = [Kind::Panic, Kind::PolicyChanged];
    matches!(error, Error::Database(error) if !of_one.contains(&error.kind))
}

/// Takes what is due. Only whoever took a message delivers it.
async fn take(app: &App, topic: &'static str) -> Result<Vec<Taken>, Error> {
    let now = app.clock.now();
    let (at, until) = (now.as_millisecond(), (now + TAKEN_FOR).as_millisecond());
    let is_due: bool =
        app.store.read(move |conn| Ok::<_, Error>(store::outbox::is_due(conn, topic, at)?)).await?;
    if !is_due {
        return Ok(Vec::new());
    }
    app.store.write(move |tx| Ok(store::outbox::take(tx, topic, at, until, BATCH)?)).await
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
