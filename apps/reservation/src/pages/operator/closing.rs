//! Days on which a store is closed. A day that has bookings is closed only when the operator has seen them
//! and decided: they are called off and their guests told, or they stay.

use axum::extract::{Query, State};
use axum::response::Response;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::parts::{Errors, Named, done, moment, nothing};
use super::super::{Sheet, layout, see_other};
use super::{Of, errors, field, head, refused};
use crate::app::{self, App, Reader, Shared};
use crate::book::No;
use crate::book::bookings::Stage;
use crate::book::closing::{AlsoEnds, AtStake};
use crate::edit;
use crate::engage;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::when;
use crate::words::Words;

#[derive(Deserialize)]
pub(super) struct Way {
    done: Option<String>,
    /// How many bookings were called off with a day that was closed.
    called_off: Option<String>,
}

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    of: Of,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let called_off = way.called_off.and_then(|count| count.parse::<usize>().ok());
    let note = match (way.done, called_off.filter(|count| *count > 0)) {
        (None, _) => nothing(),
        (Some(_), None) => done(words.hers.done_item),
        (Some(_), Some(count)) => done(&(words.office.done_called_off)(count)),
    };
    let fields = Fields::default();
    draw(&app, &reader, &of, &fields, &Errors::default(), &Stake::default(), note).await
}

pub(super) async fn close(
    State(app): State<Shared>,
    reader: Reader,
    of: Of,
    fields: Fields,
) -> Result<Response, Fault> {
    let slug = &of.store.slug;
    let now = app::now();
    let (found, there) = match edit::closing_day(&fields, of.store.date_of(now)) {
        Err(wrong) => (errors(&wrong, &reader), Stake::default()),
        Ok((day, decision)) => {
            let on = day.on;
            match engage::close(&app, slug, day, decision, now).await {
                Ok(count) => {
                    let done = format!("/closing-days?done=1&called_off={count}");
                    return see_other(&of.at(&done));
                }
                Err(No::InTheWay(_)) => {
                    let there = app.book.at_stake(slug, on, now).await?;
                    let also = app.book.also_ends(slug, on, now).await?;
                    (Errors::default(), Stake { there, also })
                }
                Err(no) => return Err(no.into()),
            }
        }
    };
    Ok(refused(draw(&app, &reader, &of, &fields, &found, &there, nothing()).await?))
}

pub(super) async fn open(State(app): State<Shared>, of: Of) -> Result<Response, Fault> {
    let on = of.names.get("date").and_then(|date| date.parse::<Date>().ok());
    app.book.open_day(&of.store.slug, on.ok_or(Fault::NotFound)?).await?;
    see_other(&of.at("/closing-days?done=1"))
}

/// What calling a booking off means for its money.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paid,
    Booked,
    Held,
    Offered,
}

impl Kind {
    fn of(one: &AtStake) -> Self {
        match one.booking.stage {
            _ if one.paid_yen > 0 => Self::Paid,
            Stage::Held if one.is_offer => Self::Offered,
            Stage::Held => Self::Held,
            _ => Self::Booked,
        }
    }

    /// Beside the booking; a plain one needs no words.
    fn told(self, one: &AtStake, words: &Words) -> Option<String> {
        match self {
            Self::Paid => Some((words.office.closing_is_paid)(&(words.frame.yen)(one.paid_yen))),
            Self::Booked => None,
            Self::Held => Some(words.office.closing_is_held.to_owned()),
            Self::Offered => Some(words.office.closing_is_offered.to_owned()),
        }
    }
}

/// What becomes of the bookings and their money, for each of the two answers.
fn consequences(there: &[AtStake], also: AlsoEnds, words: &Words) -> Markup {
    let count = |kind: Kind| there.iter().filter(|one| Kind::of(one) == kind).count();
    let yen = there.iter().map(|one| one.paid_yen).sum();
    let lines = [
        (
            count(Kind::Paid),
            (words.office.closing_paid)(count(Kind::Paid), &(words.frame.yen)(yen)),
        ),
        (count(Kind::Booked), (words.office.closing_booked)(count(Kind::Booked))),
        (count(Kind::Held), (words.office.closing_held)(count(Kind::Held))),
        (count(Kind::Offered), (words.office.closing_offered)(count(Kind::Offered))),
    ];
    html! {
        p { strong { (words.office.closing_if_off) } }
        ul class="points" { @for (_, line) in lines.iter().filter(|(count, _)| *count > 0) { li { (line) } } }
        p { strong { (words.office.keep_them) } }
        p { (words.office.closing_if_kept) }
        @if also != AlsoEnds::default() {
            p { strong { (words.office.closing_either) } }
            ul class="points" {
                @if also.waiting > 0 { li { ((words.office.closing_waiting)(also.waiting)) } }
                @if also.changes > 0 { li { ((words.office.closing_changes)(also.changes)) } }
            }
        }
    }
}

/// The bookings of the day that is to be closed and that nothing was decided about, and what else ends.
#[derive(Default)]
struct Stake {
    there: Vec<AtStake>,
    also: AlsoEnds,
}

/// The page, with what is at stake on the day that is to be closed.
async fn draw(
    app: &App,
    reader: &Reader,
    of: &Of,
    fields: &Fields,
    errors: &Errors,
    Stake { there, also }: &Stake,
    note: Markup,
) -> Result<Markup, Fault> {
    let (words, language, store) = (reader.words, reader.language, &of.store);
    let days = app.book.closing_days(&store.slug, store.date_of(app::now())).await?;
    let order: Vec<Named> = ["date", "reason_ja", "reason_en"]
        .iter()
        .map(|name| Named { name: (*name).to_owned(), label: (words.frame.field)(name) })
        .collect();
    let numbers: Vec<&str> = there.iter().map(|one| one.booking.number.as_str()).collect();
    let action = of.at("/closing-days");
    let body = html! {
        (head(store, reader, words.finding.closing_days))
        (note)
        (errors.summary(&order, words))
        form class="sheet" method="post" action=(action) novalidate {
            @if there.is_empty() {
                div class="row" {
                    @for Named { name, label } in &order {
                        @let kind = if name == "date" { "date" } else { "text" };
                        (field(name, label, errors, None).input(kind, Some(fields.get(name)), words))
                    }
                }
                p class="actions" { button { (words.office.close_day) } }
            } @else {
                div class="notice alert" role="alert" {
                    p { strong { ((words.office.day_has_bookings)(there.len())) } }
                    ul {
                        @for one in there {
                            @let AtStake { booking, .. } = one;
                            @let at = when::there(booking.starts_at, &store.time_zone, language);
                            li {
                                (moment(booking.starts_at, &at)) (words.frame.comma)
                                ((words.frame.party)(booking.party)) (words.frame.comma)
                                span class="phrase" { (booking.number) }
                                @if let Some(kind) = Kind::of(one).told(one, words) {
                                    " " span class="tag" { (kind) }
                                }
                            }
                        }
                    }
                }
                (consequences(there, *also, words))
                @for Named { name, .. } in &order {
                    input type="hidden" name=(name) value=(fields.get(name));
                }
                input type="hidden" name="numbers" value=(numbers.join(" "));
                p class="actions" {
                    button name="bookings" value="call_off" { (words.office.call_them_off) }
                    button class="quiet" name="bookings" value="keep" { (words.office.keep_them) }
                    a href=(action) { (words.frame.back) }
                }
            }
        }
        section {
            h2 { (words.finding.closing_days) }
            @if days.is_empty() { p { (words.office.no_closing_days) } }
            ul class="rows" {
                @for day in &days {
                    li {
                        time datetime=(day.on) { (when::date(day.on, language)) }
                        span { (day.reason.get(language)) }
                        form method="post" action={ (action) "/" (day.on) "/open" } {
                            button class="plain" { (words.office.open_day) }
                        }
                    }
                }
            }
        }
    };
    Ok(layout(reader, &Sheet { title: words.finding.closing_days, wide: false }, &body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn whoever_closes_a_day_is_told_who_waits_for_it_whatever_becomes_of_its_bookings() {
        for language in [Language::Ja, Language::En] {
            let words = Words::of(language);
            let drawn = |waiting, changes| {
                consequences(&[], AlsoEnds { waiting, changes }, words).into_string()
            };
            let both = drawn(2, 1);
            for told in [(words.office.closing_waiting)(2), (words.office.closing_changes)(1)] {
                assert!(both.contains(&told), "{both}");
            }
            assert!(!drawn(0, 1).contains(&(words.office.closing_waiting)(0)));
            assert!(!drawn(0, 0).contains(words.office.closing_either));
        }
    }
}
