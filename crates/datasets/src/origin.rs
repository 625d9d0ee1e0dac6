//! Where settings stand in their file, and what is wrong with it in words of this program: the parser has
//! English alone, and names of its own.

use std::collections::BTreeMap;

use anonymise::{Error as TableError, Said, Spot};

/// The file of settings, and the lines that faults are told by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    pub(crate) file: String,
    /// The line of `k`.
    pub(crate) k: Option<u64>,
    /// By column, the line at which its settings begin.
    pub(crate) columns: BTreeMap<String, u64>,
}

impl Origin {
    /// Of a file that was read.
    pub(crate) fn of(file: &str, text: &str) -> Self {
        let mut origin = Self { file: file.to_owned(), ..Self::default() };
        let mut below = false;
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim();
            below |= text.starts_with('[');
            let is_k =
                text.strip_prefix('k').is_some_and(|rest| rest.trim_start().starts_with('='));
            if is_k && !below {
                origin.k = Some(line);
            }
            let header = text.starts_with("[columns.").then(|| toml::from_str::<toml::Table>(text));
            let Some(Ok(header)) = header else { continue };
            let columns = header.get("columns").and_then(toml::Value::as_table);
            if let Some(name) = columns.and_then(|columns| columns.keys().next()) {
                origin.columns.entry(name.clone()).or_insert(line);
            }
        }
        origin
    }

    /// `k` was said in another way.
    pub fn without_k(&mut self) {
        self.k = None;
    }
}

/// What the parser says of a file, in words of this program where there are some.
pub(crate) fn unreadable(file: &str, text: &str, error: &toml::de::Error) -> TableError {
    let mut wrong = TableError::wrong(file, said(error.message()));
    let line = error.span().map(|span| text[..span.start].matches('\n').count() as u64 + 1);
    wrong.spot = line.map(Spot::Line);
    wrong
}

fn said(message: &str) -> Said {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let [word, known @ ..] = &quoted[..] {
        let (en, ja) = (known.join(", "), known.join("、"));
        if message.starts_with("unknown variant") {
            return Said {
                en: format!("`{word}` is none of the words that can stand here: {en}").into(),
                ja: format!("「{word}」は使えません。{ja}のいずれかにしてください").into(),
            };
        }
        if message.starts_with("unknown field") {
            return Said {
                en: format!("there is no setting `{word}`; there are {en}").into(),
                ja: format!("「{word}」という設定はありません。使える設定は{ja}です").into(),
            };
        }
        if message.starts_with("missing field") {
            return Said {
                en: format!("`{word}` is missing").into(),
                ja: format!("「{word}」がありません").into(),
            };
        }
    }
    Said {
        en: message.to_owned().into(), ja: format!("設定として読めません（{message}）").into()
    }
}
