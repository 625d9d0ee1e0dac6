//! A person's own pages for her requests, over HTTP as a browser sends it: every kind in both languages,
//! the way back by a code, what is typed and lost nowhere, and what strangers learn, which is nothing
//! (S23 to S34, R8.1 to R8.8, Act 37).

use std::collections::BTreeMap;

use azukari::acts::request::{self, AnswerLink, Change, Contact, Request, handle};
use azukari::letter::RequestLetter;
use policy::request::{
    Agency, Decision, Ground, Outcome, RefusalGround, RefusedPart, RequestId, RequestKind, State,
    Step,
};

use crate::house::{Answer, Call, House};

const EMAIL: &str = "hanako@guest.example";

/// Somebody at a browser.
struct Browser<'a> {
    house: &'a House,
    language: &'static str,
    cookie: Option<String>,
}

type Fields = Vec<(String, String)>;

fn pairs(given: &[(&str, &str)]) -> Fields {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| out + &format!("%{byte:02X}"))
}

/// The text of HTML, with what stands for marks read back.
fn read(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// What a page's hidden fields hold.
fn hidden(page: &str) -> Fields {
    page.split("<input type=\"hidden\" ")
        .skip(1)
        .filter_map(|rest| {
            let (name, rest) = rest.strip_prefix("name=\"")?.split_once("\" value=\"")?;
            Some((name.to_owned(), read(rest.split_once('"')?.0)))
        })
        .collect()
}

impl<'a> Browser<'a> {
    fn new(house: &'a House, language: &'static str) -> Self {
        Self { house, language, cookie: None }
    }

    fn dressed(&self, call: Call) -> Call {
        let call = call.by_nobody();
        match &self.cookie {
            Some(cookie) => call.header("cookie", cookie),
            None => call,
        }
    }

    fn at(&self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}lang={}", self.language)
    }

    async fn gets(&self, path: &str) -> Answer {
        self.dressed(self.house.get(&self.at(path))).go().await
    }

    async fn posts(&self, path: &str, fields: &Fields) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.dressed(self.house.call("POST", &self.at(path)))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(body.join("&").into_bytes())
            .go()
            .await
    }

    /// The form for a kind, with everything that its page sends unseen.
    async fn form(&self, kind: &str, regime: &str) -> Fields {
        let page = self.gets(&format!("/requests/new?kind={kind}&regime={regime}")).await;
        assert_eq!(page.status, 200);
        hidden(&page.text())
    }

    /// Fills a form in and looks it over.
    async fn reviews(&self, mut form: Fields, given: &[(&str, &str)]) -> Answer {
        form.extend(pairs(given));
        form.push(("step".to_owned(), "review".to_owned()));
        self.posts("/requests/new", &form).await
    }

    /// Sends what a page of review shows.
    async fn sends(&self, review: &Answer) -> Answer {
        let mut form = hidden(&review.text());
        form.push(("step".to_owned(), "send".to_owned()));
        self.posts("/requests/new", &form).await
    }

    /// The whole way to a receipt number.
    async fn asks(&self, kind: &str, regime: &str, given: &[(&str, &str)]) -> (String, Answer) {
        let review = self.reviews(self.form(kind, regime).await, given).await;
        assert_eq!(review.status, 200, "{}", review.text());
        let sent = self.sends(&review).await;
        assert_eq!(sent.status, 200, "{}", sent.text());
        (number(&sent), sent)
    }

    /// Gives a code, and holds the cookie if it was right.
    async fn gives(&mut self, number: &str, email: &str, code: &str) -> Answer {
        let fields =
            pairs(&[("number", number), ("email", email), ("code", code), ("step", "code")]);
        let answer = self.posts("/requests/code", &fields).await;
        if let Some(cookie) = answer.header("set-cookie") {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
            assert!(cookie.contains("Path=/requests"), "{cookie}");
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    /// Shows the code that was sent last.
    async fn shows_code(&mut self, number: &str) {
        let code = self.house.code_of(number);
        let answer = self.gives(number, EMAIL, &code).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert!(self.cookie.is_some());
    }

    async fn attaches(&self, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--seam\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--seam--\r\n");
        self.dressed(self.house.call("POST", &self.at("/requests/mine/files")))
            .header("content-type", "multipart/form-data; boundary=seam")
            .header("sec-fetch-site", "same-origin")
            .body(body)
            .go()
            .await
    }
}

/// The receipt number on a page.
fn number(page: &Answer) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("<p class=\"number\">").expect("a receipt number");
    rest.split_once('<').unwrap().0.to_owned()
}

impl House {
    fn code_of(&self, number: &str) -> String {
        let mut codes = self.letters().into_iter().filter_map(|(of, letter)| match letter {
            RequestLetter::Code { code } if of.number() == number => Some(code),
            _ => None,
        });
        codes.next_back().expect("no code was sent")
    }

    fn numbers(&self) -> Vec<RequestId> {
        let letters = self.letters().into_iter();
        let received = letters.filter(|(_, letter)| *letter == RequestLetter::Received {});
        received.map(|(id, _)| id).collect()
    }

    async fn request_under(&self, number: &str) -> Request {
        let id = request::by_number(&self.app, number).await.unwrap().expect("a request");
        request::get(&self.app, id).await.unwrap()
    }

    /// A request for disclosure by somebody, sent.
    async fn asked(&self, email: &str) -> String {
        let given = [("name", "見本 花子"), ("email", email)];
        Browser::new(self, "ja").asks("disclosure", "jp", &given).await.0
    }

    async fn decides(&self, number: &str, outcome: Outcome, refused: Vec<RefusedPart>) {
        let id = self.request_under(number).await.id;
        let step = |step| handle::step(&self.app, id, "desk".to_owned(), step);
        let decision = Decision {
            outcome,
            refused,
            alternative: None,
            reason: "the court forbids it".to_owned(),
            by: "desk".to_owned(),
            at: self.now(),
        };
        step(Step::Decide(decision)).await.unwrap();
    }
}

/// What each kind is given, beside who asks.
fn given(kind: RequestKind) -> Vec<(&'static str, &'static str)> {
    match kind {
        RequestKind::Correction => vec![
            ("grounds", "not_factual"),
            ("corrections.name", "見本 葉子"),
            ("corrections.gender", ""),
            ("remove.company", "1"),
        ],
        RequestKind::StopUse => {
            vec![
                ("grounds", "no_longer_needed"),
                ("purposes", "marketing_mail"),
                ("items", "email"),
            ]
        }
        RequestKind::StopProvision => vec![("grounds", "provided_against_law")],
        RequestKind::Erasure => {
            vec![("grounds", "no_longer_needed"), ("grounds", "breach"), ("items", "allergy")]
        }
        RequestKind::Disclosure => vec![
            ("items", "allergy"),
            ("items", "name"),
            ("delivery", "paper"),
            ("postal_address", "見本県見本市1-2-3\r\n見本荘101"),
            ("receipt_name", "見本商店"),
        ],
        RequestKind::Complaint => {
            vec![("text", "二度、同じメールが届きました。\r\nご確認ください。")]
        }
        _ => vec![],
    }
}

#[tokio::test]
async fn every_kind_is_asked_for_in_both_languages() {
    let house = House::open();
    let kinds = request::kinds(&house.app.policy());
    assert!(kinds.len() >= 8, "{kinds:?}");
    for (language, free, fee) in [("ja", "無料", "1,000円"), ("en", "Free of charge", "JPY 1,000")]
    {
        let browser = Browser::new(&house, language);
        let start = browser.gets("/requests").await.text();
        for kind in &kinds {
            let word = serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
            assert!(
                start.contains(&format!("/requests/new?kind={word}&amp;lang={language}")),
                "{word}"
            );
            let email = format!("{word}-{language}@guest.example");
            let mut fields = given(*kind);
            // No purpose of that name stands in every policy.
            let purposes = &house.app.policy().purposes;
            let purpose = purposes.keys().next().unwrap().to_string();
            for (name, value) in &mut fields {
                if *name == "purposes" {
                    *value = Box::leak(purpose.clone().into_boxed_str());
                }
            }
            fields.extend([("name", "見本 花子"), ("email", &*email)]);
            let review = browser.reviews(browser.form(&word, "jp").await, &fields).await;
            let text = review.text();
            assert_eq!(review.status, 200, "{word}: {text}");
            let costs = matches!(
                kind,
                RequestKind::PurposeNotice
                    | RequestKind::Disclosure
                    | RequestKind::ProvisionRecords
            );
            assert!(
                text.contains(if costs { fee } else { free }),
                "{word}: the fee before sending"
            );
            assert!(house.numbers().iter().all(|id| !text.contains(&id.number())));
            let sent = browser.sends(&review).await;
            let (number, text) = (number(&sent), sent.text());
            let request = house.request_under(&number).await;
            assert_eq!(request.progress.kind, *kind);
            assert_eq!(request.matter.language.tag(), language);
            assert_eq!(request.matter.contact, Contact::Email { email: email.clone() });
            let coded = !matches!(kind, RequestKind::Complaint | RequestKind::EquivalentMeasures);
            assert_eq!(text.contains("autocomplete=\"one-time-code\""), coded, "{word}");
            match kind {
                RequestKind::Correction => {
                    let of: BTreeMap<_, _> = request.matter.corrections;
                    let value = |name: &str| of.get(&name.parse().unwrap()).cloned();
                    assert_eq!(value("name"), Some(Some("見本 葉子".to_owned())));
                    assert_eq!(value("company"), Some(None));
                    assert_eq!(of.len(), 2);
                }
                RequestKind::Erasure => {
                    assert_eq!(
                        request.progress.grounds,
                        [Ground::NoLongerNeeded, Ground::Breach],
                        "as she chose"
                    );
                }
                RequestKind::Disclosure => {
                    let kept = serde_json::to_string(&request.matter).unwrap();
                    assert!(kept.contains("見本荘101") && kept.contains("見本商店"), "{kept}");
                    assert_eq!(request.matter.items.len(), 2);
                }
                RequestKind::StopUse => assert_eq!(request.matter.purposes.len(), 1),
                _ => {}
            }
        }
    }
    assert_eq!(house.numbers().len(), kinds.len() * 2, "one request for each");
    house.adds_up();
}

#[tokio::test]
async fn what_can_be_asked_is_told_from_the_policy_and_linked_both_ways() {
    let house = House::open();
    let page = Browser::new(&house, "en").gets("/requests").await;
    let text = page.text();
    for part in [
        "JPY 1,000 if you live in Japan; free if you live in the European Economic Area or the United \
         Kingdom",
        "within 14 days if you live in Japan",
        "within 1 month if you live in",
        "We refuse on no other ground",
        "letter of delegation",
        "href=\"/policy?lang=en#requests\"",
    ] {
        assert!(text.contains(part), "no {part}");
    }
    let policy = house.get("/policy?lang=en").by_nobody().go().await.text();
    assert!(policy.contains("href=\"/requests?lang=en\""));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.header("content-security-policy").unwrap().contains("form-action 'self'"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    assert_eq!(page.header("set-cookie"), None, "no cookie before it is needed");
    assert!(!text.contains("<script"));
    // A kind that there is not leads back; a regime is asked for first.
    assert_eq!(Browser::new(&house, "ja").gets("/requests/new?kind=riches").await.status, 303);
    let first = Browser::new(&house, "ja").gets("/requests/new?kind=erasure").await.text();
    assert!(first.contains("お住まいはどちらですか") && first.contains("value=\"eu\""));
    // The grounds are those of the law where she lives, and nothing costs anything in Europe.
    let eu =
        Browser::new(&house, "ja").gets("/requests/new?kind=disclosure&regime=eu").await.text();
    assert!(eu.contains("無料") && !eu.contains("name=\"receipt_name\""));
    let eu = Browser::new(&house, "ja").gets("/requests/new?kind=erasure&regime=eu").await.text();
    assert!(eu.contains("同意を撤回した") && !eu.contains("value=\"breach\""));
}

#[tokio::test]
async fn whether_an_address_is_known_shows_nowhere() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let mut pages = Vec::new();
    for email in [EMAIL, "nobody@guest.example"] {
        let given = [("name", "見本 花子"), ("email", email)];
        let (number, sent) = Browser::new(&house, "ja").asks("disclosure", "jp", &given).await;
        pages.push(sent.text().replace(&number, "NUMBER").replace(email, "EMAIL"));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn the_way_back_says_the_same_to_everybody_until_a_code_is_shown() {
    let house = House::open();
    let number = house.asked(EMAIL).await;
    let others = house.asked("taro@guest.example").await;
    house.lets_seconds_pass(61);
    let mut browser = Browser::new(&house, "en");
    let mut answers = Vec::new();
    let made_up = "0000-0000-0000".to_owned();
    for (number, email) in [(&number, EMAIL), (&others, EMAIL), (&made_up, EMAIL)] {
        let answer =
            browser.posts("/requests/enter", &pairs(&[("number", number), ("email", email)])).await;
        assert_eq!(answer.status, 200);
        answers.push(answer.text().replace(number.as_str(), "NUMBER"));
    }
    assert_eq!(answers[0], answers[1], "somebody else's number");
    assert_eq!(answers[0], answers[2], "a number that there is not");
    let codes = |number: &str| {
        let letters = house.letters().into_iter();
        letters
            .filter(|(id, letter)| {
                id.number() == number && matches!(letter, RequestLetter::Code { .. })
            })
            .count()
    };
    assert_eq!((codes(&number), codes(&others)), (2, 1), "only hers was sent anew");

    // Her code opens nothing under another number or address, and what is told is the same.
    let code = house.code_of(&number);
    let mut told = Vec::new();
    for (number, email) in [(&others, EMAIL), (&made_up, EMAIL), (&number, "taro@guest.example")] {
        let answer = browser.gives(number, email, &code).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.header("set-cookie"), None);
        told.push(answer.text().replace(number.as_str(), "NUMBER").replace(email, "EMAIL"));
    }
    assert!(told.iter().all(|page| *page == told[0]), "{told:?}");
    let taros = house.code_of(&others);
    if taros != code {
        let wrong = browser.gives(&number, EMAIL, &taros).await;
        assert_eq!(wrong.text().replace(&number, "NUMBER").replace(EMAIL, "EMAIL"), told[0]);
    }

    // However she writes them, number and code are hers.
    let written = number.to_lowercase().replace('-', " ");
    let wide: String =
        code.chars().map(|c| char::from_u32(u32::from(c) - 0x30 + 0xff10).unwrap()).collect();
    let answer = browser.gives(&written, "Hanako@GUEST.example", &wide).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.header("location"), Some("/requests/mine?lang=en"));
    let mine = browser.gets("/requests/mine").await;
    assert_eq!(mine.status, 200);
    assert!(mine.text().contains(&number));
    assert_eq!(Browser::new(&house, "en").gets("/requests/mine").await.status, 303, "nobody else");
}

#[tokio::test]
async fn used_and_old_codes_are_told_plainly_to_whoever_has_them() {
    let house = House::open();
    let number = house.asked(EMAIL).await;
    let mut browser = Browser::new(&house, "ja");
    let code = house.code_of(&number);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let says = |answer: &Answer, words: &str| {
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
        // What she typed stays.
        assert!(hidden(&answer.text()).contains(&("number".to_owned(), number.clone())));
    };
    says(&browser.gives(&number, EMAIL, wrong).await, "番号が違います");
    browser.shows_code(&number).await;
    says(&browser.gives(&number, EMAIL, &code).await, "すでに使われました");
    house.lets_seconds_pass(61);
    let again = pairs(&[("number", &number), ("email", EMAIL), ("step", "again")]);
    assert_eq!(browser.posts("/requests/code", &again).await.status, 200);
    let newer = house.code_of(&number);
    if newer != code {
        says(&browser.gives(&number, EMAIL, &code).await, "番号が違います");
    }
    house.lets_seconds_pass(601);
    says(&browser.gives(&number, EMAIL, &newer).await, "使えなくなりました");
    says(&browser.gives(&number, EMAIL, wrong).await, "番号が違います");

    // Whoever goes on guessing has to wait, under any number.
    for number in [number.as_str(), "1111-1111-1111"] {
        let mut last = 0;
        for _ in 0..20 {
            last = browser.gives(number, EMAIL, wrong).await.status;
        }
        assert_eq!(last, 429, "{number}");
    }
}

#[tokio::test]
async fn sent_twice_it_is_one_request_and_changed_it_is_asked_about() {
    let house = House::open();
    let browser = Browser::new(&house, "ja");
    let given = [("name", "見本 花子"), ("email", EMAIL), ("text", "一度目")];
    let review = browser.reviews(browser.form("disclosure", "jp").await, &given).await;
    let first = browser.sends(&review).await;
    let again = browser.sends(&review).await;
    assert_eq!(first.text(), again.text());
    assert_eq!(house.numbers().len(), 1);

    // Back, changed, and sent: she is told, and nothing is lost.
    let mut form = hidden(&review.text());
    form.retain(|(name, _)| name != "text");
    form.extend(pairs(&[("text", "二度目"), ("step", "send")]));
    let told = browser.posts("/requests/new", &form).await;
    assert_eq!(told.status, 409);
    assert!(told.text().contains("すでに送信されています") && told.text().contains("二度目"));
    assert_eq!(house.numbers().len(), 1);
    assert_eq!(browser.sends(&told).await.status, 200);
    assert_eq!(house.numbers().len(), 2);
}

#[tokio::test]
async fn wrong_input_is_named_field_by_field_and_kept() {
    let house = House::open();
    for (language, title, missing, email) in [
        ("ja", "入力エラー：", "あてはまるものを選んでください。", "メールアドレスの形式"),
        ("en", "Error: ", "Please choose what applies.", "Please check the e-mail address"),
    ] {
        let browser = Browser::new(&house, language);
        let given = [
            ("name", "見本 <花子>"),
            ("email", "not an address"),
            ("text", "一行目\r\n\"二行目\""),
            ("corrections.birth_date", "2990-01-01"),
            ("corrections.company", "見本商店"),
            ("remove.gender", "1"),
            ("who", "entrusted"),
            ("agent_name", ""),
        ];
        let answer = browser.reviews(browser.form("correction", "jp").await, &given).await;
        let text = answer.text();
        assert_eq!(answer.status, 422);
        for part in [
            title,
            missing,
            email,
            "href=\"#email\"",
            "href=\"#corrections-birth_date\"",
            "href=\"#agent_name\"",
            "aria-invalid=\"true\"",
            "aria-describedby=\"email-hint email-error\"",
            // Kept, as it was typed.
            "value=\"見本 &lt;花子&gt;\"",
            "value=\"not an address\"",
            "一行目\r\n\"二行目\"</textarea>",
            "value=\"見本商店\"",
            "name=\"remove.gender\" value=\"1\" checked",
            "value=\"entrusted\" checked",
        ] {
            let found = text.contains(part) || read(&text).contains(part);
            assert!(found, "{language}: no {part}\n{text}");
        }
        // Every error has its place: none is left over.
        assert!(!text.contains("corrections.birth_date:"), "no words of programs");
    }
    assert_eq!(house.numbers(), []);
    // In the other language the same form comes back with everything in it.
    let browser = Browser::new(&house, "en");
    let mut form = browser.form("complaint", "jp").await;
    form.extend(pairs(&[("name", "見本 花子"), ("text", "言葉"), ("step", "edit")]));
    let other = browser.posts("/requests/new", &form).await.text();
    assert!(other.contains("見本 花子") && other.contains("言葉</textarea>"));
}

#[tokio::test]
async fn an_agent_asks_and_brings_papers_and_masks_what_is_not_needed() {
    let house = House::open();
    let mut browser = Browser::new(&house, "ja");
    let given = [
        ("name", "見本 花子"),
        ("email", EMAIL),
        ("who", "entrusted"),
        ("agent_name", "見本 太郎"),
        ("grounds", "no_longer_needed"),
    ];
    let (number, sent) = browser.asks("erasure", "jp", &given).await;
    assert!(sent.text().contains("代理人の書類を添付"));
    browser.shows_code(&number).await;
    let request = house.request_under(&number).await;
    assert_eq!(request.progress.agency, Some(Agency::Entrusted));
    assert_eq!(request.progress.state, State::Verifying, "a code is not the person's");
    let mine = browser.gets("/requests/mine").await.text();
    assert!(mine.contains("委任状") && mine.contains("個人番号") && mine.contains("type=\"file\""));

    // Only what is a PDF or a picture, whatever it is called, and not too much.
    for (bytes, words) in [
        (b"<html></html>".to_vec(), "どれでもない"),
        (Vec::new(), "ファイルを選んで"),
        ([b"%PDF-1.7\n".to_vec(), vec![b'x'; 5 * 1024 * 1024]].concat(), "5MB"),
        ([b"%PDF-1.7\n".to_vec(), vec![b'x'; 6 * 1024 * 1024]].concat(), "5MB"),
    ] {
        let answer = browser.attaches("paper.pdf", &bytes).await;
        assert_eq!(answer.status, 422, "{words}");
        assert!(answer.text().contains(words), "{words}");
    }
    assert_eq!(house.request_under(&number).await.files.len(), 0);
    let whole = [b"%PDF-1.7\n".to_vec(), vec![b'x'; 5 * 1024 * 1024 - 9]].concat();
    assert_eq!(browser.attaches("委任状.exe", &whole).await.status, 303);
    for _ in 0..2 {
        house.lets_seconds_pass(1);
        assert_eq!(browser.attaches("me.png", b"\x89PNG\r\n\x1a\nrest").await.status, 303);
    }
    assert_eq!(browser.attaches("four.jpg", b"\xff\xd8\xffrest").await.status, 422);
    let request = house.request_under(&number).await;
    assert_eq!(request.files.len(), 3);
    let first = request.file(&request.files[0]).unwrap();
    assert_eq!((first.name.as_str(), first.media_type.as_str()), ("委任状.pdf", "application/pdf"));
    assert_eq!(first.bytes, whole);
    assert!(browser.gets("/requests/mine").await.text().contains("委任状.pdf"));
    // Nothing is attached by a stranger.
    assert_eq!(
        Browser::new(&house, "ja").attaches("x.png", b"\x89PNG\r\n\x1a\n").await.status,
        303
    );
    assert_eq!(house.request_under(&number).await.files.len(), 3);
}

#[tokio::test]
async fn she_follows_her_request_takes_it_back_and_leaves() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let number = house.asked(EMAIL).await;
    let mut browser = Browser::new(&house, "ja");
    browser.shows_code(&number).await;
    let mine = browser.gets("/requests/mine").await.text();
    for part in ["手数料のお支払いをお待ちしています", "2026年12月6日", "1,000円", "mailto:"]
    {
        assert!(mine.contains(part), "no {part}: {mine}");
    }
    // How and until when to pay, with the invoice that went with the letter.
    for part in ["2026年12月22日", "見本銀行", &number] {
        assert!(mine.contains(part), "no {part}: {mine}");
    }
    let invoice = browser.gets("/requests/mine/invoice").await;
    assert_eq!(invoice.status, 200);
    let name = invoice.header("content-disposition").unwrap();
    assert!(
        name.contains(&format!("filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8-{number}.pdf")),
        "{name}"
    );
    let said = crate::letters::read_pdf(&invoice.body);
    assert!(
        said.contains("請求書") && said.contains(&number) && said.contains("見本銀行"),
        "{said}"
    );
    assert_eq!(browser.gets("/requests/mine/receipt").await.status, 404, "nothing is paid");
    for sheet in ["invoice", "receipt"] {
        let stranger = Browser::new(&house, "ja").gets(&format!("/requests/mine/{sheet}")).await;
        assert_eq!(stranger.status, 303, "{sheet}");
    }
    assert!(browser.gets("/requests/mine/withdraw").await.text().contains("取り下げますか"));
    assert_eq!(house.request_under(&number).await.progress.state, State::AwaitingFee, "only asked");
    // From another site nothing is taken back.
    let forged = browser.dressed(house.call("POST", "/requests/mine/withdraw"));
    assert_eq!(forged.header("sec-fetch-site", "cross-site").go().await.status, 403);
    assert_eq!(browser.posts("/requests/mine/withdraw", &Vec::new()).await.status, 303);
    assert_eq!(house.request_under(&number).await.progress.state, State::Withdrawn);
    let mine = browser.gets("/requests/mine").await.text();
    assert!(mine.contains("取り下げられました") && !mine.contains("請求を取り下げる"));
    assert!(!mine.contains("1,000円"), "nothing is owed any more");
    let out = browser.posts("/requests/mine/sign-out", &Vec::new()).await;
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(browser.gets("/requests/mine").await.status, 303, "the old cookie opens nothing");
    house.adds_up();
}

#[tokio::test]
async fn the_receipt_is_on_her_page_once_she_paid() {
    let house = House::open();
    house.guest("Hanako").signs_up().await;
    let number = house.asked(EMAIL).await;
    let mut browser = Browser::new(&house, "en");
    browser.shows_code(&number).await;
    let id = house.request_under(&number).await.id;
    let money = policy::request::Money { amount: 1000, currency: "JPY".to_owned() };
    house.lets_hours_pass(1);
    handle::paid(&house.app, id, "desk".to_owned(), money, "b-1".to_owned()).await.unwrap();
    browser.posts("/requests/enter", &pairs(&[("number", &number), ("email", EMAIL)])).await;
    browser.shows_code(&number).await;
    let mine = browser.gets("/requests/mine").await.text();
    assert!(mine.contains("/requests/mine/receipt") && !mine.contains("Sample Bank"), "{mine}");
    let receipt = browser.gets("/requests/mine/receipt").await;
    // In the language of her letters.
    let said = crate::letters::read_pdf(&receipt.body);
    assert!(
        said.contains("領収書") && said.contains("1,000円") && said.contains("2026年11月22日"),
        "{said}"
    );
}

/// R8.6: somebody without the registered address is known by particulars, which are asked for where they
/// help and nowhere else.
#[tokio::test]
async fn particulars_are_asked_for_where_it_must_be_known_who_asks() {
    let house = House::open();
    let browser = Browser::new(&house, "ja");
    let page = browser.gets("/requests/new?kind=correction&regime=jp").await.text();
    for name in ["particulars.phone", "particulars.birth_date", "particulars.email"] {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name}");
    }
    assert!(!page.contains("particulars.allergy"), "what is sensitive shows nobody's identity");
    for kind in ["complaint", "equivalent_measures"] {
        let page = browser.gets(&format!("/requests/new?kind={kind}&regime=jp")).await.text();
        assert!(!page.contains("particulars."), "{kind}");
    }
    let given = [
        ("name", "見本 花子"),
        ("email", "elsewhere@guest.example"),
        ("grounds", "no_longer_needed"),
        ("particulars.phone", "090-0000-0001"),
        ("particulars.birth_date", " "),
    ];
    let form = browser.form("stop_use", "jp").await;
    let review = browser.reviews(form, &given).await;
    assert!(review.text().contains("電話番号（ご本人の確認用）"), "{}", review.text());
    let sent = browser.sends(&review).await;
    let matter = house.request_under(&number(&sent)).await.matter;
    let offered: Vec<(String, String)> =
        matter.particulars.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    assert_eq!(offered, [("phone".to_owned(), "090-0000-0001".to_owned())]);
    // Too long a one is told at its field and kept.
    let long = "9".repeat(500);
    let form = browser.form("stop_use", "jp").await;
    let wrong = [&given[..3], &[("particulars.phone", long.as_str())]].concat();
    let told = browser.reviews(form, &wrong).await;
    assert!(
        told.status == 422 && told.text().contains("particulars-phone-error"),
        "{}",
        told.text()
    );
}

#[tokio::test]
async fn a_decision_is_told_as_far_as_her_regime_has_it_told() {
    let house = House::open();
    let (jp, eu) = (RefusalGround::SeriousHindrance, RefusalGround::HarmToRights);
    for (regime, ground, told) in [("jp", jp, false), ("eu", eu, true)] {
        let given = [("name", "見本 花子"), ("email", EMAIL)];
        let (number, _) =
            Browser::new(&house, "ja").asks("equivalent_measures", regime, &given).await;
        let refused = vec![RefusedPart { item: None, ground }];
        house.decides(&number, Outcome::Refused, refused).await;
        let mut browser = Browser::new(&house, "ja");
        let enter = pairs(&[("number", &number), ("email", EMAIL)]);
        browser.posts("/requests/enter", &enter).await;
        browser.shows_code(&number).await;
        let mine = browser.gets("/requests/mine").await.text();
        assert!(mine.contains("応じられません"), "{mine}");
        assert_eq!(mine.contains("the court forbids it"), told, "{regime}");
        assert_eq!(mine.contains(ground.words(policy::Language::Ja)), told, "{regime}");
    }
}

#[tokio::test]
async fn the_link_to_an_answer_needs_its_token_its_time_and_a_fresh_code() {
    let house = House::open();
    let given = [("name", "見本 花子"), ("email", EMAIL), ("text", "なぜですか。")];
    let (number, _) = Browser::new(&house, "ja").asks("complaint", "jp", &given).await;
    let id = house.request_under(&number).await.id;
    let decided = handle::Decided {
        outcome: Outcome::Granted,
        refused: Vec::new(),
        alternative: None,
        reason: String::new(),
        reply: Some("お答えはこのとおりです。".to_owned()),
    };
    handle::decide(&house.app, id, "desk".to_owned(), decided).await.unwrap();
    let token = "k7example";
    let parts: [&[u8]; 3] = [b"request answer", &id.0, token.as_bytes()];
    let fingerprint = house.app.keys.fingerprint(&parts).unwrap();
    let ends_at = house.now() + jiff::SignedDuration::from_hours(24);
    request::advance(&house.app, id, "desk".to_owned(), move |request, _, _| {
        request.matter.answer = Some(AnswerLink { fingerprint, ends_at, fetched_at: None });
        Ok(Change::default())
    })
    .await
    .unwrap();

    let mut browser = Browser::new(&house, "ja");
    let link = format!("/requests/answer?n={number}&t={token}");
    for broken in [
        format!("/requests/answer?n={number}&t=other"),
        format!("/requests/answer?n=0000-0000-0000&t={token}"),
        "/requests/answer".to_owned(),
    ] {
        let answer = browser.gets(&broken).await;
        assert_eq!(answer.status, 404);
        assert!(answer.text().contains("このリンクは使えません"));
    }
    let asks = browser.gets(&link).await;
    assert_eq!(asks.status, 200);
    assert!(!asks.text().contains("このとおり"), "the link alone shows nothing");
    let of = |step: &str, code: &str| {
        pairs(&[("n", &number), ("t", token), ("step", step), ("code", code)])
    };
    assert_eq!(browser.posts("/requests/answer", &of("again", "")).await.status, 200);
    let code = house.code_of(&number);
    let came = browser.posts("/requests/answer", &of("code", &code)).await;
    assert_eq!(came.status, 303);
    assert_eq!(came.header("location").unwrap(), format!("{link}&lang=ja"));
    browser.cookie = came.header("set-cookie").unwrap().split(';').next().map(str::to_owned);
    assert!(browser.gets(&link).await.text().contains("お答えはこのとおりです。"));
    let fetched = house.request_under(&number).await.matter.answer.unwrap().fetched_at;
    assert_eq!(fetched, Some(house.now()));
    // Eleven minutes later the session still shows her page, and the answer asks for a fresh code.
    house.lets_seconds_pass(11 * 60);
    assert_eq!(browser.gets("/requests/mine").await.status, 200);
    assert!(!browser.gets(&link).await.text().contains("このとおり"));
    house.lets_hours_pass(24);
    let over = browser.gets(&link).await;
    assert_eq!(over.status, 410);
    assert!(over.text().contains("期限が過ぎました"));
}
