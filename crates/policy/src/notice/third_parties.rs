//! No provision without consent (S12), and the exceptions that this policy claims (S13).

use super::{Block, Fact, Writer};
use crate::party::Role;

impl Writer<'_> {
    pub(super) fn third_parties(&self) -> Vec<Block> {
        let parties: Vec<_> = self
            .recipients_of(|role| matches!(role, Role::ThirdParty | Role::GroupParent))
            .into_iter()
            .filter(|(_, recipient)| !recipient.purposes.is_empty())
            .collect();
        let has_stores = !self.recipients_of(|role| role == Role::Store).is_empty();
        let beside_stores = if has_stores {
            self.say(
                format!("{}の条に書いた場合のほかは、", self.article("stores")),
                format!("Other than under {}, we", self.article("stores")),
            )
        } else {
            self.say("当社は、", "We")
        };
        let mut blocks = vec![self.paragraph(
            format!("{beside_stores}あらかじめご本人の同意をいただかずに、個人情報を第三者に提供しません。"),
            format!("{beside_stores} provide no personal information to third parties without your prior consent."),
        )];
        for (name, recipient) in parties {
            self.cite(&recipient.article);
            let label = self.within(&self.fact(Fact::Recipient(name.clone())));
            blocks.push(self.paragraph(
                format!("同意をいただいたうえで、{label}に、次の情報だけを、次の目的のために提供します。"),
                format!("With your consent, we provide {label} with the following information only, for the following purposes."),
            ));
            self.what_is_provided(recipient, &mut blocks);
            self.what_it_rests_on(recipient, &mut blocks);
        }
        self.exceptions(&mut blocks);
        blocks
    }

    fn exceptions(&self, blocks: &mut Vec<Block>) {
        let claimed = &self.policy.exceptions;
        if claimed.is_empty() {
            blocks.push(self.paragraph(
                "同意をいただかずに第三者に提供することはありません。",
                "We make no exception to this.",
            ));
            return;
        }
        blocks.push(self.paragraph(
            "ただし、次の場合は、同意をいただかずに提供することがあります。",
            "In the following cases we may do so without it.",
        ));
        let points = claimed
            .iter()
            .map(|kind| {
                let words = self.fact(Fact::Exception(*kind));
                let known: Vec<_> = self
                    .regimes()
                    .into_iter()
                    .filter(|regime| regime.exceptions.value.contains(kind))
                    .collect();
                if known.len() == self.policy.regimes.len() || known.is_empty() {
                    return words;
                }
                let laws = self.either(known.into_iter().map(|regime| &regime.name));
                self.say(
                    format!("{words}（{laws}の法律が適用される方だけ）"),
                    format!("{words} (only if the law of {laws} applies to you)"),
                )
            })
            .collect();
        blocks.push(self.points(points));
        let manager = self.said(&self.policy.controller.information_manager);
        let recipients = self.article("recipients");
        blocks.push(self.paragraph(
            format!("{recipients}の条にある委託先に委託するときのほかは、これらの場合にあたるかどうかを、{manager}が一件ずつ理由と証拠を確かめて承認し、記録に残します。"),
            format!("Except where we entrust a processor listed under {recipients}, our {manager} checks the reason and the evidence in each single case, approves it, and keeps a record."),
        ));
        if !self.policy.secrets.is_empty() {
            let secrets = self.secrets();
            blocks.push(self.paragraph(
                format!("これらの場合でも、{secrets}を提供することはありません。"),
                format!("Not even then do we provide your {secrets}."),
            ));
        }
    }
}
