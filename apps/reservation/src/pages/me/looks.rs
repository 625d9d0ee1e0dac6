//! Who received what, when, and for what, each with its proof to keep.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, State};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Room, draw};
use crate::app::{self, Reader, Shared};
use crate::azukari::{Policy, Provision, Reason};
use crate::book::companions::Companions;
use crate::book::stores::Store;
use crate::fault::Fault;
use crate::pages::parts::{moment, named, nothing, reasons};
use crate::pages::{Guest, companions, proof};
use crate::when;
use crate::words::Words;

#[derive(Deserialize)]
pub(in crate::pages) struct Way {
    cursor: Option<String>,
}

pub(in crate::pages) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    Guest(caller): Guest,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    let words = reader.words;
    let policy = app.azukari.policy().await?;
    let cursor = way.cursor.as_deref();
    let provisions = app.azukari.provisions(reader.language, &caller.who, cursor).await;
    let mut provisions = provisions.map_err(Fault::of_guest)?;
    put_beside(&mut provisions.provisions, app.book.companions_seen(&caller.who).await?);
    let stores = app.book.stores().await?;
    let now = app::now();
    let proofs =
        Proofs { public_azukari: &app.public_azukari, cursor, policy: &policy, reader: &reader };
    let body = html! {
        p class="lead" { (words.hers.looks_lead) }
        @if provisions.provisions.is_empty() { p class="sheet" { (words.hers.no_looks) } }
        ol class="looks" {
            @for looks in by_day(by_look(&provisions.provisions, &policy)) {
                (look_card(&looks, &stores, now, &proofs))
            }
        }
        @if cursor.is_some() || provisions.next.is_some() {
            p class="actions" {
                @if cursor.is_some() { a href="/me/looks" { (words.hers.newest) } }
                @if let Some(next) = &provisions.next {
                    a href={ "/me/looks?cursor=" (next) } rel="next" { (words.hers.older) }
                }
            }
        }
    };
    Ok(draw(&reader, Room::Looks, words.hers.looks, &nothing(), &body))
}

/// How long a look may take, from what the book noted to what Azukari did, in milliseconds.
const LOOK_TAKES_MILLISECONDS: i64 = 30_000;

/// Puts what a store was shown of those who come along beside what it asked for the meal in that look: the nearest two
/// first, and no ask for two looks. What the book noted it noted before it asked; only clocks that differ turn that round.
fn put_beside(provisions: &mut [Provision], seen: BTreeMap<(String, Timestamp), Companions>) {
    let mut seen: Vec<_> = seen.into_iter().map(|(look, shown)| (look, Some(shown))).collect();
    let mut pairs = Vec::new();
    for (of, asked) in provisions.iter().enumerate().filter(|(_, asked)| asked.purpose == MEAL) {
        for (with, ((booking, at), _)) in seen.iter().enumerate() {
            let after = asked.at.as_millisecond() - at.as_millisecond();
            if asked.reference.as_ref() == Some(booking) && after.abs() <= LOOK_TAKES_MILLISECONDS {
                pairs.push((after < 0, after.abs(), of, with));
            }
        }
    }
    pairs.sort_unstable();
    let mut matched = BTreeSet::new();
    for (_, _, of, with) in pairs {
        if !matched.contains(&of)
            && let Some(shown) = seen[with].1.take()
        {
            matched.insert(of);
            provisions[of].companions = shown;
        }
    }
}

/// The purpose under which a kitchen asks.
const MEAL: &str = "meal";

/// Two asks this close together, for one booking, are one look at one page.
const ONE_LOOK_SECONDS: i64 = 3;

/// Puts what was asked in one look side by side; everything stays newest first.
fn by_look<'a>(provisions: &'a [Provision], policy: &Policy) -> Vec<Vec<&'a Provision>> {
    let mut looks: Vec<Vec<&Provision>> = Vec::new();
    for next in provisions {
        let same = looks.last().is_some_and(|look| {
            look.iter().all(|known| {
                let apart = known.at.as_second() - next.at.as_second();
                known.recipient == next.recipient
                    && known.reference == next.reference
                    && apart.abs() <= ONE_LOOK_SECONDS
                    && (&known.purpose, &known.items) != (&next.purpose, &next.items)
            })
        });
        match looks.last_mut() {
            Some(look) if same => look.push(next),
            _ => looks.push(vec![next]),
        }
    }
    for look in &mut looks {
        look.sort_by_key(|asked| asked.items.iter().map(|item| policy.rank(item)).min());
    }
    looks
}

/// Puts the looks of one day that differ in nothing but the time under the latest of them; the
/// latest come in the order they came in.
fn by_day(looks: Vec<Vec<&Provision>>) -> Vec<Vec<Vec<&Provision>>> {
    let mut days: Vec<Vec<Vec<&Provision>>> = Vec::new();
    for look in looks {
        let same = |day: &&mut Vec<Vec<&Provision>>| day.first().is_some_and(|l| is_like(l, &look));
        match days.iter_mut().find(same) {
            Some(day) => day.push(look),
            None => days.push(vec![look]),
        }
    }
    days
}

/// True when one store looked twice on one day, for one booking, at the same, and was told alike.
fn is_like(one: &[&Provision], other: &[&Provision]) -> bool {
    let why = |asked: &Provision| -> Vec<_> {
        let facts = |r: &Reason| (r.id.clone(), r.consent.clone(), r.state.clone());
        asked.reasons.iter().map(facts).collect()
    };
    one.len() == other.len()
        && one.iter().zip(other).all(|(a, b)| {
            (&a.recipient, &a.reference, &a.purpose, &a.items, &a.outcome, &a.companions)
                == (&b.recipient, &b.reference, &b.purpose, &b.items, &b.outcome, &b.companions)
                && when::in_tokyo(a.at).date() == when::in_tokyo(b.at).date()
                && why(a) == why(b)
        })
}

/// What it takes to draw a record with the way to its proof.
struct Proofs<'a> {
    public_azukari: &'a str,
    cursor: Option<&'a str>,
    policy: &'a Policy,
    reader: &'a Reader,
}

/// The latest look of a day, and under it those that were like it.
fn look_card(
    looks: &[Vec<&Provision>],
    stores: &[Store],
    now: jiff::Timestamp,
    proofs: &Proofs<'_>,
) -> Markup {
    let (words, language) = (proofs.reader.words, proofs.reader.language);
    let Some((latest, earlier)) = looks.split_first() else { return nothing() };
    let Some(first) = latest.first() else { return nothing() };
    if first.outcome == "unreadable" {
        return html! {
            li class="look" {
                div class="heading" {
                    p class="who" { (words.hers.look_unreadable) }
                    p class="when" { (moment(first.at, &when::date_and_time(first.at, language))) }
                }
            }
        };
    }
    let store = stores.iter().find(|store| store.slug == first.recipient);
    let registered = first.recipient_name.as_deref().unwrap_or(&first.recipient);
    let who = store.map_or(registered, |store| store.name(language));
    let is_today = when::in_tokyo(first.at).date() == when::in_tokyo(now).date();
    let more = if is_today { words.hers.more_looks_today } else { words.hers.more_looks_that_day };
    html! {
        li class="look" {
            div class="heading" {
                p class="who" { strong { (named(who)) } }
                p class="when" { (moment(first.at, &when::date_and_time(first.at, language))) }
            }
            @for asked in latest { (asked_row(asked, proofs)) }
            @if let Some(reference) = &first.reference {
                p class="for" { (words.visit.booking_number) (words.frame.colon) span class="number" { (reference) } }
            }
            @if !earlier.is_empty() {
                details class="earlier" {
                    summary { (more(earlier.len())) }
                    ol {
                        @for look in earlier {
                            li {
                                @for asked in look { (earlier_row(asked, proofs)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// One ask of an earlier look: what was asked for is said above, so when, what for, and its proof.
fn earlier_row(asked: &Provision, proofs: &Proofs<'_>) -> Markup {
    let (words, language) = (proofs.reader.words, proofs.reader.language);
    let time = when::time(when::in_tokyo(asked.at).time(), language);
    html! {
        p {
            (moment(asked.at, &time)) " · "
            (proofs.policy.purpose_label(&asked.purpose, language)) " · "
            (outcome(asked, words))
        }
        (proof_of(asked, proofs))
    }
}

/// What became of an ask: of items that were asked for, none may have come.
fn outcome(asked: &Provision, words: &Words) -> &'static str {
    match asked.outcome.as_str() {
        "refused" => words.hers.look_refused,
        _ if asked.items.is_empty() => words.hers.look_nothing,
        _ => words.hers.look_received,
    }
}

fn asked_row(asked: &Provision, proofs: &Proofs<'_>) -> Markup {
    let (words, language, policy) = (proofs.reader.words, proofs.reader.language, proofs.policy);
    let mut names: Vec<&str> = asked.items.iter().map(String::as_str).collect();
    names.sort_by_key(|name| policy.rank(name));
    let items: Vec<&str> = names.iter().map(|item| policy.item_label(item, language)).collect();
    let refused = asked.outcome == "refused";
    let tag = match (refused, items.is_empty()) {
        (true, _) => "tag refused",
        (false, true) => "tag",
        (false, false) => "tag good",
    };
    html! {
        div class={ "asked" @if refused { " refused" } } {
            p class="what" {
                span class=(tag) { (outcome(asked, words)) } " " (items.join(words.frame.comma))
            }
            @if !asked.companions.is_empty() {
                p class="what" {
                    span class="tag good" { (words.hers.look_received) } " "
                    (words.visit.companions_allergies) (words.frame.colon)
                    (companions::told(&asked.companions, words))
                }
            }
            @if refused {
                @for reason in reasons(&asked.reasons, words) { p class="why" { (reason) } }
            }
            p class="for" {
                (words.hers.purpose) (words.frame.colon) (policy.purpose_label(&asked.purpose, language))
            }
            (proof_of(asked, proofs))
        }
    }
}

/// A record's number in the ledger, and its proof to keep.
fn proof_of(asked: &Provision, proofs: &Proofs<'_>) -> Markup {
    let words = proofs.reader.words;
    let index = asked.ledger.index;
    html! {
        details {
            summary { (words.hers.proof) }
            p {
                ((words.hers.proof_number)(index))
                @if let Some(until) = asked.keep_until.as_ref().and_then(|v| kept(v, proofs.reader)) {
                    " · " ((words.hers.kept_until)(&until))
                }
            }
            (versions_of(asked, proofs))
            p { (words.hers.proof_how) }
            p class="actions" {
                a href={ "/me/proofs/" (index) @if let Some(c) = proofs.cursor { "?cursor=" (c) } }
                    download=(proof::file_name(index)) { (words.hers.proof_keep) }
                a href={ (proofs.public_azukari) "/v1/ledger/proofs/" (index) } {
                    (words.hers.proof_file)
                }
            }
        }
    }
}

/// Under which version of the policy it was, and which one she had been shown at each consent.
fn versions_of(asked: &Provision, proofs: &Proofs<'_>) -> Markup {
    let words = proofs.reader.words;
    html! {
        @for (what, version, day) in versions_in_words(asked, proofs.policy, proofs.reader) {
            p {
                (what) (words.frame.colon)
                a href={ (proofs.public_azukari) "/policy/versions/" (version) } {
                    ((words.frame.version_of)(&day))
                }
            }
        }
    }
}

/// What each version is to a provision, with the version and the day that names it, in words.
pub(in crate::pages) fn versions_in_words<'a>(
    asked: &'a Provision,
    policy: &Policy,
    reader: &Reader,
) -> Vec<(String, &'a str, String)> {
    let (words, language) = (reader.words, reader.language);
    let then = asked.policy.as_deref().map(|then| (words.hers.policy_then.to_owned(), then));
    let seen = asked.consents.iter().map(|seen| {
        let label = policy.consent_label(&seen.consent, language);
        ((words.hers.consent_seen)(label), seen.notice.as_str())
    });
    let dated = |(what, version): (String, &'a str)| {
        Some((what, version, when::version(version, language)?))
    };
    then.into_iter().chain(seen).filter_map(dated).collect()
}

/// The day until which a record is kept, whether it came as a moment or as a date.
fn kept(value: &serde_json::Value, reader: &Reader) -> Option<String> {
    let text = value.as_str()?;
    let date = text
        .parse()
        .map(|at| when::in_tokyo(at).date())
        .or_else(|_| text.parse::<jiff::civil::Date>())
        .ok()?;
    Some(when::date(date, reader.language))
}

#[cfg(test)]
pub(in crate::pages) mod tests {
    use super::*;
    use crate::book::companions::Allergen;
    use crate::language::Language;

    pub(in crate::pages) fn policy() -> Policy {
        serde_json::from_value(serde_json::json!({
            "version": "2026-10-01", "items": {}, "purposes": {}, "consents": {},
            "controller": {
                "name": { "ja": "見本", "en": "Sample" },
                "desk": { "name": { "ja": "見本", "en": "Sample" }, "email": "desk@example.jp" },
            },
        }))
        .unwrap()
    }

    pub(in crate::pages) fn reader(language: Language) -> Reader {
        Reader {
            language,
            words: Words::of(language),
            path: "/me".to_owned(),
            query: String::new(),
            guest: None,
            staff: None,
            operator: None,
            passkeys: false,
        }
    }

    #[test]
    fn asks_of_one_look_stand_together_and_a_second_look_stands_apart() {
        let asked = |at: &str, purpose: &str| -> Provision {
            serde_json::from_value(serde_json::json!({
                "outcome": "disclosed", "at": at, "recipient": "sumire", "purpose": purpose,
                "items": ["name"], "reference": "S-1", "ledger": { "index": 1 },
            }))
            .unwrap()
        };
        let provisions = [
            asked("2026-11-22T09:00:09Z", "meal"),
            asked("2026-11-22T09:00:09Z", "reservation"),
            asked("2026-11-22T09:00:08Z", "meal"),
            asked("2026-11-22T08:00:00Z", "meal"),
        ];
        let policy = policy();
        let sizes: Vec<usize> = by_look(&provisions, &policy).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1, 1]);
    }

    #[test]
    fn what_was_shown_of_those_who_come_along_stands_at_the_look_in_which_it_was() {
        let asked = |at: &str, purpose: &str, reference: &str| -> Provision {
            serde_json::from_value(serde_json::json!({
                "outcome": "disclosed", "at": at, "recipient": "sumire", "purpose": purpose,
                "items": ["allergy"], "reference": reference, "ledger": { "index": 1 },
            }))
            .unwrap()
        };
        let mut provisions = [
            asked("2026-11-22T09:00:02Z", "meal", "S-1"),
            asked("2026-11-22T09:00:02Z", "reservation", "S-1"),
            asked("2026-11-22T08:00:00Z", "meal", "S-1"),
            asked("2026-11-22T08:00:00Z", "meal", "S-2"),
        ];
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let egg = |people| Companions::from([(Allergen::Egg, people)]);
        // A look at which Azukari was away has nothing to stand beside.
        let seen = BTreeMap::from([
            (("S-1".to_owned(), at("2026-11-22T09:00:00Z")), egg(2)),
            (("S-1".to_owned(), at("2026-11-22T08:00:01Z")), egg(1)),
            (("S-1".to_owned(), at("2026-11-22T07:00:00Z")), egg(3)),
        ]);
        put_beside(&mut provisions, seen);
        let beside: Vec<_> = provisions.iter().map(|asked| asked.companions.clone()).collect();
        assert_eq!(beside, [egg(2), Companions::new(), egg(1), Companions::new()]);
        // Two looks that differ in it are two cards.
        let policy = policy();
        assert_eq!(by_day(by_look(&provisions, &policy)).len(), 3);
        let reader = reader(Language::En);
        let proofs = Proofs { public_azukari: "", cursor: None, policy: &policy, reader: &reader };
        let row = asked_row(&provisions[0], &proofs).into_string();
        assert!(row.contains("Allergies of companions: Egg: 2 people"), "{row}");
    }

    #[test]
    fn two_looks_within_one_second_each_keep_what_they_were_shown() {
        let asked = |at: &str, purpose: &str| -> Provision {
            serde_json::from_value(serde_json::json!({
                "outcome": "disclosed", "at": at, "recipient": "sumire", "purpose": purpose,
                "items": ["allergy"], "reference": "S-1", "ledger": { "index": 1 },
            }))
            .unwrap()
        };
        // The second look is noted nearer to the first ask than the first look was.
        let mut provisions = [
            asked("2026-11-22T09:00:00.500Z", "meal"),
            asked("2026-11-22T09:00:00.500Z", "reservation"),
            asked("2026-11-22T09:00:00.250Z", "meal"),
            asked("2026-11-22T09:00:00.250Z", "reservation"),
        ];
        let look = |at: &str, people| {
            let at = at.parse::<Timestamp>().unwrap();
            (("S-1".to_owned(), at), Companions::from([(Allergen::Egg, people)]))
        };
        let seen = [look("2026-11-22T09:00:00.000Z", 2), look("2026-11-22T09:00:00.300Z", 1)];
        put_beside(&mut provisions, BTreeMap::from(seen));
        let beside = |n: usize| provisions[n].companions.get(&Allergen::Egg).copied();
        assert_eq!([0, 1, 2, 3].map(beside), [Some(1), None, Some(2), None]);
    }

    #[test]
    fn a_look_that_brought_nothing_is_not_called_received() {
        let reader = reader(Language::Ja);
        let policy = policy();
        let proofs = Proofs { public_azukari: "", cursor: None, policy: &policy, reader: &reader };
        let drawn = |outcome: &str, items: &[&str]| {
            let asked: Provision = serde_json::from_value(serde_json::json!({
                "outcome": outcome, "at": "2026-11-22T09:00:00Z", "recipient": "sumire",
                "purpose": "meal", "items": items, "ledger": { "index": 1 },
            }))
            .unwrap();
            asked_row(&asked, &proofs).into_string()
        };
        let words = reader.words;
        for (outcome, items, said) in [
            ("disclosed", &["allergy"][..], words.hers.look_received),
            ("disclosed", &[], words.hers.look_nothing),
            ("refused", &["allergy"], words.hers.look_refused),
        ] {
            let row = drawn(outcome, items);
            for word in [words.hers.look_received, words.hers.look_nothing, words.hers.look_refused]
            {
                assert_eq!(row.contains(&format!(">{word}<")), word == said, "{row}");
            }
            assert_eq!(row.contains("tag good"), said == words.hers.look_received, "{row}");
        }
    }

    #[test]
    fn looks_alike_on_one_day_are_one_card_and_each_keeps_its_proof() {
        let asked = |index: u64, at: &str, other: serde_json::Value| -> Provision {
            let mut asked = serde_json::json!({
                "outcome": "disclosed", "at": at, "recipient": "sumire", "purpose": "meal",
                "items": ["allergy"], "reference": "S-1", "ledger": { "index": index },
                "policy": "2026-11-01.2",
                "consents": [{ "consent": "meal", "notice": "2026-10-01" }],
            });
            asked.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
            serde_json::from_value(asked).unwrap()
        };
        let none = || serde_json::json!({});
        let provisions = [
            asked(19, "2026-11-22T09:50:00Z", none()),
            asked(18, "2026-11-22T09:40:00Z", none()),
            asked(17, "2026-11-22T09:30:00Z", serde_json::json!({ "recipient": "kaede" })),
            asked(16, "2026-11-22T09:20:00Z", none()),
            asked(15, "2026-11-22T09:10:00Z", serde_json::json!({ "outcome": "refused" })),
            asked(14, "2026-11-22T09:00:00Z", serde_json::json!({ "items": ["name"] })),
            asked(13, "2026-11-22T08:50:00Z", serde_json::json!({ "reference": "S-2" })),
            asked(12, "2026-11-21T09:50:00Z", none()),
            asked(11, "2026-11-21T09:40:00Z", none()),
        ];
        let policy = policy();
        let days = by_day(by_look(&provisions, &policy));
        let indexes: Vec<Vec<u64>> = days
            .iter()
            .map(|day| day.iter().flatten().map(|asked| asked.ledger.index).collect())
            .collect();
        let right: [&[u64]; 6] = [&[19, 18, 16], &[17], &[15], &[14], &[13], &[12, 11]];
        assert_eq!(indexes, right);

        let reader = reader(Language::En);
        let proofs = Proofs {
            public_azukari: "https://azukari.example",
            cursor: None,
            policy: &policy,
            reader: &reader,
        };
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let draw = |day: &[Vec<&Provision>]| look_card(day, &[], now, &proofs).into_string();
        let folded = draw(&days[0]);
        assert!(folded.contains("and 2 more looks today"));
        for index in [19, 18, 16] {
            assert!(folded.contains(&format!("href=\"/me/proofs/{index}\"")), "{index}");
            assert!(folded.contains(&format!("/v1/ledger/proofs/{index}\"")), "{index}");
        }
        assert!(folded.contains("version of 1 Oct 2026"), "{folded}");
        assert!(folded.contains("https://azukari.example/policy/versions/2026-11-01.2"));
        assert!(!draw(&days[1]).contains("class=\"earlier\""));
        assert!(draw(&days[5]).contains("and 1 more look that day"));
    }
}
