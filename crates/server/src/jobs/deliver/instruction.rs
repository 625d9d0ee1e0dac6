//! Delivers instructions to recipients, by mail to the contact address that policy or register has.
//! Without one the message ends as `no_address`, and the instruction stays open until somebody tells the
//! recipient by hand.

use std::sync::Arc;

use policy::record::ToldBy;
use vault::Plain;

use super::Deliverer;
use crate::acts::instruction;
use crate::app::App;
use crate::connectors::NotSent;
use crate::connectors::mail::Mail;
use crate::error::Error;
use crate::instruct;
use crate::outbox::{self, INSTRUCTION, InstructionId, Message, Outcome};
use crate::store;

/// Who tells, in the records.
const BY: &str = "azukari (instruction)";

/// Carries instructions, by mail.
pub struct Instructions(pub Mail);

impl Deliverer for Instructions {
    const TOPIC: &'static str = INSTRUCTION;

    async fn is_there(&self) -> Result<(), NotSent> {
        self.0.is_there().await
    }

    async fn deliver(
        &self,
        app: &Arc<App>,
        id: &[u8; 16],
        message: Message,
    ) -> Result<Result<Outcome, NotSent>, Error> {
        match message {
            Message::Instruction { instruction } => {
                tell(app, &self.0, &outbox::shown(id), instruction).await
            }
            _ => Ok(Ok(Outcome::Unreadable)),
        }
    }

    fn is_away(&self, not_sent: &NotSent) -> bool {
        self.0.is_away(not_sent)
    }
}

/// Tells the recipient, unless somebody has meanwhile or it has answered. It is noted as told before the
/// message ends: should the power go between the two, it is told twice under the same `Message-ID`.
async fn tell(
    app: &Arc<App>,
    mail: &Mail,
    message: &str,
    id: InstructionId,
) -> Result<Result<Outcome, NotSent>, Error> {
    let keeper = Arc::clone(app);
    let found = app
        .store
        .read(move |conn| {
            let Some(kept) = store::instructions::get(conn, &id.0)? else { return Ok(None) };
            let contact = instruct::contact(&keeper, conn, &kept.recipient)?;
            Ok::<_, Error>(Some((kept, contact)))
        })
        .await?;
    let Some((kept, contact)) = found else { return Ok(Ok(Outcome::Unreadable)) };
    if kept.told_at.is_some() || kept.answered_at.is_some() {
        return Ok(Ok(Outcome::Delivered));
    }
    let Some(contact) = contact else { return Ok(Ok(Outcome::NoAddress)) };
    let said = instruction::get(app, id).await?;
    let written = instruct::write(&app.policy(), &said.id, said.kind, &said.said, app.clock.now());
    let now = app.clock.now();
    if let Err(not_sent) = mail.send(message, &Plain::new(contact), &written, now).await {
        return Ok(Err(not_sent));
    }
    instruction::told(app, id, ToldBy::Mail, BY.to_owned()).await?;
    Ok(Ok(Outcome::Delivered))
}
