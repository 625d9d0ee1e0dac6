//! Mail over SMTP, by `lettre`. Over a network only encrypted; in clear to this machine alone. What
//! a mail server answers may quote an address, so that only its number is ever told. The demo, which
//! has no mail server, keeps its letters in a folder instead.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use vault::Plain;

use super::NotSent;
use crate::letter::Written;

/// How long the mail server may take over one step.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where letters are handed to, and in whose name. Made and dropped inside a runtime, which the
/// connections of a mail server belong to.
#[derive(Clone)]
pub struct Mail {
    carrier: Carrier,
    from: Mailbox,
}

#[derive(Clone)]
enum Carrier {
    Server(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// Why mail cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum BadMail {
    /// The address of the server.
    #[error(
        "--smtp is not the address of a mail server; give `smtps://USER:PASSWORD@HOST`, \
         `smtp://USER:PASSWORD@HOST:587?tls=required`, or `smtp://127.0.0.1:PORT`"
    )]
    Url,
    /// In clear over a network.
    #[error(
        "--smtp would send letters in clear over the network; give `smtps://…`, or \
         `smtp://…?tls=required`"
    )]
    Clear,
    /// The sender.
    #[error("--mail-from is not an address; give `NAME <name@example.com>`")]
    From,
}

impl Mail {
    /// From an address such as `smtps://user:password@host` and a sender.
    ///
    /// # Errors
    /// [`BadMail`], which never quotes what was given: it may hold a password.
    pub fn new(url: &str, from: &str) -> Result<Self, BadMail> {
        let parts: axum::http::Uri = url.parse().map_err(|_| BadMail::Url)?;
        let host = parts.host().unwrap_or_default();
        let encrypted = match parts.scheme_str() {
            Some("smtps") => true,
            Some("smtp") => parts.query() == Some("tls=required"),
            _ => return Err(BadMail::Url),
        };
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let loopback = host == "localhost"
            || address.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        if !encrypted && !loopback {
            return Err(BadMail::Clear);
        }
        let from = from.parse().map_err(|_| BadMail::From)?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| BadMail::Url)?
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(1))
            .build();
        Ok(Self { carrier: Carrier::Server(transport), from })
    }

    /// Keeps letters as files in a folder, readable by its owner alone: for samples, which have no mail
    /// server.
    ///
    /// # Errors
    /// [`BadMail::From`].
    pub fn in_folder(folder: &Path, from: &str) -> Result<Self, BadMail> {
        let from = from.parse().map_err(|_| BadMail::From)?;
        Ok(Self { carrier: Carrier::Folder(folder.to_owned()), from })
    }

    /// Whether the server answers; asked before an address is opened, since one that is opened for
    /// nothing would be on record for nothing.
    ///
    /// # Errors
    /// [`NotSent::Later`], whatever is wrong: it is wrong with the server.
    pub async fn is_there(&self) -> Result<(), NotSent> {
        let Carrier::Server(server) = &self.carrier else { return Ok(()) };
        match server.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotSent::Later { code: None }),
            Err(error) => Err(NotSent::Later { code: code(&error) }),
        }
    }

    /// Hands a letter to the server. The same id makes the same `Message-ID`, by which a letter that
    /// comes twice is known as one.
    ///
    /// # Errors
    /// [`NotSent`].
    pub async fn send(
        &self,
        id: &str,
        to: &Plain,
        letter: &Written,
        now: Timestamp,
    ) -> Result<(), NotSent> {
        let never = NotSent::Never { code: None };
        let to: Address = to.reveal().parse().map_err(|_| never)?;
        let message = self.message(id, now).to(Mailbox::new(None, to)).subject(&letter.subject);
        let mut message = message.multipart(parts(letter)?).map_err(|_| never)?;
        // No machine should answer a machine (RFC 3834).
        message.headers_mut().insert_raw(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
        let server = match &self.carrier {
            Carrier::Server(server) => server,
            Carrier::Folder(folder) => {
                return keep(&folder.join(format!("{id}.eml")), &message.formatted()).map_err(
                    |error| {
                        tracing::warn!(%error, "a letter cannot be kept");
                        NotSent::Later { code: None }
                    },
                );
            }
        };
        match server.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(NotSent::Never { code: code(&error) }),
            Err(error) => Err(NotSent::Later { code: code(&error) }),
        }
    }

    fn message(&self, id: &str, now: Timestamp) -> MessageBuilder {
        Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date(now.into())
            .from(self.from.clone())
    }
}

/// Keeps a letter; the same letter twice is one file.
fn keep(file: &Path, letter: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(letter)
}

/// A letter as a mail carries it (RFC 2046): text and HTML of the same, and PDF files beside them.
fn parts(letter: &Written) -> Result<MultiPart, NotSent> {
    let paper = &letter.paper;
    let said = MultiPart::alternative()
        .singlepart(SinglePart::plain(paper::text(paper)))
        .singlepart(SinglePart::html(paper::html_for_mail(paper)));
    if letter.attached.is_empty() {
        return Ok(said);
    }
    let pdf = ContentType::parse("application/pdf").map_err(|_| NotSent::Never { code: None })?;
    let mut whole = MultiPart::mixed().multipart(said);
    for (name, paper) in &letter.attached {
        let bytes = paper::pdf(paper).map_err(|error| {
            tracing::error!(%error, "a letter cannot be set as PDF");
            NotSent::Never { code: None }
        })?;
        let file = Attachment::new(format!("{name}.pdf")).body(bytes, pdf.clone());
        whole = whole.singlepart(file);
    }
    Ok(whole)
}

fn code(error: &smtp::Error) -> Option<u16> {
    error.status().map(u16::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn letters_go_in_clear_to_this_machine_only() {
        let from = "Desk <desk@example.com>";
        for fine in [
            "smtp://127.0.0.1:2525",
            "smtp://localhost:25",
            "smtp://[::1]:2525",
            "smtps://user:pass%40word@mail.example.com",
            "smtp://mail.example.com:587?tls=required",
        ] {
            assert!(Mail::new(fine, from).is_ok(), "{fine}");
        }
        for (wrong, clear) in [
            ("smtp://mail.example.com", true),
            ("smtp://mail.example.com:587?tls=opportunistic", true),
            ("smtp://127.0.0.1.example.com", true),
            ("http://127.0.0.1", false),
            ("127.0.0.1:25", false),
            ("", false),
        ] {
            let error = Mail::new(wrong, from).err().unwrap();
            assert_eq!(matches!(error, BadMail::Clear), clear, "{wrong}");
        }
        let error = Mail::new("smtps://user:sesame@mail.example.com", "the desk").err().unwrap();
        assert!(matches!(error, BadMail::From) && !error.to_string().contains("sesame"));
    }
}
