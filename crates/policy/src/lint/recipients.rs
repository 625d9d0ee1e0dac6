//! Where information goes: contracts (L2), routes abroad (Act 28), joint use (Act 27(5)(iii)).

use jiff::Span;

use super::rules::{
    CHECK_OVERDUE, CHECK_SOON, CONSENT_COUNTRY, CONSENT_SYSTEM, CONTRACT, COUNTRY_PROFILE,
    COUNTRY_PROFILE_OLD, COUNTRY_UNUSED, JOINT_RESPONSIBLE, MEMBER_ABROAD, OUTLINE, ROUTE,
    SCOPE_OLD, SENT_TOGETHER, TRANSFER_MEASURES, UNNAMED,
};
use super::{Linter, label_says_nothing};
use crate::document::Language;
use crate::item::Linked;
use crate::party::{JointUse, Recipient, RecipientName, Role};
use crate::regime::Regime;
use crate::words;

const FILE: &str = "recipients.toml";

impl<'a> Linter<'a> {
    pub(super) fn recipients(&mut self) {
        for (name, recipient) in &self.document.recipients {
            if recipient.purposes.is_empty() || !recipient.handles_personal_data {
                continue;
            }
            self.contract(name, recipient);
            self.named(name, recipient);
            self.sent_together(name, recipient);
            self.abroad(name, recipient);
            if let Some(joint) = &recipient.joint_use {
                self.joint_use(name, recipient, joint);
            }
        }
        self.countries();
    }

    fn contract(&mut self, name: &RecipientName, recipient: &Recipient) {
        if recipient.role == Role::Processor && recipient.contract.is_none() {
            let regimes = self.regimes();
            self.find(
                &CONTRACT,
                &regimes,
                (FILE, recipient.position, ""),
                [
                    format!("委託先`{name}`との契約が書かれていません"),
                    format!("no contract binds the processor `{name}`"),
                ],
                [
                    "`contract = { signed_on, evidence }`を書いてください",
                    "add `contract = { signed_on, evidence }`",
                ],
            );
        }
    }

    /// A category alone lets nobody choose a route or keep a record (G6).
    fn named(&mut self, name: &RecipientName, recipient: &Recipient) {
        if recipient.country.is_none() || (recipient.legal.is_none() && !recipient.many) {
            let regimes = self.regimes();
            self.find(
                &UNNAMED,
                &regimes,
                (FILE, recipient.position, ""),
                [
                    format!("`{name}`の会社か国が分かりません"),
                    format!("the company or the country of `{name}` is not known"),
                ],
                [
                    "`legal`と`country`を書いてください。書くまで何も提供されません",
                    "add `legal` and `country`; nothing goes there until then",
                ],
            );
        }
    }

    /// Sent with a name, what is linked with nobody is linked with her (G8).
    fn sent_together(&mut self, name: &RecipientName, recipient: &Recipient) {
        let linked = |of| {
            recipient
                .items
                .iter()
                .filter_map(|item| self.document.items.get(item))
                .any(|item| item.linked == of)
        };
        if linked(Linked::Nobody) && linked(Linked::Person) {
            let regimes = self.regimes();
            self.find(
                &SENT_TOGETHER,
                &regimes,
                (FILE, recipient.position, "items"),
                [
                    format!("`{name}`に、だれとも結び付けない情報を、個人の情報と一緒に渡すことになっています"),
                    format!("`{name}` receives what is linked with nobody together with what is a person's"),
                ],
                ["どちらかを`items`から外してください", "take one of the two out of `items`"],
            );
        }
    }

    fn abroad(&mut self, name: &RecipientName, recipient: &Recipient) {
        let Some(country) = &recipient.country else { return };
        // The regimes under which the recipient is abroad, and its country is not recognised.
        let beyond: Vec<&'a Regime> = self
            .regimes()
            .into_iter()
            .filter(|regime| {
                let transfer = &regime.transfer;
                !transfer.home.contains(country) && !transfer.designated.contains(country)
            })
            .collect();
        if beyond.is_empty() {
            return;
        }
        let by_measures = recipient.equivalent_measures.is_some();
        let by_consent: Vec<_> =
            beyond.iter().copied().filter(|regime| regime.transfer.consent).collect();
        let by_consent = if recipient.transfer_consent.is_some() { by_consent } else { Vec::new() };
        if !by_measures && by_consent.is_empty() {
            self.find(
                &ROUTE,
                &beyond,
                (FILE, recipient.position, "country"),
                [
                    format!("`{name}`のある国（{}）への経路がありません", words::country(country, Language::Ja)),
                    format!("no route leads to `{name}` in {}", words::country(country, Language::En)),
                ],
                [
                    "`equivalent_measures`か`transfer_consent`を書いてください。書くまで何も提供されません",
                    "add `equivalent_measures` or `transfer_consent`; nothing goes there until then",
                ],
            );
            return;
        }
        self.profile(name, recipient, country, &beyond);
        if by_measures {
            self.equivalent_measures(name, recipient, &beyond);
        }
        if !by_consent.is_empty() {
            self.transfer_consent(name, recipient, country, &by_consent);
        }
    }

    /// The country's system, surveyed not too long ago (R2.2, R2.3).
    fn profile(
        &mut self,
        name: &RecipientName,
        recipient: &Recipient,
        country: &str,
        beyond: &[&'a Regime],
    ) {
        let (ja, en) =
            (words::country(country, Language::Ja), words::country(country, Language::En));
        let Some(profile) = self.document.countries.get(country) else {
            self.find(
                &COUNTRY_PROFILE,
                beyond,
                (FILE, recipient.position, "country"),
                [
                    format!("`{name}`のある国（{ja}）の制度が書かれていません"),
                    format!("nothing is told of the system of {en}, where `{name}` is"),
                ],
                [
                    "countries.tomlにその国を書いてください。個人情報保護委員会の調査が使えます",
                    "add the country to countries.toml; the Commission's surveys may serve",
                ],
            );
            return;
        };
        let days = self.least(|duties| duties.survey_days.value);
        if self.older(profile.surveyed_on, days) {
            let on = profile.surveyed_on;
            let at = profile.position;
            let known = self
                .findings
                .iter()
                .any(|found| found.rule == &COUNTRY_PROFILE_OLD && found.message.en.contains(en));
            if known {
                return;
            }
            self.find(
                &COUNTRY_PROFILE_OLD,
                beyond,
                ("countries.toml", at, "surveyed_on"),
                [
                    format!("{ja}の調査（{on}）から{days}日を過ぎています"),
                    format!("the survey of {en} of {on} is more than {days} days old"),
                ],
                ["調べなおして日付を改めてください", "look again, and write the day"],
            );
        }
    }

    /// Route (b): outline and checks are there, and the check is not overdue (R2.4, R2.5).
    fn equivalent_measures(
        &mut self,
        name: &RecipientName,
        recipient: &Recipient,
        beyond: &[&'a Regime],
    ) {
        let Some(measures) = &recipient.equivalent_measures else { return };
        let place = (FILE, recipient.position, "equivalent_measures");
        let told = [&measures.outline, &measures.checks];
        if told.iter().any(|label| label.as_ref().is_none_or(label_says_nothing)) {
            self.find(
                &OUTLINE,
                beyond,
                place,
                [
                    format!("`{name}`の相当措置の概要か、確認の頻度と方法が書かれていません"),
                    format!("the outline of `{name}`'s equivalent measures, or how they are checked, is missing"),
                ],
                [
                    "`outline`と`checks`を書いてください。求められたら本人に示します",
                    "add `outline` and `checks`; a person may ask for them",
                ],
            );
        }
        let days = beyond
            .iter()
            .map(|regime| regime.transfer.equivalent_measures_check_days.value)
            .min()
            .unwrap_or_default();
        let Ok(due) = Span::new().try_days(days).and_then(|d| measures.checked_on.checked_add(d))
        else {
            return;
        };
        let soon = self.least(|duties| duties.check_soon_days.value);
        let way_out = [
            "提供先の措置と外国の制度を確認し、`checked_on`を改めてください",
            "check the recipient's practice and the system there, and write the day at `checked_on`",
        ];
        let place = (FILE, recipient.position, "checked_on");
        if self.on > due {
            self.find(
                &CHECK_OVERDUE,
                beyond,
                place,
                [
                    format!("`{name}`の相当措置の確認の期限（{due}）を過ぎています。提供は止まります"),
                    format!("the check of `{name}`'s equivalent measures was due on {due}; nothing goes there until it is made"),
                ],
                way_out,
            );
        } else if self.on.until(due).is_ok_and(|left| i64::from(left.get_days()) <= i64::from(soon))
        {
            self.find(
                &CHECK_SOON,
                beyond,
                place,
                [
                    format!("`{name}`の相当措置の確認の期限は{due}です"),
                    format!("the check of `{name}`'s equivalent measures is due on {due}"),
                ],
                way_out,
            );
        }
    }

    /// Route (c): what is told before consent (R2.2).
    fn transfer_consent(
        &mut self,
        name: &RecipientName,
        recipient: &Recipient,
        country: &str,
        regimes: &[&'a Regime],
    ) {
        if recipient.measures.as_ref().is_none_or(label_says_nothing) {
            self.find(
                &TRANSFER_MEASURES,
                regimes,
                (FILE, recipient.position, "transfer_consent"),
                [
                    format!("`{name}`がとる措置が書かれていないので、同意の前に示せません"),
                    format!("what `{name}` does to protect is missing, so it cannot be told before consent"),
                ],
                [
                    "`measures`を書いてください。確認できないなら、その旨と理由を書いてください",
                    "add `measures`; where they cannot be known, say so and why",
                ],
            );
        }
        let consent = recipient
            .transfer_consent
            .as_ref()
            .and_then(|consent| Some((consent, self.document.consents.get(consent)?)));
        let Some((consent_name, consent)) = consent else { return };
        let place = ("consents.toml", consent.position, "wording");
        let profile = self.document.countries.get(country);
        let names_country = |language| {
            let wording = consent.wording.get(language);
            wording.contains(words::country(country, language))
                || profile.is_some_and(|profile| wording.contains(profile.label.get(language)))
        };
        if !Language::ALL.into_iter().all(names_country) {
            self.find(
                &CONSENT_COUNTRY,
                regimes,
                place,
                [
                    format!(
                        "`{consent_name}`の文言に、国名（{}）が出てきません",
                        words::country(country, Language::Ja)
                    ),
                    format!(
                        "the wording of `{consent_name}` does not name {}",
                        words::country(country, Language::En)
                    ),
                ],
                [
                    "どの言語の文言にも国名を入れてください",
                    "let the wording name the country, in every language",
                ],
            );
        }
        let speaks = |language: Language| {
            let wording = consent.wording.get(language).to_lowercase();
            let of = |words: &[&str]| words.iter().any(|word| wording.contains(word));
            match language {
                Language::Ja => of(&["制度", "法律"]) && of(&["措置", "保護のため"]),
                Language::En => of(&["system", "law"]) && of(&["measure", "protect"]),
            }
        };
        if !Language::ALL.into_iter().all(speaks) {
            self.find(
                &CONSENT_SYSTEM,
                regimes,
                place,
                [
                    format!("`{consent_name}`の文言が、その国の制度か、提供先の措置にふれていません"),
                    format!("the wording of `{consent_name}` does not speak of the country's system, or of the recipient's measures"),
                ],
                [
                    "制度と措置がどこで分かるかを文言に入れてください",
                    "let the wording say what they are, or where they are told",
                ],
            );
        }
    }

    /// What is told of a joint use (R4.1, R4.3, G7).
    fn joint_use(&mut self, name: &RecipientName, recipient: &Recipient, joint: &JointUse) {
        let regimes = self.regimes();
        let place = (FILE, recipient.position, "responsible");
        let who = &joint.responsible;
        if [&who.name, &who.address, &who.representative].into_iter().any(label_says_nothing) {
            self.find(
                &JOINT_RESPONSIBLE,
                &regimes,
                place,
                [
                    format!("`{name}`との共同利用の責任者の名称、住所、代表者のどれかが書かれていません"),
                    format!("name, address or representative of who answers for the joint use with `{name}` says nothing"),
                ],
                ["登記のとおりに書いてください", "write them as the company's register has them"],
            );
        }
        let days = self.least(|duties| duties.scope_days.value);
        let on = joint.scope.taken_on;
        if self.older(on, days) {
            self.find(
                &SCOPE_OLD,
                &regimes,
                (FILE, recipient.position, "scope"),
                [
                    format!("`{name}`の範囲の写し（{on}）から{days}日を過ぎています"),
                    format!(
                        "the snapshot of `{name}`'s scope of {on} is more than {days} days old"
                    ),
                ],
                [
                    "一覧を見なおして、日付と会社を改めてください",
                    "look at the list again, and write the day and the members",
                ],
            );
        }
        if recipient.equivalent_measures.is_some() || recipient.transfer_consent.is_some() {
            return;
        }
        for member in &joint.scope.members {
            let beyond: Vec<_> = regimes
                .iter()
                .copied()
                .filter(|regime| {
                    let transfer = &regime.transfer;
                    !transfer.home.contains(&member.country)
                        && !transfer.designated.contains(&member.country)
                })
                .collect();
            if beyond.is_empty() {
                continue;
            }
            self.find(
                &MEMBER_ABROAD,
                &beyond,
                (FILE, recipient.position, "scope"),
                [
                    format!(
                        "共同利用者「{}」のある国（{}）への経路がありません",
                        member.name.ja,
                        words::country(&member.country, Language::Ja)
                    ),
                    format!(
                        "no route leads to the joint user “{}” in {}",
                        member.name.en,
                        words::country(&member.country, Language::En)
                    ),
                ],
                [
                    "`equivalent_measures`か`transfer_consent`を書くか、範囲から外してください",
                    "add `equivalent_measures` or `transfer_consent`, or take it out of the scope",
                ],
            );
        }
    }

    /// A country that nobody is in needs no survey.
    fn countries(&mut self) {
        for (code, profile) in &self.document.countries {
            let is_used = self
                .document
                .recipients
                .values()
                .any(|recipient| recipient.country.as_ref() == Some(code));
            if !is_used {
                self.find(
                    &COUNTRY_UNUSED,
                    &[],
                    ("countries.toml", profile.position, ""),
                    [
                        format!("`{code}`に提供先はありません"),
                        format!("no recipient is in `{code}`"),
                    ],
                    ["不要なら外してください", "take it out if it is not needed"],
                );
            }
        }
    }
}
