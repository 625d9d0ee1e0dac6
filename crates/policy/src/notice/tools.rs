//! The tools table (S15): what pages and letters have a device send to others, to whom and for what
//! (R13.2), and how it is stopped (R13.5); letters and whether they are opened (S19).

use super::{Block, Fact, Term, Writer};
use crate::document::Label;
use crate::tool::{Means, Tool, ToolName};

impl Writer<'_> {
    pub(super) fn tools(&self) -> Vec<Block> {
        let tools = self.policy.tools_in_order();
        if tools.is_empty() {
            return vec![self.paragraph(
                "本サービスは、お使いの端末から外部に情報を送るツールを使っていません。",
                "The service uses no tools that have your device send information to others.",
            )];
        }
        let mut blocks = vec![self.paragraph(
            "次のツールは、お使いの端末から外部に情報を送ることがあります。ここにないツールが情報を送ることはありません。",
            "The following tools may have your device send information to others. No tool that is not listed here does.",
        )];
        let head = vec![
            self.say("ツール", "Tool"),
            self.say("提供者", "Provider"),
            self.say("送られる情報", "Information sent"),
            self.say("当社の利用目的", "What we use it for"),
        ];
        let rows = tools
            .iter()
            .map(|(name, tool)| {
                self.cite(&tool.article);
                vec![
                    self.fact(Fact::Tool((*name).clone())),
                    self.said(&tool.provider),
                    self.said(&tool.information),
                    self.said(&tool.purpose),
                ]
            })
            .collect();
        blocks.push(self.table(head, rows));
        blocks.push(self.heading("ツールごとのくわしい情報", "More on each tool"));
        let terms = tools.iter().map(|(name, tool)| self.tool(name, tool)).collect();
        blocks.push(self.terms(terms));
        if tools.iter().any(|(_, tool)| tool.means == Means::MailPixel) {
            let email = self.desk_email();
            blocks.push(self.paragraph(
                format!("お知らせのメールは、同意された方だけにお送りします。メールに書かれた方法か、窓口（{email}）で、いつでも止められます。"),
                format!("We send offers by e-mail only to those who agreed. You can stop them at any time, as each e-mail says or through our desk ({email})."),
            ));
        }
        blocks
    }

    fn tool(&self, name: &ToolName, tool: &Tool) -> Term {
        let term = self.fact(Fact::Tool(name.clone()));
        let means = self.fact(Fact::Means(tool.means));
        let mut said = vec![if tool.hosts.is_empty() {
            self.say(
                format!("{means}。今は止めてあり、何も送っていません。"),
                format!("{means}. Switched off at present: nothing is sent."),
            )
        } else {
            self.say(format!("{means}。"), format!("{means}."))
        }];
        let country = match &tool.country {
            Some(code) => self.fact(Fact::Country(code.clone())),
            None => self.say("確認中", "being confirmed"),
        };
        said.push(
            self.say(format!("提供者の国：{country}"), format!("Provider's country: {country}")),
        );
        // Of a provider that is still being confirmed nothing is said to be none.
        let none = match &tool.country {
            Some(_) => self.nothing(),
            None => self.say("確認中", "being confirmed"),
        };
        let or_none = |label: &Option<Label>| match label {
            Some(label) => self.said(label),
            None => none.clone(),
        };
        let theirs = or_none(&tool.provider_purpose);
        said.push(self.say(
            format!("提供者自身の利用目的：{theirs}"),
            format!("What the provider uses it for itself: {theirs}"),
        ));
        let passed_on = or_none(&tool.passed_on);
        said.push(self.say(
            format!("提供者からさらに先への提供：{passed_on}"),
            format!("Passed on by the provider: {passed_on}"),
        ));
        if let Some(consent) = &tool.consent {
            let consent = self.quoted(&self.fact(Fact::Consent(consent.clone())));
            said.push(self.say(
                format!("{consent}に同意された方だけに使います。"),
                format!("Used only if you agree to {consent}."),
            ));
        }
        if let Some(opt_out) = &tool.opt_out {
            let opt_out = self.fact(Fact::Given(opt_out.clone()));
            said.push(self.say(format!("止め方：{opt_out}"), format!("How to stop it: {opt_out}")));
        }
        if let Some(url) = &tool.policy_url {
            let url = self.fact(Fact::Given(url.clone()));
            said.push(
                self.say(
                    format!("提供者のポリシー：{url}"),
                    format!("The provider's policy: {url}"),
                ),
            );
        }
        Term { term, said }
    }
}
