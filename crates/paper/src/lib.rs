//! Paper: what is sent or handed to people as a letter, an invoice, a receipt or a list. It is
//! written once, as a [`Paper`], and set in three forms: [`text()`] for the plain part of a mail,
//! [`html()`] and [`html_for_mail()`] for screens, [`pdf()`] to print and to keep.
//!
//! There is no markup in strings: a [`Text`] is a row of typed spans, and whatever it holds is shown
//! as it is. A line feed inside a string begins a new line; a character that no form can show (a
//! control character, a change of writing direction) is shown as its number, `[U+202E]`.
//!
//! Nothing here knows a clock, a network, a file, a policy or a person. Read `html.rs` next for the
//! plainest of the forms, `pdf/layout.rs` for the longest.
//!
//! ```
//! use paper::{Block, Language, Paper, Text};
//!
//! let mut paper = Paper::letter(Language::En, "Your request", jiff::Timestamp::UNIX_EPOCH);
//! paper.addressee = vec!["Dear Sample Guest".to_owned()];
//! paper.blocks = vec![Block::paragraph(
//!     Text::from("We have ").strong("deleted").plain(" what you asked us to."),
//! )];
//! assert!(paper::text(&paper).contains("We have deleted what"));
//! ```

mod clean;
mod html;
mod lines;
mod pdf;
mod text;

use jiff::Timestamp;

pub use html::{html, html_for_mail};
pub use pdf::{PdfError, pdf};
pub use text::text;

/// The language that a paper is written in. It decides on the order of the head, typography, and the
/// few words that a form adds of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Language {
    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

/// How the head of a paper is arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Date, addressee and sender first; the title (件名) stands above the words.
    Letter,
    /// The title on top, then addressee, date and sender: an invoice, a receipt, a list.
    Sheet,
}

/// One paper, ready to be set. Absent parts of the head are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    /// The language of all its words.
    pub language: Language,
    /// How its head is arranged.
    pub shape: Shape,
    /// What it is: the subject of a letter, the name of a sheet. A PDF and a page have it as title.
    pub title: String,
    /// When it was made. Only a PDF's properties tell it; the date that people read is `date`.
    pub made_at: Timestamp,
    /// The date in words, and a number beside it if there is one.
    pub date: Option<String>,
    /// The sender's lines: name first, then address and how to answer.
    pub sender: Vec<String>,
    /// To whom: lines, with 様 or Dear.
    pub addressee: Vec<String>,
    /// What it says.
    pub blocks: Vec<Block>,
}

impl Paper {
    /// An empty letter.
    pub fn letter(language: Language, title: impl Into<String>, made_at: Timestamp) -> Self {
        Self::new(language, Shape::Letter, title.into(), made_at)
    }

    /// An empty sheet.
    pub fn sheet(language: Language, title: impl Into<String>, made_at: Timestamp) -> Self {
        Self::new(language, Shape::Sheet, title.into(), made_at)
    }

    fn new(language: Language, shape: Shape, title: String, made_at: Timestamp) -> Self {
        Self {
            language,
            shape,
            title,
            made_at,
            date: None,
            sender: Vec::new(),
            addressee: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// The parts of the head in the order in which they are read.
    fn head(&self) -> [Part; 4] {
        match (self.shape, self.language) {
            (Shape::Letter, Language::Ja) => {
                [Part::Date, Part::Addressee, Part::Sender, Part::Title]
            }
            (Shape::Letter, Language::En) => {
                [Part::Sender, Part::Date, Part::Addressee, Part::Title]
            }
            (Shape::Sheet, _) => [Part::Title, Part::Addressee, Part::Date, Part::Sender],
        }
    }

    /// An English letter stands at the left throughout; elsewhere date and sender stand on the right.
    fn letter_in_english(&self) -> bool {
        self.shape == Shape::Letter && self.language == Language::En
    }

    /// The lines of a part of the head, without the title.
    fn lines(&self, part: Part) -> &[String] {
        match part {
            Part::Date => self.date.as_slice(),
            Part::Addressee => &self.addressee,
            Part::Sender => &self.sender,
            Part::Title => &[],
        }
    }
}

/// A part of a paper's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Date,
    Addressee,
    Sender,
    Title,
}

/// Where words stand between the margins. Plain text has everything at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// On the left.
    #[default]
    Start,
    /// In the middle.
    Centre,
    /// On the right.
    End,
}

/// A piece of what a paper says.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The heading of a section.
    Heading(Text),
    /// The heading of a part of a section.
    Subheading(Text),
    /// Words.
    Paragraph {
        /// The words.
        text: Text,
        /// Where they stand: 記 in the middle, 敬具 at the end.
        align: Align,
    },
    /// Labels with their values.
    Facts(Vec<(Text, Text)>),
    /// Rows under a head.
    Table(Table),
    /// Items.
    List {
        /// The items.
        items: Vec<Text>,
        /// Whether they are counted.
        numbered: bool,
    },
    /// Small print.
    Note(Text),
    /// A sum, large and in a box: 金額 on an invoice or a receipt.
    Amount {
        /// What it is.
        label: Text,
        /// How much, with its currency.
        amount: Text,
    },
    /// What is kept letter by letter, in a face where all are of one width: an id, a proof.
    Preformatted(String),
    /// What follows begins on a new page.
    PageBreak,
}

impl Block {
    /// The heading of a section.
    pub fn heading(text: impl Into<Text>) -> Self {
        Self::Heading(text.into())
    }

    /// The heading of a part of a section.
    pub fn subheading(text: impl Into<Text>) -> Self {
        Self::Subheading(text.into())
    }

    /// Words on the left.
    pub fn paragraph(text: impl Into<Text>) -> Self {
        Self::Paragraph { text: text.into(), align: Align::Start }
    }

    /// Words in the middle.
    pub fn centred(text: impl Into<Text>) -> Self {
        Self::Paragraph { text: text.into(), align: Align::Centre }
    }

    /// Words on the right.
    pub fn at_the_end(text: impl Into<Text>) -> Self {
        Self::Paragraph { text: text.into(), align: Align::End }
    }

    /// Labels with their values.
    pub fn facts<L: Into<Text>, V: Into<Text>>(facts: impl IntoIterator<Item = (L, V)>) -> Self {
        Self::Facts(facts.into_iter().map(|(label, value)| (label.into(), value.into())).collect())
    }

    /// Items with a dot.
    pub fn list<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List { items: items.into_iter().map(Into::into).collect(), numbered: false }
    }

    /// Items with a number.
    pub fn numbered<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List { items: items.into_iter().map(Into::into).collect(), numbered: true }
    }

    /// Small print.
    pub fn note(text: impl Into<Text>) -> Self {
        Self::Note(text.into())
    }

    /// A sum in a box.
    pub fn amount(label: impl Into<Text>, amount: impl Into<Text>) -> Self {
        Self::Amount { label: label.into(), amount: amount.into() }
    }

    /// What is kept letter by letter.
    pub fn preformatted(text: impl Into<String>) -> Self {
        Self::Preformatted(text.into())
    }
}

/// Rows under a head. It is as wide as its widest row: a shorter row ends with empty cells, and a
/// column beyond the head has an empty name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The head: each column's name and where its cells stand.
    pub columns: Vec<(Text, Align)>,
    /// The rows.
    pub rows: Vec<Vec<Text>>,
}

impl Table {
    /// A table whose cells all stand at the start.
    pub fn new<T: Into<Text>>(columns: impl IntoIterator<Item = T>) -> Self {
        let columns = columns.into_iter().map(|name| (name.into(), Align::Start)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// The same with the cells of one column, counted from 0, standing elsewhere.
    #[must_use]
    pub fn aligned(mut self, column: usize, align: Align) -> Self {
        if let Some(column) = self.columns.get_mut(column) {
            column.1 = align;
        }
        self
    }

    /// Adds a row.
    pub fn push<T: Into<Text>>(&mut self, row: impl IntoIterator<Item = T>) {
        self.rows.push(row.into_iter().map(Into::into).collect());
    }

    /// How many columns there are.
    fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).fold(self.columns.len(), usize::max)
    }

    fn align(&self, column: usize) -> Align {
        self.columns.get(column).map_or(Align::Start, |column| column.1)
    }
}

/// Words in a row, some of them strong or a link. Made from a string, and more is added to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    spans: Vec<Span>,
}

/// Words of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Plain(String),
    /// Words that weigh more.
    Strong(String),
    /// Words that lead somewhere.
    Link {
        /// The words; the address itself may stand here.
        text: String,
        /// Where they lead.
        url: Url,
    },
}

impl Span {
    fn words(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Strong(text) | Self::Link { text, .. } => text,
        }
    }
}

impl Text {
    /// Strong words alone.
    pub fn all_strong(words: impl Into<String>) -> Self {
        Self::default().strong(words)
    }

    /// Adds words.
    #[must_use]
    pub fn plain(mut self, words: impl Into<String>) -> Self {
        self.spans.push(Span::Plain(words.into()));
        self
    }

    /// Adds strong words.
    #[must_use]
    pub fn strong(mut self, words: impl Into<String>) -> Self {
        self.spans.push(Span::Strong(words.into()));
        self
    }

    /// Adds a link. Without words its address stands there.
    #[must_use]
    pub fn link(mut self, words: impl Into<String>, url: Url) -> Self {
        let mut text = words.into();
        if text.trim().is_empty() {
            text.clone_from(&url.0);
        }
        self.spans.push(Span::Link { text, url });
        self
    }

    /// Its spans, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::default().plain(words)
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self::default().plain(words)
    }
}

/// An absolute address that a link leads to: `https`, `http`, `mailto` or `tel`, in ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(String);

impl Url {
    /// Reads an address; what is not ASCII has to be percent-encoded before.
    pub fn new(url: impl Into<String>) -> Result<Self, BadUrl> {
        let url = url.into();
        let rest = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme))
            .ok_or(BadUrl::Scheme)?;
        if rest.is_empty() {
            return Err(BadUrl::Empty);
        }
        if url.len() > 2_000 {
            return Err(BadUrl::Long);
        }
        let fits = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
        if !rest.bytes().all(fits) {
            return Err(BadUrl::Character);
        }
        Ok(Self(url))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why an address cannot be linked to. The address itself is not repeated, as it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// It does not begin with a scheme that is allowed.
    #[error("a link has to begin with `https://`, `http://`, `mailto:` or `tel:`")]
    Scheme,
    /// Nothing follows the scheme.
    #[error("a link needs an address after its scheme")]
    Empty,
    /// More than 2,000 bytes.
    #[error("a link may have 2,000 bytes; shorten its address")]
    Long,
    /// A character that is not allowed in an address.
    #[error("a link has a character that no address may have; percent-encode it")]
    Character,
}
