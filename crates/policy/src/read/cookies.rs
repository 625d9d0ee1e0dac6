//! cookies.toml: the cookie register (S17).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Reader, Table};
use crate::document::Label;
use crate::tool::{Cookie, CookieName, CookieParty};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCookie {
    label: Spanned<Label>,
    article: Spanned<String>,
    party: CookieParty,
    hours: Option<Spanned<u32>>,
    #[serde(default)]
    needed: bool,
}

impl Reader<'_> {
    pub(super) fn cookies(&mut self, raw: Table<RawCookie>) -> BTreeMap<CookieName, Cookie> {
        let file = "cookies.toml";
        let mut cookies = BTreeMap::new();
        for (key, raw) in raw {
            let position = key.span().start;
            let name: Option<CookieName> = self.name(file, &key);
            if let Some(hours) = raw.hours.as_ref().filter(|hours| *hours.get_ref() == 0) {
                let way_out = "leave `hours` out for a cookie that ends with the browser";
                self.error(file, hours.span().start, "a cookie of no hours".into(), way_out);
            }
            let cookie = Cookie {
                label: self.label(file, raw.label),
                article: self.article(file, raw.article),
                party: raw.party,
                hours: raw.hours.map(Spanned::into_inner),
                needed: raw.needed,
                position,
            };
            cookies.extend(name.map(|name| (name, cookie)));
        }
        cookies
    }
}
