//! 日本語。お店とお客さまに、ふだんの言葉で。

use super::{Words, grouped};
use crate::book::companions::Allergen;
use crate::book::stores::Lacks;
use crate::edit::What;
use crate::import::Plain;
use crate::language::Language;
use crate::when;

pub(super) static WORDS: Words = Words {
    service: "見本予約",
    skip: "本文へ",
    nav: "メニュー",
    nav_me: "マイページ",
    nav_tonight: "今夜のご予約",
    sign_in: "ログイン",
    sign_out: "ログアウト",
    sign_up: "会員登録",
    sample_note: "見本のサービスです。お店もお客さまも、実在しません。",
    for_stores: "お店の方へ",
    to_front_page: "トップへ",
    to_my_page: "マイページへ",
    back: "戻る",
    colon: "：",
    comma: "、",

    home_page: "お席のご予約",
    home_title_first: "お席を予約する。",
    home_title_then: "情報の\u{200b}ゆくえも\u{200b}見える。",
    home_lead: "お店が見られるのは、予約に必要な項目を、予約のある間だけ。見るたびに記録が残り、いつでもご自身で確かめられます。",
    home_begin: "会員登録をする",
    your_table_tonight: "今夜のご予約",
    stores: "お店",
    no_stores: "いま予約できるお店はありません。",
    tonight_over: "今夜は受付終了。明日から予約できます",
    promise: "お預かりした情報の扱い",
    promise_held: "お預かりします",
    promise_held_text: "お名前やアレルギーは、鍵をかけて保管します。この予約サービス自身は、どの値も手元に持ちません。",
    promise_asked: "そのつど尋ねます",
    promise_asked_text: "お店が見るときは、同意・予約・利用目的を毎回確かめます。どれかが欠けていれば、お見せしません。",
    promise_seen: "すべて残ります",
    promise_seen_text: "誰が、いつ、何を受け取ったか。あとから書き換えられない記録を、マイページでご覧いただけます。",
    read_the_policy: "プライバシーポリシーを読む",

    required: "必須",
    optional: "任意",
    used_for: "利用目的",
    used_for_all: "すべての項目の利用目的",
    only_if_agreed: "（同意いただいた場合だけ）",
    form_has_errors: "次の点をご確認ください。入力いただいた内容は残っています。",
    save: "保存する",
    edit: "変更",
    email: "メールアドレス",
    password: "パスワード",
    error_empty: "入力してください。",
    error_not_an_email: "メールアドレスの形ではないようです。例：name@example.jp",
    error_not_a_phone: "電話番号の形ではないようです。例：+81\u{a0}90\u{a0}1234\u{a0}5678",
    error_taken: "このアドレスでは登録できません。すでに登録がお済みの場合は、ログインしてください。",
    error_too_long: "長すぎます。短くしてください。",
    error_too_short: "短すぎます。もう少し長くしてください。",
    error_other: "この内容では受け付けられません。ご確認ください。",
    error_choose: "いずれかをお選びください。",
    error_needs_consent: "お預かりするには同意が必要です。同意されない場合は、上の欄を空のままにしてください。",
    error_password_again: "パスワードを入力してください。安全のため、入力し直していただいています。",

    sign_in_both: "メールアドレスとパスワードを入力してください。",
    sign_in_failed: "ログインできませんでした。入力内容をご確認ください。",
    sign_in_wait: "試された回数が多いため、しばらくお待ちください。15分ほどで再びお試しいただけます。",
    signed_out: "ログアウトしました。",
    no_account_yet: "はじめての方は",
    staff_login: "ログイン名",

    forgot: "パスワードをお忘れの方",
    forgotten: "パスワードをお忘れの方",
    forgotten_lead: "ご登録のメールアドレスを入力してください。新しいパスワードを決めるための確認コードをお送りします。",
    send_code: "確認コードを送る",
    send_code_again: "もう一度送る",
    choose_password: "新しいパスワードを決める",
    code_sent: "このメールアドレスでご登録がある場合、確認コードをお送りしています。",
    code_hint: "メールに書かれた6桁の数字です。10分間、5回まで入力できます。",
    no_code: "メールが届かない場合は、迷惑メールもご確認ください。お送りできるのは1分に1通、1日に6通までです。",
    wrong_code: "確認コードが正しくないか、有効ではなくなっています。ご確認いただくか、もう一度お送りください。",
    old_password: "現在のパスワード",
    change_password: "パスワードを変更する",
    password_lead: "パスワードを変更すると、ほかの端末ではログアウトされます。変更したことはメールでもお知らせします。",
    wrong_password: "現在のパスワードが正しくありません。入力内容をご確認ください。",
    done_password: "パスワードを変更しました。ほかの端末ではログアウトされています。",
    letter_code: "パスワード再設定の確認コード",
    letter_code_not_you: "お心当たりがない場合は、何もなさらなくて大丈夫です。確認コードを使わないかぎり、パスワードは変わりません。確認コードは誰にも教えないでください。私たちからお尋ねすることもありません。",
    letter_known: "このメールアドレスは、すでにご登録があります",
    letter_known_told: "このメールアドレスで、会員登録の手続きが始められました。すでにご登録がありますので、新しい登録は要りません。ログインしてご利用ください。パスワードをお忘れの場合は、ログイン画面の「パスワードをお忘れの方」から新しいパスワードを決められます。",
    letter_known_not_you: "お心当たりがない場合は、何もなさらなくて大丈夫です。ご登録の内容は変わっておらず、手続きをした方に見せてもいません。",
    letter_password: "パスワードが変更されました",
    letter_password_not_you: "お心当たりがない場合は、すぐにログイン画面の「パスワードをお忘れの方」から新しいパスワードを決め、私たちにもお知らせください。",

    sign_up_about_you: "お客さまについて",
    sign_up_at_the_table: "お席でのこと",
    sign_up_all_optional: "どれも任意です。あとから加えることも、変えることもできます。",
    sign_up_others_optional: "保護者の方の欄のほかは任意です。あとから加えることも、変えることもできます。",
    email_hint: "すでにご登録のあるアドレスの場合は、そのことをメールでお知らせします。",
    sign_up_consent: "同意について",
    sign_up_submit: "登録する",
    sign_up_kept_where: "登録するまで、入力内容はどこにも保存されません。",
    phone_hint: "ふだんお使いの書き方で。ほかの国の番号は + から。",
    allergy_hint: "お店が最初に確かめる項目です。例：そば、落花生",
    password_hint: "12文字以上をおすすめします。お店に伝わることはありません。",
    residence: "お住まいの国",
    residence_hint: "適用される法律が変わります。",
    residence_jp: "日本",
    residence_eea: "欧州経済領域（EEA）",
    residence_uk: "英国",
    residence_other: "その他（日本の法律によります）",
    agree: "同意する",
    do_not_agree: "同意しない",
    policy_changed: "ご入力の間に、同意の文面が新しくなりました。新しい文面をお読みのうえ、もう一度お答えください。",
    refused_title: "ご利用いただけません",
    refused_nothing_kept: "入力いただいた内容は、何も保存していません。",
    refused_think_again: "入力画面へ戻る",

    bookings: "ご予約",
    no_bookings: "ご予約はまだありません。",
    find_a_table: "お席を探す",
    cancelled: "取消済み",
    over: "終了",
    looks: "誰が何を受け取ったか",
    looks_lead: "お店があなたの情報を見るたびに、ここに一行ずつ残ります。断られたものも残ります。",
    no_looks: "まだ誰も受け取っていません。",
    look_received: "受け取りました",
    look_unreadable: "この記録は壊れていて読み取れません。お問い合わせください",
    look_nothing: "何も受け取っていません",
    look_refused: "お断りしました",
    purpose: "利用目的",
    proof: "証明",
    proof_how: "この記録の控えをお手元に残せます。控えがあれば、記録があとから書き換えられていないことを、私たちに頼らず確かめられます。",
    proof_keep: "控えを保存する",
    proof_file: "台帳の証明だけを見る",
    proof_how_to_check: "1. opening の record と salt を Base64 から戻し、「azukari record v1」と改行、salt、record の順につないで SHA-256 を求め、Base64 にすると commitment になります。2. proof の extra の行を Base64 から戻すと台帳の項目で、同じ commitment が載っています。個人情報は載っていません。3. proof（C2SP tlog-proof）をたどると、その項目から署名された台帳に行き着きます。",
    policy_then: "当時のプライバシーポリシー",
    newest: "新しい記録へ",
    older: "以前の記録へ",
    held: "お預かりしている情報",
    held_lead: "ここに表示することも、利用として記録しています。",
    held_requests: "開示・訂正・利用の停止・消去を請求する",
    still_right: "今もこのとおりですか？",
    yes_still_right: "はい、変わりありません",
    not_held: "ほかにお預けいただける項目",
    withheld_withdrawn: "同意を取り消されたため、表示も利用もしていません",
    consents: "同意",
    consent_given: "同意済み",
    consent_again: "プライバシーポリシーが新しくなり、この同意にかかわる内容が変わりました。内容をお読みになり、あらためてお答えください。お答えをいただくまで、新しい内容では利用しません。",
    consent_withdrawn: "取消済み",
    consent_refused: "同意していません",
    consent_open: "まだお答えがありません",
    consent_ended: "終了しています",
    consent_wording: "同意の文面",
    withdraw: "同意を取り消す",
    withdraw_condition: "取り消すと、新しいご予約はできません。",
    withdraw_store: "いまあるご予約でも、お店は情報を見られなくなります。",
    agree_again: "もう一度同意する",
    done_welcome: "登録しました。ようこそ。",
    done_item: "保存しました。",
    done_confirmed: "ありがとうございます。変わりないことを記録しました。",
    done_given: "同意を受け付けました。",
    done_withdrawn: "同意の取消しを受け付けました。すでに反映されています。",
    done_cancelled: "ご予約を取り消しました。お店は、もうこの予約で情報を見られません。",
    done_booked: "ご予約を承りました。",

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
    hold_over: "確保の時間が過ぎました",
    hold_over_told: "お席の確保は終わりました。料金はかかっていません。お手数ですが、もう一度お席をお選びください。",
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
    fee_is_now: "予約料金が、先ほどの表示から変わりました。ご確認のうえ、お進みください。",
    change_costs_now: "変更後の予約料金が、先ほどの表示から変わりました。ご確認のうえ、もう一度お選びください。",
    nothing_to_pay: "いまお支払いいただくものはありません。お支払いがお済みか、変更のお席の確保が終わっています。ご予約は下のとおりです。",
    done_kept: "変更をやめました。ご予約は元のままです。",
    same_hour: "同じ時間帯に、ほかのご予約があります",
    same_hour_told: "このまま進むこともできます。どちらかが不要でしたら、お早めに取り消してください。",
    letter_offered: "お席が空きました",
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
    nobody: "いません",
    error_allergen: "この一覧にない品目は承れません。一覧からお選びいただくか、お店へ直接お知らせください。",
    done_companions: "お連れさまのアレルギーを保存しました。",

    go_to_pay: "支払いへ進む",
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
    money_only: "ご予約は成立していません",
    money_only_told: "お席の確保が終わったあとにお支払いが届いたか、ご予約を登録できませんでした。お支払いは、お使いのカードにお返しします。",
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

    tonight: "今夜",
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

    passkeys: "パスキー",
    passkeys_told: "パスキーがあれば、パスワードの代わりに、この端末の指紋・顔・画面ロックなどでログインできます。見せかけのサイトでは使えないので、より安全です。お預かりするのは公開鍵だけです。",
    passkey_add: "この端末にパスキーを作る",
    passkey_added: "パスキーを登録しました。",
    passkey_end: "使えなくする",
    passkey_made: "登録：",
    passkey_used: "最後の利用：",
    no_passkeys: "登録されたパスキーはありません。",
    passkeys_need_script: "パスキーを作るには、ブラウザのJavaScriptを有効にしてください。",
    passkeys_not_here: "このアドレスではパスキーを使えません。「https://」で始まる、いつものアドレスで開くとお使いいただけます。",
    passkey_sign_in: "パスキーでログイン",
    passkey_failed: "うまくいきませんでした。もう一度お試しください。",
    passkey_unknown: "ログインできませんでした",
    passkey_unknown_told: "このパスキーは登録されていないか、使えなくなっています。ほかの方法でログインしてください。",

    new_password: "新しいパスワード",
    new_password_hint: "12文字以上。長いほど安全です。",
    one_time_code: "ワンタイムコード",
    one_time_code_hint: "認証アプリにいま表示されている6桁の数字です。",
    error_code: "コードが合いません。アプリにいま表示されている6桁を入力してください。",
    factor_lost_operator: "パスワードを忘れたときや、認証アプリを使えなくなったときは、ほかの運営の者にお伝えください。新しい招待をお渡しできます。",
    factor_lost: "パスワードを忘れたときや、認証アプリを使えなくなったときは、お店の責任者にお伝えください。新しい招待をお渡しできます。",
    invitation: "招待",
    code_to_scan: "認証アプリで読み取るコード",
    authenticator: "認証アプリ",
    authenticator_told: "スマートフォンの認証アプリで、このコードを読み取ってください。",
    authenticator_here: "この端末の認証アプリで開く",
    authenticator_by_hand: "読み取れないときは、次の鍵を入力してください（時間ベース、6桁、30秒）。",
    take_up: "登録してログインする",
    staff: "スタッフ",
    add_staff: "スタッフを加える",
    staff_login_hint: "2文字から40文字。半角の小文字、数字、ハイフン。本名である必要はありません。例：sumire-hall",
    as_manager: "責任者として（スタッフを加え、外すことができます）",
    manager: "責任者",
    invite: "招待する",
    invite_anew: "招待し直す",
    invite_anew_told: "招待し直すと、それまでのパスワード、認証アプリ、パスキーはすぐに使えなくなります。",
    end_staff: "外す",
    no_staff: "まだ誰もいません。",

    room_items: "お預かりの情報",
    room_looks: "誰が見たか",
    room_requests: "開示などのご請求",
    past_bookings: "これまでのご予約",
    requests_lead: "ご自身の情報について、いつでも次のことを請求できます。受付番号で、その後の様子もご覧いただけます。",
    request_see: "開示",
    request_see_told: "お預かりしている情報と、これまでの記録の写しをお渡しします。",
    request_correct: "訂正・追加・削除",
    request_correct_told: "誤りを直します。多くの項目は「お預かりの情報」から、いますぐ変更できます。",
    request_stop: "利用や提供の停止",
    request_stop_told: "特定の目的や相手について、または全体について、利用や提供を止めます。",
    request_erase: "消去",
    request_erase_told: "お預かりしている情報を消去し、受け取った先にも伝えます。",
    request_begin: "請求の画面へ進む",
    sign_in_first: "続けるには、ログインが必要です。ログインすると、続きから進めます。入力いただいた内容は、このページに残っています。",
    welcome_back: "おかえりなさい",
    nothing_lost: "入力いただいた内容は失われていません。このまま続けられます。",
    go_on: "続ける",

    next: "次へ",
    steps: "登録の手順",
    representative_lead: "ご年齢により、同意には法定代理人（保護者の方など）の同意が必要です。保護者の方にメールでお尋ねします。保護者の方が同意されると、ご予約いただけます。",
    representative_name: "保護者の方のお名前",
    representative_email: "保護者の方のメールアドレス",
    representative_hint: "ご本人とは別のメールアドレスをご入力ください。確認のためだけに使い、ご回答の後に消去します。",
    error_representative: "保護者の方のお名前とメールアドレスを入力してください。",
    error_after_representative: "保護者の方が同意された後にお預かりします。ここは空のままにして、同意の後にマイページで入力してください。",
    representative_needed: "ご年齢により、この同意には保護者の方の同意が必要です。保護者の方のお名前とメールアドレスを、下に入力してください。",
    representative_on_her_page: "ご年齢により、この同意には保護者の方の同意が必要です。マイページの「同意」から、保護者の方にお尋ねになれます。",
    done_asked: "保護者の方に、同意のお願いのメールをお送りします。",
    consent_waits: "保護者の方の同意を待っています",
    sign_up_more: "そのほか",
    receipt_name_hint: "お名前と違うときだけ。例：株式会社見本",
    phone_country: "電話番号の国・地域",
    error_not_a_date: "暦にない日付です。例：2000年2月29日",
    error_impossible_date: "生年月日として受け付けられません。年をご確認ください。",
    error_own_address: "ご本人と同じメールアドレスです。保護者の方のメールアドレスを入力してください。",
    error_future: "これから先の日付です。年をご確認ください。",

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

    restaurant: "お店",
    when: "日時",
    clock: "時刻",
    change_or_cancel: "変更・取消し",
    letter_cost_nothing: "取消料はかかりません。",
    letter_looks: "お店がお客さまの情報を見るたびに記録が残り、マイページでご覧いただけます。変更と取消しも、マイページから承ります。",

    room_stops: "利用の停止",
    stops_lead: "ここで止めると、その場で効きます。いつでも元に戻せます。",
    stop_it: "止める",
    allow_again: "元に戻す",
    stopped: "停止中",
    in_use: "停止していません",
    all_stopped: "すべての利用が止まっています。",
    stop_other_hint: "同意いただいていても、止めている間は利用しません。",
    stop_stores: "お店への提供",
    stop_stores_hint: "止めている間は、ご予約のあるお店も、お客さまの情報を見られません。アレルギーも伝わりません。",
    stop_more: "ほかの目的や、すべての利用を止めたいときは、ご請求ください。",
    done_stopped: "止めました。すでに反映されています。",
    done_allowed: "元に戻しました。",
    room_links: "連携サービス",
    links_lead: "ほかのサービスから、お客さまの許可を得て受け取った情報です。",
    no_links: "連携しているサービスはありません。",
    linked_at: "連携した日時",
    granted: "許可した範囲",
    passed_on: "受け取った項目",
    unlink: "連携を解除する",
    unlink_told: "解除すると、この連携で受け取った情報を消去します。ご自身で入力し直した項目は残ります。",
    done_unlinked: "連携を解除し、受け取った情報を消去しました。",
    other_ways: "ほかのサービスで続ける",
    link_known: "会員の方：ログインして連携する",
    link_known_told: "同じメールアドレスで登録されていても、自動でまとめることはありません。会員の方は、いつもの方法でログインすると、その会員情報と連携できます。",
    link_anew: "許可した内容を受け取り直す",
    link_anew_told: "前に受け取った情報のうち、今回受け取らないものは消去します。",
    link_review_lead: "まだ何も保存していません。受け取るものをお選びください。",
    link_id: "連携先でのID",
    link_id_told: "ログインのたびに確かめるため、連携にはかならず必要です。",
    link_not_granted: "許可されなかったもの（受け取りません）",
    link_not_told: "連携先に登録がなかったもの",
    link_sign_up: "新しく会員登録する",
    link_stop: "やめる",
    link_again: "もう一度試す",
    link_by_password: "メールアドレスとパスワードでログインする",
    link_away_told: "しばらくしてからもう一度お試しください。メールアドレスとパスワードでのログインは、いつもどおりお使いいただけます。",
    link_unproven_told: "受け取った返事が正しいことを確かめられなかったため、ログインも連携もしていません。何も保存していません。",
    link_declined: "許可されなかったため、続けませんでした",
    link_declined_told: "連携先からは何も受け取っていません。",
    link_over: "この手続きは、もう終わっています",
    link_over_told: "時間が過ぎたか、すでに終えたか、別のブラウザで始めた手続きです。何も保存していません。",
    link_another_told: "どなたかの会員情報と、すでに連携しています。その会員情報でログインするか、そちらの連携を解除してからお試しください。",
    link_another_id_told: "いまの連携を解除してから、もう一度お試しください。",
    granted_nothing: "ログインだけ",
    done_linked: "連携しました。",
    not_linked: "会員登録はできましたが、連携はできませんでした。下のボタンから、もう一度お試しください。",

    room_sign_ins: "ログイン履歴",
    sign_ins_lead: "ログインの試みを、できたものもできなかったものも記録しています。身に覚えのないものがあれば、お知らせください。",
    no_sign_ins: "まだ記録はありません。",
    by_code: "確認コード",
    by_link: "連携サービス",
    by_passkey: "パスキー",
    signed_in: "ログイン",
    not_signed_in: "失敗",
    device_phone: "スマートフォン",
    device_tablet: "タブレット",
    device_computer: "パソコン",
    device_other: "その他の端末",

    reason_consent_withdrawn: "お店への提供の同意が取り消されています。",
    reason_consent_missing: "お店への提供の同意がありません。",
    reason_dietary_withdrawn: "アレルギー情報の取扱いの同意が取り消されています。",
    reason_dietary_missing: "アレルギー情報の取扱いの同意がありません。",
    reason_other_notice: "同意の文面が新しくなり、まだ同意をいただいていません。",
    reason_restricted: "ご本人の請求により、利用を止めています。",
    reason_visit_over: "ご来店が終わり、提供の期間が過ぎています。",
    reason_cancelled: "ご予約が取り消されています。",
    reason_no_booking: "有効なご予約がありません。",
    reason_suspended: "このお店への提供を、いま止めています。",
    reason_account_closed: "会員登録がすでに終わっています。",
    reason_other: "提供の条件を満たしていません。",

    fault_not_found: "ページが見つかりません",
    fault_not_found_told: "アドレスが変わったか、ご覧いただけないページです。",
    fault_elsewhere: "受け付けられませんでした",
    fault_elsewhere_told: "このサイトの外から送られた内容のため、安全のため受け付けませんでした。お手数ですが、もう一度このサイトのページからお試しください。",
    fault_unreadable: "受け付けられませんでした",
    fault_unreadable_told: "送られた内容を読み取れませんでした。前のページに戻り、もう一度お試しください。",
    fault_away: "ただいまお取り次ぎできません",
    fault_away_told: "情報をお預かりしている先と連絡が取れません。失われたものはありません。少し待って、もう一度お試しください。",
    fault_away_kept_told: "情報をお預かりしている先と連絡が取れません。何も保存されていません。入力内容はこのページに残っていますので、少し待って、下のボタンでもう一度お試しください。",
    fault_again: "もう一度送る",
    fault_closed: "会員登録はすでに終わっています",
    fault_closed_told: "お預かりしていた情報は消去されています。またのご利用の際は、あらためてご登録ください。",
    fault_too_many: "少しお待ちください",
    fault_too_many_told: "短い間に多くの操作がありました。しばらくしてから、もう一度お試しください。",
    fault_broken_title: "申し訳ありません",
    is_draft: "このお店は非公開です。お客さまには見えず、新しいご予約も承りません。",
    draft_lacks: "公開するまでに必要なもの：",
    open_store: "公開する",
    operator: "運営の方へ",
    new_store: "お店を加える",
    import: "ファイルから取り込む",
    keys: "APIの鍵",
    not_listed: "非公開",
    on_this_store: "このお店について",
    about_store: "お店の情報",
    tables: "卓",
    seatings: "受付時刻",
    what_people_read: "お客さまにお見せする内容",
    rules_of_booking: "予約の決まり",
    for_the_register: "提供先の登録",
    yes: "はい",
    no: "いいえ",
    tables_told: "同じ卓は一行にまとめます。名前を消した行は、なくなります。すでにお席が決まっているご予約は、新しい卓に置き直します。",
    tables_joined_told: "「つなげる数」は、大人数のために並べて使える卓の数です。つなげない場合は1です。",
    seatings_told: "17:30 18:00 のように並べるか、17:30-20:30/30（30分ごと）のように書きます。空の曜日は、お席をご用意しません。",
    close_day: "休業日にする",
    call_them_off: "すべて取り消して、お客さまに知らせる",
    keep_them: "ご予約はそのままにする",
    closing_is_held: "確保中（未確定）",
    closing_is_offered: "空席待ちの方へご案内中",
    closing_if_off: "取り消した場合",
    closing_if_kept: "そのままにすると、ご予約もお支払いもそのまま有効です。確保中やご案内中のお席も、期限までは予約していただけます。新しいご予約は受け付けません。",
    refunds: "できなかった返金",
    no_refunds: "できなかった返金はありません。",
    refunds_lead: "次の返金は、決済会社から「できなかった」と返事がありました。カードの解約や再発行がおもな理由です。お客さまには、まだ返金されていません。",
    refunds_look: "決済会社の管理画面で「決済会社での番号」を検索し、理由を確かめます。",
    refunds_retry: "残高不足など一時的な理由でしたら、解消してから「もう一度返金する」を押します。",
    refunds_otherwise: "カードに返せない場合は、お客さまにご連絡のうえ、振込などでお返しし、「別の方法で返金済みにする」を押します。この記録には、ログイン名が残ります。",
    refund_again: "もう一度返金する",
    refund_by_hand: "別の方法で返金済みにする",
    number_at_platform: "決済会社での番号",
    failed_on: "返事のあった日時",
    no_closing_days: "これからの休業日はありません。",
    open_day: "営業日に戻す",
    import_told: "お店または卓の一覧（CSV、UTF-8またはShift_JIS）を取り込みます。ひとつでも誤りがあれば、何も取り込みません。",
    file: "ファイル",
    columns: "列の名前",
    columns_of_stores: "お店の一覧（一行目に列の名前。順序は自由で、決まった値でよい列は省けます）",
    columns_of_tables: "卓の一覧（ファイルにあるお店の卓を、すべて置き換えます）",
    key_made: "鍵を作りました。表示はこの一度だけです。安全なところに控えてください。",
    keys_told: "この鍵を持つプログラムは、運営の画面と同じ操作ができます。",
    key_name_hint: "英数字とハイフン。例：site-2026",
    make_key: "鍵を作る",
    end_key: "使えなくする",
    more_purposes: |count| format!("ほか{count}件"),
    tonight_is: |day| format!("今夜は{day}です"),
    party: |party| format!("{party}名"),
    sign_up_lead: |controller| {
        format!(
            "{controller}が、この登録でお預かりする情報です。それぞれの利用目的を、項目ごとに記しています。"
        )
    },
    representative_waits: |day| {
        format!(
            "保護者の方に、同意のお願いのメールをお送りしています（{day}までお答えいただけます）。同意が得られると、ご予約いただけます。"
        )
    },
    sign_up_consent_version: |version| {
        let day = when::version(version, Language::Ja);
        let day = day.as_deref().unwrap_or(version);
        format!("プライバシーポリシー（{day}版）についてお尋ねします。")
    },
    confirm_item: |label| format!("{label}：はい、変わりありません"),
    consent_seen: |consent| format!("同意「{consent}」の際にご覧いただいた文面"),
    version_of: |date| format!("{date}版"),
    edit_item: |label| format!("{label}の変更"),
    proof_number: |index| format!("台帳番号 {index}"),
    kept_until: |date| format!("この記録は{date}まで保存します。"),
    held_delete: |desk| format!("消去や利用停止のご請求は、{desk}へ。"),
    consents_lead: |version| format!("同意は、いつでも取り消せます。現在の文面は{version}です。"),
    error_date: |days| format!("今日から{days}日以内の日をお選びください。"),
    add_item: |label| format!("{label}を追加"),
    tonight_count: |bookings, guests| format!("{bookings}組、{guests}名さま"),
    tonight_recorded: |login, at| {
        format!(
            "{login} が {at} に開きました。開くたびに提供の記録が残り、お客さまもご覧になれます。"
        )
    },
    more_looks_today: |count| format!("今日はほかに{count}回"),
    more_looks_that_day: |count| format!("この日はほかに{count}回"),
    clock_is: |clock| format!("時刻はすべて{clock}です。"),
    closed_that_day: |reason| format!("この日はお休みです（{reason}）。ほかの日をお選びください。"),
    closed_today: |reason| format!("本日はお休みです（{reason}）"),
    error_party: |from, to| format!("このお店は、{from}名から{to}名まで承ります。"),
    yen: |yen| format!("{}円", grouped(yen)),
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
    notice_paid_late: |store, at| {
        format!(
            "{store}（{at}）のお支払いは、お席の確保が終わったあとに届きました。ご予約は成立していません。"
        )
    },
    notice_paid_twice: |store, at| {
        format!("{store}（{at}）の予約料金が二重に支払われました。ご予約はそのままです。")
    },
    notice_not_changed: |store, at| {
        format!("{store}（{at}）のご予約の変更はできませんでした。元のご予約はそのままです。")
    },
    notice_not_booked: |store, at| {
        format!("{store}（{at}）のご予約を登録できませんでした。申し訳ございません。")
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
    at_table: |table, count| match count {
        1 => format!("卓 {table}"),
        count => format!("卓 {table}（{count}卓つなげて）"),
    },
    request_desk: |desk| format!("書面やお電話でのご相談は、{desk}へ。"),
    first_store: |store| format!("{store}に伝わること"),
    on_that_day: |day, party| format!("{day}・{party}"),
    closed_on: |reason| format!("この日はお休みです（{reason}）"),
    price_of: |band| format!("価格帯は4段階の{band}"),
    parties_of: |from, to| format!("{from}名から{to}名まで"),
    party_not_taken: |party, from, to| {
        format!("{party}名さまのご予約は承れません（{from}名から{to}名まで）")
    },
    month: |month| format!("{month}月"),
    hold_it: |minutes| format!("お席を{minutes}分間確保する"),
    not_booked_told: |store| {
        format!(
            "お席は予約していません。{store}には何も伝わっていません。今回の入力内容は保存していません。"
        )
    },
    invited_as: |login| {
        format!(
            "{login} さんの登録です。パスワードを決め、認証アプリを登録してください。この画面は一度だけ使えます。"
        )
    },
    invitation_made: |login| {
        format!(
            "{login} さんにこのリンクをお渡しください。表示は一度だけで、72時間、一度だけ使えます。"
        )
    },
    invited_until: |at| format!("招待中（{at}まで有効）"),
    webhook_since: |at, waiting| format!("{at}から送っています。送信待ち：{waiting}件"),
    webhook_given_up: |count| {
        format!(
            "{count}件は、5日間受け取られませんでした。送り先を登録し直すと、もう一度送ります。"
        )
    },
    field: |name| {
        match name {
            "slug" => "アドレス用の名前",
            "name_ja" => "店名（日本語）",
            "name_en" => "店名（英語）",
            "description_ja" => "紹介（日本語）",
            "description_en" => "紹介（英語）",
            "area_ja" => "地域（日本語）",
            "area_en" => "地域（英語）",
            "cuisine_ja" => "料理（日本語）",
            "cuisine_en" => "料理（英語）",
            "hours_ja" => "営業時間（日本語）",
            "hours_en" => "営業時間（英語）",
            "address_ja" => "所在地（日本語）",
            "address_en" => "所在地（英語）",
            "phone" => "電話番号",
            "country" => "国",
            "picture" => "絵柄",
            "price_band" => "価格帯",
            "time_zone" => "時間帯（タイムゾーン）",
            "party_min" | "seats_from" => "最少人数",
            "party_max" | "seats_to" => "最多人数",
            "seating_minutes" => "お席の時間（分）",
            "notice_minutes" => "受付の締切（何分前）",
            "days_ahead" => "受付の開始（何日先）",
            "hold_minutes" => "お席の確保（分）",
            "fee_yen" => "予約料金（一名、円）",
            "free_until_hours" => "取消無料の期限（何時間前）",
            "late_percent" => "その後の取消料（%）",
            "listed" => "公開する",
            "representative" => "代表者の氏名",
            "name" => "名前",
            "count" => "卓数",
            "joins" => "つなげる数",
            "date" => "日にち",
            "reason_ja" => "理由（日本語）",
            "reason_en" => "理由（英語）",
            "monday" => "月曜日",
            "tuesday" => "火曜日",
            "wednesday" => "水曜日",
            "thursday" => "木曜日",
            "friday" => "金曜日",
            "saturday" => "土曜日",
            "sunday" => "日曜日",
            other => other,
        }
        .to_owned()
    },
    field_hint: |name| {
        match name {
        "slug" => "英小文字・数字・ハイフン。あとから変えられません。例：sumire",
        "time_zone" => "例：Asia/Tokyo、Europe/Paris",
        "phone" => "お店の国での書き方で、または + と国番号から。お客さまにお見せします。例：03-0000-0001",
        "country" => "2文字の国コード。例：JP",
        "representative" => "お店の名前・所在地・国を変えるときと、新しいお店に要ります。提供先の登録に送り、ここには残しません。",
        _ => "",
    }.to_owned()
    },
    motif: |name| {
        match name {
            "wave" => "波",
            "leaf" => "若葉",
            "maple" => "紅葉",
            "plum" => "梅",
            "grain" => "稲穂",
            "night" => "夜",
            other => other,
        }
        .to_owned()
    },
    wrong: |what| {
        match what {
        What::Missing => "入力してください。".to_owned(),
        What::TooLong(most) => format!("{most}文字までにしてください。"),
        What::NotANumber(from, to) => format!("{from}から{to}までの整数を入力してください。"),
        What::NotAName => {
            "英小文字で始め、英小文字・数字・ハイフンだけを2文字から40文字で使ってください。"
                .to_owned()
        }
        What::NotAPurpose => "reservation か meal を指定してください。".to_owned(),
        What::NotAPhone => {
            "電話番号として読めません。お店の国での書き方で、または + と国番号から入力してください。".to_owned()
        }
        What::NotAnAddress => "https のアドレス、または自社のネットワーク内の http のアドレスを、パスワードを含めずに入力してください。".to_owned(),
        What::NotAZone => "このタイムゾーンは見つかりません。例：Asia/Tokyo".to_owned(),
        What::NotAMotif => {
            "絵柄は wave、leaf、maple、plum、grain、night から選んでください。".to_owned()
        }
        What::NotACountry => "国は、英大文字2文字で入力してください。例：JP".to_owned(),
        What::NotADate => "暦にある日を、2026-11-22 の形で入力してください。".to_owned(),
        What::Past => "過ぎた日は休業日にできません。今日か、これからの日を入力してください。".to_owned(),
        What::NotTimes => "時刻として読めません。例：17:30 18:00、または 17:30-20:30/30".to_owned(),
        What::NotReady(Lacks { tables, seatings }) => {
            let needed = match (tables, seatings) {
                (true, true) => "卓と受付時刻",
                (true, false) => "卓",
                _ => "受付時刻",
            };
            format!("公開には{needed}が必要です。いったん「いいえ」で保存し、{needed}を入力してから公開してください。")
        }
        What::NotYesNo => "yes または no を入力してください。".to_owned(),
        What::ControlCharacter => {
            "改行やタブなどの制御文字、文字の向きを変える見えない文字は使えません。一行で入力してください。".to_owned()
        }
        What::Backwards => "最少人数より少なくなっています。".to_owned(),
        What::TooSmallAFee(least) => format!("0か、{least}以上にしてください。"),
        What::MoreThanThereAre => "卓数より多くなっています。".to_owned(),
        What::Twice => "同じ名前がすでにあります。別の名前にしてください。".to_owned(),
        What::NoSuchStore => {
            "このアドレス用の名前のお店はありません。先にお店を加えてください。".to_owned()
        }
        What::UnknownField => "この名前の項目はありません。綴りをお確かめください。".to_owned(),
        What::TooMany(most) => format!("{most}件までにしてください。"),
        What::NotTaken(Some(words)) => format!("提供先の登録で受け付けられませんでした：{words}"),
        What::NotTaken(None) => {
            "提供先の登録で受け付けられませんでした。内容をご確認ください。".to_owned()
        }
    }
    },
    guest_after: || " 様".to_owned(),
    in_row: |row, field| format!("{row}行目の{field}"),
    tables_in_use: |numbers| {
        format!("次のご予約のお席がなくなるため、変えられません：{}", numbers.join("、"))
    },
    done_called_off: |count| format!("保存しました。{count}件のご予約を取り消しました。"),
    day_has_bookings: |count| {
        format!(
            "この日には、確保中のお席も含めて{count}件のご予約があります。どうするかをお決めください。"
        )
    },
    closing_is_paid: |yen| format!("お支払い済み {yen}"),
    closing_paid: |count, yen| {
        format!("お支払い済みのご予約{count}件：{yen}の全額を、お支払いのカードに返金します。")
    },
    closing_booked: |count| {
        format!("お支払いのないご予約{count}件：取消料はかからず、お金の動きもありません。")
    },
    closing_held: |count| {
        format!(
            "確保中のお席{count}件：お席を手放します。まだお支払いはなく、行き違いでお支払いいただいた場合は全額を返金します。"
        )
    },
    closing_offered: |count| {
        format!("空席待ちの方へのご案内{count}件：ご案内を取り下げます。お支払いはまだありません。")
    },
    refunds_failed: |count| format!("できなかった返金が{count}件あります。ご確認ください。"),
    imported: |stores, tables| match (stores, tables) {
        (0, tables) => format!("卓を{tables}行、取り込みました。"),
        (stores, _) => format!("お店を{stores}件、取り込みました。"),
    },
    file_refused: |why| {
        match why {
        Plain::NotText => "UTF-8またはShift_JISのCSVとして読めません。何も取り込んでいません。".to_owned(),
        Plain::NoHeader => "一行目に列の名前がありません。お店の一覧には slug、卓の一覧には store の列が要ります。何も取り込んでいません。".to_owned(),
        Plain::TooManyRows(most) => format!("{most}行までに分けてください。何も取り込んでいません。"),
        Plain::InTheWay(numbers) => {
            format!("次のご予約のお席がなくなるため、何も取り込んでいません：{}", numbers.join("、"))
        }
    }
    },
    file_has_faults: |count| format!("{count}か所に誤りがあるため、何も取り込んでいません。"),
    line_and_column: |line, column| match column {
        0 => format!("{line}行目"),
        column => format!("{line}行目{column}列目"),
    },
    letter_code_told: |code| {
        format!("確認コードは {code} です。10分以内に入力し、新しいパスワードを決めてください。")
    },
    letter_password_told: |at| {
        format!("パスワードが変更されました（{at}）。ほかの端末ではログアウトされています。")
    },
    letter_made: |store| format!("ご予約を承りました（{store}）"),
    letter_made_told: |store| format!("{store}のご予約を承りました。ご来店をお待ちしております。"),
    letter_moved: |store| format!("ご予約を変更しました（{store}）"),
    letter_moved_told: |store| format!("{store}のご予約を、次のとおり変更しました。"),
    letter_ended: |store| format!("ご予約を取り消しました（{store}）"),
    letter_ended_told: |store| {
        format!(
            "{store}のご予約を取り消しました。お店は、この予約でお客さまの情報を見られなくなりました。"
        )
    },
    letter_called_off: |store| format!("お店がご予約を取り消しました（{store}）"),
    letter_called_off_told: |store| {
        format!("申し訳ございません。{store}が、お店の都合により次のご予約を取り消しました。")
    },
    letter_reason: |reason| format!("お店からの理由：{reason}"),
    letter_cost: |yen| format!("取消料は{yen}です。"),
    letter_page: |page| format!("このご予約のページ：{page}"),
    when_there: |at, clock| format!("{at}（{clock}）"),
    go_on_with: |label| format!("{label}で続ける"),
    link_with: |label| format!("{label}と連携する"),
    filled_in_by: |label| {
        format!(
            "{label}から受け取ったお名前などを、下に入れてあります。ご自由に直していただけます。登録を終えると、{label}と連携します。"
        )
    },
    link_review: |label| format!("{label}から受け取る情報"),
    link_nobody: |label| format!("この{label}のIDと連携している会員情報は、まだありません。"),
    link_source: |label, what| format!("取得元：{label}（{what}）"),
    link_away: |label| format!("{label}につながりません"),
    link_unproven: |label| format!("{label}からの返事を確かめられませんでした"),
    link_another: |label| format!("この{label}のIDは、別の会員情報と連携しています"),
    link_another_id: |label| format!("{label}の別のIDと連携しています"),
    fault_broken_told: |id| {
        format!(
            "こちらの不具合で、表示できませんでした。お問い合わせの際は、番号 {id} をお知らせください。"
        )
    },
    allergen: |allergen| match allergen {
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
    },
};
