//! What a guest is written about a booking: that it is made, moved, called off. The words are ours; her
//! address and the delivery are Azukari's, which adds to a confirmation what goes to the store, what for
//! and on which basis, so that it is also the document of the provision (Rules 19(3)). And what she is written
//! about her password.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::app::{self, App};
use crate::azukari::BookingLetter;
use crate::book::bookings::Booking;
use crate::book::stores::Store;
use crate::chance;
use crate::language::Language;
use crate::when;
use crate::words::Words;

/// What happened to a booking.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Made,
    Moved,
    CalledOff {
        /// What it cost.
        yen: u32,
        /// What goes back of what was paid.
        back: u32,
    },
}

impl About {
    /// As Azukari calls it.
    fn kind(self) -> &'static str {
        match self {
            Self::Made => "confirmation",
            Self::Moved => "change",
            Self::CalledOff { .. } => "cancellation",
        }
    }
}

/// Has a letter written. A booking is good without it, so a letter that cannot be had is only logged.
pub(crate) async fn write(
    app: &App,
    language: Language,
    booking: &Booking,
    store: &Store,
    about: About,
) {
    let letter = letter(language, booking, store, about);
    if let Err(trouble) = app.azukari.write_about(booking, &letter).await {
        tracing::warn!(number = booking.number, "no letter about a booking: {trouble}");
    }
}

/// Has a guest written the code with which she chooses another password.
pub(crate) async fn write_code(app: &App, language: Language, subject: &str, code: &str) {
    let words = Words::of(language);
    let paragraphs = [(words.letter_code_told)(code), words.letter_code_not_you.to_owned()];
    tell(app, language, subject, words.letter_code, &paragraphs).await;
}

/// Has a guest told that her password is another one.
pub(crate) async fn password_changed(app: &App, language: Language, subject: &str) {
    let words = Words::of(language);
    let at = when::date_and_time(app::now(), language);
    let told = (words.letter_password_told)(&at);
    let paragraphs = [told, words.letter_password_not_you.to_owned()];
    tell(app, language, subject, words.letter_password, &paragraphs).await;
}

/// Has a guest told that somebody began to sign up with her address, in both languages: which one she reads is
/// Azukari's to know. Once a day at most, however often it is tried.
pub(crate) async fn has_account(app: &App, subject: &str) {
    let (ja, en) = (Words::of(Language::Ja), Words::of(Language::En));
    let title = format!("{} / {}", ja.letter_known, en.letter_known);
    let told =
        |words: &Words| [words.letter_known_told, words.letter_known_not_you].map(str::to_owned);
    let paragraphs = [told(ja), told(en)].concat();
    let key = format!("known-{subject}-{}", when::in_tokyo(app::now()).date());
    let (azukari, language) = (&app.azukari, Language::Ja);
    if let Err(trouble) = azukari.put_letter(subject, language, &title, &paragraphs, &key).await {
        tracing::warn!(subject, "no letter about an account: {trouble}");
    }
}

/// Has a letter written about her account. A letter that cannot be had is only logged, by the id alone.
async fn tell(app: &App, language: Language, subject: &str, title: &str, paragraphs: &[String]) {
    let Ok(key) = chance::uuid() else { return };
    if let Err(trouble) = app.azukari.put_letter(subject, language, title, paragraphs, &key).await {
        tracing::warn!(subject, "no letter about an account: {trouble}");
    }
}

fn letter(language: Language, booking: &Booking, store: &Store, about: About) -> BookingLetter {
    let words = Words::of(language);
    let name = store.name(language);
    let at = when::there(booking.starts_at, &store.time_zone, language);
    let (title, first) = match about {
        About::Made => ((words.letter_made)(name), (words.letter_made_told)(name)),
        About::Moved => ((words.letter_moved)(name), (words.letter_moved_told)(name)),
        About::CalledOff { .. } => ((words.letter_ended)(name), (words.letter_ended_told)(name)),
    };
    let mut paragraphs = vec![first];
    match about {
        About::CalledOff { yen, back } => {
            paragraphs.push(match yen {
                0 => words.letter_cost_nothing.to_owned(),
                yen => (words.letter_cost)(&(words.yen)(yen)),
            });
            if back > 0 {
                paragraphs.push((words.goes_back)(&(words.yen)(back)));
            }
        }
        _ if booking.fee_yen > 0 => {
            let until = when::there(booking.free_until, &store.time_zone, language);
            paragraphs.push((words.free_until)(&until, booking.late_percent));
        }
        _ => {}
    }
    if !matches!(about, About::CalledOff { .. }) {
        paragraphs.push(words.letter_looks.to_owned());
    }
    let clock = when::clock(booking.starts_at, &store.time_zone, language);
    let mut details = vec![
        (words.restaurant.to_owned(), name.to_owned()),
        (words.when.to_owned(), (words.when_there)(&at, &clock)),
        (words.party_size.to_owned(), (words.party)(booking.party)),
        (words.address.to_owned(), store.address.get(language).to_owned()),
        (words.booking_number.to_owned(), booking.number.clone()),
    ];
    if booking.fee_yen > 0 {
        details.push((words.fee.to_owned(), (words.yen)(booking.fee_yen)));
    }
    // Sent twice, such as by a double tap, it is one letter. The same words are a letter again some minutes later,
    // when a booking was moved there and back; other words always are.
    let told = format!("{title}{paragraphs:?}{details:?}");
    let told = HEXLOWER.encode(&Sha256::digest(told.as_bytes())[..8]);
    let minutes = app::now().as_second() / 600;
    let key = format!("{}-{}-{told}-{minutes}", booking.number, about.kind());
    BookingLetter { kind: about.kind(), language, title, paragraphs, details, key }
}
