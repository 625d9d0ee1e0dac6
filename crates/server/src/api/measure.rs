//! Counts and times what is answered, by route, method and status; never by person.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// The layer that measures.
pub async fn measure(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    if let Some(route) = route {
        let status = response.status().as_str().to_owned();
        let labels = [("route", route), ("method", method.to_owned()), ("status", status)];
        metrics::counter!("azukari_answers_total", &labels).increment(1);
        metrics::histogram!("azukari_answer_seconds", &labels[..2]).record(began.elapsed());
    }
    response
}

/// The method's name as a label: one of a few, since a caller may make up methods without end, and
/// every label lasts as long as the process.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_methods_share_one_label() {
        assert_eq!(known(&Method::GET), "GET");
        for made_up in ["BREW", "get", "X0001"] {
            assert_eq!(known(&Method::from_bytes(made_up.as_bytes()).unwrap()), "other");
        }
    }
}
