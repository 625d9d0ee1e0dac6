//! Every consent that is asked for, in its own words, and what refusing means (S11, S38); how it is
//! taken back; who consents for the young (L5).

use super::{Block, Fact, Term, Writer};

impl Writer<'_> {
    pub(super) fn consents(&self) -> Vec<Block> {
        let regimes: Vec<_> = self.regimes().into_iter().map(|regime| &regime.name).collect();
        let asked: Vec<_> = self
            .policy
            .consents_in_order()
            .into_iter()
            .filter_map(|(name, consent)| {
                let asked: Vec<_> = regimes
                    .iter()
                    .copied()
                    .filter(|regime| {
                        self.policy.consents_asked(regime).iter().any(|(asked, _)| *asked == name)
                    })
                    .collect();
                (!asked.is_empty()).then_some((name, consent, asked))
            })
            .collect();
        if asked.is_empty() {
            return Vec::new();
        }
        let mut blocks = vec![self.paragraph(
            "当社がお願いする同意は次のとおりです。",
            "These are the consents we ask for.",
        )];
        let terms = asked
            .into_iter()
            .map(|(name, consent, asked)| {
                self.cite(&consent.article);
                let mut said = vec![self.said(&consent.wording), self.said(&consent.on_refusal)];
                if asked.len() < regimes.len() {
                    let laws = self.either(asked.into_iter());
                    said.push(self.say(
                        format!("{laws}の法律が適用される方にだけお願いしています。"),
                        format!("We ask this only if the law of {laws} applies to you."),
                    ));
                }
                Term { term: self.fact(Fact::Consent(name.clone())), said }
            })
            .collect();
        blocks.push(self.terms(terms));
        blocks.push(self.paragraph(
            "同意はいつでも撤回できます。撤回した後は、その同意にもとづく利用や提供をしません。撤回する前に行った利用や提供は、そのまま有効です。",
            "You can withdraw a consent at any time. From then on we no longer use or provide anything on its strength; what was done before remains lawful.",
        ));
        blocks.push(self.the_young());
        blocks
    }

    fn the_young(&self) -> Block {
        let ages = self.by_regime(|regime| regime.minor_consent_age.value);
        let same = ages.len() == 1;
        let ages: Vec<_> = ages
            .into_iter()
            .map(|(years, names)| {
                let age = self.fact(Fact::Age(years));
                if same {
                    self.say(format!("{age}未満の方"), format!("under {age}"))
                } else {
                    let laws = self.either(names.into_iter());
                    self.say(
                        format!("{age}未満の方（{laws}の法律が適用される場合）"),
                        format!("under {age} (where the law of {laws} applies)"),
                    )
                }
            })
            .collect();
        let ages = self.say(self.row(&ages), crate::words::join(&ages, " or "));
        self.paragraph(
            format!("{ages}は、保護者の方の同意を得てからご利用ください。"),
            format!("If you are {ages}, please use the service only with the consent of a parent or guardian."),
        )
    }
}
