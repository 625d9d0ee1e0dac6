use crate::book::stores::Lacks;
use crate::edit::What;
use crate::import::Plain;
use crate::words::Office;

use super::finding::sizes;

pub(super) const WORDS: Office = Office {
    operator: "For operators",
    opened: "The store is open: guests see it now and can book.",
    see_as_guests: "See it as guests do",
    new_store: "Add a store",
    import: "Take in a file",
    keys: "API keys",
    not_listed: "not listed",
    on_this_store: "About this store",
    about_store: "The store",
    tables: "Tables",
    seatings: "Seatings",
    what_people_read: "What guests read",
    rules_of_booking: "Rules for bookings",
    for_the_register: "For the register of recipients",
    yes: "Yes",
    no: "No",
    tables_told: "Tables that are alike share a row. A row whose name you clear goes away. Bookings that have a seat are given one of the new tables.",
    tables_joined_told: "“Joined” is how many of these tables may be put together for a larger party; 1 for none.",
    seatings_told: "Write times such as 17:30 18:00, or a span such as 17:30-20:30/30 for every half hour. A day left empty seats nobody.",
    close_day: "Close this day",
    call_them_off: "Call them off and tell the guests",
    keep_them: "Keep the bookings",
    closing_is_held: "held, not booked yet",
    closing_is_offered: "offered to somebody who waits",
    closing_either: "Either way, these end",
    closing_if_off: "If they are called off",
    closing_if_kept: "If you keep them, bookings and payments stay as they are, and what is held or offered can still be booked until its time is over. No new bookings are taken.",
    refunds: "Refunds that failed",
    no_refunds: "No refund has failed.",
    refunds_lead: "The payment platform says that these refunds came to nothing, most often because the card was closed or replaced. The guests do not have their money yet.",
    refunds_look: "Look the number at the platform up on the platform’s own pages, and see why.",
    refunds_retry: "Where the reason passes, such as a balance that was too low, put it right and choose “Refund again”.",
    refunds_otherwise: "Where the card takes nothing any more, get in touch with the guest, pay the money back in another way, such as by bank transfer, and choose “Paid back in another way”. Your login stays on record with it.",
    refund_again: "Refund again",
    refund_by_hand: "Paid back in another way",
    number_at_platform: "Number at the platform",
    failed_on: "Known since",
    no_closing_days: "No closing days are coming.",
    open_day: "Open again",
    import_told: "Takes in stores or tables as CSV, in UTF-8 or Shift_JIS. If anything is wrong, nothing is taken in.",
    file: "File",
    columns: "Columns",
    columns_of_stores: "For stores, with these names in the first line, in any order; columns with a usual value may be left out:",
    columns_of_tables: "For tables; they replace all tables of the stores in the file:",
    key_made: "The key is made. It is shown this once: keep it somewhere safe.",
    keys_told: "A program with a key may do what these pages do.",
    key_name_hint: "Letters, digits and hyphens, such as site-2026",
    make_key: "Make a key",
    end_key: "End this key",
    field_hint: |name| {
        match name {
        "slug" => "Small letters, digits and hyphens, such as sumire; it cannot be changed later",
        "time_zone" => "Such as Asia/Tokyo or Europe/Paris",
        "phone" => "As in the store's country, or with + and the country's code; guests see it. For example: 03-0000-0001",
        "country" => "Two letters, such as JP",
        "representative" => "Needed for a new store and whenever name, address or country change. It goes to the register of recipients and is not kept here.",
        _ => "",
    }.to_owned()
    },
    motif: |name| {
        match name {
            "wave" => "Waves",
            "leaf" => "Leaves",
            "maple" => "Maple",
            "plum" => "Plum",
            "grain" => "Grain",
            "night" => "Night",
            other => other,
        }
        .to_owned()
    },
    wrong: |what| {
        match what {
        What::Missing => "Please fill this in.".to_owned(),
        What::TooLong(most) => format!("Please use at most {most} characters."),
        What::NotANumber(from, to) => format!("Please give a whole number from {from} to {to}."),
        What::NotAName => {
            "Please use 2 to 40 small letters, digits and hyphens, with a letter first.".to_owned()
        }
        What::NotAKeyName => "Please use letters, digits and hyphens alone, at most 40.".to_owned(),
        What::NotAPurpose => "Please state reservation or meal.".to_owned(),
        What::NotAPhone => {
            "This is no telephone number. Please write it as in the store's country, or with + and the country's code.".to_owned()
        }
        What::NotAnAddress => "Please give an address by https, or by http within your own network, without a password.".to_owned(),
        What::NotAZone => {
            "No time zone of this name is known. Send one such as Asia/Tokyo.".to_owned()
        }
        What::NotAMotif => "Please choose wave, leaf, maple, plum, grain or night.".to_owned(),
        What::NotACountry => "Please give two capital letters, such as JP.".to_owned(),
        What::NotADate => "Please give a day of the calendar, such as 2026-11-22.".to_owned(),
        What::Past => "A day that is over cannot be closed. Give today or a day to come.".to_owned(),
        What::NotTimes => {
            "These are not times. Write 17:30 18:00, or a span such as 17:30-20:30/30, which ends after it begins and before midnight.".to_owned()
        }
        What::NotReady(Lacks { tables, seatings }) => {
            let needed = match (tables, seatings) {
                (true, true) => "tables and seatings",
                (true, false) => "tables",
                _ => "seatings",
            };
            format!("A store needs {needed} before it can open. Save it with “no”, give it its {needed}, then open it.")
        }
        What::NotYesNo => "Please say yes or no.".to_owned(),
        What::ControlCharacter => {
            "There is a tab, a line break or the like in it. Please use one line.".to_owned()
        }
        What::Backwards => "This is smaller than the smallest party.".to_owned(),
        What::TooSmallAFee(least) => format!("Please give 0, or {least} or more."),
        What::MoreThanThereAre => "This is more than there are tables.".to_owned(),
        What::Twice => "There is one of this name already. Please choose another.".to_owned(),
        What::NoSuchStore => {
            "There is no store of this name in addresses. Add the store first.".to_owned()
        }
        What::UnknownField => "No field has this name. Please check how it is written.".to_owned(),
        What::TooMany(most) => format!("Please send at most {most}."),
        What::NotTaken(Some(words)) => {
            format!("The register of recipients does not take it: {words}")
        }
        What::NotTaken(None) => {
            "The register of recipients does not take it. Please check it.".to_owned()
        }
    }
    },
    guest_after: String::new,
    tables_in_use: |numbers| {
        format!("This would take the tables of these bookings away: {}", numbers.join(", "))
    },
    not_seated: |parties, most| {
        format!(
            "By its rules it takes parties of {} too, but no table seats them; the largest party that its tables seat is {most}. Guests are not offered these sizes. To take them, add tables or raise “Joined”; otherwise change the smallest and largest party.",
            sizes(parties)
        )
    },
    done_called_off: |count| match count {
        1 => "Saved. 1 booking was called off.".to_owned(),
        _ => format!("Saved. {count} bookings were called off."),
    },
    day_has_bookings: |count| match count {
        1 => "There is 1 booking on this day. What is to become of it?".to_owned(),
        count => format!(
            "There are {count} bookings on this day, held tables among them. What is to become of them?"
        ),
    },
    closing_is_paid: |yen| format!("paid {yen}"),
    closing_paid: |count, yen| {
        format!("Bookings that are paid for: {count}. All of {yen} goes back to the cards.")
    },
    closing_booked: |count| {
        format!(
            "Bookings without a payment: {count}. They cost the guests nothing, and no money moves."
        )
    },
    closing_held: |count| {
        format!(
            "Tables that are held: {count}. They are let go of. Nothing was paid; what is paid in that very moment goes back in full."
        )
    },
    closing_offered: |count| {
        format!("Offers to those who wait: {count}. They are withdrawn. Nothing was paid.")
    },
    closing_waiting: |count| {
        format!(
            "Parties that wait for a table: {count}. They are told that the day is closed, and why."
        )
    },
    closing_changes: |count| {
        format!(
            "Changes to this day that are under way: {count}. They are not made, and the guests are told so; a difference that was paid goes back."
        )
    },
    refunds_failed: |count| match count {
        1 => "1 refund has failed. Please look at it.".to_owned(),
        count => format!("{count} refunds have failed. Please look at them."),
    },
    imported: |stores, tables| match (stores, tables) {
        (0, tables) => format!("Tables taken in: {tables} rows."),
        (stores, _) => format!("Stores taken in: {stores}."),
    },
    file_refused: |why| {
        match why {
        Plain::NotText => "This is no CSV in UTF-8 or Shift_JIS. Nothing was taken in.".to_owned(),
        Plain::Nothing => "No file was chosen, or there are no rows under the names of its columns. Nothing was taken in.".to_owned(),
        Plain::TooLarge(most) => format!("The file is too large: please split it into files of at most {most} MB. Nothing was taken in."),
        Plain::NoHeader => "The first line does not name the columns, parted by commas: stores need one called slug, tables one called store. Nothing was taken in.".to_owned(),
        Plain::TooManyRows(most) => format!("Please split it into files of at most {most} rows. Nothing was taken in."),
        Plain::InTheWay(numbers) => {
            format!("Nothing was taken in, as it would take the tables of these bookings away: {}", numbers.join(", "))
        }
    }
    },
    file_has_faults: |count| match count {
        1 => "Nothing was taken in, as one place is wrong.".to_owned(),
        count => format!("Nothing was taken in, as {count} places are wrong."),
    },
};
