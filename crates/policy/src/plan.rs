//! The plan of a release: how each demand of a comparison is met before a new version may take
//! effect (G5, I11). Reads `release.toml`, holds it against the changes, and says which old data stay
//! locked to their old purposes (Act 18(1)). Knows nothing of who is told or when.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::consent::{ConsentFact, ConsentName};
use crate::decide::standing_consent;
use crate::diff::{Change, Class, Demand, Duty, Judgement, Opening, Whom};
use crate::document::{Document, Language, Version};
use crate::item::ItemName;
use crate::party::RecipientName;
use crate::purpose::{Basis, PurposeName};

/// The file that a plan is read from.
pub const FILE: &str = "release.toml";

/// How people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tell {
    /// A letter to each person held.
    Letter,
    /// The pages of the version and its feed.
    Page,
}

/// What becomes of data collected before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldData {
    /// It is not used for what is new, unless the person consents.
    Locked,
}

/// How the demands of one change are met.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Why the purpose is within a range reasonably related to the old one (Act 17(2)).
    pub related: Option<String>,
    /// Why other words mean the same.
    pub same_sense: Option<String>,
    /// How people are told.
    pub tell: Option<Tell>,
    /// The consent that is asked, new or anew.
    pub ask: Option<ConsentName>,
    /// What becomes of old data.
    pub old_data: Option<OldData>,
    /// What shows selection, contract or measures, by file name or number.
    pub evidence: Option<String>,
    /// Where the information about the country is given before the consent (Rules 17).
    pub inform: Option<String>,
}

/// The plan of a release: an answer for each change that needs one, by its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version it is for.
    pub version: Version,
    /// The answers.
    #[serde(default)]
    pub answers: BTreeMap<String, Answer>,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// What cannot be read, with its line.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| format!("{FILE}: {error}").trim_end().to_owned())
    }
}

/// An answer that is missing or does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The change.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub way_out: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, message, way_out } = self;
        write!(f, "{place}: {message}\n    {way_out}")
    }
}

/// Old data that are kept from something new until a consent is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// The version that opened it for new data.
    pub version: Version,
    /// Which items.
    pub items: Vec<ItemName>,
    /// For which purpose; `None` for every one.
    pub purpose: Option<PurposeName>,
    /// For whom.
    pub whom: Whom,
    /// The consent that ends it; `None` where only new data are free.
    pub until: Option<ConsentName>,
}

impl Lock {
    /// Whether it stands before an ask for this purpose by a recipient of that category; `None` for
    /// the controller itself.
    pub fn stands_before(&self, purpose: &PurposeName, category: Option<&RecipientName>) -> bool {
        let whom = match &self.whom {
            Whom::Anyone => true,
            Whom::Controller => category.is_none(),
            Whom::Recipient(name) => category == Some(name),
        };
        whom && self.purpose.as_ref().is_none_or(|known| known == purpose)
    }

    /// Whether the person has ended it.
    pub fn ended_by(&self, policy: &Document, consents: &[ConsentFact]) -> bool {
        let until = self.until.as_ref();
        until.is_some_and(|consent| standing_consent(policy, consents, consent).is_ok())
    }
}

/// A plan that holds: what it promises, for whoever carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Promises {
    /// Old data that stay locked.
    pub locks: Vec<Lock>,
    /// True when each person is to get a letter.
    pub letters: bool,
    /// The consents that are asked, new or anew.
    pub asked: Vec<ConsentName>,
}

/// A comparison held against its plan.
struct Check<'a> {
    old: &'a Document,
    new: &'a Document,
    later: bool,
    missing: Vec<Missing>,
    promises: Promises,
}

/// Holds a plan against the changes from one version to the next; `later` is true when the new
/// version takes effect some time after it is published.
///
/// # Errors
/// Every answer that is missing or does not hold.
pub fn check(
    old: &Document,
    new: &Document,
    changes: &[Change],
    plan: Option<&Plan>,
    later: bool,
) -> Result<Promises, Vec<Missing>> {
    let mut check = Check { old, new, later, missing: Vec::new(), promises: Promises::default() };
    let none = BTreeMap::new();
    let answers = plan.map_or(&none, |plan| &plan.answers);
    if let Some(plan) = plan.filter(|plan| plan.version != new.version) {
        check.miss(
            "version",
            format!("the plan is for version `{}`", plan.version),
            format!("write one for `{}` with `azukari policy plan`", new.version),
        );
    }
    for change in changes {
        let place = change.place.to_string();
        check.change(change, answers.get(&place).unwrap_or(&Answer::default()));
    }
    for place in answers.keys() {
        if !changes.iter().any(|change| change.place.to_string() == *place) {
            let way_out = "take the answer out, or correct its place".to_owned();
            check.miss(place, "nothing changed here".to_owned(), way_out);
        }
    }
    if check.missing.is_empty() { Ok(check.promises) } else { Err(check.missing) }
}

fn said(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

impl Check<'_> {
    fn miss(&mut self, place: &str, message: String, way_out: String) {
        self.missing.push(Missing { place: place.to_owned(), message, way_out });
    }

    fn change(&mut self, change: &Change, answer: &Answer) {
        let place = change.place.to_string();
        let mut demands = change.demands.clone();
        for (judgement, reason, key) in [
            (Judgement::Related, &answer.related, "related"),
            (Judgement::SameSense, &answer.same_sense, "same_sense"),
        ] {
            if reason.is_none() {
                continue;
            }
            if !change.judgements.contains(&judgement) {
                let message = format!("`{key}` cannot be judged of this change");
                self.miss(&place, message, format!("take `{key}` out"));
            } else if !said(reason.as_ref()) {
                let way_out = format!("write the reason in `{key}`");
                self.miss(&place, "a judgement without a reason".to_owned(), way_out);
            } else {
                demands = change.judged(judgement, self.new);
            }
        }
        let mut unmet = Vec::new();
        let mut ways: Vec<String> = Vec::new();
        for demand in demands.iter().filter(|demand| demand.duty.needs_plan()) {
            if let Err(way_out) = self.meet(change, demand, answer) {
                let Demand { regimes, duty, article } = demand;
                let regimes: Vec<&str> = regimes.iter().map(crate::RegimeName::as_str).collect();
                let words = duty.words(Language::En);
                unmet.push(format!("{words} in {} ({article})", regimes.join(", ")));
                if !ways.contains(&way_out) {
                    ways.push(way_out);
                }
            }
        }
        let met = unmet.is_empty();
        if !met {
            for judgement in &change.judgements {
                ways.push(match judgement {
                    Judgement::Related => {
                        "or judge: `related = \"why it is reasonably related to the old purpose\"`"
                    }
                    Judgement::SameSense => {
                        "or judge: `same_sense = \"why the words mean the same\"`"
                    }
                }.to_owned());
            }
            let message = format!("{} Law asks for: {}", change.words.en, unmet.join("; "));
            self.miss(&place, message, ways.join("\n    "));
        }
        if met {
            self.promise(change, answer);
        }
    }

    /// Whether an answer meets a demand; else the way out.
    fn meet(&self, change: &Change, demand: &Demand, answer: &Answer) -> Result<(), String> {
        let ok = |yes: bool, way_out: &str| if yes { Ok(()) } else { Err(way_out.to_owned()) };
        match demand.duty {
            Duty::Post | Duty::TellAtCollection | Duty::ConsentAtCollection => Ok(()),
            Duty::Announce => {
                ok(answer.tell.is_some(), "answer `tell = \"letter\"` or `tell = \"page\"`")
            }
            Duty::PublishBefore => ok(self.later, "publish it with `--at` and a moment to come"),
            Duty::Evidence => {
                ok(said(answer.evidence.as_ref()), "answer `evidence` with the contract or file")
            }
            Duty::FreshJointUse => match answer.old_data {
                Some(OldData::Locked) => {
                    ok(self.later, "publish it with `--at` and a moment to come")
                }
                None => self.asked(change, demand, answer).map_err(|way_out| {
                    format!("answer `old_data = \"locked\"` and publish with `--at`, or: {way_out}")
                }),
            },
            Duty::Consent => self.asked(change, demand, answer),
            Duty::InformedConsent => {
                ok(
                    said(answer.inform.as_ref()),
                    "answer `inform` with where the country's system and the measures are told, and \
                     `ask` with the consent to the transfer, new or with `since` moved on",
                )?;
                let recipient =
                    self.new.recipients.iter().find(|(n, _)| n.as_str() == change.place.name);
                let transfer = recipient.and_then(|(_, entry)| entry.transfer_consent.as_ref());
                let fresh = answer.ask.as_ref().is_some_and(|ask| self.is_fresh(ask));
                ok(
                    fresh && answer.ask.as_ref() == transfer,
                    "name as `ask` the recipient's `transfer_consent`, new or with `since` moved on \
                     to this version",
                )
            }
        }
    }

    /// A consent that nobody has given yet to words that stand.
    fn is_fresh(&self, name: &ConsentName) -> bool {
        self.new.consents.get(name).is_some_and(|consent| {
            !self.old.consents.contains_key(name) || consent.since == self.new.version
        })
    }

    /// Whether the consent that is asked stands before what the change opens: in the policy itself,
    /// or by locking what was collected before.
    fn asked(&self, change: &Change, demand: &Demand, answer: &Answer) -> Result<(), String> {
        if matches!(change.class, Class::ConsentWording | Class::ConsentRevived) {
            return Err(
                "move `since` of the consent on to this version, so that it is asked again"
                    .to_owned(),
            );
        }
        let Some(ask) = &answer.ask else {
            return Err("answer `ask` with a consent that is new or whose `since` is this version"
                .to_owned());
        };
        let locked = answer.old_data == Some(OldData::Locked);
        let was_the_basis = change.class == Class::BasisWeakened
            && self.old.purposes.iter().any(|(name, purpose)| {
                name.as_str() == change.place.name
                    && purpose.basis.values().any(|basis| *basis == Basis::Consent(ask.clone()))
            });
        let stands = locked && was_the_basis && self.new.consents.contains_key(ask);
        if !(self.is_fresh(ask) || stands) {
            return Err(format!(
                "`{ask}` was given to other words; ask a new consent, or move its `since` on to this \
                 version"
            ));
        }
        let gated = !change.opens.is_empty()
            && change.opens.iter().all(|opening| self.is_gated(opening, demand, ask))
            || change.class == Class::EngagementLoosened
                && self.carries(&change.place.name, demand, ask);
        if gated {
            return Ok(());
        }
        if !may_lock(change.class) {
            return Err(format!(
                "rest what is opened on `{ask}`, in purposes.toml, items.toml or recipients.toml"
            ));
        }
        if locked {
            return Ok(());
        }
        Err(format!(
            "nothing in the policy rests on `{ask}`: answer `old_data = \"locked\"`, so that what was \
             collected before waits for it"
        ))
    }

    /// Whether a purpose rests on a consent wherever it is demanded.
    fn carries(&self, purpose: &str, demand: &Demand, ask: &ConsentName) -> bool {
        let found = self.new.purposes.iter().find(|(name, _)| name.as_str() == purpose);
        found.is_some_and(|(_, purpose)| {
            demand.regimes.iter().all(|regime| {
                purpose.basis.get(regime).is_none_or(|basis| *basis == Basis::Consent(ask.clone()))
            })
        })
    }

    fn is_gated(&self, opening: &Opening, demand: &Demand, ask: &ConsentName) -> bool {
        let items = !opening.items.is_empty()
            && opening.items.iter().all(|item| {
                self.new.items.get(item).is_some_and(|item| item.consent.as_ref() == Some(ask))
            });
        let purposes: Vec<&PurposeName> = match (&opening.purpose, &opening.whom) {
            (Some(purpose), _) => vec![purpose],
            (None, Whom::Recipient(name)) => self
                .new
                .recipients
                .get(name)
                .map(|r| r.purposes.iter().collect())
                .unwrap_or_default(),
            (None, _) => Vec::new(),
        };
        items
            || !purposes.is_empty()
                && purposes.iter().all(|purpose| self.carries(purpose.as_str(), demand, ask))
    }

    fn promise(&mut self, change: &Change, answer: &Answer) {
        let Answer { tell, ask, old_data, .. } = answer;
        self.promises.letters |= *tell == Some(Tell::Letter);
        if let Some(ask) = ask.as_ref().filter(|ask| !self.promises.asked.contains(ask)) {
            self.promises.asked.push(ask.clone());
        }
        if *old_data == Some(OldData::Locked) {
            for Opening { items, purpose, whom } in &change.opens {
                self.promises.locks.push(Lock {
                    version: self.new.version,
                    items: items.clone(),
                    purpose: purpose.clone(),
                    whom: whom.clone(),
                    until: ask.clone(),
                });
            }
        }
    }
}

/// Classes about the use of what is held. Giving to others needs the consent for new data, too.
fn may_lock(class: Class) -> bool {
    matches!(
        class,
        Class::PurposeBeyond
            | Class::BasisWeakened
            | Class::ExplicitConsentDropped
            | Class::Linked
            | Class::JointUseScope
    )
}

/// A plan to fill in: every change that needs an answer, with what law asks for, in comments.
pub fn skeleton(new: &Document, changes: &[Change]) -> String {
    use fmt::Write;
    let mut text = format!(
        "# How version {0} is released: an answer for each change that asks for more than posting.\n\
         # Fill in, and publish with `azukari policy publish`.\n\n\
         version = \"{0}\"\n",
        new.version
    );
    for change in changes.iter().filter(|change| change.duty().needs_plan()) {
        let _ = write!(text, "\n# {}\n# {}\n", change.words.ja, change.words.en);
        for Demand { regimes, duty, article } in &change.demands {
            let regimes: Vec<&str> = regimes.iter().map(crate::RegimeName::as_str).collect();
            let words = duty.words(Language::En);
            let _ = writeln!(text, "# {}: {words} ({article})", regimes.join(", "));
        }
        let _ = writeln!(text, "[answers.\"{}\"]", change.place);
        for judgement in &change.judgements {
            let _ = text.write_str(match judgement {
                Judgement::Related => {
                    "# related = \"why it is reasonably related to the old purpose\"\n"
                }
                Judgement::SameSense => "# same_sense = \"why the words mean the same\"\n",
            });
        }
        let has = |duty| change.demands.iter().any(|demand| demand.duty == duty);
        if has(Duty::Announce) || change.judgements.contains(&Judgement::Related) {
            let _ = text.write_str("# tell = \"letter\" # or \"page\"\n");
        }
        if has(Duty::Evidence) {
            let _ = text.write_str("# evidence = \"the contract, by file name or number\"\n");
        }
        if has(Duty::InformedConsent) {
            let _ = text.write_str("# inform = \"where the country and the measures are told\"\n");
        }
        if has(Duty::Consent) || has(Duty::InformedConsent) || has(Duty::FreshJointUse) {
            let _ = text.write_str("# ask = \"a consent, new or with `since` moved on\"\n");
        }
        if may_lock(change.class) && (has(Duty::Consent) || has(Duty::FreshJointUse)) {
            let _ = text.write_str("# old_data = \"locked\"\n");
        }
        if has(Duty::PublishBefore) {
            let _ = text.write_str("# nothing to answer: publish with --at and a moment to come\n");
        }
    }
    text
}
