//! Places a paper's blocks on pages, from top to bottom, as a list of things to draw and a tree of
//! what they mean. Lengths are points, counted from the upper left corner.

use std::num::NonZeroU16;
use std::rc::Rc;

use krilla::tagging::{ListNumbering, TableHeaderScope, Tag, TagKind};

use super::faces::{EM, Faces};
use super::shape::Shaped;
use crate::lines::Line;
use crate::{Align, Block, Language, Paper, Part, Shape, Table, Text};

/// A4.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
/// Margins; below it is the page number.
pub(super) const SIDE: f32 = 64.0;
const TOP: f32 = 62.0;
const BOTTOM: f32 = 74.0;
const INNER: f32 = WIDTH - 2.0 * SIDE;
const FLOOR: f32 = HEIGHT - BOTTOM;

/// Sizes of letters and the distance of lines.
#[derive(Debug, Clone, Copy)]
struct Set {
    size: f32,
    leading: f32,
}

const BODY: Set = Set { size: 10.5, leading: 18.0 };
const TITLE: Set = Set { size: 13.0, leading: 20.0 };
const TITLE_FIRST: Set = Set { size: 18.0, leading: 26.0 };
/// Addressee and sender of a sheet, beside each other.
const ADDRESSEE: Set = Set { size: 11.0, leading: 18.0 };
const HEAD: Set = Set { size: 9.5, leading: 16.0 };
const HEADING: Set = Set { size: 12.0, leading: 19.0 };
const SMALL: Set = Set { size: 8.5, leading: 13.5 };
const MONO: Set = Set { size: 8.5, leading: 13.0 };
const SUM: Set = Set { size: 20.0, leading: 28.0 };
/// From the first of these that fits.
const CELLS: [Set; 4] = [
    Set { size: 9.0, leading: 14.0 },
    Set { size: 8.0, leading: 12.5 },
    Set { size: 7.0, leading: 11.0 },
    Set { size: 6.0, leading: 9.5 },
];
/// Room around the words of a cell.
const CELL_SIDE: f32 = 4.0;
const CELL_ABOVE: f32 = 2.5;
/// A table with more columns is set as labels and values, row by row.
const MOST_COLUMNS: usize = 12;

/// A colour, by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Ink,
    Soft,
    Line,
    Wash,
    Link,
}

/// Something to draw.
#[derive(Debug)]
pub(super) enum Op {
    /// Words of one line; `slot` gathers what they mean, and none is for what only decorates.
    Words(Words),
    /// A thin rule.
    Rule { x: f32, y: f32, width: f32, thick: f32, tone: Tone },
    /// An area with or without a border.
    Area { x: f32, y: f32, width: f32, height: f32, fill: Tone, border: Option<Tone> },
}

#[derive(Debug)]
pub(super) struct Words {
    pub slot: Option<usize>,
    pub x: f32,
    pub baseline: f32,
    pub size: f32,
    pub tone: Tone,
    pub shaped: Rc<Shaped>,
    pub line: Line,
    /// What is added between clusters so that the line is full, in parts of an em.
    pub gap: i64,
    /// Which link of the words this is, if any; `line` holds nothing else then.
    pub link: Option<usize>,
}

/// What a part of the paper means.
#[derive(Debug)]
pub(super) struct Node {
    pub tag: TagKind,
    pub children: Vec<Child>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Child {
    Node(usize),
    Slot(usize),
}

/// A heading with its place, for the outline.
#[derive(Debug)]
pub(super) struct Mark {
    pub words: String,
    pub page: usize,
    pub y: f32,
    pub sub: bool,
}

/// A paper, placed.
#[derive(Debug)]
pub(super) struct Placed {
    pub pages: Vec<Vec<Op>>,
    pub nodes: Vec<Node>,
    pub roots: Vec<usize>,
    pub slots: usize,
    pub marks: Vec<Mark>,
}

/// Where words go and what they are.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: f32,
    width: f32,
    set: Set,
    tone: Tone,
    align: Align,
    /// Lines in Japanese are filled to the margin.
    fill: bool,
}

impl Place {
    fn wide(set: Set) -> Self {
        Self { x: SIDE, width: INNER, set, tone: Tone::Ink, align: Align::Start, fill: false }
    }

    fn room(&self) -> i64 {
        units(self.width, self.set.size)
    }
}

/// A length in parts of an em of letters of a size.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "lengths on paper"
)]
fn units(points: f32, size: f32) -> i64 {
    (points / size * EM as f32) as i64
}

/// Parts of an em in points.
#[expect(clippy::cast_precision_loss, reason = "lengths on paper")]
pub(super) fn points(units: i64, size: f32) -> f32 {
    units as f32 / EM as f32 * size
}

pub(super) fn lay_out(paper: &Paper, faces: &Faces) -> Placed {
    let mut flow = Flow {
        faces,
        language: paper.language,
        y: TOP,
        placed: Placed {
            pages: vec![Vec::new()],
            nodes: Vec::new(),
            roots: Vec::new(),
            slots: 0,
            marks: Vec::new(),
        },
        boxes: false,
        headed: false,
    };
    flow.head(paper);
    for (at, block) in paper.blocks.iter().enumerate() {
        flow.block(block, at == 0);
    }
    if flow.boxes {
        flow.gap(14.0);
        flow.note(&Text::from(match paper.language {
            Language::Ja => {
                "四角の中の英数字は、この書面の書体にない文字の Unicode 番号です。\
                 文字そのものは、PDF から写しとることができます。"
            }
            Language::En => {
                "A box with letters and digits stands for a character that the typeface of this \
                 paper does not have, by its Unicode number. The character itself can be copied \
                 from the PDF."
            }
        }));
    }
    flow.numbers();
    flow.placed
}

struct Flow<'a> {
    faces: &'a Faces,
    language: Language,
    y: f32,
    placed: Placed,
    /// Whether a character had no glyph.
    boxes: bool,
    /// Whether there was a heading, below which subheadings stand.
    headed: bool,
}

impl Flow<'_> {
    // Pages.

    fn op(&mut self, op: Op) {
        if let Some(page) = self.placed.pages.last_mut() {
            page.push(op);
        }
    }

    fn at_top(&self) -> bool {
        self.y <= TOP
    }

    fn next_page(&mut self) {
        self.placed.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Goes to the next page unless there is this much room.
    fn need(&mut self, height: f32) {
        if self.y + height > FLOOR && !self.at_top() {
            self.next_page();
        }
    }

    /// Leaves room, but none on top of a page.
    fn gap(&mut self, height: f32) {
        if !self.at_top() {
            self.y += height;
        }
    }

    // Meaning.

    fn node(&mut self, parent: Option<usize>, tag: impl Into<TagKind>) -> usize {
        let node = self.placed.nodes.len();
        self.placed.nodes.push(Node { tag: tag.into(), children: Vec::new() });
        match parent {
            Some(parent) => self.placed.nodes[parent].children.push(Child::Node(node)),
            None => self.placed.roots.push(node),
        }
        node
    }

    fn slot(&mut self, node: usize) -> usize {
        let slot = self.placed.slots;
        self.placed.slots += 1;
        self.placed.nodes[node].children.push(Child::Slot(slot));
        slot
    }

    // Words.

    fn shape(&mut self, text: &Text, bold: bool) -> Shaped {
        let shaped = Shaped::of(text, bold, self.faces);
        self.boxes |= shaped.has_boxes();
        shaped
    }

    /// As [`Self::shape`], for a cell: what has nothing to draw becomes a space, since a cell that
    /// holds nothing would be missing from what the table means.
    fn cell(&mut self, text: Option<&Text>, bold: bool) -> Shaped {
        let shaped = self.shape(text.unwrap_or(&Text::default()), bold);
        if shaped.glyphs.is_empty() && !shaped.has_boxes() {
            return Shaped::of(&Text::from(" "), bold, self.faces);
        }
        shaped
    }

    /// Sets words in lines from here on, over as many pages as they need. No page ends with the first
    /// line of several or begins with the last.
    fn set(&mut self, mut shaped: Shaped, place: Place, node: usize) {
        let lines = shaped.lines(place.room());
        let shaped = Rc::new(shaped);
        let count = lines.len();
        for (at, line) in lines.into_iter().enumerate() {
            let together = if at == 0 && count > 1 || at + 2 == count { 2.0 } else { 1.0 };
            self.need(together * place.set.leading);
            self.line(&shaped, &line, place, self.y, Some(node));
            self.y += place.set.leading;
        }
    }

    /// Puts one line on the page, its upper edge at `top`.
    fn line(
        &mut self,
        shaped: &Rc<Shaped>,
        line: &Line,
        place: Place,
        top: f32,
        node: Option<usize>,
    ) {
        let size = place.set.size;
        let width = points(line.width, size);
        let mut gap = 0;
        let x = match place.align {
            Align::Start => {
                if place.fill && !line.ends {
                    gap = fill(shaped, line, place.room());
                }
                place.x
            }
            Align::Centre => place.x + (place.width - width) / 2.0,
            Align::End => place.x + place.width - width,
        };
        // The letters of an em stand from 0.88 above the baseline to 0.12 below.
        let baseline = top + (place.set.leading - size) / 2.0 + 0.88 * size;
        let mut x = x;
        let mut start = line.clusters.start;
        while start < line.clusters.end {
            let link = shaped.links.iter().position(|(range, _)| range.contains(&start));
            let end = match link {
                Some(link) => shaped.links[link].0.end,
                None => shaped
                    .links
                    .iter()
                    .map(|(range, _)| range.start)
                    .filter(|from| *from > start)
                    .min()
                    .unwrap_or(line.clusters.end),
            }
            .min(line.clusters.end);
            let units: i64 = shaped.clusters[start..end].iter().map(|c| c.width + gap).sum();
            let slot = node.map(|node| match link {
                Some(_) => {
                    let link = self.node(Some(node), Tag::Link);
                    self.slot(link)
                }
                None => self.slot(node),
            });
            self.op(Op::Words(Words {
                slot,
                x,
                baseline,
                size,
                tone: if link.is_some() { Tone::Link } else { place.tone },
                shaped: Rc::clone(shaped),
                line: Line { clusters: start..end, width: units, ends: line.ends },
                gap,
                link,
            }));
            x += points(units, size);
            start = end;
        }
    }

    fn paragraph(&mut self, text: &Text, bold: bool, place: Place) {
        let shaped = self.shape(text, bold);
        let node = self.node(None, Tag::P);
        self.set(shaped, place, node);
    }

    fn body(&self) -> Place {
        Place { fill: self.language == Language::Ja, ..Place::wide(BODY) }
    }

    // The head.

    fn head(&mut self, paper: &Paper) {
        if paper.shape == Shape::Sheet {
            self.title(paper);
            self.sheet_head(paper);
            return;
        }
        for part in paper.head() {
            if part == Part::Title {
                self.gap(12.0);
                self.title(paper);
                continue;
            }
            let right = part != Part::Addressee && !paper.letter_in_english();
            let align = if right { Align::End } else { Align::Start };
            self.lines(paper.lines(part), part, Place { align, ..Place::wide(BODY) });
            if !paper.lines(part).is_empty() {
                self.y += 10.0;
            }
        }
    }

    fn lines(&mut self, lines: &[String], part: Part, place: Place) {
        for (at, line) in lines.iter().enumerate() {
            let bold = part == Part::Sender && at == 0;
            self.paragraph(&Text::from(line.as_str()), bold, place);
        }
    }

    fn title(&mut self, paper: &Paper) {
        let first = paper.shape == Shape::Sheet;
        let set = if first { TITLE_FIRST } else { TITLE };
        let align = if paper.letter_in_english() { Align::Start } else { Align::Centre };
        self.marked(&Text::from(paper.title.as_str()), 1, set, align);
        self.y += if first { 16.0 } else { 12.0 };
    }

    /// Addressee on the left, date and sender beside it on the right.
    fn sheet_head(&mut self, paper: &Paper) {
        let top = self.y;
        let left = Place { width: INNER * 0.44, ..Place::wide(HEAD) };
        let right =
            Place { x: SIDE + INNER * 0.48, width: INNER * 0.52, align: Align::End, ..left };
        let page = self.placed.pages.len();
        self.lines(&paper.addressee, Part::Addressee, Place { set: ADDRESSEE, ..left });
        if !paper.addressee.is_empty() {
            let op = Op::Rule {
                x: SIDE,
                y: self.y + 3.0,
                width: left.width,
                thick: 0.6,
                tone: Tone::Soft,
            };
            self.op(op);
        }
        let below = self.y;
        // Beside each other only if the left side is on this page.
        if self.placed.pages.len() == page {
            self.y = top;
        }
        for part in [Part::Date, Part::Sender] {
            self.lines(paper.lines(part), part, right);
        }
        if self.placed.pages.len() == page {
            self.y = self.y.max(below);
        }
        if self.y > top {
            self.y += 16.0;
        }
    }

    // Blocks.

    fn block(&mut self, block: &Block, first: bool) {
        let above = match block {
            _ if first => 0.0,
            Block::Heading(_) => 20.0,
            Block::Subheading(_) => 14.0,
            Block::Note(_) => 6.0,
            Block::PageBreak => 0.0,
            _ => 9.0,
        };
        self.gap(above);
        match block {
            Block::Heading(text) => {
                self.headed = true;
                self.heading(text, 2, HEADING);
            }
            Block::Subheading(text) => {
                let level = if self.headed { 3 } else { 2 };
                self.heading(text, level, BODY);
            }
            Block::Paragraph { text, align } => {
                let place = Place { align: *align, ..self.body() };
                self.paragraph(text, false, place);
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::List { items, numbered } => self.list(items, *numbered),
            Block::Note(text) => self.note(text),
            Block::Amount { label, amount } => self.amount(label, amount),
            Block::Preformatted(text) => self.preformatted(text),
            Block::PageBreak => {
                if !self.at_top() {
                    self.next_page();
                }
            }
        }
    }

    fn heading(&mut self, text: &Text, level: u16, set: Set) {
        // With some lines of what follows, or the head of a table and some of its lines.
        self.need(set.leading + 5.0 * BODY.leading);
        self.marked(text, level, set, Align::Start);
        self.y += 3.0;
    }

    fn marked(&mut self, text: &Text, level: u16, set: Set, align: Align) {
        let shaped = self.shape(text, true);
        let words: String = shaped.text.replace('\n', " ").chars().take(200).collect();
        let tag = Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(words.clone()));
        let node = self.node(None, tag);
        let (page, y) = (self.placed.pages.len() - 1, self.y);
        self.set(shaped, Place { align, ..Place::wide(set) }, node);
        self.placed.marks.push(Mark { words, page, y, sub: level > 1 });
    }

    fn note(&mut self, text: &Text) {
        let place = Place { tone: Tone::Soft, ..Place::wide(SMALL) };
        self.paragraph(text, false, place);
    }

    /// Labels on the left, values beside them, a thin rule below each.
    fn facts(&mut self, facts: &[(Text, Text)]) {
        let labels: Vec<Shaped> =
            facts.iter().map(|(label, _)| self.cell(Some(label), false)).collect();
        let widest = labels.iter().map(|label| label.width).max().unwrap_or(0);
        let column = (points(widest, BODY.size) + 1.0).min(INNER * 0.36);
        let left = Place { width: column, tone: Tone::Soft, ..Place::wide(BODY) };
        let right = Place { x: SIDE + column + 16.0, width: INNER - column - 16.0, ..self.body() };
        let list = self.node(None, Tag::L(ListNumbering::None));
        for (label, (_, value)) in labels.into_iter().zip(facts) {
            let value = self.cell(Some(value), false);
            let item = self.node(Some(list), Tag::LI);
            let nodes = [self.node(Some(item), Tag::Lbl), self.node(Some(item), Tag::LBody)];
            self.row(vec![(label, left), (value, right)], &nodes, (BODY.leading, 2.5), None, false);
        }
    }

    fn list(&mut self, items: &[Text], numbered: bool) {
        let numbering = if numbered { ListNumbering::Decimal } else { ListNumbering::Disc };
        let list = self.node(None, Tag::L(numbering));
        let dot = match self.language {
            Language::Ja => "・",
            Language::En => "•",
        };
        let mark = |at: usize| if numbered { format!("{}.", at + 1) } else { dot.to_owned() };
        let widest = self.shape(&Text::from(mark(items.len().max(1) - 1)), false).width;
        let column = points(widest, BODY.size);
        let gap = if numbered || self.language == Language::En { 6.0 } else { 2.0 };
        for (at, item) in items.iter().enumerate() {
            let node = self.node(Some(list), Tag::LI);
            let nodes = [self.node(Some(node), Tag::Lbl), self.node(Some(node), Tag::LBody)];
            let left = Place { width: column, align: Align::End, ..Place::wide(BODY) };
            let x = SIDE + column + gap;
            let right = Place { x, width: WIDTH - SIDE - x, ..self.body() };
            let mark = self.shape(&Text::from(mark(at)), false);
            let words = self.shape(item, false);
            self.need(BODY.leading);
            let (top, pages) = (self.y, self.placed.pages.len());
            let label = Line { clusters: 0..mark.clusters.len(), width: mark.width, ends: true };
            self.line(&Rc::new(mark), &label, left, top, Some(nodes[0]));
            self.set(words, right, nodes[1]);
            // An empty item has a line too.
            if self.y <= top && self.placed.pages.len() == pages {
                self.y = top + BODY.leading;
            }
        }
    }

    fn amount(&mut self, label: &Text, amount: &Text) {
        let (mut label, mut amount) = (self.shape(label, false), self.shape(amount, true));
        let part = self.node(None, Tag::Div);
        let nodes = [self.node(Some(part), Tag::P), self.node(Some(part), Tag::P)];
        let inner =
            Place { x: SIDE + 16.0, width: INNER - 32.0, align: Align::Centre, ..Place::wide(SUM) };
        let beside = points(label.width, BODY.size) + points(amount.width, SUM.size) + 24.0;
        if beside <= inner.width && !label.text.contains('\n') && !amount.text.contains('\n') {
            let height = SUM.leading + 20.0;
            self.need(height);
            self.area(height);
            let from = inner.x + (inner.width - beside) / 2.0;
            let place = Place { x: from, align: Align::Start, ..inner };
            let sum_x = from + points(label.width, BODY.size) + 24.0;
            let top = self.y + 10.0;
            // Both stand on one line.
            let lower = 0.88 * (SUM.size - BODY.size) + (SUM.leading - SUM.size) / 2.0
                - (BODY.leading - BODY.size) / 2.0;
            let lines = [label.lines(i64::MAX), amount.lines(i64::MAX)];
            let [label_line, amount_line] = lines.map(|lines| lines.into_iter().next());
            let soft = Place { set: BODY, tone: Tone::Soft, ..place };
            if let Some(line) = label_line {
                self.line(&Rc::new(label), &line, soft, top + lower, Some(nodes[0]));
            }
            if let Some(line) = amount_line {
                let place = Place { x: sum_x, ..place };
                self.line(&Rc::new(amount), &line, place, top, Some(nodes[1]));
            }
            self.y += height;
            return;
        }
        let soft = Place { set: BODY, tone: Tone::Soft, ..inner };
        let lines = label.lines(soft.room()).len();
        let sums = amount.lines(inner.room()).len();
        #[expect(clippy::cast_precision_loss, reason = "lengths on paper")]
        let height = lines as f32 * BODY.leading + sums as f32 * SUM.leading + 20.0;
        self.need(height);
        if self.y + height <= FLOOR {
            self.area(height);
        }
        self.y += 10.0;
        self.set(label, soft, nodes[0]);
        self.set(amount, inner, nodes[1]);
        self.y += 10.0;
    }

    fn area(&mut self, height: f32) {
        let (fill, border) = (Tone::Wash, Some(Tone::Soft));
        self.op(Op::Area { x: SIDE, y: self.y, width: INNER, height, fill, border });
    }

    fn preformatted(&mut self, text: &str) {
        let node = self.node(None, Tag::P);
        let code = self.node(Some(node), Tag::Code);
        let mut shaped = Shaped::preformatted(text.trim_end_matches('\n'), self.faces);
        self.boxes |= shaped.has_boxes();
        let place = Place { x: SIDE + 10.0, width: INNER - 20.0, ..Place::wide(MONO) };
        let lines = shaped.lines(place.room());
        let shaped = Rc::new(shaped);
        let mut lines = lines.into_iter().peekable();
        while lines.peek().is_some() {
            self.need(2.0 * MONO.leading + 12.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "lengths on paper"
            )]
            let fit = (((FLOOR - self.y - 12.0) / MONO.leading) as usize).max(1);
            let these: Vec<Line> = lines.by_ref().take(fit).collect();
            #[expect(clippy::cast_precision_loss, reason = "lengths on paper")]
            let height = these.len() as f32 * MONO.leading + 12.0;
            let (fill, border) = (Tone::Wash, None);
            self.op(Op::Area { x: SIDE, y: self.y, width: INNER, height, fill, border });
            let mut top = self.y + 6.0;
            for line in these {
                self.line(&shaped, &line, place, top, Some(code));
                top += MONO.leading;
            }
            self.y += height;
        }
    }

    fn table(&mut self, table: &Table) {
        let columns = table.width();
        if columns == 0 {
            return;
        }
        if columns > MOST_COLUMNS {
            self.records(table);
            return;
        }
        let mut head: Vec<Shaped> = (0..columns)
            .map(|at| self.cell(table.columns.get(at).map(|column| &column.0), true))
            .collect();
        let mut rows: Vec<Vec<Shaped>> = table
            .rows
            .iter()
            .map(|row| (0..columns).map(|at| self.cell(row.get(at), false)).collect())
            .collect();
        let (set, widths) = widths(&mut head, &mut rows);
        let mut places = Vec::new();
        let mut x = SIDE;
        for (at, width) in widths.iter().enumerate() {
            places.push(Place {
                x: x + CELL_SIDE,
                width: (width - 2.0 * CELL_SIDE).max(1.0),
                set,
                tone: Tone::Ink,
                align: table.align(at),
                fill: false,
            });
            x += width;
        }

        let head: Vec<(Rc<Shaped>, Vec<Line>, Place)> = head
            .into_iter()
            .zip(&places)
            .map(|(mut cell, place)| {
                let lines = cell.lines(place.room());
                (Rc::new(cell), lines, Place { tone: Tone::Soft, ..*place })
            })
            .collect();
        let mut head = Head { cells: head, nodes: None, leading: set.leading };
        if head.height() > (FLOOR - TOP) / 2.0 {
            self.records(table);
            return;
        }

        let node = self.node(None, Tag::Table);
        let thead = self.node(Some(node), Tag::THead);
        let head_row = self.node(Some(thead), Tag::TR);
        let head_nodes: Vec<usize> = (0..columns)
            .map(|_| self.node(Some(head_row), Tag::TH(TableHeaderScope::Column)))
            .collect();
        head.nodes = Some(head_nodes);
        // The head, and three lines of what is below it.
        self.need(head.height() + 3.0 * set.leading + 2.0 * CELL_ABOVE);
        self.table_head(&mut head);

        if rows.is_empty() {
            return;
        }
        let body = self.node(Some(node), Tag::TBody);
        for (at, row) in rows.into_iter().enumerate() {
            let tr = self.node(Some(body), Tag::TR);
            let nodes: Vec<usize> = (0..columns).map(|_| self.node(Some(tr), Tag::TD)).collect();
            let cells = row.into_iter().zip(places.iter().copied()).collect();
            // The first row is divided rather than that the head stands alone.
            self.row(cells, &nodes, (set.leading, CELL_ABOVE), Some(&mut head), at == 0);
        }
    }

    /// Each row as labels and values, where columns would be too narrow to read.
    fn records(&mut self, table: &Table) {
        for (at, row) in table.rows.iter().enumerate() {
            if at > 0 {
                self.gap(12.0);
            }
            let name = |at: usize| table.columns.get(at).map(|column| column.0.clone());
            let facts: Vec<(Text, Text)> = row
                .iter()
                .enumerate()
                .map(|(at, cell)| (name(at).unwrap_or_default(), cell.clone()))
                .collect();
            self.facts(&facts);
        }
    }

    /// Draws the head of a table; the first time it is part of what is read, then it only repeats.
    fn table_head(&mut self, head: &mut Head) {
        let nodes = head.nodes.take();
        let height = head.height();
        self.op(Op::Area {
            x: SIDE,
            y: self.y,
            width: INNER,
            height,
            fill: Tone::Wash,
            border: None,
        });
        for (at, (shaped, lines, place)) in head.cells.iter().enumerate() {
            let mut top = self.y + CELL_ABOVE + 1.0;
            for line in lines {
                let node = nodes.as_ref().map(|nodes| nodes[at]);
                self.line(shaped, line, *place, top, node);
                top += head.leading;
            }
        }
        self.y += height;
        self.op(Op::Rule { x: SIDE, y: self.y, width: INNER, thick: 0.8, tone: Tone::Soft });
    }

    /// A row of cells with a thin rule below. It stays on one page, unless it may be divided or a page
    /// is too short for it: then its lines go on below the head on the next.
    fn row(
        &mut self,
        cells: Vec<(Shaped, Place)>,
        nodes: &[usize],
        (leading, above): (f32, f32),
        mut head: Option<&mut Head>,
        divided: bool,
    ) {
        let cells: Vec<(Rc<Shaped>, Vec<Line>, Place)> = cells
            .into_iter()
            .map(|(mut shaped, place)| {
                let lines = shaped.lines(place.room());
                (Rc::new(shaped), lines, place)
            })
            .collect();
        let count = cells.iter().map(|(_, lines, _)| lines.len()).max().unwrap_or(0).max(1);
        let head_height = head.as_ref().map_or(0.0, |head| head.height());
        #[expect(clippy::cast_precision_loss, reason = "lengths on paper")]
        let height = |lines: usize| lines as f32 * leading + 2.0 * above;
        let whole_page = FLOOR - TOP - head_height;
        let mut done = 0;
        while done < count {
            let rest = count - done;
            let least = if height(rest) <= whole_page && !divided { rest } else { 1 };
            if self.y + height(least) > FLOOR && !self.at_top() {
                self.next_page();
                if let Some(head) = head.as_deref_mut() {
                    self.table_head(head);
                }
            }
            let room = FLOOR - self.y - 2.0 * above;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "lengths on paper"
            )]
            let fit = ((room / leading + 0.01) as usize).clamp(1, rest);
            for ((shaped, lines, place), node) in cells.iter().zip(nodes) {
                let mut top = self.y + above;
                for line in lines.iter().skip(done).take(fit) {
                    self.line(shaped, line, *place, top, Some(*node));
                    top += leading;
                }
            }
            self.y += height(fit);
            self.op(Op::Rule { x: SIDE, y: self.y, width: INNER, thick: 0.4, tone: Tone::Line });
            done += fit;
        }
    }

    /// Writes “1 / 3” below every page, once it is known how many there are.
    fn numbers(&mut self) {
        let count = self.placed.pages.len();
        for at in 0..count {
            let number = Text::from(format!("{} / {count}", at + 1));
            let mut shaped = Shaped::of(&number, false, self.faces);
            for line in shaped.lines(i64::MAX) {
                let x = (WIDTH - points(line.width, SMALL.size)) / 2.0;
                let words = Words {
                    slot: None,
                    x,
                    baseline: HEIGHT - 40.0,
                    size: SMALL.size,
                    tone: Tone::Soft,
                    shaped: Rc::new(std::mem::take(&mut shaped)),
                    line,
                    gap: 0,
                    link: None,
                };
                self.placed.pages[at].push(Op::Words(words));
            }
        }
    }
}

/// The head of a table, which is drawn on every page.
struct Head {
    cells: Vec<(Rc<Shaped>, Vec<Line>, Place)>,
    /// What its cells mean, until it was drawn once.
    nodes: Option<Vec<usize>>,
    leading: f32,
}

impl Head {
    fn height(&self) -> f32 {
        let lines = self.cells.iter().map(|(_, lines, _)| lines.len()).max().unwrap_or(0).max(1);
        #[expect(clippy::cast_precision_loss, reason = "lengths on paper")]
        let lines = lines as f32;
        lines * self.leading + 2.0 * CELL_ABOVE + 2.0
    }
}

/// The size of a table's letters and the width of each column. Every column is as wide as its words
/// want if letters of the first two sizes allow it. Else the widest columns give way: all are cut to
/// the same width, but none below its widest part, and letters become smaller if that does not fit.
fn widths(head: &mut [Shaped], rows: &mut [Vec<Shaped>]) -> (Set, Vec<f32>) {
    let count = head.len();
    let mut wanted: Vec<i64> = head.iter().map(|cell| cell.width).collect();
    for row in rows.iter() {
        for (at, cell) in row.iter().enumerate() {
            wanted[at] = wanted[at].max(cell.width);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "lengths on paper")]
    let room = INNER - count as f32 * 2.0 * CELL_SIDE;
    let all = |units: &[i64], set: Set| -> Vec<f32> {
        units.iter().map(|units| points(*units, set.size) + 0.5).collect()
    };
    let fits = |units: &[i64], set: Set| all(units, set).iter().sum::<f32>() <= room;
    let with_sides = |widths: Vec<f32>| -> Vec<f32> {
        widths.iter().map(|width| width + 2.0 * CELL_SIDE).collect()
    };
    if let Some(set) = CELLS[..2].iter().find(|set| fits(&wanted, **set)) {
        // What is left goes to all in proportion, so that the table is as wide as the words.
        let natural = all(&wanted, *set);
        let scale = room / natural.iter().sum::<f32>();
        return (*set, with_sides(natural.iter().map(|width| width * scale).collect()));
    }
    // A column of ideographs, which may be divided anywhere, still has room for four.
    let mut least: Vec<i64> = wanted.iter().map(|width| (*width).min(4 * EM)).collect();
    for row in std::iter::once(head).chain(rows.iter_mut().map(Vec::as_mut_slice)) {
        for (at, cell) in row.iter_mut().enumerate() {
            if cell.width > least[at] {
                least[at] = least[at].max(cell.widest_part());
            }
        }
    }
    let Some(set) = CELLS.iter().find(|set| fits(&least, **set)) else {
        // Not even small letters help: every part may be divided.
        let set = CELLS[1];
        return (set, with_sides(level(&all(&wanted, set), &vec![0.0; count], room)));
    };
    (*set, with_sides(level(&all(&wanted, *set), &all(&least, *set), room)))
}

/// Cuts widths to one level so that together they fill the room, none below its least.
fn level(wanted: &[f32], least: &[f32], room: f32) -> Vec<f32> {
    let cut = |level: f32| -> Vec<f32> {
        wanted.iter().zip(least).map(|(wanted, least)| wanted.min(level).max(*least)).collect()
    };
    let (mut low, mut high) = (0.0, room);
    for _ in 0..30 {
        let middle = f32::midpoint(low, high);
        if cut(middle).iter().sum::<f32>() > room {
            high = middle;
        } else {
            low = middle;
        }
    }
    cut(low)
}

/// What has to be added between the clusters of a line so that it is full; 0 if that would tear it.
fn fill(shaped: &Shaped, line: &Line, room: i64) -> i64 {
    let blanks =
        shaped.clusters[line.clusters.clone()].iter().rev().take_while(|c| c.blank).count();
    let gaps = i64::try_from(line.clusters.len() - blanks).unwrap_or(i64::MAX) - 1;
    if gaps < 1 {
        return 0;
    }
    let gap = (room - line.width) / gaps;
    if gap > EM / 10 { 0 } else { gap.max(0) }
}
