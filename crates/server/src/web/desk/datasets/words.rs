//! Words of the pages about data sets that no other page has.

use datasets::{Characters, ColumnSettings, Recode, Role};
use policy::Language;
use policy::record::DatasetKind;

use crate::error::FieldError;
use crate::web::desk::requests::words::Say;

/// A kind of set, with the law's word for it.
pub(super) fn kind(kind: DatasetKind, language: Language) -> &'static str {
    let say = Say(language);
    match kind {
        DatasetKind::Anonymised => say.of("匿名加工情報", "Anonymised"),
        DatasetKind::Pseudonymised => say.of("仮名加工情報", "Pseudonymised"),
    }
}

/// The roles that a column may have, with what becomes of it.
pub(super) fn roles(of: DatasetKind, language: Language) -> Vec<(String, String)> {
    let say = Say(language);
    let gone = say.of("削除", "removed");
    let named = |role: Role, words: &str, what: &str| {
        let text = match language {
            Language::Ja => format!("{words}（{what}）"),
            Language::En => format!("{words}: {what}"),
        };
        (super::super::requests::form::word(&role), text)
    };
    let kept = say.of("そのまま残す", "kept as it is");
    let (quasi, sensitive, rest) = match of {
        DatasetKind::Anonymised => (
            say.of("一般化", "generalised"),
            say.of("l種類以上を混ぜて残す", "kept among l different values"),
            say.of("少ない値を除いて残す", "kept, rare values apart"),
        ),
        DatasetKind::Pseudonymised => (kept, kept, kept),
    };
    vec![
        named(Role::Identifying, say.of("氏名、連絡先など", "Names a person"), gone),
        named(Role::IdentificationCode, say.of("個人識別符号", "Identification code"), gone),
        named(Role::LinkingCode, say.of("会員番号などの符号", "Number or code that links"), gone),
        named(Role::Financial, say.of("カード番号など", "Card number and the like"), gone),
        named(
            Role::QuasiIdentifying,
            say.of("組み合わせると個人が分かるもの", "Tells people apart with others"),
            quasi,
        ),
        named(
            Role::Sensitive,
            say.of("知られたくないもの", "Nobody may learn it of a person"),
            sensitive,
        ),
        named(Role::Insensitive, say.of("そのほか", "Anything else"), rest),
    ]
}

/// A role by itself.
pub(super) fn role(role: Role, of: DatasetKind, language: Language) -> String {
    let word = super::super::requests::form::word(&role);
    let found = roles(of, language).into_iter().find(|(known, _)| *known == word);
    found.map_or(word, |(_, words)| words)
}

/// How rows are generalised.
pub(super) fn recodings(language: Language) -> Vec<(String, String)> {
    let say = Say(language);
    [
        (
            Recode::Cells,
            say.of(
                "列ごとにそろえ、はみ出す行だけさらに伏せる（標準）",
                "Whole columns, and single cells of rows that stand out (the rule)",
            ),
        ),
        (
            Recode::Whole,
            say.of(
                "列ごとにそろえ、はみ出す行は削除する",
                "Whole columns; rows that stand out are left out",
            ),
        ),
        (
            Recode::Parts,
            say.of(
                "表を分けて、部分ごとにそろえる（失う情報は表によって増えることも減ることもあり、最適とは限らない）",
                "Each part of the table by itself (may lose less or more; not proven to be the best)",
            ),
        ),
    ]
    .map(|(recode, words)| (super::super::requests::form::word(&recode), words.to_owned()))
    .to_vec()
}

/// How the characters of a file stand.
pub(super) fn encodings(language: Language) -> Vec<(String, String)> {
    let say = Say(language);
    let word = |of: Characters| super::super::requests::form::word(&of);
    vec![
        (String::new(), say.of("自動で判別", "Find out").to_owned()),
        (word(Characters::Utf8), "UTF-8".to_owned()),
        (word(Characters::ShiftJis), "Shift_JIS".to_owned()),
        (word(Characters::EucJp), "EUC-JP".to_owned()),
    ]
}

/// Why people were left out, by the word of the reason.
pub(super) fn left_out(reason: &str, language: Language) -> &'static str {
    let say = Say(language);
    match reason {
        "nothing_held" => say.of("該当する情報がない", "nothing held"),
        "restricted" => say.of("利用停止中", "the use is stopped"),
        reason if reason.starts_with("consent") || reason.starts_with("no_consent") => {
            say.of("同意がない", "no consent")
        }
        _ => say.of("そのほかの理由", "other reasons"),
    }
}

/// A share as people read it.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.1 { "< 0.1%".to_owned() } else { format!("{percent:.1}%") }
}

/// A count as people read it.
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
pub(super) fn count(count: u64) -> String {
    anonymise::number(count as f64)
}

/// What a level of a column is, out of the way in which it is generalised.
pub(super) fn level(of: &ColumnSettings, level: u8, top: u8, language: Language) -> String {
    let say = Say(language);
    if level == 0 {
        return say.of("そのまま", "as it is").to_owned();
    }
    if level >= top {
        return say.of("すべて伏せる", "hidden").to_owned();
    }
    let at = usize::from(level) - 1;
    let ja = language == Language::Ja;
    let width = of.intervals.as_ref().and_then(|intervals| intervals.widths.get(at));
    if let Some(width) = width {
        return if ja { format!("{width}ごと") } else { format!("in steps of {width}") };
    }
    if let Some(step) = of.dates.as_ref().and_then(|steps| steps.get(at)) {
        return date_step(*step, language).to_owned();
    }
    if let Some(kept) = of.masks.as_ref().and_then(|kept| kept.get(at)) {
        return if ja { format!("先頭{kept}文字") } else { format!("first {kept} characters") };
    }
    if let Some(size) = of.groups.as_ref().and_then(|groups| groups.get(at)) {
        return if ja { format!("{size}個ずつ") } else { format!("groups of {size}") };
    }
    if ja { format!("段階{level}") } else { format!("level {level}") }
}

fn date_step(step: anonymise::DateStep, language: Language) -> &'static str {
    use anonymise::DateStep::{Decade, Month, Quarter, Year};
    let say = Say(language);
    match step {
        Month => say.of("月まで", "month"),
        Quarter => say.of("四半期まで", "quarter"),
        Year => say.of("年まで", "year"),
        Decade => say.of("10年ごと", "decade"),
    }
}

/// Something wrong with a field, said in the reader's language already.
pub(super) fn said(field: impl Into<String>, words: impl Into<String>) -> FieldError {
    FieldError::new(field, "said", words)
}
