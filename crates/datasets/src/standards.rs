//! The standards of the Rules, each as a check of its own with what was found: five for anonymously
//! processed information (Rules 34; R7.1), three for pseudonymously processed (Rules 31; R6.1).
//!
//! They look at what would be published, cell by cell, beside the source; of how it was made they
//! believe nothing but what the separate checker of the engine says.

use std::collections::HashMap;

use anonymise::verify::{Verdict, Word};
use anonymise::{Language, STAR, number};
use serde::{Deserialize, Serialize};

use crate::scan::{Look, look, tells};
use crate::settings::{Role, Settings};
use crate::table::Table;
use crate::{Kind, Rules};

/// A standard of the Rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    /// Descriptions that identify are removed (Rules 31(1), 34(1)).
    IdentifyingDescriptions,
    /// Individual identification codes are removed, all of them (Rules 31(2), 34(2)).
    IdentificationCodes,
    /// Descriptions whose misuse could cost the person money are removed (Rules 31(3)).
    PropertyDamage,
    /// Codes that link the result with the source are removed (Rules 34(3)).
    LinkingCodes,
    /// Peculiar descriptions are removed (Rules 34(4)).
    PeculiarDescriptions,
    /// The differences between people's records were looked at (Rules 34(5)).
    Differences,
}

impl Standard {
    /// In words.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::IdentifyingDescriptions => language.of(
                "特定の個人を識別できる記述を削除しています",
                "descriptions that identify a person are removed",
            ),
            Self::IdentificationCodes => language.of(
                "個人識別符号をすべて削除しています",
                "all individual identification codes are removed",
            ),
            Self::PropertyDamage => language.of(
                "不正に利用されると財産的被害が生じるおそれのある記述を削除しています",
                "descriptions whose misuse could cost a person money are removed",
            ),
            Self::LinkingCodes => language.of(
                "元の情報と連結する符号を削除しています",
                "codes that link the result with its source are removed",
            ),
            Self::PeculiarDescriptions => {
                language.of("特異な記述を削除しています", "peculiar descriptions are removed")
            }
            Self::Differences => language.of(
                "他の人の情報との差異を踏まえた措置を取っています",
                "the differences between people’s records are dealt with",
            ),
        }
    }

    /// Its place in the Rules.
    pub fn article(self, kind: Kind) -> &'static str {
        match (kind, self) {
            (Kind::Pseudonymised, Self::IdentifyingDescriptions) => "31(1)",
            (Kind::Pseudonymised, Self::IdentificationCodes) => "31(2)",
            (_, Self::PropertyDamage) => "31(3)",
            (_, Self::IdentifyingDescriptions) => "34(1)",
            (_, Self::IdentificationCodes) => "34(2)",
            (_, Self::LinkingCodes) => "34(3)",
            (_, Self::PeculiarDescriptions) => "34(4)",
            (_, Self::Differences) => "34(5)",
        }
    }
}

/// What is counted where law speaks of people: people, where it is said whose each row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    People,
    Rows,
}

impl Counts {
    /// So many of them have something, of a number that stands before.
    fn words(self, language: Language) -> &'static str {
        match self {
            Self::People => language.of("人", "people"),
            Self::Rows => language.of("行", "rows"),
        }
    }
}

/// What was found about a standard; never a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Finding {
    /// These columns were removed.
    Removed { columns: Vec<String> },
    /// These columns have keyed tokens in place of their values.
    Replaced { columns: Vec<String> },
    /// So many cells were looked at, and none of them looks like any of these.
    Looked { cells: u64, looks: Vec<Look> },
    /// A column that goes is still there.
    StillThere { column: String },
    /// A cell looks like something that leads to a person.
    LooksLike { look: Look, column: String, row: u64 },
    /// A cell tells what stood in a removed column of its row.
    Tells { column: String, removed: String, row: u64 },
    /// Every row of a column has a value of its own, by which it can be found in the source.
    Unique { column: String },
    /// The order of rows is drawn by a seed that is kept apart.
    Shuffled,
    /// So many cells that few people have are stars.
    Starred { column: String, cells: u64, below: u32, counted: Counts },
    /// A value that fewer people of the source have is told.
    Rare { column: String, row: u64, below: u32, counted: Counts },
    /// No value that fewer people of the source have is told outside generalised columns.
    NoneRare { below: u32, counted: Counts },
    /// Numbers beyond these ends are one interval.
    Ends { column: String, bottom: Option<i64>, top: Option<i64> },
    /// What the separate checker said of a claim.
    Claim { evidence: anonymise::verify::Evidence },
    /// In the smallest class so many read alike, where so many are asked.
    Alike { fewest: u64, asked: u64, counted: Counts },
    /// No class is left to be published.
    Nothing,
}

impl Finding {
    /// The column that it speaks of.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::StillThere { column }
            | Self::LooksLike { column, .. }
            | Self::Tells { column, .. }
            | Self::Unique { column }
            | Self::Starred { column, .. }
            | Self::Rare { column, .. }
            | Self::Ends { column, .. } => Some(column),
            Self::Claim { evidence } => evidence.column.as_deref(),
            _ => None,
        }
    }

    /// Whether it speaks against the standard.
    pub fn fails(&self) -> bool {
        match self {
            Self::StillThere { .. }
            | Self::LooksLike { .. }
            | Self::Tells { .. }
            | Self::Unique { .. }
            | Self::Rare { .. }
            | Self::Nothing => true,
            Self::Claim { evidence } => !evidence.holds,
            Self::Alike { fewest, asked, .. } => fewest < asked,
            _ => false,
        }
    }

    /// In a sentence.
    pub fn sentence(&self, language: Language) -> String {
        let ja = language == Language::Ja;
        let list = |columns: &[String]| match language {
            Language::Ja => format!("「{}」", columns.join("」「")),
            Language::En => columns.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", "),
        };
        #[expect(clippy::cast_precision_loss, reason = "counts of cells")]
        let count = |count: u64| number(count as f64);
        match self {
            Self::Removed { columns } if columns.is_empty() => {
                language.of("該当する列はありません。", "No column is of this kind.").to_owned()
            }
            Self::Removed { columns } if ja => format!("削除した列：{}", list(columns)),
            Self::Removed { columns } => format!("Removed: {}.", list(columns)),
            Self::Replaced { columns } if ja => {
                format!("鍵付きのトークンに置き換えた列：{}", list(columns))
            }
            Self::Replaced { columns } => format!("Replaced by keyed tokens: {}.", list(columns)),
            Self::Looked { cells, looks } => {
                let looks: Vec<&str> = looks.iter().map(|look| look.words(language)).collect();
                let cells = count(*cells);
                if ja {
                    format!(
                        "{cells}個の値を調べ、{}のように見えるものはありませんでした。",
                        looks.join("、")
                    )
                } else {
                    format!("{cells} cells were looked at; none looks like {}.", looks.join(" or "))
                }
            }
            Self::StillThere { column } if ja => format!("列「{column}」が残っています。"),
            Self::StillThere { column } => format!("The column `{column}` is still there."),
            Self::LooksLike { look, column, row } if ja => format!(
                "列「{column}」の{row}行目が{}のように見えます。この列を削除するか、役割を見直してください。",
                look.words(language)
            ),
            Self::LooksLike { look, column, row } => format!(
                "Column `{column}`, row {row} looks like {}: remove the column, or look at its role again.",
                look.words(language)
            ),
            Self::Tells { column, removed, row } if ja => format!(
                "列「{column}」の{row}行目に、削除した列「{removed}」の値が書かれています。この列を削除するか、書き直してください。"
            ),
            Self::Tells { column, removed, row } => format!(
                "Column `{column}`, row {row} tells what stood in the removed column `{removed}`: remove the column, or mend it."
            ),
            Self::Unique { column } if ja => format!(
                "列「{column}」の値は行ごとに異なり、元の情報と照らし合わせることができます。削除するか、準識別子にしてください。"
            ),
            Self::Unique { column } => format!(
                "Every row of column `{column}` has a value of its own, by which it is found in the source: remove it, or make it quasi-identifying."
            ),
            Self::Shuffled => language
                .of(
                    "行の順序は、別に保管する値で並べ替えています。",
                    "The order of rows was drawn anew, by a seed that is kept apart.",
                )
                .to_owned(),
            Self::Starred { column, cells, below, counted } if ja => format!(
                "列「{column}」で、{below}{}に満たない値{}個を「*」に置き換えました。",
                counted.words(language),
                count(*cells)
            ),
            Self::Starred { column, cells, below, counted } => format!(
                "In column `{column}`, {} cells whose value fewer than {below} {} have are stars.",
                count(*cells),
                counted.words(language)
            ),
            Self::Rare { column, row, below, counted } if ja => format!(
                "列「{column}」の{row}行目の値は、{below}{}に満たない特異な値です。",
                counted.words(language)
            ),
            Self::Rare { column, row, below, counted } => format!(
                "Column `{column}`, row {row} tells a value that fewer than {below} {} have.",
                counted.words(language)
            ),
            Self::NoneRare { below, counted } if ja => format!(
                "一般化しない列に、元の表で{below}{}に満たない値は残っていません。",
                counted.words(language)
            ),
            Self::NoneRare { below, counted } => format!(
                "Columns that are not generalised tell no value that fewer than {below} {} of the source have.",
                counted.words(language)
            ),
            Self::Ends { column, bottom, top } => {
                let ends = [("<", bottom), ("≥", top)];
                let ends =
                    ends.iter().filter_map(|(sign, end)| end.map(|end| format!("{sign} {end}")));
                let ends = ends.collect::<Vec<_>>().join(", ");
                if ja {
                    format!("列「{column}」の端の数値はまとめています（{ends}）。")
                } else {
                    format!("The ends of column `{column}` are one interval each ({ends}).")
                }
            }
            Self::Claim { evidence } => evidence.sentence(language),
            Self::Alike { fewest, asked, counted } => match (counted, language) {
                (Counts::People, Language::Ja) => format!(
                    "同じ値の組をもつ人は最も少ない組で{fewest}人です（基準は{asked}人以上）。"
                ),
                (Counts::People, Language::En) => format!(
                    "The fewest people who read alike are {fewest}, where {asked} are asked."
                ),
                (Counts::Rows, Language::Ja) => format!(
                    "同じ値の組をもつ行は最も少ない組で{fewest}行です（基準は{asked}行以上）。"
                ),
                (Counts::Rows, Language::En) => {
                    format!(
                        "The fewest rows that read alike are {fewest}, where {asked} are asked."
                    )
                }
            },
            Self::Nothing => language
                .of("公開できる行が残りません。", "No row is left that could be published.")
                .to_owned(),
        }
    }
}

/// A standard with everything that was found about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandardCheck {
    pub standard: Standard,
    pub holds: bool,
    pub findings: Vec<Finding>,
}

impl StandardCheck {
    fn of(standard: Standard, findings: Vec<Finding>) -> Self {
        let holds = !findings.iter().any(Finding::fails);
        Self { standard, holds, findings }
    }
}

/// All standards of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standards {
    pub kind: Kind,
    /// Which rules they were held against.
    pub rules: String,
    pub checks: Vec<StandardCheck>,
}

impl Standards {
    /// Whether every one holds.
    pub fn hold(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }

    /// The articles that do not, for a log.
    pub fn failed(&self) -> String {
        let failed = self.checks.iter().filter(|check| !check.holds);
        let articles = failed.map(|check| format!("Rules {}", check.standard.article(self.kind)));
        articles.collect::<Vec<_>>().join(", ")
    }

    /// What does not hold and why, one line for each finding.
    pub fn sentence(&self, language: Language) -> String {
        let mut lines = vec![
            language
                .of(
                    "基準を満たしていないため、作成していません。",
                    "nothing was made, because a standard is not met:",
                )
                .to_owned(),
        ];
        for check in self.checks.iter().filter(|check| !check.holds) {
            let article = check.standard.article(self.kind);
            lines.push(match language {
                Language::Ja => format!("規則{article}：{}", check.standard.words(language)),
                Language::En => format!("Rules {article}: {}", check.standard.words(language)),
            });
            let against = check.findings.iter().filter(|finding| finding.fails());
            lines.extend(against.map(|finding| format!("  {}", finding.sentence(language))));
        }
        lines.join("\n")
    }

    /// The standards as a part of the report.
    pub fn section(&self, language: Language) -> anonymise::report::Section {
        let heading = match self.kind {
            Kind::Anonymised => {
                language.of("匿名加工の基準（規則34条）", "The standards of anonymising (Rules 34)")
            }
            Kind::Pseudonymised => language
                .of("仮名加工の基準（規則31条）", "The standards of pseudonymising (Rules 31)"),
        };
        let checks = self.checks.iter().map(|check| anonymise::report::Checked {
            says: match language {
                Language::Ja => format!(
                    "{}（規則{}）。",
                    check.standard.words(language),
                    check.standard.article(self.kind)
                ),
                Language::En => format!(
                    "{} (Rules {}).",
                    capital(check.standard.words(language)),
                    check.standard.article(self.kind)
                ),
            },
            holds: check.holds,
            evidence: check.findings.iter().map(|finding| finding.sentence(language)).collect(),
        });
        anonymise::report::Section { heading: heading.to_owned(), checks: checks.collect() }
    }
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// What is looked at: the source, what would be published, and which row of the source each of its rows
/// comes of.
pub(crate) struct Case<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) rules: &'a Rules,
    pub(crate) source: &'a Table,
    /// The source in the order of the result, before anything was generalised.
    pub(crate) prepared: &'a Table,
    pub(crate) result: &'a Table,
    /// By row of the result, the row of `prepared`.
    pub(crate) from: &'a [usize],
    pub(crate) starred: &'a [(String, u64)],
}

impl Case<'_> {
    /// The five of Rules 34.
    pub(crate) fn anonymised(&self, verdict: &Verdict, k: u32) -> Standards {
        let checks = vec![
            self.identifying(),
            self.codes(),
            self.linking(),
            self.peculiar(),
            self.differences(verdict, k),
        ];
        Standards { kind: Kind::Anonymised, rules: self.rules.version.clone(), checks }
    }

    /// The three of Rules 31.
    pub(crate) fn pseudonymised(&self) -> Standards {
        let mut identifying = self.identifying();
        let tokens = |column: &&crate::Column| {
            self.settings.columns.get(&column.name).is_some_and(|settings| settings.token)
        };
        let columns = self.source.columns.iter().filter(tokens).map(|c| c.name.clone()).collect();
        identifying.findings.insert(1, Finding::Replaced { columns });
        let money = self.removed(Standard::PropertyDamage, &[Role::Financial], &[Look::Card]);
        let checks = vec![identifying, self.codes(), money];
        Standards { kind: Kind::Pseudonymised, rules: self.rules.version.clone(), checks }
    }

    fn identifying(&self) -> StandardCheck {
        let mut check = self.removed(
            Standard::IdentifyingDescriptions,
            &[Role::Identifying],
            &[Look::Email, Look::Phone],
        );
        check.findings.extend(self.told());
        StandardCheck::of(check.standard, check.findings)
    }

    fn codes(&self) -> StandardCheck {
        let looks = [Look::MyNumber, Look::Passport, Look::PensionNumber];
        self.removed(Standard::IdentificationCodes, &[Role::IdentificationCode], &looks)
    }

    fn linking(&self) -> StandardCheck {
        // What could cost money leads back as well, and has no standard of its own here.
        let roles = [Role::LinkingCode, Role::Financial];
        let mut check = self.removed(Standard::LinkingCodes, &roles, &[Look::Address, Look::Card]);
        for column in &self.result.columns {
            let quasi = self.settings.role(&column.name) == Some(Role::QuasiIdentifying);
            let all = column.occurring().all(|(value, count)| count == 1 && value != STAR);
            if self.result.rows > 1 && all && !quasi {
                check.findings.push(Finding::Unique { column: column.name.clone() });
            }
        }
        check.findings.push(Finding::Shuffled);
        StandardCheck::of(check.standard, check.findings)
    }

    /// That no column of these roles is there, unless as tokens, and no cell has one of these looks.
    fn removed(&self, standard: Standard, roles: &[Role], looks: &[Look]) -> StandardCheck {
        let gone = self.settings.with_role(self.source, |role| roles.contains(&role));
        let token = |name: &str| self.settings.columns.get(name).is_some_and(|c| c.token);
        let columns = gone.iter().filter(|name| !token(name)).map(|n| (*n).to_owned()).collect();
        let mut findings = vec![Finding::Removed { columns }];
        for name in &gone {
            let there = self.result.column(name);
            if there.is_some() && !token(name) {
                findings.push(Finding::StillThere { column: (*name).to_owned() });
            }
        }
        let mut cells = 0;
        for column in self.result.columns.iter().filter(|column| !token(&column.name)) {
            cells += column.codes.len() as u64;
            let seen: Vec<Option<Look>> = column.values.iter().map(|value| look(value)).collect();
            let bad = column
                .codes
                .iter()
                .position(|code| seen[*code as usize].is_some_and(|look| looks.contains(&look)));
            if let Some(row) = bad
                && let Some(look) = seen[column.codes[row] as usize]
            {
                let column = column.name.clone();
                findings.push(Finding::LooksLike { look, column, row: row as u64 + 1 });
            }
        }
        if !findings.iter().any(Finding::fails) {
            findings.push(Finding::Looked { cells, looks: looks.to_vec() });
        }
        StandardCheck::of(standard, findings)
    }

    /// Cells that tell what stood in a removed column of the same row.
    fn told(&self) -> Vec<Finding> {
        let gone = self.settings.with_role(self.source, |role| {
            matches!(role, Role::Identifying | Role::IdentificationCode | Role::LinkingCode)
        });
        let mut findings = Vec::new();
        for removed in gone {
            let Some(before) = self.prepared.column(removed) else { continue };
            for column in &self.result.columns {
                let token = self.settings.columns.get(&column.name).is_some_and(|c| c.token);
                if token {
                    continue;
                }
                let mut known: HashMap<(u32, u32), bool> = HashMap::new();
                let bad = self.from.iter().enumerate().find(|(row, from)| {
                    let pair = (column.codes[*row], before.codes[**from]);
                    *known
                        .entry(pair)
                        .or_insert_with(|| tells(column.cell(*row), before.cell(**from)))
                });
                if let Some((row, _)) = bad {
                    findings.push(Finding::Tells {
                        column: column.name.clone(),
                        removed: removed.to_owned(),
                        row: row as u64 + 1,
                    });
                }
            }
        }
        findings
    }

    fn peculiar(&self) -> StandardCheck {
        let (below, counted) = (self.rules.rare.below.value, self.settings.counted());
        let mut findings = Vec::new();
        for column in &self.result.columns {
            let settings = self.settings.columns.get(&column.name);
            if settings.is_some_and(|settings| settings.role == Role::QuasiIdentifying) {
                let ends = settings.and_then(|settings| settings.intervals.as_ref());
                if let Some(ends) = ends.filter(|e| e.bottom.is_some() || e.top.is_some()) {
                    let (bottom, top) = (ends.bottom, ends.top);
                    findings.push(Finding::Ends { column: column.name.clone(), bottom, top });
                }
                continue;
            }
            let Some(source) = self.source.column(&column.name) else { continue };
            let holders = self.source.holders(source, self.settings.person());
            let few = |value: &str| source.code(value).is_none_or(|code| holders[code] < below);
            let rare: Vec<bool> =
                column.values.iter().map(|value| value != STAR && few(value)).collect();
            if let Some(row) = column.codes.iter().position(|code| rare[*code as usize]) {
                let column = column.name.clone();
                findings.push(Finding::Rare { column, row: row as u64 + 1, below, counted });
            }
        }
        let starred = self.starred.iter().map(|(column, cells)| Finding::Starred {
            column: column.clone(),
            cells: *cells,
            below,
            counted,
        });
        findings.extend(starred);
        if !findings.iter().any(Finding::fails) {
            findings.insert(0, Finding::NoneRare { below, counted });
        }
        StandardCheck::of(Standard::PeculiarDescriptions, findings)
    }

    fn differences(&self, verdict: &Verdict, k: u32) -> StandardCheck {
        let mut findings: Vec<Finding> = verdict
            .evidence
            .iter()
            .map(|evidence| Finding::Claim { evidence: evidence.clone() })
            .collect();
        if self.result.rows == 0 {
            findings.push(Finding::Nothing);
        } else {
            let fewest = people(self.settings, self.result, self.prepared, self.from);
            let fewest = fewest.values().copied().min().unwrap_or(0);
            let counted = self.settings.counted();
            findings.push(Finding::Alike { fewest, asked: u64::from(k), counted });
        }
        let mut check = StandardCheck::of(Standard::Differences, findings);
        check.holds &= verdict.word == Word::Holds;
        check
    }
}

/// By the cells of each class, how many people are in it: rows, or different persons where somebody may
/// have several.
pub(crate) fn people(
    settings: &Settings,
    result: &Table,
    prepared: &Table,
    from: &[usize],
) -> HashMap<Vec<u32>, u64> {
    let quasi: Vec<&crate::Column> = result
        .columns
        .iter()
        .filter(|column| settings.role(&column.name) == Some(Role::QuasiIdentifying))
        .collect();
    let class = |row: usize| quasi.iter().map(|column| column.codes[row]).collect::<Vec<u32>>();
    let mut people: HashMap<Vec<u32>, u64> = HashMap::new();
    let person = settings.person().and_then(|person| prepared.column(person));
    let Some(person) = person else {
        for row in 0..result.rows {
            *people.entry(class(row)).or_default() += 1;
        }
        return people;
    };
    let mut seen = std::collections::HashSet::new();
    for (row, from) in from.iter().enumerate() {
        let class = class(row);
        if seen.insert((class.clone(), person.codes[*from])) {
            *people.entry(class).or_default() += 1;
        }
    }
    people
}
