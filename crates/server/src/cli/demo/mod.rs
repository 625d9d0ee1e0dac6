//! `azukari demo`: the whole reference case in one process, with sample data. The reservation app
//! still reaches Azukari only over its HTTP API, with a service key of its own.

mod samples;

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use reservation::stand_in::{self, StandIn};
use tokio::sync::watch;

use super::serve::{Listening, jobs, runtime, serve, stopped};
use super::{Outcome, Premises, bind, keep_memory_private, start_logging};
use crate::acts::publish::{Files, Release};
use crate::acts::webhook::{self, Drawn, NewWebhook};
use crate::api::caller::{self, SCOPES};
use crate::app::App;
use crate::cli::say::say;
use crate::connectors::mail::Mail;
use crate::store::{Tx, policies, webhooks};
use crate::tombstones::Tombstones;
use crate::web::desk::urls;

/// In whose name the demo writes where no mail server is named.
const SENDER: &str = "見本の窓口 <desk@azukari.example>";

/// Run everything with sample data
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    premises: Premises,
    #[command(flatten)]
    listening: Listening,
    /// Where the reservation app listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    app_listen: String,
    /// Where the stand-in for a payment platform listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8082")]
    payments_listen: String,
    /// Show the one-time code that a sample login of the staff, a store or the operator signs in with now, and nothing else
    #[arg(long, value_name = "LOGIN")]
    code: Option<String>,
}

impl Demo {
    pub fn run(self) -> anyhow::Result<Outcome> {
        if let Some(login) = &self.code {
            // Of the stores' and the operator's people, the app knows.
            let data = &self.premises.data;
            let code = if data.join("reservation.db").exists() {
                runtime()?.block_on(reservation::sample_code(data, login))?
            } else {
                None
            };
            say!("{}", code.map_or_else(|| samples::code(data, login), Ok)?);
            return Ok(Outcome::Done);
        }
        start_logging();
        keep_memory_private()?;
        runtime()?.block_on(self.show())?;
        Ok(Outcome::Done)
    }

    async fn show(self) -> anyhow::Result<()> {
        // Without a mail server its letters can still be read.
        let letters = self.premises.data.join("letters");
        let (mail, letters) = match self.listening.mailing.mail()? {
            Some(mail) => (mail, None),
            None => (Mail::in_folder(&letters, SENDER)?, Some(letters)),
        };
        let listener = bind(&self.listening.listen, "--listen").await?;
        let app_listener = bind(&self.app_listen, "--app-listen").await?;
        let payments_listener = bind(&self.payments_listen, "--payments-listen").await?;
        let metrics = bind(&self.listening.metrics, "--metrics").await?;
        let address = listener.local_addr()?;
        let public_url = self.listening.public_url(address)?;
        let azukari = format!("http://{address}");
        let reservation = format!("http://{}", app_listener.local_addr()?);

        let premises = self.premises.clone();
        let files: Files =
            reservation::POLICY.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
        let opened = tokio::task::spawn_blocking(move || {
            // What was published here since stays in force.
            let published = premises.open_cellar()?.store.read_blocking(policies::all)?;
            let is_latest = Release::of(files.clone()).is_latest(&published);
            premises.open(public_url, is_latest.then_some(files))
        });
        let app = opened.await??;
        let kept = self.premises.data.join("tombstones");
        let (tombstones, _) = Tombstones::open(&app, &kept).await?;
        let key = app_key(&app, &self.premises.data.join("reservation.key"))?;
        // An app that listens beyond this machine cannot be told in clear; its sign-ins ask all the same.
        if let Err(error) = tell_of_closed_accounts(&app, &reservation).await {
            tracing::warn!(%error, "the app is not told of accounts that are closed");
        }
        let staff = samples::staff(&app, &self.premises.data).await?;

        // One signal stops both servers, each after the requests under way.
        let (tell, told) = watch::channel(false);
        let stop = |mut told: watch::Receiver<bool>| async move {
            let _ = told.wait_for(|stop| *stop).await;
        };
        let serving = tokio::spawn(serve(
            Arc::clone(&app),
            listener,
            metrics,
            self.listening.rate,
            jobs(&app, Some(mail), tombstones),
            stop(told.clone()),
        ));
        let now = app.clock.now();
        let samples = reservation::load_samples(&azukari, &key, &self.premises.data, now)
            .await
            .context("the sample data cannot be loaded")?;
        let (platform, payments) =
            StandIn::new(payments_listener, &reservation, &self.premises.data)?;
        let taking = tokio::spawn(stand_in::serve(platform, stop(told.clone())));
        let config = reservation::Config {
            azukari: azukari.clone(),
            public_azukari: app.public_url().to_string(),
            key,
            listener: app_listener,
            data: self.premises.data.clone(),
            payments: Some(payments),
            public_url: None,
            services: None,
            letters: letters.clone(),
        };
        let showing = tokio::spawn(reservation::serve(config, stop(told)));
        tell_where(&azukari, &reservation, &self.listening.metrics, &self.premises.data, &samples);
        samples::tell(staff.as_ref(), &self.premises.data);
        if let Some(letters) = letters {
            say!("  letters, with their codes, are files in {}", letters.display());
        }
        say!();
        say!("Ctrl-C stops both; the data stays and is used again at the next start");
        stopped().await;
        tell.send(true)?;
        showing.await??;
        taking.await??;
        serving.await??;
        Ok(())
    }
}

/// Has the reservation app told of accounts that are closed, from the first start there on.
async fn tell_of_closed_accounts(app: &Arc<App>, reservation: &str) -> anyhow::Result<()> {
    let url = format!("{reservation}/azukari/events");
    let events = vec!["account.closed".to_owned()];
    let (new, drawn) = (NewWebhook { url, events, inside: true }, Drawn::new()?);
    let (keeper, now) = (Arc::clone(app), app.clock.now());
    let act = move |tx: &mut Tx<'_>| {
        let known = webhooks::all(tx)?;
        if known.iter().any(|row| row.url == new.url && row.ended_at.is_none()) {
            return Ok(());
        }
        webhook::add(tx, &keeper.keys, &new, &drawn, now, None).map(drop)
    };
    Ok(app.store.write(act).await?)
}

/// The reservation app's service key: made once, kept where only this user can read it.
fn app_key(app: &App, path: &Path) -> anyhow::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(key) => return Ok(key.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(error).with_context(|| format!("`{}` cannot be read", path.display()));
        }
    }
    let scopes: Vec<String> = SCOPES
        .iter()
        .filter(|scope| {
            ![
                "datasets:approve",
                "exceptions:approve",
                "holds:write",
                "retention:read",
                "webhooks:write",
            ]
            .contains(scope)
        })
        .map(|scope| (*scope).to_owned())
        .collect();
    let made = caller::make(&app.store, app.clock.now(), "reservation", &scopes)?;
    write_private(path, &made.key)?;
    Ok(made.key)
}

/// Writes a file anew that only this user can read.
fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("`{}` cannot be made", path.display()))?;
    Ok(writeln!(file, "{text}")?)
}

fn tell_where(
    azukari: &str,
    reservation: &str,
    metrics: &str,
    data: &Path,
    samples: &reservation::Samples,
) {
    say!("azukari          {azukari}");
    say!("  policy         {azukari}/policy");
    say!("  api            {azukari}/openapi.json");
    say!("  ledger         {azukari}/ledger/checkpoint");
    say!("  for staff      {azukari}{}", urls::START);
    say!("  metrics        http://{metrics}/metrics");
    say!("reservation app  {reservation}");
    say!("  for guests     {reservation}/sign-in");
    say!("  for stores     {reservation}/store/sign-in");
    say!("  for operators  {reservation}/operator");
    say!("  fees are taken by a stand-in for a payment platform; no money moves");
    say!();
    let (stores, bookings, members) = (samples.stores, samples.bookings, samples.members);
    say!("sample data: {stores} stores, {bookings} bookings, {members} members besides the guests");
    let tell = |login: &reservation::Login| {
        say!("  {:28} {}  ({})", login.name, login.password, login.who);
    };
    samples.guests.iter().for_each(tell);
    say!("with a code as well, from azukari demo --data {} --code LOGIN", data.display());
    samples.staff.iter().chain(&samples.operators).for_each(tell);
}
