//! The reference app: restaurants, their guests and bookings, as a client of Azukari's public HTTP
//! API and of nothing else in this repository. It holds no personal information; [`serve`] shows
//! the pages, [`load_samples`] makes an evening to look at, [`POLICY`] is the policy it lives under.
//!
//! Read `pages/mod.rs` next: it lists every address.

mod api;
mod app;
mod azukari;
mod book;
mod chance;
mod edit;
mod engage;
mod fault;
mod fields;
mod hook;
mod import;
mod language;
mod letters;
mod openid;
mod pages;
mod passkey;
mod payments;
mod phone;
mod rehearsal;
mod samples;
mod session;
mod sight;
pub mod stand_in;
mod table_file;
mod terms;
mod totp;
mod when;
mod words;

use std::future::Future;
use std::path::{Path, PathBuf};

pub use payments::Payments;
pub use rehearsal::{Rehearsal, rehearse};
pub use samples::{Login, Samples, load_samples, sample_code};

/// The policy that the app lives under, as `(file name, text)`: what Azukari is started with.
pub const POLICY: &[(&str, &str)] = &[
    ("controller.toml", include_str!("../policy/controller.toml")),
    ("items.toml", include_str!("../policy/items.toml")),
    ("secrets.toml", include_str!("../policy/secrets.toml")),
    ("purposes.toml", include_str!("../policy/purposes.toml")),
    ("recipients.toml", include_str!("../policy/recipients.toml")),
    ("consents.toml", include_str!("../policy/consents.toml")),
    ("countries.toml", include_str!("../policy/countries.toml")),
    ("tools.toml", include_str!("../policy/tools.toml")),
    ("cookies.toml", include_str!("../policy/cookies.toml")),
    ("requests.toml", include_str!("../policy/requests.toml")),
    ("safety.toml", include_str!("../policy/safety.toml")),
    ("holds.toml", include_str!("../policy/holds.toml")),
    ("services.toml", include_str!("../policy/services.toml")),
    ("promises.toml", include_str!("../policy/promises.toml")),
];

/// What the app needs to run.
pub struct Config {
    /// Where the app reaches Azukari, such as `http://127.0.0.1:8080`.
    pub azukari: String,
    /// Where people's browsers reach Azukari's own pages.
    pub public_azukari: String,
    /// The service key for Azukari's API.
    pub key: String,
    /// Where the app listens.
    pub listener: tokio::net::TcpListener,
    /// The folder of `reservation.db`.
    pub data: PathBuf,
    /// Who takes the stores' fees; without anybody they are paid at the store.
    pub payments: Option<Payments>,
    /// Where people's browsers reach the app, where that is not where it listens.
    pub public_url: Option<String>,
    /// The file of the services by which guests come in, if there are any.
    pub services: Option<PathBuf>,
    /// Where letters lie that no mail server takes: a demo's pages say so to whoever waits for a code.
    pub letters: Option<PathBuf>,
}

/// Serves the pages until `shutdown` resolves; requests under way are finished first.
pub async fn serve(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let client = azukari::Azukari::new(&config.azukari, &config.key)?;
    let book = book::Book::open(&config.data)?;
    let listens = format!("http://{}", config.listener.local_addr()?);
    let here = app::Here::new(config.public_url.as_deref(), &listens)?;
    let mut app = app::App::new(client, &config.public_azukari, here, book);
    app.till = config.payments.as_ref().map(app::Till::of).transpose()?;
    app.services = openid::Services::read(config.services.as_deref(), app.here.known())?;
    app.letters_lie = config.letters;
    let app = std::sync::Arc::new(app);
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let settling = tokio::spawn(engage::keep_settled(std::sync::Arc::clone(&app), async {
        let _ = told.await;
    }));
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let delivering = tokio::spawn(hook::keep_delivering(std::sync::Arc::clone(&app), async {
        let _ = ended.await;
    }));
    let served = axum::serve(
        config.listener,
        pages::router(&app).into_make_service_with_connect_info::<std::net::SocketAddr>(),
    );
    let served = served.with_graceful_shutdown(shutdown).await;
    drop((tell, end));
    settling.await?;
    delivering.await?;
    Ok(served?)
}

/// The shortest password that somebody of a store or of the operator may have, in characters.
pub(crate) const SHORTEST_PASSWORD: usize = 12;

/// What somebody is invited to be.
#[derive(Debug, Clone, Copy)]
pub enum Post<'a> {
    /// Runs the stores.
    Operator,
    /// Works for the store of this name, and says who else does.
    Manager(&'a str),
    /// Works for the store of this name.
    Staff(&'a str),
}

/// Invites somebody by a login and tells the path of the invitation, this once. A login that is there with
/// the same post begins anew: password, one-time codes and passkeys of before open nothing any more.
///
/// # Errors
/// When the login is no name or somebody else's, and when there is no such store.
pub async fn invite(data: &Path, login: &str, post: Post<'_>) -> anyhow::Result<String> {
    anyhow::ensure!(
        edit::is_slug(login),
        "a login has 2 to 40 small letters, digits and hyphens, with a letter first"
    );
    let at_store =
        |slug: &str, manager| book::staff::Post::Store { slug: slug.to_owned(), manager };
    let kept = match post {
        Post::Operator => book::staff::Post::Operator,
        Post::Manager(slug) => at_store(slug, true),
        Post::Staff(slug) => at_store(slug, false),
    };
    let book = book::Book::open(data)?;
    let token = chance::token()?;
    match book.invite(login, kept, session::hash(&token), app::now()).await {
        Ok(()) => Ok(format!("/invitation/{token}")),
        Err(book::No::Gone) => {
            anyhow::bail!("there is no such store; its name in addresses is meant")
        }
        Err(book::No::Already(_)) => {
            anyhow::bail!("`{login}` is there already as something else; choose another login")
        }
        Err(no) => Err(no.into()),
    }
}

/// The code that an authenticator app with this secret shows at a moment; `None` when it is no secret.
pub fn one_time_code(secret: &str, now: jiff::Timestamp) -> Option<String> {
    Some(totp::Totp::from_text(secret)?.code(totp::step_at(now)))
}

/// Makes a key of the app's own API and tells it, this once.
pub async fn make_key(data: &Path, name: &str) -> anyhow::Result<String> {
    let book = book::Book::open(data)?;
    match api::make_key(&book, None, name, app::now()).await {
        Err(book::No::Already(_)) => anyhow::bail!("there is a key `{name}` already"),
        made => Ok(made?),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_of_the_policy_comes_along() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/policy");
        let mut there: Vec<String> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let mut taken: Vec<&str> = super::POLICY.iter().map(|(name, _)| *name).collect();
        there.sort_unstable();
        taken.sort_unstable();
        assert_eq!(taken, there);
    }
}
