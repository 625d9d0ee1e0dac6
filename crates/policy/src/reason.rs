//! Every reason there is for saying no, as ids with their facts. Pages and the API put them into
//! words; nothing here speaks to people.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::consent::{ConsentName, ConsentState};
use crate::decide::ExceptionKind;
use crate::document::Version;
use crate::item::ItemName;
use crate::party::{RecipientName, Role};
use crate::purpose::PurposeName;
use crate::regime::RegimeName;

/// Declares the reasons once: the enum, the list of ids and each value's id.
macro_rules! reasons {
    ($( $(#[$meta:meta])* $variant:ident = $id:literal { $($(#[$fmeta:meta])* $field:ident : $ty:ty),* } )*) => {
        /// Why something was refused. Serialises as `{"reason": id, …facts}`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "reason")]
        pub enum Reason {
            $( $(#[$meta])* #[serde(rename = $id)] $variant { $($(#[$fmeta])* $field: $ty),* }, )*
        }

        impl Reason {
            /// The ids of all reasons.
            pub const IDS: &'static [&'static str] = &[$($id),*];

            /// The id, as the API and the words know it.
            pub fn id(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $id, )* }
            }
        }
    };
}

reasons! {
    /// The ask names no item.
    NothingAsked = "nothing_asked" {}
    /// Nobody is held under that id.
    UnknownSubject = "unknown_subject" {}
    /// The policy has no such item.
    UnknownItem = "unknown_item" {
        /// The name asked for.
        item: ItemName
    }
    /// A password or a card: held to check against, and there is no way to ask for it (I2).
    NeverLeaves = "never_leaves" {
        /// The name asked for.
        item: ItemName
    }
    /// The item is kept apart from every person, under no name that leads to her (G8).
    NotLinked = "not_linked" {
        /// The name asked for.
        item: ItemName
    }
    /// The policy does not claim this exception (S13).
    ExceptionNotClaimed = "exception_not_claimed" {
        /// Which exception.
        kind: ExceptionKind
    }
    /// The policy declares no such purpose (S6).
    UnknownPurpose = "unknown_purpose" {
        /// The name asked for.
        purpose: PurposeName
    }
    /// The policy and the register know no such recipient (I1).
    UnknownRecipient = "unknown_recipient" {
        /// The name asked for.
        recipient: RecipientName
    }
    /// The recipient may receive nothing for now.
    RecipientSuspended = "recipient_suspended" {
        /// Who.
        recipient: RecipientName
    }
    /// The item is not declared for this purpose.
    ItemNotForPurpose = "item_not_for_purpose" {
        /// Which item.
        item: ItemName,
        /// Which purpose.
        purpose: PurposeName
    }
    /// The recipient is not declared for this purpose.
    RecipientNotForPurpose = "recipient_not_for_purpose" {
        /// Who.
        recipient: RecipientName,
        /// Which purpose.
        purpose: PurposeName
    }
    /// The recipient may not receive this item.
    ItemNotForRecipient = "item_not_for_recipient" {
        /// Which item.
        item: ItemName,
        /// Who.
        recipient: RecipientName
    }
    /// The controller itself has not declared this purpose as its own use.
    NotAnOwnUse = "not_an_own_use" {
        /// Which purpose.
        purpose: PurposeName
    }
    /// The purpose has no basis in the person's regime.
    NoBasis = "no_basis" {
        /// Which purpose.
        purpose: PurposeName,
        /// The person's regime.
        regime: RegimeName
    }
    /// The role needs a stronger basis than the purpose has (Act 27(1)).
    BasisTooWeak = "basis_too_weak" {
        /// The recipient's role.
        role: Role,
        /// The person's regime.
        regime: RegimeName
    }
    /// The consent was never asked for.
    ConsentMissing = "consent_missing" {
        /// Which consent.
        consent: ConsentName
    }
    /// The consent is not in the state given (I5).
    ConsentNotGiven = "consent_not_given" {
        /// Which consent.
        consent: ConsentName,
        /// Its state.
        state: ConsentState
    }
    /// The consent was given to a wording that no longer stands (I5).
    ConsentForOtherNotice = "consent_for_other_notice" {
        /// Which consent.
        consent: ConsentName,
        /// The version the person saw.
        seen: Version,
        /// The oldest version that still stands.
        needed: Version
    }
    /// The item is no longer kept for this purpose (L6, R12.1).
    PurposeEnded = "purpose_ended" {
        /// Which item.
        item: ItemName,
        /// Which purpose.
        purpose: PurposeName,
        /// When its period ended.
        ended_at: Timestamp
    }
    /// A consent that the service cannot do without was not given (S11).
    ConditionOfService = "condition_of_service" {
        /// Which consent.
        consent: ConsentName
    }
    /// A special-care item has no explicit consent (R9.2).
    SpecialCareWithoutConsent = "special_care_without_consent" {
        /// Which item.
        item: ItemName,
        /// Which consent.
        consent: ConsentName
    }
    /// The item was collected before the purpose was opened to it, and the person has not consented
    /// since (Act 18(1)).
    LockedToOldPurposes = "locked_to_old_purposes" {
        /// Which item.
        item: ItemName,
        /// Which purpose.
        purpose: PurposeName
    }
    /// Use or provision is stopped at the person's request (S29).
    Restricted = "restricted" {
        /// The purpose that is stopped; `None` for all.
        purpose: Option<PurposeName>
    }
    /// Provision to this recipient is stopped at the person's request (Act 35(3), (5)).
    ProvisionStopped = "provision_stopped" {
        /// The recipient, or its category; `None` for anybody.
        recipient: Option<RecipientName>
    }
    /// The recipient has no engagement with the person, such as a booking.
    NoEngagement = "no_engagement" {
        /// Who.
        recipient: RecipientName
    }
    /// The engagement was called off.
    EngagementCancelled = "engagement_cancelled" {
        /// Who.
        recipient: RecipientName
    }
    /// The engagement, and with it the purpose, has ended (S10).
    EngagementEnded = "engagement_ended" {
        /// When the purpose ended.
        ended_at: Timestamp
    }
    /// The policy names the recipient without its legal details, so no record could say who it is
    /// (R1.5).
    LegalDetailsMissing = "legal_details_missing" {
        /// Who.
        recipient: RecipientName
    }
    /// The recipient's country is not confirmed, so no route can be chosen (R2.1).
    CountryUnconfirmed = "country_unconfirmed" {
        /// Who.
        recipient: RecipientName
    }
    /// No route leads to the recipient's country (R2.1).
    NoRoute = "no_route" {
        /// The country.
        country: String
    }
    /// The yearly check of equivalent measures is overdue (R2.4, I10).
    RouteCheckOverdue = "route_check_overdue" {
        /// The country.
        country: String,
        /// The day of the last check.
        checked_on: jiff::civil::Date
    }
    /// No approval of the exception is on record (S13).
    ExceptionNotApproved = "exception_not_approved" {}
    /// The approval has run out.
    ExceptionExpired = "exception_expired" {
        /// When it ended.
        ended_at: Timestamp
    }
    /// The approval covers another recipient, purpose, person or other items.
    ExceptionOutOfScope = "exception_out_of_scope" {}
    /// The law that applies to the person knows no such exception (S13).
    ExceptionNotInLaw = "exception_not_in_law" {
        /// Which exception.
        kind: ExceptionKind,
        /// The person's regime.
        regime: RegimeName
    }
    /// A fact could not be read, so nothing is allowed.
    FactUnreadable = "fact_unreadable" {
        /// Which fact.
        fact: String
    }
    /// A rule could not come to an answer, so nothing is allowed.
    RuleFailed = "rule_failed" {
        /// Which rule.
        rule: String
    }
}
