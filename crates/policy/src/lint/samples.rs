//! Samples that were left in: words marked 【見本】 or [Sample], and addresses that can never be
//! reached (RFC 2606). Each one is named, so that it can be replaced before publishing.

use super::Linter;
use super::place::{header_of, key_of};
use super::rules::SAMPLE;

/// What marks a sample.
const MARKS: [&str; 7] =
    ["【見本】", "[Sample]", ".example\"", ".example/", ".invalid\"", "example.com", "example.org"];

impl Linter<'_> {
    pub(super) fn samples(&mut self) {
        let regimes = self.regimes();
        let files = self.files;
        for (file, text) in files {
            let (mut header, mut key, mut at) = (String::new(), String::new(), 0);
            for line in text.split_inclusive('\n') {
                let here = header_of(line);
                if !here.is_empty() {
                    here.clone_into(&mut header);
                    key.clear();
                } else if let Some(named) = key_of(line) {
                    named.clone_into(&mut key);
                }
                let is_comment = line.trim_start().starts_with('#');
                if !is_comment && MARKS.iter().any(|mark| line.contains(mark)) {
                    let path: Vec<_> =
                        [&header, &key].into_iter().filter(|part| !part.is_empty()).collect();
                    let path = path.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(".");
                    self.find(
                        &SAMPLE,
                        &regimes,
                        (file, at, ""),
                        [
                            format!("`{path}`が見本のままです"),
                            format!("`{path}` is still a sample"),
                        ],
                        [
                            "公表する前に、実際のものに置きかえてください",
                            "replace it with what is true before the policy is published",
                        ],
                    );
                }
                at += line.len();
            }
        }
    }
}
