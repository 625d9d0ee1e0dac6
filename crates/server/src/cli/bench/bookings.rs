//! Bookings: the reservation app and Azukari in a process each, both durable, over HTTP. How many tables a second
//! are booked, each with its engagement on record; how fast all that was booked is looked at by the stores; and
//! how long everybody waits for a page (`pages.rs`), the store for an evening of 200 guests among them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use reservation::Rehearsal;
use tokio::runtime::Runtime;

use super::house::House;
use super::load::{self, Load};
use super::pages::{self, Visit};
use super::sample::{self, Numbers, STORES, Sample};
use super::table::{Aim, Table, count, number};
use super::{Bench, premises_at};
use crate::api::caller;
use crate::cli::Premises;
use crate::public_url::PublicUrl;

/// People in the sample, each of whom books again and again.
const PEOPLE: u64 = 2_000;
/// Guests of the evening whose page is measured.
const EVENING: u64 = 200;
/// The days from tomorrow on that are booked: as far as a store's page looks ahead.
const DAYS: u64 = 6;
/// What the app asks Azukari for while it is measured.
const SCOPES: [&str; 7] = [
    "consents:read",
    "disclosures:write",
    "engagements:write",
    "letters:write",
    "provisions:read",
    "subjects:read",
    "uses:write",
];

impl Bench {
    /// Bookings and evenings, through both programs.
    pub(super) fn bookings(
        &self,
        table: &mut Table,
        runtime: &Runtime,
        folder: &Path,
    ) -> anyhow::Result<()> {
        let people = number(count(PEOPLE));
        table.head(format!("bookings, {people} people × 20 items, {STORES} stores"));
        let schema = self.schema(runtime, "")?;
        let premises = premises_at(folder.join("bookings"), schema.as_deref());
        let (key, rehearsal) = fill(&premises, self.seed)?;
        let azukari = House::serve(&premises)?;
        let app = House::serve_reservation(azukari.address, &premises.data, &key)?;

        let clients = self.clients;
        let load = Load { server: app.address, clients, seconds: self.seconds, status: 303 };
        let (acts, commits) = azukari.commits()?;
        let engaged = azukari.engaged()?;
        let (own, theirs) = (app.cpu()?, azukari.cpu()?);
        let begun = Instant::now();
        let seen = runtime.block_on(load::run(&load, |connection| {
            let mut numbers = Numbers::new(self.seed, connection + (1 << 41));
            let guests = rehearsal.guests.clone();
            move |_, out: &mut Vec<u8>| wish(out, &mut numbers, &guests)
        }))?;
        let took = begun.elapsed();
        let (acts_after, commits_after) = azukari.commits()?;
        let engaged = azukari.engaged()? - engaged;
        ensure!(engaged > 0, "no engagement was counted");
        let done = count(engaged);
        let what = format!("tables booked, each with its engagement, {clients} connections");
        table.row(what, seen.rate(), "/s", Aim::AtLeast(500.0));
        table.row("  p50", seen.below(500), "ms", Aim::None);
        table.row("  p99", seen.below(990), "ms", Aim::None);
        let batch = count(acts_after - acts) / count(commits_after - commits).max(1.0);
        table.row("  acts of Azukari in a commit", batch, "", Aim::None);
        let each = |cpu: std::time::Duration| cpu.as_secs_f64() * 1e6 / done;
        let cpu = each(app.cpu()?.saturating_sub(own));
        table.row("  processor time of the app for each", cpu, "µs", Aim::None);
        let cpu = each(azukari.cpu()?.saturating_sub(theirs));
        table.row("  processor time of Azukari for each", cpu, "µs", Aim::None);

        let looked = look_at_all(app.address, &rehearsal)?;
        let both = done / (took + looked.took).as_secs_f64();
        table.row("evenings of all of them, cards told", count(looked.cards), "", Aim::None);
        table.row("  bookings, each also told to its store", both, "/s", Aim::None);
        ensure!(looked.cards >= engaged, "some bookings are on no store's page");

        let booking = full_evening(app.address, &rehearsal)?;
        let (acts, _) = azukari.commits()?;
        let day = day(1)?.to_string();
        let visit = Visit {
            guest: rehearsal.guests.first().context("no guest")?,
            staff: rehearsal.staff.last().context("no store")?,
            operator: &rehearsal.operator,
            store: &sample::booking(STORES - 1).0,
            booking: &booking,
            day: &day,
            bookings: EVENING,
        };
        pages::measure(table, runtime, app.address, &visit)?;
        ensure!(azukari.commits()?.0 > acts, "no look was recorded");
        app.stop()?;
        azukari.stop()?;
        self.clear(runtime, &premises)
    }
}

/// Fills a new house and a new book beside it.
fn fill(premises: &Premises, seed: u64) -> anyhow::Result<(String, Rehearsal)> {
    let app = premises.open(PublicUrl::default(), Some(sample::policy()))?;
    let filling = super::super::serve::runtime()?;
    filling.block_on(sample::fill(&app, Sample { subjects: PEOPLE, items: 20, seed }))?;
    let scopes = SCOPES.map(str::to_owned);
    let key = caller::make(&app.store, app.clock.now(), "reservation", &scopes)?.key;
    let stores: Vec<String> = (0..STORES).map(|n| sample::booking(n).0).collect();
    let people: Vec<String> = (0..PEOPLE).map(|n| sample::subject(seed, n).to_string()).collect();
    let now = Timestamp::now();
    let rehearsal =
        filling.block_on(reservation::rehearse(&premises.data, &stores, &people, now))?;
    drop(filling);
    drop(app);
    Ok((key, rehearsal))
}

/// A day so many days from today, by the stores' calendar.
fn day(ahead: u64) -> anyhow::Result<Date> {
    let today = Timestamp::now().to_zoned(TimeZone::get("Asia/Tokyo")?).date();
    Ok(today.checked_add(i64::try_from(ahead)?.days())?)
}

fn index(numbers: &mut Numbers, end: u64) -> usize {
    usize::try_from(numbers.below(end)).unwrap_or(0)
}

/// Somebody books for two, at some store but the last.
fn wish(out: &mut Vec<u8>, numbers: &mut Numbers, guests: &[String]) {
    let guest = &guests[index(numbers, guests.len() as u64)];
    let (store, _) = sample::booking(numbers.below(STORES - 1));
    let day = day(1 + numbers.below(DAYS)).map_or_else(|_| String::new(), |day| day.to_string());
    let half = 22 + numbers.below(23);
    book(out, guest, &store, &day, &format!("{}:{:02}", half / 2, half % 2 * 30));
}

/// Writes the request that books.
fn book(out: &mut Vec<u8>, guest: &str, store: &str, day: &str, time: &str) {
    let body = format!("date={day}&party=2&time={time}");
    let length = body.len();
    // Writing into memory does not fail.
    let _ = write!(
        out,
        "POST /book/{store} HTTP/1.1\r\nHost: localhost\r\nCookie: {guest}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
}

/// Books the last store's tomorrow for the first guests of all; returns the number of the first one's booking.
fn full_evening(app: SocketAddr, rehearsal: &Rehearsal) -> anyhow::Result<String> {
    let mut first = None;
    let (store, day) = (sample::booking(STORES - 1).0, day(1)?.to_string());
    for (n, guest) in (0..EVENING).zip(&rehearsal.guests) {
        let mut request = Vec::new();
        let half = 34 + n % 8;
        book(&mut request, guest, &store, &day, &format!("{}:{:02}", half / 2, half % 2 * 30));
        let answer = once(app, &request)?;
        ensure!(
            answer.starts_with("HTTP/1.1 303"),
            "not booked: {}",
            answer.lines().next().unwrap_or("")
        );
        let to = answer.split("/me/bookings/").nth(1);
        first = first.or_else(|| to?.split('?').next().map(str::to_owned));
    }
    first.context("nobody has a booking")
}

/// What the stores were told of all that was booked.
struct Looked {
    cards: u64,
    took: std::time::Duration,
}

/// Every store looks at each of its evenings once.
fn look_at_all(app: SocketAddr, rehearsal: &Rehearsal) -> anyhow::Result<Looked> {
    let begun = Instant::now();
    let mut cards = 0;
    for staff in &rehearsal.staff {
        for ahead in 1..=DAYS {
            let mut request = Vec::new();
            let path = format!("/store/tonight?date={}&lang=ja", day(ahead)?);
            load::get_with(&mut request, &path, &format!("Cookie: {staff}\r\n"));
            let answer = once(app, &request)?;
            ensure!(answer.starts_with("HTTP/1.1 200"), "no evening is shown");
            cards += answer.matches("<h3>").count() as u64;
        }
    }
    Ok(Looked { cards, took: begun.elapsed() })
}

/// Sends one request on a connection of its own.
fn once(server: SocketAddr, request: &[u8]) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(server)?;
    let end = request.windows(2).position(|two| two == b"\r\n").context("no request")? + 2;
    stream.write_all(&request[..end])?;
    stream.write_all(b"Connection: close\r\n")?;
    stream.write_all(&request[end..])?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
