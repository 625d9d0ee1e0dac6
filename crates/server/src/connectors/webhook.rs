//! Webhooks over HTTP, signed by the Standard Webhooks scheme (1.0.0). No redirect is followed and no
//! proxy asked, so that a message goes to the address that was checked and to no other; what comes
//! back is not read beyond its number.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, header};

use super::NotSent;

/// How long a receiver may take over a message.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// What speaks to receivers. Made inside a runtime.
#[derive(Clone)]
pub struct Webhooks {
    /// For endpoints that are out in the open.
    public: Client,
    /// For those that an operator put in a network of their own.
    inside: Client,
}

/// What a receiver answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It has the message (2xx).
    Taken,
    /// It wants none any more (410).
    Gone,
}

/// A message on its way.
pub struct Sending<'a> {
    /// Where to.
    pub url: &'a str,
    /// Whether that may be in a network that is not public.
    pub inside: bool,
    /// The message's id, the same at every try.
    pub id: &'a str,
    /// Now.
    pub now: Timestamp,
    /// The body.
    pub body: Vec<u8>,
}

impl Webhooks {
    /// With the certificates that this machine trusts.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = || {
            Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .timeout(PATIENCE)
                .connect_timeout(CONNECTING)
                .user_agent(concat!("azukari/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self {
            public: client().https_only(true).dns_resolver(PublicOnly).build()?,
            inside: client().build()?,
        })
    }

    /// Hands a message over, signed with every secret.
    ///
    /// # Errors
    /// [`NotSent::Later`], whatever else is answered.
    pub async fn send<'a>(
        &self,
        sending: Sending<'_>,
        secrets: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Answer, NotSent> {
        let Sending { url, inside, id, now, body } = sending;
        let timestamp = now.as_second();
        let signatures: Vec<String> =
            secrets.map(|secret| signature(secret, id, timestamp, &body)).collect();
        let request = self
            .post(url, inside, body)
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures.join(" "));
        hand_over(request).await
    }

    /// Tells an address something that nobody has to sign for.
    ///
    /// # Errors
    /// As [`Webhooks::send`].
    pub async fn tell(&self, url: &str, inside: bool, body: Vec<u8>) -> Result<Answer, NotSent> {
        hand_over(self.post(url, inside, body)).await
    }

    fn post(&self, url: &str, inside: bool, body: Vec<u8>) -> RequestBuilder {
        let client = if inside { &self.inside } else { &self.public };
        client.post(url).header(header::CONTENT_TYPE, "application/json").body(body)
    }
}

async fn hand_over(request: RequestBuilder) -> Result<Answer, NotSent> {
    match request.send().await.map(|answer| answer.status()) {
        Ok(status) if status.is_success() => Ok(Answer::Taken),
        Ok(StatusCode::GONE) => Ok(Answer::Gone),
        Ok(status) => Err(NotSent::Later { code: Some(status.as_u16()) }),
        Err(_) => Err(NotSent::Later { code: None }),
    }
}

/// The signature of a message under one secret, with the version of the scheme.
pub fn signature(secret: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    signing.update(format!("{id}.{timestamp}.").as_bytes());
    signing.update(body);
    format!("v1,{}", STANDARD.encode(signing.sign()))
}

/// Finds the public addresses of a name and no others, at every connection: a name that led outside
/// when it was added may lead inside by now.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|found| is_public(found.ip())).collect();
            if public.is_empty() {
                tracing::warn!(
                    "a webhook leads to a network that is not public; nothing is sent there"
                );
                return Err("no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is out in the open: of no network that only this machine or its neighbours
/// reach (IANA's registries of special-purpose addresses).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let assigned = (a, b, c) == (192, 0, 0);
    let relays = (a, b, c) == (192, 88, 99);
    let benchmarks = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || shared
        || assigned
        || relays
        || benchmarks)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    // What is assigned to anybody in the open is in 2000::/3; of that, 2001::/23 is for protocols,
    // 2001:db8::/32 and 3fff::/20 for documents, and 2002::/16 leads to any address of the old kind.
    let open = a & 0xe000 == 0x2000;
    let protocols = a == 0x2001 && b < 0x0200;
    let documents = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b < 0x1000);
    open && !protocols && !documents && a != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_scheme_wants() {
        // The example of the scheme's own libraries.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, timestamp) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let signed = signature(&secret, id, timestamp, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn only_what_is_in_the_open_is_public() {
        for open in ["8.8.8.8", "203.0.114.1", "100.128.0.1", "2606:4700::1", "::ffff:8.8.8.8"] {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.19.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:a00:1::1",
            "3fff::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
    }
}
