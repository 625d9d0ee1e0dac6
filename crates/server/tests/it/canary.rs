//! The canary: unmistakable values go through every flow, refused and invalid ones too; afterwards
//! nothing that is kept, logged, measured, published or said in an error holds any of them (S8).

use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};

use crate::disguises::{contains, disguises};
use crate::house::{Answer, Call, House, Store};

/// One guest's values, found nowhere else in the world.
struct Planted {
    name: &'static str,
    email: &'static str,
    phone: &'static str,
    allergy: &'static str,
    password: &'static str,
    card: &'static str,
}

const PLANTED: [Planted; 3] = [
    Planted {
        name: "鸚鵡院 翡翠子",
        email: "kanaria-0417@planted.example",
        phone: "+819041700417",
        allergy: "軟体動物カナリヤ茸",
        password: "perroquet-bleu-0417",
        card: "tok_kanaria0417",
    },
    Planted {
        name: "Zephyrine Quillfeather",
        email: "zephyrine.q@planted.example",
        phone: "+442079460417",
        allergy: "quillfeather nut oil",
        password: "seventeen green parakeets",
        card: "tok_zephyrine99",
    },
    Planted {
        name: "Þórgnýr Ægisson",
        email: "thorgnyr@planted.example",
        phone: "+3545550417",
        allergy: "hákarl og söl",
        password: "páfagaukur og fleira",
        card: "tok_thorgnyr77",
    },
];

impl Planted {
    fn values(&self) -> [&'static str; 6] {
        [self.name, self.email, self.phone, self.allergy, self.password, self.card]
    }
}

/// The planted values that the bytes hold, in any disguise; in one pass.
fn planted_in(haystack: &[u8]) -> Vec<&'static str> {
    static NEEDLES: OnceLock<Vec<(Vec<u8>, &'static str)>> = OnceLock::new();
    let needles = NEEDLES.get_or_init(|| {
        let values = PLANTED.iter().flat_map(Planted::values);
        // Her number as people dial it, too.
        let all = values.chain(["09041700417", "090-4170-0417"]);
        all.flat_map(|value| disguises(value).into_iter().map(move |n| (n, value))).collect()
    });
    let pair = |bytes: &[u8]| usize::from(bytes[0]) << 8 | usize::from(bytes[1]);
    let mut begins = vec![false; 1 << 16];
    for (needle, _) in needles {
        begins[pair(needle)] = true;
    }
    let mut found = Vec::new();
    for at in 0..haystack.len().saturating_sub(1) {
        let rest = &haystack[at..];
        if begins[pair(rest)] {
            let here = needles.iter().filter(|(needle, _)| rest.starts_with(needle));
            found.extend(here.map(|(_, value)| *value));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Everything logged by this process, at the most talkative level that operators use.
fn logs() -> &'static Mutex<Vec<u8>> {
    static LOGS: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();
    struct Tap;
    impl Write for Tap {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let mut kept = logs().lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        let filter = tracing_subscriber::EnvFilter::new("debug");
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Tap).init();
    });
    LOGS.get_or_init(Mutex::default)
}

fn numbers() -> &'static PrometheusHandle {
    static NUMBERS: OnceLock<PrometheusHandle> = OnceLock::new();
    NUMBERS.get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap())
}

/// Goes, and keeps what came back unless it is a value given to whom it was due.
async fn hear(said: &mut Vec<(String, Vec<u8>)>, what: &str, call: Call) -> Answer {
    let answer = call.go().await;
    let due = answer.status < 300 && matches!(what, "use" | "disclosure");
    if !due {
        said.push((format!("the answer to {what} ({})", answer.status), answer.body.to_vec()));
    }
    answer
}

#[test]
fn the_search_finds_a_value_in_every_disguise() {
    let plain = "…{\"name\":\"Zephyrine Quillfeather\"}…";
    for needle in disguises(plain) {
        let around = [b"xx".as_slice(), &needle, b"yy"].concat();
        assert!(contains(&around, &needle));
    }
    for (n, disguised) in [
        plain.as_bytes().to_vec(),
        plain.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        plain.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        HEXLOWER.encode(plain.as_bytes()).into_bytes(),
        HEXUPPER.encode(plain.as_bytes()).into_bytes(),
        BASE64.encode(plain.as_bytes()).into_bytes(),
        BASE64.encode(&plain.as_bytes()[1..]).into_bytes(),
        BASE64URL.encode(&plain.as_bytes()[2..]).into_bytes(),
        b"q=Zephyrine%20Quillfeather".to_vec(),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(planted_in(&disguised), ["Zephyrine Quillfeather"], "disguise {n}");
    }
    assert_eq!(planted_in(b"\\u9e1a\\u9d61\\u9662 \\u7fe1\\u7fe0\\u5b50"), [PLANTED[0].name]);
    assert!(planted_in(b"nothing of the kind").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planted_values_are_nowhere_but_where_they_are_due() {
    logs();
    numbers();
    let house = House::open().on_a_socket().await;
    let (aoi, midori) = (house.store("aoi").await, house.store("midori").await);
    let mut said = Vec::new();
    let nobody = Store::named(&house, "nobody");
    for (n, planted) in PLANTED.iter().enumerate() {
        let form = house
            .guest(planted.name)
            .with("email", planted.email)
            .with("phone", planted.phone)
            .allergic_to(planted.allergy)
            .password(planted.password)
            .card(planted.card);
        // Refused, and invalid in every field, before she is taken in.
        let refusing = form.clone().answers("store_disclosure", "refused");
        hear(&mut said, "a refusal", refusing.sends()).await.problem(403, "refused");
        for wrong in misplaced(planted, &form.body) {
            let answer = hear(&mut said, "a form", house.post("/v1/subjects", &wrong)).await;
            assert!(answer.status >= 400, "{}", answer.text());
        }
        let mut broken = form.body.to_string().into_bytes();
        broken.truncate(broken.len() - 9);
        hear(&mut said, "half a form", form.sends().body(broken)).await.problem(422, "invalid");

        let sent = form.sends().once(&format!("canary-{n}"));
        let taken = hear(&mut said, "sign-up", sent.clone()).await.expect(201);
        hear(&mut said, "sign-up again", sent).await.expect(201);
        let again = house.guest("someone").with("email", planted.email);
        hear(&mut said, "a taken address", again.sends()).await.problem(422, "invalid");
        let guest = crate::house::Guest {
            house: &house,
            id: taken["subject"].as_str().unwrap().to_owned(),
        };
        guest.books(&aoi, &format!("bk-canary-{n}")).await;

        let meal = aoi.asks_for(&guest, &["allergy"]).for_meal();
        let given = hear(&mut said, "disclosure", meal.sends().once(&format!("meal-{n}"))).await;
        assert_eq!(given.expect(201)["items"]["allergy"], planted.allergy);
        hear(&mut said, "disclosure", meal.sends().once(&format!("meal-{n}"))).await.expect(201);
        let door = aoi.asks_for(&guest, &["name", "phone"]);
        let given = hear(&mut said, "disclosure", door.sends()).await.expect(201);
        assert_eq!(given["items"]["phone"], planted.phone);
        let used = guest.is_used("service", &["name", "email", "allergy"]);
        let used = hear(&mut said, "use", used).await.expect(200);
        assert_eq!(used["items"]["email"], planted.email);
        for refused in [
            midori.asks_for(&guest, &["allergy"]).for_meal(),
            aoi.asks_for(&guest, &["password", "credit_card"]),
            nobody.asks_for(&guest, &["name"]),
        ] {
            hear(&mut said, "a refused ask", refused.sends()).await.refused();
        }
        for item in ["name", "email", "phone", "allergy"] {
            let value = if item == "email" { planted.name } else { planted.password };
            let put = hear(&mut said, "a new value", guest.puts(item, value)).await;
            assert!(put.status == 200 || put.status == 422);
        }
        for path in [
            guest.path(&format!("items/{}", percent(planted.email))),
            guest.path(&format!("consents/{}", percent(planted.name))),
            guest.path(&format!("provisions?cursor={}", percent(planted.phone))),
            format!("/v1/subjects/{}/provisions", percent(planted.name)),
            format!("/v1/nothing/{}", percent(planted.password)),
        ] {
            let answer = hear(&mut said, "a strange address", house.get(&path)).await;
            assert!(answer.status >= 400, "{path}");
        }
        for (email, password) in [
            (planted.email, planted.password),
            (planted.email, planted.name),
            (planted.name, planted.password),
        ] {
            let body = json!({ "email": email, "password": password });
            hear(&mut said, "sign-in", house.post("/v1/sign-ins", &body)).await;
        }
        let page = guest.path("provisions");
        let page = hear(&mut said, "her page", house.get(&page)).await.expect(200);
        let opened = openings(&page);
        assert!(opened.len() >= 5, "{page}");
        said.push(("the records on her page".to_owned(), opened.concat()));

        // A failure, too: its cause is logged, and its cause holds no value.
        let flip = "UPDATE items SET version = version + 1 WHERE subject = $1";
        assert!(house.meddles(flip, vec![guest.bytes()]) > 0);
        hear(&mut said, "a failure", door.sends()).await.problem(500, "failure");
    }
    for path in ledger_paths(&house).await {
        let answer = house.get(&path).by_nobody().go().await;
        assert_eq!(answer.status, 200, "{path}");
        said.push((path, answer.body.to_vec()));
    }
    house.adds_up();

    let mut kept = house.ground.everything_kept();
    let known: Vec<&str> = kept
        .iter()
        .filter(|(_, bytes)| contains(bytes, b"bk-canary-2"))
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(!known.is_empty(), "what is in the clear is found, so the search reaches the rows");
    let (ground, _) = house.close().await;
    kept.extend(ground.everything_kept());
    let logged = logs().lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(contains(&logged, b"fail_"), "the log was listened to");
    kept.push(("the log".to_owned(), logged));
    let rendered = numbers().render();
    assert!(rendered.contains("azukari_problems_total"), "the numbers were counted");
    kept.push(("/metrics".to_owned(), rendered.into_bytes()));
    kept.extend(said);
    for (place, bytes) in kept {
        let found = planted_in(&bytes);
        assert!(found.is_empty(), "{found:?} in {place}");
    }
}

/// The form with her values where they do not belong.
fn misplaced(planted: &Planted, good: &Value) -> Vec<Value> {
    let mut forms = Vec::new();
    for value in planted.values() {
        for place in [
            "/regime",
            "/items/email",
            "/items/phone",
            "/items/birth_date",
            "/items/gender",
            "/items/language",
            "/items/blood_type",
            "/consents/0/consent",
            "/consents/0/state",
            "/consents/0/notice",
            "/consents/0/language",
            "/secrets/card/brand",
            "/secrets/card/last4",
        ] {
            let mut form = good.clone();
            let (parent, name) = place.rsplit_once('/').unwrap();
            let parent = form.pointer_mut(parent).unwrap();
            parent[name] = value.into();
            let is_right = (place == "/items/email" && value == planted.email)
                || (place == "/items/phone" && value == planted.phone);
            let fits = place == "/secrets/card/brand" && value.is_ascii();
            if !is_right && !fits {
                forms.push(form);
            }
        }
        for at in ["", "/items", "/secrets", "/consents/0"] {
            let mut form = good.clone();
            form.pointer_mut(at).unwrap()[value] = value.into();
            forms.push(form);
            let mut form = good.clone();
            form.pointer_mut(at).unwrap()[value] = json!([value]);
            forms.push(form);
        }
        forms.push(json!(value));
        forms.push(json!([value]));
    }
    forms
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The records behind a page's openings.
fn openings(page: &Value) -> Vec<Vec<u8>> {
    let crossings = page["provisions"].as_array().unwrap();
    let record = |crossing: &Value| {
        let text = crossing["opening"]["record"].as_str().unwrap().to_owned();
        BASE64.decode(text.as_bytes()).unwrap()
    };
    crossings.iter().map(record).collect()
}

/// Every address under which the ledger's bytes are served.
async fn ledger_paths(house: &House) -> Vec<String> {
    let checkpoint = house.get("/ledger/checkpoint").go().await.text();
    let size: u64 = checkpoint.lines().nth(1).unwrap().parse().unwrap();
    assert!(size < 256, "one tile");
    let mut paths: Vec<String> = (0..size).map(|n| format!("/v1/ledger/proofs/{n}")).collect();
    paths.push("/ledger/checkpoint".to_owned());
    paths.push("/ledger/key".to_owned());
    paths.push(format!("/ledger/tile/0/000.p/{size}"));
    paths.push(format!("/ledger/tile/entries/000.p/{size}"));
    paths
}
