//! `/policy`: the published policy as people read it.

use std::sync::Arc;

use axum::extract::State;

use crate::app::App;

/// The policy in force.
pub(super) async fn page(State(app): State<Arc<App>>) -> String {
    app.policy().version.to_string()
}
