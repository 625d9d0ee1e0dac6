//! External transmission 外部送信: the tools that a page or letter brings along, and the cookies it
//! sets, each with what law wants told about it (R13.1 to R13.5). Knows nothing of pages.

use serde::{Deserialize, Serialize};

use crate::consent::ConsentName;
use crate::document::Label;
use crate::party::{is_word_char, name};

name! {
    /// Names a tool of the tools table.
    ToolName, 64, is_word_char, "1 to 64 of a-z, 0-9, `_`"
}
name! {
    /// Names a cookie, exactly as browsers know it.
    CookieName, 64, |c| c.is_ascii_alphanumeric() || c == '_' || c == '-',
    "1 to 64 of A-Z, a-z, 0-9, `_`, `-`"
}

/// How a tool works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// A script in a page.
    Tag,
    /// A picture in a letter that tells when it is opened.
    MailPixel,
    /// A part of an app that others made.
    Module,
}

/// A tool that has a device send information to its provider (TBA 27-12; R13.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// What it is called.
    pub label: Label,
    /// The article of the policy.
    pub article: String,
    /// Who receives at the destination.
    pub provider: Label,
    /// Where the provider is, ISO 3166-1 alpha-2; `None` while the operator has not confirmed it.
    pub country: Option<String>,
    /// How it works.
    pub means: Means,
    /// What is sent.
    pub information: Label,
    /// What the controller uses it for.
    pub purpose: Label,
    /// What the provider uses it for; `None` for nothing of its own.
    pub provider_purpose: Option<Label>,
    /// Whether the provider passes it on, and to whom; `None` when it does not.
    pub passed_on: Option<Label>,
    /// The consent without which it is not loaded; `None` where publication is enough.
    pub consent: Option<ConsentName>,
    /// Where it can be stopped (R13.5).
    pub opt_out: Option<String>,
    /// The provider's own policy.
    pub policy_url: Option<String>,
    /// The hosts it sends to: nothing else is let through (R13.6).
    pub hosts: Vec<String>,
    /// Where it stands in its file.
    pub position: usize,
}

/// Whose domain sets a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CookieParty {
    /// The service's own.
    First,
    /// Another's.
    Third,
}

/// A cookie of the cookie register (S17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cookie {
    /// What it is for.
    pub label: Label,
    /// The article of the policy.
    pub article: String,
    /// Whose domain sets it.
    pub party: CookieParty,
    /// How long it lasts, in hours; `None` until the browser is closed.
    pub hours: Option<u32>,
    /// True when the service does not work without it.
    pub needed: bool,
    /// Where it stands in its file.
    pub position: usize,
}
