//! Time-based one-time codes (RFC 6238): the second thing that somebody of a store or of the operator signs
//! in with. SHA-1, six digits and thirty seconds, because that is what every authenticator app reads.
//! Knows nothing of logins, nor of which codes were used.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;

use crate::chance;

/// The bytes of a secret: as many as the hash has (RFC 4226, 4).
pub(crate) const BYTES: usize = 20;
/// How long a code stands, in seconds.
const STEP_SECONDS: i64 = 30;

/// What an authenticator app and the book share. Has no `Debug`.
#[derive(Clone)]
pub(crate) struct Totp([u8; BYTES]);

impl Totp {
    /// Draws a new one.
    pub(crate) fn draw() -> anyhow::Result<Self> {
        chance::bytes().map(Self)
    }

    /// Reads one back; `None` when it has another length.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads one as people type it: base 32, with or without gaps.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        Self::from_bytes(&BASE32_NOPAD.decode(text.as_bytes()).ok()?)
    }

    /// The bytes, to be sealed.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it.
    pub(crate) fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The code of a step.
    pub(crate) fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        // Dynamic truncation (RFC 4226, 5.3): four bytes from where the last half-byte says.
        let at = usize::from(tag[tag.len() - 1] & 0x0f);
        let number = tag[at..at + 4].iter().fold(0_u32, |n, byte| n << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// The step that a code stands for at a moment: its own, the one before or the one after, since clocks
    /// differ (RFC 6238, 5.2 and 6). Steps up to `used` no longer count: a code is used once.
    pub(crate) fn step_of(&self, given: &str, now: Timestamp, used: i64) -> Option<i64> {
        let step = step_at(now);
        let mut found = None;
        // All three are compared, so that the time does not tell which.
        for step in [step - 1, step, step + 1] {
            let fits = verify_slices_are_equal(self.code(step).as_bytes(), given.as_bytes());
            if fits.is_ok() && step > used {
                found = found.or(Some(step));
            }
        }
        found
    }
}

/// The step of a moment.
pub(crate) fn step_at(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        let secret = Totp(*b"12345678901234567890");
        // The last six of the eight digits there.
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(step_at(Timestamp::from_second(at).unwrap())), code);
        }
    }

    #[test]
    fn a_code_stands_for_one_step_either_way_and_once() {
        let secret = Totp::draw().unwrap();
        let now: Timestamp = "2026-11-22T09:00:10Z".parse().unwrap();
        let step = step_at(now);
        for near in [step - 1, step, step + 1] {
            assert_eq!(secret.step_of(&secret.code(near), now, step - 2), Some(near));
            assert_eq!(secret.step_of(&secret.code(near), now, near), None, "used");
        }
        let codes = [step - 1, step, step + 1].map(|step| secret.code(step));
        for far in [step - 2, step + 2] {
            // By chance two steps may share a code.
            let code = secret.code(far);
            assert!(codes.contains(&code) || secret.step_of(&code, now, 0).is_none());
        }
        for wrong in ["", "12345", "１２３４５６", "not a code"] {
            assert_eq!(secret.step_of(wrong, now, 0), None);
        }
        let again = Totp::from_text(&format!(" {} ", secret.text())).unwrap();
        assert_eq!(again.bytes(), secret.bytes());
    }
}
