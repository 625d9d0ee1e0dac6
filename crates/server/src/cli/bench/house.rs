//! The servers that are measured: this same program in a process of its own, `azukari serve` on the
//! sample data, or a server that answers nothing. Their processor time and memory are read from
//! `/proc`. Knows nothing of what is asked of them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;

use super::super::Premises;
use super::load::get;
use crate::cli::say::say;

/// A server in a process of its own; ends with this value.
pub(super) struct House {
    child: Child,
    /// Where it answers.
    pub(super) address: SocketAddr,
    metrics: Option<SocketAddr>,
    /// From its start to its first answer.
    pub(super) ready_after: Duration,
}

impl House {
    /// Runs `azukari serve` on the data, without a limit of requests.
    pub(super) fn serve(premises: &Premises) -> anyhow::Result<Self> {
        // Taken and given back at once, for the server to take.
        let metrics = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--rate", "0", "--metrics"])
            .arg(metrics.to_string())
            .arg("--data")
            .arg(&premises.data);
        if let Some(url) = &premises.database {
            command.env("AZUKARI_DATABASE", url);
        }
        Self::start(command, Some(metrics), "/readyz")
    }

    /// Runs the same HTTP server with nothing behind it; its answers have bodies of this length.
    pub(super) fn serve_nothing(body: usize) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench", "--serve-nothing", &body.to_string()]);
        Self::start(command, None, "/healthz")
    }

    /// Runs the reservation app over a folder, before an Azukari.
    pub(super) fn serve_reservation(
        azukari: SocketAddr,
        data: &Path,
        key: &str,
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench", "--serve-reservation", &format!("http://{azukari}"), "--data"]);
        command.arg(data).env("RESERVATION_KEY", key);
        Self::start(command, None, "/sign-in")
    }

    fn start(
        mut command: Command,
        metrics: Option<SocketAddr>,
        ready: &str,
    ) -> anyhow::Result<Self> {
        let begun = Instant::now();
        command.env("AZUKARI_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().context("the server does not start")?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let address = line.rsplit("http://").next().and_then(|at| at.trim().parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            anyhow::bail!("the server does not say where it listens");
        };
        let mut house = Self { child, address, metrics, ready_after: Duration::ZERO };
        while get(address, ready).map_or(true, |(status, _)| status != 200) {
            if begun.elapsed() > Duration::from_mins(1) {
                anyhow::bail!("the server does not get ready");
            }
            thread::sleep(Duration::from_millis(1));
        }
        house.ready_after = begun.elapsed();
        Ok(house)
    }

    /// Processor time so far.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu(&self.child.id().to_string())
    }

    /// Resident memory in MiB.
    pub(super) fn memory(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = kib.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        Ok(kib.context("no VmRSS")? / 1024.0)
    }

    /// How many acts and how many commits there have been: everybody's, also the jobs'.
    pub(super) fn commits(&self) -> anyhow::Result<(u64, u64)> {
        Ok((self.counted("azukari_acts_total ")?, self.counted("azukari_commits_total ")?))
    }

    /// How many engagements were taken in.
    pub(super) fn engaged(&self) -> anyhow::Result<u64> {
        self.counted(concat!(
            r#"azukari_answers_total{route="/v1/subjects/{subject}/engagements/{recipient}/{reference}","#,
            r#"method="PUT",status="200"}"#,
        ))
    }

    /// A counter by its name and labels; 0 while nothing was counted.
    fn counted(&self, name: &str) -> anyhow::Result<u64> {
        let metrics = self.metrics.context("no metrics")?;
        let (_, text) = get(metrics, "/metrics")?;
        let found = text.lines().find_map(|line| line.strip_prefix(name));
        Ok(found.and_then(|rest| rest.trim().parse().ok()).unwrap_or(0))
    }

    /// Stops it and waits until its data are free.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time of a process so far, user and system.
pub(super) fn cpu(process: &str) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in brackets may hold spaces; fields 14 and 15 count from the start.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: u64 =
        fields.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
    // Linux tells them in hundredths of a second, whatever the kernel's own clock.
    Ok(Duration::from_millis(ticks * 10))
}

/// What `--serve-nothing` runs: reads the body, answers with as many bytes as it was told.
pub(super) fn nothing(body: usize) -> anyhow::Result<()> {
    super::super::serve::runtime()?.block_on(async {
        let answer = Bytes::from(vec![b'.'; body]);
        let router = Router::new()
            .route("/", post(move |_: Bytes| async move { (StatusCode::CREATED, answer) }))
            .route("/healthz", axum::routing::get(|| async { "alive\n" }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        say!("nothing is ready on http://{}", listener.local_addr()?);
        axum::serve(listener, router).await?;
        Ok(())
    })
}

/// What `--serve-reservation` runs: the app as it is, with the key of the environment.
pub(super) fn reservation(azukari: &str, data: Option<&Path>) -> anyhow::Result<()> {
    let key = std::env::var("RESERVATION_KEY").context("no key in RESERVATION_KEY")?;
    let data = data.context("name the folder with --data")?.to_owned();
    super::super::serve::runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        say!("reservation is ready on http://{}", listener.local_addr()?);
        let azukari = azukari.to_owned();
        let config = reservation::Config {
            public_azukari: azukari.clone(),
            azukari,
            key,
            listener,
            data,
            payments: None,
            public_url: None,
            services: None,
            letters: None,
        };
        reservation::serve(config, std::future::pending()).await
    })
}

/// The machine in a few words.
pub(super) fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or("?");
    format!("{cores} cores, {model}; load before {load}")
}

/// The median time of a 4 KiB write with fdatasync in a folder, in milliseconds.
pub(super) fn fsync(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("bench-fsync");
    let mut file = fs::File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        std::io::Write::write_all(&mut file, &[7; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    fs::remove_file(path)?;
    times.sort_unstable();
    Ok(super::table::millis(times[times.len() / 2]))
}
