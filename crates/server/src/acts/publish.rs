//! A version of the policy comes into force, and its files are kept for good.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::read::Severity;
use policy::record::Act;
use policy::{Document, Record, Version, read_files};

use crate::app::{App, AppError};
use crate::error::Error;
use crate::once::Fresh;
use crate::store::policies::{self, Published};
use crate::store::{DbError, Store, Tx};

/// A policy's files by name.
pub type Files = BTreeMap<String, String>;

/// The policy to run with: the one given, else the last one published. With it, the files to
/// publish when the given one is new.
///
/// # Errors
/// When there is none, when it is incoherent, or when its version was published with other files.
pub fn in_force(
    store: &Store,
    given: Option<Files>,
) -> Result<(Document, Option<Files>), AppError> {
    let published: Vec<Published> = store.read_blocking(policies::all)?;
    let read = |files: &Files| {
        read_files(files).map(|read| read.document).map_err(|findings| {
            // One line, and an error first: warnings stop nobody.
            let mut errors = findings.iter().filter(|found| found.severity == Severity::Error);
            let first = errors.next().map(ToString::to_string).unwrap_or_default();
            let first = first.lines().map(str::trim).collect::<Vec<_>>().join("; ");
            AppError::Policy(format!(
                "the policy is not coherent, {first}; `azukari policy check` tells all {} findings",
                findings.len()
            ))
        })
    };
    let Some(files) = given else {
        let last = published.first().ok_or_else(|| {
            AppError::Policy(
                "no policy has been published here; start with `--policy DIR`".to_owned(),
            )
        })?;
        let document = read(&last.files())?;
        if document.hash != last.hash {
            return Err(AppError::Policy(format!(
                "the files of version `{}` are not those that were published; restore the \
                 database from a backup",
                last.version
            )));
        }
        return Ok((document, None));
    };
    let document = read(&files)?;
    let version = document.version.to_string();
    match published.iter().find(|p| p.version == version) {
        Some(same) if same.hash == document.hash => Ok((document, None)),
        Some(_) => Err(AppError::Policy(format!(
            "version `{version}` was published with other files; give the changed policy a new \
             `version` in controller.toml"
        ))),
        None => {
            let newest = published.iter().filter_map(|p| p.version.parse::<Version>().ok()).max();
            if newest.is_some_and(|newest| newest > document.version) {
                return Err(AppError::Policy(format!(
                    "version `{version}` is older than the one in force; give it a later version"
                )));
            }
            Ok((document, Some(files)))
        }
    }
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
    let published = Published {
        version: document.version.to_string(),
        hash: document.hash.clone(),
        files: serde_json::to_string(files).map_err(|e| fault(&e))?,
    };
    let keeper = Arc::clone(app);
    app.store
        .write_blocking(move |tx: &mut Tx<'_>| {
            policies::insert(tx, &published, now.as_millisecond());
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
    read_files(&found.files())
        .map(|read| read.document)
        .map_err(|_| anyhow::anyhow!("version {} cannot be read back", found.version).into())
}
