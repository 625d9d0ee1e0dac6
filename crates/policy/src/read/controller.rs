//! controller.toml: who publishes the policy, in which languages, under which laws.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::Reader;
use crate::decide::ExceptionKind;
use crate::document::{Controller, Language};
use crate::normal;
use crate::regime;
use crate::regime::{Regime, RegimeName};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawController {
    pub(super) version: Spanned<String>,
    pub(super) languages: Vec<Spanned<Language>>,
    pub(super) regimes: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) exceptions: Vec<Spanned<ExceptionKind>>,
    pub(super) controller: Spanned<Controller>,
}

impl Reader<'_> {
    /// Act 32(1): who publishes the policy, and where people write to.
    pub(super) fn controller(&mut self, controller: &Spanned<Controller>) {
        let file = "controller.toml";
        let at = controller.span().start;
        let Controller {
            name,
            address,
            representative,
            service,
            country,
            information_manager,
            representatives,
            accredited_body,
            desk,
        } = controller.get_ref();
        for (what, label) in [
            ("`name`", name),
            ("`address`", address),
            ("`representative`", representative),
            ("`service`", service),
            ("`information_manager`", information_manager),
            ("`desk.name`", &desk.name),
        ] {
            self.words(file, at, what, label);
        }
        for label in representatives.values().chain(accredited_body) {
            self.words(file, at, "the text", label);
        }
        self.country(file, at, country);
        if normal::email(&desk.email).is_none() {
            let message = format!("`{}` is not an e-mail address", desk.email);
            self.error(file, at, message, "write the address of the inquiry desk (Act 32(1)(iv))");
        }
    }

    /// The exceptions to consent that the policy claims (S13).
    pub(super) fn exceptions(&mut self, listed: &[Spanned<ExceptionKind>]) -> Vec<ExceptionKind> {
        let mut exceptions = Vec::new();
        for kind in listed {
            if exceptions.contains(kind.get_ref()) {
                let message = "an exception is listed twice".to_owned();
                self.error("controller.toml", kind.span().start, message, "list it once");
            } else {
                exceptions.push(*kind.get_ref());
            }
        }
        exceptions
    }

    pub(super) fn languages(
        &mut self,
        languages: &[Spanned<Language>],
        at: usize,
    ) -> Vec<Language> {
        let mut listed = Vec::new();
        for language in languages {
            if listed.contains(language.get_ref()) {
                let message = format!("`{}` is listed twice", language.get_ref().tag());
                self.error("controller.toml", language.span().start, message, "list it once");
            } else {
                listed.push(*language.get_ref());
            }
        }
        for language in Language::ALL {
            if !listed.contains(&language) {
                let message = format!("the policy is not published in `{}`", language.tag());
                let way_out = "list ja and en under `languages`";
                self.error("controller.toml", at, message, way_out);
            }
        }
        listed
    }

    pub(super) fn regimes(&mut self, names: &[Spanned<String>]) -> BTreeMap<RegimeName, Regime> {
        let file = "controller.toml";
        let known = match regime::built_in() {
            Ok(known) => known,
            Err(message) => {
                self.error(file, 0, message, "this is a fault of the program, not of the policy");
                BTreeMap::new()
            }
        };
        let mut listed = Vec::new();
        for text in names {
            if text.get_ref().parse().is_ok_and(|name: RegimeName| known.contains_key(&name)) {
                listed.push(text.clone());
            } else {
                let message = format!("`{}` is not a regime that is known", text.get_ref());
                let way_out = "name jp, eu or uk, or take it out here";
                self.error(file, text.span().start, message, way_out);
            }
        }
        let chosen = self.known(file, &listed, "regime", |name| known.contains_key(name));
        if chosen.is_empty() {
            self.error(file, 0, "names no regime".into(), "list jp, eu or uk under `regimes`");
        }
        known.into_iter().filter(|(name, _)| chosen.contains(name)).collect()
    }
}
