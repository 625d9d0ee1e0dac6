//! What people may ask for (S23 to S33): every kind, how, at what fee, when it is refused and what
//! is told of the reasons; the rest of what the GDPR grants (L9).

use super::{Block, Fact, Term, Writer};
use crate::document::Label;
use crate::regime::Regime;
use crate::request::{ReasonsTold, RefusalGround, RequestKind, Requests};

impl Writer<'_> {
    pub(super) fn requests(&self) -> Vec<Block> {
        let requests = self.policy.requests.as_ref();
        if let Some(requests) = requests {
            self.cite(&requests.article);
        }
        let mut blocks = vec![self.paragraph(
            "ご本人は、当社に次のことを請求できます。当社は、ご本人からの請求であることを確かめたうえで、法令にしたがって対応し、結果を遅滞なくお知らせします。",
            "You can request the following of us. Once we have confirmed that the request comes from you, we deal with it as the law provides and tell you the result without delay.",
        )];
        blocks.push(self.kinds_of_request(requests));
        if let Some(requests) = requests {
            self.fee_elsewhere(requests, &mut blocks);
        }
        blocks.push(self.heading("請求の方法", "How to ask"));
        match requests {
            Some(requests) => {
                let terms = [
                    ("お申し込み", "Your request", &requests.procedure),
                    ("ご本人の確認", "Confirming that it is you", &requests.identity),
                    ("代理人による請求", "Requests by an agent", &requests.agents),
                ];
                let terms = terms
                    .map(|(ja, en, label): (_, _, &Label)| self.term(ja, en, self.said(label)));
                blocks.push(self.terms(terms.into()));
                self.refusals(requests, &mut blocks);
            }
            None => {
                let email = self.desk_email();
                blocks.push(self.paragraph(
                    format!("請求の方法は、窓口（{email}）にお問い合わせください。"),
                    format!("For the procedure, please ask our desk ({email})."),
                ));
            }
        }
        self.in_europe(&mut blocks);
        blocks
    }

    fn kinds_of_request(&self, requests: Option<&Requests>) -> Block {
        let has_measures = self.policy.recipients.values().any(|r| r.equivalent_measures.is_some());
        let fee = requests.and_then(|requests| requests.fee.as_ref());
        let rows: Vec<Vec<String>> = RequestKind::ALL
            .into_iter()
            .filter(|kind| *kind != RequestKind::EquivalentMeasures || has_measures)
            .map(|kind| {
                let cost = match fee.filter(|fee| fee.kinds.contains(&kind)) {
                    Some(fee) => {
                        let (amount, currency) = (fee.amount, fee.currency.clone());
                        let money = self.fact(Fact::Money { amount, currency });
                        self.say(format!("請求ごとに{money}"), format!("{money} per request"))
                    }
                    None => self.say("無料", "Free"),
                };
                let meets = super::words::request_meets(kind, self.language).to_owned();
                vec![self.fact(Fact::Request(kind)), meets, cost]
            })
            .collect();
        let head = vec![
            self.say("請求", "Request"),
            self.say("内容", "When, and what follows"),
            self.say("手数料", "Fee"),
        ];
        self.table(head, rows)
    }

    /// Where the fee is not charged (G3).
    fn fee_elsewhere(&self, requests: &Requests, blocks: &mut Vec<Block>) {
        let Some(fee) = &requests.fee else { return };
        let (charged, free): (Vec<_>, Vec<_>) =
            self.regimes().into_iter().partition(|regime| fee.regimes.contains(&regime.name));
        if free.is_empty() {
            return;
        }
        let names = |regimes: Vec<&'_ Regime>| {
            regimes.into_iter().map(|regime| regime.name.clone()).collect::<Vec<_>>()
        };
        let (charged, free) = (names(charged), names(free));
        let charged = self.either(charged.iter());
        let free = self.either(free.iter());
        blocks.push(self.paragraph(
            format!("手数料をいただくのは、{charged}の法律が適用される方だけです。{free}の法律が適用される方は、どの請求も無料です。"),
            format!("The fee is charged only if the law of {charged} applies to you. If the law of {free} applies, every request is free."),
        ));
    }

    fn refusals(&self, requests: &Requests, blocks: &mut Vec<Block>) {
        blocks.push(self.heading("お断りする場合", "When we refuse"));
        blocks.push(self.paragraph(
            "次のどれかにあたる場合は、ご請求の全部または一部をお断りすることがあります。ほかの理由でお断りすることはありません。",
            "In the following cases we may refuse a request in whole or in part. We refuse on no other ground.",
        ));
        let refusals = &requests.refusals;
        let kinds: [(&str, &str, &Vec<RefusalGround>); 5] = [
            ("利用目的の通知", "Notification of purposes", &refusals.purpose_notice),
            ("開示", "Disclosure", &refusals.disclosure),
            ("訂正・追加・削除", "Correction, addition or deletion", &refusals.correction),
            ("利用や提供の停止、消去", "Stopping use or provision, erasure", &refusals.stop),
            ("すべての請求", "Any request", &refusals.procedural),
        ];
        let terms = kinds
            .into_iter()
            .filter(|(_, _, grounds)| !grounds.is_empty())
            .map(|(ja, en, grounds)| Term {
                term: self.say(ja, en),
                said: grounds.iter().map(|ground| self.fact(Fact::Ground(*ground))).collect(),
            })
            .collect();
        blocks.push(self.terms(terms));
        let told = self.by_regime(|regime| {
            requests.reasons_told.get(&regime.name).copied().unwrap_or(ReasonsTold::Full)
        });
        let same = told.len() == 1;
        let mut sentences =
            vec![self.say(
                "お断りするときは、その旨をお知らせします。",
                "When we refuse, we tell you so.",
            )];
        sentences.extend(told.into_iter().map(|(told, names)| {
            let reasons = self.fact(Fact::Reasons(told));
            if same {
                self.say(format!("{reasons}。"), format!("{}.", self.at_head(&reasons)))
            } else {
                let laws = self.either(names.into_iter());
                self.say(
                    format!("{laws}の法律が適用される方には、{reasons}。"),
                    format!("If the law of {laws} applies to you, {reasons}."),
                )
            }
        }));
        let sentences = self.sentences(&sentences);
        blocks.push(self.paragraph(sentences.clone(), sentences));
        if !requests.alternative_measures.is_empty() {
            let measures: Vec<_> = requests
                .alternative_measures
                .iter()
                .map(|measure| self.fact(Fact::Instead(*measure)))
                .collect();
            let measures = self.list(&measures);
            blocks.push(self.paragraph(
                format!("利用や提供の停止、消去に多額の費用がかかるなど、むずかしい場合は、ご本人の権利利益を守るために、代わりの措置をとることがあります。代わりの措置は、{measures}です。"),
                format!("Where stopping or erasing would be very costly or is otherwise difficult, we may instead take another measure that protects your interests: {measures}."),
            ));
        }
    }

    /// What the GDPR grants besides, by when, and who supervises (GDPR 12(3), 15 to 22, 77).
    fn in_europe(&self, blocks: &mut Vec<Block>) {
        for (months, names) in self.by_regime(|regime| {
            let duties = &regime.duties;
            let reply = duties.reply_months.as_ref()?.value;
            Some((reply, duties.reply_extension_months.as_ref().map_or(0, |p| p.value)))
        }) {
            let Some((months, extension)) = months else { continue };
            let laws = self.either(names.iter().copied());
            blocks.push(self.heading(
                format!("{laws}の法律が適用される方"),
                format!("If the law of {laws} applies to you"),
            ));
            let months = self.fact(Fact::Months(months));
            let extension = self.fact(Fact::Months(extension));
            blocks.push(self.paragraph(
                format!("ご請求を受けてから{months}以内にお答えします。複雑な場合などは、理由をお知らせしたうえで、さらに{extension}延ばすことがあります。"),
                format!("We answer within {months} of your request. Where it is complex, we may take {extension} more, telling you why."),
            ));
            blocks.push(self.points(vec![
                self.say(
                    "ご自身の情報を、ほかのサービスで使える形で受け取ること（データポータビリティ）",
                    "To receive your information in a form that other services can use (data portability)",
                ),
                self.say("取り扱いの制限を求めること", "To have its processing restricted"),
                self.say(
                    "正当な利益にもとづく利用や、ダイレクトマーケティングに異議を述べること",
                    "To object to what rests on legitimate interests, and to direct marketing",
                ),
                self.say("同意をいつでも撤回すること", "To withdraw a consent at any time"),
            ]));
            for name in names {
                let Some(regime) = self.policy.regimes.get(name) else { continue };
                let authority = self.said(&regime.authority);
                let law = self.fact(Fact::Regime(name.clone()));
                let law_en = if law.contains(' ') { format!("the {law}") } else { law.clone() };
                blocks.push(self.paragraph(
                    format!(
                        "{law}の法律が適用される方は、{authority}に苦情を申し立てることもできます。"
                    ),
                    format!("Under the law of {law_en}, you may also complain to {authority}."),
                ));
            }
        }
    }
}
