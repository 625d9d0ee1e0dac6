//! Table `engagements`: what binds a person to a recipient for a time, such as a booking.

use jiff::Timestamp;
use policy::{Engagement, RecipientName, SubjectId};

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
