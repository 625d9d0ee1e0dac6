//! An engagement begins, changes or is called off: the fact that lets a recipient see what its
//! purpose needs, and ends its sight by itself.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use policy::record::Act;
use policy::{Engagement, RecipientName, Record, SubjectId, retention};

use crate::acts::consent::open;
use crate::app::App;
use crate::error::Error;
use crate::once::Fresh;
use crate::record::Place;
use crate::store::{Tx, engagements, recipients, subjects};

/// The longest that an engagement may still last, in days: a table is booked a year ahead at most,
/// with a month to spare. Sight lasts as long as the engagement, so nobody gets it for good.
const MAX_DAYS: i64 = 400;

/// Sets how an engagement stands.
///
/// # Errors
/// [`Error::Invalid`] when it ends before it starts, or too late; [`Error::NotFound`] for an unknown person or
/// recipient.
pub async fn engage(
    app: &Arc<App>,
    subject: SubjectId,
    recipient: RecipientName,
    engagement: Engagement,
    by: String,
) -> Result<Place, Error> {
    if engagement.ends_at <= engagement.starts_at {
        return Err(Error::field("ends_at", "before_start", "is not after `starts_at`"));
    }
    let now = app.clock.now();
    let latest = now + SignedDuration::from_hours(MAX_DAYS * 24);
    if engagement.ends_at > latest {
        let detail = format!("is more than {MAX_DAYS} days away; send the end of the visit");
        return Err(Error::field("ends_at", "too_late", detail));
    }
    let begun = Begun { subject, recipient, engagement, at: now, fresh: Fresh::new()? };
    let keeper = Arc::clone(app);
    app.store.write(move |tx: &mut Tx<'_>| begun.keep(&keeper, tx, &by)).await
}

/// An engagement that has been read and is not yet kept.
pub struct Begun {
    /// The person.
    pub subject: SubjectId,
    /// With whom.
    pub recipient: RecipientName,
    /// How it stands.
    pub engagement: Engagement,
    /// When it was said.
    pub at: Timestamp,
    /// For its record.
    pub fresh: Fresh,
}

impl Begun {
    /// Writes it down: row and record. May run more than once.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown person or recipient.
    pub fn keep(&self, app: &App, tx: &mut Tx<'_>, by: &str) -> Result<Place, Error> {
        let Self { subject, recipient, engagement, at, fresh } = self;
        let document = app.policy();
        open(tx, *subject)?;
        let rows = tx.query(recipients::BY_NAME, &[recipient.as_str().into()])?;
        let named = document.recipients.get(recipient).is_some_and(|entry| !entry.many);
        if rows.is_empty() && !named {
            return Err(Error::not_found("recipient", recipient.as_str()));
        }
        engagements::put(tx, *subject, recipient, engagement);
        // What counts from the last engagement is due no earlier than that; called off or moved, it may
        // be due before what was noted.
        let earliest = if engagement.cancelled {
            Some(*at)
        } else {
            retention::earliest_end_after(&document, engagement.ends_at)
        };
        if let Some(earliest) = earliest {
            subjects::look_by(tx, *subject, earliest.as_millisecond());
        }
        let record = Record {
            at: *at,
            policy: document.version,
            subject: Some(*subject),
            by: by.to_owned(),
            act: Act::Engaged { recipient: recipient.clone(), engagement: engagement.clone() },
        };
        app.record(tx, &record, None, fresh)
    }
}
