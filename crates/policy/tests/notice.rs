//! The notice: reviewed as text in `tests/snapshots`, and the same in substance in every language.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use policy::request::{ReasonsTold, RequestKind};
use policy::{Block, Body, Document, Fact, Language, Notice, Section, notice, read_files};

/// The notice as plain text, one block after another.
fn text(notice: &Notice) -> String {
    let mut lines = vec![notice.title.clone(), format!("{}", notice.version)];
    lines.extend(std::iter::once(&notice.summary).chain(&notice.sections).map(section_text));
    lines.join("\n")
}

/// An article as plain text.
fn section_text(section: &Section) -> String {
    let law = policy::law::cited(&section.law, Language::En);
    let mut lines = vec![
        format!("\n{}. {} [{}]", section.number, section.heading, section.id),
        format!("   ({}; {}; {})", section.articles.join(", "), section.rows.join(" "), law),
    ];
    lines.extend(words_of(section));
    lines.join("\n")
}

/// The words of an article, line by line.
fn words_of(section: &Section) -> Vec<String> {
    let mut lines = Vec::new();
    for block in &section.blocks {
        match &block.body {
            Body::Heading { text } => lines.push(format!("\n-- {text}")),
            Body::Paragraph { text } => lines.push(text.clone()),
            Body::List { points } => lines.extend(points.iter().map(|p| format!("  * {p}"))),
            Body::Terms { terms } => {
                for term in terms {
                    lines.push(format!("  {}", term.term));
                    lines.extend(term.said.iter().map(|words| format!("    {words}")));
                }
            }
            Body::Table { head, rows } => {
                lines.push(format!("  | {}", head.join(" | ")));
                lines.extend(rows.iter().map(|row| format!("  | {}", row.join(" | "))));
            }
        }
    }
    lines
}

/// The shape of a block, without its words.
fn shape(block: &Block) -> String {
    match &block.body {
        Body::Heading { .. } => "heading".into(),
        Body::Paragraph { .. } => "paragraph".into(),
        Body::List { points } => format!("list of {}", points.len()),
        Body::Terms { terms } => {
            let said: Vec<_> = terms.iter().map(|term| term.said.len()).collect();
            format!("terms {said:?}")
        }
        Body::Table { head, rows } => format!("table {} by {}", head.len(), rows.len()),
    }
}

/// The summary and the articles.
fn sections(notice: &Notice) -> Vec<&Section> {
    std::iter::once(&notice.summary).chain(&notice.sections).collect()
}

/// Every number in a text, in order of size; the names of months count as theirs.
fn numbers(text: &str) -> Vec<u64> {
    let mut text = text.to_owned();
    for (at, month) in [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    .iter()
    .enumerate()
    {
        // As part of a date only: `may` is also a verb.
        text = text.replace(&format!(" {month} 20"), &format!(" {} 20", at + 1));
    }
    let mut numbers: Vec<u64> =
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

fn policies() -> Vec<Document> {
    // One with recipients abroad, joint use and a consent for a country.
    let change = r#"
        [controller]
        version = "2027-03-05.2"
        [purposes.meal]
        after_end_hours = 0
        [recipients]
        payment_platform = { country = "US", equivalent_measures = { checked_on = "2027-01-31", evidence = "contract" } }
        customer_support = { country = "SG", transfer_consent = "transfer_sg" }
        email_marketing = { country = "FR" }
        push_messaging = { country = "US", handles_personal_data = false }
        [recipients.gmo_group]
        purposes = ["support"]
        items = ["name"]
        [consents.transfer_sg]
        label = { ja = "シンガポールへの提供", en = "Provision to Singapore" }
        wording = { ja = "国名、制度、措置", en = "country, system, measures" }
        on_refusal = { ja = "提供しません", en = "nothing goes there" }
        since = "2026-10-01"
        article = "5"
    "#;
    // What a policy need not have.
    let mut bare = common::files();
    for file in ["countries.toml", "tools.toml", "cookies.toml", "requests.toml", "safety.toml"] {
        bare.remove(file);
    }
    vec![
        common::reference(),
        common::changed(&change.parse().unwrap()),
        read_files(&bare).unwrap_or_else(|found| panic!("{}", common::lines(&found))).document,
        clinic(),
    ]
}

/// A second company: one regime, no stores, no processors.
fn clinic() -> Document {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/tests/it/clinic");
    policy::read_dir(&dir).unwrap_or_else(|found| panic!("{}", common::lines(&found))).document
}

#[test]
fn the_notice_reads_as_reviewed() {
    let policy = common::reference();
    insta::assert_snapshot!("notice_ja", text(&notice(&policy, Language::Ja)));
    insta::assert_snapshot!("notice_en", text(&notice(&policy, Language::En)));
    let policy = clinic();
    insta::assert_snapshot!("clinic_ja", text(&notice(&policy, Language::Ja)));
    insta::assert_snapshot!("clinic_en", text(&notice(&policy, Language::En)));
}

#[test]
fn both_languages_say_the_same_in_the_same_place() {
    for policy in policies() {
        let (ja, en) = (notice(&policy, Language::Ja), notice(&policy, Language::En));
        assert_eq!(ja.sections.len(), en.sections.len());
        for (ja, en) in sections(&ja).into_iter().zip(sections(&en)) {
            assert_eq!((ja.id, ja.number), (en.id, en.number));
            assert_eq!((&ja.articles, ja.rows, &ja.law), (&en.articles, en.rows, &en.law));
            let shapes = |blocks: &[Block]| blocks.iter().map(shape).collect::<Vec<_>>();
            assert_eq!(shapes(&ja.blocks), shapes(&en.blocks), "{}", ja.id);
            // In the notice's own words: what the policy says itself may put a number in words.
            let own = |section: &Section, language| {
                let mut words = words_of(section).join("\n");
                for fact in section.blocks.iter().flat_map(|block| &block.facts) {
                    if let Fact::Said(label) = fact {
                        words = words.replace(label.get(language), "");
                    }
                }
                numbers(&words)
            };
            assert_eq!(own(ja, Language::Ja), own(en, Language::En), "{}", ja.id);
        }
    }
}

/// Facts in an order of their own, for comparing.
fn sorted(facts: &[Fact]) -> Vec<String> {
    let mut facts: Vec<_> = facts.iter().map(|fact| serde_json::to_string(fact).unwrap()).collect();
    facts.sort();
    facts
}

#[test]
fn both_languages_state_the_same_facts_and_each_fact_stands_in_the_words() {
    for policy in policies() {
        let (ja, en) = (notice(&policy, Language::Ja), notice(&policy, Language::En));
        for (ja, en) in sections(&ja).into_iter().zip(sections(&en)) {
            for (ja, en) in ja.blocks.iter().zip(&en.blocks) {
                assert_eq!(sorted(&ja.facts), sorted(&en.facts), "{ja:?}");
                for (block, language) in [(ja, Language::Ja), (en, Language::En)] {
                    let words = block.body.texts().join("\n");
                    for fact in &block.facts {
                        assert!(
                            fact.stands_in(&words, &policy, language),
                            "{fact:?} is not in: {words}"
                        );
                    }
                }
            }
        }
    }
}

/// Every fact of a policy that law wants published, or that its own articles promise.
fn wanted(policy: &Document) -> Vec<Fact> {
    let mut wanted: Vec<Fact> = Vec::new();
    let said = |label: &policy::Label| Fact::Said(label.clone());
    let controller = &policy.controller;
    // Act 32(1)(i), 40; GDPR 13(1)(a).
    wanted.extend(
        [
            &controller.name,
            &controller.address,
            &controller.representative,
            &controller.service,
            &controller.information_manager,
            &controller.desk.name,
        ]
        .into_iter()
        .chain(controller.representatives.values())
        .chain(&controller.accredited_body)
        .map(said),
    );
    wanted.push(Fact::Country(controller.country.clone()));
    wanted.push(Fact::Given(controller.desk.email.clone()));
    wanted.push(Fact::Given(policy.version.to_string()));
    wanted.push(Fact::Day(policy.version.on));
    for (name, item) in &policy.items {
        wanted.push(Fact::Item(name.clone()));
        wanted.push(Fact::Kept(item.retention));
        wanted.extend(item.detail.iter().map(said));
    }
    for (name, secret) in &policy.secrets {
        wanted.push(Fact::Secret(name.clone()));
        wanted.push(Fact::Kept(secret.retention));
    }
    for (name, purpose) in &policy.purposes {
        wanted.push(Fact::Purpose(name.clone()));
        wanted.extend(purpose.basis.values().cloned().map(Fact::Basis));
        wanted.extend(purpose.interest.iter().map(said));
    }
    for (name, consent) in &policy.consents {
        wanted.push(Fact::Consent(name.clone()));
        wanted.extend([&consent.wording, &consent.on_refusal].map(said));
    }
    let home = &controller.country;
    for (name, recipient) in &policy.recipients {
        wanted.push(Fact::Recipient(name.clone()));
        wanted.push(Fact::Role(recipient.role));
        wanted.extend(recipient.country.clone().map(Fact::Country));
        wanted.extend(recipient.legal.iter().map(|legal| Fact::Given(legal.name.clone())));
        let is_abroad = recipient.country.as_ref().is_some_and(|country| country != home);
        if is_abroad && recipient.handles_personal_data {
            // Rules 17(2), 18(3).
            wanted.extend(recipient.measures.iter().map(said));
            if let Some(measures) = &recipient.equivalent_measures {
                wanted.push(Fact::Day(measures.checked_on));
                wanted.extend(measures.outline.iter().chain(&measures.checks).map(said));
            }
            wanted.extend(
                recipient.country.as_ref().and_then(|c| policy.countries.get(c)).iter().flat_map(
                    |profile| {
                        let mut told = vec![said(&profile.system), Fact::Day(profile.surveyed_on)];
                        told.push(Fact::Given(profile.source.clone()));
                        told.extend(profile.other_systems.iter().map(said));
                        told.extend(profile.gaps.iter().map(|gap| Fact::Gap(*gap)));
                        told.extend(profile.indicators.iter().map(|sign| Fact::Indicator(*sign)));
                        told
                    },
                ),
            );
        }
        // Act 27(5)(iii).
        if let (Some(joint), false) = (&recipient.joint_use, recipient.purposes.is_empty()) {
            wanted.push(Fact::Given(joint.scope.url.clone()));
            wanted.push(Fact::Day(joint.scope.taken_on));
            for member in &joint.scope.members {
                wanted.push(said(&member.name));
                wanted.push(Fact::Country(member.country.clone()));
            }
            let responsible = &joint.responsible;
            wanted.extend(
                [&responsible.name, &responsible.address, &responsible.representative].map(said),
            );
        }
    }
    wanted.extend(policy.exceptions.iter().map(|kind| Fact::Exception(*kind)));
    // Telecommunications Business Rules 22-2-29, 22-2-31.
    for (name, tool) in &policy.tools {
        wanted.push(Fact::Tool(name.clone()));
        wanted.push(Fact::Means(tool.means));
        wanted.extend([&tool.provider, &tool.information, &tool.purpose].map(said));
        wanted.extend(tool.provider_purpose.iter().chain(&tool.passed_on).map(said));
        wanted.extend(tool.opt_out.iter().chain(&tool.policy_url).cloned().map(Fact::Given));
        wanted.extend(tool.country.clone().map(Fact::Country));
        wanted.extend(tool.consent.clone().map(Fact::Consent));
    }
    for (name, cookie) in &policy.cookies {
        wanted.push(Fact::Cookie(name.clone()));
        wanted.push(said(&cookie.label));
        wanted.push(Fact::Party(cookie.party));
        wanted.extend(cookie.hours.map(Fact::Hours));
    }
    for measure in &policy.safety {
        wanted.push(Fact::Safety(measure.kind));
        wanted.push(said(&measure.label));
    }
    // Act 32(1)(iii), 33 to 38; GDPR 12, 13(2).
    wanted.extend(
        RequestKind::ALL
            .into_iter()
            .filter(|kind| {
                *kind != RequestKind::EquivalentMeasures
                    || policy.recipients.values().any(|r| r.equivalent_measures.is_some())
            })
            .map(Fact::Request),
    );
    if let Some(requests) = &policy.requests {
        wanted.extend([&requests.procedure, &requests.identity, &requests.agents].map(said));
        wanted.extend(
            requests
                .fee
                .iter()
                .map(|fee| Fact::Money { amount: fee.amount, currency: fee.currency.clone() }),
        );
        let refusals = &requests.refusals;
        wanted.extend(
            [
                &refusals.purpose_notice,
                &refusals.disclosure,
                &refusals.correction,
                &refusals.stop,
                &refusals.procedural,
            ]
            .into_iter()
            .flatten()
            .map(|ground| Fact::Ground(*ground)),
        );
        wanted.extend(requests.alternative_measures.iter().map(|m| Fact::Instead(*m)));
        wanted.extend(policy.regimes.keys().map(|regime| {
            Fact::Reasons(requests.reasons_told.get(regime).copied().unwrap_or(ReasonsTold::Full))
        }));
    }
    for regime in policy.regimes.values() {
        wanted.push(Fact::Age(regime.minor_consent_age.value));
        if let Some(months) = &regime.duties.reply_months {
            wanted.push(Fact::Months(months.value));
            wanted.push(said(&regime.authority));
        }
    }
    wanted
}

#[test]
fn every_fact_that_law_wants_published_is_stated() {
    for policy in policies() {
        let notice = notice(&policy, Language::Ja);
        let stated: Vec<&Fact> =
            sections(&notice).into_iter().flat_map(|s| &s.blocks).flat_map(|b| &b.facts).collect();
        let missing: Vec<Fact> =
            wanted(&policy).into_iter().filter(|fact| !stated.contains(&fact)).collect();
        assert_eq!(missing, [], "{}", policy.controller.name.en);
    }
}

#[test]
fn a_fact_is_missed_where_one_language_forgets_it() {
    // The check above can fail: a number within a longer one, and words that are not there.
    let policy = common::reference();
    let fee = Fact::Money { amount: 1000, currency: "JPY".into() };
    assert!(fee.stands_in("手数料は1,000円です。", &policy, Language::Ja));
    assert!(!fee.stands_in("手数料は21,000円です。", &policy, Language::Ja));
    assert!(!fee.stands_in("手数料は1,000円です。", &policy, Language::En));
    let email = Fact::Item("email".parse().unwrap());
    assert!(email.stands_in("your name and e-mail address.", &policy, Language::En));
    assert!(!email.stands_in("your name.", &policy, Language::En));
}

#[test]
fn every_article_of_the_policy_and_every_row_of_the_clause_table_has_its_place() {
    let policy = common::reference();
    let notice = notice(&policy, Language::En);
    let cited: Vec<&str> =
        sections(&notice).iter().flat_map(|s| &s.articles).map(String::as_str).collect();
    for article in ["1(1)", "1(2)", "1(3)", "2(2)", "2(3)", "3", "5", "6", "7"] {
        assert!(cited.contains(&article), "article {article} is nowhere");
    }
    let rows: Vec<&str> = sections(&notice).iter().flat_map(|s| s.rows).copied().collect();
    for row in (1..=39).map(|row| format!("S{row}")) {
        assert!(rows.contains(&row.as_str()), "{row} is nowhere");
    }
}

#[test]
fn a_notice_cites_no_law_of_a_regime_it_does_not_serve() {
    let notice = notice(&clinic(), Language::En);
    let regimes: Vec<&str> =
        notice.sections.iter().flat_map(|s| &s.law).map(|law| law.statute.regime()).collect();
    assert!(!regimes.is_empty() && regimes.iter().all(|regime| *regime == "jp"), "{regimes:?}");
}

#[test]
fn every_row_is_as_long_as_its_head_and_nothing_is_left_blank() {
    for policy in policies() {
        for language in Language::ALL {
            let notice = notice(&policy, language);
            for block in sections(&notice).into_iter().flat_map(|s| &s.blocks) {
                if let Body::Table { head, rows } = &block.body {
                    assert!(rows.iter().all(|row| row.len() == head.len()), "{head:?}");
                }
                let words = block.body.texts();
                assert!(!words.is_empty(), "an empty block");
                assert!(words.iter().all(|words| !words.trim().is_empty()), "{words:?}");
            }
        }
    }
}

#[test]
fn markdown_has_every_word_of_the_notice_in_order() {
    for policy in policies() {
        for language in Language::ALL {
            let notice = notice(&policy, language);
            let markdown = policy::notice::markdown(&notice);
            let plain: String = markdown.chars().filter(|c| !"\\<>".contains(*c)).collect();
            let mut at = 0;
            for text in
                sections(&notice).into_iter().flat_map(|s| &s.blocks).flat_map(|b| b.body.texts())
            {
                let found = plain[at..].find(text);
                at += found.unwrap_or_else(|| panic!("`{text}` is not in order")) + text.len();
            }
        }
    }
}

#[test]
fn japanese_is_set_as_japanese_and_english_as_english() {
    for policy in policies() {
        let words = |language| {
            let notice = notice(&policy, language);
            let words: Vec<_> = sections(&notice).into_iter().flat_map(words_of).collect();
            words.join("\n")
        };
        let ja = words(Language::Ja);
        for wrong in ["、、", "。。", "と、と", " 、", "（（"] {
            assert!(!ja.contains(wrong), "`{wrong}` in\n{ja}");
        }
        // Half-width brackets, and half-width stops and commas after Japanese.
        let is_japanese = |c: char| {
            ('\u{3040}'..='\u{30ff}').contains(&c) || ('\u{4e00}'..='\u{9fff}').contains(&c)
        };
        let chars: Vec<char> = ja.chars().collect();
        for pair in chars.windows(2) {
            let wrong = is_japanese(pair[0]) && "(),.".contains(pair[1]);
            assert!(!wrong, "`{}{}`", pair[0], pair[1]);
        }
        // A legal name stays as the register has it.
        let mut en = words(Language::En);
        let legal = policy.recipients.values().filter_map(|recipient| recipient.legal.as_ref());
        for name in legal.map(|legal| &legal.name) {
            en = en.replace(name, "");
        }
        let stray: Vec<char> =
            en.chars().filter(|c| is_japanese(*c) || "、。（）「」".contains(*c)).collect();
        assert!(stray.is_empty(), "{stray:?}");
    }
}

#[test]
fn the_notice_as_json_is_as_its_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(policy::notice::SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for policy in policies() {
        for language in Language::ALL {
            let json = serde_json::to_value(notice(&policy, language)).unwrap();
            let errors: Vec<_> = validator.iter_errors(&json).map(|e| e.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new());
            // The schema is no empty one.
            let mut broken = json.clone();
            broken["sections"][0]["blocks"][0]["kind"] = "else".into();
            assert!(!validator.is_valid(&broken));
        }
    }
}
