//! The answer to somebody with a long history: 20 items and 10,000 provision records among as many of
//! others, from the request to the file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use policy::request::{Ground, Identified, Outcome, RequestId, RequestKind, State, Step};
use policy::{Ask, Language, SubjectId};

use super::sample::{self, Sample};
use super::table::{Aim, Table, count, millis, number};
use crate::acts::request::receive::{self, Asked};
use crate::acts::request::{Channel, handle};
use crate::answer;
use crate::app::App;
use crate::cli::Premises;
use crate::gate::{self, Asking};
use crate::public_url::PublicUrl;

/// Provisions of the person who asks.
const PROVISIONS: u64 = 10_000;
/// Acts at once.
const TOGETHER: usize = 64;
/// Files that are made; the quickest counts, as others share the machine.
const TIMES: usize = 5;

/// Measures it in a house of its own.
///
/// # Errors
/// When the house does not open, or an act fails.
pub(super) fn measure(table: &mut Table, folder: &Path, seed: u64) -> anyhow::Result<()> {
    let premises = Premises { data: folder.join("answer"), database: None, root_key: None };
    let mut policy = sample::policy();
    let requests = include_str!("../../../../../apps/reservation/policy/requests.toml");
    policy.insert("requests.toml".to_owned(), requests.to_owned());
    let app = premises.open(PublicUrl::default(), Some(policy))?;
    let runtime = crate::cli::serve::runtime()?;
    let (package, took) = runtime.block_on(answered(&app, seed))?;
    let rows = number(count(PROVISIONS));
    table.head(format!("the answer to one person, 20 items × {rows} provision records"));
    table.row("request to file", millis(took.whole()), "ms", Aim::AtMost(1000.0));
    for (name, part) in &took.parts {
        table.row(format!("  {name}"), millis(*part), "ms", Aim::None);
    }
    table.row("size", count(package.bytes.len() as u64) / 1e6, "MB", Aim::None);
    drop(runtime);
    drop(app);
    Ok(())
}

async fn answered(app: &Arc<App>, seed: u64) -> anyhow::Result<(answer::Package, answer::Took)> {
    let sample = Sample { subjects: 100, items: 20, seed };
    sample::fill(app, sample).await?;
    let asks = (0..2 * PROVISIONS).map(|n| {
        // Every other act is hers.
        let who = if n % 2 == 0 { 0 } else { 1 + n / 2 % 99 };
        let asking = provision(seed, who);
        async move {
            gate::disclose(app, asking?).await?;
            anyhow::Ok(())
        }
    });
    stream::iter(asks).buffer_unordered(TOGETHER).try_collect::<Vec<()>>().await?;
    let id = decided(app, sample::subject(seed, 0), RequestKind::Disclosure).await?;
    let mut best = answer::measured(app, id, None).await?;
    for _ in 1..TIMES {
        let next = answer::measured(app, id, None).await?;
        if next.1.whole() < best.1.whole() {
            best = next;
        }
    }
    Ok(best)
}

/// What the store where somebody has a booking asks for.
pub(super) fn provision(seed: u64, who: u64) -> anyhow::Result<Asking> {
    let (recipient, reference) = sample::booking(who);
    let items = ["name", "phone", "language", "company", "receipt_name"];
    Ok(Asking {
        ask: Ask {
            subject: sample::subject(seed, who),
            recipient: Some(recipient.parse()?),
            purpose: "reservation".parse()?,
            items: items.iter().map(|item| item.parse()).collect::<Result<_, _>>()?,
            reference: Some(reference.parse()?),
            exception: false,
        },
        exception: None,
        by: "bench".to_owned(),
        once: None,
    })
}

/// A request of somebody who is held, decided.
pub(super) async fn decided(
    app: &Arc<App>,
    subject: SubjectId,
    kind: RequestKind,
) -> anyhow::Result<RequestId> {
    let by = || "bench".to_owned();
    let asked = Asked {
        kind,
        regime: "jp".to_owned(),
        subject: Some(subject),
        language: Language::Ja,
        name: "見本 花子".to_owned(),
        email: None,
        text: String::new(),
        grounds: kind.rests_on_ground().then_some(Ground::NoLongerNeeded).into_iter().collect(),
        items: Vec::new(),
        corrections: BTreeMap::new(),
        purposes: Vec::new(),
        recipients: Vec::new(),
        particulars: BTreeMap::new(),
        postal_address: None,
        agency: None,
        agent_name: None,
        receipt_name: None,
        channel: Channel::Desk { by: by() },
    };
    let id = receive::receive(app, asked, by(), None).await?.id;
    let known = handle::identify(app, id, by(), Identified::Document, Some(subject)).await?;
    if known.progress.state == State::AwaitingFee {
        handle::step(app, id, by(), Step::WaiveFee { by: by() }).await?;
    }
    let decision = handle::Decided {
        outcome: Outcome::Granted,
        refused: Vec::new(),
        alternative: None,
        reason: String::new(),
        reply: None,
    };
    let made = handle::decide(app, id, by(), decision).await?;
    if made.progress.awaits_approval() {
        let by = || "another".to_owned();
        handle::step(app, id, by(), Step::Approve { by: by() }).await?;
    }
    Ok(id)
}
