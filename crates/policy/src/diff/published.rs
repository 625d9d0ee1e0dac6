//! What changed about the rest that is published: tools and cookies, countries, requests, safety
//! measures and the exceptions that are claimed (TBA 27-12, Act 28(2), 32, 38).

use std::collections::BTreeMap;

use super::class::both;
use super::controller::country_name;
use super::{At, Class, Diff, Field, Judgement, Kind, Part, labels, or_none, text, yes_no};
use crate::country::CountryProfile;
use crate::decide::ExceptionKind;
use crate::document::Label;
use crate::request::{Fee, Handling, Refusals, Requests};
use crate::safety::SafetyMeasure;
use crate::tool::{Cookie, CookieName, CookieParty, Means, Tool, ToolName};
use crate::words;

const LABEL: Field = Field("label", "名称", "name");
const ARTICLE: Field = Field("article", "記載箇所", "article");

fn link(url: Option<&String>) -> Label {
    or_none(url, text)
}

impl Diff<'_> {
    pub(super) fn exceptions(&mut self, old: &[ExceptionKind], new: &[ExceptionKind]) {
        let at = At {
            part: Part::Controller,
            name: String::new(),
            label: self.new.controller.name.clone(),
        };
        let field = Field("exceptions", "主張する同意の例外", "exceptions to consent");
        let shown = |kind: ExceptionKind| Some(both(|l| words::exception(kind, l).to_owned()));
        for kind in old.iter().filter(|kind| !new.contains(kind)) {
            self.push(
                &at,
                Some(field),
                &super::class::id(kind),
                shown(*kind),
                None,
                Class::Tightened,
            );
        }
        for kind in new.iter().filter(|kind| !old.contains(kind)) {
            let class = Class::ExceptionClaimed;
            self.push(&at, Some(field), &super::class::id(kind), None, shown(*kind), class);
        }
    }

    pub(super) fn tools(&mut self, old: &BTreeMap<ToolName, Tool>, new: &BTreeMap<ToolName, Tool>) {
        for (name, tool) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Tools, name, &tool.label), false, Class::Tightened);
        }
        for (name, tool) in new {
            let at = At::new(Part::Tools, name, &tool.label);
            match old.get(name) {
                Some(old) => self.tool(&at, old, tool),
                None => self.entry(&at, true, Class::Tool),
            }
        }
        self.order(Part::Tools, old, new, |tool| tool.position);
    }

    fn tool(&mut self, at: &At, old: &Tool, new: &Tool) {
        let Tool {
            label,
            article,
            provider,
            country,
            means,
            information,
            purpose,
            provider_purpose,
            passed_on,
            consent,
            opt_out,
            policy_url,
            hosts,
            position: _, // compared as an order
        } = new;
        let more = || Kind::from(Class::Tool);
        let worded = || more().or(Judgement::SameSense);
        self.label(at, LABEL, &old.label, label, worded());
        self.field(at, ARTICLE, &old.article, article, text, Class::Editorial);
        self.label(at, Field("provider", "提供者", "provider"), &old.provider, provider, worded());
        let field = Field("country", "提供者の国", "provider's country");
        let shown = |code: &Option<String>| or_none(code.as_ref(), |code| country_name(code));
        self.field(at, field, &old.country, country, shown, more());
        let field = Field("means", "仕組み", "means");
        let shown = |means: &Means| match means {
            Means::Tag => Label { ja: "タグ".to_owned(), en: "a tag".to_owned() },
            Means::MailPixel => Label {
                ja: "メールの画像".to_owned(),
                en: "a picture in a letter".to_owned(),
            },
            Means::Module => Label { ja: "モジュール".to_owned(), en: "a module".to_owned() },
        };
        self.field(at, field, &old.means, means, shown, more());
        let field = Field("information", "送信する情報", "information sent");
        self.label(at, field, &old.information, information, worded());
        self.label(at, Field("purpose", "利用目的", "purpose"), &old.purpose, purpose, worded());
        let shown = |label: &Option<Label>| or_none(label.as_ref(), Label::clone);
        let field = Field("provider_purpose", "提供者の利用目的", "provider's purpose");
        let kind = if provider_purpose.is_some() { worded() } else { Class::Tightened.into() };
        self.field(at, field, &old.provider_purpose, provider_purpose, shown, kind);
        let field = Field("passed_on", "提供者からの提供先", "those it is passed on to");
        let kind = if passed_on.is_some() { worded() } else { Class::Tightened.into() };
        self.field(at, field, &old.passed_on, passed_on, shown, kind);

        let field = Field("consent", "必要な同意", "consent it needs");
        // A consent that people gave for something else would load it at once.
        let kind = match consent {
            Some(one) if old.consent.is_none() || !self.old.consents.contains_key(one) => {
                Class::Tightened
            }
            _ => Class::ToolWithoutConsent,
        };
        let shown = |name: Option<&_>| or_none(name, |name| self.consent_label(name));
        if old.consent != *consent {
            let (from, to) = (Some(shown(old.consent.as_ref())), Some(shown(consent.as_ref())));
            self.push(at, Some(field), "", from, to, kind);
        }
        let shown = |url: &Option<String>| link(url.as_ref());
        let field = Field("opt_out", "オプトアウトの方法", "way to opt out");
        let class = if opt_out.is_some() { Class::Editorial } else { Class::ToolWithoutConsent };
        self.field(at, field, &old.opt_out, opt_out, shown, class);
        let field = Field("policy_url", "提供者のポリシー", "provider's policy");
        self.field(at, field, &old.policy_url, policy_url, shown, Class::Editorial);
        let field = Field("hosts", "送信先のホスト", "hosts it sends to");
        self.list(
            at,
            field,
            (&old.hosts, hosts),
            |host, _| text(host),
            |_| Class::Tool.into(),
            |_| Class::Tightened.into(),
        );
    }

    pub(super) fn cookies(
        &mut self,
        old: &BTreeMap<CookieName, Cookie>,
        new: &BTreeMap<CookieName, Cookie>,
    ) {
        for (name, cookie) in old.iter().filter(|(name, _)| !new.contains_key(name)) {
            self.entry(&At::new(Part::Cookies, name, &cookie.label), false, Class::Tightened);
        }
        for (name, cookie) in new {
            let at = At::new(Part::Cookies, name, &cookie.label);
            let Some(old) = old.get(name) else {
                self.entry(&at, true, Class::Cookie);
                continue;
            };
            let Cookie { label, article, party, hours, needed, position: _ } = cookie;
            let kind = Kind::from(Class::Cookie).or(Judgement::SameSense);
            self.label(&at, LABEL, &old.label, label, kind);
            self.field(&at, ARTICLE, &old.article, article, text, Class::Editorial);
            let shown = |party: &CookieParty| match party {
                CookieParty::First => Label { ja: "当社".to_owned(), en: "ours".to_owned() },
                CookieParty::Third => Label { ja: "他社".to_owned(), en: "another's".to_owned() },
            };
            let field = Field("party", "設定する者", "party that sets it");
            self.field(&at, field, &old.party, party, shown, Class::Cookie);
            let field = Field("hours", "有効な時間", "hours it lasts");
            let shown = |hours: &Option<u32>| or_none(hours.as_ref(), text);
            let longer = hours.unwrap_or_default() > old.hours.unwrap_or_default();
            let class = if longer { Class::Cookie } else { Class::Tightened };
            self.field(&at, field, &old.hours, hours, shown, class);
            let field = Field("needed", "サービスに必要かどうか", "being needed");
            let class = if *needed { Class::Cookie } else { Class::Tightened };
            self.field(&at, field, &old.needed, needed, yes_no, class);
        }
        self.order(Part::Cookies, old, new, |cookie| cookie.position);
    }

    pub(super) fn countries(
        &mut self,
        old: &BTreeMap<String, CountryProfile>,
        new: &BTreeMap<String, CountryProfile>,
    ) {
        for (name, country) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
            let at = At::new(Part::Countries, name, &country.label);
            self.entry(&at, false, Class::CountryInformation);
        }
        for (name, country) in new {
            let at = At::new(Part::Countries, name, &country.label);
            let Some(old) = old.get(name) else {
                self.entry(&at, true, Class::CountryAdded);
                continue;
            };
            let CountryProfile {
                label,
                system,
                general_law,
                indicators,
                gaps,
                other_systems,
                surveyed_on,
                source,
                position: _,
            } = country;
            let told = || Kind::from(Class::CountryInformation).or(Judgement::SameSense);
            self.label(&at, LABEL, &old.label, label, told());
            let field = Field("system", "個人情報の保護の制度", "system of protection");
            self.label(&at, field, &old.system, system, told());
            let field = Field("general_law", "一般法の有無", "general law");
            let class = Class::CountryInformation;
            self.field(&at, field, &old.general_law, general_law, yes_no, class);
            let ids = |all: Vec<String>| labels(&all.iter().map(text).collect::<Vec<_>>());
            let shown = |all: &Vec<_>| ids(all.iter().map(super::class::id).collect());
            let field = Field("indicators", "保護の水準を示す指標", "signs of protection");
            self.field(&at, field, &old.indicators, indicators, shown, class);
            let shown = |all: &Vec<_>| ids(all.iter().map(super::class::id).collect());
            let field = Field("gaps", "OECD原則との違い", "gaps against the OECD principles");
            self.field(&at, field, &old.gaps, gaps, shown, class);
            let field = Field("other_systems", "影響を及ぼすおそれのある制度", "other systems");
            let shown = |label: &Option<Label>| or_none(label.as_ref(), Label::clone);
            self.field(&at, field, &old.other_systems, other_systems, shown, told());
            let field = Field("surveyed_on", "調査日", "day of the survey");
            let shown = |day: &_| both(|language| words::date(*day, language));
            self.field(&at, field, &old.surveyed_on, surveyed_on, shown, Class::Editorial);
            let field = Field("source", "出典", "source");
            self.field(&at, field, &old.source, source, text, Class::Editorial);
        }
        self.order(Part::Countries, old, new, |country| country.position);
    }

    pub(super) fn requests(&mut self, old: Option<&Requests>, new: Option<&Requests>) {
        let label = both(|language| Part::Requests.words(language).to_owned());
        let at = At { part: Part::Requests, name: String::new(), label };
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (None, None) => return,
            (was, is) => {
                let class = if is.is_some() { Class::Editorial } else { Class::Requests };
                let field = Field("requests", "規定", "article");
                let shown = |one: Option<&Requests>| or_none(one, |one| text(&one.article));
                self.push(&at, Some(field), "", Some(shown(was)), Some(shown(is)), class);
                return;
            }
        };
        let Requests {
            article,
            procedure,
            identity,
            agents,
            fee,
            refusals,
            reasons_told,
            alternative_measures,
            handling,
        } = new;
        self.field(&at, ARTICLE, &old.article, article, text, Class::Editorial);
        let kind = || Kind::from(Class::Requests).or(Judgement::SameSense);
        let field = Field("procedure", "手続き", "procedure");
        self.label(&at, field, &old.procedure, procedure, kind());
        let field = Field("identity", "本人確認の方法", "identity check");
        self.label(&at, field, &old.identity, identity, kind());
        let field = Field("agents", "代理人による請求", "requests by agents");
        self.label(&at, field, &old.agents, agents, kind());
        let shown = |fee: &Option<Fee>| {
            or_none(
                fee.as_ref(),
                |Fee { amount, currency, kinds, regimes, refund_when_not_held, pay_to }| {
                    let kinds: Vec<String> = kinds.iter().map(super::class::id).collect();
                    let regimes: Vec<&str> =
                        regimes.iter().map(crate::RegimeName::as_str).collect();
                    let back =
                        if *refund_when_not_held { "; refunded when nothing is held" } else { "" };
                    let (kinds, regimes) = (kinds.join(", "), regimes.join(", "));
                    let how = |language| pay_to.as_ref().map_or("", |label| label.get(language));
                    both(|language| {
                        let how = how(language);
                        let how = if how.is_empty() { String::new() } else { format!("; {how}") };
                        format!("{amount} {currency} ({kinds}; {regimes}{back}{how})")
                    })
                },
            )
        };
        let class = if fee.is_some() { Class::Requests } else { Class::Tightened };
        self.field(&at, Field("fee", "手数料", "fee"), &old.fee, fee, shown, class);
        let Refusals { purpose_notice, disclosure, correction, stop, procedural } = refusals;
        for (of, was, is) in [
            ("purpose_notice", &old.refusals.purpose_notice, purpose_notice),
            ("disclosure", &old.refusals.disclosure, disclosure),
            ("correction", &old.refusals.correction, correction),
            ("stop", &old.refusals.stop, stop),
            ("procedural", &old.refusals.procedural, procedural),
        ] {
            let field = Field("refusals", "応じられない場合", "grounds for refusing");
            let shown = |all: &[_]| {
                labels(&all.iter().map(|one| text(&super::class::id(one))).collect::<Vec<_>>())
            };
            if was != is {
                let fewer = is.iter().all(|ground| was.contains(ground));
                let class = if fewer { Class::Tightened } else { Class::Requests };
                self.push(&at, Some(field), of, Some(shown(was)), Some(shown(is)), class);
            }
        }
        let shown = |all: &BTreeMap<_, _>| {
            let said: Vec<Label> = all
                .iter()
                .map(|(regime, told)| text(&format!("{regime}: {}", super::class::id(told))))
                .collect();
            labels(&said)
        };
        let field = Field("reasons_told", "理由の説明", "telling of reasons");
        self.field(&at, field, &old.reasons_told, reasons_told, shown, Class::Requests);
        let field = Field("alternative_measures", "代わりの措置", "alternative measures");
        let shown = |all: &Vec<_>| {
            labels(&all.iter().map(|one| text(&super::class::id(one))).collect::<Vec<_>>())
        };
        let class = Class::Requests;
        self.field(&at, field, &old.alternative_measures, alternative_measures, shown, class);
        self.handling(&at, &old.handling, handling);
    }

    pub(super) fn safety(&mut self, old: &[SafetyMeasure], new: &[SafetyMeasure]) {
        let label = both(|language| Part::Safety.words(language).to_owned());
        let at = At { part: Part::Safety, name: String::new(), label };
        let field = |SafetyMeasure { kind, label: _ }: &SafetyMeasure| super::class::id(kind);
        let measures = Field("measures", "措置", "measures");
        for (n, gone) in old.iter().enumerate().filter(|(_, one)| !new.contains(one)) {
            let of = format!("{}-{}-before", field(gone), n + 1);
            let from = Some(gone.label.clone());
            self.push(&at, Some(measures), &of, from, None, Class::Safety);
        }
        for (n, one) in new.iter().enumerate().filter(|(_, one)| !old.contains(one)) {
            let of = format!("{}-{}", field(one), n + 1);
            self.push(&at, Some(measures), &of, None, Some(one.label.clone()), Class::Safety);
        }
        let (mut was, mut is) = (old.to_vec(), new.to_vec());
        was.retain(|one| new.contains(one));
        is.retain(|one| old.contains(one));
        if was != is {
            let field = Field("order", "順序", "order");
            self.push(&at, Some(field), "", None, None, Class::Editorial);
        }
    }
}

impl Diff<'_> {
    /// How requests are handled inside the house.
    fn handling(&mut self, at: &At, old: &Handling, new: &Handling) {
        let Handling {
            purpose,
            four_eyes,
            verify_within_days,
            pay_within_days,
            answer_open_days,
            evidence_days,
            keep_days,
        } = new;
        let class = Class::Requests;
        let shown =
            |one: &Option<_>| or_none(one.as_ref(), |one: &crate::PurposeName| text(one.as_str()));
        let field =
            Field("purpose", "請求の対応で情報を見る目的", "purpose under which staff look");
        self.field(at, field, &old.purpose, purpose, shown, class);
        let shown = |all: &Vec<_>| {
            labels(&all.iter().map(|one| text(&super::class::id(one))).collect::<Vec<_>>())
        };
        let field = Field("four_eyes", "二人で決める請求", "decisions by two");
        self.field(at, field, &old.four_eyes, four_eyes, shown, class);
        for (key, ja, en, was, is) in [
            (
                "verify_within_days",
                "本人確認の期間（日）",
                "days for confirming identity",
                old.verify_within_days,
                *verify_within_days,
            ),
            (
                "pay_within_days",
                "手数料の支払期間（日）",
                "days for paying",
                old.pay_within_days,
                *pay_within_days,
            ),
            (
                "answer_open_days",
                "回答を受け取れる期間（日）",
                "days for which an answer is open",
                old.answer_open_days,
                *answer_open_days,
            ),
            (
                "evidence_days",
                "本人確認書類の保存期間（日）",
                "days for which identity documents are kept",
                old.evidence_days,
                *evidence_days,
            ),
            (
                "keep_days",
                "請求の記録の保存期間（日）",
                "days for which requests are kept",
                old.keep_days,
                *keep_days,
            ),
        ] {
            let shown = |days: &u32| text(&days.to_string());
            self.field(at, Field(key, ja, en), &was, &is, shown, class);
        }
    }
}
