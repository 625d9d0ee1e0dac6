use crate::words::Letter;

pub(super) const WORDS: Letter = Letter {
    code: "パスワード再設定の確認コード",
    code_not_you: "お心当たりがない場合は、何もなさらなくて大丈夫です。確認コードを使わないかぎり、パスワードは変わりません。確認コードは誰にも教えないでください。私たちからお尋ねすることもありません。",
    password: "パスワードが変更されました",
    password_not_you: "お心当たりがない場合は、すぐにログイン画面の「パスワードをお忘れの方」から新しいパスワードを決め、私たちにもお知らせください。",
    offered: "お席が空きました",
    restaurant: "お店",
    when: "日時",
    clock: "時刻",
    change_or_cancel: "変更・取消し",
    cost_nothing: "取消料はかかりません。",
    looks: "お店がお客さまの情報を見るたびに記録が残り、マイページでご覧いただけます。変更と取消しも、マイページから承ります。",
    code_told: |code| {
        format!("確認コードは {code} です。10分以内に入力し、新しいパスワードを決めてください。")
    },
    password_told: |at| {
        format!("パスワードが変更されました（{at}）。ほかの端末ではログアウトされています。")
    },
    made: |store| format!("ご予約を承りました（{store}）"),
    made_told: |store| format!("{store}のご予約を承りました。ご来店をお待ちしております。"),
    moved: |store| format!("ご予約を変更しました（{store}）"),
    moved_told: |store| format!("{store}のご予約を、次のとおり変更しました。"),
    ended: |store| format!("ご予約を取り消しました（{store}）"),
    ended_told: |store| {
        format!(
            "{store}のご予約を取り消しました。お店は、この予約でお客さまの情報を見られなくなりました。"
        )
    },
    called_off: |store| format!("お店がご予約を取り消しました（{store}）"),
    called_off_told: |store| {
        format!("申し訳ございません。{store}が、お店の都合により次のご予約を取り消しました。")
    },
    reason: |reason| format!("お店からの理由：{reason}"),
    cost: |yen| format!("取消料は{yen}です。"),
    page: |page| format!("このご予約のページ：{page}"),
    when_there: |at, clock| format!("{at}（{clock}）"),
};
