//! What is told, as a sheet that people read: the page and the PDF are both set from it.

use paper::{Align, Block, Paper, Text};
use policy::Language;
use policy::request::RequestKind;

use super::tables::{Table, tables};
use super::told::Told;
use super::{pick, words};
use crate::words as said;

fn language(of: Language) -> paper::Language {
    match of {
        Language::Ja => paper::Language::Ja,
        Language::En => paper::Language::En,
    }
}

/// The sheet of an answer. The page also says which files lie beside it.
pub(super) fn sheet(told: &Told, beside: bool) -> Paper {
    let lang = told.language;
    let say = |ja, en| pick(lang, ja, en).to_owned();
    let kind = told.request.of;
    let title = words::title(kind, lang);
    let mut paper = Paper::sheet(language(lang), title, told.request.answered_at);
    paper.date = Some(said::moment(told.request.answered_at, lang));
    let controller = &told.controller;
    paper.sender = vec![
        controller.name.clone(),
        controller.address.clone(),
        controller.representative.clone(),
    ];
    paper.addressee = match lang {
        Language::Ja => vec![format!("{} 様", told.request.name)],
        Language::En => vec![told.request.name.clone()],
    };
    let mut blocks = vec![Block::facts([
        (say("受付番号", "Receipt number"), told.request.number.clone()),
        (say("ご請求", "Request"), told.request.kind.label.clone()),
        (say("受付日時", "Received"), said::moment(told.request.received_at, lang)),
        (say("適用される法律", "Law"), told.request.regime.label.clone()),
        (say("ポリシーの版", "Policy version"), said::version(told.request.policy, lang)),
    ])];
    if let Some(reply) = &told.request.reply {
        blocks.push(Block::paragraph(reply.clone()));
    }
    if !told.withheld.is_empty() {
        blocks.push(Block::heading(say("お伝えしていない項目", "Withheld")));
        blocks.push(Block::paragraph(say(
            "次の項目は、お預かりしていますが、内容をお伝えしません。",
            "We hold the following items and do not tell what they say.",
        )));
        let lines = told.withheld.iter().map(|withheld| {
            let item = &withheld.item.label;
            let grounds: Vec<&str> = [&withheld.ground_label, &withheld.reason]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            match (lang, grounds.is_empty()) {
                (Language::Ja, true) => format!("開示しない項目：{item}"),
                (Language::Ja, false) => {
                    format!("開示しない項目：{item}（{}）", grounds.join("。"))
                }
                (Language::En, true) => format!("withheld: {item}"),
                (Language::En, false) => format!("withheld: {item} ({})", grounds.join("; ")),
            }
        });
        blocks.push(Block::list(lines));
    }
    for table in tables(told) {
        section(&table, lang, &mut blocks);
    }
    if let Some(abroad) = &told.abroad {
        companies(abroad, lang, &mut blocks);
    }
    rights(told, &mut blocks);
    if beside {
        files(told, &mut blocks);
    }
    paper.blocks = blocks;
    paper
}

/// A table with its heading; what has no rows says so.
fn section(table: &Table, lang: Language, blocks: &mut Vec<Block>) {
    let count = match (lang, table.rows.len()) {
        (_, 0) => String::new(),
        (Language::Ja, count) => format!("（{count}件）"),
        (Language::En, count) => format!(" ({count})"),
    };
    blocks.push(Block::heading(format!("{}{count}", table.heading)));
    if table.rows.is_empty() {
        blocks.push(Block::paragraph(pick(lang, "ありません。", "None.")));
        return;
    }
    let read: Vec<bool> = table.columns.iter().map(|column| column.read).collect();
    let kept = |cells: &[String]| -> Vec<String> {
        cells.iter().zip(&read).filter(|(_, read)| **read).map(|(cell, _)| cell.clone()).collect()
    };
    let columns = table.columns.iter().filter(|column| column.read);
    blocks.push(Block::Table(paper::Table {
        columns: columns.map(|column| (Text::from(column.label), Align::Start)).collect(),
        rows: table
            .rows
            .iter()
            .map(|row| kept(row).into_iter().map(Text::from).collect())
            .collect(),
    }));
}

fn companies(abroad: &[super::told::Abroad], lang: Language, blocks: &mut Vec<Block>) {
    let say = |ja, en| pick(lang, ja, en).to_owned();
    if abroad.is_empty() {
        blocks.push(Block::paragraph(pick(
            lang,
            "この方法で情報を提供している外国の提供先はありません。",
            "Nobody abroad receives information in this way.",
        )));
    }
    let unknown = || say("まだ確認できていません", "Not yet confirmed");
    for company in abroad {
        blocks.push(Block::heading(company.recipient.label.clone()));
        let day = |day| policy::words::date(day, lang);
        blocks.push(Block::facts([
            (say("国", "Country"), company.country_label.clone()),
            (
                say("体制の概要", "Outline of the arrangements"),
                company.outline.clone().unwrap_or_else(unknown),
            ),
            (
                say("提供先がとる措置", "What the recipient does"),
                company.measures.clone().unwrap_or_else(unknown),
            ),
            (
                say("確認の頻度と方法", "How often and how we check"),
                company.checks.clone().unwrap_or_else(unknown),
            ),
            (say("前回の確認", "Last checked"), day(company.checked_on)),
            (
                say("その国の制度", "System of the country"),
                company.system.clone().unwrap_or_else(unknown),
            ),
            (
                say("影響を及ぼすおそれのある制度", "Systems that may affect them"),
                company
                    .other_systems
                    .clone()
                    .unwrap_or_else(|| say("見つかっていません", "None found")),
            ),
        ]));
    }
}

fn rights(told: &Told, blocks: &mut Vec<Block>) {
    let lang = told.language;
    let say = |ja, en| pick(lang, ja, en).to_owned();
    blocks.push(Block::heading(say("できること", "What you may ask for")));
    blocks.push(Block::list(told.rights.iter().map(|right| right.label.clone())));
    let controller = &told.controller;
    blocks.push(Block::facts([
        (say("窓口", "Desk"), controller.desk.clone()),
        (say("メールアドレス", "E-mail address"), controller.email.clone()),
        (
            say("個人情報の管理者", "In charge of personal information"),
            controller.information_manager.clone(),
        ),
        (say("監督機関", "Supervisory authority"), controller.authority.clone()),
    ]));
    blocks.push(Block::note(say("日時は日本時間です。", "Times are those of Japan.")));
}

/// What lies beside the page.
fn files(told: &Told, blocks: &mut Vec<Block>) {
    let lang = told.language;
    let say = |ja, en| pick(lang, ja, en).to_owned();
    blocks.push(Block::heading(say(
        "このファイルと一緒に入っているもの",
        "What lies beside this page",
    )));
    let mut lines = vec![
        (words::pdf_name(told.request.of, lang), say("同じ内容（印刷用）", "The same to print")),
        (
            words::data_name(told.request.of).to_owned(),
            say(
                "同じ内容（ほかのサービスで使える形。形式は schema.json）",
                "The same in a form that other services can use; its form is schema.json",
            ),
        ),
    ];
    if told.request.of != RequestKind::EquivalentMeasures {
        lines.push((
            "csv".to_owned(),
            say("同じ内容の表（表計算ソフト用）。計算式として読まれないよう、= + - @ で始まる値の前には ' が付いています", "The same as tables for spreadsheets; a value that begins with = + - @ has a ' before it, so that nothing is calculated"),
        ));
    }
    if told.has_records {
        lines.push((
            "proofs".to_owned(),
            say(
                "記録が後から書き換えられていないことの証明と、その確かめかた",
                "What proves that the records were not changed afterwards, and how to check it",
            ),
        ));
    }
    blocks.push(Block::facts(lines));
}
