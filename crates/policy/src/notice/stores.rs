//! What goes to the restaurant or shop a person books (S10), on what it rests and what refusing
//! means (S11).

use super::{Block, Fact, Term, Writer};
use crate::party::{Recipient, Role};
use crate::purpose::{Basis, Purpose, PurposeName};
use crate::regime::RegimeName;

impl<'a> Writer<'a> {
    pub(super) fn stores(&self) -> Vec<Block> {
        let stores = self.recipients_of(|role| role == Role::Store);
        let mut blocks = Vec::new();
        for (name, store) in &stores {
            self.cite(&store.article);
            let label = self.within(&self.fact(Fact::Recipient((*name).clone())));
            blocks.push(self.paragraph(
                format!("{label}には、次の情報だけを、次の目的のために提供します。"),
                format!("We provide {label} with the following information only, for the following purposes."),
            ));
            self.what_is_provided(store, &mut blocks);
            self.what_it_rests_on(store, &mut blocks);
        }
        if !blocks.is_empty() {
            if !self.policy.secrets.is_empty() {
                let secrets = self.secrets();
                blocks.push(self.paragraph(
                    format!("{secrets}を、お店に提供することはありません。"),
                    format!("We never provide restaurants or shops with your {secrets}."),
                ));
            }
            blocks.push(self.paragraph(
                "いつ、どのお店に、何を提供したかを、そのたびに記録します。",
                "Each time, we record when, to whom and what we provided.",
            ));
        }
        blocks
    }

    /// The items and purposes of a recipient, with the time during which it sees them.
    pub(super) fn what_is_provided(&self, recipient: &Recipient, blocks: &mut Vec<Block>) {
        let items = self.items_of(recipient).into_iter();
        let points = items.map(|(name, item)| self.item_with_consent(name, item)).collect();
        blocks.push(self.points(points));
        let terms = self
            .purposes_by_tier()
            .into_iter()
            .filter(|(name, _)| recipient.purposes.contains(name))
            .map(|(name, purpose)| self.window(name, purpose))
            .collect();
        blocks.push(self.terms(terms));
    }

    /// Where a provision rests on a consent, and what refusing it means there.
    pub(super) fn what_it_rests_on(&self, recipient: &Recipient, blocks: &mut Vec<Block>) {
        let purposes: Vec<&Purpose> =
            recipient.purposes.iter().filter_map(|name| self.policy.purposes.get(name)).collect();
        for (name, consent) in self.policy.consents_in_order() {
            let rests = |regime: &RegimeName| {
                purposes.iter().any(
                    |p| matches!(p.basis.get(regime), Some(Basis::Consent(basis)) if basis == name),
                )
            };
            let regimes: Vec<_> =
                self.regimes().into_iter().map(|r| &r.name).filter(|r| rests(r)).collect();
            if regimes.is_empty() {
                continue;
            }
            let label = self.quoted(&self.fact(Fact::Consent(name.clone())));
            let refusal = self.said(&consent.on_refusal);
            if regimes.len() == self.policy.regimes.len() {
                blocks.push(self.paragraph(
                    format!("あらかじめ{label}への同意をお願いしています。{refusal}"),
                    format!("We ask you beforehand to agree to {label}. {refusal}"),
                ));
            } else {
                let laws = self.either(regimes.into_iter());
                blocks.push(self.paragraph(
                    format!("{laws}の法律が適用される方には、あらかじめ{label}への同意をお願いしています。{refusal}"),
                    format!("If the law of {laws} applies to you, we ask you beforehand to agree to {label}. {refusal}"),
                ));
            }
        }
        let by_contract = self.regimes().into_iter().map(|regime| &regime.name).filter(|regime| {
            purposes.iter().any(|p| p.basis.get(*regime) == Some(&Basis::Contract))
        });
        let by_contract: Vec<_> = by_contract.collect();
        if !by_contract.is_empty() {
            let laws = self.either(by_contract.into_iter());
            blocks.push(self.paragraph(
                format!("{laws}の法律が適用される方については、ご予約の契約のために必要なものとして提供します。"),
                format!("If the law of {laws} applies to you, we provide it because the contract for your booking needs it."),
            ));
        }
    }

    /// A purpose, with the time during which the recipient sees what it needs for it.
    fn window(&self, name: &'a PurposeName, purpose: &Purpose) -> Term {
        let term = self.fact(Fact::Purpose(name.clone()));
        let hours = purpose.after_end_hours;
        let window = match (purpose.needs_engagement, hours) {
            (false, _) => return Term { term, said: Vec::new() },
            (true, 0) => self.say(
                "有効な予約があるあいだだけ、予約が終わる時刻まで見ることができます。",
                "Seen only while you have a booking there, until it ends.",
            ),
            (true, hours) => {
                let hours = self.fact(Fact::Hours(hours));
                self.say(
                    format!("有効な予約があるあいだだけ、予約が終わる時刻の{hours}後まで見ることができます。"),
                    format!("Seen only while you have a booking there, until {hours} after it ends."),
                )
            }
        };
        Term { term, said: vec![window] }
    }
}
