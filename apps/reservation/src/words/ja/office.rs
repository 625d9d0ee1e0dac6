use crate::book::stores::Lacks;
use crate::edit::What;
use crate::import::Plain;
use crate::words::Office;

use super::finding::sizes;

pub(super) const WORDS: Office = Office {
    operator: "運営の方へ",
    opened: "公開しました。お客さまにお店が見え、ご予約いただけるようになりました。",
    see_as_guests: "お客さまからの見え方を確かめる",
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
    closing_either: "どちらの場合も終わるもの",
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
        What::NotAKeyName => "英数字とハイフンだけを、40文字までで使ってください。".to_owned(),
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
        What::NotTimes => "時刻として読めません。例：17:30 18:00、または 17:30-20:30/30（日付をまたぐ範囲は書けません）".to_owned(),
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
    tables_in_use: |numbers| {
        format!("次のご予約のお席がなくなるため、変えられません：{}", numbers.join("、"))
    },
    not_seated: |parties, most| {
        format!(
            "予約の決まりにある人数のうち、{}は、座れる卓がありません。いまの卓で座れるのは、最大で{most}名です。お客さまには、座れない人数をお出ししません。お受けする場合は、卓を加えるか「つなげる数」を増やしてください。お受けしない場合は、最少人数と最多人数を直してください。",
            sizes(parties)
        )
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
    closing_waiting: |count| {
        format!("空席待ち{count}組：受け付けを終え、お休みの理由とともにお知らせします。")
    },
    closing_changes: |count| {
        format!(
            "この日への変更の手続き{count}件：変更せず、元のご予約のままとなることをお知らせします。差額をお支払い済みのときは返金します。"
        )
    },
    refunds_failed: |count| format!("できなかった返金が{count}件あります。ご確認ください。"),
    imported: |stores, tables| match (stores, tables) {
        (0, tables) => format!("卓を{tables}行、取り込みました。"),
        (stores, _) => format!("お店を{stores}件、取り込みました。"),
    },
    file_refused: |why| {
        match why {
        Plain::NotText => "UTF-8またはShift_JISのCSVとして読めません。何も取り込んでいません。".to_owned(),
        Plain::Nothing => "ファイルが選ばれていないか、列の名前の下に行がありません。何も取り込んでいません。".to_owned(),
        Plain::TooLarge(most) => format!("ファイルが大きすぎます。{most}MBまでに分けてください。何も取り込んでいません。"),
        Plain::NoHeader => "一行目に、カンマで区切った列の名前がありません。お店の一覧には slug、卓の一覧には store の列が要ります。何も取り込んでいません。".to_owned(),
        Plain::TooManyRows(most) => format!("{most}行までに分けてください。何も取り込んでいません。"),
        Plain::InTheWay(numbers) => {
            format!("次のご予約のお席がなくなるため、何も取り込んでいません：{}", numbers.join("、"))
        }
    }
    },
    file_has_faults: |count| format!("{count}か所に誤りがあるため、何も取り込んでいません。"),
};
