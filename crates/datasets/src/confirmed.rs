//! Columns that are called something that goes, by their name or their values, and stay all the same, and
//! columns that tell people apart and are not generalised:
//! somebody has to say why nobody is identified by them, and what was said is on record (decision 0066).
//! And single cells that lead to a person in columns that stay: they become stars.

use std::borrow::Cow;

use anonymise::STAR;

use crate::scan::{Look, looks};
use crate::settings::Role;
use crate::standards::Finding;
use crate::suggest::{Because, Seen, called, seen};
use crate::{Column, Kind, Settings, Standard, Standards, Table};

/// A reason has so many letters or digits at least: fewer say of no column why it names nobody. `ok` is no
/// sentence, and 店のもの is not one either.
pub(crate) const LEAST: usize = 10;
/// The longest reason, in characters: a paragraph, since a report has one for each column.
pub(crate) const MOST: usize = 500;

/// Whether a text can be a reason: one line that reads as it stands, since reports quote it.
pub(crate) fn is_reason(text: &str) -> bool {
    let letters = text.chars().filter(|character| character.is_alphanumeric()).count();
    crate::is_line(text) && letters >= LEAST && text.chars().count() <= MOST
}

/// One cause for which a column that stays is called something that goes, or that is generalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub column: String,
    /// What it is called by this cause.
    pub role: Role,
    pub because: Because,
    /// Why nobody is identified by it; nobody has said so yet where it is missing.
    pub confirmed: Option<String>,
}

impl Kept {
    /// What a standard says to it.
    pub(crate) fn finding(&self) -> Finding {
        let (column, role, because) = (self.column.clone(), self.role, self.because);
        match &self.confirmed {
            Some(reason) => Finding::Confirmed { column, role, because, reason: reason.clone() },
            None => Finding::Called { column, role, because },
        }
    }
}

/// The columns that stay although they are called something else, in the order of the table, each with
/// every cause: its one reason has to answer them all. It is told by names and values alone; of the settings
/// only the role, the tokens and the reason are believed. A value of its own in nearly every row is answered
/// by generalising it as well: what k people share is nobody's own. Of a column that tells people apart an
/// anonymised set asks as well why it is shown as it stands: no risk counts it then. A token stays in place of names and
/// links, and of nothing else.
pub fn kept(table: &Table, settings: &Settings, kind: Kind) -> Vec<Kept> {
    let kept = table.columns.iter().flat_map(|column| {
        let of = settings.columns.get(&column.name);
        let asks = |(role, because): &(Role, Because)| match of {
            Some(of) if of.token => matches!(role, Role::IdentificationCode | Role::Financial),
            Some(of) if of.role.goes() => false,
            _ if *because == Because::Unique => !generalises(column, settings, kind),
            _ if *role == Role::QuasiIdentifying => shows(column, settings, kind),
            _ => role.goes(),
        };
        let confirmed = of.and_then(|of| of.confirmed.as_ref());
        let causes = called(column, table.rows).into_iter().filter(asks).map(|(role, because)| {
            Kept { column: column.name.clone(), role, because, confirmed: confirmed.cloned() }
        });
        causes.collect::<Vec<_>>()
    });
    kept.collect()
}

/// The looks of a column that its reason answers.
pub(crate) fn answered(kept: &[Kept], column: &str) -> Vec<Look> {
    let of = kept.iter().filter(|kept| kept.column == column);
    of.filter_map(|kept| match kept.because {
        Because::Look(look) => Some(look),
        _ => None,
    })
    .collect()
}

/// Whether the column is told only so far as k people read alike in it.
fn generalises(column: &Column, settings: &Settings, kind: Kind) -> bool {
    kind == Kind::Anonymised && settings.role(&column.name) == Some(Role::QuasiIdentifying)
}

/// Whether the column is told as it stands, and counts for nobody.
fn shows(column: &Column, settings: &Settings, kind: Kind) -> bool {
    kind == Kind::Anonymised && settings.role(&column.name) == Some(Role::Insensitive)
}

/// Cells of one look that became stars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Masked {
    pub(crate) column: String,
    pub(crate) look: Look,
    pub(crate) cells: u64,
}

/// The same table with a star for each cell that looks like what a standard of this kind removes, in columns
/// that stay: a telephone number in a note. Left alone are cells of the look that a column was confirmed
/// to have, and what is generalised: of that nothing is told that few have.
pub(crate) fn masked<'t>(
    table: &'t Table,
    settings: &Settings,
    kind: Kind,
) -> (Cow<'t, Table>, Vec<Masked>) {
    let kept = kept(table, settings, kind);
    let against: Vec<Look> = Standard::of(kind).iter().flat_map(|of| of.looks()).copied().collect();
    let gone = |column: &Column| {
        let goes = settings.role(&column.name).is_none_or(Role::goes);
        if goes || generalises(column, settings, kind) {
            return Vec::new();
        }
        let answered = answered(&kept, &column.name);
        let mut seen = seen(column);
        seen.retain(|seen| against.contains(&seen.look) && !answered.contains(&seen.look));
        seen
    };
    let gone: Vec<Vec<Seen>> = table.columns.iter().map(gone).collect();
    if gone.iter().all(Vec::is_empty) {
        return (Cow::Borrowed(table), Vec::new());
    }
    let columns = table.columns.iter().zip(&gone).map(|(column, gone)| {
        if gone.is_empty() {
            return column.clone();
        }
        let goes = |value: &str| {
            looks(value).iter().any(|look| gone.iter().any(|seen| seen.look == *look))
        };
        column.mapped(|_, value| if goes(value) { STAR } else { value }.to_owned())
    });
    let masked = table.columns.iter().zip(&gone).flat_map(|(column, gone)| {
        let of = |seen: &Seen| Masked {
            column: column.name.clone(),
            look: seen.look,
            cells: seen.cells,
        };
        gone.iter().map(of).collect::<Vec<_>>()
    });
    (Cow::Owned(table.with(columns.collect())), masked.collect())
}

/// Refuses before any work what the standards would refuse after it: a column that stays although it is
/// called something else, of which nobody says why.
///
/// # Errors
/// The standards that would not be met, each with its columns.
pub(crate) fn check(table: &Table, settings: &Settings, kind: Kind) -> Result<(), crate::Error> {
    let kept = kept(table, settings, kind);
    let checks = Standard::of(kind).iter().map(|standard| {
        let of = kept.iter().filter(|kept| standard.removes(kind).contains(&kept.role));
        standard.with(of.map(Kept::finding).collect())
    });
    let standards = Standards::new(kind, checks.filter(|check| !check.holds).collect());
    if standards.hold() { Ok(()) } else { Err(crate::Error::Standards(Box::new(standards))) }
}
