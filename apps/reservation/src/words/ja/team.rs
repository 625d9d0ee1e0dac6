use crate::words::Team;

pub(super) const WORDS: Team = Team {
    new_password: "新しいパスワード",
    new_password_hint: "12文字以上。長いほど安全です。",
    one_time_code: "ワンタイムコード",
    one_time_code_hint: "認証アプリにいま表示されている6桁の数字です。",
    error_code: "コードが合いません。アプリにいま表示されている6桁を入力してください。",
    factor_lost_operator: "パスワードを忘れたときや、認証アプリを使えなくなったときは、ほかの運営の者にお伝えください。新しい招待をお渡しできます。",
    factor_lost: "パスワードを忘れたときや、認証アプリを使えなくなったときは、お店の責任者にお伝えください。新しい招待をお渡しできます。",
    invitation: "招待",
    invitation_over: "この招待は、もうお使いいただけません",
    invitation_over_told: "すでに使われたか、72時間の期限が過ぎています。ご自身でお使いになった場合は、ログインしてください。そうでない場合は、招待した方に、新しい招待をお求めください。",
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
    end_access: "スタッフから外す",
    end_access_told: "外すと、この方はすぐに、どの端末からもログアウトします。パスワード、認証アプリ、パスキーは使えなくなります。これまでの閲覧の記録は、このログイン名のまま残ります。",
    no_staff: "まだ誰もいません。",
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
};
