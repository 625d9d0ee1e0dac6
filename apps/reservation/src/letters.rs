//! What a guest is written about a booking: that it is made, moved, called off. The words are ours; her
//! address and the delivery are Azukari's, which adds to a confirmation what goes to the store, what for
//! and on which basis, so that it is also the document of the provision (Rules 19(3)). And what she is written
//! about her password. When letters about bookings go is `engage`'s to know.

use crate::app::{self, App};
use crate::azukari::BookingLetter;
use crate::book::letters::{Kind, Letter};
use crate::book::stores::Store;
use crate::chance;
use crate::language::Language;
use crate::terms::calling_off;
use crate::words::Words;
use crate::{phone, when};

/// Has a guest written the code with which she chooses another password.
pub(crate) async fn write_code(app: &App, language: Language, subject: &str, code: &str) {
    let words = Words::of(language);
    let paragraphs = [(words.letter.code_told)(code), words.letter.code_not_you.to_owned()];
    tell(app, language, subject, words.letter.code, &paragraphs).await;
}

/// Has a guest told that her password is another one.
pub(crate) async fn password_changed(app: &App, language: Language, subject: &str) {
    let words = Words::of(language);
    let at = when::date_and_time(app::now(), language);
    let told = (words.letter.password_told)(&at);
    let paragraphs = [told, words.letter.password_not_you.to_owned()];
    tell(app, language, subject, words.letter.password, &paragraphs).await;
}

/// Has a letter written about her account. A letter that cannot be had is only logged, by the id alone.
async fn tell(app: &App, language: Language, subject: &str, title: &str, paragraphs: &[String]) {
    let Ok(key) = chance::uuid() else { return };
    if let Err(trouble) = app.azukari.put_letter(subject, language, title, paragraphs, &key).await {
        tracing::warn!(subject, "no letter about an account: {trouble}");
    }
}

/// The page of a booking, as a guest's browser reaches it.
pub(crate) fn page_of(here: &str, booking: &str) -> String {
    format!("{here}/me/bookings/{booking}")
}

/// The words of a letter about a booking.
pub(crate) fn about(letter: &Letter, store: &Store, here: &str) -> BookingLetter {
    let language = letter.language;
    let words = Words::of(language);
    let name = store.name(language);
    let at = when::there(letter.starts_at, &store.time_zone, language);
    let (kind, title, first) = match letter.kind {
        Kind::Made => ("confirmation", words.letter.made, words.letter.made_told),
        Kind::Moved => ("change", words.letter.moved, words.letter.moved_told),
        Kind::CalledOff => ("cancellation", words.letter.ended, words.letter.ended_told),
        Kind::CalledOffByStore => {
            ("cancellation", words.letter.called_off, words.letter.called_off_told)
        }
    };
    let is_over = kind == "cancellation";
    let mut paragraphs = vec![first(name)];
    if is_over {
        if !letter.reason.is_empty() {
            paragraphs.push((words.letter.reason)(&letter.reason));
        }
        paragraphs.push(match letter.costs_yen {
            0 => words.letter.cost_nothing.to_owned(),
            yen => (words.letter.cost)(&(words.frame.yen)(yen)),
        });
    } else {
        if letter.fee_yen > 0 {
            let terms = (letter.fee_yen, letter.free_until, letter.late_percent);
            paragraphs.push(calling_off(terms, &store.time_zone, language, letter.at));
        }
        paragraphs.push(words.letter.looks.to_owned());
    }
    if letter.back_yen > 0 {
        paragraphs.push((words.money.goes_back)(&(words.frame.yen)(letter.back_yen)));
    }
    paragraphs.push((words.letter.page)(&page_of(here, &letter.booking)));
    let clock = when::clock(letter.starts_at, &store.time_zone, language);
    let mut details = vec![
        (words.letter.restaurant.to_owned(), name.to_owned()),
        (words.letter.when.to_owned(), (words.letter.when_there)(&at, &clock)),
        (words.visit.party_size.to_owned(), (words.frame.party)(letter.party)),
        (words.visit.address.to_owned(), store.address.get(language).to_owned()),
        (words.visit.telephone.to_owned(), phone::shown(&store.phone, language)),
        (words.visit.booking_number.to_owned(), letter.booking.clone()),
    ];
    details.retain(|(_, value)| !value.is_empty());
    if letter.fee_yen > 0 {
        details.push((words.visit.fee.to_owned(), (words.frame.yen)(letter.fee_yen)));
    }
    BookingLetter {
        kind,
        subject: letter.subject.clone(),
        store: letter.store.clone(),
        booking: letter.booking.clone(),
        language,
        title: title(name),
        paragraphs,
        details,
        key: letter.id.clone(),
    }
}
