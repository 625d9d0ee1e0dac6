-- The reservation app's own tables. No personal value in any of them: a guest is a subject's id, and those whom
-- she brings are a number.
-- Instants are seconds since 1970, days are ISO dates in the store's own time zone.

-- Raised with every change below: a file of another version is refused.
PRAGMA user_version = 1;

CREATE TABLE IF NOT EXISTS stores (
    slug TEXT PRIMARY KEY,
    name_ja TEXT NOT NULL, name_en TEXT NOT NULL,
    description_ja TEXT NOT NULL, description_en TEXT NOT NULL,
    area_ja TEXT NOT NULL, area_en TEXT NOT NULL,
    cuisine_ja TEXT NOT NULL, cuisine_en TEXT NOT NULL,
    hours_ja TEXT NOT NULL, hours_en TEXT NOT NULL,
    address_ja TEXT NOT NULL, address_en TEXT NOT NULL,
    phone TEXT NOT NULL,
    country TEXT NOT NULL,
    picture TEXT NOT NULL,
    price_band INTEGER NOT NULL CHECK (price_band BETWEEN 1 AND 4),
    time_zone TEXT NOT NULL,
    party_min INTEGER NOT NULL CHECK (party_min >= 1),
    party_max INTEGER NOT NULL CHECK (party_max >= party_min),
    seating_minutes INTEGER NOT NULL CHECK (seating_minutes BETWEEN 15 AND 720),
    notice_minutes INTEGER NOT NULL CHECK (notice_minutes >= 0),
    days_ahead INTEGER NOT NULL CHECK (days_ahead BETWEEN 0 AND 365),
    hold_minutes INTEGER NOT NULL CHECK (hold_minutes BETWEEN 1 AND 60),
    fee_yen INTEGER NOT NULL CHECK (fee_yen >= 0),
    free_until_hours INTEGER NOT NULL CHECK (free_until_hours >= 0),
    late_percent INTEGER NOT NULL CHECK (late_percent BETWEEN 0 AND 100),
    listed INTEGER NOT NULL CHECK (listed IN (0, 1))
) STRICT;

-- Tables that are alike share a row: `count` of them, each for `seats_from` to `seats_to` people; up to
-- `joins` of them may be pushed together for a larger party (1: never).
CREATE TABLE IF NOT EXISTS tables (
    store TEXT NOT NULL REFERENCES stores,
    name TEXT NOT NULL,
    seats_from INTEGER NOT NULL CHECK (seats_from >= 1),
    seats_to INTEGER NOT NULL CHECK (seats_to >= seats_from),
    count INTEGER NOT NULL CHECK (count >= 1),
    joins INTEGER NOT NULL CHECK (joins BETWEEN 1 AND count),
    PRIMARY KEY (store, name)
) STRICT, WITHOUT ROWID;

-- When a table can be had: weekday 1 is Monday, `minute` counts from midnight by the store's clock.
CREATE TABLE IF NOT EXISTS seatings (
    store TEXT NOT NULL REFERENCES stores,
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    minute INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    PRIMARY KEY (store, weekday, minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS closing_days (
    store TEXT NOT NULL REFERENCES stores,
    on_date TEXT NOT NULL,
    reason_ja TEXT NOT NULL, reason_en TEXT NOT NULL,
    PRIMARY KEY (store, on_date)
) STRICT, WITHOUT ROWID;

-- held: a seat is kept until `held_until`, Azukari knows nothing. asked: on its way to Azukari.
-- booked: known on both sides. cancelled: over; one with `held_until` never was a booking, and its store called it off.
-- `ending` says who wants it to end; it has not ended until Azukari was told.
CREATE TABLE IF NOT EXISTS bookings (
    number TEXT PRIMARY KEY,
    store TEXT NOT NULL REFERENCES stores,
    subject TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
    party INTEGER NOT NULL CHECK (party >= 1),
    stage TEXT NOT NULL CHECK (stage IN ('held', 'asked', 'booked', 'cancelled')),
    ending TEXT CHECK (ending IN ('guest', 'store', 'failed')),
    held_until INTEGER CHECK (stage = 'cancelled' OR (stage = 'held') = (held_until IS NOT NULL)),
    asked_at INTEGER NOT NULL,
    fee_yen INTEGER NOT NULL,
    free_until INTEGER NOT NULL,
    late_percent INTEGER NOT NULL,
    -- In which she last asked for anything about it, and letters about it are written.
    language TEXT NOT NULL CHECK (language IN ('ja', 'en'))
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS bookings_one_table_at_a_time
    ON bookings (subject, store, starts_at) WHERE stage <> 'cancelled';
CREATE INDEX IF NOT EXISTS bookings_of_a_guest ON bookings (subject, starts_at);
CREATE INDEX IF NOT EXISTS bookings_of_a_store ON bookings (store, starts_at);
CREATE INDEX IF NOT EXISTS bookings_held ON bookings (held_until) WHERE stage = 'held';
CREATE INDEX IF NOT EXISTS bookings_unsettled ON bookings (asked_at)
    WHERE stage = 'asked' OR (ending IS NOT NULL AND stage <> 'cancelled');

-- How many of those whom a guest brings have an allergy, by a closed list: no name, no words. It points at nobody
-- (decision 0050), and is gone once the booking ends or its time is over. `for_change`: of what it is to become.
CREATE TABLE IF NOT EXISTS companions (
    booking TEXT NOT NULL REFERENCES bookings ON DELETE CASCADE,
    for_change INTEGER NOT NULL CHECK (for_change IN (0, 1)),
    allergen TEXT NOT NULL,
    people INTEGER NOT NULL CHECK (people >= 1),
    PRIMARY KEY (booking, for_change, allergen)
) STRICT, WITHOUT ROWID;

-- What of it a store was shown, and when, in milliseconds: told to the guest beside what it saw of her, and gone with it.
CREATE TABLE IF NOT EXISTS companions_seen (
    booking TEXT NOT NULL REFERENCES bookings ON DELETE CASCADE,
    at INTEGER NOT NULL,
    allergen TEXT NOT NULL,
    people INTEGER NOT NULL CHECK (people >= 1),
    PRIMARY KEY (booking, at, allergen)
) STRICT, WITHOUT ROWID;

-- Whichever code ends a booking.
CREATE TRIGGER IF NOT EXISTS companions_go_with_a_booking AFTER UPDATE ON bookings
WHEN NEW.ending IS NOT NULL OR NEW.stage = 'cancelled'
BEGIN
    DELETE FROM companions WHERE booking = NEW.number;
    DELETE FROM companions_seen WHERE booking = NEW.number;
END;

-- What a booking is to become. Its seat is taken beside the old one until Azukari was told; where it costs
-- more, it is held until `held_until` for the difference to be paid, and Azukari knows nothing.
CREATE TABLE IF NOT EXISTS changes (
    booking TEXT PRIMARY KEY REFERENCES bookings ON DELETE CASCADE,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
    party INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    fee_yen INTEGER NOT NULL,
    free_until INTEGER NOT NULL,
    late_percent INTEGER NOT NULL,
    held_until INTEGER,
    failed INTEGER NOT NULL DEFAULT 0 CHECK (failed IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS changes_held ON changes (held_until) WHERE held_until IS NOT NULL;

-- Which tables are taken, from when until when: by a booking, and by what it is to become. A booking never
-- needs more of a table than the larger of the two.
CREATE TABLE IF NOT EXISTS seats (
    booking TEXT NOT NULL REFERENCES bookings ON DELETE CASCADE,
    for_change INTEGER NOT NULL CHECK (for_change IN (0, 1)),
    store TEXT NOT NULL,
    table_name TEXT NOT NULL,
    units INTEGER NOT NULL CHECK (units >= 1),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
    PRIMARY KEY (booking, for_change)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seats_of_a_table ON seats (store, table_name, starts_at);

-- The last word on double bookings, whatever the code above it believes: at no moment of a new seat are
-- more tables taken than there are. Taken is most just when some seat begins. (A seating lasts half a
-- day at most, so none that began a day before is still taken.)
CREATE TRIGGER IF NOT EXISTS no_table_twice AFTER INSERT ON seats
WHEN EXISTS (
    SELECT 1
    FROM (SELECT NEW.starts_at AS at UNION
          SELECT starts_at FROM seats
          WHERE store = NEW.store AND table_name = NEW.table_name
          AND starts_at > NEW.starts_at AND starts_at < NEW.ends_at)
    WHERE (SELECT sum(units) FROM
              (SELECT max(units) AS units FROM seats
               WHERE store = NEW.store AND table_name = NEW.table_name
               AND starts_at > at - 86400 AND starts_at <= at AND ends_at > at GROUP BY booking))
        > (SELECT count FROM tables WHERE store = NEW.store AND name = NEW.table_name)
)
BEGIN SELECT RAISE(ABORT, 'a table twice'); END;

-- Who would come if a seat became free, the first come first. `booking` is the hold that was offered.
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY,
    store TEXT NOT NULL REFERENCES stores,
    subject TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    party INTEGER NOT NULL,
    since INTEGER NOT NULL,
    booking TEXT,
    UNIQUE (subject, store, starts_at)
) STRICT;
CREATE INDEX IF NOT EXISTS waiting_at_a_store ON waiting (store, starts_at);

-- Letters about bookings that Azukari has still to take, each with what it tells as that was when it happened: put
-- down in the same act, gone once it was taken, at a plain no, or when nobody took it for five days. By `id` Azukari knows
-- a letter that it was sent before.
CREATE TABLE IF NOT EXISTS letters (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('made', 'moved', 'called_off', 'called_off_by_store')),
    booking TEXT NOT NULL,
    store TEXT NOT NULL REFERENCES stores,
    subject TEXT NOT NULL,
    language TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    party INTEGER NOT NULL,
    fee_yen INTEGER NOT NULL,
    free_until INTEGER NOT NULL,
    late_percent INTEGER NOT NULL,
    costs_yen INTEGER NOT NULL,
    back_yen INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- When one about this booking was last not taken, or 0: the same for all of a booking's, which go in order.
    tried_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS letters_in_order ON letters (tried_at, at);
CREATE INDEX IF NOT EXISTS letters_of_a_booking ON letters (booking);

-- What a guest has to be told, until she has read it; `written` once a letter was asked for. Who waited has no
-- `booking`. The reason is the store's, where it closed the day.
CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    booking TEXT NOT NULL,
    store TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('called_off', 'offered', 'offer_over', 'line_closed', 'paid_late',
        'paid_off', 'paid_twice', 'not_changed', 'not_booked')),
    yen INTEGER NOT NULL,
    reason_ja TEXT NOT NULL, reason_en TEXT NOT NULL,
    at INTEGER NOT NULL,
    written INTEGER NOT NULL DEFAULT 0 CHECK (written IN (0, 1))
) STRICT;
CREATE INDEX IF NOT EXISTS notices_to_write ON notices (id) WHERE written = 0;
CREATE INDEX IF NOT EXISTS notices_of_a_guest ON notices (subject);
CREATE INDEX IF NOT EXISTS notices_of_a_booking ON notices (booking);

-- A guest's way over the payment platform's page. opening: the platform was asked for one. open: it is hers to
-- pay on. paid: she did; `charge` is the platform's name for the money. over: she did not. What was paid stays
-- on record when its booking is forgotten.
CREATE TABLE IF NOT EXISTS payments (
    id TEXT PRIMARY KEY,
    booking TEXT NOT NULL,
    for_change INTEGER NOT NULL CHECK (for_change IN (0, 1)),
    subject TEXT NOT NULL,
    store TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    yen INTEGER NOT NULL CHECK (yen > 0),
    language TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('opening', 'open', 'paid', 'over')),
    session TEXT, url TEXT,
    begun_at INTEGER NOT NULL,
    charge TEXT CHECK ((stage = 'paid') = (charge IS NOT NULL)),
    paid_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS payments_of_a_booking ON payments (booking);
CREATE INDEX IF NOT EXISTS payments_unsettled ON payments (begun_at) WHERE stage IN ('opening', 'open');

-- Money on its way back; `tried` before the platform is asked for the first time, `done_at` once it said yes. Where it
-- says that it came to nothing, at once or days later, `failed_at`: then an operator asks again, as another `attempt`, or
-- gives it back otherwise, and `by_hand` is the login of who did.
CREATE TABLE IF NOT EXISTS refunds (
    id TEXT PRIMARY KEY,
    payment TEXT NOT NULL REFERENCES payments,
    yen INTEGER NOT NULL CHECK (yen > 0),
    wanted_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    tried INTEGER NOT NULL DEFAULT 0 CHECK (tried IN (0, 1)),
    done_at INTEGER,
    failed_at INTEGER CHECK (failed_at IS NULL OR done_at IS NULL),
    by_hand TEXT CHECK (by_hand IS NULL OR done_at IS NOT NULL)
) STRICT;
CREATE INDEX IF NOT EXISTS refunds_of_a_payment ON refunds (payment);
CREATE INDEX IF NOT EXISTS refunds_unsettled ON refunds (wanted_at) WHERE done_at IS NULL;

-- The last word on money: no more goes back than came.
CREATE TRIGGER IF NOT EXISTS no_yen_twice AFTER INSERT ON refunds
WHEN (SELECT sum(yen) FROM refunds WHERE payment = NEW.payment)
    > coalesce((SELECT yen FROM payments WHERE id = NEW.payment AND stage = 'paid'), 0)
BEGIN SELECT RAISE(ABORT, 'a yen twice'); END;

-- Who works for a store, or without one runs the stores. `totp` is the sealed secret of the one-time codes,
-- `step` the last code that was used. There is a verifier once the invitation, kept as a hash, was taken up.
CREATE TABLE IF NOT EXISTS staff (
    login TEXT PRIMARY KEY,
    store TEXT REFERENCES stores,
    manager INTEGER NOT NULL CHECK (manager IN (0, 1)),
    verifier TEXT,
    totp BLOB NOT NULL,
    step INTEGER NOT NULL,
    invitation BLOB UNIQUE,
    invited_until INTEGER CHECK ((invited_until IS NULL) = (invitation IS NULL)),
    CHECK ((verifier IS NULL) = (invitation IS NOT NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS staff_of_a_store ON staff (store);
-- Passkeys: public keys and counters, by the door and whoever came in by it; `handle` is what authenticators
-- know the account by, `site` the name under which they hold.
CREATE TABLE IF NOT EXISTS passkeys (
    id BLOB PRIMARY KEY,
    door TEXT NOT NULL CHECK (door IN ('guest', 'staff', 'operator')),
    who TEXT NOT NULL,
    regime TEXT NOT NULL,
    site TEXT NOT NULL,
    handle BLOB NOT NULL,
    public BLOB NOT NULL,
    state BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS passkeys_of ON passkeys (door, who);

-- Keys of the app's own API, by their hash: a store's own, or without one the operator's.
CREATE TABLE IF NOT EXISTS keys (
    hash BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    store TEXT REFERENCES stores,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS keys_by_name ON keys (coalesce(store, ''), name);

-- Where a store's own system is told of its bookings, and the sealed secret that signs what it is told.
CREATE TABLE IF NOT EXISTS webhooks (
    store TEXT PRIMARY KEY REFERENCES stores,
    url TEXT NOT NULL,
    secret BLOB NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is still to be told to them; `next_at` is empty once it was given up.
CREATE TABLE IF NOT EXISTS outbox (
    id TEXT NOT NULL UNIQUE,
    store TEXT NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event TEXT NOT NULL CHECK (event IN ('booking.made', 'booking.changed', 'booking.cancelled')),
    booking TEXT NOT NULL,
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    next_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS outbox_of_a_store ON outbox (store);

-- A store that has a webhook is told of every booking that became one, became another, or ended: in the act
-- itself, whichever code does it.
CREATE TRIGGER IF NOT EXISTS a_store_is_told AFTER UPDATE ON bookings
WHEN (NEW.stage = 'booked' AND (OLD.stage <> 'booked' OR OLD.starts_at <> NEW.starts_at
        OR OLD.ends_at <> NEW.ends_at OR OLD.party <> NEW.party))
    OR (NEW.stage = 'cancelled' AND OLD.stage = 'booked')
BEGIN
    INSERT INTO outbox (id, store, event, booking, at, tries, next_at)
    SELECT 'msg_' || lower(hex(randomblob(16))), store,
        CASE WHEN NEW.stage = 'cancelled' THEN 'booking.cancelled'
             WHEN OLD.stage = 'booked' THEN 'booking.changed' ELSE 'booking.made' END,
        NEW.number, unixepoch(), 0, unixepoch()
    FROM webhooks WHERE store = NEW.store;
END;
-- Codes by letter, the last day's: as keyed hashes, until one was used or another was drawn. `subject` is a guest who
-- forgot her password, or a keyed hash of the address that somebody signs up with. The first line is nobody's: a try without a code costs the same there.
CREATE TABLE IF NOT EXISTS codes (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    hash BLOB,
    made_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    tries INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS codes_of ON codes (subject);
INSERT OR IGNORE INTO codes VALUES (0, '', NULL, 0, 0, 0);

CREATE TABLE IF NOT EXISTS sessions (
    token_hash BLOB PRIMARY KEY,
    door TEXT NOT NULL CHECK (door IN ('guest', 'staff', 'operator')),
    who TEXT NOT NULL,
    regime TEXT NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
