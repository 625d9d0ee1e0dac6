//! Table `engagements`: what binds a person to a recipient for a time, such as a booking.

use jiff::Timestamp;
use policy::{Engagement, RecipientName, Reference, SubjectId};

use super::{Conn, DbError, Row};

/// An engagement read back, from rows of reference, start, end and whether it was called off;
/// `Err` says that the row cannot be understood.
pub fn engagement(rows: &[Row]) -> Result<Option<Result<Engagement, String>>, DbError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let instant = |column| Timestamp::from_millisecond(row.int(column).ok()?).ok();
    let read = || {
        Some(Engagement {
            reference: row.text(0).ok()?.parse().ok()?,
            starts_at: instant(1)?,
            ends_at: instant(2)?,
            cancelled: row.int(3).ok()? != 0,
        })
    };
    Ok(Some(read().ok_or_else(|| "engagement".to_owned())))
}

/// Sets how an engagement stands.
pub fn put(
    conn: &mut Conn,
    subject: SubjectId,
    recipient: &RecipientName,
    engagement: &Engagement,
) {
    conn.exec_many(&[(
        "INSERT INTO engagements (subject, recipient, reference, starts_at, ends_at, cancelled) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (subject, recipient, reference) DO UPDATE \
         SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, \
         cancelled = excluded.cancelled",
        &[
            (&subject.0).into(),
            recipient.as_str().into(),
            engagement.reference.as_str().into(),
            engagement.starts_at.as_millisecond().into(),
            engagement.ends_at.as_millisecond().into(),
            engagement.cancelled.into(),
        ],
    )]);
}

/// Every engagement of a person, the oldest first, each with its recipient.
pub fn all(
    conn: &mut Conn,
    subject: SubjectId,
) -> Result<Vec<(RecipientName, Engagement)>, DbError> {
    let rows = conn.query(
        "SELECT reference, starts_at, ends_at, cancelled, recipient FROM engagements \
         WHERE subject = $1 ORDER BY starts_at, recipient, reference",
        &[(&subject.0).into()],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let read = engagement(std::slice::from_ref(row))?;
        if let (Some(Ok(engagement)), Ok(recipient)) = (read, row.text(4)?.parse()) {
            found.push((recipient, engagement));
        }
    }
    Ok(found)
}

/// Whatever has not ended and was not called off, by recipient and number.
pub fn unfinished(
    conn: &mut Conn,
    subject: SubjectId,
    now: i64,
) -> Result<Vec<(RecipientName, Reference)>, DbError> {
    let rows = conn.query(
        "SELECT recipient, reference FROM engagements WHERE subject = $1 AND ends_at > $2 \
         AND cancelled = 0 ORDER BY recipient, reference",
        &[(&subject.0).into(), now.into()],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        // What cannot be read is called off with the others; it cannot be named.
        if let (Ok(recipient), Ok(reference)) = (row.text(0)?.parse(), row.text(1)?.parse()) {
            found.push((recipient, reference));
        }
    }
    Ok(found)
}

/// Calls off whatever has not ended.
pub fn call_off(conn: &mut Conn, subject: SubjectId, now: i64) {
    conn.exec_many(&[(
        "UPDATE engagements SET cancelled = 1 WHERE subject = $1 AND ends_at > $2",
        &[(&subject.0).into(), now.into()],
    )]);
}

/// A person's engagements, the latest first; what cannot be read is left out.
pub fn latest(
    conn: &mut Conn,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<(RecipientName, Engagement)>, DbError> {
    let rows = conn.query(
        "SELECT reference, starts_at, ends_at, cancelled, recipient FROM engagements \
         WHERE subject = $1 ORDER BY starts_at DESC, recipient, reference LIMIT $2",
        &[(&subject.0).into(), limit.into()],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let recipient = row.text(4)?.parse();
        if let (Ok(recipient), Some(Ok(read))) = (recipient, engagement(&[row])?) {
            found.push((recipient, read));
        }
    }
    Ok(found)
}
