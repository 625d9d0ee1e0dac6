//! A notice as Markdown (CommonMark with GitHub's tables), for files, mails and repositories.

use std::fmt::Write;

use super::{Block, Body, Notice, Section};
use crate::document::Language;
use crate::words;

/// The whole notice as Markdown.
pub fn markdown(notice: &Notice) -> String {
    let mut text = String::new();
    let on = words::date(notice.effective_on, notice.language);
    let in_force = match notice.language {
        Language::Ja => format!("{on}から適用（版 {}）", notice.version),
        Language::En => format!("In force since {on} (version {})", notice.version),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "# {}\n\n{}\n\n{in_force}", notice.title, escaped(&notice.controller));
    let _ = writeln!(text, "\n## {}", notice.summary.heading);
    blocks(&mut text, &notice.summary);
    for section in &notice.sections {
        let _ = writeln!(
            text,
            "\n<a id=\"{}\"></a>\n\n## {}. {}",
            section.id,
            section.number,
            escaped(&section.heading)
        );
        blocks(&mut text, section);
        if !section.law.is_empty() {
            let law = crate::law::cited(&section.law, notice.language);
            let _ = writeln!(text, "\n<small>{}</small>", escaped(&law));
        }
    }
    text
}

fn blocks(text: &mut String, section: &Section) {
    for Block { body, .. } in &section.blocks {
        text.push('\n');
        let _ = match body {
            Body::Heading { text: heading } => writeln!(text, "### {}", escaped(heading)),
            Body::Paragraph { text: words } => writeln!(text, "{}", linked(words)),
            Body::List { points } => {
                points.iter().try_for_each(|point| writeln!(text, "- {}", linked(point)))
            }
            Body::Terms { terms } => terms.iter().try_for_each(|term| {
                writeln!(text, "- **{}**", escaped(&term.term))?;
                term.said.iter().try_for_each(|said| writeln!(text, "  - {}", linked(said)))
            }),
            Body::Table { head, rows } => table(text, head, rows),
        };
    }
}

fn table(text: &mut String, head: &[String], rows: &[Vec<String>]) -> std::fmt::Result {
    let row = |cells: &[String]| {
        let cells: Vec<_> = cells.iter().map(|cell| linked(cell).replace('|', "\\|")).collect();
        format!("| {} |", cells.join(" | "))
    };
    writeln!(text, "{}", row(head))?;
    writeln!(text, "|{}", " --- |".repeat(head.len()))?;
    rows.iter().try_for_each(|cells| writeln!(text, "{}", row(cells)))
}

/// Characters that Markdown would read as its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The same, with addresses as links.
fn linked(text: &str) -> String {
    super::pieces(text)
        .into_iter()
        .map(|piece| match piece {
            super::Piece::Words(words) => escaped(words),
            super::Piece::Address(url) => format!("<{url}>"),
            super::Piece::Email(email) => format!("<{email}>"),
        })
        .collect()
}
