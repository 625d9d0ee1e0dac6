//! The form for a request: what was sent, read into [`Asked`], and drawn field by field. Each kind asks
//! only for what it needs; items, purposes and recipients are named as the policy names them.

use maud::{Markup, html};
use policy::request::{Agency, Assurance, Ground, RequestKind, Terms};
use policy::{
    Document, Item, ItemName, Language, Linked, Recipient, Role, Sensitivity, Source, ValueKind,
};

use super::page::{Choice, Field, Input, Need, Wrong, choices, described, field, group, id, pick};
use super::start::kind_word;
use crate::acts::request::Channel;
use crate::acts::request::receive::{Asked, MAX_ADDRESS, MAX_NAME, MAX_TEXT};
use crate::words;

/// The most names in one list: more than any policy has items.
const MOST_NAMES: usize = 200;

/// What a form sent: names and values, in order.
#[derive(Default)]
pub(super) struct Sent(pub Vec<(String, String)>);

impl Sent {
    /// The value under a name; empty when there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every value under a name, each once.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for (_, value) in self.0.iter().filter(|(known, _)| known == name) {
            if !all.contains(value) && all.len() < MOST_NAMES {
                all.push(value.clone());
            }
        }
        all
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(known, given)| known == name && given == value)
    }
}

/// A word of a form as one of the policy's.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// The kind that an address or a form names.
pub(super) fn kind(text: &str) -> Option<RequestKind> {
    word(text)
}

/// Whether a kind can be about some items alone.
fn names_items(kind: RequestKind) -> bool {
    use RequestKind as K;
    !matches!(kind, K::Correction | K::EquivalentMeasures | K::Complaint)
}

/// The items that a request can name: those held with the person.
pub(super) fn items(document: &Document) -> Vec<(&ItemName, &Item)> {
    let mut items = document.items_in_order();
    items.retain(|(_, item)| item.linked == Linked::Person);
    items
}

/// The items that can be put right by writing what is right.
pub(super) fn correctable(document: &Document) -> Vec<(&ItemName, &Item)> {
    let mut items = items(document);
    items.retain(|(_, item)| item.source != Source::Device);
    items
}

/// The particulars by which somebody can be known who does not use her registered address: how she is
/// reached and when she was born, where the kind asks who she is at all (R8.6).
pub(super) fn particulars(document: &Document, kind: RequestKind) -> Vec<(&ItemName, &Item)> {
    let mut items = items(document);
    items.retain(|(_, item)| {
        kind.assurance() > Assurance::None
            && item.sensitivity == Sensitivity::Ordinary
            && (item.lookup || item.value == ValueKind::BirthDate)
    });
    items
}

/// The recipients that a kind can name.
pub(super) fn recipients(
    document: &Document,
    kind: RequestKind,
) -> Vec<(&policy::RecipientName, &Recipient)> {
    let mut recipients = document.recipients_in_order();
    recipients.retain(|(_, recipient)| match kind {
        // An entrustment is no provision to a third party (Act 27(5)(i)).
        RequestKind::StopProvision => !matches!(recipient.role, Role::Processor | Role::Authority),
        RequestKind::EquivalentMeasures => recipient.equivalent_measures.is_some(),
        _ => false,
    });
    recipients
}

/// Who asks.
fn agency(text: &str) -> Option<Agency> {
    word(text)
}

impl Sent {
    /// What was sent, as it is taken in.
    pub(super) fn asked(&self, kind: RequestKind, language: Language) -> Asked {
        let agency = agency(self.one("who"));
        let named = |name: &str, wanted: bool| if wanted { self.all(name) } else { Vec::new() };
        let mut corrections = std::collections::BTreeMap::new();
        if kind == RequestKind::Correction {
            let removed = self.0.iter().filter_map(|(name, _)| name.strip_prefix("remove."));
            corrections.extend(removed.map(|item| (item.to_owned(), None)));
            // What is right outweighs taking it out.
            for (name, value) in &self.0 {
                if let Some(item) = name.strip_prefix("corrections.")
                    && !value.trim().is_empty()
                {
                    corrections.insert(item.to_owned(), Some(value.clone()));
                }
            }
        }
        let on_paper = kind.discloses() && self.one("delivery") == "paper";
        Asked {
            kind,
            regime: self.one("regime").to_owned(),
            subject: None,
            language,
            name: self.one("name").to_owned(),
            email: Some(self.one("email").to_owned()),
            text: self.one("text").to_owned(),
            grounds: if kind.rests_on_ground() {
                self.all("grounds").iter().filter_map(|text| word::<Ground>(text)).collect()
            } else {
                Vec::new()
            },
            items: named("items", names_items(kind)),
            corrections,
            purposes: named("purposes", kind == RequestKind::StopUse),
            recipients: self.all("recipients"),
            particulars: self
                .0
                .iter()
                .filter(|(_, value)| kind.assurance() > Assurance::None && !value.trim().is_empty())
                .filter_map(|(name, value)| {
                    Some((name.strip_prefix("particulars.")?.to_owned(), value.clone()))
                })
                .collect(),
            postal_address: on_paper.then(|| self.one("postal_address").to_owned()),
            agency,
            agent_name: agency.map(|_| self.one("agent_name").to_owned()),
            receipt_name: Some(self.one("receipt_name").to_owned()),
            channel: Channel::Page,
        }
    }
}

/// A form as it is drawn.
pub(super) struct Drawing<'a> {
    pub terms: Terms<'a>,
    pub kind: RequestKind,
    pub sent: &'a Sent,
    pub wrong: &'a Wrong,
    pub language: Language,
}

impl Drawing<'_> {
    fn say<'b>(&self, ja: &'b str, en: &'b str) -> &'b str {
        pick(self.language, ja, en)
    }

    /// The fields in the order of the page, with what each is called.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, label: &str| fields.push((name.to_owned(), label.to_owned()));
        add("items", self.say("対象となる情報", "Which information"));
        for (name, item) in correctable(self.terms.policy) {
            add(&format!("corrections.{name}"), item.label.get(self.language));
        }
        add("corrections", self.say("直したい項目", "What is to be put right"));
        add("purposes", self.say("止めたい利用目的", "Purposes to stop"));
        add("recipients", self.say("提供先", "Recipients"));
        add("grounds", self.say("請求の理由", "Your ground"));
        add("text", self.text_label());
        add("who", self.say("請求する方", "Who asks"));
        add("agent_name", self.say("代理人のお名前", "The agent's name"));
        add("name", self.name_label());
        add("email", self.say("メールアドレス", "E-mail address"));
        for (name, item) in particulars(self.terms.policy, self.kind) {
            add(&format!("particulars.{name}"), item.label.get(self.language));
        }
        add("delivery", self.say("受け取り方", "How you want the answer"));
        add("postal_address", self.say("送付先の住所", "Postal address"));
        add("receipt_name", self.say("領収書の宛名", "Name on the receipt"));
        fields
    }

    fn name_label(&self) -> &'static str {
        pick(self.language, "ご本人のお名前", "Name of the person whom it is about")
    }

    fn text_label(&self) -> &'static str {
        match self.kind {
            RequestKind::Complaint => pick(self.language, "内容", "Your complaint or question"),
            _ => pick(self.language, "補足", "Anything to add"),
        }
    }

    fn line(
        &self,
        name: &str,
        label: &str,
        hint: Option<&str>,
        (r#type, autocomplete): (&str, &str),
        most: usize,
        need: Need,
    ) -> Markup {
        let input = Input::Line { r#type, autocomplete };
        let value = self.sent.one(name);
        field(&Field { name, label, hint, input, value, most, need }, self.wrong, self.language)
    }

    /// Everything that this kind asks for.
    pub(super) fn body(&self) -> Markup {
        let fee = self.terms.fee(self.kind);
        html! {
            (self.what())
            section.part aria-labelledby="h-who" {
                h2 id="h-who" { (self.say("請求する方", "Who asks")) }
                (self.who())
                (self.line("name", self.name_label(), None, ("text", "name"), MAX_NAME, Need::Always))
                (self.line(
                    "email",
                    self.say("メールアドレス", "E-mail address"),
                    Some(self.say(
                        "受付番号、確認番号、お答えをお送りします。ご登録がある場合は、登録したアドレスだと確認が早く済みます。",
                        "We send the receipt number, codes and the answer there. If you have an account, its address makes it quickest to know that it is you.",
                    )),
                    ("email", "email"),
                    254,
                    Need::Always,
                ))
                (self.particulars())
            }
            @if self.kind.discloses() || fee.is_some() {
                section.part aria-labelledby="h-how" {
                    h2 id="h-how" { (self.say("お答えの受け取り方", "How you want the answer")) }
                    @if self.kind.discloses() { (self.delivery()) }
                    @if fee.is_some() {
                        (self.line(
                            "receipt_name",
                            self.say("領収書の宛名", "Name on the receipt"),
                            Some(self.say("空欄の場合は、ご本人のお名前にします。", "Your name, if you leave it empty.")),
                            ("text", "organization"),
                            MAX_NAME,
                            Need::Never,
                        ))
                    }
                }
            }
        }
    }

    fn what(&self) -> Markup {
        let rests = self.kind.rests_on_ground();
        let recipients = recipients(self.terms.policy, self.kind);
        html! {
            section.part aria-labelledby="h-what" {
                h2 id="h-what" { (self.say("請求の内容", "What you ask for")) }
                @if self.kind == RequestKind::Correction { (self.corrections()) }
                @if rests { (self.grounds()) }
                @if self.kind == RequestKind::StopUse {
                    (self.narrowed(
                        "purposes",
                        self.say("止めたい利用目的", "Purposes to stop"),
                        self.say("選ばない場合は、すべての利用目的とみなします。", "All purposes, if you choose none."),
                        self.terms.policy.purposes_in_order().iter().map(|(name, purpose)| {
                            (name.to_string(), purpose.label.get(self.language).to_owned())
                        }).collect(),
                    ))
                }
                @if !recipients.is_empty() {
                    (self.narrowed(
                        "recipients",
                        self.say("提供先", "Recipients"),
                        self.say("選ばない場合は、すべての提供先とみなします。", "All recipients, if you choose none."),
                        recipients.iter().map(|(name, recipient)| {
                            (name.to_string(), recipient.label.get(self.language).to_owned())
                        }).collect(),
                    ))
                }
                @if names_items(self.kind) {
                    (self.narrowed(
                        "items",
                        self.say("対象となる情報", "Which information"),
                        self.say("選ばない場合は、すべての情報とみなします。", "All of it, if you choose none."),
                        items(self.terms.policy).iter().map(|(name, item)| {
                            (name.to_string(), item.label.get(self.language).to_owned())
                        }).collect(),
                    ))
                }
                (self.words())
            }
        }
    }

    fn words(&self) -> Markup {
        let is_complaint = self.kind == RequestKind::Complaint;
        let hint = match self.kind {
            RequestKind::Complaint => None,
            kind if kind.rests_on_ground() => Some(self.say(
                "いつ、何があったかなど、調べる手がかりになることをお書きください。",
                "What helps us to look into it, such as what happened and when.",
            )),
            _ => Some(self.say(
                "期間や店舗など、お探しの情報の手がかりがあればお書きください。",
                "What helps us to find it, such as a period or a shop.",
            )),
        };
        let most = MAX_TEXT;
        let rows = if is_complaint { 8 } else { 4 };
        field(
            &Field {
                name: "text",
                label: self.text_label(),
                hint,
                input: Input::Lines { rows },
                value: self.sent.one("text"),
                most,
                need: if is_complaint { Need::Always } else { Need::Never },
            },
            self.wrong,
            self.language,
        )
    }

    fn grounds(&self) -> Markup {
        let lawful = self.terms.regime.requests.grounds(self.kind);
        let given: Vec<Choice> = lawful
            .iter()
            .map(|ground| {
                let word = ground_word(*ground);
                let chosen = self.sent.has("grounds", &word) || lawful.len() == 1;
                (word, ground.words(self.language).to_owned(), chosen)
            })
            .collect();
        let legend = self.say("請求の理由", "Your ground");
        let hint = self.say("あてはまるものをすべて選んでください。", "Choose all that apply.");
        let hint = (lawful.len() > 1).then_some(hint);
        group(("grounds", legend, hint), "checkbox", &given, self.wrong, self.language)
    }

    /// A list that says "all" while it is shut.
    fn narrowed(&self, name: &str, label: &str, all: &str, given: Vec<(String, String)>) -> Markup {
        let given: Vec<Choice> = given
            .into_iter()
            .map(|(value, words)| {
                let chosen = self.sent.has(name, &value);
                (value, words, chosen)
            })
            .collect();
        let error = self.wrong.of(name, self.language);
        let open = error.is_some() || given.iter().any(|(_, _, chosen)| *chosen);
        let some = self.say("一部だけを選ぶ", "Choose only some");
        let key = id(name);
        html! {
            fieldset.field aria-describedby=[described(&key, true, error.is_some())] {
                legend { (label) }
                p.hint id={ (key) "-hint" } { (all) }
                @if let Some(error) = &error { p.error id={ (key) "-error" } { (error) } }
                details open[open] {
                    summary { (some) }
                    (choices(name, "checkbox", &given))
                }
            }
        }
    }

    fn corrections(&self) -> Markup {
        let error = self.wrong.of("corrections", self.language);
        html! {
            fieldset.field aria-describedby=[described("corrections", true, error.is_some())] {
                legend { (self.say("直したい項目", "What is to be put right")) }
                p.hint id="corrections-hint" { (self.say(
                    "項目を開いて、正しい内容を入力してください。取り除くだけの場合は「この項目を取り除く」を選んでください。",
                    "Open an item and write what is right. To have it taken out only, choose “Take this out”.",
                )) }
                @if let Some(error) = &error { p.error id="corrections-error" { (error) } }
                div id="corrections" {
                    @for (name, item) in correctable(self.terms.policy) { (self.correction(name, item)) }
                }
            }
        }
    }

    /// What else she can be known by, folded: most people need none of it.
    fn particulars(&self) -> Markup {
        let asked = particulars(self.terms.policy, self.kind);
        let name = |item: &ItemName| format!("particulars.{item}");
        let open = asked.iter().any(|(item, _)| {
            let name = name(item);
            !self.sent.one(&name).is_empty() || self.wrong.of(&name, self.language).is_some()
        });
        html! {
            @if !asked.is_empty() {
                details open[open] {
                    summary { (self.say(
                        "登録したメールアドレスを使えない方、登録がない方",
                        "If you cannot use your registered address, or have none",
                    )) }
                    p.hint { (self.say(
                        "ご本人の確認に使います。お預かりしている内容と一致するかどうかだけを確かめます。分かるものだけ入力してください。請求によっては、本人確認書類をお願いすることがあります。",
                        "We confirm by these that it is you, and only see whether each agrees with what we hold. Fill in what you can. Some requests need an identity document as well.",
                    )) }
                    @for (item, of) in asked {
                        @let (input, most) = line_of(&of.value);
                        (field(&Field {
                            name: &name(item),
                            label: of.label.get(self.language),
                            hint: None,
                            input,
                            value: self.sent.one(&name(item)),
                            most,
                            need: Need::Never,
                        }, self.wrong, self.language))
                    }
                }
            }
        }
    }

    fn correction(&self, name: &ItemName, item: &Item) -> Markup {
        let label = item.label.get(self.language);
        let field_name = format!("corrections.{name}");
        let remove = format!("remove.{name}");
        let value = self.sent.one(&field_name);
        let removed = !self.sent.one(&remove).is_empty();
        let wrong = self.wrong.of(&field_name, self.language);
        let open = wrong.is_some() || !value.is_empty() || removed;
        let what = self.say("正しい内容", "What is right");
        let (input, most) = line_of(&item.value);
        let key = id(&field_name);
        html! {
            details.item open[open] {
                summary { (label) }
                @if let Some(given) = self.choices(&item.value) {
                    div.field {
                        label for=(key) { (what) }
                        @if let Some(wrong) = &wrong { p.error id={ (key) "-error" } { (wrong) } }
                        select id=(key) name=(field_name) aria-invalid=[wrong.as_ref().map(|_| "true")]
                            aria-describedby=[described(&key, false, wrong.is_some())] {
                            option value="" { (self.say("選んでください", "Please choose")) }
                            @for (word, label) in given {
                                option value=(word) selected[word == value] { (label) }
                            }
                        }
                    }
                } @else {
                    // That it may be left empty goes without saying: an open item is one of many.
                    (field(
                        &Field { name: &field_name, label: what, hint: None, input, value, most, need: Need::Sometimes },
                        self.wrong,
                        self.language,
                    ))
                }
                @if !item.required {
                    label.choice {
                        input type="checkbox" name=(remove) value="1" checked[removed];
                        span { (self.say("この項目を取り除く", "Take this out")) }
                    }
                }
            }
        }
    }

    /// What a value may be, in the order in which people read it; `None` where it is typed.
    fn choices<'v>(&self, value: &'v ValueKind) -> Option<Vec<(&'v str, &'v str)>> {
        match value {
            ValueKind::Choice(given) => {
                let given = given.iter();
                Some(given.map(|(word, label)| (word.as_str(), label.get(self.language))).collect())
            }
            ValueKind::Language => Some(words::SPOKEN.to_vec()),
            _ => None,
        }
    }

    fn who(&self) -> Markup {
        let chosen = agency(self.sent.one("who"));
        let mut given: Vec<Choice> = vec![(
            "myself".to_owned(),
            self.say("本人", "I ask for myself").to_owned(),
            chosen.is_none(),
        )];
        for one in [Agency::Statutory, Agency::Entrusted] {
            given.push((
                agency_word(one),
                one.words(self.language).to_owned(),
                chosen == Some(one),
            ));
        }
        let legend = self.say("どなたが請求しますか", "For whom do you ask?");
        let agents = self.terms.policy.requests.as_ref().map(|r| r.agents.get(self.language));
        html! {
            (group(("who", legend, None), "radio", &given, self.wrong, self.language))
            div.agents {
                @if let Some(agents) = agents {
                    p.hint { (agents) " " (self.say(
                        "書類は、送信後に請求のページで添付できます。",
                        "You can attach the papers on the page of your request once it is sent.",
                    )) }
                }
                (self.line(
                    "agent_name",
                    self.say("代理人のお名前", "The agent's name"),
                    None,
                    ("text", "name"),
                    MAX_NAME,
                    Need::Sometimes,
                ))
            }
        }
    }

    fn delivery(&self) -> Markup {
        let paper = self.sent.one("delivery") == "paper";
        let given = vec![
            (
                "electronic".to_owned(),
                self.say("電子データ", "As electronic data").to_owned(),
                !paper,
            ),
            ("paper".to_owned(), self.say("書面（郵送）", "On paper, by post").to_owned(), paper),
        ];
        let legend = self.say("受け取り方", "In which form");
        html! {
            (group(("delivery", legend, None), "radio", &given, self.wrong, self.language))
            div.paper {
                (field(&Field {
                    name: "postal_address",
                    label: self.say("送付先の住所", "Postal address"),
                    hint: None,
                    input: Input::Lines { rows: 3 },
                    value: self.sent.one("postal_address"),
                    most: MAX_ADDRESS,
                    need: Need::Sometimes,
                }, self.wrong, self.language))
            }
        }
    }
}

/// How a value of a kind is typed, and how long it is at most.
fn line_of(value: &ValueKind) -> (Input<'static>, usize) {
    let line = |r#type, autocomplete, most| (Input::Line { r#type, autocomplete }, most);
    match value {
        ValueKind::Text { max_chars, multiline: true } => (Input::Lines { rows: 3 }, *max_chars),
        ValueKind::Text { max_chars, .. } => line("text", "off", *max_chars),
        ValueKind::Email => line("email", "off", 254),
        ValueKind::Phone => line("tel", "tel", 64),
        ValueKind::BirthDate => line("date", "bday", 64),
        ValueKind::Choice(_) | ValueKind::Language => line("text", "off", 64),
    }
}

/// The word of a ground in forms.
fn ground_word(ground: Ground) -> String {
    serde_json::to_value(ground)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The word of an agency in forms.
fn agency_word(agency: Agency) -> String {
    match agency {
        Agency::Statutory => "statutory".to_owned(),
        Agency::Entrusted => "entrusted".to_owned(),
    }
}

/// What was sent, line by line, as it is looked over before it goes.
pub(super) fn lines(drawing: &Drawing<'_>) -> Vec<(String, Vec<String>)> {
    let Drawing { terms, kind, sent, language, .. } = drawing;
    let document = terms.policy;
    let asked = sent.asked(*kind, *language);
    let say = |ja: &'static str, en: &'static str| pick(*language, ja, en).to_owned();
    let mut lines = vec![(say("請求", "Request"), vec![kind.words(*language).to_owned()])];
    let place = terms.regime.label.get(*language).to_owned();
    lines.push((say("お住まい", "Where you live"), vec![place]));
    let all = |names: Vec<String>, all: String| if names.is_empty() { vec![all] } else { names };
    if *kind == RequestKind::Correction {
        for (name, item) in correctable(document) {
            let Some(value) = asked.corrections.get(name.as_str()) else { continue };
            let told = match (value, &item.value) {
                (None, _) => say("取り除く", "to be taken out"),
                (Some(value), kind) => {
                    words::value(kind, value, *language).unwrap_or(value).to_owned()
                }
            };
            let label = item.label.get(*language);
            let label = match (value, language) {
                (None, _) => label.to_owned(),
                (Some(_), Language::Ja) => format!("{label}（正しい内容）"),
                (Some(_), Language::En) => format!("{label}: what is right"),
            };
            lines.push((label, vec![told]));
        }
    }
    if kind.rests_on_ground() {
        let grounds = asked.grounds.iter().map(|ground| ground.words(*language).to_owned());
        lines.push((say("請求の理由", "Your ground"), grounds.collect()));
    }
    let chosen = |name: &str, known: Vec<(String, String)>| {
        known
            .into_iter()
            .filter(|(value, _)| sent.has(name, value))
            .map(|(_, words)| words)
            .collect()
    };
    if *kind == RequestKind::StopUse {
        let known = document.purposes_in_order().into_iter();
        let known = known.map(|(name, p)| (name.to_string(), p.label.get(*language).to_owned()));
        let told = all(chosen("purposes", known.collect()), say("すべて", "all"));
        lines.push((say("止めたい利用目的", "Purposes to stop"), told));
    }
    let recipients = recipients(document, *kind);
    if !recipients.is_empty() {
        let known = recipients.into_iter();
        let known = known.map(|(name, r)| (name.to_string(), r.label.get(*language).to_owned()));
        let told = all(chosen("recipients", known.collect()), say("すべて", "all"));
        lines.push((say("提供先", "Recipients"), told));
    }
    if names_items(*kind) {
        let known = items(document).into_iter();
        let known = known.map(|(name, i)| (name.to_string(), i.label.get(*language).to_owned()));
        let told = all(chosen("items", known.collect()), say("すべて", "all of it"));
        lines.push((say("対象となる情報", "Which information"), told));
    }
    if !asked.text.trim().is_empty() {
        lines.push((drawing.text_label().to_owned(), vec![asked.text.clone()]));
    }
    let who = match asked.agency {
        None => vec![say("本人", "yourself")],
        Some(agency) => {
            vec![agency.words(*language).to_owned(), asked.agent_name.clone().unwrap_or_default()]
        }
    };
    lines.push((say("請求する方", "Who asks"), who));
    lines.push((drawing.name_label().to_owned(), vec![asked.name.clone()]));
    let email = asked.email.clone().unwrap_or_default();
    lines.push((say("メールアドレス", "E-mail address"), vec![email]));
    for (name, item) in particulars(document, *kind) {
        if let Some(value) = asked.particulars.get(name.as_str()) {
            let label = item.label.get(*language);
            let label = match language {
                Language::Ja => format!("{label}（ご本人の確認用）"),
                Language::En => format!("{label}, to confirm that it is you"),
            };
            lines.push((label, vec![value.clone()]));
        }
    }
    if kind.discloses() {
        let told = match &asked.postal_address {
            Some(address) => vec![say("書面（郵送）", "on paper, by post"), address.clone()],
            None => vec![say("電子データ", "as electronic data")],
        };
        lines.push((say("受け取り方", "In which form"), told));
    }
    let receipt = asked.receipt_name.unwrap_or_default();
    if terms.fee(*kind).is_some() && !receipt.trim().is_empty() {
        lines.push((say("領収書の宛名", "Name on the receipt"), vec![receipt]));
    }
    lines
}

/// Everything that was sent, out of sight, to be sent once more.
pub(super) fn hidden(sent: &Sent) -> Markup {
    html! {
        @for (name, value) in sent.0.iter().filter(|(name, _)| name != "step" && name != "kind") {
            input type="hidden" name=(name) value=(value);
        }
    }
}

/// The kind, out of sight.
pub(super) fn hidden_kind(kind: RequestKind) -> Markup {
    html! { input type="hidden" name="kind" value=(kind_word(kind)); }
}
