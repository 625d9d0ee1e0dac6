//! Papers as they are sent, with sample data, in both languages. Their text and HTML are snapshots;
//! `pdf.rs` reads their PDFs with programs of others.

use paper::{Align, Block, Language, Paper, Table, Text, Url};

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn moment() -> jiff::Timestamp {
    "2026-10-01T03:04:05Z".parse().unwrap()
}

fn url(address: &str) -> Url {
    Url::new(address).unwrap()
}

pub fn all() -> Vec<(&'static str, Paper)> {
    vec![
        ("letter_ja", letter_ja()),
        ("letter_en", letter_en()),
        ("invoice_ja", invoice_ja()),
        ("invoice_en", invoice_en()),
        ("receipt_ja", receipt_ja()),
        ("receipt_en", receipt_en()),
        ("package_ja", package_ja(60)),
        ("package_en", package_en(60)),
        ("odd_ja", odd_ja()),
        ("odd_en", odd_en()),
    ]
}

pub fn letter_ja() -> Paper {
    let mut paper = Paper::letter(
        Language::Ja,
        "保有個人データの開示等のご請求について（決定の通知）",
        moment(),
    );
    paper.date = Some("2026年10月1日".to_owned());
    paper.addressee = lines(&["見本 様"]);
    paper.sender = lines(&[
        "見本株式会社",
        "個人情報お問い合わせ窓口",
        "〒000-0000 見本県見本市見本町1-2-3",
        "privacy@sample.example",
    ]);
    paper.blocks = vec![
        Block::paragraph("拝啓　平素より当社のサービスをご利用いただき、誠にありがとうございます。"),
        Block::paragraph(
            Text::from("　2026年9月15日にお受けしたご請求（受付番号 REQ-2026-0042）について、当社で内容を確かめ、下記のとおり")
                .strong("利用停止に応じる")
                .plain("ことといたしました。ご本人であることの確認にあたり、ご協力いただきましたことにお礼を申し上げます。なお、ご予約の記録のうち、法令により保存しなければならないものは、期限が来るまで保存し、ほかの目的には使いません。"),
        ),
        Block::paragraph(
            Text::from("　詳しくは、当社のページ（")
                .link("https://sample.example/policy", url("https://sample.example/policy"))
                .plain("）の「開示等のご請求」をご覧ください。ご不明な点がありましたら、上記の窓口までお問い合わせください。"),
        ),
        Block::at_the_end("敬具"),
        Block::centred("記"),
        Block::facts([
            ("受付番号", "REQ-2026-0042"),
            ("ご請求の内容", "広告のお知らせへの電子メールアドレスの利用の停止"),
            ("決定", "ご請求のすべてに応じます。"),
            ("根拠", "個人情報の保護に関する法律 第35条第1項、第2項"),
            ("実施した日", "2026年10月1日"),
        ]),
        Block::numbered([
            "広告のお知らせの送信を止めました。すでに発送したものが、数日のあいだ届くことがあります。",
            "委託先（配信を担う会社）にも、利用を止めるよう伝えました。",
        ]),
        Block::at_the_end("以上"),
        Block::note("この決定に不服があるときは、上記の窓口、または認定個人情報保護団体に申し出ることができます。"),
    ];
    paper
}

pub fn letter_en() -> Paper {
    let mut paper = Paper::letter(Language::En, "Our decision on your request", moment());
    paper.date = Some("1 October 2026".to_owned());
    paper.addressee = lines(&["Dear Sample Guest,"]);
    paper.sender = lines(&[
        "Sample Company K.K.",
        "Privacy desk",
        "1-2-3 Sample-cho, Sample-shi 000-0000, Japan",
        "privacy@sample.example",
    ]);
    paper.blocks = vec![
        Block::paragraph(
            Text::from("On 15 September 2026 you asked us to stop using your e-mail address for offers. We have looked into it and ")
                .strong("do what you asked, in full")
                .plain(". What the law has us keep of your bookings is kept until its time is over, and used for nothing else."),
        ),
        Block::facts([
            ("Reference", "REQ-2026-0042"),
            ("You asked for", "No more use of your e-mail address for offers"),
            ("We decided", "To do so, in full"),
            ("Law", "Act on the Protection of Personal Information, Article 35(1) and (2)"),
            ("Done on", "1 October 2026"),
        ]),
        Block::paragraph("What this means:"),
        Block::list([
            "No offers are sent any more. One that is already on its way may still arrive within a few days.",
            "The company that sends them for us was told to stop as well.",
        ]),
        Block::paragraph(
            Text::from("More about your rights is on ")
                .link("our policy’s page", url("https://sample.example/policy"))
                .plain(", or write to ")
                .link("privacy@sample.example", url("mailto:privacy@sample.example"))
                .plain("."),
        ),
        Block::paragraph("Yours sincerely,\nPrivacy desk, Sample Company"),
        Block::note("If you do not agree, you may write to us again or complain to the supervisory authority."),
    ];
    paper
}

pub fn invoice_ja() -> Paper {
    let mut paper = Paper::sheet(Language::Ja, "請求書", moment());
    paper.date = Some("2026年10月1日　No. INV-000123".to_owned());
    paper.addressee = lines(&["〒000-0000 見本県見本市見本町4-5-6", "見本 様"]);
    paper.sender = lines(&[
        "見本株式会社",
        "登録番号 T0000000000000",
        "〒000-0000 見本県見本市見本町1-2-3",
        "電話 00-0000-0000",
    ]);
    let mut table = Table::new(["内容", "数量", "単価", "税率", "金額"])
        .aligned(1, Align::End)
        .aligned(2, Align::End)
        .aligned(3, Align::End)
        .aligned(4, Align::End);
    table.push(["開示のご請求の手数料（電磁的記録）", "1", "¥500", "10%", "¥500"]);
    table.push(["書面での開示（複写、111枚）", "111", "¥10", "10%", "¥1,110"]);
    table.push(["送料", "1", "¥430", "10%", "¥430"]);
    table.push(["", "", "", "小計", "¥2,040"].map(Text::from));
    table.push(["", "", "", "消費税（10%）", "¥204"].map(Text::from));
    table.push([
        Text::default(),
        Text::default(),
        Text::default(),
        Text::all_strong("合計"),
        Text::all_strong("¥2,244"),
    ]);
    paper.blocks = vec![
        Block::paragraph("下記のとおりご請求申し上げます。"),
        Block::amount("ご請求金額（税込）", "¥2,244"),
        Block::Table(table),
        Block::facts([
            ("お支払期限", "2026年10月31日"),
            ("お振込先", "見本銀行　見本支店　普通 0000000　ミホン（カ"),
        ]),
        Block::note("恐れ入りますが、振込手数料はお客さまのご負担でお願いいたします。"),
    ];
    paper
}

pub fn invoice_en() -> Paper {
    let mut paper = Paper::sheet(Language::En, "Invoice", moment());
    paper.date = Some("1 October 2026, No. INV-000123".to_owned());
    paper.addressee = lines(&["Sample Guest", "4-5-6 Sample-cho, Sample-shi 000-0000"]);
    paper.sender = lines(&[
        "Sample Company K.K.",
        "Registration T0000000000000",
        "1-2-3 Sample-cho, Sample-shi 000-0000, Japan",
    ]);
    let mut table = Table::new(["What for", "Quantity", "Each", "Amount"])
        .aligned(1, Align::End)
        .aligned(2, Align::End)
        .aligned(3, Align::End);
    table.push(["Fee for access, as a file", "1", "¥500", "¥500"]);
    table.push(["Copies on paper", "111", "¥10", "¥1,110"]);
    table.push([
        Text::all_strong("Sum, tax included"),
        "".into(),
        "".into(),
        Text::all_strong("¥1,610"),
    ]);
    paper.blocks = vec![
        Block::amount("To pay, tax included", "¥1,610"),
        Block::Table(table),
        Block::facts([("Due by", "31 October 2026"), ("To", "Sample Bank, account 0000000")]),
    ];
    paper
}

pub fn receipt_ja() -> Paper {
    let mut paper = Paper::sheet(Language::Ja, "領収書", moment());
    paper.date = Some("2026年10月5日　No. R-000123".to_owned());
    paper.addressee = lines(&["見本 様"]);
    paper.sender = lines(&["見本株式会社", "登録番号 T0000000000000", "見本県見本市見本町1-2-3"]);
    paper.blocks = vec![
        Block::amount("金額", "￥2,244－"),
        Block::paragraph(
            "但し　保有個人データの開示の手数料として、上記の金額を正に領収いたしました。",
        ),
        Block::facts([
            ("内訳（10%対象）", "¥2,040"),
            ("消費税（10%）", "¥204"),
            ("お支払方法", "銀行振込（2026年10月5日）"),
        ]),
        Block::note("電磁的に発行したものであり、収入印紙は要りません。"),
    ];
    paper
}

pub fn receipt_en() -> Paper {
    let mut paper = Paper::sheet(Language::En, "Receipt of deletion", moment());
    paper.date = Some("5 October 2026".to_owned());
    paper.addressee = lines(&["Sample Guest"]);
    paper.sender = lines(&["Sample Company K.K.", "privacy@sample.example"]);
    paper.blocks = vec![
        Block::paragraph("On 5 October 2026 we deleted, at your request, all that is listed here."),
        Block::list(["Name", "E-mail address", "Food allergies"]),
        Block::paragraph("It can be checked against our ledger with this proof:"),
        Block::preformatted(
            "c2sp.org/tlog-proof@v1\nindex 1234\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nsample.example/ledger 20852163 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2ICsUYapGGPo4dkMgIAUqomXajj7h2fB2MPA3j2jxq2I",
        ),
    ];
    paper
}

pub fn package_ja(rows: usize) -> Paper {
    let mut paper = Paper::sheet(Language::Ja, "保有個人データの開示", moment());
    paper.date = Some("2026年10月1日".to_owned());
    paper.addressee = lines(&["見本 様"]);
    paper.sender = lines(&["見本株式会社", "個人情報お問い合わせ窓口"]);
    let mut held = Table::new(["項目", "内容", "取得した日", "利用目的"]);
    held.push(["氏名", "見本", "2026年4月1日", "ご予約の受付、店舗へのお知らせ"]);
    held.push([
        "電子メールアドレス",
        "sample.guest@sample.example",
        "2026年4月1日",
        "ご連絡、サインイン",
    ]);
    held.push(["食物アレルギー", "えび、かに、落花生（ピーナッツ）。少量でも症状が出るため、調理器具を分けていただけると助かります。", "2026年4月2日", "お食事の用意（同意にもとづく）"]);
    let mut given = Table::new(["日時", "提供先", "利用目的", "項目", "根拠"]);
    for row in 0..rows {
        given.push([
            format!("2026-{:02}-{:02} 18:{:02}", row % 9 + 1, row % 28 + 1, row % 60),
            format!("見本食堂 {}号店", row % 37 + 1),
            ["ご予約", "お食事の用意", "ご連絡"][row % 3].to_owned(),
            ["氏名、電話番号", "食物アレルギー", "氏名"][row % 3].to_owned(),
            ["ご本人の同意", "委託"][row % 2].to_owned(),
        ]);
    }
    paper.blocks = vec![
        Block::heading("1. 当社がお預かりしている情報"),
        Block::Table(held),
        Block::heading("2. 第三者への提供の記録"),
        Block::paragraph(
            "個人情報の保護に関する法律第33条第5項にもとづき、第三者提供記録を開示します。",
        ),
        Block::Table(given),
        Block::PageBreak,
        Block::heading("3. 確かめる方法"),
        Block::subheading("台帳"),
        Block::paragraph("どの記録も、書き換えるとわかる台帳に載っています。"),
    ];
    paper
}

pub fn package_en(rows: usize) -> Paper {
    let mut paper = Paper::sheet(Language::En, "What we hold about you", moment());
    paper.date = Some("1 October 2026".to_owned());
    paper.addressee = lines(&["Sample Guest"]);
    paper.sender = lines(&["Sample Company K.K.", "Privacy desk"]);
    let mut given = Table::new(["When", "Who received it", "What for", "What", "On which basis"]);
    for row in 0..rows {
        given.push([
            format!("2026-{:02}-{:02} 18:{:02}", row % 9 + 1, row % 28 + 1, row % 60),
            format!("Sample Diner {}", row % 37 + 1),
            ["Booking", "Preparing the meal", "Contact"][row % 3].to_owned(),
            ["Name, telephone number", "Food allergies", "Name"][row % 3].to_owned(),
            ["Your consent", "Processing on our behalf"][row % 2].to_owned(),
        ]);
    }
    paper.blocks = vec![
        Block::heading("Who received what"),
        Block::paragraph("Every time that something about you left our hands."),
        Block::Table(given),
    ];
    paper
}

/// What people are called, and what a form may hold: none of it may vanish or break a line's rules.
const ODD: &[(&str, &str)] = &[
    ("Tiếng Việt", "Nguyễn Thị Hương"),
    ("Română", "Ștefan Țepeș"),
    ("한국어", "견본"),
    ("ไทย", "ตัวอย่าง"),
    ("العربية", "عينة"),
    ("Emoji", "見本 👩\u{200d}👧 🍣"),
    ("U+20BB7", "\u{20bb7}見"),
    ("IVS", "葛\u{e0100} 辻\u{e0101} 葛"),
    ("NFD", "か\u{3099}き\u{3099} e\u{301}"),
    ("NUL, RLO", "a\u{0}b\u{202e}c"),
    ("PUA", "\u{e000}\u{f8ff}"),
    ("Markup", "<script>alert(\"1\")</script> & '"),
    ("Lines", "一行目\n二行目\r\n三行目"),
];

fn odd(language: Language, title: &str) -> Paper {
    let mut paper = Paper::letter(language, title, moment());
    let long = "0123456789abcdef".repeat(12);
    let mut wide = Table::new((0..16).map(|at| format!("C{at}")));
    wide.push((0..16).map(|at| format!("r{at}")));
    let mut ragged = Table::new(["A", "B"]);
    ragged.push(["1"]);
    ragged.push(["1", "2", "3"]);
    let mut narrow = Table::new(["名前", "Digest", "注"]);
    narrow.push([
        "見本".to_owned(),
        long.clone(),
        "長いことばもセルの中で折り返します。".repeat(4),
    ]);
    paper.blocks = vec![
        Block::facts(ODD.iter().copied()),
        Block::paragraph(format!("長い列 {long} のあと")),
        Block::Table(narrow),
        Block::Table(ragged),
        Block::Table(wide),
        Block::Table(Table::new(["Nothing below"])),
        Block::Table(Table::default()),
        Block::paragraph(
            Text::default()
                .link("a long address", url(&format!("https://sample.example/{long}?q=%E8%A6%8B"))),
        ),
        Block::list(["", "one"]),
        Block::preformatted(format!("{long}\n  kept  as  is\n見本")),
        Block::paragraph(""),
    ];
    paper
}

pub fn odd_ja() -> Paper {
    odd(Language::Ja, "めずらしい文字")
}

pub fn odd_en() -> Paper {
    odd(Language::En, "Odd characters")
}
