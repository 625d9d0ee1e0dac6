//! What an act leaves to be done is committed with it and is done once it can be: letters about
//! consents, handed to a mail server that is not ours (`aiosmtpd`), read back by Python's own mail
//! library. Her address comes out through the gate, and lies nowhere on the way (I3, S8).

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use azukari::acts::request::carry_out::carry_out;
use azukari::connectors::mail::Mail;
use azukari::error::Error;
use azukari::jobs::{self, deliver};
use azukari::letter::{self, Letter};
use azukari::outbox::{self, Message};
use azukari::store::{self, DbError};
use policy::Language;
use policy::record::Act;
use policy::request::RequestId;
use serde_json::json;

use crate::house::{House, policy_files};
use crate::post::{FROM, Post, bytes};
use crate::requests::id;

impl Post {
    pub(crate) fn mail(&self) -> Mail {
        Mail::new(&self.url(), FROM).unwrap()
    }
}

impl House {
    /// How the messages stand: outcome, tries, and whether they still say anything.
    pub(crate) fn outbox(&self) -> Vec<(Option<String>, i64, bool)> {
        let rows = self.app.store.read_blocking(|conn| {
            let sql = "SELECT outcome, tries, sealed FROM outbox ORDER BY created_at, id";
            conn.query(sql, &[])?
                .iter()
                .map(|row| {
                    let outcome = row.opt_text(0)?.map(str::to_owned);
                    Ok::<_, DbError>((outcome, row.int(1)?, row.opt_blob(2)?.is_some()))
                })
                .collect()
        });
        rows.unwrap()
    }

    pub(crate) async fn delivers(&self, mail: &Mail) -> i64 {
        deliver::round(&self.app, mail).await.unwrap()
    }
}

pub(crate) fn waiting(tries: i64) -> (Option<String>, i64, bool) {
    (None, tries, true)
}

pub(crate) fn ended(outcome: &str, tries: i64, kept: bool) -> (Option<String>, i64, bool) {
    (Some(outcome.to_owned()), tries, kept)
}

#[tokio::test]
async fn a_withdrawn_consent_tells_the_person_by_mail() {
    let (house, post) = (House::open(), Post::open());
    let delivering = tokio::spawn(jobs::run(Arc::clone(&house.app), Some(post.mail())));
    let hanako = house.guest("Hanako").signs_up().await;
    let given = hanako.answers("marketing", "given").await;
    assert_eq!(given["letter"], "outbox");
    post.receives(1).await;
    house.lets_hours_pass(1);
    let withdrawn = json!({ "state": "withdrawn", "notice": "2026-10-01", "language": "en" });
    let path = hanako.path("consents/marketing");
    let withdrawn = house.put(&path, &withdrawn).go().await.expect(200);
    let received = post.receives(2).await;
    // The server has it a moment before the house has written so.
    while house.outbox().iter().any(|(outcome, ..)| outcome.is_none()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    delivering.abort();
    let _ = delivering.await;

    let (first, second) = (&received[0], &received[1]);
    assert_eq!(first["headers"]["subject"], "同意を承りました：お知らせと広告");
    assert_eq!(second["headers"]["subject"], "You withdrew a consent: Offers and advertising");
    for letter in [first, second] {
        assert_eq!(letter["headers"]["x-rcptto"], "hanako@guest.example");
        assert_eq!(letter["headers"]["to"], "hanako@guest.example");
        assert_eq!(letter["headers"]["from"], FROM);
        assert_eq!(letter["headers"]["auto-submitted"], "auto-generated");
        let content = letter["headers"]["content-type"].as_str().unwrap();
        assert!(content.starts_with("multipart/alternative;"), "{content}");
        assert!(letter["html"].as_str().unwrap().contains("<html"), "{letter}");
        assert_eq!(letter["files"], json!([]));
        assert_eq!(letter["ascii"], true, "every mail server passes it on as it is");
    }
    for (letter, record, says) in [
        (first, &given["record"], ["2026年11月22日(日)9時00分（日本時間）", "状態        同意"]),
        (
            second,
            &withdrawn["record"],
            ["22 November 2026, 10:00 (Japan time)", "State                withdrawn"],
        ),
    ] {
        let text = letter["text"].as_str().unwrap();
        assert!(says.iter().all(|words| text.contains(words)), "{text}");
        assert!(text.contains(record.as_str().unwrap()), "it names its record: {text}");
        assert!(text.contains("info@omakase-japan.zendesk.com"), "and the desk: {text}");
    }
    assert!(first["text"].as_str().unwrap().contains("2026年10月1日版"));

    assert_eq!(house.outbox(), [ended("delivered", 1, false), ended("delivered", 1, false)]);
    let uses: Vec<String> = house.records().iter().filter_map(used_for).collect();
    assert_eq!(uses, ["terms_notice", "terms_notice"], "each letter is on record");
    house.adds_up();
}

#[tokio::test]
async fn she_is_told_only_of_what_she_gave_or_took_back_and_only_where_she_can_be_reached() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    for (state, letter) in [
        ("refused", "none"),
        ("given", "outbox"),
        ("given", "none"),
        ("expired", "none"),
        ("withdrawn", "outbox"),
        ("withdrawn", "none"),
    ] {
        assert_eq!(hanako.answers("marketing", state).await["letter"], letter, "{state}");
    }
    let read = house.get(&hanako.path("consents/marketing")).go().await.expect(200);
    assert!(read.get("letter").is_none());
    let gone = "DELETE FROM items WHERE subject = $1 AND item = 'email'";
    assert_eq!(house.meddles(gone, vec![hanako.bytes()]), 1);
    assert_eq!(hanako.answers("marketing", "given").await["letter"], "no_address");
    assert_eq!(house.outbox(), [waiting(0), waiting(0)]);
    // Those that wait find nobody to go to; the look for the address is on record.
    let post = Post::open();
    assert_eq!(house.delivers(&post.mail()).await, 2);
    assert_eq!(house.outbox(), [ended("no_address", 1, false), ended("no_address", 1, false)]);
    assert!(post.received().is_empty());
    house.adds_up();
}

#[tokio::test]
async fn while_the_mail_server_is_away_a_letter_waits_and_it_goes_later_once() {
    let (house, mut post) = (House::open(), Post::closed());
    let mail = post.mail();
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    let before = house.rows()["records"];
    assert_eq!(house.delivers(&mail).await, 1);
    assert_eq!(house.outbox(), [waiting(1)]);
    assert_eq!(house.rows()["records"], before, "no address was opened for nothing");
    assert_eq!(house.delivers(&mail).await, 0, "it is not asked again at once");
    house.lets_seconds_pass(60);
    assert_eq!(house.delivers(&mail).await, 1);
    assert_eq!(house.outbox(), [waiting(2)]);
    post.opens(&[]);
    house.lets_seconds_pass(60);
    assert_eq!(house.delivers(&mail).await, 0, "the pauses grow");
    house.lets_seconds_pass(240);
    assert_eq!(house.delivers(&mail).await, 1);
    assert_eq!(house.outbox(), [ended("delivered", 3, false)]);
    house.lets_hours_pass(1000);
    assert_eq!(house.delivers(&mail).await, 0);
    assert_eq!(post.received().len(), 1);
    assert_eq!(house.rows()["records"], before + 1);
    jobs::forget_ended(&house.app).await.unwrap();
    assert_eq!(house.outbox().len(), 1, "how it ended is known for 90 days");
    house.lets_hours_pass(90 * 24);
    jobs::forget_ended(&house.app).await.unwrap();
    assert!(house.outbox().is_empty());
}

#[tokio::test]
async fn a_crash_between_the_act_and_its_letter_loses_nothing() {
    let (house, post) = (House::open(), Post::open());
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    let house = house.reopened(None).await;
    // Taken, and its taker is gone before it could do anything.
    let now = house.now().as_millisecond();
    let take = move |tx: &mut store::Tx<'_>| {
        let until = now + 30 * 60_000;
        Ok::<_, DbError>(store::outbox::take(tx, outbox::LETTER, now, until, 10)?.len())
    };
    assert_eq!(house.app.store.write_blocking(take).unwrap(), 1);
    let house = house.reopened(None).await;
    assert_eq!(house.delivers(&post.mail()).await, 0, "somebody may be at it");
    house.lets_seconds_pass(30 * 60);
    assert_eq!(house.delivers(&post.mail()).await, 1);
    assert_eq!(house.outbox(), [ended("delivered", 2, false)]);
    assert_eq!(post.received().len(), 1);
    house.adds_up();
}

#[tokio::test]
async fn an_act_that_fails_leaves_no_letter_and_a_letter_that_fails_no_act() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let before = house.rows();
    let id = hanako.id.parse().unwrap();
    let (app, now) = (Arc::clone(&house.app), house.now());
    let failing = move |tx: &mut store::Tx<'_>| {
        let letter = some_letter(&app);
        let message = Message::Letter { subject: id, letter };
        outbox::put(&app.keys, tx, [7; 16], &message, now)?;
        Err::<(), _>(Error::Conflict("changed its mind".to_owned()))
    };
    assert!(house.app.store.write_blocking(failing).is_err());
    assert_eq!(house.rows(), before);
    house.meddles("ALTER TABLE outbox RENAME TO elsewhere", Vec::new());
    let body = json!({ "state": "given", "notice": "2026-10-01", "language": "ja" });
    let path = hanako.path("consents/marketing");
    house.put(&path, &body).go().await.problem(500, "failure");
    house.meddles("ALTER TABLE elsewhere RENAME TO outbox", Vec::new());
    assert_eq!(house.rows(), before, "neither the consent nor its record");
    house.adds_up();
}

#[tokio::test]
async fn a_stop_holds_for_letters_too() {
    let (house, post) = (House::open(), Post::open());
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    hanako.stops(Some("terms_notice")).await;
    assert_eq!(house.delivers(&post.mail()).await, 1);
    assert_eq!(house.outbox(), [ended("refused", 1, false)]);
    assert!(post.received().is_empty());
    let Some(Act::Refused { reasons, .. }) = house.records().pop().map(|record| record.act) else {
        panic!("the refusal is on record");
    };
    assert!(matches!(reasons[..], [policy::Reason::Restricted { .. }]), "{reasons:?}");
    house.adds_up();
}

/// Every letter of a request that costs something and is granted, as it reaches her: which it is, what
/// it says in both its parts, what came with it, and where its link leads (R8.2, S27).
#[tokio::test]
async fn the_letters_of_a_whole_request_reach_her_and_lead_where_they_say() {
    let (house, post) = (House::open(), Post::open());
    let mail = post.mail();
    house.guest("Hanako").signs_up().await;
    for (language, subjects, money) in [
        (
            "ja",
            [
                "ご請求を承りました",
                "確認番号のお知らせ",
                "手数料のご請求",
                "手数料をお受け取りしました",
                "ご請求へのお答え",
            ],
            "1,000円",
        ),
        (
            "en",
            [
                "We have received your request",
                "Your confirmation code",
                "The fee for your request",
                "We have received your fee",
                "The answer to your request",
            ],
            "JPY 1,000",
        ),
    ] {
        let before = post.received().len();
        let request = id(&house.asks(&json!({ "language": language })).await.expect(201));
        let code = house.code(&request);
        house.delivers(&mail).await;
        house.gives(&request, &code).await.expect(200);
        house.delivers(&mail).await;
        let paid = json!({ "step": "pay", "amount": 1000, "currency": "JPY", "reference": "b-1" });
        house.steps(&request, paid).await.expect(200);
        house.delivers(&mail).await;
        house.steps(&request, json!({ "step": "decide", "outcome": "granted" })).await.expect(200);
        carry_out(&house.app, request.parse().unwrap(), "officer".to_owned()).await.unwrap();
        house.delivers(&mail).await;

        let number = request.parse::<RequestId>().unwrap().number();
        let mut received = post.received().split_off(before);
        // The first two leave at once, in any order.
        received[..2].sort_by_key(|letter| letter["text"].as_str().unwrap().contains(&code));
        let head = if language == "ja" {
            format!("【受付番号 {number}】")
        } else {
            format!("[{number}] ")
        };
        let told: Vec<_> = received.iter().map(|letter| &letter["headers"]["subject"]).collect();
        assert_eq!(told, subjects.map(|subject| format!("{head}{subject}")).each_ref());
        let mut files = Vec::new();
        for letter in &received {
            assert_eq!(letter["headers"]["to"], "hanako@guest.example");
            let (text, html) = (letter["text"].as_str().unwrap(), letter["html"].as_str().unwrap());
            assert!(text.contains(&number) && html.contains(&number), "{letter}");
            assert!(!text.contains(&request), "people read the number alone: {text}");
            for file in letter["files"].as_array().unwrap() {
                let said = read_pdf(&bytes(file));
                assert!(said.contains(&number), "{said}");
                files.push((file["name"].as_str().unwrap().to_owned(), said));
            }
        }
        assert!(received[1]["text"].as_str().unwrap().contains(&code));
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["invoice.pdf", "receipt.pdf", "letter.pdf"]);
        assert!(files[0].1.contains(money) && files[1].1.contains(money), "{files:?}");

        let links: Vec<String> = received.iter().filter_map(link).collect();
        assert_eq!(links.len(), 2, "{links:?}");
        for (link, leads_to) in links.iter().zip(["<form", "value=\"again\""]) {
            let path = link.strip_prefix("https://policy.stories.example").unwrap();
            let page =
                house.get(&format!("{path}{}lang=en", if path.contains('?') { '&' } else { '?' }));
            let page = page.by_nobody().go().await;
            assert_eq!(page.status, 200, "{link}");
            assert!(page.text().contains(leads_to), "{link}: {}", page.text());
        }
        house.lets_hours_pass(1);
    }
    house.adds_up();
}

/// The link of a letter: the same in both of its parts.
fn link(letter: &serde_json::Value) -> Option<String> {
    let (text, html) = (letter["text"].as_str().unwrap(), letter["html"].as_str().unwrap());
    let found = text.split_whitespace().find(|word| word.starts_with("https://"))?;
    let quoted = format!("href=\"{}\"", found.replace('&', "&amp;"));
    assert!(html.contains(&quoted), "{quoted}: {html}");
    Some(found.to_owned())
}

/// The words of a PDF, as poppler reads them.
pub(crate) fn read_pdf(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let mut read = Command::new("pdftotext");
    read.args(["-raw", "-enc", "UTF-8"]).arg(file.path()).arg("-");
    let read = read.output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).unwrap()
}

#[tokio::test]
async fn a_letter_that_no_server_takes_is_given_up_where_the_operator_sees_it() {
    let (house, mut post) = (House::open(), Post::closed());
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("marketing", "given").await;
    // One server never takes it.
    post.opens(&["-s", "10"]);
    assert_eq!(house.delivers(&post.mail()).await, 1);
    assert_eq!(house.outbox(), [ended("rejected", 1, true)]);
    drop(post);
    // Another is away for days.
    let mut post = Post::closed();
    let mail = post.mail();
    hanako.answers("marketing", "withdrawn").await;
    let mut tries = 0;
    for _ in 0..(6 * 24) {
        tries += house.delivers(&mail).await;
        house.lets_hours_pass(1);
    }
    assert_eq!(tries, 11);
    let mut stand = house.outbox();
    stand.sort();
    assert_eq!(stand, [ended("given_up", 11, true), ended("rejected", 1, true)]);
    // The operator tries again.
    post.opens(&[]);
    let now = house.now().as_millisecond();
    let listed = house.app.store.read_blocking(|conn| store::outbox::open(conn, 10)).unwrap();
    assert_eq!(listed.len(), 2);
    for one in listed {
        let id = outbox::parse_id(&outbox::shown(&one.id)).unwrap();
        let again = house.app.store.write_blocking(move |tx| {
            Ok::<_, DbError>((
                store::outbox::retry(tx, &id, now)?,
                store::outbox::retry(tx, &id, now)?,
            ))
        });
        assert_eq!(again.unwrap(), (true, false), "what waits already is left alone");
    }
    assert_eq!(house.delivers(&mail).await, 2);
    assert_eq!(post.received().len(), 2);
}

#[tokio::test]
async fn one_message_that_cannot_be_read_holds_nothing_up() {
    let (house, post) = (House::open(), Post::open());
    let guests = [house.guest("Hanako").signs_up().await, house.guest("Yoko").signs_up().await];
    guests[0].answers("marketing", "given").await;
    // Moved to another id, as a hand in the database might.
    let moved = "UPDATE outbox SET id = $1";
    assert_eq!(house.meddles(moved, vec![vec![0; 16]]), 1);
    guests[0].answers("marketing", "withdrawn").await;
    guests[1].answers("marketing", "given").await;
    // A value that does not open: it fails, is tried again, and the other goes.
    let flip = "UPDATE items SET version = version + 1 WHERE subject = $1 AND item = 'email'";
    assert_eq!(house.meddles(flip, vec![guests[0].bytes()]), 1);
    assert_eq!(house.delivers(&post.mail()).await, 3);
    let mut stand = house.outbox();
    stand.sort();
    assert_eq!(stand, [waiting(1), ended("delivered", 1, false), ended("unreadable", 1, true)]);
    assert_eq!(post.received().len(), 1);
}

#[tokio::test]
async fn neither_her_address_nor_what_it_is_about_lies_in_the_outbox() {
    const ADDRESS: &str = "kanaria-0714@planted.example";
    let (house, post) = (House::open(), Post::open());
    let hanako = house.guest("Hanako").with("email", ADDRESS).signs_up().await;
    hanako.answers("dietary_care", "given").await;
    let seen = |house: &House| {
        let kept = house.ground.everything_kept();
        let bytes: Vec<u8> = kept.into_iter().flat_map(|(_, bytes)| bytes).collect();
        bytes.windows(ADDRESS.len()).any(|window| window == ADDRESS.as_bytes())
    };
    let sealed = house.blob("SELECT sealed FROM outbox", Vec::new());
    for clear in [ADDRESS.as_bytes(), b"dietary_care", &hanako.bytes(), b"given"] {
        assert!(!sealed.windows(clear.len()).any(|window| window == clear));
    }
    assert!(!seen(&house));
    assert_eq!(house.delivers(&post.mail()).await, 1);
    assert_eq!(post.received()[0]["headers"]["to"], ADDRESS);
    assert_eq!(house.outbox(), [ended("delivered", 1, false)]);
    assert!(!seen(&house));
    let (ground, _) = house.close().await;
    assert!(ground.everything_kept().iter().all(|(_, bytes)| {
        !bytes.windows(ADDRESS.len()).any(|window| window == ADDRESS.as_bytes())
    }));
}

#[tokio::test]
async fn letters_for_many_are_put_at_once_and_go_in_batches() {
    let (house, post) = (House::open(), Post::open());
    let hanako = house.guest("Hanako").signs_up().await;
    let subject = hanako.id.parse().unwrap();
    let (app, now) = (Arc::clone(&house.app), house.now());
    let put = move |tx: &mut store::Tx<'_>| {
        for n in 0..120_u8 {
            let message = Message::Letter { subject, letter: some_letter(&app) };
            outbox::put(&app.keys, tx, [n; 16], &message, now)?;
        }
        Ok::<_, Error>(())
    };
    house.app.store.write_blocking(put).unwrap();
    let mail = post.mail();
    for batch in [50, 50, 20, 0] {
        assert_eq!(house.delivers(&mail).await, batch);
    }
    let received = post.received();
    let ids: std::collections::BTreeSet<&str> =
        received.iter().map(|one| one["headers"]["message-id"].as_str().unwrap()).collect();
    assert_eq!((received.len(), ids.len()), (120, 120));
    house.adds_up();
}

#[test]
fn the_purpose_of_letters_is_found_in_any_policy() {
    let clinic = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/clinic");
    let clinic = policy::read_dir(&clinic).unwrap().document;
    let files = policy_files();
    let reference = policy::read_files(&files).unwrap().document;
    for (document, regime, wanted) in [
        (&reference, "jp", Some(("email", "terms_notice"))),
        (&reference, "eu", Some(("email", "terms_notice"))),
        (&reference, "nowhere", None),
        (&clinic, "jp", Some(("contact_mail", "care_account"))),
    ] {
        let found = letter::address(document, &regime.parse().unwrap());
        let found = found.map(|(item, purpose)| (item.as_str(), purpose.as_str()));
        assert_eq!(found, wanted, "{regime}");
    }
    // Where everything rests on a consent there is no letter: it would end with the consent.
    let consent = |basis: &str| format!("jp = \"{basis}\"");
    let mut files = files;
    let purposes = files.get_mut("purposes.toml").unwrap();
    *purposes = purposes.replace(&consent("notice"), &consent("consent:marketing"));
    let asked = policy::read_files(&files).unwrap().document;
    assert_eq!(letter::address(&asked, &"jp".parse().unwrap()), None);
    assert!(letter::address(&asked, &"eu".parse().unwrap()).is_some());
}

#[test]
fn every_letter_is_written_in_every_language_of_the_policy() {
    let document = policy::read_files(&policy_files()).unwrap().document;
    let mut written = Vec::new();
    for language in Language::ALL {
        for state in [policy::ConsentState::Given, policy::ConsentState::Withdrawn] {
            let letter = Letter::ConsentChanged {
                consent: "dietary_care".parse().unwrap(),
                state,
                at: "2026-11-22T00:00:00Z".parse().unwrap(),
                notice: "2026-10-01.2".parse().unwrap(),
                record: "rec_x".to_owned(),
                language,
            };
            let now = "2026-11-22T00:00:00Z".parse().unwrap();
            let letter = letter.write(&document, now).unwrap();
            written.push(paper::text(&letter.paper));
        }
        let named = |name: &str| name.parse::<policy::ConsentName>().unwrap();
        let consents = vec![named("store_disclosure"), named("marketing")];
        let states = [policy::ConsentState::Given, policy::ConsentState::Refused];
        let answers = consents.iter().cloned().zip(states).collect();
        for letter in [
            Letter::ConsentsWait { consents, age: 16, language },
            Letter::RepresentativeAnswered { answers, language },
        ] {
            let now = "2026-11-22T00:00:00Z".parse().unwrap();
            written.push(paper::text(&letter.write(&document, now).unwrap().paper));
        }
    }
    insta::assert_snapshot!(written.join("\n--------\n\n"));
}

/// A letter that has something to say.
fn some_letter(app: &azukari::app::App) -> Letter {
    Letter::ConsentChanged {
        consent: "marketing".parse().unwrap(),
        state: policy::ConsentState::Withdrawn,
        at: app.clock.now(),
        notice: app.policy().version,
        record: "rec_none".to_owned(),
        language: Language::En,
    }
}

/// What a record says that the house itself used something for.
pub(crate) fn used_for(record: &policy::Record) -> Option<String> {
    match &record.act {
        Act::Used { purpose, .. } => Some(purpose.to_string()),
        _ => None,
    }
}
