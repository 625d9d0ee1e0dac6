//! Text and HTML of every sample, as they were last read and found good.

use paper::{BadUrl, Block, Language, Paper, Text, Url, html, html_for_mail, text};

use crate::samples;

#[test]
fn samples_read_as_they_were_last_read() {
    for (name, paper) in samples::all() {
        insta::assert_snapshot!(format!("{name}.txt"), text(&paper));
        let page = html(&paper);
        // The style sheet is the same in all of them, and is reviewed where it lies.
        let style = page.find("<style>").unwrap()..page.find("</style>").unwrap();
        let page = format!("{}{}", &page[..style.start], &page[style.end..]);
        insta::assert_snapshot!(format!("{name}.html"), page);
    }
    for (name, paper) in
        [("letter_ja", samples::letter_ja()), ("invoice_en", samples::invoice_en())]
    {
        insta::assert_snapshot!(format!("{name}.mail.html"), html_for_mail(&paper));
    }
}

/// The elements that a page may have. None of them fetches or runs anything.
const ELEMENTS: &[&str] = &[
    "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p",
    "br", "strong", "a", "table", "thead", "tbody", "tr", "th", "td", "div", "ul", "ol", "li",
    "span", "pre", "hr",
];

#[test]
fn a_page_asks_for_nothing_from_elsewhere() {
    for (name, paper) in samples::all() {
        for page in [html(&paper), html_for_mail(&paper)] {
            for tag in page.split('<').skip(1) {
                let element = tag.trim_start_matches('/').split([' ', '>']).next().unwrap();
                assert!(ELEMENTS.contains(&element), "{name} has <{tag}");
            }
            assert!(!page.contains("url(") && !page.contains("@import"), "{name}");
        }
    }
}

#[test]
fn a_page_says_its_language_and_title() {
    let page = html(&samples::letter_ja());
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"ja\">"));
    assert!(page.contains("<title>保有個人データの開示等のご請求について（決定の通知）</title>"));
    assert!(html(&samples::letter_en()).contains("<html lang=\"en\">"));
}

#[test]
fn a_mail_carries_its_styles_on_its_elements() {
    let page = html_for_mail(&samples::odd_ja());
    assert!(!page.contains("<style") && !page.contains("class="));
}

#[test]
fn a_link_goes_only_to_an_absolute_address() {
    assert!(Url::new("https://sample.example/a?b=c&d=%E8%A6%8B#e").is_ok());
    assert!(Url::new("mailto:privacy@sample.example").is_ok());
    for (address, why) in [
        ("javascript:alert(1)", BadUrl::Scheme),
        ("/relative", BadUrl::Scheme),
        ("https://", BadUrl::Empty),
        ("https://sample.example/見本", BadUrl::Character),
        ("https://sample.example/\"onclick=", BadUrl::Character),
        ("https://sample.example/a b", BadUrl::Character),
    ] {
        assert_eq!(Url::new(address), Err(why), "{address}");
    }
    assert_eq!(Url::new(format!("https://{}", "a".repeat(2_000))), Err(BadUrl::Long));
}

#[test]
fn an_address_is_never_divided_in_text() {
    let address = format!("https://sample.example/{}", "long-path/".repeat(20));
    let mut paper = Paper::letter(Language::En, "Title", jiff::Timestamp::UNIX_EPOCH);
    let link = Text::from("See ").link("this page", Url::new(address.as_str()).unwrap());
    paper.blocks = vec![Block::paragraph(link.plain("."))];
    assert!(text(&paper).lines().any(|line| line.starts_with(&format!("<{address}>"))));
}

#[test]
fn what_is_preformatted_comes_back_as_it_was() {
    let proof = format!("c2sp.org/tlog-proof@v1\n\n  {}\n— key", "x".repeat(300));
    let mut paper = Paper::letter(Language::Ja, "Title", jiff::Timestamp::UNIX_EPOCH);
    paper.blocks = vec![Block::preformatted(proof.as_str())];
    assert!(text(&paper).ends_with(&format!("\n\n{proof}\n")));
    assert!(html(&paper).contains(&format!("<pre>\n{proof}</pre>")));
}
