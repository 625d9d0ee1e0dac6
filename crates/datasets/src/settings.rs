//! What a data set is made by: the role of each column, hierarchies, models, limits. Read from TOML, or
//! from JSON over the API; the same in both.

use std::collections::BTreeMap;
use std::io::Read;

use anonymise::{
    DateStep, Distance, Encoding, Error as TableError, Format, Hierarchy, Intervals, Language,
    Measure, Model, Plan, STAR, Said, Spot, dates, intervals, masks, orderings,
};
use serde::{Deserialize, Serialize};

use crate::origin::{Origin, unreadable};
use crate::standards::Counts;
use crate::table::{Column, Table};
use crate::{Error, Kind, confirmed, rules::Rules};

/// What a column is to the people in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Names a person or leads to one: removed (Rules 31(1), 34(1)).
    Identifying,
    /// An individual identification code 個人識別符号: removed (Rules 31(2), 34(2)).
    IdentificationCode,
    /// Links the row with the source or another system: removed (Rules 34(3)).
    LinkingCode,
    /// Could cost the person money if misused: removed (Rules 31(3)).
    Financial,
    /// Tells people apart together with others of its kind: generalised (Rules 34(4), (5)).
    QuasiIdentifying,
    /// What nobody may learn of a person; shown where enough different values stand together.
    Sensitive,
    /// Shown as it stands, peculiar values apart.
    Insensitive,
}

impl Role {
    /// As settings write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identifying => "identifying",
            Self::IdentificationCode => "identification_code",
            Self::LinkingCode => "linking_code",
            Self::Financial => "financial",
            Self::QuasiIdentifying => "quasi_identifying",
            Self::Sensitive => "sensitive",
            Self::Insensitive => "insensitive",
        }
    }

    /// Whether the column is left out.
    pub fn goes(self) -> bool {
        matches!(
            self,
            Self::Identifying | Self::IdentificationCode | Self::LinkingCode | Self::Financial
        )
    }
}

/// How rows are generalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recode {
    /// Whole columns.
    Whole,
    /// Whole columns, and single cells of rows that would be left out.
    #[default]
    Cells,
    /// Each part of the table by itself; not proven to be the best.
    Parts,
}

/// How the characters of a file stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Characters {
    #[default]
    Utf8,
    ShiftJis,
    EucJp,
}

/// A label in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    pub ja: String,
    pub en: String,
}

impl Label {
    /// In one of them.
    pub fn words(&self, language: Language) -> &str {
        language.of(&self.ja, &self.en)
    }
}

/// Names of columns that a message lists at most.
const NAMED: usize = 30;

/// What is to become of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSettings {
    pub role: Role,
    /// What people read of it where the items are published; else its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Numbers in intervals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals>,
    /// Dates by month, quarter, year, decade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Vec<DateStep>>,
    /// How many first characters of a code each level keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masks: Option<Vec<usize>>,
    /// Values in their order, in groups of so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<usize>>,
    /// A file with a line for each value: the value, then its label at each level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The same lines, here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<Vec<String>>>,
    /// At least so many different values of a sensitive column in each class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub l: Option<u32>,
    /// Values of a sensitive column are spread in each class as in the table, up to this distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub t: Option<f64>,
    /// Pseudonymising puts a keyed token in place of an identifying or linking value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub token: bool,
    /// Why nobody is identified by a column that stays although it is called something that goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
}

impl ColumnSettings {
    /// A column of which only the role is said.
    pub fn of(role: Role) -> Self {
        Self {
            role,
            label: None,
            intervals: None,
            dates: None,
            masks: None,
            groups: None,
            file: None,
            labels: None,
            l: None,
            t: None,
            token: false,
            confirmed: None,
        }
    }
}

/// What a data set is made by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What separates the fields of the file.
    #[serde(default = "comma", skip_serializing_if = "is_comma")]
    pub delimiter: char,
    #[serde(default, skip_serializing_if = "is_default")]
    pub encoding: Characters,
    /// Rows that have to read alike; the rules say what is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<u32>,
    /// The share of rows that may be left out.
    #[serde(default = "twentieth")]
    pub limit: f64,
    /// What is to be lost least of.
    #[serde(default = "loss")]
    pub measure: Measure,
    #[serde(default)]
    pub recoding: Recode,
    /// By generalised column, its level, where somebody chose them; else the best ones are looked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, u8>,
    /// The column that says which rows are of one person, where somebody has several. An empty name says
    /// that each row is a person of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What the order of rows is drawn by; drawn at random where it is left out. Whoever knows it and the
    /// source can put the rows back: it is method information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// How long the search may go on, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Further models, in the engine's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<Model>,
    /// By its name, what is to become of each column.
    pub columns: BTreeMap<String, ColumnSettings>,
    /// Where they were read, if in a file.
    #[serde(skip)]
    pub origin: Option<Origin>,
}

fn comma() -> char {
    ','
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_comma(character: &char) -> bool {
    *character == ','
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn twentieth() -> f64 {
    0.05
}

fn loss() -> Measure {
    Measure::Loss
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            delimiter: ',',
            encoding: Characters::default(),
            k: None,
            limit: twentieth(),
            measure: loss(),
            recoding: Recode::default(),
            levels: BTreeMap::new(),
            person: None,
            seed: None,
            seconds: None,
            models: Vec::new(),
            columns: BTreeMap::new(),
            origin: None,
        }
    }
}

/// The settings, read against a table.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) models: Vec<Model>,
    pub(crate) k: u32,
}

impl Settings {
    /// Reads TOML.
    ///
    /// # Errors
    /// With the line of what cannot be read.
    pub fn read(file: &str, text: &str) -> Result<Self, Error> {
        let read: Result<Self, _> = toml::from_str(text);
        let mut settings = read.map_err(|error| unreadable(file, text, &error))?;
        settings.origin = Some(Origin::of(file, text));
        Ok(settings)
    }

    /// The settings as TOML.
    ///
    /// # Errors
    /// None that settings can bring about.
    pub fn toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// The format of the file.
    ///
    /// # Errors
    /// The delimiter is no single byte.
    pub fn format(&self, file: &str) -> Result<Format, Error> {
        let encoding = match self.encoding {
            Characters::Utf8 => Encoding::Utf8,
            Characters::ShiftJis => Encoding::ShiftJis,
            Characters::EucJp => Encoding::EucJp,
        };
        let delimiter = u8::try_from(self.delimiter)
            .ok()
            .filter(u8::is_ascii)
            .ok_or_else(|| TableError::new(file, anonymise::Fault::Delimiter(self.delimiter)))?;
        Ok(Format { delimiter, encoding })
    }

    /// Puts the lines of hierarchy files in place of their names.
    ///
    /// # Errors
    /// A file cannot be read as a hierarchy.
    pub fn with_files<R: Read>(
        mut self,
        open: impl Fn(&str) -> std::io::Result<R>,
    ) -> Result<Self, Error> {
        for column in self.columns.values_mut() {
            if let Some(file) = column.file.take() {
                let read = open(&file)
                    .map_err(|error| TableError::new(&file, anonymise::Fault::Io(error)))?;
                let hierarchy = Hierarchy::read(&file, read, Format::default())?;
                let lines = hierarchy.lines();
                let owned = lines.map(|line| line.into_iter().map(str::to_owned).collect());
                column.labels = Some(owned.collect());
            }
        }
        Ok(self)
    }

    /// The role of a column.
    pub fn role(&self, column: &str) -> Option<Role> {
        self.columns.get(column).map(|settings| settings.role)
    }

    /// The names of the table's columns with one of these roles, in its order.
    pub(crate) fn with_role<'t>(
        &self,
        table: &'t Table,
        fits: impl Fn(Role) -> bool,
    ) -> Vec<&'t str> {
        let names = table.columns.iter().map(|column| column.name.as_str());
        names.filter(|name| self.role(name).is_some_and(&fits)).collect()
    }

    /// The column that says which rows are of one person; none where each row is counted.
    pub fn person(&self) -> Option<&str> {
        self.person.as_deref().filter(|person| !person.is_empty())
    }

    /// What is counted where law speaks of people.
    pub(crate) fn counted(&self) -> Counts {
        if self.person().is_some() { Counts::People } else { Counts::Rows }
    }

    /// The first removed column with a value that several rows have, by which somebody may have several,
    /// where nothing is said of whose the rows are.
    pub fn repeats<'t>(&self, table: &'t Table) -> Option<&'t Column> {
        let gone = |column: &&Column| self.role(&column.name).is_some_and(Role::goes);
        let several = |column: &Column| {
            column.occurring().any(|(value, count)| count > 1 && !value.trim().is_empty())
        };
        let unsaid = self.person.is_none();
        table.columns.iter().filter(gone).find(|column| unsaid && several(column))
    }

    /// The levels that somebody chose, in the order of the table.
    pub(crate) fn node(&self, table: &Table) -> Option<Vec<u8>> {
        let quasi = self.with_role(table, |role| role == Role::QuasiIdentifying);
        let levels = quasi.iter().map(|name| self.levels.get(*name).copied());
        if self.levels.is_empty() { None } else { levels.collect() }
    }

    /// What people read of a column.
    pub fn label(&self, column: &str) -> Label {
        let label = self.columns.get(column).and_then(|settings| settings.label.clone());
        label.unwrap_or_else(|| Label { ja: column.to_owned(), en: column.to_owned() })
    }

    /// What is wrong with the settings of a column: in their file, if they come from one, else in the table.
    fn wrong(&self, table: &Table, column: &str, words: impl Into<Said>) -> Error {
        let Some(origin) = &self.origin else { return table.wrong(column, words) };
        let mut wrong = TableError::wrong(&origin.file, words).column(column);
        wrong.spot = origin.columns.get(column).copied().map(Spot::Line);
        wrong.into()
    }

    fn no_column(&self, table: &Table, column: &str) -> Error {
        let file = &table.file;
        let mut names: Vec<&str> =
            table.columns.iter().take(NAMED).map(|column| column.name.as_str()).collect();
        names.extend((table.columns.len() > NAMED).then_some("…"));
        let words = Said {
            en: format!("there is no such column in `{file}`, which has {}", names.join(", "))
                .into(),
            ja: format!("この列は「{file}」にありません。列は{}です", names.join("、")).into(),
        };
        self.wrong(table, column, words)
    }

    /// Holds the settings against the columns of a table and the rules.
    ///
    /// # Errors
    /// The first thing that does not fit, by column.
    pub fn check(&self, table: &Table, rules: &Rules, kind: Kind) -> Result<(), Error> {
        if let Some(name) = self.columns.keys().find(|name| table.column(name).is_none()) {
            return Err(self.no_column(table, name));
        }
        for column in &table.columns {
            let Some(settings) = self.columns.get(&column.name) else {
                return Err(self.wrong(
                    table,
                    &column.name,
                    [
                        "it has no role in the settings: say what it is to the people in the table",
                        "設定に役割がありません。表の人にとって何にあたる列かを指定してください",
                    ],
                ));
            };
            let told = |words: Said| self.wrong(table, &column.name, words);
            check_column(settings, kind).map_err(told)?;
        }
        if !self.levels.is_empty() {
            let quasi = self.with_role(table, |role| role == Role::QuasiIdentifying);
            let known = self.levels.keys().map(String::as_str);
            let odd = known.clone().find(|name| !quasi.contains(name));
            let missing = quasi.iter().copied().find(|name| !self.levels.contains_key(*name));
            if let Some(name) = odd.or(missing) {
                return Err(self.wrong(
                    table,
                    name,
                    [
                        "levels are chosen of every quasi-identifying column, and of no other",
                        "段階は、すべての準識別子の列だけに指定してください",
                    ],
                ));
            }
        }
        if let Some(person) = self.person() {
            match self.role(person) {
                Some(role) if role.goes() => {}
                Some(_) => {
                    return Err(self.wrong(
                            table,
                        person,
                        [
                            "it says whose the rows are, so it has to be left out: give it the role `linking_code` or `identifying`",
                            "だれの行かを示す列なので、残せません。役割をlinking_codeかidentifyingにしてください",
                        ],
                    ));
                }
                None => return Err(self.no_column(table, person)),
            }
        }
        if kind == Kind::Anonymised {
            if let Some(column) = self.repeats(table) {
                let name = &column.name;
                return Err(self.wrong(
                    table,
                    name,
                    Said {
                        en: format!(
                            "several rows have the same value, so somebody may have several rows: say whose they are with `person = {name:?}`, or with `person = \"\"` that each row is a person of its own"
                        )
                        .into(),
                        ja: format!(
                            "同じ値の行が複数あり、同じ人の行が複数あるかもしれません。だれの行かを示す列をperson = {name:?}のように指定するか、1行が1人であればperson = \"\"と指定してください"
                        )
                        .into(),
                    },
                ));
            }
            let least = rules.k.least.value;
            if self.k.is_some_and(|k| k < least) {
                let usual = rules.k.usual.value;
                let origin = self.origin.as_ref().filter(|origin| origin.k.is_some());
                let mut wrong = TableError::wrong(
                    origin.map_or("-k", |origin| &origin.file),
                    Said {
                        en: format!("k is at least {least}; {usual} is usual").into(),
                        ja: format!("kは{least}以上にしてください（通常は{usual}）").into(),
                    },
                );
                wrong.spot = origin.and_then(|origin| origin.k).map(Spot::Line);
                return Err(wrong.into());
            }
            let least = rules.l.least.value;
            for (name, settings) in &self.columns {
                if settings.l.is_some_and(|l| l < least) {
                    return Err(self.wrong(
                        table,
                        name,
                        Said {
                            en: format!("l is at least {least}").into(),
                            ja: format!("lは{least}以上にしてください").into(),
                        },
                    ));
                }
            }
        }
        Ok(())
    }

    /// What the engine is asked.
    pub(crate) fn planned(&self, table: &Table, rules: &Rules) -> Result<Planned, Error> {
        let k = self.k.unwrap_or(rules.k.usual.value);
        let mut models = vec![Model::KAnonymity { k }];
        let mut plan = Plan::new();
        for column in &table.columns {
            let Some(settings) = self.columns.get(&column.name) else { continue };
            let name = &column.name;
            let role = match settings.role {
                role if role.goes() => anonymise::Role::Identifying,
                Role::QuasiIdentifying => {
                    anonymise::Role::Quasi(hierarchy(table, column, settings)?)
                }
                Role::Sensitive => {
                    let given = settings.labels.is_some();
                    let tree = given.then(|| hierarchy(table, column, settings)).transpose()?;
                    if let Some(t) = settings.t {
                        let distance = match &tree {
                            Some(_) => Distance::Hierarchical,
                            None => Distance::Equal,
                        };
                        models.push(Model::Closeness { column: name.clone(), t, distance });
                    }
                    if settings.l.is_some() || settings.t.is_none() {
                        let l = settings.l.unwrap_or(rules.l.usual.value);
                        models.push(Model::DistinctDiversity { column: name.clone(), l });
                    }
                    anonymise::Role::Sensitive(tree)
                }
                _ => anonymise::Role::Insensitive,
            };
            plan = plan.with(name, role);
        }
        models.extend(self.models.iter().cloned());
        Ok(Planned { plan, models, k })
    }
}

/// What is wrong with the settings of one column by themselves.
fn check_column(settings: &ColumnSettings, kind: Kind) -> Result<(), Said> {
    let ways = [
        settings.intervals.is_some(),
        settings.dates.is_some(),
        settings.masks.is_some(),
        settings.groups.is_some(),
        settings.file.is_some() || settings.labels.is_some(),
    ];
    let ways = ways.iter().filter(|way| **way).count();
    if ways > 1 {
        return Err([
            "it has two hierarchies: give it one",
            "一般化階層が二つあります。一つにしてください",
        ]
        .into());
    }
    let takes = matches!(settings.role, Role::QuasiIdentifying | Role::Sensitive);
    if ways > 0 && !takes {
        return Err([
            "only a quasi-identifying or sensitive column has a hierarchy",
            "一般化階層は準識別子と機微な属性の列だけに指定できます",
        ]
        .into());
    }
    if (settings.l.is_some() || settings.t.is_some()) && settings.role != Role::Sensitive {
        return Err([
            "l and t are asked of sensitive columns only",
            "lとtは機微な属性の列だけに指定できます",
        ]
        .into());
    }
    if !settings.confirmed.iter().all(|reason| confirmed::is_reason(reason)) {
        let (least, most) = (confirmed::LEAST, confirmed::MOST);
        return Err(Said {
                en: format!("say in `confirmed` why nobody is identified by it, in words, on one line, of at least {least} letters and at most {most} characters").into(),
                ja: format!("confirmedには、個人が分からない理由を、改行のない{least}字以上{most}字以内の言葉で書いてください").into(),
            });
    }
    if settings.token && kind == Kind::Anonymised {
        return Err([
            "a token would tell which rows are of one person: only pseudonymising writes tokens",
            "トークンを残すと同じ人の行が分かります。トークンは仮名加工だけで使えます",
        ]
        .into());
    }
    if settings.token && !matches!(settings.role, Role::Identifying | Role::LinkingCode) {
        return Err([
                "a token stands for an identifying value or a linking code only; identification codes and what could cost money are removed",
                "トークンに置き換えられるのは識別子と連結符号だけです。個人識別符号と財産的被害のおそれがある記述は削除します",
            ].into());
    }
    Ok(())
}

/// Lines for a missing value: it stays missing until everything is a star.
fn with_missing(lines: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let levels = lines.first().map_or(2, Vec::len);
    let mut lines = lines;
    let mut missing = vec![String::new(); levels];
    if let Some(last) = missing.last_mut() {
        STAR.clone_into(last);
    }
    lines.push(missing);
    lines
}

/// The hierarchy of a column, out of its settings and the values that occur.
fn hierarchy(
    table: &Table,
    column: &Column,
    settings: &ColumnSettings,
) -> Result<Hierarchy, Error> {
    let mut values: Vec<(&str, u64)> = column
        .values
        .iter()
        .zip(&column.counts)
        .zip(&column.lines)
        .filter(|((value, count), _)| **count > 0 && !value.is_empty())
        .map(|((value, _), line)| (value.as_str(), *line))
        .collect();
    if let Some(lines) = &settings.labels {
        let made = Hierarchy::from_lines(&column.name, (1..).zip(lines.iter().cloned()))?;
        let lacks = |value: &str| column.count(value) > 0 && made.leaf(value).is_none();
        let unknown = values.iter().find(|(value, _)| *value != STAR && lacks(value));
        if let Some((_, line)) = unknown {
            let wrong = TableError::new(&table.file, anonymise::Fault::NotInHierarchy);
            return Err(table.placed(wrong.column(&column.name), *line).into());
        }
        let mut lines = lines.clone();
        if lacks(STAR) {
            // What few people have is a star already.
            lines.push(vec![STAR.to_owned(); made.levels()]);
        }
        if lacks("") {
            lines = with_missing(lines);
        }
        return Ok(Hierarchy::from_lines(&column.name, (1..).zip(lines))?);
    }
    // In an order that hangs on the values alone, so that the same values make the same hierarchy.
    let number = |text: &str| text.trim().parse::<f64>().ok();
    values.sort_by(|(a, _), (b, _)| match (number(a), number(b)) {
        (Some(x), Some(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.cmp(b),
    });
    let texts: Vec<&str> = values.iter().map(|(value, _)| *value).collect();
    let name = &column.name;
    let make = |texts: &[&str]| {
        if let Some(form) = &settings.intervals {
            intervals(name, texts, form)
        } else if let Some(steps) = &settings.dates {
            dates(name, texts, steps)
        } else if let Some(kept) = &settings.masks {
            masks(name, texts, kept)
        } else {
            orderings(name, texts, settings.groups.as_deref().unwrap_or_default())
        }
    };
    let made = match make(&texts) {
        Ok(made) => Some(made),
        // Every value is missing.
        Err(TableError { fault: anonymise::Fault::Empty, .. }) => None,
        Err(mut wrong) => {
            // The maker tells of the first value in its own order; people look at their file from its top.
            let bad = values.iter().filter(|(text, _)| make(&[*text]).is_err());
            let first = bad.map(|(_, line)| *line).min();
            let line = wrong.spot.take().and(first).unwrap_or(0);
            wrong.file.clone_from(&table.file);
            return Err(table.placed(wrong.column(name), line).into());
        }
    };
    if let Some(made) = &made
        && column.count("") == 0
    {
        return Ok(made.clone());
    }
    let lines = made.iter().flat_map(Hierarchy::lines);
    let lines = lines.map(|line| line.into_iter().map(str::to_owned).collect()).collect();
    Ok(Hierarchy::from_lines(name, (1..).zip(with_missing(lines)))?)
}
