//! Broken at every step: a row is changed behind everybody's back, and what the caller hears and
//! what is left behind is told. Nothing is ever opened then, and later acts still work (S8, I1).

use serde_json::{Value, json};

use crate::house::{Answer, House, policy_files};

/// What the caller hears.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Hears {
    /// A refusal that is on record, with this reason.
    Refusal(&'static str),
    /// A failure with an id; the log has the rest.
    Failure,
}

/// Whether the act itself is on record afterwards.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Leaves {
    Record,
    Nothing,
}

/// A table's column, with a bit flipped in the row of the person or of everybody.
struct Break {
    what: &'static str,
    read: &'static str,
    write: &'static str,
    of_her: bool,
    hears: Hears,
    leaves: Leaves,
}

const BREAKS: [Break; 4] = [
    Break {
        what: "the sealed value",
        read: "SELECT sealed FROM items WHERE item = 'allergy' AND subject = $1",
        write: "UPDATE items SET sealed = $1 WHERE item = 'allergy' AND subject = $2",
        of_her: true,
        hears: Hears::Failure,
        // Record, then reveal: what could not be opened in the end stays on record as asked.
        leaves: Leaves::Record,
    },
    Break {
        what: "her wrapped key",
        read: "SELECT wrapped FROM subject_keys WHERE subject = $1",
        write: "UPDATE subject_keys SET wrapped = $1 WHERE subject = $2",
        of_her: true,
        hears: Hears::Failure,
        leaves: Leaves::Record,
    },
    Break {
        what: "the store's legal details",
        read: "SELECT details FROM recipients WHERE name = 'aoi'",
        write: "UPDATE recipients SET details = $1 WHERE name = 'aoi'",
        of_her: false,
        hears: Hears::Failure,
        leaves: Leaves::Nothing,
    },
    Break {
        what: "the approval of an exception",
        read: "SELECT sealed FROM exceptions",
        write: "UPDATE exceptions SET sealed = $1",
        of_her: false,
        hears: Hears::Refusal("fact_unreadable"),
        leaves: Leaves::Record,
    },
];

/// Rows that cannot be understood, put there and mended by statements.
const UNREADABLE: [(&str, &str, &str); 5] = [
    (
        "her consent",
        "UPDATE consents SET state = 'maybe' WHERE consent = 'dietary_care'",
        "UPDATE consents SET state = 'given' WHERE consent = 'dietary_care'",
    ),
    (
        "the notice of her consent",
        "UPDATE consents SET notice = 'some day' WHERE consent = 'store_disclosure'",
        "UPDATE consents SET notice = '2026-10-01' WHERE consent = 'store_disclosure'",
    ),
    (
        "a stop",
        "INSERT INTO restrictions (subject, purpose, stopped_at) \
         SELECT id, 'Not A Name', 0 FROM subjects",
        "DELETE FROM restrictions",
    ),
    (
        "her regime",
        "UPDATE subject_keys SET regime = 'NOWHERE'",
        "UPDATE subject_keys SET regime = 'jp'",
    ),
    (
        "the booking",
        "UPDATE engagements SET ends_at = 9223372036854775807",
        "UPDATE engagements SET ends_at = 1795345200000",
    ),
];

fn is_heard(answer: &Answer, hears: Hears, what: &str) {
    assert!(!answer.text().contains("えび"), "{what}: {answer:?}");
    match hears {
        Hears::Refusal(reason) => {
            let reasons = answer.refused();
            assert!(reasons.iter().any(|known| known == reason), "{what}: {reasons:?}");
        }
        Hears::Failure => {
            let body = answer.problem(500, "failure");
            assert!(body["failure"].as_str().unwrap().starts_with("fail_"), "{what}: {body}");
            assert!(body["reasons"].is_null() && body["errors"].is_null(), "{what}: {body}");
        }
    }
}

#[tokio::test]
async fn a_row_with_one_bit_flipped_opens_nothing_and_later_acts_still_work() {
    let house = House::open();
    let (aoi, midori) = (house.store("aoi").await, house.store("midori").await);
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    let yoko = house.guest("Yoko").allergic_to("そば").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    yoko.books(&midori, "bk-2").await;
    let approved = house
        .manager_approves(&json!({ "items": ["allergy"], "purpose": "meal", "subject": hanako.id }))
        .await
        .expect(201);
    let plain = aoi.asks_for(&hanako, &["allergy"]).for_meal();
    let excepted = plain.clone().by_exception(approved["exception"].as_str().unwrap());
    for Break { what, read, write, of_her, hears, leaves } in BREAKS {
        let asking = if what.contains("exception") { &excepted } else { &plain };
        assert_eq!(asking.receives().await["allergy"], "えび", "{what}: before");
        let her: Vec<Vec<u8>> = if of_her { vec![hanako.bytes()] } else { Vec::new() };
        let whole = house.blob(read, her.clone());
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut broken = whole.clone();
            broken[at] ^= 1;
            let with = |blob: Vec<u8>| std::iter::once(blob).chain(her.clone()).collect();
            assert_eq!(house.meddles(write, with(broken)), 1, "{what}");
            let before = house.rows();
            is_heard(&asking.sends().go().await, hears, what);
            let grown = i64::from(leaves == Leaves::Record);
            let after = house.rows();
            assert_eq!(after["records"], before["records"] + grown, "{what}");
            assert_eq!(after["entries"], before["entries"] + grown, "{what}");
            let others = midori.asks_for(&yoko, &["allergy"]).for_meal().receives().await;
            assert_eq!(others["allergy"], "そば", "{what}: others are served");
            assert_eq!(house.meddles(write, with(whole.clone())), 1);
        }
        assert_eq!(asking.receives().await["allergy"], "えび", "{what}: mended");
    }
    house.adds_up();
}

#[tokio::test]
async fn a_fact_that_cannot_be_understood_refuses() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").allergic_to("えび").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    let asking = aoi.asks_for(&hanako, &["allergy"]).for_meal();
    for (what, breaks, mends) in UNREADABLE {
        house.meddles(breaks, Vec::new());
        is_heard(&asking.sends().go().await, Hears::Refusal("fact_unreadable"), what);
        house.meddles(mends, Vec::new());
        assert_eq!(asking.receives().await["allergy"], "えび", "{what}: mended");
    }
    house.adds_up();
}

#[tokio::test]
async fn a_value_moved_to_another_person_or_item_does_not_open() {
    // Ciphertext knows its place: whose it is, which item, which version.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").with("disliked_food", "にら").signs_up().await;
    let yoko = house.guest("Yoko").allergic_to("そば").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    yoko.books(&aoi, "bk-2").await;
    let of = "SELECT sealed FROM items WHERE item = 'disliked_food' AND subject = $1";
    let stolen = house.blob(of, vec![hanako.bytes()]);
    let other = "UPDATE items SET sealed = $1 WHERE item = 'allergy' AND subject = $2";
    assert_eq!(house.meddles(other, vec![stolen.clone(), yoko.bytes()]), 1);
    let answer = aoi.asks_for(&yoko, &["allergy"]).for_meal().sends().go().await;
    answer.problem(500, "failure");
    assert!(!answer.text().contains("にら"));
    let older = "UPDATE items SET version = 2 WHERE item = 'disliked_food' AND sealed = $1";
    assert_eq!(house.meddles(older, vec![stolen]), 1);
    let answer = aoi.asks_for(&hanako, &["disliked_food"]).for_meal().sends().go().await;
    answer.problem(500, "failure");
}

#[tokio::test]
async fn a_changed_record_is_not_shown_and_the_ledger_stays_sound() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    let yoko = house.guest("Yoko").signs_up().await;
    for guest in [&hanako, &yoko] {
        guest.books(&aoi, "bk-1").await;
        aoi.asks_for(guest, &["name"]).receives().await;
    }
    let read = "SELECT sealed FROM records WHERE act = 'disclosed' AND subject = $1";
    let write = "UPDATE records SET sealed = $1 WHERE act = 'disclosed' AND subject = $2 \
                 AND place = (SELECT MIN(place) FROM records AS r WHERE r.act = 'disclosed' \
                 AND r.subject = records.subject)";
    let whole = house.blob(read, vec![hanako.bytes()]);
    let mut broken = whole.clone();
    broken[20] ^= 1;
    house.meddles(write, vec![broken, hanako.bytes()]);
    aoi.asks_for(&hanako, &["name"]).receives().await;
    let page = hanako.provisions().await;
    let outcomes: Vec<_> = page.iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["disclosed", "unreadable"], "one line, and not the page");
    let line = &page[1];
    assert!(line["record"].as_str().unwrap().starts_with("rec_"), "{line}");
    assert!(line["ledger"]["index"].is_u64(), "{line}");
    assert!(line["opening"].is_null() && line["recipient"].is_null(), "{line}");
    assert_eq!(yoko.provisions().await.len(), 1, "another's page stands");
    assert_eq!(aoi.asks_for(&hanako, &["name"]).receives().await["name"], "Hanako");
    // What stands in clear beside a record is bound to it, too: it cannot be hidden or moved.
    house.meddles("DELETE FROM records WHERE place > 1000000", Vec::new());
    house.meddles(write, vec![whole, hanako.bytes()]);
    let moved = "UPDATE records SET at = at + 1 WHERE act = 'disclosed' AND subject = $1";
    assert!(house.meddles(moved, vec![hanako.bytes()]) > 0);
    let page = hanako.provisions().await;
    assert!(page.iter().all(|line| line["outcome"] == "unreadable"), "moved in time: {page:?}");
}

#[tokio::test]
async fn a_person_whose_key_is_gone_is_nobody() {
    let house = House::open();
    let (aoi, hanako) = (house.store("aoi").await, house.guest("Hanako").signs_up().await);
    hanako.books(&aoi, "bk-1").await;
    let gone = "DELETE FROM subject_keys WHERE subject = $1";
    assert_eq!(house.meddles(gone, vec![hanako.bytes()]), 1);
    assert_eq!(aoi.asks_for(&hanako, &["name"]).is_refused().await, ["unknown_subject"]);
    hanako.puts("name", "Hanako").go().await.problem(404, "not-found");
    let yoko = house.guest("Yoko").signs_up().await;
    yoko.books(&aoi, "bk-2").await;
    assert_eq!(aoi.asks_for(&yoko, &["name"]).receives().await["name"], "Yoko");
    house.adds_up();
}

#[tokio::test]
async fn a_purpose_that_a_new_policy_drops_is_refused_from_then_on() {
    // S6, S39: what is no longer declared is no longer done; what was published stays readable.
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "bk-1").await;
    assert_eq!(hanako.is_used("enforcement", &["name"]).go().await.status, 200);

    let mut files = policy_files();
    let controller = files.get_mut("controller.toml").unwrap();
    *controller = controller.replace("version = \"2026-10-01\"", "version = \"2026-11-22\"");
    let purposes = files.get_mut("purposes.toml").unwrap();
    let from = purposes.find("[enforcement]").unwrap();
    let to = from + purposes[from..].find("[terms_notice]").unwrap();
    purposes.replace_range(from..to, "");
    let items = files.get_mut("items.toml").unwrap();
    *items = items.replace("\"enforcement\", ", "").replace(", \"enforcement\"]", "]");
    let (id, key) = (hanako.id.clone(), house.key.clone());
    let house = house.reopened(Some(files)).await;
    let body: Value = json!({ "subject": id, "purpose": "enforcement", "items": ["name"] });
    let used = house.post("/v1/uses", &body).by(&key).go().await;
    assert_eq!(used.refused(), ["unknown_purpose"]);
    let ask = json!({
        "subject": id, "recipient": "aoi", "purpose": "reservation", "items": ["name"],
    });
    let given = house.post("/v1/disclosures", &ask).go().await.expect(201);
    assert_eq!(given["items"]["name"], "Hanako", "a consent to words that stand carries over (I5)");
    let old = house.get("/v1/policy/versions/2026-10-01").by_nobody().go().await.expect(200);
    assert!(old["purposes"]["enforcement"].is_object());
    let current = house.get("/v1/policy").by_nobody().go().await.expect(200);
    assert!(current["purposes"]["enforcement"].is_null());
    house.adds_up();
}

#[tokio::test]
async fn a_policy_that_does_not_hold_together_does_not_come_into_force() {
    // S1, S39: the one in force stays, and the operator hears what is wrong and nothing else.
    let house = House::open();
    let before = house.rows();
    let (ground, clock) = house.close().await;
    let change = |file: &str, from: &str, to: &str| {
        let mut files = policy_files();
        let text = files.get_mut(file).unwrap();
        assert!(text.contains(from), "{file} has changed: {from}");
        *text = text.replace(from, to);
        files
    };
    for (files, says) in [
        (change("items.toml", "\"meal\"", "\"feast\""), "feast"),
        (change("items.toml", "consent = \"dietary_care\"", ""), "allergy"),
        (change("controller.toml", "2026-10-01", "2020-01-01"), "is later than this"),
        (change("controller.toml", "GMO OMAKASE Inc.", "Somebody"), "other files"),
    ] {
        let Err(error) = ground.open_app(&clock, ground.root_key(), Some(files)) else {
            panic!("it comes into force in spite of {says}");
        };
        let told = error.to_string();
        assert!(told.contains(says), "{says}: {told}");
        assert!(!told.contains("warning"), "{told}");
    }
    let house = House::open_on(ground, clock, None, 0);
    assert_eq!(house.app.policy().version.to_string(), "2026-10-01");
    let mut after = house.rows();
    after.insert("service_keys", before["service_keys"]);
    assert_eq!(after, before);
    house.adds_up();
}
