//! The article on requests: procedure, fee (G3), grounds (G9), reasons (G1).

use super::rules::{FEE, FEE_AMOUNT, GROUND, PROCEDURE, REASONS, REASONS_EFFORT};
use super::{Linter, label_says_nothing};
use crate::regime::Regime;
use crate::request::{ReasonsTold, RefusalGround, Refusals, RequestKind, Requests};

const FILE: &str = "requests.toml";

impl Linter<'_> {
    pub(super) fn requests(&mut self) {
        let regimes = self.regimes();
        let requests = self.document.requests.as_ref();
        let is_told = requests.is_some_and(|requests| {
            ![&requests.procedure, &requests.identity].into_iter().any(label_says_nothing)
        });
        if !is_told {
            self.find(
                &PROCEDURE,
                &regimes,
                (FILE, 0, "procedure"),
                ["請求の手続が書かれていません".into(), "how to make a request is not told".into()],
                [
                    "requests.tomlに、手続、本人確認、代理人、手数料を書いてください",
                    "tell procedure, identity, agents and fee in requests.toml",
                ],
            );
        }
        let Some(requests) = requests else { return };
        self.fee(requests);
        self.grounds(&requests.refusals);
        self.reasons(requests);
    }

    fn fee(&mut self, requests: &Requests) {
        let Some(fee) = &requests.fee else { return };
        let charged = |free: bool| {
            let regimes = self.where_duty(|duties| duties.fee.value != free);
            regimes.into_iter().filter(|r| fee.regimes.contains(&r.name)).collect::<Vec<_>>()
        };
        let at = self.files.get(FILE).and_then(|text| text.find("[fee]")).unwrap_or(0);
        let (free, paid) = (charged(true), charged(false));
        if !free.is_empty() {
            self.find(
                &FEE,
                &free,
                (FILE, at, "regimes"),
                [
                    "無料で応じるべき法域で手数料をとることになっています".into(),
                    "a fee is charged where requests are free".into(),
                ],
                ["`fee.regimes`から外してください", "take the regime out of `fee.regimes`"],
            );
        }
        let high: Vec<_> = paid
            .into_iter()
            .filter(|r| fee.currency == "JPY" && fee.amount > r.duties.fee_to_look_at.value)
            .collect();
        if !high.is_empty() {
            let amount = fee.amount;
            self.find(
                &FEE_AMOUNT,
                &high,
                (FILE, at, "amount"),
                [
                    format!("手数料{amount}円が実費にてらして合理的か、確かめてください"),
                    format!(
                        "see whether a fee of JPY {amount} is reasonable in view of the actual cost"
                    ),
                ],
                ["実費の計算を残すか、下げてください", "keep the reckoning, or lower the fee"],
            );
        }
    }

    /// The closed lists of the law, by kind of request (R8, G9): what no regime of the policy knows.
    fn grounds(&mut self, refusals: &Refusals) {
        use RequestKind as Kind;
        let regimes = self.regimes();
        let lawful = |kinds: &[Kind]| -> Vec<RefusalGround> {
            let of = |regime: &&Regime| {
                kinds.iter().flat_map(|kind| regime.requests.refusals(*kind)).collect::<Vec<_>>()
            };
            regimes.iter().flat_map(of).collect()
        };
        let kinds: [(&str, &[RefusalGround], Vec<RefusalGround>); 5] = [
            ("purpose_notice", &refusals.purpose_notice, lawful(&[Kind::PurposeNotice])),
            (
                "disclosure",
                &refusals.disclosure,
                lawful(&[Kind::Disclosure, Kind::ProvisionRecords, Kind::EquivalentMeasures]),
            ),
            ("correction", &refusals.correction, lawful(&[Kind::Correction])),
            ("stop", &refusals.stop, lawful(&[Kind::StopUse, Kind::StopProvision, Kind::Erasure])),
            ("procedural", &refusals.procedural, lawful(&[Kind::Complaint])),
        ];
        let at = self.files.get(FILE).and_then(|text| text.find("[refusals]")).unwrap_or(0);
        for (key, grounds, lawful) in kinds {
            for ground in grounds.iter().filter(|ground| !lawful.contains(ground)) {
                let word = serde_json::to_value(ground).unwrap_or_default();
                let word = word.as_str().unwrap_or_default();
                self.find(
                    &GROUND,
                    &regimes,
                    (FILE, at, key),
                    [
                        format!("`{key}`の請求を`{word}`の理由で断ることは、法律にありません"),
                        format!("law does not let `{key}` be refused for `{word}`"),
                    ],
                    ["理由の一覧から外してください", "take the ground out of the list"],
                );
            }
        }
    }

    fn reasons(&mut self, requests: &Requests) {
        let at = self.files.get(FILE).and_then(|text| text.find("[reasons_told]")).unwrap_or(0);
        for regime in self.regimes() {
            let told = requests.reasons_told.get(&regime.name);
            if told != Some(&ReasonsTold::None) {
                continue;
            }
            let must = regime.duties.reasons.value != ReasonsTold::None;
            let name = &regime.name;
            self.find(
                if must { &REASONS } else { &REASONS_EFFORT },
                &[regime],
                (FILE, at, name.as_str()),
                [
                    format!("`{name}`では、断る理由を知らせないことになっています"),
                    format!("reasons for a refusal are not told in `{name}`"),
                ],
                ["`summary`か`full`にしてください", "let it be `summary` or `full`"],
            );
        }
    }
}
