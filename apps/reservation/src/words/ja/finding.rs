use crate::words::{Finding, runs};

const NO_PARTY: &str = "ただいま新しいご予約は承っておりません";

/// 2名から4名まで、6名
pub(super) fn sizes(parties: &[u8]) -> String {
    let said = |from, to| {
        if from == to { format!("{from}名") } else { format!("{from}名から{to}名まで") }
    };
    runs(parties, said, "、")
}

pub(super) const WORDS: Finding = Finding {
    home_page: "お席のご予約",
    home_title_first: "お席を予約する。",
    home_title_then: "情報の\u{200b}ゆくえも\u{200b}見える。",
    home_lead: "お店が見られるのは、予約に必要な項目を、予約のある間だけ。見るたびに記録が残り、いつでもご自身で確かめられます。",
    home_begin: "会員登録をする",
    your_table_tonight: "今夜のご予約",
    stores: "お店",
    stores_before: "前のお店へ",
    stores_more: "次のお店へ",
    no_stores: "いま予約できるお店はありません。",
    tonight_over: "今夜は受付終了。明日から予約できます",
    promise: "お預かりした情報の扱い",
    promise_held: "お預かりします",
    promise_held_text: "お名前やアレルギーは、鍵をかけて保管します。この予約サービスの手元には残りません。お連れさまのアレルギーだけは、品目と人数を、ご予約の間お預かりします。",
    promise_asked: "そのつど尋ねます",
    promise_asked_text: "お店が見るときは、同意・予約・利用目的を毎回確かめます。どれかが欠けていれば、お見せしません。",
    promise_seen: "すべて残ります",
    promise_seen_text: "誰が、いつ、何を受け取ったか。あとから書き換えられない記録を、マイページでご覧いただけます。",
    read_the_policy: "プライバシーポリシーを読む",
    area: "エリア",
    cuisine: "料理",
    anything: "すべて",
    none_found: "条件に合うお店が見つかりませんでした。",
    all_stores: "すべてのお店を見る",
    choose_a_table: "お席を選ぶ",
    about_the_store: "お店の情報",
    closing_days: "お休み",
    closed: "休み",
    has_seats: "空席あり",
    no_seating: "受付なし",
    days: "日にちを選ぶ",
    earlier_days: "前の2週間",
    later_days: "次の2週間",
    review: "ご予約の確認",
    fee_sum: "合計",
    consent_first: "ご予約の前に",
    book_it: "この内容で予約する",
    choose_again: "選び直す",
    not_booked: "予約していません",
    nothing_held: "お預かりしていません",
    is_draft: "このお店は非公開です。お客さまには見えず、新しいご予約も承りません。",
    open_lacks: "このお店は公開中ですが、次のものが足りず、新しいご予約を承れません：",
    draft_lacks: "公開するまでに必要なもの：",
    open_store: "公開する",
    closed_that_day: |reason| format!("この日はお休みです（{reason}）。ほかの日をお選びください。"),
    closed_today: |reason| format!("本日はお休みです（{reason}）"),
    error_party: |parties| match parties {
        [] => format!("{NO_PARTY}。"),
        _ => format!("このお店は、{}を承ります。", sizes(parties)),
    },
    first_store: |store| format!("{store}に伝わること"),
    on_that_day: |day, party| format!("{day}・{party}"),
    closed_on: |reason| format!("この日はお休みです（{reason}）"),
    price_of: |band| format!("価格帯は4段階の{band}"),
    parties_of: |parties| match parties {
        [] => NO_PARTY.to_owned(),
        _ => sizes(parties),
    },
    party_not_taken: |party, parties| match parties {
        [] => NO_PARTY.to_owned(),
        _ => format!("{party}名さまのご予約は承れません（{}）", sizes(parties)),
    },
};
