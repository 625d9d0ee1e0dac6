//! `azukari statistics …`: figures with differential privacy, of a table or of what is held, out of a budget
//! that ends. What is spent is on the disk before an answer is told. Of what is held, `held.rs` asks.

mod held;

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use ::statistics::{Answer, Budget, Entry, Epsilon, Figure, Leave, Question, Tally, Value};
use anonymise::{Encoding, Format, Rows};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use policy::Language;

use super::Outcome;
use super::ledger::{language, spoken};
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};
use crate::words;
use held::Held;

#[derive(Subcommand)]
pub enum Statistics {
    /// Open a budget: all that may be lost of the privacy of those that a table is about
    Open {
        /// The budget's file, which is made
        #[arg(required_unless_present = "from_vault", conflicts_with = "from_vault")]
        budget: Option<PathBuf>,
        #[command(flatten)]
        held: Held,
        /// The loss ε that is allowed in all, such as 1
        #[arg(long)]
        epsilon: Epsilon,
        /// Whose information a budget's file is about, in words
        #[arg(long, default_value = "", conflicts_with = "from_vault")]
        about: String,
    },
    /// Show what was spent of a budget, and on what
    Show {
        /// The budget's file
        #[arg(required_unless_present = "from_vault", conflicts_with = "from_vault")]
        budget: Option<PathBuf>,
        #[command(flatten)]
        held: Held,
        #[command(flatten)]
        told: Told,
    },
    /// How many rows there are; of what is held, how many people have an item
    Count {
        #[command(flatten)]
        asked: Asked,
        /// The item
        #[arg(
            long,
            value_name = "ITEM",
            requires = "from_vault",
            required_if_eq("from_vault", "true")
        )]
        item: Option<String>,
    },
    /// How many rows fall into each category of a column
    Histogram {
        #[command(flatten)]
        asked: Asked,
        /// The column, or the item
        #[arg(long, alias = "item")]
        column: String,
        /// The categories, with commas between: those that may be there, not those that are; of an item
        /// with choices they need not be named
        #[arg(long, value_delimiter = ',', required_unless_present = "from_vault")]
        categories: Vec<String>,
    },
    /// The sum of a column of whole numbers
    Sum {
        #[command(flatten)]
        asked: Asked,
        #[command(flatten)]
        bounds: Bounds,
    },
    /// The mean of a column of whole numbers
    Mean {
        #[command(flatten)]
        asked: Asked,
        #[command(flatten)]
        bounds: Bounds,
    },
}

/// Of what, for how much.
#[derive(Args)]
pub struct Asked {
    /// The table: CSV with the names of its columns in the first line
    #[arg(required_unless_present = "from_vault", conflicts_with = "from_vault")]
    table: Option<PathBuf>,
    /// The budget's file
    #[arg(long, required_unless_present = "from_vault", conflicts_with = "from_vault")]
    budget: Option<PathBuf>,
    #[command(flatten)]
    held: Held,
    /// The loss ε of this answer, such as 0.5: the smaller, the more noise
    #[arg(long)]
    epsilon: Epsilon,
    /// The column that says whose row it is; without it, each row is somebody else's
    #[arg(long, value_name = "COLUMN", conflicts_with = "from_vault")]
    person: Option<String>,
    /// How many rows of one person count
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "from_vault")]
    per_person: u32,
    /// How the table is encoded: utf-8, shift_jis or euc-jp
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    encoding: Encoding,
    #[command(flatten)]
    told: Told,
}

/// Between which values.
#[derive(Args)]
pub struct Bounds {
    /// The column, or the item
    #[arg(long, alias = "item")]
    column: String,
    /// The least value that may be; what is less counts as this
    #[arg(long, allow_negative_numbers = true)]
    low: i64,
    /// The greatest value that may be; what is more counts as this
    #[arg(long, allow_negative_numbers = true)]
    high: i64,
}

/// How it is told.
#[derive(Args)]
pub struct Told {
    /// As JSON
    #[arg(long)]
    json: bool,
    /// The language to answer in: ja or en [default: as LANG says]
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    lang: Option<Language>,
}

fn encoding(text: &str) -> Result<Encoding, String> {
    match text.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => Ok(Encoding::Utf8),
        "shift_jis" | "sjis" => Ok(Encoding::ShiftJis),
        "euc-jp" => Ok(Encoding::EucJp),
        _ => Err("say utf-8, shift_jis or euc-jp".to_owned()),
    }
}

impl Statistics {
    pub fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Open { budget, held, epsilon, about } => match budget {
                Some(budget) => open(&budget, epsilon, &about)?,
                None => held.open(epsilon)?,
            },
            Self::Show { budget, held, told } => match budget {
                Some(budget) => show(&read(&budget)?.0, &told)?,
                None => show(&held.budget()?, &told)?,
            },
            Self::Count { asked, item } => ask(&asked, Question::Count, item)?,
            Self::Histogram { asked, column, categories } => {
                ask(&asked, Question::Histogram { categories }, Some(column))?;
            }
            Self::Sum { asked, bounds: Bounds { column, low, high } } => {
                ask(&asked, Question::Sum { low, high }, Some(column))?;
            }
            Self::Mean { asked, bounds: Bounds { column, low, high } } => {
                ask(&asked, Question::Mean { low, high }, Some(column))?;
            }
        }
        Ok(Outcome::Done)
    }
}

fn open(path: &Path, epsilon: Epsilon, about: &str) -> anyhow::Result<()> {
    let (_, line) = Budget::open(epsilon, about, SystemClock.now());
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = made.with_context(|| {
        let path = path.display();
        format!("the budget `{path}` cannot be made; if it is there, it was opened before")
    })?;
    keep(&mut file, &line)
}

/// Puts a line on the disk.
fn keep(file: &mut File, line: &str) -> anyhow::Result<()> {
    let kept = writeln!(file, "{line}").and_then(|()| file.sync_all());
    kept.context("the budget cannot be written; nothing was told")
}

/// Opens a budget for nobody else meanwhile, and reads it.
fn read(path: &Path) -> anyhow::Result<(Budget, File)> {
    let opened = OpenOptions::new().read(true).append(true).open(path);
    let mut file = opened.with_context(|| {
        let path = path.display();
        format!("the budget `{path}` cannot be opened; make one with `azukari statistics open`")
    })?;
    file.lock().context("the budget cannot be locked")?;
    let mut text = String::new();
    file.rewind()
        .and_then(|()| file.read_to_string(&mut text))
        .with_context(|| format!("the budget `{}` cannot be read", path.display()))?;
    let read = Budget::read(&text).with_context(|| format!("the budget `{}`", path.display()))?;
    Ok((read, file))
}

fn show(budget: &Budget, told: &Told) -> anyhow::Result<()> {
    if told.json {
        let all = serde_json::json!({
            "budget": budget.total, "spent": budget.spent(), "left": budget.left(),
            "about": budget.about, "opened_at": budget.opened_at, "head": budget.head(),
            "entries": budget.entries,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    let language = told.lang.unwrap_or_else(spoken);
    let Budget { total, about, entries, .. } = budget;
    let (spent, left) = (budget.spent(), budget.left());
    if !about.is_empty() {
        say!("{about}");
    }
    match language {
        Language::Ja => say!("予算 ε={total}、使用 {spent}、残り {left}"),
        Language::En => say!("budget ε={total}, spent {spent}, left {left}"),
    }
    for entry in entries {
        let at = words::moment(entry.at, language);
        let column = entry.column.as_deref().unwrap_or_default();
        say!("{at}  ε={}  {} {column}", entry.epsilon, kind(&entry.question, language));
    }
    say!("{} {}", pick(language, "最後の行のハッシュ", "hash of the last line"), budget.head());
    Ok(())
}

fn pick<'t>(language: Language, ja: &'t str, en: &'t str) -> &'t str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

fn kind(question: &Question, language: Language) -> &'static str {
    match question {
        Question::Count => pick(language, "件数", "count"),
        Question::Histogram { .. } => pick(language, "度数", "histogram"),
        Question::Sum { .. } => pick(language, "合計", "sum"),
        Question::Mean { .. } => pick(language, "平均", "mean"),
    }
}

fn ask(asked: &Asked, question: Question, column: Option<String>) -> anyhow::Result<()> {
    let told = match (&asked.table, &asked.budget) {
        (Some(table), Some(budget)) => of_table(table, budget, asked, question, column.as_deref())?,
        _ => {
            let item = column.context("name the item that is counted with --item")?;
            asked.held.ask(&item, question, asked.epsilon)?
        }
    };
    tell(&told, &asked.told)
}

/// An answer with what it was paid from.
struct Answered {
    answer: Answer,
    question: Question,
    left: Epsilon,
    /// Where it stands: the hash of the budget's last line, or the record.
    stands: (&'static str, String),
}

fn of_table(
    table: &Path,
    budget: &Path,
    asked: &Asked,
    question: Question,
    column: Option<&str>,
) -> anyhow::Result<Answered> {
    // Whatever is wrong with question or table is said before anything is spent.
    let tally = count(table, asked, question.clone(), column)?;
    let (mut budget, mut file) = read(budget)?;
    let entry = Entry {
        at: SystemClock.now(),
        question: question.clone(),
        column: column.map(str::to_owned),
        per_person: asked.per_person,
        epsilon: asked.epsilon,
    };
    let (leave, line): (Leave, String) = budget.spend(entry)?;
    keep(&mut file, &line)?;
    let answer = tally.answer(leave).map_err(|error| anyhow::anyhow!("no answer: {error}"))?;
    let (left, head) = (budget.left(), budget.head().to_owned());
    Ok(Answered { answer, question, left, stands: ("head", head) })
}

fn count(
    table: &Path,
    asked: &Asked,
    question: Question,
    column: Option<&str>,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::new(question, asked.per_person)?;
    if asked.person.is_none() && asked.per_person != 1 {
        bail!("--per-person says how many rows of a person count; name the column with --person");
    }
    let path = table.display().to_string();
    let file = File::open(table).with_context(|| format!("`{path}` cannot be opened"))?;
    let format = Format { encoding: asked.encoding, ..Format::default() };
    let mut rows = Rows::open(&path, BufReader::with_capacity(1 << 17, file), format)?;
    let place = |name: &str| {
        let found = rows.names().iter().position(|known| known == name);
        found.with_context(|| format!("`{path}` has no column `{name}`"))
    };
    let person = asked.person.as_deref().map(place).transpose()?;
    let value = column.map(place).transpose()?;
    while rows.next_row()?.is_some() {
        let person = person.map(|at| rows.text(at)).transpose()?;
        let text = value.map(|at| rows.text(at)).transpose()?;
        let added = tally.add(person.as_deref(), text.as_deref().unwrap_or_default());
        added.with_context(|| {
            let column = column.unwrap_or_default();
            format!("`{path}`, line {}, column `{column}`", rows.line())
        })?;
    }
    Ok(tally)
}

fn tell(answered: &Answered, told: &Told) -> anyhow::Result<()> {
    let Answered { answer, question, left, stands: (name, place) } = answered;
    if told.json {
        let all = serde_json::json!({
            "question": question, "answer": answer, "left": left, *name: place,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    let language = told.lang.unwrap_or_else(spoken);
    for Figure { category, value, within } in &answer.figures {
        let category = match (question, category) {
            (Question::Histogram { .. }, Some(category)) => format!("{category}\t"),
            (Question::Histogram { .. }, None) => pick(language, "その他\t", "other\t").to_owned(),
            _ => String::new(),
        };
        let value = match value {
            Value::Whole(value) => value.to_string(),
            Value::Mean(value) => format!("{value:.2}"),
        };
        let within = match within {
            Some(within) if within.fract() == 0.0 => format!("±{within}"),
            Some(within) => format!("±{within:.2}"),
            None => pick(language, "（行が少なく誤差は不明）", "(too few rows to say how far off)")
                .to_owned(),
        };
        say!("{category}{value}\t{within}");
    }
    let epsilon = answer.epsilon;
    match language {
        Language::Ja => {
            say!("ε={epsilon}（予算の残り {left}）。誤差は95%の場合に±の範囲です。");
        }
        Language::En => {
            say!("ε={epsilon} ({left} of the budget left); 95 in 100 answers are within ±.");
        }
    }
    Ok(())
}
