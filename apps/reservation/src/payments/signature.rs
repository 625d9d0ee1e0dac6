//! How a payment platform signs its messages (`Stripe-Signature`): the moment and, over moment and message, an
//! HMAC with SHA-256 under a shared secret. While a secret is changed there may be two. A message that is
//! older than five minutes is nobody's, so that one that was overheard cannot be sent again later.

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::Unsigned;

/// How far the moment of a signature may be from ours, in seconds.
const TOLERANCE_SECONDS: i64 = 300;

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

fn signed(at: i64, message: &[u8]) -> Vec<u8> {
    [at.to_string().as_bytes(), b".", message].concat()
}

/// The header that says who sent a message.
pub(crate) fn sign(secret: &str, message: &[u8], now: Timestamp) -> String {
    let at = now.as_second();
    let tag = hmac::sign(&key(secret), &signed(at, message));
    format!("t={at},v1={}", HEXLOWER.encode(tag.as_ref()))
}

/// Whether whoever knows the secret sent this message just now.
///
/// # Errors
/// [`Unsigned`] otherwise.
pub(crate) fn verify(
    secret: &str,
    header: &str,
    message: &[u8],
    now: Timestamp,
) -> Result<(), Unsigned> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let at = parts().find_map(|(name, at)| (name == "t").then_some(at));
    let at: i64 = at.and_then(|at| at.parse().ok()).ok_or(Unsigned)?;
    if at.abs_diff(now.as_second()) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(Unsigned);
    }
    let message = signed(at, message);
    let fits = |tag: &str| {
        let tag = HEXLOWER.decode(tag.as_bytes());
        tag.is_ok_and(|tag| hmac::verify(&key(secret), &message, &tag).is_ok())
    };
    if parts().any(|(name, tag)| name == "v1" && fits(tag)) { Ok(()) } else { Err(Unsigned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_mihon";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_tag_is_what_anybody_s_hmac_makes_of_it() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_mihon
        let tag = "24056295ffe30ad0d1b97f073ab28af28adb0f7f3721fc602e25fb4bebf963ce";
        assert_eq!(sign(SECRET, b"{}", at(1_700_000_000)), format!("t=1700000000,v1={tag}"));
    }

    #[test]
    fn only_what_was_signed_under_the_secret_just_now_is_taken() {
        let now = at(1_700_000_000);
        let header = sign(SECRET, b"{}", now);
        let taken = |secret, header: &str, message: &[u8], now| {
            verify(secret, header, message, now).is_ok()
        };
        assert!(taken(SECRET, &header, b"{}", now));
        assert!(taken(SECRET, &header, b"{}", at(1_700_000_300)));
        assert!(taken(SECRET, &header, b"{}", at(1_699_999_700)));
        // Replayed later, changed on the way, signed by somebody else, or not at all.
        assert!(!taken(SECRET, &header, b"{}", at(1_700_000_301)));
        assert!(!taken(SECRET, &header, b"{}", at(1_699_999_699)));
        assert!(!taken(SECRET, &header, b"{ }", now));
        assert!(!taken("whsec_other", &header, b"{}", now));
        for wrong in
            ["", "t=1700000000", "t=x,v1=00", "v1=00", "t=1700000000,v1=", "t=1700000000,v1=zz"]
        {
            assert!(!taken(SECRET, wrong, b"{}", now), "{wrong}");
        }
        // The moment is signed as well.
        let moved = header.replace("t=1700000000", "t=1700000001");
        assert!(!taken(SECRET, &moved, b"{}", now));
        // An older scheme is not taken for this one; of two tags one is enough.
        assert!(!taken(SECRET, &header.replace("v1", "v0"), b"{}", now));
        let (when, tag) = header.split_once(',').unwrap();
        let two = format!("{when}, v1={}, {tag}", "00".repeat(32));
        assert!(taken(SECRET, &two, b"{}", now));
    }
}
