//! The whole policy in a few lines, for whoever reads no further. Counted from the data.

use super::{Block, Fact, Writer};
use crate::item::{Linked, Retention, RetentionStart};
use crate::party::Role;
use crate::purpose::Tier;

impl Writer<'_> {
    pub(super) fn summary(&self) -> Vec<Block> {
        let mut terms = Vec::new();
        let required: Vec<_> = self
            .policy
            .items_in_order()
            .into_iter()
            .filter(|(_, item)| item.required)
            .map(|(name, _)| self.within(&self.item(name)))
            .collect();
        let count = self.fact(Fact::Count(self.policy.items.len()));
        let total = self.say(
            format!("お預かりする情報は、あわせて{count}項目までです。"),
            format!("We hold up to {count} items of information in all."),
        );
        let held = match required.as_slice() {
            [] => total,
            required => {
                let required = self.list(required);
                let needed = self.say(
                    format!("かならずお預かりするのは、{required}です。"),
                    format!("What we always need is your {required}."),
                );
                self.sentences(&[needed, total])
            }
        };
        terms.push(self.term("お預かりする情報", "What we hold", held));

        let service = self.within(&self.said(&self.policy.controller.service));
        let other: Vec<_> = self
            .purposes_by_tier()
            .into_iter()
            .filter(|(_, purpose)| purpose.tier == Tier::Other)
            .map(|(name, _)| self.fact(Fact::Purpose(name.clone())))
            .collect();
        let mut why =
            vec![self.say(
                format!("{service}を提供するために使います。"),
                format!("To provide {service}."),
            )];
        if !other.is_empty() {
            let other = self.within(&self.phrases(&other));
            why.push(self.say(
                format!("そのほかに使うのは、次の目的だけです。{other}。"),
                format!("Beyond that only: {other}."),
            ));
        }
        terms.push(self.term("何のために", "What for", self.sentences(&why)));
        terms.push(self.term("だれに伝わるか", "Who receives it", self.who_receives()));
        if let Some(kept) = self.longest() {
            terms.push(self.term("いつまで", "How long", kept));
        }
        let email = self.desk_email();
        terms.push(self.term(
            "あなたの権利",
            "Your rights",
            self.say(
                format!("見せてほしい、直してほしい、使わないでほしい、消してほしい、と求めることができます。同意はいつでも取り消せます。窓口は{email}です。"),
                format!("You can ask to see your information, to have it corrected, no longer used, or erased, and withdraw a consent at any time. Write to {email}."),
            ),
        ));
        vec![self.terms(terms)]
    }

    fn who_receives(&self) -> String {
        let mut parties: Vec<String> = self
            .recipients_of(|role| !matches!(role, Role::Processor | Role::Authority))
            .into_iter()
            .filter(|(_, recipient)| !recipient.purposes.is_empty())
            .map(|(name, _)| self.within(&self.fact(Fact::Recipient(name.clone()))))
            .collect();
        let processors: Vec<_> = self
            .recipients_of(|role| role == Role::Processor)
            .into_iter()
            .filter(|(_, recipient)| !recipient.purposes.is_empty())
            .collect();
        if !processors.is_empty() {
            let mut countries: Vec<String> = Vec::new();
            for code in processors.iter().filter_map(|(_, recipient)| recipient.country.as_ref()) {
                let country = self.fact(Fact::Country(code.clone()));
                if !countries.contains(&country) {
                    countries.push(country);
                }
            }
            let count = self.fact(Fact::Count(processors.len()));
            let place =
                match (crate::words::join(&countries, &self.say("、", ", ")), countries.is_empty())
                {
                    (_, true) => String::new(),
                    (countries, _) => {
                        self.say(format!("（{countries}）"), format!(" ({countries})"))
                    }
                };
            parties.push(self.say(
                format!("業務を委託する{count}社{place}"),
                format!("{count} companies that work for us{place}"),
            ));
        }
        let mut said = vec![match parties.as_slice() {
            [] => self.say("だれにも伝わりません。", "Nobody."),
            // Labels may hold an “and” of their own.
            parties => {
                let parties = self.phrases(parties);
                self.say(format!("{parties}です。"), format!("{}.", self.at_head(&parties)))
            }
        }];
        if !self.policy.secrets.is_empty() {
            let secrets = self.secrets();
            let has_stores = !self.recipients_of(|role| role == Role::Store).is_empty();
            let (ja, en) = if has_stores {
                ("お店や第三者", "stores or third parties")
            } else {
                ("第三者", "third parties")
            };
            said.push(self.say(
                format!("{secrets}を、{ja}に提供することはありません。"),
                format!("Your {secrets} never go to {en}."),
            ));
        }
        self.sentences(&said)
    }

    /// The longest period from each start, over what is kept with a person.
    fn longest(&self) -> Option<String> {
        let items = self.policy.items.values().filter(|item| item.linked == Linked::Person);
        let kept: Vec<Retention> = items
            .map(|item| item.retention)
            .chain(self.policy.secrets.values().map(|secret| secret.retention))
            .collect();
        let longest: Vec<String> =
            [RetentionStart::AccountEnd, RetentionStart::EngagementEnd, RetentionStart::LastPut]
                .into_iter()
                .filter_map(|from| {
                    kept.iter().filter(|kept| kept.from == from).max_by_key(|kept| kept.days)
                })
                .map(|kept| self.within(&self.fact(Fact::Kept(*kept))))
                .collect();
        if longest.is_empty() {
            return None;
        }
        let longest = self.phrases(&longest);
        Some(self.say(
            format!("情報によってちがいます。長くても、{longest}です。"),
            format!("It depends on the item; at the longest: {longest}."),
        ))
    }
}
