//! What was attached to a request, such as an identity document or a letter of delegation (R8.5, R8.6):
//! staff look at one at a time, and each look is on record.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use policy::Record;
use policy::record::Act;
use policy::request::RequestId;

use super::{Attached, Request, Taken};
use crate::app::App;
use crate::error::Error;
use crate::once::Fresh;
use crate::store::{Tx, requests};

/// An attachment's id as pages and records say it.
pub fn shown(id: &[u8; 16]) -> String {
    HEXLOWER.encode(id)
}

/// Opens an attachment for somebody of the staff; the look is on record before anything is opened.
///
/// # Errors
/// [`Error::NotFound`] when there is none; a failure when it does not open.
pub async fn look(
    app: &Arc<App>,
    id: RequestId,
    attachment: String,
    by: String,
) -> Result<Attached, Error> {
    let (now, fresh) = (app.clock.now(), Fresh::new()?);
    let keeper = Arc::clone(app);
    let (request, at) = app
        .store
        .write(move |tx: &mut Tx<'_>| {
            let document = keeper.policy();
            let mut request = Request::read(&keeper.keys, tx, id)?
                .ok_or_else(|| Error::not_found("request", id.to_string()))?;
            let at = request.files.iter().position(|file| shown(&file.id) == attachment);
            let at = at.ok_or_else(|| Error::not_found("attachment", "…"))?;
            request.matter.steps.push(Taken {
                step: "look".to_owned(),
                by: by.clone(),
                at: now,
                reason: None,
            });
            let record = Record {
                at: now,
                policy: document.version,
                subject: request.subject,
                by: by.clone(),
                act: Act::AttachmentSeen { request: id, attachment: attachment.clone() },
            };
            keeper.record(tx, &record, None, &fresh)?;
            let sealed = request.seal()?;
            requests::update(tx, id, &request.columns(&document, &sealed));
            Ok::<_, Error>((request, at))
        })
        .await?;
    // The look is durable: only now is it opened.
    request.file(&request.files[at])
}
