//! The receipt 領収書 for what was paid and kept, made out to the name on the receipt that Azukari holds. The
//! name is asked for when the page is shown, for the purpose of billing, and kept nowhere here.

use maud::{Markup, html};

use super::booking::Own;
use super::parts::{moment, naming, person};
use super::{Sheet, layout};
use crate::azukari::Trouble;
use crate::book::bookings::Stage;
use crate::book::payments::left_of;
use crate::fault::Fault;
use crate::when;

/// The purpose under which the name is asked for.
const BILLING: &str = "billing";
/// Who a receipt is made out to: the name that she gave for it, or else her own.
const NAMES: [&str; 2] = ["receipt_name", "name"];

pub(super) async fn page(own: Own) -> Result<Markup, Fault> {
    let Own { app, reader, caller, booking, store } = &own;
    let payments = app.book.payments_of(&booking.number).await?;
    let kept = left_of(&payments);
    let paid_at = payments.iter().filter_map(|payment| payment.paid_at).max();
    // What is not booked yet may still go back.
    let is_due = kept > 0 && booking.stage != Stage::Asked;
    let Some(paid_at) = paid_at.filter(|_| is_due) else { return Err(Fault::NotFound) };
    let (words, language) = (reader.words, reader.language);
    let names = NAMES.map(str::to_owned);
    let policy = app.azukari.policy().await?;
    let to = match app.azukari.use_items(language, &caller.who, BILLING, &names).await {
        Ok(values) => NAMES.iter().find_map(|name| values.get(name)).map(str::to_owned),
        // She stopped it: a receipt without a name is one all the same.
        Err(Trouble::Refused(_)) => None,
        Err(trouble) => return Err(Fault::of_guest(trouble)),
    };
    let what_for =
        if booking.stands() { words.money.receipt_words } else { words.money.receipt_words_off };
    let controller = &policy.controller;
    let starts = when::there(booking.starts_at, &store.time_zone, language);
    let body = html! {
        h1 { (words.money.receipt) }
        div class="sheet ticket receipt" {
            p class="to" { @if let Some(to) = &to { (person(to, words)) } @else { (words.money.receipt_nobody) } }
            p class="big yen" { ((words.frame.yen)(kept)) }
            p { (words.money.receipt_received) }
            dl class="pairs" {
                div {
                    dt { (words.money.receipt_what_for) }
                    dd {
                        (naming(what_for, store.name(language))) br;
                        (moment(booking.starts_at, &starts)) br;
                        ((words.frame.party)(booking.party))
                    }
                }
                div { dt { (words.money.receipt_how) } dd { (words.money.receipt_by_card) } }
                div {
                    dt { (words.money.receipt_day) }
                    dd { (moment(paid_at, &when::date(when::in_tokyo(paid_at).date(), language))) }
                }
                div { dt { (words.money.receipt_number) } dd { (booking.number) } }
                div {
                    dt { (words.money.receipt_by) }
                    dd {
                        (controller.name.get(language))
                        @if let Some(address) = &controller.address { br; (address.get(language)) }
                    }
                }
            }
        }
        p class="hint screen" { (words.money.receipt_print) }
        p class="actions screen" {
            a href="/me/items/receipt_name" { (words.money.receipt_name_change) }
            a href=(own.page()) { (words.frame.back) }
        }
    };
    Ok(layout(reader, &Sheet { title: words.money.receipt, wide: false }, &body))
}
