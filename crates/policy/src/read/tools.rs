//! tools.toml: what pages and letters have a device send to others (S15).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Table};
use crate::consent::{Consent, ConsentName};
use crate::document::Label;
use crate::tool::{Means, Tool, ToolName};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTool {
    label: Spanned<Label>,
    article: Spanned<String>,
    provider: Spanned<Label>,
    country: Option<Spanned<String>>,
    means: Means,
    information: Spanned<Label>,
    purpose: Spanned<Label>,
    provider_purpose: Option<Spanned<Label>>,
    passed_on: Option<Spanned<Label>>,
    consent: Option<Spanned<String>>,
    opt_out: Option<Spanned<String>>,
    policy_url: Option<Spanned<String>>,
    #[serde(default)]
    hosts: Vec<Spanned<String>>,
}

impl Reader<'_> {
    pub(super) fn tools(
        &mut self,
        raw: Table<RawTool>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) -> BTreeMap<ToolName, Tool> {
        let file = "tools.toml";
        let mut tools = BTreeMap::new();
        for (key, raw) in raw {
            let position = key.span().start;
            let name: Option<ToolName> = self.name(file, &key);
            if let Some(code) = &raw.country {
                self.country(file, code.span().start, code.get_ref());
            }
            for url in [&raw.opt_out, &raw.policy_url].into_iter().flatten() {
                self.address(file, url);
            }
            for host in &raw.hosts {
                self.host(file, host);
            }
            let consent = raw.consent.and_then(|text| {
                self.known(file, &[text], "consent", |c| consents.contains_key(c)).pop()
            });
            let tool = Tool {
                label: self.label(file, raw.label),
                article: self.article(file, raw.article),
                provider: self.label(file, raw.provider),
                country: raw.country.map(Spanned::into_inner),
                means: raw.means,
                information: self.label(file, raw.information),
                purpose: self.label(file, raw.purpose),
                provider_purpose: raw.provider_purpose.map(|label| self.label(file, label)),
                passed_on: raw.passed_on.map(|label| self.label(file, label)),
                consent,
                opt_out: raw.opt_out.map(Spanned::into_inner),
                policy_url: raw.policy_url.map(Spanned::into_inner),
                hosts: raw.hosts.into_iter().map(Spanned::into_inner).collect(),
                position,
            };
            tools.extend(name.map(|name| (name, tool)));
        }
        tools
    }

    /// A host name without scheme or path.
    fn host(&mut self, file: &str, text: &Spanned<String>) {
        let is_one = text.get_ref().split('.').count() > 1
            && text.get_ref().split('.').all(|part| {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            });
        if !is_one {
            let message = format!("`{}` is not a host name", text.get_ref());
            let way_out = "write the name alone, such as stats.example.com";
            self.error(file, text.span().start, message, way_out);
        }
    }
}
