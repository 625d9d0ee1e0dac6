//! The notice: reviewed as text in `tests/snapshots`, and the same in substance in every language.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use policy::{Block, Document, Language, Notice, notice};

/// The notice as plain text, one block after another.
fn text(notice: &Notice) -> String {
    let mut lines = vec![notice.title.clone(), format!("{}", notice.version)];
    for section in &notice.sections {
        lines.push(format!("\n{}. {} [{}]", section.number, section.heading, section.id));
        for block in &section.blocks {
            match block {
                Block::Heading(words) => lines.push(format!("\n-- {words}")),
                Block::Paragraph(words) => lines.push(words.clone()),
                Block::List(points) => lines.extend(points.iter().map(|p| format!("  * {p}"))),
                Block::Terms(terms) => {
                    for (term, said) in terms {
                        lines.push(format!("  {term}"));
                        lines.extend(said.iter().map(|words| format!("    {words}")));
                    }
                }
                Block::Table { head, rows } => {
                    lines.push(format!("  | {}", head.join(" | ")));
                    lines.extend(rows.iter().map(|row| format!("  | {}", row.join(" | "))));
                }
            }
        }
    }
    lines.join("\n")
}

/// The shape of a block, without its words.
fn shape(block: &Block) -> String {
    match block {
        Block::Heading(_) => "heading".into(),
        Block::Paragraph(_) => "paragraph".into(),
        Block::List(points) => format!("list of {}", points.len()),
        Block::Terms(terms) => {
            let said: Vec<_> = terms.iter().map(|(_, said)| said.len()).collect();
            format!("terms {said:?}")
        }
        Block::Table { head, rows } => format!("table {} by {}", head.len(), rows.len()),
    }
}

/// Every number in a text, in order of size; the names of months count as theirs.
fn numbers(text: &str) -> Vec<u64> {
    let mut text = text.to_owned();
    for (at, month) in [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    .iter()
    .enumerate()
    {
        // As part of a date only: `may` is also a verb.
        text = text.replace(&format!(" {month} 20"), &format!(" {} 20", at + 1));
    }
    let mut numbers: Vec<u64> =
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

fn policies() -> Vec<Document> {
    // One with recipients abroad, joint use and a consent for a country.
    let change = r#"
        [controller]
        version = "2027-03-05.2"
        [purposes.meal]
        after_end_hours = 0
        [recipients]
        payment_platform = { country = "US", equivalent_measures = { checked_on = "2027-01-31", evidence = "contract" } }
        customer_support = { country = "SG", transfer_consent = "transfer_sg" }
        email_marketing = { country = "FR" }
        push_messaging = { country = "US", handles_personal_data = false }
        [recipients.gmo_group]
        purposes = ["support"]
        items = ["name"]
        [consents.transfer_sg]
        label = { ja = "シンガポールへの提供", en = "Provision to Singapore" }
        wording = { ja = "国名、制度、措置", en = "country, system, measures" }
        on_refusal = { ja = "提供しません", en = "nothing goes there" }
        since = "2026-10-01"
        article = "5"
    "#;
    vec![common::reference(), common::changed(&change.parse().unwrap())]
}

#[test]
fn the_notice_reads_as_reviewed() {
    let policy = common::reference();
    insta::assert_snapshot!("notice_ja", text(&notice(&policy, Language::Ja)));
    insta::assert_snapshot!("notice_en", text(&notice(&policy, Language::En)));
}

#[test]
fn both_languages_say_the_same_in_the_same_place() {
    for policy in policies() {
        let (ja, en) = (notice(&policy, Language::Ja), notice(&policy, Language::En));
        assert_eq!(ja.sections.len(), en.sections.len());
        for (ja, en) in ja.sections.iter().zip(&en.sections) {
            assert_eq!((ja.id, ja.number), (en.id, en.number));
            let shapes = |blocks: &[Block]| blocks.iter().map(shape).collect::<Vec<_>>();
            assert_eq!(shapes(&ja.blocks), shapes(&en.blocks), "{}", ja.id);
            let of = |section: &policy::Section| {
                let (title, sections) = (String::new(), vec![section.clone()]);
                let language = Language::En;
                numbers(&text(&Notice { title, version: policy.version, language, sections }))
            };
            assert_eq!(of(ja), of(en), "{}", ja.id);
        }
    }
}

#[test]
fn every_item_purpose_recipient_and_consent_is_named_in_every_language() {
    for policy in policies() {
        for language in Language::ALL {
            let text = text(&notice(&policy, language));
            let controller = &policy.controller;
            let labels = policy
                .items
                .values()
                .map(|item| &item.label)
                .chain(policy.secrets.values().map(|secret| &secret.label))
                .chain(policy.purposes.values().map(|purpose| &purpose.label))
                .chain(policy.recipients.values().map(|recipient| &recipient.label))
                .chain(policy.consents.values().flat_map(|c| [&c.label, &c.wording, &c.on_refusal]))
                .chain([&controller.name, &controller.address, &controller.representative])
                .chain([&controller.desk.name]);
            for label in labels {
                let label = label.get(language);
                assert!(text.contains(label), "{}: {label}", language.tag());
            }
            assert!(text.contains(&controller.desk.email));
        }
    }
}

#[test]
fn every_row_is_as_long_as_its_head_and_nothing_is_left_blank() {
    for policy in policies() {
        for language in Language::ALL {
            for block in notice(&policy, language).sections.into_iter().flat_map(|s| s.blocks) {
                let words: Vec<String> = match block {
                    Block::Heading(words) | Block::Paragraph(words) => vec![words],
                    Block::List(points) => points,
                    Block::Terms(terms) => {
                        terms.into_iter().flat_map(|(t, said)| [vec![t], said].concat()).collect()
                    }
                    Block::Table { head, rows } => {
                        assert!(rows.iter().all(|row| row.len() == head.len()), "{head:?}");
                        [vec![head], rows].concat().concat()
                    }
                };
                assert!(words.iter().all(|words| !words.trim().is_empty()), "{words:?}");
            }
        }
    }
}

#[test]
fn japanese_is_set_as_japanese_and_english_as_english() {
    for policy in policies() {
        let ja = text(&notice(&policy, Language::Ja));
        for wrong in ["、、", "。。", "と、と", " 、", "（（"] {
            assert!(!ja.contains(wrong), "`{wrong}` in\n{ja}");
        }
        // Half-width brackets, and half-width stops and commas after Japanese.
        let is_japanese = |c: char| {
            ('\u{3040}'..='\u{30ff}').contains(&c) || ('\u{4e00}'..='\u{9fff}').contains(&c)
        };
        let chars: Vec<char> = ja.chars().collect();
        for pair in chars.windows(2) {
            let wrong = is_japanese(pair[0]) && "(),.".contains(pair[1]);
            assert!(!wrong, "`{}{}`", pair[0], pair[1]);
        }
        let en = text(&notice(&policy, Language::En));
        let stray: Vec<char> =
            en.chars().filter(|c| is_japanese(*c) || "、。（）「」".contains(*c)).collect();
        assert!(stray.is_empty(), "{stray:?}");
    }
}
