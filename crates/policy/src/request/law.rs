//! What a regime says about requests: grounds, the closed lists of refusals, how long an answer may
//! take. The values stand in the regime's file, each with its source; nothing here is law.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{RefusalGround, RequestKind};
use crate::regime::Parameter;

/// What a person relies on when she asks that something be put right, stopped or erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The content is not factual (Act 34(1); GDPR 16).
    NotFactual,
    /// It is used beyond its purposes (Act 18; GDPR 5(1)(b)).
    BeyondPurpose,
    /// It is used so as to foster unlawful acts (Act 19).
    ImproperUse,
    /// It was wrongfully acquired (Act 20).
    WronglyAcquired,
    /// It is provided to a third party against the law (Act 27(1), 28).
    ProvidedAgainstLaw,
    /// It is no longer needed (Act 35(5); GDPR 17(1)(a)).
    NoLongerNeeded,
    /// A breach happened (Act 35(5), 26(1)).
    Breach,
    /// Her rights or legitimate interests may be harmed (Act 35(5)).
    HarmToInterests,
    /// She took back the consent that it rests on (GDPR 17(1)(b)).
    ConsentWithdrawn,
    /// She objects (GDPR 21, 17(1)(c), 18(1)(d)).
    Objection,
    /// It is processed unlawfully (GDPR 17(1)(d), 18(1)(b)).
    Unlawful,
    /// She contests its accuracy, while that is looked into (GDPR 18(1)(a)).
    AccuracyContested,
    /// She needs it kept for a legal claim (GDPR 18(1)(c)).
    NeededForClaim,
}

/// What a regime says about one kind of request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindRules {
    /// The article that gives the right.
    pub source: String,
    /// False while nobody has re-read it.
    pub confirmed: bool,
    /// What she may rely on; none is needed where the list is empty.
    #[serde(default)]
    pub grounds: Vec<Ground>,
    /// On which grounds it may be refused, beside those of the procedure.
    #[serde(default)]
    pub refusals: Vec<RefusalGround>,
}

/// What a regime says about requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRules {
    /// Days for an answer where law gives no months (R8.1).
    pub answer_days: Parameter<u32>,
    /// Days before the last day from which the desk warns (R8.1).
    pub warn_days: Parameter<u32>,
    /// Grounds of the procedure, for any kind.
    pub procedural: Parameter<Vec<RefusalGround>>,
    /// Kind by kind.
    pub kinds: BTreeMap<RequestKind, KindRules>,
}

impl RequestRules {
    /// The grounds on which law lets a kind be refused, those of the procedure among them.
    pub fn refusals(&self, kind: RequestKind) -> Vec<RefusalGround> {
        let of_kind = self.kinds.get(&kind).map(|rules| rules.refusals.clone()).unwrap_or_default();
        of_kind.into_iter().chain(self.procedural.value.iter().copied()).collect()
    }

    /// What a person may rely on for a kind.
    pub fn grounds(&self, kind: RequestKind) -> &[Ground] {
        self.kinds.get(&kind).map_or(&[], |rules| rules.grounds.as_slice())
    }
}
