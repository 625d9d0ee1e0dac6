//! The tables of a store: a row for each kind, and a few empty ones to fill in.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};

use super::super::parts::{Errors, Named, nothing};
use super::super::{Sheet, layout, see_other};
use super::{Of, Way, errors, head, refused};
use crate::app::{self, Reader, Shared};
use crate::book::No;
use crate::edit::{self, TABLE_FIELDS};
use crate::fault::Fault;
use crate::fields::Fields;

/// Rows to fill in below those that there are.
const EMPTY_ROWS: usize = 3;
/// Rows that are read from a form at most.
const MOST_ROWS: usize = 120;

pub(super) async fn page(
    State(app): State<Shared>,
    reader: Reader,
    of: Of,
    Query(way): Query<Way>,
) -> Result<Markup, Fault> {
    let tables = app.book.tables(&of.store.slug).await?;
    let rows: Vec<Fields> = tables.iter().map(edit::fields_of_table).collect();
    Ok(draw(&reader, &of, &rows, &Errors::default(), &way.note(&reader)))
}

pub(super) async fn put(
    State(app): State<Shared>,
    reader: Reader,
    of: Of,
    fields: Fields,
) -> Result<Response, Fault> {
    // A row without a name is one that was not filled in, or a kind of before that is to go.
    let before = app.book.tables(&of.store.slug).await?;
    let before: Vec<Fields> = before.iter().map(edit::fields_of_table).collect();
    let is_left_out = |row: &Fields| {
        let cells = cells(row);
        cells.iter().all(|cell| cell.is_empty())
            || before.iter().any(|row| self::cells(row) == cells)
    };
    let rows: Vec<Fields> = (0..MOST_ROWS)
        .map(|at| {
            let cell = |name: &&str| fields.get(&format!("tables[{at}].{name}")).to_owned();
            TABLE_FIELDS.iter().map(|name| ((*name).to_owned(), cell(name))).collect()
        })
        .filter(|row: &Fields| row.filled("name").is_some() || !is_left_out(row))
        .collect();
    let found = match edit::tables(&rows) {
        Err(wrong) => errors(&wrong, &reader),
        Ok(tables) => {
            let all = [(of.store.slug.clone(), tables)].into();
            match app.book.put_tables(all, app::now()).await {
                Ok(()) => return see_other(&of.at("/tables?done=1")),
                Err(No::InTheWay(numbers)) => {
                    let mut errors = Errors::default();
                    errors.add("tables", (reader.words.office.tables_in_use)(&numbers));
                    errors
                }
                Err(no) => return Err(no.into()),
            }
        }
    };
    Ok(refused(draw(&reader, &of, &rows, &found, &nothing())))
}

/// A row without its name.
fn cells(row: &Fields) -> Vec<&str> {
    TABLE_FIELDS.iter().skip(1).map(|name| row.get(name).trim()).collect()
}

fn draw(reader: &Reader, of: &Of, rows: &[Fields], errors: &Errors, note: &Markup) -> Markup {
    let words = reader.words;
    let empty = Fields::default();
    let rows: Vec<&Fields> = rows.iter().chain(std::iter::repeat_n(&empty, EMPTY_ROWS)).collect();
    let named = |at: usize, name: &str| Named {
        name: format!("tables[{at}].{name}"),
        label: (words.frame.in_row)(at + 1, &(words.frame.field)(name)),
    };
    let order: Vec<Named> = (0..rows.len())
        .flat_map(|at| TABLE_FIELDS.iter().map(move |name| named(at, name)))
        .collect();
    let body = html! {
        (head(&of.store, reader, words.office.tables))
        (note)
        (errors.summary(&order, words))
        p class="soft" { (words.office.tables_told) }
        form class="sheet" method="post" action=(of.at("/tables")) novalidate {
            div class="scroll" {
                table class="cells" {
                    thead { tr { @for name in TABLE_FIELDS { th scope="col" { ((words.frame.field)(name)) } } } }
                    tbody {
                        @for (at, row) in rows.iter().enumerate() {
                            tr {
                                @for name in TABLE_FIELDS {
                                    @let Named { name: full, label } = named(at, name);
                                    td data-label=((words.frame.field)(name)) {
                                        input id=(super::super::parts::field_id(&full)) name=(full)
                                            value=(row.get(name)) aria-label=(label)
                                            inputmode=[(name != "name").then_some("numeric")]
                                            aria-invalid=[errors.get(&full).map(|_| "true")];
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p class="hint" { (words.office.tables_joined_told) }
            p class="actions" { button { (words.frame.save) } }
        }
    };
    layout(reader, &Sheet { title: words.office.tables, wide: false }, &body)
}
