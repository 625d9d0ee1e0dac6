//! The people and companies a policy speaks of: the subject 本人, the recipients 提供先 with their
//! roles, and the engagement that binds the two for a time. Knows nothing of how they are stored.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::Label;
use crate::item::ItemName;
use crate::purpose::PurposeName;

/// Text that is not a name of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a name: {rule}")]
pub struct NotAName {
    /// What was given, shortened for messages.
    pub given: String,
    /// What a name of this kind looks like.
    pub rule: &'static str,
}

/// Declares a name: short text of a fixed alphabet, parsed once and cheap to clone.
macro_rules! name {
    ($(#[$meta:meta])* $name:ident, $max:literal, $allowed:expr, $rule:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The same name with a text of its own. Threads that clone and drop one shared text
            /// wait for each other's count.
            #[allow(dead_code, reason = "some names are cloned in few places only")]
            pub(crate) fn apart(&self) -> Self {
                Self((&*self.0).into())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::party::NotAName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let allowed: fn(char) -> bool = $allowed;
                if text.is_empty() || text.len() > $max || !text.chars().all(allowed) {
                    let given = text.chars().take(40).collect();
                    return Err($crate::party::NotAName { given, rule: $rule });
                }
                Ok(Self(text.into()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use name;

/// Lower-case letters, digits and `_`: the alphabet of names in policy files.
pub(crate) fn is_word_char(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

name! {
    /// Names a recipient: an entry of the policy's recipients, or one member of a category there.
    RecipientName, 64, |c| is_word_char(c) || c == '-',
    "1 to 64 of a-z, 0-9, `_`, `-`"
}
name! {
    /// The number under which a recipient knows an engagement, such as a booking number.
    ///
    /// The alphabet keeps names and addresses out.
    Reference, 64, |c| c.is_ascii_alphanumeric() || c == '-' || c == '_',
    "1 to 64 of A-Z, a-z, 0-9, `_`, `-`"
}

/// Lower-case Crockford base 32, without padding.
pub fn base32() -> &'static Encoding {
    static ENCODING: std::sync::OnceLock<Encoding> = std::sync::OnceLock::new();
    ENCODING.get_or_init(|| {
        let mut spec = Specification::new();
        spec.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
        #[expect(clippy::expect_used, reason = "a constant specification, covered by a test")]
        spec.encoding().expect("a valid specification")
    })
}

/// Declares an id: 16 random-looking bytes, written with a prefix of its own.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), base32().encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAName;

            fn from_str(text: &str) -> Result<Self, NotAName> {
                text.strip_prefix($prefix)
                    .and_then(|rest| base32().decode(rest.as_bytes()).ok())
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| NotAName {
                        given: text.chars().take(40).collect(),
                        rule: concat!("`", $prefix, "` and 26 letters and digits"),
                    })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// A person whose information is held: 16 random-looking bytes, written `sub_…`.
    SubjectId, "sub_"
}
id! {
    /// Somebody of the controller's staff who decides about requests: 16 random bytes, written
    /// `stf_…`.
    StaffId, "stf_"
}

id! {
    /// A data set that was made of what is held: 16 random bytes, written `set_…`.
    DatasetId, "set_"
}

/// What somebody of the staff answers for (S9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// The information manager: one person at a time, with powers that nobody else has (Act 23).
    Manager,
    /// Works on requests and deadlines.
    Officer,
}

/// What a recipient is to the controller in one flow of data (R3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 委託先: handles for the controller, within its purpose (Act 27(5)(i)).
    Processor,
    /// 共同利用者: a member of a published joint use (Act 27(5)(iii)).
    JointUser,
    /// 第三者: anyone else.
    ThirdParty,
    /// The parent company of the controller's group.
    GroupParent,
    /// 店舗: the shop that the subject books (S10).
    Store,
    /// A public body acting under law.
    Authority,
}

/// How a foreign recipient may be reached (R2.1), as the policy states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct EquivalentMeasures {
    /// The day of the last check of the recipient's practice (R2.4).
    pub checked_on: jiff::civil::Date,
    /// What shows it: a contract, group rules, or a recognition, by its file name or number.
    pub evidence: String,
    /// How the arrangements were set up and what they are, in outline (R2.5).
    pub outline: Option<Label>,
    /// How often and in what way they are checked (R2.5).
    pub checks: Option<Label>,
}

/// 委託契約: what binds a recipient (L2; Act 25).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// The day it was signed.
    pub signed_on: jiff::civil::Date,
    /// Its file name or number.
    pub evidence: String,
}

/// A company within the scope of a joint use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name.
    pub name: Label,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// The scope of a joint use: a list kept elsewhere, as it stood on a day (R4.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Where the list is kept.
    pub url: String,
    /// The day it was looked at.
    pub taken_on: jiff::civil::Date,
    /// Who stood on it then.
    pub members: Vec<Member>,
}

/// The party responsible for the management of a joint use (R4.1(5), G7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responsible {
    /// Its name.
    pub name: Label,
    /// Its address.
    pub address: Label,
    /// Its representative.
    pub representative: Label,
}

/// 共同利用: what is told before a joint use begins (Act 27(5)(iii), R4.1). Items and purposes
/// stand at the recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointUse {
    /// Who takes part.
    pub scope: Scope,
    /// Who answers for it.
    pub responsible: Responsible,
}

/// Who a recipient is in law: a provision record says it (R1.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legal {
    /// Its legal name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its representative, for a corporation.
    pub representative: String,
}

/// A party that information may go to, as the policy's files state it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recipient {
    /// What people read.
    pub label: Label,
    /// Its part in the flow.
    pub role: Role,
    /// True for a category with many members that are registered while running, such as stores.
    pub many: bool,
    /// ISO 3166-1 alpha-2; `None` while the operator has not confirmed it, and then nothing goes.
    pub country: Option<String>,
    /// False where contract and technique keep it from the data (R2.6).
    pub handles_personal_data: bool,
    /// What it may be asked for.
    pub purposes: Vec<PurposeName>,
    /// Items it may receive; empty means every item of the purpose.
    pub items: Vec<ItemName>,
    /// Route (b) of R2.1, when it is in place.
    pub equivalent_measures: Option<EquivalentMeasures>,
    /// Route (c) of R2.1: the consent whose wording names the country, its system and the measures.
    pub transfer_consent: Option<crate::consent::ConsentName>,
    /// What is told of a joint use; a joint use for any purpose has it.
    pub joint_use: Option<JointUse>,
    /// What it does to protect what it receives (R2.2(3)); `None` while that is not known.
    pub measures: Option<Label>,
    /// What binds it; a processor has one (L2).
    pub contract: Option<Contract>,
    /// Its legal details (R1.5); members of a category have their own in the register.
    pub legal: Option<Legal>,
    /// The e-mail address to which it is told what to do with what it received, such as to erase it
    /// (R12.3). Between the two of them, and not published.
    #[serde(skip)]
    pub contact: Option<String>,
    /// The article of the policy.
    pub article: String,
    /// Where it stands in its file: people read the policy in that order.
    pub position: usize,
}

/// What is known of a recipient at the moment of an ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientFact {
    /// Its own name.
    pub name: RecipientName,
    /// The entry of the policy it falls under; its own name when the policy names it.
    pub category: RecipientName,
    /// ISO 3166-1 alpha-2, when the member has its own; else the category's.
    pub country: Option<String>,
    /// True while it may receive nothing.
    pub suspended: bool,
}

/// What binds a subject to a recipient for a time, such as a booking 予約.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// The recipient's number for it.
    pub reference: Reference,
    /// When it begins. No rule reads it: a kitchen prepares before the guest arrives, so sight begins
    /// with the booking.
    pub starts_at: Timestamp,
    /// Until when it is in force.
    pub ends_at: Timestamp,
    /// True once it has been called off.
    pub cancelled: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_id_reads_back_as_written() {
        let id = SubjectId([7; 16]);
        assert_eq!(id.to_string().parse::<SubjectId>().unwrap(), id);
        assert!("sub_short".parse::<SubjectId>().is_err());
    }

    #[test]
    fn a_reference_has_no_room_for_a_name_or_an_address() {
        assert!("bk-01J9".parse::<Reference>().is_ok());
        for wrong in ["", "Hanako Sato", "a@b.example", "予約", &"x".repeat(65)] {
            assert!(wrong.parse::<Reference>().is_err(), "{wrong}");
        }
    }
}
