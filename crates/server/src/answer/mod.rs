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

use policy::request::RequestId;
use policy::{Language, Version};
use vault::Plain;

use crate::acts::publish;
use crate::app::App;
use crate::error::Error;
use crate::once::Fresh;

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
    let since = Instant::now();
    let (now, fresh) = (app.clock.now(), Fresh::new()?);
    let keeper = Arc::clone(app);
    let gathered = app.store.write(move |tx| gather::gather(&keeper, tx, id, now, &fresh)).await?;
    took.note("facts and record", since);

    // The act is durable: only now may anything be opened.
    let since = Instant::now();
    let wordings = wordings(app, &gathered.notices()).await?;
    let told = told::tell(app, &gathered, &wordings)?;
    took.note("values", since);

    let since = Instant::now();
    let records = gathered.records;
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
