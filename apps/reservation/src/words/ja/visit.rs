use crate::book::companions::Allergen;
use crate::words::Visit;

pub(super) const WORDS: Visit = Visit {
    book_sees: "お店に伝わること",
    book_sees_nothing: "お店への情報の提供を止めているため、お店には何も表示されません。アレルギーなど、お店に知っておいてほしいことは、直接お伝えください。",
    book_sees_lead: "ご予約からお帰りの後しばらくまで、お預かりしている次の項目だけを、お店が見ることができます。見るたびに記録され、マイページに残ります。",
    date: "日にち",
    party_size: "人数",
    error_time: "この時刻はもう選べません。別の時刻をお選びください。",
    booking: "ご予約の内容",
    booking_number: "予約番号",
    cancel: "予約を取り消す",
    cancel_told: "取り消すと、お店はその時から情報を見られなくなります。",
    hours: "営業時間",
    address: "所在地",
    telephone: "電話",
    fee: "予約料金",
    fee_none: "かかりません",
    see_times: "時刻を見る",
    no_times_that_day: "この日に選べる時刻はありません。ほかの日をお選びください。",
    not_open_yet: "この日の受付はまだ始まっていません",
    full: "満席",
    wait_for_it: "空席待ち",
    full_told: "満席の時刻を押すと、空席待ちの列に並びます。料金はかからず、いつでもやめられます。",
    error_full: "ちょうど満席になりました。ほかの時刻を選ぶか、空席待ちをご利用ください。",
    error_too_soon: "この時刻の受付は終わりました。もう少し後の時刻をお選びください。",
    error_already: "この時刻には、すでにご予約があるか、変更の手続き中です。",
    error_gone: "このお席は、いまは予約できません。お席を選び直してください。",
    held_for_you: "お席を確保中",
    confirm_booking: "予約を確定する",
    let_go: "予約しない",
    hold_over: "お席の確保は終わりました",
    hold_over_told: "確保の時間が過ぎたか、お席を手放されました。料金はかかっていません。お手数ですが、もう一度お席をお選びください。",
    change_booking: "日時や人数を変える",
    change_told: "新しいお席が決まるまで、いまのお席はそのままです。",
    done_changed: "ご予約を変更しました。",
    done_waiting: "空席待ちを承りました。お席が空くと30分間確保し、メールとこのページでお知らせします。",
    cancel_free: "取消料はかかりません。",
    called_off_by_store: "お店の都合により取消し",
    waiting: "空席待ち",
    wait_no_more: "待つのをやめる",
    notices_read: "読みました",
    ask_the_store: "お店へ直接ご連絡ください。",
    do_not_cancel: "取り消さない",
    cancel_costs_now: "画面を開いている間に、取消無料の期限が過ぎました。取消料をご確認のうえ、もう一度お選びください。",
    change_review: "変更の確認",
    until_now: "いまのご予約",
    fee_until_now: "いまの予約料金",
    fee_from_now: "変更後の予約料金",
    change_it: "この内容に変更する",
    do_not_change: "変更しない",
    fee_is_now: "予約料金または取消料が、先ほどの表示から変わりました。ご確認のうえ、お進みください。",
    change_costs_now: "変更後の予約料金または取消料が、先ほどの表示から変わりました。ご確認のうえ、もう一度お選びください。",
    nothing_to_pay: "いまお支払いいただくものはありません。お支払いがお済みか、変更のお席の確保が終わっています。ご予約は下のとおりです。",
    done_kept: "変更をやめました。ご予約は元のままです。",
    your_time: "いまのお席",
    same_as_now: "いまのご予約と同じ日時と人数です。変えたい日時か人数をお選びください。",
    same_hour: "同じ時間帯に、ほかのご予約があります",
    same_hour_told: "このまま進むこともできます。どちらかが不要でしたら、お早めに取り消してください。",
    notice_letter: "ご予約についてのお知らせ",
    companions: "お連れさまの食物アレルギー",
    companions_for: "お店が、この日のお料理をお連れさまに合わせてご用意するためだけに使います。ご予約の間だけお店に伝わり、お時間が終わるか、ご予約を取り消されると消去します。",
    companions_why: "伺うのは品目と人数だけです。お名前やご関係、自由なご記入は伺いません。ほかの方を指す情報をお預かりしないためです。",
    companions_not_hers: "お客さまご自身のアレルギーは、こちらにお知らせください：",
    companions_other: "ほかの20品目（アーモンド、ごま、大豆など）",
    companions_not_told: "まだお知らせいただいていません。アレルギーのある方がいらっしゃいましたら、お知らせください。",
    companions_change: "お連れさまのアレルギーを知らせる・直す",
    companions_again: "お連れさまのアレルギーは、まだお預かりしていません。次の画面で、もう一度お選びください。",
    companions_allergies: "お連れさまのアレルギー",
    companions_fewer: "人数が減るため、お知らせいただいたお連れさまのアレルギーは、次のように変わります。いらっしゃらない方の分があるときは、下で選び直してください。",
    companions_more: "人数が増えます。新しくいらっしゃる方にアレルギーがあるときは、下でお知らせください。お選びのとおりにお店へ伝わります。",
    companions_all_go: "お一人でのご予約になるため、お知らせいただいたお連れさまのアレルギーは消去します。",
    never_was_told: "ご予約の確定前でしたので、お支払いはいただいておらず、料金もかかりません。",
    erased: "消去",
    nobody: "いません",
    error_allergen: "この一覧にない品目は承れません。一覧からお選びいただくか、お店へ直接お知らせください。",
    done_companions: "お連れさまのアレルギーを保存しました。",
    clock_is: |clock| format!("時刻はすべて{clock}です。"),
    fee_terms: |yen, hours, percent| {
        if percent == 0 {
            format!("お一人{yen}（取消料はかかりません）")
        } else {
            format!("お一人{yen}（{hours}時間前まで取消無料、その後は{percent}%）")
        }
    },
    free_until: |until, percent| {
        if percent == 0 {
            "取消料はかかりません。".to_owned()
        } else {
            format!("{until}まで取消無料。その後の取消料は予約料金の{percent}%です。")
        }
    },
    free_over: |percent| {
        format!("取消無料の期限は過ぎています。取消料は予約料金の{percent}%です。")
    },
    change_over: |until| {
        format!("このご予約の変更は、{until}まで承りました。いまは取消しだけを承ります。")
    },
    all_over: |until| format!("このご予約の変更と取消しは、{until}まで承りました。"),
    change_pays: |more, minutes| {
        format!(
            "差額{more}をお支払いいただくと、変更が決まります。新しいお席を{minutes}分間確保し、それまで元のご予約はそのままです。"
        )
    },
    held_told: |until| format!("お席を{until}まで確保しています。まだ予約は確定していません。"),
    cancel_costs: |yen| format!("いま取り消すと、取消料{yen}がかかります。"),
    error_companions: |most| format!("お連れさまの人数（{most}名まで）をお選びください。"),
    waiting_before: |count| match count {
        0 => "次の順番です".to_owned(),
        count => format!("前に{count}組"),
    },
    notice_called_off: |store, at| {
        format!(
            "{store}（{at}）のご予約は、お店の都合で取り消されました。申し訳ございません。取消料はかかりません。"
        )
    },
    notice_offered: |store, at| {
        format!("{store}（{at}）のお席が空きました。確保している間に、予約を確定してください。")
    },
    notice_offered_until: |store, at, until| {
        format!(
            "{store}（{at}）のお席が空きました。{until}まで、お客さまのためにお席を確保しています。それまでに予約を確定してください。過ぎた場合は、次の方にお譲りします。"
        )
    },
    notice_offer_over: |store, at| {
        format!("{store}（{at}）の空席は、確保の時間が過ぎたため、次の方にお譲りしました。")
    },
    notice_line_closed: |store, at| {
        format!(
            "空席待ちをされていた{store}（{at}）は、その日がお店の休業日になりました。空席待ちは終わりました。料金はかかりません。"
        )
    },
    notice_paid_off: |store, at| {
        format!(
            "{store}（{at}）のお支払いは、お店の都合でご予約が取り消されたあとに届きました。ご予約は成立していません。"
        )
    },
    notice_reason: |told, reason| format!("{told}お店からの理由：{reason}"),
    notice_paid_late: |store, at| {
        format!(
            "{store}（{at}）のお支払いは、お席の確保が終わったあとに届きました。ご予約は成立していません。"
        )
    },
    notice_paid_twice: |store, at| {
        format!("{store}（{at}）の予約料金が二重に支払われました。ご予約はそのままです。")
    },
    notice_not_changed: |store, at| {
        format!("{store}のご予約を{at}へ変更できませんでした。元のご予約はそのままです。")
    },
    notice_not_booked: |store, at| {
        format!("{store}（{at}）のご予約を登録できませんでした。申し訳ございません。")
    },
    hold_it: |minutes| format!("お席を{minutes}分間確保する"),
    not_booked_told: |store| {
        format!(
            "お席は予約していません。{store}には何も伝わっていません。今回の入力内容は保存していません。"
        )
    },
};

pub(super) fn allergen(of: Allergen) -> &'static str {
    match of {
        Allergen::Shrimp => "えび",
        Allergen::Crab => "かに",
        Allergen::Walnut => "くるみ",
        Allergen::Wheat => "小麦",
        Allergen::Buckwheat => "そば",
        Allergen::Egg => "卵",
        Allergen::Milk => "乳",
        Allergen::Peanut => "落花生（ピーナッツ）",
        Allergen::Almond => "アーモンド",
        Allergen::Abalone => "あわび",
        Allergen::Squid => "いか",
        Allergen::SalmonRoe => "いくら",
        Allergen::Orange => "オレンジ",
        Allergen::Cashew => "カシューナッツ",
        Allergen::Kiwi => "キウイフルーツ",
        Allergen::Beef => "牛肉",
        Allergen::Sesame => "ごま",
        Allergen::Salmon => "さけ",
        Allergen::Mackerel => "さば",
        Allergen::Soybean => "大豆",
        Allergen::Chicken => "鶏肉",
        Allergen::Banana => "バナナ",
        Allergen::Pork => "豚肉",
        Allergen::Macadamia => "マカダミアナッツ",
        Allergen::Peach => "もも",
        Allergen::Yam => "やまいも",
        Allergen::Apple => "りんご",
        Allergen::Gelatine => "ゼラチン",
    }
}
