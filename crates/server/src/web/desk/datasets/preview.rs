//! What anybody will read of a set on `/datasets`, shown in both languages before it is published: of one that
//! is about to be made (Rules 36; R7.3), and of one that is about to be provided, together with what its
//! recipient is told (Rules 37; R7.4).

use axum::response::{IntoResponse, Response};
use datasets::Shown;
use jiff::Timestamp;
use maud::{Markup, html};
use policy::{Document, Language};

use super::preparation::Preparation;
use super::ways;
use crate::acts::dataset::{Provide, Told};
use crate::error::Error;
use crate::web::datasets::Public;
use crate::web::desk::page::{Room, page};
use crate::web::desk::requests::form::word;
use crate::web::desk::requests::words::Say;
use crate::web::desk::session::Staff;
use crate::web::desk::urls;

/// The page of published sets, as it will read.
fn published(set: &Public, document: &Document, language: Language) -> Markup {
    let say = Say(language);
    html! {
        p { (say.of("公表のページでだれでも読めるようになる内容です。まだ公表していません。",
                    "This is what anybody will read on the page of published sets. It is not published yet.")) }
        @for of in Language::ALL {
            div.preview lang=(of.tag()) { (set.draw(document, of)) }
        }
    }
}

/// Of a set that is about to be made.
pub(super) fn of_making(
    preparation: &Preparation,
    document: &Document,
    now: Timestamp,
    language: Language,
) -> Markup {
    let say = Say(language);
    let (Some(look), Some(settings)) = (&preparation.look, &preparation.settings) else {
        return html! {};
    };
    let Some(name) = preparation.name.clone() else { return html! {} };
    let source = &preparation.source;
    let settings = source.settled(settings.clone(), document);
    // A column with a star in every row is no item. The best way is looked for anew when the set is made, and may
    // star others: what is foreseen of it has every item.
    let chosen = preparation.ways.as_ref().filter(|_| preparation.way > 0);
    let hidden = chosen.map(|found| {
        let way = ways::choices(found).get(preparation.way).copied();
        let levels = way.map(|way| found.levels(way)).unwrap_or_default();
        let tops = found.columns.iter().filter(|(name, top)| levels.get(name) == Some(top));
        tops.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    });
    let hidden = hidden.unwrap_or_default();
    let shows = |name: &str| {
        let column = settings.columns.get(name);
        let stays = column.is_some_and(|column| column.token || !column.role.goes());
        stays && !hidden.contains(&name)
    };
    let columns = look.table.columns().iter().filter(|column| shows(&column.name));
    let items = columns.map(|column| {
        let label = settings.label(&column.name);
        Shown { column: column.name.clone(), label }
    });
    let set = Public {
        at: now,
        name,
        kind: source.kind,
        purpose: source.asked.purpose.clone(),
        items: items.collect(),
        methods: Vec::new(),
    };
    html! {
        (published(&set, document, language))
        form method="post" action=(urls::DATASET_PREPARATION) {
            input type="hidden" name="preparation" value=(preparation.id);
            p.hint { (say.of("作成すると、すべての基準に照らして検査し、台帳に記録します。記録と同時に、上の内容が公表されます。作成の結果、すべての行で伏せられた列があれば、項目から除かれます。",
                             "It is held against every standard and recorded in the ledger. With that record this is published, apart from items that turn out hidden in every row.")) }
            p.do {
                button name="act" value="make" { (say.of("作成して公表する", "Make and publish it")) }
                " " button.plain name="act" value="ready" { (say.of("戻る", "Back")) }
            }
        }
    }
}

/// Of an anonymised set that is about to be provided, with everything that was typed.
pub(super) fn of_provision(
    staff: &Staff,
    set: &Told,
    given: &Provide,
    told: &[(String, String)],
    document: &Document,
) -> Result<Response, Error> {
    let language = staff.language;
    let say = Say(language);
    let mut public = Public::of(set)?;
    public.methods.push(given.method.clone());
    let typed = [
        ("recipient", given.recipient.clone()),
        ("basis", word(&given.basis)),
        ("method.ja", given.method.ja.clone()),
        ("method.en", given.method.en.clone()),
    ];
    let body = html! {
        (published(&public, document, language))
        h2 { (say.of("提供先への説明", "What the recipient is told")) }
        @for (tag, text) in told { blockquote lang=(tag) { (text) } }
        form method="post" action={ (urls::DATASETS) "/" (given.dataset) } {
            input type="hidden" name="act" value="provide";
            @for (name, value) in &typed { input type="hidden" name=(name) value=(value); }
            p.hint { (say.of("公表と記録の後に、提供先に渡すファイルと説明をお渡しします。",
                             "Once it is published and recorded you get the file and the text for the recipient.")) }
            p.do {
                button name="seen" value="yes" { (say.of("公表して提供を記録する", "Publish it, and record the provision")) }
                " " button.plain name="seen" value="back" { (say.of("戻る", "Back")) }
            }
        }
    };
    let title = say.of("公表する内容の確認", "What will be published");
    Ok(page(staff, Some(Room::Datasets), title, &body).into_response())
}
