//! Puts an answer into one file: a ZIP whose parts are always the same for the same answer, and around
//! it, on her wish, an age file that a passphrase opens.

use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use age::secrecy::SecretString;
use jiff::Timestamp;
use policy::calendar::calendar;
use vault::Plain;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::proofs::Proven;
use super::sheet::sheet;
use super::tables::{csv, tables};
use super::told::Told;
use super::words;
use crate::error::Error;

/// The schema of `data.json`.
pub(super) const SCHEMA: &str = include_str!("schema.json");
/// The steps by hand.
const BY_HAND: &str = include_str!("verify.sh");
/// scrypt's cost as a power of two: OWASP's floor, 128 MiB and some tenths of a second.
const WORK_FACTOR: u8 = 17;

/// A ZIP that is being written.
struct Zip {
    writer: ZipWriter<Cursor<Vec<u8>>>,
    options: SimpleFileOptions,
}

impl Zip {
    fn new(at: Timestamp) -> Self {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(moment(at))
            .unix_permissions(0o644);
        Self { writer: ZipWriter::new(Cursor::new(Vec::new())), options }
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.writer.start_file(name, self.options).map_err(anyhow::Error::from)?;
        Ok(self.writer.write_all(bytes).map_err(anyhow::Error::from)?)
    }
}

/// The moment of the answer, in Japan's time: a ZIP knows no zone.
fn moment(at: Timestamp) -> DateTime {
    let at = at.to_zoned(calendar());
    let small = |number: i8| number.unsigned_abs();
    DateTime::from_date_and_time(
        at.year().unsigned_abs(),
        small(at.month()),
        small(at.day()),
        small(at.hour()),
        small(at.minute()),
        small(at.second()),
    )
    .unwrap_or_default()
}

/// The parts that were timed, by name.
pub(super) type Parts = Vec<(&'static str, Duration)>;

/// The ZIP of an answer, and how long its parts took.
///
/// # Errors
/// When a part cannot be written.
pub(super) fn pack(told: &Told, proven: &Proven) -> Result<(Vec<u8>, Parts), Error> {
    let language = told.language;
    let mut parts = Parts::new();
    // The PDF is the heavy part: it is set beside the others.
    std::thread::scope(|scope| {
        let pdf = scope.spawn(|| {
            let since = Instant::now();
            (paper::pdf(&sheet(told, false)), since.elapsed())
        });
        let mut zip = Zip::new(told.request.answered_at);
        let since = Instant::now();
        zip.put("index.html", paper::html(&sheet(told, true)).as_bytes())?;
        parts.push(("  page", since.elapsed()));
        let since = Instant::now();
        let json = serde_json::to_vec_pretty(told).map_err(anyhow::Error::from)?;
        zip.put(words::data_name(told.request.of), &json)?;
        zip.put("schema.json", SCHEMA.as_bytes())?;
        for table in tables(told) {
            zip.put(&format!("csv/{}.csv", table.file), &csv(&table)?)?;
        }
        parts.push(("  data and tables", since.elapsed()));
        if proven.count > 0 {
            let since = Instant::now();
            zip.put("proofs/records.jsonl", &proven.lines)?;
            zip.put("proofs/checkpoint", proven.checkpoint.as_bytes())?;
            zip.put("proofs/key", format!("{}\n", proven.key).as_bytes())?;
            zip.put("proofs/verify.sh", BY_HAND.as_bytes())?;
            let (name, text) = words::instructions(language);
            zip.put(&format!("proofs/{name}"), text.as_bytes())?;
            parts.push(("  proofs", since.elapsed()));
        }
        let (pdf, took) =
            pdf.join().map_err(|_| anyhow::anyhow!("the PDF of an answer cannot be set"))?;
        parts.push(("  PDF", took));
        zip.put(&words::pdf_name(told.request.of, language), &pdf.map_err(anyhow::Error::from)?)?;
        let done = zip.writer.finish().map_err(anyhow::Error::from)?;
        Ok((done.into_inner(), parts))
    })
}

/// Seals a file with a passphrase (age, scrypt).
///
/// # Errors
/// When the machine fails.
pub(super) fn encrypt(bytes: &[u8], passphrase: &Plain) -> Result<Vec<u8>, Error> {
    let mut recipient =
        age::scrypt::Recipient::new(SecretString::from(passphrase.reveal().to_owned()));
    recipient.set_work_factor(WORK_FACTOR);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(anyhow::Error::from)?;
    let mut sealed = Vec::with_capacity(bytes.len() + 1_024);
    let mut writer = encryptor.wrap_output(&mut sealed).map_err(anyhow::Error::from)?;
    writer.write_all(bytes).map_err(anyhow::Error::from)?;
    writer.finish().map_err(anyhow::Error::from)?;
    Ok(sealed)
}
