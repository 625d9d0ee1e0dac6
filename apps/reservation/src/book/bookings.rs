//! Bookings from the first hold to their end. A seat is taken in the same act as the booking is written
//! down, and freed in the act that ends it; whoever waits is offered it in that act too.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::companions::{self, Companions};
use super::letters::{self, Outcome};
use super::notices::{self, Kind};
use super::{
    Book, No, changes, language, moment, payments, seatings, stores, tables, waiting, word,
};
use crate::language::{Label, Language};
use crate::terms::Terms;

/// A booking of a guest at a store.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    pub(crate) number: String,
    pub(crate) store: String,
    pub(crate) subject: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) party: u8,
    pub(crate) stage: Stage,
    /// Who wants it to end, while Azukari has not been told; kept once it has ended.
    pub(crate) ending: Option<Ending>,
    /// Until when a seat is held that was not asked for yet.
    pub(crate) held_until: Option<Timestamp>,
    pub(crate) asked_at: Timestamp,
    /// What it costs, by the terms of the day it was asked for.
    pub(crate) fee_yen: u32,
    /// Until when calling it off costs nothing.
    pub(crate) free_until: Timestamp,
    /// How much of the fee it costs afterwards.
    pub(crate) late_percent: u8,
    /// In which she last asked for anything about it, and letters about it are written.
    pub(crate) language: Language,
}

/// How far a booking has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A seat is kept for a few minutes; Azukari knows nothing.
    Held,
    /// Written here, and perhaps known to Azukari; nobody sees it.
    Asked,
    /// Known on both sides.
    Booked,
    /// Called off.
    Cancelled,
}

const STAGES: [(&str, Stage); 4] = [
    ("held", Stage::Held),
    ("asked", Stage::Asked),
    ("booked", Stage::Booked),
    ("cancelled", Stage::Cancelled),
];

/// Who wants a booking to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Guest,
    Store,
    /// The guest was told that it came to nothing.
    Failed,
}

const ENDINGS: [(&str, Ending); 3] =
    [("guest", Ending::Guest), ("store", Ending::Store), ("failed", Ending::Failed)];

impl Ending {
    fn word(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Store => "store",
            Self::Failed => "failed",
        }
    }
}

impl Booking {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let ending = match row.get_ref("ending")? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(word(row, "ending", &ENDINGS)?),
        };
        let held_until: Option<i64> = row.get("held_until")?;
        Ok(Self {
            number: row.get("number")?,
            store: row.get("store")?,
            subject: row.get("subject")?,
            starts_at: moment(row, "starts_at")?,
            ends_at: moment(row, "ends_at")?,
            party: row.get("party")?,
            stage: word(row, "stage", &STAGES)?,
            ending,
            held_until: held_until.map(|_| moment(row, "held_until")).transpose()?,
            asked_at: moment(row, "asked_at")?,
            fee_yen: row.get("fee_yen")?,
            free_until: moment(row, "free_until")?,
            late_percent: row.get("late_percent")?,
            language: language(row)?,
        })
    }

    /// True while both sides go by it.
    pub(crate) fn stands(&self) -> bool {
        self.stage == Stage::Booked && self.ending.is_none()
    }

    /// True while a seat is held for her that was not asked for yet.
    pub(crate) fn is_held(&self, now: Timestamp) -> bool {
        self.stage == Stage::Held && self.held_until.is_some_and(|until| until > now)
    }

    /// True for what never was a booking: of that its store knows nothing.
    pub(crate) fn never_was(&self) -> bool {
        self.stage != Stage::Booked && (self.stage != Stage::Cancelled || self.held_until.is_some())
    }

    /// True when its store called it off before it was a booking: nothing is owed for it.
    pub(crate) fn is_off_before_it_was(&self) -> bool {
        self.stage == Stage::Cancelled && self.never_was()
    }

    /// By which it was asked for.
    pub(crate) fn terms(&self) -> Terms {
        (self.fee_yen, self.free_until, self.late_percent)
    }

    /// What it costs the guest to call it off, in yen.
    pub(crate) fn cost_of_calling_off(&self, now: Timestamp) -> u32 {
        if now < self.free_until { 0 } else { self.late_cost() }
    }

    /// The same once that is not free any more.
    fn late_cost(&self) -> u32 {
        let percent = u32::from(self.late_percent);
        self.fee_yen / 100 * percent + self.fee_yen % 100 * percent / 100
    }

    /// Until when it may be moved. Whoever could move a booking that costs something to call off could call it off
    /// for nothing.
    pub(crate) fn change_until(&self) -> Timestamp {
        if self.late_cost() > 0 { self.free_until.min(self.starts_at) } else { self.starts_at }
    }
}

/// A table somebody wishes for.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// A number for the booking that nobody has.
    pub(crate) number: String,
    pub(crate) store: String,
    pub(crate) subject: String,
    pub(crate) starts_at: Timestamp,
    pub(crate) party: u8,
    /// In which she asks.
    pub(crate) language: Language,
    /// What she said of those whom she brings.
    pub(crate) companions: Companions,
}

/// A seat that was taken.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) booking: Booking,
    /// False when it was asked for before and came to nothing: Azukari may know of it.
    pub(crate) is_new: bool,
}

/// Takes a seat: held for a while where there is something to pay first, else asked for at once.
///
/// # Errors
/// Why the store does not seat her then; [`No::Full`]; [`No::Already`] with what she has there.
pub(super) fn claim(book: &Connection, wish: &Wish, now: Timestamp) -> Result<Taken, No> {
    expire(book, now)?;
    let store = stores::get(book, &wish.store)?.ok_or(No::Gone)?;
    store.allows(wish.starts_at, wish.party, now)?;
    seatings::offered(book, &store, wish.starts_at)?;
    let mut wish = wish.clone();
    let mut is_new = true;
    if let Some((number, failed)) = there(book, &wish.subject, &wish.store, wish.starts_at)? {
        if !failed {
            return Err(No::Already(number));
        }
        // Asked for again: the old wish gives way to the new one under its number.
        book.execute("DELETE FROM bookings WHERE number = ?1", [&number])?;
        wish.number = number;
        is_new = false;
    }
    let stage = if store.fee_yen > 0 { Stage::Held } else { Stage::Asked };
    let held_until = now + jiff::SignedDuration::from_mins(i64::from(store.hold_minutes));
    let held_until = (stage == Stage::Held).then_some(held_until.min(wish.starts_at));
    let booking = seat(book, &store, &wish, stage, held_until, now)?.ok_or(No::Full)?;
    waiting::leave(book, &wish.subject, &wish.store, wish.starts_at)?;
    Ok(Taken { booking, is_new })
}

/// Writes a booking down with the best seat that is free; `None` when none is.
pub(super) fn seat(
    book: &Connection,
    store: &stores::Store,
    wish: &Wish,
    stage: Stage,
    held_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Booking>, No> {
    let Wish { number, subject, starts_at, party, language, companions, .. } = wish.clone();
    let ends_at = store.ends_at(starts_at);
    let span = (starts_at, ends_at);
    let Some(seat) = tables::find(book, &store.slug, &number, span, party, now)? else {
        return Ok(None);
    };
    let (fee_yen, free_until, late_percent) = store.terms(starts_at, party);
    let booking = Booking {
        number,
        store: store.slug.clone(),
        subject,
        starts_at,
        ends_at,
        party,
        stage,
        ending: None,
        held_until,
        asked_at: now,
        fee_yen,
        free_until,
        late_percent,
        language,
    };
    book.prepare_cached(
        "INSERT INTO bookings VALUES (:number, :store, :subject, :starts_at, :ends_at, :party,
            :stage, NULL, :held_until, :asked_at, :fee_yen, :free_until, :late_percent, :language)",
    )?
    .execute(named_params! {
        ":number": booking.number, ":store": booking.store, ":subject": booking.subject,
        ":starts_at": starts_at.as_second(), ":ends_at": ends_at.as_second(), ":party": party,
        ":stage": if stage == Stage::Held { "held" } else { "asked" },
        ":held_until": held_until.map(Timestamp::as_second), ":asked_at": now.as_second(),
        ":fee_yen": fee_yen, ":free_until": free_until.as_second(),
        ":late_percent": late_percent, ":language": language.tag(),
    })?;
    tables::take(book, &store.slug, &booking.number, false, &seat, span)?;
    companions::put(book, (&booking.number, false), booking.brings(), &companions)?;
    Ok(Some(booking))
}

/// What a guest has at a store and moment, or is about to change to: its number, and whether it came to
/// nothing.
pub(super) fn there(
    book: &Connection,
    subject: &str,
    store: &str,
    starts_at: Timestamp,
) -> rusqlite::Result<Option<(String, bool)>> {
    book.prepare_cached(
        "SELECT number, stage = 'asked' AND ending IS 'failed' FROM bookings
         WHERE subject = ?1 AND store = ?2 AND starts_at = ?3 AND stage <> 'cancelled'
         UNION ALL
         SELECT number, 0 FROM bookings JOIN changes ON changes.booking = number
         WHERE subject = ?1 AND store = ?2 AND changes.starts_at = ?3 AND stage <> 'cancelled'",
    )?
    .query_row(params![subject, store, starts_at.as_second()], |row| Ok((row.get(0)?, row.get(1)?)))
    .optional()
}

pub(super) fn get(book: &Connection, number: &str) -> rusqlite::Result<Option<Booking>> {
    book.prepare_cached("SELECT * FROM bookings WHERE number = ?1")?
        .query_row([number], Booking::read)
        .optional()
}

/// A held seat is asked for; `None` when the hold is over, or somebody else's.
pub(super) fn ask(
    book: &Connection,
    number: &str,
    subject: &str,
    language: Language,
    now: Timestamp,
) -> rusqlite::Result<Option<Booking>> {
    let asked = book
        .prepare_cached(
            "UPDATE bookings SET stage = 'asked', held_until = NULL, asked_at = ?3, language = ?4
             WHERE number = ?1 AND subject = ?2 AND stage = 'held' AND held_until > ?3
             RETURNING *",
        )?
        .query_row(params![number, subject, now.as_second(), language.tag()], Booking::read)
        .optional()?;
    if let Some(asked) = &asked {
        waiting::answered(book, number)?;
        waiting::leave(book, &asked.subject, &asked.store, asked.starts_at)?;
    }
    Ok(asked)
}

/// Lets go of the holds whose time is over, and offers their seats to whoever waits.
pub(super) fn expire(book: &Connection, now: Timestamp) -> Result<(), No> {
    let over: Vec<Booking> = book
        .prepare_cached("SELECT * FROM bookings WHERE stage = 'held' AND held_until <= ?1")?
        .query_map([now.as_second()], Booking::read)?
        .collect::<Result<_, _>>()?;
    for held in &over {
        waiting::over(book, held, now)?;
        book.execute("DELETE FROM bookings WHERE number = ?1", [&held.number])?;
    }
    let mut stores: Vec<String> = over.into_iter().map(|held| held.store).collect();
    stores.extend(changes::expire(book, now)?);
    stores.sort_unstable();
    stores.dedup();
    stores.iter().try_for_each(|store| waiting::offer(book, store, now))
}

/// Somebody wants a booking to end. A mere hold is gone at once, and stays in sight only where its store called it off; of
/// anything else Azukari is told first, and [`ended`] follows. What was paid beyond what that costs goes back from now on, and whose booking it was is
/// written to, with the store's reason. Returns how much goes back.
pub(super) fn end(
    book: &Connection,
    number: &str,
    ending: Ending,
    reason: Option<&Label>,
    now: Timestamp,
) -> Result<u32, No> {
    let Some(booking) = get(book, number)? else { return Err(No::Gone) };
    if booking.stage == Stage::Held {
        waiting::answered(book, number)?;
        if ending == Ending::Store {
            book.execute(
                "UPDATE bookings SET stage = 'cancelled', ending = 'store' WHERE number = ?1",
                [number],
            )?;
            tables::release(book, number)?;
            notices::put(book, &booking, Kind::CalledOff, 0, reason, now)?;
        } else {
            book.execute("DELETE FROM bookings WHERE number = ?1", [number])?;
        }
        waiting::offer(book, &booking.store, now)?;
        return Ok(0);
    }
    let marked = book
        .prepare_cached(
            "UPDATE bookings SET ending = ?2
             WHERE number = ?1 AND ending IS NULL AND stage <> 'cancelled'",
        )?
        .execute([number, ending.word()])?;
    // Whoever comes second ends nothing.
    if marked == 0 {
        return Ok(0);
    }
    let costs = if ending == Ending::Guest { booking.cost_of_calling_off(now) } else { 0 };
    let back = payments::keep(book, number, costs, now)?;
    if ending == Ending::Store {
        notices::put(book, &booking, Kind::CalledOff, back, reason, now)?;
    }
    let kind = match ending {
        Ending::Guest => letters::Kind::CalledOff,
        Ending::Store => letters::Kind::CalledOffByStore,
        Ending::Failed => return Ok(back),
    };
    let outcome = Outcome { costs_yen: costs, back_yen: back, reason };
    if booking.stage == Stage::Booked {
        letters::put(book, &booking, kind, outcome, now)?;
        notices::are_written(book, number, Kind::CalledOff)?;
    }
    Ok(back)
}

/// Azukari knows of it: it is booked. `None` when it was before, or is to end.
fn booked(book: &Connection, number: &str) -> rusqlite::Result<Option<Booking>> {
    book.prepare_cached(
        "UPDATE bookings SET stage = 'booked'
         WHERE number = ?1 AND stage = 'asked' AND ending IS NULL RETURNING *",
    )?
    .query_row([number], Booking::read)
    .optional()
}

/// Azukari has been told: what was never booked is forgotten unless its store called it off, what was is cancelled, and the
/// seat is free.
fn ended(book: &Connection, number: &str, now: Timestamp) -> Result<(), No> {
    let Some(booking) = get(book, number)? else { return Ok(()) };
    match booking.stage {
        Stage::Cancelled => return Ok(()),
        Stage::Booked => {
            book.prepare_cached("UPDATE bookings SET stage = 'cancelled' WHERE number = ?1")?
                .execute([number])?;
            book.prepare_cached("DELETE FROM changes WHERE booking = ?1")?.execute([number])?;
            tables::release(book, number)?;
        }
        // Paid for, and called off by the store before Azukari knew of it: her page says so.
        Stage::Asked if booking.ending == Some(Ending::Store) => {
            book.prepare_cached(
                "UPDATE bookings SET stage = 'cancelled', held_until = asked_at WHERE number = ?1",
            )?
            .execute([number])?;
            tables::release(book, number)?;
        }
        Stage::Held | Stage::Asked => {
            if booking.ending.is_none() {
                let back = payments::keep(book, number, 0, now)?;
                if back > 0 {
                    notices::put(book, &booking, Kind::NotBooked, back, None, now)?;
                }
            }
            book.prepare_cached("DELETE FROM bookings WHERE number = ?1")?.execute([number])?;
        }
    }
    waiting::offer(book, &booking.store, now)
}

/// A store's bookings that are alive and start in a span of time, the earliest first.
pub(super) fn alive_at(
    book: &Connection,
    store: &str,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<Vec<Booking>> {
    book.prepare_cached(
        "SELECT * FROM bookings WHERE store = ?1 AND starts_at >= ?2 AND starts_at < ?3
         AND stage <> 'cancelled' AND ending IS NULL
         AND (held_until IS NULL OR held_until > ?4) ORDER BY starts_at, number",
    )?
    .query_map(params![store, from.as_second(), until.as_second(), now.as_second()], Booking::read)?
    .collect()
}

impl Book {
    /// Takes a seat: held for a while where there is something to pay first, else asked for at once.
    ///
    /// # Errors
    /// Why the store does not seat her then; [`No::Full`]; [`No::Already`] with what she has there.
    pub(crate) async fn claim(&self, wish: Wish, now: Timestamp) -> Result<Taken, No> {
        self.write(move |book| claim(book, &wish, now)).await
    }

    /// Seats a sample guest at any time, whatever the store's hours: a demo has guests at every hour.
    ///
    /// # Errors
    /// [`No::Full`]; [`No::Already`].
    pub(crate) async fn seat_sample(&self, wish: Wish, now: Timestamp) -> Result<Booking, No> {
        self.write(move |book| {
            if let Some((number, _)) = there(book, &wish.subject, &wish.store, wish.starts_at)? {
                return Err(No::Already(number));
            }
            let store = stores::get(book, &wish.store)?.ok_or(No::Gone)?;
            seat(book, &store, &wish, Stage::Asked, None, now)?.ok_or(No::Full)
        })
        .await
    }

    /// A held seat is asked for.
    ///
    /// # Errors
    /// [`No::Gone`] when the hold is over, or somebody else's.
    pub(crate) async fn ask(
        &self,
        number: &str,
        subject: &str,
        language: Language,
        now: Timestamp,
    ) -> Result<Booking, No> {
        let (number, subject) = (number.to_owned(), subject.to_owned());
        self.write(move |book| ask(book, &number, &subject, language, now)?.ok_or(No::Gone)).await
    }

    /// Azukari knows of it: it is booked, and she is written to.
    pub(crate) async fn booked(&self, number: &str, now: Timestamp) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| {
            if let Some(booking) = booked(book, &number)? {
                letters::put(book, &booking, letters::Kind::Made, Outcome::default(), now)?;
            }
            Ok(())
        })
        .await
    }

    /// The same of a sample guest, to whom nobody writes.
    pub(crate) async fn sample_booked(&self, number: &str) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| Ok(booked(book, &number).map(drop)?)).await
    }

    /// Somebody wants a booking to end; it has ended with [`Self::ended`], once Azukari was told. Returns what goes back
    /// of what was paid.
    pub(crate) async fn end(
        &self,
        number: &str,
        ending: Ending,
        now: Timestamp,
    ) -> Result<u32, No> {
        let number = number.to_owned();
        self.write(move |book| end(book, &number, ending, None, now)).await
    }

    /// Azukari has been told that it ends, or never knew of it.
    pub(crate) async fn ended(&self, number: &str, now: Timestamp) -> Result<(), No> {
        let number = number.to_owned();
        self.write(move |book| ended(book, &number, now)).await
    }

    /// What is on its way to Azukari: wishes asked for before a moment, and all that is to end.
    pub(crate) async fn unsettled(&self, before: Timestamp) -> anyhow::Result<Vec<Booking>> {
        self.read(move |book| {
            book.prepare_cached(
                "SELECT * FROM bookings
                 WHERE (stage = 'asked' OR (ending IS NOT NULL AND stage <> 'cancelled'))
                 AND (ending IS NOT NULL OR asked_at <= ?1) ORDER BY asked_at, number LIMIT 1000",
            )?
            .query_map([before.as_second()], Booking::read)?
            .collect()
        })
        .await
    }

    /// She reads in this language now: so are the letters about it from here on.
    pub(crate) async fn reads_in(&self, booking: &Booking, language: Language) -> Result<(), No> {
        if booking.language == language {
            return Ok(());
        }
        let number = booking.number.clone();
        self.write(move |book| {
            book.prepare_cached("UPDATE bookings SET language = ?2 WHERE number = ?1")?
                .execute([&*number, language.tag()])?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn booking(&self, number: &str) -> anyhow::Result<Option<Booking>> {
        let number = number.to_owned();
        self.read(move |book| get(book, &number)).await
    }

    /// A guest's bookings, what is held for her and what she has paid for, the latest first.
    pub(crate) async fn bookings_of(
        &self,
        subject: &str,
        now: Timestamp,
    ) -> anyhow::Result<Vec<Booking>> {
        let subject = subject.to_owned();
        self.read(move |book| {
            book.prepare_cached(
                "SELECT * FROM bookings WHERE subject = ?1
                 AND (stage IN ('booked', 'cancelled') OR held_until > ?2
                     OR (stage = 'asked' AND ending IS NULL AND EXISTS
                        (SELECT 1 FROM payments WHERE booking = number AND payments.stage = 'paid')))
                 ORDER BY starts_at DESC, number LIMIT 50",
            )?
            .query_map(params![subject, now.as_second()], Booking::read)?
            .collect()
        })
        .await
    }

    /// A store's bookings that start in a span of time, the earliest first.
    pub(crate) async fn bookings_at(
        &self,
        store: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Booking>> {
        let store = store.to_owned();
        self.read(move |book| {
            book.prepare_cached(
                "SELECT * FROM bookings WHERE store = ?1 AND stage = 'booked' AND ending IS NULL
                 AND starts_at >= ?2 AND starts_at < ?3 ORDER BY starts_at, number",
            )?
            .query_map(params![store, from.as_second(), until.as_second()], Booking::read)?
            .collect()
        })
        .await
    }

    /// The same, whatever their stage.
    pub(crate) async fn all_bookings_at(
        &self,
        store: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Booking>> {
        let store = store.to_owned();
        self.read(move |book| {
            book.prepare_cached(
                "SELECT * FROM bookings WHERE store = ?1 AND starts_at >= ?2 AND starts_at < ?3
                 ORDER BY starts_at, number",
            )?
            .query_map(params![store, from.as_second(), until.as_second()], Booking::read)?
            .collect()
        })
        .await
    }

    /// Lets go of what time has ended: holds, offers, waiting for a time that has come, what was told of those who
    /// came along.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<(), No> {
        self.write(move |book| {
            expire(book, now)?;
            waiting::forget(book, now)?;
            companions::erase(book, now)?;
            book.execute("DELETE FROM sessions WHERE ends_at <= ?1", [now.as_second()])?;
            Ok(())
        })
        .await
    }
}
