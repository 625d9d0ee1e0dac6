//! Below the age of her law a consent stands only once her statutory representative has agreed (R9.6,
//! L5; GDPR 8; Act 20(2), 27(1)). She is asked by a letter whose link is good once, and what is known of
//! her is gone when she has answered, or the time is over.

use azukari::acts::agreement;
use azukari::agreement::{Agreement, Asked, Representative};
use azukari::letter;
use azukari::outbox::{self, Message};
use azukari::store::{self, DbError};
use policy::Language;
use policy::record::Act;
use serde_json::{Value, json};

use crate::house::{Answer, Guest, House, NOTICE, SignUp, policy_files, reasons_of};
use crate::post::Post;

/// Turns 16 a week after the morning of the stories.
const YOUNG: &str = "2010-11-29";
const PARENT: &str = "parent-0417@planted.example";
const PARENT_NAME: &str = "親権者 翡翠郎";

fn parent() -> Value {
    json!({ "name": PARENT_NAME, "email": PARENT })
}

impl SignUp<'_> {
    fn names(mut self, representative: &Value) -> Self {
        self.body["representative"] = representative.clone();
        self
    }
}

impl House {
    /// The tokens in letters to representatives, the latest last.
    fn tokens_sent(&self) -> Vec<String> {
        let rows = self.app.store.read_blocking(|conn| {
            let sql = "SELECT id, sealed FROM outbox WHERE sealed IS NOT NULL ORDER BY created_at";
            let rows = conn.query(sql, &[])?;
            let read = |row: &store::Row| Ok((row.bytes(0)?, row.blob(1)?.to_vec()));
            rows.iter().map(read).collect::<Result<Vec<([u8; 16], Vec<u8>)>, DbError>>()
        });
        let open = |(id, sealed)| {
            let (topic, tries) = (outbox::LETTER.to_owned(), 0);
            let taken = store::outbox::Taken { id, topic, sealed: Some(sealed), tries };
            match outbox::open(&self.app.keys, &taken) {
                Some(Message::AgreementLetter { token }) => Some(token),
                _ => None,
            }
        };
        rows.unwrap().into_iter().filter_map(open).collect()
    }

    fn token_sent(&self) -> String {
        self.tokens_sent().pop().expect("a letter to a representative")
    }

    async fn opens_agreement(&self, token: &str, language: &str) -> Answer {
        self.get(&format!("/agreement?t={token}&lang={language}")).by_nobody().go().await
    }

    /// Sends the form of the page, with one answer to each consent.
    async fn representative_sends(&self, token: &str, given: &[(&str, &str)]) -> Answer {
        let mut body = format!("t={token}&notice={NOTICE}&step=send");
        for (name, value) in given {
            body.extend(["&", name, "=", value]);
        }
        self.call("POST", "/agreement?lang=ja")
            .by_nobody()
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(body.into_bytes())
            .go()
            .await
    }
}

impl Guest<'_> {
    async fn consents_listed(&self) -> Vec<Value> {
        let list = self.house.get(&self.path("consents")).go().await.expect(200);
        list["consents"].as_array().unwrap().clone()
    }

    async fn consent_listed(&self, name: &str) -> Value {
        let mut all = self.consents_listed().await.into_iter();
        all.find(|consent| consent["consent"] == name).unwrap()
    }

    fn gives(&self, consent: &str, representative: Option<&Value>) -> crate::house::Call {
        let mut body = json!({ "state": "given", "notice": NOTICE, "language": "ja" });
        if let Some(representative) = representative {
            body["representative"] = representative.clone();
        }
        self.house.put(&self.path(&format!("consents/{consent}")), &body)
    }
}

const AGREES: [(&str, &str); 3] = [
    ("answers.store_disclosure", "agree"),
    ("answers.related_information", "agree"),
    ("confirmed", "yes"),
];

#[tokio::test]
async fn a_girl_of_fifteen_books_once_her_mother_has_agreed() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hana = house.guest("Hana").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    let waits = hana.consent_listed("store_disclosure").await;
    assert_eq!(waits["state"], "requested");
    assert_eq!(waits["waits_until"], "2026-12-06T15:00:00Z", "to the end of the fourteenth day");
    assert_eq!(waits["ask"], false, "she has said what she has to say");
    hana.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hana, &["name"]);
    assert_eq!(asking.is_refused().await, ["consent_not_given"]);

    let token = house.token_sent();
    for (language, says) in [("ja", "同意しません"), ("en", "I do not agree")] {
        let page = house.opens_agreement(&token, language).await;
        assert_eq!(page.status, 200);
        let text = page.text();
        let document = house.app.policy();
        for name in ["store_disclosure", "related_information"] {
            let consent = &document.consents[&name.parse().unwrap()];
            let wording = consent.wording.get(Language::parse(language).unwrap());
            assert!(text.contains(wording), "the consent's own words: {text}");
        }
        assert!(text.contains(says) && text.contains("16"));
        assert!(!text.contains("<script") && !text.contains(PARENT_NAME) && !text.contains("Hana"));
        assert!(!text.contains("marketing"), "only what she agreed to");
    }
    let done = house.representative_sends(&token, &AGREES).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let given = hana.consent_listed("store_disclosure").await;
    assert_eq!(given["state"], "given");
    assert_eq!((&given["waits_until"], &given["notice"]), (&Value::Null, &json!(NOTICE)));
    assert_eq!(asking.receives().await["name"], "Hana");

    let answered: Vec<policy::Record> = house
        .records()
        .into_iter()
        .filter(|record| matches!(&record.act, Act::ConsentChanged { by_representative: true, .. }))
        .collect();
    assert_eq!(answered.len(), 2, "one record for each");
    assert!(answered.iter().all(|record| record.by == "representative"));
    assert_eq!(house.rows()["agreements"], 0, "nobody is asked any more");
    house.adds_up();
}

#[tokio::test]
async fn a_link_is_good_once_and_never_says_that_it_was() {
    let house = House::open();
    house.guest("Hana").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    let token = house.token_sent();
    let never = house.opens_agreement("NEVERGIVEN", "ja").await;
    assert_eq!(never.status, 404);
    assert_eq!(house.representative_sends(&token, &AGREES).await.status, 200);
    let used = house.opens_agreement(&token, "ja").await;
    assert_eq!((used.status, used.text()), (404, never.text()));
    let again = house.representative_sends(&token, &AGREES).await;
    assert_eq!((again.status, again.text()), (404, never.text()));

    // One whose time is over looks the same, before and after it is erased.
    house.lets_hours_pass(1);
    house.guest("Mio").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    let late = house.token_sent();
    assert_eq!(house.opens_agreement(&late, "ja").await.status, 200);
    house.lets_hours_pass(15 * 24);
    for erased in [0, 1] {
        let over = house.opens_agreement(&late, "ja").await;
        assert_eq!((over.status, over.text()), (404, never.text()));
        assert_eq!(house.rows()["agreements"], 1 - erased);
        assert_eq!(agreement::end_unanswered(&house.app).await.unwrap(), usize::from(erased == 0));
    }
    house.adds_up();
}

#[tokio::test]
async fn she_declines_one_and_agrees_to_the_other_and_nothing_typed_is_lost() {
    let house = House::open();
    let hana = house.guest("Hana").from("eu").with("birth_date", YOUNG).names(&parent());
    let hana = hana.answers("dietary_care", "given").answers("marketing", "given").signs_up().await;
    let token = house.token_sent();
    let half = [("answers.dietary_care", "agree")];
    let page = house.representative_sends(&token, &half).await;
    assert_eq!(page.status, 422);
    let text = page.text();
    assert!(text.contains("どちらかをお選びください") && text.contains("法定代理人の方だけ"));
    assert_eq!(text.matches(" checked").count(), 1, "what was chosen is still chosen");
    assert_eq!(hana.consent_listed("marketing").await["state"], "requested");
    let sent =
        [("answers.dietary_care", "agree"), ("answers.marketing", "decline"), ("confirmed", "yes")];
    assert_eq!(house.representative_sends(&token, &sent).await.status, 200);
    assert_eq!(hana.consent_listed("dietary_care").await["state"], "given");
    assert_eq!(hana.consent_listed("marketing").await["state"], "refused");
    hana.puts("allergy", "Haselnuss").go().await.expect(200);
    house.adds_up();
}

#[tokio::test]
async fn nobody_is_taken_in_below_the_age_who_names_no_representative() {
    let house = House::open();
    let before = house.rows();
    let young = house.guest("Hana").with("birth_date", YOUNG);
    let answer = young.sends().go().await;
    let body = answer.problem(422, "invalid");
    assert_eq!(answer.invalid(), [("representative".to_owned(), "missing".to_owned())]);
    assert!(body["errors"][0]["detail"].as_str().unwrap().contains("parent or guardian"));
    for (named, field, code) in [
        (json!({ "name": " ", "email": PARENT }), "representative.name", "empty"),
        (json!({ "name": "P", "email": "nowhere" }), "representative.email", "not_an_email"),
        (
            json!({ "name": "P", "email": "Hana@guest.example" }),
            "representative.email",
            "own_address",
        ),
    ] {
        let answer = young.clone().names(&named).sends().go().await;
        assert_eq!(answer.invalid(), [(field.to_owned(), code.to_owned())]);
        assert!(!answer.text().contains("nowhere"), "no value is quoted");
    }
    // Special care is not taken in on her own word (Act 20(2)).
    let allergic = young.allergic_to("えび").names(&parent()).sends().go().await;
    let reasons = reasons_of(&allergic.problem(403, "refused"));
    assert_eq!(reasons, ["special_care_without_consent"]);
    assert_eq!(house.rows(), before);
}

#[tokio::test]
async fn on_her_birthday_she_is_old_enough_and_without_a_date_nobody_asks() {
    let house = House::open();
    for (name, regime, born) in [
        ("Born that day", "jp", Some("2010-11-22")),
        ("British", "uk", Some("2013-11-22")),
        ("Of no date", "jp", None),
    ] {
        let mut form = house.guest(name);
        if regime != "jp" {
            form = form.from(regime).answers("marketing", "given");
        }
        if let Some(born) = born {
            form = form.with("birth_date", born);
        }
        let guest = form.names(&parent()).signs_up().await;
        let listed = guest.consents_listed().await;
        assert!(listed.iter().all(|consent| consent["state"] != "requested"), "{name}: {listed:?}");
    }
    assert_eq!(house.tokens_sent().len(), 0);
    assert_eq!(house.rows()["agreements"], 0, "a representative that is not needed is not kept");
    let eve = house.guest("Eve").with("birth_date", "2010-11-23").sends().go().await;
    assert_eq!(eve.invalid(), [("representative".to_owned(), "missing".to_owned())]);
}

#[tokio::test]
async fn a_later_consent_waits_too_and_to_take_back_needs_nobody() {
    let house = House::open();
    let hana = house.guest("Hana").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    let first = house.token_sent();
    let refused = hana.gives("marketing", None).go().await;
    assert_eq!(refused.invalid(), [("representative".to_owned(), "missing".to_owned())]);
    let herself = json!({ "name": "Hana", "email": "hana@guest.example" });
    let refused = hana.gives("marketing", Some(&herself)).go().await;
    let expected = ("representative.email".to_owned(), "own_address".to_owned());
    assert_eq!(refused.invalid(), [expected]);
    let waits = hana.gives("marketing", Some(&parent())).go().await.expect(200);
    assert_eq!(
        (&waits["state"], &waits["letter"]),
        (&json!("requested"), &json!("representative"))
    );
    // One link for all that waits; the same asked again is no second letter.
    assert_eq!(house.tokens_sent().len(), 2);
    let second = house.tokens_sent().into_iter().find(|token| *token != first).unwrap();
    assert_eq!(house.opens_agreement(&first, "ja").await.status, 404);
    let text = house.opens_agreement(&second, "en").await.text();
    assert!(text.contains("answers.marketing") && text.contains("answers.store_disclosure"));
    hana.gives("marketing", Some(&parent())).go().await.expect(200);
    assert_eq!(house.tokens_sent().len(), 2);

    // What she answers herself is not asked of anybody any more.
    assert_eq!(hana.answers("marketing", "refused").await["state"], "refused");
    let text = house.opens_agreement(&second, "en").await.text();
    assert!(!text.contains("answers.marketing") && text.contains("answers.store_disclosure"));
    assert_eq!(house.representative_sends(&second, &AGREES).await.status, 200);
    assert_eq!(hana.answers("store_disclosure", "withdrawn").await["state"], "withdrawn");
    assert_eq!(hana.consent_listed("store_disclosure").await["state"], "withdrawn");
    house.adds_up();
}

#[tokio::test]
async fn when_she_comes_of_age_nothing_changes_by_itself() {
    let house = House::open();
    let hana = house.guest("Hana").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    house.lets_hours_pass(8 * 24);
    assert_eq!(hana.consent_listed("store_disclosure").await["state"], "requested");
    assert_eq!(house.opens_agreement(&house.token_sent(), "ja").await.status, 200);
    let given = hana.gives("store_disclosure", None).go().await.expect(200);
    assert_eq!(given["state"], "given", "from then on she answers herself");
    let text = house.opens_agreement(&house.token_sent(), "ja").await.text();
    assert!(!text.contains("answers.store_disclosure"));
    house.lets_hours_pass(8 * 24);
    let over = hana.consent_listed("related_information").await;
    assert_eq!((&over["state"], &over["waits_until"]), (&json!("requested"), &Value::Null));
    assert_eq!(over["ask"], true, "nobody answers it any more, so she is asked");
    house.adds_up();
}

#[tokio::test]
async fn who_is_asked_lies_nowhere_in_clear_and_goes_with_the_account() {
    let house = House::open();
    let hana = house.guest("Hana").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    // Her key takes a next generation, and what is asked moves along.
    let wish = azukari::erase::Wish::Items(vec!["birth_date".parse().unwrap()]);
    let because = policy::record::ErasedBecause::Request;
    let id = hana.id.parse().unwrap();
    azukari::erase::erase(&house.app, id, wish, because, "a story".to_owned()).await.unwrap();
    let token = house.token_sent();
    assert_eq!(house.opens_agreement(&token, "ja").await.status, 200);
    for (place, kept) in house.ground.everything_kept() {
        for planted in [PARENT, PARENT_NAME, token.as_str()] {
            let found = kept.windows(planted.len()).any(|bytes| bytes == planted.as_bytes());
            assert!(!found, "in {place}");
        }
    }
    let records = serde_json::to_string(&house.records()).unwrap();
    assert!(!records.contains(PARENT) && !records.contains(PARENT_NAME));
    house.call("DELETE", &format!("/v1/subjects/{}", hana.id)).go().await.expect(200);
    assert_eq!(house.rows()["agreements"], 0);
    assert_eq!(house.opens_agreement(&token, "ja").await.status, 404);
    house.adds_up();
}

#[tokio::test]
async fn the_letter_reaches_the_representative_and_is_not_sent_once_it_is_answered() {
    let (house, post) = (House::open(), Post::open());
    house.guest("Hana").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    let token = house.token_sent();
    house.delivers(&post.mail()).await;
    let received = post.receives(1).await;
    let letter = &received[0];
    assert_eq!(letter["headers"]["x-rcptto"], PARENT);
    let content = letter["headers"]["content-type"].as_str().unwrap();
    assert!(content.starts_with("multipart/alternative;"), "{content}");
    assert!(letter["html"].as_str().unwrap().contains(&format!("/agreement?t={token}")));
    assert_eq!(house.outbox(), [crate::letters::ended("delivered", 1, false)]);

    house.lets_hours_pass(1);
    house.guest("Mio").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    let token = house.token_sent();
    assert_eq!(house.representative_sends(&token, &AGREES).await.status, 200);
    house.delivers(&post.mail()).await;
    // It is not sent any more; she is told what was answered, and by nobody's name.
    assert!(house.outbox().contains(&crate::letters::ended("no_address", 1, false)));
    let received = post.receives(2).await;
    let told = &received[1];
    assert_eq!(told["headers"]["x-rcptto"], "mio@guest.example");
    let text = told["text"].as_str().unwrap();
    assert!(text.contains("同意されました") && !text.contains("翡翠郎"), "{text}");
}

#[tokio::test]
async fn a_date_of_birth_put_later_holds_back_what_she_gave_alone() {
    let (house, post) = (House::open(), Post::open());
    let aoi = house.store("aoi").await;
    let hana = house.guest("Hana").answers("marketing", "refused").signs_up().await;
    hana.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hana, &["name"]);
    asking.receives().await;

    // Old enough: nothing changes. Too young: what she gave waits, what she refused stays refused.
    hana.puts("birth_date", "1990-04-01").go().await.expect(200);
    asking.receives().await;
    let before = house.records().len();
    hana.puts("birth_date", YOUNG).go().await.expect(200);
    assert_eq!(asking.is_refused().await, ["consent_not_given"]);
    for (consent, state, ask) in [
        ("store_disclosure", "requested", true),
        ("related_information", "requested", true),
        ("marketing", "refused", false),
    ] {
        let listed = hana.consent_listed(consent).await;
        assert_eq!((&listed["state"], &listed["ask"]), (&json!(state), &json!(ask)), "{consent}");
    }
    let changed: Vec<policy::Record> = house.records().split_off(before);
    let held_back = changed.iter().filter(|record| {
        matches!(&record.act, Act::ConsentChanged { consent, by_representative: false }
            if consent.state == policy::ConsentState::Requested)
    });
    assert_eq!(held_back.count(), 2, "each on record");

    // She is told, and what to do.
    house.delivers(&post.mail()).await;
    let received = post.receives(1).await;
    let text = received[0]["text"].as_str().unwrap();
    assert!(text.contains("16歳未満") && text.contains("法定代理人"), "{text}");

    // Her mother agrees; a date corrected to another below the age asks nobody twice.
    hana.gives("store_disclosure", Some(&parent())).go().await.expect(200);
    let token = house.token_sent();
    let done = house.representative_sends(&token, &[AGREES[0], AGREES[2]]).await;
    assert_eq!(done.status, 200, "{}", done.text());
    asking.receives().await;
    hana.puts("birth_date", "2011-02-03").go().await.expect(200);
    asking.receives().await;
    assert_eq!(hana.consent_listed("related_information").await["state"], "requested");
    house.adds_up();
}

#[test]
fn the_letter_is_written_in_every_language() {
    let document = policy::read_files(&policy_files()).unwrap().document;
    let now = "2026-11-22T09:00:00+09:00".parse().unwrap();
    for language in Language::ALL {
        let name = if language == Language::Ja { "見本 一郎" } else { "Ichiro Sample" };
        let about = Agreement {
            subject: policy::SubjectId([7; 16]),
            regime: "jp".parse().unwrap(),
            asked: Asked {
                representative: Representative { name: name.to_owned(), email: PARENT.to_owned() },
                consents: ["store_disclosure", "related_information"]
                    .map(|name| name.parse().unwrap())
                    .into(),
                language,
            },
            ends_at: "2026-12-06T15:00:00Z".parse().unwrap(),
        };
        let link = format!("https://privacy.example{}", letter::agreement::path(&about, "T0K3N"));
        let written = letter::agreement::write(&document, &about, &link, now);
        assert!(written.attached.is_empty());
        let said = format!("{}\n\n{}", written.subject, paper::text(&written.paper));
        assert!(said.contains(&link) && !said.contains(PARENT));
        insta::assert_snapshot!(format!("agreement-{}", language.tag()), said);
    }
}

#[tokio::test]
async fn no_stranger_is_written_to_without_end_whatever_is_taken_back_in_between() {
    let house = House::open();
    let hana = house.guest("Hana").with("birth_date", YOUNG).names(&parent()).signs_up().await;
    let before = house.tokens_sent().len();
    for nth in 0..6 {
        let stranger = json!({ "name": "P", "email": format!("stranger-{nth}@example.jp") });
        hana.gives("marketing", Some(&stranger)).go().await.expect(200);
        assert_eq!(hana.answers("marketing", "withdrawn").await["state"], "withdrawn");
    }
    let another = json!({ "name": "P", "email": "another@example.jp" });
    hana.gives("marketing", Some(&another)).go().await.problem(429, "too-many");
    assert_eq!(house.tokens_sent().len() - before, 6);
    house.clock.pass(jiff::Span::new().hours(24)).unwrap();
    hana.gives("marketing", Some(&another)).go().await.expect(200);
    assert_eq!(house.tokens_sent().len() - before, 7);
    house.adds_up();
}
