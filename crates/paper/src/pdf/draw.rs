//! Writes placed pages with krilla, and what they mean as its tag tree.

use std::ops::Range;

use jiff::tz::TimeZone;
use krilla::action::LinkAction;
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder, ValidationError};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::{Location, Surface};
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TagGroup, TagTree};
use krilla::text::{Glyph as Drawable, GlyphId};
use krilla::{Document, SerializeSettings};

use super::PdfError;
use super::faces::{FaceName, Faces};
use super::layout::{Child, HEIGHT, Mark, Node, Op, Placed, Tone, WIDTH, Words, points};
use super::shape::{BOX, Shaped};
use crate::Paper;
use crate::clean::clean;

pub(super) fn draw(paper: &Paper, placed: Placed, faces: &Faces) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| PdfError::NotWritten("the profiles do not agree".to_owned()))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(metadata(paper));
    document.set_outline(outline(&placed.marks));

    let mut slots: Vec<Vec<Identifier>> = vec![Vec::new(); placed.slots];
    for ops in &placed.pages {
        let Some(settings) = PageSettings::from_wh(WIDTH, HEIGHT) else {
            return Err(PdfError::NotWritten("a page has no size".to_owned()));
        };
        let mut page = document.start_page_with(settings);
        draw_page(page.surface(), ops, faces, &mut slots);
        for op in ops {
            if let Op::Words(words) = op
                && let (Some(link), Some(slot)) = (words.link, words.slot)
                && let Some(annotation) = annotation(words, link)
            {
                slots[slot].push(page.add_tagged_annotation(annotation));
            }
        }
        page.finish();
    }

    let mut tree = TagTree::new();
    let mut nodes: Vec<Option<Node>> = placed.nodes.into_iter().map(Some).collect();
    for root in placed.roots {
        if let Some(group) = group(root, &mut nodes, &mut slots) {
            tree.push(group);
        }
    }
    document.set_tag_tree(tree);
    document.finish().map_err(|error| failure(&error))
}

fn draw_page(surface: Surface<'_>, ops: &[Op], faces: &Faces, slots: &mut [Vec<Identifier>]) {
    let mut pen = Pen { surface, faces, tone: None, glyphs: Vec::new() };
    pen.areas(ops);
    for op in ops {
        if let Op::Words(words) = op {
            pen.words(words, slots);
        }
    }
    pen.rules(ops);
    pen.surface.finish();
}

/// The error without the words that a validation error repeats.
fn failure(error: &KrillaError) -> PdfError {
    match error {
        KrillaError::Validation(errors)
            if errors
                .iter()
                .any(|(error, _)| *error == ValidationError::TooManyIndirectObjects) =>
        {
            PdfError::TooLong
        }
        KrillaError::Limit(_) => PdfError::TooLong,
        error => PdfError::NotWritten(error.to_string()),
    }
}

fn metadata(paper: &Paper) -> Metadata {
    let made = TimeZone::UTC.to_datetime(paper.made_at);
    // All of these are within their ranges; a year before 0 is none that a paper is made in.
    let part = |value: i8| u8::try_from(value).unwrap_or(0);
    let date = DateTime::new(u16::try_from(made.year()).unwrap_or(0))
        .month(part(made.month()))
        .day(part(made.day()))
        .hour(part(made.hour()))
        .minute(part(made.minute()))
        .second(part(made.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let mut metadata = Metadata::new()
        .title(clean(&paper.title).replace('\n', " "))
        .language(paper.language.tag().to_owned())
        .creation_date(date);
    if let Some(sender) = paper.sender.first() {
        metadata = metadata.authors(vec![clean(sender).replace('\n', " ")]);
    }
    metadata
}

fn outline(marks: &[Mark]) -> Outline {
    let mut outline = Outline::new();
    let node = |mark: &Mark| {
        let top = Point::from_xy(0.0, (mark.y - 10.0).max(0.0));
        OutlineNode::new(mark.words.clone(), XyzDestination::new(mark.page, top))
    };
    let mut last: Option<OutlineNode> = None;
    for mark in marks {
        match &mut last {
            Some(last) if mark.sub => last.push_child(node(mark)),
            last => {
                if let Some(done) = last.replace(node(mark)) {
                    outline.push_child(done);
                }
            }
        }
    }
    if let Some(last) = last {
        outline.push_child(last);
    }
    outline
}

fn annotation(words: &Words, link: usize) -> Option<Annotation> {
    let url = &words.shaped.links.get(link)?.1;
    let width = points(words.line.width, words.size);
    let top = words.baseline - words.size;
    let rect = Rect::from_xywh(words.x, top, width.max(1.0), words.size * 1.3)?;
    let target = Target::Action(LinkAction::new(url.as_str().to_owned()).into());
    Some(Annotation::new_link(LinkAnnotation::new(rect, target), Some(url.as_str().to_owned())))
}

/// A node with all below it; `None` if nothing of it was drawn.
fn group(
    node: usize,
    nodes: &mut [Option<Node>],
    slots: &mut [Vec<Identifier>],
) -> Option<TagGroup> {
    let node = nodes[node].take()?;
    let mut made = TagGroup::new(node.tag);
    for child in node.children {
        match child {
            Child::Node(child) => {
                if let Some(child) = group(child, nodes, slots) {
                    made.push(child);
                }
            }
            Child::Slot(slot) => {
                for identifier in slots[slot].drain(..) {
                    made.push(identifier);
                }
            }
        }
    }
    (!made.children.is_empty()).then_some(made)
}

fn colour(tone: Tone) -> rgb::Color {
    match tone {
        Tone::Ink => rgb::Color::new(0x16, 0x18, 0x1a),
        Tone::Soft => rgb::Color::new(0x55, 0x5a, 0x60),
        Tone::Line => rgb::Color::new(0xc9, 0xc9, 0xc4),
        Tone::Wash => rgb::Color::new(0xf4, 0xf4, 0xf1),
        Tone::Link => rgb::Color::new(0x1d, 0x4e, 0x6b),
    }
}

/// What a page is drawn with.
struct Pen<'a, 'f> {
    surface: Surface<'a>,
    faces: &'f Faces,
    tone: Option<Tone>,
    /// Kept between calls so that not every cell asks for memory.
    glyphs: Vec<Placement>,
}

/// A glyph as krilla takes it.
struct Placement {
    id: u16,
    text: Range<usize>,
    advance: i64,
    shift: i64,
}

impl Drawable for Placement {
    fn glyph_id(&self) -> GlyphId {
        GlyphId::new(u32::from(self.id))
    }

    fn text_range(&self) -> Range<usize> {
        self.text.clone()
    }

    fn x_advance(&self, size: f32) -> f32 {
        points(self.advance, size)
    }

    fn x_offset(&self, size: f32) -> f32 {
        points(self.shift, size)
    }

    fn y_offset(&self, _: f32) -> f32 {
        0.0
    }

    fn y_advance(&self, _: f32) -> f32 {
        0.0
    }

    fn location(&self) -> Option<Location> {
        None
    }
}

impl Pen<'_, '_> {
    fn dip(&mut self, tone: Tone) {
        if self.tone != Some(tone) {
            let fill =
                Fill { paint: colour(tone).into(), opacity: NormalizedF32::ONE, ..Fill::default() };
            self.surface.set_fill(Some(fill));
            self.tone = Some(tone);
        }
    }

    fn decoration(&mut self, draw: impl FnOnce(&mut Self)) {
        let tag = ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout));
        self.surface.start_tagged(tag);
        draw(self);
        self.surface.end_tagged();
    }

    /// Fills rectangles in one go.
    fn fill(&mut self, rects: impl IntoIterator<Item = Rect>, tone: Tone) {
        let mut path = PathBuilder::new();
        for rect in rects {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            self.dip(tone);
            self.decoration(|pen| pen.surface.draw_path(&path));
        }
    }

    fn areas(&mut self, ops: &[Op]) {
        for op in ops {
            let Op::Area { x, y, width, height, fill, border } = op else { continue };
            self.fill(Rect::from_xywh(*x, *y, *width, *height), *fill);
            if let Some(border) = border {
                self.fill(frame(*x, *y, x + width, y + height, 0.9), *border);
            }
        }
    }

    fn rules(&mut self, ops: &[Op]) {
        for wanted in [Tone::Line, Tone::Soft] {
            let rects = ops.iter().filter_map(|op| match op {
                Op::Rule { x, y, width, thick, tone } if *tone == wanted => {
                    Rect::from_xywh(*x, y - thick / 2.0, *width, *thick)
                }
                _ => None,
            });
            self.fill(rects, wanted);
        }
    }

    fn words(&mut self, words: &Words, slots: &mut [Vec<Identifier>]) {
        let shaped = &words.shaped;
        let mut x = words.x;
        let mut at = words.line.clusters.start;
        while at < words.line.clusters.end {
            let face = shaped.drawn[at].face;
            let mut end = at + 1;
            while face.is_some() && end < words.line.clusters.end && shaped.drawn[end].face == face
            {
                end += 1;
            }
            let tag = match face {
                // What is drawn outside of what is read: a page number, a head that repeats.
                _ if words.slot.is_none() => {
                    ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther))
                }
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => {
                    let text = &shaped.text[shaped.start(at)..shaped.clusters[at].end];
                    ContentTag::Span(SpanTag::empty().with_actual_text(Some(text)))
                }
            };
            let mut drawn = Vec::new();
            match face {
                Some(face) => {
                    if self.place(shaped, at..end, words.gap) {
                        drawn.push(self.surface.start_tagged(tag));
                        self.dip(words.tone);
                        self.run(shaped, at, face, Point::from_xy(x, words.baseline), words.size);
                        self.surface.end_tagged();
                    }
                }
                None => {
                    self.frame(x, words.baseline, words.size, words.tone);
                    drawn.push(self.surface.start_tagged(tag));
                    self.dip(words.tone);
                    self.number(shaped, at, x, words.baseline, words.size);
                    self.surface.end_tagged();
                }
            }
            if let Some(slot) = words.slot {
                slots[slot].append(&mut drawn);
            }
            let units: i64 = shaped.clusters[at..end].iter().map(|c| c.width + words.gap).sum();
            x += points(units, words.size);
            at = end;
        }
    }

    /// Gathers the glyphs of clusters; whether there are any.
    fn place(&mut self, shaped: &Shaped, clusters: Range<usize>, gap: i64) -> bool {
        self.glyphs.clear();
        let base = shaped.start(clusters.start);
        for at in clusters {
            let text = shaped.start(at) - base..shaped.clusters[at].end - base;
            let glyphs = shaped.glyphs_of(at);
            for (nth, glyph) in glyphs.iter().enumerate() {
                let last = nth + 1 == glyphs.len();
                self.glyphs.push(Placement {
                    id: glyph.id,
                    text: text.clone(),
                    advance: glyph.advance + if last { gap } else { 0 },
                    shift: glyph.shift,
                });
            }
        }
        !self.glyphs.is_empty()
    }

    /// Draws the gathered glyphs, which begin with cluster `first`.
    fn run(&mut self, shaped: &Shaped, first: usize, face: FaceName, start: Point, size: f32) {
        let font = self.faces.get(face).font.clone();
        let text = &shaped.text[shaped.start(first)..];
        self.surface.draw_glyphs(start, &self.glyphs, font, text, size, false);
    }

    /// The frame of a box for a character without a glyph.
    fn frame(&mut self, x: f32, baseline: f32, size: f32, tone: Tone) {
        let thick = (size * 0.05).max(0.3);
        let (left, right) = (x + 0.06 * size, x + points(BOX, size) - 0.06 * size);
        let (top, bottom) = (baseline - 0.86 * size, baseline + 0.1 * size);
        self.fill(frame(left, top, right, bottom, thick), tone);
    }

    /// The number of a character within its box, in two lines.
    fn number(&mut self, shaped: &Shaped, at: usize, x: f32, baseline: f32, size: f32) {
        let text = &shaped.text[shaped.start(at)..shaped.clusters[at].end];
        let Some(ch) = text.chars().next() else { return };
        let digits = format!("{:04X}", u32::from(ch));
        let half = digits.len().div_ceil(2);
        let small = size * if digits.len() > 4 { 0.44 } else { 0.5 };
        for (line, from) in [0, half].into_iter().enumerate() {
            let part = &digits[from..(from + half).min(digits.len())];
            self.glyphs.clear();
            let mono = self.faces.get(FaceName::Mono);
            for (at, ch) in part.char_indices() {
                let Some(glyph) = mono.glyph(ch, None) else { continue };
                self.glyphs.push(Placement {
                    id: glyph.id,
                    text: at..at + 1,
                    advance: glyph.advance,
                    shift: glyph.shift,
                });
            }
            let width: i64 = self.glyphs.iter().map(|glyph| glyph.advance).sum();
            let x = x + (points(BOX, size) - points(width, small)) / 2.0;
            let y = baseline - if line == 0 { 0.44 } else { 0.03 } * size;
            let font = mono.font.clone();
            self.surface.draw_glyphs(Point::from_xy(x, y), &self.glyphs, font, part, small, false);
        }
    }
}

/// The four sides of a frame.
fn frame(left: f32, top: f32, right: f32, bottom: f32, thick: f32) -> impl Iterator<Item = Rect> {
    [
        Rect::from_ltrb(left, top, right, top + thick),
        Rect::from_ltrb(left, bottom - thick, right, bottom),
        Rect::from_ltrb(left, top + thick, left + thick, bottom - thick),
        Rect::from_ltrb(right - thick, top + thick, right, bottom - thick),
    ]
    .into_iter()
    .flatten()
}
