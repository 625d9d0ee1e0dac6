//! What changed about the promises. They open and close nothing: what the rules do changes elsewhere
//! and is weighed there.

use std::collections::BTreeMap;

use super::{At, Class, Diff, Field, Part, text};
use crate::document::Label;
use crate::prove::promise::Promise;

impl Diff<'_> {
    pub(super) fn promises(&mut self, old: &[Promise], new: &[Promise]) {
        let by_name = |all: &[Promise]| -> BTreeMap<_, _> {
            all.iter().map(|promise| (promise.name.clone(), promise.clone())).collect()
        };
        let (old, new) = (by_name(old), by_name(new));
        for (name, promise) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Promises, name, &promise.label), false, Class::Editorial);
        }
        for (name, promise) in &new {
            let at = At::new(Part::Promises, name, &promise.label);
            let Some(old) = old.get(name) else {
                self.entry(&at, true, Class::Editorial);
                continue;
            };
            let Promise { name: _, label, rows, says, position: _ } = promise;
            let field = Field("label", "言葉", "words");
            self.label(&at, field, &old.label, label, Class::Editorial);
            let field = Field("rows", "出典", "sources");
            let shown = |rows: &Vec<String>| text(&rows.join(", "));
            self.field(&at, field, &old.rows, rows, shown, Class::Editorial);
            if old.says != *says {
                let field = Field("says", "証明する内容", "what is proven");
                self.push(&at, Some(field), "", None, None::<Label>, Class::Editorial);
            }
        }
        self.order(Part::Promises, &old, &new, |promise| promise.position);
    }
}
