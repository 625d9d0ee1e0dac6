//! What is told, as tables: whole for spreadsheets, and without the columns that only programs want for
//! the sheet that people read.

use std::borrow::Cow;

use policy::Language;

use super::told::{Named, Told};
use super::{pick, words};
use crate::error::Error;
use crate::words as said;

/// A column.
pub(super) struct Column {
    /// Its name.
    pub label: &'static str,
    /// True when people read it; the others are in the file for spreadsheets alone.
    pub read: bool,
}

/// A table.
pub(super) struct Table {
    /// The name of its file, without the ending.
    pub file: &'static str,
    /// What it is.
    pub heading: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, as wide as the columns.
    pub rows: Vec<Vec<String>>,
}

fn labels(names: &[Named], language: Language) -> String {
    let labels: Vec<&str> = names.iter().map(|name| name.label.as_str()).collect();
    labels.join(pick(language, "、", ", "))
}

/// Makes a table; a column's label with `+` before it is for spreadsheets alone.
fn table(
    language: Language,
    file: &'static str,
    (ja, en): (&'static str, &'static str),
    columns: &[(&'static str, &'static str)],
    rows: impl Iterator<Item = Vec<String>>,
) -> Table {
    let column = |(ja, en): &(&'static str, &'static str)| {
        let label = pick(language, ja, en);
        let whole = label.strip_prefix('+');
        Column { label: whole.unwrap_or(label), read: whole.is_none() }
    };
    Table {
        file,
        heading: pick(language, ja, en),
        columns: columns.iter().map(column).collect(),
        rows: rows.collect(),
    }
}

/// Every table of an answer, in the order in which it is read.
pub(super) fn tables(told: &Told) -> Vec<Table> {
    let language = told.language;
    let when = |at| words::when(at, language);
    let until = |end| words::until(end, language);
    let opt = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut tables = Vec::new();
    if let Some(items) = &told.items {
        tables.push(table(
            language,
            "items",
            ("お預かりしている項目", "Items"),
            &[
                ("項目", "Item"),
                ("+名称（プログラム用）", "+Name for programs"),
                ("内容", "Value"),
                ("+内容（プログラム用）", "+Value for programs"),
                ("保存した日時", "Put at"),
                ("+確認した日時", "+Confirmed at"),
                ("利用目的", "Purposes"),
                ("保存期間", "Kept"),
                ("+保存期限", "+Kept until"),
                ("+保存義務", "+Held by"),
                ("+情報の取得元", "+Source"),
            ],
            items.iter().map(|item| {
                vec![
                    item.item.label.clone(),
                    item.item.name.clone(),
                    item.value_label.clone().unwrap_or_else(|| item.value.clone()),
                    item.value.clone(),
                    when(item.put_at),
                    item.confirmed_at.map(when).unwrap_or_default(),
                    labels(&item.purposes, language),
                    item.kept.rule.clone(),
                    item.kept.until.map(until).unwrap_or_default(),
                    item.kept.held_by.join(pick(language, "、", ", ")),
                    item.source.clone(),
                ]
            }),
        ));
    }
    if let Some(secrets) = &told.secrets {
        tables.push(table(
            language,
            "secrets",
            ("パスワードとお支払い方法", "Password and payment"),
            &[
                ("種類", "Kind"),
                ("表示できる部分", "What may be shown"),
                ("保存のしかた", "How it is kept"),
                ("保存した日時", "Put at"),
                ("保存期間", "Kept"),
            ],
            secrets.iter().map(|secret| {
                vec![
                    secret.secret.label.clone(),
                    opt(&secret.shown),
                    secret.how.clone(),
                    when(secret.put_at),
                    secret.kept.rule.clone(),
                ]
            }),
        ));
    }
    if let Some(consents) = &told.consents {
        tables.push(table(
            language,
            "consents",
            ("同意", "Consents"),
            &[
                ("同意", "Consent"),
                ("状態", "State"),
                ("日時", "Since"),
                ("お見せした版", "Version shown"),
                ("お見せした文面", "Words shown"),
            ],
            consents.iter().map(|consent| {
                vec![
                    consent.consent.label.clone(),
                    consent.state_label.clone(),
                    when(consent.since),
                    said::version(consent.notice, language),
                    opt(&consent.wording),
                ]
            }),
        ));
    }
    if let Some(stops) = &told.stops {
        tables.push(table(
            language,
            "stops",
            ("停止したもの", "What you had stopped"),
            &[
                ("停止", "Stopped"),
                ("利用目的・提供先", "Purpose or recipient"),
                ("停止した日時", "Since"),
            ],
            stops.iter().map(|stop| {
                let what = match stop.stopped {
                    "provision" => pick(language, "提供", "Passing on"),
                    _ => pick(language, "利用", "Use"),
                };
                let of = stop.of.as_ref().map(|of| of.label.clone());
                let all = || pick(language, "すべて", "All").to_owned();
                vec![what.to_owned(), of.unwrap_or_else(all), when(stop.since)]
            }),
        ));
    }
    if let Some(engagements) = &told.engagements {
        tables.push(table(
            language,
            "engagements",
            ("ご予約など", "Bookings"),
            &[
                ("お店など", "With"),
                ("番号", "Number"),
                ("開始", "From"),
                ("終了", "Until"),
                ("取消", "Called off"),
            ],
            engagements.iter().map(|engagement| {
                vec![
                    engagement.recipient.label.clone(),
                    engagement.reference.clone(),
                    when(engagement.starts_at),
                    when(engagement.ends_at),
                    if engagement.cancelled { pick(language, "取消", "yes") } else { "" }
                        .to_owned(),
                ]
            }),
        ));
    }
    if let Some(purposes) = &told.purposes {
        tables.push(table(
            language,
            "purposes",
            ("利用目的", "Purposes"),
            &[("利用目的", "Purpose"), ("根拠", "Basis"), ("項目", "Items"), ("状態", "Standing")],
            purposes.iter().map(|purpose| {
                let basis = match &purpose.interest {
                    Some(interest) if language == Language::Ja => {
                        format!("{}（{interest}）", purpose.basis)
                    }
                    Some(interest) => format!("{} ({interest})", purpose.basis),
                    None => purpose.basis.clone(),
                };
                vec![
                    purpose.purpose.label.clone(),
                    basis,
                    labels(&purpose.items, language),
                    words::standing(purpose.standing, language).to_owned(),
                ]
            }),
        ));
    }
    if let Some(provisions) = &told.provisions {
        tables.push(table(
            language,
            "provisions",
            ("提供の記録", "Who received what"),
            &[
                ("日時", "When"),
                ("提供先", "Recipient"),
                ("+住所", "+Address"),
                ("+代表者", "+Representative"),
                ("国", "Country"),
                ("利用目的", "Purpose"),
                ("項目", "Items"),
                ("根拠", "Basis"),
                ("+同意と版", "+Consents and versions"),
                ("+経路", "+Way"),
                ("+番号", "+Number"),
                ("+例外", "+Exception"),
                ("+記録の義務", "+Duty to record"),
                ("+記録の保存期限", "+Record kept until"),
                ("+記録の番号", "+Record"),
            ],
            provisions.iter().map(|provision| {
                let consents: Vec<String> = provision
                    .consents
                    .iter()
                    .map(|given| {
                        let notice = said::version(given.notice, language);
                        format!("{} ({notice})", given.consent.label)
                    })
                    .collect();
                vec![
                    when(provision.at),
                    provision.recipient.label.clone(),
                    provision.address.clone(),
                    provision.representative.clone(),
                    provision.country_label.clone(),
                    provision.purpose.label.clone(),
                    labels(&provision.items, language),
                    provision.basis_label.clone(),
                    consents.join(pick(language, "、", ", ")),
                    words::route(provision.route, language).to_owned(),
                    opt(&provision.reference),
                    opt(&provision.exception),
                    words::duty(provision.record_duty, language).to_owned(),
                    until(provision.kept_until),
                    provision.record.clone(),
                ]
            }),
        ));
    }
    if let Some(uses) = &told.uses {
        tables.push(table(
            language,
            "uses",
            ("当社での利用", "Our own uses"),
            &[
                ("日時", "When"),
                ("利用目的", "Purpose"),
                ("項目", "Items"),
                ("根拠", "Basis"),
                ("+記録の番号", "+Record"),
            ],
            uses.iter().map(|used| {
                vec![
                    when(used.at),
                    used.purpose.label.clone(),
                    labels(&used.items, language),
                    used.basis.clone(),
                    used.record.clone(),
                ]
            }),
        ));
    }
    if let Some(refusals) = &told.refusals {
        tables.push(table(
            language,
            "refusals",
            ("お断りした求め", "What was asked for and not given"),
            &[
                ("日時", "When"),
                ("求めた先", "Who asked"),
                ("利用目的", "Purpose"),
                ("項目", "Items"),
                ("理由", "Why not"),
                ("+記録の番号", "+Record"),
            ],
            refusals.iter().map(|refusal| {
                let recipient = refusal.recipient.as_ref().map(|name| name.label.clone());
                let own = || pick(language, "当社", "We ourselves").to_owned();
                vec![
                    when(refusal.at),
                    recipient.unwrap_or_else(own),
                    refusal.purpose.label.clone(),
                    labels(&refusal.items, language),
                    refusal.reasons.join(pick(language, "", " ")),
                    refusal.record.clone(),
                ]
            }),
        ));
    }
    if let Some(erasure) = &told.erasure {
        tables.push(table(
            language,
            "erased",
            ("消去したもの", "What was erased"),
            &[("内容", "What"), ("日時", "When"), ("+版", "+Version"), ("+記録の番号", "+Record")],
            erasure.gone.iter().map(|gone| {
                vec![
                    gone.thing.clone(),
                    when(gone.at),
                    gone.version.to_string(),
                    gone.record.clone(),
                ]
            }),
        ));
        tables.push(table(
            language,
            "kept",
            ("残したもの", "What was kept"),
            &[("内容", "What"), ("期限", "Until"), ("理由", "Why")],
            erasure
                .stayed
                .iter()
                .map(|stayed| {
                    let holds = stayed.held_by.join(pick(language, "、", ", "));
                    let why = if holds.is_empty() { stayed.because.clone() } else { holds };
                    vec![stayed.thing.clone(), stayed.until.map(until).unwrap_or_default(), why]
                })
                .chain(erasure.records.iter().map(|kept| {
                    let why = words::records_stay(kept.because, language).to_owned();
                    vec![words::records_kept(kept.count, language), when(kept.until), why]
                })),
        ));
        tables.push(table(
            language,
            "told",
            ("消去を伝えた提供先", "Who is told of it"),
            &[
                ("提供先", "Recipient"),
                ("伝えた日時", "Told"),
                ("回答の日時", "Answered"),
                ("回答", "Answer"),
            ],
            erasure.told.iter().map(|told| {
                let answer = told.outcome.map(|outcome| words::outcome(outcome, language));
                let not_yet = || pick(language, "これから", "Not yet").to_owned();
                vec![
                    told.recipient.label.clone(),
                    told.told_at.map_or_else(not_yet, when),
                    told.answered_at.map_or_else(not_yet, when),
                    answer.unwrap_or_default().to_owned(),
                ]
            }),
        ));
    }
    tables
}

/// A table as a file for spreadsheets: RFC 4180, with the mark by which they know UTF-8.
///
/// # Errors
/// When it cannot be written.
pub(super) fn csv(table: &Table) -> Result<Vec<u8>, Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    let head = table.columns.iter().map(|column| column.label);
    writer.write_record(head).map_err(anyhow::Error::from)?;
    for row in &table.rows {
        let cells: Vec<Cow<'_, str>> = row.iter().map(|cell| harmless(cell)).collect();
        let cells = cells.iter().map(|cell| cell.as_bytes());
        writer.write_record(cells).map_err(anyhow::Error::from)?;
    }
    Ok(writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?)
}

/// A cell that a spreadsheet does not take for a formula: what could begin one has a `'` before it.
fn harmless(cell: &str) -> Cow<'_, str> {
    match cell.trim_start_matches([' ', '\u{3000}']).chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{cell}").into()
        }
        _ => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_opens_in_a_spreadsheet_and_calculates_nothing() {
        let columns = [("項目", "Item"), ("+内容", "+Value")];
        let cells =
            ["=1+1", "+819012345678", " @SUM(A1)", "＝1", "-", "見本 \"花子\"", "a,b\r\nc", ""];
        let rows = cells.iter().map(|cell| vec!["x".to_owned(), (*cell).to_owned()]);
        let table = table(Language::Ja, "items", ("項目", "Items"), &columns, rows);
        assert_eq!((table.columns[0].read, table.columns[1].read), (true, false));
        let bytes = csv(&table).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(
            text,
            "\u{feff}項目,内容\r\nx,'=1+1\r\nx,'+819012345678\r\nx,' @SUM(A1)\r\nx,'＝1\r\nx,'-\r\n\
             x,\"見本 \"\"花子\"\"\"\r\nx,\"a,b\r\nc\"\r\nx,\r\n"
        );
    }
}
