//! The tables of the stores, and what is taken of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::seats::{Claim, Seat, Table, best};
use super::{Book, No};

/// The longest that a table is taken, in seconds, and more: what began earlier is over.
const LONGEST: i64 = 86_400;

fn table(row: &Row<'_>) -> rusqlite::Result<Table> {
    Ok(Table {
        name: row.get("name")?,
        seats_from: row.get("seats_from")?,
        seats_to: row.get("seats_to")?,
        count: row.get("count")?,
        joins: row.get("joins")?,
    })
}

pub(super) fn of(book: &Connection, store: &str) -> rusqlite::Result<Vec<Table>> {
    book.prepare_cached("SELECT * FROM tables WHERE store = ?1 ORDER BY seats_to, name")?
        .query_map([store], table)?
        .collect()
}

/// What is taken at a store between two moments; holds that are over are not.
pub(super) fn claims(
    book: &Connection,
    store: &str,
    starts_at: i64,
    ends_at: i64,
    now: Timestamp,
) -> rusqlite::Result<Vec<Claim>> {
    let claim = |row: &Row<'_>| {
        Ok(Claim {
            booking: row.get(0)?,
            seat: Seat { table: row.get(1)?, units: row.get(2)? },
            starts_at: row.get(3)?,
            ends_at: row.get(4)?,
        })
    };
    book.prepare_cached(
        "SELECT seats.booking, table_name, units, seats.starts_at, seats.ends_at
         FROM tables JOIN seats ON seats.store = tables.store AND table_name = tables.name
         JOIN bookings ON number = seats.booking
         LEFT JOIN changes ON changes.booking = number AND for_change
         WHERE tables.store = ?1 AND seats.starts_at > ?2 AND seats.starts_at < ?3
         AND seats.ends_at > ?4 AND (bookings.held_until IS NULL OR bookings.held_until > ?5)
         AND (changes.held_until IS NULL OR changes.held_until > ?5)",
    )?
    .query_map(params![store, starts_at - LONGEST, ends_at, starts_at, now.as_second()], claim)?
    .collect()
}

/// The best seat that is free; `booking`'s own seats do not stand in its way.
pub(super) fn find(
    book: &Connection,
    store: &str,
    booking: &str,
    (starts_at, ends_at): (Timestamp, Timestamp),
    party: u8,
    now: Timestamp,
) -> rusqlite::Result<Option<Seat>> {
    let (from, until) = (starts_at.as_second(), ends_at.as_second());
    let tables = of(book, store)?;
    let claims = claims(book, store, from, until, now)?;
    Ok(best(&tables, &claims, booking, from, until, party))
}

/// Takes a seat.
pub(super) fn take(
    book: &Connection,
    store: &str,
    booking: &str,
    for_change: bool,
    seat: &Seat,
    (starts_at, ends_at): (Timestamp, Timestamp),
) -> rusqlite::Result<()> {
    book.prepare_cached("INSERT INTO seats VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![
            booking,
            for_change,
            store,
            seat.table,
            seat.units,
            starts_at.as_second(),
            ends_at.as_second(),
        ])
        .map(drop)
}

/// Gives the seats of what has ended free.
pub(super) fn release(book: &Connection, booking: &str) -> rusqlite::Result<()> {
    book.prepare_cached("DELETE FROM seats WHERE booking = ?1")?.execute([booking]).map(drop)
}

/// Replaces a store's tables. Whoever has a seat still to come keeps one: those whose tables went or
/// shrank get the best of the new ones.
///
/// # Errors
/// [`No::InTheWay`] with the bookings that no longer fit; then nothing has changed.
pub(super) fn put(
    book: &Connection,
    store: &str,
    tables: &[Table],
    now: Timestamp,
) -> Result<(), No> {
    book.execute("DELETE FROM tables WHERE store = ?1", [store])?;
    for table in tables {
        book.prepare_cached("INSERT INTO tables VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(
            params![store, table.name, table.seats_from, table.seats_to, table.count, table.joins],
        )?;
    }
    let seated = seated(book, store, now)?;
    book.execute(
        "DELETE FROM seats WHERE store = ?1 AND ends_at > ?2",
        params![store, now.as_second()],
    )?;
    let mut in_the_way = Vec::new();
    let mut taken: Vec<Claim> = Vec::new();
    let (mut kept, mut anew) = (Vec::new(), Vec::new());
    for (claim, change, party) in seated {
        let (from, until) = (claim.starts_at, claim.ends_at);
        // Whoever still fits where she is stays there; the others come after.
        let own = tables.iter().filter(|table| table.name == claim.seat.table);
        let own: Vec<Table> = own.cloned().collect();
        match best(&own, &taken, &claim.booking, from, until, party) {
            Some(seat) => {
                let claim = Claim { seat, ..claim };
                taken.push(claim.clone());
                kept.push((claim, change));
            }
            None => anew.push((claim, change, party)),
        }
    }
    for (claim, change, party) in anew {
        let (from, until) = (claim.starts_at, claim.ends_at);
        match best(tables, &taken, &claim.booking, from, until, party) {
            Some(seat) => {
                let claim = Claim { seat, ..claim };
                taken.push(claim.clone());
                kept.push((claim, change));
            }
            None => in_the_way.push(claim.booking),
        }
    }
    if !in_the_way.is_empty() {
        in_the_way.sort_unstable();
        in_the_way.dedup();
        return Err(No::InTheWay(in_the_way));
    }
    for (Claim { booking, seat, starts_at, ends_at }, change) in kept {
        let moment = |at| Timestamp::from_second(at).map_err(anyhow::Error::from);
        take(book, store, &booking, change, &seat, (moment(starts_at)?, moment(ends_at)?))?;
    }
    Ok(())
}

/// Who has a seat that is not over, in the order of the evening: the seat, whether it is one that a
/// booking changes to, and for how many.
fn seated(
    book: &Connection,
    store: &str,
    now: Timestamp,
) -> rusqlite::Result<Vec<(Claim, bool, u8)>> {
    book.prepare_cached(
        "SELECT seats.booking, table_name, units, seats.starts_at, seats.ends_at, for_change,
            CASE for_change WHEN 1 THEN changes.party ELSE bookings.party END
         FROM seats JOIN bookings ON number = seats.booking
         LEFT JOIN changes ON changes.booking = number
         WHERE seats.store = ?1 AND seats.ends_at > ?2 ORDER BY seats.starts_at, seats.booking",
    )?
    .query_map(params![store, now.as_second()], |row| {
        let seat = Seat { table: row.get(1)?, units: row.get(2)? };
        let (starts_at, ends_at) = (row.get(3)?, row.get(4)?);
        let claim = Claim { booking: row.get(0)?, seat, starts_at, ends_at };
        Ok((claim, row.get(5)?, row.get(6)?))
    })?
    .collect()
}

impl Book {
    /// A store's tables, the small ones first.
    pub(crate) async fn tables(&self, store: &str) -> anyhow::Result<Vec<Table>> {
        let store = store.to_owned();
        self.read(move |book| of(book, &store)).await
    }

    /// Replaces the tables of stores: of all of them, or of none.
    pub(crate) async fn put_tables(
        &self,
        all: BTreeMap<String, Vec<Table>>,
        now: Timestamp,
    ) -> Result<(), No> {
        self.write(move |book| {
            all.iter().try_for_each(|(store, tables)| {
                put(book, store, tables, now)?;
                // A larger room may seat somebody who waits.
                super::waiting::offer(book, store, now)
            })
        })
        .await
    }

    /// The tables of a day's bookings at a store, by number, in words of the store.
    pub(crate) async fn seats_of(
        &self,
        store: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<BTreeMap<String, Seat>> {
        let store = store.to_owned();
        self.read(move |book| {
            book.prepare_cached(
                "SELECT booking, table_name, units FROM seats
                 WHERE store = ?1 AND starts_at >= ?2 AND starts_at < ?3 AND for_change = 0",
            )?
            .query_map(params![store, from.as_second(), until.as_second()], |row| {
                Ok((row.get(0)?, Seat { table: row.get(1)?, units: row.get(2)? }))
            })?
            .collect()
        })
        .await
    }
}
