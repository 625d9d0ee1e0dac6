//! purposes.toml: what information may be used for.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Severity, Table};
use crate::consent::{Consent, ConsentName};
use crate::document::Label;
use crate::item::Terms;
use crate::purpose::{Basis, Purpose, PurposeName, Tier};
use crate::regime::{Regime, RegimeName};

/// Hours after an engagement's end beyond which somebody should look.
const LONG_AFTER_HOURS: u32 = 24;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPurpose {
    pub(super) label: Spanned<Label>,
    pub(super) article: Spanned<String>,
    pub(super) interest: Option<Spanned<Label>>,
    pub(super) tier: Tier,
    #[serde(default)]
    pub(super) terms: Terms,
    pub(super) basis: Table<Spanned<String>>,
    #[serde(default)]
    pub(super) own_use: bool,
    #[serde(default)]
    pub(super) needs_engagement: bool,
    #[serde(default)]
    pub(super) after_end_hours: u32,
}

impl Reader<'_> {
    pub(super) fn purposes(
        &mut self,
        raw: Table<RawPurpose>,
        regimes: &BTreeMap<RegimeName, Regime>,
        consents: &BTreeMap<ConsentName, Consent>,
    ) -> BTreeMap<PurposeName, Purpose> {
        let file = "purposes.toml";
        let mut purposes = BTreeMap::new();
        for (key, raw) in raw {
            let name: Option<PurposeName> = self.name(file, &key);
            let label = self.label(file, raw.label);
            let mut basis = BTreeMap::new();
            for (regime, text) in raw.basis {
                let regimes = self.known(file, &[regime], "regime", |r| regimes.contains_key(r));
                match Basis::parse(text.get_ref()) {
                    Some(Basis::Consent(consent)) if !consents.contains_key(&consent) => self
                        .error(
                            file,
                            text.span().start,
                            format!("there is no consent `{consent}` in this policy"),
                            "declare it in consents.toml, or name another basis",
                        ),
                    Some(read) => basis.extend(regimes.into_iter().map(|r| (r, read.clone()))),
                    None => self.error(
                        file,
                        text.span().start,
                        format!("`{}` is not a basis", text.get_ref()),
                        "write notice, contract, legitimate_interest, legal_obligation or \
                         consent:NAME",
                    ),
                }
            }
            for regime in regimes.keys() {
                if !basis.contains_key(regime) {
                    self.find(
                        Severity::Warning,
                        file,
                        key.span().start,
                        format!("`{}` has no basis in `{regime}`", key.get_ref()),
                        "everything asked for it there will be refused; state a basis if that is \
                         not meant"
                            .into(),
                    );
                }
            }
            let at = key.span().start;
            if raw.own_use && raw.needs_engagement {
                let message = format!("`{}` is an own use and needs an engagement", key.get_ref());
                let way_out = "declare two purposes: only a recipient can have an engagement";
                self.error(file, at, message, way_out);
            }
            if raw.after_end_hours > 0 && !raw.needs_engagement {
                let message =
                    format!("`{}` outlasts an engagement it does not need", key.get_ref());
                let way_out = "add `needs_engagement = true`, or take `after_end_hours` out";
                self.error(file, at, message, way_out);
            }
            if raw.after_end_hours > LONG_AFTER_HOURS {
                let hours = raw.after_end_hours;
                self.find(
                    Severity::Warning,
                    file,
                    at,
                    format!("`{}` lasts {hours} hours after the engagement", key.get_ref()),
                    "access ends with the purpose (S10); take a day at most".into(),
                );
            }
            let article = self.article(file, raw.article);
            let interest = raw.interest.map(|interest| self.label(file, interest));
            let Some(name) = name else { continue };
            purposes.insert(
                name,
                Purpose {
                    label,
                    article,
                    position: at,
                    tier: raw.tier,
                    terms: raw.terms,
                    basis,
                    interest,
                    own_use: raw.own_use,
                    needs_engagement: raw.needs_engagement,
                    after_end_hours: raw.after_end_hours,
                },
            );
        }
        purposes
    }
}
