//! The PDFs, read by programs that others wrote: qpdf, and pdfinfo, pdffonts, pdftotext and pdftoppm
//! of poppler.

use std::path::PathBuf;
use std::process::Command;

use paper::{Block, Language, Paper, PdfError, Table, pdf};
use tempfile::TempDir;

use crate::samples;

/// A PDF in a folder of its own.
struct File {
    folder: TempDir,
}

impl File {
    fn of(paper: &Paper) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("paper.pdf"), pdf(paper).unwrap()).unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("paper.pdf")
    }

    /// What a program says about it.
    fn read(&self, program: &str, arguments: &[&str]) -> String {
        let out = Command::new(program)
            .args(arguments)
            .arg(self.path())
            .args((program == "pdftotext").then_some("-"))
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}; ./check installs what is needed"));
        assert!(out.status.success(), "{program}: {}", String::from_utf8_lossy(&out.stderr));
        // pdfinfo repeats the titles of headings as they lie in the file.
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    fn words(&self) -> String {
        self.read("pdftotext", &["-raw"])
    }

    fn words_of_page(&self, page: usize) -> String {
        let page = page.to_string();
        self.read("pdftotext", &["-raw", "-f", &page, "-l", &page])
    }

    fn pages(&self) -> usize {
        let info = self.read("pdfinfo", &[]);
        let line = info.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap();
        line.trim().parse().unwrap()
    }
}

fn without_blanks(words: &str) -> String {
    words.chars().filter(|ch| !ch.is_whitespace()).collect()
}

#[test]
fn every_sample_is_a_sound_file() {
    for (name, paper) in samples::all() {
        let file = File::of(&paper);
        let check = Command::new("qpdf").arg("--check").arg(file.path()).output();
        let check = check.unwrap_or_else(|error| panic!("qpdf: {error}; ./check installs it"));
        assert!(check.status.success(), "{name}: {}", String::from_utf8_lossy(&check.stderr));
    }
}

#[test]
fn title_language_and_sender_are_in_its_properties() {
    let file = File::of(&samples::letter_ja());
    let info = file.read("pdfinfo", &[]);
    assert!(info.contains("Title:           保有個人データの開示等のご請求について（決定の通知）"));
    assert!(info.contains("Author:          見本株式会社"));
    assert!(info.contains("Tagged:          yes"));
    assert!(info.contains("Page size:       595.28 x 841.89 pts (A4)"));
    assert!(info.contains("CreationDate:    Thu Oct  1 03:04:05 2026 UTC"), "{info}");
    let meta = file.read("pdfinfo", &["-meta"]);
    assert!(meta.contains("<pdfaid:part>2</pdfaid:part>"), "{meta}");
    assert!(meta.contains("<pdfaid:conformance>A</pdfaid:conformance>"), "{meta}");
    assert!(meta.contains("<pdfuaid:part>1</pdfuaid:part>"), "{meta}");
    let bytes = std::fs::read(file.path()).unwrap();
    let holds = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    assert!(holds(b"/Lang (ja)") || holds(b"/Lang(ja)"));
}

#[test]
fn only_the_glyphs_it_uses_are_embedded_and_each_can_be_read() {
    for (name, paper) in samples::all() {
        let fonts = File::of(&paper).read("pdffonts", &[]);
        for line in fonts.lines().skip(2) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [.., embedded, subset, unicode, _, _] = columns[..] else { panic!("{line}") };
            assert_eq!((embedded, subset, unicode), ("yes", "yes", "yes"), "{name}: {line}");
        }
        let size = pdf(&paper).unwrap().len();
        assert!(size < 200_000, "{name} has {size} bytes");
    }
}

#[test]
fn the_words_come_back() {
    let words = without_blanks(&File::of(&samples::letter_ja()).words());
    for sentence in [
        "拝啓平素より当社のサービスをご利用いただき、誠にありがとうございます。",
        "下記のとおり利用停止に応じることといたしました。",
        "ご請求の内容広告のお知らせへの電子メールアドレスの利用の停止",
        "2.委託先（配信を担う会社）にも、利用を止めるよう伝えました。",
    ] {
        assert!(words.contains(sentence), "{sentence} is not in {words}");
    }
    let words = File::of(&samples::letter_en()).words();
    assert!(
        words.contains("You asked for No more use of your e-mail address for offers"),
        "{words}"
    );
    assert!(words.contains("our policy’s page"), "{words}");
}

#[test]
fn a_name_comes_back_whole_even_if_no_typeface_has_it() {
    let file = File::of(&samples::odd_ja());
    let words = without_blanks(&file.words());
    for name in [
        "NguyễnThịHương",
        "ȘtefanȚepeș",
        "견본",
        "ตัวอย่าง",
        "🍣",
        "\u{20bb7}見",
        "葛\u{e0100}",
        "がぎ",
        "a[U+0000]b[U+202E]c",
        "[U+E000][U+F8FF]",
        "<script>alert(\"1\")</script>&'",
    ] {
        assert!(words.contains(name), "{name} is not in {words}");
    }
    // poppler sets marks of direction around Arabic.
    let bare: String =
        words.chars().filter(|ch| !"\u{202a}\u{202b}\u{202c}".contains(*ch)).collect();
    assert!(bare.contains("عينة"), "{bare}");
    assert!(bare.contains("四角の中の英数字は、この書面の書体にない文字のUnicode番号です。"));
    assert!(!File::of(&samples::letter_ja()).words().contains("四角の中"));
}

#[test]
fn what_it_means_is_in_its_tags() {
    let meaning = File::of(&samples::package_ja(60)).read("pdfinfo", &["-struct-text"]);
    let count = |word: &str| meaning.lines().filter(|line| line.trim() == word).count();
    assert_eq!(meaning.lines().filter(|line| line.trim().starts_with("H1 ")).count(), 1);
    assert_eq!(meaning.lines().filter(|line| line.trim().starts_with("H2 ")).count(), 3);
    assert_eq!(meaning.lines().filter(|line| line.trim().starts_with("H3 ")).count(), 1);
    // A head that repeats on a page is read once.
    assert_eq!(count("THead"), 2);
    assert_eq!(count("TR"), 3 + 1 + 60 + 1);
    assert_eq!(count("TD"), 3 * 4 + 60 * 5);
    assert_eq!(meaning.lines().filter(|line| line.trim().starts_with("TH")).count(), 2 + 4 + 5);
}

#[test]
fn an_empty_cell_is_a_cell() {
    let mut table = Table::new(["A", "B"]);
    table.push(["1"]);
    table.push(["", "\u{200b}"]);
    let mut paper = Paper::sheet(Language::En, "Title", jiff::Timestamp::UNIX_EPOCH);
    paper.blocks = vec![Block::Table(table)];
    let meaning = File::of(&paper).read("pdfinfo", &["-struct-text"]);
    assert_eq!(meaning.lines().filter(|line| line.trim() == "TD").count(), 4, "{meaning}");
}

#[test]
fn each_page_has_its_number_and_the_head_of_its_table_and_whole_rows() {
    let mut table = Table::new(["番号", "内容"]);
    let filler = "あいうえおかきくけこさしすせそたちつてと".repeat(5);
    for row in 0..60 {
        table.push([format!("row-{row}-begins"), format!("{filler}row-{row}-ends")]);
    }
    let mut paper = Paper::sheet(Language::Ja, "長い表", jiff::Timestamp::UNIX_EPOCH);
    paper.blocks = vec![Block::Table(table)];
    let file = File::of(&paper);
    let count = file.pages();
    assert!(count >= 3, "{count} pages");
    let mut rows = 0;
    for page in 1..=count {
        let words = without_blanks(&file.words_of_page(page));
        assert!(words.contains(&format!("{page}/{count}")), "page {page}: {words}");
        assert!(words.contains("番号内容"), "page {page}: {words}");
        for row in 0..60 {
            let begins = words.contains(&format!("row-{row}-begins"));
            assert_eq!(begins, words.contains(&format!("row-{row}-ends")), "row {row} on {page}");
            rows += usize::from(begins);
        }
    }
    assert_eq!(rows, 60);
}

#[test]
fn a_row_longer_than_a_page_goes_on_and_loses_nothing() {
    let mut table = Table::new(["番号", "内容"]);
    let words: Vec<String> = (0..2_000).map(|word| format!("w{word}、")).collect();
    table.push(["1", words.concat().as_str()]);
    table.push(["2", "次の行"]);
    let mut paper = Paper::sheet(Language::Ja, "長い行", jiff::Timestamp::UNIX_EPOCH);
    paper.blocks = vec![Block::Table(table)];
    let file = File::of(&paper);
    let read = without_blanks(&file.words());
    for word in words {
        assert!(read.contains(&word), "{word} is lost");
    }
    assert!(read.contains("次の行"));
}

#[test]
fn a_head_longer_than_a_page_loses_nothing() {
    let words: Vec<String> = (0..2_000).map(|word| format!("w{word}、")).collect();
    let mut table = Table::new([words.concat().as_str(), "短い"]);
    table.push(["1", "2"]);
    let mut paper = Paper::sheet(Language::Ja, "長い見出し", jiff::Timestamp::UNIX_EPOCH);
    paper.addressee = vec![words.concat()];
    paper.blocks =
        vec![Block::Table(table), Block::amount(words.concat().as_str(), words.concat().as_str())];
    let file = File::of(&paper);
    let read = without_blanks(&file.words());
    for word in words {
        assert_eq!(read.matches(&word).count(), 4, "{word}");
    }
}

/// How dark each pixel of each page is, at 36 dots an inch: columns, rows, and bytes from black to
/// white.
fn pictures(file: &File) -> Vec<(usize, usize, Vec<u8>)> {
    let stem = file.folder.path().join("page");
    let out = Command::new("pdftoppm")
        .args(["-r", "36", "-gray"])
        .args([file.path(), stem])
        .output()
        .unwrap_or_else(|error| panic!("pdftoppm: {error}; ./check installs it"));
    assert!(out.status.success());
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(file.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pgm"));
    paths.sort();
    let picture = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        // P5, columns and rows, the brightest value, then a byte a pixel.
        let head: Vec<&[u8]> = bytes.splitn(4, |byte| *byte == b'\n').collect();
        let size = std::str::from_utf8(head[1]).unwrap();
        let (columns, rows) = size.split_once(' ').unwrap();
        (columns.parse().unwrap(), rows.parse().unwrap(), head[3].to_vec())
    };
    paths.iter().map(picture).collect()
}

#[test]
fn nothing_is_drawn_in_the_margins_and_no_page_is_empty() {
    for (name, paper) in samples::all() {
        for (page, (columns, rows, pixels)) in pictures(&File::of(&paper)).iter().enumerate() {
            assert_eq!(pixels.len(), columns * rows);
            let dark = |x: usize, y: usize| pixels[y * columns + x] < 200;
            // 64 points are 32 pixels; letters may lean over the edge by one.
            for y in 0..*rows {
                for x in (0..30).chain(columns - 30..*columns) {
                    assert!(!dark(x, y), "{name}, page {}: ink at {x}, {y}", page + 1);
                }
            }
            let ink = (0..*rows - 60).flat_map(|y| (0..*columns).map(move |x| (x, y)));
            assert!(ink.filter(|(x, y)| dark(*x, *y)).count() > 50, "{name}, page {}", page + 1);
        }
    }
}

#[test]
fn a_pdf_needs_a_title() {
    for title in ["", "  ", &"x".repeat(1_001)] {
        let paper = Paper::letter(Language::En, title, jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(pdf(&paper), Err(PdfError::Title));
    }
}
