//! Letters on their way: what the book has put down for guests goes to Azukari, in the order in which it happened, and
//! is let go of once it was taken. An Azukari that is away gets it when it is back, under the same key: sent twice, it
//! is one letter.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

use super::is_for_good;
use crate::app::App;
use crate::azukari::Trouble;
use crate::book::No;
use crate::book::bookings::Booking;
use crate::book::letters::{self, Letter};
use crate::book::notices::{Kind, Notice};
use crate::book::stores::Store;
use crate::language::Language;
use crate::letters::{about, page_of};
use crate::terms::calling_off;
use crate::when;
use crate::words::Words;

/// Bookings of which letters are asked for at a time.
const AT_A_TIME: usize = 16;
/// How long a letter waits; whoever was not reached by then has long been to her table.
const WAITS_DAYS: i64 = 5;

/// Has Azukari take every letter that waits, as far as it does.
///
/// # Errors
/// Failures of the book. What Azukari does not take now is asked for again the next time.
pub(super) async fn write(app: &App, now: Timestamp) -> Result<(), No> {
    loop {
        let waiting = app.book.letters().await?;
        let count = waiting.len();
        let (over, not_taken) = write_some(app, waiting, now).await?;
        let all = over.len() == count;
        app.book.letters_over(over, not_taken, now).await?;
        if !all || count < letters::TOGETHER as usize {
            break;
        }
    }
    write_notices(app, now).await
}

/// Returns the ids of those that are over, and the bookings whose next letter was not taken. Several bookings at a time, and of each its letters one after the other: nobody
/// reads that a booking was moved before that it was made.
async fn write_some(
    app: &App,
    waiting: Vec<Letter>,
    now: Timestamp,
) -> Result<(Vec<String>, Vec<String>), No> {
    let mut of_each: BTreeMap<String, Vec<Letter>> = BTreeMap::new();
    for letter in waiting {
        of_each.entry(letter.booking.clone()).or_default().push(letter);
    }
    let asked = of_each.into_values().map(|letters| write_in_order(app, letters, now));
    let asked: Vec<_> = asked.collect();
    let mut asked = futures_util::stream::iter(asked).buffer_unordered(AT_A_TIME);
    let (mut over, mut not_taken) = (Vec::new(), Vec::new());
    while let Some(of_one) = asked.next().await {
        let Written { over: ids, not_taken: number, is_away } = of_one?;
        over.extend(ids);
        not_taken.extend(number);
        // The others would most likely wait for nothing as well. One that was taken while nobody heard the answer is the
        // same letter the next time.
        if is_away {
            break;
        }
    }
    Ok((over, not_taken))
}

/// What came of the letters about one booking.
#[derive(Default)]
struct Written {
    /// The ids of those that are over.
    over: Vec<String>,
    /// The booking, where one was not taken and waits with those after it.
    not_taken: Option<String>,
    is_away: bool,
}

async fn write_in_order(app: &App, letters: Vec<Letter>, now: Timestamp) -> Result<Written, No> {
    let mut written = Written::default();
    for letter in letters {
        let Letter { id, booking: number, .. } = &letter;
        match write_one(app, &letter).await? {
            Ok(()) => {}
            Err(trouble) if is_for_good(&trouble) => {
                tracing::warn!(number, "no letter about a booking: {trouble}");
            }
            Err(trouble) if letter.at + SignedDuration::from_hours(24 * WAITS_DAYS) < now => {
                tracing::error!(number, "a letter about a booking is given up: {trouble}");
            }
            Err(trouble) => {
                tracing::warn!(number, "no letter about a booking yet: {trouble}");
                written.not_taken = Some(number.clone());
                written.is_away = matches!(trouble, Trouble::Unavailable | Trouble::TooMany);
                return Ok(written);
            }
        }
        written.over.push(id.clone());
    }
    Ok(written)
}

async fn write_one(app: &App, letter: &Letter) -> Result<Result<(), Trouble>, No> {
    let Some(store) = app.book.store(&letter.store).await? else { return Ok(Ok(())) };
    Ok(app.azukari.write_about(&about(letter, &store, app.here.known())).await)
}

/// Has a letter written to each guest who has something to be told that no letter about a booking tells. The language
/// she reads is Azukari's to know, so the letter is in both.
async fn write_notices(app: &App, now: Timestamp) -> Result<(), No> {
    for notice in app.book.unwritten_notices().await? {
        let Some(store) = app.book.store(&notice.store).await? else { continue };
        let offered = notice.kind == Kind::Offered;
        // She has it already, or gave it up: nothing waits for her.
        if offered && notice.held_until.is_none() {
            app.book.notice_written(notice.id).await?;
            continue;
        }
        let held = if offered { app.book.booking(&notice.booking).await? } else { None };
        let titled = |words: &Words| {
            if offered { words.letter.offered } else { words.visit.notice_letter }
        };
        let [ja, en] = [Language::Ja, Language::En].map(Words::of);
        let title = format!("{} / {}", titled(ja), titled(en));
        let page = if offered {
            page_of(app.here.known(), &notice.booking)
        } else {
            format!("{}/me", app.here.known())
        };
        let mut paragraphs = Vec::new();
        for language in [Language::Ja, Language::En] {
            paragraphs.extend(told(&notice, &store, held.as_ref(), language, now));
        }
        paragraphs.push(page);
        // A number is given again once its notice was read.
        let key = format!("{}-{}-{}", notice.store, notice.id, notice.at.as_second());
        match app.azukari.put_letter(&notice.subject, Language::Ja, &title, &paragraphs, &key).await
        {
            Ok(()) => app.book.notice_written(notice.id).await?,
            // Her page tells her all the same.
            Err(trouble) if is_for_good(&trouble) => app.book.notice_written(notice.id).await?,
            Err(trouble) => {
                tracing::warn!(number = notice.booking, "no letter about it yet: {trouble}");
                // The others would most likely wait for nothing as well.
                break;
            }
        }
    }
    Ok(())
}

/// The words about a notice; what is held for her, with its party and what it costs; and whose clock it is.
fn told(
    notice: &Notice,
    store: &Store,
    held: Option<&Booking>,
    language: Language,
    now: Timestamp,
) -> Vec<String> {
    let words = Words::of(language);
    let there = |at| when::there(at, &store.time_zone, language);
    let (at, until) = (there(notice.starts_at), notice.held_until.map(there));
    let mut told =
        vec![words.notice(notice, store.name(language), &at, until.as_deref(), language)];
    let pair = |label: &str, value: &str| format!("{label}{}{value}", words.frame.colon);
    if let Some(held) = held {
        told.push(pair(words.visit.party_size, &(words.frame.party)(held.party)));
        if held.fee_yen > 0 {
            told.push(pair(words.visit.fee, &(words.frame.yen)(held.fee_yen)));
            told.push(calling_off(held.terms(), &store.time_zone, language, now));
        }
    }
    told.push((words.visit.clock_is)(&when::clock(notice.starts_at, &store.time_zone, language)));
    told
}
