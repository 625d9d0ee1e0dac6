//! The form in which each column gets its role and how it is generalised, and what is asked of the whole
//! set. It begins with what is suggested; no value of the table is shown.

use anonymise::{DateStep, Fault, Intervals};
use datasets::{
    Because, ColumnSettings, Finding, Kind, Label, Recode, Role, Rules, Settings, Suggestion,
    Table, blocked, kept,
};
use maud::{Markup, html};
use policy::record::DatasetKind;
use policy::{Document, ItemName, Language, normal};

use super::preparation::{Look, Preparation};
use super::words::{self, said};
use crate::acts::dataset::{PERSON, Source, is_plain, spoken};
use crate::error::FieldError;
use crate::web::desk::requests::form::{Again, Sent, word};
use crate::web::desk::requests::words::Say;
use crate::web::desk::urls;

/// The name of the form.
pub(super) const ACT: &str = "columns";
/// More columns make a page that nobody reads.
pub(super) const MOST: usize = 60;
/// The longest name of a column as it is published, in characters.
const MAX_LABEL_CHARS: u32 = 100;
/// More of the rows than this are not to be left out from here.
const MOST_PERCENT: f64 = 50.0;

/// How a column is generalised, apart from the numbers that say how coarsely.
const WAYS: [(&str, Option<&[DateStep]>); 7] = [
    ("", None),
    ("intervals", None),
    ("year-decade", Some(&[DateStep::Year, DateStep::Decade])),
    ("month-quarter-year", Some(&[DateStep::Month, DateStep::Quarter, DateStep::Year])),
    ("month-year-decade", Some(&[DateStep::Month, DateStep::Year, DateStep::Decade])),
    ("masks", None),
    ("groups", None),
];

fn way_words(way: &str, language: Language) -> String {
    let say = Say(language);
    match way {
        "intervals" => say.of("数値：幅ごと（幅を指定）", "Numbers: in steps (say how wide)"),
        "year-decade" => say.of("日付：年、10年ごと", "Dates: year, decade"),
        "month-quarter-year" => say.of("日付：月、四半期、年", "Dates: month, quarter, year"),
        "month-year-decade" => say.of("日付：月、年、10年ごと", "Dates: month, year, decade"),
        "masks" => {
            say.of("番号：先頭の文字だけ（文字数を指定）", "Codes: first characters (say how many)")
        }
        "groups" => {
            say.of("順に並べて組に（個数を指定）", "Values in order, in groups (say how many)")
        }
        _ => say.of("残すか、すべて伏せるか", "Told as it is, or hidden"),
    }
    .to_owned()
}

/// The columns that the form asks about: the one that says whose a row is belongs to the house.
pub(super) fn asked<'a>(
    table: &'a Table,
    source: &'a Source,
) -> impl Iterator<Item = (usize, &'a str)> {
    let of_house = source.file.is_none() && source.kind == DatasetKind::Pseudonymised;
    let names = table.columns().iter().map(|column| column.name.as_str()).enumerate();
    names.filter(move |(_, name)| !(of_house && *name == PERSON))
}

/// What people read of a column: of what is held, what the policy calls the item.
fn named<'a>(
    name: &'a str,
    source: &Source,
    document: &'a Document,
    language: Language,
) -> &'a str {
    let item = name.parse().ok().filter(|_| source.file.is_none());
    let held = item.and_then(|item: ItemName| document.items.get(&item));
    held.map_or(name, |item| item.label.get(language))
}

/// The numbers of a list, as they are typed.
fn list<T: ToString>(numbers: &[T]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The form as it begins: with what is suggested.
pub(super) fn first(look: &Look, source: &Source) -> Sent {
    let rules = Rules::now();
    let mut fields = vec![
        ("k".to_owned(), rules.k.usual.value.to_string()),
        ("limit".to_owned(), "5".to_owned()),
        ("recoding".to_owned(), word(&Recode::default())),
    ];
    let person = look.suggested.iter().find(|suggestion| {
        suggestion.settings.role == Role::LinkingCode
            && suggestion.different < look.table.rows()
            && suggestion.missing == 0
    });
    if let Some(person) = person.filter(|_| source.kind == DatasetKind::Anonymised) {
        fields.push(("person".to_owned(), person.column.clone()));
    }
    for (at, name) in asked(&look.table, source) {
        let Some(suggestion) = look.suggested.get(at) else { continue };
        let of = &suggestion.settings;
        let mut put =
            |field: &str, value: String| fields.push((format!("column.{at}.{field}"), value));
        put("role", word(&of.role));
        put("ja", name.to_owned());
        put("en", name.to_owned());
        put("l", rules.l.usual.value.to_string());
        let way = if let Some(intervals) = &of.intervals {
            put("steps", list(&intervals.widths));
            put("bottom", intervals.bottom.map_or_else(String::new, |end| end.to_string()));
            put("top", intervals.top.map_or_else(String::new, |end| end.to_string()));
            "intervals"
        } else if let Some(kept) = &of.masks {
            put("steps", list(kept));
            "masks"
        } else if let Some(groups) = &of.groups {
            put("steps", list(groups));
            "groups"
        } else {
            let known =
                WAYS.iter().find(|(_, steps)| steps.is_some() && *steps == of.dates.as_deref());
            known.map_or("", |(way, _)| way)
        };
        put("way", way.to_owned());
    }
    Sent::of(fields)
}

/// A number as people type it.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    normal::compatible(text).trim().trim_end_matches('%').trim().parse().ok()
}

fn numbers<T: std::str::FromStr>(text: &str) -> Option<Vec<T>> {
    let text = normal::compatible(text);
    let parts = text.split(|c: char| c == ',' || c == '、' || c.is_whitespace());
    let read: Option<Vec<T>> =
        parts.filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    read.filter(|numbers| !numbers.is_empty())
}

/// Reads the form.
///
/// # Errors
/// What cannot be read, field by field, in the reader's language.
pub(super) fn read(
    sent: &Sent,
    look: &Look,
    source: &Source,
    (document, language): (&Document, Language),
) -> Result<Settings, Vec<FieldError>> {
    let (say, rules) = (Say(language), Rules::now());
    let mut wrong = Vec::new();
    let mut settings = Settings::default();
    if source.kind == DatasetKind::Anonymised {
        let (least, usual) = (rules.k.least.value, rules.k.usual.value);
        match number::<u32>(sent.get("k")) {
            Some(k) if k >= least => settings.k = Some(k),
            _ => wrong.push(said(
                "k",
                match language {
                    Language::Ja => {
                        format!("kは{least}以上の数字にしてください（通常は{usual}）。")
                    }
                    Language::En => {
                        format!("Please give a k of {least} or more; {usual} is usual.")
                    }
                },
            )),
        }
        match number::<f64>(sent.get("limit")) {
            Some(percent) if (0.0..=MOST_PERCENT).contains(&percent) => {
                settings.limit = percent / 100.0;
            }
            _ => wrong.push(said(
                "limit",
                say.of(
                    "0から50までの数字（%）にしてください。",
                    "Please give a number from 0 to 50, in percent.",
                ),
            )),
        }
        match sent.word::<Recode>("recoding") {
            Some(recoding) => settings.recoding = recoding,
            None => wrong.push(FieldError::new("recoding", "unknown", "is unknown")),
        }
        // What is held has one row for each person.
        let each = source.file.is_none() || !sent.get("each").is_empty();
        settings.person = sent.some("person").map(str::to_owned).or(each.then(String::new));
    }
    for (at, name) in asked(&look.table, source) {
        let of = Field { at, sent, language };
        match of.read(source.kind, &rules) {
            Ok(column) => {
                settings.columns.insert(name.to_owned(), column);
            }
            Err(error) => wrong.push(error),
        }
    }
    let quasi = settings.columns.values().any(|column| column.role == Role::QuasiIdentifying);
    if wrong.is_empty() && !quasi && source.kind == DatasetKind::Anonymised {
        wrong.push(said("k", say.of(
            "一般化する列がありません。少なくとも一つの列を「組み合わせると個人が分かるもの」にしてください。",
            "No column is to be generalised: choose “tells people apart with others” for one at least.",
        )));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let settings = source.settled(settings, document);
    let anonymised = source.kind == DatasetKind::Anonymised;
    if let Some(repeats) = settings.repeats(&look.table).filter(|_| anonymised) {
        let name = &repeats.name;
        return Err(vec![said(
            "person",
            match language {
                Language::Ja => format!(
                    "列「{name}」では同じ値の行が複数あり、同じ人の行が複数あるかもしれません。だれの行かを示す列を選ぶか、「1行が1人」を確かめて選んでください。"
                ),
                Language::En => format!(
                    "Several rows have the same value of `{name}`, so somebody may have several rows. Please choose the column that says whose they are, or tick that each row is a person."
                ),
            },
        )]);
    }
    let kind = crate::acts::dataset::kind(source.kind);
    if let Err(error) = settings.check(&look.table, &rules, kind) {
        return Err(self::wrong(&error, &look.table, &settings, language));
    }
    for kept in kept(&look.table, &settings, kind).iter().filter(|kept| kept.confirmed.is_none()) {
        let at = look.table.columns().iter().position(|column| column.name == kept.column);
        let Some(at) = at else { continue };
        let one = unconfirmed(at, kept.role, kept.because, (source.kind, language));
        // A field tells every cause at once.
        match wrong.iter_mut().find(|of: &&mut FieldError| of.field == one.field) {
            Some(of) => {
                of.detail.push_str(Say(language).of("", " "));
                of.detail.push_str(&one.detail);
            }
            None => wrong.push(one),
        }
    }
    if wrong.is_empty() { Ok(settings) } else { Err(wrong) }
}

/// That a column may not stay as it is for one cause, with both ways out.
fn unconfirmed(
    at: usize,
    of: Role,
    because: Because,
    (kind, language): (DatasetKind, Language),
) -> FieldError {
    let (why, role) = (because.words(spoken(language)), words::role(of, kind, language));
    let says = match language {
        Language::Ja if !of.goes() => format!(
            "そのままでは残せません（{why}）。役割を「{role}」にして一般化するか、人を見分ける手がかりにならないことを確かめて印を付け、理由を入力してください。"
        ),
        Language::En if !of.goes() => format!(
            "It may not stay as it stands ({why}). Please choose “{role}”, so that it is generalised, or make sure that it tells nobody apart, tick that, and say why."
        ),
        Language::Ja => format!(
            "このままでは残せません（{why}）。役割を「{role}」にして削除するか、個人が分からないことを確かめて印を付け、理由を入力してください。"
        ),
        Language::En => format!(
            "It may not stay as it is ({why}). Please choose “{role}”, or make sure that nobody is identified by it, tick that, and say why."
        ),
    };
    said(format!("column.{at}.confirmed"), says)
}

/// The fields of one column.
struct Field<'a> {
    at: usize,
    sent: &'a Sent,
    language: Language,
}

impl Field<'_> {
    fn name(&self, field: &str) -> String {
        format!("column.{}.{field}", self.at)
    }

    fn get(&self, field: &str) -> &str {
        self.sent.get(&self.name(field))
    }

    fn wrong(&self, field: &str, ja: &str, en: &str) -> FieldError {
        said(self.name(field), Say(self.language).of(ja, en))
    }

    fn read(&self, kind: DatasetKind, rules: &Rules) -> Result<ColumnSettings, FieldError> {
        let role = self.sent.word::<Role>(&self.name("role"));
        let role =
            role.ok_or_else(|| FieldError::new(self.name("role"), "unknown", "is unknown"))?;
        let mut column = ColumnSettings::of(role);
        let sure = !role.goes() && !self.get("sure").is_empty();
        let reason = Some(self.get("confirmed").trim()).filter(|reason| sure && !reason.is_empty());
        column.confirmed = reason.map(str::to_owned);
        let (ja, en) = (self.get("ja").trim(), self.get("en").trim());
        if !ja.is_empty() || !en.is_empty() {
            let or = |one: &str, other: &str| if one.is_empty() { other } else { one }.to_owned();
            let label = Label { ja: or(ja, en), en: or(en, ja) };
            for (field, text) in [("ja", &label.ja), ("en", &label.en)] {
                if !is_plain(text, MAX_LABEL_CHARS) {
                    return Err(self.wrong(
                        field,
                        "1文字以上100文字以内の一行で入力してください。",
                        "Please give one line, up to 100 characters.",
                    ));
                }
            }
            column.label = Some(label);
        }
        if kind == DatasetKind::Pseudonymised {
            let may = matches!(role, Role::Identifying | Role::LinkingCode);
            column.token = may && !self.get("token").is_empty();
            return Ok(column);
        }
        if role == Role::Sensitive {
            let least = rules.l.least.value;
            let l = number::<u32>(self.get("l")).filter(|l| *l >= least);
            column.l = Some(l.ok_or_else(|| {
                said(
                    self.name("l"),
                    match self.language {
                        Language::Ja => format!("lは{least}以上の数字にしてください。"),
                        Language::En => format!("Please give an l of {least} or more."),
                    },
                )
            })?);
        }
        if role != Role::QuasiIdentifying {
            return Ok(column);
        }
        let steps = || {
            self.wrong(
                "steps",
                "数字をコンマで区切って入力してください（例：5, 10, 20）。",
                "Please give numbers with commas between them, such as 5, 10, 20.",
            )
        };
        match self.get("way") {
            "intervals" => {
                let end = |field: &str| match self.get(field).trim() {
                    "" => Ok(None),
                    text => number(text).map(Some).ok_or_else(|| {
                        self.wrong(
                            field,
                            "整数で入力してください（まとめないときは空欄）。",
                            "Please give a whole number, or leave it empty.",
                        )
                    }),
                };
                column.intervals = Some(Intervals {
                    origin: 0,
                    widths: numbers(self.get("steps")).ok_or_else(steps)?,
                    bottom: end("bottom")?,
                    top: end("top")?,
                });
            }
            "masks" => column.masks = Some(numbers(self.get("steps")).ok_or_else(steps)?),
            "groups" => column.groups = Some(numbers(self.get("steps")).ok_or_else(steps)?),
            way => {
                let known = WAYS.iter().find(|(known, _)| *known == way);
                let known = known
                    .ok_or_else(|| FieldError::new(self.name("way"), "unknown", "is unknown"))?;
                column.dates = known.1.map(<[DateStep]>::to_vec);
            }
        }
        Ok(column)
    }
}

/// Why a table does not become a set, at the fields where it can be mended.
pub(super) fn wrong(
    error: &datasets::Error,
    table: &Table,
    settings: &Settings,
    language: Language,
) -> Vec<FieldError> {
    let spoken = spoken(language);
    let position = |name: &str| table.columns().iter().position(|column| column.name == name);
    let of_column =
        |name: &str| position(name).map_or_else(|| "limit".to_owned(), |at| format!("column.{at}"));
    match error {
        datasets::Error::Table(anonymise::Error { fault: Fault::NoSolution(_), .. }) => {
            let found = blocked(table, settings).unwrap_or_default();
            if found.is_empty() {
                return vec![said("limit", error.sentence(spoken))];
            }
            let told = found.iter().map(|blocked| {
                let field = blocked.model.column().map_or_else(|| "k".to_owned(), of_column);
                said(field, blocked.sentence(spoken))
            });
            told.collect()
        }
        datasets::Error::Table(of) => {
            let field = of.column.as_deref().map_or_else(|| "limit".to_owned(), of_column);
            vec![said(field, error.sentence(spoken))]
        }
        datasets::Error::Standards(standards) => {
            let failed = standards.checks.iter().filter(|check| !check.holds);
            let kind = match standards.kind {
                Kind::Anonymised => DatasetKind::Anonymised,
                Kind::Pseudonymised => DatasetKind::Pseudonymised,
            };
            let told = failed.flat_map(|check| {
                let article = check.standard.article(standards.kind);
                let against = check.findings.iter().filter(|finding| finding.fails());
                against.map(move |finding| {
                    let at = finding.column().and_then(position);
                    if let (Finding::Called { role, because, .. }, Some(at)) = (finding, at) {
                        return unconfirmed(at, *role, *because, (kind, language));
                    }
                    let says = finding.sentence(spoken);
                    let says = match language {
                        Language::Ja => format!("規則{article}を満たしていません。{says}"),
                        Language::En => format!("Rules {article} is not met. {says}"),
                    };
                    said(finding.column().map_or_else(|| "limit".to_owned(), of_column), says)
                })
            });
            told.collect()
        }
        datasets::Error::Stopped => vec![said("limit", error.sentence(spoken))],
    }
}

/// The page.
pub(super) fn draw(
    preparation: &Preparation,
    look: &Look,
    document: &Document,
    language: Language,
) -> Markup {
    let say = Say(language);
    let kind = preparation.source.kind;
    let anonymised = kind == DatasetKind::Anonymised;
    let again = Again::new(ACT, Some(&preparation.tried), language);
    let rows = look.table.rows() as u64;
    let none = (String::new(), say.of("指定しない", "None").to_owned());
    let names =
        asked(&look.table, &preparation.source).map(|(_, name)| (name.to_owned(), name.to_owned()));
    let people: Vec<_> = std::iter::once(none).chain(names).collect();
    html! {
        (preparation.tried.summary(language))
        p { (say.of(
            "列ごとの案です。列の意味をご存じなのは皆さまだけですので、一つずつ確かめてください。値は表示していません。",
            "A suggestion for each column. Only you know what a column means, so please look at each. No value is shown.",
        )) }
        @if anonymised {
            div.alone {
                p { strong { (say.of("いまのままでは", "As it stands")) } (say.of("", " "))
                    @match language {
                        Language::Ja => { "一般化する列を合わせると、" (words::count(rows)) "行のうち" (words::count(look.alone)) "行がほかにない組合せです。" }
                        Language::En => { (words::count(look.alone)) " of " (words::count(rows)) " rows are like no other by the columns to be generalised, taken together." }
                    }
                }
                (bar(look.alone, rows))
            }
        }
        form.fields.columns method="post" action=(urls::DATASET_PREPARATION) {
            input type="hidden" name="preparation" value=(preparation.id);
            @for (at, _) in asked(&look.table, &preparation.source) {
                @if let Some(suggestion) = look.suggested.get(at) {
                    @let name = named(&suggestion.column, &preparation.source, document, language);
                    (column(&preparation.source, name, again, at, suggestion, rows))
                }
            }
            @if anonymised {
                fieldset.whole {
                    legend { (say.of("全体の条件", "Of the whole set")) }
                    div.row {
                        div { (again.line("k", say.of("k（同じ値にそろえる人数）", "k (people who read alike at least)"), "", 6)) }
                        div { (again.line("limit", say.of("削除してよい行（%）", "Rows that may be left out (%)"), "", 6)) }
                    }
                    p.hint { (say.of("kは10が標準で、5が下限です。大きいほど安全ですが、失う情報も増えます。",
                                     "k is 10 as a rule and never below 5. A larger one is safer and loses more.")) }
                    (again.select("recoding", say.of("そろえ方", "How rows are generalised"), &words::recodings(language), ""))
                    // Whoever is held has one row.
                    @if preparation.source.file.is_some() {
                        (again.select("person", say.of("同じ人の行が複数あるとき、だれの行かを示す列", "Where somebody has several rows, the column that says whose they are"), &people, ""))
                        (each_row(again, look, language))
                    }
                }
            }
            p.do { button name="act" value=(ACT) { (say.of("次へ", "Next")) }
                " " button.plain name="act" value="discard" formnovalidate { (say.of("破棄する", "Put it away")) } }
        }
    }
}

/// That each row is a person of its own, to be chosen knowing what repeats.
fn each_row(again: Again<'_>, look: &Look, language: Language) -> Markup {
    let repeating = look.suggested.iter().filter_map(|suggestion| {
        let (different, missing) = (suggestion.different as u64, suggestion.missing);
        let rows = (look.table.rows() as u64).saturating_sub(missing);
        let repeats = suggestion.settings.role.goes() && different < rows;
        repeats.then_some((&suggestion.column, words::count(different), words::count(rows)))
    });
    let repeating: Vec<String> = repeating
        .map(|(column, different, rows)| match language {
            Language::Ja => format!("「{column}」は{rows}行に{different}種類の値しかありません。"),
            Language::En => format!("`{column}` has {different} different values in {rows} rows."),
        })
        .collect();
    html! {
        label.choice {
            input type="checkbox" name="each" value="yes" checked[again.chosen("each", "yes", false)];
            span { (Say(language).of("1行が1人（同じ人の行が複数ないことを確かめました）", "Each row is a person (I made sure that nobody has several)")) }
        }
        @if !repeating.is_empty() {
            p.hint {
                (repeating.join(Say(language).of("", " "))) " "
                (Say(language).of(
                    "同じ人の行が複数あるのに「1行が1人」とすると、k行が一人だけの行になることがあります。",
                    "If somebody has several rows all the same, k rows that read alike may be one person’s.",
                ))
            }
        }
    }
}

/// A share of rows as a bar; the words beside it say the same.
fn bar(some: u64, of: u64) -> Markup {
    // In thousandths, so that it can be written exactly.
    let width = some.saturating_mul(1000) / of.max(1);
    html! {
        svg.bar viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.of width="1000" height="10" {}
            rect width=(width) height="10" {}
        }
    }
}

/// What a column looks like, why its role is suggested, and how many rows are alone by it.
fn what(at: usize, name: &str, suggestion: &Suggestion, rows: u64, language: Language) -> Markup {
    let Suggestion { different, alone, missing, because, strays, .. } = suggestion;
    let why = because.words(spoken(language));
    let (different, missing) = (words::count(*different as u64), words::count(*missing));
    let (looks, by_itself) = match language {
        Language::Ja => (
            format!("案の理由：{why}。値は{different}種類、空欄は{missing}行。"),
            format!("この列だけでほかにない行：{}行", words::count(*alone)),
        ),
        Language::En => (
            format!("Why: {why}. {different} different values, {missing} rows without one."),
            format!("Rows alone by this column: {}", words::count(*alone)),
        ),
    };
    html! {
        div.what {
            h2 id={ "column-" (at) } { (name) }
            p.hint { (looks) }
            @for seen in strays { p.hint { (seen.words(spoken(language))) (Say(language).of("。", ".")) } }
            div.alone {
                p.hint { (by_itself) }
                (bar(*alone, rows))
            }
        }
    }
}

fn column(
    source: &Source,
    name: &str,
    again: Again<'_>,
    at: usize,
    suggestion: &Suggestion,
    rows: u64,
) -> Markup {
    let language = again.language;
    let say = Say(language);
    let of = |field: &str| format!("column.{at}.{field}");
    let anonymised = source.kind == DatasetKind::Anonymised;
    let ways: Vec<(String, String)> =
        WAYS.iter().map(|(way, _)| ((*way).to_owned(), way_words(way, language))).collect();
    html! {
        section.column aria-labelledby={ "column-" (at) } {
            (what(at, name, suggestion, rows, language))
            div.how {
                (again.problem(&format!("column.{at}")))
                (again.select(&of("role"), say.of("役割", "Role"), &words::roles(source.kind, language), ""))
                @if anonymised {
                    div.row.generalised {
                        div { (again.select(&of("way"), say.of("一般化のしかた", "How it is generalised"), &ways, "")) }
                        div.steps { (again.line(&of("steps"), say.of("幅、文字数、個数", "Steps"), "", 60)) }
                    }
                    div.row.ends {
                        div { (again.line(&of("bottom"), say.of("これより小さい数はまとめる", "Numbers below are one"), "", 12)) }
                        div { (again.line(&of("top"), say.of("これ以上の数はまとめる", "Numbers from here are one"), "", 12)) }
                    }
                    div.sensitive { (again.line(&of("l"), say.of("l（混ぜる値の種類）", "l (different values together)"), "", 6)) }
                } @else {
                    div.token {
                        label.choice {
                            input type="checkbox" name=(of("token")) value="yes" checked[again.chosen(&of("token"), "yes", false)];
                            span { (say.of("削除する代わりに、トークンに置き換える", "Put a token in its place instead of removing it")) }
                        }
                    }
                }
                @let goes = suggestion.settings.role.goes();
                @if goes || (anonymised && suggestion.settings.role == Role::QuasiIdentifying) {
                    div.confirm.plainly[!goes] {
                        label.choice {
                            input type="checkbox" name=(of("sure")) value="yes" checked[again.chosen(&of("sure"), "yes", false)];
                            @if goes {
                                span { (say.of("この列から個人が分からないことを確かめました", "I made sure that nobody is identified by this column")) }
                            } @else {
                                span { (say.of("この列が人を見分ける手がかりにならないことを確かめました", "I made sure that this column tells nobody apart")) }
                            }
                        }
                        (again.line(&of("confirmed"), say.of("その理由（記録に残ります）", "Why (it goes on record)"), "", 500))
                    }
                }
                @if source.file.is_some() {
                    details.names open[again.is_wrong(&of("ja")) || again.is_wrong(&of("en"))] {
                        summary { (say.of("公表する項目名", "Name for publication")) }
                        div.fields {
                            (again.line(&of("ja"), "日本語", "", MAX_LABEL_CHARS))
                            (again.line(&of("en"), "English", "", MAX_LABEL_CHARS))
                        }
                    }
                }
            }
        }
    }
}
