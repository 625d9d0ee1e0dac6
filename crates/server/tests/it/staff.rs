//! The staff's entrance: invited once, in with password and one-time code, out after a while; one
//! information manager at a time; and nothing that a writer without the root key could make (S9).

use std::sync::Arc;

use azukari::acts::staff::{Drawn, Newcomer, Office};
use azukari::acts::staff_session::{Staff, Token, present, welcome};
use azukari::app::Beside;
use azukari::error::Error;
use azukari::jobs;
use azukari::store::Tx;
use policy::record::Act;
use policy::{Language, StaffRole};
use sha2::{Digest, Sha256};
use vault::totp::step_at;
use vault::{FileKey, TotpSecret};

use crate::house::{Answer, Call, House};

const PASSWORD: &str = "correct horse battery";

fn newcomer(login: &str, role: StaffRole) -> Newcomer {
    let name = format!("Sample {login}");
    Newcomer { login: login.to_owned(), name, role, language: Language::En }
}

/// Somebody of the staff, as they know themselves.
pub(crate) struct Member<'h> {
    house: &'h House,
    login: String,
    totp: TotpSecret,
}

/// Does an act of the operator's.
fn operator<T: Send + 'static>(
    house: &House,
    act: impl Fn(&Office<'_>, &mut Tx<'_>, &Drawn) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (app, drawn) = (Arc::clone(&house.app), Drawn::new().unwrap());
    house.app.store.write_blocking(move |tx| act(&Office::of(&app), tx, &drawn))
}

fn invites(house: &House, login: &str, role: StaffRole) -> String {
    let newcomer = newcomer(login, role);
    operator(house, move |office, tx, drawn| office.add(tx, &newcomer, drawn)).unwrap().token
}

fn hands_over(house: &House, login: &'static str) -> Result<policy::StaffId, Error> {
    operator(house, move |office, tx, drawn| office.hand_over(tx, login, drawn))
}

fn ends(house: &House, login: &'static str) -> Result<policy::StaffId, Error> {
    operator(house, move |office, tx, drawn| office.end(tx, login, drawn))
}

/// A form, as a browser sends it from a page of the desk.
pub(crate) fn form(house: &House, path: &str, fields: &[(&str, &str)]) -> Call {
    let escaped =
        |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    house
        .call("POST", path)
        .by_nobody()
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(body.join("&").into_bytes())
}

fn page(house: &House, path: &str) -> Call {
    house.get(path).by_nobody()
}

/// The cookie that an answer sets, as the browser sends it back.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {answer:?}"));
    for part in ["; Path=/desk", "; HttpOnly", "; SameSite=Strict"] {
        assert!(set.contains(part), "{set}");
    }
    set.split(';').next().unwrap().to_owned()
}

/// Where an answer leads.
pub(crate) fn leads_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").unwrap()
}

impl<'h> Member<'h> {
    /// Is added, takes the invitation up, and is signed in.
    pub(crate) async fn joins(house: &'h House, login: &str, role: StaffRole) -> (Self, String) {
        let token = invites(house, login, role);
        Self::takes_up(house, login, &token).await
    }

    async fn takes_up(house: &'h House, login: &str, token: &str) -> (Self, String) {
        let totp = welcome(&house.app, token).await.unwrap().totp;
        let member = Self { house, login: login.to_owned(), totp };
        let path = format!("/desk/invitation/{token}");
        let fields = [("password", PASSWORD), ("code", &member.code())];
        let taken = form(house, &path, &fields).go().await;
        assert_eq!(leads_to(&taken), "/desk");
        let cookie = cookie(&taken);
        // The next code counts.
        house.lets_seconds_pass(30);
        (member, cookie)
    }

    fn code(&self) -> String {
        self.totp.code(step_at(self.house.now().as_second()))
    }

    async fn tries(&self, password: &str, code: &str) -> Answer {
        signs_in(self.house, &self.login, password, code).await
    }

    pub(crate) async fn signs_in(&self) -> String {
        let answer = self.tries(PASSWORD, &self.code()).await;
        assert_eq!(leads_to(&answer), "/desk");
        self.house.lets_seconds_pass(30);
        cookie(&answer)
    }
}

async fn signs_in(house: &House, login: &str, password: &str, code: &str) -> Answer {
    let fields = [("login", login), ("password", password), ("code", code), ("lang", "en")];
    form(house, "/desk/sign-in", &fields).go().await
}

/// Who the desk takes the holder of a cookie for.
async fn is(house: &House, cookie: &str) -> Option<Staff> {
    let token = Token::parse(cookie.split_once('=').unwrap().1).unwrap();
    present(&house.app, &token).await.unwrap()
}

pub(crate) async fn opens(house: &House, path: &str, cookie: &str) -> Answer {
    page(house, path).header("cookie", cookie).go().await
}

#[tokio::test]
async fn an_invitation_is_taken_up_once() {
    let house = House::open();
    let token = invites(&house, "Rin", StaffRole::Officer);
    let path = format!("/desk/invitation/{token}");
    let shown = page(&house, &path).go().await;
    assert_eq!(shown.status, 200);
    let text = shown.text();
    assert!(text.contains("<svg") && text.contains("otpauth://totp/Azukari:rin?secret="), "{text}");
    assert!(!text.contains("<script"), "{text}");

    // What does not fit is told, and the invitation stands.
    let totp = welcome(&house.app, &token).await.unwrap().totp;
    let code = totp.code(step_at(house.now().as_second()));
    for (password, code) in [(PASSWORD, "000000x"), ("tiny-1", code.as_str())] {
        let told = form(&house, &path, &[("password", password), ("code", code)]).go().await;
        assert_eq!(told.status, 422, "{}", told.text());
        assert!(!told.text().contains(password), "what was typed is not sent back");
    }
    let (_, signed_in) = Member::takes_up(&house, "rin", &token).await;
    assert_eq!(opens(&house, "/desk", &signed_in).await.status, 200);

    for over in
        [page(&house, &path), form(&house, &path, &[("password", PASSWORD), ("code", &code)])]
    {
        assert_eq!(over.go().await.status, 404);
    }
    let other = |at: usize| {
        let one = if &token[at..=at] == "0" { "1" } else { "0" };
        format!("{}{one}{}", &token[..at], &token[at + 1..])
    };
    let fresh = invites(&house, "sou", StaffRole::Officer);
    let of_another = format!("{}{}", &fresh[..26], &token[26..]);
    for unknown in ["x", &token[1..], &other(3), &other(50), &of_another] {
        assert_eq!(page(&house, &format!("/desk/invitation/{unknown}")).go().await.status, 404);
    }
    house.adds_up();
}

#[tokio::test]
async fn an_invitation_is_over_after_three_days() {
    let house = House::open();
    let token = invites(&house, "rin", StaffRole::Officer);
    house.lets_hours_pass(71);
    assert_eq!(page(&house, &format!("/desk/invitation/{token}")).go().await.status, 200);
    house.lets_hours_pass(1);
    assert_eq!(page(&house, &format!("/desk/invitation/{token}")).go().await.status, 404);
}

#[tokio::test]
async fn a_wrong_answer_tells_nothing_about_which_part_was_wrong() {
    let house = House::open();
    let (rin, _) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let (sou, _) = Member::joins(&house, "sou", StaffRole::Officer).await;
    invites(&house, "never-came", StaffRole::Officer);
    ends(&house, "sou").unwrap();
    let used = rin.code();
    assert_eq!(leads_to(&rin.tries(PASSWORD, &used).await), "/desk");
    let told = [
        rin.tries(PASSWORD, &used).await,
        rin.tries(PASSWORD, "123456x").await,
        rin.tries(PASSWORD, "").await,
        rin.tries(PASSWORD, &sou.code()).await,
        sou.tries(PASSWORD, &sou.code()).await,
        signs_in(&house, "never-came", PASSWORD, "123456").await,
        signs_in(&house, "nobody", PASSWORD, &rin.code()).await,
        signs_in(&house, "", "", "").await,
    ];
    house.lets_seconds_pass(30);
    let wrong_password = rin.tries("another password", &rin.code()).await;
    let first = told[0].text();
    for answer in told.iter().chain([&wrong_password]) {
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert_eq!(answer.text(), first);
        assert!(answer.header("set-cookie").is_none());
    }
    // A wrong password uses no code up, and a login is known however it is typed.
    let wide = signs_in(&house, " ＲＩＮ ", PASSWORD, &rin.code()).await;
    assert_eq!(leads_to(&wide), "/desk");
}

#[tokio::test]
async fn the_eleventh_try_waits_and_only_for_that_login() {
    let house = House::open();
    let (rin, _) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let (sou, _) = Member::joins(&house, "sou", StaffRole::Officer).await;
    for n in 0..10 {
        let login = if n % 2 == 0 { "rin" } else { "Rin" };
        assert_eq!(signs_in(&house, login, "wrong password", "123456").await.status, 403);
    }
    let eleventh = rin.tries(PASSWORD, &rin.code()).await;
    assert_eq!(eleventh.status, 429);
    assert_eq!(eleventh.header("retry-after"), Some("60"));
    sou.signs_in().await;
}

#[tokio::test]
async fn a_session_ends_when_nobody_is_there_after_half_a_day_and_with_the_sign_out() {
    let house = House::open();
    let (rin, _) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let idle = rin.signs_in().await;
    for _ in 0..3 {
        house.lets_seconds_pass(29 * 60);
        assert_eq!(opens(&house, "/desk", &idle).await.status, 200);
    }
    house.lets_seconds_pass(30 * 60);
    let away = opens(&house, "/desk/retention", &idle).await;
    assert_eq!(leads_to(&away), "/desk/sign-in?to=/desk/retention");

    let long = rin.signs_in().await;
    for _ in 0..29 {
        house.lets_seconds_pass(24 * 60);
        assert_eq!(opens(&house, "/desk", &long).await.status, 200);
    }
    house.lets_seconds_pass(24 * 60);
    assert!(is(&house, &long).await.is_none(), "twelve hours are over");

    let (here, there) = (rin.signs_in().await, rin.signs_in().await);
    let out = form(&house, "/desk/sign-out", &[]).header("cookie", &here).go().await;
    assert_eq!(leads_to(&out), "/desk/sign-in");
    assert!(out.header("set-cookie").unwrap().contains("azukari-desk=;"));
    assert!(is(&house, &here).await.is_none());
    assert!(is(&house, &there).await.is_some(), "elsewhere they stay");

    house.lets_hours_pass(13);
    jobs::forget_sessions(&house.app).await.unwrap();
    assert_eq!(house.rows()["staff_sessions"], 0);
}

#[tokio::test]
async fn there_is_one_information_manager_and_the_role_goes_over_in_one_act() {
    let house = House::open();
    assert!(matches!(hands_over(&house, "rin"), Err(Error::NotFound { .. })));
    let (_, rin) = Member::joins(&house, "rin", StaffRole::Officer).await;
    assert!(matches!(hands_over(&house, "rin"), Err(Error::Conflict(_))), "there is none yet");
    let (_, aki) = Member::joins(&house, "aki", StaffRole::Manager).await;
    let (rin, aki) = (rin.as_str(), aki.as_str());
    let roles = async || {
        let (rin, aki) = (is(&house, rin).await.unwrap(), is(&house, aki).await.unwrap());
        assert_eq!(rin.may_manage().is_ok(), rin.role == StaffRole::Manager);
        (rin.role, aki.role)
    };
    assert_eq!(roles().await, (StaffRole::Officer, StaffRole::Manager));
    assert!(matches!(ends(&house, "aki"), Err(Error::Conflict(_))), "the last one stays");

    let id = hands_over(&house, "rin").unwrap();
    assert_eq!(roles().await, (StaffRole::Manager, StaffRole::Officer), "at once");
    assert!(matches!(ends(&house, "rin"), Err(Error::Conflict(_))));

    // A new manager takes it over while she is added.
    let sou = newcomer("sou", StaffRole::Manager);
    let sou = operator(&house, move |office, tx, drawn| office.add(tx, &sou, drawn)).unwrap().staff;
    assert_eq!(roles().await, (StaffRole::Officer, StaffRole::Officer));
    ends(&house, "rin").unwrap();
    assert!(is(&house, rin).await.is_none(), "ended, so signed out");

    let acts: Vec<Act> = house.records().into_iter().map(|record| record.act).collect();
    let aki = is(&house, aki).await.unwrap().id;
    let told: Vec<&Act> = acts.iter().filter(|act| act.kind() != "policy_published").collect();
    assert_eq!(
        told,
        [
            &Act::StaffAdded { staff: id, role: StaffRole::Officer },
            &Act::StaffAdded { staff: aki, role: StaffRole::Manager },
            &Act::ManagerNamed { staff: id, before: aki },
            &Act::StaffAdded { staff: sou, role: StaffRole::Officer },
            &Act::ManagerNamed { staff: sou, before: id },
            &Act::StaffEnded { staff: id },
        ]
    );
    house.adds_up();
}

#[tokio::test]
async fn an_invitation_anew_ends_both_factors_and_every_session() {
    let house = House::open();
    let (rin, session) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let token =
        operator(&house, |office, tx, drawn| office.invite(tx, "rin", drawn)).unwrap().token;
    assert!(is(&house, &session).await.is_none());
    assert_eq!(rin.tries(PASSWORD, &rin.code()).await.status, 403);
    let (again, _) = Member::takes_up(&house, "rin", &token).await;
    assert_eq!(rin.tries(PASSWORD, &rin.code()).await.status, 403, "the old app is no factor");
    again.signs_in().await;
    let kinds: Vec<_> = house.records().iter().map(|record| record.act.kind()).collect();
    assert!(kinds.contains(&"staff_invited"), "{kinds:?}");
}

#[tokio::test]
async fn a_login_is_given_once_and_unfit_ones_are_refused() {
    let house = House::open();
    invites(&house, "rin", StaffRole::Officer);
    ends(&house, "rin").unwrap();
    for taken in ["rin", "RIN"] {
        let again = newcomer(taken, StaffRole::Officer);
        let again = operator(&house, move |office, tx, drawn| office.add(tx, &again, drawn));
        assert!(matches!(again, Err(Error::Conflict(_))));
    }
    for unfit in ["", "r", "rin rin", "凛", &"x".repeat(65), "rin&secret="] {
        let unfit = Newcomer { name: " ".to_owned(), ..newcomer(unfit, StaffRole::Officer) };
        let wrong = operator(&house, move |office, tx, drawn| office.add(tx, &unfit, drawn));
        let Err(Error::Invalid(fields)) = wrong else { panic!("taken") };
        assert_eq!(fields.len(), 2, "login and name: {fields:?}");
    }
}

#[tokio::test]
async fn what_another_origin_sends_is_refused_and_changes_nothing() {
    let house = House::open();
    let (_, session) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let sign_out = || form(&house, "/desk/sign-out", &[]).header("cookie", &session);
    let here = ("host", "desk.example");
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("sec-fetch-site", "")]
    {
        let refused = sign_out().header(name, value).header("origin", "http://desk.example");
        let refused = refused.header(here.0, here.1).go().await;
        assert_eq!(refused.status, 403, "{value}");
    }
    // Without that header, as by http, the origin has to be this one.
    let old = |origin: &str| {
        let call = house.call("POST", "/desk/sign-out").by_nobody().header("cookie", &session);
        call.header(here.0, here.1).header("origin", origin)
    };
    for origin in ["http://other.example", "http://sub.desk.example", "null", ""] {
        assert_eq!(old(origin).go().await.status, 403, "{origin}");
    }
    let neither = house.call("POST", "/desk/sign-out").by_nobody().header("cookie", &session);
    assert_eq!(neither.go().await.status, 403);
    assert!(is(&house, &session).await.is_some(), "nobody was signed out");
    assert_eq!(old("http://desk.example").go().await.status, 303);
    assert!(is(&house, &session).await.is_none());
}

#[tokio::test]
async fn who_is_not_signed_in_signs_in_and_comes_back_to_the_desk_alone() {
    let house = House::open();
    let (rin, _) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let led = page(&house, "/desk/retention?x=1&y=%E3%81%82").go().await;
    assert_eq!(leads_to(&led), "/desk/sign-in?to=/desk/retention%3Fx%3D1%26y%3D%25E3%2581%2582");
    let shown = page(&house, leads_to(&led)).go().await;
    let field = "name=\"to\" value=\"/desk/retention?x=1&amp;y=%E3%81%82\"";
    assert!(shown.text().contains(field), "{}", shown.text());
    for (to, then) in [
        ("/desk/retention?x=1", "/desk/retention?x=1"),
        ("/policy", "/desk"),
        ("https://other.example/desk", "/desk"),
        ("//other.example/desk", "/desk"),
        ("/desk/../policy", "/desk"),
        ("/desk/sign-out", "/desk"),
    ] {
        let code = rin.code();
        let fields = [("login", "rin"), ("password", PASSWORD), ("code", &code), ("to", to)];
        let signed_in = form(&house, "/desk/sign-in", &fields).go().await;
        assert_eq!(leads_to(&signed_in), then);
        house.lets_seconds_pass(30);
    }
    // What was sent without a session is lost, and leads to the start.
    let sent = form(&house, "/desk/outbox", &[("id", "out_x")]).go().await;
    assert_eq!(leads_to(&sent), "/desk/sign-in?to=/desk");
    let session = rin.signs_in().await;
    let passed = opens(&house, "/desk/sign-in?to=/desk/outbox", &session).await;
    assert_eq!(leads_to(&passed), "/desk/outbox", "no second sign-in");
}

#[tokio::test]
async fn pages_of_the_desk_allow_forms_to_this_house_and_nothing_else() {
    let house = House::open();
    let (_, session) = Member::joins(&house, "rin", StaffRole::Officer).await;
    for path in ["/desk", "/desk/retention", "/desk/outbox", "/desk/nowhere", "/desk/sign-in"] {
        let shown = opens(&house, path, &session).await;
        let policy = shown.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("form-action 'self'"), "{policy}");
        assert_eq!(shown.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(shown.header("referrer-policy"), Some("same-origin"), "{path}");
    }
    assert_eq!(opens(&house, "/desk/nowhere", &session).await.status, 404);
    let policy = page(&house, "/policy").go().await;
    assert!(policy.header("content-security-policy").unwrap().contains("form-action 'none'"));
}

#[tokio::test]
async fn the_pages_are_in_the_language_that_each_chose() {
    let house = House::open();
    let (_, session) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let paths = ["/desk", "/desk/retention", "/desk/outbox", "/desk/nowhere"];
    for (language, sign_out) in [("ja", "サインアウト"), ("en", "Sign out")] {
        let switch = form(&house, "/desk/language", &[("language", language)]);
        let switch = switch.header("cookie", &session);
        let switched = switch.header("referer", "http://desk.example/desk/retention").go().await;
        assert_eq!(leads_to(&switched), "/desk/retention");
        for path in paths {
            let shown = opens(&house, path, &session).await.text();
            assert!(shown.contains(&format!("<html lang=\"{language}\">")), "{path}: {shown}");
            assert!(path == "/desk/nowhere" || shown.contains(sign_out), "{path}: {shown}");
        }
    }
    let bad = form(&house, "/desk/language", &[("language", "xx")]).header("cookie", &session);
    assert_eq!(bad.go().await.status, 422);
}

#[tokio::test]
async fn a_message_that_was_given_up_is_seen_and_tried_again() {
    let house = House::open();
    let (_, session) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let quiet = opens(&house, "/desk/outbox", &session).await.text();
    assert!(quiet.contains("There are none."), "{quiet}");
    let hanako = house.guest("Hanako").signs_up().await;
    hanako.answers("store_disclosure", "withdrawn").await;
    let outbox = opens(&house, "/desk/outbox", &session).await.text();
    assert!(outbox.contains("There are none."), "a letter that waits is no trouble: {outbox}");
    let touched = house.meddles(
        "UPDATE outbox SET tries = 10, ended_at = created_at, outcome = 'given_up'",
        Vec::new(),
    );
    assert_eq!(touched, 1);

    let start = opens(&house, "/desk", &session).await.text();
    assert!(start.contains("1 message"), "{start}");
    let outbox = opens(&house, "/desk/outbox", &session).await.text();
    assert!(outbox.contains("It could not be delivered for days."), "{outbox}");
    let id = outbox.split("out_").nth(1).unwrap().split('<').next().unwrap();
    let id = format!("out_{id}");
    let again = |id: &str| form(&house, "/desk/outbox", &[("id", id)]);
    assert_eq!(leads_to(&again(&id).go().await), "/desk/sign-in?to=/desk", "not by anybody");
    for unknown in ["out_x", "", "out_00000000000000000000000000"] {
        let nothing = again(unknown).header("cookie", &session).go().await;
        assert_eq!(nothing.status, 404);
    }
    let tried = again(&id).header("cookie", &session).go().await;
    assert_eq!(leads_to(&tried), "/desk/outbox");
    let outbox = opens(&house, "/desk/outbox", &session).await.text();
    assert!(outbox.contains("There are none."), "{outbox}");
    assert_eq!(again(&id).header("cookie", &session).go().await.status, 404, "it is due already");
}

#[tokio::test]
async fn the_forecast_names_what_falls_due_in_both_languages() {
    let house = House::open();
    let (_, session) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let hanako = house.guest("Hanako").allergic_to("walnuts").signs_up().await;
    house.call("DELETE", &format!("/v1/subjects/{}", hanako.id)).go().await.expect(200);
    let shown = opens(&house, "/desk/retention", &session).await.text();
    let held = shown.split("Due, and held back").nth(1).unwrap();
    let due = shown.split("Due, and held back").next().unwrap();
    // What the forecast of the command line says of the same house.
    let (keeper, document, now) = (Arc::clone(&house.app), house.app.policy(), house.now());
    let forecast = house
        .app
        .store
        .read(move |conn| azukari::forecast::forecast(conn, &keeper.keys, &document, now, 91))
        .await
        .unwrap();
    let document = house.app.policy();
    assert!(!forecast.due.is_empty() || !forecast.held.is_empty(), "there is something to say");
    for key in forecast.due.keys() {
        let thing = azukari::words::thing(&key.thing, &document, Language::En);
        assert!(due.contains(&thing), "{thing}: {due}");
    }
    for key in forecast.held.keys() {
        let thing = azukari::words::thing(&key.thing, &document, Language::En);
        assert!(held.contains(&thing), "{thing}: {held}");
    }
    assert_eq!(due.contains("<svg"), !forecast.due.is_empty());
    assert!(!shown.contains("walnuts") && !shown.contains("Hanako"), "counts, and no values");
}

#[tokio::test]
async fn a_writer_without_the_root_key_lets_nobody_in() {
    let house = House::open();
    let (_, rin) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let (_, aki) = Member::joins(&house, "aki", StaffRole::Manager).await;
    let bytes = |staff: &Staff| staff.id.0.to_vec();
    let (officer, manager) = (is(&house, &rin).await.unwrap(), is(&house, &aki).await.unwrap());

    // Her own session, moved to the manager.
    let moved = "UPDATE staff_sessions SET staff = $1 WHERE staff = $2";
    house.meddles(moved, vec![bytes(&manager), bytes(&officer)]);
    assert!(is(&house, &rin).await.is_none());
    // A session of her making.
    let token = format!("x={}", policy::party::base32().encode(&[7; 32]));
    house.meddles(
        "INSERT INTO staff_sessions (id, staff, created_at, seen_at, verified_at, proof) \
         SELECT $1, staff, created_at, seen_at, verified_at, proof FROM staff_sessions \
         WHERE staff = $2 LIMIT 1",
        vec![Sha256::digest([7; 32]).to_vec(), bytes(&manager)],
    );
    assert!(is(&house, &token).await.is_none());
    let lasting = "UPDATE staff_sessions SET verified_at = verified_at + 1 WHERE staff = $1";
    house.meddles(lasting, vec![bytes(&manager)]);
    assert!(is(&house, &aki).await.is_none());

    // Somebody who was ended, brought back; an account put in another's place.
    ends(&house, "rin").unwrap();
    house.meddles("UPDATE staff SET ended_at = NULL", Vec::new());
    let back = signs_in(&house, "rin", PASSWORD, "123456").await;
    assert_eq!(back.status, 500, "it does not open");
    let copied = "UPDATE staff SET sealed = (SELECT sealed FROM staff WHERE id = $1)";
    house.meddles(copied, vec![bytes(&officer)]);
    assert_eq!(signs_in(&house, "aki", PASSWORD, "123456").await.status, 500);
}

#[tokio::test]
async fn no_login_and_no_name_lies_in_clear() {
    let house = House::open();
    let name = "Unmistakable Sample Name";
    let login = "unmistakable-login";
    let newcomer = Newcomer { name: name.to_owned(), ..newcomer(login, StaffRole::Manager) };
    let added = operator(&house, move |office, tx, drawn| office.add(tx, &newcomer, drawn));
    let (member, cookie) = Member::takes_up(&house, login, &added.unwrap().token).await;
    assert!(opens(&house, "/desk", &cookie).await.text().contains(name));
    let secrets = [
        name.as_bytes().to_vec(),
        login.as_bytes().to_vec(),
        b"$argon2id$".to_vec(),
        cookie.split_once('=').unwrap().1.as_bytes().to_vec(),
        member.totp.reveal().to_vec(),
    ];
    let (ground, _) = {
        drop(member);
        house.close().await
    };
    for (place, kept) in ground.everything_kept() {
        for secret in &secrets {
            let found = kept.windows(secret.len()).any(|bytes| bytes == secret.as_slice());
            assert!(!found, "{place} has {}", String::from_utf8_lossy(secret));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_adds_somebody_beside_a_house_that_is_open() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let (database, root) = (house.ground.database(), house.ground.root_key());
    let clock = Arc::clone(&house.clock);
    let token = std::thread::spawn(move || {
        let root = Box::new(FileKey::open(&root).unwrap());
        let beside = Beside::look(database, root, clock).unwrap();
        let (drawn, office) = (Drawn::new().unwrap(), Office::beside(&beside));
        let failed: Result<(), Error> = beside.act(|tx| {
            office.add(tx, &newcomer("lost", StaffRole::Officer), &drawn)?;
            Err(Error::Conflict("on second thoughts".to_owned()))
        });
        assert!(failed.is_err());
        let newcomer = newcomer("rin", StaffRole::Manager);
        beside.act(|tx| office.add(tx, &newcomer, &drawn)).unwrap().token
    });
    let token = token.join().unwrap();
    // The house reads on from there.
    house.guest("Yoko").signs_up().await;
    let (rin, _) = Member::takes_up(&house, "rin", &token).await;
    rin.signs_in().await;
    assert_eq!(house.rows()["staff"], 1, "what failed left nothing");
    let kinds: Vec<_> = house.records().iter().map(|record| record.act.kind()).collect();
    assert_eq!(kinds, ["policy_published", "registered", "staff_added", "registered"]);
    house.adds_up();
}
