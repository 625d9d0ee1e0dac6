//! What changed about the laws that the policy serves people under.

use std::collections::BTreeMap;

use super::{At, Class, Diff, Field, Kind, Part, text};
use crate::regime::{Regime, RegimeName};

impl Diff<'_> {
    pub(super) fn regimes(
        &mut self,
        old: &BTreeMap<RegimeName, Regime>,
        new: &BTreeMap<RegimeName, Regime>,
    ) {
        for (name, regime) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Regimes, name, &regime.label), false, Class::RegimeDropped);
        }
        for (name, regime) in new {
            let at = At::new(Part::Regimes, name, &regime.label);
            match old.get(name) {
                Some(old) => self.regime(&at, old, regime),
                None => {
                    let classes = [(name.clone(), Class::RegimeAdded)].into();
                    self.entry(&at, true, Kind::by(classes, self.new));
                }
            }
        }
    }

    /// The law is the same for every company and comes with the program; both versions are read by
    /// one program, so these differ only where a document was made otherwise.
    fn regime(&mut self, at: &At, old: &Regime, new: &Regime) {
        let Regime {
            name: _, // the key
            version,
            label,
            law,
            authority,
            provision,
            exceptions,
            transfer,
            record_duty,
            record_keeping,
            minor_consent_age,
            agreement_days,
            requests,
            changes,
            duties,
        } = new;
        self.label(at, Field("label", "名称", "name"), &old.label, label, Class::Editorial);
        self.label(at, Field("law", "法令", "law"), &old.law, law, Class::Editorial);
        let field = Field("authority", "監督機関", "authority");
        self.label(at, field, &old.authority, authority, Class::Editorial);
        let field = Field("version", "基準日", "date");
        self.field(at, field, &old.version, version, text, Class::Editorial);
        for (field, same) in [
            (Field("provision", "提供の根拠", "bases of provision"), old.provision == *provision),
            (Field("exceptions", "同意の例外", "exceptions"), old.exceptions == *exceptions),
            (Field("transfer", "越境の経路", "routes abroad"), old.transfer == *transfer),
            (Field("record_duty", "記録義務", "record duty"), old.record_duty == *record_duty),
            (
                Field("record_keeping", "記録の保存期間", "period of records"),
                old.record_keeping == *record_keeping,
            ),
            (
                Field("minor_consent_age", "未成年者の年齢", "age of minors"),
                old.minor_consent_age == *minor_consent_age,
            ),
            (
                Field(
                    "agreement_days",
                    "法定代理人の回答の期間",
                    "time for a representative's answer",
                ),
                old.agreement_days == *agreement_days,
            ),
            (
                Field("requests", "本人からの請求の規定", "rules on requests"),
                old.requests == *requests,
            ),
            (Field("changes", "変更の手続き", "duties at a change"), old.changes == *changes),
            (Field("duties", "公表などの義務", "duties to tell"), old.duties == *duties),
        ] {
            if !same {
                self.push(at, Some(field), "", None, None, Class::LawChanged);
            }
        }
    }
}
