//! safety.toml: the safety measures that are published (S8).

use serde::Deserialize;
use toml::Spanned;

use super::Reader;
use crate::safety::SafetyMeasure;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSafety {
    #[serde(default)]
    measure: Vec<Spanned<SafetyMeasure>>,
}

impl Reader<'_> {
    pub(super) fn safety(&mut self, raw: RawSafety) -> Vec<SafetyMeasure> {
        let file = "safety.toml";
        raw.measure
            .into_iter()
            .map(|measure| {
                self.words(file, measure.span().start, "the text", &measure.get_ref().label);
                measure.into_inner()
            })
            .collect()
    }
}
