//! Items, purposes and consents: what is held, for what, and on which terms.

use std::collections::BTreeMap;

use super::Linter;
use super::rules::{
    BASIS, CONDITION, EMPTY_PURPOSE, EXPLICIT, INTEREST, LOOSE_PURPOSE, MAIL_OPT_IN, MINORS, NAMED,
    NOBODY_RETENTION, RETENTION_LONG, SPECIAL_MARKETING,
};
use crate::consent::{Consent, ConsentName};
use crate::document::Language;
use crate::item::{Item, ItemName, Linked, Retention, RetentionStart, Sensitivity};
use crate::purpose::{Basis, Purpose, PurposeName};
use crate::regime::Regime;

impl Linter<'_> {
    pub(super) fn data(&mut self) {
        for (name, item) in &self.document.items {
            self.special_care(name, item);
            self.apart(name, item);
            self.kept(name.as_str(), "items.toml", item.position, item.retention);
        }
        for (name, secret) in &self.document.secrets {
            self.kept(name.as_str(), "secrets.toml", secret.position, secret.retention);
        }
        for (name, purpose) in &self.document.purposes {
            self.purpose(name, purpose);
            self.used(name, purpose);
        }
        for (name, item) in &self.document.items {
            self.goes_by_name(name, item);
        }
        self.conditions();
        self.minors();
    }

    /// The consent to a special-care item names it, and the item serves no marketing (R9.2).
    fn special_care(&mut self, name: &ItemName, item: &Item) {
        if item.sensitivity != Sensitivity::SpecialCare {
            return;
        }
        let regimes = self.regimes();
        let consent = item.consent.as_ref().and_then(|c| Some((c, self.document.consents.get(c)?)));
        if let Some((consent_name, consent)) = consent
            && !names(consent, item)
        {
            self.find(
                &EXPLICIT,
                &regimes,
                ("consents.toml", consent.position, "wording"),
                [
                    format!("`{consent_name}`の文言に、要配慮個人情報「{}」が出てきません", item.label.ja),
                    format!("the wording of `{consent_name}` does not name “{}”, which needs special care", item.label.en),
                ],
                [
                    "どの言語の文言にも、項目の表示名を入れてください",
                    "let the wording name the item by its label, in every language",
                ],
            );
        }
        for purpose_name in &item.purposes {
            let Some(purpose) = self.document.purposes.get(purpose_name) else { continue };
            if is_marketing(purpose) {
                self.find(
                    &SPECIAL_MARKETING,
                    &regimes,
                    ("items.toml", item.position, "purposes"),
                    [
                        format!("要配慮個人情報`{name}`を、広告や宣伝の目的`{purpose_name}`に使うことになっています"),
                        format!("`{name}` needs special care and is used for `{purpose_name}`, which is marketing"),
                    ],
                    ["項目の`purposes`から外してください", "take the purpose out at the item"],
                );
            }
        }
    }

    /// The consent on which an item goes to others names it: whoever agreed to other words agreed to none of
    /// it (Act 27(1)). What has a consent of its own is named there.
    fn goes_by_name(&mut self, name: &ItemName, item: &Item) {
        if item.consent.is_some() || item.linked == Linked::Nobody {
            return;
        }
        let goes = |purpose: &PurposeName| {
            self.document.recipients.values().any(|recipient| {
                recipient.purposes.contains(purpose)
                    && (recipient.items.is_empty() || recipient.items.contains(name))
            })
        };
        let mut on: BTreeMap<&ConsentName, Vec<&Regime>> = BTreeMap::new();
        for purpose in item.purposes.iter().filter(|purpose| goes(purpose)) {
            let Some(found) = self.document.purposes.get(purpose) else { continue };
            for (regime, basis) in &found.basis {
                if let (Basis::Consent(consent), false, Some(regime)) =
                    (basis, found.own_use, self.document.regimes.get(regime))
                {
                    let regimes = on.entry(consent).or_default();
                    if !regimes.iter().any(|known| known.name == regime.name) {
                        regimes.push(regime);
                    }
                }
            }
        }
        for (consent_name, regimes) in on {
            let Some(consent) = self.document.consents.get(consent_name) else { continue };
            if names(consent, item) {
                continue;
            }
            self.find(
                &NAMED,
                &regimes,
                ("consents.toml", consent.position, "wording"),
                [
                    format!("`{consent_name}`の文言に、この同意にもとづいて提供される「{}」が出てきません", item.label.ja),
                    format!("the wording of `{consent_name}` does not name “{}”, which goes to others on it", item.label.en),
                ],
                [
                    "どの言語の文言にも項目の表示名を入れ、`since`を新しくしてください",
                    "let the wording name the item by its label, in every language, with a new `since`",
                ],
            );
        }
    }

    /// A purpose is stated for something that is held (Act 17(1)).
    fn used(&mut self, name: &PurposeName, purpose: &Purpose) {
        if self.document.items.values().any(|item| item.purposes.contains(name)) {
            return;
        }
        let regimes = self.regimes();
        self.find(
            &EMPTY_PURPOSE,
            &regimes,
            ("purposes.toml", purpose.position, ""),
            [
                format!("`{name}`のために使う項目がありません"),
                format!("nothing is held for `{name}`"),
            ],
            [
                "使わない利用目的は外すか、項目の`purposes`に入れてください",
                "take out a purpose that is not used, or name it in the `purposes` of an item",
            ],
        );
    }

    /// What is linked with nobody cannot end with what only a person has (G8).
    fn apart(&mut self, name: &ItemName, item: &Item) {
        if item.linked == Linked::Nobody && item.retention.from != RetentionStart::LastPut {
            let regimes = self.regimes();
            self.find(
                &NOBODY_RETENTION,
                &regimes,
                ("items.toml", item.position, "retention"),
                [
                    format!("`{name}`はだれとも結び付けないのに、保存期間が会員や予約から数えられています"),
                    format!("`{name}` is linked with nobody, and its retention counts from an account or a booking"),
                ],
                [
                    "`from = \"last_put\"`にするか、`linked`を外してください",
                    "count from `last_put`, or take `linked` out",
                ],
            );
        }
    }

    fn kept(&mut self, name: &str, file: &str, at: usize, retention: Retention) {
        let most = self.least(|duties| duties.retention_days.value);
        if retention.days > most {
            let regimes = self.where_duty(|duties| retention.days > duties.retention_days.value);
            let days = retention.days;
            self.find(
                &RETENTION_LONG,
                &regimes,
                (file, at, "retention"),
                [
                    format!("`{name}`を{days}日間保存することになっています（目安は{most}日まで）"),
                    format!("`{name}` is kept for {days} days; beyond {most} somebody should look"),
                ],
                [
                    "目的に必要な期間にしてください。法令の保存義務は、別に扱います",
                    "keep it as long as its purposes need; what law obliges to keep is a matter of its own",
                ],
            );
        }
    }

    fn purpose(&mut self, name: &PurposeName, purpose: &Purpose) {
        let file = "purposes.toml";
        let loose = self.where_duty(|duties| {
            duties.loose_purposes.value.iter().any(|loose| {
                Language::ALL.into_iter().any(|language| {
                    purpose.label.get(language).to_lowercase().contains(&loose.to_lowercase())
                })
            })
        });
        if !loose.is_empty() {
            self.find(
                &LOOSE_PURPOSE,
                &loose,
                (file, purpose.position, "label"),
                [
                    format!("利用目的「{}」は、何に使うのかが分かりません", purpose.label.ja),
                    format!(
                        "the purpose “{}” does not say what the information is used for",
                        purpose.label.en
                    ),
                ],
                [
                    "本人が、自分の情報が何に使われるかを想像できるように書いてください",
                    "write it so that a person can imagine what becomes of her information",
                ],
            );
        }
        let based = |regime: &Regime| purpose.basis.get(&regime.name).cloned();
        for regime in self.regimes() {
            let Some(basis) = based(regime) else { continue };
            if !regime.duties.bases.value.iter().any(|word| word == basis.word()) {
                self.find(
                    &BASIS,
                    &[regime],
                    (file, purpose.position, "basis"),
                    [
                        format!("`{name}`の根拠`{}`は、`{}`の法律にありません", basis.word(), regime.name),
                        format!("`{name}` rests on `{}`, which the law of `{}` does not know", basis.word(), regime.name),
                    ],
                    [
                        "contract、legitimate_interest、legal_obligation、consent:名前 のどれかにしてください",
                        "rest it on contract, legitimate_interest, legal_obligation or consent:NAME",
                    ],
                );
            }
        }
        let unnamed: Vec<_> = self
            .where_duty(|duties| duties.interests_named.value)
            .into_iter()
            .filter(|regime| based(regime) == Some(Basis::LegitimateInterest))
            .collect();
        if purpose.interest.is_none() && !unnamed.is_empty() {
            self.find(
                &INTEREST,
                &unnamed,
                (file, purpose.position, "basis"),
                [
                    format!("`{name}`は正当な利益にもとづくのに、その利益が書かれていません"),
                    format!("`{name}` rests on a legitimate interest that is not named"),
                ],
                [
                    "`interest = { ja = \"…\", en = \"…\" }`を書いてください",
                    "add `interest = { ja = \"…\", en = \"…\" }`",
                ],
            );
        }
        let sent: Vec<_> = self
            .where_duty(|duties| duties.mail_opt_in.value)
            .into_iter()
            .filter(|regime| based(regime).is_some_and(|basis| !matches!(basis, Basis::Consent(_))))
            .collect();
        if sends_offers(purpose) && !sent.is_empty() {
            self.find(
                &MAIL_OPT_IN,
                &sent,
                (file, purpose.position, "basis"),
                [
                    format!("広告や宣伝を送る目的`{name}`が、同意にもとづいていません"),
                    format!("`{name}` sends offers and does not rest on a consent"),
                ],
                ["`consent:名前`にしてください", "rest it on consent:NAME"],
            );
        }
    }

    /// Consent as a condition of the service is hardly free (G2).
    fn conditions(&mut self) {
        for (name, consent) in &self.document.consents {
            let strict: Vec<_> = self
                .where_duty(|duties| !duties.condition_of_service.value)
                .into_iter()
                .filter(|regime| consent.condition_of_service.contains(&regime.name))
                .collect();
            if !strict.is_empty() {
                self.find(
                    &CONDITION,
                    &strict,
                    ("consents.toml", consent.position, "condition_of_service"),
                    [
                        format!("`{name}`への同意がサービスの条件になっています"),
                        format!("the service depends on `{name}`, so the consent is hardly free"),
                    ],
                    [
                        "`condition_of_service`からその法域を外し、目的を契約などにもとづかせてください",
                        "take the regime out of `condition_of_service`, and rest the purpose on the contract",
                    ],
                );
            }
        }
    }

    /// Somebody has to be able to tell who is a minor (R9.6).
    fn minors(&mut self) {
        if self.document.birth_date().is_none() && !self.document.consents.is_empty() {
            let regimes = self.regimes();
            self.find(
                &MINORS,
                &regimes,
                ("items.toml", 0, ""),
                [
                    "生年月日の項目がなく、保護者の同意が必要な方かどうかが分かりません".into(),
                    "no item tells a date of birth, so nobody can tell for whom a parent has to consent".into(),
                ],
                [
                    "`birth_date`の項目を置くか、申込みの画面で年齢を確かめてください",
                    "hold one of kind `birth_date`, or ask for the age where people sign up",
                ],
            );
        }
    }
}

/// Whether a consent's wording names an item by its label, in every language.
fn names(consent: &Consent, item: &Item) -> bool {
    Language::ALL.into_iter().all(|language| {
        let label = item.label.get(language).to_lowercase();
        consent.wording.get(language).to_lowercase().contains(&label)
    })
}

/// Whether a purpose is advertising or other marketing: by its terms, else by its words.
fn is_marketing(purpose: &Purpose) -> bool {
    let (dpv, fides) = (purpose.terms.dpv.as_deref(), purpose.terms.fides.as_deref());
    if dpv.is_none() && fides.is_none() {
        let en = purpose.label.en.to_lowercase();
        return ["広告", "宣伝", "マーケティング"].iter().any(|w| purpose.label.ja.contains(w))
            || ["advertis", "marketing"].iter().any(|w| en.contains(w));
    }
    dpv.is_some_and(|term| term.contains("Marketing") || term.contains("Advertising"))
        || fides.is_some_and(|term| term.starts_with("marketing"))
}

/// Whether offers are sent to people for it, rather than shown.
fn sends_offers(purpose: &Purpose) -> bool {
    let (dpv, fides) = (purpose.terms.dpv.as_deref(), purpose.terms.fides.as_deref());
    match (dpv, fides) {
        (None, None) => is_marketing(purpose),
        (dpv, fides) => {
            dpv.is_some_and(|term| term.contains("DirectMarketing"))
                || fides.is_some_and(|term| term.starts_with("marketing.communications"))
        }
    }
}
