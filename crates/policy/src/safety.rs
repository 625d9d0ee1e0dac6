//! Safety management measures 安全管理措置, as they are published (Act 23, 32(1)(iv), Order 10;
//! GL 10-1 to 10-7).

use serde::{Deserialize, Serialize};

use crate::document::Label;

/// The kinds of the guidelines' annex (domain rules 2.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SafetyKind {
    /// 基本方針 (GL 10-1).
    BasicPolicy,
    /// 規律 (GL 10-2).
    Rules,
    /// 組織的 (GL 10-3).
    Organisational,
    /// 人的 (GL 10-4).
    Human,
    /// 物理的 (GL 10-5).
    Physical,
    /// 技術的 (GL 10-6).
    Technical,
    /// 外的環境の把握 (GL 10-7).
    ExternalEnvironment,
}

impl SafetyKind {
    /// Every kind, in the order of the annex.
    pub const ALL: [Self; 7] = [
        Self::BasicPolicy,
        Self::Rules,
        Self::Organisational,
        Self::Human,
        Self::Physical,
        Self::Technical,
        Self::ExternalEnvironment,
    ];
}

/// One measure taken, as far as telling it does not weaken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafetyMeasure {
    /// Its kind.
    pub kind: SafetyKind,
    /// What is done.
    pub label: Label,
}
