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
