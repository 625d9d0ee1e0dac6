//! One-time codes by letter, as keyed hashes: of guests who forgot their password, by subject id, and of whoever
//! signs up with an address, by a keyed hash of that.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use unicode_normalization::UnicodeNormalization;

use super::{Book, No};
use crate::chance;

/// How long a code for another password holds, in minutes.
pub(crate) const PASSWORD_MINUTES: i64 = 10;
/// How long a code of a sign-up holds, in minutes: it is drawn with the first page and asked for on the last.
pub(crate) const SIGN_UP_MINUTES: i64 = 30;
/// Tries that a code takes.
const TRIES: i64 = 5;
/// Codes for one guest or one address: one within so many seconds, and so many within a day.
const PAUSE_SECONDS: i64 = 60;
const A_DAY: i64 = 6;
const DAY_SECONDS: i64 = 24 * 3600;

/// An address in the form by which it is known, also at Azukari: one, however wide or tall it was typed.
pub(crate) fn one_form(address: &str) -> String {
    address.trim().nfkc().collect::<String>().to_lowercase()
}

/// The mailbox of an address in its one form: many providers put letters to `name+tag@…` into that of `name@…`.
fn mailbox(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let (name, _) = local.split_once('+').filter(|(name, _)| !name.is_empty())?;
    Some(format!("{name}@{domain}"))
}

impl Book {
    /// The word by which codes of somebody are kept who signs up with an address: a keyed hash of its mailbox, by which
    /// letters are counted, and one of the address behind it where that has a tag.
    pub(crate) fn newcomer(&self, address: &str) -> String {
        let address = one_form(address);
        let hash = |text: &str| HEXLOWER.encode(&self.seal.hash("address of a code", text));
        match mailbox(&address) {
            Some(mailbox) => format!("address {}+{}", hash(&mailbox), hash(&address)),
            None => format!("address {}", hash(&address)),
        }
    }

    /// Whether a code is out that can still be used.
    pub(crate) async fn holds_code(&self, subject: &str, now: Timestamp) -> anyhow::Result<bool> {
        let subject = subject.to_owned();
        self.read(move |book| {
            let sql = "SELECT EXISTS (SELECT 1 FROM codes
                WHERE subject = ?1 AND hash IS NOT NULL AND ends_at > ?2 AND tries < ?3)";
            let asked = params![subject, now.as_second(), TRIES];
            book.query_row(sql, asked, |row| row.get(0))
        })
        .await
    }

    /// Draws a code for a guest or a [`Self::newcomer`], with which the one before ends; `None` when there were too
    /// many.
    pub(crate) async fn draw_code(
        &self,
        subject: &str,
        minutes: i64,
        now: Timestamp,
    ) -> Result<Option<String>, No> {
        let code = chance::digits()?;
        let (subject, hash) = (subject.to_owned(), self.code_hash(subject, &code));
        let drawn = self.write(move |book| {
            let now = now.as_second();
            book.execute("DELETE FROM codes WHERE made_at <= ?1 AND id <> 0", [now - DAY_SECONDS])?;
            let mailbox = subject.split('+').next();
            let (count, last): (i64, Option<i64>) = book.query_row(
                "SELECT count(*), max(made_at) FROM codes
                 WHERE subject = ?1 OR subject GLOB ?1 || '+*'",
                [mailbox],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            if count >= A_DAY || last.is_some_and(|last| now < last + PAUSE_SECONDS) {
                return Ok(false);
            }
            book.execute("UPDATE codes SET hash = NULL WHERE subject = ?1", [&subject])?;
            book.execute(
                "INSERT INTO codes (subject, hash, made_at, ends_at, tries) VALUES (?1, ?2, ?3, ?4, 0)",
                params![subject, hash.as_slice(), now, now + minutes * 60],
            )?;
            Ok(true)
        });
        Ok(drawn.await?.then_some(code))
    }

    /// Whether this is the guest's code, while it holds; a wrong one is counted. It holds on until
    /// [`Self::end_code`]. Nobody has none, which takes as long to say.
    pub(crate) async fn is_code(
        &self,
        subject: Option<&str>,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, No> {
        let subject = subject.unwrap_or_default().to_owned();
        let hash = self.code_hash(&subject, code);
        self.write(move |book| {
            let found = book
                .query_row(
                    "SELECT id, hash, ends_at, tries FROM codes
                     WHERE subject = ?1 AND hash IS NOT NULL",
                    [&subject],
                    |row| {
                        let (id, kept): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
                        let (ends_at, tries): (i64, i64) = (row.get(2)?, row.get(3)?);
                        let in_time = now.as_second() < ends_at && tries < TRIES;
                        Ok((id, in_time && verify_slices_are_equal(&kept, &hash).is_ok()))
                    },
                )
                .optional()?;
            let (id, fits) = found.unwrap_or((0, false));
            if !fits {
                book.execute("UPDATE codes SET tries = tries + 1 WHERE id = ?1", [id])?;
            }
            Ok(fits)
        })
        .await
    }

    /// The guest's code was used.
    pub(crate) async fn end_code(&self, subject: &str) -> Result<(), No> {
        let subject = subject.to_owned();
        self.write(move |book| {
            book.execute("UPDATE codes SET hash = NULL WHERE subject = ?1", [&subject])?;
            Ok(())
        })
        .await
    }

    fn code_hash(&self, subject: &str, code: &str) -> [u8; 32] {
        self.seal.hash(&format!("code of {subject}"), code)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn morning() -> Timestamp {
        "2026-11-22T00:00:00Z".parse().unwrap()
    }

    fn other(code: &str) -> &'static str {
        if code == "000000" { "000001" } else { "000000" }
    }

    #[tokio::test]
    async fn a_code_holds_ten_minutes_for_its_guest_alone_and_once() {
        let book = Book::open(&super::super::tests::folder()).unwrap();
        let now = morning();
        let code = book.draw_code("hanako", PASSWORD_MINUTES, now).await.unwrap().unwrap();
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        let fits = async |who, at| book.is_code(who, &code, at).await.unwrap();
        assert!(fits(Some("hanako"), now + 599.seconds()).await);
        assert!(!fits(Some("yoko"), now).await && !fits(None, now).await);
        assert!(!fits(Some("hanako"), now + 600.seconds()).await);
        assert!(fits(Some("hanako"), now).await);
        book.end_code("hanako").await.unwrap();
        assert!(!fits(Some("hanako"), now).await);
    }

    #[tokio::test]
    async fn five_wrong_tries_end_a_code_and_another_one_ends_it_too() {
        let book = Book::open(&super::super::tests::folder()).unwrap();
        let now = morning();
        let first = book.draw_code("hanako", PASSWORD_MINUTES, now).await.unwrap().unwrap();
        for _ in 0..4 {
            assert!(!book.is_code(Some("hanako"), other(&first), now).await.unwrap());
        }
        assert!(book.is_code(Some("hanako"), &first, now).await.unwrap(), "four are not five");
        assert!(!book.is_code(Some("hanako"), other(&first), now).await.unwrap());
        assert!(!book.is_code(Some("hanako"), &first, now).await.unwrap());
        let later = now + 1.minutes();
        let second = book.draw_code("hanako", PASSWORD_MINUTES, later).await.unwrap().unwrap();
        assert!(book.is_code(Some("hanako"), &second, later).await.unwrap());
        if first != second {
            assert!(!book.is_code(Some("hanako"), &first, later).await.unwrap());
        }
    }

    #[tokio::test]
    async fn codes_are_one_a_minute_and_six_a_day() {
        let book = Book::open(&super::super::tests::folder()).unwrap();
        let now = morning();
        let drawn =
            async |at| book.draw_code("hanako", PASSWORD_MINUTES, at).await.unwrap().is_some();
        assert!(drawn(now).await && !drawn(now + 59.seconds()).await);
        for minutes in 1..6 {
            assert!(drawn(now + minutes.minutes()).await);
        }
        assert!(!drawn(now + 23.hours()).await);
        assert!(
            book.draw_code("yoko", PASSWORD_MINUTES, now).await.unwrap().is_some(),
            "each guest for herself"
        );
        assert!(drawn(now + 24.hours()).await, "a day after the first");
        assert!(!drawn(now + 24.hours() + 59.seconds()).await);
    }

    #[tokio::test]
    async fn a_mailbox_is_written_to_six_times_a_day_whatever_tags_its_address_has() {
        let book = Book::open(&super::super::tests::folder()).unwrap();
        let now = morning();
        let drawn = async |address: &str, at| {
            book.draw_code(&book.newcomer(address), SIGN_UP_MINUTES, at).await.unwrap()
        };
        let first = drawn("hanako+1@example.jp", now).await.unwrap();
        assert!(drawn("hanako@example.jp", now).await.is_none(), "one a minute");
        assert!(drawn("+1@example.jp", now).await.is_some(), "a name of its own");
        for minutes in 1..6 {
            let tagged = format!("Hanako＋{}@example.jp", minutes + 1);
            assert!(drawn(&tagged, now + minutes.minutes()).await.is_some());
        }
        for address in ["hanako@example.jp", "hanako+7@example.jp", "hanako+7+8@example.jp"] {
            assert!(drawn(address, now + 1.hours()).await.is_none(), "{address}");
        }
        for address in ["yoko@example.jp", "hanako@example.com"] {
            assert!(drawn(address, now + 1.hours()).await.is_some(), "{address}");
        }
        // A code is for the very address all the same.
        let fits = async |address: &str| {
            book.is_code(Some(&book.newcomer(address)), &first, now).await.unwrap()
        };
        assert!(fits("hanako+1@example.jp").await && !fits("hanako@example.jp").await);
    }

    #[tokio::test]
    async fn an_address_is_one_however_it_was_typed_and_its_code_holds_half_an_hour() {
        let book = Book::open(&super::super::tests::folder()).unwrap();
        let now = morning();
        let hanako = book.newcomer("hanako@example.jp");
        assert_eq!(book.newcomer(" Ｈanako＠EXAMPLE.jp"), hanako);
        assert_ne!(book.newcomer("yoko@example.jp"), hanako);
        assert!(!hanako.contains("hanako"), "the address is kept nowhere");
        let holds = async |at| book.holds_code(&hanako, at).await.unwrap();
        assert!(!holds(now).await);
        let code = book.draw_code(&hanako, SIGN_UP_MINUTES, now).await.unwrap().unwrap();
        assert!(holds(now + 1799.seconds()).await && !holds(now + 1800.seconds()).await);
        for _ in 0..5 {
            assert!(!book.is_code(Some(&hanako), other(&code), now).await.unwrap());
        }
        assert!(!holds(now).await, "what takes no more tries is of no use");
    }
}
