//! A large group of stores, and guests and staff who are signed in already: what the app is measured with.
//! Whoever measures brings the people and the register; nothing here asks Azukari for anything.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::book::Book;
use crate::book::seatings::Seatings;
use crate::book::seats::Table;
use crate::book::sessions::{Caller, Door};
use crate::book::staff::Post;
use crate::book::stores::Store;
use crate::chance;
use crate::language::Label;
use crate::session;

/// How a rehearsal is entered: a cookie for each guest, for the manager of each store, in their order, and for an
/// operator.
pub struct Rehearsal {
    /// `guest=…`
    pub guests: Vec<String>,
    /// `staff=…`
    pub staff: Vec<String>,
    /// `operator=…`
    pub operator: String,
}

/// Furnishes a new book: every store has 200 tables for up to four and seats people each half hour from 11 to
/// 22 o'clock, for half an hour.
pub async fn rehearse(
    data: &Path,
    stores: &[String],
    subjects: &[String],
    now: Timestamp,
) -> anyhow::Result<Rehearsal> {
    let book = Book::open(data)?;
    let label = |text: &str| Label { ja: text.to_owned(), en: text.to_owned() };
    let stores_now = stores.iter().map(|slug| {
        Ok(Store {
            slug: slug.clone(),
            name: label(slug),
            description: label(slug),
            area: label(slug),
            cuisine: label(slug),
            hours: label(slug),
            address: label(slug),
            phone: "+81300000001".to_owned(),
            country: "JP".to_owned(),
            picture: "wave".to_owned(),
            price_band: 2,
            time_zone: TimeZone::get("Asia/Tokyo")?,
            party_min: 1,
            party_max: 4,
            seating_minutes: 30,
            notice_minutes: 0,
            days_ahead: 30,
            hold_minutes: 10,
            fee_yen: 0,
            free_until_hours: 0,
            late_percent: 0,
            listed: true,
            seated: Vec::new(),
            has_seatings: false,
        })
    });
    book.put_stores(stores_now.collect::<anyhow::Result<_>>()?).await?;
    let halves = (22..=44).filter_map(|half| Time::new(half / 2, half % 2 * 30, 0, 0).ok());
    let week = Seatings(std::array::from_fn(|_| halves.clone().collect()));
    let table = Table { name: "A".to_owned(), seats_from: 1, seats_to: 4, count: 200, joins: 1 };
    let tables: BTreeMap<String, Vec<Table>> =
        stores.iter().map(|slug| (slug.clone(), vec![table.clone()])).collect();
    book.put_tables(tables, now).await?;
    let chief = employed(&book, "chief", Post::Operator, now).await?;
    let mut rehearsal = Rehearsal { guests: Vec::new(), staff: Vec::new(), operator: chief };
    for slug in stores {
        book.put_seatings(slug, week.clone()).await?;
        let post = Post::Store { slug: slug.clone(), manager: true };
        rehearsal.staff.push(employed(&book, slug, post, now).await?);
    }
    for subject in subjects {
        rehearsal.guests.push(signed_in(&book, Door::Guest, subject, now).await?);
    }
    Ok(rehearsal)
}

/// Somebody with a post, who is signed in.
async fn employed(book: &Book, login: &str, post: Post, now: Timestamp) -> anyhow::Result<String> {
    let (door, invitation) = (post.door(), chance::bytes()?);
    book.invite(login, post, invitation, now).await?;
    book.take_up(invitation, "nobody signs in by a password".to_owned(), 0, now).await?;
    signed_in(book, door, login, now).await
}

async fn signed_in(book: &Book, door: Door, who: &str, now: Timestamp) -> anyhow::Result<String> {
    let token = chance::token()?;
    let regime = if door == Door::Guest { "jp" } else { "" };
    let caller = Caller { who: who.to_owned(), regime: regime.to_owned() };
    book.begin_session(session::hash(&token), door, caller, now + 24.hours()).await?;
    Ok(format!("{}={token}", door.word()))
}
