//! A value in every disguise in which it might lie about: in which encoding, and from which byte on. Also
//! used by `tests/proofs`.

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};

/// Every way in which a value might lie about: the bytes to look for.
pub fn disguises(value: &str) -> Vec<Vec<u8>> {
    let bytes = value.as_bytes();
    let utf16: Vec<u16> = value.encode_utf16().collect();
    let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let escaped: String = value
        .encode_utf16()
        .map(|unit| match char::from_u32(u32::from(unit)) {
            Some(c) if c.is_ascii() => c.to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let percent: String = bytes
        .iter()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(*byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let mut found = vec![bytes.to_vec(), little, big, escaped.into_bytes(), percent.into_bytes()];
    found.push(HEXLOWER.encode(bytes).into_bytes());
    found.push(HEXUPPER.encode(bytes).into_bytes());
    // Base64 depends on where the value begins: what stays the same, for each of the three.
    for shift in 0..3 {
        let mut shifted = vec![b' '; shift];
        shifted.extend_from_slice(bytes);
        let whole = shifted.len() / 3 * 3;
        for encoding in [&BASE64, &BASE64URL] {
            let text = encoding.encode(&shifted[..whole]);
            found.push(text.bytes().skip(if shift == 0 { 0 } else { 4 }).collect());
        }
    }
    found
}

/// Whether the bytes hold those.
pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
