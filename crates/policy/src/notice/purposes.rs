//! What information is used for (S6), in two tiers, and what allows each purpose in each regime.

use super::{Block, Fact, Term, Writer};
use crate::purpose::{Basis, Purpose, Tier};
use crate::regime::Regime;

impl Writer<'_> {
    pub(super) fn purposes(&self) -> Vec<Block> {
        let mut blocks = vec![self.paragraph(
            "お預かりした情報は、次の利用目的のためだけに使います。",
            "We use the information for the following purposes only.",
        )];
        for (tier, ja, en) in [
            (Tier::Service, "本サービスの提供のための目的", "Providing the service"),
            (Tier::Other, "その他の目的", "Other purposes"),
        ] {
            let purposes: Vec<_> = self
                .policy
                .purposes_in_order()
                .into_iter()
                .filter(|(_, purpose)| purpose.tier == tier)
                .collect();
            if purposes.is_empty() {
                continue;
            }
            blocks.push(self.heading(ja, en));
            let rows: Vec<_> = purposes
                .into_iter()
                .map(|(name, purpose)| {
                    self.cite(&purpose.article);
                    let items = self.policy.items_in_order().into_iter();
                    let secrets = self.policy.secrets_in_order().into_iter();
                    let used: Vec<_> = items
                        .filter(|(_, item)| item.purposes.contains(name))
                        .map(|(item, _)| Fact::Item(item.clone()))
                        .chain(
                            secrets
                                .filter(|(_, secret)| secret.purposes.contains(name))
                                .map(|(secret, _)| Fact::Secret(secret.clone())),
                        )
                        .map(|fact| self.fact(fact))
                        .collect();
                    let used = if used.is_empty() {
                        self.say("今は使っていません", "Nothing at present")
                    } else {
                        self.row(&used)
                    };
                    vec![self.fact(Fact::Purpose(name.clone())), used]
                })
                .collect();
            let head =
                vec![self.say("利用目的", "Purpose"), self.say("使う情報", "Information used")];
            blocks.push(self.table(head, rows));
        }
        blocks.push(self.heading("利用の根拠", "Legal bases"));
        blocks.push(self.paragraph(
            "それぞれの利用目的を認める根拠は、適用される法律によってちがいます。",
            "What allows each purpose depends on the law that applies to you.",
        ));
        blocks.push(self.bases());
        self.interests(&mut blocks);
        blocks
    }

    /// The bases of every purpose; regimes in which all are the same share a column.
    fn bases(&self) -> Block {
        let purposes = self.purposes_by_tier();
        let columns = self.by_regime(|regime| {
            purposes.iter().map(|(_, p)| p.basis.get(&regime.name).cloned()).collect::<Vec<_>>()
        });
        let mut head = vec![self.say("利用目的", "Purpose")];
        head.extend(columns.iter().map(|(_, names)| self.together(names.iter().copied())));
        let rows = purposes
            .iter()
            .enumerate()
            .map(|(at, (name, _))| {
                let mut row = vec![self.fact(Fact::Purpose((*name).clone()))];
                row.extend(
                    columns
                        .iter()
                        .map(|(bases, _)| self.basis(bases.get(at).and_then(Option::as_ref))),
                );
                row
            })
            .collect();
        self.table(head, rows)
    }

    fn basis(&self, basis: Option<&Basis>) -> String {
        let Some(basis) = basis else {
            return self
                .say("なし（この目的では利用しません）", "None (not used for this purpose)");
        };
        let word = self.fact(Fact::Basis(basis.clone()));
        match basis {
            Basis::Consent(name) => {
                let consent = self.fact(Fact::Consent(name.clone()));
                self.say(format!("{word}（{consent}）"), format!("{word} ({consent})"))
            }
            _ => word,
        }
    }

    /// The interests that count as legitimate, and the right to object (GDPR 13(1)(d), 21).
    fn interests(&self, blocks: &mut Vec<Block>) {
        let rests = |purpose: &Purpose, regime: &Regime| {
            purpose.basis.get(&regime.name) == Some(&Basis::LegitimateInterest)
        };
        let purposes = self.purposes_by_tier();
        let regimes: Vec<_> = self
            .regimes()
            .into_iter()
            .filter(|regime| purposes.iter().any(|(_, purpose)| rests(purpose, regime)))
            .collect();
        if regimes.is_empty() {
            return;
        }
        let has_named = purposes.iter().any(|(_, purpose)| purpose.interest.is_some());
        let laws = self.either(regimes.iter().map(|regime| &regime.name));
        let (ja, en) = if has_named {
            ("正当な利益とは、次のものです。", " The legitimate interests are these.")
        } else {
            ("", "")
        };
        blocks.push(self.paragraph(
            format!("{laws}の法律が適用される方は、正当な利益にもとづく利用に、いつでも異議を述べることができます。{ja}"),
            format!("If the law of {laws} applies to you, you may object at any time to what rests on legitimate interests.{en}"),
        ));
        if has_named {
            let named = purposes.iter().filter_map(|(name, purpose)| {
                let interest = purpose.interest.as_ref()?;
                let term = self.fact(Fact::Purpose((*name).clone()));
                Some(Term { term, said: vec![self.said(interest)] })
            });
            let named = named.collect();
            blocks.push(self.terms(named));
        }
    }
}
