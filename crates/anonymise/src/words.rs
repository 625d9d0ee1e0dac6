//! Sentences and labels for people, in Japanese and English.

use crate::{
    Distance, Model,
    verify::{Claim, Evidence, claim},
};

/// The language of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Ja,
    En,
}

/// A number as people read it: whole ones whole, others with up to four digits after the point.
pub fn number(value: f64) -> String {
    if value.is_infinite() {
        return "∞".to_owned();
    }
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

impl Language {
    /// One of two texts.
    pub fn of<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }

    pub(crate) fn claim(self, claim: Claim) -> &'static str {
        match claim {
            Claim::Columns => self.of("列の構成", "columns"),
            Claim::Labels => self.of("階層にある値", "labels of the hierarchies"),
            Claim::Truth => self.of("元の表との対応", "rows come of the original"),
            Claim::Suppression => self.of("削除した行数", "rows left out"),
            Claim::KAnonymity => self.of("k-匿名性", "k-anonymity"),
            Claim::DistinctDiversity => self.of("l-多様性（種類数）", "distinct l-diversity"),
            Claim::EntropyDiversity => self.of("l-多様性（エントロピー）", "entropy l-diversity"),
            Claim::RecursiveDiversity => self.of("再帰的(c,l)-多様性", "recursive (c,l)-diversity"),
            Claim::Closeness => self.of("t-近接性", "t-closeness"),
            Claim::Presence => self.of("δ-存在性", "δ-presence"),
            Claim::KMap => self.of("k-マップ", "k-map"),
            Claim::AverageRisk => self.of("平均の再識別リスク", "average risk"),
            Claim::StrictRisk => self.of("最大の再識別リスク", "highest risk"),
        }
    }

    /// A model with its numbers.
    pub fn model(self, model: &Model) -> String {
        let name = self.claim(claim(model).0);
        let numbers = match model {
            Model::KAnonymity { k } | Model::KMap { k } => format!("k = {k}"),
            Model::DistinctDiversity { l, .. } => format!("l = {l}"),
            Model::EntropyDiversity { l, .. } => format!("l = {}", number(*l)),
            Model::RecursiveDiversity { c, l, .. } => format!("c = {}, l = {l}", number(*c)),
            Model::Closeness { t, distance, .. } => {
                let distance = match distance {
                    Distance::Equal => self.of("等距離", "equal distance"),
                    Distance::OrderedText | Distance::OrderedNumbers => {
                        self.of("順序距離", "ordered distance")
                    }
                    Distance::Hierarchical => self.of("階層距離", "hierarchical distance"),
                };
                format!("t = {}, {distance}", number(*t))
            }
            Model::Presence { min, max } => format!("{} – {}", number(*min), number(*max)),
            Model::AverageRisk { at_most } | Model::StrictRisk { at_most } => {
                format!("≤ {}", number(*at_most))
            }
        };
        match (self, model.column()) {
            (Self::Ja, None) => format!("{name}（{numbers}）"),
            (Self::Ja, Some(column)) => format!("{name}（{numbers}、列「{column}」）"),
            (Self::En, None) => format!("{name} ({numbers})"),
            (Self::En, Some(column)) => format!("{name} ({numbers}, column `{column}`)"),
        }
    }

    pub(crate) fn evidence(self, evidence: &Evidence) -> String {
        let name = self.claim(evidence.claim);
        let column = evidence.column.as_ref().map_or_else(String::new, |column| match self {
            Self::Ja => format!("（列「{column}」）"),
            Self::En => format!(" (column `{column}`)"),
        });
        let numbers = match (evidence.asked, evidence.found) {
            (Some(asked), Some(found)) => match self {
                Self::Ja => format!("基準 {}、実際 {}", number(asked), number(found)),
                Self::En => format!("asked {}, found {}", number(asked), number(found)),
            },
            _ => String::new(),
        };
        let line = evidence.line.map_or_else(String::new, |line| match self {
            Self::Ja => format!("{line}行目"),
            Self::En => format!("line {line}"),
        });
        let verdict = match (self, evidence.holds) {
            (Self::Ja, true) => "満たしています",
            (Self::Ja, false) => "満たしていません",
            (Self::En, true) => "holds",
            (Self::En, false) => "fails",
        };
        let details: Vec<String> =
            [numbers, line].into_iter().filter(|text| !text.is_empty()).collect();
        match (self, details.is_empty()) {
            (Self::Ja, true) => format!("{name}{column}：{verdict}。"),
            (Self::Ja, false) => format!("{name}{column}：{verdict}（{}）。", details.join("、")),
            (Self::En, true) => format!("{name}{column}: {verdict}."),
            (Self::En, false) => format!("{name}{column}: {verdict} ({}).", details.join(", ")),
        }
    }
}
