//! Everybody who is held passes the gate, some at once: what data sets and figures are made of. Each use is
//! decided and on record as if it had come alone; whoever is refused is left out by whoever asked.

use std::sync::Arc;

use futures_util::future::join_all;
use policy::{Ask, Document, Item, ItemName, Linked, PurposeName, Reason, SubjectId, ValueKind};

use crate::app::App;
use crate::error::{Error, FieldError};
use crate::gate::{self, Asking, Disclosed};
use crate::store::subjects;

/// So many people pass the gate at once, so that they share its commits.
const TOGETHER: i64 = 64;

/// Whether an item leads to a person by itself, and so goes into no data set and no figure.
pub fn identifies(item: &Item) -> bool {
    let contact = matches!(item.value, ValueKind::Email | ValueKind::Phone);
    contact || item.lookup || item.unique || item.sign_ins
}

/// What is asked of everybody.
#[derive(Clone)]
pub struct Asked {
    /// The purpose of the policy under which values are used.
    pub purpose: PurposeName,
    /// Which items.
    pub items: Vec<ItemName>,
    /// Who asks.
    pub by: String,
}

impl Asked {
    /// What cannot be asked of everybody at once: the purpose is the controller's own, every item serves it,
    /// and none of them finds a person. Nothing is asked before.
    pub fn wrong(
        &self,
        document: &Document,
        field: impl Fn(&ItemName) -> String,
    ) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let purpose = document.purposes.get(&self.purpose);
        if purpose.is_none_or(|purpose| !purpose.own_use) {
            let detail = "is not a purpose for which the controller itself uses values";
            wrong.push(FieldError::new("purpose", "unknown", detail));
        }
        for item in &self.items {
            let Some(found) =
                document.items.get(item).filter(|found| found.linked == Linked::Person)
            else {
                let detail = "is not an item that is held of a person";
                wrong.push(FieldError::new(field(item), "unknown", detail));
                continue;
            };
            if identifies(found) {
                let detail =
                    "identifies a person and goes into no data set or figure; leave it out";
                wrong.push(FieldError::new(field(item), "identifies", detail));
            } else if !found.purposes.contains(&self.purpose) {
                let detail = "is not held for this purpose; the policy says for which";
                wrong.push(FieldError::new(field(item), "not_for_purpose", detail));
            }
        }
        wrong
    }
}

/// Everybody who was held when it began, in the order of their ids.
pub struct Everybody {
    after: Vec<u8>,
    before: i64,
}

impl Everybody {
    /// From the first on.
    pub fn now(app: &App) -> Self {
        Self { after: Vec::new(), before: app.clock.now().as_millisecond() + 1 }
    }

    /// The next few, each with what the gate let out or the first reason against it; `None` after the last.
    ///
    /// # Errors
    /// Failures of database or vault.
    pub async fn next(
        &mut self,
        app: &Arc<App>,
        asked: &Asked,
    ) -> Result<Option<Vec<(SubjectId, Result<Disclosed, &'static str>)>>, Error> {
        let (from, before) = (self.after.clone(), self.before);
        let next: Vec<SubjectId> = app
            .store
            .read(move |conn| Ok::<_, Error>(subjects::after(conn, &from, before, TOGETHER)?))
            .await?;
        let Some(last) = next.last() else { return Ok(None) };
        self.after = last.0.to_vec();
        let crossings = next.iter().map(|subject| async {
            let ask = Ask {
                subject: *subject,
                recipient: None,
                purpose: asked.purpose.clone(),
                items: asked.items.clone(),
                reference: None,
                exception: false,
            };
            let asking = Asking { ask, exception: None, by: asked.by.clone(), once: None };
            match gate::disclose(app, asking).await {
                Ok(disclosed) => Ok((*subject, Ok(disclosed))),
                Err(Error::Refused { reasons, .. }) => {
                    Ok((*subject, Err(reasons.first().map_or("refused", Reason::id))))
                }
                Err(error) => Err(error),
            }
        });
        join_all(crossings).await.into_iter().collect::<Result<_, _>>().map(Some)
    }
}
