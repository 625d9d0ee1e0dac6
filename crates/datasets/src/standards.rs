//! The standards of the Rules, each as a check of its own with what was found: five for anonymously
//! processed information (Rules 34; R7.1), three for pseudonymously processed (Rules 31; R6.1).
//!
//! They look at what would be published, cell by cell, beside the source; of how it was made they
//! believe nothing but what the separate checker of the engine says.

use std::collections::HashMap;

use anonymise::verify::{Verdict, Word};
use anonymise::{Language, STAR, number};
use serde::{Deserialize, Serialize};

use crate::confirmed::{Kept, Masked, answered, kept};
use crate::scan::{Look, looks, tells};
use crate::settings::{Role, Settings};
use crate::suggest::Because;
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

    /// The standards of a kind, in the order of the Rules.
    pub(crate) fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Anonymised => &[
                Self::IdentifyingDescriptions,
                Self::IdentificationCodes,
                Self::LinkingCodes,
                Self::PeculiarDescriptions,
                Self::Differences,
            ],
            Kind::Pseudonymised => {
                &[Self::IdentifyingDescriptions, Self::IdentificationCodes, Self::PropertyDamage]
            }
        }
    }

    /// Columns of which roles it removes or, where it is about differences, generalises.
    pub(crate) fn removes(self, kind: Kind) -> &'static [Role] {
        match (kind, self) {
            (Kind::Anonymised, Self::IdentifyingDescriptions) => &[Role::Identifying],
            // No standard of Rules 31 is about codes alone, and by some a person is found.
            (Kind::Pseudonymised, Self::IdentifyingDescriptions) => {
                &[Role::Identifying, Role::LinkingCode]
            }
            (_, Self::IdentificationCodes) => &[Role::IdentificationCode],
            (_, Self::PropertyDamage) => &[Role::Financial],
            // What could cost money leads back as well, and has no standard of its own in Rules 34.
            (_, Self::LinkingCodes) => &[Role::LinkingCode, Role::Financial],
            (Kind::Anonymised, Self::Differences) => &[Role::QuasiIdentifying],
            (_, Self::PeculiarDescriptions | Self::Differences) => &[],
        }
    }

    /// Which looks of cells speak against it.
    pub(crate) fn looks(self) -> &'static [Look] {
        match self {
            Self::IdentifyingDescriptions => &[Look::Email, Look::Phone],
            Self::IdentificationCodes => &[Look::MyNumber, Look::Passport, Look::PensionNumber],
            Self::PropertyDamage => &[Look::Card],
            Self::LinkingCodes => &[Look::Address, Look::Card],
            Self::PeculiarDescriptions | Self::Differences => &[],
        }
    }

    /// It with what was found about it.
    pub(crate) fn with(self, findings: Vec<Finding>) -> StandardCheck {
        let holds = !findings.iter().any(Finding::fails);
        StandardCheck { standard: self, holds, findings }
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
    /// So many cells were looked at, and none of them looks like any of these, except in columns for which
    /// somebody said why they may.
    Looked { cells: u64, looks: Vec<Look>, except: Vec<String> },
    /// A column is called something that goes, and stays, or something that is generalised, and is not; nobody
    /// said why.
    Called { column: String, role: Role, because: Because },
    /// It stays, and somebody said why nobody is identified by it.
    Confirmed { column: String, role: Role, because: Because, reason: String },
    /// So many cells of a column that stays looked like something that leads to a person, and are stars.
    Masked { column: String, look: Look, cells: u64 },
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
    /// A column has a star in every row, and tells nothing.
    Hidden { column: String, role: Role },
}

impl Finding {
    /// The column that it speaks of.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Called { column, .. }
            | Self::Confirmed { column, .. }
            | Self::Masked { column, .. }
            | Self::StillThere { column }
            | Self::LooksLike { column, .. }
            | Self::Tells { column, .. }
            | Self::Unique { column }
            | Self::Starred { column, .. }
            | Self::Rare { column, .. }
            | Self::Ends { column, .. }
            | Self::Hidden { column, .. } => Some(column),
            Self::Claim { evidence } => evidence.column.as_deref(),
            _ => None,
        }
    }

    /// Whether it speaks against the standard.
    pub fn fails(&self) -> bool {
        match self {
            Self::Called { .. }
            | Self::StillThere { .. }
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

    /// Whether somebody should look at it although nothing speaks against the standard.
    pub fn warns(&self) -> bool {
        matches!(self, Self::Masked { .. } | Self::Hidden { .. })
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
            Self::Looked { cells, looks, except } => {
                let looks: Vec<&str> = looks.iter().map(|look| look.words(language)).collect();
                let cells = count(*cells);
                let columns = list(except);
                let except = match language {
                    _ if except.is_empty() => String::new(),
                    Language::Ja => format!("理由を確認して残した列{columns}を除き、"),
                    Language::En => {
                        format!(", apart from what a reason was given for in {columns}")
                    }
                };
                if ja {
                    format!(
                        "{cells}個の値を調べ、{except}{}のように見えるものはありませんでした。",
                        looks.join("、")
                    )
                } else {
                    let looks = looks.join(" or ");
                    format!("{cells} cells were looked at; none looks like {looks}{except}.")
                }
            }
            Self::Called { column, role, because } => {
                let (why, role_word) = (because.words(language), role.word());
                // As TOML has it, so that it can be taken over.
                let name = toml::Value::from(column.as_str());
                if !role.goes() {
                    return match language {
                        Language::Ja => format!(
                            "列「{column}」はそのまま残せません（{why}）。役割を{role_word}にして一般化するか、この列が人を見分ける手がかりにならない理由を[columns.{name}]のconfirmedに書いてください。"
                        ),
                        Language::En => format!(
                            "Column `{column}` may not stay as it stands ({why}): give it the role `{role_word}`, so that it is generalised, or say under [columns.{name}] in `confirmed` why it tells nobody apart."
                        ),
                    };
                }
                if ja {
                    format!(
                        "列「{column}」は残せません（{why}）。役割を{role_word}にして削除するか、この列から個人が分からない理由を[columns.{name}]のconfirmedに書いてください。"
                    )
                } else {
                    format!(
                        "Column `{column}` may not stay ({why}): give it the role `{role_word}`, so that it is removed, or say under [columns.{name}] in `confirmed` why nobody is identified by it."
                    )
                }
            }
            Self::Confirmed { column, role, because, reason } => {
                let why = because.words(language);
                if !role.goes() {
                    return match language {
                        Language::Ja => format!(
                            "列「{column}」（{why}）は、人を見分ける手がかりにならないことを確認してそのまま残しています。再識別のリスクには数えていません。理由：{reason}"
                        ),
                        Language::En => format!(
                            "Column `{column}` ({why}) stays as it stands and the risks do not count it, as somebody confirmed that it tells nobody apart: {reason}"
                        ),
                    };
                }
                if ja {
                    format!(
                        "列「{column}」（{why}）は、個人が分からないことを確認して残しています。理由：{reason}"
                    )
                } else {
                    format!(
                        "Column `{column}` ({why}) stays, as somebody confirmed that nobody is identified by it: {reason}"
                    )
                }
            }
            Self::Masked { column, look, cells } if ja => format!(
                "列「{column}」で、{}のように見える値{}個を「*」に置き換えました。元の表を確かめてください。",
                look.words(language),
                count(*cells)
            ),
            Self::Masked { column, look, cells } => format!(
                "In column `{column}`, cells that looked like {} are stars now: {}. Look at them in the source.",
                look.words(language),
                count(*cells)
            ),
            Self::StillThere { column } if ja => format!("列「{column}」が残っています。"),
            Self::StillThere { column } => format!("The column `{column}` is still there."),
            Self::LooksLike { look, column, row } if ja => format!(
                "列「{column}」の{row}行目が{}のように見えます。この列を削除するか、役割を見直してください。",
                look.words(language)
            ),
            Self::LooksLike { look, column, row } => format!(
                "Column `{column}`, line {row} looks like {}: remove the column, or look at its role again.",
                look.words(language)
            ),
            Self::Tells { column, removed, row } if ja => format!(
                "列「{column}」の{row}行目に、削除した列「{removed}」の値が書かれています。この列を削除するか、書き直してください。"
            ),
            Self::Tells { column, removed, row } => format!(
                "Column `{column}`, line {row} tells what stood in the removed column `{removed}`: remove the column, or mend it."
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
                "Column `{column}`, line {row} tells a value that fewer than {below} {} have.",
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
            Self::Hidden { column, role: Role::QuasiIdentifying } if ja => format!(
                "列「{column}」はすべての行で「*」になり、何も伝えません。一般化の幅を変える、準識別子の列を減らす、人を見分ける手がかりにならない列なら理由をconfirmedに書いてinsensitiveにする、または列を削除することを検討してください。"
            ),
            Self::Hidden { column, role: Role::QuasiIdentifying } => format!(
                "Column `{column}` is a star in every row and tells nothing: try other widths, fewer quasi-identifying columns, the role `insensitive` if it tells nobody apart, with the reason in `confirmed`, or remove it."
            ),
            Self::Hidden { column, .. } if ja => format!(
                "列「{column}」はすべての行で「*」になり、何も伝えません。同じ値の行が少ないためです。値をまとめる（範囲や分類にする）、準識別子にして幅を指定する、または列を削除することを検討してください。"
            ),
            Self::Hidden { column, .. } => format!(
                "Column `{column}` is a star in every row and tells nothing, as few rows share a value: put its values into groups, make it quasi-identifying with widths, or remove it."
            ),
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

/// All standards of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standards {
    pub kind: Kind,
    /// Which rules they were held against.
    pub rules: String,
    pub checks: Vec<StandardCheck>,
}

impl Standards {
    pub(crate) fn new(kind: Kind, checks: Vec<StandardCheck>) -> Self {
        Self { kind, rules: Rules::now().version, checks }
    }

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

    /// What somebody should look at although every standard holds, in sentences.
    pub fn warnings(&self, language: Language) -> Vec<String> {
        let found = self.checks.iter().flat_map(|check| &check.findings);
        found.filter(|finding| finding.warns()).map(|finding| finding.sentence(language)).collect()
    }

    /// The columns with a star in every row.
    pub fn hidden(&self) -> impl Iterator<Item = &str> {
        let found = self.checks.iter().flat_map(|check| &check.findings);
        found.filter_map(|finding| match finding {
            Finding::Hidden { column, .. } => Some(column.as_str()),
            _ => None,
        })
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
    pub(crate) masked: &'a [Masked],
}

impl Case<'_> {
    /// The five of Rules 34.
    pub(crate) fn anonymised(&self, verdict: &Verdict, k: u32) -> Standards {
        let kind = Kind::Anonymised;
        let kept = kept(self.source, self.settings, kind);
        let checks = Standard::of(kind).iter().map(|standard| match standard {
            Standard::PeculiarDescriptions => self.peculiar(),
            Standard::Differences => self.differences(verdict, k, &kept),
            standard => self.removed(kind, *standard, &kept),
        });
        Standards::new(kind, checks.collect())
    }

    /// The three of Rules 31.
    pub(crate) fn pseudonymised(&self) -> Standards {
        let kind = Kind::Pseudonymised;
        let kept = kept(self.source, self.settings, kind);
        let checks = Standard::of(kind).iter().map(|standard| self.removed(kind, *standard, &kept));
        Standards::new(kind, checks.collect())
    }

    /// Where a cell of the result stands: the line of a published file, else of the source, at which its value
    /// first stood; where neither has lines, its row.
    fn place(&self, column: &crate::Column, row: usize) -> u64 {
        let of = |column: &crate::Column, row: usize| column.lines[column.codes[row] as usize];
        let before = || Some(of(self.prepared.column(&column.name)?, *self.from.get(row)?));
        let line = Some(of(column, row)).filter(|line| *line > 0);
        line.or_else(|| before().filter(|line| *line > 0)).unwrap_or(row as u64 + 1)
    }

    fn is_token(&self, name: &str) -> bool {
        self.settings.columns.get(name).is_some_and(|settings| settings.token)
    }

    /// That no column is there that the standard removes, unless as tokens or with a reason, and no cell
    /// looks like what it removes.
    fn removed(&self, kind: Kind, standard: Standard, kept: &[Kept]) -> StandardCheck {
        let (roles, asked) = (standard.removes(kind), standard.looks());
        let gone = self.settings.with_role(self.source, |role| roles.contains(&role));
        let (tokens, columns): (Vec<&str>, Vec<&str>) =
            gone.iter().partition(|name| self.is_token(name));
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let mut findings = vec![Finding::Removed { columns: owned(&columns) }];
        if !tokens.is_empty() {
            findings.push(Finding::Replaced { columns: owned(&tokens) });
        }
        let there = columns.iter().filter(|name| self.result.column(name).is_some());
        findings.extend(there.map(|name| Finding::StillThere { column: (*name).to_owned() }));
        let called = kept.iter().filter(|kept| roles.contains(&kept.role));
        let called = called.filter(|kept| self.result.column(&kept.column).is_some());
        findings.extend(called.map(Kept::finding));
        let masked = self.masked.iter().filter(|masked| asked.contains(&masked.look));
        findings.extend(masked.map(|masked| Finding::Masked {
            column: masked.column.clone(),
            look: masked.look,
            cells: masked.cells,
        }));
        let mut cells = 0;
        let mut except = Vec::new();
        for column in self.result.columns.iter().filter(|column| !self.is_token(&column.name)) {
            // What many cells of a column look like is answered by its reason.
            let answered = answered(kept, &column.name);
            if answered.iter().any(|look| asked.contains(look)) {
                except.push(column.name.clone());
            }
            cells += column.codes.len() as u64;
            let against = |look: &Look| asked.contains(look) && !answered.contains(look);
            let seen: Vec<Option<Look>> =
                column.values.iter().map(|value| looks(value).into_iter().find(against)).collect();
            let mut cells_of = column.codes.iter().enumerate();
            let bad = cells_of.find_map(|(row, code)| Some((row, seen[*code as usize]?)));
            if let Some((row, look)) = bad {
                let (row, column) = (self.place(column, row), column.name.clone());
                findings.push(Finding::LooksLike { look, column, row });
            }
        }
        if standard == Standard::IdentifyingDescriptions {
            findings.extend(self.told());
        }
        if !findings.iter().any(Finding::fails) {
            findings.push(Finding::Looked { cells, looks: asked.to_vec(), except });
        }
        if standard == Standard::LinkingCodes {
            findings.extend(self.unique());
            findings.push(Finding::Shuffled);
        }
        standard.with(findings)
    }

    /// Columns by which every row is found in the source.
    fn unique(&self) -> impl Iterator<Item = Finding> {
        let alone = |column: &crate::Column| {
            column.occurring().all(|(value, count)| count == 1 && value != STAR)
        };
        let stays = |column: &&crate::Column| {
            self.settings.role(&column.name) != Some(Role::QuasiIdentifying)
        };
        let columns = self.result.columns.iter().filter(stays);
        let columns = columns.filter(move |column| self.result.rows > 1 && alone(column));
        columns.map(|column| Finding::Unique { column: column.name.clone() })
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
                if self.is_token(&column.name) {
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
                        row: self.place(column, row),
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
                let (row, column) = (self.place(column, row), column.name.clone());
                findings.push(Finding::Rare { column, row, below, counted });
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
        Standard::PeculiarDescriptions.with(findings)
    }

    /// Columns that tell nothing any more.
    fn hidden(&self) -> impl Iterator<Item = Finding> {
        let stars = |column: &&crate::Column| column.occurring().all(|(value, _)| value == STAR);
        self.result.columns.iter().filter(stars).filter_map(|column| {
            let role = self.settings.role(&column.name)?;
            Some(Finding::Hidden { column: column.name.clone(), role })
        })
    }

    fn differences(&self, verdict: &Verdict, k: u32, kept: &[Kept]) -> StandardCheck {
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
            findings.extend(self.hidden());
        }
        // What is told as it stands counts in no class.
        let roles = Standard::Differences.removes(Kind::Anonymised);
        let told = kept.iter().filter(|kept| roles.contains(&kept.role));
        findings.extend(told.map(Kept::finding));
        let mut check = Standard::Differences.with(findings);
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
