use crate::words::Counter;

pub(super) const WORDS: Counter = Counter {
    tonight: "今夜",
    bookings: "ご予約",
    coming_bookings: "これからのご予約",
    other_days: "日にち",
    no_bookings_that_day: "この日のご予約はありません。",
    name_not_shown: "お名前は表示できません",
    name_not_held: "お名前のお預かりがありません",
    allergy_not_told: "お知らせはありません",
    ask_the_guest: "表示できません。お客さまに直接お尋ねください。",
    nothing_could_be_asked: "いま何も確認できないため、アレルギーの有無もわかりません。",
    not_shown_away: "いま確認できません。しばらくしてから、ページを読み込み直してください。",
    for_the_kitchen: "厨房用の一覧",
    clock_time: "時刻",
    kitchen_told: "お名前は載りません。A4に印刷できます。使い終わった紙は、読めないようにして捨ててください。",
    party_and_table: "人数と卓",
    booking_at_the_store: "ご予約の内容",
    is_called_off: "このご予約は取り消されました",
    is_called_off_told: "お客さまの情報は、もう表示しません。お店に表示できるのは、ご予約がある間だけです。",
    pages_of_the_store: "お店のページ",
    own_system: "お店のシステム",
    store_keys_told: "お店のシステムは、この鍵でご予約の番号・時刻・人数・状態を読めます。お客さまの情報は、利用目的を添えて一件ずつ求めたときだけ、確認のうえでお渡しし、記録に残します。",
    key_name: "鍵の名前",
    webhook: "ご予約のお知らせ",
    webhook_told: "ご予約が入ったとき、変わったとき、取り消されたときに、番号だけをお店のシステムへ送ります（Standard Webhooks）。",
    webhook_url: "送り先のアドレス",
    webhook_url_hint: "https のアドレス。自社のネットワーク内なら http でもかまいません。",
    webhook_put: "ここへ送る",
    webhook_end: "送るのをやめる",
    webhook_made: "ここへお送りします。次の秘密の鍵で署名します。表示はこの一度だけです。",
    tonight_is: |day| format!("今夜は{day}です"),
    called_off_that_day: |count| format!("お店の都合で取り消したご予約：{count}件"),
    tonight_count: |bookings, guests| format!("{bookings}組、{guests}名さま"),
    tonight_recorded: |login, at| {
        format!(
            "{login} が {at} に開きました。開くたびに提供の記録が残り、お客さまもご覧になれます。"
        )
    },
    webhook_since: |at, waiting| format!("{at}から送っています。送信待ち：{waiting}件"),
    webhook_given_up: |count| {
        format!(
            "{count}件は、5日間受け取られませんでした。送り先を登録し直すと、もう一度送ります。"
        )
    },
};
