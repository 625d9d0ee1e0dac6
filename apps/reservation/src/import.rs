//! Takes in a file of stores or tables, for the operator's page and the API alike.

use std::collections::BTreeSet;

use crate::app::{self, App};
use crate::book::No;
use crate::edit::{self, Unwritten};
use crate::engage::Stop;
use crate::table_file::{self, File, MOST_ROWS, Spot, Unread};

/// What was taken in.
pub(crate) struct Imported {
    pub(crate) stores: usize,
    pub(crate) tables: usize,
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
            Unread::TooManyRows => Refused::Plain(Plain::TooManyRows(MOST_ROWS)),
            Unread::Spots(spots) => Refused::Spots(spots),
        })?;
    match file {
        File::Stores(stores) => {
            let (lines, entries): (Vec<u64>, Vec<_>) = stores.into_iter().unzip();
            let count = entries.len();
            match edit::put_stores(app, entries).await {
                Ok(()) => Ok(Imported { stores: count, tables: 0 }),
                Err(Unwritten::Stop(stop)) => Err(Refused::Stop(stop)),
                Err(Unwritten::Wrong(at, wrong)) => {
                    let line = lines.get(at).copied().unwrap_or_default();
                    let spot = |wrong: edit::Wrong| Spot {
                        line,
                        column: 0,
                        field: wrong.field,
                        what: wrong.what,
                    };
                    Err(Refused::Spots(wrong.into_iter().map(spot).collect()))
                }
            }
        }
        File::Tables(tables) => {
            let count = tables.values().map(Vec::len).sum();
            match app.book.put_tables(tables, app::now()).await {
                Ok(()) => Ok(Imported { stores: 0, tables: count }),
                Err(No::InTheWay(numbers)) => Err(Refused::Plain(Plain::InTheWay(numbers))),
                Err(no) => Err(stop(no)),
            }
        }
    }
}
