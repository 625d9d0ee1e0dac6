//! What changed about the inventory and the secrets.

use std::collections::BTreeMap;

use super::class::both;
use super::{At, Class, Diff, Field, Judgement, Kind, Opening, Part, Whom, or_none, text, yes_no};
use crate::document::Label;
use crate::item::{
    Item, ItemName, Linked, Retention, RetentionStart, Secret, SecretName, Sensitivity, Terms,
    ValueKind,
};
use crate::purpose::PurposeName;
use crate::words;

const LABEL: Field = Field("label", "名称", "name");
const ARTICLE: Field = Field("article", "記載箇所", "article");
const PURPOSES: Field = Field("purposes", "利用目的", "purposes");
const RETENTION: Field = Field("retention", "保存期間", "retention period");

impl Diff<'_> {
    pub(super) fn items(&mut self, old: &BTreeMap<ItemName, Item>, new: &BTreeMap<ItemName, Item>) {
        for (name, item) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Items, name, &item.label), false, Class::Tightened);
        }
        for (name, item) in new {
            let at = At::new(Part::Items, name, &item.label);
            match old.get(name) {
                Some(old) => self.item(&at, name, old, item),
                None => {
                    let class = match item.sensitivity {
                        Sensitivity::SpecialCare => Class::ItemAddedSpecialCare,
                        Sensitivity::Ordinary => Class::ItemAdded,
                    };
                    self.entry(&at, true, class);
                }
            }
        }
        self.order(Part::Items, old, new, |item| item.position);
    }

    fn item(&mut self, at: &At, name: &ItemName, old: &Item, new: &Item) {
        let Item {
            label,
            detail,
            article,
            source,
            value,
            sensitivity,
            purposes,
            retention,
            retention_for,
            confirm_after_days,
            consent,
            lookup,
            unique,
            required,
            sign_ins,
            linked,
            terms,
            position: _, // compared as an order
        } = new;
        let wording = Kind::from(Class::ItemWording).or(Judgement::SameSense);
        self.label(at, LABEL, &old.label, label, wording);
        let field = Field("detail", "内容", "content");
        let shown = |detail: &Option<Label>| or_none(detail.as_ref(), Label::clone);
        let kind = Kind::from(Class::ItemWording).or(Judgement::SameSense);
        self.field(at, field, &old.detail, detail, shown, kind);
        self.field(at, ARTICLE, &old.article, article, text, Class::Editorial);
        let shown = |source: &_| both(|l| words::source(*source, l).to_owned());
        let field = Field("source", "取得元", "source");
        self.field(at, field, &old.source, source, shown, Class::CollectedMore);
        let field = Field("sign_ins", "サインインの記録", "sign-ins are noted in it");
        let class = if *sign_ins { Class::CollectedMore } else { Class::Tightened };
        self.field(at, field, &old.sign_ins, sign_ins, yes_no, class);
        self.value(at, &old.value, value);

        let field = Field("sensitivity", "取り扱いの区分", "degree of care");
        let shown = |kind: &Sensitivity| match kind {
            Sensitivity::Ordinary => Label { ja: "通常".to_owned(), en: "ordinary".to_owned() },
            Sensitivity::SpecialCare => {
                Label { ja: "要配慮個人情報".to_owned(), en: "special care".to_owned() }
            }
        };
        let opened = || Opening { items: vec![name.clone()], purpose: None, whom: Whom::Anyone };
        let kind = match sensitivity {
            Sensitivity::SpecialCare => Class::Tightened.into(),
            Sensitivity::Ordinary => Kind::from(Class::ExplicitConsentDropped).opening([opened()]),
        };
        self.field(at, field, &old.sensitivity, sensitivity, shown, kind);
        self.purposes_of_item(at, name, &old.purposes, purposes);
        self.retention(at, "", old.retention, *retention);
        let mut purposes: Vec<_> = old.retention_for.keys().chain(retention_for.keys()).collect();
        purposes.sort_unstable();
        purposes.dedup();
        for purpose in purposes {
            // Without a period of its own, the item's counts.
            let was = old.retention_for.get(purpose).copied().unwrap_or(old.retention);
            let is = retention_for.get(purpose).copied().unwrap_or(*retention);
            self.retention(at, purpose.as_str(), was, is);
            if was == is && old.retention_for.get(purpose) != retention_for.get(purpose) {
                let shown = both(|language| words::retention(is, language));
                let (from, to) = (Some(shown.clone()), Some(shown));
                self.push(at, Some(RETENTION), purpose.as_str(), from, to, Class::Editorial);
            }
        }
        let field = Field("confirm_after_days", "最新かどうかの確認", "asking whether it is right");
        let shown = |days: &Option<u32>| {
            or_none(days.as_ref(), |days| both(|language| words::days(*days, language)))
        };
        self.field(at, field, &old.confirm_after_days, confirm_after_days, shown, Class::Editorial);

        let field = Field("consent", "個別の同意", "consent of its own");
        // A consent that people gave for something else would carry it at once.
        let kind = match consent {
            Some(one) if old.consent.is_none() || !self.old.consents.contains_key(one) => {
                Class::Tightened.into()
            }
            _ => Kind::from(Class::ExplicitConsentDropped).opening([opened()]),
        };
        let labels: BTreeMap<_, _> = [&old.consent, consent]
            .into_iter()
            .flatten()
            .map(|name| (name.clone(), self.consent_label(name)))
            .collect();
        let shown = |one: &Option<_>| or_none(one.as_ref(), |name| labels[name].clone());
        self.field(at, field, &old.consent, consent, shown, kind);

        let field = Field("lookup", "この項目による本人の検索", "finding a person by it");
        let class = if *lookup {
            Kind::from(Class::PurposeBeyond).or(Judgement::Related)
        } else {
            Class::Tightened.into()
        };
        self.field(at, field, &old.lookup, lookup, yes_no, class);
        let field = Field("unique", "重複の禁止", "uniqueness");
        self.field(at, field, &old.unique, unique, yes_no, Class::Editorial);
        let field = Field("required", "入力の必須", "being required");
        let class = if *required { Class::CollectedMore } else { Class::Tightened };
        self.field(at, field, &old.required, required, yes_no, class);
        let field = Field("linked", "本人との結びつき", "link with the person");
        let kind = match linked {
            Linked::Person => Kind::from(Class::Linked).opening([opened()]),
            Linked::Nobody => Class::Tightened.into(),
        };
        let shown = |linked: &Linked| yes_no(&(*linked == Linked::Person));
        self.field(at, field, &old.linked, linked, shown, kind);
        self.terms(at, &old.terms, terms);
    }

    /// The same in other vocabularies: for programs.
    pub(super) fn terms(&mut self, at: &At, old: &Terms, new: &Terms) {
        let Terms { dpv, fides } = new;
        let shown = |term: &Option<String>| or_none(term.as_ref(), text);
        let field = Field("dpv", "DPVの語彙", "term of the DPV");
        self.field(at, field, &old.dpv, dpv, shown, Class::Editorial);
        let field = Field("fides", "fideslangの語彙", "term of fideslang");
        self.field(at, field, &old.fides, fides, shown, Class::Editorial);
    }

    fn value(&mut self, at: &At, old: &ValueKind, new: &ValueKind) {
        if old == new {
            return;
        }
        let field = Field("kind", "入力の形式", "form of its value");
        if let (ValueKind::Choice(old), ValueKind::Choice(new)) = (old, new) {
            let field = Field("choices", "選択肢", "choices");
            let words = |all: &crate::item::Choices| all.keys().cloned().collect::<Vec<_>>();
            let (was, is) = (old.clone(), new.clone());
            let shown = move |word: &String, new: bool| {
                let from = if new { &is } else { &was };
                from.get(word).cloned().unwrap_or_else(|| text(word))
            };
            self.list(
                at,
                field,
                (&words(old), &words(new)),
                shown,
                |_| Class::CollectedMore.into(),
                |_| Class::Tightened.into(),
            );
            for (word, label) in new.iter() {
                if let Some(before) = old.get(word).filter(|before| *before != label) {
                    let kind = Kind::from(Class::ItemWording).or(Judgement::SameSense);
                    let (from, to) = (Some(before.clone()), Some(label.clone()));
                    self.push(at, Some(field), word, from, to, kind);
                }
            }
            if words(old) != words(new) && {
                let (mut a, mut b) = (words(old), words(new));
                a.sort();
                b.sort();
                a == b
            } {
                let field = Field("choices_order", "選択肢の順序", "order of the choices");
                self.push(at, Some(field), "", None, None, Class::Editorial);
            }
            return;
        }
        let class = match (old, new) {
            (
                ValueKind::Text { max_chars: was, multiline: lines },
                ValueKind::Text { max_chars, multiline },
            ) if max_chars <= was && (*lines || !multiline) => Class::Tightened,
            _ => Class::CollectedMore,
        };
        self.push(at, Some(field), "", Some(value_words(old)), Some(value_words(new)), class);
    }

    fn purposes_of_item(
        &mut self,
        at: &At,
        name: &ItemName,
        old: &[PurposeName],
        new: &[PurposeName],
    ) {
        let known = |purpose: &PurposeName| self.old.purposes.contains_key(purpose);
        let labels: BTreeMap<(PurposeName, bool), Label> = old
            .iter()
            .map(|p| ((p.clone(), false), self.purpose_label(p, false)))
            .chain(new.iter().map(|p| ((p.clone(), true), self.purpose_label(p, true))))
            .collect();
        // A purpose that is new says in one change which items of old serve it.
        let new: Vec<PurposeName> =
            new.iter().filter(|p| known(p) || old.contains(p)).cloned().collect();
        self.list(
            at,
            PURPOSES,
            (old, &new),
            |purpose, new| labels[&(purpose.clone(), new)].clone(),
            |purpose| {
                Kind::from(Class::PurposeBeyond).or(Judgement::Related).opening([Opening {
                    items: vec![name.clone()],
                    purpose: Some(purpose.clone()),
                    whom: Whom::Anyone,
                }])
            },
            |_| Class::Tightened.into(),
        );
    }

    /// A period, of one purpose where `of` names it.
    fn retention(&mut self, at: &At, of: &str, old: Retention, new: Retention) {
        if old == new {
            return;
        }
        let Retention { from, days, ends_with_account } = new;
        let longer = days > old.days || (old.ends_with_account && !ends_with_account);
        let class = match (from == old.from, longer) {
            (true, true) => Class::RetentionLonger,
            (true, false) => Class::Tightened,
            // The account outlives every other start.
            (false, _)
                if from == RetentionStart::LastPut
                    && days <= old.days
                    && (ends_with_account || !old.ends_with_account) =>
            {
                Class::Tightened
            }
            (false, _) => Class::RetentionOther,
        };
        let shown = |kept: &Retention| both(|language| words::retention(*kept, language));
        self.push(at, Some(RETENTION), of, Some(shown(&old)), Some(shown(&new)), class);
    }

    pub(super) fn secrets(
        &mut self,
        old: &BTreeMap<SecretName, Secret>,
        new: &BTreeMap<SecretName, Secret>,
    ) {
        for (name, secret) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Secrets, name, &secret.label), false, Class::Tightened);
        }
        for (name, secret) in new {
            let at = At::new(Part::Secrets, name, &secret.label);
            let Some(old) = old.get(name) else {
                self.entry(&at, true, Class::SecretAdded);
                continue;
            };
            let Secret { label, article, keeps, purposes, retention, position: _ } = secret;
            let wording = Kind::from(Class::ItemWording).or(Judgement::SameSense);
            self.label(&at, LABEL, &old.label, label, wording);
            self.field(&at, ARTICLE, &old.article, article, text, Class::Editorial);
            let field = Field("keeps", "保存の形", "form in which it is kept");
            let shown = |kind: &_| both(|l| words::secret(*kind, l).to_owned());
            self.field(&at, field, &old.keeps, keeps, shown, Class::SecretKept);
            let labels: BTreeMap<(PurposeName, bool), Label> = old
                .purposes
                .iter()
                .map(|p| ((p.clone(), false), self.purpose_label(p, false)))
                .chain(purposes.iter().map(|p| ((p.clone(), true), self.purpose_label(p, true))))
                .collect();
            self.list(
                &at,
                PURPOSES,
                (&old.purposes, purposes),
                |purpose, new| labels[&(purpose.clone(), new)].clone(),
                |_| Kind::from(Class::PurposeBeyond).or(Judgement::Related),
                |_| Class::Tightened.into(),
            );
            self.retention(&at, "", old.retention, *retention);
        }
        self.order(Part::Secrets, old, new, |secret| secret.position);
    }
}

/// The form of a value in words.
fn value_words(kind: &ValueKind) -> Label {
    let (ja, en) = match kind {
        ValueKind::Text { max_chars, multiline: false } => (
            format!("{max_chars}文字までの1行"),
            format!("one line of at most {max_chars} characters"),
        ),
        ValueKind::Text { max_chars, multiline: true } => (
            format!("{max_chars}文字までの文章"),
            format!("text of at most {max_chars} characters"),
        ),
        ValueKind::Email => ("メールアドレス".to_owned(), "an e-mail address".to_owned()),
        ValueKind::Phone => ("電話番号".to_owned(), "a telephone number".to_owned()),
        ValueKind::BirthDate => ("生年月日".to_owned(), "a date of birth".to_owned()),
        ValueKind::Choice(_) => ("選択".to_owned(), "one of a list".to_owned()),
        ValueKind::Language => ("言語".to_owned(), "a language".to_owned()),
    };
    Label { ja, en }
}
