//! Breaking words into lines by UAX #14 in its strict form, which keeps to kinsoku: no 、。」 or
//! small kana begins a line and no 「（ ends one. Widths are in whatever unit the form measures.

use std::ops::Range;

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_width::UnicodeWidthChar;

/// What is never divided: a character with the marks on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cluster {
    /// Where it ends in the text, in bytes.
    pub end: usize,
    /// Its width in the form's unit.
    pub width: i64,
    /// A space or the end of a line: it has no width at the end of a line.
    pub blank: bool,
    /// Part of something that is not divided even when it is too long for a line.
    pub whole: bool,
    /// It closes or goes on with what stands before it, and begins no line even in need.
    pub clings: bool,
    /// What may happen behind it.
    pub after: After,
}

impl Cluster {
    pub fn new(end: usize, width: i64, blank: bool) -> Self {
        Self { end, width, blank, whole: false, clings: false, after: After::Nothing }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Nothing,
    MayBreak,
    MustBreak,
}

/// What clings to the word before it where a word too long for a line has to be divided. Where words
/// are not too long, UAX #14 has said so already.
const CLOSING: &str = "、。，．・：；？！」』）］】〉》〕｝ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々,.:;!?)]}%";
/// What the word behind it clings to.
const OPENING: &str = "「『（［【〈《〔｛([{";

/// A line, as clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub clusters: Range<usize>,
    /// Its width without the blanks at its end.
    pub width: i64,
    /// Whether it ends because the text does, or says so.
    pub ends: bool,
}

/// The ends of the clusters of a text, in bytes.
pub(crate) fn cluster_ends(text: &str) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::with_capacity(text.len());
    let mut joins = false;
    for (start, ch) in text.char_indices() {
        let end = start + ch.len_utf8();
        // A mark has no width of its own; behind a joiner an emoji goes on.
        let mark = ch != '\n' && ch.width() == Some(0);
        match ends.last_mut() {
            Some(last) if (mark || joins) && !text[..start].ends_with('\n') => *last = end,
            _ => ends.push(end),
        }
        joins = ch == '\u{200d}';
    }
    ends
}

/// Says of each cluster whether a line may or must end behind it.
pub(crate) fn mark_breaks(text: &str, clusters: &mut [Cluster]) {
    let (mut start, mut opened) = (0, false);
    for cluster in clusters.iter_mut() {
        let first = text[start..].chars().next().unwrap_or(' ');
        cluster.clings = opened || CLOSING.contains(first);
        opened = OPENING.contains(first);
        start = cluster.end;
    }
    let mut at = 0;
    for (offset, opportunity) in linebreaks(text) {
        while clusters.get(at).is_some_and(|cluster| cluster.end < offset) {
            at += 1;
        }
        let Some(cluster) = clusters.get_mut(at).filter(|cluster| cluster.end == offset) else {
            continue;
        };
        if opportunity == BreakOpportunity::Allowed {
            cluster.after = After::MayBreak;
        } else if text[..offset].ends_with('\n') {
            cluster.after = After::MustBreak;
        }
    }
}

/// Divides clusters into lines no wider than `width`. What has no place to break and is too long for
/// a line is divided between clusters, unless it is whole.
pub(crate) fn fold(clusters: &[Cluster], width: i64) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < clusters.len() {
        let line = next_line(clusters, start, width);
        start = line.clusters.end;
        lines.push(line);
    }
    lines
}

fn next_line(clusters: &[Cluster], start: usize, width: i64) -> Line {
    let (mut total, mut inked) = (0, 0);
    let (mut best, mut between, mut anywhere) = (None, None, None);
    for (at, cluster) in clusters.iter().enumerate().skip(start) {
        if at > start && !(cluster.whole && clusters[at - 1].whole) {
            anywhere = Some((at, inked));
            if !cluster.clings {
                between = anywhere;
            }
        }
        if !cluster.blank
            && total + cluster.width > width
            && let Some((end, width)) = best.or(between).or(anywhere)
        {
            return Line { clusters: start..end, width, ends: false };
        }
        total += cluster.width;
        if !cluster.blank {
            inked = total;
        }
        match cluster.after {
            After::MustBreak => {
                return Line { clusters: start..at + 1, width: inked, ends: true };
            }
            After::MayBreak => best = Some((at + 1, inked)),
            After::Nothing => {}
        }
    }
    Line { clusters: start..clusters.len(), width: inked, ends: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str, width: i64) -> Vec<&str> {
        let mut clusters: Vec<Cluster> = Vec::new();
        let mut start = 0;
        for end in cluster_ends(text) {
            let ch = text[start..end].chars().next().unwrap();
            let width = i64::try_from(ch.width().unwrap_or(0)).unwrap();
            clusters.push(Cluster::new(end, width, ch.is_whitespace()));
            start = end;
        }
        mark_breaks(text, &mut clusters);
        let place = |at: usize| if at == 0 { 0 } else { clusters[at - 1].end };
        fold(&clusters, width)
            .iter()
            .map(|line| &text[place(line.clusters.start)..place(line.clusters.end)])
            .collect()
    }

    #[test]
    fn kinsoku_is_kept() {
        assert_eq!(folded("あいう。えお", 6), ["あい", "う。え", "お"]);
        assert_eq!(folded("あい「うえ」お", 6), ["あい", "「う", "え」お"]);
        assert_eq!(folded("きゃっきゃっ", 8), ["きゃっ", "きゃっ"]);
    }

    #[test]
    fn words_stay_whole_while_they_can() {
        assert_eq!(folded("one two three", 7), ["one two ", "three"]);
        assert_eq!(folded("a aaaaaaaaaa b", 4), ["a ", "aaaa", "aaaa", "aa b"]);
        // Even a word that is too long keeps its brackets.
        assert_eq!(folded("aaaaa))", 5), ["aaaa", "a))"]);
        assert_eq!(folded("))))", 2), ["))", "))"]);
        assert_eq!(folded("a\n\nb", 9), ["a\n", "\n", "b"]);
        assert_eq!(folded("", 9), [""; 0]);
    }

    #[test]
    fn marks_and_joined_emoji_are_not_divided() {
        assert_eq!(folded("e\u{301}e\u{301}", 1), ["e\u{301}", "e\u{301}"]);
        let family = "👩\u{200d}👧";
        assert_eq!(folded(family, 1), [family]);
    }
}
