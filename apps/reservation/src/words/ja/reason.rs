use crate::words::Reason;

pub(super) const WORDS: Reason = Reason {
    consent_withdrawn: "お店への提供の同意が取り消されています。",
    consent_missing: "お店への提供の同意がありません。",
    dietary_withdrawn: "アレルギー情報の取扱いの同意が取り消されています。",
    dietary_missing: "アレルギー情報の取扱いの同意がありません。",
    other_notice: "同意の文面が新しくなり、まだ同意をいただいていません。",
    restricted: "ご本人の請求により、利用を止めています。",
    visit_over: "ご来店が終わり、提供の期間が過ぎています。",
    cancelled: "ご予約が取り消されています。",
    no_booking: "有効なご予約がありません。",
    suspended: "このお店への提供を、いま止めています。",
    account_closed: "会員登録がすでに終わっています。",
    other: "提供の条件を満たしていません。",
};
