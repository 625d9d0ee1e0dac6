//! The words of an answer beside the policy's own: headings, columns, file names, how to check it.

use jiff::Timestamp;
use policy::Language;
use policy::calendar::calendar;
use policy::record::{RecordDuty, Route};
use policy::request::{RequestId, RequestKind};

use super::pick;

/// The file's name without its ending.
pub(super) fn file_name(id: RequestId, language: Language) -> String {
    let number = id.number();
    match language {
        Language::Ja => format!("回答_{number}"),
        Language::En => format!("answer_{number}"),
    }
}

/// The name of the PDF.
pub(super) fn pdf_name(kind: RequestKind, language: Language) -> String {
    let (ja, en) = match kind {
        RequestKind::PurposeNotice => ("利用目的", "purposes"),
        RequestKind::ProvisionRecords => ("第三者提供記録", "provision-records"),
        RequestKind::EquivalentMeasures => ("外国の提供先", "recipients-abroad"),
        RequestKind::Erasure => ("消去証明", "deletion-receipt"),
        _ => ("お預かりしている情報", "your-information"),
    };
    format!("{}.pdf", pick(language, ja, en))
}

/// What the answer is called.
pub(super) fn title(kind: RequestKind, language: Language) -> &'static str {
    match kind {
        RequestKind::PurposeNotice => {
            pick(language, "利用目的のお知らせ", "What your information is used for")
        }
        RequestKind::ProvisionRecords => {
            pick(language, "第三者提供記録", "Records of what we passed on")
        }
        RequestKind::EquivalentMeasures => {
            pick(language, "外国の提供先の体制", "Arrangements of recipients abroad")
        }
        RequestKind::Erasure => pick(language, "消去証明", "Deletion receipt"),
        _ => pick(language, "お預かりしている情報", "The information we hold about you"),
    }
}

/// A moment in a table, in the calendar of the controller.
pub(super) fn when(at: Timestamp, language: Language) -> String {
    let at = at.to_zoned(calendar());
    match language {
        Language::Ja => at.strftime("%Y/%m/%d %H:%M").to_string(),
        Language::En => at.strftime("%-d %b %Y %H:%M").to_string(),
    }
}

/// The end of a time in a table: what ends at midnight ends with the day before, and is that day.
pub(super) fn until(end: Timestamp, language: Language) -> String {
    let last = end.to_zoned(calendar());
    if last.time() != jiff::civil::Time::midnight() {
        return when(end, language);
    }
    let last = end - jiff::SignedDuration::from_secs(1);
    policy::words::date(policy::calendar::calendar_day(last), language)
}

/// The word of a basis as a record of use has it.
pub(super) fn basis_word(word: &str, language: Language) -> String {
    if word == "consent" { pick(language, "同意", "Consent").to_owned() } else { word.to_owned() }
}

/// How a recipient is reached.
pub(super) fn route(route: Route, language: Language) -> &'static str {
    match route {
        Route::Domestic => pick(language, "国内", "Not abroad"),
        Route::Designated => {
            pick(language, "同じ水準と認められた国", "A country found to be of the same level")
        }
        Route::EquivalentMeasures => {
            pick(language, "同じ水準の保護の体制", "Arrangements for protection of the same level")
        }
        Route::Consent => pick(language, "外国への提供の同意", "Your consent to going abroad"),
        Route::Exception => pick(language, "法令が定める例外", "An exception set by law"),
        Route::NotAProvision => {
            pick(language, "個人情報を取り扱わない", "It does not handle personal information")
        }
    }
}

/// Why an account stays although its person asked for it to go.
pub(super) fn account_stays(language: Language) -> &'static str {
    pick(language, "ほかに残しているものがある間", "for as long as anything else is kept")
}

/// Records of provisions, with how many there are.
pub(super) fn records_kept(count: u64, language: Language) -> String {
    match (language, count) {
        (Language::Ja, _) => format!("第三者に提供した記録（{count}件）"),
        (Language::En, 1) => "1 record of a provision to others".to_owned(),
        (Language::En, _) => format!("{count} records of provisions to others"),
    }
}

/// Why they stay.
pub(super) fn records_stay(duty: RecordDuty, language: Language) -> &'static str {
    match duty {
        RecordDuty::Statutory => pick(
            language,
            "法律（個人情報保護法第29条）が保存を義務づけているため。内容そのものは含みません",
            "law asks for them (Article 29 of the Act on the Protection of Personal Information); they \
             hold none of your information itself",
        ),
        RecordDuty::Voluntary => pick(
            language,
            "だれにお渡ししたかをお答えするため。内容そのものは含みません",
            "so that we can tell who received what; they hold none of your information itself",
        ),
    }
}

/// Whether law asks for a record.
pub(super) fn duty(duty: RecordDuty, language: Language) -> &'static str {
    match duty {
        RecordDuty::Statutory => pick(language, "法定", "Required by law"),
        RecordDuty::Voluntary => pick(language, "任意", "Voluntary"),
    }
}

/// How a purpose stands.
pub(super) fn standing(word: &str, language: Language) -> &'static str {
    match word {
        "stopped" => pick(language, "停止中", "Stopped"),
        "no_consent" => pick(language, "同意がないため使っていません", "Not used: no consent"),
        _ => pick(language, "利用中", "In use"),
    }
}

/// What a recipient answered.
pub(super) fn outcome(word: &str, language: Language) -> &'static str {
    match word {
        "done" => pick(language, "対応済み", "Done"),
        "partly" => pick(language, "一部対応", "Done in part"),
        _ => pick(language, "対応せず", "Not done"),
    }
}

/// The name of the file for programs.
pub(super) fn data_name(kind: RequestKind) -> &'static str {
    if kind == RequestKind::Erasure { "receipt.json" } else { "data.json" }
}

/// How to check the proofs: the name of the file that says it, and its words.
pub(super) fn instructions(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Ja => ("検証.txt", include_str!("verify.ja.txt")),
        Language::En => ("README.txt", include_str!("verify.en.txt")),
    }
}
