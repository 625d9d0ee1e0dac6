//! How long information is kept (L6): each period with what is kept for it.

use super::{Block, Fact, Term, Writer};
use crate::item::{Item, Retention};
use crate::retention::Hold;

impl Writer<'_> {
    pub(super) fn retention(&self) -> Vec<Block> {
        // Periods in the order in which they first come up, each with what is kept for it.
        let mut kept: Vec<(String, Vec<String>)> = Vec::new();
        let mut keep = |period: String, label: String| match kept
            .iter_mut()
            .find(|(known, _)| *known == period)
        {
            Some((_, labels)) => labels.push(label),
            None => kept.push((period, vec![label])),
        };
        for (name, item) in self.policy.items_in_order() {
            keep(self.kept(item), self.item(name));
        }
        for (name, secret) in self.policy.secrets_in_order() {
            keep(self.fact(Fact::Kept(secret.retention)), self.fact(Fact::Secret(name.clone())));
        }
        // The longest of them is kept for all.
        let years = self.policy.regimes.values().map(|r| r.record_keeping.years.value).max();
        if let Some(years) = years {
            let days = self.fact(Fact::Days(years * 365));
            let from = self.say(
                format!("記録を作った日から{days}間"),
                format!("{days} after the record is made"),
            );
            keep(from, self.say("第三者に提供した記録", "Records of provision to third parties"));
        }
        let rows = kept.into_iter().map(|(period, labels)| vec![period, self.row(&labels)]);
        let rows = rows.collect();
        let head = vec![self.say("保存期間", "Kept"), self.say("情報", "Information")];
        let table = self.table(head, rows);
        let mut blocks = vec![
            self.paragraph(
                "情報ごとの保存期間は次のとおりです。期間が過ぎたら消去します。",
                "We keep each item as follows, and erase it when its time is over.",
            ),
            table,
            self.paragraph(
                "法令が保存を義務づけている情報は、その期間が終わってから消去します。",
                "What the law obliges us to keep, we erase when that obligation ends.",
            ),
        ];
        if !self.policy.holds.is_empty() {
            blocks.push(self.paragraph(
                "次の情報がこれにあたります。保存しているあいだも、ほかの目的には利用しません。",
                "This is the case of the following. While we keep it, we do not use it for anything else.",
            ));
            let holds = self.policy.holds_in_order().into_iter().map(|(_, hold)| self.hold(hold));
            let holds = holds.collect();
            blocks.push(self.terms(holds));
        }
        blocks
    }

    /// A duty to keep: what it covers, for how long, by which law.
    fn hold(&self, hold: &Hold) -> Term {
        let kept = Retention { from: hold.from, days: hold.days, ends_with_account: false };
        let covers: Vec<String> = hold.items.iter().map(|name| self.item(name)).collect();
        let mut said = vec![self.fact(Fact::Kept(kept)), self.said(&hold.law)];
        if !covers.is_empty() {
            said.insert(0, self.list(&covers));
        }
        Term { term: self.said(&hold.label), said }
    }

    /// How long an item is kept; where its purposes differ, for each.
    fn kept(&self, item: &Item) -> String {
        let rule = self.fact(Fact::Kept(item.retention));
        // Purposes that end alike are named together.
        let mut own: Vec<(Retention, Vec<String>)> = Vec::new();
        for (name, rule) in &item.retention_for {
            let label = self.quoted(&self.fact(Fact::Purpose(name.clone())));
            match own.iter_mut().find(|(known, _)| known == rule) {
                Some((_, labels)) => labels.push(label),
                None => own.push((*rule, vec![label])),
            }
        }
        let own = own.into_iter().map(|(rule, labels)| {
            let labels = self.list(&labels);
            let rule = self.within(&self.fact(Fact::Kept(rule)));
            self.say(format!("{labels}は{rule}"), format!("for {labels}, {rule}"))
        });
        let own: Vec<String> = own.collect();
        if own.is_empty() {
            return rule;
        }
        self.say(
            format!("{rule}。ただし、{}", own.join("、")),
            format!("{rule}; {}", own.join("; ")),
        )
    }
}
