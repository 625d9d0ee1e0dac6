//! Data sets at the desk: of a file and of what is held, from the first form to the recipient; who may do
//! what; wrong input, with everything typed kept; what is left of a run that was stopped (R6.1 to R6.4,
//! R7.1 to R7.5).

use anonymise::Language;
use policy::StaffRole;
use policy::record::Act;

use crate::house::{Answer, House};
use crate::staff::{Member, form, leads_to, opens};

const NEW: &str = "/desk/datasets/new";
const FILE: &str = "/desk/datasets/file";
const PREPARATION: &str = "/desk/datasets/preparation";
const SETS: &str = "/desk/datasets";

/// Somebody of the staff who makes data sets.
struct Maker<'h> {
    house: &'h House,
    cookie: String,
}

/// Every field of the forms on a page as a browser would send it: what is typed, chosen and ticked.
fn fields(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(tag[from..].split('"').next().unwrap().replace("&amp;", "&"))
    };
    let (mut found, mut select) = (Vec::new(), None);
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let value = attribute(tag, "value").unwrap_or_default();
        if tag.starts_with("select ") {
            select = attribute(tag, "name");
        } else if tag.starts_with("option ") && tag.ends_with(" selected") {
            found.extend(select.clone().map(|name| (name, value)));
        } else if tag.starts_with("input ") {
            let is_choice = tag.contains("\"radio\"") || tag.contains("\"checkbox\"");
            if !is_choice || tag.contains(" checked") {
                found.extend(attribute(tag, "name").map(|name| (name, value)));
            }
        }
    }
    found
}

impl<'h> Maker<'h> {
    async fn sits(house: &'h House, login: &str, role: StaffRole) -> Self {
        let (_, cookie) = Member::joins(house, login, role).await;
        Self { house, cookie }
    }

    async fn sees(&self, path: &str) -> Answer {
        opens(self.house, path, &self.cookie).await
    }

    async fn reads(&self, path: &str) -> String {
        let answer = self.sees(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(!answer.text().contains("<script"), "it works without scripts");
        answer.text()
    }

    async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        form(self.house, path, fields).header("cookie", &self.cookie).go().await
    }

    async fn uploads(&self, name: &str, bytes: &[u8], changes: &[(&str, &str)]) -> Answer {
        let mut body = Vec::new();
        let first =
            [("kind", "anonymised"), ("purpose", "support"), ("encoding", ""), ("delimiter", ",")];
        for (field, value) in first {
            let value = changes.iter().find(|(known, _)| *known == field).map_or(value, |(_, v)| v);
            let part = format!(
                "--x\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.into_bytes());
        }
        let head = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--x--\r\n");
        let call = form(self.house, FILE, &[]).header("cookie", &self.cookie).body(body);
        call.header("content-type", "multipart/form-data; boundary=x").go().await
    }

    /// Sends the form of the preparation as it stands, with these fields otherwise.
    async fn goes_on(&self, act: &str, changes: &[(&str, &str)]) -> Answer {
        let page = self.settled().await;
        let mut all = fields(&page);
        all.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let mut all: Vec<(&str, &str)> =
            all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        all.extend(changes);
        all.push(("act", act));
        self.sends(PREPARATION, &all).await
    }

    /// The page of the preparation, once nothing is done behind it any more.
    async fn settled(&self) -> String {
        loop {
            let answer = self.sees(PREPARATION).await;
            if answer.status == 303 {
                return leads_to(&answer).to_owned();
            }
            assert_eq!(answer.status, 200, "{}", answer.text());
            if answer.header("refresh").is_none() {
                return answer.text();
            }
            tokio::task::yield_now().await;
        }
    }

    /// Sees what will be published, and has the set made.
    async fn makes(&self) {
        for act in ["preview", "make"] {
            assert_eq!(leads_to(&self.goes_on(act, &[]).await), PREPARATION);
        }
    }

    /// The id of the set that a preparation came to.
    async fn made(&self) -> String {
        let to = self.settled().await;
        let id = to.strip_prefix("/desk/datasets/").and_then(|to| to.strip_suffix("?done=made"));
        id.unwrap_or_else(|| panic!("{to}")).to_owned()
    }
}

/// What a page says of published sets, set by set.
fn published_parts(page: &str) -> Vec<String> {
    let parts = page.split("<section>").skip(1);
    let parts = parts.map(|part| part.split("</section>").next().unwrap().to_owned());
    parts.filter(|part| part.contains("class=\"since\"")).collect()
}

fn visits() -> String {
    datasets::sample(600, Language::En)
}

/// A table whose ways of generalising nobody looks at to the end: some 10^17 of them.
fn endless() -> String {
    let mut drawn = 7_u32;
    let mut row = || {
        let cells = (0..24).map(|_| {
            drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (drawn >> 16 & 63).to_string()
        });
        cells.collect::<Vec<_>>().join(",")
    };
    let names: Vec<String> = (0..24).map(|n| format!("measure_{n}")).collect();
    let rows: Vec<String> = (0..3000).map(|_| row()).collect();
    format!("{}\n{}\n", names.join(","), rows.join("\n"))
}

fn sets(house: &House) -> Vec<&'static str> {
    let kinds = house.records();
    let kinds = kinds.iter().map(|record| record.act.kind());
    kinds.filter(|kind| kind.starts_with("dataset") || *kind == "method_seen").collect()
}

#[tokio::test]
async fn a_file_becomes_an_anonymised_set_from_the_upload_to_its_recipient() {
    let house = House::open();
    let rin = Maker::sits(&house, "rin", StaffRole::Officer).await;
    assert!(rin.reads("/desk").await.contains(SETS), "somebody at the desk finds it");
    assert!(rin.reads(SETS).await.contains("There is none yet"));
    assert!(rin.reads(NEW).await.contains("From what is held"));
    let page = rin.reads(&format!("{NEW}?kind=anonymised&from=file&purpose=support")).await;
    assert!(page.contains("type=\"file\"") && page.contains("16 MB"), "{page}");

    // Each column gets a suggestion, and no value is shown.
    assert_eq!(leads_to(&rin.uploads("visits.csv", visits().as_bytes(), &[]).await), PREPARATION);
    let page = rin.settled().await;
    for word in
        ["visits.csv", "member_id", "a cell looks like an e-mail address", "rows are like no other"]
    {
        assert!(page.contains(word), "{word}: {page}");
    }
    assert!(!page.contains("@guest.example") && !page.contains("M-0"), "{page}");
    let suggested = fields(&page);
    let role = |at: usize| {
        let name = format!("column.{at}.role");
        suggested.iter().find(|(known, _)| *known == name).map(|(_, role)| role.as_str())
    };
    assert_eq!((role(0), role(2)), (Some("linking_code"), Some("identifying")));
    assert_eq!((role(3), role(6)), (Some("quasi_identifying"), Some("sensitive")));
    let k = suggested.iter().find(|(name, _)| name == "k").unwrap();
    assert_eq!(k.1, "10", "R7.2");

    // What is lost against what risk remains, as a plot and as a table.
    let changes = [
        ("person", ""),
        ("each", "yes"),
        ("column.4.ja", "申告の性別"),
        ("column.4.en", "Gender as told"),
        ("column.7.role", "identifying"),
    ];
    assert_eq!(leads_to(&rin.goes_on("columns", &changes).await), PREPARATION);
    let page = rin.settled().await;
    for word in
        ["<svg", "What is lost", "Average risk", "the best", "Gender as told: ", "role=\"img\""]
    {
        assert!(page.contains(word), "{word}: {page}");
    }
    assert!(page.matches("name=\"way\"").count() > 1, "there are others to choose from");

    // What anybody will read of it is shown first, in both languages; nothing is published yet (R7.3).
    // It gets a name, which is suggested and has to be plain.
    let first = fields(&page).into_iter().find(|(field, _)| field == "name.en").unwrap().1;
    assert!(first.starts_with("To give guidance and answer inquiries, "), "{first}");
    for wrong in ["", "Visits\u{202e}stisiV"] {
        let told = rin.goes_on("preview", &[("way", "1"), ("name.en", wrong)]).await;
        let page = told.text();
        assert!(told.status == 422 && page.contains("up to 120 characters"), "{page}");
        assert!(fields(&page).contains(&("way".to_owned(), "1".to_owned())), "{page}");
    }
    let chosen = [("way", "1"), ("name.ja", "来店の集計"), ("name.en", "Visits of this year")];
    assert_eq!(leads_to(&rin.goes_on("preview", &chosen).await), PREPARATION);
    let preview = rin.settled().await;
    for word in
        ["申告の性別", "Gender as told", "匿名加工情報", "来店の集計", "Visits of this year"]
    {
        assert!(preview.contains(word), "{word}: {preview}");
    }
    assert!(!preview.contains("email"), "what is left out is not published: {preview}");
    let will_be = published_parts(&preview);
    assert!(!will_be.concat().contains("birth_date"), "hidden in every row: {will_be:?}");
    assert_eq!(will_be.len(), 2);
    let open = house.get("/datasets?lang=en").by_nobody().go().await.text();
    assert!(open.contains("There is none to be published") && sets(&house).is_empty(), "{open}");
    // Back, with what was chosen; nothing is made from there.
    assert_eq!(leads_to(&rin.goes_on("ready", &[]).await), PREPARATION);
    let page = rin.settled().await;
    for (field, typed) in chosen {
        assert!(fields(&page).contains(&(field.to_owned(), typed.to_owned())), "{field}: {page}");
    }
    rin.goes_on("make", &[]).await;
    assert!(rin.settled().await.contains("name=\"way\""), "only from the preview");
    rin.goes_on("preview", &[]).await;

    // It is made, and in the ledger before it is shown.
    // A button that is pressed twice makes one.
    let ready = fields(&rin.settled().await);
    let mut form: Vec<(&str, &str)> = ready.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    form.push(("act", "make"));
    let (once, twice) = tokio::join!(rin.sends(PREPARATION, &form), rin.sends(PREPARATION, &form));
    assert_eq!((once.status, twice.status), (303, 303));
    let id = rin.made().await;
    assert_eq!(sets(&house), ["dataset_made"]);
    let records = house.records();
    let Act::DatasetMade(made) = &records.last().unwrap().act else { panic!("{records:?}") };
    assert_eq!((made.dataset.to_string(), made.purpose.as_str()), (id.clone(), "support"));
    assert_eq!(
        (made.name.ja.as_str(), made.name.en.as_str()),
        ("来店の集計", "Visits of this year")
    );
    assert!(made.items.is_empty(), "its columns are no items of the policy");
    assert!(records.last().unwrap().by.starts_with("stf_"), "who made it is on record");
    let manifest: datasets::Manifest = serde_json::from_str(&made.manifest).unwrap();
    assert!(!manifest.settings.levels.is_empty() && !manifest.proven, "another way was chosen");

    let path = format!("{SETS}/{id}");
    let page = rin.reads(&path).await;
    for word in ["Rules 34(1)", "Rules 34(5)", "Highest risk", "The whole report", "Gender as told"]
    {
        assert!(page.contains(word), "{word}: {page}");
    }
    assert_eq!(page.matches(">holds<").count(), 5, "five standards, each with evidence (R7.1)");
    let file = rin.sees(&format!("{path}/file")).await;
    assert!(file.header("content-type").unwrap().starts_with("text/csv"));
    assert!(file.text().starts_with("birth_date,gender,area,allergy,party\n"), "{}", file.text());
    // What is a star in every row is said, and is no item that is published (R7.3).
    assert!(page.contains("`birth_date` is a star in every row"), "{page}");
    let report = rin.reads(&format!("{path}/report")).await;
    assert!(report.contains("Risks that remain"));
    // From there back to the set, and to the other language.
    assert!(report.contains(&format!("<a href=\"{path}\">← Visits of this year</a>")), "{report}");
    assert!(report.contains("action=\"/desk/language\"") && report.contains("日本語"), "{report}");
    assert!(rin.reads(SETS).await.contains(&format!("href=\"{path}\">Visits of this year</a>")));
    assert!(page.contains("<h1>Visits of this year</h1>") && !page.contains(&format!(">{id}<")));
    assert!(
        file.header("content-disposition").unwrap().ends_with("Visits%20of%20this%20year.csv"),
        "{file:?}"
    );
    let published = house.get("/datasets?lang=ja").by_nobody().go().await.text();
    assert_eq!(published_parts(&published), will_be[..1], "at once, and as shown (Rules 36; R7.3)");

    // An officer neither provides nor erases it, nor sees what would restore its source (Rules 35).
    let provision = [
        ("act", "provide"),
        ("recipient", "Mihon Research"),
        ("basis", "anonymised"),
        ("method.ja", "暗号化したファイルの送付"),
        ("method.en", "By an encrypted file"),
    ];
    for act in [&provision[..], &[("act", "end"), ("confirm", "yes")], &[("act", "method")]] {
        assert_eq!(rin.sends(&path, act).await.status, 403);
    }
    assert!(!page.contains("name=\"recipient\""), "{page}");
    assert_eq!(sets(&house), ["dataset_made"]);

    let aki = Maker::sits(&house, "aki", StaffRole::Manager).await;
    // Nothing typed is lost.
    let told = aki.sends(&path, &provision[..4]).await;
    assert_eq!(told.status, 422);
    assert!(
        told.text().contains("Mihon Research") && told.text().contains("暗号化"),
        "{}",
        told.text()
    );
    // What will be published, and what the recipient is told, is shown first (R7.4).
    let preview = aki.sends(&path, &provision).await;
    let told = preview.text();
    assert_eq!(preview.status, 200, "{told}");
    for word in ["By an encrypted file", "暗号化したファイルの送付", "Mihon Research 御中"]
    {
        assert!(told.contains(word), "{word}: {told}");
    }
    let open = house.get("/datasets?lang=en").by_nobody().go().await.text();
    assert!(!open.contains("By an encrypted file"), "{open}");
    let pressed = |seen: &str| {
        let mut all = fields(&told);
        all.push(("seen".to_owned(), seen.to_owned()));
        all
    };
    let sends = async |seen: &str| {
        let all = pressed(seen);
        let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        aki.sends(&path, &all).await
    };
    let back = sends("back").await;
    assert!(
        back.status == 200 && back.text().contains("value=\"Mihon Research\""),
        "nothing is lost"
    );
    assert_eq!(sets(&house), ["dataset_made"]);
    assert_eq!(leads_to(&sends("yes").await), format!("{path}?done=provide"));
    let page = aki.reads(&path).await;
    assert!(
        page.contains("Mihon Research 御中") && page.contains("By an encrypted file"),
        "{page}"
    );
    let published = house.get("/datasets?lang=en").by_nobody().go().await.text();
    assert!(published.contains("By an encrypted file"), "(Rules 37; R7.4)");

    // Each look at the method is on record first (R7.5); erasing takes a tick.
    let seen = aki.sends(&path, &[("act", "method")]).await;
    assert!(seen.status == 200 && seen.text().contains("seed"), "{}", seen.text());
    assert_eq!(aki.sends(&path, &[("act", "end")]).await.status, 422);
    assert_eq!(leads_to(&aki.sends(&path, &[("act", "end"), ("confirm", "yes")]).await), SETS);
    assert_eq!(sets(&house), ["dataset_made", "dataset_provided", "method_seen", "dataset_ended"]);
    assert_eq!(aki.sees(&path).await.status, 404);
    assert!(aki.reads(SETS).await.contains("erased"));
    house.adds_up();
}

#[tokio::test]
async fn what_is_held_becomes_a_set_through_the_gate() {
    let house = House::open();
    for n in 0..30 {
        let guest = house
            .guest(&format!("Mihon Taro {n}"))
            .with("birth_date", &format!("198{}-{:02}-15", n % 10, 1 + n % 12))
            .with("gender", if n % 2 == 0 { "female" } else { "male" });
        if n > 4 { guest.answers("marketing", "given") } else { guest }.signs_up().await;
    }
    let rin = Maker::sits(&house, "rin", StaffRole::Officer).await;
    // Only purposes for which something is held that a set can be made of; the others are named apart.
    let asked = format!("{NEW}?kind=anonymised&from=held");
    let page = rin.reads(&asked).await;
    let main = page.split_once("<main").unwrap().1;
    let (offered, apart) = main.split_once("</form>").unwrap();
    for (purpose, words) in [("marketing", "Other marketing"), ("support", "To give guidance")] {
        assert!(offered.contains(&format!("value=\"{purpose}\"")), "{purpose}: {offered}");
        assert!(!apart.contains(words), "{purpose}: {apart}");
    }
    for (purpose, words) in
        [("statistics", "To make statistics"), ("incidental", "What goes along")]
    {
        assert!(!offered.contains(&format!("value=\"{purpose}\"")), "{purpose}: {offered}");
        assert!(apart.contains(words), "{purpose}: {apart}");
    }
    // And only items that can stay in a set, by what the policy calls them.
    let page = rin.reads(&format!("{asked}&purpose=marketing")).await;
    assert!(!page.contains("value=\"name\""), "{page}");
    assert!(page.contains("would be removed: Name, E-mail address, Telephone number."), "{page}");
    assert!(page.contains("Date of birth") && !page.contains("value=\"email\""), "{page}");
    let first = [("kind", "anonymised"), ("purpose", "marketing")];
    assert!(rin.sends(NEW, &first).await.text().contains("choose one item at least"));
    let items = [&first[..], &[("items", "birth_date"), ("items", "gender")]].concat();
    assert_eq!(leads_to(&rin.sends(NEW, &items).await), PREPARATION);
    let page = rin.settled().await;
    assert!(page.contains("25 rows") && page.contains("5 (no consent)"), "{page}");
    assert!(!page.contains("198"), "no value is shown: {page}");
    let names = page.contains(">Date of birth</h2>") && !page.contains(">birth_date<");
    assert!(names, "as the policy calls it: {page}");
    assert!(!page.contains("name=\"person\""), "whoever is held has one row: {page}");
    assert_eq!(leads_to(&rin.goes_on("columns", &[("k", "5")]).await), PREPARATION);
    rin.makes().await;
    let id = rin.made().await;
    let page = rin.reads(&format!("{SETS}/{id}")).await;
    assert!(page.contains("No way of generalising whole columns loses less"), "{page}");
    // Whoever is in it was asked for twice: to look at the columns, and when it was made.
    let used = |record: &policy::Record| matches!(&record.act, Act::Used { purpose, .. } if purpose.as_str() == "marketing");
    assert_eq!(house.records().iter().filter(|record| used(record)).count(), 50);

    // A pseudonymised one has no ways to choose from, and keeps a token for each person (R6.1).
    let pseudo = [("kind", "pseudonymised"), ("purpose", "marketing"), ("items", "gender")];
    rin.sends(NEW, &pseudo).await;
    rin.goes_on("columns", &[("column.0.role", "insensitive")]).await;
    let page = rin.settled().await;
    assert!(page.contains("kept as it is") && !page.contains("<svg"), "{page}");
    rin.makes().await;
    let path = format!("{SETS}/{}", rin.made().await);
    let page = rin.reads(&path).await;
    assert_eq!(page.matches(">holds<").count(), 3, "{page}");
    assert!(rin.sees(&format!("{path}/file")).await.text().starts_with("gender,person\n"));
    // It goes to no third party, on no basis (R6.3); the refusal is on record.
    let aki = Maker::sits(&house, "aki", StaffRole::Manager).await;
    assert!(!aki.reads(&path).await.contains("value=\"consent\""));
    let to = |basis| {
        [
            ("act", "provide"),
            ("recipient", "Mihon Research"),
            ("basis", basis),
            ("method.ja", "送付"),
            ("method.en", "sent"),
        ]
    };
    for basis in ["entrustment", "anonymised", "consent"] {
        let refused = aki.sends(&path, &to(basis)).await;
        assert!(
            refused.status == 409 && refused.text().contains("The refusal is on record"),
            "{basis}"
        );
    }
    assert_eq!(sets(&house).iter().filter(|kind| **kind == "dataset_refused").count(), 3);

    // What a law asks for takes two of the staff: the manager approves, somebody else provides it, once.
    let approval = [("act", "approve"), ("recipient", "The court"), ("basis", "law")];
    assert_eq!(rin.sends(&path, &approval).await.status, 403);
    let told = aki.sends(&path, &approval).await;
    assert!(told.status == 422 && told.text().contains("value=\"The court\""), "{}", told.text());
    let approval = [&approval[..], &[("reason", "order-2026-118")]].concat();
    assert_eq!(leads_to(&aki.sends(&path, &approval).await), format!("{path}?done=approve"));
    assert!(aki.reads(&path).await.contains("Somebody else provides what you approved"));
    let page = rin.reads(&path).await;
    assert!(page.contains("The court — A law asks for it — order-2026-118"), "{page}");
    let approved = fields(&page).into_iter().find(|(field, _)| field == "approval").unwrap().1;
    let carried = [
        ("act", "carry-out"),
        ("approval", approved.as_str()),
        ("method.ja", "書留で送付"),
        ("method.en", "By registered post"),
    ];
    let refused = aki.sends(&path, &carried).await;
    assert!(refused.status == 409 && refused.text().contains("anybody but whoever gave it"));
    let told = rin.sends(&path, &carried[..3]).await;
    assert!(told.status == 422 && told.text().contains("value=\"書留で送付\""), "{}", told.text());
    assert_eq!(leads_to(&rin.sends(&path, &carried).await), format!("{path}?done=carry-out"));
    assert_eq!(rin.sends(&path, &carried).await.status, 409, "it is good once");
    assert!(!rin.reads(&path).await.contains("name=\"approval\""));
    let law = |record: &&policy::Record| matches!(&record.act, Act::DatasetProvided(of) if of.basis == "law: order-2026-118");
    assert_eq!(house.records().iter().filter(law).count(), 1);
    house.adds_up();
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost() {
    let house = House::open();
    let rin = Maker::sits(&house, "rin", StaffRole::Officer).await;
    let wide: Vec<String> = (0..61).map(|n| format!("c{n}")).collect();
    // Its rows do not fit, and are not looked at.
    let wide = format!("{}\n1\n", wide.join(","));
    let large = vec![b'a'; (16 << 20) + 1];
    for (name, bytes, changes, told) in [
        ("", &b""[..], &[][..], "Please choose a file"),
        ("x.xlsx", b"PK\x03\x04\x14", &[], "save it as CSV"),
        ("x.bin", b"a,b\n\0,2\n", &[], "save it as CSV"),
        ("x.csv", b"age;area\n1;2\n", &[], "There is one column only"),
        ("x.csv", b"age,area\n1,2,3\n", &[], "line 2"),
        ("x.csv", b"age,area\n", &[], "there are no rows"),
        ("x.csv", b"age,age\n1,2\n", &[], "named twice"),
        ("x.csv", b"age,area\n1,\xff\n", &[("encoding", "utf8")], "this is not UTF-8"),
        ("x.csv", wide.as_bytes(), &[], "60 can be looked at here"),
        ("x.csv", &large, &[], "too large; 16 MB are taken"),
    ] {
        let wrong = rin.uploads(name, bytes, changes).await;
        let text = wrong.text();
        assert!(wrong.status == 422 && text.contains(told), "{told}: {text}");
        assert!(text.contains("value=\"support\" selected"), "what was chosen stands");
    }
    // Shift_JIS is known by itself; another separator when it is named.
    let sjis = b"\x94\x4e\x97\xee,\x92\x6e\x88\xe6\n20,1\n30,2\n";
    assert_eq!(leads_to(&rin.uploads("x.csv", sjis, &[]).await), PREPARATION);
    assert!(rin.settled().await.contains("年齢"), "{}", rin.settled().await);
    let tabs = rin.uploads("x.tsv", b"age\tarea\n1\t2\n", &[("delimiter", "\t")]).await;
    assert_eq!(leads_to(&tabs), PREPARATION);

    // k below five, a share beyond half, widths that do not fit: each at its field (R7.2).
    rin.uploads("visits.csv", visits().as_bytes(), &[]).await;
    for (changes, told) in [
        // R7.2: rows are counted in the place of people only where somebody says so.
        (&[("person", "")][..], "Several rows have the same value of `member_id`"),
        (&[("k", "4"), ("column.3.en", "Born")], "Please give a k of 5 or more; 10 is usual."),
        (&[("k", "ten"), ("column.3.en", "Born")], "Please give a k of 5 or more"),
        (&[("column.3.ja", "生ま\u{202e}れた年")], "one line, up to 100 characters"),
        (&[("limit", "51"), ("column.3.en", "Born")], "from 0 to 50"),
        (&[("column.8.steps", "2, x"), ("column.3.en", "Born")], "numbers with commas"),
        (&[("column.8.steps", "2, 3"), ("column.3.en", "Born")], "multiple of the one before"),
        (&[("column.6.l", "1"), ("column.3.en", "Born")], "an l of 2 or more"),
        (&[("person", "gender"), ("column.3.en", "Born")], "it has to be left out"),
    ] {
        let wrong = rin.goes_on("columns", changes).await;
        let mut text = wrong.text();
        if wrong.status == 303 {
            text = rin.settled().await;
        } else {
            assert_eq!(wrong.status, 422, "{told}: {text}");
        }
        assert!(text.contains(told) && text.contains("-wrong\""), "{told}: {text}");
        for (field, typed) in changes {
            assert!(fields(&text).contains(&((*field).to_owned(), (*typed).to_owned())), "{field}");
        }
        let sound = [
            ("k", "１０"),
            ("limit", "5%"),
            ("column.8.steps", "2、4"),
            ("column.6.l", "2"),
            ("column.3.ja", "生まれた年"),
            ("person", ""),
            ("each", "yes"),
        ];
        // As people type it; then back to the columns for the next.
        assert_eq!(leads_to(&rin.goes_on("columns", &sound).await), PREPARATION);
        assert!(rin.settled().await.contains("name=\"way\""), "{told}");
        rin.goes_on("back", &[]).await;
    }

    // No way at all: which model stands in the way, and what would help.
    let few = "age,area,illness\n".to_owned() + &"30,a,none\n".repeat(7);
    rin.uploads("few.csv", few.as_bytes(), &[]).await;
    rin.goes_on(
        "columns",
        &[("column.0.role", "quasi_identifying"), ("column.2.role", "sensitive")],
    )
    .await;
    let page = rin.settled().await;
    assert!(page.contains("ask for a k of 7 at most"), "{page}");
    assert!(
        page.contains("has 1 different values") && page.contains("look at its role again"),
        "{page}"
    );
    // A standard that is not met, at its column (Rules 34(1)).
    let told: Vec<String> =
        (0..40).map(|n| format!("a{n}@b.example,{},For a{n}@b.example\n", n % 2)).collect();
    let told = format!("code,sex,note\n{}", told.concat());
    rin.uploads("notes.csv", told.as_bytes(), &[("kind", "pseudonymised")]).await;
    let why = [("column.2.sure", "yes"), ("column.2.confirmed", "the shop’s own")];
    rin.goes_on("columns", &[&[("column.2.role", "insensitive")][..], &why].concat()).await;
    rin.makes().await;
    let page = rin.settled().await;
    assert!(
        page.contains("Rules 31(1) is not met") && page.contains("columns-column-2-wrong"),
        "{page}"
    );
    // Nobody agreed to it.
    house.guest("Hanako").signs_up().await;
    rin.sends(NEW, &[("kind", "anonymised"), ("purpose", "marketing"), ("items", "gender")]).await;
    let page = rin.settled().await;
    assert!(page.contains("There is nobody whose information may be used"), "{page}");
    assert!(fields(&page).contains(&("items".to_owned(), "gender".to_owned())), "{page}");
    assert!(sets(&house).is_empty(), "nothing was made");
}

#[tokio::test]
async fn what_is_called_identifying_stays_only_with_a_tick_and_a_reason() {
    // R7.1; decision 0066.
    let house = House::open();
    let rin = Maker::sits(&house, "rin", StaffRole::Officer).await;
    let rows: Vec<String> = (0..60)
        .map(|n| {
            let seat = ["window", "corner"][n % 2];
            format!("{},{},03-1234-567{},{seat}\n", ["Aoi", "Ren"][n % 2], n / 30, n % 2)
        })
        .collect();
    let table = format!("name,sex,shop,seat\n{}", rows.concat());
    rin.uploads("visits.csv", table.as_bytes(), &[]).await;
    let page = rin.settled().await;
    let (each, shop) = (("each", "yes"), ("column.2.role", "insensitive"));
    assert!(page.contains("column.0.confirmed"), "{page}");
    // What tells people apart stays as it stands only so (Rules 34(5)).
    let plain = rin.goes_on("columns", &[each, ("column.3.role", "insensitive")]).await;
    assert_eq!(plain.status, 422);
    assert!(plain.text().contains("so that it is generalised, or make sure"), "{}", plain.text());
    let why = "the shop’s own number, which is on its door";
    for given in [
        &[][..],
        &[("column.2.confirmed", why)],
        &[("column.2.sure", "yes"), ("column.2.confirmed", "  ")],
    ] {
        let refused = rin.goes_on("columns", &[&[each, shop][..], given].concat()).await;
        let text = refused.text();
        assert_eq!(refused.status, 422, "{given:?}: {text}");
        for words in ["columns-column-2-confirmed-wrong", "a cell looks like a telephone number"] {
            assert!(text.contains(words), "{given:?}: {words}: {text}");
        }
        assert!(!text.contains("03-1234"), "no value is told: {text}");
        for (field, typed) in given {
            assert!(fields(&text).contains(&((*field).to_owned(), (*typed).to_owned())), "{field}");
        }
    }
    let seat = ("column.3.role", "quasi_identifying");
    let said = [each, seat, shop, ("column.2.sure", "yes"), ("column.2.confirmed", why)];
    assert_eq!(leads_to(&rin.goes_on("columns", &said).await), PREPARATION);
    assert!(rin.settled().await.contains(why), "it is shown once more before the set is made");
    rin.makes().await;
    let path = format!("{SETS}/{}", rin.made().await);
    assert!(rin.reads(&path).await.contains(why), "it is in the evidence of the standard");
    let records = house.records();
    let Act::DatasetMade(made) = &records.last().unwrap().act else { panic!("{records:?}") };
    assert!(made.manifest.contains(why), "in the ledger");
    assert!(records.last().unwrap().by.starts_with("stf_"), "with who said it");
    house.adds_up();
}

#[tokio::test]
async fn a_run_that_is_stopped_leaves_nothing_and_preparations_are_forgotten() {
    let house = House::open();
    let (member, cookie) = Member::joins(&house, "rin", StaffRole::Officer).await;
    let rin = Maker { house: &house, cookie };
    let sou = Maker::sits(&house, "sou", StaffRole::Officer).await;
    let endless = endless();
    let uploads = async || {
        assert_eq!(
            leads_to(&rin.uploads("endless.csv", endless.as_bytes(), &[]).await),
            PREPARATION
        );
    };
    uploads().await;
    assert_eq!(leads_to(&sou.sees(PREPARATION).await), NEW, "it is hers alone");

    // The page says how far it is, and comes again by itself until it is stopped.
    let preparation = fields(&rin.settled().await);
    let preparation = preparation.iter().find(|(name, _)| name == "preparation").unwrap().1.clone();
    let each = [("person", ""), ("each", "yes")];
    let presses =
        async |act| rin.sends(PREPARATION, &[("preparation", &preparation), ("act", act)]).await;
    rin.goes_on("columns", &each).await;
    let page = rin.sees(PREPARATION).await;
    let again = Some("2; url=/desk/datasets/preparation");
    assert_eq!(page.header("refresh"), again);
    assert!(
        page.text().contains("rows read") && page.text().contains("<progress"),
        "{}",
        page.text()
    );
    let stopping = presses("stop").await;
    assert!(stopping.status == 200 && stopping.text().contains("Stopping…"), "told at once");
    assert_eq!(stopping.header("refresh"), again, "and the page before comes by itself");
    let page = rin.settled().await;
    assert!(page.contains("It was stopped; nothing was made"), "{page}");
    assert!(page.contains("column.3.role"), "back at the columns");
    // With the best so far; then while the set is made.
    rin.goes_on("columns", &each).await;
    while !rin.sees(PREPARATION).await.text().contains("value=\"enough\"") {
        tokio::task::yield_now().await;
    }
    presses("enough").await;
    let page = rin.settled().await;
    assert!(page.contains("not proven") && page.contains("name=\"way\""), "{page}");
    rin.makes().await;
    assert!(presses("stop").await.text().contains("Stopping…"));
    assert!(rin.settled().await.contains("It was stopped"), "while it is made");
    assert_eq!((house.rows()["datasets"], sets(&house).len()), (0, 0));

    // An old page changes nothing; what is put away is gone.
    uploads().await;
    rin.sends(PREPARATION, &[("preparation", &preparation), ("act", "discard")]).await;
    assert!(rin.settled().await.contains("column.3.role"), "another one is on its way");
    rin.goes_on("discard", &[]).await;
    assert_eq!(leads_to(&rin.sees(PREPARATION).await), NEW);
    // After half an hour without a look at it, and when she signs out.
    uploads().await;
    for minutes in [29, 20, 20] {
        house.lets_seconds_pass(minutes * 60);
        assert_eq!(rin.sees(if minutes == 29 { PREPARATION } else { "/desk" }).await.status, 200);
    }
    assert_eq!(leads_to(&rin.sees(PREPARATION).await), NEW);
    uploads().await;
    assert_eq!(rin.sends("/desk/sign-out", &[]).await.status, 303);
    let rin = Maker { house: &house, cookie: member.signs_in().await };
    assert_eq!(leads_to(&rin.sees(PREPARATION).await), NEW);
    assert_eq!(house.rows()["datasets"], 0);
    house.adds_up();
}
