//! The file a guest can keep: the opening of a record and the proof that it stands in the ledger.
//! With it she can check the record without us, and we cannot take it back.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Guest, me};
use crate::app::{Reader, Shared};
use crate::azukari::Provision;
use crate::fault::Fault;

/// Pages looked through for a record whose page is not known.
const PAGES_AT_MOST: usize = 40;

#[derive(Deserialize)]
pub(super) struct Way {
    cursor: Option<String>,
}

pub(super) fn file_name(index: u64) -> String {
    format!("azukari-proof-{index}.json")
}

pub(super) async fn download(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Path(index): Path<u64>,
    Query(way): Query<Way>,
) -> Result<Response, Fault> {
    // Only a record of hers is opened: it is looked for among her own, never by its number.
    let mut cursor = way.cursor;
    let mut found: Option<Provision> = None;
    for _ in 0..PAGES_AT_MOST {
        let page = app.azukari.provisions(reader.language, &caller.who, cursor.as_deref()).await?;
        found = page.provisions.into_iter().find(|look| look.ledger.index == index);
        cursor = page.next;
        if found.is_some() || cursor.is_none() {
            break;
        }
    }
    let found = found.ok_or(Fault::NotFound)?;
    let policy = app.azukari.policy().await?;
    let versions: Vec<_> = me::looks::versions_in_words(&found, &policy, &reader)
        .into_iter()
        .map(|(what, version, day)| {
            let day = (reader.words.frame.version_of)(&day);
            let read_it = format!("{}/policy/versions/{version}", app.public_azukari);
            json!({ "what": what, "version": day, "read_it": read_it })
        })
        .collect();
    let opening = found.opening.ok_or(Fault::NotFound)?;
    let proof = app.azukari.proof(index).await?;
    let bundle = json!({
        "format": "azukari-provision-proof/1",
        "how_to_check": reader.words.hers.proof_how_to_check,
        "ledger_index": index,
        "versions": versions,
        "opening": opening,
        "proof": proof,
    });
    let text = serde_json::to_string_pretty(&bundle).map_err(Fault::broken)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file_name(index))),
    ];
    Ok((headers, text).into_response())
}
