//! `azukari anonymise` and `azukari pseudonymise`: `make.rs` makes a data set of a file or of what is
//! held and writes it as a folder, `look.rs` only looks: suggests settings, holds a published file against
//! its source, makes a run again. `publish.rs` writes what is published and told of a set, `watch.rs` is
//! whoever waits, `folder.rs` what is written.

mod folder;
mod look;
mod make;
mod publish;
mod watch;

use std::fs::File;
use std::io::{BufReader, Cursor, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use anonymise::Language;
use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use datasets::{
    Characters, ColumnSettings, Error, Kind, Next, Recode, Role, Settings, Table, Written, suggest,
};

use super::ledger::spoken;
use super::{Outcome, Premises};
use watch::Watch;

/// What is kept apart, in the folder of a set.
const METHOD: &str = "method.json";

/// Make anonymously processed information of a table
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Anonymise {
    #[command(subcommand)]
    look: Option<Look>,
    #[command(flatten)]
    make: Make,
}

#[derive(Subcommand)]
enum Look {
    /// Look at a table and write settings to begin with
    Suggest(look::Suggest),
    /// Hold a published file against its source: one word and the evidence; exit code 2 if it fails
    Check(look::Check),
    /// Make a run again from its manifest and say whether it comes out the same
    Again(look::Again),
    /// Write what is published of a set and what its recipient is told, with who and how
    Publish(publish::Publish),
    /// Write a made-up file of visits, to try things on
    Sample(look::Sample),
}

/// Make pseudonymously processed information of a table
#[derive(Args)]
pub struct Pseudonymise {
    #[command(flatten)]
    make: Make,
}

impl Anonymise {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self.look {
            Some(Look::Suggest(suggest)) => suggest.run(),
            Some(Look::Check(check)) => check.run(),
            Some(Look::Again(again)) => again.run(),
            Some(Look::Publish(publish)) => publish.run(),
            Some(Look::Sample(sample)) => sample.run(),
            None => make::run(self.make, Kind::Anonymised),
        }
    }
}

impl Pseudonymise {
    pub fn run(self) -> anyhow::Result<Outcome> {
        make::run(self.make, Kind::Pseudonymised)
    }
}

/// How a table is written.
#[derive(Args)]
struct Form {
    /// What separates fields, where the settings do not say: one character
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<char>,
    /// How characters stand, where the settings do not say: utf8, shift_jis or euc_jp
    #[arg(long, value_name = "NAME", value_parser = characters)]
    encoding: Option<Characters>,
    /// The language to speak: ja or en [default: as LANG says]
    #[arg(long, value_name = "LANGUAGE", value_parser = super::ledger::language)]
    language: Option<policy::Language>,
}

/// What is made, and by what.
#[derive(Args)]
struct Make {
    /// The table: CSV with the names of its columns in the first line, Parquet, or a folder of Parquet
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Take the rows from what is held instead, through the gate and on record; its columns are items
    #[arg(long, requires = "purpose", conflicts_with = "file")]
    from_vault: bool,
    /// The purpose of the policy for which values are used
    #[arg(long, value_name = "PURPOSE", requires = "from_vault")]
    purpose: Option<String>,
    #[command(flatten)]
    premises: Premises,
    /// The folder for what is made; it must not be there yet
    #[arg(long, value_name = "DIR", required = true)]
    out: Option<PathBuf>,
    /// Settings as TOML; `azukari anonymise suggest` writes some to begin with
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Columns that name people or lead to them: removed
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    identifying: Vec<String>,
    /// Columns with individual identification codes: removed
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    identification_code: Vec<String>,
    /// Columns that link rows with other systems: removed
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    linking_code: Vec<String>,
    /// Columns that could cost people money: removed
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    financial: Vec<String>,
    /// Columns that tell people apart together: generalised as their values suggest
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    quasi: Vec<String>,
    /// Columns of which nobody may learn a person's value
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    sensitive: Vec<String>,
    /// Columns that are shown as they stand, peculiar values apart
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    insensitive: Vec<String>,
    /// Removed columns in whose place a keyed token stands (pseudonymise)
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    token: Vec<String>,
    /// Why nobody is identified by a column that stays although it is called identifying, or told apart by
    /// one that is shown as it stands; on record
    #[arg(long, value_name = "COLUMN=REASON", value_parser = reason)]
    confirmed: Vec<(String, String)>,
    /// The column that says which rows are of one person
    #[arg(long, value_name = "COLUMN")]
    person: Option<String>,
    /// Rows, or people, that read alike at least
    #[arg(short, value_name = "NUMBER")]
    k: Option<u32>,
    /// The share of rows that may be left out
    #[arg(long, value_name = "SHARE")]
    limit: Option<f64>,
    /// How rows are generalised: whole, cells or parts
    #[arg(long, value_name = "WAY", value_parser = recode)]
    recoding: Option<Recode>,
    /// How the set is written: csv, csv_bom (with the mark by which spreadsheets know UTF-8) or parquet
    /// [default: as the table is; csv_bom where that is not UTF-8]
    #[arg(long, value_name = "FORM", value_parser = written, conflicts_with = "from_vault")]
    written: Option<Written>,
    /// How long the search may go on
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
    /// Orders the rows; keep it secret [default: drawn at random]
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
    /// Who publishes, in the texts that come with the set
    #[arg(long, value_name = "NAME")]
    controller: Option<String>,
    #[command(flatten)]
    form: Form,
}

fn characters(text: &str) -> Result<Characters, String> {
    match text {
        "utf8" | "utf-8" => Ok(Characters::Utf8),
        "shift_jis" | "sjis" => Ok(Characters::ShiftJis),
        "euc_jp" | "euc-jp" => Ok(Characters::EucJp),
        _ => Err("is not utf8, shift_jis or euc_jp".to_owned()),
    }
}

fn reason(text: &str) -> Result<(String, String), String> {
    let (column, reason) = text.split_once('=').ok_or("is not a column, = and a reason")?;
    Ok((column.to_owned(), reason.to_owned()))
}

fn recode(text: &str) -> Result<Recode, String> {
    match text {
        "whole" => Ok(Recode::Whole),
        "cells" => Ok(Recode::Cells),
        "parts" => Ok(Recode::Parts),
        _ => Err("is not whole, cells or parts".to_owned()),
    }
}

fn written(text: &str) -> Result<Written, String> {
    match text {
        "csv" => Ok(Written::Csv),
        "csv_bom" | "csv-bom" => Ok(Written::CsvBom),
        "parquet" => Ok(Written::Parquet),
        _ => Err("is not csv, csv_bom or parquet".to_owned()),
    }
}

impl Form {
    fn language(&self) -> Language {
        match self.language.unwrap_or_else(spoken) {
            policy::Language::Ja => Language::Ja,
            policy::Language::En => Language::En,
        }
    }

    fn on(&self, mut settings: Settings) -> Settings {
        settings.delimiter = self.delimiter.unwrap_or(settings.delimiter);
        settings.encoding = self.encoding.unwrap_or(settings.encoding);
        settings
    }
}

/// An error of a table in the reader's language.
fn told(language: Language) -> impl Fn(Error) -> anyhow::Error + Copy {
    move |error| anyhow!(error.sentence(language))
}

/// Reads CSV, a file of Parquet, or all files of Parquet in a folder as one table.
fn table(
    path: &Path,
    settings: &Settings,
    language: Language,
    next: &dyn Fn(datasets::Step) -> Next,
) -> anyhow::Result<Table> {
    let name = path.display().to_string();
    let go_on = |rows| next(datasets::Step::Rows(rows)) != Next::Stop;
    if path.is_dir() {
        let parts = parts(path, language)?;
        return Table::read_parquet(&name, parts, &go_on).map_err(told(language));
    }
    let mut file = opened(path, language)?;
    let mut start = Vec::new();
    let begun = file.by_ref().take(4).read_to_end(&mut start).and_then(|_| file.rewind());
    if begun.is_ok() && anonymise::parquet::is_parquet(&start) {
        let parts = vec![(name.clone(), file)];
        return Table::read_parquet(&name, parts, &go_on).map_err(told(language));
    }
    // What cannot be read twice is no Parquet: a pipe, whose first bytes come back here.
    let read = if begun.is_ok() { Cursor::new(Vec::new()) } else { Cursor::new(start) };
    let format = settings.format(&name).map_err(told(language))?;
    let table = Table::read(&name, BufReader::new(read.chain(file)), format, &go_on);
    let undecoded = matches!(
        &table,
        Err(Error::Table(anonymise::Error { fault: anonymise::Fault::Encoding(_), .. }))
    );
    table.map_err(|error| {
        let says = error.sentence(language);
        let other = begun.is_ok() && undecoded && settings.encoding == Characters::Utf8;
        let other = if other { encoding(path, settings) } else { None };
        anyhow!(match (other, language) {
            (None, _) => says,
            (Some(word), Language::Ja) =>
                format!("{says}{word}として読めます。--encoding {word}を付けてください"),
            (Some(word), Language::En) =>
                format!("{says}; it reads as {word}: add --encoding {word}"),
        })
    })
}

/// The encoding in which a file can be read that is not UTF-8.
fn encoding(path: &Path, settings: &Settings) -> Option<&'static str> {
    let reads = |encoding| {
        let format = Settings { encoding, ..settings.clone() }.format("").ok()?;
        let file = BufReader::new(File::open(path).ok()?);
        Table::read("", file, format, &|_| true).ok()
    };
    let known = [(Characters::ShiftJis, "shift_jis"), (Characters::EucJp, "euc_jp")];
    known.into_iter().find(|(of, _)| reads(*of).is_some()).map(|(_, word)| word)
}

fn opened(path: &Path, language: Language) -> anyhow::Result<File> {
    let name = path.display();
    File::open(path).with_context(|| match language {
        Language::Ja => format!("「{name}」を開けません。別のファイルを指定してください"),
        Language::En => format!("`{name}` cannot be opened; name another file"),
    })
}

/// The files of Parquet in a folder, by their names.
fn parts(folder: &Path, language: Language) -> anyhow::Result<Vec<(String, File)>> {
    let name = folder.display();
    let listed = folder.read_dir().and_then(|entries| {
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<PathBuf>>>()
    });
    let mut paths = listed.with_context(|| match language {
        Language::Ja => format!("フォルダー「{name}」を開けません"),
        Language::En => format!("the folder `{name}` cannot be opened"),
    })?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    paths.sort();
    if paths.is_empty() {
        bail!(match language {
            Language::Ja => format!("フォルダー「{name}」に.parquetファイルがありません"),
            Language::En => format!("no file in the folder `{name}` ends in .parquet"),
        });
    }
    paths.iter().map(|path| Ok((path.display().to_string(), opened(path, language)?))).collect()
}

/// Settings of a file, with the hierarchies that stand beside it.
fn settings(path: &Path, language: Language) -> anyhow::Result<Settings> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| match language {
        Language::Ja => format!("設定「{name}」を読めません。別のファイルを指定してください"),
        Language::En => format!("the settings `{name}` cannot be read; name another file"),
    })?;
    let beside = path.parent().unwrap_or(Path::new("."));
    let settings = Settings::read(&name, &text).map_err(told(language))?;
    settings.with_files(|file| File::open(beside.join(file))).map_err(told(language))
}

impl Make {
    /// The roles that flags give.
    fn roles(&self) -> impl Iterator<Item = (&String, Role)> {
        [
            (&self.identifying, Role::Identifying),
            (&self.identification_code, Role::IdentificationCode),
            (&self.linking_code, Role::LinkingCode),
            (&self.financial, Role::Financial),
            (&self.quasi, Role::QuasiIdentifying),
            (&self.sensitive, Role::Sensitive),
            (&self.insensitive, Role::Insensitive),
        ]
        .into_iter()
        .flat_map(|(columns, role)| columns.iter().map(move |column| (column, role)))
    }

    /// The settings before the table is known.
    fn settings(&self) -> anyhow::Result<Settings> {
        let language = self.form.language();
        if self.settings.is_none() && self.roles().next().is_none() {
            bail!(language.of(
                "列の役割がありません。--settingsで設定ファイルを、または--quasiなどで列を指定してください。\
                 azukari anonymise suggestで設定の案を作れます",
                "no column has a role: name settings with --settings, or columns with --quasi and its like; \
                 `azukari anonymise suggest` writes settings to begin with"
            ));
        }
        let read = self.settings.as_deref().map(|path| settings(path, language)).transpose()?;
        let mut settings = self.form.on(read.unwrap_or_default());
        if let (Some(_), Some(origin)) = (self.k, &mut settings.origin) {
            origin.without_k();
        }
        settings.k = self.k.or(settings.k);
        settings.limit = self.limit.unwrap_or(settings.limit);
        settings.recoding = self.recoding.unwrap_or(settings.recoding);
        settings.seconds = self.seconds.or(settings.seconds);
        settings.seed = self.seed.clone().or(settings.seed);
        settings.person = self.person.clone().or(settings.person);
        Ok(settings)
    }

    /// The same with the roles of flags, whose hierarchies come of the values.
    fn with_roles(&self, mut settings: Settings, table: &Table) -> Settings {
        let suggested = self.roles().next().map(|_| suggest(table).0).unwrap_or_default();
        for (column, role) in self.roles() {
            let of = suggested.iter().find(|s| s.column == *column && s.settings.role == role);
            let of = of.map_or_else(|| ColumnSettings::of(role), |s| s.settings.clone());
            settings.columns.insert(column.clone(), of);
        }
        for column in &self.token {
            if let Some(column) = settings.columns.get_mut(column) {
                column.token = true;
            }
        }
        for (column, reason) in &self.confirmed {
            if let Some(column) = settings.columns.get_mut(column) {
                column.confirmed = Some(reason.clone());
            }
        }
        settings
    }
}

/// Random bytes for one run.
fn fresh() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    crate::once::random(&mut bytes)?;
    Ok(bytes)
}

/// This program, as manifests name it.
fn engine() -> String {
    format!("azukari {}", env!("CARGO_PKG_VERSION"))
}
