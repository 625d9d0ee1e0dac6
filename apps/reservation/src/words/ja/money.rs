use crate::words::Money;

pub(super) const WORDS: Money = Money {
    pay_where: "お支払いは、決済の会社のページで行います。カードの番号が、このサイトやお店に伝わることはありません。",
    pay_at_store: "予約料金は、ご来店のときにお店でお支払いください。",
    unpaid: "お支払いは済んでいません。お席の確保は、下の時刻まで続きます。",
    unopened: "お支払いのページを開けませんでした。お席は確保したままです。少し待って、もう一度お試しください。",
    paid_and_waiting: "お支払いを受け付けました。予約を登録しています。お席は確保されています。登録が済みましたら、メールでお知らせします。",
    not_seen_yet: "お支払いの確認が、まだ取れていません。お済みの場合は、少し待って、もう一度お確かめください。",
    look_again: "もう一度確かめる",
    payments: "お支払い",
    paid_on: "お支払い",
    gone_back: "返金済み",
    going_back: "返金の手続き中",
    cancel_fee: "取消料",
    kept: "お預かりしている金額",
    pay_difference: "変更の差額",
    pay_difference_told: "お支払いが済むと、ご予約を変更します。それまで、元のご予約はそのままです。",
    being_booked: "予約を登録中",
    no_booking: "ご予約は成立していません",
    no_booking_told: "お席の確保が終わったあとにお支払いが届いたか、ご予約を登録できませんでした。お支払いは、お使いのカードにお返しします。",
    receipt: "領収書",
    receipt_received: "上記の金額を領収いたしました。",
    receipt_number: "番号",
    receipt_day: "お支払い日",
    receipt_what_for: "但し書き",
    receipt_how: "お支払い方法",
    receipt_by_card: "クレジットカード",
    receipt_by: "発行",
    receipt_name_change: "宛名を変える",
    receipt_print: "このページは、そのまま印刷できます。",
    receipt_nobody: "（宛名なし）",
    go_to_pay: |yen| format!("{yen}の支払いへ進む"),
    change_held: |yen, until| {
        format!(
            "新しいお席を{until}まで確保しました。それまでに差額{yen}をお支払いください。お支払いが済むまで、ご予約は元のままです。"
        )
    },
    goes_back: |yen| format!("{yen}を、お使いのカードにお返しします。"),
    and_goes_back: |said, yen| format!("{said}{yen}を、お使いのカードにお返しします。"),
    pay_title: |store| format!("{store} 予約料金"),
    held_to_pay: |until| {
        format!("お席を{until}まで確保しています。お支払いが済むと、予約が確定します。")
    },
    difference: |more, until| format!("差額{more}を、{until}までにお支払いください。"),
    receipt_words: |store| format!("予約料金として（{store}）"),
    receipt_words_off: |store| format!("予約の取消料として（{store}）"),
};
