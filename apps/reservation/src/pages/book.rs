//! A store's own page: what it is, its days as a strip, the times of one of them. What follows a time is in
//! `review`.

use axum::extract::{Path, Query, State};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{Field, Purposes, moment, named, sent_to};
use super::{Sheet, layout};
use crate::app::{self, App, Reader, Shared};
use crate::azukari::Policy;
use crate::book::No;
use crate::book::seatings::{self, Day};
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::words::Words;
use crate::{phone, when};

/// The days in a strip, and how far the page looks ahead for a first free day.
const STRIP_DAYS: i64 = 14;

#[derive(Deserialize, Default)]
pub(super) struct Asked {
    pub(super) date: Option<String>,
    pub(super) party: Option<String>,
}

/// A day and a party, as they were chosen or as they are proposed.
pub(super) struct Choice {
    pub(super) date: Date,
    pub(super) party: u8,
}

/// A booking that is to move: the page that looks it over, and what it is now.
pub(super) struct Moves {
    pub(super) page: String,
    pub(super) from: (Timestamp, u8),
}

/// What somebody who wants a table sees of a day.
pub(super) struct Chooser<'a> {
    pub(super) store: &'a Store,
    pub(super) choice: Choice,
    pub(super) day: Day,
    /// The days from which she chooses, with what each has.
    pub(super) strip: Vec<(Date, Day)>,
    pub(super) now: Timestamp,
    /// Where a chosen time is looked over, when a booking is to move.
    pub(super) moves: Option<Moves>,
}

/// Why a store has no times for a day and a party whatever is free, in the reader's words.
pub(super) fn not_taken(
    store: &Store,
    choice: &Choice,
    now: Timestamp,
    words: &Words,
) -> Option<String> {
    match store.takes(choice.date, choice.party, now) {
        Err(No::Party) => Some((words.finding.party_not_taken)(choice.party, &store.parties())),
        Err(No::TooFar) => Some(words.visit.not_open_yet.to_owned()),
        _ => None,
    }
}

/// A listed store; any other does not exist.
pub(super) async fn listed(app: &App, slug: &str) -> Result<Store, Fault> {
    app.book.store(slug).await?.filter(|store| store.listed).ok_or(Fault::NotFound)
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Fault> {
    let store = listed(&app, &slug).await?;
    let policy = app.azukari.policy().await?;
    let chooser = chooser(&app, &store, &asked, app::now()).await?;
    Ok(draw(&reader, &chooser, &policy, None))
}

/// The day that was asked for, or the first that has a table.
pub(super) async fn chooser<'a>(
    app: &App,
    store: &'a Store,
    asked: &Asked,
    now: Timestamp,
) -> Result<Chooser<'a>, Fault> {
    let party = asked.party.as_deref().and_then(|party| party.parse().ok());
    let party = party.unwrap_or_else(|| store.nearest(2));
    let date = asked.date.as_deref().and_then(|date| date.parse::<Date>().ok());
    let mut strip = Vec::new();
    for date in days(store, date, now) {
        strip.push((date, app.book.day(store.clone(), date, party, now).await?));
    }
    chosen(store, strip, date, party, now)
}

/// The days of the strip in which a day lies: from today on, two weeks at a time.
pub(super) fn days(store: &Store, date: Option<Date>, now: Timestamp) -> Vec<Date> {
    let (today, last) = (store.date_of(now), store.last_day(now).max(store.date_of(now)));
    let date = date.unwrap_or(today).clamp(today, last);
    let ahead = i64::from((date - today).get_days()) / STRIP_DAYS * STRIP_DAYS;
    let days = (ahead..ahead + STRIP_DAYS).filter_map(|day| today.checked_add(day.days()).ok());
    days.filter(|day| *day <= last).collect()
}

/// A strip with the day chosen that was asked for, or the first that has a table.
pub(super) fn chosen(
    store: &Store,
    mut strip: Vec<(Date, Day)>,
    date: Option<Date>,
    party: u8,
    now: Timestamp,
) -> Result<Chooser<'_>, Fault> {
    if let Some(date) = date.filter(|date| *date > store.last_day(now)) {
        let day = Day { closed: None, seatings: Vec::new() };
        return Ok(Chooser { store, choice: Choice { date, party }, day, strip, now, moves: None });
    }
    let wanted = date.and_then(|date| strip.iter().position(|(day, _)| *day == date));
    let first_free = || strip.iter().position(|(_, day)| is_free(day));
    let at = wanted.or_else(first_free).unwrap_or(0);
    let nothing = || Fault::broken("a strip without days");
    let (date, day) = strip.get_mut(at).ok_or_else(nothing)?;
    let day = Day { closed: day.closed.clone(), seatings: std::mem::take(&mut day.seatings) };
    let choice = Choice { date: *date, party };
    Ok(Chooser { store, choice, day, strip, now, moves: None })
}

fn is_free(day: &Day) -> bool {
    day.seatings.iter().any(|seating| seating.free)
}

/// Where somebody goes who chose a time.
pub(super) fn review_at(store: &Store, date: Date, time: Time, party: u8) -> String {
    chosen_at(&format!("/book/{}/review", store.slug), date, time, party)
}

/// A page, with what was chosen.
fn chosen_at(page: &str, date: Date, time: Time, party: u8) -> String {
    format!("{page}?date={date}&time={}&party={party}", time.strftime("%H:%M"))
}

/// A moment and a party that a form brought.
///
/// # Errors
/// What is wrong, in the reader's words.
pub(super) fn read(
    fields: &Fields,
    store: &Store,
    words: &Words,
) -> Result<(Timestamp, u8), String> {
    let date = fields.get("date").parse::<Date>().ok();
    let time = fields.get("time").parse::<Time>().ok();
    let party = fields.get("party").parse::<u8>().ok();
    let moment = date.zip(time);
    let moment = moment.and_then(|(on, at)| seatings::moment(on, at, &store.time_zone));
    match (moment, party) {
        (Some(moment), Some(party)) => Ok((moment, party)),
        (_, None) => Err((words.finding.error_party)(&store.parties())),
        (None, _) => Err(words.visit.error_time.to_owned()),
    }
}

/// Why the book does not take a wish, in the reader's words; `None` for what is no answer to a guest.
pub(super) fn told(no: &No, store: &Store, reader: &Reader) -> Option<String> {
    let words = reader.words;
    Some(match no {
        No::Full => words.visit.error_full.to_owned(),
        No::NotOffered => words.visit.error_time.to_owned(),
        No::Closed(reason) => (words.finding.closed_that_day)(reason.get(reader.language)),
        No::Party => (words.finding.error_party)(&store.parties()),
        No::TooSoon => words.visit.error_too_soon.to_owned(),
        No::TooFar => (words.door.error_date)(i64::from(store.days_ahead)),
        No::Already(_) => words.visit.error_already.to_owned(),
        No::Gone => words.visit.error_gone.to_owned(),
        No::InTheWay(_) | No::Failed(_) => return None,
    })
}

/// The page, with what is wrong about what was chosen.
pub(super) fn draw(
    reader: &Reader,
    chooser: &Chooser<'_>,
    policy: &Policy,
    error: Option<&str>,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let store = chooser.store;
    let body = html! {
        section class="cover" {
            img src={ "/stores/" (store.slug) "/picture.svg" } alt="" width="640" height="400";
            div class="told" {
                p class="eyebrow" {
                    (store.cuisine.get(language)) " · " (store.area.get(language)) " · "
                    (price_band(store.price_band, words))
                }
                h1 { (named(store.name(language))) }
                p class="lead" { (store.description.get(language)) }
            }
        }
        @if let Some(error) = error {
            div class="notice alert" role="alert" { p { (error) } }
        }
        section id="times" class="choosing" {
            h2 { (words.finding.choose_a_table) }
            (choose(reader, chooser))
        }
        section class="facts" {
            h2 { (words.finding.about_the_store) }
            dl class="pairs" {
                div { dt { (words.visit.hours) } dd { (store.hours.get(language)) } }
                div { dt { (words.visit.address) } dd { (store.address.get(language)) } }
                (telephone(store, reader))
                div { dt { (words.visit.fee) } dd { (terms(store, words)) } }
                div { dt { (words.visit.party_size) } dd {
                    ((words.finding.parties_of)(&store.parties()))
                } }
            }
        }
        section {
            h2 { (words.visit.book_sees) }
            p { (words.visit.book_sees_lead) }
            (sent_to(policy, reader))
        }
    };
    layout(reader, &Sheet { title: store.name(language), wide: true }, &body)
}

/// How a store is called, as a pair; nothing where it has no telephone.
pub(super) fn telephone(store: &Store, reader: &Reader) -> Markup {
    html! {
        @if !store.phone.is_empty() {
            div { dt { (reader.words.visit.telephone) } dd { (call(store, reader)) } }
        }
    }
}

/// A store's number, to be dialled at a touch.
pub(super) fn call(store: &Store, reader: &Reader) -> Markup {
    let shown = phone::shown(&store.phone, reader.language);
    html! { a class="call" href={ "tel:" (store.phone) } { (shown) } }
}

/// ¥ to ¥¥¥¥.
pub(super) fn price_band(band: u8, words: &Words) -> Markup {
    html! {
        span class="price" role="img" aria-label=((words.finding.price_of)(band)) {
            ("¥".repeat(usize::from(band)))
        }
    }
}

/// That the store itself is to be asked, and how it is called.
pub(super) fn ask_the_store(store: &Store, reader: &Reader) -> Markup {
    html! {
        p {
            (reader.words.visit.ask_the_store)
            @if !store.phone.is_empty() { " " (call(store, reader)) }
        }
    }
}

/// What a booking costs, and what calling it off does.
pub(super) fn terms(store: &Store, words: &Words) -> String {
    if store.fee_yen == 0 {
        return words.visit.fee_none.to_owned();
    }
    let yen = (words.frame.yen)(store.fee_yen);
    (words.visit.fee_terms)(&yen, store.free_until_hours, store.late_percent)
}

/// The party, the days as a strip, and the times of one of them.
pub(super) fn choose(reader: &Reader, chooser: &Chooser<'_>) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let Chooser { store, choice, day, strip, now, .. } = chooser;
    let refused = not_taken(store, choice, *now, words);
    let parties = store.parties();
    if parties.is_empty() {
        let none = (words.finding.error_party)(&parties);
        return html! { p class="notice" role="status" { (none) } };
    }
    let parties: Vec<_> =
        parties.into_iter().map(|party| (party.to_string(), (words.frame.party)(party))).collect();
    let field = |name, label| Field {
        name,
        label,
        required: false,
        purposes: Purposes::default(),
        hint: None,
        error: None,
        focus: false,
        autocomplete: None,
    };
    let party = store.nearest(choice.party).to_string();
    let date = choice.date.to_string();
    let some_time = choice.date.to_zoned(store.time_zone.clone());
    let some_time = some_time.map_or(*now, |zoned| zoned.timestamp());
    html! {
        // Without an action it comes back to this page.
        form class="pick" method="get" {
            (field("party", words.visit.party_size).select(&parties, &party, words))
            (field("date", words.visit.date).input("date", Some(&date), words))
            button class="quiet" { (words.visit.see_times) }
        }
        (days_strip(reader, chooser))
        h3 { (when::date(choice.date, language)) (words.frame.comma) ((words.frame.party)(choice.party)) }
        @if let Some(refused) = &refused {
            p class="notice" role="status" { (refused) }
        } @else if let Some(reason) = &day.closed {
            p class="notice" { ((words.finding.closed_that_day)(reason.get(language))) }
        } @else if day.seatings.is_empty() {
            p class="notice" { (words.visit.no_times_that_day) }
        } @else {
            (times(reader, chooser))
            @if chooser.moves.is_none() && day.seatings.iter().any(|seating| !seating.free) {
                p class="hint" { (words.visit.full_told) }
            }
            p class="hint" {
                ((words.visit.clock_is)(&when::clock(some_time, &store.time_zone, language)))
            }
        }
        @let closed: Vec<_> = strip.iter().filter_map(|(on, day)| Some((on, day.closed.as_ref()?))).collect();
        @if !closed.is_empty() {
            dl class="closings hint" {
                dt { (words.finding.closing_days) }
                @for (on, reason) in closed {
                    dd { (when::day(*on, language)) " " (reason.get(language)) }
                }
            }
        }
    }
}

/// Two weeks at a glance, each day with what it has, and the way to the weeks before and after.
fn days_strip(reader: &Reader, chooser: &Chooser<'_>) -> Markup {
    let (words, language) = (reader.words, reader.language);
    let Chooser { store, choice, day, strip, now, .. } = chooser;
    let seated = store.parties().contains(&choice.party);
    let to = |date: Date| format!("?date={date}&party={}#times", choice.party);
    let before = strip.first().and_then(|(first, _)| first.checked_sub(STRIP_DAYS.days()).ok());
    let before = before.filter(|date| *date >= store.date_of(*now));
    let after = strip.last().and_then(|(last, _)| last.tomorrow().ok());
    let after = after.filter(|date| *date <= store.last_day(*now));
    html! {
        nav class="days" aria-label=(words.finding.days) {
            @if let Some(before) = before {
                a class="turn" href=(to(before)) rel="prev" { (words.finding.earlier_days) }
            }
            @for (at, (date, has)) in strip.iter().enumerate() {
                @let here = *date == choice.date;
                @let has = if here { day } else { has };
                @let (mark, says) = match (&has.closed, is_free(has), has.seatings.is_empty() || !seated) {
                    (Some(_), ..) => ("–", words.finding.closed),
                    (None, true, _) => ("○", words.finding.has_seats),
                    (None, false, false) => ("×", words.visit.full),
                    (None, false, true) => ("–", words.finding.no_seating),
                };
                @let sunday = match date.weekday().to_monday_zero_offset() { 5 => " saturday", 6 => " sunday", _ => "" };
                a class={ "day" (sunday) @if mark == "–" { " shut" } } href=(to(*date))
                    aria-current=[here.then_some("date")]
                    aria-label={ (when::date(*date, language)) (words.frame.comma) (says) } {
                    span {
                        @if at == 0 || date.day() == 1 { ((words.frame.month)(date.month())) " " }
                        (when::weekday_of(*date, language))
                    }
                    b { (date.day()) }
                    span { (mark) }
                }
            }
            @if let Some(after) = after {
                a class="turn" href=(to(after)) rel="next" { (words.finding.later_days) }
            }
        }
    }
}

/// The times of the day: a way on where a table is free, a line to stand in where none is.
fn times(reader: &Reader, chooser: &Chooser<'_>) -> Markup {
    let words = reader.words;
    let Chooser { store, choice, day, moves, .. } = chooser;
    let wish = |time: Time| {
        html! {
            input type="hidden" name="date" value=(choice.date);
            input type="hidden" name="party" value=(choice.party);
            input type="hidden" name="time" value=(time.strftime("%H:%M"));
        }
    };
    html! {
        ul class="times" {
            @for seating in &day.seatings {
                @let shown = moment(seating.starts_at, &when::clock_face(seating.time));
                li {
                    @match (seating.free, moves) {
                        (true, None) => a href=(review_at(store, choice.date, seating.time, choice.party)) {
                            (shown)
                        },
                        (_, Some(moves)) if moves.from == (seating.starts_at, choice.party) => {
                            span class="full" { (shown) span { (words.visit.your_time) } }
                        },
                        (true, Some(moves)) => a href=(chosen_at(&moves.page, choice.date, seating.time, choice.party)) {
                            (shown)
                        },
                        (false, None) => form method="post" action={ "/book/" (store.slug) "/wait" } {
                            (wish(seating.time))
                            button class="full" { (shown) span { (words.visit.full) (words.frame.colon) (words.visit.wait_for_it) } }
                        },
                        (false, Some(_)) => span class="full" { (shown) span { (words.visit.full) } },
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_does_not_take_is_said_and_not_changed_into_what_it_does() {
        let store = Store { party_max: 6, ..crate::book::tests::store() };
        let words = Words::of(crate::language::Language::Ja);
        let now: Timestamp = "2026-11-23T03:00:00Z".parse().unwrap();
        let today = store.date_of(now);
        let far = jiff::civil::date(2027, 9, 9);
        let says = |date, party| not_taken(&store, &Choice { date, party }, now, words);
        assert_eq!(says(today, 6), None);
        assert_eq!(
            says(today, 12).as_deref(),
            Some("12名さまのご予約は承れません（1名から6名まで）")
        );
        assert_eq!(says(far, 2).as_deref(), Some("この日の受付はまだ始まっていません"));
        let nothing = || Day { closed: None, seatings: Vec::new() };
        let strip = |date| days(&store, date, now).into_iter().map(|on| (on, nothing())).collect();
        for (date, party) in [(far, 2), (today.tomorrow().unwrap(), 99)] {
            let chooser = chosen(&store, strip(Some(date)), Some(date), party, now).ok().unwrap();
            let shown = chooser.choice;
            assert_eq!((shown.date, shown.party), (date, party));
        }
    }

    #[test]
    fn a_party_that_no_table_seats_is_neither_offered_nor_called_full() {
        let reader = crate::pages::me::looks::tests::reader(crate::language::Language::En);
        let now: Timestamp = "2026-11-23T03:00:00Z".parse().unwrap();
        let shown = |seated: &[(u16, u16)], party| {
            let seated = seated.iter().map(|(from, to)| *from..=*to).collect();
            let store = Store { party_max: 6, seated, ..crate::book::tests::store() };
            let strip = days(&store, None, now).into_iter();
            let strip = strip.map(|on| (on, Day { closed: None, seatings: Vec::new() })).collect();
            let chooser = chosen(&store, strip, None, party, now).ok().unwrap();
            choose(&reader, &chooser).into_string()
        };
        let offered = |page: &str| -> Vec<u8> {
            let is = |party: &u8| page.contains(&format!("<option value=\"{party}\""));
            (1..=9).filter(is).collect()
        };
        // Tables for two, and some for four to eight: nobody seats three, and the rules end at six.
        let page = shown(&[(1, 2), (4, 8)], 3);
        assert_eq!(offered(&page), [1, 2, 4, 5, 6]);
        let said = "Not for a party of 3 (it takes parties of 1 to 2, 4 to 6)";
        assert!(page.contains(said) && !page.contains(reader.words.visit.full), "{page}");
        let page = shown(&[(7, 9)], 2);
        assert!(offered(&page).is_empty(), "{page}");
        assert!(page.contains("No new bookings are taken at the moment."), "{page}");
    }

    #[test]
    fn a_strip_begins_today_and_turns_by_two_weeks() {
        let store = crate::book::tests::store();
        let now: Timestamp = "2026-11-23T03:00:00Z".parse().unwrap();
        let today = store.date_of(now);
        let strip = |ahead: i64| days(&store, Some(today + ahead.days()), now);
        assert_eq!(days(&store, None, now).first(), Some(&today));
        assert_eq!(strip(13).first(), Some(&today));
        assert_eq!(strip(14).first(), Some(&(today + 14.days())));
        assert_eq!(strip(-5).first(), Some(&today));
        // Beyond the last day that the store takes bookings for there is nothing to choose.
        assert!(strip(5_000).last() <= Some(&store.last_day(now)));
    }
}
