//! A consent counts only while it stands (I5, S10, S11, L4), and where nobody need be asked, nobody
//! is (G2). Who refuses a condition of the service leaves no trace at all.

use serde_json::{Value, json};

use crate::house::{Guest, House, Store, policy_files, reasons_of};

#[tokio::test]
async fn a_withdrawn_consent_stops_the_next_disclosure_and_a_new_one_allows_it_again() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    hanako.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hanako, &["name"]);
    assert_eq!(asking.receives().await["name"], "Hanako");
    let standing = hanako.answers("store_disclosure", "withdrawn").await;
    assert_eq!(standing["state"], "withdrawn");
    assert_eq!(asking.is_refused().await, ["consent_not_given"]);
    let path = hanako.path("consents/store_disclosure");
    let read = house.get(&path).go().await.expect(200);
    assert_eq!(read["state"], "withdrawn");
    assert_eq!(read["at"], "2026-11-22T00:00:00Z");
    hanako.answers("store_disclosure", "given").await;
    assert_eq!(asking.receives().await["name"], "Hanako");
    house.adds_up();
}

#[tokio::test]
async fn of_the_nine_states_only_given_allows_anything() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hanako, &["allergy"]).for_meal();
    let states = policy::ConsentState::ALL.map(policy::ConsentState::word);
    assert_eq!(states.len(), 9);
    for state in states {
        for consent in ["store_disclosure", "dietary_care"] {
            hanako.answers(consent, state).await;
            let answer = asking.sends().go().await;
            if state == "given" {
                assert_eq!(answer.expect(201)["items"]["allergy"], "えび");
            } else {
                let reasons = answer.refused();
                assert!(reasons.contains(&"consent_not_given".to_owned()), "{state}: {reasons:?}");
                assert!(!answer.text().contains("えび"));
            }
            hanako.answers(consent, "given").await;
        }
    }
    house.adds_up();
}

#[tokio::test]
async fn an_answer_to_another_notice_is_not_taken() {
    // I5: what was shown is the notice in force.
    let house = House::open();
    let before = house.rows();
    for notice in ["2025-10-01", "2027-01-01", "last year"] {
        let sent = house.guest("Hanako").answers_to(notice, "store_disclosure", "given");
        let answer = sent.sends().go().await;
        let body = answer.problem(422, "invalid");
        let fields = answer.invalid();
        let (field, code) = &fields[0];
        assert!(field.starts_with("consents[") && field.ends_with("].notice"), "{field}");
        assert_eq!(code, "other_notice");
        let detail = body["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("2026-10-01"), "it says which to show: {detail}");
    }
    let mut first = house.guest("Hanako").from("eu");
    first.body["consents"] = json!([{
        "consent": "dietary_care", "state": "given", "notice": "2025-10-01", "language": "en",
    }]);
    let fields = first.sends().go().await.invalid();
    assert_eq!(fields, [("consents[0].notice".to_owned(), "other_notice".to_owned())]);
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn who_refuses_a_condition_of_the_service_leaves_no_trace() {
    // S11: no row in any table, and the words that were promised.
    let house = House::open();
    let before = house.rows();
    for consent in ["store_disclosure", "related_information"] {
        for state in ["refused", "withdrawn", "requested"] {
            let form = house.guest("Hanako").password("correct horse").card("tok_hanako");
            let sent = form.answers(consent, state).sends();
            for (call, language, says) in [
                (sent.clone(), "en", "you cannot use the service"),
                (sent.in_japanese(), "ja", "利用できません"),
            ] {
                let answer = call.once("sign-up").go().await;
                let body = answer.problem(403, "refused");
                assert_eq!(answer.header("content-language"), Some(language));
                assert_eq!(reasons_of(&body), ["condition_of_service", "consent_not_given"]);
                assert_eq!(body["reasons"][0]["consent"], consent);
                let words = body["reasons"][0]["words"].as_str().unwrap();
                assert!(words.contains(says), "{words}");
                assert!(body["record"].is_null(), "nothing is kept, not even a record");
            }
        }
    }
    let mut silent = house.guest("Hanako");
    silent.body["consents"] = json!([]);
    let body = silent.sends().go().await.problem(403, "refused");
    let expected = ["condition_of_service", "condition_of_service"];
    assert_eq!(reasons_of(&body), expected, "silence is not consent");
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn a_guest_from_europe_books_without_a_consent_but_not_for_her_allergy() {
    // G2: the booking is the basis; R9.2: special care is asked for everywhere.
    let house = House::open();
    let aoi = house.store("aoi").await;
    for regime in ["eu", "uk"] {
        let name = format!("Anna {regime}");
        let form = house.guest(&name).from(regime).with("allergy", "Haselnuss");
        let before = house.rows();
        let body = form.sends().go().await.problem(403, "refused");
        assert_eq!(reasons_of(&body), ["special_care_without_consent"]);
        assert_eq!(house.rows(), before);

        let anna = form.answers("dietary_care", "given").signs_up().await;
        anna.books(&aoi, &format!("bk-{regime}")).await;
        let given = aoi.asks_for(&anna, &["name"]).sends().go().await.expect(201);
        assert_eq!(given["items"]["name"], name.as_str());
        assert_eq!(given["record_duty"], "statutory", "Act 29 binds the company, not her");
        let meal = aoi.asks_for(&anna, &["allergy"]).for_meal();
        assert_eq!(meal.receives().await["allergy"], "Haselnuss");
        anna.answers("dietary_care", "withdrawn").await;
        let expected = ["consent_not_given", "special_care_without_consent"];
        assert_eq!(meal.is_refused().await, expected);
    }
    house.adds_up();
}

#[tokio::test]
async fn a_guest_who_keeps_her_allergy_to_herself_is_served_all_the_same() {
    // L4: refusing that consent has no price.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").answers("dietary_care", "refused").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
    let put = hanako.puts("allergy", "えび").go().await.problem(403, "refused");
    assert_eq!(reasons_of(&put), ["special_care_without_consent"]);
    assert_eq!(
        aoi.asks_for(&hanako, &["serving_size"]).for_meal().receives().await,
        json!({ "serving_size": null })
    );
    house.adds_up();
}

#[tokio::test]
async fn marketing_waits_for_its_own_consent() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let used = || hanako.is_used("marketing", &["email"]);
    assert_eq!(used().go().await.refused(), ["consent_missing"]);
    hanako.answers("marketing", "given").await;
    let given = used().go().await.expect(200);
    assert_eq!(given["items"]["email"], "hanako@guest.example");
    hanako.answers("marketing", "withdrawn").await;
    assert_eq!(used().go().await.refused(), ["consent_not_given"]);
    let service = hanako.is_used("service", &["email"]).go().await.expect(200);
    assert_eq!(service["items"]["email"], "hanako@guest.example", "one stop is not another");
}

#[tokio::test]
async fn a_consent_nobody_was_asked_for_is_not_found() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    for consent in ["marketing", "no_such_consent"] {
        let path = hanako.path(&format!("consents/{consent}"));
        house.get(&path).go().await.problem(404, "not-found");
    }
    let answer: Value = json!({ "state": "given", "notice": "2026-10-01", "language": "ja" });
    let path = hanako.path("consents/no_such_consent");
    house.put(&path, &answer).go().await.problem(404, "not-found");
}

/// The reference policy a day later, with new words for the consent to the store.
fn reworded() -> azukari::acts::publish::Files {
    let mut files = policy_files();
    let controller = files.get_mut("controller.toml").unwrap();
    *controller = controller.replace("version = \"2026-10-01\"", "version = \"2026-11-22\"");
    let consents = files.get_mut("consents.toml").unwrap();
    let at = consents.find("since = \"2026-10-01\"").unwrap();
    assert!(at > consents.find("[store_disclosure]").unwrap());
    assert!(at < consents.find("[dietary_care]").unwrap());
    consents.replace_range(at.., &consents[at..].replacen("2026-10-01", "2026-11-22", 1));
    files
}

#[tokio::test]
async fn new_words_are_asked_for_anew_and_old_ones_can_still_be_taken_back() {
    // I5: at the time of use a consent stands for the words of today (S39, 2.14).
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    aoi.asks_for(&hanako, &["name"]).receives().await;
    let id = hanako.id.clone();

    let house = house.reopened(Some(reworded())).await;
    let aoi = Store::named(&house, "aoi");
    let hanako = Guest { house: &house, id };
    let asking = aoi.asks_for(&hanako, &["name"]);
    let refused = asking.sends().go().await;
    assert_eq!(refused.refused(), ["consent_for_other_notice"]);
    let reason = &refused.value()["reasons"][0];
    assert_eq!(reason["seen"], "2026-10-01");
    assert_eq!(reason["needed"], "2026-11-22");

    let answers = |state: &str, notice: &str| {
        let body = json!({ "state": state, "notice": notice, "language": "ja" });
        house.put(&hanako.path("consents/store_disclosure"), &body)
    };
    let old = answers("given", "2026-10-01").go().await;
    assert_eq!(old.invalid(), [("notice".to_owned(), "other_notice".to_owned())]);
    answers("given", "2026-11-22").go().await.expect(200);
    assert_eq!(asking.receives().await["name"], "Hanako");
    let meal = aoi.asks_for(&hanako, &["allergy"]).for_meal();
    assert_eq!(meal.receives().await["allergy"], "えび", "words that stand carry over");
    answers("withdrawn", "2026-10-01").go().await.expect(200);
    assert_eq!(asking.is_refused().await, ["consent_not_given"], "going back waits for nothing");
    house.adds_up();
}
