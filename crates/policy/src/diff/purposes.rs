//! What changed about the purposes: their words, what they rest on, and who may go by them.

use std::collections::BTreeMap;

use super::class::both;
use super::{
    At, Class, Diff, Field, Judgement, Kind, Opening, Part, Whom, carries, or_none, text, yes_no,
};
use crate::document::Label;
use crate::purpose::{Basis, Purpose, PurposeName, Tier};
use crate::regime::RegimeName;
use crate::words;

impl Diff<'_> {
    pub(super) fn purposes(
        &mut self,
        old: &BTreeMap<PurposeName, Purpose>,
        new: &BTreeMap<PurposeName, Purpose>,
    ) {
        for (name, purpose) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Purposes, name, &purpose.label), false, Class::Tightened);
        }
        for (name, purpose) in new {
            let at = At::new(Part::Purposes, name, &purpose.label);
            let Some(old) = old.get(name) else {
                let items = self.old_items_for(name);
                let kind = if items.is_empty() {
                    Class::PurposeForNewItems.into()
                } else {
                    Kind::from(Class::PurposeBeyond).or(Judgement::Related).opening([opened(
                        items,
                        name,
                        Whom::Anyone,
                    )])
                };
                self.entry(&at, true, kind);
                continue;
            };
            self.purpose(&at, name, old, purpose);
        }
        self.order(Part::Purposes, old, new, |purpose| purpose.position);
    }

    fn purpose(&mut self, at: &At, name: &PurposeName, old: &Purpose, new: &Purpose) {
        let Purpose {
            label,
            article,
            tier,
            basis,
            own_use,
            needs_engagement,
            after_end_hours,
            terms,
            interest,
            position: _, // compared as an order
        } = new;
        let items = self.old_items_for(name);
        let beyond = |whom| {
            Kind::from(Class::PurposeBeyond).or(Judgement::Related).opening([opened(
                items.clone(),
                name,
                whom,
            )])
        };
        // Its words are the purpose: that they mean the same is for somebody to judge.
        let field = Field("label", "文言", "wording");
        let kind = beyond(Whom::Anyone).or(Judgement::SameSense);
        self.label(at, field, &old.label, label, kind);
        let field = Field("article", "記載箇所", "article");
        self.field(at, field, &old.article, article, text, Class::Editorial);
        let field = Field("tier", "区分", "tier");
        let shown = |tier: &Tier| match tier {
            Tier::Service => Label {
                ja: "サービスの提供".to_owned(),
                en: "providing the service".to_owned(),
            },
            Tier::Other => Label { ja: "その他".to_owned(), en: "other purposes".to_owned() },
        };
        self.field(at, field, &old.tier, tier, shown, Class::TierChanged);
        self.terms(at, &old.terms, terms);
        self.bases(at, name, old, basis);
        let field = Field("interest", "正当な利益", "legitimate interest");
        let shown = |interest: &Option<Label>| or_none(interest.as_ref(), Label::clone);
        self.field(at, field, &old.interest, interest, shown, Class::BasisChanged);

        let field = Field("own_use", "当社自身の利用", "controller's own use");
        let kind = if *own_use { beyond(Whom::Controller) } else { Class::Tightened.into() };
        self.field(at, field, &old.own_use, own_use, yes_no, kind);
        let field = Field("needs_engagement", "予約があることの条件", "need of an engagement");
        let class = if *needs_engagement { Class::Tightened } else { Class::EngagementLoosened };
        self.field(at, field, &old.needs_engagement, needs_engagement, yes_no, class);
        let field =
            Field("after_end_hours", "予約の終了後の時間", "hours after the end of an engagement");
        let class = if !old.needs_engagement && !needs_engagement {
            Class::Editorial
        } else if after_end_hours > &old.after_end_hours {
            Class::EngagementLoosened
        } else {
            Class::Tightened
        };
        self.field(at, field, &old.after_end_hours, after_end_hours, text, class);
    }

    /// What it rests on, regime by regime.
    fn bases(
        &mut self,
        at: &At,
        name: &PurposeName,
        old: &Purpose,
        new: &BTreeMap<RegimeName, Basis>,
    ) {
        let regimes: Vec<RegimeName> = self
            .new
            .regimes
            .keys()
            .filter(|r| self.old.regimes.contains_key(*r))
            .cloned()
            .collect();
        for regime in regimes {
            let (was, is) = (old.basis.get(&regime), new.get(&regime));
            if was == is {
                continue;
            }
            let class = self.basis_class(name, &regime, was, is);
            let mut kind = Kind::by([(regime.clone(), class)].into(), self.new);
            if matches!(class, Class::BasisWeakened | Class::PurposeBeyond) {
                kind = kind.opening([opened(self.old_items_for(name), name, Whom::Anyone)]);
            }
            if class == Class::PurposeBeyond {
                kind = kind.or(Judgement::Related);
            }
            let shown = |basis: Option<&Basis>| {
                or_none(basis, |basis| match basis {
                    Basis::Consent(consent) => {
                        let label = self.consent_label(consent);
                        both(|language| {
                            let word = words::basis(basis, language);
                            match language {
                                crate::Language::Ja => format!("{word}（{}）", label.ja),
                                crate::Language::En => format!("{word} ({})", label.en),
                            }
                        })
                    }
                    other => both(|language| words::basis(other, language).to_owned()),
                })
            };
            let (from, to) = (Some(shown(was)), Some(shown(is)));
            let field = Field("basis", "根拠", "basis");
            self.push(at, Some(field), regime.as_str(), from, to, kind);
        }
    }

    fn basis_class(
        &self,
        name: &PurposeName,
        regime: &RegimeName,
        was: Option<&Basis>,
        is: Option<&Basis>,
    ) -> Class {
        let asked_before = |basis: &Basis| matches!(basis, Basis::Consent(consent) if self.old.consents.contains_key(consent));
        // What could not be provided on the old basis, and can on the new one.
        let opens_a_recipient = || {
            let law = self.new.regimes.get(regime);
            self.old.recipients.values().filter(|r| r.purposes.contains(name)).any(|recipient| {
                law.is_some_and(|law| {
                    !carries(law, recipient.role, was) && carries(law, recipient.role, is)
                })
            })
        };
        match (was, is) {
            (_, None) => Class::Tightened,
            (None, Some(_)) => Class::PurposeBeyond,
            // Nobody has given a consent that was not asked.
            (Some(_), Some(Basis::Consent(consent)))
                if !self.old.consents.contains_key(consent) =>
            {
                Class::Tightened
            }
            (Some(Basis::Consent(_)), Some(_)) => Class::BasisWeakened,
            (Some(_), Some(to)) if asked_before(to) => {
                if opens_a_recipient() {
                    Class::BasisWeakened
                } else {
                    Class::Tightened
                }
            }
            (Some(_), Some(_)) => Class::BasisChanged,
        }
    }
}

fn opened(items: Vec<crate::ItemName>, purpose: &PurposeName, whom: Whom) -> Opening {
    Opening { items, purpose: Some(purpose.clone()), whom }
}
