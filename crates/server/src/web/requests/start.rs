//! `/requests`: what can be asked, how, at what fee, how long it takes and when it may be refused. All of
//! it comes from the policy's article and the regimes; whoever has a receipt number enters it here.

use axum::extract::State;
use maud::{Markup, html};
use policy::notice::{Body, notice};
use policy::request::{RequestKind, Terms};
use policy::{Document, Language, Regime};

use super::page::{Other, Page, Wrong, at, draw, pick};
use super::{Pages, Reader, enter, urls};
use crate::acts::request::kinds;
use crate::web::policy::piece;
use crate::web::urls as all;

/// The name of a kind in addresses and forms.
pub(super) fn kind_word(kind: RequestKind) -> String {
    crate::store::requests::kind_word(kind)
}

/// Names one after the other, the last by `or`.
fn either(names: &[&str], language: Language) -> String {
    match (language, names) {
        (Language::Ja, names) => names.join("、"),
        (Language::En, [all @ .., last]) if !all.is_empty() => {
            format!("{} or {last}", all.join(", "))
        }
        (Language::En, names) => names.join(""),
    }
}

/// Where somebody lives, in words.
fn place(label: &str, language: Language) -> String {
    match language {
        Language::En if label.contains(' ') => format!("the {label}"),
        _ => label.to_owned(),
    }
}

/// The regimes that are served, the controller's own first.
pub(super) fn regimes(document: &Document) -> Vec<&Regime> {
    let mut regimes: Vec<_> = document.regimes.values().collect();
    regimes.sort_by_key(|regime| !regime.transfer.home.contains(&document.controller.country));
    regimes
}

/// What differs by where somebody lives, each with the places it holds for.
fn by_place<T: PartialEq>(
    document: &Document,
    language: Language,
    value: impl Fn(&Terms<'_>) -> T,
) -> Vec<(T, String)> {
    let mut found: Vec<(T, Vec<String>)> = Vec::new();
    for regime in regimes(document) {
        let value = value(&Terms { policy: document, regime });
        let name = place(regime.label.get(language), language);
        match found.iter_mut().find(|(known, _)| *known == value) {
            Some((_, names)) => names.push(name),
            None => found.push((value, vec![name])),
        }
    }
    let joined = |names: Vec<String>| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        either(&names, language)
    };
    found.into_iter().map(|(value, names)| (value, joined(names))).collect()
}

/// What a kind costs, by where somebody lives.
fn fee(document: &Document, kind: RequestKind, language: Language) -> String {
    let free = pick(language, "無料", "free");
    let words = |money: &Option<policy::request::Money>| {
        money.as_ref().map_or_else(|| free.to_owned(), |money| money.words(language))
    };
    let mut found = by_place(document, language, |terms| terms.fee(kind));
    found.sort_by_key(|(money, _)| money.is_none());
    match found.as_slice() {
        [(money, _)] => words(money),
        all => {
            let lines: Vec<String> = all
                .iter()
                .map(|(money, places)| match language {
                    Language::Ja => format!("{places}にお住まいの方は{}", words(money)),
                    Language::En => format!("{} if you live in {places}", words(money)),
                })
                .collect();
            lines.join(pick(language, "、", "; "))
        }
    }
}

/// How long an answer takes, by where somebody lives.
fn time(document: &Document, language: Language) -> String {
    let found = by_place(document, language, |terms| terms.answered_within(language));
    match found.as_slice() {
        [(time, _)] => time.clone(),
        all => {
            let lines: Vec<String> = all
                .iter()
                .map(|(time, places)| match language {
                    Language::Ja => format!("{places}にお住まいの方は{time}"),
                    Language::En => format!("{time} if you live in {places}"),
                })
                .collect();
            lines.join(pick(language, "、", "; "))
        }
    }
}

/// The page.
pub(super) async fn page(State(pages): State<Pages>, reader: Reader) -> Markup {
    let document = pages.app.policy();
    drawn(&document, reader.language)
}

fn drawn(document: &Document, language: Language) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let title = say("ご自身の情報についての請求", "Requests about your information");
    let notice = notice(document, language);
    let section = notice.sections.into_iter().find(|section| section.id == "requests");
    let blocks = section.map(|section| section.blocks).unwrap_or_default();
    // The table of kinds stands as a list here, each with the way to its form.
    let table = blocks.iter().position(|block| matches!(block.body, Body::Table { .. }));
    let (before, after) = blocks.split_at(table.unwrap_or(0));
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
            p.since { a href={ (all::POLICY) "?lang=" (language.tag()) "#requests" } {
                (say("プライバシーポリシーの条文", "The article of the privacy policy"))
            } }
        }
        @for block in before { (piece(block)) }
        @if document.requests.is_some() {
            section.box aria-label=(say("受付番号をお持ちの方", "If you have a receipt number")) {
                details {
                    summary { (say("受付番号をお持ちの方", "If you have a receipt number")) }
                    (enter::fields("", "", &Wrong::default(), language))
                }
            }
        }
        section aria-labelledby="h-kinds" {
            h2 id="h-kinds" { (say("請求できること", "What you can ask for")) }
            ul.kinds {
                @for kind in kinds(document) {
                    li id=(kind_word(kind)) {
                        h3 { (kind.words(language)) }
                        p { (kind.meets(language)) (say("。", ".")) }
                        p.hint { (say("手数料：", "Fee: ")) (fee(document, kind, language)) }
                        @if document.requests.is_some() {
                            p { a.button.quiet href=(at(urls::NEW, &format!("kind={}", kind_word(kind)), language)) {
                                (say("請求する", "Ask for this"))
                                span.unseen { (say("：", ": ")) (kind.words(language)) }
                            } }
                        }
                    }
                }
            }
        }
        section aria-labelledby="h-time" {
            h2 id="h-time" { (say("お答えまでの期間", "How long it takes")) }
            p {
                (say("ご請求を受けてから、", "After your request comes in: "))
                (time(document, language)) (say("にお答えします。", "."))
            }
        }
        section aria-label=(say("請求の方法と、お断りする場合", "How to ask, and when we refuse")) {
            @for block in after.iter().skip(1) { (piece(block)) }
        }
    };
    draw(&Page { title, language, other: Other::At(urls::START, ""), desk: Some(document), body })
}
