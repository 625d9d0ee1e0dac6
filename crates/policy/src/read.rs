//! From files to a [`Document`]: reads a policy folder, and says of everything incoherent where it
//! stands (file and line) and what to do about it. Nothing half-read leaves this room.

use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::consent::{Consent, ConsentName};
use crate::document::{Controller, Document, Label, Language, Version};
use crate::item::{
    Choices, Item, ItemName, Retention, Secret, SecretKind, SecretName, Sensitivity, Source,
    ValueKind,
};
use crate::normal;
use crate::party::{EquivalentMeasures, Legal, NotAName, Recipient, RecipientName, Role};
use crate::prove::promise;
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

/// The file of a policy's promises, which a folder may do without.
pub const OPTIONAL_FILE: &str = promise::FILE;

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
    for name in FILES.into_iter().chain([OPTIONAL_FILE]) {
        match std::fs::read_to_string(dir.join(name)) {
            Ok(text) => {
                files.insert(name.to_owned(), text);
            }
            Err(error) if name == OPTIONAL_FILE && error.kind() == ErrorKind::NotFound => {}
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
    let file_at = |name: &str| FILES.iter().position(|file| *file == name).unwrap_or(FILES.len());
    reader.findings.sort_by_key(|finding| (file_at(&finding.file), finding.line));
    let failed = reader.findings.iter().any(|f| f.severity == Severity::Error);
    match document {
        Some(document) if !failed => Ok(Read { document, warnings: reader.findings }),
        _ => Err(reader.findings),
    }
}

/// SHA-256 over the files' names and texts, lower-case hexadecimal.
pub fn hash(files: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

/// Hours after an engagement's end beyond which somebody should look.
const LONG_AFTER_HOURS: u32 = 24;

/// True for names that speak of a password or a payment card.
fn sounds_secret(name: &str) -> bool {
    let has = |part| name.split('_').any(|word| word == part);
    ["password", "passcode", "passphrase", "cvc", "cvv"].into_iter().any(has)
        || ["credit_card", "debit_card", "payment_card", "card_number"]
            .into_iter()
            .any(|part| name.contains(part))
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
    article: Spanned<String>,
    #[serde(default)]
    source: Source,
    kind: Spanned<String>,
    max_chars: Option<usize>,
    multiline: Option<bool>,
    choices: Option<Table<Spanned<Label>>>,
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
    article: Spanned<String>,
    keeps: SecretKind,
    purposes: Vec<Spanned<String>>,
    retention: Retention,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPurpose {
    label: Spanned<Label>,
    article: Spanned<String>,
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
    article: Spanned<String>,
    role: Role,
    #[serde(default)]
    many: bool,
    country: Option<Spanned<String>>,
    #[serde(default = "yes")]
    handles_personal_data: bool,
    purposes: Vec<Spanned<String>>,
    #[serde(default)]
    items: Vec<Spanned<String>>,
    equivalent_measures: Option<Spanned<EquivalentMeasures>>,
    transfer_consent: Option<Spanned<String>>,
    responsible: Option<Spanned<Label>>,
    legal: Option<Spanned<Legal>>,
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
    article: Spanned<String>,
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
                let message = error.message().to_owned();
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
        T: FromStr<Err = NotAName> + PartialEq,
    {
        let mut names = Vec::new();
        for text in texts {
            let Some(name) = self.name::<T>(file, text) else { continue };
            if names.contains(&name) {
                let message = format!("`{}` is listed twice", text.get_ref());
                self.error(file, text.span().start, message, "list it once");
            } else if known(&name) {
                names.push(name);
            } else {
                let given = text.get_ref();
                self.error(
                    file,
                    text.span().start,
                    format!("there is no {what} `{given}` in this policy"),
                    "declare it, or take it out here",
                );
            }
        }
        names
    }

    fn label(&mut self, file: &str, label: Spanned<Label>) -> Label {
        self.words(file, label.span().start, "the text", label.get_ref());
        label.into_inner()
    }

    fn words(&mut self, file: &str, at: usize, what: &str, label: &Label) {
        for language in Language::ALL {
            if label.get(language).trim().is_empty() {
                let message = format!("{what} has no words in `{}`", language.tag());
                let way_out = "people read every language of the policy; write it";
                self.error(file, at, message, way_out);
            }
        }
    }

    fn article(&mut self, file: &str, article: Spanned<String>) -> String {
        if article.get_ref().trim().is_empty() {
            let way_out = "name the article of the policy it stands in, such as 1(1)";
            self.error(file, article.span().start, "names no article".into(), way_out);
        }
        article.into_inner()
    }

    fn country(&mut self, file: &str, at: usize, text: &str) {
        if text.len() != 2 || !text.chars().all(|c| c.is_ascii_uppercase()) {
            let message = format!("`{text}` is not a country code");
            let way_out = "use two capital letters of ISO 3166-1, such as JP";
            self.error(file, at, message, way_out);
        }
    }

    /// Act 32(1): who publishes the policy, and where people write to.
    fn controller(&mut self, controller: &Spanned<Controller>) {
        let file = "controller.toml";
        let at = controller.span().start;
        let Controller { name, address, representative, service, country, desk } =
            controller.get_ref();
        for (what, label) in [
            ("`name`", name),
            ("`address`", address),
            ("`representative`", representative),
            ("`service`", service),
            ("`desk.name`", &desk.name),
        ] {
            self.words(file, at, what, label);
        }
        self.country(file, at, country);
        if normal::email(&desk.email).is_none() {
            let message = format!("`{}` is not an e-mail address", desk.email);
            self.error(file, at, message, "write the address of the inquiry desk (Act 32(1)(iv))");
        }
    }

    /// Everything in the folder is part of the version's hash, so everything is read.
    fn no_other_files(&mut self) {
        let others: Vec<_> = self
            .files
            .keys()
            .filter(|name| !FILES.contains(&name.as_str()) && *name != OPTIONAL_FILE)
            .cloned()
            .collect();
        for name in others {
            let way_out = format!("a policy is {}; take the file out", FILES.join(", "));
            self.error(&name, 0, "is not a file of a policy".into(), way_out);
        }
    }

    fn document(&mut self) -> Option<Document> {
        self.no_other_files();
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
        let languages = self.languages(&controller.languages, controller.controller.span().start);
        self.controller(&controller.controller);

        let consents = self.consents(consents, version, &regimes);
        let purposes = self.purposes(purposes, &regimes, &consents);
        let items = self.items(items, &purposes, &consents);
        let secrets = self.secrets(secrets, &purposes, &items);
        let recipients = self.recipients(recipients, version, &purposes, &items, &consents);
        self.nobody_is_kept_out(&items, &consents, &regimes);
        self.one_address_to_sign_in_by(&items, &secrets);
        self.every_purpose_is_used(&purposes, &recipients);
        self.every_consent_carries_something(&purposes, &items, &recipients, &consents);
        self.bases_carry_the_roles(&purposes, &recipients, &regimes);

        let mut document = Document {
            version,
            hash: hash(self.files),
            controller: controller.controller.into_inner(),
            languages,
            items,
            secrets,
            purposes,
            recipients,
            consents,
            regimes,
            promises: Vec::new(),
        };
        if let Some(text) = self.files.get(OPTIONAL_FILE) {
            let (promises, findings) = promise::read(text, Some(&document));
            document.promises = promises;
            self.findings.extend(findings);
        }
        Some(document)
    }

    fn languages(&mut self, languages: &[Spanned<Language>], at: usize) -> Vec<Language> {
        let mut listed = Vec::new();
        for language in languages {
            if listed.contains(language.get_ref()) {
                let message = format!("`{}` is listed twice", language.get_ref().tag());
                self.error("controller.toml", language.span().start, message, "list it once");
            } else {
                listed.push(*language.get_ref());
            }
        }
        for language in Language::ALL {
            if !listed.contains(&language) {
                let message = format!("the policy is not published in `{}`", language.tag());
                let way_out = "list ja and en under `languages`";
                self.error("controller.toml", at, message, way_out);
            }
        }
        listed
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
        let mut listed = Vec::new();
        for text in names {
            if text.get_ref().parse().is_ok_and(|name: RegimeName| known.contains_key(&name)) {
                listed.push(text.clone());
            } else {
                let message = format!("`{}` is not a regime that is known", text.get_ref());
                let way_out = "name jp, eu or uk, or take it out here";
                self.error(file, text.span().start, message, way_out);
            }
        }
        let chosen = self.known(file, &listed, "regime", |name| known.contains_key(name));
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
            let since = since.unwrap_or(version);
            let Some(name) = name else { continue };
            if since > version {
                self.error(
                    file,
                    raw.since.span().start,
                    format!("`{since}` is later than this version of the policy, `{version}`"),
                    "name the version in which this wording first stood",
                );
            }
            let article = self.article(file, raw.article);
            let position = key.span().start;
            consents.insert(
                name,
                Consent {
                    label,
                    wording,
                    on_refusal,
                    condition_of_service,
                    since,
                    article,
                    position,
                },
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
                            format!("there is no consent `{consent}` in this policy"),
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
            let at = key.span().start;
            if raw.own_use && raw.needs_engagement {
                let message = format!("`{}` is an own use and needs an engagement", key.get_ref());
                let way_out = "declare two purposes: only a recipient can have an engagement";
                self.error(file, at, message, way_out);
            }
            if raw.after_end_hours > 0 && !raw.needs_engagement {
                let message =
                    format!("`{}` outlasts an engagement it does not need", key.get_ref());
                let way_out = "add `needs_engagement = true`, or take `after_end_hours` out";
                self.error(file, at, message, way_out);
            }
            if raw.after_end_hours > LONG_AFTER_HOURS {
                let hours = raw.after_end_hours;
                self.find(
                    Severity::Warning,
                    file,
                    at,
                    format!("`{}` lasts {hours} hours after the engagement", key.get_ref()),
                    "access ends with the purpose (S10); take a day at most".into(),
                );
            }
            let article = self.article(file, raw.article);
            let Some(name) = name else { continue };
            purposes.insert(
                name,
                Purpose {
                    label,
                    article,
                    position: at,
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
            let article = self.article(file, raw.article);
            if sounds_secret(&key) {
                self.error(
                    file,
                    at,
                    format!("`{key}` sounds like a password or a card"),
                    "declare it in secrets.toml: items can be asked for (I2)",
                );
            }
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
            // Kept even when its kind is wrong: one mistake is told once, not wherever the item is named.
            let value = value.unwrap_or(ValueKind::Language);
            let Some(name) = name else { continue };
            items.insert(
                name,
                Item {
                    label,
                    article,
                    source: raw.source,
                    position: at,
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
        multiline: Option<bool>,
        choices: Option<Table<Spanned<Label>>>,
    ) -> Option<ValueKind> {
        let file = "items.toml";
        let at = kind.span().start;
        if multiline.is_some() && kind.get_ref() != "text" {
            let message = format!("`{}` does not take `multiline`", kind.get_ref());
            self.error(file, at, message, "`multiline` goes with text");
        }
        match (kind.get_ref().as_str(), max_chars, choices) {
            ("text", Some(0), None) => {
                let message = "text of no length at all".into();
                self.error(file, at, message, "let `max_chars` be at least 1");
                None
            }
            ("text", Some(max_chars), None) => {
                Some(ValueKind::Text { max_chars, multiline: multiline.unwrap_or(false) })
            }
            ("text", None, None) => {
                let way_out = "add `max_chars`";
                self.error(file, at, "text without a greatest length".into(), way_out);
                None
            }
            ("choice", None, Some(choices)) if !choices.is_empty() => {
                let mut choices: Vec<_> = choices.into_iter().collect();
                choices.sort_by_key(|(word, _)| word.span().start);
                let choices = choices.into_iter().map(|(word, label)| {
                    // The same alphabet as every other name: it is kept in place of the words.
                    let _: Option<ItemName> = self.name(file, &word);
                    (word.into_inner(), self.label(file, label))
                });
                Some(ValueKind::Choice(Choices::new(choices.collect())))
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
            let article = self.article(file, raw.article);
            let position = key.span().start;
            if raw.purposes.is_empty() {
                let message = format!("`{}` is held for no purpose", key.get_ref());
                let way_out = "name at least one purpose, or do not hold it";
                self.error(file, position, message, way_out);
            }
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
            let (keeps, retention) = (raw.keeps, raw.retention);
            secrets.insert(name, Secret { label, article, keeps, purposes, retention, position });
        }
        secrets
    }

    fn recipients(
        &mut self,
        raw: Table<RawRecipient>,
        version: Version,
        purposes: &BTreeMap<PurposeName, Purpose>,
        items: &BTreeMap<ItemName, Item>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) -> BTreeMap<RecipientName, Recipient> {
        let file = "recipients.toml";
        let mut recipients = BTreeMap::new();
        for (key, raw) in raw {
            let at = key.span().start;
            let name: Option<RecipientName> = self.name(file, &key);
            let key = key.into_inner();
            let label = self.label(file, raw.label);
            let article = self.article(file, raw.article);
            if let Some(code) = &raw.country {
                self.country(file, code.span().start, code.get_ref());
            } else {
                self.find(
                    Severity::Warning,
                    file,
                    at,
                    format!("the country of `{key}` is not confirmed"),
                    "nothing goes there until `country` is set (R2.1)".into(),
                );
            }
            let transfer_consent = raw.transfer_consent.and_then(|text| {
                self.known(file, &[text], "consent", |c| consents.contains_key(c)).pop()
            });
            if let Some(measures) = &raw.equivalent_measures {
                self.equivalent_measures(measures, version);
            }
            let responsible = raw.responsible.map(|label| self.label(file, label));
            let receives = raw.handles_personal_data && raw.country.is_some();
            match &raw.legal {
                Some(legal) => self.legal(legal),
                None if !raw.many && receives && !raw.purposes.is_empty() => {
                    let message = format!("it is not said who `{key}` is in law");
                    let way_out = "add `legal = { name, address, representative }`: a provision \
                                   record says it (R1.5)";
                    self.error(file, at, message, way_out);
                }
                None => {}
            }
            if raw.purposes.is_empty() {
                self.find(
                    Severity::Warning,
                    file,
                    at,
                    format!("`{key}` may be asked for nothing"),
                    "nothing goes there until it has a purpose".into(),
                );
            } else if raw.role == Role::JointUser && (raw.items.is_empty() || responsible.is_none())
            {
                let message = format!("joint use with `{key}` does not say what or who answers");
                let way_out = "add `items`, and `responsible` with name, address and \
                               representative (Act 27(5)(iii), R4.1)";
                self.error(file, at, message, way_out);
            }
            let recipient_purposes =
                self.known(file, &raw.purposes, "purpose", |p| purposes.contains_key(p));
            for text in &raw.items {
                let item = text.get_ref().parse::<ItemName>().ok().and_then(|i| items.get(&i));
                if item.is_some_and(|i| !i.purposes.iter().any(|p| recipient_purposes.contains(p)))
                {
                    let message =
                        format!("`{}` serves none of the purposes of `{key}`", text.get_ref());
                    let way_out = "name such a purpose at the item, or take the item out here";
                    self.error(file, text.span().start, message, way_out);
                }
            }
            let recipient_items = self.known(file, &raw.items, "item", |i| items.contains_key(i));
            let Some(name) = name else { continue };
            recipients.insert(
                name,
                Recipient {
                    label,
                    role: raw.role,
                    many: raw.many,
                    country: raw.country.map(Spanned::into_inner),
                    handles_personal_data: raw.handles_personal_data,
                    purposes: recipient_purposes,
                    items: recipient_items,
                    equivalent_measures: raw.equivalent_measures.map(Spanned::into_inner),
                    transfer_consent,
                    responsible,
                    legal: raw.legal.map(Spanned::into_inner),
                    article,
                    position: at,
                },
            );
        }
        recipients
    }

    /// A provision record has no room for an empty name, address or representative (R1.5).
    fn legal(&mut self, legal: &Spanned<Legal>) {
        let Legal { name, address, representative } = legal.get_ref();
        if [name, address, representative].iter().any(|text| text.trim().is_empty()) {
            let message = "legal details with an empty name, address or representative".into();
            let way_out = "fill them in as the company's register has them (R1.5)";
            self.error("recipients.toml", legal.span().start, message, way_out);
        }
    }

    /// Route (b) stands on a check that has been made, and on something that shows it (R2.4).
    fn equivalent_measures(&mut self, measures: &Spanned<EquivalentMeasures>, version: Version) {
        let (file, at) = ("recipients.toml", measures.span().start);
        let EquivalentMeasures { checked_on, evidence } = measures.get_ref();
        if *checked_on > version.on {
            let message = format!("`{checked_on}` is later than this version, `{version}`");
            self.error(file, at, message, "name the day of the last check that was made");
        }
        if evidence.trim().is_empty() {
            let message = "equivalent measures without evidence".into();
            self.error(file, at, message, "name the contract, rules or recognition (Rules 16)");
        }
    }

    /// Whoever keeps a password needs one address to look it up by, and only one.
    fn one_address_to_sign_in_by(
        &mut self,
        items: &BTreeMap<ItemName, Item>,
        secrets: &BTreeMap<SecretName, Secret>,
    ) {
        // An item that could not be read is told once, where it stands.
        if self.findings.iter().any(|found| found.severity == Severity::Error) {
            return;
        }
        let password = secrets.iter().find(|(_, secret)| secret.keeps == SecretKind::Password);
        let Some((name, secret)) = password else { return };
        let is_address =
            |item: &&Item| item.value == ValueKind::Email && item.lookup && item.unique;
        let count = items.values().filter(is_address).count();
        if count != 1 {
            let message = format!("`{name}` is a password, and {count} items can be signed in by");
            let way_out = "declare one item of kind email with `lookup` and `unique`";
            self.error("secrets.toml", secret.position, message, way_out);
        }
    }

    /// An item that a new account must bring cannot hang on a consent she may refuse.
    fn nobody_is_kept_out(
        &mut self,
        items: &BTreeMap<ItemName, Item>,
        consents: &BTreeMap<ConsentName, Consent>,
        regimes: &BTreeMap<RegimeName, Regime>,
    ) {
        for (name, item) in items.iter().filter(|(_, item)| item.required) {
            let Some(consent) = &item.consent else { continue };
            let may_refuse = consents.get(consent).is_some_and(|c| {
                !regimes.keys().all(|regime| c.condition_of_service.contains(regime))
            });
            if may_refuse {
                let message = format!(
                    "`{name}` is required, but `{consent}`, which it needs, may be refused"
                );
                let way_out = "take `required` out, or make the consent a condition of service";
                self.error("items.toml", item.position, message, way_out);
            }
        }
    }

    /// A consent that allows nothing is a question without a use.
    fn every_consent_carries_something(
        &mut self,
        purposes: &BTreeMap<PurposeName, Purpose>,
        items: &BTreeMap<ItemName, Item>,
        recipients: &BTreeMap<RecipientName, Recipient>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) {
        for (name, consent) in consents {
            let carries = !consent.condition_of_service.is_empty()
                || purposes
                    .values()
                    .flat_map(|p| p.basis.values())
                    .any(|basis| matches!(basis, Basis::Consent(c) if c == name))
                || items.values().any(|i| i.consent.as_ref() == Some(name))
                || recipients.values().any(|r| r.transfer_consent.as_ref() == Some(name));
            if !carries {
                self.find(
                    Severity::Warning,
                    "consents.toml",
                    consent.position,
                    format!("nothing rests on `{name}`"),
                    "nobody will be asked for it; name it at a purpose, an item or a recipient"
                        .into(),
                );
            }
        }
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
                    purpose.position,
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
                        recipient.position,
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
}
