//! `/v1/statistics`: figures of what is held, with noise, out of a budget that ends (R7.7).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use statistics::{Budget, Epsilon, Figure, Question};
use utoipa::ToSchema;

use super::body::Sent;
use super::caller::Called;
use super::problem::{LedgerPlace, Problem, ProblemDetails};
use super::{Api, name};
use crate::acts::figure::{self, Told, Wish};
use crate::error::Error;

/// What is asked.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Of how many people the item is held.
    Count,
    /// How many people have each category.
    Histogram,
    /// The sum of whole numbers; of a date of birth, of ages.
    Sum,
    /// The mean of whole numbers; of a date of birth, of ages.
    Mean,
}

/// A figure that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFigure {
    /// `count`, `histogram`, `sum` or `mean`.
    question: Kind,
    /// The purpose of the policy under which values are used; its budget pays.
    purpose: String,
    /// The item that is counted.
    item: String,
    /// The loss ε of this answer, such as `0.5`: the smaller, the more noise.
    epsilon: String,
    /// Of a histogram, the categories that may be there; left out, the choices of the item.
    categories: Option<Vec<String>>,
    /// The least value of a sum or a mean; what is less counts as this.
    low: Option<i64>,
    /// The greatest value of a sum or a mean; what is more counts as this.
    high: Option<i64>,
}

impl NewFigure {
    /// The question, with what belongs to it and nothing else.
    fn question(&mut self) -> Result<Question, Error> {
        let bounded = matches!(self.question, Kind::Sum | Kind::Mean);
        let bound = |field: &'static str, bound: Option<i64>| match (bounded, bound) {
            (true, Some(bound)) => Ok(bound),
            (true, None) => {
                let detail = "is missing; a sum or a mean names between which values";
                Err(Error::field(field, "missing", detail))
            }
            (false, None) => Ok(0),
            (false, Some(_)) => {
                Err(Error::field(field, "not_possible", "belongs to a sum or a mean; leave it out"))
            }
        };
        let (low, high) = (bound("low", self.low)?, bound("high", self.high)?);
        let categories = self.categories.take();
        if categories.is_some() && !matches!(self.question, Kind::Histogram) {
            let detail = "belong to a histogram; leave them out";
            return Err(Error::field("categories", "not_possible", detail));
        }
        Ok(match self.question {
            Kind::Count => Question::Count,
            Kind::Histogram => Question::Histogram { categories: categories.unwrap_or_default() },
            Kind::Sum => Question::Sum { low, high },
            Kind::Mean => Question::Mean { low, high },
        })
    }
}

/// A figure with noise.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownFigure {
    /// The category of a histogram; null for the rest, and for an answer of one figure.
    category: Option<String>,
    /// The figure.
    #[schema(value_type = f64)]
    value: statistics::Value,
    /// The true figure is no further away, in 95 of 100 answers; null where that cannot be said.
    within: Option<f64>,
}

/// A figure that was told.
#[derive(Serialize, ToSchema)]
pub(super) struct ToldFigure {
    /// What was asked, in its full form.
    #[schema(value_type = serde_json::Value)]
    asked: Question,
    /// What was spent: ε.
    epsilon: String,
    /// One figure, or one for each category and one for the rest.
    figures: Vec<ShownFigure>,
    /// What is left of the budget: ε.
    left: String,
    /// The id of the record.
    record: String,
    /// Its place in the ledger.
    ledger: LedgerPlace,
}

impl From<Told> for ToldFigure {
    fn from(told: Told) -> Self {
        let shown = |Figure { category, value, within }| ShownFigure { category, value, within };
        Self {
            asked: told.question,
            epsilon: told.answer.epsilon.to_string(),
            figures: told.answer.figures.into_iter().map(shown).collect(),
            left: told.left.to_string(),
            record: told.place.record_id(),
            ledger: told.place.into(),
        }
    }
}

/// Tells a figure of what is held, with noise. Everybody passes the gate for it; whoever may not be used is
/// left out. The budget pays and the record stands before the figure is told.
#[utoipa::path(
    post, path = "/v1/statistics", tag = "statistics",
    security(("service_key" = ["statistics:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a retry safe: the same figure is told again, and paid once")),
    request_body = NewFigure,
    responses(
        (status = 200, description = "the figure", body = ToldFigure),
        (status = 409, description = "the purpose has no budget, or too little is left of it; nobody was looked at", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "fields that cannot be read, or the idempotency key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn tell(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    body: Sent<NewFigure>,
) -> Result<Json<ToldFigure>, Problem> {
    caller.may("statistics:write")?;
    let body = body.read().await?;
    let once = body.once(&api.app.keys, &caller.id)?;
    let mut given = body.value;
    let question = given.question()?;
    let epsilon: Epsilon = given.epsilon.parse().map_err(|error: statistics::NotAnEpsilon| {
        Error::field("epsilon", "not_a_number", error.to_string())
    })?;
    let purpose = name("purpose", &given.purpose)?;
    let item = name("item", &given.item)?;
    let wish = Wish { purpose, item, question, epsilon, by: caller.by(), once };
    Ok(Json(figure::tell(&api.app, wish).await?.into()))
}

/// What a figure was paid with.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownEntry {
    /// When.
    at: String,
    /// What was asked.
    #[schema(value_type = serde_json::Value)]
    asked: Question,
    /// Of which item.
    item: Option<String>,
    /// What was spent: ε.
    epsilon: String,
}

/// The budget of a purpose.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownBudget {
    /// All that may be lost: ε.
    budget: String,
    /// What was spent.
    spent: String,
    /// What is left.
    left: String,
    /// What was told, the oldest first.
    entries: Vec<ShownEntry>,
}

impl From<Budget> for ShownBudget {
    fn from(budget: Budget) -> Self {
        Self {
            budget: budget.total.to_string(),
            spent: budget.spent().to_string(),
            left: budget.left().to_string(),
            entries: budget
                .entries
                .into_iter()
                .map(|entry| ShownEntry {
                    at: entry.at.to_string(),
                    asked: entry.question,
                    item: entry.column,
                    epsilon: entry.epsilon.to_string(),
                })
                .collect(),
        }
    }
}

/// Shows what was spent of the budget of a purpose, and on what.
#[utoipa::path(
    get, path = "/v1/statistics/{purpose}", tag = "statistics",
    security(("service_key" = ["statistics:write"])),
    params(("purpose" = String, Path)),
    responses(
        (status = 200, description = "the budget", body = ShownBudget),
        (status = 404, description = "no budget was set for that purpose", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn budget(
    State(api): State<Arc<Api>>,
    Called(caller): Called,
    Path(purpose): Path<String>,
) -> Result<Json<ShownBudget>, Problem> {
    caller.may("statistics:write")?;
    let unknown = || Error::not_found("budget", purpose.clone());
    let of = purpose.parse().map_err(|_| unknown())?;
    let app = Arc::clone(&api.app);
    let found = api.app.store.read(move |conn| figure::budget(&app.keys, conn, &of)).await?;
    Ok(Json(found.ok_or_else(unknown)?.into()))
}
