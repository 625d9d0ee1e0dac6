//! Columns that are called something that goes, by their name or their values, and stay all the same:
//! somebody has to say why nobody is identified by them, and what was said is on record (decision 0066).

use crate::settings::Role;
use crate::standards::Finding;
use crate::suggest::{Because, called};
use crate::{Kind, Settings, Standard, Standards, Table};

/// The longest reason, in characters.
pub(crate) const MOST: usize = 500;

/// A column that stays although it is called something that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub column: String,
    /// What it is called.
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
            Some(reason) => Finding::Confirmed { column, because, reason: reason.clone() },
            None => Finding::Called { column, role, because },
        }
    }
}

/// The columns that stay although they are called something that goes, in the order of the table. It is
/// told by names and values alone; of the settings only the role and the reason are believed.
pub fn kept(table: &Table, settings: &Settings) -> Vec<Kept> {
    let stays = |name: &str| settings.role(name).is_none_or(|role| !role.goes());
    let columns = table.columns.iter().filter(|column| stays(&column.name));
    let kept = columns.filter_map(|column| {
        let (role, because) = called(column, table.rows);
        let of = settings.columns.get(&column.name);
        let confirmed = of.and_then(|of| of.confirmed.clone());
        role.goes().then(|| Kept { column: column.name.clone(), role, because, confirmed })
    });
    kept.collect()
}

/// Refuses before any work what the standards would refuse after it: a column that stays although it is
/// called something that goes, of which nobody says why.
///
/// # Errors
/// The standards that would not be met, each with its columns.
pub(crate) fn check(table: &Table, settings: &Settings, kind: Kind) -> Result<(), crate::Error> {
    let kept = kept(table, settings);
    let checks = Standard::of(kind).iter().map(|standard| {
        let of = kept.iter().filter(|kept| standard.removes(kind).contains(&kept.role));
        standard.with(of.map(Kept::finding).collect())
    });
    let standards = Standards::new(kind, checks.filter(|check| !check.holds).collect());
    if standards.hold() { Ok(()) } else { Err(crate::Error::Standards(Box::new(standards))) }
}
