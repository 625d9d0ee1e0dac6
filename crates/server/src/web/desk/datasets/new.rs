//! `/desk/datasets/new`: a data set is begun. First its kind, and whether its rows come from a file or from
//! what is held; then what for, with the file or the items. A file is read in memory and written nowhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use anonymise::Rows;
use axum::extract::multipart::MultipartError;
use axum::extract::{Form, Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use datasets::{Because, Characters, Settings, Table, suggest};
use maud::{Markup, html};
use policy::record::DatasetKind;
use policy::{Document, Item, ItemName, Language, Linked, Purpose, PurposeName};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::columns;
use super::preparation::{Doing, Look, Preparation};
use super::words::{self, said};
use crate::acts::dataset::{Source, spoken};
use crate::acts::everybody::{Asked as AskedOf, identifies};
use crate::error::{Error, FieldError};
use crate::web::desk::page::{Room, page};
use crate::web::desk::requests::form::{Again, Sent, Tried, read_word, word};
use crate::web::desk::requests::words::Say;
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::{Desk, urls};

/// The name of the form.
const ACT: &str = "begin";
/// The largest file that is taken: it is held in memory while somebody works on it.
const MAX_FILE_BYTES: usize = 16 << 20;
/// The largest that is read to its end, so that the browser hears that it is too large.
pub(super) const MAX_UPLOAD_BYTES: usize = 64 << 20;

/// What the address may say.
#[derive(Deserialize, Default)]
pub(super) struct Asked {
    kind: Option<String>,
    from: Option<String>,
    purpose: Option<String>,
}

/// What is to be begun.
struct Begun {
    kind: DatasetKind,
    /// None until it is chosen.
    purpose: Option<PurposeName>,
    file: bool,
}

impl Begun {
    /// What was chosen, with a purpose where the policy has it as the controller's own.
    fn read(kind: &str, from: &str, purpose: &str, document: &Document) -> Option<Self> {
        let is_own =
            |name: &PurposeName| document.purposes.get(name).is_some_and(|purpose| purpose.own_use);
        let purpose = purpose.parse().ok().filter(is_own);
        Some(Self { kind: read_word(kind)?, purpose, file: from == "file" })
    }

    fn of(sent: &Sent, from: &str, document: &Document) -> Option<Self> {
        Self::read(sent.get("kind"), from, sent.get("purpose"), document)
    }
}

/// The form.
pub(super) async fn form(
    State(desk): State<Desk>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let document = desk.app.policy();
    let [kind, from, purpose] = [&asked.kind, &asked.from, &asked.purpose]
        .map(|given| given.as_deref().unwrap_or_default());
    let begun = Begun::read(kind, from, purpose, &document);
    let on_its_way = desk.preparations.with(&desk.app, &staff, |_| ()).is_some();
    let status = StatusCode::OK;
    Ok(match begun {
        Some(begun) => show(&document, &staff, &begun, None, status),
        None => {
            let body = choose(on_its_way, staff.language);
            (status, page(&staff, Some(Room::Datasets), title(staff.language), &body))
                .into_response()
        }
    })
}

pub(super) fn title(language: Language) -> &'static str {
    Say(language).of("データセットの作成", "Make a data set")
}

/// Rows of what is held: the work begins.
pub(super) async fn held(
    State(desk): State<Desk>,
    staff: Staff,
    Form(sent): Form<Sent>,
) -> Result<Response, Trouble> {
    let document = desk.app.policy();
    let begun = Begun::of(&sent, "held", &document);
    let Some(Begun { kind, purpose: Some(purpose), .. }) = &begun else {
        return Ok(Redirect::to(urls::NEW_DATASET).into_response());
    };
    let (kind, purpose) = (*kind, purpose.clone());
    let items: Vec<ItemName> =
        sent.every("items").iter().filter_map(|item| item.parse().ok()).collect();
    if items.is_empty() {
        let none = Say(staff.language)
            .of("項目を一つ以上選んでください。", "Please choose one item at least.");
        let tried = tried(sent, vec![said("items", none)]);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let begun = Begun { kind, purpose: Some(purpose), file: false };
        return Ok(show(&document, &staff, &begun, Some(&tried), status));
    }
    let asked = AskedOf { purpose, items, by: staff.by() };
    let source = Source { kind, asked, file: None };
    let preparation = Preparation::new(source, sent, desk.app.clock.now())?;
    desk.preparations.begin(&desk.app, &staff, preparation)?;
    desk.preparations.work(&desk.app, &staff, Doing::Rows);
    Ok(Redirect::to(urls::DATASET_PREPARATION).into_response())
}

fn tried(sent: Sent, wrong: Vec<FieldError>) -> Tried {
    Tried { act: ACT.to_owned(), sent, wrong, told: None }
}

/// A file as it came.
#[derive(Default)]
struct Upload {
    fields: Vec<(String, String)>,
    name: String,
    bytes: Zeroizing<Vec<u8>>,
    is_too_large: bool,
}

/// Reads the form to its end, whatever is wrong with it: the browser would not hear the answer.
async fn uploaded(mut form: Multipart) -> Result<Upload, MultipartError> {
    let mut upload = Upload::default();
    while let Some(mut part) = form.next_field().await? {
        let field = part.name().unwrap_or_default().to_owned();
        if field != "file" {
            upload.fields.push((field, part.text().await?));
            continue;
        }
        let name = part.file_name().unwrap_or_default();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        upload.name = name.chars().filter(|c| !c.is_control()).take(80).collect();
        while let Some(chunk) = part.chunk().await? {
            if upload.bytes.len() + chunk.len() <= MAX_FILE_BYTES {
                upload.bytes.extend_from_slice(&chunk);
            } else {
                upload.is_too_large = true;
            }
        }
    }
    Ok(upload)
}

/// A file came in.
pub(super) async fn upload(
    State(desk): State<Desk>,
    staff: Staff,
    form: Multipart,
) -> Result<Response, Trouble> {
    let language = staff.language;
    let document = desk.app.policy();
    let upload = match uploaded(form).await {
        Ok(upload) => upload,
        Err(error) => Upload {
            is_too_large: error.status() == StatusCode::PAYLOAD_TOO_LARGE,
            ..Upload::default()
        },
    };
    let Upload { fields, name, bytes, is_too_large } = upload;
    let sent = Sent::of(fields);
    let begun = Begun::of(&sent, "file", &document);
    let purpose = begun.as_ref().and_then(|begun| begun.purpose.clone());
    let (Some(begun), Some(purpose)) = (begun, purpose) else {
        if is_too_large {
            return Err(Error::field("file", "too_large", too_large(language)).into());
        }
        return Ok(Redirect::to(urls::NEW_DATASET).into_response());
    };
    let mut settings = Settings::default();
    if let Some(delimiter) = sent.get("delimiter").chars().next() {
        settings.delimiter = delimiter;
    }
    settings.encoding = sent.word("encoding").unwrap_or_else(|| {
        // What is no UTF-8 is what spreadsheets in Japan write.
        let is_utf8 = std::str::from_utf8(&bytes).is_ok();
        if is_utf8 { Characters::Utf8 } else { Characters::ShiftJis }
    });
    let read = if is_too_large {
        Err(said("file", too_large(language)))
    } else {
        let name = name.clone();
        let reads = move || read(&name, &bytes, &settings, language);
        tokio::task::spawn_blocking(reads).await.map_err(anyhow::Error::from)?
    };
    match read {
        Ok(look) => {
            let asked = AskedOf { purpose, items: Vec::new(), by: staff.by() };
            let file = Some(Arc::clone(&look.table));
            let source = Source { kind: begun.kind, asked, file };
            let mut preparation = Preparation::new(source, sent, desk.app.clock.now())?;
            preparation.file = Some(name);
            preparation.read(Arc::new(look));
            desk.preparations.begin(&desk.app, &staff, preparation)?;
            Ok(Redirect::to(urls::DATASET_PREPARATION).into_response())
        }
        Err(wrong) => {
            let tried = tried(sent, vec![wrong]);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(show(&document, &staff, &begun, Some(&tried), status))
        }
    }
}

fn too_large(language: Language) -> &'static str {
    Say(language).of(
        "ファイルが大きすぎます。16MBまでです。大きな表は、コマンド azukari anonymise で加工できます。",
        "The file is too large; 16 MB are taken. The command `azukari anonymise` takes larger ones.",
    )
}

fn read(
    name: &str,
    bytes: &[u8],
    settings: &Settings,
    language: Language,
) -> Result<Look, FieldError> {
    let say = Say(language);
    if name.is_empty() && bytes.is_empty() {
        return Err(said("file", say.of("ファイルを選んでください。", "Please choose a file.")));
    }
    if bytes.starts_with(b"PK") || bytes.contains(&0) {
        return Err(said("file", say.of(
            "表計算ソフトのファイルや、CSVでないファイルは読めません。CSV形式で保存して、選び直してください。",
            "This is a spreadsheet or no text at all. Please save it as CSV and choose that file.",
        )));
    }
    let told = |error: datasets::Error| said("file", error.sentence(spoken(language)));
    let format = settings.format(name).map_err(told)?;
    // A page that nobody would read is refused before the rows are.
    let header = Rows::open(name, bytes, format).map_err(|error| told(error.into()))?;
    let columns = header.names().len();
    if columns < 2 {
        return Err(said("delimiter", say.of(
            "列が一つしかありません。区切り文字を確かめて、ファイルを選び直してください。",
            "There is one column only. Please look at what separates the fields, and choose the file again.",
        )));
    }
    if columns > columns::MOST {
        return Err(said(
            "file",
            match language {
                Language::Ja => format!(
                    "列が{columns}あります。ここで扱えるのは{}までです。要らない列を除いて、選び直してください。",
                    columns::MOST
                ),
                Language::En => format!(
                    "There are {columns} columns, and {} can be looked at here. Please leave some out and choose the file again.",
                    columns::MOST
                ),
            },
        ));
    }
    let table = Table::read(name, bytes, format, &|_| true).map_err(told)?;
    Ok(Look::new(Arc::new(table), BTreeMap::new()))
}

/// First the kind, and where rows come from.
fn choose(on_its_way: bool, language: Language) -> Markup {
    let say = Say(language);
    let again = Again::new("choose", None, language);
    let kinds = [
        (
            DatasetKind::Anonymised,
            say.of(
                "匿名加工情報（だれの情報か分からないようにし、第三者にも提供できる）",
                "Anonymised: nobody can be told by it; it may be provided to others",
            ),
        ),
        (
            DatasetKind::Pseudonymised,
            say.of("仮名加工情報（社内での利用に限る）", "Pseudonymised: for our own use alone"),
        ),
    ];
    let kinds = kinds.map(|(kind, words)| (word(&kind), words.to_owned()));
    let froms = [
        ("file", say.of("ファイルから（CSV）", "From a file (CSV)")),
        ("held", say.of("お預かりしている情報から", "From what is held")),
    ];
    let froms = froms.map(|(from, words)| (from.to_owned(), words.to_owned()));
    html! {
        @if on_its_way {
            p.told {
                (say.of("作成の途中のものがあります。新しく始めると破棄されます。", "One is on its way. Beginning another one puts it away. "))
                a href=(urls::DATASET_PREPARATION) { (say.of("続きへ", "Go on with it")) }
            }
        }
        form.fields method="get" action=(urls::NEW_DATASET) {
            (again.choices("radio", "kind", say.of("何を作りますか", "What is it to be?"), &kinds, kinds.first().map(|(kind, _)| kind.as_str())))
            (again.choices("radio", "from", say.of("元の情報", "Where its rows come from"), &froms, Some("file")))
            button { (say.of("次へ", "Next")) }
        }
    }
}

/// The purposes that are the controller's own, in the order in which people read them.
fn purposes(document: &Document) -> Vec<(&PurposeName, &Purpose)> {
    let mut purposes: Vec<_> =
        document.purposes.iter().filter(|(_, purpose)| purpose.own_use).collect();
    purposes.sort_by_key(|(_, purpose)| purpose.position);
    purposes
}

/// What is said of purposes where one is to be chosen.
fn about_purposes(language: Language) -> Markup {
    html! {
        p.hint { (Say(language).of("ポリシーで公表している、当社の利用目的から選びます。仮名加工情報では公表されます（第41条第4項）。",
                                   "One of the purposes of the policy that are our own. It is published of a pseudonymised set (Act 41(4)).")) }
    }
}

/// Items with their names.
type Items<'a> = Vec<(&'a ItemName, &'a Item)>;

/// The items that are held for a purpose, in the order in which people read them: those that may become
/// columns, and those that could only be removed from a set, as they find a person or name one.
fn held_for<'a>(document: &'a Document, purpose: &PurposeName) -> (Items<'a>, Items<'a>) {
    let held = |item: &Item| item.linked == Linked::Person && item.purposes.contains(purpose);
    let mut items: Vec<_> = document.items.iter().filter(|(_, item)| held(item)).collect();
    items.sort_by_key(|(_, item)| item.position);
    items.into_iter().partition(|(name, item)| !identifies(item) && !names_somebody(name, item))
}

/// Whether an item is of those that name a person or lead to one, as far as its own names tell.
fn names_somebody(name: &ItemName, item: &Item) -> bool {
    let names = [name.to_string(), item.label.ja.clone(), item.label.en.clone()];
    let (suggested, _) = suggest(&Table::of("azukari", &names, &[]));
    suggested.iter().any(|of| of.because == Because::Name && of.settings.role.goes())
}

/// Then the file or the items.
fn show(
    document: &Document,
    staff: &Staff,
    begun: &Begun,
    tried: Option<&Tried>,
    status: StatusCode,
) -> Response {
    let body = ask(document, begun, tried, staff.language);
    (status, page(staff, Some(Room::Datasets), title(staff.language), &body)).into_response()
}

/// The same, for what was begun and could not be read.
pub(super) fn once_more(
    document: &Document,
    preparation: &Preparation,
    language: Language,
) -> Markup {
    let begun = Begun {
        kind: preparation.source.kind,
        purpose: Some(preparation.source.asked.purpose.clone()),
        file: preparation.source.file.is_some(),
    };
    let told = |wrong: &FieldError| match wrong.code {
        "nobody" => said("items", super::preparation::nobody(language)),
        _ => FieldError { field: "items".to_owned(), ..wrong.clone() },
    };
    let wrong = preparation.tried.wrong.iter().map(told).collect();
    let tried =
        Tried { act: ACT.to_owned(), sent: preparation.tried.sent.clone(), wrong, told: None };
    ask(document, &begun, Some(&tried), language)
}

fn ask(document: &Document, begun: &Begun, tried: Option<&Tried>, language: Language) -> Markup {
    let say = Say(language);
    let again = Again::new(ACT, tried, language);
    let kind = word(&begun.kind);
    let hidden = html! { input type="hidden" name="kind" value=(kind); };
    let purpose = begun.purpose.as_ref().filter(|_| !begun.file);
    let label = purpose.and_then(|purpose| document.purposes.get(purpose));
    html! {
        p {
            strong { (words::kind(begun.kind, language)) } " — "
            @if let Some(label) = label { (label.label.get(language)) }
            @else if begun.file { (say.of("ファイルから", "from a file")) }
            @else { (say.of("お預かりしている情報から", "from what is held")) }
            " " a href=(urls::NEW_DATASET) { (say.of("変える", "Change")) }
        }
        @if let Some(tried) = tried { (tried.summary(language)) }
        @if begun.file {
            (file(again, begun, document, &hidden))
        } @else if let Some(purpose) = purpose {
            (held_form(again, purpose, document, &hidden))
        } @else {
            (what_for(document, &hidden, language))
        }
    }
}

/// The purposes for which something is held that a set can be made of, and which ones there are besides.
fn what_for(document: &Document, hidden: &Markup, language: Language) -> Markup {
    let say = Say(language);
    let again = Again::new("purpose", None, language);
    let (with, without): (Vec<_>, Vec<_>) = purposes(document)
        .into_iter()
        .partition(|(name, _)| !held_for(document, name).0.is_empty());
    let choices: Vec<(String, String)> = with
        .iter()
        .map(|(name, purpose)| (name.to_string(), purpose.label.get(language).to_owned()))
        .collect();
    html! {
        @if choices.is_empty() {
            p { (say.of("データセットにできる項目をお預かりしている利用目的はありません。", "There is no purpose for which anything is held that a set could be made of.")) }
        } @else {
            form.fields method="get" action=(urls::NEW_DATASET) {
                (hidden)
                input type="hidden" name="from" value="held";
                (again.choices("radio", "purpose", say.of("利用目的", "What for"), &choices, choices.first().map(|(name, _)| name.as_str())))
                (about_purposes(language))
                button { (say.of("次へ", "Next")) }
            }
        }
        @if !without.is_empty() {
            p.hint { (say.of("次の利用目的は、データセットにできる項目をお預かりしていないため、選べません。",
                             "These cannot be chosen, since nothing is held for them that a set could be made of:")) }
            ul.hint { @for (_, purpose) in &without { li { (purpose.label.get(language)) } } }
        }
    }
}

fn file(again: Again<'_>, begun: &Begun, document: &Document, hidden: &Markup) -> Markup {
    let (language, say) = (again.language, Say(again.language));
    let purposes: Vec<(String, String)> = purposes(document)
        .into_iter()
        .map(|(name, purpose)| (name.to_string(), purpose.label.get(language).to_owned()))
        .collect();
    let first = begun.purpose.as_ref().map_or("", PurposeName::as_str);
    let delimiters = [
        (",", say.of("コンマ", "Comma")),
        ("\t", say.of("タブ", "Tab")),
        (";", say.of("セミコロン", "Semicolon")),
    ];
    let delimiters = delimiters.map(|(value, words)| (value.to_owned(), words.to_owned()));
    html! {
        form.fields method="post" action=(urls::DATASET_FILE) enctype="multipart/form-data" {
            (hidden)
            (again.select("purpose", say.of("利用目的", "What for"), &purposes, first))
            (about_purposes(language))
            label for=(again.id("file")) { (say.of("ファイル", "File")) }
            p.hint { (say.of("1行目に列の名前があるCSV。16MBまで。サーバーのメモリーだけに置き、作成か破棄をしたとき、サインアウトしたとき、または30分操作がないときに消えます。",
                             "CSV with the names of its columns in the first line, up to 16 MB. It is held in memory alone, and gone once the set is made or put away, when you sign out, or after half an hour.")) }
            (again.problem("file"))
            input id=(again.id("file")) name="file" type="file" required accept=".csv,.tsv,.txt,text/csv"
                aria-invalid=[again.described("file").map(|_| "true")]
                aria-describedby=[again.described("file")];
            (again.select("encoding", say.of("文字コード", "Characters"), &words::encodings(language), ""))
            (again.select("delimiter", say.of("区切り文字", "What separates fields"), &delimiters, ","))
            button { (say.of("読み込む", "Read it")) }
        }
    }
}

fn held_form(
    again: Again<'_>,
    purpose: &PurposeName,
    document: &Document,
    hidden: &Markup,
) -> Markup {
    let (language, say) = (again.language, Say(again.language));
    let (offered, not) = held_for(document, purpose);
    if offered.is_empty() {
        return html! {
            p { (say.of("この目的でお預かりしている項目のうち、データセットにできるものはありません。別の利用目的を選んでください。",
                        "Nothing that is held for this purpose may become a column. Please choose another purpose.")) }
        };
    }
    let choices: Vec<(String, String)> = offered
        .iter()
        .map(|(name, item)| (name.to_string(), item.label.get(language).to_owned()))
        .collect();
    let not: Vec<&str> = not.iter().map(|(_, item)| item.label.get(language)).collect();
    html! {
        form.fields method="post" action=(urls::NEW_DATASET) {
            (hidden)
            input type="hidden" name="purpose" value=(purpose);
            (again.choices("checkbox", "items", say.of("列にする項目", "Items that become columns"), &choices, None))
            @if !not.is_empty() {
                p.hint {
                    (say.of("ご本人が分かってしまい、加工すると必ず削除されるため、選べない項目：", "Not to be chosen, as they tell who somebody is and would be removed: "))
                    (not.join(say.of("、", ", "))) (say.of("。", "."))
                }
            }
            p.hint { (say.of("お一人ずつ、ポリシーに照らして使えるかを確かめ、利用を記録します。同意がない方、利用停止中の方は除かれます。",
                             "For each person it is decided by the policy whether her information may be used, and the use is on record. Whoever did not consent or stopped the use is left out.")) }
            button { (say.of("読み込む", "Read it")) }
        }
    }
}
