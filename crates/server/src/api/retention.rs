//! `GET /v1/retention/forecast`: what falls due, and what is held by what.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::accounts::kind;
use super::caller::Called;
use super::problem::{Problem, ProblemDetails};
use crate::error::Error;
use crate::forecast::{Forecast, MAX_DAYS, forecast};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Ahead {
    /// How many days ahead, 90 unless said otherwise.
    days: Option<u32>,
}

/// What falls due in one week.
#[derive(Serialize, ToSchema)]
pub(super) struct DueShown {
    /// The first day of the week; the weeks run from today.
    from: String,
    /// `item`, `secret` or `record`.
    kind: &'static str,
    /// Its name; of records, `disclosed`.
    name: String,
    /// The purpose that keeps it longest.
    because: Option<String>,
    /// How many.
    count: u64,
}

/// What is held beyond its time.
#[derive(Serialize, ToSchema)]
pub(super) struct HeldShown {
    /// By which hold.
    hold: String,
    /// True for a hold of the policy, false for one put by hand.
    law: bool,
    /// `item`, `secret` or `account`.
    kind: &'static str,
    /// Its name.
    name: String,
    /// How many.
    count: u64,
    /// Until when the last of them is held; nothing while that is not known.
    until: Option<String>,
}

/// A look ahead.
#[derive(Serialize, ToSchema)]
pub(super) struct ForecastShown {
    /// From when.
    from: String,
    /// Until when.
    to: String,
    /// What falls due.
    due: Vec<DueShown>,
    /// What is due and held.
    held: Vec<HeldShown>,
}

impl From<Forecast> for ForecastShown {
    fn from(forecast: Forecast) -> Self {
        let things = forecast.due.into_iter().map(|(key, count)| DueShown {
            from: key.from.to_string(),
            kind: kind(&key.thing),
            name: key.thing.to_string(),
            because: key.because.map(|because| because.to_string()),
            count,
        });
        let records = forecast.records.into_iter().map(|(from, count)| DueShown {
            from: from.to_string(),
            kind: "record",
            name: "disclosed".to_owned(),
            because: None,
            count,
        });
        let held = forecast.held.into_iter().map(|(key, held)| HeldShown {
            hold: key.hold.to_string(),
            law: key.law,
            kind: kind(&key.thing),
            name: key.thing.to_string(),
            count: held.count,
            until: held.until.map(|until| until.to_string()),
        });
        Self {
            from: forecast.from.to_string(),
            to: forecast.to.to_string(),
            due: things.chain(records).collect(),
            held: held.collect(),
        }
    }
}

/// Says what falls due in the days ahead, week by week, and what is held by which hold.
#[utoipa::path(
    get, path = "/v1/retention/forecast", tag = "retention",
    security(("service_key" = ["retention:read"])),
    params(Ahead),
    responses(
        (status = 200, description = "the look ahead", body = ForecastShown),
        (status = 422, description = "a number of days that cannot be read", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ahead(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    ahead: Result<Query<Ahead>, QueryRejection>,
) -> Result<Json<ForecastShown>, Problem> {
    caller.may("retention:read")?;
    let wrong = || {
        let detail = format!("is not a number of days; send 1 to {MAX_DAYS}, or leave it out");
        Error::field("days", "unreadable", detail)
    };
    let Query(Ahead { days }) = ahead.map_err(|_| wrong())?;
    let days = days.unwrap_or(90);
    if days == 0 || days > MAX_DAYS {
        return Err(wrong().into());
    }
    let (now, document) = (api.app.clock.now(), api.app.policy());
    let app = Arc::clone(&api.app);
    let look = api.app.store.read(move |conn| forecast(conn, &app.keys, &document, now, days));
    Ok(Json(look.await?.into()))
}
