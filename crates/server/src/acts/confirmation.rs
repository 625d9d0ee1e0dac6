//! A person says that what is held about her is still right (Act 22, S7).

use std::sync::Arc;

use policy::record::{Act, HeldItem};
use policy::{ItemName, Record, SubjectId};

use crate::acts::consent::open;
use crate::app::App;
use crate::error::Error;
use crate::once::{Fresh, Once};
use crate::record::Place;
use crate::store::{Tx, items};

/// Notes that a version of an item is still right.
///
/// # Errors
/// [`Error::NotFound`] when nobody is held under that id, or nothing of that name; [`Error::Conflict`]
/// when another version is held by
/// now, or her account is closed.
pub async fn confirm(
    app: &Arc<App>,
    subject: SubjectId,
    item: ItemName,
    version: u32,
    by: String,
    once: Option<Once>,
) -> Result<Place, Error> {
    let now = app.clock.now();
    let document = app.policy();
    let fresh = Fresh::new()?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            if let Some(once) = &once
                && let Some(index) = once.begin(tx)?
            {
                return Ok(keeper.place(tx, index)?.0);
            }
            open(tx, subject)?;
            let held = items::version(tx, subject, &item)?;
            if held == 0 {
                return Err(Error::not_found("item", item.as_str()));
            }
            // She speaks of what she was shown.
            if held != version {
                let words = "another value is held by now; show that one and ask again";
                return Err(Error::Conflict(words.to_owned()));
            }
            items::confirm(tx, subject, &item, now.as_millisecond());
            let record = Record {
                at: now,
                policy: document.version,
                subject: Some(subject),
                by: by.clone(),
                act: Act::ItemConfirmed { item: HeldItem { item: item.clone(), version } },
            };
            let place = keeper.record(tx, &record, None, &fresh)?;
            if let Some(once) = &once {
                once.done(tx, place.index, now);
            }
            Ok(place)
        })
        .await
}
