//! The comparison of two versions of a policy: what changed, in typed and in plain words, which
//! class of change it is, and what law asks for before it may take effect (Act 17(2), 18(1), 21(3),
//! 27(5)(iii), 27(6), 28(2)). Pure, and complete by construction: every struct of a policy is taken
//! apart without `..`, so that a new field does not compile until somebody says what its change
//! means. Knows nothing of releases: `plan` says how the demands are met.

mod class;
mod consents;
mod controller;
mod holds;
mod items;
mod promises;
mod published;
mod purposes;
mod recipients;
mod regimes;
mod services;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

pub use class::{Asked, Class, Demand, Duty, Judgement};

use crate::document::{Document, Label, Language};
use crate::item::ItemName;
use crate::party::{RecipientName, Role};
use crate::purpose::{Basis, PurposeName};
use crate::record::ProvisionBasis;
use crate::regime::{Regime, RegimeName};

/// The part of a policy that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The controller and the whole.
    Controller,
    /// An item.
    Items,
    /// A secret.
    Secrets,
    /// A purpose.
    Purposes,
    /// A recipient.
    Recipients,
    /// A consent.
    Consents,
    /// A regime.
    Regimes,
    /// A tool.
    Tools,
    /// A cookie.
    Cookies,
    /// A country.
    Countries,
    /// The article on requests.
    Requests,
    /// The safety measures.
    Safety,
    /// A hold.
    Holds,
    /// A linked service.
    Services,
    /// A promise.
    Promises,
}

impl Part {
    /// The name of the file it stands in.
    fn id(self) -> &'static str {
        match self {
            Self::Controller => "controller",
            Self::Items => "items",
            Self::Secrets => "secrets",
            Self::Purposes => "purposes",
            Self::Recipients => "recipients",
            Self::Consents => "consents",
            Self::Regimes => "regimes",
            Self::Tools => "tools",
            Self::Cookies => "cookies",
            Self::Countries => "countries",
            Self::Requests => "requests",
            Self::Safety => "safety",
            Self::Holds => "holds",
            Self::Services => "services",
            Self::Promises => "promises",
        }
    }

    fn words(self, language: Language) -> &'static str {
        let (ja, en) = match self {
            Self::Controller => ("事業者", "Controller"),
            Self::Items => ("項目", "Item"),
            Self::Secrets => ("秘密情報", "Secret"),
            Self::Purposes => ("利用目的", "Purpose"),
            Self::Recipients => ("提供先", "Recipient"),
            Self::Consents => ("同意", "Consent"),
            Self::Regimes => ("適用法域", "Regime"),
            Self::Tools => ("外部送信ツール", "Tool"),
            Self::Cookies => ("Cookie", "Cookie"),
            Self::Countries => ("外国", "Country"),
            Self::Requests => ("開示等の請求", "Requests"),
            Self::Safety => ("安全管理措置", "Safety measures"),
            Self::Holds => ("保存義務", "Hold"),
            Self::Services => ("連携サービス", "Linked service"),
            Self::Promises => ("約束", "Promise"),
        };
        match language {
            Language::Ja => ja,
            Language::En => en,
        }
    }
}

/// Where something changed, such as `items.email.purposes.research`: the name that a plan answers by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which part.
    pub part: Part,
    /// Which entry of it; empty for the whole.
    pub name: String,
    /// Which field; empty for the whole entry.
    pub field: &'static str,
    /// Which element of the field; empty for the whole field.
    pub of: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.part.id())?;
        for part in [self.name.as_str(), self.field, self.of.as_str()] {
            if !part.is_empty() {
                write!(f, ".{part}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// Who may do more than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// Whoever the purpose is open to.
    Anyone,
    /// The controller itself.
    Controller,
    /// A recipient of the policy, with all its members.
    Recipient(RecipientName),
}

/// What a change opens: items of old, for a purpose, to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// Which items.
    pub items: Vec<ItemName>,
    /// What for; `None` for every purpose.
    pub purpose: Option<PurposeName>,
    /// To whom.
    pub whom: Whom,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where.
    pub place: Place,
    /// As it was, in the policy's own words; `None` when it is new.
    pub from: Option<Label>,
    /// As it is; `None` when it is gone.
    pub to: Option<Label>,
    /// The whole in a sentence.
    pub words: Label,
    /// What kind of change it is; the strict one, until somebody has judged.
    pub class: Class,
    /// What somebody may judge it to be instead, with a reason.
    pub judgements: Vec<Judgement>,
    /// What law asks for, regime by regime.
    pub demands: Vec<Demand>,
    /// What it opens.
    pub opens: Vec<Opening>,
}

impl Change {
    /// The most that any regime asks for.
    pub fn duty(&self) -> Duty {
        self.demands.iter().map(|demand| demand.duty).max().unwrap_or(Duty::Post)
    }

    /// What law asks for once it was judged so.
    pub fn judged(&self, judgement: Judgement, new: &Document) -> Vec<Demand> {
        let class = judgement.class(self.class);
        let here =
            |name: &&RegimeName| self.demands.iter().any(|demand| demand.regimes.contains(name));
        demands(
            new.regimes.iter().filter(|(name, _)| here(name)).map(|(_, regime)| (regime, class)),
        )
    }
}

/// What changed from one version of a policy to another, in the order of its parts. Empty when
/// nothing did.
pub fn diff(old: &Document, new: &Document) -> Vec<Change> {
    let mut diff = Diff { old, new, changes: Vec::new() };
    diff.document();
    diff.changes
}

/// The most that a set of changes asks for.
pub fn duty(changes: &[Change]) -> Duty {
    changes.iter().map(Change::duty).max().unwrap_or(Duty::Post)
}

/// A field: its name in files, and what people call it.
#[derive(Clone, Copy)]
struct Field(&'static str, &'static str, &'static str);

/// The entry that a change is about.
#[derive(Clone)]
struct At {
    part: Part,
    name: String,
    label: Label,
}

impl At {
    fn new(part: Part, name: &impl fmt::Display, label: &Label) -> Self {
        Self { part, name: name.to_string(), label: label.clone() }
    }
}

/// What a change is: its class, by regime where that differs, and what it opens.
struct Kind {
    class: Class,
    by_regime: BTreeMap<RegimeName, Class>,
    judgements: Vec<Judgement>,
    opens: Vec<Opening>,
}

impl From<Class> for Kind {
    fn from(class: Class) -> Self {
        Self { class, by_regime: BTreeMap::new(), judgements: Vec::new(), opens: Vec::new() }
    }
}

impl Kind {
    fn or(mut self, judgement: Judgement) -> Self {
        self.judgements.push(judgement);
        self
    }

    fn opening(mut self, opens: impl IntoIterator<Item = Opening>) -> Self {
        self.opens.extend(opens);
        self
    }

    /// The strictest class of the regimes, each with its own demand.
    fn by(regimes: BTreeMap<RegimeName, Class>, new: &Document) -> Self {
        // Of two that ask the same, the one that says more than where the recipient is.
        let weight = |(name, class): &(&RegimeName, &Class)| {
            let asked = new.regimes.get(*name).and_then(|regime| regime.changes.get(class));
            (asked.map(|asked| asked.duty), **class != Class::ForeignDesignated)
        };
        let class = regimes.iter().max_by_key(weight).map_or(Class::Tightened, |(_, class)| *class);
        Self { by_regime: regimes, ..Self::from(class) }
    }
}

/// What each regime asks for, those that ask the same in one demand.
fn demands<'a>(regimes: impl Iterator<Item = (&'a Regime, Class)>) -> Vec<Demand> {
    let mut demands: Vec<Demand> = Vec::new();
    for (regime, class) in regimes {
        // A regime that says nothing of a class asks for the most: unknown means no.
        let (duty, article) = match regime.changes.get(&class) {
            Some(asked) => (asked.duty, asked.source.clone()),
            None => (Duty::InformedConsent, String::new()),
        };
        match demands.iter_mut().find(|known| known.duty == duty && known.article == article) {
            Some(known) => known.regimes.push(regime.name.clone()),
            None => demands.push(Demand { regimes: vec![regime.name.clone()], duty, article }),
        }
    }
    demands
}

/// A comparison at work.
struct Diff<'a> {
    old: &'a Document,
    new: &'a Document,
    changes: Vec<Change>,
}

impl Diff<'_> {
    fn document(&mut self) {
        // Every field, so that a new one is thought of. Version and hash say that something
        // changed, not what.
        let Document {
            version: _,
            hash: _,
            controller,
            languages,
            items,
            secrets,
            purposes,
            recipients,
            consents,
            regimes,
            exceptions,
            countries,
            tools,
            cookies,
            requests,
            safety,
            holds,
            services,
            promises,
        } = self.new;
        self.controller(&self.old.controller, controller);
        self.languages(&self.old.languages, languages);
        self.items(&self.old.items, items);
        self.secrets(&self.old.secrets, secrets);
        self.purposes(&self.old.purposes, purposes);
        self.recipients(&self.old.recipients, recipients);
        self.consents(&self.old.consents, consents);
        self.regimes(&self.old.regimes, regimes);
        self.exceptions(&self.old.exceptions, exceptions);
        self.countries(&self.old.countries, countries);
        self.tools(&self.old.tools, tools);
        self.cookies(&self.old.cookies, cookies);
        self.requests(self.old.requests.as_ref(), requests.as_ref());
        self.safety(&self.old.safety, safety);
        self.holds(&self.old.holds, holds);
        self.services(&self.old.services, services);
        self.promises(&self.old.promises, promises);
    }

    /// Writes a change down.
    fn push(
        &mut self,
        at: &At,
        field: Option<Field>,
        of: &str,
        from: Option<Label>,
        to: Option<Label>,
        kind: impl Into<Kind>,
    ) {
        let Kind { class, by_regime, judgements, opens } = kind.into();
        let here: Vec<_> = self
            .new
            .regimes
            .iter()
            .filter(|(name, _)| by_regime.is_empty() || by_regime.contains_key(name))
            .map(|(name, regime)| (regime, by_regime.get(name).copied().unwrap_or(class)))
            .collect();
        let words = class::both(|language| {
            sentence(at, field, !of.is_empty(), from.as_ref(), to.as_ref(), language)
        });
        let place = Place {
            part: at.part,
            name: at.name.clone(),
            field: field.map_or("", |field| field.0),
            of: of.to_owned(),
        };
        let demands = demands(here.into_iter());
        let change = Change { place, from, to, words, class, judgements, demands, opens };
        self.changes.push(change);
    }

    /// A field with another value.
    fn field<T: PartialEq + ?Sized>(
        &mut self,
        at: &At,
        field: Field,
        old: &T,
        new: &T,
        shown: impl Fn(&T) -> Label,
        kind: impl Into<Kind>,
    ) {
        if old != new {
            self.push(at, Some(field), "", Some(shown(old)), Some(shown(new)), kind);
        }
    }

    /// A label with other words.
    fn label(&mut self, at: &At, field: Field, old: &Label, new: &Label, kind: impl Into<Kind>) {
        self.field(at, field, old, new, Label::clone, kind);
    }

    /// An entry that is new or gone.
    fn entry(&mut self, at: &At, added: bool, kind: impl Into<Kind>) {
        let label = Some(at.label.clone());
        let (from, to) = if added { (None, label) } else { (label, None) };
        self.push(at, None, "", from, to, kind);
    }

    /// The elements of a list that are new, and those that are gone.
    fn list<T: PartialEq + fmt::Display>(
        &mut self,
        at: &At,
        field: Field,
        (old, new): (&[T], &[T]),
        shown: impl Fn(&T, bool) -> Label,
        added: impl Fn(&T) -> Kind,
        removed: impl Fn(&T) -> Kind,
    ) {
        for gone in old.iter().filter(|one| !new.contains(one)) {
            let from = Some(shown(gone, false));
            self.push(at, Some(field), &gone.to_string(), from, None, removed(gone));
        }
        for one in new.iter().filter(|one| !old.contains(one)) {
            let to = Some(shown(one, true));
            self.push(at, Some(field), &one.to_string(), None, to, added(one));
        }
    }

    /// Entries that both versions have, in another order: people read them in that order.
    fn order<K: Ord + PartialEq, V>(
        &mut self,
        part: Part,
        old: &BTreeMap<K, V>,
        new: &BTreeMap<K, V>,
        position: impl Fn(&V) -> usize,
    ) {
        let common = |map: &BTreeMap<K, V>, other: &BTreeMap<K, V>| {
            let mut rows: Vec<_> = map
                .iter()
                .filter(|(name, _)| other.contains_key(name))
                .map(|(_, v)| v)
                .enumerate()
                .collect();
            rows.sort_by_key(|(_, value)| position(value));
            rows.into_iter().map(|(at, _)| at).collect::<Vec<_>>()
        };
        if common(old, new) != common(new, old) {
            let label = class::both(|language| part.words(language).to_owned());
            let at = At { part, name: String::new(), label };
            self.push(&at, Some(Field("order", "順序", "order")), "", None, None, Class::Editorial);
        }
    }

    /// An item's label, in the version that has it.
    fn item_label(&self, name: &ItemName, new: bool) -> Label {
        let known = |document: &Document| document.items.get(name).map(|item| item.label.clone());
        known(if new { self.new } else { self.old }).unwrap_or_else(|| text(name))
    }

    fn purpose_label(&self, name: &PurposeName, new: bool) -> Label {
        let known = |document: &Document| document.purposes.get(name).map(|one| one.label.clone());
        known(if new { self.new } else { self.old }).unwrap_or_else(|| text(name))
    }

    fn consent_label(&self, name: &crate::consent::ConsentName) -> Label {
        let known = |document: &Document| document.consents.get(name).map(|one| one.label.clone());
        known(self.new).or_else(|| known(self.old)).unwrap_or_else(|| text(name))
    }

    fn regime_label(&self, name: &RegimeName) -> Label {
        let known = |document: &Document| document.regimes.get(name).map(|one| one.label.clone());
        known(self.new).or_else(|| known(self.old)).unwrap_or_else(|| text(name))
    }

    /// The items that both versions hold and that serve a purpose now.
    fn old_items_for(&self, purpose: &PurposeName) -> Vec<ItemName> {
        let serves = |name: &&ItemName| self.old.items.contains_key(name);
        let new = self.new.items.iter().filter(|(_, item)| item.purposes.contains(purpose));
        new.map(|(name, _)| name).filter(serves).cloned().collect()
    }
}

/// Whether a basis carries a provision to a role, as `decide` has it.
fn carries(regime: &Regime, role: Role, basis: Option<&Basis>) -> bool {
    match (regime.provision.get(&role), basis) {
        (_, None) | (None | Some(ProvisionBasis::Exception), _) => false,
        (Some(ProvisionBasis::Consent), Some(basis)) => matches!(basis, Basis::Consent(_)),
        (Some(ProvisionBasis::Contract), Some(basis)) => {
            matches!(basis, Basis::Consent(_) | Basis::Contract)
        }
        (Some(ProvisionBasis::Entrustment | ProvisionBasis::JointUse), Some(_)) => true,
    }
}

/// The same words in every language: names, numbers, days.
fn text(shown: &(impl fmt::Display + ?Sized)) -> Label {
    class::both(|_| shown.to_string())
}

/// A switch in words.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "shown like every other field")]
fn yes_no(on: &bool) -> Label {
    class::both(|language| {
        let word = match (language, *on) {
            (Language::Ja, true) => "はい",
            (Language::Ja, false) => "いいえ",
            (Language::En, true) => "yes",
            (Language::En, false) => "no",
        };
        word.to_owned()
    })
}

/// Something that may be missing, in words.
fn or_none<T>(value: Option<&T>, shown: impl Fn(&T) -> Label) -> Label {
    value.map_or_else(|| Label { ja: "なし".to_owned(), en: "none".to_owned() }, shown)
}

/// A list of labels in words.
fn labels(all: &[Label]) -> Label {
    if all.is_empty() {
        return Label { ja: "なし".to_owned(), en: "none".to_owned() };
    }
    class::both(|language| {
        let words: Vec<&str> = all.iter().map(|label| label.get(language)).collect();
        crate::words::list(&words, language)
    })
}

/// What a language is called in another.
fn language_name(named: Language, language: Language) -> &'static str {
    match (language, named) {
        (Language::Ja, Language::Ja) => "日本語",
        (Language::Ja, Language::En) => "英語",
        (Language::En, Language::Ja) => "Japanese",
        (Language::En, Language::En) => "English",
    }
}

/// The words before and after as the reader of one language is told them: her own where they
/// changed, or else those of the language that did, by name.
fn told<'a>(
    from: Option<&'a Label>,
    to: Option<&'a Label>,
    language: Language,
) -> (Option<&'a str>, Option<&'a str>, Option<Language>) {
    let both = |l| (from.map(|label| label.get(l)), to.map(|label| label.get(l)), None);
    let (Some(was), Some(is)) = (from, to) else { return both(language) };
    let changed = |l: &Language| was.get(*l) != is.get(*l);
    match Language::ALL.into_iter().filter(changed).collect::<Vec<_>>().as_slice() {
        &[only] => (Some(was.get(only)), Some(is.get(only)), Some(only)),
        _ => both(language),
    }
}

/// A change in a sentence.
fn sentence(
    at: &At,
    field: Option<Field>,
    element: bool,
    from: Option<&Label>,
    to: Option<&Label>,
    language: Language,
) -> String {
    let part = at.part.words(language);
    let label = at.label.get(language);
    let reads_as_before = from.is_some() && from == to;
    let (from, to, only) = told(from, to, language);
    let only = only.map(|only| language_name(only, language));
    match (language, field) {
        (Language::Ja, None) if to.is_some() => format!("{part}「{label}」を加えました。"),
        (Language::Ja, None) => format!("{part}「{label}」をなくしました。"),
        (Language::En, None) if to.is_some() => format!("{part} added: “{label}”."),
        (Language::En, None) => format!("{part} removed: “{label}”."),
        (Language::Ja, Some(Field(_, name, _))) => {
            let whole = at.name.is_empty();
            let of = if whole { format!("{label}の") } else { format!("{part}「{label}」の") };
            let only = only.map(|only| format!("（{only}のみ）")).unwrap_or_default();
            match (from, to) {
                _ if reads_as_before => {
                    format!("{of}{name}の書き方を変えました（内容は同じです）。")
                }
                (None, Some(to)) => format!("{of}{name}に「{to}」を加えました。"),
                (Some(from), None) => format!("{of}{name}から「{from}」を外しました。"),
                (Some(from), Some(to)) if element => {
                    format!("{of}{name}{only}のうち「{from}」を「{to}」に変えました。")
                }
                (Some(from), Some(to)) => {
                    format!("{of}{name}{only}を「{from}」から「{to}」に変えました。")
                }
                (None, None) => format!("{of}{name}を変えました。"),
            }
        }
        (Language::En, Some(Field(_, _, name))) => {
            let whole = at.name.is_empty();
            let of = if whole { label.to_owned() } else { format!("{part} “{label}”") };
            let only = only.map(|only| format!(" in {only} only,")).unwrap_or_default();
            match (from, to) {
                _ if reads_as_before => {
                    format!("{of}: the {name} is written otherwise and reads as before.")
                }
                (None, Some(to)) => format!("{of}: “{to}” was added to the {name}."),
                (Some(from), None) => format!("{of}: “{from}” was taken out of the {name}."),
                (Some(from), Some(to)) => {
                    format!("{of}: the {name} changed{only} from “{from}” to “{to}”.")
                }
                (None, None) => format!("{of}: the {name} changed."),
            }
        }
    }
}
