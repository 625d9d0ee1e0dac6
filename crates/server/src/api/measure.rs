//! Counts and times what is answered, by route, method and status; never by person.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// The layer that measures.
pub async fn measure(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    if let Some(route) = route {
        let status = response.status().as_str().to_owned();
        let labels = [("route", route), ("method", method), ("status", status)];
        metrics::counter!("azukari_answers_total", &labels).increment(1);
        metrics::histogram!("azukari_answer_seconds", &labels[..2]).record(began.elapsed());
    }
    response
}
