//! What is kept apart from every person (S16), the cookie register (S17) and how cookies are
//! refused (S18).

use super::{Block, Fact, Writer};
use crate::item::Linked;
use crate::tool::CookieParty;

impl Writer<'_> {
    pub(super) fn device(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        self.apart(&mut blocks);
        self.cookies(&mut blocks);
        blocks
    }

    fn apart(&self, blocks: &mut Vec<Block>) {
        let apart: Vec<_> = self
            .policy
            .items_in_order()
            .into_iter()
            .filter(|(_, item)| item.linked == Linked::Nobody)
            .collect();
        if apart.is_empty() {
            return;
        }
        blocks.push(self.heading("閲覧の履歴とアクセスログ", "Viewing history and access logs"));
        let mut purposes = Vec::new();
        for (_, item) in &apart {
            self.cite(&item.article);
            for purpose in &item.purposes {
                if !purposes.contains(purpose) {
                    purposes.push(purpose.clone());
                }
            }
        }
        let labels: Vec<_> = apart.iter().map(|(name, _)| self.within(&self.item(name))).collect();
        let labels = self.list(&labels);
        let purposes = self.purpose_labels(&purposes);
        let quoted: Vec<_> = purposes.iter().map(|label| self.quoted(label)).collect();
        let (ja, en) = (self.list(&quoted), self.within(&self.phrases(&purposes)));
        blocks.push(self.paragraph(
            format!("当社のページをご覧になると、{labels}を受け取ることがあります。使うのは{ja}のためだけで、個人を特定することはしません。"),
            format!("When you view our pages we may receive {labels}. We use them for this only: {en}. We identify no one by them."),
        ));
        blocks.push(self.paragraph(
            "これらの情報は、お名前など、ご本人が分かる情報とは別に、無作為に作ったIDのもとで保存します。組み合わせれば個人が分かってしまう可能性もあるため、結び付ける方法を持たないようにしています。",
            "We keep them apart from your name and all else that shows who you are, under an ID made at random. As putting them together might show who someone is, we keep no means of doing so.",
        ));
    }

    fn cookies(&self, blocks: &mut Vec<Block>) {
        let cookies = self.policy.cookies_in_order();
        if cookies.is_empty() {
            return;
        }
        blocks.push(self.heading("Cookie", "Cookies"));
        let has_third = cookies.iter().any(|(_, cookie)| cookie.party == CookieParty::Third);
        let (ja, en) = if has_third {
            ("発行するのは当社の場合と、他社の場合があります。", " Some are ours, some others'.")
        } else {
            (
                "どれも当社が発行するもので、他社のCookieはありません。",
                " All of them are ours; there are none of others.",
            )
        };
        blocks.push(self.paragraph(
            format!("Cookieとは、ページからブラウザに送られ、ブラウザに保存される短い文字列です。値は無作為に作られ、どなたかを表すものではありません。使っているCookieは次のとおりです。{ja}"),
            format!("A cookie is a short text that a page sends to your browser, which keeps it. Its value is made at random and says nothing of who you are. These are the cookies we use.{en}"),
        ));
        let head = vec![
            self.say("名前", "Name"),
            self.say("保存する内容", "What it keeps"),
            self.say("発行者", "Issued by"),
            self.say("期間", "Lasts"),
            self.say("必要性", "Needed"),
        ];
        let rows = cookies
            .into_iter()
            .map(|(name, cookie)| {
                self.cite(&cookie.article);
                let lasts = match cookie.hours {
                    Some(hours) => self.fact(Fact::Hours(hours)),
                    None => self.say("ブラウザを閉じるまで", "Until you close the browser"),
                };
                let needed = if cookie.needed {
                    self.say("サービスに必要", "For the service to work")
                } else {
                    self.say("なくても使えます", "Not needed")
                };
                vec![
                    self.fact(Fact::Cookie(name.clone())),
                    self.said(&cookie.label),
                    self.fact(Fact::Party(cookie.party)),
                    lasts,
                    needed,
                ]
            })
            .collect();
        blocks.push(self.table(head, rows));
        blocks.push(self.paragraph(
            "ブラウザの設定で、Cookieを使わないようにしたり、保存されたCookieや閲覧の履歴を消したりできます。方法は、お使いのブラウザのヘルプをご覧ください。Cookieを使わないようにすると、そのたびにログインが必要になるなど、不便になったり、使えない機能が出たりすることがあります。",
            "In your browser's settings you can refuse cookies, and delete cookies and viewing history that it keeps; its help says how. Without cookies the service may become less convenient, such as signing in each time, and parts of it may not work.",
        ));
    }
}
