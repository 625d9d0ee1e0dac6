//! The frame around these pages and the parts that their forms share: fields with their hints and
//! errors, choices, the summary of what is wrong, the steps. No script, nothing from anywhere else.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use policy::{Document, Language};

use super::urls;
use crate::error::FieldError;
use crate::web::urls as all;
use crate::words;

/// One of two wordings.
pub(in crate::web) fn pick<'a>(language: Language, ja: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

/// An address of a page in a language; `query` may carry more, such as `kind=disclosure`.
pub(in crate::web) fn at(path: &str, query: &str, language: Language) -> String {
    let joint = if query.is_empty() { "" } else { "&" };
    format!("{path}?{query}{joint}lang={}", language.tag())
}

/// How the page is had in the other language.
pub(in crate::web) enum Other<'a> {
    /// At this path and query.
    At(&'a str, &'a str),
    /// By sending its form once more, so that nothing typed is lost.
    Form {
        /// The form's id.
        id: &'static str,
        /// Where it goes.
        action: &'static str,
        /// Its step that shows this page.
        step: &'static str,
        /// The step of its own button, which the Enter key means.
        enter: &'static str,
    },
    /// Not at all.
    None,
}

/// A page.
pub(in crate::web) struct Page<'a> {
    pub title: &'a str,
    pub language: Language,
    pub other: Other<'a>,
    /// Whose desk can be asked.
    pub desk: Option<&'a Document>,
    pub body: Markup,
}

fn name(language: Language) -> &'static str {
    match language {
        Language::Ja => "日本語",
        Language::En => "English",
    }
}

/// The whole page.
pub(in crate::web) fn draw(page: &Page<'_>) -> Markup {
    let Page { title, language, other, desk, body } = page;
    let (language, say) = (*language, |ja, en| pick(*language, ja, en));
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="privacy-policy" href=(all::POLICY);
                style {
                    (PreEscaped(include_str!("../style.css")))
                    (PreEscaped(include_str!("../form.css")))
                }
            }
            body {
                a.skip href="#page" { (say("本文へ", "Skip to content")) }
                @if let Other::Form { id, enter, .. } = other {
                    // Enter presses a form's first button: not the other language's.
                    button form=(id) name="step" value=(enter) hidden tabindex="-1" {}
                }
                nav.languages aria-label="Language / 言語" {
                    @for one in Language::ALL {
                        @if one == language {
                            @if !matches!(other, Other::None) {
                                span aria-current="true" { (name(one)) }
                            }
                        } @else {
                            @match other {
                                Other::At(path, query) => {
                                    a href=(at(path, query, one)) lang=(one.tag()) hreflang=(one.tag()) {
                                        (name(one))
                                    }
                                }
                                Other::Form { id, action, step, .. } => {
                                    button.plain form=(id) formaction=(at(action, "", one)) formnovalidate
                                        name="step" value=(step) lang=(one.tag()) { (name(one)) }
                                }
                                Other::None => {}
                            }
                        }
                    }
                }
                main id="page" { (body) }
                @if let Some(document) = desk {
                    footer.desk {
                        p {
                            (document.controller.desk.name.get(language)) " "
                            a href={ "mailto:" (document.controller.desk.email) } {
                                (document.controller.desk.email)
                            }
                        }
                        p {
                            a href=(at(urls::START, "", language)) { (say("請求について", "About requests")) }
                            a href={ (all::POLICY) "?lang=" (language.tag()) "#requests" } {
                                (say("プライバシーポリシー", "Privacy policy"))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong with what was sent.
#[derive(Default)]
pub(in crate::web) struct Wrong(Vec<FieldError>);

impl Wrong {
    pub(in crate::web) fn new(fields: Vec<FieldError>) -> Self {
        Self(fields)
    }

    pub(in crate::web) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field, in words. An error in one of a list, as in `items[2]`, is the list's.
    pub(in crate::web) fn of(&self, field: &str, language: Language) -> Option<String> {
        let found = self.0.iter().find(|error| {
            error.field == field
                || error.field.strip_prefix(field).is_some_and(|rest| rest.starts_with('['))
        });
        found.map(|error| in_words(error, language))
    }

    /// The list above a form, each with the way to its field; `fields` in the order of the page, with
    /// what each is called.
    pub(in crate::web) fn summary(
        &self,
        fields: &[(String, String)],
        language: Language,
    ) -> Markup {
        let known: Vec<_> = fields
            .iter()
            .filter_map(|(field, label)| Some((field, label, self.of(field, language)?)))
            .collect();
        html! {
            @if !self.is_empty() {
                div.told.alert role="alert" {
                    p { strong { (pick(language, "入力内容をご確認ください。", "Please check what you entered.")) } }
                    ul {
                        @for (field, label, words) in &known {
                            li {
                                a href={ "#" (id(field)) } { (label) }
                                (pick(language, "：", ": ")) (words)
                            }
                        }
                        @if known.is_empty() {
                            @for error in &self.0 { li { (in_words(error, language)) } }
                        }
                    }
                }
            }
        }
    }
}

fn in_words(error: &FieldError, language: Language) -> String {
    let say = |ja: &'static str, en: &'static str| pick(language, ja, en).to_owned();
    match (error.field.as_str(), error.code) {
        ("grounds", "missing") => {
            say("あてはまるものを選んでください。", "Please choose what applies.")
        }
        ("corrections", "missing") => say(
            "直したい項目を一つ以上入力してください。",
            "Please give at least one item that is to be put right.",
        ),
        ("passphrase", "too_short") => say(
            "合言葉は12文字以上にしてください。空のままでも受け取れます。",
            "A passphrase needs 12 characters or more. You may also leave it empty.",
        ),
        ("number", _) => say(
            "受付番号は英数字12文字です。ご確認ください。",
            "A receipt number has twelve letters and digits. Please check it.",
        ),
        ("code", "wrong") => say(
            "番号が違います。届いたもののうち、いちばん新しいメールの番号を入力してください。",
            "That is not the code. If you have several letters, use the newest.",
        ),
        ("code", "used") => say(
            "この番号はすでに使われました。新しい番号をお取りください。",
            "This code was used already. Please have another one sent.",
        ),
        ("code", "expired") => say(
            "この番号は使えなくなりました。新しい番号をお取りください。",
            "This code holds no longer. Please have another one sent.",
        ),
        (_, "unanswered") => say("どちらかをお選びください。", "Please choose one of the two."),
        (_, "unconfirmed") => say(
            "ご回答いただけるのは法定代理人の方だけです。よろしければ選んでください。",
            "Only a parent or legal guardian can answer. Please confirm that you are.",
        ),
        (_, "required") => say(
            "サービスに必要な項目のため、取り除くことはできません。",
            "The service needs this item, so it cannot be taken out.",
        ),
        (_, "unknown") => say("選び直してください。", "Please choose again."),
        (_, "no_file") => say("ファイルを選んでください。", "Please choose a file."),
        (_, "too_large") => say("ファイルが5MBをこえています。", "The file is larger than 5 MB."),
        (_, "other_type") => say(
            "PDF、JPEG、PNGのどれでもないファイルは受け付けられません。",
            "The file is neither a PDF nor a JPEG nor a PNG.",
        ),
        (_, "too_many") => {
            say("添付できるファイルは3つまでです。", "At most three files can be attached.")
        }
        (_, code) => words::field(code, language)
            .map_or_else(|| say("ご確認ください。", "Please check this."), str::to_owned),
    }
}

/// A field's name as an element's id.
pub(in crate::web) fn id(field: &str) -> String {
    field.replace(['.', '[', ']'], "-")
}

/// How a field takes what is typed.
#[derive(Clone, Copy)]
pub(in crate::web) enum Input<'a> {
    /// One line, of a type of HTML, with what a browser may fill in.
    Line { r#type: &'a str, autocomplete: &'a str },
    /// Several lines.
    Lines { rows: u8 },
}

/// Whether a field has to be filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Need {
    /// Always.
    Always,
    /// Depending on another: the server says so, as the browser cannot.
    Sometimes,
    /// Never.
    Never,
}

/// A field with its label.
#[derive(Clone, Copy)]
pub(in crate::web) struct Field<'a> {
    pub name: &'a str,
    pub label: &'a str,
    pub hint: Option<&'a str>,
    pub input: Input<'a>,
    pub value: &'a str,
    pub most: usize,
    pub need: Need,
}

/// Draws a field, with what is wrong beside it.
pub(in crate::web) fn field(field: &Field<'_>, wrong: &Wrong, language: Language) -> Markup {
    let Field { name, label, hint, input, value, most, need } = *field;
    let required = need == Need::Always;
    let error = wrong.of(name, language);
    let id = id(name);
    let told = described(&id, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    html! {
        div.field {
            label for=(id) {
                (label)
                @if need == Need::Never { " " small { (pick(language, "（任意）", "(optional)")) } }
            }
            @if let Some(hint) = hint { p.hint id={ (id) "-hint" } { (hint) } }
            @if let Some(error) = &error { p.error id={ (id) "-error" } { (error) } }
            @match input {
                Input::Line { r#type, autocomplete } => input id=(id) name=(name) type=(r#type)
                    value=(value) maxlength=(most) autocomplete=(autocomplete) required[required]
                    aria-invalid=[invalid] aria-describedby=[told.as_deref()];,
                Input::Lines { rows } => textarea id=(id) name=(name) rows=(rows) maxlength=(most)
                    required[required] aria-invalid=[invalid] aria-describedby=[told.as_deref()] {
                    // The first line end after the tag is not part of the value.
                    "\n" (value)
                },
            }
        }
    }
}

/// The ids of what describes a field.
pub(in crate::web) fn described(id: &str, hint: bool, error: bool) -> Option<String> {
    let hint = hint.then(|| format!("{id}-hint"));
    let error = error.then(|| format!("{id}-error"));
    let ids: Vec<String> = hint.into_iter().chain(error).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// Things to choose from: value, words, chosen.
pub(in crate::web) type Choice = (String, String, bool);

/// Draws what is chosen from, one of (`radio`) or any (`checkbox`).
pub(in crate::web) fn choices(name: &str, r#type: &str, given: &[Choice]) -> Markup {
    html! {
        div.choices {
            @for (n, (value, words, chosen)) in given.iter().enumerate() {
                // A link to the field leads to the first.
                label.choice {
                    input id=[(n == 0).then(|| id(name))] type=(r#type) name=(name) value=(value) checked[*chosen];
                    span { (words) }
                }
            }
        }
    }
}

/// A group of choices with its legend.
pub(in crate::web) fn group(
    (name, legend, hint): (&str, &str, Option<&str>),
    r#type: &str,
    given: &[Choice],
    wrong: &Wrong,
    language: Language,
) -> Markup {
    let error = wrong.of(name, language);
    let id = id(name);
    html! {
        fieldset.field aria-describedby=[described(&id, hint.is_some(), error.is_some())] {
            legend { (legend) }
            @if let Some(hint) = hint { p.hint id={ (id) "-hint" } { (hint) } }
            @if let Some(error) = &error { p.error id={ (id) "-error" } { (error) } }
            (choices(name, r#type, given))
        }
    }
}

/// The steps of asking; `now` counts from nought.
pub(in crate::web) fn steps(names: &[&str], now: usize, language: Language) -> Markup {
    html! {
        ol.steps aria-label=(pick(language, "手順", "Steps")) {
            @for (n, name) in names.iter().enumerate() {
                li.done[n < now] aria-current=[(n == now).then_some("step")] { (name) }
            }
        }
    }
}

/// A day of Japan's calendar, in the reader's form.
pub(in crate::web) fn day(at: jiff::Timestamp, language: Language) -> String {
    words::day(policy::calendar::calendar_day(at), language)
}

/// A day with the time left to it: the day on which a period ends.
pub(in crate::web) fn last_day(end: jiff::Timestamp, language: Language) -> String {
    words::last_day(end, language)
}
