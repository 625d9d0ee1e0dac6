//! A database that is older than its tombstones: what had gone goes again, and nothing else (R12.2).

use azukari::store::subjects;
use azukari::tombstones::Tombstones;
use policy::record::{Act, ErasedBecause};
use policy::request::{Outcome, Step};
use serde_json::json;

use crate::house::{Guest, House};
use crate::requests::id;

impl House {
    /// Opens the tombstones as a start does; how many did something again.
    async fn heeds(&self, tombstones: &std::path::Path) -> u64 {
        Tombstones::open(&self.app, tombstones).await.unwrap().1
    }

    /// Whatever she asked to be erased, of these items or of all, has gone.
    async fn forgets(&self, guest: &Guest<'_>, items: &[&str]) {
        let asked = json!({
            "kind": "erasure", "grounds": ["no_longer_needed"], "subject": guest.id, "items": items,
        });
        let request = id(&self.asks(&asked).await.expect(201));
        let known = json!({ "step": "identify", "how": "document", "subject": guest.id });
        self.steps(&request, known).await.expect(200);
        let grant = json!({ "step": "decide", "outcome": "granted" });
        self.steps(&request, grant).await.expect(200);
        let (id, by) = (request.parse().unwrap(), "manager".to_owned());
        let approve = Step::Approve { by: by.clone() };
        let moved =
            azukari::acts::request::handle::step(&self.app, id, by.clone(), approve).await.unwrap();
        assert_eq!(moved.progress.decision.unwrap().outcome, Outcome::Granted);
        azukari::acts::request::carry_out::carry_out(&self.app, id, by).await.unwrap();
    }

    fn holds_items(&self, guest: &str) -> Vec<String> {
        let subject = guest.parse().unwrap();
        let held =
            self.app.store.read_blocking(move |conn| azukari::store::items::all(conn, subject));
        let mut names: Vec<String> = held.unwrap().into_iter().map(|item| item.item).collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn what_had_gone_goes_again_and_what_was_put_since_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tombstones");
    let house = House::open();
    let hanako = house.guest("Hanako").with("phone", "+819012345678").allergic_to("えび");
    let hanako = hanako.signs_up().await.id;
    let jiro = house.guest("Jiro").with("phone", "+819012345679").signs_up().await.id;
    // When the backup is made, a dispute keeps everything of hers.
    let hold = json!({
        "reason": "a claim", "evidence": "file 7", "until": "2027-01-31T00:00:00Z", "items": [],
    });
    let disputes = format!("/v1/subjects/{hanako}/holds/suit_7");
    house.call("PUT", &disputes).by(&house.manager_key).json(&hold).go().await.expect(200);
    let (ground, clock) = house.close().await;
    let backup = ground.copy();

    // It is lifted, and what she asks to go goes; Jiro leaves, and time ends the rest of him.
    let house = House::open_on(ground, clock.clone(), None, 0);
    house.lets_hours_pass(1);
    house.call("DELETE", &disputes).by(&house.manager_key).go().await.expect(200);
    house.forgets(&Guest { house: &house, id: hanako.clone() }, &["allergy", "phone"]).await;
    house.call("DELETE", &format!("/v1/subjects/{jiro}")).go().await.expect(200);
    house.lets_hours_pass(24 * 400);
    azukari::jobs::expire::round(&house.app).await.unwrap();
    let subject = jiro.parse().unwrap();
    let jiro_is_held = move |house: &House| {
        house.app.store.read_blocking(move |conn| subjects::get(conn, subject)).unwrap().is_some()
    };
    assert!(!jiro_is_held(&house));
    let left = house.holds_items(&hanako);
    assert!(!left.contains(&"allergy".to_owned()));
    assert_eq!(house.heeds(&file).await, 0, "the database has everything");
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.lines().count() >= 3, "{kept}");
    drop(house);

    // Somebody restores the backup and forgets the tombstones; she puts her number anew.
    let house = House::open_on(backup, clock, None, 0);
    assert!(house.holds_items(&hanako).contains(&"allergy".to_owned()));
    let guest = Guest { house: &house, id: hanako.clone() };
    guest.puts("phone", "+819099990000").go().await.expect(200);
    let done = house.heeds(&file).await;
    assert!(done >= 2, "{done}");
    let now = house.holds_items(&hanako);
    assert!(!now.contains(&"allergy".to_owned()), "held once, and gone all the same: {now:?}");
    assert!(now.contains(&"phone".to_owned()), "this one she gave later");
    let read = guest.is_used("service", &["name", "phone"]).go().await.expect(200);
    assert_eq!(read["items"]["phone"], "+819099990000");
    assert!(!jiro_is_held(&house), "the whole of him");
    let again: Vec<ErasedBecause> = house
        .records()
        .iter()
        .filter_map(|record| match &record.act {
            Act::Erased { because, .. } => Some(*because),
            _ => None,
        })
        .collect();
    assert!(!again.is_empty() && again.iter().all(|why| *why == ErasedBecause::Restore));
    assert_eq!(house.heeds(&file).await, 0, "once is enough");
    house.adds_up();
}
