//! What changed about the controller itself, and the languages of its policy.

use super::{At, Class, Diff, Field, Part, or_none, text};
use crate::document::{Controller, Desk, Label, Language};

impl Diff<'_> {
    pub(super) fn controller(&mut self, old: &Controller, new: &Controller) {
        let Controller {
            name,
            address,
            representative,
            service,
            country,
            information_manager,
            representatives,
            accredited_body,
            desk,
        } = new;
        let Desk { name: desk_name, email } = desk;
        let at = At { part: Part::Controller, name: String::new(), label: name.clone() };
        let details = Class::ControllerDetails;
        self.label(&at, Field("name", "名称", "name"), &old.name, name, details);
        self.label(&at, Field("address", "住所", "address"), &old.address, address, details);
        let field = Field("representative", "代表者", "representative");
        self.label(&at, field, &old.representative, representative, details);
        let field = Field("service", "サービスの説明", "description of the service");
        self.label(&at, field, &old.service, service, Class::Editorial);
        let shown = |code: &String| country_name(code);
        let field = Field("country", "国", "country");
        self.field(&at, field, &old.country, country, shown, Class::ControllerCountry);
        let field = Field("information_manager", "情報管理責任者", "information manager");
        self.label(&at, field, &old.information_manager, information_manager, details);
        let field = Field("accredited_body", "認定個人情報保護団体", "accredited body");
        let shown = |body: &Option<Label>| or_none(body.as_ref(), Label::clone);
        self.field(&at, field, &old.accredited_body, accredited_body, shown, details);
        let field = Field("representatives", "現地の代理人", "representatives in other regimes");
        let all = old.representatives.keys().chain(representatives.keys());
        for regime in all.collect::<std::collections::BTreeSet<_>>() {
            let (was, is) = (old.representatives.get(regime), representatives.get(regime));
            if was != is {
                let (from, to) = (was.cloned(), is.cloned());
                self.push(&at, Some(field), regime.as_str(), from, to, details);
            }
        }
        let field = Field("desk_name", "お問い合わせ窓口", "inquiry desk");
        self.label(&at, field, &old.desk.name, desk_name, details);
        let field = Field("desk_email", "窓口のメールアドレス", "desk's e-mail address");
        self.field(&at, field, &old.desk.email, email, text, details);
    }

    pub(super) fn languages(&mut self, old: &[Language], new: &[Language]) {
        let at = At {
            part: Part::Controller,
            name: String::new(),
            label: self.new.controller.name.clone(),
        };
        let tags = |all: &[Language]| all.iter().map(|one| one.tag()).collect::<Vec<_>>();
        self.list(
            &at,
            Field("languages", "ポリシーの言語", "languages of the policy"),
            (&tags(old), &tags(new)),
            |tag, _| text(tag),
            |_| Class::Editorial.into(),
            |_| Class::LanguageDropped.into(),
        );
    }
}

/// A country in words.
pub(super) fn country_name(code: &str) -> Label {
    super::class::both(|language| crate::words::country(code, language).to_owned())
}
