//! Words as measured clusters of glyphs: which face each character takes, and what none has.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::faces::{EM, FaceName, Faces, Glyph};
use crate::clean::{clean, verbatim};
use crate::lines::{After, Cluster, Line, cluster_ends, fold, mark_breaks};
use crate::{Span, Text, Url};

/// How wide the box is that stands for a character without a glyph.
pub(super) const BOX: i64 = EM * 9 / 8;

/// Words, measured in parts of an em.
#[derive(Debug, Default)]
pub(super) struct Shaped {
    pub text: String,
    pub clusters: Vec<Cluster>,
    /// What is drawn for each cluster.
    pub drawn: Vec<Drawn>,
    pub glyphs: Vec<Glyph>,
    /// Links by the clusters that lead there.
    pub links: Vec<(Range<usize>, Url)>,
    /// Its width in one line.
    pub width: i64,
    /// Whether it is known where lines may end.
    marked: bool,
}

/// What is drawn for a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    /// `None`: a box with the number of its character.
    pub face: Option<FaceName>,
    /// Where its glyphs end.
    pub end: usize,
}

impl Shaped {
    /// Words in the regular or the bold face; strong spans are bold in either.
    pub fn of(text: &Text, bold: bool, faces: &Faces) -> Self {
        let mut shaped = Self::default();
        for span in text.spans() {
            let strong = bold || matches!(span, Span::Strong(_));
            let from = shaped.clusters.len();
            let face = if strong { FaceName::Bold } else { FaceName::Regular };
            shaped.add(&clean(span.words()), face, faces);
            if let Span::Link { url, .. } = span {
                shaped.links.push((from..shaped.clusters.len(), url.clone()));
            }
        }
        shaped
    }

    /// What is kept letter by letter: its lines end where they end, or where there is no more room.
    pub fn preformatted(text: &str, faces: &Faces) -> Self {
        let mut shaped = Self::default();
        shaped.add(&verbatim(text), FaceName::Mono, faces);
        for at in 0..shaped.clusters.len() {
            if shaped.text[shaped.start(at)..].starts_with('\n') {
                shaped.clusters[at].after = After::MustBreak;
            }
        }
        shaped.marked = true;
        shaped
    }

    /// Divides it into lines of at most `width`.
    pub fn lines(&mut self, width: i64) -> Vec<Line> {
        if self.width <= width && !self.text.contains('\n') {
            return vec![Line { clusters: 0..self.clusters.len(), width: self.width, ends: true }];
        }
        self.mark();
        fold(&self.clusters, width)
    }

    /// The width of the widest part that is not divided as long as there is room.
    pub fn widest_part(&mut self) -> i64 {
        self.mark();
        let (mut widest, mut width) = (0, 0);
        for cluster in &self.clusters {
            width += if cluster.blank { 0 } else { cluster.width };
            widest = width.max(widest);
            if cluster.after != After::Nothing {
                width = 0;
            }
        }
        widest
    }

    /// Where a cluster begins in the text.
    pub fn start(&self, cluster: usize) -> usize {
        if cluster == 0 { 0 } else { self.clusters[cluster - 1].end }
    }

    /// The glyphs of a cluster.
    pub fn glyphs_of(&self, cluster: usize) -> &[Glyph] {
        let start = if cluster == 0 { 0 } else { self.drawn[cluster - 1].end };
        &self.glyphs[start..self.drawn[cluster].end]
    }

    /// Whether a character has no glyph in any face.
    pub fn has_boxes(&self) -> bool {
        self.drawn.iter().any(|drawn| drawn.face.is_none())
    }

    fn mark(&mut self) {
        if !self.marked {
            mark_breaks(&self.text, &mut self.clusters);
            self.marked = true;
        }
    }

    fn add(&mut self, words: &str, face: FaceName, faces: &Faces) {
        let base = self.text.len();
        self.text.push_str(words);
        self.clusters.reserve(words.len() / 2);
        self.drawn.reserve(words.len() / 2);
        self.glyphs.reserve(words.len() / 2);
        let main = faces.get(face);
        if words.chars().all(|ch| stands_alone(ch) && main.has(ch)) {
            for (start, ch) in words.char_indices() {
                self.glyphs.extend(main.glyph(ch, None));
                self.push(base + start + ch.len_utf8(), Some(face), is_blank(ch));
            }
            return;
        }
        let whole_words = words_in_wider(words, face, faces);
        let mut start = 0;
        for end in cluster_ends(words) {
            let wider = whole_words.iter().any(|word| word.contains(&start));
            let orders: &[FaceName] = match face {
                _ if wider => &[FaceName::Wider],
                // A Japanese face gives these half an em, which tears English words apart.
                FaceName::Regular | FaceName::Bold if is_quote(&words[start..end]) => {
                    &[FaceName::Wider]
                }
                FaceName::Mono => &[FaceName::Mono, FaceName::Regular, FaceName::Wider],
                FaceName::Bold => &[FaceName::Bold, FaceName::Wider],
                FaceName::Regular | FaceName::Wider => &[FaceName::Regular, FaceName::Wider],
            };
            self.add_cluster(base, words, start..end, orders, faces);
            start = end;
        }
    }

    /// Adds a cluster in the first face that has all of it, else each of its characters by itself.
    fn add_cluster(
        &mut self,
        base: usize,
        words: &str,
        range: Range<usize>,
        orders: &[FaceName],
        faces: &Faces,
    ) {
        let (cluster, end) = (&words[range.clone()], base + range.end);
        let blank = cluster.chars().all(is_blank);
        if cluster.chars().all(is_silent) {
            self.push(end, orders.first().copied(), blank);
            return;
        }
        let has_all =
            |name: &&FaceName| cluster.chars().all(|ch| is_silent(ch) || faces.get(**name).has(ch));
        if let Some(name) = orders.iter().find(has_all) {
            let mut chars = cluster.chars().peekable();
            while let Some(ch) = chars.next() {
                if !is_silent(ch) {
                    self.glyphs.extend(faces.get(*name).glyph(ch, chars.peek().copied()));
                }
            }
            self.push(end, Some(*name), blank);
            return;
        }
        for (at, ch) in cluster.char_indices() {
            let end = base + range.start + at + ch.len_utf8();
            if is_silent(ch) {
                // It belongs to what it follows.
                match self.clusters.last_mut() {
                    Some(last) => last.end = end,
                    None => self.push(end, orders.first().copied(), false),
                }
                continue;
            }
            let shown = if ch.is_whitespace() { ' ' } else { ch };
            let name = orders.iter().find(|name| faces.get(**name).has(shown)).copied();
            if let Some(name) = name {
                self.glyphs.extend(faces.get(name).glyph(shown, None));
            }
            self.push(end, name, blank);
        }
    }

    fn push(&mut self, end: usize, face: Option<FaceName>, blank: bool) {
        let start = self.drawn.last().map_or(0, |drawn| drawn.end);
        let width = match face {
            Some(_) => self.glyphs[start..].iter().map(|glyph| glyph.advance).sum(),
            None => BOX,
        };
        self.width += width;
        self.clusters.push(Cluster::new(end, width, blank));
        self.drawn.push(Drawn { face, end: self.glyphs.len() });
    }
}

fn is_quote(cluster: &str) -> bool {
    matches!(cluster, "‘" | "’" | "“" | "”")
}

/// Whether nothing can join to the character before it: most of Latin, kana and ideographs.
fn stands_alone(ch: char) -> bool {
    matches!(ch, ' '..='~' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}'
        | '\u{3000}'..='\u{3029}' | '\u{3030}'..='\u{3098}' | '\u{309b}'..='\u{9fff}'
        | '\u{ff01}'..='\u{ff9f}')
}

fn is_blank(ch: char) -> bool {
    ch.is_whitespace() && !matches!(ch, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

/// Whether a character is never drawn by itself: joiners, selectors, hints for breaking lines.
fn is_silent(ch: char) -> bool {
    matches!(ch, '\n' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
        | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The words that are set in the wider face as a whole, because it has all of their letters and the
/// face of the words around them lacks one. A name in two faces would look like two names.
fn words_in_wider(words: &str, face: FaceName, faces: &Faces) -> Vec<Range<usize>> {
    let (main, wider) = (faces.get(face), faces.get(FaceName::Wider));
    let narrow = |ch: char| !ch.is_whitespace() && ch.width().is_some_and(|width| width < 2);
    let mut found = Vec::new();
    let mut start = 0;
    for part in words.split_inclusive(|ch| !narrow(ch)) {
        let word = part.trim_end_matches(|ch| !narrow(ch));
        let lacks = |ch: char| !is_silent(ch) && !main.has(ch);
        if word.chars().any(lacks) && word.chars().all(|ch| is_silent(ch) || wider.has(ch)) {
            found.push(start..start + word.len());
        }
        start += part.len();
    }
    found
}
