//! Which table a party gets, worked out from the tables that there are and those that are taken. Pure:
//! no database, no clock.
//!
//! Tables that are alike are counted and not numbered. Whenever no more of them are taken at any moment
//! than there are, an evening's bookings can be laid out on them, so counting loses no seat to an unlucky
//! layout; which of the alike tables it is, the store says at the door.

use std::collections::BTreeMap;

/// Tables that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) seats_from: u8,
    pub(crate) seats_to: u8,
    pub(crate) count: u16,
    /// How many of them may be pushed together for one party; 1 for none.
    pub(crate) joins: u16,
}

/// A seat that is taken for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    /// By which booking: one that moves has two, and needs the larger of the two.
    pub(crate) booking: String,
    pub(crate) seat: Seat,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
}

/// Tables for one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) table: String,
    /// How many of the alike tables, pushed together when more than one.
    pub(crate) units: u16,
}

/// The best seat for a party that `booking` may have from one moment until another: the smallest table
/// that fits; if there is none, the fewest tables pushed together that leave the fewest chairs empty.
pub(crate) fn best(
    tables: &[Table],
    claims: &[Claim],
    booking: &str,
    starts_at: i64,
    ends_at: i64,
    party: u8,
) -> Option<Seat> {
    let free = |table: &Table, units: u16| {
        let here = claims.iter().filter(|claim| claim.seat.table == table.name);
        let with = Claim {
            booking: booking.to_owned(),
            seat: Seat { table: table.name.clone(), units },
            starts_at,
            ends_at,
        };
        most_taken(here.chain([&with]), starts_at, ends_at) <= u32::from(table.count)
    };
    let mut fitting: Vec<(u16, u32, &Table)> = tables
        .iter()
        .filter_map(|table| {
            let (units, chairs) = units(table, party)?;
            Some((units, chairs, table))
        })
        .collect();
    // By the tables needed, then by chairs, then those not meant for smaller parties, then by name.
    fitting.sort_by_key(|(units, chairs, table)| {
        (*units, *chairs, u8::MAX - table.seats_from, &table.name)
    });
    let seat = |units, table: &Table| Seat { table: table.name.clone(), units };
    fitting
        .into_iter()
        .find(|(units, _, table)| free(table, *units))
        .map(|(units, _, table)| seat(units, table))
}

/// How many tables of a kind a party needs, and how many chairs they have; `None` if they do not fit it.
fn units(table: &Table, party: u8) -> Option<(u16, u32)> {
    let (party, each) = (u16::from(party), u16::from(table.seats_to));
    if party < u16::from(table.seats_from) {
        return None;
    }
    let units = party.div_ceil(each.max(1));
    let chairs = u32::from(units) * u32::from(each);
    (units == 1 || units <= table.joins).then_some((units, chairs))
}

/// How many tables are taken at once, at most, between two moments.
pub(crate) fn most_taken<'a>(
    claims: impl Iterator<Item = &'a Claim>,
    starts_at: i64,
    ends_at: i64,
) -> u32 {
    let claims: Vec<&Claim> =
        claims.filter(|claim| claim.starts_at < ends_at && claim.ends_at > starts_at).collect();
    // Most are taken just when one of them begins.
    let begins = claims.iter().map(|claim| claim.starts_at.max(starts_at));
    begins.map(|at| taken_at(&claims, at)).max().unwrap_or(0)
}

fn taken_at(claims: &[&Claim], at: i64) -> u32 {
    let mut by_booking: BTreeMap<&str, u16> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| claim.starts_at <= at && claim.ends_at > at) {
        let units = by_booking.entry(&claim.booking).or_default();
        *units = claim.seat.units.max(*units);
    }
    by_booking.values().map(|units| u32::from(*units)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The evening, in steps.
    const EVENING: i64 = 24;

    fn some_tables() -> impl Strategy<Value = Vec<Table>> {
        let one = (1_u8..4, 0_u8..4, 1_u16..4, 1_u16..4);
        proptest::collection::vec(one, 1..4).prop_map(|all| {
            let table = |(at, (from, more, count, joins)): (usize, (u8, u8, u16, u16))| Table {
                name: format!("table {at}"),
                seats_from: from,
                seats_to: from + more,
                count,
                joins: joins.min(count),
            };
            all.into_iter().enumerate().map(table).collect()
        })
    }

    /// Parties that come one after the other: from when, for how long, how many.
    fn some_parties() -> impl Strategy<Value = Vec<(i64, i64, u8)>> {
        proptest::collection::vec((0..EVENING - 6, 1_i64..6, 1_u8..10), 1..40)
    }

    /// How many tables of a kind are taken at one step, counted plainly.
    fn taken(claims: &[Claim], table: &Table, step: i64) -> u16 {
        let here = |claim: &&Claim| {
            claim.seat.table == table.name && claim.starts_at <= step && step < claim.ends_at
        };
        claims.iter().filter(here).map(|claim| claim.seat.units).sum()
    }

    /// Every way to seat a party at all: tables needed, chairs, and whether they are free all the while.
    fn ways(
        tables: &[Table],
        claims: &[Claim],
        (from, until): (i64, i64),
        party: u8,
    ) -> Vec<(u16, u16, bool)> {
        let mut ways = Vec::new();
        for table in tables.iter().filter(|table| table.seats_from <= party) {
            for units in 1..=table.joins {
                let chairs = units * u16::from(table.seats_to);
                if chairs >= u16::from(party) {
                    let free =
                        (from..until).all(|s| taken(claims, table, s) + units <= table.count);
                    ways.push((units, chairs, free));
                }
            }
        }
        ways
    }

    proptest! {
        #[test]
        fn nobody_is_turned_away_for_nothing_and_no_table_is_taken_twice(
            tables in some_tables(),
            parties in some_parties(),
        ) {
            let mut claims: Vec<Claim> = Vec::new();
            for (at, (from, length, party)) in parties.into_iter().enumerate() {
                let (booking, until) = (at.to_string(), from + length);
                let ways = ways(&tables, &claims, (from, until), party);
                let best_way = ways.iter().filter(|way| way.2).map(|way| (way.0, way.1)).min();
                let seat = best(&tables, &claims, &booking, from, until, party);
                let table = seat.as_ref().map(|seat| {
                    tables.iter().find(|table| table.name == seat.table).unwrap()
                });
                let found = seat.as_ref().zip(table).map(|(seat, table)| {
                    (seat.units, seat.units * u16::from(table.seats_to))
                });
                prop_assert_eq!(found, best_way);
                let claim = |seat| Claim { booking, seat, starts_at: from, ends_at: until };
                claims.extend(seat.map(claim));
            }
            for table in &tables {
                for step in 0..EVENING {
                    prop_assert!(taken(&claims, table, step) <= table.count);
                }
            }
            prop_assert!(can_be_laid_out(&tables, &claims));
        }

        #[test]
        fn a_booking_that_moves_needs_the_larger_of_its_two_seats(
            first in (0_i64..8, 1_i64..6, 1_u16..4),
            second in (0_i64..8, 1_i64..6, 1_u16..4),
        ) {
            let claim = |(from, length, units): (i64, i64, u16)| Claim {
                booking: "moves".to_owned(),
                seat: Seat { table: "A".to_owned(), units },
                starts_at: from,
                ends_at: from + length,
            };
            let both = [claim(first), claim(second)];
            let at = |step: i64| {
                let here = both.iter().filter(|c| c.starts_at <= step && step < c.ends_at);
                here.map(|claim| u32::from(claim.seat.units)).max().unwrap_or(0)
            };
            let plainly = (0..EVENING).map(at).max().unwrap();
            prop_assert_eq!(most_taken(both.iter(), 0, EVENING), plainly);
        }
    }

    /// Whether every party can be given tables by number for its whole stay, as the store would at the door:
    /// in the order in which they come, any that are free.
    fn can_be_laid_out(tables: &[Table], claims: &[Claim]) -> bool {
        let mut coming: Vec<&Claim> = claims.iter().collect();
        coming.sort_by_key(|claim| claim.starts_at);
        tables.iter().all(|table| {
            let mut free_from = vec![i64::MIN; usize::from(table.count)];
            coming.iter().filter(|claim| claim.seat.table == table.name).all(|claim| {
                let free = free_from.iter_mut().filter(|from| **from <= claim.starts_at);
                let given: Vec<&mut i64> = free.take(usize::from(claim.seat.units)).collect();
                let enough = given.len() == usize::from(claim.seat.units);
                for from in given {
                    *from = claim.ends_at;
                }
                enough
            })
        })
    }
}
