//! The answer that a person receives (S24, R8.2; Act 33(1), (5); GDPR 15, 20): what is held of her, who
//! received what and when, on what she agreed to, with what proves it; one file to read, to keep, to
//! carry elsewhere and to check.
//!
//! It walks as the gate does, decide → record → open, with the [`Grant`](policy::request::Grant) of her
//! own request in the place of a permit: `gather.rs` reads the facts and writes the record in one
//! transaction, and only when that is durable is any value opened (`told.rs`). The rest is writing:
//! `sheet.rs` for people, `tables.rs` for spreadsheets, `told.rs` itself for programs, `proofs.rs` for
//! whoever checks, `pack.rs` puts them into a file. Nothing of it touches the disk.

mod gather;
mod pack;
mod proofs;
mod sheet;
mod tables;
mod told;
mod words;

use std::sync::Arc;
use std::time::{Duration, Instant};

use policy::request::{RequestId, State};
use policy::{Language, Version};
use vault::Plain;

use self::gather::Shown;
use self::told::Told;
use crate::acts::publish;
use crate::acts::request::{self, Change, Delivery, Taken, advance};
use crate::app::App;
use crate::error::Error;
use crate::letter::{About, RequestLetter};
use crate::once::Fresh;
use crate::store::Tx;

/// Who fetches an answer, as records say it: whoever holds the link to it.
const HER: &str = "subject";

/// The fewest characters of a passphrase.
pub const MIN_PASSPHRASE_CHARS: usize = 12;
/// The most characters of a passphrase.
pub const MAX_PASSPHRASE_CHARS: usize = 256;

/// What an answer is sealed with on the way to her; kept nowhere.
#[derive(Debug)]
pub struct Passphrase(Plain);

impl Passphrase {
    /// Takes a passphrase that is long enough to withstand guessing.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that is too short or too long.
    pub fn new(text: Plain) -> Result<Self, Error> {
        let chars = text.reveal().chars().count();
        if chars < MIN_PASSPHRASE_CHARS {
            let detail = format!("is too short; choose at least {MIN_PASSPHRASE_CHARS} characters");
            return Err(Error::field("passphrase", "too_short", detail));
        }
        if chars > MAX_PASSPHRASE_CHARS {
            let detail = format!("is too long; choose at most {MAX_PASSPHRASE_CHARS} characters");
            return Err(Error::field("passphrase", "too_long", detail));
        }
        Ok(Self(text))
    }
}

/// An answer, ready to be handed over.
pub struct Package {
    /// What the file is called, in the language of the request.
    pub file_name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// How long each part of an answer took.
#[derive(Debug, Clone, Default)]
pub struct Took {
    /// The parts in order, each with its name.
    pub parts: Vec<(&'static str, Duration)>,
}

impl Took {
    /// From the request to the file; a part whose name is indented is within another.
    pub fn whole(&self) -> Duration {
        let whole = self.parts.iter().filter(|(name, _)| !name.starts_with(' '));
        whole.map(|(_, part)| *part).sum()
    }

    fn note(&mut self, what: &'static str, since: Instant) {
        self.parts.push((what, since.elapsed()));
    }
}

/// Makes the answer to a request. Each call is an act of its own, on record before anything is opened.
///
/// # Errors
/// [`Error::NotFound`] when there is no such request; [`Error::Conflict`] when it is not decided so that
/// there is something to hand out, or its answer is a letter alone; failures of vault and database.
pub async fn package(
    app: &Arc<App>,
    id: RequestId,
    passphrase: Option<Passphrase>,
) -> Result<Package, Error> {
    measured(app, id, passphrase).await.map(|(package, _)| package)
}

/// The same, with how long each part took.
///
/// # Errors
/// As [`package`].
pub async fn measured(
    app: &Arc<App>,
    id: RequestId,
    passphrase: Option<Passphrase>,
) -> Result<(Package, Took), Error> {
    let mut took = Took::default();
    let (told, records) = tells(app, id, HER, &mut took).await?;

    let since = Instant::now();
    let key = app.ledger_key.to_string();
    let proven = app.store.read(move |conn| proofs::prove(conn, &records, key)).await?;
    took.note("proofs", since);

    let since = Instant::now();
    let language = told.language;
    let packing = move || pack::pack(&told, &proven);
    let (zip, parts) =
        tokio::task::spawn_blocking(packing).await.map_err(anyhow::Error::from)??;
    took.parts.extend(parts);
    took.note("writing", since);

    let name = words::file_name(id, language);
    let Some(Passphrase(passphrase)) = passphrase else {
        let file_name = format!("{name}.zip");
        return Ok((Package { file_name, media_type: "application/zip", bytes: zip }, took));
    };
    let since = Instant::now();
    let sealed = app.hashing.run(move || pack::encrypt(&zip, &passphrase)).await??;
    took.note("encryption", since);
    let file_name = format!("{name}.zip.age");
    let media_type = "application/octet-stream";
    Ok((Package { file_name, media_type, bytes: sealed }, took))
}

/// What is told of a request, on record before anything is opened, and the records that are shown.
async fn tells(
    app: &Arc<App>,
    id: RequestId,
    by: &str,
    took: &mut Took,
) -> Result<(Told, Vec<Shown>), Error> {
    let since = Instant::now();
    let (now, fresh) = (app.clock.now(), Fresh::new()?);
    let (keeper, by) = (Arc::clone(app), by.to_owned());
    let gathering = move |tx: &mut Tx<'_>| gather::gather(&keeper, tx, id, (&by, now), &fresh);
    let gathered = app.store.write(gathering).await?;
    took.note("facts and record", since);

    // The act is durable: only now may anything be opened.
    let since = Instant::now();
    let wordings = wordings(app, &gathered.notices()).await?;
    let told = told::tell(app, &gathered, &wordings)?;
    took.note("values", since);
    Ok((told, gathered.records))
}

/// The answer to a request that asked for it on paper, as PDF, addressed as she asked: what is told, or
/// where there is nothing to tell the letter with the decision. Somebody of the staff prints it, and the
/// request's history says so; what was printed counts as fetched.
///
/// # Errors
/// As [`package`]; [`Error::Conflict`] when it was not asked for on paper, or nothing is answered yet.
pub async fn printed(app: &Arc<App>, id: RequestId, by: String) -> Result<Vec<u8>, Error> {
    let printing = by.clone();
    advance(app, id, by.clone(), move |request, _, now| {
        let asked = matches!(request.matter.delivery, Delivery::Paper { .. });
        if !asked || request.progress.state != State::Notified {
            return Err(Error::Conflict("there is no answer on paper to print".to_owned()));
        }
        if let Some(answer) = &mut request.matter.answer {
            answer.fetched_at.get_or_insert(now);
        }
        let (step, by) = ("print".to_owned(), printing.clone());
        request.matter.steps.push(Taken { step, by, at: now, reason: None });
        Ok(Change::default())
    })
    .await?;
    let request = request::get(app, id).await?;
    let mut paper = if request.progress.answerable().is_some() {
        let (told, _) = tells(app, id, &by, &mut Took::default()).await?;
        sheet::sheet(&told, false)
    } else {
        let document = app.policy();
        let about = About {
            document: &document,
            id,
            progress: &request.progress,
            matter: &request.matter,
            link: &|path| app.public_url().join(path),
            now: app.clock.now(),
        };
        RequestLetter::Answer { token: None }.write(&about).paper
    };
    if let Delivery::Paper { address } = &request.matter.delivery {
        paper.addressee.splice(0..0, address.lines().map(str::to_owned));
    }
    let setting = move || paper::pdf(&paper).map_err(anyhow::Error::from);
    Ok(tokio::task::spawn_blocking(setting).await.map_err(anyhow::Error::from)??)
}

/// The wordings that she was shown, by policy version; the policy in force has its own at hand.
async fn wordings(app: &App, notices: &[Version]) -> Result<Vec<policy::Document>, Error> {
    if notices.iter().all(|notice| *notice == app.policy().version) {
        return Ok(Vec::new());
    }
    publish::versions(app, notices).await
}

/// One of two wordings.
fn pick<'a>(language: Language, ja: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}
