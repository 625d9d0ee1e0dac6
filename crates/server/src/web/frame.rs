//! The frame around every page: language, title, styles, the way to the other language. No script,
//! nothing from anywhere else.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use policy::Language;

use super::urls;
use crate::public_url::PublicUrl;

/// A page's contents and what the frame says of them.
pub struct Frame<'a> {
    /// The page's title.
    pub title: &'a str,
    /// The language it is in.
    pub language: Language,
    /// Its address, for the other language.
    pub path: &'a str,
    /// Where people reach it, if anybody can: who reads a page elsewhere finds the others by it.
    pub public_url: Option<&'a PublicUrl>,
    /// What it shows.
    pub body: Markup,
}

/// The whole page.
pub fn frame(page: &Frame<'_>) -> Markup {
    let Frame { title, language, path, public_url, body } = page;
    let here = public_url.map_or_else(|| (*path).to_owned(), |url| url.join(path));
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="alternate" type="application/atom+xml" title=(title) href={ (urls::ATOM) "?lang=" (language.tag()) };
                link rel="alternate" type="application/feed+json" title=(title) href={ (urls::JSON_FEED) "?lang=" (language.tag()) };
                link rel="privacy-policy" href=(urls::POLICY);
                @for other in Language::ALL {
                    link rel="alternate" hreflang=(other.tag()) href={ (here) "?lang=" (other.tag()) };
                }
                link rel="alternate" hreflang="x-default" href=(here);
                @if *path == urls::POLICY {
                    link rel="alternate" type="text/markdown" href={ (urls::POLICY_MARKDOWN) "?lang=" (language.tag()) };
                    link rel="alternate" type="application/json" href={ (urls::POLICY_JSON) "?lang=" (language.tag()) };
                }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                nav.languages aria-label="Language / 言語" {
                    @for other in Language::ALL {
                        @if other == *language {
                            span aria-current="true" { (name(other)) }
                        } @else {
                            a href={ (path) "?lang=" (other.tag()) } lang=(other.tag()) hreflang=(other.tag()) {
                                (name(other))
                            }
                        }
                    }
                }
                main { (body) }
            }
        }
    }
}

fn name(language: Language) -> &'static str {
    match language {
        Language::Ja => "日本語",
        Language::En => "English",
    }
}
