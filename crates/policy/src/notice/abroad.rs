//! Recipients abroad (S14): the ways that lead there, and for each country its system and what its
//! recipients do (R2.2, R2.3, R2.5).

use super::{Block, Fact, Term, Writer};
use crate::country::CountryProfile;
use crate::party::{Recipient, RecipientName};
use crate::regime::Regime;

/// How a recipient is reached under a regime, as the policy states it.
#[derive(PartialEq)]
enum Way {
    /// It handles no personal information.
    Untouched,
    /// Its country is not abroad there.
    Home,
    /// The country is recognised.
    Designated,
    /// It keeps equivalent measures.
    Measures,
    /// The person agrees.
    Consent,
    /// None leads there.
    Closed,
}

impl Writer<'_> {
    pub(super) fn abroad(&self) -> Vec<Block> {
        let home = &self.policy.controller.country;
        let foreign: Vec<_> = self
            .policy
            .recipients_in_order()
            .into_iter()
            .filter_map(|(name, r)| Some((name, r, r.country.as_ref().filter(|c| *c != home)?)))
            .collect();
        let unconfirmed =
            self.policy.recipients.values().any(|recipient| recipient.country.is_none());
        let mut blocks = Vec::new();
        if foreign.is_empty() && !unconfirmed {
            blocks.push(self.paragraph(
                "外国にある第三者に個人情報を提供することはありません。",
                "We provide no personal information to third parties abroad.",
            ));
            return blocks;
        }
        self.ways(&mut blocks);
        if unconfirmed {
            blocks.push(self.paragraph(
                "国を確認できていない提供先には、確認できるまで何も提供しません。",
                "Where a recipient's country is not yet confirmed, nothing goes there until it is.",
            ));
        }
        let mut countries: Vec<&String> = Vec::new();
        for (_, _, country) in &foreign {
            if !countries.contains(country) {
                countries.push(country);
            }
        }
        for code in countries {
            let there: Vec<_> = foreign
                .iter()
                .filter(|(_, _, country)| *country == code)
                .map(|(name, recipient, _)| (*name, *recipient))
                .collect();
            self.country(code, &there, &mut blocks);
        }
        blocks
    }

    fn ways(&self, blocks: &mut Vec<Block>) {
        blocks.push(self.paragraph(
            "外国にある第三者に個人情報を提供するのは、次のどれかにあたる場合だけです。",
            "We provide personal information to a third party abroad only in one of the following cases.",
        ));
        let days = self
            .policy
            .regimes
            .values()
            .map(|regime| regime.transfer.equivalent_measures_check_days.value);
        // The shortest of them is kept for all.
        let days = self.fact(Fact::Days(days.min().unwrap_or_default()));
        let mut ways = vec![
            self.say(
                "個人情報を保護する制度が同じ水準にあると、適用される法律が認めた国にある場合",
                "It is in a country whose protection the law that applies to you has found to be of the same level",
            ),
            self.say(
                format!("その提供先が同じ水準の保護をする体制を整えており、当社がそれを{days}以内に確認している場合"),
                format!("It has arrangements for protection of the same level, and we have checked them within {days}"),
            ),
            self.say(
                "国の名前、その国の個人情報保護の制度、提供先がとる保護の措置をあらかじめお知らせして、ご本人の同意をいただいた場合",
                "You have agreed, after we told you the country, its system for protecting personal information, and the measures that the recipient takes",
            ),
        ];
        if !self.policy.exceptions.is_empty() {
            let third = self.article("third_parties");
            ways.push(self.say(
                format!("{third}の条にある、同意がいらないと法令が定めている場合"),
                format!("It is one of the cases under {third} in which the law needs no consent"),
            ));
        }
        blocks.push(self.points(ways));
    }

    fn country(&self, code: &str, there: &[(&RecipientName, &Recipient)], blocks: &mut Vec<Block>) {
        let country = self.fact(Fact::Country(code.to_owned()));
        blocks.push(self.heading(country.clone(), country));
        let mut terms = Vec::new();
        let recognised: Vec<_> = self
            .regimes()
            .into_iter()
            .filter(|regime| regime.transfer.designated.contains(code))
            .collect();
        if !recognised.is_empty() {
            let laws = self.all_of(recognised.iter().map(|regime| &regime.name));
            terms.push(self.term(
                "国の位置づけ",
                "Standing of the country",
                self.say(
                    format!(
                        "{laws}の法律は、この国の個人情報保護の制度を同じ水準にあると認めています"
                    ),
                    format!("The law of {laws} has found its protection to be of the same level"),
                ),
            ));
        }
        if let Some(profile) = self.policy.countries.get(code) {
            self.profile(profile, &mut terms);
        } else if recognised.len() < self.policy.regimes.len() && recognised.is_empty() {
            terms.push(self.term(
                "個人情報保護の制度",
                "System of protection",
                self.say(
                    "まだ調べ終えていません。調べたらここに掲載します",
                    "Not yet surveyed; it will be published here",
                ),
            ));
        }
        if !terms.is_empty() {
            blocks.push(self.terms(terms));
        }
        let terms = there.iter().map(|(name, recipient)| self.recipient_abroad(name, recipient));
        let terms = terms.collect();
        blocks.push(self.terms(terms));
        if there.iter().any(|(_, recipient)| recipient.equivalent_measures.is_some()) {
            blocks.push(self.paragraph(
                "ご希望があれば、保護の体制についてのくわしい情報をお知らせします。",
                "On request we tell you more about these arrangements.",
            ));
        }
    }

    fn profile(&self, profile: &CountryProfile, terms: &mut Vec<Term>) {
        let mut system = vec![self.said(&profile.system)];
        system.push(if profile.general_law {
            self.say(
                "個人情報の保護についての一般的な法律があります。",
                "There is a general law on the protection of personal information.",
            )
        } else {
            self.say(
                "個人情報の保護についての一般的な法律はありません。",
                "There is no general law on the protection of personal information.",
            )
        });
        terms.push(Term {
            term: self.say("個人情報保護の制度", "System of protection"),
            said: system,
        });
        if !profile.indicators.is_empty() {
            let signs = profile.indicators.iter().map(|sign| self.fact(Fact::Indicator(*sign)));
            let said = signs.collect();
            terms.push(Term {
                term: self.say("保護の水準のめやす", "Signs of protection"), said
            });
        }
        let gaps: Vec<_> = profile.gaps.iter().map(|gap| self.fact(Fact::Gap(*gap))).collect();
        let gaps = if gaps.is_empty() {
            self.say("OECDの8原則にそっています", "In line with the 8 principles of the OECD")
        } else {
            let gaps = self.row(&gaps);
            self.say(
                format!("OECDの8原則のうち、次のものに十分にはそっていません：{gaps}"),
                format!("Of the 8 principles of the OECD, not fully in line with: {gaps}"),
            )
        };
        terms.push(self.term("原則とのちがい", "Differences from the principles", gaps));
        let other = match &profile.other_systems {
            Some(other) => self.said(other),
            None => self.say("見つかっていません", "None found"),
        };
        terms.push(self.term("影響の大きいその他の制度", "Other systems of grave effect", other));
        let on = self.fact(Fact::Day(profile.surveyed_on));
        let source = self.fact(Fact::Given(profile.source.clone()));
        terms.push(Term {
            term: self.say("調べた日と出典", "Surveyed on, source"),
            said: vec![on, source],
        });
    }

    fn recipient_abroad(&self, name: &RecipientName, recipient: &Recipient) -> Term {
        let term = self.fact(Fact::Recipient(name.clone()));
        let mut said = vec![self.ground(recipient)];
        if recipient.handles_personal_data {
            match &recipient.measures {
                Some(measures) => {
                    let measures = self.said(measures);
                    said.push(self.say(
                        format!("提供先の措置：{measures}"),
                        format!("What it does: {measures}"),
                    ));
                }
                None => said.push(self.say(
                    "提供先の措置：まだ確認できていません",
                    "What it does: not yet confirmed",
                )),
            }
        }
        if let Some(measures) = &recipient.equivalent_measures {
            if let Some(outline) = &measures.outline {
                let outline = self.said(outline);
                said.push(self.say(
                    format!("体制の概要：{outline}"),
                    format!("Outline of the arrangements: {outline}"),
                ));
            }
            if let Some(checks) = &measures.checks {
                let checks = self.said(checks);
                said.push(self.say(
                    format!("確認の頻度と方法：{checks}"),
                    format!("How often and how we check: {checks}"),
                ));
            }
            let on = self.fact(Fact::Day(measures.checked_on));
            said.push(self.say(format!("前回の確認：{on}"), format!("Last checked: {on}")));
        }
        Term { term, said }
    }

    /// On what ground a recipient abroad is reached, by regime where that differs.
    fn ground(&self, recipient: &Recipient) -> String {
        let groups = self.by_regime(|regime| way(recipient, regime));
        let same = groups.len() == 1;
        let grounds: Vec<_> = groups
            .into_iter()
            .map(|(way, names)| {
                let ground = match way {
                    Way::Untouched => self
                        .say("個人情報を取り扱わない", "it does not handle personal information"),
                    Way::Home => self.say("その国・地域の中", "within that area"),
                    Way::Designated => self
                        .say("同じ水準と認められた国", "a country found to be of the same level"),
                    Way::Measures => self.say(
                        "同じ水準の保護の体制",
                        "arrangements for protection of the same level",
                    ),
                    Way::Consent => {
                        let consent = recipient.transfer_consent.clone();
                        let label = consent.map(|name| self.fact(Fact::Consent(name)));
                        let label = self.quoted(&label.unwrap_or_default());
                        self.say(format!("{label}への同意"), format!("your consent to {label}"))
                    }
                    Way::Closed => self.say("なし（提供しません）", "none (nothing goes there)"),
                };
                if same {
                    ground
                } else {
                    let laws = self.together(names.into_iter());
                    self.say(format!("{ground}（{laws}）"), format!("{ground} ({laws})"))
                }
            })
            .collect();
        let grounds = self.phrases(&grounds);
        self.say(format!("提供の根拠：{grounds}"), format!("Ground: {grounds}"))
    }
}

/// How a recipient is reached under a regime (R2.1).
fn way(recipient: &Recipient, regime: &Regime) -> Way {
    let Some(country) = &recipient.country else { return Way::Closed };
    if !recipient.handles_personal_data {
        Way::Untouched
    } else if regime.transfer.home.contains(country) {
        Way::Home
    } else if regime.transfer.designated.contains(country) {
        Way::Designated
    } else if recipient.equivalent_measures.is_some() {
        Way::Measures
    } else if recipient.transfer_consent.is_some() && regime.transfer.consent {
        Way::Consent
    } else {
        Way::Closed
    }
}
