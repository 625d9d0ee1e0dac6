//! A lean load generator: connections that are kept alive, each asking again as soon as it is
//! answered. Speaks just enough HTTP/1.1 for answers with a `Content-Length`, so that the numbers
//! are the server's rather than a client library's. Knows nothing of what is asked.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest answer that is read, in bytes.
const MOST: usize = 1024 * 1024;

/// How to ask.
#[derive(Clone)]
pub(super) struct Load {
    /// Whom.
    pub(super) server: SocketAddr,
    /// Over how many connections.
    pub(super) clients: u64,
    /// How long, after a second of warming up.
    pub(super) seconds: u64,
    /// The status that counts as done.
    pub(super) status: u16,
}

/// How it went.
pub(super) struct Measured {
    /// Answers in the time that counts.
    pub(super) answers: u64,
    /// The time that counts.
    pub(super) took: Duration,
    /// How long each answer took, in microseconds, shortest first.
    latencies: Vec<u32>,
    /// The length of the last answer's body.
    pub(super) body: usize,
}

impl Measured {
    /// Answers a second.
    pub(super) fn rate(&self) -> f64 {
        super::table::count(self.answers) / self.took.as_secs_f64()
    }

    /// The latency that so many of a thousand answers stay below, in milliseconds.
    pub(super) fn below(&self, per_thousand: usize) -> f64 {
        let at = (self.latencies.len() * per_thousand / 1000).min(self.latencies.len().max(1) - 1);
        self.latencies.get(at).map_or(0.0, |micros| f64::from(*micros) / 1e3)
    }
}

/// Asks until the time is over. `ask` writes the n-th request of a connection, whole.
pub(super) async fn run<A, F>(load: &Load, mut asks: A) -> anyhow::Result<Measured>
where
    A: FnMut(u64) -> F,
    F: FnMut(u64, &mut Vec<u8>) + Send + 'static,
{
    let begin = Instant::now() + Duration::from_secs(1);
    let end = begin + Duration::from_secs(load.seconds);
    let mut connections = Vec::new();
    for n in 0..load.clients {
        let (ask, load) = (asks(n), load.clone());
        connections.push(tokio::spawn(connection(load, ask, begin, end)));
    }
    let mut latencies = Vec::new();
    let mut body = 0;
    for connection in connections {
        let (one, length) = connection.await??;
        latencies.extend(one);
        body = length;
    }
    latencies.sort_unstable();
    Ok(Measured {
        answers: latencies.len() as u64,
        took: Duration::from_secs(load.seconds),
        latencies,
        body,
    })
}

async fn connection(
    load: Load,
    mut ask: impl FnMut(u64, &mut Vec<u8>),
    begin: Instant,
    end: Instant,
) -> anyhow::Result<(Vec<u32>, usize)> {
    let mut connection = Connection::open(load.server).await?;
    let mut request = Vec::with_capacity(1024);
    let mut latencies = Vec::new();
    let mut length = 0;
    for n in 0.. {
        request.clear();
        ask(n, &mut request);
        let sent = Instant::now();
        length = connection.ask(&request, load.status).await?.len();
        let answered = Instant::now();
        if answered >= end {
            break;
        }
        if answered >= begin {
            latencies.push(micros(answered - sent));
        }
    }
    Ok((latencies, length))
}

fn micros(took: Duration) -> u32 {
    u32::try_from(took.as_micros()).unwrap_or(u32::MAX)
}

/// Asks the same so many times, one after the other, and once before that so that whatever is drawn up at first
/// is there.
pub(super) async fn one_by_one(
    server: SocketAddr,
    request: &[u8],
    times: u64,
) -> anyhow::Result<Measured> {
    let mut connection = Connection::open(server).await?;
    let mut body = connection.ask(request, 200).await?.len();
    let (mut latencies, begun) = (Vec::new(), Instant::now());
    for _ in 0..times {
        let sent = Instant::now();
        body = connection.ask(request, 200).await?.len();
        latencies.push(micros(sent.elapsed()));
    }
    latencies.sort_unstable();
    Ok(Measured { answers: times, took: begun.elapsed(), latencies, body })
}

/// A connection that is kept alive.
struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    async fn open(server: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server).await.context("the server is not there")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: vec![0; 16 * 1024] })
    }

    /// Sends a request and reads its answer, which has to have a status; returns the body.
    async fn ask(&mut self, request: &[u8], wanted: u16) -> anyhow::Result<&[u8]> {
        let Self { stream, answer } = self;
        stream.write_all(request).await?;
        let mut have = 0;
        let (status, body) = loop {
            if have == MOST {
                bail!("an answer is longer than {have} bytes");
            }
            if have == answer.len() {
                answer.resize(2 * have, 0);
            }
            match stream.read(&mut answer[have..]).await? {
                0 => bail!("the server hung up"),
                more => have += more,
            }
            if let Some((status, body)) = head(&answer[..have])
                && have >= body.end
            {
                break (status, body);
            }
        };
        if status != wanted {
            bail!("answered {status}: {}", String::from_utf8_lossy(&answer[body]));
        }
        Ok(&answer[body])
    }
}

/// The status of an answer and where its body lies, once the head is complete.
fn head(answer: &[u8]) -> Option<(u16, std::ops::Range<usize>)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length: usize = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })?;
    Some((status, end..end + length))
}

/// Writes a request with a body.
pub(super) fn post(out: &mut Vec<u8>, path: &str, headers: &str, body: &str) {
    let length = body.len();
    // Writing into memory does not fail.
    let _ = write!(
        out,
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         {headers}Content-Length: {length}\r\n\r\n{body}"
    );
}

/// Writes a request for a page.
pub(super) fn get_with(out: &mut Vec<u8>, path: &str, headers: &str) {
    // Writing into memory does not fail.
    let _ = write!(out, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
}

/// Asks once, on a connection of its own, without a runtime.
pub(super) fn get(server: SocketAddr, path: &str) -> anyhow::Result<(u16, String)> {
    let mut stream = std::net::TcpStream::connect(server)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.context("an answer without a status")?;
    Ok((status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_once_its_head_is_there() {
        let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(head(answer), Some((201, 43..45)));
        assert_eq!(head(&answer[..30]), None);
    }
}
