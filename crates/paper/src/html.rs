//! A paper as one HTML page that needs nothing from elsewhere, or plainer for readers of mail, which
//! drop style sheets: there each element carries its style itself.
//!
//! Only [`Page::words`] and [`Page::attribute`] take strings of others, and both escape them.

use crate::clean::{clean, verbatim};
use crate::{Align, Block, Paper, Part, Span, Table, Text};

/// The paper as a page: readable on a telephone, dark or light, and printed as a paper is.
pub fn html(paper: &Paper) -> String {
    Page::set(paper, false)
}

/// The paper for the HTML part of a mail: styles on the elements, one column, no colours but greys
/// that can be read on light and dark.
pub fn html_for_mail(paper: &Paper) -> String {
    Page::set(paper, true)
}

/// How an element looks: by its class on a page, by its style in a mail.
struct Look(&'static str, &'static str);

const NONE: Look = Look("", "");
const BODY: Look = Look(
    "",
    "margin:0;padding:24px 16px;font-family:sans-serif;font-size:16px;line-height:1.75;\
     overflow-wrap:anywhere",
);
const MAIN: Look = Look("", "max-width:640px;margin:0 auto");
const TITLE: Look =
    Look("centre", "margin:32px 0 24px;font-size:20px;line-height:1.4;text-align:center");
const TITLE_ON_THE_LEFT: Look = Look("", "margin:32px 0 24px;font-size:20px;line-height:1.4");
const TITLE_FIRST: Look =
    Look("first centre", "margin:0 0 24px;font-size:22px;line-height:1.4;text-align:center");
const PART: Look = Look("part", "margin:0 0 16px");
const PART_AT_THE_END: Look = Look("part end", "margin:0 0 16px;text-align:right");
const HEADING: Look = Look("", "margin:32px 0 8px;font-size:18px;line-height:1.5");
const SUBHEADING: Look = Look("", "margin:24px 0 8px;font-size:16px;line-height:1.5");
const PARAGRAPH: Look = Look("", "margin:0 0 16px");
const CENTRED: Look = Look("centre", "margin:0 0 16px;text-align:center");
const AT_THE_END: Look = Look("end", "margin:0 0 16px;text-align:right");
const FACTS: Look = Look("facts", "margin:0 0 16px;border-collapse:collapse;width:100%");
const LABEL: Look = Look(
    "",
    "padding:6px 16px 6px 0;border-bottom:1px solid #999;text-align:left;vertical-align:top;\
     font-weight:normal;width:30%",
);
const VALUE: Look =
    Look("", "padding:6px 0;border-bottom:1px solid #999;text-align:left;vertical-align:top");
const SCROLL: Look = Look("scroll", "margin:0 0 16px;overflow-x:auto");
const TABLE: Look = Look("rows", "border-collapse:collapse;width:100%;font-size:14px");
const HEAD: [Look; 3] = [
    Look("", "padding:6px 12px 6px 0;border-bottom:2px solid #999;text-align:left"),
    Look("centre", "padding:6px 12px 6px 0;border-bottom:2px solid #999;text-align:center"),
    Look("end", "padding:6px 12px 6px 0;border-bottom:2px solid #999;text-align:right"),
];
const CELL: [Look; 3] = [
    Look("", "padding:6px 12px 6px 0;border-bottom:1px solid #999;vertical-align:top"),
    Look(
        "centre",
        "padding:6px 12px 6px 0;border-bottom:1px solid #999;vertical-align:top;text-align:center",
    ),
    Look(
        "end",
        "padding:6px 12px 6px 0;border-bottom:1px solid #999;vertical-align:top;text-align:right",
    ),
];
const LIST: Look = Look("", "margin:0 0 16px;padding-left:24px");
const NOTE: Look = Look("note", "margin:0 0 12px;font-size:14px");
const AMOUNT: Look =
    Look("amount", "margin:0 0 24px;padding:12px 16px;border:2px solid #999;text-align:center");
const AMOUNT_LABEL: Look = Look("label", "font-size:14px");
const AMOUNT_SUM: Look = Look("sum", "font-size:24px;font-weight:bold");
const PREFORMATTED: Look = Look(
    "",
    "margin:0 0 16px;padding:8px 12px;border:1px solid #999;font-family:monospace;font-size:13px;\
     line-height:1.5;white-space:pre-wrap",
);
const BREAK: Look = Look("break", "margin:32px 0;border:0;border-top:1px solid #999");

struct Page {
    out: String,
    mail: bool,
}

impl Page {
    fn set(paper: &Paper, mail: bool) -> String {
        let mut page = Self { out: String::new(), mail };
        page.out.push_str("<!DOCTYPE html>\n<html lang=\"");
        page.out.push_str(paper.language.tag());
        page.out.push_str(
            "\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">",
        );
        if !mail {
            page.out.push_str(
                "<meta http-equiv=\"Content-Security-Policy\" \
                 content=\"default-src 'none'; style-src 'unsafe-inline'\">\
                 <meta name=\"referrer\" content=\"no-referrer\">",
            );
        }
        page.out.push_str("<title>");
        escape(&mut page.out, &clean(&paper.title).replace('\n', " "));
        page.out.push_str("</title>");
        if !mail {
            page.out.push_str("<style>");
            page.out.push_str(include_str!("paper.css").trim_end());
            page.out.push_str("</style>");
        }
        page.out.push_str("</head>\n");
        page.open("body", &BODY);
        page.open("main", &MAIN);
        page.out.push('\n');
        page.head(paper);
        for block in &paper.blocks {
            page.block(block);
            page.out.push('\n');
        }
        page.out.push_str("</main></body></html>\n");
        page.out
    }

    fn open(&mut self, name: &str, look: &Look) {
        self.out.push('<');
        self.out.push_str(name);
        match (self.mail, look) {
            (false, Look("", _)) | (true, Look(_, "")) => {}
            (false, Look(class, _)) => self.attribute("class", class),
            (true, Look(_, style)) => self.attribute("style", style),
        }
        self.out.push('>');
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(&mut self.out, value);
        self.out.push('"');
    }

    fn words(&mut self, words: &str) {
        for (at, line) in clean(words).split('\n').enumerate() {
            if at > 0 {
                self.out.push_str("<br>");
            }
            escape(&mut self.out, line);
        }
    }

    fn text(&mut self, text: &Text) {
        for span in text.spans() {
            match span {
                Span::Plain(words) => self.words(words),
                Span::Strong(words) => {
                    self.out.push_str("<strong>");
                    self.words(words);
                    self.out.push_str("</strong>");
                }
                Span::Link { text, url } => {
                    self.out.push_str("<a");
                    self.attribute("href", url.as_str());
                    self.out.push('>');
                    self.words(text);
                    self.out.push_str("</a>");
                }
            }
        }
    }

    fn element(&mut self, name: &str, look: &Look, text: &Text) {
        self.open(name, look);
        self.text(text);
        self.close(name);
    }

    fn head(&mut self, paper: &Paper) {
        for (at, part) in paper.head().into_iter().enumerate() {
            if part == Part::Title {
                let look = match at {
                    0 => TITLE_FIRST,
                    _ if paper.letter_in_english() => TITLE_ON_THE_LEFT,
                    _ => TITLE,
                };
                self.open("h1", &look);
                self.words(&paper.title);
                self.out.push_str("</h1>\n");
            } else if !paper.lines(part).is_empty() {
                let left = part == Part::Addressee || paper.letter_in_english();
                self.open("p", if left { &PART } else { &PART_AT_THE_END });
                for (at, line) in paper.lines(part).iter().enumerate() {
                    if at > 0 {
                        self.out.push_str("<br>");
                    }
                    self.words(line);
                }
                self.out.push_str("</p>\n");
            }
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => self.element("h2", &HEADING, text),
            Block::Subheading(text) => self.element("h3", &SUBHEADING, text),
            Block::Paragraph { text, align } => {
                let look = match align {
                    Align::Start => PARAGRAPH,
                    Align::Centre => CENTRED,
                    Align::End => AT_THE_END,
                };
                self.element("p", &look, text);
            }
            Block::Facts(facts) => {
                self.open("table", &FACTS);
                for (label, value) in facts {
                    self.out.push_str("<tr>");
                    self.out.push_str("<th scope=\"row\"");
                    if self.mail {
                        self.attribute("style", LABEL.1);
                    }
                    self.out.push('>');
                    self.text(label);
                    self.out.push_str("</th>");
                    self.element("td", &VALUE, value);
                    self.out.push_str("</tr>");
                }
                self.close("table");
            }
            Block::Table(table) => self.table(table),
            Block::List { items, numbered } => {
                let name = if *numbered { "ol" } else { "ul" };
                self.open(name, &LIST);
                for item in items {
                    self.element("li", &NONE, item);
                }
                self.close(name);
            }
            Block::Note(text) => self.element("p", &NOTE, text),
            Block::Amount { label, amount } => {
                self.open("p", &AMOUNT);
                self.element("span", &AMOUNT_LABEL, label);
                self.out.push_str("<br>");
                self.element("strong", &AMOUNT_SUM, amount);
                self.close("p");
            }
            Block::Preformatted(text) => {
                self.open("pre", &PREFORMATTED);
                // A parser drops a line feed that begins a `pre`.
                self.out.push('\n');
                escape(&mut self.out, &verbatim(text));
                self.close("pre");
            }
            Block::PageBreak => self.open("hr", &BREAK),
        }
    }

    fn table(&mut self, table: &Table) {
        let columns = table.width();
        self.open("div", &SCROLL);
        self.open("table", &TABLE);
        self.out.push_str("<thead><tr>");
        for at in 0..columns {
            self.out.push_str("<th scope=\"col\"");
            match (&HEAD[table.align(at) as usize], self.mail) {
                (Look(_, style), true) => self.attribute("style", style),
                (Look("", _), false) => {}
                (Look(class, _), false) => self.attribute("class", class),
            }
            self.out.push('>');
            if let Some((name, _)) = table.columns.get(at) {
                self.text(name);
            }
            self.out.push_str("</th>");
        }
        self.out.push_str("</tr></thead><tbody>\n");
        for row in &table.rows {
            self.out.push_str("<tr>");
            for at in 0..columns {
                let look = &CELL[table.align(at) as usize];
                self.out.push_str("<td");
                match (look, self.mail) {
                    (Look(_, style), true) => self.attribute("style", style),
                    (Look("", _), false) => {}
                    (Look(class, _), false) => self.attribute("class", class),
                }
                // On a telephone a row stands as a list, each cell below the name of its column.
                if let (Some((name, _)), false) = (table.columns.get(at), self.mail) {
                    let name: String = name.spans().iter().map(Span::words).collect();
                    self.attribute("data-label", &clean(&name));
                }
                self.out.push('>');
                if let Some(cell) = row.get(at) {
                    self.text(cell);
                }
                self.out.push_str("</td>");
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>");
        self.close("table");
        self.close("div");
    }
}

/// Writes words so that no parser reads a tag, an entity or the end of an attribute in them.
fn escape(out: &mut String, words: &str) {
    let mut from = 0;
    for (at, byte) in words.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(&words[from..at]);
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(&words[from..]);
}
