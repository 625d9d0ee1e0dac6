//! The pieces that pages share: fields with their purposes and errors, reasons in words, notices.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, PreEscaped, html};

use crate::app::{App, Reader};
use crate::azukari::{FieldError, Item, Policy, Reason};
use crate::fields::{Fields, PHONE_COUNTRY};
use crate::language::Language;
use crate::words::Words;
use crate::{phone, sight, when};

/// What is wrong with a form: words by field, in the order of the page.
#[derive(Default)]
pub(crate) struct Errors(BTreeMap<String, String>);

impl Errors {
    pub(crate) fn add(&mut self, field: &str, words: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| words.into());
    }

    /// Puts what Azukari found into the reader's words.
    pub(crate) fn add_all(&mut self, found: &[FieldError], words: &Words) {
        for error in found {
            self.add(&error.field, in_words(error, words));
        }
    }

    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields that something is wrong with.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The first field with an error, by the order of the page.
    pub(crate) fn first<'a>(&self, order: &'a [Named]) -> Option<&'a str> {
        order.iter().map(|field| field.name.as_str()).find(|name| self.0.contains_key(*name))
    }

    /// The list above a form: every error, each with a way to its field.
    pub(crate) fn summary(&self, order: &[Named], words: &Words) -> Markup {
        let known = |name: &str| order.iter().any(|field| field.name == name);
        // No page shows a password again.
        let told = if self.fields().any(|field| field.ends_with("password")) {
            words.frame.form_has_errors_and_password
        } else {
            words.frame.form_has_errors
        };
        html! {
            @if !self.0.is_empty() {
                div class="notice alert" role="alert" {
                    p { strong { (told) } }
                    ul {
                        @for field in order {
                            @if let Some(error) = self.get(&field.name) {
                                li {
                                    a href={ "#" (field_id(&field.name)) } { (field.label) }
                                    (words.frame.colon) (error)
                                }
                            }
                        }
                        @for (_, error) in self.0.iter().filter(|(name, _)| !known(name)) {
                            li { (error) }
                        }
                    }
                }
            }
        }
    }
}

/// A field of a page, by name and label.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) label: String,
}

fn in_words(error: &FieldError, words: &Words) -> String {
    let known = match error.code.as_str() {
        "empty" | "missing" => words.frame.error_empty,
        "not_a_date" => words.door.error_not_a_date,
        "impossible_date" => words.door.error_impossible_date,
        "own_address" => words.door.error_own_address,
        "not_an_email" => words.frame.error_not_an_email,
        "not_a_phone" => words.frame.error_not_a_phone,
        "taken" => words.frame.error_taken,
        "too_long" => words.frame.error_too_long,
        "too_short" => words.frame.error_too_short,
        _ => return error.words.clone().unwrap_or_else(|| words.frame.error_other.to_owned()),
    };
    known.to_owned()
}

/// That her parent or guardian is asked, and until when.
pub(crate) fn representative_waits(until: Option<Timestamp>, reader: &Reader) -> Markup {
    let Some(until) = until else { return nothing() };
    let last = when::in_tokyo(until - SignedDuration::from_millis(1)).date();
    html! {
        div class="notice" {
            p { strong { (reader.words.door.consent_waits) } }
            p { ((reader.words.door.representative_waits)(&when::date(last, reader.language))) }
        }
    }
}

/// A name that somebody chose, of a person or a store. Whatever it is written in, and whatever it says of direction, it
/// turns nothing of the line around it.
pub(super) fn named(name: &str) -> Markup {
    html! { bdi { (name) } }
}

/// Whether a letter is written from right to left, by the blocks that Unicode keeps for such letters.
fn is_leftward(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// A sentence around such a name. An evening has hundreds of them, so a name that could turn nothing stands as it is.
pub(super) fn naming(say: impl Fn(&str) -> String, name: &str) -> Markup {
    const HERE: &str = "\u{fffc}";
    if !name.contains(is_leftward) {
        return html! { (say(name)) };
    }
    let said = say(HERE);
    let (before, after) = said.split_once(HERE).unwrap_or((&said, ""));
    html! { (before) (named(name)) (after) }
}

/// A guest by her name, as the language addresses people.
pub(super) fn person(name: &str, words: &Words) -> Markup {
    html! { (named(name)) ((words.office.guest_after)()) }
}

/// A field's name as an element's id.
pub(crate) fn field_id(name: &str) -> String {
    name.replace(['.', '[', ']'], "-")
}

/// What a field is used for. In view: the service itself, whoever else receives it, and what goes
/// beyond the service. Folded: the routine of any service, such as answering inquiries.
#[derive(Default)]
pub(crate) struct Purposes {
    first: Vec<String>,
    more: Vec<String>,
}

impl Purposes {
    pub(crate) fn of(names: &[String], policy: &Policy, drawn: &Drawn<'_>) -> Self {
        let mut purposes = Self::default();
        let mut known: Vec<_> =
            names.iter().filter_map(|name| Some((name, policy.purposes.get(name)?))).collect();
        known.retain(|(name, _)| drawn.said_above != Some(name.as_str()));
        let rank = |name: &str, tier: &str, leaves: bool| match (name, tier, leaves) {
            ("service", _, _) => 0,
            (_, _, true) => 1,
            (_, "other", _) => 2,
            _ => 3,
        };
        known.sort_by_key(|(name, purpose)| rank(name, &purpose.tier, purpose.needs_engagement));
        for (name, purpose) in known {
            let mut words = purpose.label.get(drawn.language).to_owned();
            if purpose.only_if_agreed() {
                words.push_str(drawn.words.frame.only_if_agreed);
            }
            if rank(name, &purpose.tier, purpose.needs_engagement) < 3 {
                purposes.first.push(words);
            } else {
                purposes.more.push(words);
            }
        }
        // One more is as quickly read as folded.
        if purposes.more.len() == 1 || purposes.first.is_empty() {
            purposes.first.append(&mut purposes.more);
        }
        purposes
    }
}

/// One field of a form.
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) required: bool,
    /// What it is used for, shown where it is asked.
    pub(crate) purposes: Purposes,
    pub(crate) hint: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
    pub(crate) focus: bool,
    pub(crate) autocomplete: Option<&'static str>,
}

impl Field<'_> {
    fn described_by(&self) -> Option<String> {
        let id = field_id(self.name);
        let mut ids = Vec::new();
        if self.error.is_some() {
            ids.push(format!("{id}-error"));
        }
        if self.hint.is_some() {
            ids.push(format!("{id}-hint"));
        }
        if !self.purposes.first.is_empty() {
            ids.push(format!("{id}-purpose"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// What stands between label and field: help, then what is wrong.
    fn notes(&self) -> Markup {
        let id = field_id(self.name);
        html! {
            @if let Some(hint) = self.hint { p class="hint" id={ (id) "-hint" } { (hint) } }
            @if let Some(error) = self.error { p class="error" id={ (id) "-error" } { (error) } }
        }
    }

    /// What stands under the field: what it is for.
    fn purpose(&self, words: &Words) -> Markup {
        let id = field_id(self.name);
        let Purposes { first, more } = &self.purposes;
        html! {
            @if !first.is_empty() {
                div class="purpose" {
                    p { (words.frame.used_for) }
                    div {
                        ul id={ (id) "-purpose" } { @for purpose in first { li { (purpose) } } }
                        @if !more.is_empty() {
                            details {
                                summary { ((words.hers.more_purposes)(more.len())) }
                                ul { @for purpose in more { li { (purpose) } } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn mark(&self, words: &Words) -> Markup {
        html! {
            @if self.required { " " span class="required" { (words.frame.required) } }
        }
    }

    /// One line of text; `kind` is the input's type.
    pub(crate) fn input(&self, kind: &str, value: Option<&str>, words: &Words) -> Markup {
        let id = field_id(self.name);
        html! {
            div class="field" {
                label for=(id) { (self.label) (self.mark(words)) }
                (self.notes())
                input id=(id) name=(self.name) type=(kind) value=[value]
                    autocomplete=[self.autocomplete]
                    aria-required=[self.required.then_some("true")]
                    aria-invalid=[self.error.map(|_| "true")]
                    aria-describedby=[self.described_by()]
                    autofocus[self.focus];
                (self.purpose(words))
            }
        }
    }

    /// A one-time code.
    pub(crate) fn code(&self, value: Option<&str>, words: &Words) -> Markup {
        let id = field_id(self.name);
        html! {
            div class="field" {
                label for=(id) { (self.label) (self.mark(words)) }
                (self.notes())
                input class="code" id=(id) name=(self.name) type="text" inputmode="numeric" value=[value]
                    autocomplete=[self.autocomplete]
                    aria-invalid=[self.error.map(|_| "true")]
                    aria-describedby=[self.described_by()]
                    autofocus[self.focus];
            }
        }
    }

    /// A telephone number: the country, and the number as it is written there.
    fn dial(&self, country: &str, value: &str, language: Language, words: &Words) -> Markup {
        let id = field_id(self.name);
        html! {
            div class="field" {
                label for=(id) { (self.label) (self.mark(words)) }
                (self.notes())
                div class="dial" {
                    select name=(PHONE_COUNTRY) aria-label=(words.door.phone_country)
                        autocomplete="tel-country-code" {
                        @for (iso, label) in phone::countries(language) {
                            option value=(iso) selected[iso == country] { (label) }
                        }
                    }
                    input id=(id) name=(self.name) type="tel" value=(value)
                        autocomplete=[self.autocomplete]
                        aria-invalid=[self.error.map(|_| "true")]
                        aria-describedby=[self.described_by()]
                        autofocus[self.focus];
                }
                (self.purpose(words))
            }
        }
    }

    /// Several lines of text.
    pub(crate) fn area(&self, value: &str, words: &Words) -> Markup {
        let id = field_id(self.name);
        html! {
            div class="field" {
                label for=(id) { (self.label) (self.mark(words)) }
                (self.notes())
                textarea id=(id) name=(self.name) rows="2"
                    aria-required=[self.required.then_some("true")]
                    aria-invalid=[self.error.map(|_| "true")]
                    aria-describedby=[self.described_by()]
                    autofocus[self.focus] { (value) }
                (self.purpose(words))
            }
        }
    }

    /// One of a list, folded.
    pub(crate) fn select(
        &self,
        options: &[(String, String)],
        chosen: &str,
        words: &Words,
    ) -> Markup {
        let id = field_id(self.name);
        html! {
            div class="field" {
                label for=(id) { (self.label) (self.mark(words)) }
                (self.notes())
                select id=(id) name=(self.name)
                    aria-invalid=[self.error.map(|_| "true")]
                    aria-describedby=[self.described_by()]
                    autofocus[self.focus] {
                    @for (value, label) in options {
                        option value=(value) selected[value == chosen] { (label) }
                    }
                }
                (self.purpose(words))
            }
        }
    }

    /// One of a few, all in view.
    pub(crate) fn radios(
        &self,
        options: &[(String, String)],
        chosen: &str,
        words: &Words,
    ) -> Markup {
        let id = field_id(self.name);
        html! {
            fieldset class="field" aria-describedby=[self.described_by()]
                aria-invalid=[self.error.map(|_| "true")] {
                legend { (self.label) (self.mark(words)) }
                (self.notes())
                div class="choices" {
                    @for (at, (value, label)) in options.iter().enumerate() {
                        label class="choice" {
                            input type="radio" name=(self.name) value=(value)
                                id=[(at == 0).then_some(&id)]
                                checked[value == chosen]
                                autofocus[self.focus && at == 0];
                            span { (label) }
                        }
                    }
                }
                (self.purpose(words))
            }
        }
    }
}

/// The languages a guest may want to be spoken to in.
const SPOKEN: [(&str, &str); 9] = [
    ("ja", "日本語"),
    ("en", "English"),
    ("zh", "中文"),
    ("ko", "한국어"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("th", "ไทย"),
];

/// The options of an item that is a list; `None` for free text.
pub(crate) fn options(item: &Item, language: Language) -> Option<Vec<(String, String)>> {
    match item.kind.as_str() {
        "choice" => Some(
            item.choices
                .iter()
                .map(|(name, label)| (name.clone(), label.get(language).to_owned()))
                .collect(),
        ),
        "language" => Some(SPOKEN.map(|(tag, name)| (tag.to_owned(), name.to_owned())).into()),
        _ => None,
    }
}

/// A value as people read it.
pub(crate) fn shown(policy: &Policy, item: &str, value: &str, language: Language) -> String {
    if item == "phone" {
        return phone::shown(value, language);
    }
    let item = policy.items.get(item);
    if item.is_some_and(|item| item.kind == "birth_date")
        && let Ok(date) = value.parse()
    {
        return when::plain(date, language);
    }
    let known = item.and_then(|item| options(item, language));
    let label = known.and_then(|options| {
        options.into_iter().find_map(|(name, label)| (name == value).then_some(label))
    });
    label.unwrap_or_else(|| value.to_owned())
}

/// The field in which an item is typed.
pub(crate) fn item_field(
    policy: &Policy,
    name: &str,
    drawn: &Drawn<'_>,
    hint: Option<&str>,
) -> Markup {
    let Some(item) = policy.items.get(name) else { return html! {} };
    let Drawn { fields, errors, first_error, language, words, .. } = drawn;
    let field_name = format!("items.{name}");
    let field = Field {
        name: &field_name,
        label: item.label.get(*language),
        required: item.required,
        purposes: Purposes::of(&item.purposes, policy, drawn),
        hint,
        error: errors.get(&field_name),
        focus: *first_error == Some(field_name.as_str()),
        autocomplete: match name {
            "name" => Some("name"),
            "email" => Some("email"),
            "phone" => Some("tel-national"),
            "birth_date" => Some("bday"),
            "company" => Some("organization"),
            "language" => Some("language"),
            _ => None,
        },
    };
    let value = fields.get(&field_name);
    match (options(item, *language), item.kind.as_str()) {
        (Some(options), "choice") => field.radios(&options, value, words),
        (Some(options), _) => field.select(&options, value, words),
        (None, "email") => field.input("email", Some(value), words),
        (None, "phone") => field.dial(fields.get(PHONE_COUNTRY), value, *language, words),
        (None, "birth_date") => field.input("date", Some(value), words),
        (None, _) if item.multiline == Some(true) => field.area(value, words),
        (None, _) => field.input("text", Some(value), words),
    }
}

/// A form as it is drawn: what was typed, what is wrong, for whom.
pub(crate) struct Drawn<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) errors: &'a Errors,
    pub(crate) first_error: Option<&'a str>,
    /// A purpose that all fields share, said once for the whole page.
    pub(crate) said_above: Option<&'a str>,
    pub(crate) language: Language,
    pub(crate) words: &'static Words,
}

/// What a store is told when somebody books, by purpose.
pub(crate) fn sent_to(policy: &Policy, reader: &Reader) -> Markup {
    sent(policy, reader, |_| true, &BTreeSet::new())
}

/// What of it is held of a guest and so goes to the store she books, and what is held and not passed on since its consent
/// was withdrawn; the rest is there to be added.
pub(crate) fn held_to_send(
    policy: &Policy,
    reader: &Reader,
    goes: &BTreeSet<String>,
    withheld: &BTreeSet<String>,
) -> Markup {
    sent(policy, reader, |item| goes.contains(item), withheld)
}

fn sent(
    policy: &Policy,
    reader: &Reader,
    which: impl Fn(&str) -> bool,
    withdrawn: &BTreeSet<String>,
) -> Markup {
    let (words, language) = (reader.words, reader.language);
    html! {
        dl class="sent" {
            @for (purpose, items) in [
                ("reservation", &sight::RESERVATION_ITEMS[..]),
                ("meal", &sight::MEAL_ITEMS[..]),
            ] {
                @let known = items.iter().filter(|item| policy.items.contains_key(**item) && which(item));
                @let labels: Vec<&str> =
                    known.map(|item| policy.item_label(item, language)).collect();
                @let held: Vec<&str> =
                    items.iter().copied().filter(|item| withdrawn.contains(*item)).collect();
                div {
                    dt { (policy.purpose_label(purpose, language)) }
                    dd {
                        @if !labels.is_empty() { (labels.join(words.frame.comma)) }
                        @else if held.is_empty() { span class="soft" { (words.finding.nothing_held) } }
                        @for item in held {
                            p class="soft" {
                                (policy.item_label(item, language)) (words.frame.colon)
                                (words.hers.withheld_withdrawn)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Why something was refused, as sentences for a store or for a guest.
pub(crate) fn reasons(reasons: &[Reason], words: &Words) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for reason in reasons {
        // It never stands alone: the consent that is missing says the same, and says which.
        if reason.id == "special_care_without_consent" && reasons.len() > 1 {
            continue;
        }
        let state = reason.state.as_deref().unwrap_or_default();
        let dietary = reason.consent.as_deref() == Some("dietary_care");
        let sentence = match (reason.id.as_str(), state) {
            ("consent_not_given", "withdrawn") if dietary => words.reason.dietary_withdrawn,
            ("consent_not_given", "withdrawn") => words.reason.consent_withdrawn,
            ("consent_not_given" | "consent_missing" | "special_care_without_consent", _)
                if dietary =>
            {
                words.reason.dietary_missing
            }
            ("consent_not_given" | "consent_missing" | "special_care_without_consent", _) => {
                words.reason.consent_missing
            }
            ("consent_for_other_notice", _) => words.reason.other_notice,
            ("restricted" | "provision_stopped", _) => words.reason.restricted,
            ("engagement_ended", _) => words.reason.visit_over,
            ("engagement_cancelled", _) => words.reason.cancelled,
            ("no_engagement", _) => words.reason.no_booking,
            ("recipient_suspended", _) => words.reason.suspended,
            ("unknown_subject", _) => words.reason.account_closed,
            _ => reason.words.as_deref().unwrap_or(words.reason.other),
        };
        if !told.iter().any(|known| known == sentence) {
            told.push(sentence.to_owned());
        }
    }
    if told.is_empty() {
        told.push(words.reason.other.to_owned());
    }
    told
}

/// Wording of the policy: its paragraphs, as paragraphs.
pub(crate) fn prose(text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
            p { (paragraph) }
        }
    }
}

/// A moment with its machine-readable form.
pub(crate) fn moment(at: jiff::Timestamp, shown: &str) -> Markup {
    html! { time datetime=(at) { (shown) } }
}

/// Where a letter is read that no mail server takes: in a demo alone.
pub(crate) fn letters_lie(app: &App, reader: &Reader) -> Markup {
    let Some(folder) = &app.letters_lie else { return nothing() };
    let told = reader.words.door.letters_lie;
    html! {
        div class="notice" {
            p { (told) (reader.words.frame.colon) }
            p { code { (folder.display()) } }
        }
    }
}

/// A good word at the top of a page after something was done.
pub(crate) fn done(words: &str) -> Markup {
    html! { div class="notice done" role="status" { p { (words) } } }
}

/// Nothing, where a function wants markup.
pub(crate) fn nothing() -> Markup {
    PreEscaped(String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_special_care_reason_says_which_consent_only_once() {
        let reason = |id: &str| Reason {
            id: id.to_owned(),
            consent: Some("dietary_care".to_owned()),
            state: Some("withdrawn".to_owned()),
            words: None,
        };
        let words = Words::of(Language::En);
        let told =
            reasons(&[reason("consent_not_given"), reason("special_care_without_consent")], words);
        assert_eq!(told, [words.reason.dietary_withdrawn]);
        assert_eq!(reasons(&[], words), [words.reason.other]);
    }

    #[test]
    fn a_date_of_birth_is_shown_the_way_each_language_writes_a_day() {
        let mut policy = super::super::me::looks::tests::policy();
        let item = serde_json::json!({
            "label": { "ja": "生年月日", "en": "Date of birth" }, "kind": "birth_date",
            "purposes": ["service"],
        });
        policy.items.insert("birth_date".to_owned(), serde_json::from_value(item).unwrap());
        for (language, value, day) in [
            (Language::Ja, "1990-04-05", "1990年4月5日"),
            (Language::En, "1990-04-05", "5 Apr 1990"),
            // What is no day is shown as it is.
            (Language::Ja, "1990", "1990"),
        ] {
            assert_eq!(shown(&policy, "birth_date", value, language), day);
        }
    }

    #[test]
    fn what_is_held_and_not_passed_on_is_not_said_to_be_not_held() {
        let mut policy = super::super::me::looks::tests::policy();
        let item = serde_json::json!({
            "label": { "ja": "食物アレルギー", "en": "Food allergies" }, "kind": "text",
            "purposes": ["meal"], "consent": "dietary_care",
        });
        policy.items.insert("allergy".to_owned(), serde_json::from_value(item).unwrap());
        let words = Words::of(Language::Ja);
        let reader = super::super::me::looks::tests::reader(Language::Ja);
        let allergy = BTreeSet::from(["allergy".to_owned()]);
        let meal = |goes: &BTreeSet<String>, withdrawn: &BTreeSet<String>| {
            let drawn = held_to_send(&policy, &reader, goes, withdrawn).into_string();
            drawn.rsplit("<dt>").next().unwrap().to_owned()
        };
        let none = BTreeSet::new();
        assert!(meal(&none, &none).contains(words.finding.nothing_held));
        assert!(!meal(&allergy, &none).contains(words.hers.withheld_withdrawn));
        let kept_back = meal(&none, &allergy);
        assert!(!kept_back.contains(words.finding.nothing_held), "{kept_back}");
        assert!(
            kept_back.contains("食物アレルギー")
                && kept_back.contains(words.hers.withheld_withdrawn)
        );
    }
}
