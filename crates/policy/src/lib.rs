//! The words and the rules of a privacy policy that runs.
//!
//! [`document`] is a controller's policy as data; [`decide`] answers what may come in and what may
//! go out; [`record`] says what is written down about it; [`notice`] is the policy as people read
//! it; [`lint`] holds it against the law. Everything here is pure: no clock, no network, no database. Read `decide.rs` next.

pub mod consent;
pub mod country;
pub mod decide;
pub mod document;
pub mod duties;
pub mod item;
pub mod law;
pub mod lint;
pub mod normal;
pub mod notice;
pub mod party;
pub mod purpose;
pub mod read;
pub mod reason;
pub mod record;
pub mod regime;
pub mod request;
pub mod safety;
pub mod tool;
pub mod words;

pub use consent::{Consent, ConsentFact, ConsentName, ConsentState};
pub use decide::{Ask, Decision, Facts, Permit, Refusal, admit, decide};
pub use document::{Document, Label, Language, Version};
pub use item::{
    Choices, Item, ItemName, Linked, Retention, RetentionStart, Secret, SecretName, Sensitivity,
    Source, Terms, ValueKind,
};
pub use law::Law;
pub use notice::{Block, Body, Fact, Notice, Section, Term, notice};
pub use party::{Engagement, Recipient, RecipientFact, RecipientName, Reference, Role, SubjectId};
pub use purpose::{Basis, Purpose, PurposeName, Tier};
pub use read::{Finding, Severity, read_dir, read_files};
pub use reason::Reason;
pub use record::{Record, RecordDuty};
pub use regime::{Regime, RegimeName};
