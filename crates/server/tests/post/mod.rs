//! A mail server that is not ours (`aiosmtpd`), and what has arrived there, read by Python's own mail
//! library. Shared by the test programs that send letters.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::Value;
use tempfile::TempDir;

/// In whose name letters are sent.
pub(crate) const FROM: &str = "見本の窓口 <desk@azukari.example>";

/// A place where a mail server may be, and what it has received.
pub(crate) struct Post {
    port: u16,
    folder: TempDir,
    server: Option<Child>,
}

impl Post {
    /// A free port, with nobody there yet.
    pub(crate) fn closed() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { port, folder: tempfile::tempdir().unwrap(), server: None }
    }

    /// A mail server that takes everything.
    pub(crate) fn open() -> Self {
        let mut post = Self::closed();
        post.opens(&[]);
        post
    }

    /// Starts the server there.
    pub(crate) fn opens(&mut self, options: &[&str]) {
        let server = Command::new("/usr/bin/aiosmtpd")
            .args(["-n", "-l", &format!("127.0.0.1:{}", self.port)])
            .args(options)
            .args(["-c", "aiosmtpd.handlers.Mailbox"])
            .arg(self.folder.path().join("mail"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("aiosmtpd is missing: apt-get install python3-aiosmtpd");
        self.server = Some(server);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the mail server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The folder of what has arrived.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().join("mail/new")
    }

    /// What has arrived, the oldest first, as a reader sees it.
    pub(crate) fn received(&self) -> Vec<Value> {
        letters(&self.folder())
    }

    /// What has arrived, once it is so many.
    pub(crate) async fn receives(&self, count: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let new = std::fs::read_dir(self.folder());
            if new.is_ok_and(|files| files.count() >= count) {
                return self.received();
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no letter arrives");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The letters that are files in a folder, the oldest first, as a reader sees them.
pub(crate) fn letters(folder: &Path) -> Vec<Value> {
    const READ: &str = "import sys, json, base64, email, email.policy, pathlib\n\
        for file in sorted(pathlib.Path(sys.argv[1]).glob('*'), key=lambda f: f.stat().st_mtime_ns):\n\
        \x20 m = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)\n\
        \x20 raw = file.read_bytes().isascii()\n\
        \x20 h = {name.lower(): str(value) for name, value in m.items()}\n\
        \x20 body = lambda kind: m.get_body((kind,)).get_content() if m.get_body((kind,)) else None\n\
        \x20 files = [{'name': a.get_filename(), 'type': a.get_content_type(), 'bytes': base64.b64encode(a.get_content()).decode()} for a in m.iter_attachments()]\n\
        \x20 print(json.dumps({'headers': h, 'text': body('plain'), 'html': body('html'), 'files': files, 'ascii': raw}))";
    let read = Command::new("/usr/bin/python3").arg("-c").arg(READ).arg(folder).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

impl Drop for Post {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// What a file that came with a letter holds.
pub(crate) fn bytes(file: &Value) -> Vec<u8> {
    BASE64.decode(file["bytes"].as_str().unwrap().as_bytes()).unwrap()
}
