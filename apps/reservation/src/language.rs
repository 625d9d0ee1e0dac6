//! The languages of the pages, and how a reader's is chosen: what the address says, then the
//! cookie, then the browser. Knows no words; those live in [`crate::words`].

use serde::{Deserialize, Serialize};

/// A language that every page is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Ja,
    En,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// The BCP 47 tag, for `lang` attributes, cookies and the API.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The language's name for itself.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Self::Ja => "日本語",
            Self::En => "English",
        }
    }

    /// Reads a tag such as `en-GB` by its first part.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        let first = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| first.eq_ignore_ascii_case(language.tag()))
    }

    /// The language of an `Accept-Language` header that ranks first among ours.
    pub(crate) fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',').take(20) {
            let mut parts = range.split(';');
            let Some(language) = parts.next().and_then(Self::parse) else { continue };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// The language of a reader who has chosen none: what the browser asks for first among ours; English where it
    /// asks for others alone, Japanese where it asks for nothing.
    pub(crate) fn of_browser(header: Option<&str>) -> Self {
        let Some(asked) = header.filter(|asked| !asked.trim().is_empty()) else { return Self::Ja };
        Self::accepted(asked).unwrap_or(Self::En)
    }
}

/// The same words in both languages, as the published policy carries them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) ja: String,
    pub(crate) en: String,
}

impl Label {
    pub(crate) fn get(&self, language: Language) -> &str {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_s_order_of_languages_is_followed() {
        assert_eq!(Language::accepted("fr, en-GB;q=0.8, ja;q=0.9"), Some(Language::Ja));
        assert_eq!(Language::accepted("en-US,en;q=0.9,ja;q=0.8"), Some(Language::En));
        assert_eq!(Language::accepted("fr;q=1, ja;q=0"), None);
        assert_eq!(Language::accepted(""), None);
    }

    #[test]
    fn whoever_reads_neither_language_gets_english() {
        for (asked, language) in [
            (None, Language::Ja),
            (Some(""), Language::Ja),
            (Some("ja,en;q=0.5"), Language::Ja),
            (Some("ko-KR, fr;q=0.8"), Language::En),
            (Some("zh-TW, ja;q=0.3"), Language::Ja),
            (Some("*"), Language::En),
        ] {
            assert_eq!(Language::of_browser(asked), language, "{asked:?}");
        }
    }
}
