//! What is written down about each act, and the exact bytes the ledger is told.
//!
//! A [`Record`] is sealed and kept; the ledger gets an [`entry`], which carries the kind of act, the
//! moment and a salted commitment, and nothing about a person. Whoever holds record and salt can
//! show that the entry speaks of it; nobody else learns anything.

use data_encoding::BASE64;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use crate::calendar::{calendar, calendar_day};
use crate::consent::{ConsentName, ConsentState};
use crate::decide::{Approval, Ask, ExceptionKind, Permit};
use crate::document::{Document, Label, Version};
use crate::item::{ItemName, SecretName};
use crate::link::{ClaimName, ScopeName, ServiceName};
use crate::party::{
    DatasetId, Engagement, RecipientName, Reference, Role, StaffId, StaffRole, SubjectId,
};
use crate::purpose::PurposeName;
use crate::reason::Reason;
use crate::regime::{Regime, RegimeName};
use crate::request::{
    Agency, AlternativeMeasure, Outcome, RefusedPart, RequestId, RequestKind, State,
};
use crate::retention::{HeldBy, HoldName, Thing, Until};

/// What a provision to another party stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProvisionBasis {
    /// The person's consent (Act 27(1)).
    Consent,
    /// The contract with the person (GDPR 6(1)(b)).
    Contract,
    /// Entrustment or succession (Act 27(5)(i), (ii)).
    Entrustment,
    /// A published joint use (Act 27(5)(iii)).
    JointUse,
    /// A case of Act 27(1)(i)-(vii).
    Exception,
}

/// How a recipient is reached (R2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// It is not abroad.
    Domestic,
    /// (a) A designated or adequate country.
    Designated,
    /// (b) A system of equivalent measures, checked in time.
    EquivalentMeasures,
    /// (c) The person's consent with the information of R2.2.
    Consent,
    /// (d) An exception of Act 27(1).
    Exception,
    /// Contract and technique keep the recipient from the data (R2.6).
    NotAProvision,
}

/// Whether law asks for the record or the controller keeps it of its own accord (R1.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordDuty {
    /// Act 29 asks for it.
    Statutory,
    /// Kept all the same.
    Voluntary,
}

/// The record duty as a function of what a provision stands on and how it travels (R1.9).
///
/// Act 29 binds whoever the controller is, not where the guest lives: it applies to every provision
/// of a controller at home in Japan, and to others for the persons under that law (Act 171).
pub fn record_duty(
    policy: &Document,
    regime: &Regime,
    basis: ProvisionBasis,
    route: Route,
) -> RecordDuty {
    let country = &policy.controller.country;
    let at_home =
        policy.regimes.values().any(|law| law.record_duty && law.transfer.home.contains(country));
    if !at_home && !regime.record_duty {
        return RecordDuty::Voluntary;
    }
    match (basis, route) {
        (ProvisionBasis::Exception, _) | (_, Route::NotAProvision) => RecordDuty::Voluntary,
        (ProvisionBasis::Consent | ProvisionBasis::Contract, _)
        // Under Article 28(1) consent even entrustment needs a record.
        | (ProvisionBasis::Entrustment | ProvisionBasis::JointUse, Route::Consent) => {
            RecordDuty::Statutory
        }
        (ProvisionBasis::Entrustment | ProvisionBasis::JointUse, _) => RecordDuty::Voluntary,
    }
}

/// Until when a record made now is kept (R1.8): the first moment at which it no longer has to be.
///
/// A period of years leaves out its first day and runs to the end of its last (Civil Code 140, 141,
/// 143), so this is the midnight after the anniversary.
///
/// # Errors
/// When the calendar has no such day; the caller refuses the act.
pub fn keep_until(regime: &Regime, now: Timestamp) -> Result<Timestamp, jiff::Error> {
    let years = jiff::Span::new().try_years(regime.record_keeping.years.value)?;
    let last_day = calendar_day(now).checked_add(years)?;
    Ok(last_day.tomorrow()?.to_zoned(calendar())?.timestamp())
}

/// One held value, by name and version; never the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldItem {
    /// Which item.
    pub item: ItemName,
    /// Which version of its value.
    pub version: u32,
}

/// A consent as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentTaken {
    /// Which consent.
    pub consent: ConsentName,
    /// The answer.
    pub state: ConsentState,
    /// The policy version the person saw.
    pub notice: Version,
    /// The language she saw it in.
    pub language: String,
}

/// The third party of a provision record (R1.5): who received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThirdParty {
    /// Its name in the register.
    pub recipient: RecipientName,
    /// Its part in the flow.
    pub role: Role,
    /// Its legal name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its representative, for a corporation.
    pub representative: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// A provision record 第三者提供記録 with the items of R1.5.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provision {
    /// Who received.
    pub third_party: ThirdParty,
    /// What was received.
    pub items: Vec<HeldItem>,
    /// What for.
    pub purpose: PurposeName,
    /// What it stands on.
    pub basis: ProvisionBasis,
    /// The consents it stands on, with the version of the notice each was given to.
    pub consents: Vec<(ConsentName, Version)>,
    /// How it travelled.
    pub route: Route,
    /// The recipient's number for the engagement.
    pub reference: Option<Reference>,
    /// Whether law asks for this record.
    pub record_duty: RecordDuty,
    /// Until when it is kept (R1.8).
    pub keep_until: Timestamp,
    /// The exception it stands on, if any.
    pub exception: Option<ExceptionUsed>,
}

/// Which approval a provision stands on. The person may see the record (Act 33(5)), so why, on what
/// evidence and by whom it was approved stay in the record of the approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionUsed {
    /// The approval's id.
    pub id: String,
    /// Which exception.
    pub kind: ExceptionKind,
    /// True when the person is not told of it (Order 11).
    pub withheld_from_subject: bool,
}

/// Why something was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasedBecause {
    /// Its retention period was over (Act 22).
    Retention,
    /// The account was closed.
    AccountEnd,
    /// The person asked for it (Act 35(5)).
    Request,
    /// It had gone before, and came back with a backup.
    Restore,
    /// It came through a link that she ended (S4).
    Unlinked,
}

/// Something that was erased: never the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// What.
    pub thing: Thing,
    /// Which version of its value; 0 for what has none.
    pub version: u32,
    /// Until when it was to be kept.
    pub until: Until,
    /// The purpose that kept it so long.
    pub because: Option<PurposeName>,
}

/// Something that an erasure left, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stayed {
    /// What.
    pub thing: Thing,
    /// Until when its purposes keep it.
    pub until: Until,
    /// The purpose that keeps it longest.
    pub because: Option<PurposeName>,
    /// The holds in force on it.
    pub held_by: Vec<HeldBy>,
}

/// A value that a linked service passed on, with the grant that it came under (S4); never the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Which item.
    pub item: ItemName,
    /// Which version of its value; a later one came otherwise.
    pub version: u32,
    /// The claim it came from; `None` for her id there, which needs no grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimName>,
    /// The scope that was granted for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeName>,
}

/// What a recipient is told to do with what it received (R12.3, S28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstructionKind {
    /// To erase it.
    Erase,
    /// To put the new value in its place.
    Correct,
    /// To use it no longer.
    Stop,
}

impl InstructionKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Erase, Self::Correct, Self::Stop];

    /// The word in rows and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Correct => "correct",
            Self::Stop => "stop",
        }
    }
}

/// What a recipient answered to an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstructionOutcome {
    /// It is done.
    Done,
    /// It is done in part.
    Partly,
    /// It is not done.
    Refused,
}

impl InstructionOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Done, Self::Partly, Self::Refused];

    /// The word in rows and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partly => "partly",
            Self::Refused => "refused",
        }
    }
}

/// By which way a recipient was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// By mail to its contact address.
    Mail,
    /// By the desk: a call, a letter.
    Desk,
}

/// What a letter of the service tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceLetterKind {
    /// That an engagement stands; it names what goes to the recipient (Rules 19(3); R1.4).
    Confirmation,
    /// That an engagement is otherwise now; it names the same.
    Change,
    /// That an engagement was called off.
    Cancellation,
    /// Something else that belongs to the service, such as a table that became free.
    Notice,
}

impl ServiceLetterKind {
    /// Whether the letter is the document of what goes to the recipient.
    pub fn names_provision(self) -> bool {
        matches!(self, Self::Confirmation | Self::Change)
    }
}

/// By what means somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMeans {
    /// Her password.
    Password,
    /// A one-time code to her address.
    Code,
    /// Her id at a linked service.
    Link,
    /// A passkey, which the service keeps and checks.
    Passkey,
}

impl SignInMeans {
    /// Every means.
    pub const ALL: [Self; 4] = [Self::Password, Self::Code, Self::Link, Self::Passkey];

    /// The word in the history and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Link => "link",
            Self::Passkey => "passkey",
        }
    }
}

/// Which kind of information a data set is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatasetKind {
    /// Anonymously processed information 匿名加工情報 (Act 2(6)).
    Anonymised,
    /// Pseudonymously processed information 仮名加工情報 (Act 2(5)).
    Pseudonymised,
}

/// A data set as it was made (S35, S36).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetMade {
    /// Which.
    pub dataset: DatasetId,
    /// What its maker calls it.
    pub name: Label,
    /// What it is.
    pub kind: DatasetKind,
    /// The purpose under which values were used for it.
    pub purpose: PurposeName,
    /// The items of the policy in it; none of a table from elsewhere. What is published of it is in its
    /// manifest (Rules 36).
    pub items: Vec<ItemName>,
    /// How many rows.
    pub rows: u64,
    /// People of whom no row came, by reason.
    pub left_out: std::collections::BTreeMap<String, u64>,
    /// Its manifest, as JSON: settings, hashes, models, risks, standards. What restores the source is not
    /// in it (Rules 35).
    pub manifest: String,
}

/// That a data set may go to somebody, approved by one who does not provide it (R6.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetApproved {
    /// Which.
    pub dataset: DatasetId,
    /// Its name.
    pub name: Label,
    /// Who is to receive it.
    pub recipient: String,
    /// On what.
    pub basis: String,
    /// What shows it.
    pub reason: String,
}

/// A data set as it was provided (R7.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetProvided {
    /// Which.
    pub dataset: DatasetId,
    /// Its name.
    pub name: Label,
    /// What it is.
    pub kind: DatasetKind,
    /// The recipient's name.
    pub recipient: String,
    /// What it stands on.
    pub basis: String,
    /// The record of the approval that it uses up, where the basis needs one.
    pub approval: Option<String>,
    /// How it is provided, as it is published: Japanese, then English.
    pub method: (String, String),
    /// What the recipient is told expressly, language by language (Act 44).
    pub told: Vec<(String, String)>,
}

/// A figure that was told of what is held, with noise (R7.7). The true figure is in no record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureTold {
    /// The purpose under which values were used, whose budget paid.
    pub purpose: PurposeName,
    /// The item that was counted.
    pub item: ItemName,
    /// What was spent of the budget: ε.
    pub epsilon: String,
    /// What was asked, as JSON.
    pub question: String,
    /// What was told, as JSON.
    pub answer: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// A person was taken in.
    Registered {
        /// The rules that apply to her.
        regime: RegimeName,
        /// What was put.
        items: Vec<HeldItem>,
        /// Names of the secrets put.
        secrets: Vec<SecretName>,
        /// What she answered.
        consents: Vec<ConsentTaken>,
    },
    /// A value was put or replaced.
    ItemPut {
        /// Which.
        item: HeldItem,
    },
    /// A try to sign in was noted in her history (S5).
    SignInNoted {
        /// The history, as it is since.
        item: HeldItem,
        /// By what means.
        means: SignInMeans,
        /// Whether it fit.
        succeeded: bool,
    },
    /// A secret was put in the place of the one before.
    SecretPut {
        /// Which; never what.
        secret: SecretName,
    },
    /// A service was linked, or linked anew: her grant there, and what came in under it (S4).
    Linked {
        /// Which service.
        service: ServiceName,
        /// What she granted there.
        scopes: Vec<ScopeName>,
        /// What was taken in.
        items: Vec<Imported>,
    },
    /// A link was ended; what came through it is erased by an act of its own.
    Unlinked {
        /// Which service.
        service: ServiceName,
        /// What stays, because she has entered it herself since.
        kept: Vec<ItemName>,
    },
    /// A consent got another state.
    ConsentChanged {
        /// Which, and how.
        consent: ConsentTaken,
        /// True when her statutory representative answered in her place (R9.6).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_representative: bool,
    },
    /// An engagement began, changed or was called off.
    Engaged {
        /// With whom.
        recipient: RecipientName,
        /// How it stands.
        engagement: Engagement,
    },
    /// A letter of the service was put into the outbox; the use of her address is an act of its own,
    /// once it goes.
    LetterPut {
        /// What it tells.
        kind: ServiceLetterKind,
        /// The purpose under which her address is used for it.
        purpose: PurposeName,
        /// The engagement that it is about: with whom, and the number there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        engagement: Option<(RecipientName, Reference)>,
    },
    /// Values were used by the controller.
    Used {
        /// Which.
        items: Vec<HeldItem>,
        /// What for.
        purpose: PurposeName,
        /// What it stands on.
        basis: String,
    },
    /// Values crossed the gate to another party.
    Disclosed(Box<Provision>),
    /// An ask was refused.
    Refused {
        /// What was asked.
        ask: Ask,
        /// Why it was refused.
        reasons: Vec<Reason>,
        /// True when the ask named an approval that the person is not told of (Order 11).
        #[serde(default)]
        withheld_from_subject: bool,
    },
    /// The information manager approved an exception to consent (S13).
    ExceptionApproved {
        /// What, why and until when.
        approval: Approval,
    },
    /// The information manager ended an approval before its time.
    ExceptionEnded {
        /// The approval's id.
        exception: String,
    },
    /// A member of a category of recipients was registered or changed.
    RecipientPut {
        /// Who.
        recipient: RecipientName,
        /// Which category.
        category: RecipientName,
        /// Its own country, ISO 3166-1 alpha-2; the category's when `None`.
        country: Option<String>,
        /// True while it may receive nothing.
        suspended: bool,
        /// Its legal name.
        name: String,
        /// Its address.
        address: String,
        /// Its representative.
        representative: String,
    },
    /// A use or provision was stopped, or allowed again.
    RestrictionChanged {
        /// The purpose; `None` for all.
        purpose: Option<PurposeName>,
        /// True when stopped.
        stopped: bool,
    },
    /// Provision to a recipient was stopped, or allowed again (Act 35(3), (5)).
    ProvisionRestricted {
        /// The recipient, or a category of them; `None` for anybody.
        recipient: Option<RecipientName>,
        /// True when stopped.
        stopped: bool,
    },
    /// The account was closed: retention periods run, consents and engagements are over.
    AccountClosed {
        /// The consents that ended with it.
        consents: Vec<ConsentName>,
        /// The engagements that were called off, each with its recipient.
        engagements: Vec<(RecipientName, Reference)>,
    },
    /// Things of a person were erased (Act 22; R12.2): the tombstone, without any value.
    Erased {
        /// Why.
        because: ErasedBecause,
        /// What went.
        gone: Vec<Gone>,
        /// What was left, although it was to go or as its purposes still keep it.
        stayed: Vec<Stayed>,
    },
    /// Provision records whose time was over were deleted (R1.8, I4).
    RecordsEnded {
        /// Their places in the ledger: the first and the last of each run.
        places: Vec<(u64, u64)>,
        /// How many.
        count: u64,
    },
    /// A hold was put on a person's information, beside those of the policy (R12.2).
    HoldPlaced {
        /// Its name.
        hold: HoldName,
        /// What it covers; everything when empty.
        items: Vec<ItemName>,
        /// Why.
        reason: String,
        /// What shows it: a letter, a case, by number or file name.
        evidence: String,
        /// Until when.
        until: Timestamp,
    },
    /// A hold was ended before its time.
    HoldLifted {
        /// Its name.
        hold: HoldName,
    },
    /// The person said that a value is still right (Act 22, S7).
    ItemConfirmed {
        /// Which.
        item: HeldItem,
    },
    /// A person's request came in (Act 32 to 35, 28(3), 40).
    RequestReceived {
        /// Which.
        request: RequestId,
        /// What is asked.
        kind: RequestKind,
        /// Who asks in her place.
        agency: Option<Agency>,
        /// Through which door: the page, a service, an agent's program.
        channel: String,
    },
    /// Somebody of the staff looked at what came with a request, such as an identity document
    /// (R8.6).
    AttachmentSeen {
        /// With which request.
        request: RequestId,
        /// Which attachment.
        attachment: String,
    },
    /// A request took a step.
    RequestMoved {
        /// Which.
        request: RequestId,
        /// What is asked.
        kind: RequestKind,
        /// The step.
        step: String,
        /// Where it stands now.
        state: State,
        /// What came out, once it is decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
        /// What is refused, and on which ground (I8).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refused: Vec<RefusedPart>,
        /// What is done instead (S32).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alternative: Option<AlternativeMeasure>,
    },
    /// What is held of a person was opened for the answer to her own request (Act 33).
    Answered {
        /// Which request.
        request: RequestId,
        /// What was opened.
        items: Vec<HeldItem>,
        /// How many of her records were shown.
        records: u64,
    },
    /// Whoever received what was erased, corrected or stopped is to be told (R12.3, S28).
    Instructed {
        /// What they are told to do.
        instruction: InstructionKind,
        /// Who: each has an instruction of its own.
        recipients: Vec<RecipientName>,
        /// The request that it follows from; `None` for what time ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestId>,
    },
    /// A recipient was told.
    InstructionTold {
        /// The instruction's id.
        instruction: String,
        /// Who.
        recipient: RecipientName,
        /// By which way.
        way: ToldBy,
    },
    /// A recipient answered an instruction.
    InstructionAnswered {
        /// The instruction's id.
        instruction: String,
        /// Who.
        recipient: RecipientName,
        /// What it answered.
        outcome: InstructionOutcome,
    },
    /// A data set was made of what is held; its items are published from here on (Rules 36).
    DatasetMade(Box<DatasetMade>),
    /// A data set may go to somebody, once.
    DatasetApproved(Box<DatasetApproved>),
    /// A data set was provided to somebody outside; how is published from here on (Rules 37).
    DatasetProvided(Box<DatasetProvided>),
    /// A data set was to be provided on what does not allow it (Act 41(6)).
    DatasetRefused {
        /// Which.
        dataset: DatasetId,
        /// Its name.
        name: Label,
        /// Who was to receive it.
        recipient: String,
        /// On what.
        basis: String,
    },
    /// Somebody saw the method information of a data set, or its deletion information (Rules 32, 35).
    MethodSeen {
        /// Of which.
        dataset: DatasetId,
        /// Its name.
        name: Label,
    },
    /// A data set is no longer needed: it is erased, with its method information (Act 41(5)).
    DatasetEnded {
        /// Which.
        dataset: DatasetId,
        /// Its name.
        name: Label,
    },
    /// All that may be lost of privacy by figures under a purpose was set: ε.
    BudgetSet {
        /// Which purpose.
        purpose: PurposeName,
        /// All that may be lost; what was spent before counts.
        epsilon: String,
    },
    /// A figure was told of what is held.
    FigureTold(Box<FigureTold>),
    /// A version of the policy was published; it holds at once, or from its moment on.
    PolicyPublished {
        /// Which version.
        version: Version,
        /// SHA-256 of its files, lower-case hexadecimal.
        hash: String,
        /// From when on it holds; `None` for at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_at: Option<Timestamp>,
        /// SHA-256 of its plan, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<String>,
    },
    /// A version was taken back before it took effect.
    PolicyWithdrawn {
        /// Which version.
        version: Version,
        /// SHA-256 of its files, lower-case hexadecimal.
        hash: String,
    },
    /// A version that was published before took effect.
    PolicyTookEffect {
        /// Which version.
        version: Version,
    },
    /// Somebody was added to the staff, and invited.
    StaffAdded {
        /// Who.
        staff: StaffId,
        /// As what.
        role: StaffRole,
    },
    /// Somebody of the staff was invited anew: password and second factor no longer count.
    StaffInvited {
        /// Who.
        staff: StaffId,
    },
    /// Somebody of the staff was ended.
    StaffEnded {
        /// Who.
        staff: StaffId,
    },
    /// The role of the information manager went from one to another; who had it is an officer (S9).
    ManagerNamed {
        /// Who has it now.
        staff: StaffId,
        /// Who had it.
        before: StaffId,
    },
}

impl Act {
    /// The kind, as rows and ledger entries name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::ItemPut { .. } => "item_put",
            Self::SignInNoted { .. } => "sign_in_noted",
            Self::SecretPut { .. } => "secret_put",
            Self::Linked { .. } => "linked",
            Self::Unlinked { .. } => "unlinked",
            Self::ConsentChanged { .. } => "consent_changed",
            Self::Engaged { .. } => "engaged",
            Self::LetterPut { .. } => "letter_put",
            Self::Used { .. } => "used",
            Self::Disclosed(_) => "disclosed",
            Self::Refused { .. } => "refused",
            Self::ExceptionApproved { .. } => "exception_approved",
            Self::ExceptionEnded { .. } => "exception_ended",
            Self::RecipientPut { .. } => "recipient_put",
            Self::RestrictionChanged { .. } => "restriction_changed",
            Self::ProvisionRestricted { .. } => "provision_restricted",
            Self::AccountClosed { .. } => "account_closed",
            Self::Erased { .. } => "erased",
            Self::RecordsEnded { .. } => "records_ended",
            Self::HoldPlaced { .. } => "hold_placed",
            Self::HoldLifted { .. } => "hold_lifted",
            Self::ItemConfirmed { .. } => "item_confirmed",
            Self::RequestReceived { .. } => "request_received",
            Self::RequestMoved { .. } => "request_moved",
            Self::AttachmentSeen { .. } => "attachment_seen",
            Self::Answered { .. } => "answered",
            Self::Instructed { .. } => "instructed",
            Self::InstructionTold { .. } => "instruction_told",
            Self::InstructionAnswered { .. } => "instruction_answered",
            Self::DatasetMade(_) => "dataset_made",
            Self::DatasetApproved(_) => "dataset_approved",
            Self::DatasetProvided(_) => "dataset_provided",
            Self::DatasetRefused { .. } => "dataset_refused",
            Self::MethodSeen { .. } => "method_seen",
            Self::DatasetEnded { .. } => "dataset_ended",
            Self::BudgetSet { .. } => "budget_set",
            Self::FigureTold(_) => "figure_told",
            Self::PolicyPublished { .. } => "policy_published",
            Self::PolicyTookEffect { .. } => "policy_took_effect",
            Self::PolicyWithdrawn { .. } => "policy_withdrawn",
            Self::StaffAdded { .. } => "staff_added",
            Self::StaffInvited { .. } => "staff_invited",
            Self::StaffEnded { .. } => "staff_ended",
            Self::ManagerNamed { .. } => "manager_named",
        }
    }
}

/// One act, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it happened.
    pub at: Timestamp,
    /// The policy version in force.
    pub policy: Version,
    /// The person it is about, if any.
    pub subject: Option<SubjectId>,
    /// Who asked for it: the service key's name, the id of somebody of the staff, or `operator`.
    pub by: String,
    /// What happened.
    #[serde(flatten)]
    pub act: Act,
}

impl Provision {
    /// The provision record of a permit (R1.5).
    pub fn of(
        permit: &Permit,
        third_party: ThirdParty,
        items: Vec<HeldItem>,
        keep_until: Timestamp,
        exception: Option<ExceptionUsed>,
    ) -> Self {
        Self {
            third_party,
            items,
            purpose: permit.purpose().clone(),
            basis: permit.provision_basis(),
            consents: permit.consents().to_vec(),
            route: permit.route(),
            reference: permit.reference().cloned(),
            record_duty: permit.record_duty(),
            keep_until,
            exception,
        }
    }
}

/// The salt that hides a record behind its commitment, in bytes.
pub const SALT_BYTES: usize = 16;

/// The commitment to a record: SHA-256 over a label, the salt and the record's bytes.
pub fn commitment(salt: &[u8; SALT_BYTES], record: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"azukari record v1\n");
    hash.update(salt);
    hash.update(record);
    hash.finalize().into()
}

/// The bytes of a ledger entry: JSON with the version, kind, moment and commitment.
pub fn entry(kind: &str, at: Timestamp, commitment: &[u8; 32]) -> Vec<u8> {
    let commitment = BASE64.encode(commitment);
    format!(r#"{{"v":1,"act":"{kind}","at":"{at}","commitment":"{commitment}"}}"#).into_bytes()
}
