//! The words and the rules of a privacy policy that runs.
//!
//! [`document`] is a controller's policy as data; [`decide`] answers what may come in and what may
//! go out; [`prove`] decides its promises over every case; [`lint`] holds it against the law;
//! [`retention`] says what has to end, and [`calendar`] counts the days until then; [`record`] is
//! what is written down about it; [`notice`] is the policy as people read it; [`export`] says the
//! same in the words of others, and [`draft`] writes a first policy. Everything here is pure: no clock, no network, no database. Read `decide.rs` next.

pub mod calendar;
pub mod consent;
pub mod country;
pub mod decide;
pub mod diff;
pub mod document;
pub mod draft;
pub mod duties;
pub mod export;
pub mod item;
pub mod law;
pub mod link;
pub mod lint;
pub mod minor;
pub mod normal;
pub mod notice;
pub mod party;
pub mod plan;
pub mod prove;
pub mod purpose;
pub mod read;
pub mod reason;
pub mod record;
pub mod regime;
pub mod request;
pub mod retention;
pub mod safety;
pub mod tool;
pub mod vocabulary;
pub mod words;

pub use consent::{Consent, ConsentFact, ConsentName, ConsentState};
pub use decide::{Ask, Decision, Facts, Permit, Refusal, admit, decide};
pub use diff::{Change, Class, Duty, diff};
pub use document::{Document, Label, Language, Version};
pub use item::{
    Choices, Item, ItemName, Linked, Retention, RetentionStart, Secret, SecretName, Sensitivity,
    Source, Terms, ValueKind,
};
pub use law::Law;
pub use link::{Service, ServiceName};
pub use notice::{Block, Body, Fact, Notice, Section, Term, notice};
pub use party::{
    DatasetId, Engagement, Recipient, RecipientFact, RecipientName, Reference, Role, StaffId,
    StaffRole, SubjectId,
};
pub use purpose::{Basis, Purpose, PurposeName, Tier};
pub use read::{Finding, Severity, read_dir, read_files};
pub use reason::Reason;
pub use record::{Record, RecordDuty};
pub use regime::{Regime, RegimeName};
pub use retention::{Hold, HoldName};
