//! What a regime asks of a policy in words: the numbers and switches that the notice states and the
//! lint goes by. The values stand in the regime's file, each with its source; nothing here is law.

use serde::{Deserialize, Serialize};

use crate::regime::Parameter;
use crate::request::ReasonsTold;

/// The duties of a regime towards what a policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duties {
    /// Months within which a request is answered; `None` where law says “without delay”.
    pub reply_months: Option<Parameter<u32>>,
    /// Months by which that may be extended, with notice to the person.
    pub reply_extension_months: Option<Parameter<u32>>,
    /// Whether a fee may be charged for a request (G3).
    pub fee: Parameter<bool>,
    /// A fee above this, in yen, wants a look at what the request really costs.
    pub fee_to_look_at: Parameter<u32>,
    /// The least that is told of the reasons for a refusal (G1).
    pub reasons: Parameter<ReasonsTold>,
    /// Whether the service may be made to depend on a consent (G2).
    pub condition_of_service: Parameter<bool>,
    /// The bases a purpose may have, by their words.
    pub bases: Parameter<Vec<String>>,
    /// Whether a controller from elsewhere names a representative here.
    pub representative: Parameter<bool>,
    /// Whether a legitimate interest is named.
    pub interests_named: Parameter<bool>,
    /// Whether what is not needed may be put on a device, or read from it, only with consent.
    pub device_consent: Parameter<bool>,
    /// Whether offers are sent only to those who agreed.
    pub mail_opt_in: Parameter<bool>,
    /// Whether the eight items of Act 32(1) are published: procedure, safety measures and the rest.
    pub publication: Parameter<bool>,
    /// Days before the yearly check of equivalent measures is due when it is said to be due soon.
    pub check_soon_days: Parameter<u32>,
    /// Days after which the survey of a country's system is old.
    pub survey_days: Parameter<u32>,
    /// Days after which the snapshot of a joint use's scope is old.
    pub scope_days: Parameter<u32>,
    /// Days of keeping beyond which somebody should look.
    pub retention_days: Parameter<u32>,
    /// Purposes that say too little, in any language of the policy.
    pub loose_purposes: Parameter<Vec<String>>,
}
