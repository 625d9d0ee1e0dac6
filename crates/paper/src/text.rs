//! A paper as plain text, for the plain part of a mail: lines of 72 columns, where a character of
//! East Asian width takes two. Everything stands at the start of its line, since a reader's screen
//! may be narrower. Only what must not be divided is longer: an address, and what is preformatted.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::clean::{clean, verbatim};
use crate::lines::{After, Cluster, cluster_ends, fold, mark_breaks};
use crate::{Align, Block, Language, Paper, Part, Span, Table, Text};

/// How wide a line may be.
const COLUMNS: usize = 72;

/// How wide a label may be and still have its value beside it.
const LABEL: usize = 24;

/// The paper as plain text, its lines ended by `\n`.
pub fn text(paper: &Paper) -> String {
    let mut sheet = Sheet { language: paper.language, out: String::new() };
    for part in paper.head() {
        if part == Part::Title {
            sheet.title(&paper.title);
        } else if !paper.lines(part).is_empty() {
            sheet.gap();
            for line in paper.lines(part) {
                sheet.set(&Text::from(line.as_str()), "", "");
            }
        }
    }
    for block in &paper.blocks {
        let before = sheet.out.len();
        sheet.gap();
        let start = sheet.out.len();
        sheet.block(block);
        // What says nothing leaves no lines.
        if sheet.out[start..].trim().is_empty() {
            sheet.out.truncate(before);
        }
    }
    sheet.out
}

struct Sheet {
    language: Language,
    out: String,
}

impl Sheet {
    fn width(&self, text: &str) -> usize {
        match self.language {
            Language::Ja => text.width_cjk(),
            Language::En => text.width(),
        }
    }

    fn gap(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end_matches(' '));
        self.out.push('\n');
    }

    fn rule(&mut self, mark: &str, columns: usize) {
        self.line(&mark.repeat(columns.min(COLUMNS)));
    }

    fn title(&mut self, title: &str) {
        self.gap();
        let from = self.out.len();
        self.set(&Text::from(title), "", "");
        let widest = self.out[from..].lines().map(|line| self.width(line)).max();
        self.rule("=", widest.unwrap_or(0));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => match self.language {
                Language::Ja => self.set(text, "■ ", "   "),
                Language::En => {
                    let from = self.out.len();
                    self.set(text, "", "");
                    let widest = self.out[from..].lines().map(|line| self.width(line)).max();
                    self.rule("-", widest.unwrap_or(0));
                }
            },
            Block::Subheading(text) => match self.language {
                Language::Ja => self.set(text, "● ", "   "),
                Language::En => self.set(text, "# ", "  "),
            },
            Block::Paragraph { text, .. } => self.set(text, "", ""),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::List { items, numbered } => self.list(items, *numbered),
            Block::Note(text) => match self.language {
                Language::Ja => self.set(text, "※ ", "   "),
                Language::En => self.set(text, "* ", "  "),
            },
            Block::Amount { label, amount } => {
                self.rule("-", COLUMNS);
                self.facts(&[(label.clone(), amount.clone())]);
                self.rule("-", COLUMNS);
            }
            Block::Preformatted(text) => {
                for line in verbatim(text).lines() {
                    self.out.push_str(line);
                    self.out.push('\n');
                }
            }
            Block::PageBreak => self.rule("-", COLUMNS),
        }
    }

    fn list(&mut self, items: &[Text], numbered: bool) {
        let digits = items.len().to_string().len();
        for (at, item) in items.iter().enumerate() {
            if numbered {
                let mark = format!("{:>digits$}. ", at + 1);
                self.set(item, &mark, &" ".repeat(mark.len()));
            } else {
                match self.language {
                    Language::Ja => self.set(item, "・", "  "),
                    Language::En => self.set(item, "- ", "  "),
                }
            }
        }
    }

    /// Labels in a column, values in the next; a value goes below a label that is too wide.
    fn facts(&mut self, facts: &[(Text, Text)]) {
        let labels: Vec<Flat> = facts.iter().map(|(label, _)| Flat::of(label)).collect();
        // The width of each label that stands beside its value.
        let widths: Vec<Option<usize>> = labels
            .iter()
            .map(|label| {
                let width = self.width(&label.text);
                (width <= LABEL && !label.text.contains('\n')).then_some(width)
            })
            .collect();
        let column = widths.iter().flatten().max().copied().unwrap_or(0);
        let beside = " ".repeat(column + 2);
        for ((label, width), (_, value)) in labels.iter().zip(widths).zip(facts) {
            if let Some(width) = width {
                let pad = " ".repeat(column + 2 - width);
                self.set(value, &format!("{}{pad}", label.text), &beside);
            } else {
                self.set_flat(label, "", "");
                self.set(value, "    ", "    ");
            }
        }
    }

    /// Columns side by side if they fit the line, else each row as facts.
    fn table(&mut self, table: &Table) {
        let columns = table.width();
        let head: Vec<Flat> = (0..columns)
            .map(|at| {
                table.columns.get(at).map_or_else(Flat::default, |column| Flat::of(&column.0))
            })
            .collect();
        let rows: Vec<Vec<Flat>> =
            table.rows.iter().map(|row| row.iter().map(Flat::of).collect()).collect();
        let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at)).chain(head.get(at));
        let widths: Vec<usize> = (0..columns)
            .map(|at| cells(at).map(|cell| self.width(&cell.text)).max().unwrap_or(0))
            .collect();
        let divided = (0..columns).any(|at| cells(at).any(|cell| cell.text.contains('\n')));
        if divided || widths.iter().map(|width| width + 2).sum::<usize>() > COLUMNS + 2 {
            for (at, row) in table.rows.iter().enumerate() {
                if at > 0 {
                    self.gap();
                }
                let name = |at: usize| table.columns.get(at).map(|column| column.0.clone());
                let facts: Vec<(Text, Text)> = row
                    .iter()
                    .enumerate()
                    .map(|(at, cell)| (name(at).unwrap_or_default(), cell.clone()))
                    .collect();
                self.facts(&facts);
            }
            if table.rows.is_empty() {
                for cell in &head {
                    self.set_flat(cell, "", "");
                }
            }
            return;
        }
        self.row(table, &head, &widths);
        self.rule("-", widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1));
        for row in &rows {
            self.row(table, row, &widths);
        }
    }

    fn row(&mut self, table: &Table, cells: &[Flat], widths: &[usize]) {
        let mut line = String::new();
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                line.push_str("  ");
            }
            let room = widths[at].saturating_sub(self.width(&cell.text));
            let before = match table.align(at) {
                Align::Start => 0,
                Align::Centre => room / 2,
                Align::End => room,
            };
            line.push_str(&" ".repeat(before));
            line.push_str(&cell.text);
            line.push_str(&" ".repeat(room - before));
        }
        self.line(&line);
    }

    fn set(&mut self, text: &Text, first: &str, rest: &str) {
        self.set_flat(&Flat::of(text), first, rest);
    }

    /// Sets words in lines, the first behind `first`, the others behind `rest`, which is as wide.
    fn set_flat(&mut self, flat: &Flat, first: &str, rest: &str) {
        let text = flat.text.as_str();
        let room = COLUMNS.saturating_sub(self.width(first)).max(2);
        let mut clusters: Vec<Cluster> = Vec::new();
        let mut start = 0;
        for end in cluster_ends(text) {
            let cluster = &text[start..end];
            let width = columns(self.cluster_width(cluster));
            let whole = flat.addresses.iter().any(|whole| whole.contains(&start));
            clusters
                .push(Cluster { whole, ..Cluster::new(end, width, matches!(cluster, " " | "\n")) });
            start = end;
        }
        mark_breaks(text, &mut clusters);
        for cluster in 1..clusters.len() {
            if clusters[cluster].whole && clusters[cluster - 1].whole {
                clusters[cluster - 1].after = After::Nothing;
            }
        }
        let lines = fold(&clusters, columns(room));
        let place = |at: usize| if at == 0 { 0 } else { clusters[at - 1].end };
        if lines.is_empty() {
            self.line(first);
        }
        for (at, line) in lines.iter().enumerate() {
            let words = &text[place(line.clusters.start)..place(line.clusters.end)];
            let indent = if at == 0 { first } else { rest };
            self.line(&format!("{indent}{}", words.trim_end_matches(['\n', ' '])));
        }
    }

    /// The sum over its characters, so that a line is never wider than its parts.
    fn cluster_width(&self, cluster: &str) -> usize {
        let width = |ch: char| match self.language {
            Language::Ja => ch.width_cjk(),
            Language::En => ch.width(),
        };
        cluster.chars().filter_map(width).sum::<usize>().max(self.width(cluster))
    }
}

fn columns(width: usize) -> i64 {
    i64::try_from(width).unwrap_or(i64::MAX)
}

/// Words without their kinds. The address of a link stands behind its words in angle brackets.
#[derive(Default)]
struct Flat {
    text: String,
    addresses: Vec<std::ops::Range<usize>>,
}

impl Flat {
    fn of(text: &Text) -> Self {
        let mut flat = Self::default();
        for span in text.spans() {
            match span {
                Span::Plain(words) | Span::Strong(words) => flat.text.push_str(&clean(words)),
                Span::Link { text, url } => {
                    let address = url.as_str();
                    let bare = address.strip_prefix("mailto:").or(address.strip_prefix("tel:"));
                    if text == address || Some(text.as_str()) == bare {
                        flat.address(text);
                    } else {
                        flat.text.push_str(&clean(text));
                        flat.text.push(' ');
                        flat.address(&format!("<{address}>"));
                    }
                }
            }
        }
        flat
    }

    fn address(&mut self, address: &str) {
        let start = self.text.len();
        self.text.push_str(address);
        self.addresses.push(start..self.text.len());
    }
}
