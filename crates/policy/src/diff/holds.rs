//! What changed about the duties to keep.

use std::collections::BTreeMap;

use super::class::both;
use super::{At, Class, Diff, Field, Kind, Part, yes_no};
use crate::document::Label;
use crate::item::Retention;
use crate::purpose::PurposeName;
use crate::retention::{Hold, HoldName};
use crate::words;

impl Diff<'_> {
    pub(super) fn holds(&mut self, old: &BTreeMap<HoldName, Hold>, new: &BTreeMap<HoldName, Hold>) {
        for (name, hold) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Holds, name, &hold.label), false, Class::Tightened);
        }
        for (name, hold) in new {
            let at = At::new(Part::Holds, name, &hold.label);
            match old.get(name) {
                Some(old) => self.hold(&at, old, hold),
                None => self.entry(&at, true, Class::RetentionLonger),
            }
        }
        self.order(Part::Holds, old, new, |hold| hold.position);
    }

    fn hold(&mut self, at: &At, old: &Hold, new: &Hold) {
        let Hold { label, law, items, purposes, from, days, confirmed, position: _ } = new;
        let field = Field("label", "名称", "name");
        self.label(at, field, &old.label, label, Class::Editorial);
        let field = Field("law", "根拠となる法令", "law");
        self.label(at, field, &old.law, law, Class::Editorial);
        // Without a list it covers everything of its purposes, so either way may hold more.
        let other = |_: &_| Kind::from(Class::RetentionOther);
        let labels: BTreeMap<_, _> = old
            .items
            .iter()
            .map(|name| ((name.clone(), false), self.item_label(name, false)))
            .chain(items.iter().map(|name| ((name.clone(), true), self.item_label(name, true))))
            .collect();
        let shown = |name: &_, new| labels[&(Clone::clone(name), new)].clone();
        let field = Field("items", "項目", "items");
        self.list(at, field, (&old.items, items), shown, other, other);
        let labels: BTreeMap<(PurposeName, bool), Label> = old
            .purposes
            .iter()
            .map(|p| ((p.clone(), false), self.purpose_label(p, false)))
            .chain(purposes.iter().map(|p| ((p.clone(), true), self.purpose_label(p, true))))
            .collect();
        let shown = |name: &PurposeName, new| labels[&(name.clone(), new)].clone();
        let other = |_: &_| Kind::from(Class::RetentionOther);
        let field = Field("purposes", "利用目的", "purposes");
        self.list(at, field, (&old.purposes, purposes), shown, other, other);
        let period = |from, days| Retention { from, days, ends_with_account: false };
        let (was, is) = (period(old.from, old.days), period(*from, *days));
        let class = match (is.from == was.from, is.days > was.days) {
            (true, true) => Class::RetentionLonger,
            (true, false) => Class::Tightened,
            (false, _) => Class::RetentionOther,
        };
        let shown = |kept: &Retention| both(|language| words::retention(*kept, language));
        self.field(at, Field("days", "保存期間", "period"), &was, &is, shown, class);
        let field = Field("confirmed", "数値の確認", "being confirmed");
        self.field(at, field, &old.confirmed, confirmed, yes_no, Class::Editorial);
    }
}
