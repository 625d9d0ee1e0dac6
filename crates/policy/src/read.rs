//! From files to a [`Document`]: reads a policy folder, and says of everything incoherent where it
//! stands (file and line) and what to do about it. Nothing half-read leaves this room.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::consent::{Consent, ConsentName};
use crate::document::{Controller, Document, Label, Language, Version};
use crate::item::{
    Item, ItemName, Retention, Secret, SecretKind, SecretName, Sensitivity, ValueKind,
};
use crate::party::{EquivalentMeasures, NotAName, Recipient, RecipientName, Role};
use crate::purpose::{Basis, Purpose, PurposeName, Tier};
use crate::record::ProvisionBasis;
use crate::regime::{self, Regime, RegimeName};

/// The files of a policy folder, in the order they are read.
pub const FILES: [&str; 6] = [
    "controller.toml",
    "items.toml",
    "secrets.toml",
    "purposes.toml",
    "recipients.toml",
    "consents.toml",
];

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy cannot run.
    Error,
    /// It runs, and somebody should look.
    Warning,
}

/// Something found in a policy's files, with its place and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// The file's name within the folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub way_out: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let Self { file, line, message, way_out, .. } = self;
        write!(f, "{file}:{line}: {severity}: {message}\n    {way_out}")
    }
}

/// A policy that was read, with what somebody should look at.
#[derive(Debug)]
pub struct Read {
    /// The policy.
    pub document: Document,
    /// Findings that do not stop it.
    pub warnings: Vec<Finding>,
}

/// Reads the policy in a folder.
///
/// # Errors
/// All findings, when at least one is an error.
pub fn read_dir(dir: &Path) -> Result<Read, Vec<Finding>> {
    let mut files = BTreeMap::new();
    let mut findings = Vec::new();
    for name in FILES {
        match std::fs::read_to_string(dir.join(name)) {
            Ok(text) => {
                files.insert(name.to_owned(), text);
            }
            Err(error) => findings.push(Finding {
                severity: Severity::Error,
                file: name.to_owned(),
                line: 1,
                message: format!("cannot be read: {error}"),
                way_out: format!("put the file into `{}`", dir.display()),
            }),
        }
    }
    if findings.is_empty() { read_files(&files) } else { Err(findings) }
}

/// Reads a policy from the texts of its files, by file name.
///
/// # Errors
/// All findings, when at least one is an error.
pub fn read_files(files: &BTreeMap<String, String>) -> Result<Read, Vec<Finding>> {
    let mut reader = Reader { files, findings: Vec::new() };
    let document = reader.document();
    let failed = reader.findings.iter().any(|f| f.severity == Severity::Error);
    match document {
        Some(document) if !failed => Ok(Read { document, warnings: reader.findings }),
        _ => Err(reader.findings),
    }
}

/// SHA-256 over the files' names and texts, lower-case hexadecimal.
fn hash(files: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

type Table<T> = BTreeMap<Spanned<String>, T>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawController {
    version: Spanned<String>,
    languages: Vec<Spanned<Language>>,
    regimes: Vec<Spanned<String>>,
    controller: Spanned<Controller>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    label: Spanned<Label>,
    article: String,
    kind: Spanned<String>,
    max_chars: Option<usize>,
    #[serde(default)]
    multiline: bool,
    choices: Option<BTreeMap<String, Label>>,
    sensitivity: Sensitivity,
    purposes: Vec<Spanned<String>>,
    retention: Retention,
    consent: Option<Spanned<String>>,
    #[serde(default)]
    lookup: bool,
    #[serde(default)]
    unique: bool,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSecret {
    label: Spanned<Label>,
    article: String,
    keeps: SecretKind,
    purposes: Vec<Spanned<String>>,
    retention: Retention,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPurpose {
    label: Spanned<Label>,
    article: String,
    tier: Tier,
    basis: Table<Spanned<String>>,
    #[serde(default)]
    own_use: bool,
    #[serde(default)]
    needs_engagement: bool,
    #[serde(default)]
    after_end_hours: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecipient {
    label: Spanned<Label>,
    article: String,
    role: Role,
    #[serde(default)]
    many: bool,
    country: Option<Spanned<String>>,
    #[serde(default = "yes")]
    handles_personal_data: bool,
    purposes: Vec<Spanned<String>>,
    #[serde(default)]
    items: Vec<Spanned<String>>,
    equivalent_measures: Option<EquivalentMeasures>,
    transfer_consent: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConsent {
    label: Spanned<Label>,
    wording: Spanned<Label>,
    on_refusal: Spanned<Label>,
    #[serde(default)]
    condition_of_service: Vec<Spanned<String>>,
    since: Spanned<String>,
    article: String,
}

/// Reads file by file and gathers findings.
struct Reader<'a> {
    files: &'a BTreeMap<String, String>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn error(&mut self, file: &str, at: usize, message: String, way_out: impl Into<String>) {
        self.find(Severity::Error, file, at, message, way_out.into());
    }

    fn find(
        &mut self,
        severity: Severity,
        file: &str,
        at: usize,
        message: String,
        way_out: String,
    ) {
        let text = self.files.get(file).map_or("", String::as_str);
        let line = text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
        self.findings.push(Finding { severity, file: file.to_owned(), line, message, way_out });
    }

    fn parse<T: DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        let Some(text) = self.files.get(file) else {
            self.error(file, 0, "is missing".into(), "add the file to the policy folder");
            return None;
        };
        match toml::from_str(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let message = error.message().to_lowercase();
                self.error(file, at, message, "see the same file of the reference policy");
                None
            }
        }
    }

    fn name<T>(&mut self, file: &str, text: &Spanned<String>) -> Option<T>
    where
        T: FromStr<Err = NotAName>,
    {
        match text.get_ref().parse() {
            Ok(name) => Some(name),
            Err(error) => {
                self.error(file, text.span().start, error.to_string(), "choose another name");
                None
            }
        }
    }

    /// Names that must be among the known ones.
    fn known<T>(
        &mut self,
        file: &str,
        texts: &[Spanned<String>],
        what: &str,
        known: impl Fn(&T) -> bool,
    ) -> Vec<T>
    where
        T: FromStr<Err = NotAName>,
    {
        let mut names = Vec::new();
        for text in texts {
            let Some(name) = self.name::<T>(file, text) else { continue };
            if known(&name) {
                names.push(name);
            } else {
                let given = text.get_ref();
                self.error(
                    file,
                    text.span().start,
                    format!("`{given}` is not a {what} of this policy"),
                    format!("declare it as a {what}, or take it out here"),
                );
            }
        }
        names
    }

    fn label(&mut self, file: &str, label: Spanned<Label>) -> Label {
        for language in Language::ALL {
            if label.get_ref().get(language).trim().is_empty() {
                let message = format!("has no words in `{}`", language.tag());
                let way_out = "people read every language of the policy; write it";
                self.error(file, label.span().start, message, way_out);
            }
        }
        label.into_inner()
    }

    fn country(&mut self, file: &str, code: Spanned<String>) -> String {
        let text = code.get_ref();
        if text.len() != 2 || !text.chars().all(|c| c.is_ascii_uppercase()) {
            let message = format!("`{text}` is not a country code");
            let way_out = "use two capital letters of ISO 3166-1, such as JP";
            self.error(file, code.span().start, message, way_out);
        }
        code.into_inner()
    }

    fn document(&mut self) -> Option<Document> {
        let controller: Option<RawController> = self.parse("controller.toml");
        let items: Option<Table<RawItem>> = self.parse("items.toml");
        let secrets: Option<Table<RawSecret>> = self.parse("secrets.toml");
        let purposes: Option<Table<RawPurpose>> = self.parse("purposes.toml");
        let recipients: Option<Table<RawRecipient>> = self.parse("recipients.toml");
        let consents: Option<Table<RawConsent>> = self.parse("consents.toml");
        let (controller, items, secrets) = (controller?, items?, secrets?);
        let (purposes, recipients, consents) = (purposes?, recipients?, consents?);

        let version: Version = self.name("controller.toml", &controller.version)?;
        let regimes = self.regimes(&controller.regimes);
        self.languages(&controller.languages, controller.controller.span().start);

        let consents = self.consents(consents, version, &regimes);
        let purposes = self.purposes(purposes, &regimes, &consents);
        let items = self.items(items, &purposes, &consents);
        let secrets = self.secrets(secrets, &purposes, &items);
        let recipients = self.recipients(recipients, &purposes, &items, &consents);
        self.every_purpose_is_used(&purposes, &recipients);
        self.bases_carry_the_roles(&purposes, &recipients, &regimes);

        Some(Document {
            version,
            hash: hash(self.files),
            controller: controller.controller.into_inner(),
            languages: controller.languages.into_iter().map(Spanned::into_inner).collect(),
            items,
            secrets,
            purposes,
            recipients,
            consents,
            regimes,
        })
    }

    fn languages(&mut self, languages: &[Spanned<Language>], at: usize) {
        for language in Language::ALL {
            if !languages.iter().any(|l| *l.get_ref() == language) {
                let message = format!("the policy is not published in `{}`", language.tag());
                let way_out = "list ja and en under `languages`";
                self.error("controller.toml", at, message, way_out);
            }
        }
    }

    fn regimes(&mut self, names: &[Spanned<String>]) -> BTreeMap<RegimeName, Regime> {
        let file = "controller.toml";
        let known = match regime::built_in() {
            Ok(known) => known,
            Err(message) => {
                self.error(file, 0, message, "this is a fault of the program, not of the policy");
                BTreeMap::new()
            }
        };
        let chosen = self.known(file, names, "known regime", |name| known.contains_key(name));
        if chosen.is_empty() {
            self.error(file, 0, "names no regime".into(), "list jp, eu or uk under `regimes`");
        }
        known.into_iter().filter(|(name, _)| chosen.contains(name)).collect()
    }

    fn consents(
        &mut self,
        raw: Table<RawConsent>,
        version: Version,
        regimes: &BTreeMap<RegimeName, Regime>,
    ) -> BTreeMap<ConsentName, Consent> {
        let file = "consents.toml";
        let mut consents = BTreeMap::new();
        for (key, raw) in raw {
            let name: Option<ConsentName> = self.name(file, &key);
            let label = self.label(file, raw.label);
            let wording = self.label(file, raw.wording);
            let on_refusal = self.label(file, raw.on_refusal);
            let condition_of_service =
                self.known(file, &raw.condition_of_service, "regime", |r| regimes.contains_key(r));
            let since: Option<Version> = self.name(file, &raw.since);
            let (Some(name), Some(since)) = (name, since) else { continue };
            if since > version {
                self.error(
                    file,
                    raw.since.span().start,
                    format!("`{since}` is later than this version of the policy, `{version}`"),
                    "name the version in which this wording first stood",
                );
            }
            let article = raw.article;
            consents.insert(
                name,
                Consent { label, wording, on_refusal, condition_of_service, since, article },
            );
        }
        consents
    }

    fn purposes(
        &mut self,
        raw: Table<RawPurpose>,
        regimes: &BTreeMap<RegimeName, Regime>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) -> BTreeMap<PurposeName, Purpose> {
        let file = "purposes.toml";
        let mut purposes = BTreeMap::new();
        for (key, raw) in raw {
            let name: Option<PurposeName> = self.name(file, &key);
            let label = self.label(file, raw.label);
            let mut basis = BTreeMap::new();
            for (regime, text) in raw.basis {
                let regimes = self.known(file, &[regime], "regime", |r| regimes.contains_key(r));
                match Basis::parse(text.get_ref()) {
                    Some(Basis::Consent(consent)) if !consents.contains_key(&consent) => self
                        .error(
                            file,
                            text.span().start,
                            format!("`{consent}` is not a consent of this policy"),
                            "declare it in consents.toml, or name another basis",
                        ),
                    Some(read) => basis.extend(regimes.into_iter().map(|r| (r, read.clone()))),
                    None => self.error(
                        file,
                        text.span().start,
                        format!("`{}` is not a basis", text.get_ref()),
                        "write notice, contract, legitimate_interest, legal_obligation or \
                         consent:NAME",
                    ),
                }
            }
            for regime in regimes.keys() {
                if !basis.contains_key(regime) {
                    self.find(
                        Severity::Warning,
                        file,
                        key.span().start,
                        format!("`{}` has no basis in `{regime}`", key.get_ref()),
                        "everything asked for it there will be refused; state a basis if that is \
                         not meant"
                            .into(),
                    );
                }
            }
            let Some(name) = name else { continue };
            purposes.insert(
                name,
                Purpose {
                    label,
                    article: raw.article,
                    tier: raw.tier,
                    basis,
                    own_use: raw.own_use,
                    needs_engagement: raw.needs_engagement,
                    after_end_hours: raw.after_end_hours,
                },
            );
        }
        purposes
    }

    fn items(
        &mut self,
        raw: Table<RawItem>,
        purposes: &BTreeMap<PurposeName, Purpose>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) -> BTreeMap<ItemName, Item> {
        let file = "items.toml";
        let mut items = BTreeMap::new();
        for (key, raw) in raw {
            let at = key.span().start;
            let name: Option<ItemName> = self.name(file, &key);
            let key = key.into_inner();
            let label = self.label(file, raw.label);
            let value = self.value_kind(&raw.kind, raw.max_chars, raw.multiline, raw.choices);
            let item_purposes =
                self.known(file, &raw.purposes, "purpose", |p| purposes.contains_key(p));
            if raw.purposes.is_empty() {
                let way_out = "name at least one purpose, or do not hold it";
                self.error(file, at, format!("`{key}` is held for no purpose"), way_out);
            }
            let consent = raw.consent.and_then(|text| {
                self.known(file, &[text], "consent", |c| consents.contains_key(c)).pop()
            });
            if raw.sensitivity == Sensitivity::SpecialCare && consent.is_none() {
                self.error(
                    file,
                    at,
                    format!("`{key}` needs special care and names no explicit consent"),
                    "add `consent = \"…\"` (Act 20(2), R9.2)",
                );
            }
            if raw.unique && !raw.lookup {
                let way_out = "add `lookup = true`: only what can be looked up can be unique";
                self.error(file, at, format!("`{key}` is unique but not looked up"), way_out);
            }
            let (Some(name), Some(value)) = (name, value) else { continue };
            items.insert(
                name,
                Item {
                    label,
                    article: raw.article,
                    value,
                    sensitivity: raw.sensitivity,
                    purposes: item_purposes,
                    retention: raw.retention,
                    consent,
                    lookup: raw.lookup,
                    unique: raw.unique,
                    required: raw.required,
                },
            );
        }
        items
    }

    fn value_kind(
        &mut self,
        kind: &Spanned<String>,
        max_chars: Option<usize>,
        multiline: bool,
        choices: Option<BTreeMap<String, Label>>,
    ) -> Option<ValueKind> {
        let file = "items.toml";
        let at = kind.span().start;
        match (kind.get_ref().as_str(), max_chars, choices) {
            ("text", Some(max_chars), None) => Some(ValueKind::Text { max_chars, multiline }),
            ("text", None, None) => {
                let way_out = "add `max_chars`";
                self.error(file, at, "text without a greatest length".into(), way_out);
                None
            }
            ("choice", None, Some(choices)) if !choices.is_empty() => {
                Some(ValueKind::Choice(choices))
            }
            ("choice", None, _) => {
                self.error(file, at, "a choice without choices".into(), "add `choices`");
                None
            }
            ("email", None, None) => Some(ValueKind::Email),
            ("phone", None, None) => Some(ValueKind::Phone),
            ("past_date", None, None) => Some(ValueKind::PastDate),
            ("language", None, None) => Some(ValueKind::Language),
            (word @ ("email" | "phone" | "past_date" | "language" | "text" | "choice"), _, _) => {
                let message = format!("`{word}` does not take `max_chars` or `choices` this way");
                self.error(file, at, message, "`max_chars` goes with text, `choices` with choice");
                None
            }
            (word, _, _) => {
                self.error(
                    file,
                    at,
                    format!("`{word}` is not a kind of value"),
                    "write text, email, phone, past_date, choice or language",
                );
                None
            }
        }
    }

    fn secrets(
        &mut self,
        raw: Table<RawSecret>,
        purposes: &BTreeMap<PurposeName, Purpose>,
        items: &BTreeMap<ItemName, Item>,
    ) -> BTreeMap<SecretName, Secret> {
        let file = "secrets.toml";
        let mut secrets = BTreeMap::new();
        for (key, raw) in raw {
            let name: Option<SecretName> = self.name(file, &key);
            let label = self.label(file, raw.label);
            let purposes = self.known(file, &raw.purposes, "purpose", |p| purposes.contains_key(p));
            let Some(name) = name else { continue };
            if items.keys().any(|item| item.as_str() == name.as_str()) {
                self.error(
                    file,
                    key.span().start,
                    format!("`{name}` is an item as well as a secret"),
                    "keep it here and take it out of items.toml: items can be asked for",
                );
            }
            let (keeps, article, retention) = (raw.keeps, raw.article, raw.retention);
            secrets.insert(name, Secret { label, article, keeps, purposes, retention });
        }
        secrets
    }

    fn recipients(
        &mut self,
        raw: Table<RawRecipient>,
        purposes: &BTreeMap<PurposeName, Purpose>,
        items: &BTreeMap<ItemName, Item>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) -> BTreeMap<RecipientName, Recipient> {
        let file = "recipients.toml";
        let mut recipients = BTreeMap::new();
        for (key, raw) in raw {
            let name: Option<RecipientName> = self.name(file, &key);
            let label = self.label(file, raw.label);
            let country = raw.country.map(|code| self.country(file, code));
            if country.is_none() {
                self.find(
                    Severity::Warning,
                    file,
                    key.span().start,
                    format!("the country of `{}` is not confirmed", key.get_ref()),
                    "nothing goes there until `country` is set (R2.1)".into(),
                );
            }
            let transfer_consent = raw.transfer_consent.and_then(|text| {
                self.known(file, &[text], "consent", |c| consents.contains_key(c)).pop()
            });
            let Some(name) = name else { continue };
            recipients.insert(
                name,
                Recipient {
                    label,
                    role: raw.role,
                    many: raw.many,
                    country,
                    handles_personal_data: raw.handles_personal_data,
                    purposes: self
                        .known(file, &raw.purposes, "purpose", |p| purposes.contains_key(p)),
                    items: self.known(file, &raw.items, "item", |i| items.contains_key(i)),
                    equivalent_measures: raw.equivalent_measures,
                    transfer_consent,
                    article: raw.article,
                },
            );
        }
        recipients
    }

    /// A purpose that nobody may use is a promise without a place.
    fn every_purpose_is_used(
        &mut self,
        purposes: &BTreeMap<PurposeName, Purpose>,
        recipients: &BTreeMap<RecipientName, Recipient>,
    ) {
        for (name, purpose) in purposes {
            let used = purpose.own_use || recipients.values().any(|r| r.purposes.contains(name));
            if !used {
                self.find(
                    Severity::Warning,
                    "purposes.toml",
                    self.place_of("purposes.toml", name.as_str()),
                    format!("`{name}` is used by nobody"),
                    "set `own_use = true`, name it at a recipient, or take it out".into(),
                );
            }
        }
    }

    /// A store or third party in a regime that asks for consent needs a purpose that rests on one.
    fn bases_carry_the_roles(
        &mut self,
        purposes: &BTreeMap<PurposeName, Purpose>,
        recipients: &BTreeMap<RecipientName, Recipient>,
        regimes: &BTreeMap<RegimeName, Regime>,
    ) {
        for (recipient_name, recipient) in recipients {
            for (purpose_name, regime) in
                recipient.purposes.iter().flat_map(|p| regimes.values().map(move |r| (p, r)))
            {
                let Some(basis) =
                    purposes.get(purpose_name).and_then(|p| p.basis.get(&regime.name))
                else {
                    continue;
                };
                let asks = regime.provision.get(&recipient.role);
                let enough = match asks {
                    Some(ProvisionBasis::Consent) => matches!(basis, Basis::Consent(_)),
                    Some(ProvisionBasis::Contract) => {
                        matches!(basis, Basis::Consent(_) | Basis::Contract)
                    }
                    _ => true,
                };
                if !enough {
                    let regime = &regime.name;
                    self.error(
                        "recipients.toml",
                        self.place_of("recipients.toml", recipient_name.as_str()),
                        format!(
                            "`{recipient_name}` may be asked for `{purpose_name}`, which rests on \
                             {} in `{regime}`; its role needs more",
                            basis.word()
                        ),
                        "rest the purpose on a consent there, or take it from the recipient",
                    );
                }
            }
        }
    }

    /// Where the table of that name starts in a file.
    fn place_of(&self, file: &str, name: &str) -> usize {
        let header = format!("[{name}]");
        self.files.get(file).and_then(|text| text.find(&header)).unwrap_or(0)
    }
}
