//! What law calls information that was processed so that nobody is known by it, or that never said
//! who someone is (S35 to S38). Only Japanese law has these words.

use super::{Block, Writer};
use crate::item::Linked;

impl Writer<'_> {
    pub(super) fn kinds(&self) -> Vec<Block> {
        if !self.policy.regimes.keys().any(|regime| regime.as_str() == "jp") {
            return Vec::new();
        }
        let mut blocks = vec![
            self.paragraph(
                "日本の法律は、次の情報を個人情報と分けて定めています。",
                "Japanese law sets the following apart from personal information.",
            ),
            self.terms(vec![
                self.term(
                    "匿名加工情報",
                    "Anonymously processed information",
                    self.say(
                        "だれの情報か分からないように、法令の基準にしたがって加工し、元の個人情報に戻せないようにした、個人についての情報です。",
                        "Information on individuals, processed by the standards of the law so that nobody can be identified and the personal information cannot be restored.",
                    ),
                ),
                self.term(
                    "仮名加工情報",
                    "Pseudonymously processed information",
                    self.say(
                        "ほかの情報と照らし合わせないかぎり、だれの情報か分からないように、法令の基準にしたがって加工した、個人についての情報です。",
                        "Information on individuals, processed by the standards of the law so that nobody can be identified unless it is matched with other information.",
                    ),
                ),
                self.term(
                    "個人関連情報",
                    "Personal-related information",
                    self.say(
                        "生きている個人についての情報で、個人情報、仮名加工情報、匿名加工情報のどれにもあたらないものです。",
                        "Information on a living individual that is neither personal information nor processed in one of these ways.",
                    ),
                ),
            ]),
        ];
        let related: Vec<_> = self
            .policy
            .items_in_order()
            .into_iter()
            .filter(|(_, item)| item.linked == Linked::Nobody)
            .map(|(name, _)| self.within(&self.item(name)))
            .collect();
        if !related.is_empty() {
            let related = self.list(&related);
            blocks.push(self.paragraph(
                format!("お預かりする情報のうち、{related}は、個人関連情報として扱います。"),
                format!("Of what we hold, we treat {related} as personal-related information."),
            ));
        }
        let (consents, purposes) = (self.article("consents"), self.article("purposes"));
        blocks.push(self.paragraph(
            format!("他社から受け取る個人関連情報を、同意をいただかずに、どなたの情報か分かる形で取得することはありません。同意をお願いする場合の情報の項目は{consents}の条に、利用目的は{purposes}の条にあります。"),
            format!("We never take personal-related information from others in a form that tells us whose it is, unless you have agreed. Where we ask for that, the items are listed under {consents}, the purposes under {purposes}."),
        ));
        blocks
    }
}
