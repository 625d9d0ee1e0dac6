//! Telling whoever received something what has become of it (R12.3, S28): who received what, and under
//! which number, is read from her provision records and engagements, and each of them is told in the
//! transaction that erases, corrects or stops. No value is in an instruction. How it travels is
//! `jobs/`'s, what a recipient answers `acts/instruction.rs`'s.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use paper::{Block, Paper};
use policy::party::Role;
use policy::record::{Act, InstructionKind, Provision};
use policy::request::RequestId;
use policy::{
    Document, ItemName, Language, PurposeName, RecipientName, Record, Reference, SubjectId,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::Error;
use crate::intake::Details;
use crate::keys::Keys;
use crate::letter::Written;
use crate::once::Fresh;
use crate::outbox::{self, InstructionId, Message};
use crate::record::Place;
use crate::store::instructions::Kept;
use crate::store::{Conn, Tx, engagements, instructions, recipients, records};
use crate::words;

/// Provision records read at once.
const PAGE: i64 = 256;

/// What an instruction says, as it is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The numbers under which the recipient knows what binds her to it, such as bookings; gone once it
    /// has answered.
    pub references: Vec<Reference>,
    /// Of these, what is called off; gone once it has answered.
    pub called_off: Vec<Reference>,
    /// The ids of the disclosures that named no such number; gone once it has answered.
    pub disclosures: Vec<String>,
    /// The items that it received.
    pub items: Vec<ItemName>,
    /// The purposes to be stopped; all when empty.
    pub purposes: Vec<PurposeName>,
    /// What the recipient answered in words, and who wrote that down.
    pub answer: Option<(String, String)>,
}

/// What binds what an instruction says to its row.
fn context(id: &[u8; 16], recipient: &str, kind: &str) -> Vec<u8> {
    [id.as_slice(), kind.as_bytes(), b":", recipient.as_bytes()].concat()
}

impl Said {
    /// What a kept instruction says.
    ///
    /// # Errors
    /// When the row was changed.
    pub fn open(keys: &Keys, kept: &Kept) -> Result<Self, Error> {
        let context = context(&kept.id, &kept.recipient, &kept.kind);
        let bytes = keys.open_system("instruction", &context, &kept.sealed)?;
        Ok(serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?)
    }

    /// Seals it for its row.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn seal(
        &self,
        keys: &Keys,
        id: &[u8; 16],
        recipient: &str,
        kind: &str,
    ) -> Result<Vec<u8>, Error> {
        let bytes = serde_json::to_vec(self).map_err(anyhow::Error::from)?;
        Ok(keys.seal_system("instruction", &context(id, recipient, kind), &bytes)?)
    }
}

/// What is to be told, within an act.
pub struct Telling<'a> {
    /// Of whom.
    pub subject: SubjectId,
    /// The request that it follows from.
    pub request: Option<RequestId>,
    /// What they are to do.
    pub kind: InstructionKind,
    /// The purposes to be stopped.
    pub purposes: Vec<PurposeName>,
    /// Engagements that the act called off: who has one is told of it, whatever it received.
    pub called_off: &'a [(RecipientName, Reference)],
    /// Who acts.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// For its record, and for the ids of the instructions.
    pub fresh: &'a Fresh,
}

impl Telling<'_> {
    /// Puts an instruction for everybody who received something that `concerns` names, by the items of
    /// each provision; with it, the message that carries it. Read before what it is about goes: her
    /// engagements may go with it. Says who is told. May run more than once.
    ///
    /// # Errors
    /// The database, or when nothing can be sealed.
    pub fn put(
        self,
        app: &App,
        tx: &mut Tx<'_>,
        concerns: impl Fn(&Provision) -> Vec<ItemName>,
    ) -> Result<Vec<RecipientName>, Error> {
        let mut told = self.received(app, tx, concerns)?;
        for (recipient, engagement) in engagements::all(tx, self.subject)? {
            if let Some(said) = told.get_mut(&recipient) {
                said.references.push(engagement.reference);
            }
        }
        for (recipient, reference) in self.called_off {
            let said = told.entry(recipient.clone()).or_default();
            said.references.push(reference.clone());
            said.called_off.push(reference.clone());
        }
        if told.is_empty() {
            return Ok(Vec::new());
        }
        for (recipient, mut said) in told.clone() {
            said.references.sort();
            said.references.dedup();
            said.items.sort();
            said.items.dedup();
            said.purposes.clone_from(&self.purposes);
            let id = self.id(&recipient);
            // Who received nothing has nothing to erase; it is told what is called off.
            let kind = if said.items.is_empty() { InstructionKind::Stop } else { self.kind };
            let kind = kind.word();
            let sealed = said.seal(&app.keys, &id, recipient.as_str(), kind)?;
            let row = (recipient.as_str(), kind);
            instructions::put(tx, &id, self.request, row, self.at.as_millisecond(), &sealed);
            let message = Message::Instruction { instruction: InstructionId(id) };
            outbox::put(&app.keys, tx, id, &message, self.at)?;
        }
        let recipients: Vec<RecipientName> = told.into_keys().collect();
        let record = Record {
            at: self.at,
            policy: app.policy().version,
            subject: Some(self.subject),
            by: self.by.to_owned(),
            act: Act::Instructed {
                instruction: self.kind,
                recipients: recipients.clone(),
                request: self.request,
            },
        };
        app.record(tx, &record, None, self.fresh)?;
        Ok(recipients)
    }

    /// Who received something of what it is about, with the numbers under which it knows her.
    fn received(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        concerns: impl Fn(&Provision) -> Vec<ItemName>,
    ) -> Result<BTreeMap<RecipientName, Said>, Error> {
        let mut told: BTreeMap<RecipientName, Said> = BTreeMap::new();
        let mut before = i64::MAX;
        loop {
            let rows = records::crossings(tx, self.subject, before, PAGE)?;
            let full = i64::try_from(rows.len()).unwrap_or(PAGE) == PAGE;
            let Some(last) = rows.last() else { break };
            before = last.place;
            for row in rows.iter().filter(|row| row.act == "disclosed") {
                // One record that was damaged must not keep the others from being told.
                let read = app
                    .open_record(row)
                    .and_then(|opening| Ok(opening.record().map_err(anyhow::Error::from)?.act));
                let provision = match read {
                    Ok(Act::Disclosed(provision)) => provision,
                    Ok(_) => continue,
                    Err(error) => {
                        tracing::error!(place = row.place, %error, "who received this is not told");
                        continue;
                    }
                };
                let items = concerns(&provision);
                if items.is_empty() || !is_told(&provision) {
                    continue;
                }
                let said = told.entry(provision.third_party.recipient.clone()).or_default();
                said.items.extend(items);
                match provision.reference {
                    Some(reference) => said.references.push(reference),
                    None => {
                        let place = Place { index: row.place.unsigned_abs(), id: row.id };
                        said.disclosures.push(place.disclosure_id());
                    }
                }
            }
            if !full {
                break;
            }
        }
        Ok(told)
    }

    /// The same each time that the act is run.
    fn id(&self, recipient: &RecipientName) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(b"azukari instruction v1\n");
        hash.update(self.fresh.salt);
        hash.update(recipient.as_str());
        let hash: [u8; 32] = hash.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        id
    }
}

/// Whether whoever received this is told: not a public body, and not whoever received it in a case of
/// Act 27(1), since what they do with it is under their own law, and some must not learn more.
fn is_told(provision: &Provision) -> bool {
    let beyond = provision
        .exception
        .as_ref()
        .is_some_and(|used| used.withheld_from_subject || used.kind.reaches_beyond_purpose());
    !beyond && provision.third_party.role != Role::Authority
}

/// The items of a provision that are among some.
pub fn among<'a>(
    items: impl IntoIterator<Item = &'a ItemName>,
) -> impl Fn(&Provision) -> Vec<ItemName> {
    let wanted: BTreeSet<ItemName> = items.into_iter().cloned().collect();
    move |provision| {
        let received = provision.items.iter().map(|held| &held.item);
        received.filter(|item| wanted.contains(*item)).cloned().collect()
    }
}

/// The address to which a recipient is told: the policy's for one that it names, the register's for a
/// member of a category; `None` when there is none.
///
/// # Errors
/// When the register's row was changed.
pub fn contact(app: &App, conn: &mut Conn, recipient: &str) -> Result<Option<String>, Error> {
    let Ok(name) = recipient.parse::<RecipientName>() else { return Ok(None) };
    if let Some(entry) = app.policy().recipients.get(&name) {
        return Ok(entry.contact.clone());
    }
    Ok(registered(&app.keys, conn, &name)?.and_then(|details| details.contact))
}

/// The legal details of a member of a category; `None` for whoever is not registered.
///
/// # Errors
/// When the register's row was changed.
pub fn registered(
    keys: &Keys,
    conn: &mut Conn,
    name: &RecipientName,
) -> Result<Option<Details>, Error> {
    let rows = conn.query(recipients::BY_NAME, &[name.as_str().into()])?;
    let Some(Ok((_, sealed))) = recipients::fact(name, &rows)? else { return Ok(None) };
    let bytes = keys.open_system("recipient", name.as_str().as_bytes(), &sealed)?;
    Ok(serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?)
}

/// The names under which people know members of categories, of those that are registered.
///
/// # Errors
/// As [`registered`].
pub fn members<'n>(
    keys: &Keys,
    conn: &mut Conn,
    names: impl IntoIterator<Item = &'n RecipientName>,
) -> Result<BTreeMap<RecipientName, String>, Error> {
    let mut members = BTreeMap::new();
    for name in names {
        if let Some(details) = registered(keys, conn, name)? {
            members.insert(name.clone(), details.name);
        }
    }
    Ok(members)
}

/// An instruction as a mail, in both languages: whoever reads it there may read either.
pub fn write(
    document: &Document,
    id: &InstructionId,
    kind: InstructionKind,
    said: &Said,
    now: Timestamp,
) -> Written {
    let title = match kind {
        InstructionKind::Erase => "個人情報の消去のお願い / Please erase personal information",
        InstructionKind::Correct => "個人情報の訂正のお願い / Please correct personal information",
        InstructionKind::Stop => {
            "個人情報の利用停止のお願い / Please stop using personal information"
        }
    };
    let mut paper = Paper::letter(paper::Language::Ja, title, now);
    paper.date = Some(words::day(policy::calendar::calendar_day(now), Language::Ja));
    let controller = &document.controller;
    paper.sender = vec![controller.name.ja.clone(), controller.desk.email.clone()];
    for language in [Language::Ja, Language::En] {
        paper.blocks.extend(said_in(document, id, kind, said, language));
    }
    Written { subject: paper.title.clone(), paper, attached: Vec::new() }
}

fn said_in(
    document: &Document,
    id: &InstructionId,
    kind: InstructionKind,
    said: &Said,
    language: Language,
) -> Vec<Block> {
    use InstructionKind as Kind;
    use Language::{En, Ja};
    let join = |names: Vec<String>| names.join(if language == Ja { "、" } else { ", " });
    let items = said.items.iter().map(|name| {
        document.items.get(name).map_or(name.as_str(), |item| item.label.get(language)).to_owned()
    });
    let purposes = said.purposes.iter().map(|name| {
        let purpose = document.purposes.get(name);
        purpose.map_or(name.as_str(), |purpose| purpose.label.get(language)).to_owned()
    });
    let kept = |all: &[Reference]| join(all.iter().map(ToString::to_string).collect());
    let ask = match (kind, language) {
        (Kind::Erase, Ja) => "お渡ししたお客さまの情報のうち、次のものを消去してください。",
        (Kind::Erase, En) => "please erase the following that you received from us about a guest.",
        (Kind::Correct, Ja) => {
            "お渡ししたお客さまの情報のうち、次のものが訂正されました。お手もとの内容は使わず、あらためてお問い合わせください。"
        }
        (Kind::Correct, En) => {
            "the following that you received from us about a guest was corrected; use what you have no longer and ask us anew."
        }
        (Kind::Stop, Ja) => "お渡ししたお客さまの情報の利用を停止してください。",
        (Kind::Stop, En) => "please stop using what you received from us about a guest.",
    };
    let mut facts: Vec<(&str, String)> = Vec::new();
    let mut fact = |ja: &'static str, en: &'static str, value: String| {
        if !value.is_empty() {
            facts.push((if language == Ja { ja } else { en }, value));
        }
    };
    fact("項目", "Items", join(items.collect()));
    fact("利用目的", "Purposes", join(purposes.collect()));
    fact("予約などの番号", "Your reference", kept(&said.references));
    fact("提供の番号", "Disclosure", join(said.disclosures.clone()));
    fact("取り消された予約など", "Called off", kept(&said.called_off));
    fact("指示の番号", "Instruction", id.to_string());
    let answer = match language {
        Ja => "対応の結果を、この番号をそえて窓口へご返信ください。",
        En => "Please tell our desk what you have done, with this number.",
    };
    vec![Block::paragraph(ask), Block::facts(facts), Block::paragraph(answer)]
}
