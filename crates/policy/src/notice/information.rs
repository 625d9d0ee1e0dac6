//! What is held (S2 to S5): what people enter, what linked services pass on, what comes by itself,
//! what is never taken out, what needs special care.

use super::{Block, Fact, Term, Writer};
use crate::item::{Linked, Sensitivity, Source};
use crate::words;

impl Writer<'_> {
    pub(super) fn information(&self) -> Vec<Block> {
        let controller = &self.policy.controller;
        let name = self.said(&controller.name);
        let service = self.within(&self.said(&controller.service));
        let mut blocks = vec![
            self.paragraph(
                format!("{name}（以下「当社」）は、{service}（以下「本サービス」）で、次の利用者情報をお預かりします。ここに書かれていない情報はお預かりしません。"),
                format!("{name} (“we”) holds the following user information for its {service} (the “service”). We hold nothing that is not listed here."),
            ),
            self.paragraph(
                "「利用者情報」とは、ご本人がだれであるかについての情報、サービスでの行動の履歴、そのほかご本人や、お使いのスマートフォンやパソコンについて生じる情報のことです。",
                "“User information” means information on who you are, on what you do in the service, and whatever else arises about you or about your smartphone or computer.",
            ),
        ];
        for source in Source::ALL {
            let held: Vec<_> = self
                .policy
                .items_in_order()
                .into_iter()
                .filter(|(_, item)| item.source == source)
                .collect();
            if held.is_empty() {
                continue;
            }
            let heading = words::source(source, self.language);
            blocks.push(self.heading(heading, heading));
            if source == Source::LinkedService {
                blocks.push(self.paragraph(
                    "連携を許可したときに、その範囲でだけ受け取ります。",
                    "We receive it only as far as you allow when you agree to the link.",
                ));
                self.linked_services(&mut blocks);
            }
            let with_person = held.iter().filter(|(_, item)| item.linked == Linked::Person);
            let points: Vec<_> = with_person
                .map(|(name, item)| {
                    self.cite(&item.article);
                    let text = self.item_with_consent(name, item);
                    if item.required {
                        self.say(format!("{text}（必須）"), format!("{text} (required)"))
                    } else {
                        text
                    }
                })
                .collect();
            if !points.is_empty() {
                blocks.push(self.points(points));
            }
            let apart: Vec<_> =
                held.iter().filter(|(_, item)| item.linked == Linked::Nobody).collect();
            if !apart.is_empty() {
                let device = self.article("device");
                blocks.push(self.paragraph(
                    format!("次の情報は、無作為に作ったIDのもとに分けて保存し、どなたの情報かを調べません（{device}の条）。"),
                    format!("The following is kept apart under an ID made at random, and we do not look up whose it is (see {device})."),
                ));
                let points = apart
                    .into_iter()
                    .map(|(name, item)| {
                        self.cite(&item.article);
                        let label = self.item(name);
                        match &item.detail {
                            Some(detail) => {
                                let detail = self.said(detail);
                                self.say(format!("{label}：{detail}"), format!("{label}: {detail}"))
                            }
                            None => label,
                        }
                    })
                    .collect();
                blocks.push(self.points(points));
            }
        }
        if self.policy.items.values().any(|item| item.required) {
            blocks.push(self.paragraph(
                "「必須」の情報がないと、会員登録ができません。そのほかの情報を入力するかどうかは自由です。",
                "Without what is required you cannot open an account. Whether you enter anything else is up to you.",
            ));
        }
        self.never_taken_out(&mut blocks);
        self.special_care(&mut blocks);
        blocks
    }

    /// The services that may be linked, with what each passes on under which grant (S4).
    fn linked_services(&self, blocks: &mut Vec<Block>) {
        if self.policy.services.is_empty() {
            return;
        }
        let services = self.policy.services_in_order().into_iter().map(|(_, service)| {
            self.cite(&service.article);
            let id = self.item(&service.subject_item);
            let mut said =
                vec![self.say(format!("連携そのもの：{id}"), format!("The link itself: {id}"))];
            said.extend(service.scopes_in_order().into_iter().map(|(_, scope)| {
                let grant = self.said(&scope.label);
                let items: Vec<_> = scope.claims.values().map(|item| self.item(item)).collect();
                let items = self.row(&items);
                self.say(
                    format!("「{grant}」を許可したとき：{items}"),
                    format!("If you allow “{grant}”: {items}"),
                )
            }));
            Term { term: self.said(&service.label), said }
        });
        let terms = services.collect();
        blocks.push(self.terms(terms));
        blocks.push(self.paragraph(
            "連携はいつでもやめられます。やめると、連携で受け取った情報を消去します。ご自身で入力し直した情報は残ります。",
            "You can end a link at any time. What we received through it is then erased, apart from what you have entered yourself since.",
        ));
    }

    fn never_taken_out(&self, blocks: &mut Vec<Block>) {
        if self.policy.secrets.is_empty() {
            return;
        }
        blocks.push(self.heading(
            "お預かりしても、取り出して誰かに見せることのない情報",
            "What we hold and never take out to show anyone",
        ));
        let secrets = self.policy.secrets_in_order().into_iter().map(|(name, secret)| {
            self.cite(&secret.article);
            let words = words::secret(secret.keeps, self.language).to_owned();
            Term { term: self.fact(Fact::Secret(name.clone())), said: vec![words] }
        });
        let terms = secrets.collect();
        blocks.push(self.terms(terms));
    }

    fn special_care(&self, blocks: &mut Vec<Block>) {
        let special: Vec<_> = self
            .policy
            .items_in_order()
            .into_iter()
            .filter(|(_, item)| item.sensitivity == Sensitivity::SpecialCare)
            .map(|(name, _)| self.within(&self.item(name)))
            .collect();
        if special.is_empty() {
            return;
        }
        let special = self.list(&special);
        let in_europe = self.policy.regimes.keys().any(|regime| regime.as_str() != "jp");
        let (ja, en) = if in_europe {
            (
                "（欧州では、特別な種類の個人データ）",
                " (in Europe, as a special category of personal data)",
            )
        } else {
            ("", "")
        };
        blocks.push(self.paragraph(
            format!("{special}は、要配慮個人情報{ja}として扱います。はっきりと同意をいただいた場合だけお預かりし、利用します。"),
            format!("We treat {special} as special-care-required information{en}: we hold and use it only with your explicit consent."),
        ));
    }
}
