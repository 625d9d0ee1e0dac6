//! What the gate asks before it decides, of seven tables in one statement: a round trip, and a
//! statement's overhead, once instead of seven times. The rows come back sorted by where they are
//! from, and are read by the files of their tables.

use policy::Ask;

use super::conn::Question;
use super::{DbError, Row, Val};

/// Each part's columns: where from, three texts, three numbers, a blob. The first part names the
/// types; PostgreSQL takes them for the others.
macro_rules! facts {
    ($items:literal) => {
        concat!(
            "SELECT 0, regime, CAST(NULL AS TEXT), CAST(NULL AS TEXT), closed_at, ",
            "(SELECT MAX(b.ends_at) FROM engagements b WHERE b.subject = $1 AND b.cancelled = 0), ",
            "CAST(NULL AS BIGINT), wrapped FROM subject_keys WHERE subject = $1 ",
            "UNION ALL SELECT 1, consent, state, notice, changed_at, NULL, NULL, NULL ",
            "FROM consents WHERE subject = $1 ",
            "UNION ALL SELECT 2, purpose, NULL, NULL, NULL, NULL, NULL, NULL ",
            "FROM restrictions WHERE subject = $1 ",
            "UNION ALL SELECT 3, category, country, NULL, suspended, NULL, NULL, details ",
            "FROM recipients WHERE name = $2 ",
            // The engagement under the ask's number; without one, the last to end that was not called off.
            "UNION ALL SELECT 4, reference, NULL, NULL, starts_at, ends_at, cancelled, NULL FROM (",
            "SELECT reference, starts_at, ends_at, cancelled FROM engagements ",
            "WHERE subject = $1 AND recipient = $2 AND (reference = $3 OR $3 IS NULL) ",
            "ORDER BY cancelled, ends_at DESC LIMIT 1) AS e ",
            "UNION ALL SELECT 5, reply, NULL, NULL, NULL, NULL, NULL, request ",
            "FROM idempotency WHERE id = $4 ",
            "UNION ALL SELECT 6, item, NULL, NULL, version, put_at, NULL, sealed ",
            "FROM items WHERE subject = $1",
            $items
        )
    };
}

/// By the number of items asked for; more than these are read all at once.
const FACTS: [&str; 9] = [
    facts!(""),
    facts!(" AND item = $5"),
    facts!(" AND item IN ($5, $6)"),
    facts!(" AND item IN ($5, $6, $7)"),
    facts!(" AND item IN ($5, $6, $7, $8)"),
    facts!(" AND item IN ($5, $6, $7, $8, $9)"),
    facts!(" AND item IN ($5, $6, $7, $8, $9, $10)"),
    facts!(" AND item IN ($5, $6, $7, $8, $9, $10, $11)"),
    facts!(" AND item IN ($5, $6, $7, $8, $9, $10, $11, $12)"),
];

/// The question about an ask, and about the idempotency key it came with.
pub fn question(ask: &Ask, once: Option<[u8; 16]>) -> Question {
    let text = |text: Option<&str>| Val::from(text.map(str::to_owned));
    let items = if ask.items.len() < FACTS.len() { ask.items.as_slice() } else { &[] };
    let mut params = Vec::with_capacity(4 + items.len());
    params.push(Val::from(ask.subject.0.to_vec()));
    params.push(text(ask.recipient.as_ref().map(policy::RecipientName::as_str)));
    params.push(text(ask.reference.as_ref().map(policy::Reference::as_str)));
    params.push(Val::from(once.map(|id| id.to_vec())));
    params.extend(items.iter().map(|item| Val::from(item.as_str().to_owned())));
    (FACTS[items.len()], params)
}

/// The rows by the table they are from, as the files of those tables read them.
#[derive(Default)]
pub struct Rows {
    /// For [`super::subjects::held`].
    pub subject: Vec<Row>,
    /// For [`super::consents::fact`].
    pub consents: Vec<Row>,
    /// For [`super::restrictions::restriction`].
    pub restrictions: Vec<Row>,
    /// For [`super::recipients::fact`].
    pub recipient: Vec<Row>,
    /// For [`super::engagements::engagement`].
    pub engagement: Vec<Row>,
    /// For [`super::idempotency::known`].
    pub once: Vec<Row>,
    /// For [`super::items::sealed`].
    pub items: Vec<Row>,
}

/// Sorts the answer to [`question`].
pub fn sorted(answer: Vec<Row>) -> Result<Rows, DbError> {
    let mut rows = Rows::default();
    for row in answer {
        let (to, columns): (_, &[usize]) = match row.int(0)? {
            0 => (&mut rows.subject, &[1, 7, 4, 5]),
            1 => (&mut rows.consents, &[1, 2, 3, 4]),
            2 => (&mut rows.restrictions, &[1]),
            3 => (&mut rows.recipient, &[1, 2, 4, 7]),
            4 => (&mut rows.engagement, &[1, 4, 5, 6]),
            5 => (&mut rows.once, &[7, 1]),
            _ => (&mut rows.items, &[1, 4, 7, 5]),
        };
        to.push(row.pick(columns));
    }
    Ok(rows)
}
