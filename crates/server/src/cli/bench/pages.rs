//! How long the reservation app takes for each page that a guest, a store and an operator open, and how many bytes
//! it is. Asked on one connection on the same machine, so that what is measured is the app's time with Azukari's in
//! it, and no network's.

use std::net::SocketAddr;

use tokio::runtime::Runtime;

use super::load;
use super::table::{Aim, Table, count};

/// How often each page is opened.
const TIMES: u64 = 100;
/// The longest that a page may take, and the longest for one that has a whole evening on it, in milliseconds.
const LONGEST_MILLIS: f64 = 50.0;
const LONGEST_OF_AN_EVENING_MILLIS: f64 = 100.0;
/// The largest that a page may be, in kB.
const LARGEST_KB: f64 = 100.0;

/// A guest's own pages.
const MINE: [&str; 11] = [
    "",
    "/items",
    "/items/allergy",
    "/looks",
    "/consents",
    "/stops",
    "/links",
    "/sign-ins",
    "/password",
    "/passkeys",
    "/requests",
];

/// A page that is opened.
struct Page<'a> {
    /// Who opens it, in the words of the table.
    who: &'a str,
    cookie: &'a str,
    path: String,
    /// True when it has a whole evening of bookings on it.
    is_an_evening: bool,
}

/// Whose pages are opened, and what they are about.
pub(super) struct Visit<'a> {
    /// A guest who has `booking` at `store`.
    pub(super) guest: &'a str,
    /// A manager of the store.
    pub(super) staff: &'a str,
    pub(super) operator: &'a str,
    pub(super) store: &'a str,
    pub(super) booking: &'a str,
    /// The evening of the booking.
    pub(super) day: &'a str,
    /// How many bookings that evening has.
    pub(super) bookings: u64,
}

impl Visit<'_> {
    fn pages(&self) -> Vec<Page<'_>> {
        let Self { store, booking, day, .. } = self;
        let page = |who, cookie, path: String| Page { who, cookie, path, is_an_evening: false };
        let visitor = |path: &str| page("visitor", "", path.to_owned());
        let guest = |path: &str| page("guest", self.guest, path.to_owned());
        let staff = |path: &str| page("store", self.staff, path.to_owned());
        let operator = |path: &str| page("operator", self.operator, path.to_owned());
        let own = format!("/me/bookings/{booking}");
        let of = format!("/operator/stores/{store}");
        let mut pages: Vec<Page<'_>> =
            ["/", "/sign-up", "/sign-in", "/sign-in/forgotten"].map(visitor).into();
        pages.push(guest(&format!("/book/{store}")));
        pages.push(guest(&format!("/book/{store}/review?date={day}&time=11:00&party=2")));
        pages.extend(["", "/change", "/companions"].map(|page| guest(&format!("{own}{page}"))));
        pages.extend(MINE.map(|page| guest(&format!("/me{page}"))));
        for evening in ["tonight", "kitchen"] {
            let path = format!("/store/{evening}?date={day}");
            pages.push(Page { is_an_evening: true, ..staff(&path) });
        }
        pages.push(staff(&format!("/store/bookings/{booking}")));
        pages.extend(["/store/staff", "/store/passkeys"].map(staff));
        pages.extend(["/operator", "/operator/stores/new"].map(operator));
        let topics = ["", "/tables", "/seatings", "/closing-days", "/staff", "/keys"];
        pages.extend(topics.map(|topic| operator(&format!("{of}{topic}"))));
        pages.extend(["/operator/import", "/operator/keys", "/operator/passkeys"].map(operator));
        pages
    }
}

/// Opens each of them, and tells what it took.
pub(super) fn measure(
    table: &mut Table,
    runtime: &Runtime,
    app: SocketAddr,
    visit: &Visit<'_>,
) -> anyhow::Result<()> {
    table.head(format!("pages, opened {TIMES} times one by one: p50, p99, size"));
    for page in visit.pages() {
        let mut request = Vec::new();
        let headers = format!("Accept-Language: ja\r\nCookie: {}\r\n", page.cookie);
        load::get_with(&mut request, &page.path, &headers);
        let seen = runtime
            .block_on(load::one_by_one(app, &request, TIMES))
            .map_err(|error| error.context(format!("`{}` is not shown", page.path)))?;
        let path = page.path.split('?').next().unwrap_or_default();
        let path = path.replace(visit.booking, "…").replace(visit.store, "…");
        let (longest, what) = if page.is_an_evening {
            let what = format!("{} {path}, {} bookings", page.who, visit.bookings);
            (LONGEST_OF_AN_EVENING_MILLIS, what)
        } else {
            (LONGEST_MILLIS, format!("{} {path}", page.who))
        };
        table.row(what, seen.below(500), "ms", Aim::AtMost(longest));
        table.row("  p99", seen.below(990), "ms", Aim::AtMost(longest));
        table.row("  size", count(seen.body as u64) / 1e3, "kB", Aim::AtMost(LARGEST_KB));
    }
    Ok(())
}
