//! A version of the policy comes into force, and its files are kept for good.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::read::{Severity, hash};
use policy::record::Act;
use policy::{Document, Record, Version, read_files, retention};

use crate::app::{App, AppError};
use crate::error::Error;
use crate::keys::Keys;
use crate::once::Fresh;
use crate::store::policies::{self, Published};
use crate::store::{Conn, DbError, Store, Tx, ledger as log, subjects};

/// A policy's files by name.
pub type Files = BTreeMap<String, String>;

/// The policy to run with: the one given, else the last one published. With it, the files to
/// publish when the given one is new.
///
/// # Errors
/// When there is none, when it is incoherent, when its version was published with other files or is
/// no longer the newest, or when what was published is not as this house published it.
pub fn in_force(
    store: &Store,
    keys: &Keys,
    given: Option<Files>,
) -> Result<(Document, Option<Files>), AppError> {
    let (published, head) =
        store.read_blocking(|conn| Ok::<_, DbError>((policies::all(conn)?, log::policy(conn)?)))?;
    for row in &published {
        genuine(keys, row).map_err(AppError::Policy)?;
    }
    let newest = published
        .iter()
        .filter_map(|row| Some((row.version.parse::<Version>().ok()?, row)))
        .max_by_key(|(version, _)| *version);
    if newest.map_or("", |(_, row)| row.version.as_str()) != head {
        return Err(AppError::Policy(format!(
            "version `{head}` is in force, and it is not the newest of the published ones; restore \
             the database from a backup"
        )));
    }
    let Some(files) = given else {
        let (_, last) = newest.ok_or_else(|| {
            AppError::Policy(
                "no policy has been published here; start with `--policy DIR`".to_owned(),
            )
        })?;
        return Ok((read(&last.files())?, None));
    };
    let document = read(&files)?;
    let version = document.version;
    let same = published.iter().find(|row| row.version == version.to_string());
    match (same, newest) {
        (Some(same), _) if same.hash != document.hash => Err(AppError::Policy(format!(
            "version `{version}` was published with other files; give the changed policy a new \
             `version` in controller.toml"
        ))),
        (_, Some((newest, _))) if newest > version => Err(AppError::Policy(format!(
            "version `{version}` is older than the one in force, `{newest}`; publish its rules under \
             a later version to go back to them"
        ))),
        (Some(_), _) => Ok((document, None)),
        (None, _) => Ok((document, Some(files))),
    }
}

/// The policy in force, for whoever only looks.
///
/// # Errors
/// When there is none, or when what was published is not as this house published it.
pub fn published(conn: &mut Conn, keys: &Keys) -> Result<Document, AppError> {
    let head = log::policy(conn)?;
    let rows = policies::all(conn)?;
    let Some(row) = rows.iter().find(|row| row.version == head) else {
        return Err(AppError::Policy("no policy has been published here".to_owned()));
    };
    genuine(keys, row).map_err(AppError::Policy)?;
    read(&row.files())
}

fn read(files: &Files) -> Result<Document, AppError> {
    read_files(files).map(|read| read.document).map_err(|findings| {
        // One line, and an error first: warnings stop nobody.
        let mut errors = findings.iter().filter(|found| found.severity == Severity::Error);
        let first = errors.next().map(ToString::to_string).unwrap_or_default();
        let first = first.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        AppError::Policy(format!(
            "the policy is not coherent, {first}; `azukari policy check` tells everything"
        ))
    })
}

/// Whether a published version is as this house published it.
fn genuine(keys: &Keys, row: &Published) -> Result<(), String> {
    let what = if !keys.proves_policy(&row.version, &row.hash, &row.proof) {
        "this house did not publish"
    } else if hash(&row.files()) != row.hash {
        "the files are not those that were published for"
    } else {
        return Ok(());
    };
    let version: String = row.version.escape_debug().take(20).collect();
    Err(format!("{what} version `{version}` in the database; restore it from a backup"))
}

/// Publishes a version: keeps its files and records it.
///
/// # Errors
/// When the database does not take it.
pub fn publish(app: &Arc<App>, files: &Files) -> Result<(), AppError> {
    let document = app.policy();
    let now = app.clock.now();
    let fault = |error: &dyn std::fmt::Display| AppError::Policy(format!("publishing: {error}"));
    let fresh = Fresh::new().map_err(|e| fault(&e))?;
    let version = document.version.to_string();
    let proof = app.keys.prove_policy(&version, &document.hash).map_err(|e| fault(&e))?;
    let published = Published {
        version,
        hash: document.hash.clone(),
        proof,
        files: serde_json::to_string(files).map_err(|e| fault(&e))?,
    };
    let keeper = Arc::clone(app);
    app.store
        .write_blocking(move |tx: &mut Tx<'_>| {
            let before = log::policy(tx)?.parse::<Version>().ok();
            if before.is_some_and(|before| before >= document.version) {
                let words = "another process has published a later version; start again";
                return Err(Error::Conflict(words.to_owned()));
            }
            let last = before.map(|before| before.to_string());
            let last =
                policies::all(tx)?.into_iter().find(|row| Some(&row.version) == last.as_ref());
            let last = last.and_then(|row| read_files(&row.files()).ok());
            let ended_alike =
                last.is_some_and(|last| retention::ends_alike(&last.document, &document));
            log::put_policy(tx, &published.version);
            policies::insert(tx, &published, now.as_millisecond());
            // Where its periods are others, the job looks at everybody once.
            if !ended_alike {
                subjects::look_at_everybody(tx, now.as_millisecond());
            }
            let record = Record {
                at: now,
                policy: document.version,
                subject: None,
                by: "operator".to_owned(),
                act: Act::PolicyPublished {
                    version: document.version,
                    hash: document.hash.clone(),
                },
            };
            keeper.record(tx, &record, None, &fresh).map(drop)
        })
        .map_err(|error: Error| fault(&error))
}

/// A published version, read back.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn version(app: &App, version: String) -> Result<Document, Error> {
    let wanted = version.clone();
    let found: Option<Published> = app
        .store
        .read(move |conn| {
            Ok::<_, DbError>(policies::all(conn)?.into_iter().find(|p| p.version == wanted))
        })
        .await?;
    let found = found.ok_or_else(|| Error::not_found("version", version))?;
    genuine(&app.keys, &found).map_err(|error| anyhow::anyhow!(error))?;
    read_files(&found.files())
        .map(|read| read.document)
        .map_err(|_| anyhow::anyhow!("version {} cannot be read back", found.version).into())
}
