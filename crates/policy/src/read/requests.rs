//! requests.toml: what people may ask for, how, at what fee (S23 to S33).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Table};
use crate::document::Label;
use crate::purpose::{Purpose, PurposeName};
use crate::regime::{Regime, RegimeName};
use crate::request::{AlternativeMeasure, Fee, Handling, ReasonsTold, Refusals, Requests};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRequests {
    article: Spanned<String>,
    procedure: Spanned<Label>,
    identity: Spanned<Label>,
    agents: Spanned<Label>,
    fee: Option<Spanned<Fee>>,
    refusals: Refusals,
    reasons_told: Table<ReasonsTold>,
    #[serde(default)]
    alternative_measures: Vec<AlternativeMeasure>,
    handling: Option<Spanned<Handling>>,
}

impl Reader<'_> {
    pub(super) fn requests(
        &mut self,
        raw: RawRequests,
        regimes: &BTreeMap<RegimeName, Regime>,
        purposes: &BTreeMap<PurposeName, Purpose>,
    ) -> Requests {
        let file = "requests.toml";
        if let Some(handling) = &raw.handling {
            self.handling(handling.span().start, handling.get_ref(), purposes);
        }
        if let Some(fee) = &raw.fee {
            self.fee(fee, regimes);
        }
        let mut reasons_told = BTreeMap::new();
        for (regime, told) in raw.reasons_told {
            let known = self.known(file, &[regime], "regime", |r| regimes.contains_key(r));
            reasons_told.extend(known.into_iter().map(|regime| (regime, told)));
        }
        Requests {
            article: self.article(file, raw.article),
            procedure: self.label(file, raw.procedure),
            identity: self.label(file, raw.identity),
            agents: self.label(file, raw.agents),
            fee: raw.fee.map(Spanned::into_inner),
            refusals: raw.refusals,
            reasons_told,
            alternative_measures: raw.alternative_measures,
            handling: raw.handling.map(Spanned::into_inner).unwrap_or_default(),
        }
    }

    /// Staff look at values for a purpose of the controller's own, and every period has an end.
    fn handling(
        &mut self,
        at: usize,
        handling: &Handling,
        purposes: &BTreeMap<PurposeName, Purpose>,
    ) {
        let file = "requests.toml";
        if let Some(name) = &handling.purpose {
            match purposes.get(name) {
                None => {
                    let message = format!("`{name}` is not a purpose of this policy");
                    self.error(file, at, message, "name one of purposes.toml, or leave it out");
                }
                Some(purpose) if !purpose.own_use => {
                    let message = format!("`{name}` is not for the controller's own use");
                    self.error(file, at, message, "name a purpose with `own_use = true`");
                }
                Some(_) => {}
            }
        }
        for (key, days) in [
            ("verify_within_days", handling.verify_within_days),
            ("pay_within_days", handling.pay_within_days),
            ("answer_open_days", handling.answer_open_days),
            ("evidence_days", handling.evidence_days),
            ("keep_days", handling.keep_days),
        ] {
            if !(1..=3660).contains(&days) {
                let message = format!("`{key}` is {days} days");
                self.error(file, at, message, "give 1 to 3660 days");
            }
        }
    }

    /// A fee is charged for what the Act lets it be charged for, in a currency there is (R8.4).
    fn fee(&mut self, fee: &Spanned<Fee>, regimes: &BTreeMap<RegimeName, Regime>) {
        let (file, at) = ("requests.toml", fee.span().start);
        let Fee { amount, currency, kinds, regimes: charged, refund_when_not_held: _, pay_to } =
            fee.get_ref();
        if pay_to
            .as_ref()
            .is_some_and(|label| label.ja.trim().is_empty() || label.en.trim().is_empty())
        {
            let message = "`pay_to` is empty in a language".to_owned();
            self.error(file, at, message, "say in every language how to pay, or leave it out");
        }
        if *amount == 0 {
            self.error(file, at, "a fee of nothing".into(), "take `fee` out");
        }
        if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_uppercase()) {
            let message = format!("`{currency}` is not a currency");
            self.error(file, at, message, "use three capital letters of ISO 4217, such as JPY");
        }
        for kind in kinds.iter().filter(|kind| !kind.may_cost()) {
            let word = serde_json::to_string(kind).unwrap_or_default();
            let message = format!("`{}` is free of charge", word.trim_matches('"'));
            let way_out = "a fee is for notification and disclosure only (Act 38, R8.4)";
            self.error(file, at, message, way_out);
        }
        for regime in charged.iter().filter(|regime| !regimes.contains_key(*regime)) {
            let message = format!("`{regime}` is not a regime of this policy");
            self.error(file, at, message, "name one that stands under `regimes`");
        }
    }
}
