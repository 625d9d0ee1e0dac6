//! Telephone numbers as people write them at home, made into numbers that can be dialled from
//! anywhere: the country and what is typed become `+`, country, number; and back, for people to read.
//! Whether a number can be one is Azukari's to say.

mod forms;

use crate::language::Language;

/// A country from which guests call: its ISO code, its calling code, what is dialled before a number
/// inside the country and nowhere else, and its name.
struct Country {
    iso: &'static str,
    code: &'static str,
    trunk: &'static str,
    ja: &'static str,
    en: &'static str,
}

const fn country(
    iso: &'static str,
    code: &'static str,
    trunk: &'static str,
    ja: &'static str,
    en: &'static str,
) -> Country {
    Country { iso, code, trunk, ja, en }
}

/// Home first, then neighbours, then the rest by continent.
const COUNTRIES: [Country; 60] = [
    country("JP", "81", "0", "日本", "Japan"),
    country("KR", "82", "0", "韓国", "South Korea"),
    country("CN", "86", "0", "中国", "China"),
    country("TW", "886", "0", "台湾", "Taiwan"),
    country("HK", "852", "", "香港", "Hong Kong"),
    country("MO", "853", "", "マカオ", "Macao"),
    country("MN", "976", "0", "モンゴル", "Mongolia"),
    country("SG", "65", "", "シンガポール", "Singapore"),
    country("TH", "66", "0", "タイ", "Thailand"),
    country("VN", "84", "0", "ベトナム", "Vietnam"),
    country("MY", "60", "0", "マレーシア", "Malaysia"),
    country("ID", "62", "0", "インドネシア", "Indonesia"),
    country("PH", "63", "0", "フィリピン", "Philippines"),
    country("KH", "855", "0", "カンボジア", "Cambodia"),
    country("IN", "91", "0", "インド", "India"),
    country("LK", "94", "0", "スリランカ", "Sri Lanka"),
    country("NP", "977", "0", "ネパール", "Nepal"),
    country("AU", "61", "0", "オーストラリア", "Australia"),
    country("NZ", "64", "0", "ニュージーランド", "New Zealand"),
    country("US", "1", "1", "アメリカ", "United States"),
    country("CA", "1", "1", "カナダ", "Canada"),
    country("MX", "52", "", "メキシコ", "Mexico"),
    country("BR", "55", "0", "ブラジル", "Brazil"),
    country("AR", "54", "0", "アルゼンチン", "Argentina"),
    country("CL", "56", "", "チリ", "Chile"),
    country("CO", "57", "", "コロンビア", "Colombia"),
    country("PE", "51", "0", "ペルー", "Peru"),
    country("GB", "44", "0", "イギリス", "United Kingdom"),
    country("IE", "353", "0", "アイルランド", "Ireland"),
    country("FR", "33", "0", "フランス", "France"),
    country("DE", "49", "0", "ドイツ", "Germany"),
    country("IT", "39", "", "イタリア", "Italy"),
    country("ES", "34", "", "スペイン", "Spain"),
    country("PT", "351", "", "ポルトガル", "Portugal"),
    country("NL", "31", "0", "オランダ", "Netherlands"),
    country("BE", "32", "0", "ベルギー", "Belgium"),
    country("LU", "352", "", "ルクセンブルク", "Luxembourg"),
    country("CH", "41", "0", "スイス", "Switzerland"),
    country("AT", "43", "0", "オーストリア", "Austria"),
    country("DK", "45", "", "デンマーク", "Denmark"),
    country("SE", "46", "0", "スウェーデン", "Sweden"),
    country("NO", "47", "", "ノルウェー", "Norway"),
    country("FI", "358", "0", "フィンランド", "Finland"),
    country("IS", "354", "", "アイスランド", "Iceland"),
    country("PL", "48", "", "ポーランド", "Poland"),
    country("CZ", "420", "", "チェコ", "Czechia"),
    country("HU", "36", "06", "ハンガリー", "Hungary"),
    country("RO", "40", "0", "ルーマニア", "Romania"),
    country("GR", "30", "", "ギリシャ", "Greece"),
    country("HR", "385", "0", "クロアチア", "Croatia"),
    country("EE", "372", "", "エストニア", "Estonia"),
    country("UA", "380", "0", "ウクライナ", "Ukraine"),
    country("RU", "7", "8", "ロシア", "Russia"),
    country("TR", "90", "0", "トルコ", "Türkiye"),
    country("IL", "972", "0", "イスラエル", "Israel"),
    country("AE", "971", "0", "アラブ首長国連邦", "United Arab Emirates"),
    country("SA", "966", "0", "サウジアラビア", "Saudi Arabia"),
    country("EG", "20", "0", "エジプト", "Egypt"),
    country("KE", "254", "0", "ケニア", "Kenya"),
    country("ZA", "27", "0", "南アフリカ", "South Africa"),
];

/// The countries as the options of a list, with their calling codes.
pub(crate) fn countries(language: Language) -> Vec<(String, String)> {
    let name = |country: &Country| match language {
        Language::Ja => country.ja,
        Language::En => country.en,
    };
    COUNTRIES
        .iter()
        .map(|country| (country.iso.to_owned(), format!("{} +{}", name(country), country.code)))
        .collect()
}

/// What was typed, with the country it was typed for. A number that says its own country keeps it.
pub(crate) fn international(iso: &str, typed: &str) -> String {
    let plain: String = typed.trim().chars().map(narrow).collect();
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    let Some(country) = COUNTRIES.iter().find(|country| country.iso == iso) else { return plain };
    // Letters and the like are for Azukari to refuse.
    let is_a_number = plain.chars().all(|c| c.is_ascii_digit() || is_between(c));
    if !is_a_number || digits.is_empty() {
        return plain;
    }
    if let Some(abroad) = digits.strip_prefix("00") {
        return format!("+{abroad}");
    }
    let national = match digits.strip_prefix(country.trunk) {
        // North America dials 1 before ten digits; there, a number of ten has none to lose.
        Some(rest) if country.trunk != "1" || digits.len() == 11 => rest,
        _ => &digits,
    };
    format!("+{}{national}", country.code)
}

/// A number as people read it. In Japanese, Japan's are written as at home: 03-1234-5678. All others have their
/// country's code before the groups of that country, so that they can be dialled from where the reader is.
pub(crate) fn shown(number: &str, language: Language) -> String {
    let Some((code, rest)) = divided(number) else { return number.to_owned() };
    let fits = |(begins, form): &&(&str, &str)| {
        let begins = begins.is_empty() || begins.split(' ').any(|with| rest.starts_with(with));
        begins && form.matches('X').count() == rest.len()
    };
    let Some((_, form)) = forms::of(code).iter().find(fits) else {
        return format!("+{code} {rest}");
    };
    let mut digits = rest.chars();
    if code == "81" && language == Language::Ja {
        return form
            .chars()
            .map(|c| if c == 'X' { digits.next().unwrap_or(c) } else { c })
            .collect();
    }
    let groups = form.split(|c| c != 'X').filter(|group| !group.is_empty());
    let groups = groups.map(|group| digits.by_ref().take(group.len()).collect::<String>());
    format!("+{code} {}", groups.collect::<Vec<_>>().join(" "))
}

/// The same as one run of digits; `None` when nobody can dial it from anywhere, by its form alone.
pub(crate) fn dialled(iso: &str, typed: &str) -> Option<String> {
    let number: String = international(iso, typed).chars().filter(|c| !is_between(*c)).collect();
    let digits = number.strip_prefix('+')?;
    let fits = (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    fits.then_some(number)
}

/// The country's code and the number behind it; `None` when it is no number of a country here.
fn divided(number: &str) -> Option<(&'static str, &str)> {
    let digits = number.strip_prefix('+')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // No code begins another one.
    COUNTRIES.iter().find_map(|country| Some((country.code, digits.strip_prefix(country.code)?)))
}

/// Full-width digits and the plus of a Japanese keyboard, as plain ones.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// What people put between digits.
fn is_between(c: char) -> bool {
    matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | 'ー' | '\u{a0}' | '\u{3000}' | '\u{2212}')
        || matches!(c, '\u{2010}'..='\u{2015}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each country's way of writing a number at home, and the number that reaches it from abroad.
    #[test]
    fn a_number_as_it_is_written_at_home_can_be_dialled_from_anywhere() {
        let written = [
            ("JP", "090-1234-5678", "+819012345678"),
            ("JP", "０３ー１２３４ー５６７８", "+81312345678"),
            ("KR", "010-2000-0000", "+821020000000"),
            ("CN", "131 2345 6789", "+8613123456789"),
            ("CN", "(010) 1234 5678", "+861012345678"),
            ("TW", "0912 345 678", "+886912345678"),
            ("HK", "5123 4567", "+85251234567"),
            ("MO", "6612 3456", "+85366123456"),
            ("SG", "8123 4567", "+6581234567"),
            ("TH", "081 234 5678", "+66812345678"),
            ("VN", "091 234 56 78", "+84912345678"),
            ("MY", "012-345 6789", "+60123456789"),
            ("ID", "0812-345-678", "+62812345678"),
            ("PH", "0905 123 4567", "+639051234567"),
            ("IN", "081234 56789", "+918123456789"),
            ("AU", "0412 345 678", "+61412345678"),
            ("NZ", "021 123 4567", "+64211234567"),
            ("US", "(201) 555-0123", "+12015550123"),
            ("US", "1-201-555-0123", "+12015550123"),
            ("CA", "506.234.5678", "+15062345678"),
            ("MX", "222 123 4567", "+522221234567"),
            ("BR", "(11) 96123-4567", "+5511961234567"),
            ("AR", "011 15-2345-6789", "+54111523456789"),
            ("CL", "2 2123 4567", "+56221234567"),
            ("PE", "912 345 678", "+51912345678"),
            ("GB", "020 7946 0958", "+442079460958"),
            ("IE", "085 012 3456", "+353850123456"),
            ("FR", "06 12 34 56 78", "+33612345678"),
            ("DE", "0151/23456789", "+4915123456789"),
            // Italian numbers keep their 0 abroad.
            ("IT", "02 1234 5678", "+390212345678"),
            ("ES", "612 34 56 78", "+34612345678"),
            ("PT", "912 345 678", "+351912345678"),
            ("NL", "06 12345678", "+31612345678"),
            ("BE", "0470 12 34 56", "+32470123456"),
            ("CH", "078 123 45 67", "+41781234567"),
            ("AT", "0664 123456", "+43664123456"),
            ("DK", "32 12 34 56", "+4532123456"),
            ("SE", "070-123 45 67", "+46701234567"),
            ("NO", "406 12 345", "+4740612345"),
            ("FI", "041 2345678", "+358412345678"),
            ("PL", "512 345 678", "+48512345678"),
            ("CZ", "601 123 456", "+420601123456"),
            ("HU", "06 20 123 4567", "+36201234567"),
            ("GR", "691 234 5678", "+306912345678"),
            ("RU", "8 (912) 345-67-89", "+79123456789"),
            ("TR", "0501 234 56 78", "+905012345678"),
            ("IL", "050-234-5678", "+972502345678"),
            ("AE", "050 123 4567", "+971501234567"),
            ("SA", "051 234 5678", "+966512345678"),
            ("EG", "0100 123 4567", "+201001234567"),
            ("ZA", "071 123 4567", "+27711234567"),
        ];
        let countries: std::collections::BTreeSet<_> =
            written.iter().map(|(iso, ..)| iso).collect();
        assert!(countries.len() >= 40, "{}", countries.len());
        for (iso, typed, dialled) in written {
            assert_eq!(international(iso, typed), dialled, "{iso}");
        }
    }

    /// Each country's numbers in its own groups, mobile ones and those of a large city.
    #[test]
    fn a_number_is_shown_in_the_groups_of_its_country() {
        let numbers = [
            ("+819012345678", "+81 90 1234 5678"),
            ("+81312345678", "+81 3 1234 5678"),
            ("+81451234567", "+81 45 123 4567"),
            ("+81467123456", "+81 467 12 3456"),
            ("+81120123456", "+81 120 123 456"),
            // Somewhere there, area codes have two lengths.
            ("+81422123456", "+81 422123456"),
            ("+821020000000", "+82 10 2000 0000"),
            ("+8221234567", "+82 2 123 4567"),
            ("+8613123456789", "+86 131 2345 6789"),
            ("+861012345678", "+86 10 1234 5678"),
            ("+886912345678", "+886 912 345 678"),
            ("+886221234567", "+886 2 2123 4567"),
            ("+85251234567", "+852 5123 4567"),
            ("+85366123456", "+853 6612 3456"),
            ("+6581234567", "+65 8123 4567"),
            ("+66812345678", "+66 81 234 5678"),
            ("+84912345678", "+84 91 234 56 78"),
            ("+60123456789", "+60 12 345 6789"),
            ("+62812345678", "+62 812 345 678"),
            ("+639051234567", "+63 905 123 4567"),
            ("+85591234567", "+855 91 234 567"),
            ("+918123456789", "+91 81234 56789"),
            ("+94712345678", "+94 71 234 5678"),
            ("+61412345678", "+61 412 345 678"),
            ("+61212345678", "+61 2 1234 5678"),
            ("+64211234567", "+64 21 123 4567"),
            ("+12015550123", "+1 201 555 0123"),
            ("+15062345678", "+1 506 234 5678"),
            ("+525512345678", "+52 55 1234 5678"),
            ("+5511961234567", "+55 11 96123 4567"),
            ("+541123456789", "+54 11 2345 6789"),
            ("+56221234567", "+56 2 2123 4567"),
            ("+573211234567", "+57 321 1234567"),
            ("+51912345678", "+51 912 345 678"),
            ("+442079460958", "+44 20 7946 0958"),
            ("+447400123456", "+44 7400 123456"),
            ("+353850123456", "+353 85 012 3456"),
            ("+33612345678", "+33 6 12 34 56 78"),
            ("+4915123456789", "+49 1512 3456789"),
            ("+493012345678", "+49 30 12345678"),
            ("+393123456789", "+39 312 345 6789"),
            ("+390212345678", "+39 02 1234 5678"),
            ("+34612345678", "+34 612 34 56 78"),
            ("+351912345678", "+351 912 345 678"),
            ("+31612345678", "+31 6 12345678"),
            ("+32470123456", "+32 470 12 34 56"),
            ("+352628123456", "+352 628 123 456"),
            ("+41781234567", "+41 78 123 45 67"),
            ("+43664123456", "+43 664 123456"),
            ("+4532123456", "+45 32 12 34 56"),
            ("+46701234567", "+46 70 123 45 67"),
            ("+4740612345", "+47 406 12 345"),
            ("+358412345678", "+358 41 2345678"),
            ("+3546111234", "+354 611 1234"),
            ("+48512345678", "+48 512 345 678"),
            ("+420601123456", "+420 601 123 456"),
            ("+36201234567", "+36 20 123 4567"),
            ("+40712034567", "+40 712 034 567"),
            ("+306912345678", "+30 691 234 5678"),
            ("+385921234567", "+385 92 123 4567"),
            ("+37251234567", "+372 5123 4567"),
            ("+380501234567", "+380 50 123 4567"),
            ("+79123456789", "+7 912 345 67 89"),
            ("+905012345678", "+90 501 234 56 78"),
            ("+972502345678", "+972 50 234 5678"),
            ("+971501234567", "+971 50 123 4567"),
            ("+966512345678", "+966 51 234 5678"),
            ("+201001234567", "+20 100 123 4567"),
            ("+254712123456", "+254 712 123456"),
            ("+27711234567", "+27 71 123 4567"),
        ];
        let countries: std::collections::BTreeSet<_> =
            numbers.iter().filter_map(|(number, _)| Some(divided(number)?.0)).collect();
        assert!(countries.len() >= 40, "{}", countries.len());
        for (number, told) in numbers {
            assert_eq!(shown(number, Language::En), told);
            let digits = |text: &str| text.replace(' ', "");
            assert_eq!(digits(told), number);
        }
    }

    #[test]
    fn in_japanese_a_japanese_number_is_written_as_at_home() {
        for (number, told) in [
            ("+819012345678", "090-1234-5678"),
            ("+81312345678", "03-1234-5678"),
            ("+81451234567", "045-123-4567"),
            ("+81467123456", "0467-12-3456"),
            ("+81422123456", "0422123456"),
            ("+81120123456", "0120-123-456"),
            ("+33612345678", "+33 6 12 34 56 78"),
            // What is no number of a known shape stays as it is.
            ("+8190", "+81 90"),
            ("+999123", "+999123"),
            ("call me", "call me"),
        ] {
            assert_eq!(shown(number, Language::Ja), told);
        }
    }

    #[test]
    fn no_code_begins_another_one() {
        for one in &COUNTRIES {
            let begins =
                |other: &&Country| other.code != one.code && other.code.starts_with(one.code);
            assert!(!COUNTRIES.iter().any(|other| begins(&other)), "{}", one.iso);
        }
    }

    #[test]
    fn a_number_that_says_its_own_country_keeps_it() {
        assert_eq!(international("JP", "+44 20 7946 0958"), "+44 20 7946 0958");
        assert_eq!(international("JP", "＋４４ ２０ ７９４６ ０９５８"), "+44 20 7946 0958");
        assert_eq!(international("FR", "0044 20 7946 0958"), "+442079460958");
    }

    #[test]
    fn what_is_no_number_is_left_for_the_house_to_refuse() {
        for wrong in ["", "call me", "090-call-me"] {
            assert_eq!(international("JP", wrong), wrong);
        }
        assert_eq!(international("??", " 090 "), "090");
    }

    #[test]
    fn no_country_stands_twice() {
        let mut isos: Vec<_> = COUNTRIES.iter().map(|country| country.iso).collect();
        isos.sort_unstable();
        isos.dedup();
        assert_eq!(isos.len(), COUNTRIES.len());
    }
}
