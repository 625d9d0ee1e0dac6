//! How the policy changes (S39), and the version at hand.

use super::{Block, Fact, Writer};

impl Writer<'_> {
    pub(super) fn changes(&self) -> Vec<Block> {
        let mut blocks = vec![
            self.paragraph(
                "当社は、このポリシーを予告なく変更することがあります。変更したポリシーは、掲載した時から効力をもちます。ポリシーが変わったことだけを理由に、あらためて同意をお願いすることはありません。",
                "We may change this policy without prior notice. A changed policy takes effect when it is posted. We do not ask for new consent merely because the policy has changed.",
            ),
            self.paragraph(
                "ただし、同意をいただいた内容そのものが変わるときや、法令が求めるときは、お知らせして、あらためて同意をお願いします。それまでは、いただいた同意の範囲をこえて利用や提供をしません。",
                "But where what you agreed to changes in substance, or the law requires it, we tell you and ask for your consent again. Until then we neither use nor provide anything beyond the consent you gave.",
            ),
        ];
        let version = self.fact(Fact::Given(self.policy.version.to_string()));
        let on = self.fact(Fact::Day(self.policy.version.on));
        blocks.push(self.paragraph(
            format!("この版（{version}）の日付は{on}です。いつから効力をもつかは、「版の一覧」でご覧いただけます。"),
            format!("This version ({version}) is dated {on}. From when on it is in effect is told in the list of versions."),
        ));
        blocks
    }
}
