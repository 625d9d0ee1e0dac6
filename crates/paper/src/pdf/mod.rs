//! A paper as PDF: A4, tagged, PDF/A-2a and PDF/UA-1, with the glyphs that it uses embedded.
//!
//! `faces.rs` finds glyphs, `shape.rs` turns words into measured clusters, `layout.rs` places them on
//! pages, `draw.rs` writes the pages with krilla. The same paper always gives the same bytes.

mod draw;
mod faces;
mod layout;
mod shape;

use crate::Paper;

/// Why there is no PDF. Nothing of the paper's words is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// The typefaces that come with the program cannot be read.
    #[error("the typefaces within the program cannot be read; build it again from clean sources")]
    Typefaces,
    /// A PDF cannot hold that much.
    #[error("the paper is longer than a PDF can be; divide it into several")]
    TooLong,
    /// The title is empty or longer than a PDF's properties hold.
    #[error("a PDF needs a title, of at most 1,000 characters")]
    Title,
    /// The writer refused, which is a fault of this crate.
    #[error("the PDF could not be written: {0}")]
    NotWritten(String),
}

/// The paper as PDF.
///
/// A character that no typeface here has (Thai, Arabic, Hangul, an emoji, a rare ideograph) is drawn
/// as a box with its Unicode number, a note at the end says so, and whoever copies or listens to the
/// text gets the character itself.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PdfError> {
    let title = paper.title.chars().count();
    if paper.title.trim().is_empty() || title > 1_000 {
        return Err(PdfError::Title);
    }
    let faces = faces::FACES.as_ref().ok_or(PdfError::Typefaces)?;
    draw::draw(paper, layout::lay_out(paper, faces), faces)
}
