//! The stores: what people read of them, and the rules by which they take bookings.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Book, No, label, unreadable};
use crate::language::{Label, Language};
use crate::terms::Terms;

/// A store that takes bookings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Store {
    pub(crate) slug: String,
    pub(crate) name: Label,
    pub(crate) description: Label,
    pub(crate) area: Label,
    pub(crate) cuisine: Label,
    pub(crate) hours: Label,
    pub(crate) address: Label,
    /// Its telephone, as it is dialled from anywhere; empty where it has none.
    pub(crate) phone: String,
    /// Where it is, by ISO 3166-1: a store abroad is a third party abroad.
    pub(crate) country: String,
    /// The motif of its picture.
    pub(crate) picture: String,
    /// From 1, modest, to 4.
    pub(crate) price_band: u8,
    /// By whose clock the store lives.
    pub(crate) time_zone: TimeZone,
    pub(crate) party_min: u8,
    pub(crate) party_max: u8,
    /// How long a table is taken.
    pub(crate) seating_minutes: u16,
    /// How long before at the latest.
    pub(crate) notice_minutes: u32,
    /// How far ahead at the furthest.
    pub(crate) days_ahead: u16,
    /// How long a seat is held for somebody who is about to pay.
    pub(crate) hold_minutes: u8,
    /// For each person, to be paid when booking.
    pub(crate) fee_yen: u32,
    /// Calling off costs nothing until so many hours before.
    pub(crate) free_until_hours: u16,
    /// And then so much of the fee.
    pub(crate) late_percent: u8,
    /// False while the store takes no bookings and nobody sees it.
    pub(crate) listed: bool,
    /// Whom each kind of its tables seats, put together where they may be. Read alone, from the tables.
    pub(crate) seated: Vec<RangeInclusive<u16>>,
    /// Whether it seats people at any time. Read alone, from the seatings.
    pub(crate) has_seatings: bool,
}

/// What a store has to have before it can be open to guests, and has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lacks {
    pub(crate) tables: bool,
    pub(crate) seatings: bool,
}

impl Lacks {
    pub(crate) fn nothing(self) -> bool {
        self == Self::default()
    }
}

/// Stores with whom their tables seat, and whether they have seatings.
const STORES: &str = "SELECT stores.*, \
     (SELECT json_group_array(json_array(seats_from, seats_to * joins)) FROM tables WHERE store = slug) AS seated, \
     EXISTS (SELECT 1 FROM seatings WHERE store = slug) AS has_seatings FROM stores";

impl Store {
    pub(crate) fn name(&self, language: Language) -> &str {
        self.name.get(language)
    }

    /// The date on the store's own calendar.
    pub(crate) fn date_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.time_zone.clone()).date()
    }

    /// The name of its time zone, such as `Asia/Tokyo`.
    pub(crate) fn zone(&self) -> &str {
        self.time_zone.iana_name().unwrap_or("UTC")
    }

    pub(crate) fn ends_at(&self, starts_at: Timestamp) -> Timestamp {
        starts_at + i64::from(self.seating_minutes).minutes()
    }

    /// Whether the rules of the house allow a booking, whatever is free.
    pub(crate) fn allows(&self, starts_at: Timestamp, party: u8, now: Timestamp) -> Result<(), No> {
        if !self.listed {
            return Err(No::Gone);
        }
        self.takes(self.date_of(starts_at), party, now)?;
        if starts_at < now + i64::from(self.notice_minutes).minutes() || starts_at <= now {
            return Err(No::TooSoon);
        }
        Ok(())
    }

    /// The parties that it takes: those within its rules that its tables seat.
    pub(crate) fn parties(&self) -> Vec<u8> {
        (self.party_min..=self.party_max).filter(|party| self.seats(*party)).collect()
    }

    /// Those within its rules that no table of it seats; none while it has no tables, which [`Self::lacks`] says.
    pub(crate) fn not_seated(&self) -> Vec<u8> {
        let rules = self.party_min..=self.party_max;
        rules.filter(|party| !self.seated.is_empty() && !self.seats(*party)).collect()
    }

    /// The largest party that its tables seat, by its rules or not.
    pub(crate) fn most_seated(&self) -> u16 {
        self.seated.iter().map(|parties| *parties.end()).max().unwrap_or_default()
    }

    /// The party that it takes and that is nearest to one that it may not take.
    pub(crate) fn nearest(&self, party: u8) -> u8 {
        self.parties().into_iter().min_by_key(|other| other.abs_diff(party)).unwrap_or(party)
    }

    fn seats(&self, party: u8) -> bool {
        self.seated.iter().any(|parties| parties.contains(&party.into()))
    }

    /// What it needs before it can be open to guests.
    pub(crate) fn lacks(&self) -> Lacks {
        Lacks { tables: self.parties().is_empty(), seatings: !self.has_seatings }
    }

    /// Whether the store seats such a party at all, and takes bookings for the day yet.
    pub(crate) fn takes(&self, on: Date, party: u8, now: Timestamp) -> Result<(), No> {
        if !self.parties().contains(&party) {
            return Err(No::Party);
        }
        if on > self.last_day(now) {
            return Err(No::TooFar);
        }
        Ok(())
    }

    /// The last day for which the store takes bookings.
    pub(crate) fn last_day(&self, now: Timestamp) -> Date {
        let today = self.date_of(now);
        today.checked_add(i64::from(self.days_ahead).days()).unwrap_or(today)
    }

    /// What a booking costs, until when calling it off costs nothing, and how much of the fee afterwards.
    pub(crate) fn terms(&self, starts_at: Timestamp, party: u8) -> Terms {
        let fee = self.fee_yen.saturating_mul(u32::from(party));
        (fee, starts_at - i64::from(self.free_until_hours).hours(), self.late_percent)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            slug: row.get("slug")?,
            name: label(row, "name")?,
            description: label(row, "description")?,
            area: label(row, "area")?,
            cuisine: label(row, "cuisine")?,
            hours: label(row, "hours")?,
            address: label(row, "address")?,
            phone: row.get("phone")?,
            country: row.get("country")?,
            picture: row.get("picture")?,
            price_band: row.get("price_band")?,
            time_zone: TimeZone::get(&row.get::<_, String>("time_zone")?).map_err(unreadable)?,
            party_min: row.get("party_min")?,
            party_max: row.get("party_max")?,
            seating_minutes: row.get("seating_minutes")?,
            notice_minutes: row.get("notice_minutes")?,
            days_ahead: row.get("days_ahead")?,
            hold_minutes: row.get("hold_minutes")?,
            fee_yen: row.get("fee_yen")?,
            free_until_hours: row.get("free_until_hours")?,
            late_percent: row.get("late_percent")?,
            listed: row.get("listed")?,
            seated: seated(&row.get::<_, String>("seated")?)?,
            has_seatings: row.get("has_seatings")?,
        })
    }
}

fn seated(kinds: &str) -> rusqlite::Result<Vec<RangeInclusive<u16>>> {
    let kinds: Vec<(u16, u16)> = serde_json::from_str(kinds).map_err(unreadable)?;
    Ok(kinds.into_iter().map(|(from, to)| from..=to).collect())
}

/// A store of this name, listed or not.
pub(super) fn get(book: &Connection, slug: &str) -> rusqlite::Result<Option<Store>> {
    book.prepare_cached(&format!("{STORES} WHERE slug = ?1"))?
        .query_row([slug], Store::read)
        .optional()
}

pub(super) fn put(book: &Connection, store: &Store) -> rusqlite::Result<()> {
    book.prepare_cached(
        "INSERT OR REPLACE INTO stores VALUES (:slug, :name_ja, :name_en, :description_ja,
            :description_en, :area_ja, :area_en, :cuisine_ja, :cuisine_en, :hours_ja, :hours_en,
            :address_ja, :address_en, :phone, :country, :picture, :price_band, :time_zone, :party_min, :party_max,
            :seating_minutes, :notice_minutes, :days_ahead, :hold_minutes,
            :fee_yen, :free_until_hours, :late_percent, :listed)",
    )?
    .execute(named_params! {
        ":slug": store.slug,
        ":name_ja": store.name.ja, ":name_en": store.name.en,
        ":description_ja": store.description.ja, ":description_en": store.description.en,
        ":area_ja": store.area.ja, ":area_en": store.area.en,
        ":cuisine_ja": store.cuisine.ja, ":cuisine_en": store.cuisine.en,
        ":hours_ja": store.hours.ja, ":hours_en": store.hours.en,
        ":address_ja": store.address.ja, ":address_en": store.address.en,
        ":phone": store.phone, ":country": store.country, ":picture": store.picture, ":price_band": store.price_band,
        ":time_zone": store.zone(), ":party_min": store.party_min,
        ":party_max": store.party_max, ":seating_minutes": store.seating_minutes,
        ":notice_minutes": store.notice_minutes, ":days_ahead": store.days_ahead,
        ":hold_minutes": store.hold_minutes, ":fee_yen": store.fee_yen,
        ":free_until_hours": store.free_until_hours,
        ":late_percent": store.late_percent, ":listed": store.listed,
    })
    .map(drop)
}

impl Book {
    /// Writes stores down as they are now: all of them, or none.
    pub(crate) async fn put_stores(&self, stores: Vec<Store>) -> Result<(), No> {
        self.write(move |book| Ok(stores.iter().try_for_each(|store| put(book, store))?)).await
    }

    /// Every store, by name.
    pub(crate) async fn stores(&self) -> anyhow::Result<Vec<Store>> {
        self.read(|book| {
            book.prepare_cached(&format!("{STORES} ORDER BY slug"))?
                .query_map([], Store::read)?
                .collect()
        })
        .await
    }

    pub(crate) async fn store(&self, slug: &str) -> anyhow::Result<Option<Store>> {
        let slug = slug.to_owned();
        self.read(move |book| get(book, &slug)).await
    }
}
