//! Looks at a table and suggests settings, so that somebody can begin from nothing. It guesses by names
//! of columns, by what cells look like and by how many are alike; a person has to look at each guess.

use std::collections::HashSet;
use std::fmt::Write as _;

use anonymise::{DateStep, Intervals, Language};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::scan::{Look, look};
use crate::{Column, ColumnSettings, Role, Rules, Settings, Table};

/// What is suggested for a column, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    pub column: String,
    /// Different values.
    pub different: usize,
    /// Rows whose value no other row has.
    pub alone: u64,
    /// Rows without a value.
    pub missing: u64,
    pub because: Because,
    pub settings: ColumnSettings,
}

/// Why a role is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// By the name of the column.
    Name,
    /// By what its cells look like.
    Look(Look),
    /// Nearly every row has a value of its own.
    Unique,
    Dates,
    Numbers,
    /// A few values, shared by many.
    Few,
    /// Text of many kinds, which may say anything.
    Text,
}

impl Because {
    /// In words.
    pub fn words(self, language: Language) -> String {
        match self {
            Self::Name => language.of("列の名前から", "by its name").to_owned(),
            Self::Look(look) => match language {
                Language::Ja => format!("{}のように見える値があるため", look.words(language)),
                Language::En => format!("a cell looks like {}", look.words(language)),
            },
            Self::Unique => language
                .of("ほとんどの行で値が異なるため", "nearly every row has a value of its own")
                .to_owned(),
            Self::Dates => language.of("日付のため", "dates").to_owned(),
            Self::Numbers => language.of("数値のため", "numbers").to_owned(),
            Self::Few => language
                .of("少ない種類の値を多くの行が共有しているため", "few values, shared by many rows")
                .to_owned(),
            Self::Text => language
                .of("内容が自由な文章のため", "free text, which may say anything")
                .to_owned(),
        }
    }
}

/// Parts of names of columns, lower case, with what such a column mostly is.
const NAMES: [(Role, &[&str]); 6] = [
    (
        Role::IdentificationCode,
        &[
            "マイナンバー",
            "個人番号",
            "旅券",
            "パスポート",
            "免許",
            "基礎年金",
            "保険者番号",
            "passport",
            "mynumber",
            "my_number",
            "licence",
            "license",
            "指紋",
            "顔特徴",
        ],
    ),
    (
        Role::Financial,
        &[
            "カード番号",
            "クレジット",
            "口座",
            "暗証",
            "パスワード",
            "password",
            "card_number",
            "credit",
            "iban",
            "account_number",
            "bank",
        ],
    ),
    (
        Role::Identifying,
        &[
            "氏名",
            "名前",
            "姓",
            "フリガナ",
            "ふりがな",
            "カナ",
            "メール",
            "電話",
            "住所",
            "番地",
            "name",
            "mail",
            "phone",
            "tel",
            "mobile",
            "address",
            "street",
            "contact",
            "連絡先",
            "sns",
        ],
    ),
    (
        Role::LinkingCode,
        &[
            "会員番号",
            "顧客番号",
            "会員id",
            "顧客id",
            "予約番号",
            "注文番号",
            "管理番号",
            "cookie",
            "uuid",
            "guid",
            "member_id",
            "user_id",
            "customer_id",
            "reference",
            "booking",
        ],
    ),
    (
        Role::Sensitive,
        &[
            "アレルギー",
            "病",
            "疾患",
            "診断",
            "障害",
            "宗教",
            "信条",
            "年収",
            "給与",
            "犯罪",
            "allerg",
            "disease",
            "diagnos",
            "disab",
            "religio",
            "income",
            "salary",
        ],
    ),
    (
        Role::QuasiIdentifying,
        &[
            "年齢",
            "生年",
            "誕生",
            "性別",
            "郵便",
            "都道府県",
            "市区町村",
            "地域",
            "職業",
            "国籍",
            "学歴",
            "婚姻",
            "age",
            "birth",
            "gender",
            "sex",
            "zip",
            "postal",
            "postcode",
            "prefecture",
            "city",
            "area",
            "job",
            "occupation",
            "nationality",
            "education",
            "marital",
        ],
    ),
];

fn by_name(name: &str) -> Option<Role> {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let whole = |part: &str| {
        // Short words of English stand in many others: `age` in `percentage`.
        if part.is_ascii() && part.len() <= 4 && !part.contains('_') {
            words.contains(&part)
        } else {
            name.contains(part)
        }
    };
    let found = NAMES.iter().find(|(_, parts)| parts.iter().any(|part| whole(part)));
    let ends = name.ends_with("_id") || name == "id" || name.ends_with("番号");
    found.map(|(role, _)| *role).or(ends.then_some(Role::LinkingCode))
}

/// What the first cells that look like something look like.
fn seen(column: &Column) -> Option<Look> {
    column.occurring().take(2000).find_map(|(value, _)| look(value))
}

fn role_of(look: Look) -> Role {
    match look {
        Look::Email | Look::Phone => Role::Identifying,
        Look::MyNumber | Look::Passport | Look::PensionNumber => Role::IdentificationCode,
        Look::Card => Role::Financial,
        Look::Address => Role::LinkingCode,
    }
}

/// Intervals that suit numbers from the least to the most: the narrowest makes about twenty of them, and
/// the ends, beyond which few are, are one interval each.
fn intervals(mut numbers: Vec<i64>) -> Option<Intervals> {
    numbers.sort_unstable();
    let (least, most) = (*numbers.first()?, *numbers.last()?);
    let span = most.checked_sub(least)?.max(1);
    let mut width = 1_i64;
    let steps = [5, 2];
    let mut at = 0;
    while span / width > 20 {
        width = width.checked_mul(steps[at % 2])?;
        at += 1;
    }
    let widths: Vec<i64> =
        if width == 1 { vec![2, 4, 8] } else { vec![width, width * 2, width * 4] };
    let widest = *widths.last()?;
    let end = |share: usize| numbers[(numbers.len() - 1) * share / 100].div_euclid(widest) * widest;
    let (bottom, top) = (end(2) + widest, end(98));
    let ends = bottom < top;
    Some(Intervals { origin: 0, widths, bottom: ends.then_some(bottom), top: ends.then_some(top) })
}

/// The values that say something, each with how many rows have it.
fn values(column: &Column) -> impl Iterator<Item = (&str, u32)> {
    column.occurring().filter(|(value, _)| !value.is_empty())
}

fn is_dates(column: &Column) -> bool {
    values(column).next().is_some() && values(column).all(|(v, _)| v.trim().parse::<Date>().is_ok())
}

/// What a column of a table of so many rows is called by its name and its values, and why.
pub(crate) fn called(column: &Column, rows: usize) -> (Role, Because) {
    let different = values(column).count();
    let is_numbers = || values(column).all(|(v, _)| v.trim().parse::<i64>().is_ok());
    let nearly_all = different * 10 >= rows * 9;
    match (by_name(&column.name), seen(column)) {
        (_, Some(look)) => (role_of(look), Because::Look(look)),
        (Some(role), None) => (role, Because::Name),
        (None, None) if is_dates(column) => (Role::QuasiIdentifying, Because::Dates),
        (None, None) if nearly_all => (Role::LinkingCode, Because::Unique),
        (None, None) if is_numbers() => (Role::QuasiIdentifying, Because::Numbers),
        (None, None) if different <= 50 || different * 20 <= rows => {
            (Role::QuasiIdentifying, Because::Few)
        }
        (None, None) => (Role::Identifying, Because::Text),
    }
}

fn one(column: &Column, rows: usize) -> Suggestion {
    let different = values(column).count();
    let alone = values(column).filter(|(_, count)| *count == 1).count();
    let missing = u64::from(column.count(""));
    let numbers: Option<Vec<i64>> = values(column)
        .flat_map(|(v, count)| std::iter::repeat_n(v, count as usize))
        .map(|v| v.trim().parse().ok())
        .collect();
    let is_code = different > 0
        && values(column).all(|(v, _)| {
            (5..=8).contains(&v.chars().count())
                && v.chars().all(|c| c.is_ascii_digit() || c == '-')
                && v.starts_with(|c: char| c.is_ascii_digit())
        });
    let (role, because) = called(column, rows);
    let mut settings = ColumnSettings::of(role);
    if role == Role::QuasiIdentifying {
        if is_dates(column) {
            // Of lives years are told, of what happened months.
            settings.dates = Some(match by_name(&column.name) {
                Some(_) => vec![DateStep::Year, DateStep::Decade],
                None => vec![DateStep::Month, DateStep::Quarter, DateStep::Year],
            });
        } else if is_code {
            settings.masks = Some(vec![5, 3, 2]);
        } else if let Some(numbers) = numbers.filter(|_| different > 2) {
            settings.intervals = intervals(numbers);
        }
    }
    let (column, alone) = (column.name.clone(), alone as u64);
    Suggestion { column, different, alone, missing, because, settings }
}

/// What is suggested for each column, and how many rows stand alone by all that are generalised.
pub fn suggest(table: &Table) -> (Vec<Suggestion>, u64) {
    let suggestions: Vec<Suggestion> =
        table.columns.iter().map(|column| one(column, table.rows)).collect();
    let quasi: Vec<&Column> = table
        .columns
        .iter()
        .zip(&suggestions)
        .filter(|(_, suggestion)| suggestion.settings.role == Role::QuasiIdentifying)
        .map(|(column, _)| column)
        .collect();
    let mut once: HashSet<Vec<u32>> = HashSet::new();
    let mut again: HashSet<Vec<u32>> = HashSet::new();
    for row in 0..table.rows {
        let cells: Vec<u32> = quasi.iter().map(|column| column.codes[row]).collect();
        if !once.insert(cells.clone()) {
            again.insert(cells);
        }
    }
    (suggestions, (once.len() - again.len()) as u64)
}

/// The settings as a file that somebody can go on with, its remarks in one language.
///
/// # Errors
/// None that settings can bring about.
pub fn written(
    table: &Table,
    read: &Settings,
    language: Language,
) -> Result<String, toml::ser::Error> {
    let (suggestions, alone) = suggest(table);
    let rules = Rules::now();
    let mut text = String::new();
    let rows = table.rows;
    let ja = language == Language::Ja;
    let person = suggestions.iter().find(|suggestion| {
        suggestion.settings.role == Role::LinkingCode
            && suggestion.different < rows
            && suggestion.missing == 0
    });
    let _ = if ja {
        writeln!(
            text,
            "# {rows}行の表から作った設定の案です。列ごとの役割を必ずご自身で確かめてください。\n\
             # 準識別子の列を合わせると、{alone}行が他にない組合せです。\n\
             # 役割: identifying 識別子, identification_code 個人識別符号, linking_code 連結符号,\n\
             #       financial 財産的被害のおそれがある記述, quasi_identifying 準識別子,\n\
             #       sensitive 機微な属性, insensitive その他の属性"
        )
    } else {
        writeln!(
            text,
            "# Suggested from a table of {rows} rows. Look at the role of each column yourself.\n\
             # By all quasi-identifying columns together, {alone} rows are like no other.\n\
             # Roles: identifying, identification_code, linking_code, financial (all removed),\n\
             #        quasi_identifying (generalised), sensitive (l different values in each class),\n\
             #        insensitive (as it stands, peculiar values apart)"
        )
    };
    let mut settings = read.clone();
    settings.k = Some(rules.k.usual.value);
    settings.person = person.map(|suggestion| suggestion.column.clone());
    settings.columns.clear();
    let _ = writeln!(text, "\n{}", settings.toml()?.replace("\n[columns]\n", ""));
    for suggestion in &suggestions {
        let Suggestion { column, different, alone, missing, because, settings } = suggestion;
        let why = because.words(language);
        let _ = if ja {
            writeln!(
                text,
                "# {}: 値は{different}種類、1行だけの値が{alone}行、空欄が{missing}行。{why}。",
                column.replace('\n', " ")
            )
        } else {
            writeln!(
                text,
                "# {}: {different} different values, {alone} rows alone with theirs, {missing} without one; {why}.",
                column.replace('\n', " ")
            )
        };
        let one = Settings {
            columns: [(column.clone(), settings.clone())].into(),
            ..Settings::default()
        };
        let all = one.toml()?;
        let from = all.find("[columns.").unwrap_or(0);
        let _ = writeln!(text, "{}", &all[from..]);
    }
    Ok(text)
}
