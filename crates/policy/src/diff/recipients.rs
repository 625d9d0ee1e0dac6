//! What changed about where information may go: who, in which part, for what, what, and by which
//! route abroad. The strictest rules of all stand on these changes (Act 25, 27, 28).

use std::collections::BTreeMap;

use super::class::both;
use super::controller::country_name;
use super::{
    At, Class, Diff, Field, Judgement, Kind, Opening, Part, Whom, carries, labels, or_none, text,
    yes_no,
};
use crate::document::{Document, Label};
use crate::item::ItemName;
use crate::party::{
    Contract, EquivalentMeasures, JointUse, Legal, Member, Recipient, RecipientName, Responsible,
    Role, Scope,
};
use crate::purpose::PurposeName;
use crate::regime::RegimeName;
use crate::words;

/// The class of giving more to a role.
fn wider(role: Role) -> Class {
    match role {
        Role::Processor => Class::Processor,
        Role::JointUser => Class::JointUseScope,
        Role::ThirdParty | Role::GroupParent | Role::Store => Class::ThirdParty,
        Role::Authority => Class::AuthorityNamed,
    }
}

/// The class of a recipient that could not be reached and now can, at home.
fn opened(role: Role) -> Class {
    match role {
        Role::Processor => Class::Processor,
        _ => Class::RecipientOpened,
    }
}

impl Diff<'_> {
    pub(super) fn recipients(
        &mut self,
        old: &BTreeMap<RecipientName, Recipient>,
        new: &BTreeMap<RecipientName, Recipient>,
    ) {
        for (name, recipient) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            let at = At::new(Part::Recipients, name, &recipient.label);
            self.entry(&at, false, Class::Tightened);
        }
        for (name, recipient) in new {
            let at = At::new(Part::Recipients, name, &recipient.label);
            match old.get(name) {
                Some(old) => self.recipient(&at, name, old, recipient),
                None => self.new_recipient(&at, name, recipient),
            }
        }
        self.order(Part::Recipients, old, new, |recipient| recipient.position);
    }

    fn new_recipient(&mut self, at: &At, name: &RecipientName, new: &Recipient) {
        let opens: Vec<Opening> =
            new.purposes.iter().map(|purpose| self.given(name, new, purpose)).collect();
        self.entry(at, true, Kind::from(wider(new.role)).opening(opens));
        if new.handles_personal_data
            && let Some(country) = &new.country
        {
            let classes = self.routes(new, Class::Editorial);
            if classes.values().any(|class| *class != Class::Editorial) {
                let kind = self.by_route(classes, name, new);
                self.push(at, Some(COUNTRY), "", None, Some(country_name(country)), kind);
            }
        }
    }

    /// What a recipient may be given for a purpose, of what is held already.
    fn given(&self, name: &RecipientName, recipient: &Recipient, purpose: &PurposeName) -> Opening {
        let mut items = self.old_items_for(purpose);
        items.retain(|item| recipient.items.is_empty() || recipient.items.contains(item));
        Opening { items, purpose: Some(purpose.clone()), whom: Whom::Recipient(name.clone()) }
    }

    /// By which route each regime reaches a recipient, as a class; `home` where it is not abroad.
    fn routes(&self, recipient: &Recipient, home: Class) -> BTreeMap<RegimeName, Class> {
        let Some(country) = &recipient.country else { return BTreeMap::new() };
        let class = |document: &Document, name: &RegimeName| {
            let transfer = &document.regimes.get(name)?.transfer;
            Some(if transfer.home.contains(country) {
                home
            } else if transfer.designated.contains(country) {
                Class::ForeignDesignated
            } else if recipient.equivalent_measures.is_some()
                && recipient.transfer_consent.is_none()
            {
                Class::ForeignWithMeasures
            } else {
                Class::ForeignByConsent
            })
        };
        let here = self.new.regimes.keys();
        here.filter_map(|name| Some((name.clone(), class(self.new, name)?))).collect()
    }

    fn by_route(
        &self,
        classes: BTreeMap<RegimeName, Class>,
        name: &RecipientName,
        recipient: &Recipient,
    ) -> Kind {
        let opens = recipient.purposes.iter().map(|purpose| self.given(name, recipient, purpose));
        let opens: Vec<Opening> = opens.collect();
        Kind::by(classes, self.new).opening(opens)
    }

    fn recipient(&mut self, at: &At, name: &RecipientName, old: &Recipient, new: &Recipient) {
        let Recipient {
            label,
            role,
            many,
            country,
            handles_personal_data,
            purposes,
            items,
            equivalent_measures,
            transfer_consent,
            joint_use,
            measures,
            contract,
            legal,
            contact: _, // between the two of them, and nothing that people are told
            article,
            position: _, // compared as an order
        } = new;
        let all: Vec<Opening> =
            purposes.iter().map(|purpose| self.given(name, new, purpose)).collect();
        let more = || Kind::from(wider(*role)).opening(all.clone());
        // Other words may mean another kind of recipient.
        let field = Field("label", "名称", "name");
        self.label(at, field, &old.label, label, more().or(Judgement::SameSense));
        let field = Field("article", "記載箇所", "article");
        self.field(at, field, &old.article, article, text, Class::Editorial);

        let field = Field("role", "立場", "part it plays");
        let shown = |role: &Role| both(|language| words::role(*role, language).to_owned());
        let kind = if self.role_is_looser(old, new) { more() } else { Class::Tightened.into() };
        self.field(at, field, &old.role, role, shown, kind);
        let field = Field("many", "複数の提供先を含む区分", "being a category of many");
        self.field(at, field, &old.many, many, yes_no, more());

        self.country(at, name, old, country.as_ref(), new);
        let field =
            Field("handles_personal_data", "個人データの取り扱い", "handling of personal data");
        let kind = if *handles_personal_data { more() } else { Class::KeptFromData.into() };
        let was = old.handles_personal_data;
        self.field(at, field, &was, handles_personal_data, yes_no, kind);

        self.purposes_of_recipient(at, name, old, new, purposes);
        self.items_of_recipient(at, name, &old.items, items, new);
        self.measures(at, name, old, equivalent_measures.as_ref(), new);
        self.transfer_consent(at, name, old, transfer_consent.as_ref(), new);

        self.joint_use(at, &all, old.joint_use.as_ref(), joint_use.as_ref());
        let field = Field("measures", "提供先が講じる措置", "measures it takes");
        let shown = |label: &Option<Label>| or_none(label.as_ref(), Label::clone);
        let kind = Kind::from(Class::CountryInformation).or(Judgement::SameSense);
        self.field(at, field, &old.measures, measures, shown, kind);
        let field = Field("contract", "委託契約", "contract");
        let shown = |contract: &Option<Contract>| {
            or_none(contract.as_ref(), |Contract { signed_on, evidence }| {
                both(|language| format!("{} ({evidence})", words::date(*signed_on, language)))
            })
        };
        let class = if contract.is_some() { Class::RecipientDetails } else { Class::Processor };
        self.field(at, field, &old.contract, contract, shown, class);
        let field = Field("legal", "法律上の名称・住所・代表者", "legal details");
        let shown = |legal: &Option<Legal>| {
            or_none(legal.as_ref(), |Legal { name, address, representative }| {
                text(&format!("{name}, {address}, {representative}"))
            })
        };
        let class = if old.legal.is_none() { opened(*role) } else { Class::RecipientDetails };
        self.field(at, field, &old.legal, legal, shown, class);
    }

    /// Whether the new part opens anything that the old one kept shut.
    fn role_is_looser(&self, old: &Recipient, new: &Recipient) -> bool {
        let purposes = new.purposes.iter().filter_map(|name| self.new.purposes.get(name));
        let mut carried = purposes.flat_map(|purpose| {
            self.new.regimes.values().map(move |regime| (regime, purpose.basis.get(&regime.name)))
        });
        let rank = |role| match role {
            Role::Authority => 0,
            Role::ThirdParty | Role::GroupParent | Role::Store => 1,
            Role::JointUser => 2,
            Role::Processor => 3,
        };
        rank(new.role) >= rank(old.role)
            || carried.any(|(regime, basis)| {
                !carries(regime, old.role, basis) && carries(regime, new.role, basis)
            })
    }

    fn country(
        &mut self,
        at: &At,
        name: &RecipientName,
        old: &Recipient,
        country: Option<&String>,
        new: &Recipient,
    ) {
        if old.country.as_ref() == country {
            return;
        }
        let kind = match country {
            None => Class::Tightened.into(),
            Some(_) => {
                let home =
                    if old.country.is_none() { opened(new.role) } else { Class::RecipientDetails };
                self.by_route(self.routes(new, home), name, new)
            }
        };
        let shown = |country: Option<&String>| or_none(country, |code| country_name(code));
        let (from, to) = (Some(shown(old.country.as_ref())), Some(shown(country)));
        self.push(at, Some(COUNTRY), "", from, to, kind);
    }

    fn purposes_of_recipient(
        &mut self,
        at: &At,
        name: &RecipientName,
        old: &Recipient,
        new: &Recipient,
        purposes: &[PurposeName],
    ) {
        let shown: BTreeMap<(PurposeName, bool), Label> = old
            .purposes
            .iter()
            .map(|p| ((p.clone(), false), self.purpose_label(p, false)))
            .chain(purposes.iter().map(|p| ((p.clone(), true), self.purpose_label(p, true))))
            .collect();
        let opens: BTreeMap<PurposeName, Opening> =
            purposes.iter().map(|p| (p.clone(), self.given(name, new, p))).collect();
        let class = match new.role {
            Role::JointUser => Class::JointUsePurpose,
            role => wider(role),
        };
        // The first purposes of a joint use begin it.
        let class = if old.purposes.is_empty() { wider(new.role) } else { class };
        self.list(
            at,
            Field("purposes", "提供の目的", "purposes it may be asked for"),
            (&old.purposes, purposes),
            |purpose, new| shown[&(purpose.clone(), new)].clone(),
            |purpose| Kind::from(class).opening([opens[purpose].clone()]),
            |_| Class::Tightened.into(),
        );
    }

    /// An empty list is every item of the purpose.
    fn items_of_recipient(
        &mut self,
        at: &At,
        name: &RecipientName,
        old: &[ItemName],
        items: &[ItemName],
        new: &Recipient,
    ) {
        let field = Field("items", "提供する項目", "items it may receive");
        if old.is_empty() != items.is_empty() {
            let every = Label {
                ja: "利用目的に必要な項目のすべて".to_owned(),
                en: "every item of the purpose".to_owned(),
            };
            let shown = |all: &[ItemName], new: bool| match all {
                [] => every.clone(),
                all => labels(&all.iter().map(|i| self.item_label(i, new)).collect::<Vec<_>>()),
            };
            let kind = if items.is_empty() {
                let opens: Vec<Opening> = new
                    .purposes
                    .iter()
                    .map(|purpose| {
                        let mut opening = self.given(name, new, purpose);
                        opening.items.retain(|item| !old.contains(item));
                        opening
                    })
                    .collect();
                Kind::from(wider(new.role)).opening(opens)
            } else {
                Class::Tightened.into()
            };
            let (from, to) = (Some(shown(old, false)), Some(shown(items, true)));
            self.push(at, Some(field), "", from, to, kind);
            return;
        }
        let shown: BTreeMap<(ItemName, bool), Label> = old
            .iter()
            .map(|i| ((i.clone(), false), self.item_label(i, false)))
            .chain(items.iter().map(|i| ((i.clone(), true), self.item_label(i, true))))
            .collect();
        self.list(
            at,
            field,
            (old, items),
            |item, new| shown[&(item.clone(), new)].clone(),
            |item| {
                Kind::from(wider(new.role)).opening([Opening {
                    items: vec![item.clone()],
                    purpose: None,
                    whom: Whom::Recipient(name.clone()),
                }])
            },
            |_| Class::Tightened.into(),
        );
    }

    /// What is told of a joint use: scope and responsible party; items and purposes stand at the
    /// recipient (Act 27(5)(iii), 27(6); R4.1 to R4.3).
    fn joint_use(
        &mut self,
        at: &At,
        all: &[Opening],
        old: Option<&JointUse>,
        new: Option<&JointUse>,
    ) {
        let (old, new) = match (old, new) {
            (None, None) => return,
            (Some(old), Some(new)) => (old, new),
            (was, is) => {
                let field = Field("joint_use", "共同利用", "joint use");
                let kind = if is.is_some() {
                    Kind::from(Class::JointUseScope).opening(all.to_vec())
                } else {
                    Class::Tightened.into()
                };
                let shown = |one: Option<&JointUse>| {
                    or_none(one, |joint_use| joint_use.responsible.name.clone())
                };
                self.push(at, Some(field), "", Some(shown(was)), Some(shown(is)), kind);
                return;
            }
        };
        let JointUse { scope, responsible } = new;
        let Scope { url, taken_on, members } = scope;
        let field =
            Field("joint_use_url", "共同利用者の一覧の場所", "place of the list of joint users");
        self.field(at, field, &old.scope.url, url, text, Class::Editorial);
        let field = Field("joint_use_taken_on", "一覧の確認日", "day of the list of joint users");
        let shown = |day: &_| both(|language| words::date(*day, language));
        self.field(at, field, &old.scope.taken_on, taken_on, shown, Class::Editorial);
        let field = Field("joint_use_members", "共同利用者の範囲", "joint users");
        let shown = |Member { name, country }: &Member| {
            Some(both(|l| format!("{} ({})", name.get(l), words::country(country, l))))
        };
        for (n, gone) in old.scope.members.iter().enumerate() {
            if !members.contains(gone) {
                let of = format!("{}-before", n + 1);
                self.push(at, Some(field), &of, shown(gone), None, Class::Tightened);
            }
        }
        for (n, one) in members.iter().enumerate() {
            if !old.scope.members.contains(one) {
                let kind =
                    Kind::from(Class::JointUseScope).or(Judgement::SameSense).opening(all.to_vec());
                self.push(at, Some(field), &(n + 1).to_string(), None, shown(one), kind);
            }
        }
        let Responsible { name, address, representative } = responsible;
        let old = &old.responsible;
        // Whether it is the same party under another name is for somebody to judge (Act 27(6)).
        let field = Field("responsible", "共同利用の責任者", "party responsible for the joint use");
        let kind = Kind::from(Class::JointUsePurpose).or(Judgement::SameSense);
        self.label(at, field, &old.name, name, kind);
        let details = Class::JointUseDetails;
        let field = Field("responsible_address", "責任者の住所", "responsible party's address");
        self.label(at, field, &old.address, address, details);
        let field = Field(
            "responsible_representative",
            "責任者の代表者",
            "responsible party's representative",
        );
        self.label(at, field, &old.representative, representative, details);
    }

    fn measures(
        &mut self,
        at: &At,
        name: &RecipientName,
        old: &Recipient,
        measures: Option<&EquivalentMeasures>,
        new: &Recipient,
    ) {
        let field = Field("equivalent_measures", "相当措置", "equivalent measures");
        let kind = match (&old.equivalent_measures, measures) {
            (_, None) => Class::Tightened.into(),
            (Some(_), Some(_)) => Class::MeasuresChecked.into(),
            (None, Some(_)) => {
                let mut classes = self.routes(new, Class::Editorial);
                classes.retain(|_, class| *class != Class::Editorial);
                for class in classes.values_mut() {
                    *class = Class::ForeignWithMeasures;
                }
                self.by_route(classes, name, new)
            }
        };
        let shown = |measures: Option<&EquivalentMeasures>| {
            or_none(measures, |EquivalentMeasures { checked_on, evidence, outline, checks }| {
                both(|language| {
                    let told: Vec<&str> =
                        [outline, checks].into_iter().flatten().map(|l| l.get(language)).collect();
                    let day = words::date(*checked_on, language);
                    format!("{day} ({evidence}) {}", told.join(" ")).trim_end().to_owned()
                })
            })
        };
        if old.equivalent_measures.as_ref() != measures {
            let (from, to) = (shown(old.equivalent_measures.as_ref()), shown(measures));
            self.push(at, Some(field), "", Some(from), Some(to), kind);
        }
    }

    fn transfer_consent(
        &mut self,
        at: &At,
        name: &RecipientName,
        old: &Recipient,
        consent: Option<&crate::consent::ConsentName>,
        new: &Recipient,
    ) {
        if old.transfer_consent.as_ref() == consent {
            return;
        }
        let field =
            Field("transfer_consent", "外国への提供の同意", "consent to the transfer abroad");
        let kind = match consent {
            None => Class::Tightened.into(),
            Some(_) => {
                let mut classes = self.routes(new, Class::Editorial);
                // Where no country is named yet, nothing is reached by it.
                classes.retain(|_, class| *class == Class::ForeignByConsent);
                if classes.is_empty() {
                    Class::Editorial.into()
                } else {
                    self.by_route(classes, name, new)
                }
            }
        };
        let shown = |consent: Option<&_>| or_none(consent, |name| self.consent_label(name));
        let (from, to) = (Some(shown(old.transfer_consent.as_ref())), Some(shown(consent)));
        self.push(at, Some(field), "", from, to, kind);
    }
}

const COUNTRY: Field = Field("country", "国", "country");
