//! A counterexample, told: who she was, what had happened, what was asked and what came of it, in
//! Japanese and English, with the policy's own labels. Only what departs from the plain is told.

use super::case::{
    Answer, Case, Check, Claim, Crossing, Engaged, Hour, Party, Person, Place, Scope, Standing,
    Stop, Stranger, Thing, Wording,
};
use super::promise::{Always, Promise, Statement};
use super::{Broken, Stage};
use crate::consent::ConsentState;
use crate::document::{Label, Language};
use crate::words;

/// Sentences in both languages at once, so that neither goes without the other.
#[derive(Default)]
struct Tale {
    ja: Vec<String>,
    en: Vec<String>,
}

impl Tale {
    fn says(&mut self, ja: impl Into<String>, en: impl Into<String>) {
        self.ja.push(ja.into());
        self.en.push(en.into());
    }
}

/// Tells how a promise is broken.
pub fn tell(stage: &Stage<'_>, promise: &Promise, broken: &Broken<'_>) -> Label {
    let case = &broken.case;
    let mut tale = Tale::default();
    person(case, &mut tale);
    consents(stage, promise, case, &mut tale);
    circumstances(case, &mut tale);
    if !matches!(case.crossing, Crossing::Intake { .. }) {
        approval(case, &mut tale);
        recipient(case, &mut tale);
    }
    if case.unreadable {
        tale.says("その方の同意の記録が読み取れませんでした。", "Her consents could not be read.");
    }
    asked(broken, &mut tale);
    came_of_it(promise, case, &mut tale);
    Label { ja: tale.ja.concat(), en: tale.en.join(" ") }
}

fn person(case: &Case<'_>, tale: &mut Tale) {
    match case.person {
        Person::Under(regime) => tale.says(
            format!("{}が適用される方がいました。", regime.law.ja),
            format!("There was a person under the {}.", regime.law.en),
        ),
        Person::OtherLaw => tale.says(
            "このポリシーにない法が適用される方がいました。",
            "There was a person under a law that the policy does not have.",
        ),
        Person::Nobody => tale.says(
            "情報をお預かりしていない方についてのことでした。",
            "It was about a person who is not held.",
        ),
    }
}

fn consents(stage: &Stage<'_>, promise: &Promise, case: &Case<'_>, tale: &mut Tale) {
    let read = case.consents_read(stage.policy);
    for (name, consent) in stage.policy.consents_in_order() {
        let named = promise
            .terms()
            .iter()
            .any(|terms| terms.consents.contains_key(name) || terms.seen_since.contains_key(name));
        let conditions = promise.terms().iter().any(|terms| terms.conditions_met.is_some());
        let condition =
            case.regime().is_some_and(|regime| consent.condition_of_service.contains(&regime.name));
        let matters = read.contains(&name) || named || (conditions && condition);
        let answer = case.answer(name);
        let told = if matters { answer != Answer::GIVEN } else { answer != Answer::Missing };
        if told {
            let (ja, en) = answered(answer);
            if matches!(answer, Answer::Is(ConsentState::Given, Wording::Oldest)) {
                let since = consent.since;
                tale.says(
                    format!(
                        "「{}」の同意は、{since}版の文言に対して与えられていました。",
                        consent.label.ja
                    ),
                    format!(
                        "The consent “{}” had been given to the wording of version {since}.",
                        consent.label.en
                    ),
                );
                continue;
            }
            tale.says(
                format!("「{}」の同意は、{ja}。", consent.label.ja),
                format!("The consent “{}” {en}.", consent.label.en),
            );
        }
    }
}

fn answered(answer: Answer) -> (&'static str, &'static str) {
    match answer {
        Answer::Missing => ("求められたことがありませんでした", "had never been asked for"),
        Answer::GivenThenWithdrawn => {
            ("与えられ、その後撤回されていました", "had been given, and later withdrawn")
        }
        Answer::WithdrawnThenGiven => {
            ("撤回され、その後また与えられていました", "had been withdrawn, and later given again")
        }
        Answer::AtOnce => {
            ("同じ時刻に与えられ、撤回されていました", "had been given and withdrawn at one moment")
        }
        Answer::Is(ConsentState::Given, Wording::Standing | Wording::Oldest) => {
            ("与えられていました", "had been given")
        }
        Answer::Is(ConsentState::Given, Wording::Outdated) => (
            "今は有効でない古い文言に対して与えられていました",
            "had been given to an older wording that no longer stands",
        ),
        Answer::Is(ConsentState::Given, Wording::Unpublished) => (
            "まだ公表されていない版の文言に対して与えられていました",
            "had been given to the wording of a version that is not published yet",
        ),
        Answer::Is(state, _) => match state {
            ConsentState::Requested => (
                "求められ、まだ答えがありませんでした",
                "had been asked for, without an answer so far",
            ),
            ConsentState::RequestDeferred => ("答えが先延ばしにされていました", "had been put off"),
            ConsentState::Refused => ("断られていました", "had been refused"),
            ConsentState::Withdrawn => ("撤回されていました", "had been withdrawn"),
            ConsentState::Revoked => {
                ("事業者によって終了していました", "had been ended by the company")
            }
            ConsentState::Expired => ("期限が切れていました", "had run out"),
            ConsentState::Invalidated => ("無効とされていました", "had been found invalid"),
            ConsentState::Given | ConsentState::Unknown => {
                ("状態が分かりませんでした", "was in an unknown state")
            }
        },
    }
}

fn circumstances(case: &Case<'_>, tale: &mut Tale) {
    if case.locked {
        tale.says(
            "その情報は、お預かりしたときの目的にだけ使えるものでした。",
            "It was locked to the purposes it had been collected for.",
        );
    }
    if case.over {
        tale.says(
            "この目的のために保存する期間は過ぎていました。",
            "The time for which it is kept for this purpose was over.",
        );
    }
    if case.barred {
        tale.says(
            "この提供先への提供は停止になっていました。",
            "She had had provision to this recipient stopped.",
        );
    }
    match case.stop {
        Stop::Nothing => {}
        Stop::This => {
            tale.says("この目的は利用停止になっていました。", "She had had this purpose stopped.");
        }
        Stop::Another => {
            tale.says(
                "別の目的が利用停止になっていました。",
                "She had had another purpose stopped.",
            );
        }
        Stop::Everything => {
            tale.says(
                "すべての目的が利用停止になっていました。",
                "She had had everything stopped.",
            );
        }
    }
    let needs = case.purpose.is_some_and(|(_, purpose)| purpose.needs_engagement);
    if !needs || matches!(case.party, Party::Own) {
        return;
    }
    let after = case.purpose.map_or(0, |(_, purpose)| purpose.after_end_hours);
    match case.engaged {
        Engaged::No => tale.says(
            "提供先との予約などの取引はありませんでした。",
            "She had no engagement, such as a booking, with the recipient.",
        ),
        Engaged::OtherNumber => tale.says(
            "提供先との取引は、問い合わせとは別の番号のものでした。",
            "Her engagement with the recipient had another number than was asked for.",
        ),
        Engaged::Yes { hour, cancelled, named } => {
            if cancelled {
                tale.says("取引は取り消されていました。", "Her engagement had been cancelled.");
            }
            if !named {
                tale.says(
                    "問い合わせは取引の番号を挙げていませんでした。",
                    "The ask named no engagement.",
                );
            }
            match hour {
                Hour::Before => {}
                Hour::AtEnd => {
                    tale.says(
                        "取引はちょうど終わったところでした。",
                        "Her engagement had just ended.",
                    );
                }
                Hour::LastMoment => tale.says(
                    format!("取引が終わってから、{after}時間になろうとしていました。"),
                    format!("Her engagement had ended almost {after} hours before."),
                ),
                Hour::Closing => tale.says(
                    format!("取引が終わってから、ちょうど{after}時間でした。"),
                    format!("Her engagement had ended exactly {after} hours before."),
                ),
                Hour::Over => tale.says(
                    format!("取引が終わってから、{after}時間と1日が過ぎていました。"),
                    format!("Her engagement had ended {after} hours and a day before."),
                ),
                Hour::BeyondCalendar => tale.says(
                    "取引の終わりは暦の果てにありました。",
                    "Her engagement ended at the end of the calendar.",
                ),
            }
        }
    }
}

fn approval(case: &Case<'_>, tale: &mut Tale) {
    let kind = match case.claim {
        Claim::None => return,
        Claim::NotApproved => {
            return tale.says(
                "問い合わせは、承認の記録がない例外にもとづくものでした。",
                "The ask stood on an exception, and no approval of it was on record.",
            );
        }
        Claim::Approved(kind) => kind,
    };
    tale.says(
        format!(
            "情報管理責任者は、例外を承認していました（{}）。",
            words::exception(kind, Language::Ja)
        ),
        format!(
            "The information manager had approved an exception ({}).",
            words::exception(kind, Language::En)
        ),
    );
    match case.scope {
        Scope::ThisPerson => {}
        Scope::Everybody => {
            tale.says("承認はすべての方についてのものでした。", "It was for everybody.");
        }
        Scope::OtherPerson => {
            tale.says("承認は別の方についてのものでした。", "It was for another person.");
        }
        Scope::OtherRecipient => {
            tale.says("承認は別の提供先についてのものでした。", "It was for another recipient.");
        }
        Scope::OtherPurpose => {
            tale.says("承認は別の目的についてのものでした。", "It was for another purpose.");
        }
        Scope::OtherItems => {
            tale.says("承認は別の項目についてのものでした。", "It was for other items.");
        }
    }
    match case.standing {
        Standing::Runs => {}
        Standing::EndsNow => {
            tale.says("承認はちょうどその時に終わりました。", "It ended at that very moment.");
        }
        Standing::Ended => {
            tale.says("承認は1時間前に終わっていました。", "It had ended an hour before.");
        }
    }
}

fn recipient(case: &Case<'_>, tale: &mut Tale) {
    if case.suspended {
        tale.says("提供先への提供は停止中でした。", "The recipient was suspended.");
    }
    match case.check {
        Check::Fresh => {}
        Check::DueToday => {
            tale.says(
                "相当措置の確認は、その日が期限でした。",
                "The check of its measures was due that day.",
            );
        }
        Check::Overdue => tale.says(
            "相当措置の確認は、前日に期限が切れていました。",
            "The check of its measures had been overdue since the day before.",
        ),
    }
    let (Some(entry), Some(country)) = (case.entry(), case.country()) else {
        if case.entry().is_some() {
            tale.says(
                "提供先の国は確認されていませんでした。",
                "The recipient's country was not confirmed.",
            );
        }
        return;
    };
    let home = case.regime().is_some_and(|regime| regime.transfer.home.contains(country));
    if case.place != Place::AsThePolicySays || !home {
        let (ja, en) =
            (words::country(country, Language::Ja), words::country(country, Language::En));
        tale.says(
            format!("提供先の国は{ja}でした。"),
            format!("The recipient's country was {en}."),
        );
    }
    if !entry.handles_personal_data && !home {
        tale.says(
            "ポリシーは、この提供先が個人データを取り扱わないものとしていました。",
            "The policy counted it as not handling personal data.",
        );
    }
}

fn thing(thing: Thing<'_>) -> (String, String) {
    match thing {
        Thing::Item(_, item) => (format!("「{}」", item.label.ja), format!("“{}”", item.label.en)),
        Thing::Secret(_, secret) => {
            (format!("「{}」", secret.label.ja), format!("“{}”", secret.label.en))
        }
        Thing::Unknown => {
            ("ポリシーにない項目".to_owned(), "an item that the policy does not have".to_owned())
        }
        Thing::Nothing => ("何も挙げない問い合わせ".to_owned(), "nothing at all".to_owned()),
    }
}

fn asked(broken: &Broken<'_>, tale: &mut Tale) {
    let case = &broken.case;
    let (mut ja, mut en) = thing(case.thing);
    if let Some(with) = broken.with {
        let (more_ja, more_en) = thing(with);
        ja = format!("{ja}と{more_ja}");
        en = format!("{en} together with {more_en}");
    }
    if let Crossing::Intake { registering } = case.crossing {
        let (when_ja, when_en) = if registering {
            ("登録のとき", "When she registered")
        } else {
            ("あるとき", "One day")
        };
        tale.says(
            format!("{when_ja}、{ja}が差し出されました。"),
            format!("{when_en}, {en} was offered."),
        );
        return;
    }
    let (what_ja, what_en) = match case.purpose {
        Some((_, purpose)) => (
            format!("目的「{}」のために", purpose.label.ja),
            format!("for the purpose “{}”", purpose.label.en),
        ),
        None => (
            "ポリシーにない目的のために".to_owned(),
            "for a purpose that the policy does not have".to_owned(),
        ),
    };
    let (who_ja, who_en) = match case.party {
        Party::Own => ("当社".to_owned(), "The company itself".to_owned()),
        Party::Entry(_, entry) => {
            (format!("「{}」", entry.label.ja), format!("“{}”", entry.label.en))
        }
        Party::Unknown(Stranger::NotHeld) => {
            ("登録のない相手".to_owned(), "Somebody who is not registered".to_owned())
        }
        Party::Unknown(Stranger::AnotherHeld) => (
            "別の提供先として登録された相手".to_owned(),
            "Somebody for whom another recipient was on record".to_owned(),
        ),
        Party::Unknown(Stranger::NoSuchCategory) => (
            "ポリシーにない区分の相手".to_owned(),
            "Somebody of a category that the policy does not have".to_owned(),
        ),
    };
    tale.says(
        format!("{who_ja}が、{what_ja}{ja}を求めました。"),
        format!("{who_en} asked for {en} {what_en}."),
    );
}

fn came_of_it(promise: &Promise, case: &Case<'_>, tale: &mut Tale) {
    let (ja, en) = match &promise.says {
        Statement::Always(Always::RefusalsNameAReason) => {
            ("理由のないまま断られました", "It was refused without a reason")
        }
        Statement::Always(Always::MoreConsentPermitsNoLess) => (
            "許可されましたが、同意が一つ増えると断られました",
            "It was permitted, and refused once a consent more was given",
        ),
        Statement::Always(Always::ThingsAreAnsweredOneByOne) => (
            "一つずつ尋ねたときとは違う答えになりました",
            "The answer was another than each would have had alone",
        ),
        Statement::Never(_) | Statement::Requires { .. } => match case.crossing {
            Crossing::Disclosure => ("渡されました", "It was given"),
            Crossing::Use => ("使うことが許可されました", "The use was permitted"),
            Crossing::Intake { .. } => ("受け入れられました", "It was taken in"),
        },
    };
    let ends = |text: &str, stop: &str| text.trim_end_matches(stop).to_owned();
    tale.says(
        format!("{ja}。しかし、約束は「{}」です。", ends(&promise.label.ja, "。")),
        format!("{en}, though the promise says: {}.", ends(&promise.label.en, ".")),
    );
}
