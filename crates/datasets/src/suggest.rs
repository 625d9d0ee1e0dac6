//! Looks at a table and suggests settings, so that somebody can begin from nothing. It guesses by names
//! of columns, by what cells look like and by how many are alike; a person has to look at each guess.

use std::collections::HashSet;
use std::fmt::Write as _;

use anonymise::{DateStep, Intervals, Language, day};
use serde::{Deserialize, Serialize};

use crate::scan::{Look, looks};
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
    /// Cells that lead to a person, where the column is not called by them.
    pub strays: Vec<Seen>,
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

/// What 名 stands behind where it is no person's.
const THINGS: [&str; 34] = [
    "店",
    "店舗",
    "品",
    "製品",
    "薬",
    "薬剤",
    "地",
    "町",
    "村",
    "市",
    "区",
    "県",
    "国",
    "都市",
    "駅",
    "路線",
    "社",
    "会社",
    "企業",
    "法人",
    "団体",
    "組織",
    "部署",
    "部門",
    "学校",
    "施設",
    "コース",
    "プラン",
    "メニュー",
    "料理",
    "ファイル",
    "サービス",
    "イベント",
    "件",
];

/// Words of English that end as one for a person's does.
const OTHER_WORDS: [&str; 3] = ["hotel", "motel", "pastel"];

/// The words of a name, lower case: parted by signs, and where a capital follows a small letter.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || (small && character.is_uppercase()) {
            words.push(String::new());
        }
        small = character.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a word ends as one for whom somebody is, or how they are reached.
fn ends_as_a_person(word: &str) -> bool {
    if let Some(of) = word.strip_suffix('名') {
        let told = NAMES.iter().filter(|(role, _)| !role.goes()).flat_map(|(_, parts)| *parts);
        return !THINGS.iter().chain(told).any(|thing| of.ends_with(thing));
    }
    ["name", "mail", "tel"].iter().any(|end| word.ends_with(end)) && !OTHER_WORDS.contains(&word)
}

fn by_name(name: &str) -> Option<Role> {
    let words = words_of(name);
    let (name, snake) = (name.to_lowercase(), words.join("_"));
    let whole = |part: &str| {
        // Short words of English stand in many others: `age` in `percentage`.
        if part.is_ascii() && part.len() <= 4 && !part.contains('_') {
            words.iter().any(|word| word == part)
        } else {
            name.contains(part) || snake.contains(part)
        }
    };
    let person = || words.iter().any(|word| ends_as_a_person(word));
    let found = NAMES.iter().find(|(role, parts)| {
        parts.iter().any(|part| whole(part)) || (*role == Role::Identifying && person())
    });
    let ends = words.last().is_some_and(|word| word == "id") || name.ends_with("番号");
    found.map(|(role, _)| *role).or(ends.then_some(Role::LinkingCode))
}

/// Of so many cells that say something, one has to look alike before the column is called by it. A column
/// of addresses has one in nearly every row, however badly it is kept; what somebody typed into a note
/// stands in one of hundreds. In between few columns lie, and of those the safe guess is right.
const ONE_OF: u64 = 20;

/// Places that are told of cells of one look.
const PLACES: usize = 5;

/// Cells of a column that look like something that leads to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub look: Look,
    pub cells: u64,
    /// Where the first of them stand: lines of the file, or rows where it has none. Empty where there is no
    /// file.
    pub places: Vec<u64>,
}

/// What cells look like, the look of most cells first.
pub(crate) fn seen(column: &Column) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    for ((value, count), line) in column.values.iter().zip(&column.counts).zip(&column.lines) {
        if *count == 0 {
            continue;
        }
        for look in looks(value) {
            let at = seen.iter().position(|seen| seen.look == look).unwrap_or_else(|| {
                seen.push(Seen { look, cells: 0, places: Vec::new() });
                seen.len() - 1
            });
            seen[at].cells += u64::from(*count);
            if *line > 0 {
                seen[at].places.push(*line);
            }
        }
    }
    for seen in &mut seen {
        seen.places.sort_unstable();
        seen.places.truncate(PLACES);
    }
    seen.sort_by_key(|seen| (std::cmp::Reverse(seen.cells), seen.look));
    seen
}

impl Seen {
    /// How many there are, where, and what becomes of them; no value.
    pub fn words(&self, language: Language) -> String {
        let look = self.look.words(language);
        let cells = self.cells;
        let places: Vec<String> = self.places.iter().map(u64::to_string).collect();
        let more =
            if self.cells > places.len() as u64 { language.of("など", ", …") } else { "" };
        match language {
            Language::Ja => {
                let places: Vec<String> = places.iter().map(|at| format!("{at}行目")).collect();
                let places = if places.is_empty() {
                    String::new()
                } else {
                    format!("（{}{more}）", places.join("、"))
                };
                format!(
                    "{look}のように見える値が{cells}個あります{places}。残す列では「*」に置き換えます。元の表を確かめてください"
                )
            }
            Language::En => {
                let places = if places.is_empty() {
                    String::new()
                } else {
                    format!(" (line {}{more})", places.join(", "))
                };
                format!(
                    "cells that look like {look}: {cells}{places}; in a column that stays they become stars, so look at them"
                )
            }
        }
    }
}

fn role_of(look: Look) -> Role {
    match look {
        Look::Email | Look::Phone => Role::Identifying,
        Look::MyNumber | Look::Passport | Look::PensionNumber => Role::IdentificationCode,
        Look::Card => Role::Financial,
        Look::Address => Role::LinkingCode,
    }
}

/// So many hundredths of the numbers at each end may lie far out, and say nothing of what widths suit the
/// rest.
const FAR_OUT: usize = 1;

/// Intervals that suit most numbers: the narrowest makes about twenty of those that do not lie far out, and
/// numbers beyond are one interval at each end, where there are any (Rules 34(4): somebody of 116 years).
fn intervals(mut numbers: Vec<i64>) -> Option<Intervals> {
    numbers.sort_unstable();
    let last = numbers.len().checked_sub(1)?;
    let far = (last * FAR_OUT).div_ceil(100);
    let (least, most) = (numbers[far.min(last)], numbers[last.saturating_sub(far)]);
    let span = most.checked_sub(least)?.max(1);
    // 1, 2, 5, 10, 20 and so on, as people count.
    let mut steps = (0_u32..).map_while(|at| {
        let digit = [1_i64, 2, 5][at as usize % 3];
        10_i64.checked_pow(at / 3)?.checked_mul(digit)
    });
    let width = steps.find(|width| span / width <= 20)?;
    let widths = match width {
        1 => vec![2, 4, 8],
        width => vec![width, width.checked_mul(2)?, width.checked_mul(4)?],
    };
    // Where a widest interval begins.
    let widest = *widths.last()?;
    let begins = |number: i64| number.div_euclid(widest).checked_mul(widest);
    let bottom = begins(least).filter(|bottom| numbers[0] < *bottom);
    // The last interval that lies whole beyond the middle, so that most are told more finely.
    let of_most = begins(most).filter(|top| *top > numbers[last / 2]);
    let top = of_most.or_else(|| begins(most)?.checked_add(widest));
    let top = top.filter(|top| numbers[last] >= *top && bottom.is_none_or(|bottom| bottom < *top));
    Some(Intervals { origin: 0, widths, bottom, top })
}

/// What is said of the ends of intervals: which numbers are told as one, and why.
fn ends(column: &Column, of: &Intervals, language: Language) -> Vec<String> {
    let beyond = |is: &dyn Fn(i64) -> bool| -> u64 {
        let numbers = values(column).filter_map(|(v, count)| Some((v.trim().parse().ok()?, count)));
        numbers.filter(|(number, _)| is(*number)).map(|(_, count)| u64::from(count)).sum()
    };
    let bottom = of.bottom.map(|end| match (language, beyond(&|number| number < end)) {
        (Language::Ja, cells) => format!("{end}未満の{cells}個"),
        (Language::En, cells) => format!("{cells} below {end}"),
    });
    let top = of.top.map(|end| match (language, beyond(&|number| number >= end)) {
        (Language::Ja, cells) => format!("{end}以上の{cells}個"),
        (Language::En, cells) => format!("{cells} from {end} on"),
    });
    bottom.into_iter().chain(top).collect()
}

/// The values that say something, each with how many rows have it.
fn values(column: &Column) -> impl Iterator<Item = (&str, u32)> {
    column.occurring().filter(|(value, _)| !value.is_empty())
}

fn is_dates(column: &Column) -> bool {
    values(column).next().is_some() && values(column).all(|(v, _)| day(v).is_some())
}

/// What a column of a table of so many rows is called by its name and its values, and why: by what many
/// cells look like, by its name, and where neither says anything by how its values are spread. There is
/// one cause at least, and the first is the strongest.
pub(crate) fn called(column: &Column, rows: usize) -> Vec<(Role, Because)> {
    let different = values(column).count();
    let is_numbers = || values(column).all(|(v, _)| v.trim().parse::<i64>().is_ok());
    let nearly_all = different * 10 >= rows * 9;
    let cells: u64 = values(column).map(|(_, count)| u64::from(count)).sum();
    let many = seen(column).into_iter().filter(|seen| seen.cells * ONE_OF >= cells);
    let mut causes: Vec<_> =
        many.map(|seen| (role_of(seen.look), Because::Look(seen.look))).collect();
    causes.extend(by_name(&column.name).map(|role| (role, Because::Name)));
    if causes.is_empty() {
        causes.push(if is_dates(column) {
            (Role::QuasiIdentifying, Because::Dates)
        } else if nearly_all {
            (Role::LinkingCode, Because::Unique)
        } else if is_numbers() {
            (Role::QuasiIdentifying, Because::Numbers)
        } else if different <= 50 || different * 20 <= rows {
            (Role::QuasiIdentifying, Because::Few)
        } else {
            (Role::Identifying, Because::Text)
        });
    }
    causes
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
    let causes = called(column, rows);
    let (role, because) = causes[0];
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
    let mut strays = seen(column);
    strays.retain(|seen| causes.iter().all(|cause| cause.1 != Because::Look(seen.look)));
    let (column, alone) = (column.name.clone(), alone as u64);
    Suggestion { column, different, alone, missing, because, strays, settings }
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
             #       sensitive 機微な属性, insensitive その他の属性（準識別子と判断された列には理由confirmedが必要）\n\
             # label: 公表する項目名（規則36条）。読む人に分かる言葉にしてください。"
        )
    } else {
        writeln!(
            text,
            "# Suggested from a table of {rows} rows. Look at the role of each column yourself.\n\
             # By all quasi-identifying columns together, {alone} rows are like no other.\n\
             # Roles: identifying, identification_code, linking_code, financial (all removed),\n\
             #        quasi_identifying (generalised), sensitive (l different values in each class),\n\
             #        insensitive (as it stands, peculiar values apart; in place of quasi_identifying with a reason, `confirmed`)\n\
             # label: what people read where the items are published (Rules 36); say it in words of theirs."
        )
    };
    let mut settings = read.clone();
    settings.k = Some(rules.k.usual.value);
    settings.person = person.map(|suggestion| suggestion.column.clone());
    settings.columns.clear();
    let _ = writeln!(text, "\n{}", settings.toml()?.replace("\n[columns]\n", ""));
    for suggestion in &suggestions {
        let Suggestion { column, different, alone, missing, because, strays, settings } =
            suggestion;
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
        for seen in strays {
            let _ = writeln!(text, "# {}{}", seen.words(language), language.of("。", "."));
        }
        let of = settings.intervals.as_ref().zip(table.column(column));
        let ends = of.map(|(of, column)| ends(column, of, language)).unwrap_or_default();
        if !ends.is_empty() {
            let _ = match language {
                Language::Ja => writeln!(
                    text,
                    "# 離れた数値は、特異な値が分からないよう端でまとめます（規則34条4号）: {}。",
                    ends.join("、")
                ),
                Language::En => writeln!(
                    text,
                    "# Numbers far out are told as one, so that no peculiar value is (Rules 34(4)): {}.",
                    ends.join(", ")
                ),
            };
        }
        let one = Settings {
            columns: [(column.clone(), settings.clone())].into(),
            ..Settings::default()
        };
        let all = one.toml()?;
        let from = all.find("[columns.").unwrap_or(0);
        let (header, rest) = all[from..].split_once('\n').unwrap_or((&all[from..], ""));
        let _ = writeln!(text, "{header}");
        if !settings.role.goes() {
            let name = toml::Value::from(column.as_str());
            let _ = writeln!(text, "label = {{ ja = {name}, en = {name} }}");
        }
        let _ = writeln!(text, "{rest}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_and_ways_to_reach_them_are_told_from_names_of_things() {
        for name in [
            "氏名",
            "お名前",
            "名前",
            "患者名",
            "顧客名",
            "お客様名",
            "会員名",
            "会員名（漢字）",
            "担当者名",
            "name",
            "customerName",
            "CustomerName",
            "lastname",
            "surname",
            "last_name",
            "guest-name",
            "mailAddress",
            "userEmail",
            "email",
            "usermail",
            "tel",
            "tel_no",
            "telNo",
            "homeTel",
            "hometel",
            "phone",
            "電話番号",
        ] {
            assert_eq!(by_name(name), Some(Role::Identifying), "{name}");
        }
        for name in [
            "店名",
            "店舗名",
            "支店名",
            "品名",
            "商品名",
            "地名",
            "町名",
            "市区町村名の件名",
            "駅名",
            "会社名",
            "社名",
            "部署名",
            "コース名",
            "国名",
            "都市名",
            "都道府県名",
            "病名",
            "診断名",
            "職業名",
            "地域名",
            "人数",
            "hotel",
            "mailing",
            "telescope",
            "percentage",
            "enamel",
        ] {
            assert_ne!(by_name(name), Some(Role::Identifying), "{name}");
        }
        assert_eq!(by_name("病名"), Some(Role::Sensitive));
        for name in ["id", "memberId", "member_id", "memberID", "会員ID", "受付番号"] {
            assert_eq!(by_name(name), Some(Role::LinkingCode), "{name}");
        }
        for name in ["paid", "rapid"] {
            assert_eq!(by_name(name), None, "{name}");
        }
    }
}
