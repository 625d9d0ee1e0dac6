//! How the stores' people and the operator's come in: invitations, passwords with one-time codes, managers who
//! add and end staff. Nothing here needs Azukari to run.

#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod app;

use app::{App, PASSWORD, code, next_code, secret_of};
use reqwest::StatusCode;
use reservation::Post;

#[tokio::test]
async fn an_invitation_is_taken_up_once_with_a_password_and_a_code_that_fit() {
    let app = App::open().await;
    let invitation = app.invited("chief", Post::Operator).await;
    let page = app.visitor();
    let (status, first) = page.gets(&invitation).await;
    assert_eq!(status, StatusCode::OK);
    // Looking at it uses nothing up, and what is wrong is said beside the field.
    let secret = secret_of(&first);
    assert_eq!(secret_of(&page.gets(&invitation).await.1), secret);
    let code = code(&secret);
    let (status, wrong) =
        page.posts(&invitation, &[("password", "short"), ("code", "000000")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.contains("password-error"), "{wrong}");
    assert!(wrong.contains("code-error") && !wrong.contains("value=\"short\""));
    // A password that was fine is asked for again, and the page says so.
    let one_wrong = [("password", PASSWORD), ("code", "000000")];
    let (_, wrong) = page.posts(&invitation, &one_wrong).await;
    assert!(wrong.contains("which for safety is not kept here") && !wrong.contains(PASSWORD));
    assert_eq!(secret_of(&wrong), secret, "the app that knows it already goes on fitting");
    let sent = [("password", PASSWORD), ("code", code.as_str())];
    assert_eq!(page.posts(&invitation, &sent).await.0, StatusCode::SEE_OTHER);
    assert_eq!(page.gets("/operator").await.0, StatusCode::OK);
    // It is used up, and so is the code.
    let other = app.visitor();
    for (status, told) in [
        other.gets(&invitation).await,
        other.posts(&invitation, &sent).await,
        other.gets("/invitation/never-was").await,
    ] {
        assert_eq!(status, StatusCode::GONE);
        assert!(told.contains("leads nowhere any more"), "{told}");
        assert!(told.contains("/store/sign-in") && told.contains("/operator/sign-in"), "{told}");
    }
    let again = [("login", "chief"), sent[0], sent[1]];
    assert_eq!(other.posts("/operator/sign-in", &again).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn password_and_code_are_both_needed_at_ones_own_door() {
    let app = App::open().await;
    app.store("mihon").await;
    let secret = app.taken_up("cook", Post::Staff("mihon")).await;
    let visitor = app.visitor();
    let tries = async |at: &str, login: &str, password: &str, code: &str| {
        let sent = [("login", login), ("password", password), ("code", code)];
        visitor.posts(at, &sent).await.0
    };
    let next = next_code(&secret);
    for (at, login, password, code) in [
        ("/store/sign-in", "cook", "wrong password", next.as_str()),
        ("/store/sign-in", "cook", PASSWORD, ""),
        ("/store/sign-in", "cook", PASSWORD, "12345"),
        ("/store/sign-in", "nobody", PASSWORD, next.as_str()),
        ("/operator/sign-in", "cook", PASSWORD, next.as_str()),
    ] {
        let status = tries(at, login, password, code).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{at} {login} {code}");
    }
    let gapped = format!("{} {}", &next[..3], &next[3..]);
    assert_eq!(tries("/store/sign-in", "cook", PASSWORD, &gapped).await, StatusCode::SEE_OTHER);
    assert_eq!(tries("/store/sign-in", "cook", PASSWORD, &next).await, StatusCode::UNAUTHORIZED);
    // A store's session opens nothing of the operator's.
    assert_eq!(visitor.gets("/operator").await.0, StatusCode::SEE_OTHER);
    // Wrong codes are counted like wrong passwords.
    for _ in 0..8 {
        tries("/store/sign-in", "cook", PASSWORD, "000000").await;
    }
    let status = tries("/store/sign-in", "cook", PASSWORD, "000000").await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn nothing_that_opens_lies_in_the_database() {
    let app = App::open().await;
    let secret = app.taken_up("chief", Post::Operator).await;
    let invitation = app.invited("other", Post::Operator).await;
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    for file in ["reservation.db", "reservation.db-wal"] {
        let kept = std::fs::read(app.folder.join(file)).unwrap_or_default();
        let token = invitation.rsplit('/').next().unwrap();
        for value in [bytes.as_slice(), secret.as_bytes(), token.as_bytes(), PASSWORD.as_bytes()] {
            assert!(!kept.windows(value.len()).any(|window| window == value), "{file}");
        }
    }
}

#[tokio::test]
async fn a_manager_adds_and_ends_staff_of_the_own_store_alone() {
    let app = App::open().await;
    app.store("mihon").await;
    app.store("other").await;
    app.taken_up("their-cook", Post::Staff("other")).await;
    let manager = app.visitor();
    app.takes_up(&manager, &app.invited("mihon-chief", Post::Manager("mihon")).await).await;
    let (status, page) = manager.gets("/store/staff").await;
    assert!(status == StatusCode::OK && page.contains("mihon-chief"));
    assert!(!page.contains("their-cook"));
    for (login, said) in
        [("", "fill this in"), ("Not A Login", "small letters"), ("their-cook", "already")]
    {
        let (status, page) = manager.posts("/store/staff", &[("login", login)]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
        assert!(page.contains(said), "{login}: {page}");
    }
    // A manager makes no managers.
    let sent = [("login", "mihon-cook"), ("manager", "yes")];
    let (status, page) = manager.posts("/store/staff", &sent).await;
    assert_eq!(status, StatusCode::CREATED);
    let link = page.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    let path = link.strip_prefix(&app.address).unwrap().to_owned();
    let cook = app.visitor();
    let secret = app.takes_up(&cook, &path).await;
    assert_eq!(cook.gets("/store/staff").await.0, StatusCode::NOT_FOUND);
    assert_eq!(cook.posts("/store/staff", &[("login", "more")]).await.0, StatusCode::NOT_FOUND);

    // Whoever lost a factor is invited anew: the old ones open nothing, and the session is over.
    let at = "/store/staff/mihon-cook/invite";
    let asked = manager.posts(at, &[]).await;
    assert!(asked.0 == StatusCode::OK && !asked.1.contains("<code>"));
    assert_eq!(cook.gets("/store/staff").await.0, StatusCode::NOT_FOUND);
    let sure = [("sure", "yes")];
    let anew = manager.posts(at, &sure).await;
    assert_eq!(anew.0, StatusCode::CREATED);
    assert_eq!(cook.gets("/store/staff").await.0, StatusCode::SEE_OTHER);
    let code = next_code(&secret);
    let sent = [("login", "mihon-cook"), ("password", PASSWORD), ("code", code.as_str())];
    assert_eq!(cook.posts("/store/sign-in", &sent).await.0, StatusCode::UNAUTHORIZED);
    let link = anew.1.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    app.takes_up(&cook, link.strip_prefix(&app.address).unwrap()).await;
    assert_eq!(cook.gets("/store/staff").await.0, StatusCode::NOT_FOUND);

    // Ended: out at once.
    let end = "/store/staff/mihon-cook/end";
    let (status, asked) = manager.posts(end, &[]).await;
    assert!(status == StatusCode::OK && asked.contains("mihon-cook"), "{asked}");
    assert!(asked.contains("will be out at once"), "{asked}");
    assert_eq!(cook.gets("/store/staff").await.0, StatusCode::NOT_FOUND);
    assert_eq!(manager.posts(end, &sure).await.0, StatusCode::SEE_OTHER);
    assert_eq!(cook.gets("/store/staff").await.0, StatusCode::SEE_OTHER);
    // Nobody of another store, no manager, and nobody who is not there is ended.
    for login in ["their-cook", "mihon-chief", "mihon-cook", "nobody"] {
        let answer = manager.posts(&format!("/store/staff/{login}/end"), &sure).await;
        assert_eq!(answer.0, StatusCode::NOT_FOUND, "{login}");
    }
    // Nor invited anew: a manager would shut the door behind herself.
    for login in ["their-cook", "mihon-chief"] {
        let answer = manager.posts(&format!("/store/staff/{login}/invite"), &sure).await;
        assert_eq!(answer.0, StatusCode::NOT_FOUND, "{login}");
    }
    // The operator ends the manager.
    let operator = app.visitor();
    app.takes_up(&operator, &app.invited("chief", Post::Operator).await).await;
    let at = "/operator/stores/mihon/staff";
    assert!(operator.gets(at).await.1.contains("mihon-chief"));
    let end = format!("{at}/mihon-chief/end");
    assert_eq!(operator.posts(&end, &sure).await.0, StatusCode::SEE_OTHER);
    assert_eq!(manager.gets("/store/staff").await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_login_is_one_post_s_alone() {
    let app = App::open().await;
    app.store("mihon").await;
    app.invited("one", Post::Staff("mihon")).await;
    for post in [Post::Operator, Post::Manager("mihon")] {
        let no = reservation::invite(&app.folder, "one", post).await.unwrap_err();
        assert!(no.to_string().contains("already"), "{no}");
    }
    let no = reservation::invite(&app.folder, "two", Post::Staff("nowhere")).await.unwrap_err();
    assert!(no.to_string().contains("no such store"), "{no}");
    assert!(reservation::invite(&app.folder, "A b", Post::Operator).await.is_err());
}

/// What a browser without a visitor's cookies sends, under a name of the sender's choice.
async fn sends_as(app: &App, host: &str, cookie: &str, path: &str, form: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let sent = client
        .post(format!("{}{path}", app.address))
        .header("host", host)
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .header("accept-language", "en")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    let answer = sent.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn no_invitation_leads_to_where_a_forged_host_says() {
    let app = App::open().await;
    app.store("mihon").await;
    let manager = app.visitor();
    app.takes_up(&manager, &app.invited("mihon-chief", Post::Manager("mihon")).await).await;
    let cookie = manager.cookie.lock().unwrap().clone();
    for (n, host) in
        ["evil.example", "evil.example:443", "localhost.evil.example"].iter().enumerate()
    {
        let form = format!("login=mihon-cook-{n}");
        let (status, page) = sends_as(&app, host, &cookie, "/store/staff", &form).await;
        assert_eq!(status, 201, "{page}");
        let link = page.split("<code>").nth(1).unwrap().split('<').next().unwrap();
        assert!(link.starts_with(&format!("{}/invitation/", app.address)), "{link}");
        assert!(!page.contains("evil"), "{page}");
    }
}

/// A login is tried by passkeys no more often than by passwords, and both count together.
#[tokio::test]
async fn tries_with_a_passkey_count_as_those_with_a_password_do() {
    use data_encoding::BASE64URL_NOPAD as BASE64;
    let app = App::open().await;
    app.store("mihon").await;
    app.taken_up("mihon-cook", Post::Staff("mihon")).await;
    let id = [7_u8; 32];
    let book = rusqlite::Connection::open(app.folder.join("reservation.db")).unwrap();
    book.execute(
        "INSERT INTO passkeys VALUES (?1, 'staff', 'mihon-cook', '', 'localhost', ?1, ?1, ?1, 0, NULL)",
        [id],
    )
    .unwrap();
    let port = app.address.rsplit(':').next().unwrap();
    let client = format!(
        r#"{{"type":"webauthn.get","challenge":"{}","origin":"http://localhost:{port}","crossOrigin":false}}"#,
        BASE64.encode(&[1; 16])
    );
    let mut data = [0_u8; 37];
    data[32] = 5;
    let shown = serde_json::json!({
        "id": BASE64.encode(&id), "rawId": BASE64.encode(&id), "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": BASE64.encode(client.as_bytes()),
            "authenticatorData": BASE64.encode(&data),
            "signature": BASE64.encode(&[2; 64]),
            "userHandle": BASE64.encode(&id),
        },
    });
    let form = shown
        .to_string()
        .bytes()
        .fold("credential=".to_owned(), |form, byte| form + &format!("%{byte:02X}"));
    let host = format!("localhost:{port}");
    for tried in 0..9 {
        let (status, page) = sends_as(&app, &host, "", "/store/sign-in/passkey", &form).await;
        assert_eq!(status, if tried < 8 { 401 } else { 429 }, "{tried}: {page}");
    }
    let sent = [("login", "mihon-cook"), ("password", PASSWORD), ("code", "000000")];
    let (status, _) = app.visitor().posts("/store/sign-in", &sent).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
}
