//! How long information is kept (L6): each period with what is kept for it.

use super::{Block, Fact, Writer};
use crate::item::Item;

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
        vec![
            self.paragraph(
                "情報ごとの保存期間は次のとおりです。期間が過ぎたら消去します。",
                "We keep each item as follows, and erase it when its time is over.",
            ),
            table,
            self.paragraph(
                "法令が保存を義務づけている情報は、その期間が終わってから消去します。",
                "What the law obliges us to keep, we erase when that obligation ends.",
            ),
        ]
    }

    /// How long an item is kept.
    fn kept(&self, item: &Item) -> String {
        self.fact(Fact::Kept(item.retention))
    }
}
