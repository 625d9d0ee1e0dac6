//! A table by the roles of its columns, read chunk by chunk as codes.
//!
//! Whoever has memory keeps the chunks; whoever has not reads the file a second time when the
//! result is written. The dictionaries stay the same.

use std::io::Read;

use crate::{
    Error, Hierarchy,
    column::{Codes, Dictionary, Text},
    error::Fault,
    read::Rows,
};

/// What a column is to the people in the table.
#[derive(Debug, Clone)]
pub enum Role {
    /// Names a person, or leads to one by itself: it is left out.
    Identifying,
    /// Tells people apart together with others of its kind: it is generalised.
    Quasi(Hierarchy),
    /// What nobody may learn of a person. A hierarchy gives it distances between values.
    Sensitive(Option<Hierarchy>),
    /// Written as it stands.
    Insensitive,
}

/// The rows that are published, where the table is a population: those with this value.
#[derive(Debug, Clone)]
pub struct Sample {
    pub column: String,
    pub value: String,
}

/// A role for each column, in any order.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub columns: Vec<(String, Role)>,
    pub sample: Option<Sample>,
}

impl Plan {
    /// A plan without columns; add them with [`Plan::with`].
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn with(mut self, column: &str, role: Role) -> Self {
        self.columns.push((column.to_owned(), role));
        self
    }

    /// The table is a population of which only these rows are published.
    #[must_use]
    pub fn sample(mut self, column: &str, value: &str) -> Self {
        self.sample = Some(Sample { column: column.to_owned(), value: value.to_owned() });
        self
    }

    pub(crate) fn role(&self, column: &str) -> Option<&Role> {
        self.columns.iter().find(|(name, _)| name == column).map(|(_, role)| role)
    }
}

/// A column that is coded.
#[derive(Debug, Clone)]
pub(crate) struct Coded {
    pub(crate) name: String,
    pub(crate) hierarchy: Option<Hierarchy>,
    pub(crate) dictionary: Dictionary,
    /// The place of each value of the dictionary in the hierarchy.
    pub(crate) leaves: Vec<u32>,
}

/// Where a column of the file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Nowhere,
    Quasi(usize),
    Sensitive(usize),
    Insensitive(usize),
}

/// A table without its rows: what each column is, and what occurs in it.
#[derive(Debug, Clone)]
pub struct Schema {
    pub(crate) file: String,
    pub(crate) names: Vec<String>,
    pub(crate) places: Vec<Place>,
    pub(crate) quasi: Vec<Coded>,
    pub(crate) sensitive: Vec<Coded>,
    insensitive: usize,
    sample: Option<(usize, String)>,
}

/// Some rows of a table.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    pub(crate) quasi: Vec<Codes>,
    pub(crate) sensitive: Vec<Codes>,
    pub(crate) insensitive: Vec<Text>,
    /// Whether each row is published, where not all are.
    pub(crate) sampled: Option<Vec<bool>>,
    pub(crate) rows: usize,
}

impl Chunk {
    /// How many rows there are in it.
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn published(&self, row: usize) -> bool {
        self.sampled.as_ref().is_none_or(|sampled| sampled[row])
    }
}

impl Schema {
    /// Gives each column of the file its role.
    ///
    /// # Errors
    /// A column has no role, two roles, or is not in the file; or no column tells people apart.
    pub fn new<R: Read>(rows: &Rows<R>, plan: &Plan) -> Result<Self, Error> {
        let file = rows.file();
        for (index, (name, _)) in plan.columns.iter().enumerate() {
            if !rows.names().contains(name) {
                return Err(Error::new(file, Fault::NoColumn).column(name));
            }
            if plan.columns[..index].iter().any(|(other, _)| other == name) {
                return Err(Error::wrong(
                    file,
                    ["it has two roles: give it one", "役割が二つあります。一つにしてください"],
                )
                .column(name));
            }
        }
        let mut schema = Self {
            file: file.to_owned(),
            names: rows.names().to_vec(),
            places: Vec::new(),
            quasi: Vec::new(),
            sensitive: Vec::new(),
            insensitive: 0,
            sample: None,
        };
        for name in rows.names() {
            let coded = |hierarchy: Option<&Hierarchy>| Coded {
                name: name.clone(),
                hierarchy: hierarchy.cloned(),
                dictionary: Dictionary::default(),
                leaves: Vec::new(),
            };
            let place = match plan.role(name) {
                None => {
                    let words = [
                        "it has no role: say what it is to the people in the table",
                        "役割がありません。表の人にとって何にあたる列かを指定してください",
                    ];
                    return Err(Error::wrong(file, words).column(name));
                }
                Some(Role::Identifying) => Place::Nowhere,
                Some(Role::Quasi(hierarchy)) => {
                    schema.quasi.push(coded(Some(hierarchy)));
                    Place::Quasi(schema.quasi.len() - 1)
                }
                Some(Role::Sensitive(hierarchy)) => {
                    schema.sensitive.push(coded(hierarchy.as_ref()));
                    Place::Sensitive(schema.sensitive.len() - 1)
                }
                Some(Role::Insensitive) => {
                    schema.insensitive += 1;
                    Place::Insensitive(schema.insensitive - 1)
                }
            };
            schema.places.push(place);
        }
        if schema.quasi.is_empty() {
            return Err(Error::wrong(
                file,
                [
                    "no column tells people apart: name at least one",
                    "準識別子の列がありません。少なくとも一つ指定してください",
                ],
            ));
        }
        if let Some(sample) = &plan.sample {
            let column = rows
                .names()
                .iter()
                .position(|name| *name == sample.column)
                .ok_or_else(|| Error::new(file, Fault::NoColumn).column(&sample.column))?;
            schema.sample = Some((column, sample.value.clone()));
        }
        Ok(schema)
    }

    /// Reads up to so many rows; none are left when the chunk has no rows.
    ///
    /// # Errors
    /// A row is ragged, cannot be decoded, or has a value that its hierarchy does not have.
    pub fn chunk<R: Read>(&mut self, rows: &mut Rows<R>, most: usize) -> Result<Chunk, Error> {
        let mut chunk = Chunk {
            quasi: vec![Codes::default(); self.quasi.len()],
            sensitive: vec![Codes::default(); self.sensitive.len()],
            insensitive: vec![Text::default(); self.insensitive],
            sampled: self.sample.as_ref().map(|_| Vec::new()),
            rows: 0,
        };
        while chunk.rows < most && rows.next_row()?.is_some() {
            for (index, place) in self.places.iter().enumerate() {
                match *place {
                    Place::Nowhere => {}
                    Place::Quasi(at) => {
                        chunk.quasi[at].push(code(&mut self.quasi[at], rows, index)?);
                    }
                    Place::Sensitive(at) => {
                        chunk.sensitive[at].push(code(&mut self.sensitive[at], rows, index)?);
                    }
                    Place::Insensitive(at) => chunk.insensitive[at].push(&rows.text(index)?),
                }
            }
            if let (Some((column, value)), Some(sampled)) = (&self.sample, &mut chunk.sampled) {
                sampled.push(rows.text(*column)? == *value);
            }
            chunk.rows += 1;
        }
        Ok(chunk)
    }

    /// The names of the columns that tell people apart, in the order of the file.
    pub fn quasi(&self) -> impl ExactSizeIterator<Item = &str> {
        self.quasi.iter().map(|column| column.name.as_str())
    }

    pub(crate) fn hierarchy(&self, quasi: usize) -> Option<&Hierarchy> {
        self.quasi[quasi].hierarchy.as_ref()
    }
}

fn code<R: Read>(coded: &mut Coded, rows: &Rows<R>, column: usize) -> Result<u32, Error> {
    let bytes = rows.bytes(column);
    if let Some(code) = coded.dictionary.code(bytes) {
        return Ok(code);
    }
    let value = rows.text(column)?;
    let leaf = match &coded.hierarchy {
        Some(hierarchy) => {
            hierarchy.leaf(&value).ok_or_else(|| rows.error(column, Fault::NotInHierarchy))?
        }
        None => 0,
    };
    let code = coded.dictionary.insert(bytes, value.into_owned());
    if code as usize == coded.leaves.len() {
        coded.leaves.push(leaf);
    }
    Ok(code)
}
