//! The officer's desk for requests: the queue, a request's page and every form on it; who may do what,
//! what is on record of a look, and what somebody is told whose page is of yesterday.

use azukari::acts::request;
use azukari::acts::request::{Attached, attached};
use azukari::store::requests as kept;
use policy::StaffRole;
use policy::record::Act;
use policy::request::{FeeStanding, Identified, Outcome, RequestId, State};
use serde_json::json;

use crate::house::{Answer, House};
use crate::requests::id;
use crate::staff::{Member, form, leads_to, opens};

const AGREES: &str = "<strong>agrees</strong>";
const DIFFERS: &str = "<strong class=\"differs\">differs</strong>";

/// Somebody of the staff at their desk.
struct AtDesk<'h> {
    house: &'h House,
    cookie: String,
}

impl<'h> AtDesk<'h> {
    async fn sits(house: &'h House, login: &str, role: StaffRole) -> Self {
        let (_, cookie) = Member::joins(house, login, role).await;
        Self { house, cookie }
    }

    async fn sees(&self, path: &str) -> String {
        let answer = opens(self.house, path, &self.cookie).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let text = answer.text();
        assert!(!text.contains("<script"), "{path}");
        text
    }

    async fn page(&self, request: &str) -> String {
        self.sees(&format!("/desk/requests/{request}")).await
    }

    /// The stamp that a page of the request carries now.
    async fn stamp(&self, request: &str) -> String {
        let page = self.page(request).await;
        let from = page.find("name=\"seen\" value=\"").expect("a form") + 19;
        page[from..].split('"').next().unwrap().to_owned()
    }

    async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        form(self.house, path, fields).header("cookie", &self.cookie).go().await
    }

    /// Does an act as somebody who has just opened the page.
    async fn acts(&self, request: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
        let stamp = self.stamp(request).await;
        self.acts_on(request, &stamp, act, fields).await
    }

    async fn acts_on(
        &self,
        request: &str,
        stamp: &str,
        act: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("act", act), ("seen", stamp)];
        all.extend(fields);
        self.sends(&format!("/desk/requests/{request}"), &all).await
    }

    /// As [`AtDesk::acts`], and it is done.
    async fn does(&self, request: &str, act: &str, fields: &[(&str, &str)]) {
        let done = self.acts(request, act, fields).await;
        let wanted = format!("/desk/requests/{request}?done={act}");
        assert_eq!(leads_to(&done), wanted, "{act}");
        assert!(self.sees(&wanted).await.contains("role=\"status\""), "{act} is told");
    }
}

impl House {
    async fn stands(&self, request: &str) -> request::Request {
        request::get(&self.app, request.parse().unwrap()).await.unwrap()
    }

    async fn state(&self, request: &str) -> State {
        self.stands(request).await.progress.state
    }

    /// A request whose requester has shown a code.
    async fn known(&self, changes: &serde_json::Value) -> String {
        let request = id(&self.asks(changes).await.expect(201));
        self.gives(&request, &self.code(&request)).await.expect(200);
        request
    }

    /// What staff looked at: items used for `support`, and refusals, by item.
    fn looks(&self) -> Vec<(String, bool)> {
        let looked = |record: policy::Record| match record.act {
            Act::Used { items, purpose, .. } if purpose.as_str() == "support" => {
                items.into_iter().map(|held| (held.item.to_string(), true)).collect()
            }
            Act::Refused { ask, .. } => {
                ask.items.into_iter().map(|item| (item.to_string(), false)).collect()
            }
            _ => Vec::new(),
        };
        self.records().into_iter().flat_map(looked).collect()
    }
}

fn erasure() -> serde_json::Value {
    json!({ "kind": "erasure", "grounds": ["no_longer_needed"] })
}

#[tokio::test]
async fn the_queue_is_by_deadline_with_counts_filters_and_pages() {
    let house = House::open();
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    assert!(rin.sees("/desk/requests").await.contains("There are none."));
    let first = house.asks(&json!({})).await.expect(201);
    let complaint = json!({ "kind": "complaint", "text": "Nobody answers" });
    let second = id(&house.asks(&complaint).await.expect(201));
    house.lets_hours_pass(11 * 24);
    let rin = AtDesk::sits(&house, "sou", StaffRole::Officer).await;
    for n in 0..50 {
        let email = format!("guest{n}@guest.example");
        house.asks(&json!({ "email": email })).await.expect(201);
    }
    let queue = rin.sees("/desk/requests").await;
    assert_eq!(queue.matches("class=\"number\"").count(), 50, "a page");
    let first_number = first["number"].as_str().unwrap();
    assert!(queue.contains(first_number) && !queue.contains("hanako"), "{queue}");
    assert!(queue.contains("Sun 6 December") && queue.contains("in 3 days"), "the due day");
    assert!(queue.contains("<dt>Open</dt><dd>52</dd>"), "{queue}");
    assert!(queue.contains("<dt>Due soon</dt><dd>2</dd>"), "{queue}");
    let next = queue.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let rest = rin.sees(&next.replace("&amp;", "&")).await;
    assert_eq!(rest.matches("class=\"number\"").count(), 2, "the rest");

    let decisions = rin.sees("/desk/requests?waits=decision").await;
    assert_eq!(decisions.matches("class=\"number\"").count(), 1);
    assert!(decisions.contains(&second));
    let erasures = rin.sees("/desk/requests?kind=erasure").await;
    assert!(erasures.contains("There are none."));
    let by_number = format!("/desk/requests?number={}", first_number.to_lowercase());
    let answer = opens(&house, &by_number, &rin.cookie);
    assert_eq!(leads_to(&answer.await), format!("/desk/requests/{}", id(&first)));
    assert!(rin.sees("/desk/requests?number=AAAA").await.contains("No request has this"));

    house.lets_hours_pass(5 * 24);
    let rin = AtDesk::sits(&house, "aki", StaffRole::Officer).await;
    assert!(rin.sees("/desk/requests").await.contains("<dt>Overdue</dt><dd>2</dd>"));
    let start = rin.sees("/desk").await;
    assert!(start.contains("52 open") && start.contains("<dt>Overdue</dt><dd>2</dd>"), "{start}");
}

#[tokio::test]
async fn a_disclosure_from_the_fee_to_the_decision() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let aki = AtDesk::sits(&house, "aki", StaffRole::Manager).await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let request = house.known(&json!({})).await;
    let page = rin.page(&request).await;
    assert!(page.contains("JPY 1,000") && page.contains("hanako@guest.example"), "{page}");
    assert!(!page.contains("<td>Hanako"), "no value of hers");

    let today = "2026-11-22";
    let wrong = [("amount", "５００"), ("on", today), ("reference", "bank-7")];
    let told = rin.acts(&request, "pay", &wrong).await;
    assert_eq!(told.status, 422);
    let text = told.text();
    assert!(text.contains("not the sum that is due") && text.contains("bank-7"), "{text}");
    assert!(text.contains("value=\"５００\""), "what was typed is kept");
    let told = rin.acts(&request, "pay", &[("amount", "1,000"), ("on", "2026-11-30")]).await;
    assert_eq!(told.status, 422, "a day to come, and no reference");
    rin.does(
        &request,
        "pay",
        &[("amount", "1,000"), ("on", "2026-11-20"), ("reference", "bank-7")],
    )
    .await;
    let stands = house.stands(&request).await;
    assert_eq!(stands.progress.state, State::Investigating);
    let note = "JPY 1,000 came in on 20 November 2026 (bank-7).";
    assert!(rin.page(&request).await.contains(note), "the day that it came in");

    rin.does(&request, "note", &[("note", "Asked the kitchen.")]).await;
    assert_eq!(rin.acts(&request, "note", &[("note", "  ")]).await.status, 422);

    // A ground outside the list, a refusal without one, and no confirmation.
    let yes = ("confirm", "yes");
    let refuse = ("outcome", "refused");
    for (fields, told) in [
        (vec![refuse, ("ground", "content_is_factual"), ("reason", "x"), yes], "Choose a ground"),
        (vec![refuse, ("ground", "because"), ("reason", "x"), yes], "Choose a ground"),
        (vec![refuse, ("reason", "because I say so"), yes], "Choose a ground"),
        (vec![refuse, ("ground", "harm_to_rights"), yes], "Please fill this in"),
        (vec![("outcome", "granted")], "tick the box"),
        (vec![("outcome", "granted"), ("item.name", "harm_to_rights"), yes], "do not go together"),
    ] {
        let answer = rin.acts(&request, "decide", &fields).await;
        assert_eq!(answer.status, 422, "{fields:?}");
        let text = answer.text();
        assert!(text.to_lowercase().contains(&told.to_lowercase()), "{fields:?}: {text}");
        assert_eq!(house.state(&request).await, State::Investigating);
    }
    let partly = [
        ("outcome", "partly"),
        ("item.name", "harm_to_rights"),
        ("reason", "a third party's name stands in it"),
        ("reply", "お名前の一部は第三者のものです。"),
        yes,
    ];
    rin.does(&request, "decide", &partly).await;
    let decision = house.stands(&request).await.progress.decision.unwrap();
    assert_eq!(decision.outcome, Outcome::Partly);
    assert_eq!(decision.refused[0].item.as_ref().unwrap().as_str(), "name");
    let page = rin.page(&request).await;
    assert!(page.contains("お名前の一部は") && page.contains("Sample rin"), "{page}");
    // What the fee was paid for is given back all the same.
    assert_eq!(aki.acts(&request, "refund", &[("reference", "r-1")]).await.status, 422);
    aki.does(&request, "refund", &[("reference", "r-1"), yes]).await;
    assert!(matches!(house.stands(&request).await.progress.fee, FeeStanding::Refunded { .. }));
    house.adds_up();
}

#[tokio::test]
async fn only_the_manager_waives_a_fee() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let aki = AtDesk::sits(&house, "aki", StaffRole::Manager).await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let request = house.known(&json!({})).await;
    assert!(!rin.page(&request).await.contains("value=\"waive\""));
    let waive = [("confirm", "yes")];
    assert_eq!(rin.acts(&request, "waive", &waive).await.status, 403);
    assert_eq!(house.state(&request).await, State::AwaitingFee);
    aki.does(&request, "waive", &waive).await;
    assert_eq!(house.state(&request).await, State::Investigating);
}

/// Four eyes: whoever decided sees no button, and only the manager agrees with an officer.
#[tokio::test]
async fn an_erasure_waits_for_a_second_pair_of_eyes() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let aki = AtDesk::sits(&house, "aki", StaffRole::Manager).await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let sou = AtDesk::sits(&house, "sou", StaffRole::Officer).await;
    let request = house.known(&erasure()).await;
    let yes = ("confirm", "yes");
    let grant = [("outcome", "granted"), yes];
    rin.does(&request, "decide", &grant).await;
    assert_eq!(house.state(&request).await, State::Investigating);
    assert!(rin.sees("/desk/requests?waits=approval").await.contains(&request));
    assert!(!rin.sees("/desk/requests?waits=decision").await.contains(&request));

    let button = "value=\"approve\"";
    let page = rin.page(&request).await;
    assert!(!page.contains(button) && page.contains("somebody else has to agree"), "{page}");
    let page = sou.page(&request).await;
    assert!(!page.contains(button) && page.contains("The information manager has to"), "{page}");
    // A form that no page showed.
    assert_eq!(rin.acts(&request, "approve", &[yes]).await.status, 409);
    assert_eq!(sou.acts(&request, "approve", &[yes]).await.status, 403);
    assert_eq!(sou.acts(&request, "return", &[("reason", "x")]).await.status, 403);

    assert_eq!(aki.acts(&request, "return", &[("reason", " ")]).await.status, 422);
    aki.does(&request, "return", &[("reason", "Is there no bill open?")]).await;
    assert!(rin.page(&request).await.contains("Is there no bill open?"), "the reason is kept");
    // Now she decides herself: then anybody else may agree.
    aki.does(&request, "decide", &grant).await;
    assert_eq!(aki.acts(&request, "approve", &[yes]).await.status, 409);
    sou.does(&request, "approve", &[yes]).await;
    let progress = house.stands(&request).await.progress;
    assert_eq!(progress.state, State::Decided);
    assert_ne!(progress.approved_by, Some(progress.decision.unwrap().by));
}

/// Another officer was quicker: it is told plainly, nothing is done, and what was typed is kept.
#[tokio::test]
async fn whoever_decides_on_what_has_moved_on_is_told() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let aki = AtDesk::sits(&house, "aki", StaffRole::Manager).await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let request = house.known(&erasure()).await;
    let yes = ("confirm", "yes");
    let before = rin.stamp(&request).await;
    aki.does(&request, "recheck", &[]).await;
    let typed = [("outcome", "granted"), ("reply", "We have erased it."), yes];
    let told = rin.acts_on(&request, &before, "decide", &typed).await;
    assert_eq!(told.status, 409);
    let text = told.text();
    for part in [
        "moved on while you were writing",
        "Identity not shown yet",
        "Sample aki",
        "We have erased it.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(house.state(&request).await, State::Verifying);

    // The decision that she agrees with is the one that she saw.
    let request = house.known(&erasure()).await;
    rin.does(&request, "decide", &[("outcome", "granted"), yes]).await;
    let seen = aki.stamp(&request).await;
    aki.does(&request, "return", &[("reason", "no")]).await;
    let refused =
        [("outcome", "refused"), ("ground", "no_ground"), ("reason", "nothing applies"), yes];
    rin.does(&request, "decide", &refused).await;
    assert_eq!(aki.acts_on(&request, &seen, "approve", &[yes]).await.status, 409);
    assert!(house.stands(&request).await.progress.approved_by.is_none());
    // A note is good at any time.
    let note = rin.acts_on(&request, &seen, "note", &[("note", "later")]).await;
    assert_eq!(note.status, 303);
}

#[tokio::test]
async fn particulars_are_compared_and_what_is_held_is_shown_to_nobody() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let secret = "+819012345678";
    let put = json!({ "value": secret });
    house.put(&hanako.path("items/phone"), &put).go().await.expect(200);
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let stop = json!({
        "kind": "stop_use", "grounds": ["beyond_purpose"], "email": "other@guest.example",
        "name": "Ｈanako", "particulars": { "phone": "090-9999-0000", "company": "Sample Ltd" },
    });
    let request = id(&house.asks(&stop).await.expect(201));
    let nobody = rin.acts(&request, "find", &[("find", "nobody@guest.example")]).await.text();
    assert!(nobody.contains("Nobody is registered under this"), "{nobody}");
    assert!(house.looks().is_empty());
    let found = rin.acts(&request, "find", &[("find", "HANAKO@guest.example")]).await.text();
    assert!(found.contains(&hanako.id), "{found}");
    assert!(found.contains(AGREES) && found.contains(DIFFERS), "name and telephone: {found}");
    assert!(found.contains("not be looked at"), "the company is not for support: {found}");
    assert!(!found.contains("9012345678"), "{found}");
    assert!(!found.contains("value=\"particulars\""), "something differs");
    let looks = house.looks();
    for wanted in [("phone".to_owned(), true), ("company".to_owned(), false)] {
        assert!(looks.contains(&wanted), "{wanted:?} is on record: {looks:?}");
    }
    assert_eq!(rin.acts(&request, "identify", &[]).await.status, 422, "nothing chosen");
    let how = [("subject", hanako.id.as_str()), ("how", "document")];
    rin.does(&request, "identify", &how).await;
    let stands = house.stands(&request).await;
    assert_eq!(stands.subject, Some(hanako.id.parse().unwrap()));
    assert_eq!(stands.progress.identified.unwrap().0, Identified::Document);

    // All that she offers agrees.
    let same = json!({
        "kind": "stop_use", "grounds": ["beyond_purpose"], "email": "hanako@guest.example",
        "name": "Hanako", "particulars": { "phone": "０９０ 1234 5678" },
    });
    let request = id(&house.asks(&same).await.expect(201));
    let found = rin.acts(&request, "find", &[("find", "090-1234-5678")]).await.text();
    assert!(!found.contains(DIFFERS) && found.contains("value=\"particulars\""), "{found}");
    rin.does(&request, "identify", &[("subject", &hanako.id), ("how", "particulars")]).await;
    // For a disclosure that would not be enough (R8.6).
    let request = id(&house.asks(&json!({})).await.expect(201));
    let found = rin.acts(&request, "find", &[("find", "hanako@guest.example")]).await.text();
    assert!(!found.contains("value=\"particulars\""), "{found}");
    let how = [("subject", hanako.id.as_str()), ("how", "particulars")];
    let told = rin.acts(&request, "identify", &how).await;
    assert!(told.status == 422 && told.text().contains("surer way"), "{}", told.text());
    rin.does(&request, "identify", &[("subject", "nobody"), ("how", "document")]).await;
    assert!(house.stands(&request).await.subject.is_none());
    house.adds_up();
}

#[tokio::test]
async fn a_correction_is_shown_before_and_after_and_the_look_is_on_record() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let correction = json!({
        "kind": "correction", "grounds": ["not_factual"],
        "corrections": { "name": "Hanako Mihon", "company": "Sample Ltd", "birth_date": "1990-04-01" },
    });
    let request = house.known(&correction).await;
    let page = rin.page(&request).await;
    assert!(page.contains("<ins>Hanako Mihon</ins>") && !page.contains("<del>"), "{page}");
    assert!(house.looks().is_empty(), "opening the page is no look");
    let looked = rin.acts(&request, "look", &[]).await.text();
    assert!(looked.contains("<del>Hanako</del>"), "{looked}");
    assert!(looked.contains("This may not be looked at"), "a birth date is not for support");
    let looks = house.looks();
    assert!(looks.contains(&("name".to_owned(), true)), "{looks:?}");
    assert!(looks.contains(&("birth_date".to_owned(), false)), "{looks:?}");
    // With nothing left to do there is nothing to look for; nor does anybody look for people then.
    house.steps(&request, json!({ "step": "withdraw" })).await.expect(200);
    assert!(!rin.page(&request).await.contains("value=\"look\""));
    let find = [("find", "hanako@guest.example")];
    for (act, fields) in [("look", &[][..]), ("find", &find)] {
        assert_eq!(rin.acts(&request, act, fields).await.status, 409, "{act}");
    }
    assert_eq!(house.looks(), looks);
}

#[tokio::test]
async fn what_is_held_is_named_with_dates_holds_and_disclosures() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let request = house.known(&erasure()).await;
    let other = house.known(&json!({ "kind": "stop_use", "grounds": ["beyond_purpose"] })).await;
    let hold = json!({
        "reason": "a live dispute", "evidence": "case-1", "until": "2027-03-01T00:00:00Z",
    });
    let path = hanako.path("holds/dispute");
    house.put(&path, &hold).by(&house.manager_key).go().await.expect(200);
    let page = rin.page(&request).await;
    for part in ["E-mail address", "dispute", "until", &other[..], "Nothing was disclosed"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let list = rin.sees(&format!("/desk/requests/{request}/disclosures")).await;
    assert!(list.contains("Nothing was disclosed"), "{list}");
}

#[tokio::test]
async fn an_agent_a_failed_identity_and_an_extension() {
    let house = House::open();
    let hanako = house.guest("Hanako").signs_up().await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let by_agent = json!({
        "agency": "entrusted", "agent_name": "Sample Agent", "email": "agent@law.example",
    });
    let request = id(&house.asks(&by_agent).await.expect(201));
    rin.does(&request, "agency", &[]).await;
    rin.does(&request, "identify", &[("subject", &hanako.id), ("how", "document")]).await;
    assert_eq!(house.state(&request).await, State::AwaitingFee);

    let request = id(&house.asks(&json!({})).await.expect(201));
    assert_eq!(rin.acts(&request, "fail_identity", &[]).await.status, 422, "not confirmed");
    rin.does(&request, "fail_identity", &[("confirm", "yes")]).await;
    assert_eq!(house.state(&request).await, State::Unverified);

    // Japan knows no extension; Europe knows one, once.
    let request = house.known(&erasure()).await;
    assert!(!rin.page(&request).await.contains("value=\"extend\""));
    let months = [("months", "2"), ("reason", "Many papers.")];
    assert_eq!(rin.acts(&request, "extend", &months).await.status, 422);
    let european = json!({
        "kind": "complaint", "regime": "eu", "text": "Why?", "email": "elsa@guest.example",
    });
    let request = id(&house.asks(&european).await.expect(201));
    assert!(rin.page(&request).await.contains("value=\"extend\""));
    assert_eq!(rin.acts(&request, "extend", &[("months", "2")]).await.status, 422, "no reason");
    rin.does(&request, "extend", &months).await;
    assert!(house.stands(&request).await.progress.extended);
    assert!(!rin.page(&request).await.contains("value=\"extend\""));
    assert!(rin.page(&request).await.contains("Many papers."));
}

#[tokio::test]
async fn an_attachment_is_opened_one_at_a_time_and_each_look_is_on_record() {
    let house = House::open();
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let request = id(&house.asks(&json!({})).await.expect(201));
    let open = house.stands(&request).await;
    let picture = Attached {
        name: "licence.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: b"a picture".to_vec(),
    };
    let script = Attached { media_type: "text/html".to_owned(), ..picture.clone() };
    let files = [([1; 16], &picture), ([2; 16], &script)];
    let files = files.map(|(id, file)| open.seal_file(id, file, house.now()).unwrap());
    let of: RequestId = request.parse().unwrap();
    let put = move |tx: &mut azukari::store::Tx<'_>| {
        for file in &files {
            kept::put_file(tx, of, file);
        }
        Ok::<_, azukari::error::Error>(())
    };
    house.app.store.write_blocking(put).unwrap();
    let page = rin.page(&request).await;
    assert!(page.contains("licence.png") && !page.contains("a picture"), "{page}");
    let path =
        |id: &[u8; 16]| format!("/desk/requests/{request}/attachments/{}", attached::shown(id));
    let seen = rin.sends(&path(&[1; 16]), &[]).await;
    assert_eq!((seen.status, &seen.body[..]), (200, &b"a picture"[..]));
    assert_eq!(seen.header("content-type"), Some("image/png"));
    assert_eq!(seen.header("x-content-type-options"), Some("nosniff"));
    let seen = rin.sends(&path(&[2; 16]), &[]).await;
    assert_eq!(seen.header("content-type"), Some("application/octet-stream"), "nothing runs here");
    assert_eq!(seen.header("content-disposition"), Some("attachment"));
    assert_eq!(rin.sends(&path(&[3; 16]), &[]).await.status, 404);
    let seen: Vec<String> = house
        .records()
        .into_iter()
        .filter_map(|record| match record.act {
            Act::AttachmentSeen { attachment, .. } => Some(attachment),
            _ => None,
        })
        .collect();
    assert_eq!(seen, [attached::shown(&[1; 16]), attached::shown(&[2; 16])]);
    assert!(rin.page(&request).await.contains("an attachment was looked at"));
    house.adds_up();
}

#[tokio::test]
async fn a_letter_is_taken_down() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let new = "/desk/requests/new";
    assert!(rin.sees(new).await.contains("value=\"erasure\""));
    let form = rin.sees(&format!("{new}?kind=erasure&regime=jp")).await;
    assert!(form.contains("value=\"no_longer_needed\"") && !form.contains("not_factual"), "{form}");
    let base =
        [("kind", "erasure"), ("regime", "jp"), ("language", "ja"), ("text", "Erase it all")];
    let told = rin.sends(new, &base).await;
    assert_eq!(told.status, 422);
    let text = told.text();
    assert!(text.contains("mend the 3 places") && text.contains("Erase it all"), "kept: {text}");
    assert_eq!(text.matches("Please fill this in").count(), 3, "name, address, ground: {text}");
    let mut whole = base.to_vec();
    whole.extend([("name", "見本 花子"), ("grounds", "no_longer_needed"), ("items", "phone")]);
    let mut unknown = whole.clone();
    unknown.push(("registered", "nobody@guest.example"));
    assert!(rin.sends(new, &unknown).await.text().contains("Nobody is registered under this"));
    whole.push(("registered", "hanako@guest.example"));
    let taken = rin.sends(new, &whole).await;
    let to = leads_to(&taken).to_owned();
    let request = to.strip_prefix("/desk/requests/").unwrap().strip_suffix("?done=taken").unwrap();
    let page = rin.sees(&to).await;
    assert!(page.contains("taken down by Sample rin"), "{page}");
    let stands = house.stands(request).await;
    assert_eq!(stands.progress.state, State::Verifying, "who asks is shown all the same");
    assert_eq!(stands.matter.items[0].as_str(), "phone");
    let correction = [
        ("kind", "correction"),
        ("regime", "jp"),
        ("language", "en"),
        ("name", "Hanako"),
        ("email", "hanako@guest.example"),
        ("grounds", "not_factual"),
        ("corrections.birth_date", "1990/04/01"),
        ("taken_out", "company"),
        ("particulars.phone", "090-1234-5678"),
    ];
    let taken = rin.sends(new, &correction).await;
    let request = leads_to(&taken).split(['/', '?']).nth(3).unwrap();
    let matter = house.stands(request).await.matter;
    assert_eq!(matter.corrections.len(), 2, "{:?}", matter.corrections);
    assert_eq!(matter.particulars.len(), 1);
}

#[tokio::test]
async fn whoever_is_not_signed_in_sees_and_does_nothing() {
    let house = House::open();
    let request = id(&house.asks(&json!({})).await.expect(201));
    let before = house.rows();
    for path in [
        "/desk/requests".to_owned(),
        "/desk/requests/new".to_owned(),
        format!("/desk/requests/{request}"),
        format!("/desk/requests/{request}/disclosures"),
    ] {
        let answer = house.get(&path).by_nobody().go().await;
        assert_eq!(leads_to(&answer), format!("/desk/sign-in?to={path}"));
    }
    for (path, fields) in [
        (format!("/desk/requests/{request}"), vec![("act", "fail_identity"), ("confirm", "yes")]),
        (format!("/desk/requests/{request}/attachments/{}", "01".repeat(16)), vec![]),
        ("/desk/requests/new".to_owned(), vec![("kind", "complaint")]),
    ] {
        let answer = form(&house, &path, &fields).go().await;
        assert!(leads_to(&answer).starts_with("/desk/sign-in"), "{path}");
    }
    assert_eq!(house.state(&request).await, State::Verifying);
    assert_eq!(house.rows(), before);
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    for path in ["/desk/requests/req_00000000000000000000000000", "/desk/requests/nonsense"] {
        assert_eq!(opens(&house, path, &rin.cookie).await.status, 404);
    }
    let act = rin.acts(&request, "teleport", &[]).await;
    assert_eq!(act.status, 404);
}

#[tokio::test]
async fn a_decision_is_carried_out_and_its_recipients_are_told_by_hand() {
    let house = House::open();
    let aoi = house.store("aoi").await;
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.books(&aoi, "R-1").await;
    aoi.asks_for(&hanako, &["name"]).under("R-1").receives().await;
    let aki = AtDesk::sits(&house, "aki", StaffRole::Manager).await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let request = house.known(&erasure()).await;
    let page = rin.page(&request).await;
    assert!(page.contains("<td>株式会社aoi</td>"), "who received what: {page}");
    let list = rin.sees(&format!("/desk/requests/{request}/disclosures")).await;
    assert!(list.contains("aoi") && list.contains("Name"), "{list}");
    let yes = ("confirm", "yes");
    assert_eq!(rin.acts(&request, "carry_out", &[yes]).await.status, 409, "not decided");
    rin.does(&request, "decide", &[("outcome", "granted"), yes]).await;
    aki.does(&request, "approve", &[yes]).await;
    let page = rin.page(&request).await;
    assert!(page.contains("The account is closed, everything"), "{page}");
    assert_eq!(rin.acts(&request, "carry_out", &[]).await.status, 422, "not confirmed");

    // Another request of hers needs what would go.
    let other = house.known(&json!({})).await;
    let told = rin.acts(&request, "carry_out", &[yes]).await;
    assert_eq!(told.status, 409);
    let number = house.stands(&other).await.id.number();
    let needs = format!("the request {number} needs what would be erased");
    assert!(told.text().contains(&needs), "{}", told.text());
    // Each reads it in their language, with the way there, and nothing is offered that would fail.
    form(&house, "/desk/language", &[("language", "ja")]).header("cookie", &rin.cookie).go().await;
    let page = rin.page(&request).await;
    assert!(
        page.contains(&format!("請求 {number} が、消去する情報をまだ必要としています")),
        "{page}"
    );
    assert!(
        page.contains(&format!("/desk/requests/{other}")) && !page.contains("id=\"carry_out\"")
    );
    form(&house, "/desk/language", &[("language", "en")]).header("cookie", &rin.cookie).go().await;
    house.steps(&other, json!({ "step": "withdraw" })).await.expect(200);
    rin.does(&request, "carry_out", &[yes]).await;
    assert_eq!(house.state(&request).await, State::Notified);
    rin.does(&request, "close", &[yes]).await;
    assert_eq!(house.state(&request).await, State::Closed);

    let desk = "/desk/instructions";
    let open = rin.sees(desk).await;
    assert!(open.contains("aoi — to erase") && open.contains("R-1"), "{open}");
    let from = open.find("name=\"instruction\" value=\"").unwrap() + 26;
    let instruction = open[from..].split('"').next().unwrap();
    let of = ("instruction", instruction);
    let told = rin.sends(desk, &[("act", "told"), of]).await;
    assert_eq!(leads_to(&told), "/desk/instructions?done=told");
    assert!(!rin.sees(desk).await.contains("not yet"));
    let wordless = rin.sends(desk, &[("act", "answer"), of, ("outcome", "partly")]).await;
    assert!(wordless.status == 422 && wordless.text().contains("Please fill this in"));
    assert_eq!(rin.sends(desk, &[("act", "answer"), of]).await.status, 422);
    let done = [("act", "answer"), of, ("outcome", "done")];
    assert_eq!(leads_to(&rin.sends(desk, &done).await), "/desk/instructions?done=answer");
    assert!(rin.sees(desk).await.contains("None is open"));
    assert_eq!(rin.sends(desk, &done).await.status, 409, "answered before");
    assert!(leads_to(&form(&house, desk, &done).go().await).starts_with("/desk/sign-in"));
    house.adds_up();
}

/// Act 33(1): whoever asked for paper is answered on paper; that it was printed is on record, and counts
/// as fetched.
#[tokio::test]
async fn an_answer_on_paper_is_printed_with_the_address_on_it() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let rin = AtDesk::sits(&house, "rin", StaffRole::Officer).await;
    let address = json!({ "kind": "purpose_notice", "regime": "jp",
                          "postal_address": "〒000-0000\n見本県見本市1-2-3" });
    let yes = ("confirm", "yes");
    let request = house.known(&address).await;
    let print = format!("/desk/requests/{request}/paper");
    assert_eq!(rin.sends(&print, &[]).await.status, 409, "nothing is decided yet");
    let paid = [("amount", "1000"), ("on", "2026-11-22"), ("reference", "b-1")];
    rin.does(&request, "pay", &paid).await;
    rin.does(&request, "decide", &[("outcome", "granted"), yes]).await;
    rin.does(&request, "carry_out", &[yes]).await;
    assert!(rin.page(&request).await.contains("見本県見本市1-2-3"));
    let printed = rin.sends(&print, &[]).await;
    assert_eq!(printed.status, 200, "{}", printed.text());
    assert_eq!(printed.header("content-type").unwrap(), "application/pdf");
    let said = crate::letters::read_pdf(&printed.body);
    for words in ["見本県見本市1-2-3", "見本 花子 様", "利用目的"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(house.stands(&request).await.matter.answer.unwrap().fetched_at.is_some());
    assert!(rin.page(&request).await.contains("the answer on paper was printed"));
    let answered = house.records().into_iter().filter(|r| matches!(r.act, Act::Answered { .. }));
    let by: Vec<String> = answered.map(|record| record.by).collect();
    assert!(matches!(&by[..], [one] if one.starts_with("stf_")), "{by:?}");

    // A refusal goes out as the letter; whoever asked for a file has nothing to print.
    let request = house.known(&address).await;
    rin.does(&request, "pay", &paid).await;
    let no =
        [("outcome", "refused"), ("ground", "purpose_already_clear"), ("reason", "published"), yes];
    rin.does(&request, "decide", &no).await;
    rin.does(&request, "carry_out", &[yes]).await;
    let printed = rin.sends(&format!("/desk/requests/{request}/paper"), &[]).await;
    let said = crate::letters::read_pdf(&printed.body);
    assert!(
        said.contains("見本県見本市1-2-3") && said.contains("お応えすることはできません"),
        "{said}"
    );
    let request = house.known(&json!({ "kind": "purpose_notice" })).await;
    assert_eq!(rin.sends(&format!("/desk/requests/{request}/paper"), &[]).await.status, 409);
    house.adds_up();
}
