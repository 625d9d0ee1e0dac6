//! Who publishes the policy (Act 32(1), GDPR 13(1)(a), 27), and the safety measures (Act 23).

use super::rules::{
    ADDRESS, DESK, EU_REPRESENTATIVE, EXTERNAL_ENVIRONMENT, REPRESENTATIVE, SAFETY, SAFETY_KINDS,
};
use super::{Linter, label_says_nothing};
use crate::document::Label;
use crate::safety::SafetyKind;

const FILE: &str = "controller.toml";

impl Linter<'_> {
    pub(super) fn controller(&mut self) {
        let controller = &self.document.controller;
        let at = self.files.get(FILE).and_then(|text| text.find("[controller]")).unwrap_or(0);
        let regimes = self.regimes();
        let japan = self.where_duty(|duties| duties.publication.value);
        if label_says_nothing(&controller.address) {
            self.find(
                &ADDRESS,
                &regimes,
                (FILE, at, "address"),
                ["住所が書かれていません".into(), "the address says nothing".into()],
                [
                    "登記されている住所を書いてください",
                    "write the address as the company's register has it",
                ],
            );
        }
        if !japan.is_empty() && label_says_nothing(&controller.representative) {
            self.find(
                &REPRESENTATIVE,
                &japan,
                (FILE, at, "representative"),
                ["代表者が書かれていません".into(), "the representative says nothing".into()],
                [
                    "代表者の役職と氏名を書いてください",
                    "write the representative's office and name",
                ],
            );
        }
        if label_says_nothing(&controller.desk.name) {
            self.find(
                &DESK,
                &regimes,
                (FILE, at, "desk"),
                ["窓口の名前が書かれていません".into(), "the desk's name says nothing".into()],
                [
                    "苦情や問い合わせの窓口の名前を書いてください",
                    "name the desk for complaints and inquiries",
                ],
            );
        }
        for regime in self.where_duty(|duties| duties.representative.value) {
            if regime.transfer.home.contains(&controller.country)
                || controller.representatives.contains_key(&regime.name)
            {
                continue;
            }
            let Label { ja, en } = &regime.label;
            self.find(
                &EU_REPRESENTATIVE,
                &[regime],
                (FILE, at, "representatives"),
                [
                    format!("{ja}の代理人が書かれていません"),
                    format!("no representative is named for `{}` ({en})", regime.name),
                ],
                [
                    "`[controller.representatives]`に名称と住所を書くか、`regimes`からその法域を外してください",
                    "name one under `[controller.representatives]`, or take the regime out of `regimes`",
                ],
            );
        }
        self.safety();
    }

    fn safety(&mut self) {
        let japan = self.where_duty(|duties| duties.publication.value);
        if japan.is_empty() {
            return;
        }
        let file = "safety.toml";
        let taken = &self.document.safety;
        if taken.is_empty() {
            self.find(
                &SAFETY,
                &japan,
                (file, 0, ""),
                [
                    "安全管理措置が一つも書かれていません".into(),
                    "no safety measure is published".into(),
                ],
                [
                    "safety.tomlに、とっている措置を、安全に支障のない範囲で書いてください",
                    "tell the measures in safety.toml, as far as telling them does not weaken them",
                ],
            );
            return;
        }
        let missing: Vec<_> = SafetyKind::ALL
            .into_iter()
            .filter(|kind| *kind != SafetyKind::ExternalEnvironment)
            .filter(|kind| taken.iter().all(|measure| measure.kind != *kind))
            .filter_map(|kind| serde_json::to_value(kind).ok()?.as_str().map(str::to_owned))
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            self.find(
                &SAFETY_KINDS,
                &japan,
                (file, 0, ""),
                [
                    format!("安全管理措置のうち、次の種類がありません: {missing}"),
                    format!("safety measures of these kinds are missing: {missing}"),
                ],
                ["それぞれ一つは書いてください", "tell at least one of each"],
            );
        }
        let home = &self.document.controller.country;
        let abroad = self.document.recipients.values().any(|recipient| {
            recipient.handles_personal_data
                && recipient.country.as_ref().is_some_and(|country| country != home)
        });
        let told = taken.iter().any(|measure| measure.kind == SafetyKind::ExternalEnvironment);
        if abroad && !told {
            self.find(
                &EXTERNAL_ENVIRONMENT,
                &japan,
                (file, 0, ""),
                [
                    "外国に提供先があるのに、外的環境の把握が書かれていません".into(),
                    "a recipient is abroad, and no measure is of kind `external_environment`"
                        .into(),
                ],
                [
                    "外国の制度を把握したうえでとっている措置を書いてください",
                    "tell what is done in view of the system there",
                ],
            );
        }
    }
}
