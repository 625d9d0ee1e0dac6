//! The decision on a request's page: how it is made, who agrees with it, what carrying it out does, and the
//! answer for the post.

use maud::{Markup, html};
use policy::Language;
use policy::request::{Outcome, RequestKind, State};

use super::address;
use super::disclosed::labels;
use super::draw::Page;
use super::form::word;
use super::one::NotYours;
use super::words;
use crate::acts::request::Delivery;
use crate::acts::request::carry_out::{Deed, Wanted};

impl Page<'_> {
    pub(super) fn decision(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let progress = &view.request.progress;
        html! {
            section #decision {
                h2 { (say.of("決定", "Decision")) }
                @if let Some(decision) = &progress.decision {
                    (self.decided(decision))
                    @if progress.awaits_approval() { (self.second_pair()) }
                    @if matches!(progress.state, State::Decided | State::Executed) { (self.carry_out()) }
                    @if progress.state == State::Notified { (self.on_paper()) }
                } @else if progress.state == State::Investigating {
                    (self.decide())
                } @else {
                    p { (say.of("まだありません。", "There is none yet.")) }
                }
            }
        }
    }

    fn decided(&self, decision: &policy::request::Decision) -> Markup {
        let (view, say) = (self.view, self.say);
        let progress = &view.request.progress;
        html! {
            dl.facts {
                (Self::fact(say.of("結果", "Outcome"), &html! { strong { (decision.outcome.words(self.language)) } }))
                @if !decision.refused.is_empty() {
                    (Self::fact(say.of("断る部分と理由", "What is refused, and why"), &html! {
                        @for part in &decision.refused {
                            (part.item.as_ref().map_or(say.of("すべて", "everything"), |item| self.label(item)))
                            ": " (part.ground.words(self.language)) br;
                        }
                    }))
                }
                @if let Some(measure) = decision.alternative {
                    (Self::fact(say.of("代わりの措置", "Instead"), &html! { (measure.words(self.language)) }))
                }
                @if !decision.reason.is_empty() {
                    (Self::fact(say.of("内部の理由", "Reason on record"), &html! { (decision.reason) }))
                }
                @if let Some(reply) = &view.request.matter.reply {
                    (Self::fact(say.of("回答の文面", "What the answer says"), &html! { span.written lang=(view.request.matter.language.tag()) { (reply) } }))
                }
                (Self::fact(say.of("決定した人", "Decided by"), &html! {
                    (view.name(&decision.by, self.staff)) " " (self.moment(decision.at))
                }))
                @if let Some(by) = &progress.approved_by {
                    (Self::fact(say.of("承認した人", "Agreed with by"), &html! { (view.name(by, self.staff)) }))
                }
            }
        }
    }

    /// The answer for the post, where it was asked for on paper.
    fn on_paper(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let Delivery::Paper { address: to } = &view.request.matter.delivery else {
            return html! {};
        };
        html! {
            h3 { (say.of("書面での回答", "The answer on paper")) }
            blockquote { (to) }
            form.fields method="post" target="_blank" #paper
                action={ (address(view.request.id)) "/paper" } {
                p.hint { (say.of(
                    "宛先の入った回答（PDF）を開きます。印刷して郵送してください。開いたことは記録に残ります。",
                    "This opens the answer as an addressed PDF, to be printed and posted. That it was opened is on record.",
                )) }
                button { (say.of("回答を印刷する", "Print the answer")) }
            }
        }
    }

    /// What carrying out does, and the button.
    fn carry_out(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let again = self.again("carry_out");
        let deed = Deed::of(&view.request.progress, &view.request.matter);
        let what = match &deed {
            Deed::Nothing => say.of("内容の変更はなく、回答をお知らせします。", "Nothing of hers is changed; she is told the answer.").to_owned(),
            Deed::Correct { put, out } => {
                let names = labels(put.iter().chain(out), &view.document, self.language);
                format!("{}{names}", say.of("訂正・削除して知らせます：", "These are put right or taken out, and she is told: "))
            }
            Deed::Stop(stops) => {
                let stops: Vec<String> = stops.iter().map(|stop| self.stopped(stop)).collect();
                let names = stops.join(say.of("、", ", "));
                format!("{}{names}", say.of("次を停止して知らせます：", "These are stopped, and she is told: "))
            }
            Deed::Erase { close: true, wish: _ } => say.of(
                "アカウントを閉じ、保存義務のあるものと断ったものを除いてすべて消去し、知らせます。",
                "The account is closed, everything that is neither held nor refused is erased, and she is told.",
            ).to_owned(),
            Deed::Erase { close: false, wish } => {
                let items = match wish { Wanted::Items(items) | Wanted::AllBut(items) => items };
                let names = labels(items, &view.document, self.language);
                format!("{}{names}", say.of("保存義務のあるものを除いて消去し、知らせます：", "These are erased as far as no hold keeps them, and she is told: "))
            }
        };
        let closes = matches!(deed, Deed::Erase { close: true, .. });
        let open = view.hers.iter().flat_map(|hers| &hers.engagements);
        let open = open.filter(|(_, engagement)| {
            closes && !engagement.cancelled && engagement.ends_at > view.now
        });
        let called_off: Vec<String> = open
            .map(|(recipient, engagement)| {
                let day = words::day(engagement.starts_at, view.now, self.language);
                format!(
                    "{} {} {day}",
                    view.recipient(recipient, self.language),
                    engagement.reference
                )
            })
            .collect();
        let fields: Vec<String> = view
            .request
            .matter
            .corrections
            .keys()
            .map(|item| format!("corrections.{item}"))
            .collect();
        html! {
            @match &view.hindrance {
                Some(hindrance) => p.told.trouble {
                    (hindrance.words(self.language)) " "
                    @for other in hindrance.others() { a href=(address(*other)) { (other.number()) } " " }
                },
                None => (self.form(again, &html! {
                    p { (what) }
                    @if !called_off.is_empty() {
                        p.told.trouble { (say.of("次の予約などが取り消され、相手に知らされます：", "These engagements are called off, and whoever they are with is told: "))
                            (called_off.join(say.of("、", ", "))) }
                    }
                    // A value that is not taken in any more.
                    @for (field, item) in fields.iter().zip(view.request.matter.corrections.keys()) {
                        @if again.described(field).is_some() { p { (self.label(item)) } (again.problem(field)) }
                    }
                    (again.confirm(say.of("取り消せないことを確かめました", "I know that this cannot be undone")))
                }, say.of("実行して知らせる", "Carry it out, and tell"))),
            }
            @if view.request.progress.kind == RequestKind::Correction && view.stands() == State::Decided {
                (self.folded(self.again("reconsider"), say.of("実行できないため、あらためて決定する", "It cannot be carried out: decide anew"), &html! {
                    p.hint { (say.of("今の決定は取り消され、理由とともに記録に残ります。", "The decision is dropped; that and why stay on record.")) }
                    (self.again("reconsider").text("reason", say.of("理由", "Why"), 3))
                }, say.of("あらためて決定する", "Decide anew")))
            }
        }
    }

    fn second_pair(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let (approve, back) = (self.again("approve"), self.again("return"));
        let why = match view.second_pair(self.staff) {
            Ok(()) => {
                return html! {
                    (self.form(approve, &html! {
                        (approve.confirm(say.of("内容を確かめました。決定は取り消せません", "I have looked at it; the decision cannot be undone")))
                    }, say.of("承認する", "Agree")))
                    (self.folded(back, say.of("差し戻す", "Send back"), &html! {
                        (back.text("reason", say.of("理由", "Why"), 3))
                    }, say.of("差し戻す", "Send back")))
                };
            }
            Err(NotYours::SameEyes) => say.of(
                "ご自身の決定は、ご自身では承認できません。別の担当者の承認を待っています。",
                "You decided this, so somebody else has to agree with it.",
            ),
            Err(NotYours::Managers) => say.of(
                "この決定を承認できるのは情報管理責任者です。",
                "The information manager has to agree with this decision.",
            ),
        };
        html! { p.hint { (why) } }
    }

    fn decide(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let (progress, matter) = (&view.request.progress, &view.request.matter);
        let again = self.again("decide");
        let Some(terms) = view.terms() else {
            return html! { p.told.trouble { (say.of("ポリシーはこの法令をもう扱っていません。", "The policy no longer serves this regime.")) } };
        };
        let outcomes = [Outcome::Granted, Outcome::Partly, Outcome::Refused, Outcome::NotHeld];
        let outcomes = outcomes.map(|one| (word(&one), one.words(self.language).to_owned()));
        let proposed = view.proposed();
        let mut grounds = vec![(String::new(), "—".to_owned())];
        grounds.extend(
            terms
                .refusals(progress.kind)
                .into_iter()
                .map(|ground| (word(&ground), ground.words(self.language).to_owned())),
        );
        let may_do_instead = matches!(
            progress.kind,
            RequestKind::StopUse | RequestKind::StopProvision | RequestKind::Erasure
        );
        let mut measures = vec![(String::new(), "—".to_owned())];
        let of_policy = view.document.requests.iter().flat_map(|r| &r.alternative_measures);
        measures.extend(
            of_policy.map(|measure| (word(measure), measure.words(self.language).to_owned())),
        );
        let parts = view.parts();
        let reply = match matter.language {
            Language::Ja => {
                say.of("回答に添える文面（日本語で）", "Words of the answer (in Japanese)")
            }
            Language::En => {
                say.of("回答に添える文面（英語で）", "Words of the answer (in English)")
            }
        };
        html! {
            p.hint {
                (say.of("見込み：", "As things stand: ")) (proposed.words(self.language))
                @if terms.four_eyes(progress.kind) {
                    " " (say.of("別の担当者の承認が必要です。", "Somebody else has to agree."))
                }
            }
            (self.form(again, &html! {
                (again.choices("radio", "outcome", say.of("結果", "Outcome"), &outcomes, Some(&word(&proposed))))
                (again.problem("refused"))
                (again.select("ground", say.of("すべて断る理由", "Ground for refusing everything"), &grounds, ""))
                @if !parts.is_empty() {
                    details open[again.is_back()] {
                        summary { (say.of("一部だけ断る", "Refuse item by item")) }
                        div.fields {
                            @for item in &parts {
                                (again.select(&format!("item.{item}"), self.label(item), &grounds, ""))
                            }
                        }
                    }
                }
                @if may_do_instead && measures.len() > 1 {
                    (again.select("alternative", say.of("代わりの措置（一部に応じるとき）", "Done instead (when granted in part)"), &measures, ""))
                }
                (again.text("reason", say.of("内部の理由（記録に残ります）", "Reason, for the record"), 3))
                (again.text("reply", reply, 5))
                (again.confirm(say.of("内容を確かめました。決定は取り消せません", "I have checked it; a decision cannot be undone")))
            }, say.of("決定する", "Decide")))
        }
    }
}
