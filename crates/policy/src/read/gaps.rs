//! What a first policy leaves open: marks that `draft` sets where only the company knows.

use super::{Reader, Severity};
use crate::document::Language;
use crate::draft::{NO_EMAIL, mark};

impl Reader<'_> {
    /// Every line with a mark, or with the address that is nobody's.
    pub(super) fn gaps(&mut self) {
        let marks = [mark(Language::Ja), mark(Language::En), NO_EMAIL];
        let explains =
            |line: &str| line.starts_with('#') && marks[..2].iter().all(|m| line.contains(m));
        let mut found = Vec::new();
        for (file, text) in self.files {
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                if marks.iter().any(|mark| line.contains(mark)) && !explains(line) {
                    found.push((file.clone(), at));
                }
                at += line.len();
            }
        }
        for (file, at) in found {
            let message = "is not filled in yet".to_owned();
            let way_out = "write what is true in place of the mark".to_owned();
            self.find(Severity::Warning, &file, at, message, way_out);
        }
    }
}
