//! Values that the desk looks at for a request, through the gate: under the purpose that the policy
//! names for it, for the controller's own use, each on record. A correction's value before is shown;
//! particulars are compared, and what is held is not shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::normal::compatible;
use policy::{Ask, Document, ItemName, Reason, SubjectId};
use vault::Plain;

use crate::acts::request::{Contact, Request};
use crate::app::App;
use crate::error::Error;
use crate::gate::{self, Asking};
use crate::store::items;

/// The most people who are compared at once.
const MOST: usize = 5;

/// A value as it was looked at.
pub(super) enum Looked {
    /// It is held.
    Value(Plain),
    /// It is not held.
    NotHeld,
    /// The rules do not let the desk look.
    Refused(Vec<Reason>),
    /// The policy names no purpose under which the desk looks at values.
    NoPurpose,
}

/// Looks at one value. One at a time, so that a refusal of one hides no other.
pub(super) async fn at(
    app: &Arc<App>,
    subject: SubjectId,
    item: &ItemName,
    by: &str,
) -> Result<Looked, Error> {
    let document = app.policy();
    let requests = document.requests.as_ref();
    let Some(purpose) = requests.and_then(|requests| requests.handling.purpose.clone()) else {
        return Ok(Looked::NoPurpose);
    };
    let ask = Ask {
        subject,
        recipient: None,
        purpose,
        items: vec![item.clone()],
        reference: None,
        exception: false,
    };
    let asking = Asking { ask, exception: None, by: by.to_owned(), once: None };
    match gate::disclose(app, asking).await {
        Ok(mut disclosed) => {
            let value = disclosed.items.remove(item).flatten();
            Ok(value.map_or(Looked::NotHeld, Looked::Value))
        }
        Err(Error::Refused { reasons, .. }) => Ok(Looked::Refused(reasons)),
        Err(other) => Err(other),
    }
}

/// What a correction would replace, item by item.
pub(super) async fn before(
    app: &Arc<App>,
    request: &Request,
    by: &str,
) -> Result<BTreeMap<ItemName, Looked>, Error> {
    let mut before = BTreeMap::new();
    if let Some(subject) = request.subject {
        for item in request.matter.corrections.keys() {
            before.insert(item.clone(), at(app, subject, item, by).await?);
        }
    }
    Ok(before)
}

/// How what was offered compares with what is held.
pub(super) enum Match {
    /// It is the same.
    Agrees,
    /// It is another.
    Differs,
    /// Nothing is held to compare it with.
    NotHeld,
    /// The desk may not look.
    Refused(Vec<Reason>),
    /// The policy names no purpose for looking.
    NoPurpose,
}

/// Somebody who may be the requester, with how each particular compares.
pub(super) struct Compared {
    /// Who.
    pub(super) subject: SubjectId,
    /// Item by item.
    pub(super) particulars: Vec<(ItemName, Match)>,
}

impl Compared {
    /// True when something agrees and nothing differs.
    pub(super) fn fits(&self) -> bool {
        let agrees = self.particulars.iter().any(|(_, m)| matches!(m, Match::Agrees));
        agrees && !self.particulars.iter().any(|(_, m)| matches!(m, Match::Differs))
    }
}

/// What the requester offers to be known by: the particulars, the name, the address of letters.
pub(super) fn offered(document: &Document, request: &Request) -> BTreeMap<ItemName, String> {
    let matter = &request.matter;
    let mut offered = matter.particulars.clone();
    // Whoever asks gives a name; it is compared with the item of that name.
    let name = "name".parse().ok().filter(|name| document.items.contains_key(name));
    if let Some(name) = name {
        offered.entry(name).or_insert_with(|| matter.name.clone());
    }
    // An agent's address is not the person's.
    if let (Contact::Email { email }, Some(item), None) =
        (&matter.contact, document.sign_in_address(), &matter.agent)
    {
        offered.entry(item.clone()).or_insert_with(|| email.clone());
    }
    offered
}

/// Finds whoever is registered under an e-mail address or a telephone number.
pub(super) async fn find(app: &Arc<App>, text: &str) -> Result<Vec<SubjectId>, Error> {
    let (document, today) = (app.policy(), policy::calendar::calendar_day(app.clock.now()));
    let mut tokens = Vec::new();
    for (name, item) in document.items.iter().filter(|(_, item)| item.lookup) {
        if let Ok(value) = item.parse(text, today) {
            tokens.push((name.clone(), app.keys.token(name, &value)?));
        }
    }
    let read = move |conn: &mut crate::store::Conn| {
        let mut found = Vec::new();
        for (item, token) in &tokens {
            found.extend(items::find(conn, item.as_str(), token)?);
        }
        Ok::<_, Error>(found)
    };
    let mut found = app.store.read(read).await?;
    found.sort_unstable();
    found.dedup();
    found.truncate(MOST);
    Ok(found)
}

/// Compares what the requester offers with what is held of somebody. What is held is seen by nobody.
pub(super) async fn compare(
    app: &Arc<App>,
    request: &Request,
    subject: SubjectId,
    by: &str,
) -> Result<Compared, Error> {
    let document = app.policy();
    let today = policy::calendar::calendar_day(app.clock.now());
    let mut particulars = Vec::new();
    for (name, offered) in offered(&document, request) {
        let Some(item) = document.items.get(&name) else { continue };
        let read = item.parse(&offered, today).unwrap_or(offered);
        let how = match at(app, subject, &name, by).await? {
            Looked::Value(held) if folded(held.reveal()) == folded(&read) => Match::Agrees,
            Looked::Value(_) => Match::Differs,
            Looked::NotHeld => Match::NotHeld,
            Looked::Refused(reasons) => Match::Refused(reasons),
            Looked::NoPurpose => Match::NoPurpose,
        };
        particulars.push((name, how));
    }
    Ok(Compared { subject, particulars })
}

/// The form in which particulars are compared: width, case and blanks say nothing about who it is.
fn folded(text: &str) -> zeroize::Zeroizing<String> {
    let text = zeroize::Zeroizing::new(compatible(text));
    zeroize::Zeroizing::new(
        text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect(),
    )
}
