//! What holds of any words.

use paper::{Align, Block, Language, Paper, Table, Text, Url, html, html_for_mail, pdf, text};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

/// How wide a line of text may be.
const COLUMNS: usize = 72;

/// What may not begin a line (行頭禁則), and what may not end one (行末禁則).
const NEVER_FIRST: &str =
    "、。，．・：；？！」』）］】〉》〕｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々,.!?)]}";
const NEVER_LAST: &str = "「『（［【〈《〔｛([{";

/// Any words at all, in one line.
fn any_words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[<>&\"' =a-z/!-]{0,12}",
        "[\u{3040}-\u{30ff}\u{4e00}-\u{4eff}\u{300}-\u{310}\u{1100}-\u{1110}\u{e00}-\u{e5b}]{0,8}",
        any::<String>(),
    ]
    .prop_map(|words| {
        words.replace(|ch: char| ch.is_control() || "\u{2028}\u{2029}".contains(ch), "")
    })
}

/// Sentences in Japanese with words of Latin between them, brackets and points where they belong.
fn sentences() -> impl Strategy<Value = String> {
    let part = (
        "[「（『]{0,2}",
        prop_oneof![
            "[あいうえおかきくけこ]{1,9}",
            "[亜-腕]{1,6}",
            "きゃっ[アイウエオ]ー",
            "[a-zA-Z]{1,12}",
            "[0-9]{1,9}",
            "(xyz){20,40}"
        ],
        "[」）』]{0,2}[、。？！]{0,1}",
        "[ ]{0,1}",
    );
    prop::collection::vec(part, 1..40)
        .prop_map(|parts| parts.into_iter().map(|(a, b, c, d)| a + &b + &c + &d).collect())
}

fn paper(language: Language, title: &str, blocks: Vec<Block>) -> Paper {
    let mut paper = Paper::letter(language, title, jiff::Timestamp::UNIX_EPOCH);
    paper.blocks = blocks;
    paper
}

/// A paper that has its words everywhere a string can stand.
fn everywhere(words: &[String; 4], sheet: bool) -> Paper {
    let [a, b, c, d] = words;
    let url = Url::new("https://sample.example/?a=b&c=d").unwrap();
    let text = Text::from(a.as_str()).strong(b.as_str()).link(c.as_str(), url).plain(d.as_str());
    let mut table = Table::new([a.as_str(), b.as_str()]).aligned(1, Align::End);
    table.push([c.as_str(), d.as_str()]);
    table.push([text.clone(), text.clone(), text.clone()]);
    let title = format!("x{a}");
    let mut paper = if sheet {
        Paper::sheet(Language::Ja, title, jiff::Timestamp::UNIX_EPOCH)
    } else {
        Paper::letter(Language::En, title, jiff::Timestamp::UNIX_EPOCH)
    };
    paper.date = Some(b.clone());
    paper.sender = vec![c.clone(), d.clone()];
    paper.addressee = vec![d.clone(), a.clone()];
    paper.blocks = vec![
        Block::heading(text.clone()),
        Block::subheading(a.as_str()),
        Block::paragraph(text.clone()),
        Block::centred(b.as_str()),
        Block::at_the_end(c.as_str()),
        Block::facts([(text.clone(), text.clone()), (a.as_str().into(), b.as_str().into())]),
        Block::Table(table),
        Block::list([text.clone(), d.as_str().into()]),
        Block::numbered([text.clone()]),
        Block::note(text.clone()),
        Block::amount(text.clone(), text),
        Block::preformatted(a.as_str()),
        Block::PageBreak,
        Block::preformatted(b.as_str()),
    ];
    paper
}

/// The tags of a page, in order; of a cell without the name of its column, which is words.
fn tags(page: &str) -> Vec<String> {
    let tag = |part: &str| {
        let tag = part.split_once('>').map_or(part, |(tag, _)| tag);
        match tag.split_once(" data-label=\"") {
            Some((before, rest)) => format!("{before}{}", rest.split_once('"').unwrap().1),
            None => tag.to_owned(),
        }
    };
    page.split('<').skip(1).map(tag).collect()
}

/// What stands between the tags, as a reader sees it.
fn shown(page: &str) -> String {
    let words: String =
        page.split('>').skip(1).map(|part| part.split('<').next().unwrap_or_default()).collect();
    words
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn without_blanks(words: &str) -> String {
    words.chars().filter(|ch| !ch.is_whitespace()).collect()
}

proptest! {
    #[test]
    fn words_never_become_tags(words in [any_words(), any_words(), any_words(), any_words()], sheet: bool) {
        let plain = ["a", "b", "c", "d"].map(str::to_owned);
        for set in [html, html_for_mail] {
            let (page, expected) = (set(&everywhere(&words, sheet)), set(&everywhere(&plain, sheet)));
            prop_assert_eq!(tags(&page), tags(&expected));
        }
    }

    #[test]
    fn words_are_shown_as_they_are(words in "[<>&\"'a-z;#0-9あ-ん亜-腕]{1,40}") {
        let page = html(&paper(Language::Ja, "title", vec![Block::paragraph(words.as_str())]));
        prop_assert!(shown(&page).contains(&words));
    }

    #[test]
    fn lines_of_text_keep_their_width_and_kinsoku(words in sentences()) {
        let blocks = vec![
            Block::paragraph(words.as_str()),
            Block::list([words.as_str()]),
            Block::note(words.as_str()),
            Block::facts([("項目", words.as_str())]),
        ];
        let text = text(&paper(Language::Ja, "題", blocks));
        for line in text.lines() {
            prop_assert!(line.width_cjk() <= COLUMNS, "{line:?} is too wide");
            let words = line.trim_start();
            let first = words.chars().next();
            prop_assert!(first.is_none_or(|ch| ch == '・' || !NEVER_FIRST.contains(ch)), "{line:?}");
            prop_assert!(!words.ends_with(|ch| NEVER_LAST.contains(ch)), "{line:?}");
        }
        let expected = without_blanks(&words);
        prop_assert_eq!(without_blanks(&text).matches(expected.as_str()).count(), 4);
    }

    #[test]
    fn text_in_english_keeps_its_width(words in "([a-zA-Z,.()“”’-]{1,20} ){1,60}") {
        let text = text(&paper(Language::En, "title", vec![Block::paragraph(words.as_str())]));
        for line in text.lines() {
            prop_assert!(line.width() <= COLUMNS, "{line:?} is too wide");
            prop_assert!(!line.ends_with(' '));
        }
        prop_assert!(without_blanks(&text).contains(&without_blanks(&words)));
    }

    #[test]
    fn a_table_in_text_keeps_its_width(cells in prop::collection::vec("[a-zあ-ん]{0,30}", 1..20)) {
        let mut table = Table::new(["一", "二", "三"]);
        for row in cells.chunks(3) {
            table.push(row.iter().map(String::as_str));
        }
        let text = text(&paper(Language::Ja, "題", vec![Block::Table(table)]));
        prop_assert!(text.lines().all(|line| line.width_cjk() <= COLUMNS), "{text}");
        let bare = without_blanks(&text);
        prop_assert!(cells.iter().all(|cell| bare.contains(cell.as_str())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_words_make_a_pdf_and_always_the_same(
        words in [any_words(), any_words(), any_words(), any_words()],
        sheet: bool,
    ) {
        let paper = everywhere(&words, sheet);
        let made = pdf(&paper);
        prop_assert!(made.is_ok(), "{:?}", made.err());
        prop_assert_eq!(made, pdf(&paper));
    }
}
