//! Time-based one-time codes (RFC 6238): the second thing that somebody of the staff signs in with.
//! SHA-1, six digits and thirty seconds, because that is what every authenticator app understands.
//! Knows nothing of accounts, nor of which codes were used.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::cipher::{self, CannotSeal};

/// The bytes of a secret: as many as the hash has (RFC 4226, 4).
const BYTES: usize = 20;
/// How long a code stands, in seconds.
pub const STEP_SECONDS: i64 = 30;
/// How many digits a code has.
pub const DIGITS: usize = 6;

/// What an authenticator app and the house share; wiped when dropped, silent when printed.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; BYTES]>);

impl TotpSecret {
    /// Draws a new one.
    pub fn create() -> Result<Self, CannotSeal> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        cipher::random(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// Reads one back; `None` when it has another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut kept = Zeroizing::new([0; BYTES]);
        if bytes.len() != BYTES {
            return None;
        }
        kept.copy_from_slice(bytes);
        Some(Self(kept))
    }

    /// The bytes, to be sealed or shown to whom they belong.
    pub fn reveal(&self) -> &[u8] {
        &*self.0
    }

    /// The code of a step.
    pub fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &*self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        // Dynamic truncation (RFC 4226, 5.3): four bytes from where the last half-byte says.
        let at = usize::from(tag[tag.len() - 1] & 0x0f);
        let number = tag[at..at + 4].iter().fold(0_u32, |n, byte| n << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// The step that a code stands for at a moment, in seconds since 1970: that of the moment, the
    /// one before or the one after, since clocks differ (RFC 6238, 5.2 and 6). Steps up to `used`
    /// no longer count: a code is used once.
    pub fn check(&self, given: &str, at: i64, used: i64) -> Option<i64> {
        let now = step_at(at);
        let mut found = None;
        // All three are compared, so that the time does not tell which.
        for step in [now - 1, now, now + 1] {
            let fits = verify_slices_are_equal(self.code(step).as_bytes(), given.as_bytes());
            if fits.is_ok() && step > used {
                found = found.or(Some(step));
            }
        }
        found
    }
}

/// The step of a moment, in seconds since 1970.
pub fn step_at(seconds: i64) -> i64 {
    seconds.div_euclid(STEP_SECONDS)
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_the_rfcs() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_4226_appendix_d() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(of_the_rfcs().code(step), code);
        }
    }

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        // The last six of the eight digits there.
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(of_the_rfcs().code(step_at(at)), code);
        }
    }

    #[test]
    fn a_code_stands_for_one_step_either_way_and_once() {
        let secret = TotpSecret::create().unwrap();
        let (at, step) = (1_795_305_600, step_at(1_795_305_600));
        for near in [step - 1, step, step + 1] {
            assert_eq!(secret.check(&secret.code(near), at, step - 2), Some(near));
            assert_eq!(secret.check(&secret.code(near), at, near), None, "used");
        }
        let codes = [step - 1, step, step + 1].map(|step| secret.code(step));
        for far in [step - 2, step + 2] {
            // By chance two steps may share a code.
            let code = secret.code(far);
            assert!(codes.contains(&code) || secret.check(&code, at, 0).is_none());
        }
        for wrong in ["", "12345", "１２３４５６", "not a code"] {
            assert_eq!(secret.check(wrong, at, 0), None);
        }
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
        assert!(TotpSecret::from_bytes(&[0; 19]).is_none());
    }
}
