//! The one place that draws from the system's random source. Knows nothing of what for.

use anyhow::anyhow;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

/// Letters and digits that are hard to mistake for one another when read aloud.
const PLAIN: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("draw random bytes: {error}"))?;
    Ok(bytes)
}

/// A random UUID, version 4.
pub(crate) fn uuid() -> anyhow::Result<String> {
    let mut bytes = bytes::<16>()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = HEXLOWER.encode(&bytes);
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

/// Six random digits, each number as likely as the others.
pub(crate) fn digits() -> anyhow::Result<String> {
    loop {
        let drawn = u32::from_be_bytes(bytes()?);
        if drawn < u32::MAX - u32::MAX % 1_000_000 {
            return Ok(format!("{:06}", drawn % 1_000_000));
        }
    }
}

/// 256 random bits for a session, as text for a cookie.
pub(crate) fn token() -> anyhow::Result<String> {
    Ok(BASE64URL_NOPAD.encode(&bytes::<32>()?))
}

/// A booking number such as `B-7KQ4M2X9`.
pub(crate) fn booking_number() -> anyhow::Result<String> {
    let letters = bytes::<8>()?.map(|byte| char::from(PLAIN[usize::from(byte % 32)]));
    Ok(letters.iter().fold("B-".to_owned(), |number, letter| number + &letter.to_string()))
}

/// A short id that joins an error page to its line in the log.
pub(crate) fn error_id() -> String {
    bytes::<4>().map_or_else(|_| "00000000".to_owned(), |bytes| HEXLOWER.encode(&bytes))
}
