//! A request comes in: what was written is read field by field, a receipt number is given, and where it
//! must be shown who asks, a one-time code is on its way. The answer is the same whether or not anybody
//! is held under the address.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::record::Act;
use policy::request::{Agency, Ground, Progress, RequestId, RequestKind, State, Step, Terms};
use policy::{Document, ItemName, Language, Record, RegimeName, SubjectId, normal};

use super::verify::fresh_code;
use super::{Agent, Channel, Contact, Delivery, Drawn, Matter, Moved, Request, kinds, take};
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::letter::RequestLetter;
use crate::once::{Fresh, Once, random};
use crate::store::{Conn, Tx, items, requests, subjects};
use crate::webhook::{self, Event};

/// The longest name, in characters.
pub const MAX_NAME: usize = 200;
/// The longest text in the requester's own words, in characters.
pub const MAX_TEXT: usize = 4000;
/// The longest postal address, in characters.
pub const MAX_ADDRESS: usize = 400;

/// A request as it is sent in, in text.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What is asked.
    pub kind: RequestKind,
    /// By whose rules, as the requester says; her own if she is held.
    pub regime: String,
    /// The person, where a service that knows her asks on her behalf.
    pub subject: Option<SubjectId>,
    /// The language of letters and answer.
    pub language: Language,
    /// The person's name.
    pub name: String,
    /// Where letters go; the registered address when left out, which takes a `subject`.
    pub email: Option<String>,
    /// In the requester's own words.
    pub text: String,
    /// What she relies on.
    pub grounds: Vec<Ground>,
    /// The items it is about; all when empty.
    pub items: Vec<String>,
    /// What is to be put in place of what is held; `None` to take it out.
    pub corrections: BTreeMap<String, Option<String>>,
    /// The purposes to be stopped; all when empty.
    pub purposes: Vec<String>,
    /// The recipients that are meant; all when empty.
    pub recipients: Vec<String>,
    /// What she offers to be known by, beside the address.
    pub particulars: BTreeMap<String, String>,
    /// The postal address for an answer on paper.
    pub postal_address: Option<String>,
    /// Who asks in her place.
    pub agency: Option<Agency>,
    /// The agent's name.
    pub agent_name: Option<String>,
    /// The name on the receipt.
    pub receipt_name: Option<String>,
    /// Through which door it came.
    pub channel: Channel,
}

/// Reads a request as it would come in now, and keeps nothing: what is shown before it is sent.
///
/// # Errors
/// As [`receive`].
pub fn check(app: &App, asked: &Asked) -> Result<Progress, Error> {
    read(app, &app.policy(), asked, app.clock.now()).map(|(progress, _)| progress)
}

/// Takes a request in.
///
/// # Errors
/// [`Error::NotFound`] when the policy takes no requests, or for an unknown person;
/// [`Error::Invalid`] field by field.
pub async fn receive(
    app: &Arc<App>,
    asked: Asked,
    by: String,
    once: Option<Once>,
) -> Result<Moved, Error> {
    let now = app.clock.now();
    let document = app.policy();
    let (progress, matter) = read(app, &document, &asked, now)?;
    let mut id = [0; 16];
    random(&mut id)?;
    let id = RequestId(id);
    let (key, wrapped) = app.keys.new_request_key(id)?;
    let (code, sent) = fresh_code(&app.keys, id, now)?;
    let received = Fresh::new()?;
    let drawn = Drawn::new()?;
    let token = match (&matter.contact, document.sign_in_address()) {
        (Contact::Email { email }, Some(item)) => {
            Some((item.clone(), app.keys.token(item, email)?))
        }
        _ => None,
    };
    let given = asked.subject;
    let keeper = Arc::clone(app);
    let held_key = std::sync::Mutex::new(Some(key));
    app.store
        .write(move |tx: &mut Tx<'_>| {
            if let Some(once) = &once
                && let Some(index) = once.begin(tx)?
            {
                return received_before(&keeper, tx, index);
            }
            let candidate = match given {
                Some(subject) => {
                    let held = subjects::get(tx, subject)?.filter(|held| held.wrapped.is_some());
                    held.ok_or_else(|| Error::not_found("subject", subject.to_string()))?;
                    Some(subject)
                }
                None => match &token {
                    Some((item, token)) => items::find(tx, item.as_str(), token)?.pop(),
                    None => None,
                },
            };
            // Unwrapped anew when the act is run again.
            let key = held_key.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            let key = key.map_or_else(|| keeper.keys.request_key(id, &wrapped), Ok)?;
            let mut request = Request {
                id,
                subject: None,
                progress: progress.clone(),
                matter: Matter { candidate, ..matter.clone() },
                files: Vec::new(),
                key,
            };
            let sealed = request.seal()?;
            let columns = request.columns(&document, &sealed);
            requests::insert(tx, id, &wrapped, now.as_millisecond(), &columns);
            let record = Record {
                at: now,
                policy: document.version,
                subject: None,
                by: by.clone(),
                act: Act::RequestReceived {
                    request: id,
                    kind: progress.kind,
                    agency: progress.agency,
                    channel: matter.channel.word().to_owned(),
                },
            };
            let place = keeper.record(tx, &record, None, &received)?;
            if let Some(event) = Event::of_request(id, State::Received, place) {
                webhook::tell(&keeper.keys, tx, event, &received.id, now)?;
            }
            // What follows on its coming in.
            let mut change = super::Change::from(Step::Begin {});
            change.letters.push(RequestLetter::Received {});
            let verifying = progress.needed() > policy::request::Assurance::None;
            if verifying || progress.agency.is_some() {
                request.matter.code = Some(sent.clone());
                request.matter.codes_sent.push(now);
                change.letters.push(RequestLetter::Code { code: code.clone() });
            }
            take(&keeper, tx, &mut request, change, &by, now, &drawn)?;
            if let Some(once) = &once {
                once.done(tx, place.index, now);
            }
            Ok(Moved { id, progress: request.progress, place: Some(place) })
        })
        .await
}

/// The request that was taken in before under the same idempotency key.
fn received_before(app: &App, conn: &mut Conn, index: u64) -> Result<Moved, Error> {
    let row = crate::store::records::at(conn, index.cast_signed())?
        .ok_or_else(|| anyhow::anyhow!("record {index} is missing"))?;
    let record = app.open_record(&row)?.record().map_err(anyhow::Error::from)?;
    let Act::RequestReceived { request, .. } = record.act else {
        return Err(anyhow::anyhow!("record {index} is of another act").into());
    };
    let read = Request::read(&app.keys, conn, request)?
        .ok_or_else(|| Error::not_found("request", request.to_string()))?;
    let place = crate::record::Place { index, id: row.id };
    Ok(Moved { id: request, progress: read.progress, place: Some(place) })
}

fn read(
    app: &App,
    document: &Document,
    asked: &Asked,
    now: jiff::Timestamp,
) -> Result<(Progress, Matter), Error> {
    if document.requests.is_none() {
        return Err(Error::not_found("article on requests", "requests"));
    }
    let mut wrong = Vec::new();
    let regime: Option<RegimeName> = asked.regime.parse().ok();
    let terms = regime.and_then(|regime| Terms::of(document, &regime));
    if terms.is_none() {
        let known: Vec<String> =
            document.regimes.keys().map(|regime| format!("`{regime}`")).collect();
        let detail = format!("is not one of {}", known.join(", "));
        wrong.push(FieldError::new("regime", "unknown", detail));
    }
    if !kinds(document).contains(&asked.kind) {
        wrong.push(FieldError::new("kind", "unknown", "is not asked for under this policy"));
    }
    let name = text("name", &asked.name, MAX_NAME, true, &mut wrong);
    let contact = match (&asked.email, asked.subject) {
        (Some(email), _) => match normal::email(email) {
            Some(email) => Contact::Email { email },
            None => {
                let detail = "is not an e-mail address; send one such as name@example.com";
                wrong.push(FieldError::new("email", "not_an_email", detail));
                Contact::Registered
            }
        },
        (None, Some(_)) => Contact::Registered,
        (None, None) => {
            wrong.push(FieldError::new("email", "missing", "is missing; letters go there"));
            Contact::Registered
        }
    };
    let needs_words = asked.kind == RequestKind::Complaint;
    let words = text("text", &asked.text, MAX_TEXT, needs_words, &mut wrong);
    if let Some(terms) = &terms {
        grounds(terms, asked, &mut wrong);
    }
    let items = item_names(document, &asked.items, &mut wrong);
    let corrections = corrections(document, asked, now, &mut wrong);
    let particulars = particulars(app, document, asked, &mut wrong);
    let purposes = known_names(&asked.purposes, "purposes", &mut wrong, |name| {
        document.purposes.contains_key(name)
    });
    let recipients = known_names(&asked.recipients, "recipients", &mut wrong, |_| true);
    let delivery = match &asked.postal_address {
        Some(address) => Delivery::Paper {
            address: text("postal_address", address, MAX_ADDRESS, true, &mut wrong),
        },
        None => Delivery::Electronic,
    };
    let agent = asked.agency.map(|agency| Agent {
        agency,
        name: text(
            "agent_name",
            asked.agent_name.as_deref().unwrap_or_default(),
            MAX_NAME,
            true,
            &mut wrong,
        ),
    });
    let receipt_name = asked.receipt_name.as_ref().filter(|name| !name.trim().is_empty());
    let receipt_name =
        receipt_name.map(|name| text("receipt_name", name, MAX_NAME, true, &mut wrong));
    let Some(terms) = terms.filter(|_| wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let progress = Progress::received(&terms, asked.kind, asked.grounds.clone(), asked.agency, now);
    debug_assert_eq!(progress.state, State::Received);
    let matter = Matter {
        channel: asked.channel.clone(),
        language: asked.language,
        name,
        contact,
        agent,
        text: words,
        items,
        corrections,
        purposes,
        recipients,
        particulars,
        delivery,
        receipt_name,
        candidate: None,
        code: None,
        codes_sent: Vec::new(),
        answer: None,
        reply: None,
        erased: None,
        notes: Vec::new(),
        steps: Vec::new(),
    };
    Ok((progress, matter))
}

/// Reads a text of people: trimmed, no control characters but line ends, not too long.
pub(super) fn text(
    field: &str,
    given: &str,
    most: usize,
    needed: bool,
    wrong: &mut Vec<FieldError>,
) -> String {
    let read = normal::text(given.trim());
    let chars = read.chars().count();
    if chars == 0 && needed {
        wrong.push(FieldError::new(field, "missing", "is missing"));
    } else if chars > most {
        let detail = format!("has {chars} characters; at most {most} are taken");
        wrong.push(FieldError::new(field, "too_long", detail));
    } else if read.chars().any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t') {
        wrong.push(FieldError::new(field, "control_character", "has control characters"));
    }
    read
}

fn grounds(terms: &Terms<'_>, asked: &Asked, wrong: &mut Vec<FieldError>) {
    let lawful = terms.regime.requests.grounds(asked.kind);
    if asked.kind.rests_on_ground() && asked.grounds.is_empty() {
        wrong.push(FieldError::new("grounds", "missing", "is missing; say what you rely on"));
    }
    if asked.grounds.iter().any(|ground| !lawful.contains(ground)) {
        let detail = "names what the law does not know for this kind of request";
        wrong.push(FieldError::new("grounds", "unknown", detail));
    }
}

fn item_names(document: &Document, given: &[String], wrong: &mut Vec<FieldError>) -> Vec<ItemName> {
    known_names(given, "items", wrong, |name: &ItemName| document.items.contains_key(name))
}

fn known_names<T: std::str::FromStr>(
    given: &[String],
    field: &str,
    wrong: &mut Vec<FieldError>,
    known: impl Fn(&T) -> bool,
) -> Vec<T> {
    let mut read = Vec::with_capacity(given.len());
    for (n, name) in given.iter().enumerate() {
        match name.parse().ok().filter(|name| known(name)) {
            Some(name) => read.push(name),
            None => {
                let detail = "is not a name of the policy";
                wrong.push(FieldError::new(format!("{field}[{n}]"), "unknown", detail));
            }
        }
    }
    read
}

fn corrections(
    document: &Document,
    asked: &Asked,
    now: jiff::Timestamp,
    wrong: &mut Vec<FieldError>,
) -> BTreeMap<ItemName, Option<String>> {
    if asked.kind == RequestKind::Correction && asked.corrections.is_empty() {
        wrong.push(FieldError::new("corrections", "missing", "is missing; say what is right"));
    }
    let today = now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(14))).date();
    let mut read = BTreeMap::new();
    for (name, value) in &asked.corrections {
        let known = name.parse().ok().and_then(|name: ItemName| {
            document.items.get_key_value(&name).map(|(name, item)| (name.clone(), item))
        });
        let Some((name, item)) = known else {
            let field = if crate::error::is_word(name) {
                format!("corrections.{name}")
            } else {
                "corrections".to_owned()
            };
            wrong.push(FieldError::new(field, "unknown", "is not an item of the policy"));
            continue;
        };
        match value {
            Some(value) => match item.parse(value, today) {
                Ok(value) => drop(read.insert(name, Some(value))),
                Err(bad) => {
                    let field = format!("corrections.{name}");
                    wrong.push(FieldError::new(field, crate::intake::code(&bad), bad.to_string()));
                }
            },
            None if item.required => {
                let detail = "cannot be taken out alone; the service needs it";
                wrong.push(FieldError::new(format!("corrections.{name}"), "required", detail));
            }
            None => drop(read.insert(name, None)),
        }
    }
    read
}

/// What she offers to be known by; it is compared later, and never told whether it agrees.
fn particulars(
    _app: &App,
    document: &Document,
    asked: &Asked,
    wrong: &mut Vec<FieldError>,
) -> BTreeMap<ItemName, String> {
    let mut read = BTreeMap::new();
    for (name, value) in &asked.particulars {
        let known: Option<ItemName> = name.parse().ok();
        match known.filter(|name| document.items.contains_key(name)) {
            Some(name) => {
                let field = format!("particulars.{name}");
                let value = text(&field, value, MAX_ADDRESS, false, wrong);
                if !value.is_empty() {
                    read.insert(name, value);
                }
            }
            None => {
                let detail = "names what is not an item of the policy";
                wrong.push(FieldError::new("particulars", "unknown", detail));
            }
        }
    }
    read
}
