//! Joint use (S21, S22): what is told before it begins (R4.1), with the list of who takes part as it
//! stood on a day (R4.3).

use super::{Block, Fact, Term, Writer};
use crate::party::{JointUse, Recipient, Role};

impl Writer<'_> {
    pub(super) fn joint_uses(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for (name, recipient) in self.recipients_of(|role| role == Role::JointUser) {
            self.cite(&recipient.article);
            let label = self.within(&self.fact(Fact::Recipient(name.clone())));
            match (&recipient.joint_use, recipient.purposes.is_empty()) {
                (Some(joint), false) => {
                    blocks.push(self.paragraph(
                        format!("{label}とのあいだで、次のとおり個人情報を共同で利用します。"),
                        format!("We use personal information jointly with {label}, as follows."),
                    ));
                    blocks.push(self.joint_use(recipient, joint));
                }
                _ => blocks.push(self.paragraph(
                    format!("{label}との共同利用は、共同で利用する情報の項目、利用する者の範囲、利用目的、責任者をあらかじめお知らせしてから始めます。今は行っていません。"),
                    format!("Joint use with {label} begins only after we have told you the items, the scope of users, their purposes and the party responsible. There is none at present."),
                )),
            }
        }
        blocks
    }

    fn joint_use(&self, recipient: &Recipient, joint: &JointUse) -> Block {
        let items: Vec<_> =
            self.items_of(recipient).into_iter().map(|(name, _)| self.item(name)).collect();
        let url = self.fact(Fact::Given(joint.scope.url.clone()));
        let on = self.fact(Fact::Day(joint.scope.taken_on));
        let mut scope = vec![
            self.say(
                format!("次の一覧に載っている会社：{url}"),
                format!("The companies on this list: {url}"),
            ),
            self.say(format!("{on}に載っていた会社："), format!("On the list on {on}:")),
        ];
        scope.extend(joint.scope.members.iter().map(|member| {
            let name = self.said(&member.name);
            let country = self.fact(Fact::Country(member.country.clone()));
            self.say(format!("{name}（{country}）"), format!("{name} ({country})"))
        }));
        let purposes = self.purpose_labels(&recipient.purposes);
        let responsible = &joint.responsible;
        self.terms(vec![
            self.term("共同で利用する項目", "Items", self.row(&items)),
            Term { term: self.say("利用する者の範囲", "Who takes part"), said: scope },
            Term { term: self.say("利用目的", "Purposes"), said: purposes },
            Term {
                term: self.say("管理について責任をもつ者", "Responsible for its management"),
                said: [&responsible.name, &responsible.address, &responsible.representative]
                    .map(|label| self.said(label))
                    .to_vec(),
            },
        ])
    }
}
