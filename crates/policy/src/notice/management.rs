//! Accuracy (S7), the safety measures by their kinds (S8), and who is in charge (S9).

use super::{Block, Fact, Term, Writer};
use crate::safety::SafetyKind;

impl Writer<'_> {
    pub(super) fn management(&self) -> Vec<Block> {
        let manager = self.said(&self.policy.controller.information_manager);
        let mut blocks = vec![self.paragraph(
            format!("当社は、お預かりした情報を正確で新しい内容に保つよう努めます。{manager}を置き、情報の取り扱いを管理しています。"),
            format!("We endeavour to keep the information accurate and up to date. Our {manager} is in charge of how it is handled."),
        )];
        if self.policy.safety.is_empty() {
            blocks.push(self.paragraph(
                "不正なアクセス、改ざん、漏えい、滅失、毀損を防ぐために必要な措置をとっています。くわしくは、窓口にお問い合わせください。",
                "We take the measures needed against unauthorised access, alteration, leakage, loss and damage. Please ask our desk for details.",
            ));
            return blocks;
        }
        blocks.push(self.paragraph(
            "不正なアクセス、改ざん、漏えい、滅失、毀損を防ぐために、次の措置をとっています。",
            "Against unauthorised access, alteration, leakage, loss and damage we take the following measures.",
        ));
        let terms = SafetyKind::ALL
            .into_iter()
            .filter_map(|kind| {
                let taken: Vec<_> =
                    self.policy.safety.iter().filter(|measure| measure.kind == kind).collect();
                if taken.is_empty() {
                    return None;
                }
                let term = self.fact(Fact::Safety(kind));
                let said = taken.into_iter().map(|measure| self.said(&measure.label)).collect();
                Some(Term { term, said })
            })
            .collect();
        blocks.push(self.terms(terms));
        blocks
    }
}
