//! Words of the pages about requests that no other page has.

use jiff::{SignedDuration, Timestamp};
use policy::calendar::calendar_day;
use policy::request::{FeeStanding, Progress, State};
use policy::{Language, StaffRole};

use crate::acts::request::{HOUSE, Noted};
use crate::error::FieldError;
use crate::web::requests::BY;
use crate::words;

/// Says it in one of two languages.
#[derive(Clone, Copy)]
pub(in super::super) struct Say(pub(in super::super) Language);

impl Say {
    /// One of two wordings.
    pub(in super::super) fn of<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Ja => ja,
            Language::En => en,
        }
    }
}

/// How a deadline stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Pressing {
    /// There is time.
    No,
    /// The desk warns.
    Warned,
    /// It is over.
    Overdue,
}

impl Pressing {
    /// How a deadline stands at a moment.
    pub(in super::super) fn of(warn_at: i64, due_at: i64, now: Timestamp) -> Self {
        let now = now.as_millisecond();
        if due_at <= now {
            Self::Overdue
        } else if warn_at <= now {
            Self::Warned
        } else {
            Self::No
        }
    }

    /// The class in the style sheet.
    pub(in super::super) fn class(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Warned => Some("warned"),
            Self::Overdue => Some("overdue"),
        }
    }
}

/// A day with its weekday; the year only where it is another one than now's.
pub(in super::super) fn day(at: Timestamp, now: Timestamp, language: Language) -> String {
    let (on, today) = (calendar_day(at), calendar_day(now));
    let this_year = on.year() == today.year();
    match language {
        Language::Ja => {
            let weekdays = ["月", "火", "水", "木", "金", "土", "日"];
            let n = usize::from(on.weekday().to_monday_zero_offset().unsigned_abs());
            let weekday = weekdays.get(n).copied().unwrap_or_default();
            let year = if this_year { String::new() } else { format!("{}年", on.year()) };
            format!("{year}{}月{}日（{weekday}）", on.month(), on.day())
        }
        Language::En if this_year => on.strftime("%a %-d %B").to_string(),
        Language::En => on.strftime("%a %-d %B %Y").to_string(),
    }
}

/// The last day of a time that ends at a moment: what ends at midnight ends with the day before.
pub(in super::super) fn last_day(end: Timestamp) -> Timestamp {
    end - SignedDuration::from_millis(1)
}

/// How long it is until a deadline, in days as people count them.
pub(in super::super) fn left(due: Timestamp, now: Timestamp, language: Language) -> String {
    let days = calendar_day(now).until(calendar_day(last_day(due)));
    let days = days.map_or(0, |span| span.get_days());
    match (language, days) {
        (Language::Ja, 0) => "今日まで".to_owned(),
        (Language::En, 0) => "today".to_owned(),
        (Language::Ja, 1..) => format!("あと{days}日"),
        (Language::En, 1) => "tomorrow".to_owned(),
        (Language::En, 2..) => format!("in {days} days"),
        (Language::Ja, _) => format!("期限を{}日過ぎています", -days),
        (Language::En, -1) => "1 day overdue".to_owned(),
        (Language::En, _) => format!("{} days overdue", -days),
    }
}

/// How long ago something was, in days.
pub(in super::super) fn ago(at: Timestamp, now: Timestamp, language: Language) -> String {
    let days = calendar_day(at).until(calendar_day(now)).map_or(0, |span| span.get_days());
    match (language, days) {
        (Language::Ja, ..=0) => "今日".to_owned(),
        (Language::En, ..=0) => "today".to_owned(),
        (Language::Ja, _) => format!("{days}日前"),
        (Language::En, 1) => "1 day ago".to_owned(),
        (Language::En, _) => format!("{days} days ago"),
    }
}

/// Where a request stands, for the desk.
pub(in super::super) fn state(
    state: State,
    awaits_approval: bool,
    language: Language,
) -> &'static str {
    let say = Say(language);
    match state {
        State::Received => say.of("受付", "Received"),
        State::Verifying => say.of("本人確認中", "Identity not shown yet"),
        State::AwaitingFee => say.of("手数料待ち", "Fee not paid yet"),
        State::Investigating if awaits_approval => {
            say.of("決定の承認待ち", "Decision waits for a second pair of eyes")
        }
        State::Investigating => say.of("検討中", "To be decided"),
        State::Decided => say.of("決定済み（未実行）", "Decided, not carried out"),
        State::Executed => say.of("実行済み（未通知）", "Carried out, not told yet"),
        State::Notified => say.of("通知済み", "Told"),
        State::Closed => say.of("完了", "Closed"),
        State::Withdrawn => say.of("取下げ", "Withdrawn"),
        State::Unverified => say.of("本人確認できず終了", "Ended, identity not shown"),
    }
}

/// Whom a request waits for.
pub(in super::super) fn waits_for(
    state: State,
    awaits_approval: bool,
    language: Language,
) -> &'static str {
    let say = Say(language);
    match state {
        State::Verifying => say.of(
            "請求者（または届いた書類の確認）",
            "the requester, or a look at what came with it",
        ),
        State::AwaitingFee => say.of("請求者の支払い", "the requester's payment"),
        State::Investigating if awaits_approval => {
            say.of("別の担当者", "somebody else of the staff")
        }
        State::Received | State::Investigating | State::Decided => say.of("窓口", "the desk"),
        State::Executed => say.of("通知の送信", "the letter on its way"),
        State::Notified => say.of("なし（回答の受取期間）", "nobody; the answer is open"),
        State::Closed | State::Withdrawn | State::Unverified => say.of("なし", "nobody"),
    }
}

/// How the fee stands; `name` says who somebody is.
pub(in super::super) fn fee(
    progress: &Progress,
    name: impl Fn(&str) -> String,
    language: Language,
) -> String {
    let say = Say(language);
    match &progress.fee {
        FeeStanding::Free => say.of("無料", "Free").to_owned(),
        FeeStanding::Due(due) => {
            format!("{}{}", due.words(language), say.of("（未払い）", ", not paid"))
        }
        FeeStanding::Paid { money: sum, at, reference } => format!(
            "{}{} {} {reference}",
            sum.words(language),
            say.of("（支払い済み）", ", paid"),
            words::moment(*at, language),
        ),
        FeeStanding::Waived { by, at } => {
            format!("{} {} {}", say.of("免除", "Waived"), words::moment(*at, language), name(by))
        }
        FeeStanding::Refunded { money: sum, at, reference } => format!(
            "{}{} {} {reference}",
            sum.words(language),
            say.of("（返金済み）", ", given back"),
            words::moment(*at, language),
        ),
    }
}

/// A step of the history.
pub(in super::super) fn step(step: &str, language: Language) -> &str {
    let say = Say(language);
    match step {
        "begin" => say.of("手続きを始めました", "it was begun"),
        "identify" => say.of("本人であることを確認しました", "the requester was identified"),
        "recheck" => say.of("本人確認をやり直すことにしました", "identity has to be shown anew"),
        "confirm_agency" => say.of("代理権を確認しました", "the agent's power was confirmed"),
        "fail_identity" => {
            say.of("本人を確認できず終了しました", "it ended, identity was not shown")
        }
        "pay" => say.of("手数料の支払いを記録しました", "the fee was paid"),
        "waive_fee" => say.of("手数料を免除しました", "the fee was waived"),
        "lapse_fee" => say.of("支払い期限が過ぎました", "the time for paying was over"),
        "extend" => say.of("回答期限を延長しました", "the time for an answer was extended"),
        "decide" => say.of("決定を書きました", "a decision was made"),
        "approve" => say.of("決定を承認しました", "the decision was agreed with"),
        "return" => say.of("決定を差し戻しました", "the decision was sent back"),
        "reconsider" => say.of("あらためて決定することにしました", "it is to be decided anew"),
        "execute" => say.of("決定を実行しました", "it was carried out"),
        "notify" => say.of("請求者にお知らせしました", "the requester was told"),
        "refund" => say.of("手数料を返しました", "the fee was given back"),
        "close" => say.of("完了しました", "it was closed"),
        "withdraw" => say.of("請求者が取り下げました", "the requester took it back"),
        "look" => say.of("添付書類を見ました", "an attachment was looked at"),
        "print" => say.of("郵送する回答を印刷しました", "the answer on paper was printed"),
        other => other,
    }
}

/// What was done by a form that led here.
pub(in super::super) fn done(act: &str, language: Language) -> Option<&'static str> {
    let say = Say(language);
    Some(match act {
        "identify" => say.of("本人確認を記録しました。", "It is on record who asks."),
        "agency" => say.of("代理権の確認を記録しました。", "The agent's power is confirmed."),
        "fail_identity" => {
            say.of("本人を確認できないまま終了しました。", "It is over: identity was not shown.")
        }
        "recheck" => say.of("本人確認からやり直します。", "Who asks has to be shown anew."),
        "pay" => say.of("支払いを記録しました。", "The payment is on record."),
        "waive" => say.of("手数料を免除しました。", "The fee is waived."),
        "refund" => say.of("返金を記録しました。", "The refund is on record."),
        "extend" => say.of(
            "回答期限を延長し、請求者に知らせます。",
            "The time is extended, and the requester is told.",
        ),
        "note" => say.of("メモを書きました。", "The note is written down."),
        "decide" => say.of("決定を書きました。", "The decision is written down."),
        "approve" => say.of("決定を承認しました。", "The decision stands."),
        "return" => say.of("決定を差し戻しました。", "The decision was sent back."),
        "reconsider" => say.of("あらためて決定してください。", "It can be decided anew."),
        "carry_out" => {
            say.of("実行し、請求者に知らせます。", "It is carried out, and the requester is told.")
        }
        "close" => say.of("完了にしました。", "It is closed."),
        "taken" => say.of("受け付けました。", "It is taken down."),
        _ => return None,
    })
}

/// What is wrong with a field, and the way out.
pub(in super::super) fn wrong(wrong: &FieldError, language: Language) -> String {
    let say = Say(language);
    let told = match wrong.code {
        // In the reader's language already.
        "said" => return wrong.detail.clone(),
        "not_plain" => say.of(
            "1文字以上1000文字以内の一行で入力してください。",
            "Please fill this in: one line, up to 1000 characters.",
        ),
        "not_a_name_of_a_set" => say.of(
            "1文字以上120文字以内の一行で入力してください。",
            "Please give a name: one line, up to 120 characters.",
        ),
        "unconfirmed" => say.of(
            "取り消せない操作です。確認の欄にチェックを入れてください。",
            "This cannot be undone; tick the box to confirm.",
        ),
        "not_a_ground" => say.of(
            "この請求を断れる理由から選んでください。",
            "Choose a ground from the list for this kind of request.",
        ),
        "inconsistent" => say.of(
            "結果と、断る部分の選び方が合っていません。",
            "The outcome and what is refused do not go together.",
        ),
        "not_a_measure" => say.of(
            "代わりの措置は、停止や消去の請求に一部だけ応じるときに選べます。",
            "A measure instead is for a stop or an erasure that is granted in part.",
        ),
        "other_sum" => say.of("手数料の額と違います。", "This is not the sum that is due."),
        "no_extension" => say.of("この期間の延長はできません。", "The time cannot be extended so."),
        "not_sure_enough" => say.of(
            "この請求には、より確かな確認が必要です。",
            "This kind of request needs a surer way.",
        ),
        "nobody_held" => say.of(
            "該当する方の情報がないため、「お預かりしていません」を選んでください。",
            "Nobody is held whom it could be about: choose “nothing held”.",
        ),
        "not_by_hand" => say
            .of("照合または書類による確認を選んでください。", "Choose particulars or a document."),
        "not_an_amount" => say.of("金額を数字で入力してください。", "Write the sum in digits."),
        "nobody_found" => {
            say.of("この連絡先で登録されている方はいません。", "Nobody is registered under this.")
        }
        "unknown" => say.of("一覧から選んでください。", "Choose from the list."),
        "required" => say.of(
            "サービスに必要な項目のため、削除だけはできません。",
            "The service needs it; it cannot be taken out alone.",
        ),
        "unfit" => {
            say.of("この項目の形に合っていません。", "This does not fit the form of the item.")
        }
        code => match words::field(code, language) {
            Some(told) => told,
            None => return format!("{} {}", wrong.field, wrong.detail),
        },
    };
    told.to_owned()
}

/// Whoever did something and is not of the staff: the requester, the house by itself, a program.
pub(in super::super) fn nobody_of_staff(by: &str, language: Language) -> &str {
    let say = Say(language);
    match by {
        HOUSE => say.of("自動処理", "by itself"),
        BY => say.of("請求者", "the requester"),
        other => other,
    }
}

/// A note in words.
pub(in super::super) fn noted(says: &Noted, language: Language) -> String {
    match (says, language) {
        (Noted::Words { text }, _) => text.clone(),
        (Noted::PaidOn { on, money, reference }, _) => {
            let (on, money) = (words::day(*on, language), money.words(language));
            match language {
                Language::Ja => format!("{on}に{money}の入金がありました（{reference}）。"),
                Language::En => format!("{money} came in on {on} ({reference})."),
            }
        }
        (Noted::NotDue { money, reference }, Language::Ja) => format!(
            "請求していない{}の入金がありました（{reference}）。返金してください。",
            money.words(language)
        ),
        (Noted::NotDue { money, reference }, Language::En) => format!(
            "{} came in ({reference}) although nothing was due; give it back.",
            money.words(language)
        ),
        (Noted::NoAddress {}, Language::Ja) => {
            "回答の宛先を開けませんでした。別の方法でお知らせしてください。".to_owned()
        }
        (Noted::NoAddress {}, Language::En) => {
            "No address could be opened for the letter with the answer; find another way to her."
                .to_owned()
        }
    }
}

/// Somebody's name with their role, for a history.
pub(in super::super) fn member(name: &str, role: StaffRole, language: Language) -> String {
    match role {
        StaffRole::Manager => {
            format!("{name} ({})", super::super::page::role(role, language))
        }
        StaffRole::Officer => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_its_last_day_in_japan() {
        // The end of 6 December in Tokyo.
        let due: Timestamp = "2026-12-06T15:00:00Z".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let morning = at("2026-12-03T00:00:00Z");
        assert_eq!(day(last_day(due), morning, Language::Ja), "12月6日（日）");
        assert_eq!(
            day(last_day(due), at("2027-01-05T00:00:00Z"), Language::En),
            "Sun 6 December 2026"
        );
        assert_eq!(left(due, morning, Language::En), "in 3 days");
        assert_eq!(left(due, at("2026-12-06T14:59:59Z"), Language::Ja), "今日まで");
        assert_eq!(left(due, due, Language::En), "1 day overdue");
        assert_eq!(left(due, at("2026-12-08T00:00:00Z"), Language::Ja), "期限を2日過ぎています");
    }
}
