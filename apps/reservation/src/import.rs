//! Takes in a file of stores or tables, for the operator's page and the API alike.

use std::collections::BTreeSet;

use crate::app::{self, App};
use crate::book::No;
use crate::book::stores::Store;
use crate::edit::{self, Unwritten};
use crate::engage::Stop;
use crate::table_file::{self, File, MOST_ROWS, Spot, Unread};

/// What was taken in.
pub(crate) struct Imported {
    pub(crate) stores: usize,
    pub(crate) tables: usize,
    /// The stores of the file that take parties by their rules that no table of theirs seats.
    pub(crate) not_seated: Vec<Store>,
}

/// Why nothing was.
pub(crate) enum Refused {
    /// What is wrong, place by place.
    Spots(Vec<Spot>),
    /// What is wrong with the whole of it.
    Plain(Plain),
    Stop(Stop),
}

/// What is wrong with a whole file.
pub(crate) enum Plain {
    NotText,
    NoHeader,
    /// No file, or one without rows.
    Nothing,
    /// Larger than so many megabytes.
    TooLarge(usize),
    TooManyRows(usize),
    /// These bookings would lose their tables.
    InTheWay(Vec<String>),
}

/// Takes in a file: all of it, or nothing.
///
/// # Errors
/// Why nothing was taken.
pub(crate) async fn take(app: &App, bytes: &[u8]) -> Result<Imported, Refused> {
    let stop = |no: No| Refused::Stop(no.into());
    let there = app.book.stores().await.map_err(|error| stop(error.into()))?;
    let there: BTreeSet<String> = there.into_iter().map(|store| store.slug).collect();
    let file =
        table_file::read(bytes, |slug| there.contains(slug)).map_err(|unread| match unread {
            Unread::NotText => Refused::Plain(Plain::NotText),
            Unread::NoHeader => Refused::Plain(Plain::NoHeader),
            Unread::Nothing => Refused::Plain(Plain::Nothing),
            Unread::TooManyRows => Refused::Plain(Plain::TooManyRows(MOST_ROWS)),
            Unread::Spots(spots) => Refused::Spots(spots),
        })?;
    let (stores, tables, slugs) = match file {
        File::Stores(stores) => {
            let (lines, entries): (Vec<u64>, Vec<_>) = stores.into_iter().unzip();
            let slugs: BTreeSet<String> =
                entries.iter().map(|entry| entry.store.slug.clone()).collect();
            match edit::put_stores(app, entries).await {
                Ok(()) => (slugs.len(), 0, slugs),
                Err(Unwritten::Stop(stop)) => return Err(Refused::Stop(stop)),
                Err(Unwritten::Wrong(at, wrong)) => {
                    let line = lines.get(at).copied().unwrap_or_default();
                    let spot = |wrong: edit::Wrong| Spot {
                        line,
                        column: 0,
                        field: wrong.field,
                        what: wrong.what,
                    };
                    return Err(Refused::Spots(wrong.into_iter().map(spot).collect()));
                }
            }
        }
        File::Tables(tables) => {
            let count = tables.values().map(Vec::len).sum();
            let slugs = tables.keys().cloned().collect();
            match app.book.put_tables(tables, app::now()).await {
                Ok(()) => (0, count, slugs),
                Err(No::InTheWay(numbers)) => return Err(Refused::Plain(Plain::InTheWay(numbers))),
                Err(no) => return Err(stop(no)),
            }
        }
    };
    let mut not_seated = app.book.stores().await.map_err(|error| stop(error.into()))?;
    not_seated.retain(|store| slugs.contains(&store.slug) && !store.not_seated().is_empty());
    Ok(Imported { stores, tables, not_seated })
}
