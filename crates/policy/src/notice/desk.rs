//! Where people write to (S34, L7), and who publishes the policy: name, address, representative
//! (Act 32(1)(i)), representatives elsewhere (GDPR 27), accredited body (Order 10).

use super::{Block, Fact, Writer};

impl Writer<'_> {
    pub(super) fn desk(&self) -> Vec<Block> {
        let controller = &self.policy.controller;
        let mut blocks = vec![self.paragraph(
            "このポリシーについてのご意見、ご質問、お問い合わせ、苦情は、次の窓口で承ります。苦情には、適切に、すみやかに対応します。",
            "For opinions, questions, inquiries and complaints about this policy, please contact our desk. We deal with complaints properly and promptly.",
        )];
        let desk = vec![
            self.term("窓口", "Desk", self.said(&controller.desk.name)),
            self.term("メールアドレス", "E-mail address", self.desk_email()),
        ];
        blocks.push(self.terms(desk));
        blocks.push(self.heading("個人情報を取り扱う事業者", "Who handles your information"));
        let country = self.fact(Fact::Country(controller.country.clone()));
        let mut terms = vec![
            self.term("名称", "Name", self.said(&controller.name)),
            self.term("所在地", "Address", self.said(&controller.address)),
            self.term("国", "Country", country),
            self.term("代表者", "Representative", self.said(&controller.representative)),
            self.term(
                "個人情報の管理者",
                "In charge of personal information",
                self.said(&controller.information_manager),
            ),
        ];
        for regime in self.regimes() {
            let Some(representative) = controller.representatives.get(&regime.name) else {
                continue;
            };
            let law = self.fact(Fact::Regime(regime.name.clone()));
            let said = self.said(representative);
            let (ja, en) = (format!("{law}の代理人"), format!("Representative in {}", area(&law)));
            terms.push(self.term(&ja, &en, said));
        }
        if let Some(body) = &controller.accredited_body {
            terms.push(self.term(
                "加入している認定個人情報保護団体",
                "Accredited personal information protection organisation",
                self.said(body),
            ));
        }
        blocks.push(self.terms(terms));
        blocks
    }
}

/// A regime's name after “in”.
fn area(law: &str) -> String {
    if law.contains(' ') { format!("the {law}") } else { law.to_owned() }
}
