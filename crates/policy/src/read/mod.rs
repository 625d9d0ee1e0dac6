//! From files to a [`Document`]: reads a policy folder, and says of everything incoherent where it
//! stands (file and line) and what to do about it. Nothing half-read leaves this room.

mod coherence;
mod consents;
mod controller;
mod cookies;
mod countries;
mod gaps;
mod holds;
mod items;
mod purposes;
mod recipients;
mod requests;
mod safety;
mod secrets;
mod services;
mod terms;
mod tools;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::document::{Document, Label, Language, Version};
use crate::party::NotAName;
use crate::prove::promise;

/// The files of a policy folder, in the order they are read.
pub const FILES: [&str; 6] = [
    "controller.toml",
    "items.toml",
    "secrets.toml",
    "purposes.toml",
    "recipients.toml",
    "consents.toml",
];

/// Files that a policy may have as well, in the order they are read. What law wants of them is for
/// the lint to say.
pub const MORE_FILES: [&str; 8] = [
    "countries.toml",
    "tools.toml",
    "cookies.toml",
    "requests.toml",
    "safety.toml",
    "holds.toml",
    "services.toml",
    promise::FILE,
];

/// What a release says of itself; it may lie in the folder and is no part of the policy.
pub const PLAN: &str = "release.toml";

/// Where a file stands in the order of reading; `None` for a file that no policy has.
fn file_at(name: &str) -> Option<usize> {
    FILES.iter().chain(&MORE_FILES).position(|file| *file == name)
}

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
    read_files(&files(dir)?)
}

/// The texts of the files in a policy's folder, by name: every `.toml` but the release's plan.
///
/// # Errors
/// A finding for each file that cannot be read, or that is missing.
pub fn files(dir: &Path) -> Result<BTreeMap<String, String>, Vec<Finding>> {
    let mut files = BTreeMap::new();
    let mut findings = Vec::new();
    let mut cannot = |name: &str, error: &dyn fmt::Display| {
        findings.push(Finding {
            severity: Severity::Error,
            file: name.to_owned(),
            line: 1,
            message: format!("cannot be read: {error}"),
            way_out: format!("put the file into `{}`", dir.display()),
        });
    };
    let mut names: Vec<String> = FILES.iter().map(|name| (*name).to_owned()).collect();
    if let Ok(entries) = std::fs::read_dir(dir) {
        let there = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.extend(there.filter(|name| {
            Path::new(name).extension().is_some_and(|end| end == "toml")
                && name != PLAN
                && !FILES.contains(&name.as_str())
        }));
    }
    for name in names {
        match std::fs::read_to_string(dir.join(&name)) {
            Ok(text) => {
                files.insert(name, text);
            }
            Err(error) => cannot(&name, &error),
        }
    }
    if findings.is_empty() { Ok(files) } else { Err(findings) }
}

/// Reads a policy from the texts of its files, by file name.
///
/// # Errors
/// All findings, when at least one is an error.
pub fn read_files(files: &BTreeMap<String, String>) -> Result<Read, Vec<Finding>> {
    let mut reader = Reader { files, findings: Vec::new() };
    let document = reader.document();
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

type Table<T> = BTreeMap<Spanned<String>, T>;

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

    /// A file that need not be there; what is not there is empty.
    fn parse_if_there<T: DeserializeOwned + Default>(&mut self, file: &str) -> Option<T> {
        if self.files.contains_key(file) { self.parse(file) } else { Some(T::default()) }
    }

    /// A day that lies in the past of the version that speaks of it.
    fn not_later(&mut self, file: &str, at: usize, on: Date, version: Version, way_out: &str) {
        if on > version.on {
            let message = format!("`{on}` is later than this version, `{version}`");
            self.error(file, at, message, way_out);
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

    /// Everything in the folder is part of the version's hash, so everything is read.
    fn no_other_files(&mut self) {
        let others: Vec<_> =
            self.files.keys().filter(|name| file_at(name).is_none()).cloned().collect();
        for name in others {
            let (needed, more) = (FILES.join(", "), MORE_FILES.join(", "));
            let way_out = format!(
                "a policy is {needed}, and as needed {more}; rename the file or take it out"
            );
            self.error(&name, 0, "is not a file of a policy".into(), way_out);
        }
    }

    fn document(&mut self) -> Option<Document> {
        self.no_other_files();
        let controller: Option<controller::RawController> = self.parse("controller.toml");
        let items: Option<Table<items::RawItem>> = self.parse("items.toml");
        let secrets: Option<Table<secrets::RawSecret>> = self.parse("secrets.toml");
        let purposes: Option<Table<purposes::RawPurpose>> = self.parse("purposes.toml");
        let recipients: Option<Table<recipients::RawRecipient>> = self.parse("recipients.toml");
        let consents: Option<Table<consents::RawConsent>> = self.parse("consents.toml");
        let (controller, items, secrets) = (controller?, items?, secrets?);
        let (purposes, recipients, consents) = (purposes?, recipients?, consents?);
        let countries: Table<countries::RawCountry> = self.parse_if_there("countries.toml")?;
        let tools: Table<tools::RawTool> = self.parse_if_there("tools.toml")?;
        let cookies: Table<cookies::RawCookie> = self.parse_if_there("cookies.toml")?;
        let requests: Option<requests::RawRequests> = match self.files.get("requests.toml") {
            Some(_) => Some(self.parse("requests.toml")?),
            None => None,
        };
        let safety: safety::RawSafety = self.parse_if_there("safety.toml")?;
        let holds: Table<holds::RawHold> = self.parse_if_there("holds.toml")?;
        let services: Table<services::RawService> = self.parse_if_there("services.toml")?;

        let version: Version = self.name("controller.toml", &controller.version)?;
        let regimes = self.regimes(&controller.regimes);
        let languages = self.languages(&controller.languages, controller.controller.span().start);
        self.controller(&controller.controller);

        let consents = self.consents(consents, version, &regimes);
        let purposes = self.purposes(purposes, &regimes, &consents);
        let items = self.items(items, &purposes, &consents);
        let secrets = self.secrets(secrets, &purposes, &items);
        let recipients = self.recipients(recipients, version, &purposes, &items, &consents);
        let exceptions = self.exceptions(&controller.exceptions);
        let countries = self.countries(countries, version);
        let tools = self.tools(tools, &consents);
        let cookies = self.cookies(cookies);
        let requests = requests.map(|raw| self.requests(raw, &regimes, &purposes));
        let safety = self.safety(safety);
        self.representatives(&controller.controller, &regimes);
        let holds = self.holds(holds, &items, &secrets, &purposes);
        let services = self.services(services, &items);
        self.nobody_is_kept_out(&items, &consents, &regimes);
        self.one_address_to_sign_in_by(&items, &secrets);
        self.one_date_of_birth(&items);
        self.every_purpose_is_used(&purposes, &recipients);
        self.every_consent_carries_something(&purposes, &items, &recipients, &tools, &consents);
        self.bases_carry_the_roles(&purposes, &recipients, &regimes);
        self.terms_exist(&items, &purposes);
        self.gaps();

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
            exceptions,
            countries,
            tools,
            cookies,
            requests,
            safety,
            holds,
            services,
            promises: Vec::new(),
        };
        if let Some(text) = self.files.get(promise::FILE) {
            let (promises, findings) = promise::read(text, Some(&document));
            document.promises = promises;
            self.findings.extend(findings);
        }
        Some(document)
    }
}
