//! External transmission (Telecommunications Business Act 27-12) and what is put on a device or read
//! from it (ePrivacy Directive 5(3)).

use super::rules::{
    COOKIE_CONSENT, TOOL_CONSENT, TOOL_CONSENT_LATER, TOOL_COUNTRY, TOOL_COUNTRY_LATER,
    TOOL_SAYS_NOTHING, TOOL_UNPUBLISHED,
};
use super::{Linter, label_says_nothing};
use crate::tool::{CookieParty, Tool, ToolName};

const FILE: &str = "tools.toml";

impl Linter<'_> {
    pub(super) fn tools(&mut self) {
        for (name, tool) in &self.document.tools {
            self.tool(name, tool);
        }
        self.cookies();
    }

    fn tool(&mut self, name: &ToolName, tool: &Tool) {
        let regimes = self.regimes();
        if [&tool.provider, &tool.information, &tool.purpose].into_iter().any(label_says_nothing) {
            self.find(
                &TOOL_SAYS_NOTHING,
                &regimes,
                (FILE, tool.position, "information"),
                [
                    format!("`{name}`の送信先、送られる情報、利用目的のどれかが書かれていません"),
                    format!("provider, information or purpose of `{name}` says nothing"),
                ],
                [
                    "三つとも、利用者に分かる言葉で書いてください",
                    "write all three in words that people understand",
                ],
            );
        }
        // Without hosts a tool sends nothing: what is missing has to be there before it does.
        let sends = !tool.hosts.is_empty();
        if tool.country.is_none() {
            self.find(
                if sends { &TOOL_COUNTRY } else { &TOOL_COUNTRY_LATER },
                &regimes,
                (FILE, tool.position, "provider"),
                [
                    format!("`{name}`の提供者の国が確認されていません"),
                    format!("the country of `{name}`'s provider is not confirmed"),
                ],
                [
                    "提供者の今の名称と国を確かめ、`country`を書いてください",
                    "look up the provider's name and country of today, and add `country`",
                ],
            );
        }
        let strict = self.where_duty(|duties| duties.device_consent.value);
        if tool.consent.is_none() && !strict.is_empty() {
            self.find(
                if sends { &TOOL_CONSENT } else { &TOOL_CONSENT_LATER },
                &strict,
                (FILE, tool.position, ""),
                [
                    format!("`{name}`は、同意なしに端末の情報を読み取ることになります"),
                    format!("`{name}` reads from a person's device without her consent"),
                ],
                ["使う前に`consent`を書いてください", "add `consent` before it is switched on"],
            );
        }
    }

    fn cookies(&mut self) {
        let file = "cookies.toml";
        for (name, cookie) in &self.document.cookies {
            if cookie.party != CookieParty::Third {
                continue;
            }
            let regimes = self.regimes();
            if self.document.tools.is_empty() {
                self.find(
                    &TOOL_UNPUBLISHED,
                    &regimes,
                    (file, cookie.position, "party"),
                    [
                        format!("他社のCookie`{name}`を置くツールが公表されていません"),
                        format!(
                            "`{name}` is others' cookie, and no tool that sets it is published"
                        ),
                    ],
                    ["tools.tomlにツールを書いてください", "add the tool to tools.toml"],
                );
            }
            let strict = self.where_duty(|duties| duties.device_consent.value);
            if !strict.is_empty() && self.document.tools.values().all(|t| t.consent.is_none()) {
                self.find(
                    &COOKIE_CONSENT,
                    &strict,
                    (file, cookie.position, "party"),
                    [
                        format!("他社のCookie`{name}`を、同意なしに置くことになります"),
                        format!("`{name}` is others' cookie and set without consent"),
                    ],
                    [
                        "それを置くツールに`consent`を書いてください",
                        "add `consent` to the tool that sets it",
                    ],
                );
            }
        }
    }
}
