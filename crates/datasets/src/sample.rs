//! A made-up file of visits to begin with: the same for everybody, about nobody.

use anonymise::Language;

/// A small generator of numbers; nothing hangs on how good it is.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound as u64).unwrap_or(0)
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

const FAMILY: [[&str; 2]; 12] = [
    ["佐藤", "Sato"],
    ["鈴木", "Suzuki"],
    ["高橋", "Takahashi"],
    ["田中", "Tanaka"],
    ["伊藤", "Ito"],
    ["渡辺", "Watanabe"],
    ["山本", "Yamamoto"],
    ["中村", "Nakamura"],
    ["小林", "Kobayashi"],
    ["加藤", "Kato"],
    ["吉田", "Yoshida"],
    ["山田", "Yamada"],
];
const GIVEN: [[&str; 2]; 12] = [
    ["葵", "Aoi"],
    ["陽菜", "Hina"],
    ["蓮", "Ren"],
    ["結衣", "Yui"],
    ["湊", "Minato"],
    ["咲良", "Sakura"],
    ["大翔", "Hiroto"],
    ["美咲", "Misaki"],
    ["悠真", "Yuma"],
    ["凛", "Rin"],
    ["翔太", "Shota"],
    ["花子", "Hanako"],
];
const AREAS: [[&str; 2]; 9] = [
    ["渋谷区", "Shibuya"],
    ["新宿区", "Shinjuku"],
    ["港区", "Minato"],
    ["世田谷区", "Setagaya"],
    ["横浜市", "Yokohama"],
    ["川崎市", "Kawasaki"],
    ["さいたま市", "Saitama"],
    ["大阪市", "Osaka"],
    ["京都市", "Kyoto"],
];
const ALLERGIES: [[&str; 2]; 6] = [
    ["なし", "none"],
    ["えび", "shrimp"],
    ["かに", "crab"],
    ["卵", "egg"],
    ["小麦", "wheat"],
    ["そば", "buckwheat"],
];

/// So many visits of about a third as many people, as CSV in UTF-8.
pub fn sample(visits: usize, language: Language) -> String {
    let at = usize::from(language == Language::En);
    let mut numbers = Numbers(20_261_001);
    let words = |list: &[[&'static str; 2]]| -> Vec<&'static str> {
        list.iter().map(|pair| pair[at]).collect()
    };
    let (family, given, areas, allergies) =
        (words(&FAMILY), words(&GIVEN), words(&AREAS), words(&ALLERGIES));
    let genders = [language.of("女性", "female"), language.of("男性", "male")];
    let people: Vec<String> = (0..visits.div_ceil(3))
        .map(|n| {
            let name = match language {
                Language::Ja => format!("{} {}", numbers.of(&family), numbers.of(&given)),
                Language::En => format!("{} {}", numbers.of(&given), numbers.of(&family)),
            };
            let born = 1946 + numbers.below(60);
            // One in three has an allergy.
            let allergy = match numbers.below(3) {
                0 => allergies[1 + numbers.below(allergies.len() - 1)],
                _ => allergies[0],
            };
            format!(
                "M-{n:05},{name},guest{n}@guest.example,{born}-{:02}-{:02},{},{},{allergy}",
                1 + numbers.below(12),
                1 + numbers.below(28),
                numbers.of(&genders),
                numbers.of(&areas),
            )
        })
        .collect();
    let mut text = language
        .of(
            "会員番号,氏名,メールアドレス,生年月日,性別,地域,アレルギー,来店日,人数\n",
            "member_id,name,email,birth_date,gender,area,allergy,visited_on,party\n",
        )
        .to_owned();
    for _ in 0..visits {
        let who = &people[numbers.below(people.len())];
        let (month, day) = (1 + numbers.below(9), 1 + numbers.below(28));
        let party = 1 + numbers.below(4) + numbers.below(3);
        text.extend([format!("{who},2026-{month:02}-{day:02},{party}\n")]);
    }
    text
}
