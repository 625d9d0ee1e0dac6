//! Letters about a request: that it came in, the one-time code, invoice 請求書 and receipt 領収書, the
//! answer and every other end (R8.2). How far reasons are told is the regime's (G1). No letter holds
//! what is held of a person: that is behind the link.

use jiff::Timestamp;
use paper::{Align, Block, Paper, Table, Text, Url};
use policy::request::{
    FeeStanding, Handling, Money, Outcome, Progress, ReasonsTold, RefusedPart, RequestId,
    RequestKind, State, Terms,
};
use policy::{Document, Language};

use super::{RequestLetter, Written, letter, opening, paper_language};
use crate::acts::request::{Delivery, Matter};
use crate::words;

/// What a letter about a request is written from.
pub struct About<'a> {
    /// The policy in force.
    pub document: &'a Document,
    /// Which request.
    pub id: RequestId,
    /// How it stands.
    pub progress: &'a Progress,
    /// What it says.
    pub matter: &'a Matter,
    /// Makes an address of these pages absolute.
    pub link: &'a dyn Fn(&str) -> String,
    /// When the letter is written.
    pub now: Timestamp,
}

impl RequestLetter {
    /// The letter in words.
    pub fn write(&self, about: &About<'_>) -> Written {
        let (title, mut says, attached) = match self {
            Self::Received {} => about.received(),
            Self::Code { code } => about.code(code),
            Self::Fee {} => about.fee(),
            Self::FeePaid {} => about.fee_paid(),
            Self::Extended { reason } => about.extended(reason),
            Self::Answer { token } => about.answer(token.as_deref()),
            Self::Unverified {} => about.unverified(),
            Self::Withdrawn {} => about.withdrawn(),
            Self::Refunded {} => about.refunded(),
        };
        let mut blocks: Vec<Block> =
            opening(about.document, about.language()).into_iter().collect();
        blocks.append(&mut says);
        blocks.extend(about.particulars());
        // It stands in the letter as well, among what it is about.
        let subject = match about.language() {
            Language::Ja => format!("【受付番号 {}】{title}", about.id.number()),
            Language::En => format!("[{}] {title}", about.id.number()),
        };
        let paper = letter(
            about.document,
            about.language(),
            title.to_owned(),
            Some(about.addressee()),
            about.now,
            blocks,
        );
        // A letter that decides something, or that asks for money, is kept: it comes as PDF too.
        let kept = !matches!(self, Self::Received {} | Self::Code { .. });
        let mut files: Vec<(&'static str, Paper)> = attached;
        if kept && files.is_empty() {
            files.push(("letter", paper.clone()));
        }
        Written { subject, paper, attached: files }
    }
}

type Said = (&'static str, Vec<Block>, Vec<(&'static str, Paper)>);

impl About<'_> {
    fn language(&self) -> Language {
        self.matter.language
    }

    fn say<'t>(&self, ja: &'t str, en: &'t str) -> &'t str {
        match self.language() {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    fn paragraph(&self, ja: impl Into<String>, en: impl Into<String>) -> Block {
        Block::paragraph(match self.language() {
            Language::Ja => ja.into(),
            Language::En => en.into(),
        })
    }

    fn day(&self, at: Timestamp) -> String {
        words::day(policy::calendar::calendar_day(at), self.language())
    }

    /// The last day of a period whose end is given as the first moment after it.
    fn last_day(&self, end: Timestamp) -> String {
        words::last_day(end, self.language())
    }

    /// Whom the letter addresses: the agent, if one asks.
    fn addressee(&self) -> String {
        let name = self.matter.agent.as_ref().map_or(&self.matter.name, |agent| &agent.name);
        match self.language() {
            Language::Ja => format!("{name} 様"),
            Language::En => format!("Dear {name},"),
        }
    }

    fn handling(&self) -> Handling {
        let requests = self.document.requests.as_ref();
        requests.map(|requests| requests.handling.clone()).unwrap_or_default()
    }

    /// 記: which request it is about.
    fn particulars(&self) -> Vec<Block> {
        let language = self.language();
        let kind = self.progress.kind.words(language).to_owned();
        let mut facts = vec![
            (self.say("受付番号", "Receipt no."), self.id.number()),
            (self.say("ご請求", "Your request"), kind),
            (self.say("受付日", "Received"), self.day(self.progress.received_at)),
        ];
        if self.matter.agent.is_some() {
            facts.push((self.say("ご本人", "On behalf of"), self.matter.name.clone()));
        }
        match language {
            Language::Ja => {
                vec![Block::centred("記"), Block::facts(facts), Block::at_the_end("以上")]
            }
            Language::En => vec![Block::facts(facts)],
        }
    }

    fn link(&self, path: &str, words: &str) -> Text {
        let address = (self.link)(path);
        match Url::new(address.clone()) {
            Ok(url) => Text::default().link(words, url),
            Err(_) => Text::from(address),
        }
    }

    fn status_link(&self) -> Block {
        let text = self.link("/requests/enter", "");
        let before = self.say(
            "ご請求の状況は、受付番号を使って次のページでご確認いただけます：",
            "See how your request stands, with the receipt number, at ",
        );
        let mut whole = Text::from(before);
        for span in text.spans() {
            if let paper::Span::Link { text, url } = span {
                whole = whole.link(text.clone(), url.clone());
            } else if let paper::Span::Plain(words) = span {
                whole = whole.plain(words.clone());
            }
        }
        Block::paragraph(whole)
    }

    fn received(&self) -> Said {
        let due = self.last_day(self.progress.due_at);
        let says = vec![
            self.paragraph(
                format!("ご請求を承りました。{due}までにお答えします。"),
                format!("We have received your request. We will answer by {due}."),
            ),
            self.status_link(),
            self.paragraph(
                "お心当たりのない場合は、お手数ですが、窓口までお知らせください。",
                "If you did not make this request, please tell our desk.",
            ),
        ];
        (self.say("ご請求を承りました", "We have received your request"), says, Vec::new())
    }

    fn code(&self, code: &str) -> Said {
        let says = vec![
            self.paragraph(
                "ご本人の確認のため、次の番号を画面に入力してください。",
                "To confirm that it is you, please enter this code on the page.",
            ),
            Block::amount(self.say("確認番号", "Code"), Text::all_strong(code)),
            self.paragraph(
                "この番号は10分間、一度だけ使えます。当社から番号をお尋ねすることはありません。だれにもお伝えにならないでください。",
                "It holds for ten minutes and is used once. We never ask you for it; do not tell it to anybody.",
            ),
        ];
        (self.say("確認番号のお知らせ", "Your confirmation code"), says, Vec::new())
    }

    fn money(&self, money: &Money) -> String {
        money.words(self.language())
    }

    /// The money that the fee is about, whatever became of it.
    fn fee_money(&self) -> Option<&Money> {
        match &self.progress.fee {
            FeeStanding::Due(money)
            | FeeStanding::Paid { money, .. }
            | FeeStanding::Refunded { money, .. } => Some(money),
            FeeStanding::Free | FeeStanding::Waived { .. } => None,
        }
    }

    fn fee(&self) -> Said {
        let title = self.say("手数料のご請求", "The fee for your request");
        let (Some(money), Some(invoice)) = (self.fee_money(), self.invoice()) else {
            return (title, Vec::new(), Vec::new());
        };
        let last = self.pay_by();
        let mut says = vec![
            self.paragraph(
                format!("ご本人の確認ができました。手数料を{last}までにお支払いください。"),
                format!("We have confirmed that it is you. Please pay the fee by {last}."),
            ),
            Block::amount(self.say("手数料", "Fee"), Text::all_strong(self.money(money))),
            Block::subheading(self.say("お支払い方法", "How to pay")),
            Block::paragraph(pay_to(self.document, self.language())),
            Block::paragraph(pay_with(self.id, self.language())),
        ];
        let wait = after_paying(self.document, self.progress, self.language());
        says.extend(wait.map(Block::paragraph));
        (title, says, vec![("invoice", invoice)])
    }

    fn pay_by(&self) -> String {
        let last = self.progress.pay_by(&self.handling());
        last.map(|last| words::day(last, self.language())).unwrap_or_default()
    }

    /// The invoice 請求書; `None` where no fee was asked for.
    pub fn invoice(&self) -> Option<Paper> {
        let money = self.fee_money()?;
        let asked = self.progress.moves.iter().rev().find(|(s, _)| *s == State::AwaitingFee);
        let mut invoice = self.sheet(self.say("請求書", "Invoice"), asked?.1);
        invoice.blocks = vec![
            Block::amount(
                self.say("ご請求金額", "Amount due"),
                Text::all_strong(self.money(money)),
            ),
            self.fee_table(money),
            Block::facts([
                (self.say("お支払期限", "Due by"), self.pay_by()),
                (self.say("お支払い方法", "How to pay"), pay_to(self.document, self.language())),
            ]),
            Block::paragraph(pay_with(self.id, self.language())),
        ];
        Some(invoice)
    }

    /// The receipt 領収書; `None` where no fee was paid, or it was given back.
    pub fn receipt(&self) -> Option<Paper> {
        let FeeStanding::Paid { money, at, .. } = &self.progress.fee else { return None };
        let mut receipt = self.sheet(self.say("領収書", "Receipt"), *at);
        receipt.blocks = vec![
            Block::amount(self.say("金額", "Amount"), Text::all_strong(self.money(money))),
            self.fee_table(money),
            Block::facts([(self.say("領収日", "Received on"), self.day(*at))]),
            self.paragraph(
                "上記のとおり領収いたしました。",
                "We have received this amount with thanks.",
            ),
        ];
        Some(receipt)
    }

    fn fee_table(&self, money: &Money) -> Block {
        let head = [self.say("内容", "For"), self.say("金額", "Amount")];
        let mut table = Table::new(head).aligned(1, Align::End);
        let kind = self.progress.kind.words(self.language());
        let what = match self.language() {
            Language::Ja => format!("{kind}の手数料（個人情報の保護に関する法律第38条）"),
            Language::En => format!("{kind}: fee (APPI, Article 38)"),
        };
        table.push([what, self.money(money)]);
        Block::Table(table)
    }

    /// An invoice or a receipt of a day: its head is set.
    fn sheet(&self, title: &str, at: Timestamp) -> Paper {
        let language = self.language();
        let controller = &self.document.controller;
        let mut paper = Paper::sheet(paper_language(language), title, at);
        paper.date = Some(match language {
            Language::Ja => format!("{}　番号 {}", self.day(at), self.id.number()),
            Language::En => format!("{}, no. {}", self.day(at), self.id.number()),
        });
        paper.sender = vec![
            controller.name.get(language).to_owned(),
            controller.address.get(language).to_owned(),
            controller.representative.get(language).to_owned(),
        ];
        let named = self.matter.receipt_name.as_ref();
        let name = named.unwrap_or_else(|| {
            self.matter.agent.as_ref().map_or(&self.matter.name, |agent| &agent.name)
        });
        paper.addressee = vec![match language {
            Language::Ja => format!("{name} 様"),
            Language::En => name.clone(),
        }];
        paper
    }

    fn fee_paid(&self) -> Said {
        let title = self.say("手数料をお受け取りしました", "We have received your fee");
        let (FeeStanding::Paid { money, .. }, Some(receipt)) = (&self.progress.fee, self.receipt())
        else {
            return (title, Vec::new(), Vec::new());
        };
        let due = self.last_day(self.progress.due_at);
        let says = vec![self.paragraph(
            format!("手数料{}をお受け取りしました。領収書を添えてお送りします。{due}までにお答えします。", self.money(money)),
            format!("We have received the fee of {}. The receipt is attached. We will answer by {due}.", self.money(money)),
        )];
        (title, says, vec![("receipt", receipt)])
    }

    fn refunded(&self) -> Said {
        let money = self.fee_money().map(|money| self.money(money)).unwrap_or_default();
        let says = vec![self.paragraph(
            format!("手数料{money}をお返ししました。"),
            format!("We have given back the fee of {money}."),
        )];
        (self.say("手数料をお返ししました", "We have given back your fee"), says, Vec::new())
    }

    fn extended(&self, reason: &str) -> Said {
        let due = self.last_day(self.progress.due_at);
        let says = vec![
            self.paragraph(
                format!("お答えまでの期間を{due}まで延ばします。"),
                format!("We need more time and will answer by {due}."),
            ),
            Block::facts([(self.say("理由", "Why"), reason.to_owned())]),
            self.complain(),
        ];
        (self.say("お答えの期限を延ばします", "We need more time"), says, Vec::new())
    }

    fn unverified(&self) -> Said {
        let says = vec![
            self.paragraph(
                "ご本人（または代理人の権限）を確認できなかったため、ご請求にお応えすることができませんでした。あらためてご請求いただけます。",
                "We could not confirm that the request came from you, or that you may ask on somebody's behalf, and have not acted on it. You are welcome to ask again.",
            ),
            self.complain(),
        ];
        let title =
            self.say("ご本人を確認できませんでした", "We could not confirm that it was you");
        (title, says, Vec::new())
    }

    fn withdrawn(&self) -> Said {
        let says = vec![self.paragraph(
            "ご請求の取り下げを承りました。あらためてご請求いただけます。",
            "Your request is withdrawn, as you asked. You are welcome to ask again.",
        )];
        (self.say("ご請求の取り下げを承りました", "Your request is withdrawn"), says, Vec::new())
    }

    /// The answer (R8.2).
    fn answer(&self, token: Option<&str>) -> Said {
        let language = self.language();
        let title = self.say("ご請求へのお答え", "The answer to your request");
        let Some(decision) = &self.progress.decision else {
            return (title, Vec::new(), Vec::new());
        };
        let mut says = vec![self.outcome(decision.outcome)];
        let called_off = self.matter.erased.iter().flat_map(|erased| &erased.called_off);
        let called_off: Vec<&str> = called_off.map(|(_, reference)| reference.as_str()).collect();
        if !called_off.is_empty() {
            let list = called_off.join(self.say("、", ", "));
            says.push(self.paragraph(
                format!("これにともない、次の番号の予約などを取り消し、お相手にもお知らせします：{list}。"),
                format!("With it, what you had booked is called off, and whoever it was with is told: {list}."),
            ));
        }
        if let Some(reply) = &self.matter.reply {
            says.push(Block::paragraph(reply.as_str()));
        }
        if !decision.refused.is_empty() {
            says.push(self.refused(&decision.refused, &decision.reason));
        }
        if let Some(measure) = decision.alternative {
            let words = measure.words(language);
            says.push(self.paragraph(
                format!("代わりに、次の措置をとりました：{words}。"),
                format!("Instead, we have taken this measure: {words}."),
            ));
        }
        if let Some(token) = token {
            let path = format!("/requests/answer?n={}&t={token}", self.id.number());
            let end = self.matter.answer.as_ref().map(|link| self.last_day(link.ends_at));
            let on_paper = matches!(self.matter.delivery, Delivery::Paper { .. });
            let what = if on_paper {
                self.say(
                    "お答えの内容は、ご指定の住所へ書面でお送りします。次のページでもお受け取りいただけます。",
                    "We send you the answer itself on paper, to the address that you gave. It is also waiting for you here.",
                )
            } else if self.progress.kind == RequestKind::Erasure {
                self.say(
                    "消去の証明書を、次のページでお受け取りください。",
                    "Your deletion receipt is waiting for you here.",
                )
            } else {
                self.say(
                    "お答えの内容を、次のページでお受け取りください。",
                    "The answer itself is waiting for you here.",
                )
            };
            says.push(Block::paragraph(what));
            says.push(Block::paragraph(self.link(&path, "")));
            let end = end.unwrap_or_default();
            says.push(self.paragraph(
                format!("このページは{end}まで、確認番号を入力された方だけにお見せします。"),
                format!("The page is open until {end}, to whoever enters the confirmation code."),
            ));
        }
        if decision.outcome != Outcome::Granted {
            says.push(self.complain());
        }
        (title, says, Vec::new())
    }

    fn outcome(&self, outcome: Outcome) -> Block {
        use RequestKind as Kind;
        let kind = self.progress.kind;
        match outcome {
            Outcome::NotHeld => self.paragraph(
                "お調べしましたが、ご請求に該当する情報は、当社ではお預かりしていません。",
                "We have looked into it: we hold nothing that your request is about.",
            ),
            Outcome::Refused => self.paragraph(
                "お調べしましたが、ご請求にお応えすることはできません。",
                "We have looked into it and cannot do as you ask.",
            ),
            Outcome::Partly => self.paragraph(
                "お調べして、ご請求の一部にお応えしました。",
                "We have looked into it and have done a part of what you ask.",
            ),
            Outcome::Granted => match kind {
                Kind::Erasure => self.paragraph(
                    "ご請求のとおり、お預かりしている情報を消去しました。法令により残るものがある場合は、その名前、理由、期限を証明書に書いています。",
                    "As you asked, we have erased what we held. If law makes us keep anything, the receipt names it, with the reason and until when.",
                ),
                Kind::Correction => self.paragraph(
                    "ご請求のとおり、内容を直しました。以前の内容をお渡しした先にもお知らせします。",
                    "As you asked, we have corrected what we held, and we tell whoever had received it before.",
                ),
                Kind::StopUse => self.paragraph(
                    "ご請求のとおり、利用を停止しました。",
                    "As you asked, we have stopped using your information.",
                ),
                Kind::StopProvision => self.paragraph(
                    "ご請求のとおり、第三者への提供を停止しました。",
                    "As you asked, we have stopped passing your information on.",
                ),
                Kind::Complaint => self.paragraph(
                    "お問い合わせに、次のとおりお答えします。",
                    "This is our answer to you.",
                ),
                Kind::PurposeNotice
                | Kind::Disclosure
                | Kind::ProvisionRecords
                | Kind::EquivalentMeasures => self.paragraph(
                    "ご請求の内容をご用意しました。",
                    "What you asked for is ready.",
                ),
            },
        }
    }

    /// What is refused, and as much of why as the regime lets be told (G1, S30).
    fn refused(&self, refused: &[RefusedPart], reason: &str) -> Block {
        let language = self.language();
        let requests = self.document.requests.as_ref();
        let told = requests
            .and_then(|requests| requests.reasons_told.get(&self.progress.regime).copied())
            .unwrap_or(ReasonsTold::Full);
        let facts = refused.iter().map(|part| {
            let what = part.item.as_ref().map_or_else(
                || self.say("ご請求の全部", "All of it").to_owned(),
                |name| {
                    let item = self.document.items.get(name);
                    item.map_or(name.as_str(), |item| item.label.get(language)).to_owned()
                },
            );
            let ground = part.ground.words(language);
            let why = match told {
                ReasonsTold::None => self.say("お応えできません", "not done").to_owned(),
                ReasonsTold::Summary => ground.to_owned(),
                ReasonsTold::Full if reason.trim().is_empty() => ground.to_owned(),
                ReasonsTold::Full => match language {
                    Language::Ja => format!("{ground}（{reason}）"),
                    Language::En => format!("{ground} ({reason})"),
                },
            };
            (what, why)
        });
        Block::facts(facts.collect::<Vec<_>>())
    }

    /// Where else she may turn (GDPR 12(4); Act 40).
    fn complain(&self) -> Block {
        let language = self.language();
        let regime = self.document.regimes.get(&self.progress.regime);
        let authority = regime.map(|regime| regime.authority.get(language)).unwrap_or_default();
        self.paragraph(
            format!("ご納得いただけない場合は、窓口に苦情をお申し出いただけます。{authority}にご相談いただくこともできます。"),
            format!("If you do not agree, you may complain to our desk. You may also turn to {authority}, or to a court."),
        )
    }
}

/// How to pay the fee, as the policy says it; else where to ask.
pub fn pay_to(document: &Document, language: Language) -> String {
    let fee = document.requests.as_ref().and_then(|requests| requests.fee.as_ref());
    let desk = &document.controller.desk.email;
    match (fee.and_then(|fee| fee.pay_to.as_ref()), language) {
        (Some(label), _) => label.get(language).to_owned(),
        (None, Language::Ja) => {
            format!("お支払い方法は、窓口（{desk}）にお問い合わせください。")
        }
        (None, Language::En) => format!("Please ask our desk ({desk}) how to pay."),
    }
}

/// What goes with the payment, so that it is known whose it is.
pub fn pay_with(id: RequestId, language: Language) -> String {
    let number = id.number();
    match language {
        Language::Ja => format!("お振込みの際は、受付番号「{number}」をお書き添えください。"),
        Language::En => format!("Please give the receipt number {number} with your payment."),
    }
}

/// When the answer comes once the fee is paid; `None` where the policy no longer serves the regime.
pub fn after_paying(
    document: &Document,
    progress: &Progress,
    language: Language,
) -> Option<String> {
    let days = Terms::of(document, &progress.regime)?.regime.requests.warn_days.value;
    Some(match language {
        Language::Ja => format!(
            "お支払いを確かめてから調べはじめます。お支払いがお答えの期限の間近、またはそのあとになったときは、確かめた日から{days}日以内にお答えします。"
        ),
        Language::En => format!(
            "We begin when it has come in. If that is close to the day by which we answer, or after it, we answer within {days} days of your payment."
        ),
    })
}
