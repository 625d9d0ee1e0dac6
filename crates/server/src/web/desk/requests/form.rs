//! What a form sends, and how it comes back with everything kept when something was wrong with it.

use maud::{Markup, html};
use policy::Language;
use serde::Deserialize;

use super::words;
use crate::error::{Error, FieldError};

/// What a form sends, field by field.
#[derive(Deserialize, Default, Clone)]
#[serde(transparent)]
pub(in super::super) struct Sent(Vec<(String, String)>);

impl Sent {
    /// What a form begins with, or sent in another way.
    pub(in super::super) fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The value of a field; empty when it was not sent.
    pub(in super::super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// A field that says something.
    pub(in super::super) fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.trim().is_empty())
    }

    /// Every value of a field that may be sent more than once.
    pub(in super::super) fn every(&self, name: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).collect()
    }

    /// Every field below a name, such as `item.email` below `item`, that says something.
    pub(in super::super) fn below<'a>(
        &'a self,
        name: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(known, value)| {
            let rest = known.strip_prefix(name)?.strip_prefix('.')?;
            (!value.trim().is_empty()).then_some((rest, value.as_str()))
        })
    }

    /// A word of a closed list.
    pub(in super::super) fn word<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        read_word(self.get(name))
    }
}

/// Reads a word of a closed list.
pub(in super::super) fn read_word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// The word of something of a closed list.
pub(in super::super) fn word<T: serde::Serialize>(of: &T) -> String {
    serde_json::to_value(of).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A form that was sent and not done.
pub(in super::super) struct Tried {
    /// What it asked for.
    pub(in super::super) act: String,
    /// What was sent.
    pub(in super::super) sent: Sent,
    /// What was wrong, field by field.
    pub(in super::super) wrong: Vec<FieldError>,
    /// What is told above the page; of a conflict what the room said.
    pub(in super::super) told: Option<String>,
}

impl Tried {
    /// The texts that somebody wrote.
    pub(in super::super) fn typed(&self) -> impl Iterator<Item = &str> {
        let texts = ["reason", "reply", "note", "reference"];
        texts.into_iter().filter_map(|name| self.sent.some(name))
    }

    /// That something is wrong, at the head of the page, with the way there: a page is long, and the form may
    /// be far down.
    pub(in super::super) fn summary(&self, language: Language) -> Markup {
        let Some(first) = self.wrong.first() else { return html! {} };
        let say = words::Say(language);
        let again = Again { act: "", tried: Some(self), language };
        let field = first.field.split('[').next().unwrap_or_default();
        let marked = match (language, self.wrong.len()) {
            (Language::Ja, count) => format!("印のついた{count}か所を直してください。"),
            (Language::En, 1) => "Please mend what is marked.".to_owned(),
            (Language::En, count) => format!("Please mend the {count} places that are marked."),
        };
        html! {
            p.told.trouble role="alert" {
                (say.of("まだ完了していません。", "This is not done yet. "))
                a href={ "#" (self.act) (again.id(field)) "-wrong" } { (marked) }
            }
        }
    }

    /// A form that cannot be done, as a room said it; other troubles are not of the form.
    pub(in super::super) fn of(act: &str, sent: Sent, error: Error) -> Result<(Self, bool), Error> {
        let act = act.to_owned();
        match error {
            Error::Invalid(wrong) => Ok((Self { act, sent, wrong, told: None }, false)),
            Error::Conflict(detail) => {
                Ok((Self { act, sent, wrong: Vec::new(), told: Some(detail) }, true))
            }
            other => Err(other),
        }
    }
}

/// One form on a page: what was typed before and what was wrong with it.
#[derive(Clone, Copy)]
pub(in super::super) struct Again<'a> {
    /// Its name, which makes ids of fields its own.
    pub(in super::super) act: &'static str,
    tried: Option<&'a Tried>,
    /// The language of its words.
    pub(in super::super) language: Language,
}

impl<'a> Again<'a> {
    pub(in super::super) fn new(
        act: &'static str,
        tried: Option<&'a Tried>,
        language: Language,
    ) -> Self {
        Self { act, tried: tried.filter(|tried| tried.act == act), language }
    }

    /// Whether it was this form that came back.
    pub(in super::super) fn is_back(self) -> bool {
        self.tried.is_some()
    }

    /// What was typed into a field, or what stands there at first.
    pub(in super::super) fn kept(self, name: &str, first: &'a str) -> &'a str {
        self.tried.map_or(first, |tried| tried.sent.get(name))
    }

    /// Whether a choice was made, or is at first.
    pub(in super::super) fn chosen(self, name: &str, value: &str, first: bool) -> bool {
        self.tried.map_or(first, |tried| tried.sent.every(name).iter().any(|sent| sent == value))
    }

    fn wrong(self, name: &str) -> Option<&'a FieldError> {
        // A list is told beside the list: `items[0]` at `items`.
        let of = |field: &str| field == name || field.split('[').next() == Some(name);
        self.tried?.wrong.iter().find(|wrong| of(&wrong.field))
    }

    /// The id of a field.
    pub(in super::super) fn id(self, name: &str) -> String {
        format!("{}-{}", self.act, name.replace('.', "-"))
    }

    /// Whether something is wrong with a field.
    pub(in super::super) fn is_wrong(self, name: &str) -> bool {
        self.wrong(name).is_some()
    }

    /// For `aria-describedby`: where it is told what is wrong.
    pub(in super::super) fn described(self, name: &str) -> Option<String> {
        self.wrong(name).map(|_| format!("{}-wrong", self.id(name)))
    }

    /// What is wrong with a field, beside it.
    pub(in super::super) fn problem(self, name: &str) -> Markup {
        html! {
            @if let Some(wrong) = self.wrong(name) {
                p.wrong id={ (self.id(name)) "-wrong" } {
                    (words::wrong(wrong, self.language))
                }
            }
        }
    }

    /// A line of text with its label.
    pub(in super::super) fn line(
        self,
        name: &str,
        label: &str,
        first: &'a str,
        most: u32,
    ) -> Markup {
        html! {
            label for=(self.id(name)) { (label) }
            (self.problem(name))
            input id=(self.id(name)) name=(name) type="text" value=(self.kept(name, first))
                maxlength=(most) autocomplete="off"
                aria-invalid=[self.wrong(name).map(|_| "true")]
                aria-describedby=[self.described(name)];
        }
    }

    /// A text of several lines with its label.
    pub(in super::super) fn text(self, name: &str, label: &str, lines: u32) -> Markup {
        self.text_of("", name, label, lines, 4000)
    }

    /// The same where a page has the form more than once: `of` tells them apart.
    pub(in super::super) fn text_of(
        self,
        of: &str,
        name: &str,
        label: &str,
        lines: u32,
        most: u32,
    ) -> Markup {
        let id = if of.is_empty() { self.id(name) } else { format!("{}-{of}", self.id(name)) };
        html! {
            label for=(id) { (label) }
            (self.problem(name))
            textarea id=(id) name=(name) rows=(lines) maxlength=(most)
                aria-invalid=[self.wrong(name).map(|_| "true")]
                aria-describedby=[self.described(name)] { (self.kept(name, "")) }
        }
    }

    /// One of several.
    pub(in super::super) fn select(
        self,
        name: &str,
        label: &str,
        choices: &[(String, String)],
        first: &str,
    ) -> Markup {
        html! {
            label for=(self.id(name)) { (label) }
            (self.problem(name))
            select id=(self.id(name)) name=(name) aria-invalid=[self.wrong(name).map(|_| "true")]
                aria-describedby=[self.described(name)] {
                @for (value, words) in choices {
                    option value=(value) selected[self.chosen(name, value, value == first)] {
                        (words)
                    }
                }
            }
        }
    }

    /// Several of several, or one of them.
    pub(in super::super) fn choices(
        self,
        kind: &str,
        name: &str,
        legend: &str,
        choices: &[(String, String)],
        first: Option<&str>,
    ) -> Markup {
        html! {
            fieldset aria-describedby=[self.described(name)] {
                legend { (legend) }
                (self.problem(name))
                @for (value, words) in choices {
                    label.choice {
                        input type=(kind) name=(name) value=(value)
                            checked[self.chosen(name, value, first == Some(value))];
                        span { (words) }
                    }
                }
            }
        }
    }

    /// A plain confirmation of what cannot be undone.
    pub(in super::super) fn confirm(self, what: &str) -> Markup {
        html! {
            (self.problem("confirm"))
            label.choice {
                input type="checkbox" name="confirm" value="yes"
                    aria-describedby=[self.described("confirm")];
                span { (what) }
            }
        }
    }
}
