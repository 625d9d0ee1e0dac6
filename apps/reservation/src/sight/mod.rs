//! What a store is told of its guests: asks of Azukari at that moment, by purpose, for one booking or a whole
//! evening in one batch. Each is decided, recorded and shown to the guest; nothing is kept here. What those who come
//! along are allergic to is added from the book. Knows nothing of pages.

pub(crate) mod allergy;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::app::App;
use crate::azukari::{Policy, Reason, StoreAsk, Trouble, Values};
use crate::book::bookings::{Booking, Ending};
use crate::book::companions::Companions;
use crate::book::stores::Store;
use crate::book::{Book, No};
use crate::engage::Stop;
use crate::language::Language;
use crate::when;
use allergy::{Answer, Says, Standing};

/// What a store needs to take a guest in.
pub(crate) const RESERVATION_ITEMS: [&str; 5] =
    ["name", "phone", "language", "company", "receipt_name"];
/// What the kitchen needs, the most important first.
pub(crate) const MEAL_ITEMS: [&str; 5] =
    [allergy::ITEM, "disliked_food", "favourite_food", "serving_size", "preferred_alcohol"];

/// How far ahead a store may look, in days: it shops and staffs for the coming week.
pub(crate) const DAYS_AHEAD: i64 = 7;

/// What is asked for, by purpose; for a purpose without items nothing is asked.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) reservation: &'static [&'static str],
    pub(crate) meal: &'static [&'static str],
}

/// Everything that a store may see of a booking.
pub(crate) const ALL: Wanted = Wanted { reservation: &RESERVATION_ITEMS, meal: &MEAL_ITEMS };

/// What a store is told of one booking.
pub(crate) struct Told {
    pub(crate) booking: Booking,
    /// `None` when nothing was asked for under this purpose.
    pub(crate) reservation: Option<Answer>,
    pub(crate) meal: Option<Answer>,
    /// What those who come along are allergic to, for the meal; nothing where nothing was told.
    pub(crate) companions: Companions,
    /// How the consent to tell of allergies stands.
    standing: Standing,
    /// What came of asking for the allergies apart; `None` when they were not asked for so.
    special: Option<Answer>,
}

impl Told {
    /// What is known of allergies; `None` when nothing was asked for under `meal`.
    pub(crate) fn allergies(&self) -> Option<Says<'_>> {
        let meal = self.meal.as_ref()?;
        let (reservation, special) = (self.reservation.as_ref(), self.special.as_ref());
        Some(allergy::says(self.standing, reservation, meal, special))
    }
}

/// The evenings a store may look at, and from when until when their bookings start.
pub(crate) struct Window {
    pub(crate) tonight: Date,
}

impl Window {
    pub(crate) fn of(store: &Store, now: Timestamp) -> Self {
        Self { tonight: when::evening_of(now, &store.time_zone) }
    }

    /// The evening that was asked for, tonight where none was. `None` for a day that nobody may look at: another
    /// evening in its place would be a look at guests that nobody meant.
    pub(crate) fn evening(&self, asked: Option<&str>) -> Option<Date> {
        let Some(asked) = asked else { return Some(self.tonight) };
        let asked = asked.parse::<Date>().ok()?;
        self.dates().find(|date| *date == asked)
    }

    pub(crate) fn dates(&self) -> impl Iterator<Item = Date> {
        let tonight = self.tonight;
        (0..=DAYS_AHEAD).map(move |ahead| tonight + ahead.days())
    }
}

/// One of a store's bookings by its number. Another store's, one that was called off, and one that is not
/// within the store's window are not there.
pub(crate) async fn booking_of(
    book: &Book,
    store: &Store,
    number: &str,
    now: Timestamp,
) -> anyhow::Result<Option<Booking>> {
    Ok(in_window(book, store, number, now).await?.filter(Booking::stands))
}

/// The same of one that was called off, whose guest is nobody to the store any more. What never was a booking never was
/// there.
pub(crate) async fn called_off(
    book: &Book,
    store: &Store,
    number: &str,
    now: Timestamp,
) -> anyhow::Result<Option<Booking>> {
    let is_called_off = |booking: &Booking| {
        !booking.stands() && !booking.never_was() && booking.ending != Some(Ending::Failed)
    };
    Ok(in_window(book, store, number, now).await?.filter(is_called_off))
}

async fn in_window(
    book: &Book,
    store: &Store,
    number: &str,
    now: Timestamp,
) -> anyhow::Result<Option<Booking>> {
    let window = Window::of(store, now);
    let found = book.booking(number).await?;
    Ok(found.filter(|booking| {
        let evening = when::evening_of(booking.starts_at, &store.time_zone);
        booking.store == store.slug && window.dates().any(|date| date == evening)
    }))
}

/// True when Azukari knows that a booking does not stand, whatever the book says of it.
fn is_over(meal: &Answer) -> bool {
    let ends = |reason: &Reason| {
        ["engagement_ended", "engagement_cancelled", "no_engagement", "unknown_subject"]
            .contains(&reason.id.as_str())
    };
    matches!(meal, Answer::Refused(why) if why.iter().any(ends))
}

/// One look: up to three asks for each booking, all at once.
///
/// # Errors
/// What is no answer and no outage.
pub(crate) async fn look(
    app: &App,
    language: Language,
    policy: &Policy,
    bookings: Vec<Booking>,
    wanted: Wanted,
    now: Timestamp,
) -> Result<Vec<Told>, Stop> {
    let azukari = &app.azukari;
    let mut companions = match wanted.meal {
        [] => BTreeMap::new(),
        _ => app.book.companions(&bookings, now).await.map_err(No::from)?,
    };
    let held = |names: &[&str], special: bool| -> Vec<String> {
        let fits = |name: &&&str| {
            policy.items.get(**name).is_some_and(|item| item.consent.is_some() == special)
        };
        names.iter().filter(fits).map(|name| (*name).to_owned()).collect()
    };
    let (reservation, meal) = (held(wanted.reservation, false), held(wanted.meal, false));
    // Items with a consent of their own: given, they join the ask; never given, nothing is held to
    // ask for; otherwise they are asked for apart.
    let special = held(wanted.meal, true);
    let whole_meal: Vec<String> = special.iter().chain(&meal).cloned().collect();
    let consent = special.first().and_then(|name| policy.items.get(name)?.consent.as_deref());
    let subjects: Vec<&str> = bookings.iter().map(|booking| booking.subject.as_str()).collect();
    let standings: Vec<Standing> = match consent {
        None => vec![Standing::Given; bookings.len()],
        Some(name) => match azukari.standings(name, &subjects).await {
            Ok(states) => states.iter().map(|state| Standing::read(state.as_deref())).collect(),
            Err(Trouble::Unavailable) => vec![Standing::Away; bookings.len()],
            Err(trouble) => return Err(trouble.into()),
        },
    };
    let mut asks = Vec::new();
    for (booking, standing) in bookings.iter().zip(&standings) {
        let ask = |purpose, items| StoreAsk {
            subject: &booking.subject,
            recipient: &booking.store,
            purpose,
            items,
            reference: &booking.number,
        };
        asks.push(ask("reservation", &reservation));
        asks.push(ask("meal", if *standing == Standing::Given { &whole_meal } else { &meal }));
        if *standing == Standing::Unclear {
            asks.push(ask("meal", &special));
        }
    }
    // What asks for nothing is answered here.
    asks.retain(|ask| !ask.items.is_empty());
    let mut answers = azukari.disclose_all(language, &asks).await?.into_iter();
    let mut answer = |items: &[String]| -> Result<Answer, Trouble> {
        if items.is_empty() {
            return Ok(Answer::Told(Values::default()));
        }
        match answers.next() {
            Some(Ok(values)) => Ok(Answer::Told(values)),
            Some(Err(Trouble::Refused(reasons))) => Ok(Answer::Refused(reasons)),
            Some(Err(Trouble::Unavailable)) | None => Ok(Answer::Away),
            Some(Err(trouble)) => Err(trouble),
        }
    };
    let mut told = Vec::with_capacity(bookings.len());
    for (booking, standing) in bookings.into_iter().zip(standings) {
        let given = standing == Standing::Given;
        let reservation = answer(&reservation)?;
        let meal = answer(if given { &whole_meal } else { &meal })?;
        let special = match standing {
            Standing::Never | Standing::Given => None,
            Standing::Unclear => Some(answer(&special)?),
            // Whether it may be asked for is not known, so it is not; nor is it known to be empty.
            Standing::Away => Some(Answer::Away),
        };
        let companions = companions.remove(&booking.number).filter(|_| !is_over(&meal));
        told.push(Told {
            booking,
            companions: companions.unwrap_or_default(),
            reservation: (!wanted.reservation.is_empty()).then_some(reservation),
            meal: (!wanted.meal.is_empty()).then_some(meal),
            standing,
            special,
        });
    }
    // Put down before it is shown, as with what is hers.
    let seen = told.iter().filter(|one| !one.companions.is_empty());
    let seen: Vec<_> =
        seen.map(|one| (one.booking.number.clone(), one.companions.clone())).collect();
    if !seen.is_empty() {
        app.book.companions_are_shown(seen, now).await?;
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companions_are_not_told_of_a_booking_that_azukari_knows_to_be_over() {
        let refused = |id: &str| {
            let reason = Reason { id: id.to_owned(), consent: None, state: None, words: None };
            is_over(&Answer::Refused(vec![reason]))
        };
        for over in ["engagement_ended", "engagement_cancelled", "no_engagement", "unknown_subject"]
        {
            assert!(refused(over), "{over}");
        }
        // What she stopped of her own, and an Azukari that is away, say nothing of those who come along.
        assert!(!refused("restricted") && !refused("consent_not_given") && !is_over(&Answer::Away));
        assert!(!is_over(&Answer::Told(Values::default())));
    }
}
