//! `azukari serve`: the house, open until it is told to stop.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::routing::get;
use clap::Args;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use super::{Outcome, Premises, bind, keep_memory_private, read_policy, start_logging};
use crate::api::{self, Api};
use crate::app::App;
use crate::cli::say::say;
use crate::connectors::mail::Mail;
use crate::public_url::PublicUrl;
use crate::tombstones::Tombstones;
use crate::{jobs, web};

/// Run Azukari, with no sample data
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    pub premises: Premises,
    /// The policy's folder; needed at the first start, later to publish a new version
    #[arg(long, value_name = "DIR")]
    pub policy: Option<PathBuf>,
    /// Where the record of each erasure is kept a second time, for when an older database is restored;
    /// best on another disk [default: tombstones in the data folder]
    #[arg(long, value_name = "FILE")]
    pub tombstones: Option<PathBuf>,
    #[command(flatten)]
    pub listening: Listening,
}

/// Where and how the server listens.
#[derive(Args, Clone)]
pub struct Listening {
    /// Where Azukari listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Where metrics are served, on a port of their own
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9464")]
    pub metrics: String,
    /// Requests a second for each service key and each agent; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub rate: u32,
    /// Where people reach Azukari, for links in feeds and letters: `https://privacy.example.jp`
    /// [default: where it listens]
    #[arg(long, value_name = "URL", env = "AZUKARI_PUBLIC_URL")]
    pub public_url: Option<String>,
    #[command(flatten)]
    pub mailing: Mailing,
}

impl Listening {
    /// Where people reach this server, which listens at an address.
    pub fn public_url(&self, listens: SocketAddr) -> anyhow::Result<PublicUrl> {
        let Some(given) = &self.public_url else {
            return Ok(PublicUrl::of_listener(listens));
        };
        given.parse().context("--public-url cannot be used")
    }
}

/// How letters leave.
#[derive(Args, Clone)]
pub struct Mailing {
    /// The mail server, `smtps://USER:PASSWORD@HOST` or `smtp://127.0.0.1:PORT`; without one,
    /// letters wait in the outbox
    #[arg(long, value_name = "URL", env = "AZUKARI_SMTP", hide_env_values = true)]
    #[arg(requires = "mail_from")]
    pub smtp: Option<String>,
    /// In whose name letters are sent, `NAME <name@example.com>`
    #[arg(long, value_name = "ADDRESS", env = "AZUKARI_MAIL_FROM")]
    pub mail_from: Option<String>,
}

impl Mailing {
    /// The mail server, if one is named.
    pub fn mail(&self) -> anyhow::Result<Option<Mail>> {
        let Some(url) = &self.smtp else { return Ok(None) };
        Ok(Some(Mail::new(url, self.mail_from.as_deref().unwrap_or_default())?))
    }
}

impl Serve {
    pub fn run(self) -> anyhow::Result<Outcome> {
        start_logging();
        keep_memory_private()?;
        let runtime = runtime()?;
        runtime.block_on(async {
            let mail = self.listening.mailing.mail()?;
            // Ports first: nothing is made where nothing can be served.
            let listener = bind(&self.listening.listen, "--listen").await?;
            let metrics = bind(&self.listening.metrics, "--metrics").await?;
            let address = listener.local_addr()?;
            let public_url = self.listening.public_url(address)?;
            let policy = self.policy.as_deref().map(read_policy).transpose()?;
            let premises = self.premises.clone();
            let app =
                tokio::task::spawn_blocking(move || premises.open(public_url, policy)).await??;
            let kept = self.tombstones.unwrap_or_else(|| self.premises.data.join("tombstones"));
            let (tombstones, _) = Tombstones::open(&app, &kept).await?;
            let stop = stopped();
            tracing::info!(version = %app.policy().version, "ready on http://{address}");
            say!("azukari is ready on http://{address}");
            let jobs = jobs(&app, mail, tombstones);
            Box::pin(serve(app, listener, metrics, self.listening.rate, jobs, stop)).await
        })?;
        Ok(Outcome::Done)
    }
}

/// The runtime: as many threads as cores; database threads come on top.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime does not start")
}

/// Everything that is served on the main port.
pub fn router(app: &Arc<App>, rate: u32) -> Router {
    let api = Api::new(Arc::clone(app), NonZeroU32::new(rate));
    api::router(&api).merge(web::router(app))
}

/// What is done beside serving.
pub fn jobs(
    app: &Arc<App>,
    mail: Option<Mail>,
    tombstones: Tombstones,
) -> impl Future<Output = ()> + Send + 'static {
    if mail.is_none() {
        tracing::info!("letters wait in the outbox until a mail server is named with --smtp");
    }
    let (jobs, keeping) = (jobs::run(Arc::clone(app), mail), tombstones.run(Arc::clone(app)));
    async {
        tokio::join!(jobs, keeping);
    }
}

/// Serves until told to stop; requests under way are answered first.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    metrics: TcpListener,
    rate: u32,
    jobs: impl Future<Output = ()> + Send + 'static,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let handle = PrometheusBuilder::new().install_recorder().context("metrics do not start")?;
    let numbers = Router::new().route("/metrics", get(move || std::future::ready(render(&handle))));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(metrics, numbers).await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    let jobs = tokio::spawn(jobs);
    // Who connects is told to the pages, which count tries by it.
    let served = router(&app, rate).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, served).with_graceful_shutdown(stop).await?;
    jobs.abort();
    // What they hold, such as a connection to the mail server, ends while there is a runtime.
    let _ = jobs.await;
    Ok(())
}

fn render(handle: &PrometheusHandle) -> String {
    handle.run_upkeep();
    handle.render()
}

/// Resolves on Ctrl-C or SIGTERM; both are heeded from this call on, not from the first poll, so
/// that a stop right after the start is one too.
pub fn stopped() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        match signals {
            [Ok(mut interrupt), Ok(mut terminate)] => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            [Ok(mut one), Err(error)] | [Err(error), Ok(mut one)] => {
                tracing::warn!(%error, "one of Ctrl-C and SIGTERM is not heeded");
                one.recv().await;
            }
            [Err(error), Err(_)] => {
                tracing::warn!(%error, "neither Ctrl-C nor SIGTERM is heeded");
                std::future::pending::<()>().await;
            }
        }
        tracing::info!("stopping");
    }
}
