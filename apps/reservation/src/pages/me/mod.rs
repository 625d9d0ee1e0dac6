//! A guest's own rooms, a file each: her bookings, what is held of her, who saw what, what she agreed
//! to, what she stopped, what she linked, who signed in, her password, her requests. Every value here
//! is asked of Azukari for the purpose `service`, and every ask is on record.

mod bookings;
pub(super) mod consents;
pub(super) mod items;
pub(super) mod links;
pub(super) mod looks;
pub(super) mod password;
mod requests;
pub(super) mod sign_ins;
pub(super) mod stops;

use maud::{Markup, html};

use super::parts::{done, nothing};
use super::{Sheet, layout};
use crate::app::Reader;

pub(super) use bookings::page;
pub(super) use requests::page as requests;

/// The purpose under which she sees her own information.
const SERVICE: &str = "service";

/// A room of hers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Bookings,
    Items,
    Looks,
    Consents,
    Stops,
    Links,
    SignIns,
    Password,
    Passkeys,
    Requests,
}

impl Room {
    const ALL: [Self; 10] = [
        Self::Bookings,
        Self::Items,
        Self::Looks,
        Self::Consents,
        Self::Stops,
        Self::Links,
        Self::SignIns,
        Self::Password,
        Self::Passkeys,
        Self::Requests,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Bookings => "/me",
            Self::Items => "/me/items",
            Self::Looks => "/me/looks",
            Self::Consents => "/me/consents",
            Self::Stops => "/me/stops",
            Self::Links => "/me/links",
            Self::SignIns => "/me/sign-ins",
            Self::Password => "/me/password",
            Self::Passkeys => "/me/passkeys",
            Self::Requests => "/me/requests",
        }
    }

    fn name(self, reader: &Reader) -> &'static str {
        let words = reader.words;
        match self {
            Self::Bookings => words.hers.bookings,
            Self::Items => words.hers.room_items,
            Self::Looks => words.hers.room_looks,
            Self::Consents => words.hers.consents,
            Self::Stops => words.hers.room_stops,
            Self::Links => words.hers.room_links,
            Self::SignIns => words.hers.room_sign_ins,
            Self::Password => words.frame.password,
            Self::Passkeys => words.door.passkeys,
            Self::Requests => words.hers.room_requests,
        }
    }
}

/// A page of a room: the other rooms beside it, what was done above it.
pub(super) fn draw(
    reader: &Reader,
    room: Room,
    title: &str,
    note: &Markup,
    body: &Markup,
) -> Markup {
    let words = reader.words;
    let whole = html! {
        div class="side" {
            nav class="rooms" aria-label=(words.frame.nav_me) {
                @for other in Room::ALL {
                    a href=(other.path()) aria-current=[(other == room).then_some("page")] {
                        (other.name(reader))
                    }
                }
            }
            div class="room" {
                h1 { (title) }
                (note)
                (body)
                form class="out screen" method="post" action="/sign-out" {
                    button class="plain" { (words.frame.sign_out) }
                }
            }
        }
    };
    layout(reader, &Sheet { title, wide: true }, &whole)
}

/// A good word about what was just done, as the address tells it.
fn told(reader: &Reader, what: Option<&str>) -> Markup {
    let words = reader.words;
    if what == Some("not_linked") {
        return html! { div class="notice alert" role="alert" { p { (words.door.not_linked) } } };
    }
    let note = what.and_then(|what| match what {
        "password" => Some(words.door.done_password),
        "welcome" => Some(words.hers.done_welcome),
        "item" => Some(words.hers.done_item),
        "confirmed" => Some(words.hers.done_confirmed),
        "given" => Some(words.hers.done_given),
        "asked" => Some(words.door.done_asked),
        "withdrawn" => Some(words.hers.done_withdrawn),
        "stopped" => Some(words.hers.done_stopped),
        "allowed" => Some(words.hers.done_allowed),
        "linked" => Some(words.door.done_linked),
        "unlinked" => Some(words.hers.done_unlinked),
        "waiting" => Some(words.visit.done_waiting),
        _ => None,
    });
    note.map_or_else(nothing, done)
}
