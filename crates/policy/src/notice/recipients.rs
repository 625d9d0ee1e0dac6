//! Who receives information (S20): category, company, country, what and for what. The controller
//! answers for all of them.

use super::{Block, Fact, Writer};
use crate::party::{Recipient, RecipientName, Role};

impl Writer<'_> {
    pub(super) fn recipients(&self) -> Vec<Block> {
        if self.policy.recipients.is_empty() {
            return vec![self.paragraph(
                "お預かりした情報を提供する相手はありません。",
                "There is nobody to whom we provide information.",
            )];
        }
        let mut blocks = vec![self.paragraph(
            "情報の提供先は次のとおりです。提供した情報の管理には当社が責任をもちます。お問い合わせは当社の窓口へお寄せください。",
            "Information goes to the following recipients. We answer for the management of what we provide; please direct inquiries to our desk.",
        )];
        for role in [
            Role::Store,
            Role::Processor,
            Role::JointUser,
            Role::GroupParent,
            Role::ThirdParty,
            Role::Authority,
        ] {
            let recipients = self.recipients_of(|of| of == role);
            if recipients.is_empty() {
                continue;
            }
            let heading = self.fact(Fact::Role(role));
            blocks.push(self.heading(heading.clone(), heading));
            let head = vec![
                self.say("提供先", "Recipient"),
                self.say("国", "Country"),
                self.say("利用目的", "Purposes"),
                self.say("情報", "Information"),
            ];
            let rows = recipients.into_iter().map(|(name, r)| self.recipient(name, r)).collect();
            blocks.push(self.table(head, rows));
        }
        blocks
    }

    fn recipient(&self, name: &RecipientName, recipient: &Recipient) -> Vec<String> {
        self.cite(&recipient.article);
        let label = self.fact(Fact::Recipient(name.clone()));
        let who = match &recipient.legal {
            Some(legal) => {
                let company = self.fact(Fact::Given(legal.name.clone()));
                self.say(format!("{label}：{company}"), format!("{label}: {company}"))
            }
            None => label,
        };
        let country = match &recipient.country {
            Some(code) => self.fact(Fact::Country(code.clone())),
            None => self.say("未確認", "Not yet confirmed"),
        };
        let purposes = self.purpose_labels(&recipient.purposes);
        let purposes = self.phrases(&purposes);
        let items: Vec<_> =
            self.items_of(recipient).into_iter().map(|(name, _)| self.item(name)).collect();
        let items = if recipient.handles_personal_data {
            self.or_nothing(self.row(&items))
        } else {
            self.say("個人情報を取り扱いません", "Does not handle personal information")
        };
        vec![who, country, self.or_nothing(purposes), items]
    }
}
