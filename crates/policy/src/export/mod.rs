//! The policy in the words of others: the W3C Data Privacy Vocabulary, fideslang, a record of
//! processing, and consent records. Each file writes one vocabulary from the same [`Document`] and
//! knows nothing of the others; what they share is here: who receives what, and by which route.

pub mod consent_record;
pub mod dpv;
pub mod fides;
mod jsonld;
pub mod ropa;

use sha2::{Digest, Sha256};

use crate::document::Document;
use crate::item::{Item, ItemName, Linked, Retention};
use crate::party::{Recipient, Role};
use crate::purpose::PurposeName;
use crate::record::Route;
use crate::regime::Regime;
use crate::retention::Hold;

/// Sixteen bytes as a UUID of the given version (RFC 9562).
fn uuid(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = (bytes[6] & 0x0f) | (version << 4);
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// The first sixteen bytes of a SHA-256 over parts, each with its length.
fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let mut first = [0; 16];
    first.copy_from_slice(&hash[..16]);
    first
}

/// How long an item is kept for a purpose: by the purpose's own period, if it has one.
fn kept_for(item: &Item, purpose: &PurposeName) -> Retention {
    item.retention_for.get(purpose).copied().unwrap_or(item.retention)
}

/// Every period of an item, each once: its own, and those of single purposes.
fn periods(item: &Item) -> Vec<Retention> {
    let mut periods = vec![item.retention];
    for period in item.retention_for.values() {
        if !periods.contains(period) {
            periods.push(*period);
        }
    }
    periods
}

/// The duties to keep that cover an item beyond its periods (R12.2).
fn holds_on<'a>(document: &'a Document, name: &ItemName, item: &Item) -> Vec<&'a Hold> {
    let mut holds: Vec<&Hold> =
        document.holds_in_order().into_iter().map(|(_, hold)| hold).collect();
    holds.retain(|hold| {
        let of_its_purposes = item.purposes.iter().any(|purpose| hold.purposes.contains(purpose));
        hold.items.contains(name) || hold.items.is_empty() && of_its_purposes
    });
    holds
}

/// The items that serve a purpose, in the order of the policy.
fn items_for<'a>(document: &'a Document, purpose: &PurposeName) -> Vec<(&'a ItemName, &'a Item)> {
    let mut items = document.items_in_order();
    items.retain(|(_, item)| item.purposes.contains(purpose));
    items
}

/// What a recipient may receive for a purpose: what serves it, is linked with the person, and is on
/// the recipient's own list if it has one.
fn received<'a>(
    document: &'a Document,
    recipient: &Recipient,
    purpose: &PurposeName,
) -> Vec<(&'a ItemName, &'a Item)> {
    if !recipient.purposes.contains(purpose) || !recipient.handles_personal_data {
        return Vec::new();
    }
    let mut items = items_for(document, purpose);
    items.retain(|(name, item)| {
        let listed = recipient.items.is_empty() || recipient.items.contains(name);
        item.linked == Linked::Person && listed
    });
    items
}

/// By which route the policy's files let information reach a recipient, whoever asks and whenever:
/// `None` when none is open. Whether a check is overdue is for the gate to say.
fn route(recipient: &Recipient, regime: &Regime) -> Option<Route> {
    if !recipient.handles_personal_data {
        return Some(Route::NotAProvision);
    }
    let country = recipient.country.as_ref()?;
    let transfer = &regime.transfer;
    if transfer.home.contains(country) {
        Some(Route::Domestic)
    } else if transfer.designated.contains(country) {
        Some(Route::Designated)
    } else if recipient.role == Role::Authority {
        Some(Route::Exception)
    } else if recipient.equivalent_measures.is_some() {
        Some(Route::EquivalentMeasures)
    } else if transfer.consent && recipient.transfer_consent.is_some() {
        Some(Route::Consent)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_says_its_version_and_variant() {
        assert_eq!(uuid([0xff; 16], 4), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16], 8), "00000000-0000-8000-8000-000000000000");
    }
}
