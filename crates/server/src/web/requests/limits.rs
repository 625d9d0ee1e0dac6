//! How often these pages may be tried: by where somebody is, and by the receipt number or address they
//! name, so that neither can be guessed and nobody is flooded with letters. What is counted by is a keyed
//! fingerprint, held in memory alone.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Reader;
use crate::error::Error;
use crate::keys::Keys;

/// Entries remembered before those at rest are forgotten.
const REMEMBERED: usize = 10_000;

/// A burst, and how many a minute after it.
const fn quota(burst: u32, per_minute: u32) -> Quota {
    match (NonZeroU32::new(burst), NonZeroU32::new(per_minute)) {
        (Some(burst), Some(rate)) => Quota::per_minute(rate).allow_burst(burst),
        _ => Quota::per_minute(NonZeroU32::MIN),
    }
}

/// One thing that is counted.
struct Count {
    tries: DefaultKeyedRateLimiter<[u8; 16]>,
    wait_s: u64,
}

impl Count {
    fn new(quota: Quota, wait_s: u64) -> Self {
        Self { tries: RateLimiter::keyed(quota), wait_s }
    }

    fn one_more(&self, key: &[u8; 16]) -> Result<(), Error> {
        if self.tries.len() > REMEMBERED {
            self.tries.retain_recent();
        }
        let free = self.tries.check_key(key).is_ok();
        if free { Ok(()) } else { Err(Error::TooMany { retry_after_s: self.wait_s }) }
    }
}

/// Everything that is counted here.
pub(super) struct Limits {
    asked_from: Count,
    asked_for: Count,
    entered_from: Count,
    entered_by: Count,
}

impl Default for Limits {
    fn default() -> Self {
        let hourly = Quota::per_hour(NonZeroU32::MIN);
        Self {
            asked_from: Count::new(quota(20, 4), 60),
            asked_for: Count::new(hourly.allow_burst(NonZeroU32::MIN.saturating_add(9)), 3600),
            entered_from: Count::new(quota(40, 10), 30),
            entered_by: Count::new(quota(12, 1), 60),
        }
    }
}

/// Where somebody is, as it is counted: of an IPv6 address the network, which one household has.
fn place(keys: &Keys, client: IpAddr) -> Result<[u8; 16], Error> {
    let text = match client.to_canonical() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    };
    Ok(keys.fingerprint(&[b"request page client", &text])?)
}

impl Limits {
    /// One more request from there, with letters to that address.
    pub(super) fn asks(&self, keys: &Keys, reader: &Reader, email: &str) -> Result<(), Error> {
        if let Some(client) = reader.client {
            self.asked_from.one_more(&place(keys, client)?)?;
        }
        let email = policy::normal::email(email).unwrap_or_default();
        self.asked_for.one_more(&keys.fingerprint(&[b"request page email", email.as_bytes()])?)
    }

    /// One more try at a receipt number, whether or not there is such a request.
    pub(super) fn enters(&self, keys: &Keys, reader: &Reader, number: &str) -> Result<(), Error> {
        if let Some(client) = reader.client {
            self.entered_from.one_more(&place(keys, client)?)?;
        }
        let number = policy::request::RequestId::read_number(number).unwrap_or_default();
        self.entered_by.one_more(&keys.fingerprint(&[b"request page number", number.as_bytes()])?)
    }
}
