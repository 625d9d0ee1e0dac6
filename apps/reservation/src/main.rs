//! The app as a program of its own: serves the pages, and lets people and programs in from the command line.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use reservation::Post;

/// Restaurants, their guests and bookings, in front of an Azukari
#[derive(Parser)]
#[command(version)]
struct Line {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve the pages and the API
    Serve {
        /// Where Azukari's API is
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
        azukari: String,
        /// Where people's browsers reach Azukari's own pages [default: the same]
        #[arg(long, value_name = "URL")]
        public_azukari: Option<String>,
        /// A file with the service key, made by `azukari keys new`
        #[arg(long, value_name = "FILE")]
        key_file: PathBuf,
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
        listen: String,
        /// Where people's browsers reach this app: invitations lead there, passkeys hold there, and services and
        /// payment pages lead back there [default: where it listens]
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
        /// A file with the services by which guests come in, such as services.example.toml
        #[arg(long, value_name = "FILE")]
        services: Option<PathBuf>,
        #[command(flatten)]
        paying: Paying,
        #[command(flatten)]
        folder: Folder,
    },
    /// Invite an operator, and show the path of the invitation, this once
    Operator {
        /// The login
        login: String,
        #[command(flatten)]
        folder: Folder,
    },
    /// Invite somebody of a store, likewise; a login that is there begins anew
    Staff {
        /// The login
        login: String,
        /// The store, by its name in addresses
        store: String,
        /// As a manager, who adds and ends the store's staff
        #[arg(long)]
        manager: bool,
        #[command(flatten)]
        folder: Folder,
    },
    /// Make a key of the API and show it, this once
    Key {
        /// A name for the key
        name: String,
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(clap::Args)]
struct Folder {
    /// The folder of reservation.db
    #[arg(long, value_name = "DIR", default_value = "reservation-data")]
    data: PathBuf,
}

/// Who takes fees by card; without a file they are paid at the store.
#[derive(clap::Args)]
struct Paying {
    /// A file with the secrets of a payment platform that speaks Stripe's Checkout Sessions: its secret key in
    /// the first line, in the second the secret by which it signs its messages to /payments/events
    #[arg(long = "payments-file", value_name = "FILE", requires = "public_url")]
    file: Option<PathBuf>,
    /// Where its API is
    #[arg(long = "payments-api", value_name = "URL", default_value = "https://api.stripe.com")]
    api: String,
    /// Where its payment pages are
    #[arg(
        long = "payments-pages",
        value_name = "URL",
        default_value = "https://checkout.stripe.com"
    )]
    pages: String,
}

impl Paying {
    fn payments(self) -> anyhow::Result<Option<reservation::Payments>> {
        let Some(file) = self.file else { return Ok(None) };
        let secrets = std::fs::read_to_string(&file)
            .with_context(|| format!("read the secrets in `{}`", file.display()))?;
        let mut lines = secrets.lines().map(|line| line.trim().to_owned());
        let (Some(key), Some(signing_secret)) = (lines.next(), lines.next()) else {
            bail!("`{}` has two lines: the secret key, the signing secret", file.display());
        };
        let (api, pages) = (self.api, self.pages);
        Ok(Some(reservation::Payments { api, pages, key, signing_secret }))
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = std::env::var("RESERVATION_LOG").unwrap_or_else(|_| "info".to_owned());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Line::parse().what {
        What::Serve {
            azukari,
            public_azukari,
            key_file,
            listen,
            public_url,
            services,
            paying,
            folder,
        } => {
            let key = std::fs::read_to_string(&key_file)
                .with_context(|| format!("read the service key `{}`", key_file.display()))?;
            let listener = tokio::net::TcpListener::bind(&listen).await;
            let listener = listener.with_context(|| format!("listen on `{listen}`"))?;
            // Serves on when nobody listens to it any more.
            drop(say(&format!("reservation is ready on http://{}", listener.local_addr()?)));
            let config = reservation::Config {
                public_azukari: public_azukari.unwrap_or_else(|| azukari.clone()),
                azukari,
                key: key.trim().to_owned(),
                listener,
                data: folder.data,
                payments: paying.payments()?,
                public_url,
                services,
                letters: None,
            };
            reservation::serve(config, stopped()).await
        }
        What::Operator { login, folder } => {
            say(&reservation::invite(&folder.data, &login, Post::Operator).await?)
        }
        What::Staff { login, store, manager, folder } => {
            let post = if manager { Post::Manager(&store) } else { Post::Staff(&store) };
            say(&reservation::invite(&folder.data, &login, post).await?)
        }
        What::Key { name, folder } => say(&reservation::make_key(&folder.data, &name).await?),
    }
}

/// Says a line to whoever started the program, if somebody still reads it.
fn say(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("write to the standard output")
}

/// The signal that ends it, or Ctrl-C.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
