//! The ledger as anyone may read it: checkpoint, tiles and entry bundles by C2SP tlog-tiles, and
//! single proofs by C2SP tlog-proof. Nothing here is about a person.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ledger::{Resource, TilePath, encode_bundle};

use super::Api;
use super::problem::{Problem, ProblemDetails};
use crate::error::Error;
use crate::record;
use crate::store::ledger as log;

/// The newest signed checkpoint (C2SP tlog-checkpoint).
#[utoipa::path(
    get, path = "/ledger/checkpoint", tag = "ledger",
    responses((status = 200, description = "a signed note", body = String, content_type = "text/plain"))
)]
pub(super) async fn checkpoint(State(api): State<Arc<Api>>) -> Result<Response, Problem> {
    let (_, checkpoint) = api.app.store.read(|conn| Ok::<_, Error>(log::head(conn)?)).await?;
    Ok(text(checkpoint, "no-store"))
}

/// The key that checkpoints are checked with, as a C2SP verifier key.
#[utoipa::path(
    get, path = "/ledger/key", tag = "ledger",
    responses((status = 200, description = "a verifier key", body = String, content_type = "text/plain"))
)]
pub(super) async fn key(State(api): State<Arc<Api>>) -> Response {
    text(format!("{}\n", api.app.ledger_key), "public, max-age=3600")
}

fn text(body: String, caching: &'static str) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, caching)];
    (headers, body).into_response()
}

/// A tile of hashes, or a bundle of entries (C2SP tlog-tiles).
#[utoipa::path(
    get, path = "/ledger/tile/{*tile}", tag = "ledger",
    params(("tile" = String, Path, description = "`<level>/<n>[.p/<width>]` or `entries/<n>[.p/<width>]`")),
    responses(
        (status = 200, description = "the bytes", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, description = "not in the log", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn tile(
    State(api): State<Arc<Api>>,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Error::not_found("tile", path.chars().take(60).collect::<String>());
    let TilePath { resource, width } = path.parse().map_err(|_| missing())?;
    let found = api
        .app
        .store
        .read(move |conn| {
            let (size, _) = log::head(conn)?;
            if resource.width(size) < width {
                return Ok(None);
            }
            let bytes = match resource {
                Resource::Hashes(id) => log::tile(conn, id)?.map(|mut hashes| {
                    hashes.truncate(usize::from(width) * 32);
                    hashes
                }),
                Resource::Entries(n) => {
                    let entries = log::entries(conn, n * 256, u64::from(width))?;
                    let bundle = encode_bundle(entries.iter().map(|(_, entry)| entry));
                    Some(bundle.map_err(anyhow::Error::from)?)
                }
            };
            Ok::<_, Error>(bytes)
        })
        .await?;
    let bytes = found.ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}

/// The proof that an entry is in the ledger (C2SP tlog-proof).
#[utoipa::path(
    get, path = "/v1/ledger/proofs/{index}", tag = "ledger",
    params(("index" = u64, Path)),
    responses(
        (status = 200, description = "a proof against the newest checkpoint", body = String, content_type = "text/plain"),
        (status = 404, description = "not in the ledger", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn proof(
    State(api): State<Arc<Api>>,
    Path(index): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Error::not_found("entry", index.chars().take(40).collect::<String>());
    let place: u64 = index.parse().map_err(|_| missing())?;
    let found = api.app.store.read(move |conn| record::proof(conn, place)).await?;
    Ok(text(found.ok_or_else(missing)?, "no-store"))
}
