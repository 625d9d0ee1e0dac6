//! First policies: what `init` and `import-fides` write is coherent, and its gaps are named.

use std::path::Path;

use policy::draft::answers::{Answers, MENU, WORK};
use policy::draft::{answers, fides};
use policy::export;
use policy::{Finding, read_files};
use proptest::prelude::*;

fn today() -> jiff::civil::Date {
    "2026-11-22".parse().unwrap()
}

fn answered(text: &str) -> Answers {
    toml::from_str(text).unwrap()
}

const SHOP: &str = r#"
name = { ja = "見本商店", en = "Mihon Shop" }
service = { ja = "店舗の予約", en = "shop reservations" }
country = "JP"
email = "desk@mihon.example"
regimes = ["jp", "eu"]
collect = ["name", "email", "password", "phone", "allergies", "access_log"]
partners = { ja = "予約するお店", en = "The shop you book" }
marketing = true
processors = [
  { name = { ja = "見本メール", en = "Mihon Mail" }, does = "mail", country = "US" },
  { name = { ja = "見本決済", en = "Mihon Pay" }, does = "payment", country = "JP" },
]
"#;

fn not_filled_in(findings: &[Finding]) -> Vec<String> {
    let gaps = findings.iter().filter(|finding| finding.message == "is not filled in yet");
    gaps.map(|finding| finding.file.clone()).collect()
}

#[test]
fn a_few_answers_make_a_coherent_policy_whose_gaps_are_named() {
    let files = answers::files(&answered(SHOP), today()).unwrap();
    let read = read_files(&files).unwrap();
    let gaps = not_filled_in(&read.warnings);
    assert!(gaps.contains(&"controller.toml".to_owned()) && gaps.len() >= 6, "{gaps:?}");
    // Every other finding would be a fault of the draft.
    assert_eq!(read.warnings.len(), gaps.len(), "{:?}", read.warnings);
    let document = read.document;
    assert_eq!(document.items.len(), 5);
    assert_eq!(document.secrets.len(), 2);
    assert_eq!(document.recipients.len(), 3);
    assert!(document.countries.contains_key("US"));
    // In Japan the shop's sight rests on a consent, in Europe on the booking (G2).
    let visit = document.purposes.iter().find(|(name, _)| name.as_str() == "visit").unwrap().1;
    let words: Vec<_> = visit.basis.values().map(policy::Basis::word).collect();
    assert_eq!(words, ["contract", "consent"]);
    for (_, item) in document.items_in_order() {
        assert!(item.terms.dpv.is_some() && item.terms.fides.is_some());
    }
}

#[test]
fn an_answer_that_cannot_be_used_is_told_with_the_way_out() {
    for (from, to, told) in [
        ("country = \"JP\"\nemail", "country = \"Japan\"\nemail", "two capital letters"),
        ("desk@mihon.example", "desk", "not an e-mail address"),
        ("[\"jp\", \"eu\"]", "[\"us\"]", "jp, eu, uk"),
        ("\"access_log\"]", "\"shoe_size\"]", "access_log"),
        ("\"name\", \"email\",", "\"name\",", "add email"),
        ("\"mail\"", "\"cooking\"", "hosting"),
        ("en = \"Mihon Shop\"", "en = \"\"", "both ja and en"),
    ] {
        let text = SHOP.replace(from, to);
        assert_ne!(text, SHOP);
        let error = answers::files(&answered(&text), today()).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

/// Any answers that can be given.
fn any_answers() -> impl Strategy<Value = Answers> {
    let collect = proptest::sample::subsequence(MENU.to_vec(), 1..=MENU.len());
    let regimes = proptest::sample::subsequence(vec!["jp", "eu", "uk"], 1..=3);
    let country = proptest::sample::select(vec!["JP", "US", "FR", "GB", "TH"]);
    let work = proptest::collection::vec((0..WORK.len(), country.clone()), 0..4);
    (collect, regimes, country, work, any::<bool>(), any::<bool>(), ".{1,20}").prop_map(
        |(collect, regimes, country, work, marketing, partners, name)| {
            let name = format!("見本{name}");
            let label = policy::Label { ja: name.clone(), en: name };
            let mut collect: Vec<String> =
                collect.iter().map(|(word, _, _)| (*word).to_owned()).collect();
            if collect.iter().any(|word| word == "password")
                && !collect.iter().any(|w| w == "email")
            {
                collect.push("email".to_owned());
            }
            Answers {
                service: label.clone(),
                country: country.to_owned(),
                email: "desk@mihon.example".to_owned(),
                regimes: regimes.iter().map(|regime| regime.parse().unwrap()).collect(),
                collect,
                partners: partners.then(|| label.clone()),
                marketing,
                processors: work
                    .iter()
                    .map(|(at, country)| answers::Processor {
                        name: label.clone(),
                        does: WORK[*at].0.to_owned(),
                        country: (*country).to_owned(),
                    })
                    .collect(),
                name: label,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_is_answered_the_policy_is_coherent(answers in any_answers()) {
        let files = answers::files(&answers, today()).unwrap();
        if let Err(findings) = read_files(&files) {
            let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
            prop_assert!(false, "{}", told.join("\n"));
        }
    }
}

const MANIFEST: &str = "\
organization:
  - fides_key: mihon
    name: Mihon Trading
    description: An online shop
    controller: { name: Mihon Trading, address: 1 Mihon Street, email: desk@mihon.example }
dataset:
  - fides_key: shop_db
    collections:
      - name: users
        fields:
          - name: email
            data_categories: [user.contact.email]
          - name: pass_hash
            data_categories: [user.authorization.password]
          - name: profile
            fields:
              - name: full name
                description: The name on the account
                data_categories: [user.name]
              - name: illness
                data_categories: [user.health_and_medical]
          - name: row_number
            data_categories: [system.operations]
system:
  - fides_key: shop
    name: The shop
    system_type: Service
    privacy_declarations:
      - name: Run the shop
        data_use: essential.service
        data_categories: [user.contact, user.name, user.authorization.password]
        data_subjects: [customer]
        legal_basis_for_processing: Contract
  - fides_key: mailer
    system_type: Third Party
    responsibility: [Processor]
    privacy_declarations:
      - name: Send offers
        data_use: marketing.communications.email
        data_categories: [user.contact.email]
        legal_basis_for_processing: Consent
  - fides_key: broker
    system_type: Third Party
    privacy_declarations:
      - name: Pass on
        data_use: third_party_sharing
        data_categories: [user.contact.email]
";

fn regimes(names: &[&str]) -> Vec<policy::RegimeName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

#[test]
fn a_manifest_becomes_a_policy_and_what_it_does_not_say_is_a_gap() {
    let files = fides::files(MANIFEST, &regimes(&["jp", "eu"]), "JP", today()).unwrap();
    let read = read_files(&files).unwrap();
    let document = &read.document;
    let items: Vec<&str> = document.items.keys().map(policy::ItemName::as_str).collect();
    assert_eq!(items, ["email", "full_name", "illness"]);
    assert_eq!(document.secrets.len(), 1);
    let illness = &document.items.values().nth(2).unwrap();
    assert_eq!(illness.sensitivity, policy::Sensitivity::SpecialCare);
    assert_eq!(illness.purposes[0].as_str(), "unstated");
    let broker = document.recipients.iter().find(|(name, _)| name.as_str() == "broker").unwrap().1;
    assert_eq!(broker.role, policy::Role::ThirdParty);
    // The use is the same; what goes to a third party rests on a consent of its own.
    let shared = &document.purposes[&broker.purposes[0]];
    assert!(shared.basis.values().all(|basis| basis.word() == "consent"));
    let told: Vec<String> = read.warnings.iter().map(ToString::to_string).collect();
    let told = told.join("\n");
    for part in [
        "the country of `mailer` is not confirmed",
        "the country of `broker` is not confirmed",
        "items.toml:",
        "is not filled in yet",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    assert!(not_filled_in(&read.warnings).len() > 10);
}

#[test]
fn nobody_is_reached_on_the_consent_to_another() {
    // Two third parties with the same use, and names alike as far as names reach.
    let long = "a_very_long_name_of_a_system_that_nobody_would_ever_give_to_one_system";
    let system = |n: u32| {
        format!(
            "  - fides_key: {long}_{n}\n    system_type: Third Party\n    privacy_declarations:\n      \
             - data_use: third_party_sharing\n        data_categories: [user.contact.email]\n"
        )
    };
    let yaml = format!("system:\n{}{}", system(1), system(2));
    let files = fides::files(&yaml, &regimes(&["jp"]), "JP", today()).unwrap();
    let document = read_files(&files).unwrap().document;
    let mut bases: Vec<_> = document
        .recipients
        .values()
        .map(|to| format!("{:?}", document.purposes[&to.purposes[0]].basis))
        .collect();
    bases.dedup();
    assert_eq!((document.recipients.len(), bases.len()), (2, 2), "{bases:?}");
}

#[test]
fn what_we_export_can_be_read_back_as_a_first_policy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["apps/reservation/policy", "crates/server/tests/it/hotel"] {
        let document = policy::read_dir(&root.join(folder)).unwrap().document;
        let yaml = export::fides::manifest(&document).yaml().unwrap();
        let all: Vec<policy::RegimeName> = document.regimes.keys().cloned().collect();
        let files = fides::files(&yaml, &all, "JP", today()).unwrap();
        let back = read_files(&files).unwrap_or_else(|findings| panic!("{findings:#?}")).document;
        let names = |document: &policy::Document| {
            document.items.keys().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(names(&back), names(&document));
        assert_eq!(back.secrets.len(), document.secrets.len());
        assert_eq!(back.recipients.len(), document.recipients.len());
    }
}

#[test]
fn what_is_no_manifest_is_refused_in_one_line() {
    for wrong in ["", "a: [", "just words", "dataset: 7", "organization: []"] {
        let error = fides::files(wrong, &regimes(&["jp"]), "JP", today()).unwrap_err();
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
}
