//! What is published of a set and told to its recipient says what law asks for, in both languages (R7.3,
//! R7.4, R6.4).

use anonymise::Language;
use datasets::{Kind, Label, Provision, Shown, told, told_to_recipient};

fn shown() -> Vec<Shown> {
    let label = |ja: &str, en: &str| Label { ja: ja.to_owned(), en: en.to_owned() };
    vec![
        Shown { column: "birth_date".to_owned(), label: label("生年月日", "Date of birth") },
        Shown { column: "area".to_owned(), label: label("<地域>", "<Area>") },
    ]
}

#[test]
fn items_are_published_at_once_and_the_way_of_provision_once_there_is_one() {
    let ways = [Provision {
        method: Label {
            ja: "暗号化したファイル".to_owned(), en: "An encrypted file".to_owned()
        },
    }];
    for (language, item, heading, way) in [
        (Language::Ja, "生年月日", "第三者に提供する方法", "暗号化したファイル"),
        (Language::En, "Date of birth", "How it is provided to third parties", "An encrypted file"),
    ] {
        let before = told(Kind::Anonymised, "Mihon", &shown(), None, &[], language).html(language);
        assert!(before.contains(item) && before.contains("Mihon") && !before.contains(heading));
        assert!(before.contains("&lt;") && !before.contains("<地域>"), "escaped");
        assert!(
            !before.contains("http") && !before.contains("<script"),
            "fetches and runs nothing"
        );
        let after = told(Kind::Anonymised, "Mihon", &shown(), None, &ways, language).html(language);
        assert!(after.contains(heading) && after.contains(way));
    }
}

#[test]
fn of_a_pseudonymised_set_the_purpose_is_published() {
    let purpose = Some("統計の作成");
    let page = told(Kind::Pseudonymised, "Mihon", &shown(), purpose, &[], Language::Ja);
    assert!(page.title.contains("仮名加工情報"));
    assert_eq!(page.more, [("利用目的".to_owned(), "統計の作成".to_owned())]);
    assert!(
        page.says[0]
            .contains("照合して個人を識別することも、ご本人に連絡するために使うこともありません")
    );
}

#[test]
fn the_recipient_is_told_expressly_what_it_is_and_what_binds_it() {
    let hash = "ab".repeat(32);
    let ja = told_to_recipient("見本会社", "研究所", &shown(), 40, &hash, Language::Ja);
    for words in
        ["研究所 御中", "見本会社", "匿名加工情報です", "44条", "45条", "46条", "生年月日", &hash]
    {
        assert!(ja.contains(words), "{words}: {ja}");
    }
    let en = told_to_recipient("Mihon", "Institute", &shown(), 40, &hash, Language::En);
    for words in [
        "To Institute",
        "anonymously processed information",
        "Article 44",
        "Article 45",
        "forbidden to obtain",
        "Date of birth",
        "Rows: 40",
        &hash,
    ] {
        assert!(en.contains(words), "{words}: {en}");
    }
}
