//! The one way in: read → admit → seal → put → record.
//!
//! Values arrive as text, are read into the one form in which they are held, admitted by the
//! policy, sealed and recorded in one transaction. From here on they are ciphertext. Knows nothing
//! of HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use policy::item::{self, SecretKind};
use policy::minor::AgeCheck;
use policy::record::{Act, ConsentTaken, HeldItem};
use policy::retention::{self, Clocks, Person, Thing, Until};
use policy::{
    ConsentFact, ConsentName, ConsentState, Document, ItemName, Language, Record, RegimeName,
    SecretName, SubjectId, Version, decide,
};
use serde::{Deserialize, Serialize};
use vault::{Plain, SubjectKey, Verifier};

use crate::agreement::{self, Asked, Representative};
use crate::app::App;
use crate::error::{Error, FieldError, is_word};
use crate::letter::Letter;
use crate::once::{Fresh, Once, random};
use crate::outbox::{self, Message};
use crate::record::Place;
use crate::store::{Tx, consents, items, secrets, subjects};
use crate::webhook;

/// The legal details of a recipient, for provision records (R1.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// Its legal name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its representative.
    pub representative: String,
    /// The e-mail address to which it is told what to do with what it received (R12.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// A new person as she comes in.
pub struct Newcomer {
    /// The rules that apply to her.
    pub regime: String,
    /// Values by item.
    pub items: BTreeMap<String, String>,
    /// A password, if she chose one.
    pub password: Option<String>,
    /// A payment card, as the payment platform's token.
    pub card: Option<Card>,
    /// What she answered.
    pub consents: Vec<Answer>,
    /// Who is asked to agree in her place; kept only where somebody has to be.
    pub representative: Option<NewRepresentative>,
}

/// A statutory representative as she is named, in text.
pub struct NewRepresentative {
    /// Her name.
    pub name: String,
    /// Her e-mail address.
    pub email: String,
}

impl NewRepresentative {
    /// Reads who is named; what cannot be read is named by its field.
    pub fn read(&self, wrong: &mut Vec<FieldError>) -> Option<Representative> {
        Representative::read(&self.name, &self.email, wrong)
    }
}

/// A payment card as the payment platform knows it.
pub struct Card {
    /// The platform's token.
    pub token: String,
    /// Visa, JCB and so on.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
}

/// A consent as somebody answered it, in text.
pub struct Answer {
    /// Which consent.
    pub consent: String,
    /// The state.
    pub state: String,
    /// The policy version she saw.
    pub notice: String,
    /// The language she saw it in.
    pub language: String,
}

/// A person who was taken in.
pub struct Registered {
    /// Her id.
    pub subject: SubjectId,
    /// The record of it.
    pub place: Place,
}

/// A value read and ready to be sealed, with its look-up token.
struct Ready {
    item: ItemName,
    plain: Plain,
    token: Option<[u8; 16]>,
    unique: bool,
}

/// Reads answers to consents; what cannot be read is named by its place under `at`.
pub fn read_answers(
    document: &Document,
    answers: &[Answer],
    wrong: &mut Vec<FieldError>,
) -> Vec<ConsentTaken> {
    let mut taken: Vec<ConsentTaken> = Vec::new();
    for (n, answer) in answers.iter().enumerate() {
        let at = |field: &str| format!("consents[{n}].{field}");
        let known = answer.consent.parse().ok().and_then(|name| {
            Some(document.consents.get_key_value::<ConsentName>(&name)?.0.clone())
        });
        let Some(consent) = known else {
            let known = list(document.consents.keys());
            wrong.push(FieldError::new(
                at("consent"),
                "unknown",
                format!("is not a consent of the policy; it asks for {known}"),
            ));
            continue;
        };
        if taken.iter().any(|t| t.consent == consent) {
            wrong.push(FieldError::new(at("consent"), "twice", "is answered twice; send it once"));
            continue;
        }
        let state = ConsentState::parse(&answer.state);
        if state.is_none() {
            let states = list(ConsentState::ALL.iter().map(|s| s.word()));
            wrong.push(FieldError::new(
                at("state"),
                "unknown",
                format!("is not a state of a consent; send one of {states}"),
            ));
        }
        let notice: Option<Version> = answer.notice.parse().ok();
        // A person agrees to what she was shown, and only the notice in force can have been shown
        // now. Taking a consent back must not wait for her to read a new one.
        let fits = notice.is_some_and(|notice| match state {
            Some(ConsentState::Given) => notice == document.version,
            _ => notice <= document.version,
        });
        if !fits {
            let version = document.version;
            wrong.push(FieldError::new(
                at("notice"),
                "other_notice",
                format!("is not the notice in force, `{version}`; show that one and ask again"),
            ));
        }
        let language = policy::Language::parse(&answer.language);
        if language.is_none() {
            wrong.push(FieldError::new(at("language"), "unknown", "is not ja or en"));
        }
        if let (Some(state), Some(notice), Some(language)) = (state, notice, language) {
            let language = language.tag().to_owned();
            taken.push(ConsentTaken { consent, state, notice, language });
        }
    }
    taken
}

fn list(names: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A stable word for what is wrong with a value.
pub(crate) fn code(bad: &item::BadValue) -> &'static str {
    use item::BadValue as B;
    match bad {
        B::Empty => "empty",
        B::TooLong { .. } => "too_long",
        B::ControlCharacter => "control_character",
        B::MultiLine => "multi_line",
        B::NotAnEmail => "not_an_email",
        B::NotAPhone => "not_a_phone",
        B::NotADate => "not_a_date",
        B::ImpossibleDate => "impossible_date",
        B::NotAChoice { .. } => "not_a_choice",
        B::NotALanguage => "not_a_language",
    }
}

/// Reads one value; what is wrong with it is named by `field`.
fn read_value(
    app: &App,
    document: &Document,
    field: &str,
    name: &str,
    given: &str,
    now: Timestamp,
) -> Result<Ready, FieldError> {
    let known = name.parse().ok().and_then(|name| {
        let (name, item) = document.items.get_key_value::<ItemName>(&name)?;
        Some((name.clone(), item))
    });
    let Some((name, item)) = known else {
        let secret = document.secrets.keys().any(|secret| secret.as_str() == name);
        return Err(if secret {
            FieldError::new(field, "secret", "is a secret; send it under `secrets`")
        } else {
            FieldError::new(field, "unknown", "is not an item of the policy; nothing else is held")
        });
    };
    // The earliest place on earth where tomorrow has begun: nobody's birthday is refused there.
    let today = now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(14))).date();
    let value = item
        .parse(given, today)
        .map_err(|bad| FieldError::new(field, code(&bad), bad.to_string()))?;
    let token = item
        .lookup
        .then(|| app.keys.token(&name, &value))
        .transpose()
        .map_err(|_| FieldError::new(field, "unreadable", "cannot be indexed; try again"))?;
    Ok(Ready { item: name, plain: Plain::new(value), token, unique: item.unique })
}

/// Whether the date of birth that she brings is that of somebody below the age of her regime.
fn is_below_age(document: &Document, regime: &RegimeName, ready: &[Ready], now: Timestamp) -> bool {
    AgeCheck::new(document, regime, now).is_some_and(|check| {
        let born = ready.iter().find(|value| value.item == *check.item());
        born.and_then(|born| check.reads_below(born.plain.reveal())).unwrap_or_default()
    })
}

/// A person who was admitted, her values sealed; she is not held until [`Admitted::keep`].
pub struct Admitted {
    subject: SubjectId,
    regime: RegimeName,
    document: Arc<Document>,
    at: Timestamp,
    wrapped: Vec<u8>,
    items: Vec<SealedValue>,
    consents: Vec<ConsentTaken>,
    secrets: Vec<(SecretName, String, Option<Vec<u8>>)>,
    /// To whoever is asked to agree in her place.
    letter: Option<(agreement::Letter, SubjectKey, Asked)>,
    fresh: Fresh,
}

/// A value as it will be kept.
struct SealedValue {
    item: ItemName,
    sealed: Vec<u8>,
    token: Option<[u8; 16]>,
    unique: bool,
}

/// Takes a person in, or refuses and keeps nothing at all.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::Refused`] with every reason.
pub async fn register(
    app: &Arc<App>,
    newcomer: Newcomer,
    by: String,
    once: Option<Once>,
) -> Result<Registered, Error> {
    let mut id = [0; 16];
    random(&mut id)?;
    let admitted = admit(app, SubjectId(id), newcomer).await?;
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            if let Some(index) = begin(tx, once.as_ref())? {
                let place = keeper.place(tx, index)?;
                let subject = place.1.ok_or_else(|| anyhow::anyhow!("no subject at {index}"))?;
                return Ok(Registered { subject, place: place.0 });
            }
            let place = admitted.keep(&keeper, tx, &by)?;
            if let Some(once) = &once {
                once.done(tx, place.index, admitted.at);
            }
            Ok(Registered { subject: admitted.subject, place })
        })
        .await
}

/// Reads what a person brings, asks the policy, and seals it under a new key of hers.
///
/// # Errors
/// As [`register`].
pub async fn admit(app: &App, subject: SubjectId, newcomer: Newcomer) -> Result<Admitted, Error> {
    let now = app.clock.now();
    let document = app.policy();
    let mut wrong = Vec::new();
    let regime = newcomer.regime.parse::<RegimeName>().ok();
    let regime = regime.filter(|regime| document.regimes.contains_key(regime));
    if regime.is_none() {
        let known = list(document.regimes.keys());
        wrong.push(FieldError::new("regime", "unknown", format!("is not one of {known}")));
    }
    let mut ready = Vec::with_capacity(newcomer.items.len());
    for (name, given) in &newcomer.items {
        let field = if is_word(name) { format!("items.{name}") } else { "items".to_owned() };
        match read_value(app, &document, &field, name, given, now) {
            Ok(value) => ready.push(value),
            Err(error) => wrong.push(error),
        }
    }
    for (name, item) in &document.items {
        if item.required && !newcomer.items.contains_key(name.as_str()) {
            wrong.push(FieldError::new(
                format!("items.{name}"),
                "missing",
                "is missing; the service cannot be provided without it",
            ));
        }
    }
    let mut taken = read_answers(&document, &newcomer.consents, &mut wrong);
    let is_below =
        regime.as_ref().is_some_and(|regime| is_below_age(&document, regime, &ready, now));
    let waiting = agreement::hold_back(is_below, &mut taken);
    let representative = match newcomer.representative {
        _ if waiting.is_empty() => None,
        Some(named) => named.read(&mut wrong),
        None => {
            wrong.push(agreement::nobody_named());
            None
        }
    };
    let own = document.sign_in_address();
    let own = ready.iter().find(|value| own == Some(&value.item)).map(|value| value.plain.reveal());
    if representative.as_ref().is_some_and(|named| own == Some(named.email.as_str())) {
        wrong.push(agreement::names_herself());
    }
    let password = newcomer.password.map(Plain::new);
    if let Some(Err(error)) = password.as_ref().map(Verifier::may_be_made) {
        wrong.push(FieldError::new(PASSWORD, "unfit_password", error.to_string()));
    }
    let card = newcomer.card.and_then(|card| {
        vault::CardToken::new(Plain::new(card.token), &card.brand, &card.last4)
            .map_err(|error| {
                wrong.push(FieldError::new("secrets.card", "not_a_token", error.to_string()));
            })
            .ok()
    });
    let (Some(regime), true) = (regime, wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };

    let facts: Vec<ConsentFact> = taken
        .iter()
        .map(|t| ConsentFact {
            consent: t.consent.clone(),
            state: t.state,
            notice: t.notice,
            at: now,
        })
        .collect();
    let admission = decide::admit(policy::decide::Offer {
        policy: &document,
        regime: &regime,
        items: ready.iter().map(|r| r.item.clone()).collect(),
        consents: &facts,
        waiting: &waiting,
        registering: true,
    })
    .map_err(|refusal| Error::Refused { reasons: refusal.reasons, place: None })?;

    // The costly part comes last: nobody makes the house work with a form that is wrong elsewhere.
    let verifier = match password {
        Some(password) => Some(make_verifier(app, password).await?),
        None => None,
    };
    let fresh = Fresh::new()?;
    let (key, wrapped) = app.keys.new_subject_key(subject)?;
    let mut items = Vec::with_capacity(ready.len());
    for Ready { item, plain, token, unique } in ready {
        let value = vault::seal(&admission, &key, &item, 1, &plain)
            .map_err(anyhow::Error::from)?
            .into_bytes();
        items.push(SealedValue { item, sealed: value, token, unique });
    }
    let mut kept_secrets = Vec::new();
    if let Some(verifier) = verifier {
        let name = secret_of(&document, SecretKind::Password)?;
        kept_secrets.push((name, verifier.to_text(), None));
    }
    if let Some(card) = card {
        let name = secret_of(&document, SecretKind::CardToken)?;
        let sealed = card.seal(&key, &name, 1).map_err(anyhow::Error::from)?;
        let shown = format!("{} {}", card.brand(), card.last4());
        kept_secrets.push((name, shown, Some(sealed.into_bytes())));
    }
    let letter = match representative {
        Some(representative) => {
            let language = taken.iter().find_map(|taken| Language::parse(&taken.language));
            let language = language.unwrap_or(Language::ALL[0]);
            let asked = Asked { representative, consents: waiting, language };
            Some((agreement::Letter::new(&app.keys, now)?, key, asked))
        }
        None => None,
    };
    Ok(Admitted {
        subject,
        regime,
        letter,
        document,
        at: now,
        wrapped,
        items,
        consents: taken,
        secrets: kept_secrets,
        fresh,
    })
}

impl Admitted {
    /// Writes her down with everything she brought: rows and record. May run more than once.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a value that must be her own belongs to somebody else.
    pub fn keep(&self, app: &App, tx: &mut Tx<'_>, by: &str) -> Result<Place, Error> {
        let (subject, at) = (self.subject, self.at.as_millisecond());
        for value in &self.items {
            if let (Some(token), true) = (&value.token, value.unique)
                && !items::find(tx, value.item.as_str(), token)?.is_empty()
            {
                return Err(taken_already(&value.item));
            }
        }
        subjects::insert(tx, subject, &self.regime, &self.wrapped, at);
        for value in &self.items {
            items::put(tx, subject, &value.item, 1, &value.sealed, at);
            if let Some(token) = &value.token {
                items::index(tx, subject, &value.item, token, false);
            }
        }
        let mut things: Vec<(Thing, Timestamp)> = Vec::new();
        things.extend(self.items.iter().map(|v| (Thing::Item(v.item.clone()), self.at)));
        things.extend(self.secrets.iter().map(|(n, ..)| (Thing::Secret(n.clone()), self.at)));
        let person = Person {
            policy: &self.document,
            things,
            account_end: None,
            engagement_end: None,
            consents: self.consents.iter().map(|taken| taken.consent.clone()).collect(),
            disputes: Vec::new(),
        };
        let look = retention::next_look(&retention::standing(&person, self.at));
        if let Some(look) = look {
            subjects::look_by(tx, subject, look.as_millisecond());
        }
        for consent in &self.consents {
            consents::put(tx, subject, consent, at);
        }
        if let (Some((letter, key, asked)), Some(regime)) =
            (&self.letter, self.document.regimes.get(&self.regime))
        {
            letter.put(&app.keys, tx, key, regime, asked)?;
        }
        for (name, kept, sealed) in &self.secrets {
            secrets::put(tx, subject, name, kept, sealed.as_deref(), at);
        }
        let held = |value: &SealedValue| HeldItem { item: value.item.clone(), version: 1 };
        let record = Record {
            at: self.at,
            policy: self.document.version,
            subject: Some(subject),
            by: by.to_owned(),
            act: Act::Registered {
                regime: self.regime.clone(),
                items: self.items.iter().map(held).collect(),
                secrets: self.secrets.iter().map(|(name, ..)| name.clone()).collect(),
                consents: self.consents.clone(),
            },
        };
        app.record(tx, &record, None, &self.fresh)
    }
}

fn begin(tx: &mut Tx<'_>, once: Option<&Once>) -> Result<Option<u64>, Error> {
    once.map_or(Ok(None), |once| once.begin(tx))
}

fn taken_already(item: &ItemName) -> Error {
    Error::field(
        format!("items.{item}"),
        "taken",
        "belongs to another account; sign in to that one, or send another value",
    )
}

/// The policy's word for a kind of secret.
pub(crate) fn secret_of(document: &Document, kind: SecretKind) -> Result<SecretName, Error> {
    let mut known = document.secrets.iter().filter(|(_, secret)| secret.keeps == kind);
    let field = match kind {
        SecretKind::Password => PASSWORD,
        SecretKind::CardToken => "secrets.card",
    };
    known
        .next()
        .map(|(name, _)| name.clone())
        .ok_or_else(|| Error::field(field, "unknown", "is not held under this policy"))
}

/// The field of a password.
const PASSWORD: &str = "secrets.password";

/// Turns a password into a verifier, when its turn comes.
///
/// # Errors
/// [`Error::Invalid`] when it is unfit.
pub(crate) async fn make_verifier(app: &App, password: Plain) -> Result<Verifier, Error> {
    app.hashing
        .run(move || Verifier::new(&password))
        .await?
        .map_err(|error| Error::field(PASSWORD, "unfit_password", error.to_string()))
}

/// A value that was put.
pub struct Put {
    /// The new version.
    pub version: u32,
    /// The record of it.
    pub place: Place,
}

/// Puts one value of a person who is held.
///
/// # Errors
/// As [`register`]; [`Error::NotFound`] when she is not held.
pub async fn put_item(
    app: &Arc<App>,
    subject: SubjectId,
    name: String,
    value: String,
    by: String,
) -> Result<Put, Error> {
    let document = app.policy();
    if !document.items.keys().any(|item| item.as_str() == name) {
        return Err(Error::not_found("item", name));
    }
    let putting = Putting::read(app, subject, "value", &name, &value)?;
    let fresh = Fresh::new()?;
    let keeper = Arc::clone(app);
    app.store.write(move |tx: &mut Tx<'_>| putting.keep(&keeper, tx, &by, &fresh)).await
}

/// A value of a person who is held, read and not yet put.
pub struct Putting {
    subject: SubjectId,
    document: Arc<Document>,
    field: String,
    ready: Ready,
    at: Timestamp,
    /// Drawn for the consents that a date of birth holds back, and for the letter that says so.
    held_back: (Vec<Fresh>, [u8; 16]),
}

impl Putting {
    /// Reads it; what is wrong with it is named by `field`.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn read(
        app: &App,
        subject: SubjectId,
        field: &str,
        name: &str,
        value: &str,
    ) -> Result<Self, Error> {
        let (document, at) = (app.policy(), app.clock.now());
        let ready = read_value(app, &document, field, name, value, at)
            .map_err(|error| Error::Invalid(vec![error]))?;
        let mut held_back = (Vec::new(), [0; 16]);
        if document.birth_date() == Some(&ready.item) {
            let fresh = document.consents.iter().map(|_| Fresh::new());
            held_back.0 = fresh.collect::<Result<_, _>>()?;
            random(&mut held_back.1)?;
        }
        Ok(Self { subject, document, field: field.to_owned(), ready, at, held_back })
    }

    /// Which item it is a value of.
    pub fn item(&self) -> &ItemName {
        &self.ready.item
    }

    /// Admits, seals and writes it down: row and record. May run more than once.
    ///
    /// # Errors
    /// As [`Putting::put`].
    pub fn keep(&self, app: &App, tx: &mut Tx<'_>, by: &str, fresh: &Fresh) -> Result<Put, Error> {
        let version = self.put(app, tx, by)?;
        let item = HeldItem { item: self.item().clone(), version };
        let record = Record {
            at: self.at,
            policy: self.document.version,
            subject: Some(self.subject),
            by: by.to_owned(),
            act: Act::ItemPut { item },
        };
        let place = app.record(tx, &record, None, fresh)?;
        Ok(Put { version, place })
    }

    /// Admits, seals and puts it, for an act that records it with more; tells the new version. A date of
    /// birth holds consents back that somebody so young could not give alone. May run more than once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when she is not held; [`Error::Conflict`] when her account is closed;
    /// [`Error::Refused`] with every reason; [`Error::Invalid`] when the value is somebody else's.
    pub fn put(&self, app: &App, tx: &mut Tx<'_>, by: &str) -> Result<u32, Error> {
        let Self { subject, document, field, ready, at, .. } = self;
        let (subject, now) = (*subject, *at);
        let Ready { item, plain, token, unique } = ready;
        let not_held = || Error::not_found("subject", subject.to_string());
        let held = subjects::get(tx, subject)?.ok_or_else(not_held)?;
        let (Some(regime), Some(wrapped)) = (held.regime, held.wrapped) else {
            return Err(not_held());
        };
        if held.closed_at != Ok(None) {
            return Err(Error::closed());
        }
        let facts: Vec<ConsentFact> =
            consents::all(tx, subject)?.into_iter().map(|(fact, _)| fact).collect();
        let admission = decide::admit(policy::decide::Offer {
            policy: document,
            regime: &regime,
            items: vec![item.clone()],
            consents: &facts,
            waiting: &[],
            registering: false,
        })
        .map_err(|refusal| Error::Refused { reasons: refusal.reasons, place: None })?;
        if let (Some(token), true) = (token, unique)
            && items::find(tx, item.as_str(), token)?.iter().any(|other| *other != subject)
        {
            return Err(Error::field(field, "taken", "belongs to another account"));
        }
        let version = items::version(tx, subject, item)? + 1;
        let key = app.keys.subject_key(subject, &wrapped)?;
        let sealed =
            vault::seal(&admission, &key, item, version, plain).map_err(anyhow::Error::from)?;
        items::put(tx, subject, item, version, sealed.as_bytes(), now.as_millisecond());
        let clocks = Clocks { last_put: now, account_end: None, engagement_end: None };
        let end = document.items.get(item).map(|item| retention::end_of_item(item, &clocks).0);
        if let Some(end) = end.and_then(Until::moment) {
            subjects::look_by(tx, subject, end.as_millisecond());
        }
        if let Some(token) = token {
            items::index(tx, subject, item, token, true);
        }
        self.hold_back(app, tx, &regime, by)?;
        Ok(version)
    }

    /// Below the age of her regime, what she gave alone stands no longer: it waits until a statutory
    /// representative has agreed (R9.6; decision 0064). Each on record, and she is told by letter.
    fn hold_back(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        regime: &RegimeName,
        by: &str,
    ) -> Result<(), Error> {
        let Self { subject, document, ready, at, held_back: (fresh, letter_id), .. } = self;
        let (subject, now) = (*subject, *at);
        if !is_below_age(document, regime, std::slice::from_ref(ready), now) {
            return Ok(());
        }
        let mut given = agreement::given_alone(&app.keys, tx, subject)?;
        // One that the policy asks for no more allows nothing.
        given.retain(|taken| document.consents.contains_key(&taken.consent));
        let waiting = agreement::hold_back(true, &mut given);
        let language = given.first().and_then(|taken| Language::parse(&taken.language));
        for (consent, fresh) in given.into_iter().zip(fresh) {
            consents::put(tx, subject, &consent, now.as_millisecond());
            let act = Act::ConsentChanged { consent, by_representative: false };
            let policy = document.version;
            let record = Record { at: now, policy, subject: Some(subject), by: by.to_owned(), act };
            let place = app.record(tx, &record, None, fresh)?;
            let event = webhook::Event::ConsentChanged { subject, at: place.into() };
            webhook::tell(&app.keys, tx, event, &fresh.id, now)?;
        }
        if let Some(language) = language {
            let age = document.regimes.get(regime).map_or(0, |law| law.minor_consent_age.value);
            let letter = Letter::ConsentsWait { consents: waiting, age, language };
            outbox::put(&app.keys, tx, *letter_id, &Message::Letter { subject, letter }, now)?;
        }
        Ok(())
    }
}
