//! People's requests: a desk with ten thousand open ones, its pages over HTTP by somebody who is signed
//! in, and requests that come in through the API.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use policy::request::{Ground, Identified, RequestId, RequestKind};
use policy::{Language, StaffRole, SubjectId};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use vault::totp::step_at;

use super::house::House;
use super::load::{self, Load, Measured};
use super::sample::{self, Sample};
use super::table::{Aim, Table, count, number};
use super::{Bench, headers, premises_at};
use crate::acts::request::receive::{self, Asked};
use crate::acts::request::{Channel, handle};
use crate::acts::staff::{Drawn, Newcomer, Office};
use crate::acts::staff_session::{take_up, welcome};
use crate::api::caller;
use crate::app::App;
use crate::cli::Premises;
use crate::error::Error;
use crate::public_url::PublicUrl;
use crate::store::Tx;
use crate::web::desk::urls;

/// Open requests on the desk.
const OPEN: u64 = 10_000;
/// People in the sample.
const PEOPLE: u64 = 1_000;
/// Requests that are taken in side by side while the house is filled.
const TOGETHER: u64 = 200;

/// What the desk is measured with.
struct Filled {
    /// The key of a service that takes requests down.
    key: String,
    /// The session of somebody of the staff.
    cookie: String,
    /// A request of somebody who is held and known.
    known: RequestId,
}

impl Bench {
    /// The pages of the desk, and requests coming in.
    pub(super) fn desk(
        &self,
        table: &mut Table,
        runtime: &Runtime,
        folder: &Path,
    ) -> anyhow::Result<()> {
        let open = number(count(OPEN));
        table.head(format!("people's requests, {open} open"));
        let schema = self.schema(runtime, "")?;
        let premises = premises_at(folder.join("desk"), schema.as_deref());
        let filled = fill(&premises, self.seed)?;
        let house = House::serve(&premises)?;
        let queue = urls::REQUESTS;
        let far = format!("{queue}?waits=identity&kind=erasure");
        let one = format!("{queue}/{}", filled.known);
        for (what, path) in [
            ("queue, first page", queue),
            ("queue, two filters", &far),
            ("a request of somebody who is held", &one),
        ] {
            let seen = self.page(runtime, &house, path, &filled.cookie)?;
            table.row(format!("{what}: p50"), seen.below(500), "ms", Aim::None);
            table.row("  p99", seen.below(990), "ms", Aim::AtMost(100.0));
        }
        let clients = self.clients;
        let load = Load { server: house.address, clients, seconds: self.seconds, status: 201 };
        let seen = runtime.block_on(load::run(&load, |connection| {
            let key = filled.key.clone();
            move |n, out: &mut Vec<u8>| {
                let body = format!(
                    r#"{{"kind":"erasure","regime":"jp","language":"ja","name":"見本","email":"new-{connection}-{n}@sample.example","grounds":["no_longer_needed"],"text":"消去してください"}}"#
                );
                load::post(out, "/v1/requests", &headers(&key, connection, n), &body);
            }
        }))?;
        let what = format!("requests taken in, {clients} connections");
        table.row(what, seen.rate(), "/s", Aim::None);
        table.row("  p50", seen.below(500), "ms", Aim::None);
        table.row("  p99", seen.below(990), "ms", Aim::None);
        house.stop()?;
        self.clear(runtime, &premises)
    }

    /// A page, asked for again and again over one connection.
    fn page(
        &self,
        runtime: &Runtime,
        house: &House,
        path: &str,
        cookie: &str,
    ) -> anyhow::Result<Measured> {
        let load =
            Load { server: house.address, clients: 1, seconds: self.seconds.min(5), status: 200 };
        runtime.block_on(load::run(&load, |_| {
            let (path, cookie) = (path.to_owned(), cookie.to_owned());
            move |_, out: &mut Vec<u8>| load::get_with(out, &path, &format!("Cookie: {cookie}\r\n"))
        }))
    }
}

/// Fills a new house: people, their requests, and somebody at the desk.
fn fill(premises: &Premises, seed: u64) -> anyhow::Result<Filled> {
    let app = premises.open(PublicUrl::default(), Some(sample::policy()))?;
    let filling = super::super::serve::runtime()?;
    let filled = filling.block_on(async {
        sample::fill(&app, Sample { subjects: PEOPLE, items: 20, seed }).await?;
        let mut ids = Vec::new();
        for from in (0..OPEN).step_by(usize::try_from(TOGETHER)?) {
            let mut together = JoinSet::new();
            for n in from..(from + TOGETHER).min(OPEN) {
                let app = Arc::clone(&app);
                together.spawn(async move {
                    receive::receive(&app, asked(n), "bench".to_owned(), None).await
                });
            }
            while let Some(received) = together.join_next().await {
                ids.push(received??.id);
            }
        }
        let known = *ids.first().context("no request")?;
        let subject: SubjectId = sample::subject(seed, 0);
        // Whoever is held has shown a document.
        let how = Identified::Document;
        handle::identify(&app, known, "bench".to_owned(), how, Some(subject)).await?;
        let cookie = signed_in(&app).await?;
        Ok::<_, anyhow::Error>((cookie, known))
    });
    let (cookie, known) = filled?;
    let scopes = ["requests:write".to_owned()];
    let key = caller::make(&app.store, app.clock.now(), "bench", &scopes)?.key;
    drop(filling);
    drop(app);
    Ok(Filled { key, cookie, known })
}

fn asked(n: u64) -> Asked {
    let erasure = n.is_multiple_of(2);
    Asked {
        kind: if erasure { RequestKind::Erasure } else { RequestKind::Disclosure },
        regime: "jp".to_owned(),
        subject: None,
        language: Language::Ja,
        name: format!("見本 {n}"),
        email: Some(format!("guest-{}@sample.example", n % PEOPLE)),
        text: "お預けした情報について、お願いします。".to_owned(),
        grounds: if erasure { vec![Ground::NoLongerNeeded] } else { Vec::new() },
        items: Vec::new(),
        corrections: std::collections::BTreeMap::new(),
        purposes: Vec::new(),
        recipients: Vec::new(),
        particulars: std::collections::BTreeMap::new(),
        postal_address: None,
        agency: None,
        agent_name: None,
        receipt_name: None,
        channel: Channel::Service { by: "bench".to_owned() },
    }
}

/// Somebody of the staff who is signed in, as a browser's cookie says it.
async fn signed_in(app: &Arc<App>) -> anyhow::Result<String> {
    let newcomer = Newcomer {
        login: "bench".to_owned(),
        name: "Bench".to_owned(),
        role: StaffRole::Manager,
        language: Language::Ja,
    };
    let (drawn, keeper) = (Drawn::new()?, Arc::clone(app));
    let add = move |tx: &mut Tx<'_>| Office::of(&keeper).add(tx, &newcomer, &drawn);
    let invited = app.store.write(add).await.map_err(|error: Error| anyhow::anyhow!(error))?;
    let totp = welcome(app, &invited.token).await?.totp;
    let code = totp.code(step_at(app.clock.now().as_second()));
    let password = "measured by the bench".to_owned();
    let token = take_up(app, &invited.token, password, &code).await?;
    Ok(format!("azukari-desk={}", token.text()))
}
