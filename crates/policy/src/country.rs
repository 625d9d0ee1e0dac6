//! Countries as the controller found them: what a person is told before her information goes
//! there (R2.2, R2.3). Knows nothing of routes; `decide.rs` does.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::Label;

/// An outside sign of how far a country's system protects (R2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// An adequacy decision of the European Commission (GDPR 45).
    EuAdequacy,
    /// Takes part in the APEC or Global CBPR system.
    Cbpr,
}

/// The eight principles of the OECD guidelines, against which gaps are told (R2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principle {
    /// 収集制限
    CollectionLimitation,
    /// データ内容
    DataQuality,
    /// 目的明確化
    PurposeSpecification,
    /// 利用制限
    UseLimitation,
    /// 安全保護
    SecuritySafeguards,
    /// 公開
    Openness,
    /// 個人参加
    IndividualParticipation,
    /// 責任
    Accountability,
}

/// 外国の制度: the system of a country for protecting personal information (Rules 17(2)(ii)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountryProfile {
    /// Its name.
    pub label: Label,
    /// Its system in a few sentences.
    pub system: Label,
    /// Whether it has a general law on personal information.
    pub general_law: bool,
    /// Outside signs of protection.
    pub indicators: Vec<Indicator>,
    /// Principles that its system does not fully keep.
    pub gaps: Vec<Principle>,
    /// Other systems of grave effect, such as a duty to help the government collect; `None` when
    /// the survey found none.
    pub other_systems: Option<Label>,
    /// The day of the survey.
    pub surveyed_on: Date,
    /// Where the survey is found.
    pub source: String,
    /// Where it stands in its file.
    pub position: usize,
}
