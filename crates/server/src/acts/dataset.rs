//! Data sets are made of what is held, provided, and erased (S35, S36). Rows come through the gate, person
//! by person, each use on record; whoever did not consent, stopped the use or is held no longer is left
//! out and counted. The manifest is in the ledger before anything of a set is shown.
//!
//! A set gives no way back to a person: what is kept of it is its file as a whole, and what would restore
//! the source is sealed apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use anonymise::report::Report;
use datasets::{
    About, Basis, ColumnSettings, Finding, Kind, Label, Manifest, MethodInformation, Next, Role,
    Settings, Step, Table,
};
use jiff::Timestamp;
use policy::party::DatasetId;
use policy::record::{Act, DatasetApproved, DatasetKind, DatasetMade, DatasetProvided};
use policy::{Document, ItemName, PurposeName, Record};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::acts::everybody::{Asked, Everybody};
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::once::{Fresh, Once, random};
use crate::record::Place;
use crate::store::{Conn, Tx, datasets as sets, records};

/// The column of tokens that say which rows of pseudonymised sets are of one person.
pub const PERSON: &str = "person";
/// The longest name or reason that comes with a provision, in characters.
const MAX_CHARS: u32 = 1000;
/// The longest name of a set in each language, in characters.
pub const MAX_NAME_CHARS: u32 = 120;
/// So much of a purpose's label comes into the name that is suggested for a set.
const MAX_PURPOSE_CHARS: usize = 60;

/// Whether a text is one plain line of 1 to so many characters, which reads as it stands.
pub fn is_plain(text: &str, most: u32) -> bool {
    let chars = text.trim().chars().count();
    (1..=most as usize).contains(&chars) && datasets::is_line(text)
}

/// What a set is called where its maker says nothing else: what it is for, and the day.
pub fn first_name(document: &Document, purpose: &PurposeName, at: Timestamp) -> policy::Label {
    let name = |language| {
        let label = document.purposes.get(purpose).map(|purpose| purpose.label.get(language));
        let label = label.unwrap_or(purpose.as_str());
        let mut short: String = label.chars().take(MAX_PURPOSE_CHARS).collect();
        if short.len() < label.len() {
            short.push('…');
        }
        let day = crate::words::day(policy::calendar::calendar_day(at), language);
        match language {
            policy::Language::Ja => format!("{short}（{day}）"),
            policy::Language::En => format!("{short}, {day}"),
        }
    };
    policy::Label { ja: name(policy::Language::Ja), en: name(policy::Language::En) }
}

/// What is wrong with a name, field by field.
pub fn wrong_name(name: &policy::Label) -> Vec<FieldError> {
    let fields = [("name.ja", &name.ja), ("name.en", &name.en)];
    let wrong = fields.into_iter().filter(|(_, text)| !is_plain(text, MAX_NAME_CHARS));
    let detail = format!("is not 1 to {MAX_NAME_CHARS} plain characters");
    wrong.map(|(field, _)| FieldError::new(field, "not_a_name_of_a_set", detail.clone())).collect()
}

/// Whose values become a set, and what for.
#[derive(Clone)]
pub struct Source {
    /// What it is to be.
    pub kind: DatasetKind,
    /// What is asked of everybody; its items become columns. Of a table from elsewhere, none.
    pub asked: Asked,
    /// A table from elsewhere, in the place of what is held.
    pub file: Option<Arc<Table>>,
}

impl Source {
    /// Settings with what the house says itself of columns that are items: their labels, and that rows of
    /// one person are told by a token where a set is pseudonymised.
    #[must_use]
    pub fn settled(&self, mut settings: Settings, document: &Document) -> Settings {
        for item in &self.asked.items {
            if let (Some(column), Some(held)) =
                (settings.columns.get_mut(item.as_str()), document.items.get(item))
            {
                let label = Label { ja: held.label.ja.clone(), en: held.label.en.clone() };
                column.label = Some(label);
            }
        }
        if self.file.is_none() {
            // Whoever is held has one row.
            settings.person.get_or_insert_default();
        }
        if self.kind == DatasetKind::Pseudonymised && self.file.is_none() {
            let mut person = ColumnSettings::of(Role::LinkingCode);
            person.token = true;
            let label = Label { ja: "仮名のID".to_owned(), en: "Pseudonymous id".to_owned() };
            person.label = Some(label);
            settings.columns.insert(PERSON.to_owned(), person);
        }
        settings
    }
}

/// What is to be made.
pub struct Wish {
    /// Of what.
    pub of: Source,
    /// What it is called; [`first_name`] where nothing is said.
    pub name: Option<policy::Label>,
    /// Settles what becomes of each column, once it is known what occurs.
    pub settings: Box<dyn FnOnce(&Table) -> Settings + Send>,
    /// Makes a repeated request one act.
    pub once: Option<Once>,
}

/// Asked all along whether to go on.
pub type Watch = Arc<dyn Fn(Step) -> Next + Send + Sync>;

/// A set as it is kept.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    /// What it is.
    pub kind: DatasetKind,
    /// What its maker calls it.
    pub name: policy::Label,
    /// What was written down of its making.
    pub manifest: Manifest,
    /// The risks that it leaves and what each column lost, kept as evidence (Rules 34(5)); none of a
    /// pseudonymised set.
    pub report: Option<Report>,
    /// Its file.
    pub csv: String,
}

/// A set with where it was written down.
pub struct Made {
    /// Its id.
    pub dataset: DatasetId,
    /// The record of its making.
    pub place: Place,
    /// The set.
    pub kept: Kept,
    /// What has to be kept apart; `None` when the same request was carried out before.
    pub method: Option<MethodInformation>,
}

/// Why there is no set.
#[derive(Debug, thiserror::Error)]
pub enum Unmade {
    /// What was asked for cannot be, or a failure of ours.
    #[error(transparent)]
    Error(#[from] Error),
    /// The table does not become a set of its kind in the way that was asked for.
    #[error(transparent)]
    Table(#[from] datasets::Error),
}

impl From<Unmade> for Error {
    fn from(unmade: Unmade) -> Self {
        match unmade {
            Unmade::Error(error) => error,
            Unmade::Table(error) => unfit_table(error),
        }
    }
}

/// The same in the words of the other crate.
pub fn kind(kind: DatasetKind) -> Kind {
    match kind {
        DatasetKind::Anonymised => Kind::Anonymised,
        DatasetKind::Pseudonymised => Kind::Pseudonymised,
    }
}

/// What cannot be asked, field by field: nothing that identifies leaves, and every item serves the purpose.
fn check(document: &Document, wish: &Source) -> Result<(), Error> {
    let mut wrong = wish.asked.wrong(document, |item| format!("columns.{item}"));
    if wish.asked.items.is_empty() && wish.file.is_none() {
        wrong.push(FieldError::new("columns", "missing", "names no item"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// The rows that may be used, and who was left out, by reason.
async fn gather(
    app: &Arc<App>,
    wish: &Source,
    watch: &Watch,
) -> Result<(Arc<Table>, BTreeMap<String, u64>), Error> {
    if let Some(table) = &wish.file {
        return Ok((Arc::clone(table), BTreeMap::new()));
    }
    let items = &wish.asked.items;
    let with_person = wish.kind == DatasetKind::Pseudonymised;
    let mut names: Vec<String> = items.iter().map(ToString::to_string).collect();
    if with_person {
        names.push(PERSON.to_owned());
    }
    let (mut cells, mut left_out) = (Vec::new(), BTreeMap::new());
    let mut everybody = Everybody::now(app);
    while let Some(some) = everybody.next(app, &wish.asked).await? {
        for (subject, outcome) in some {
            let mut disclosed = match outcome {
                Ok(disclosed) => disclosed,
                Err(reason) => {
                    *left_out.entry(reason.to_owned()).or_default() += 1;
                    continue;
                }
            };
            if disclosed.items.values().all(Option::is_none) {
                *left_out.entry("nothing_held".to_owned()).or_default() += 1;
                continue;
            }
            let mut row: Vec<String> = items
                .iter()
                .map(|item| {
                    let plain = disclosed.items.remove(item).flatten();
                    plain.map_or_else(String::new, |plain| plain.reveal().to_owned())
                })
                .collect();
            if with_person {
                row.push(subject.to_string());
            }
            cells.push(row);
        }
        if watch(Step::Rows(cells.len() as u64)) == Next::Stop {
            return Err(stopped());
        }
    }
    let table = Table::of("azukari", &names, &cells);
    for cell in cells.into_iter().flatten() {
        drop(Zeroizing::new(cell));
    }
    Ok((Arc::new(table), left_out))
}

/// The rows that a set would be made of now, and who would be left out, by reason. Each row of what is held
/// comes through the gate and is on record as a use.
///
/// # Errors
/// [`Error::Invalid`] field by field, also where nobody's values may be used.
pub async fn rows(
    app: &Arc<App>,
    source: &Source,
    watch: &Watch,
) -> Result<(Arc<Table>, BTreeMap<String, u64>), Error> {
    check(&app.policy(), source)?;
    let (table, left_out) = gather(app, source, watch).await?;
    if table.rows() == 0 {
        let detail = "leaves nobody whose values may be used; no data set was made";
        return Err(Error::field("purpose", "nobody", detail));
    }
    Ok((table, left_out))
}

fn stopped() -> Error {
    Error::Conflict("this was stopped; no data set was made".to_owned())
}

/// What could not be made, as a field of the request.
fn unfit_table(error: datasets::Error) -> Error {
    let words = error.sentence(anonymise::Language::En);
    match error {
        datasets::Error::Stopped => stopped(),
        datasets::Error::Standards(standards) => {
            let checks = standards.checks.iter().filter(|check| !check.holds);
            let against =
                checks.flat_map(|check| &check.findings).filter(|finding| finding.fails());
            let unsaid = against.map(|finding| match finding {
                Finding::Called { column, .. } => {
                    let words = finding.sentence(anonymise::Language::En);
                    let field = format!("columns.{column}.confirmed");
                    Some(FieldError::new(field, "confirmation_needed", words))
                }
                _ => None,
            });
            match unsaid.collect() {
                Some(unsaid) => Error::Invalid(unsaid),
                None => Error::field("columns", "standard_not_met", words),
            }
        }
        datasets::Error::Table(error) => {
            let field =
                error.column.map_or_else(|| "columns".to_owned(), |name| format!("columns.{name}"));
            Error::field(field, "not_possible", error.fault.to_string())
        }
    }
}

/// Makes a data set of what is held. It is sealed, and its manifest in the ledger, when this returns.
///
/// # Errors
/// What was asked for field by field; a standard that is not met; failures of database or vault.
pub async fn make(app: &Arc<App>, wish: Wish, watch: Watch) -> Result<Made, Unmade> {
    let document = app.policy();
    let Wish { of: source, name, settings, once } = wish;
    let name = match name {
        Some(name) => {
            let wrong = wrong_name(&name);
            if !wrong.is_empty() {
                return Err(Error::Invalid(wrong).into());
            }
            name
        }
        None => first_name(&document, &source.asked.purpose, app.clock.now()),
    };
    let (table, left_out) = rows(app, &source, &watch).await?;
    let now = app.clock.now();
    let settings = source.settled(settings(&table), &document);
    let Source { kind: of, asked: Asked { purpose, items, by }, .. } = source;
    let about = About {
        engine: format!("azukari {}", env!("CARGO_PKG_VERSION")),
        made_at: now.to_string(),
        purpose: Some(purpose.to_string()),
        left_out: left_out.clone(),
    };
    let mut drawn = Zeroizing::new([0; 32]);
    random(&mut *drawn)?;
    let (kept, method) = tokio::task::spawn_blocking(move || {
        processed((of, name), &table, &settings, &about, *drawn, &watch)
    })
    .await
    .map_err(|error| Error::from(anyhow::Error::from(error)))??;
    let making = Making { kept, method, purpose, items, left_out, by, at: now };
    Ok(keep(app, making, once).await?)
}

/// A set that is made and not kept yet.
struct Making {
    kept: Kept,
    method: MethodInformation,
    purpose: PurposeName,
    items: Vec<ItemName>,
    left_out: BTreeMap<String, u64>,
    by: String,
    at: Timestamp,
}

/// Seals a set and writes its manifest into the ledger.
async fn keep(app: &Arc<App>, making: Making, once: Option<Once>) -> Result<Made, Error> {
    let Making { kept, method, purpose, items, left_out, by, at: now } = making;
    let document = app.policy();
    let fresh = Fresh::new()?;
    let mut id = [0; 16];
    random(&mut id)?;
    let dataset = DatasetId(id);
    let bytes = Zeroizing::new(serde_json::to_vec(&kept).map_err(anyhow::Error::from)?);
    let sealed = app.keys.seal_system("dataset", &id, &bytes)?;
    let bytes = Zeroizing::new(serde_json::to_vec(&method).map_err(anyhow::Error::from)?);
    let apart = app.keys.seal_system("method", &id, &bytes)?;
    let made = DatasetMade {
        dataset,
        name: kept.name.clone(),
        kind: kept.kind,
        purpose,
        items,
        rows: kept.manifest.output.rows,
        left_out,
        manifest: kept.manifest.json().map_err(anyhow::Error::from)?,
    };
    let act = Act::DatasetMade(Box::new(made));
    let record = Record { at: now, policy: document.version, subject: None, by, act };
    let keeper = Arc::clone(app);
    let (place, is_new) = app
        .store
        .write(move |tx: &mut Tx<'_>| {
            if let Some(once) = &once
                && let Some(index) = once.begin(tx)?
            {
                return Ok::<_, Error>((keeper.place(tx, index)?.0, false));
            }
            sets::insert(tx, dataset, now.as_millisecond(), &sealed, &apart);
            let place = keeper.record(tx, &record, None, &fresh)?;
            if let Some(once) = &once {
                once.done(tx, place.index, now);
            }
            Ok((place, true))
        })
        .await?;
    if is_new {
        return Ok(Made { dataset, place, kept, method: Some(method) });
    }
    // The same request again: what was made first stands.
    let keeper = Arc::clone(app);
    let (dataset, kept) = app
        .store
        .read(move |conn| {
            let row = records::at(conn, place.index.cast_signed())?
                .ok_or_else(|| anyhow::anyhow!("record {} is missing", place.index))?;
            let record = keeper.open_record(&row)?.record().map_err(anyhow::Error::from)?;
            let Act::DatasetMade(made) = record.act else { return Err(Error::KeyReused) };
            Ok((made.dataset, open(&keeper, conn, made.dataset)?))
        })
        .await?;
    Ok(Made { dataset, place, kept, method: None })
}

fn processed(
    (of, name): (DatasetKind, policy::Label),
    table: &Table,
    settings: &Settings,
    about: &About,
    drawn: [u8; 32],
    watch: &Watch,
) -> Result<(Kept, MethodInformation), datasets::Error> {
    let next = |step| watch(step);
    let text = |csv: &[u8]| String::from_utf8_lossy(csv).into_owned();
    match kind(of) {
        Kind::Anonymised => {
            let made = datasets::anonymise(table, settings, about, drawn, None, &next)?;
            let csv = text(datasets::provide(&made.set));
            let report = Some(made.report);
            Ok((Kept { kind: of, name, manifest: made.manifest, report, csv }, made.method))
        }
        Kind::Pseudonymised => {
            let made = datasets::pseudonymise(table, settings, about, drawn, None, &next)?;
            let csv = text(made.set.for_use_within());
            Ok((Kept { kind: of, name, manifest: made.manifest, report: None, csv }, made.method))
        }
    }
}

fn open(app: &App, conn: &mut Conn, dataset: DatasetId) -> Result<Kept, Error> {
    let sealed = sets::set(conn, dataset)?;
    let sealed = sealed.ok_or_else(|| Error::not_found("dataset", dataset.to_string()))?;
    let bytes = app.keys.open_system("dataset", &dataset.0, &sealed)?;
    Ok(serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?)
}

/// A set as it is kept.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(app: &Arc<App>, dataset: DatasetId) -> Result<Kept, Error> {
    let keeper = Arc::clone(app);
    app.store.read(move |conn| open(&keeper, conn, dataset)).await
}

/// The method information of a set, or its deletion information; the look is on record before it is
/// shown (Rules 32, 35).
///
/// # Errors
/// [`Error::NotFound`].
pub async fn method(
    app: &Arc<App>,
    dataset: DatasetId,
    by: String,
) -> Result<(Place, Zeroizing<Vec<u8>>), Error> {
    let name = get(app, dataset).await?.name;
    let act = Act::MethodSeen { dataset, name };
    let (place, sealed) = recorded(app, by, act, move |tx| {
        let sealed = sets::method(tx, dataset)?;
        sealed.ok_or_else(|| Error::not_found("dataset", dataset.to_string()))
    })
    .await?;
    Ok((place, app.keys.open_system("method", &dataset.0, &sealed)?))
}

/// Writes an act down together with what it does.
async fn recorded<T: Send + 'static>(
    app: &Arc<App>,
    by: String,
    act: Act,
    does: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<(Place, T), Error> {
    let fresh = Fresh::new()?;
    let policy = app.policy().version;
    let record = Record { at: app.clock.now(), policy, subject: None, by, act };
    let keeper = Arc::clone(app);
    app.store
        .write(move |tx: &mut Tx<'_>| {
            let done = does(tx)?;
            Ok((keeper.record(tx, &record, None, &fresh)?, done))
        })
        .await
}

/// Erases a set and its method information, which are needed no longer (Act 41(5)).
///
/// # Errors
/// [`Error::NotFound`].
pub async fn end(app: &Arc<App>, dataset: DatasetId, by: String) -> Result<Place, Error> {
    let name = get(app, dataset).await?.name;
    let gone = recorded(app, by, Act::DatasetEnded { dataset, name }, move |tx| {
        if sets::erase(tx, dataset)? {
            return Ok(());
        }
        Err(Error::not_found("dataset", dataset.to_string()))
    });
    Ok(gone.await?.0)
}

/// To whom a set is to go.
pub struct Provide {
    /// Which.
    pub dataset: DatasetId,
    /// The recipient: of a pseudonymised set, one that the policy names, unless a law asks.
    pub recipient: String,
    /// What it stands on.
    pub basis: Basis,
    /// How it is provided, in both languages.
    pub method: Label,
    /// The record of the approval that it stands on; the first that fits where none is named.
    pub approval: Option<String>,
    /// Who asks.
    pub by: String,
}

impl Provide {
    /// What cannot be read, field by field.
    fn check(&self) -> Result<(), Error> {
        let mut wrong = Vec::new();
        for (field, text) in [
            ("recipient", &self.recipient),
            ("method.ja", &self.method.ja),
            ("method.en", &self.method.en),
        ] {
            if !is_plain(text, MAX_CHARS) {
                let detail = format!("is not 1 to {MAX_CHARS} plain characters");
                wrong.push(FieldError::new(field, "not_plain", detail));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
    }

    /// Why a set of a kind does not go there.
    fn refused(&self, document: &Document, of: DatasetKind) -> Option<String> {
        let refused = self.basis.allows(kind(of)).err();
        refused.map(|why| why.to_string()).or_else(|| unfit(document, self))
    }
}

/// What goes to a recipient.
pub struct Provided {
    /// The record of it.
    pub place: Place,
    /// What the recipient is told expressly, by language.
    pub told: Vec<(String, String)>,
    /// The file.
    pub csv: String,
}

/// Provides a set to somebody outside. How is published, and what its recipient is told on record, before
/// the file is shown (Act 44; R7.4). A pseudonymised set goes only where Act 41(6) allows; anything else
/// is refused, and the refusal is on record.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::Conflict`] for a refusal; [`Error::NotFound`].
pub async fn provide(app: &Arc<App>, given: Provide) -> Result<Provided, Error> {
    let kept = get(app, given.dataset).await?;
    let document = app.policy();
    given.check()?;
    let word = word(given.basis);
    let (dataset, recipient) = (given.dataset, given.recipient.trim().to_owned());
    let refused = Act::DatasetRefused {
        dataset,
        name: kept.name.clone(),
        recipient: recipient.clone(),
        basis: word.to_owned(),
    };
    if let Some(why) = given.refused(&document, kept.kind) {
        recorded(app, given.by, refused, |_| Ok(())).await?;
        return Err(Error::Conflict(why));
    }
    let told = told_to(&document, &recipient, &kept);
    let provided = DatasetProvided {
        dataset,
        name: kept.name,
        kind: kept.kind,
        recipient,
        basis: word.to_owned(),
        approval: None,
        method: (given.method.ja.clone(), given.method.en.clone()),
        told: told.clone(),
    };
    let (now, fresh) = (app.clock.now(), Fresh::new()?);
    let keeper = Arc::clone(app);
    let (place, goes) = app
        .store
        .write(move |tx: &mut Tx<'_>| {
            there(tx, dataset)?;
            let mut provided = provided.clone();
            let mut goes = true;
            if needs_approval(given.basis) {
                let of = told_of(&keeper, tx, dataset)?;
                let approved = of.approval_for(&given);
                goes = approved.is_some();
                if let Some(Approved { id, what, .. }) = approved {
                    provided.basis = format!("{word}: {}", what.reason);
                    provided.approval = Some(id.clone());
                }
            }
            let act = if goes { Act::DatasetProvided(Box::new(provided)) } else { refused.clone() };
            let (policy, by) = (document.version, given.by.clone());
            let record = Record { at: now, policy, subject: None, by, act };
            Ok::<_, Error>((keeper.record(tx, &record, None, &fresh)?, goes))
        })
        .await?;
    if !goes {
        let why = "nobody else approved this recipient and basis, or the approval was used: the \
                   information manager approves each provision by law or succession";
        return Err(Error::Conflict(why.to_owned()));
    }
    Ok(Provided { place, told, csv: kept.csv })
}

/// Whether a provision on this basis needs a second pair of eyes: no promise that was published covers it, and
/// whether it holds is one person's reading of a paper.
pub fn needs_approval(basis: Basis) -> bool {
    matches!(basis, Basis::Law | Basis::Succession)
}

/// That a set may go to somebody, once.
pub struct Approve {
    /// Which.
    pub dataset: DatasetId,
    /// To whom.
    pub recipient: String,
    /// As a law asks, or by succession.
    pub basis: Basis,
    /// What shows it.
    pub reason: String,
    /// Who approves, and so does not provide it.
    pub by: String,
}

/// Approves that a set is provided on a basis that needs it (decision 0068). It is good once, for that
/// recipient and basis, and for anybody but whoever approved it.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::NotFound`].
pub async fn approve(app: &Arc<App>, given: Approve) -> Result<Place, Error> {
    let kept = get(app, given.dataset).await?;
    let mut wrong = Vec::new();
    for (field, text) in [("recipient", &given.recipient), ("reason", &given.reason)] {
        if !is_plain(text, MAX_CHARS) {
            let detail = format!("is not 1 to {MAX_CHARS} plain characters");
            wrong.push(FieldError::new(field, "not_plain", detail));
        }
    }
    if !needs_approval(given.basis) || given.basis.allows(kind(kept.kind)).is_err() {
        let detail = "is not approved; `law` and `succession` are, of a pseudonymised set";
        wrong.push(FieldError::new("basis", "not_possible", detail));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let dataset = given.dataset;
    let approved = DatasetApproved {
        dataset,
        name: kept.name,
        recipient: given.recipient.trim().to_owned(),
        basis: word(given.basis).to_owned(),
        reason: given.reason.trim().to_owned(),
    };
    let act = Act::DatasetApproved(Box::new(approved));
    let (place, ()) = recorded(app, given.by, act, move |tx| there(tx, dataset)).await?;
    Ok(place)
}

/// That a set is still there.
fn there(tx: &mut Tx<'_>, dataset: DatasetId) -> Result<(), Error> {
    match sets::set(tx, dataset)? {
        Some(_) => Ok(()),
        None => Err(Error::not_found("dataset", dataset.to_string())),
    }
}

/// What the recipient of a provision would be told, by language, where how is published: nothing is recorded
/// yet. `None` where nothing would be published, as it is refused or the set is pseudonymised.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::NotFound`].
pub async fn foreseen(
    app: &Arc<App>,
    given: &Provide,
) -> Result<Option<Vec<(String, String)>>, Error> {
    let kept = get(app, given.dataset).await?;
    let document = app.policy();
    given.check()?;
    let goes =
        kept.kind == DatasetKind::Anonymised && given.refused(&document, kept.kind).is_none();
    Ok(goes.then(|| told_to(&document, &given.recipient, &kept)))
}

fn word(basis: Basis) -> &'static str {
    match basis {
        Basis::Anonymised => "anonymised",
        Basis::Law => "law",
        Basis::Entrustment => "entrustment",
        Basis::Succession => "succession",
        Basis::JointUse => "joint_use",
        Basis::Consent => "consent",
    }
}

/// Why a recipient cannot receive a pseudonymised set on this basis: the policy does not name it as such.
fn unfit(document: &Document, given: &Provide) -> Option<String> {
    let wanted = match given.basis {
        Basis::Entrustment => policy::Role::Processor,
        Basis::JointUse => policy::Role::JointUser,
        _ => return None,
    };
    let named = given.recipient.parse().ok().and_then(|name| document.recipients.get(&name));
    let fits = named.is_some_and(|recipient| {
        recipient.role == wanted
            && (wanted == policy::Role::Processor || recipient.joint_use.is_some())
    });
    let why = "the policy names no such processor or joint use, so the set does not go there";
    (!fits).then(|| why.to_owned())
}

/// What the recipient of an anonymised set is told, in every language; of a pseudonymised one, nothing.
fn told_to(document: &Document, recipient: &str, kept: &Kept) -> Vec<(String, String)> {
    if kept.kind == DatasetKind::Pseudonymised {
        return Vec::new();
    }
    let rows = usize::try_from(kept.manifest.output.rows).unwrap_or(usize::MAX);
    let items = kept.manifest.items();
    policy::Language::ALL
        .into_iter()
        .map(|language| {
            let who = document.controller.name.get(language);
            let hash = &kept.manifest.output.hash;
            let spoken = spoken(language);
            let text = datasets::told_to_recipient(who, recipient, &items, rows, hash, spoken);
            (language.tag().to_owned(), text)
        })
        .collect()
}

/// A language as the crates of tables name it.
pub fn spoken(language: policy::Language) -> anonymise::Language {
    match language {
        policy::Language::Ja => anonymise::Language::Ja,
        policy::Language::En => anonymise::Language::En,
    }
}

/// An approval of a provision.
#[derive(Clone)]
pub struct Approved {
    /// The id of its record.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who approved it, and so does not provide it.
    pub by: String,
    /// What.
    pub what: DatasetApproved,
    /// Whether the set was provided on it: it is good once.
    pub is_used: bool,
}

/// A set as its records tell of it.
pub struct Told {
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// What was made.
    pub made: DatasetMade,
    /// That it may be provided, in the order of approval.
    pub approved: Vec<Approved>,
    /// How it was provided, and when.
    pub provided: Vec<(Timestamp, DatasetProvided)>,
    /// When it was erased.
    pub ended_at: Option<Timestamp>,
}

impl Told {
    /// An approval on which somebody may provide the set.
    fn approval_for(&self, given: &Provide) -> Option<&Approved> {
        let (recipient, basis) = (given.recipient.trim(), word(given.basis));
        let mut approved = self.approved.iter().filter(|approved| !approved.is_used);
        approved.find(|Approved { id, by, what, .. }| {
            given.approval.as_ref().is_none_or(|named| named == id)
                && (what.recipient.as_str(), what.basis.as_str()) == (recipient, basis)
                && *by != given.by
        })
    }

    /// What was written down of its making.
    ///
    /// # Errors
    /// When the record is not of this version.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        Ok(serde_json::from_str(&self.made.manifest).map_err(anyhow::Error::from)?)
    }
}

/// Every set that was ever made, drawn from the records: the newest first.
///
/// # Errors
/// When a record does not open.
pub async fn all(app: &Arc<App>) -> Result<Vec<Told>, Error> {
    let keeper = Arc::clone(app);
    app.store.read(move |conn| told(&keeper, conn)).await
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`]; when a record does not open.
pub async fn one(app: &Arc<App>, dataset: DatasetId) -> Result<Told, Error> {
    let keeper = Arc::clone(app);
    app.store.read(move |conn| told_of(&keeper, conn, dataset)).await
}

fn told_of(app: &App, conn: &mut Conn, dataset: DatasetId) -> Result<Told, Error> {
    let found = told(app, conn)?.into_iter().find(|told| told.made.dataset == dataset);
    found.ok_or_else(|| Error::not_found("dataset", dataset.to_string()))
}

fn told(app: &App, conn: &mut Conn) -> Result<Vec<Told>, Error> {
    let mut found: Vec<Told> = Vec::new();
    for row in records::of_datasets(conn)? {
        let record = app.open_record(&row)?.record().map_err(anyhow::Error::from)?;
        let Record { at, by, act, .. } = record;
        let of = |found: &mut Vec<Told>, dataset| {
            found.iter().position(|told: &Told| told.made.dataset == dataset)
        };
        match act {
            Act::DatasetMade(made) => {
                let (approved, provided) = (Vec::new(), Vec::new());
                found.push(Told { at, by, made: *made, approved, provided, ended_at: None });
            }
            Act::DatasetApproved(what) => {
                if let Some(of) = of(&mut found, what.dataset) {
                    let id = Place { index: row.place.cast_unsigned(), id: row.id }.record_id();
                    found[of].approved.push(Approved { id, at, by, what: *what, is_used: false });
                }
            }
            Act::DatasetProvided(provided) => {
                if let Some(of) = of(&mut found, provided.dataset) {
                    let mut approved = found[of].approved.iter_mut();
                    if let Some(used) =
                        approved.find(|one| Some(&one.id) == provided.approval.as_ref())
                    {
                        used.is_used = true;
                    }
                    found[of].provided.push((at, *provided));
                }
            }
            Act::DatasetEnded { dataset, .. } => {
                if let Some(of) = of(&mut found, dataset) {
                    found[of].ended_at = Some(at);
                }
            }
            _ => {}
        }
    }
    found.reverse();
    Ok(found)
}

/// What is published of sets: those that were erased are left out unless they went to somebody.
///
/// # Errors
/// When a record does not open.
pub async fn published(app: &Arc<App>) -> Result<Vec<Told>, Error> {
    let mut found = all(app).await?;
    found.retain(|told| told.ended_at.is_none() || !told.provided.is_empty());
    Ok(found)
}
