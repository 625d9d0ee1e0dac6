//! The history of sign-ins (S5): what the policy's item says is noted, under her own key, and as long as the
//! policy keeps it. One line for each try, the newest first: when, by what means, whether it fit, and the
//! kind of device that the service names. Never an address of a network.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use policy::item::{RetentionStart, ValueKind};
use policy::record::{Act, HeldItem, SignInMeans};
use policy::{Ask, Document, Item, ItemName, PurposeName, Record, RegimeName, SubjectId};
use serde::{Deserialize, Serialize};

use crate::acts::consent::open;
use crate::app::App;
use crate::error::Error;
use crate::gate::{self, Asking, Disclosed};
use crate::intake::Putting;
use crate::once::Fresh;
use crate::store::{Tx, subjects};

/// Who notes, in the records.
const BY: &str = "azukari (sign-in)";

/// A kind of device, as the service tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A telephone.
    Phone,
    /// A tablet.
    Tablet,
    /// A computer.
    Computer,
    /// Something else.
    Other,
}

impl Device {
    const ALL: [Self; 4] = [Self::Phone, Self::Tablet, Self::Computer, Self::Other];

    /// The word in the history and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Computer => "computer",
            Self::Other => "other",
        }
    }
}

/// One try to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// When.
    pub at: Timestamp,
    /// By what means.
    pub means: SignInMeans,
    /// Whether it fit.
    pub succeeded: bool,
    /// From which kind of device, if the service told.
    pub device: Option<Device>,
}

impl Try {
    fn line(&self) -> String {
        let mut line = format!("{:.0} {} ", self.at, self.means.word());
        line.push_str(if self.succeeded { "ok" } else { "failed" });
        if let Some(device) = self.device {
            let _ = write!(line, " {}", device.word());
        }
        line
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let at = words.next()?.parse().ok()?;
        let means = words.next()?;
        let means = SignInMeans::ALL.into_iter().find(|known| known.word() == means)?;
        let succeeded = match words.next()? {
            "ok" => true,
            "failed" => false,
            _ => return None,
        };
        let device = words.next();
        let device = device.and_then(|word| Device::ALL.into_iter().find(|d| d.word() == word));
        Some(Self { at, means, succeeded, device })
    }
}

/// The history's item, and the purpose under which it is kept up and shown in a regime.
fn history<'a>(
    document: &'a Document,
    regime: &RegimeName,
) -> Option<(&'a ItemName, &'a Item, &'a PurposeName)> {
    let (name, item) = document.items.iter().find(|(_, item)| item.sign_ins)?;
    Some((name, item, document.own_purpose(name, regime)?))
}

fn asking(subject: SubjectId, item: &ItemName, purpose: &PurposeName, by: String) -> Asking {
    let (item, purpose) = (item.clone(), purpose.clone());
    let (recipient, reference) = (None, None);
    let ask = Ask { subject, recipient, purpose, items: vec![item], reference, exception: false };
    Asking { ask, exception: None, by, once: None }
}

/// Notes a try. Where the policy has no item for it, or she has stopped the purpose, nothing is noted.
///
/// # Errors
/// Failures of database or vault.
pub async fn note(app: &Arc<App>, subject: SubjectId, tried: Try) -> Result<(), Error> {
    let (fresh, keeper) = (Fresh::new()?, Arc::clone(app));
    let act = move |tx: &mut Tx<'_>| {
        let Some(regime) = open(tx, subject)?.regime else { return Ok(()) };
        let document = keeper.policy();
        let Some((name, item, purpose)) = history(&document, &regime) else { return Ok(()) };
        let asking = asking(subject, name, purpose, BY.to_owned());
        let Some(before) = gate::to_amend(&keeper, tx, &asking, tried.at)? else { return Ok(()) };
        let text = add(item, before.as_ref().map(vault::Plain::reveal), tried);
        let putting = Putting::read(&keeper, subject, "history", name.as_str(), &text)?;
        let version = putting.put(&keeper, tx, BY)?;
        let item = HeldItem { item: name.clone(), version };
        let Try { means, succeeded, .. } = tried;
        let record = Record {
            at: tried.at,
            policy: document.version,
            subject: Some(subject),
            by: BY.to_owned(),
            act: Act::SignInNoted { item, means, succeeded },
        };
        keeper.record(tx, &record, None, &fresh).map(drop)
    };
    app.store.write(act).await
}

/// The history with one more try on top: as much of it as the item holds, and as long as it is kept.
fn add(item: &Item, before: Option<&str>, tried: Try) -> String {
    let max = match item.value {
        ValueKind::Text { max_chars, .. } => max_chars,
        _ => 0,
    };
    let kept = SignedDuration::from_hours(i64::from(item.retention.days) * 24);
    let since = (item.retention.from == RetentionStart::LastPut).then(|| tried.at - kept);
    let young = |line: &&str| {
        Try::read(line).is_some_and(|tried| since.is_none_or(|since| tried.at >= since))
    };
    let mut text = tried.line();
    for line in before.into_iter().flat_map(str::lines).filter(young) {
        if text.len() + 1 + line.len() > max {
            break;
        }
        text.push('\n');
        text.push_str(line);
    }
    text
}

/// A person's sign-ins, the newest first, through the gate; with the record of it. `None` where none are
/// kept.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person; [`Error::Refused`] with every reason.
pub async fn of(
    app: &Arc<App>,
    subject: SubjectId,
    by: String,
) -> Result<Option<(Vec<Try>, Disclosed)>, Error> {
    let held = app.store.read(move |conn| subjects::get(conn, subject)).await?;
    let regime = held.filter(|held| held.wrapped.is_some()).and_then(|held| held.regime);
    let regime = regime.ok_or_else(|| Error::not_found("subject", subject.to_string()))?;
    let document = app.policy();
    let Some((name, _, purpose)) = history(&document, &regime) else { return Ok(None) };
    let disclosed = gate::disclose(app, asking(subject, name, purpose, by)).await?;
    let text = disclosed.items.get(name).and_then(Option::as_ref);
    let lines = text.into_iter().flat_map(|text| text.reveal().lines());
    let tries = lines.filter_map(Try::read).collect();
    Ok(Some((tries, disclosed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        for means in SignInMeans::ALL {
            for (succeeded, device) in [(true, None), (false, Some(Device::Tablet))] {
                let at = "2026-11-22T00:00:00Z".parse().unwrap();
                let tried = Try { at, means, succeeded, device };
                assert_eq!(Try::read(&tried.line()), Some(tried));
            }
        }
        for wrong in ["", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z password perhaps"] {
            assert_eq!(Try::read(wrong), None);
        }
    }
}
