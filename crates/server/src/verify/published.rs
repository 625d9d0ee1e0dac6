//! The look from outside: a log as it is published (C2SP tlog-tiles), read over HTTP or from a
//! folder of saved files. Needs no key but the one that checkpoints are checked with.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::http::{Request, StatusCode, Uri, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use ledger::{LogSource, Resource, TILE_WIDTH, TileId, TilePath, VerifyingKey};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// Longer than a bundle of the longest entries.
const LONGEST: usize = 256 * (2 + 65_535) + 1;
/// How long one piece may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A log as anyone may read it.
pub struct Published {
    from: From,
    checkpoint: Option<String>,
}

enum From {
    Folder(PathBuf),
    Http(Box<Http>),
}

struct Http {
    runtime: Runtime,
    authority: String,
    address: (String, u16),
    prefix: String,
    sender: Option<SendRequest<Empty<Bytes>>>,
}

impl Published {
    /// A log at `http://host:port`, there under `/ledger` unless a path is named, or in a folder.
    ///
    /// # Errors
    /// When it is neither.
    pub fn at(from: &str) -> anyhow::Result<Self> {
        if from.starts_with("https://") {
            bail!(
                "`{from}`: https is not spoken here; read it through a local proxy, or save the \
                 files and name their folder"
            );
        }
        if !from.starts_with("http://") {
            let folder = PathBuf::from(from);
            if !folder.is_dir() {
                bail!("`{from}` is neither a folder nor an address such as http://127.0.0.1:8080");
            }
            return Ok(Self { from: From::Folder(folder), checkpoint: None });
        }
        let uri: Uri = from.parse().with_context(|| format!("`{from}` is not an address"))?;
        let authority = uri.authority().with_context(|| format!("`{from}` names no host"))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let prefix = match uri.path().trim_end_matches('/') {
            "" => "/ledger".to_owned(),
            path => path.to_owned(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime does not start")?;
        let from = From::Http(Box::new(Http {
            runtime,
            address: (host, authority.port_u16().unwrap_or(80)),
            authority: authority.to_string(),
            prefix,
            sender: None,
        }));
        Ok(Self { from, checkpoint: None })
    }

    /// The key that the log itself says its checkpoints are checked with.
    ///
    /// # Errors
    /// When there is none, or it is not one.
    pub fn key(&mut self) -> anyhow::Result<VerifyingKey> {
        let text = self.get("key")?.context("the log does not say its key; give it with --key")?;
        let text = String::from_utf8(text).context("the log's key is not text")?;
        Ok(text.trim().parse()?)
    }

    fn get(&mut self, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        match &mut self.from {
            From::Folder(folder) => read(&folder.join(name)),
            From::Http(http) => http.get(name),
        }
    }

    /// A piece at a width, or whole where the partial one is no longer kept.
    fn piece(&mut self, resource: Resource, width: u16) -> anyhow::Result<Option<Vec<u8>>> {
        let path = |width| format!("tile/{}", TilePath { resource, width });
        match self.get(&path(width))? {
            None if width < TILE_WIDTH => self.get(&path(TILE_WIDTH)),
            found => Ok(found),
        }
    }
}

fn read(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("`{}` cannot be read", path.display())),
    }
}

impl LogSource for Published {
    type Error = anyhow::Error;

    /// The checkpoint as it was when first asked for: the log may grow while it is read.
    fn checkpoint(&mut self) -> anyhow::Result<Option<String>> {
        if self.checkpoint.is_none() {
            let bytes = self.get("checkpoint")?.filter(|bytes| !bytes.is_empty());
            self.checkpoint = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        }
        Ok(self.checkpoint.clone())
    }

    fn tile(&mut self, id: TileId, width: u16) -> anyhow::Result<Option<Vec<u8>>> {
        self.piece(Resource::Hashes(id), width)
    }

    fn entries(&mut self, n: u64, width: u16) -> anyhow::Result<Option<Vec<u8>>> {
        self.piece(Resource::Entries(n), width)
    }
}

impl Http {
    fn get(&mut self, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let Self { runtime, authority, address, prefix, sender, .. } = self;
        let path = format!("{prefix}/{name}");
        let asked = async {
            let mut kept = sender.take().filter(|sender| !sender.is_closed());
            loop {
                let reused = kept.is_some();
                let mut connection = match kept.take() {
                    Some(connection) => connection,
                    None => connect(address).await?,
                };
                match ask(&mut connection, authority, &path).await {
                    // A connection that lay idle may have been closed unnoticed.
                    Err(_) if reused => {}
                    answered => {
                        *sender = Some(connection);
                        return answered;
                    }
                }
            }
        };
        runtime
            .block_on(async { tokio::time::timeout(PATIENCE, asked).await })
            .map_err(|_| anyhow::anyhow!("no answer within {} s", PATIENCE.as_secs()))
            .flatten()
            .with_context(|| format!("http://{authority}{path}"))
    }
}

async fn connect((host, port): &(String, u16)) -> anyhow::Result<SendRequest<Empty<Bytes>>> {
    let stream = TcpStream::connect((host.as_str(), *port))
        .await
        .context("cannot be reached; check that the server runs and its address")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Its end shows in the next request.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

async fn ask(
    sender: &mut SendRequest<Empty<Bytes>>,
    authority: &str,
    path: &str,
) -> anyhow::Result<Option<Vec<u8>>> {
    sender.ready().await?;
    let request = Request::get(path).header(header::HOST, authority).body(Empty::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LONGEST).collect().await;
    let body = body.map_err(|error| anyhow::anyhow!("the answer does not arrive: {error}"))?;
    match status {
        StatusCode::OK => Ok(Some(body.to_bytes().to_vec())),
        StatusCode::NOT_FOUND => Ok(None),
        status => bail!("answered {status}"),
    }
}
