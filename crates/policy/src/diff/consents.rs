//! What changed about what people are asked.

use std::collections::BTreeMap;

use super::{At, Class, Diff, Field, Judgement, Kind, Part, text};
use crate::consent::{Consent, ConsentName};
use crate::document::Label;
use crate::regime::RegimeName;

impl Diff<'_> {
    pub(super) fn consents(
        &mut self,
        old: &BTreeMap<ConsentName, Consent>,
        new: &BTreeMap<ConsentName, Consent>,
    ) {
        for (name, consent) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            let at = At::new(Part::Consents, name, &consent.label);
            self.entry(&at, false, Class::Tightened);
        }
        for (name, consent) in new {
            let at = At::new(Part::Consents, name, &consent.label);
            match old.get(name) {
                Some(old) => self.consent(&at, old, consent),
                None => self.entry(&at, true, Class::ConsentAdded),
            }
        }
        self.order(Part::Consents, old, new, |consent| consent.position);
    }

    fn consent(&mut self, at: &At, old: &Consent, new: &Consent) {
        let Consent {
            label,
            wording,
            on_refusal,
            condition_of_service,
            since,
            article,
            position: _, // compared as an order
        } = new;
        // Whoever agreed, agreed to the old words (I5). Asked again, she agrees to the new ones.
        let asked_again = *since == self.new.version && *since != old.since;
        let words = || {
            if asked_again {
                Kind::from(Class::ConsentAskedAgain)
            } else {
                Kind::from(Class::ConsentWording).or(Judgement::SameSense)
            }
        };
        self.label(at, Field("label", "題名", "title"), &old.label, label, words());
        self.label(at, Field("wording", "文言", "wording"), &old.wording, wording, words());
        let field = Field("on_refusal", "同意しない場合の説明", "what refusing means");
        self.label(at, field, &old.on_refusal, on_refusal, words());
        let labels: BTreeMap<RegimeName, Label> = old
            .condition_of_service
            .iter()
            .chain(condition_of_service)
            .map(|name| (name.clone(), self.regime_label(name)))
            .collect();
        let by = |regime: &RegimeName, class| Kind::by([(regime.clone(), class)].into(), self.new);
        let kinds: BTreeMap<RegimeName, [Kind; 2]> = labels
            .keys()
            .map(|name| {
                (name.clone(), [by(name, Class::ConditionAdded), by(name, Class::Tightened)])
            })
            .collect();
        let mut kinds = kinds;
        let was: Vec<_> = old.condition_of_service.clone();
        let field = Field("condition_of_service", "利用の条件", "condition of service");
        for regime in was.iter().filter(|one| !condition_of_service.contains(one)) {
            let Some([_, kind]) = kinds.remove(regime) else { continue };
            self.push(at, Some(field), regime.as_str(), Some(labels[regime].clone()), None, kind);
        }
        for regime in condition_of_service.iter().filter(|one| !was.contains(one)) {
            let Some([kind, _]) = kinds.remove(regime) else { continue };
            self.push(at, Some(field), regime.as_str(), None, Some(labels[regime].clone()), kind);
        }
        let field =
            Field("since", "同意が引き継がれる最も古い版", "oldest version that carries over");
        let class =
            if *since > old.since { Class::ConsentAskedAgain } else { Class::ConsentRevived };
        self.field(at, field, &old.since, since, text, class);
        let field = Field("article", "記載箇所", "article");
        self.field(at, field, &old.article, article, text, Class::Editorial);
    }
}
