//! The operator's pages and API over HTTP, before an Azukari that takes every store into its register.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use std::sync::{Arc, Mutex};

use app::{App, Visitor};
use axum::extract::Path;
use axum::routing::put;
use axum::{Json, Router};
use reqwest::{Method, StatusCode, header};
use reservation::Post;
use serde_json::{Value, json};

struct House {
    app: App,
    operator: Visitor,
    key: String,
    registered: Arc<Mutex<Vec<(String, Value)>>>,
}

impl House {
    async fn open() -> Self {
        let registered: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let register = Arc::clone(&registered);
        let azukari = Router::new().route(
            "/v1/recipients/{recipient}",
            put(async move |Path(name): Path<String>, Json(body): Json<Value>| {
                register.lock().unwrap().push((name, body));
                Json(json!({}))
            }),
        );
        let app = App::before(azukari).await;
        let operator = app.visitor();
        app.takes_up(&operator, &app.invited("operator", Post::Operator).await).await;
        let key = app.key.clone();
        Self { app, operator, key, registered }
    }

    async fn posts(&self, path: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        self.operator.posts(path, form).await
    }

    async fn gets(&self, path: &str) -> (StatusCode, String) {
        self.operator.gets(path).await
    }

    async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        self.app.asks(&self.key, method, path, body).await
    }

    async fn imports(&self, file: impl Into<reqwest::Body>) -> (u16, Value) {
        let sent = self
            .operator
            .browser
            .post(format!("{}/api/import", self.app.address))
            .bearer_auth(&self.key)
            .header(header::CONTENT_TYPE, "text/csv")
            .body(file);
        let answer = sent.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// A plain store with two tables for two, every evening at six and eight.
    async fn furnished() -> Self {
        let house = Self::open().await;
        let at = "/api/stores/mihon";
        assert_eq!(house.asks(Method::PUT, at, Some(store())).await.0, 200);
        let table = json!({ "name": "A", "seats_from": 1, "seats_to": 2, "count": 2 });
        let tables = json!({ "tables": [table] });
        assert_eq!(house.asks(Method::PUT, &format!("{at}/tables"), Some(tables)).await.0, 200);
        let times = "18:00 20:00";
        let week = json!({ "monday": times, "tuesday": times, "wednesday": times,
            "thursday": times, "friday": times, "saturday": times, "sunday": times });
        assert_eq!(house.asks(Method::PUT, &format!("{at}/seatings"), Some(week)).await.0, 200);
        let mut open = store();
        open["listed"] = json!(true);
        assert_eq!(house.asks(Method::PUT, at, Some(open)).await.0, 200);
        house
    }
}

fn store() -> Value {
    let mut store = app::store("Sample");
    store["fee_yen"] = json!(500);
    store
}

/// A day within every store's reach, by Tokyo's calendar.
fn some_day() -> String {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::get("Asia/Tokyo").unwrap());
    today.date().checked_add(jiff::ToSpan::days(7)).unwrap().to_string()
}

#[tokio::test]
async fn nobody_without_a_session_or_a_key_comes_in() {
    let mut house = House::open().await;
    house.operator = house.app.visitor();
    for path in [
        "/operator",
        "/operator/stores/new",
        "/operator/stores/mihon/tables",
        "/operator/import",
        "/operator/keys",
    ] {
        assert_eq!(house.gets(path).await.0, StatusCode::SEE_OTHER, "{path}");
    }
    let made = house.posts("/operator/keys", &[("name", "mine")]).await;
    assert_eq!(made.0, StatusCode::SEE_OTHER);
    for key in ["", "rsv_wrong", "azk_unmistakable"] {
        house.key = key.to_owned();
        assert_eq!(house.asks(Method::GET, "/api/stores", None).await.0, 401, "{key}");
    }
    let wrong =
        house.posts("/operator/sign-in", &[("login", "operator"), ("password", "no")]).await;
    assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_store_is_made_by_page_and_by_api_alike_and_its_representative_is_kept_nowhere() {
    let house = House::open().await;
    let by_api = house.asks(Method::PUT, "/api/stores/mihon", Some(store())).await;
    assert_eq!(by_api.0, 200, "{by_api:?}");
    assert_eq!((&by_api.1["fee_yen"], &by_api.1["listed"]), (&json!(500), &json!(false)));
    assert!(by_api.1.get("representative").is_none());
    {
        let registered = house.registered.lock().unwrap();
        assert_eq!(registered[0].1["representative"], "見本 代表");
    }
    // By the page: the same fields, and what is wrong stands beside what was typed.
    let given = store();
    let mut form: Vec<(&str, &str)> = given
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    form.push(("slug", "Second One"));
    let (status, page) = house.posts("/operator/stores/new", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"Second One\"") && page.contains("small letters"));
    form.pop();
    form.push(("slug", "second"));
    assert_eq!(house.posts("/operator/stores/new", &form).await.0, StatusCode::SEE_OTHER);
    assert!(house.gets("/operator").await.1.contains("/operator/stores/second"));
    // Hours may change without the representative; the address may not.
    let mut change = store();
    change.as_object_mut().unwrap().remove("representative");
    change["hours_en"] = json!("Late evenings");
    assert_eq!(house.asks(Method::PUT, "/api/stores/mihon", Some(change.clone())).await.0, 200);
    change["address_ja"] = json!("見本町二番地");
    let (status, answer) = house.asks(Method::PUT, "/api/stores/mihon", Some(change)).await;
    assert_eq!((status, answer["errors"][0]["field"].as_str()), (422, Some("representative")));
    let kept = std::fs::read(house.app.folder.join("reservation.db-wal")).unwrap();
    let name = "見本 代表".as_bytes();
    assert!(!kept.windows(name.len()).any(|window| window == name));
    // What nobody sees and turns a line around is no part of a name.
    let mut turned = store();
    turned["name_en"] = json!("Mi\u{202e}hon");
    let (status, answer) = house.asks(Method::PUT, "/api/stores/mihon", Some(turned)).await;
    assert_eq!((status, answer["errors"][0]["field"].as_str()), (422, Some("name_en")));
    // What a field is called wrongly is said, and nothing is written.
    let (status, answer) =
        house.asks(Method::PUT, "/api/stores/mihon", Some(json!({ "nmae_ja": "x" }))).await;
    assert_eq!((status, answer["errors"][0]["field"].as_str()), (422, Some("nmae_ja")));
}

#[tokio::test]
async fn a_new_store_is_seen_by_nobody_until_it_has_all_it_needs_and_is_opened() {
    let house = House::open().await;
    let at = "/api/stores/mihon";
    let guest = house.app.visitor();
    let seen = async || guest.gets("/").await.1.contains("/book/mihon");
    // Open at once it cannot be: by the API, by a file, by the page.
    let mut open = store();
    open["listed"] = json!(true);
    let (status, answer) = house.asks(Method::PUT, at, Some(open.clone())).await;
    assert_eq!((status, answer["errors"][0]["field"].as_str()), (422, Some("listed")));
    let words = answer["errors"][0]["words"].as_str().unwrap().to_owned();
    assert!(words.contains("tables and seatings"), "{words}");
    let columns: Vec<(String, String)> = open
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let values: Vec<&str> = columns.iter().map(|(_, value)| value.as_str()).collect();
    let file = format!("slug,{}\nmihon,{}\n", names.join(","), values.join(","));
    let (status, answer) = house.imports(file.clone()).await;
    let wrong = &answer["errors"][0];
    assert_eq!((status, &wrong["line"], &wrong["field"]), (422, &json!(2), &json!("listed")));
    assert_eq!(house.imports(file.replace(",true", ",no")).await.0, 200);
    let (_, draft) = house.asks(Method::GET, at, None).await;
    assert_eq!(
        (&draft["listed"], &draft["lacks"]),
        (&json!(false), &json!(["tables", "seatings"]))
    );
    assert!(!seen().await);
    let page = "/operator/stores/mihon";
    let (_, told) = house.gets(page).await;
    assert!(told.contains("not open to guests") && told.contains("/mihon/seatings"), "{told}");
    assert!(!told.contains("/mihon/open"), "{told}");
    house.posts(&format!("{page}/open"), &[]).await;
    assert!(!seen().await);
    // With tables alone it still lacks its times.
    let table = json!({ "name": "A", "seats_from": 1, "seats_to": 2, "count": 2 });
    let tables = json!({ "tables": [table] });
    house.asks(Method::PUT, &format!("{at}/tables"), Some(tables)).await;
    let (status, answer) = house.asks(Method::PUT, at, Some(open.clone())).await;
    let words = answer["errors"][0]["words"].as_str().unwrap().to_owned();
    assert!(status == 422 && words.contains("needs seatings"), "{words}");
    house.asks(Method::PUT, &format!("{at}/seatings"), Some(json!({ "monday": "18:00" }))).await;
    // It has everything, and is open when somebody opens it.
    assert!(!seen().await);
    assert!(house.gets(page).await.1.contains("/mihon/open"));
    assert_eq!(house.posts(&format!("{page}/open"), &[]).await.0, StatusCode::SEE_OTHER);
    assert!(seen().await);
    // What is told can be sent back as it is, and saying nothing of it leaves it open.
    let (_, mut told) = house.asks(Method::GET, at, None).await;
    assert_eq!((&told["listed"], &told["lacks"]), (&json!(true), &json!([])));
    assert_eq!(house.asks(Method::PUT, at, Some(told.clone())).await.0, 200);
    told.as_object_mut().unwrap().remove("listed");
    assert_eq!(house.asks(Method::PUT, at, Some(told)).await.0, 200);
    assert!(seen().await);
}

#[tokio::test]
async fn parties_that_no_table_seats_are_told_wherever_rules_or_tables_come_in() {
    let house = House::furnished().await;
    let (at, page) = ("/api/stores/mihon", "/operator/stores/mihon");
    // The rules say up to eight, the tables seat two: by page, by API, by file.
    let (_, told) = house.gets(page).await;
    assert!(told.contains("parties of 3 to 8 too"), "{told}");
    assert!(told.contains("the largest party that its tables seat is 2"), "{told}");
    let (_, store) = house.asks(Method::GET, at, None).await;
    assert_eq!(store["not_seated"], json!([3, 4, 5, 6, 7, 8]));
    assert_eq!(house.asks(Method::PUT, at, Some(store)).await.0, 200);
    let rows = "store,name,seats_from,seats_to,count,joins\nmihon,A,1,2,2,\nmihon,B,4,4,2,2\n";
    let (_, answer) = house.imports(rows).await;
    assert_eq!(answer["not_seated"], json!({ "mihon": [3] }));
    let table = |from, to| json!({ "name": "A", "seats_from": from, "seats_to": to, "count": 9 });
    let tables = format!("{at}/tables");
    let puts = async |from, to| {
        let body = json!({ "tables": [table(from, to)] });
        house.asks(Method::PUT, &tables, Some(body)).await.1["not_seated"].take()
    };
    assert_eq!(puts(2, 8).await, json!([1]));
    assert_eq!(puts(1, 8).await, json!([]));
    assert!(!house.gets(page).await.1.contains("no table seats"));
    // Tables that seat nobody by the rules are as none: the store takes no bookings, and says so.
    assert_eq!(puts(9, 10).await, json!([1, 2, 3, 4, 5, 6, 7, 8]));
    let (_, store) = house.asks(Method::GET, at, None).await;
    assert_eq!((&store["listed"], &store["lacks"]), (&json!(true), &json!(["tables"])));
    let (_, told) = house.gets(page).await;
    assert!(told.contains("open to guests but takes no new bookings"), "{told}");
}

#[tokio::test]
async fn what_is_typed_wrongly_is_said_and_nothing_of_it_is_lost() {
    let house = House::furnished().await;
    let at = "/operator/stores/mihon";
    // A row of tables without its name is no row to leave out, unless it was a kind of before.
    let row = |at: usize, name: &'static str, value: &'static str| {
        (format!("tables[{at}].{name}"), value)
    };
    let send = async |rows: &[(String, &'static str)]| {
        let form: Vec<(&str, &str)> =
            rows.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        house.posts(&format!("{at}/tables"), &form).await
    };
    let nameless = [
        row(0, "name", "座敷🍣"),
        row(0, "seats_from", "１"),
        row(0, "seats_to", "８"),
        row(0, "count", "２"),
        row(1, "name", ""),
        row(1, "seats_from", "3"),
        row(1, "seats_to", "7"),
        row(1, "count", "1"),
    ];
    let (status, page) = send(&nameless).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("Name, row 2") && page.contains("value=\"7\"") && page.contains("座敷🍣"),
        "{page}"
    );
    let gone = [
        &nameless[..4],
        &[
            row(1, "seats_from", "1"),
            row(1, "seats_to", "2"),
            row(1, "count", "2"),
            row(1, "joins", "1"),
        ],
    ]
    .concat();
    assert_eq!(send(&gone).await.0, StatusCode::SEE_OTHER);
    let (_, tables) = house.asks(Method::GET, "/api/stores/mihon/tables", None).await;
    let kept =
        json!([{ "name": "座敷🍣", "seats_from": 1, "seats_to": 8, "count": 2, "joins": 1 }]);
    assert_eq!(tables["tables"], kept);
    // A span over midnight is not quietly no time at all.
    let times = [("monday", "１７：３０〜１８：３０"), ("friday", "22:00-02:00")];
    let (status, page) = house.posts(&format!("{at}/seatings"), &times).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("before midnight") && page.contains("22:00-02:00"), "{page}");
    let times = house.posts(&format!("{at}/seatings"), &times[..1]).await;
    assert_eq!(times.0, StatusCode::SEE_OTHER);
    let (_, week) = house.asks(Method::GET, "/api/stores/mihon/seatings", None).await;
    assert_eq!(week["monday"], "17:30 18:00 18:30");
    // A name in wide letters is no way around a store that is there.
    let given = store();
    let mut form: Vec<(&str, &str)> = given
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    form.push(("slug", "ｍｉｈｏｎ"));
    let (status, page) = house.posts("/operator/stores/new", &form).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("already"), "{page}");
    let (status, page) = house.posts("/operator/keys", &[("name", "鍵")]).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("hyphens alone"), "{page}");
    let form = [("date", "2026-13-40"), ("reason_ja", "棚卸し"), ("reason_en", "")];
    let (status, page) = house.posts(&format!("{at}/closing-days"), &form).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("棚卸し"), "{page}");
}

#[tokio::test]
async fn a_file_is_taken_in_whole_or_not_at_all() {
    let house = House::furnished().await;
    let header = "store,name,seats_from,seats_to,count,joins\r\n";
    let (status, answer) = house
        .imports(format!("{header}mihon,B,1,2,1,\r\nmihon,C,3,2,1,\r\nnowhere,D,1,2,1,\r\n"))
        .await;
    assert_eq!(status, 422);
    let spots: Vec<(u64, u64)> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["line"].as_u64().unwrap(), e["column"].as_u64().unwrap()))
        .collect();
    assert_eq!(spots, [(3, 4), (4, 1)]);
    let (_, tables) = house.asks(Method::GET, "/api/stores/mihon/tables", None).await;
    assert_eq!(tables["tables"][0]["name"], "A");
    let (status, answer) =
        house.imports(format!("\u{feff}{header}mihon,\"奥, 座敷\",1,4,3,2\r\n")).await;
    assert_eq!((status, &answer["tables"]), (200, &json!(1)));
    let (_, tables) = house.asks(Method::GET, "/api/stores/mihon/tables", None).await;
    assert_eq!(tables["tables"][0]["name"], "奥, 座敷");

    // The same by the page, as a browser sends a file.
    let form = |file: &str| {
        format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"t.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{file}\r\n--cut--\r\n"
        )
    };
    let send = async |file: &str| {
        let sent = house
            .operator
            .browser
            .post(format!("{}/operator/import", house.app.address))
            .header(header::COOKIE, house.operator.cookie.lock().unwrap().clone())
            .header(header::ACCEPT_LANGUAGE, "ja")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
            .body(form(file));
        let answer = sent.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let (status, page) = send("store,name\nmihon,X").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("2行目") && page.contains("何も取り込んでいません"), "{page}");
    // Nothing chosen, nothing in it, and more than is taken.
    for nothing in ["", "store,name,seats_from,seats_to,count\r\n"] {
        let (status, page) = send(nothing).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("ファイルが選ばれていないか"), "{page}");
    }
    let (status, page) = send(&"x".repeat(2 * 1024 * 1024 + 1)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.contains("2MBまで"), "{page}");
    let (status, page) = send("store,name,seats_from,seats_to,count\nmihon,X,1,2,5").await;
    assert!(status == StatusCode::OK && page.contains("卓を1行"), "{page}");
}

#[tokio::test]
async fn a_day_says_what_is_free_and_why_it_is_closed() {
    let house = House::furnished().await;
    let path = format!("/api/stores/mihon/days/{}?party=2", some_day());
    let (_, day) = house.asks(Method::GET, &path, None).await;
    assert_eq!(
        day["seatings"][0],
        json!({ "time": "18:00", "free": true,
        "starts_at": day["seatings"][0]["starts_at"] })
    );
    assert_eq!((&day["time_zone"], &day["closed"]), (&json!("Asia/Tokyo"), &Value::Null));
    let too_many = format!("/api/stores/mihon/days/{}?party=4", some_day());
    let (_, full) = house.asks(Method::GET, &too_many, None).await;
    assert_eq!(full["seatings"][0]["free"], false);

    let closing = format!("/api/stores/mihon/closing-days/{}", some_day());
    let reason = json!({ "reason_ja": "設備点検", "reason_en": "Maintenance" });
    assert_eq!(house.asks(Method::PUT, &closing, Some(reason)).await.0, 204);
    let (_, day) = house.asks(Method::GET, &path, None).await;
    assert_eq!((&day["closed"]["en"], &day["seatings"]), (&json!("Maintenance"), &json!([])));
    assert_eq!(house.asks(Method::DELETE, &closing, None).await.0, 204);
    let nonsense = "/api/stores/mihon/closing-days/2027-02-29";
    let body = Some(json!({ "reason_ja": "x", "reason_en": "x" }));
    let (status, answer) = house.asks(Method::PUT, nonsense, body).await;
    assert_eq!((status, answer["errors"][0]["field"].as_str()), (422, Some("date")));
    // A day that is over is not closed any more; by the page neither.
    let over = "/api/stores/mihon/closing-days/2026-01-05";
    let body = Some(json!({ "reason_ja": "x", "reason_en": "x" }));
    let (status, answer) = house.asks(Method::PUT, over, body).await;
    assert_eq!((status, answer["errors"][0]["field"].as_str()), (422, Some("date")));
    let words = answer["errors"][0]["words"].as_str().unwrap();
    assert!(words.contains("a day to come"), "{words}");
    let form = [("date", "2026-01-05"), ("reason_ja", "x"), ("reason_en", "x")];
    let (status, page) = house.posts("/operator/stores/mihon/closing-days", &form).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("a day to come"), "{page}");
}

#[tokio::test]
async fn a_key_is_shown_once_and_opens_until_it_is_ended() {
    let mut house = House::open().await;
    let (status, page) = house.posts("/operator/keys", &[("name", "site")]).await;
    assert_eq!(status, StatusCode::CREATED);
    let key = page.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(!house.gets("/operator/keys").await.1.contains(&key));
    house.key = key;
    assert_eq!(house.asks(Method::GET, "/api/stores", None).await.0, 200);
    let twice = house.posts("/operator/keys", &[("name", "site")]).await;
    assert_eq!(twice.0, StatusCode::UNPROCESSABLE_ENTITY);
    house.posts("/operator/keys/site/end", &[]).await;
    assert_eq!(house.asks(Method::GET, "/api/stores", None).await.0, 401);
}
