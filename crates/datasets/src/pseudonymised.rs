//! Pseudonymising: what identifies goes, or a keyed token stands in its place; the three standards are
//! held against the result.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use crate::anonymised::json;
use crate::manifest::{self, About, Counted, Manifest, Shape};
use crate::method::TokenKey;
use crate::set::Token;
use crate::standards::Case;
use crate::{
    Error, Kind, MethodInformation, Next, PseudonymisedDataSet, Rules, Settings, Shown, Step,
    Table, confirmed, hex,
};

/// A set with what belongs to it.
#[derive(Debug)]
pub struct Pseudonymised {
    pub set: PseudonymisedDataSet,
    pub manifest: Manifest,
    pub method: MethodInformation,
}

/// Bytes of a token.
const TOKEN: usize = 15;

/// A value's token in a column: HMAC-SHA-256 under the set's own key, cut to 120 bits.
fn token(key: &hmac::Key, column: &str, value: &str) -> String {
    let mut context = hmac::Context::with_key(key);
    context.update(b"azukari token v1\n");
    context.update(&(column.len() as u64).to_be_bytes());
    context.update(column.as_bytes());
    context.update(value.as_bytes());
    BASE32_NOPAD.encode(&context.sign().as_ref()[..TOKEN]).to_lowercase()
}

/// Makes pseudonymously processed information of a table.
///
/// `fresh` is drawn for this run alone: its tokens are keyed by it, unless it is made `again` by the
/// method information of an earlier run, and its rows ordered, unless the settings have a seed.
///
/// # Errors
/// Settings and table do not fit; a standard is not met; or `next` says stop.
pub fn pseudonymise(
    table: &Table,
    settings: &Settings,
    about: &About,
    fresh: [u8; 32],
    again: Option<&MethodInformation>,
    next: &dyn Fn(Step) -> Next,
) -> Result<Pseudonymised, Error> {
    let rules = Rules::now();
    settings.check(table, &rules, Kind::Pseudonymised)?;
    confirmed::check(table, settings, Kind::Pseudonymised)?;
    let mut settings = settings.clone();
    let derived =
        |label: &[u8]| hex(&Sha256::new().chain_update(label).chain_update(fresh).finalize());
    let seed = settings.seed.get_or_insert_with(|| derived(b"azukari seed v1\n")).clone();
    let key = again.and_then(|method| method.key.clone());
    let key = key.unwrap_or_else(|| TokenKey(derived(b"azukari token key v1\n")));
    let keyed = hmac::Key::new(hmac::HMAC_SHA256, key.0.as_bytes());
    let (prepared, masked) = confirmed::masked(table, &settings, Kind::Pseudonymised);
    let prepared = prepared.shuffled(&seed);
    let mut columns = Vec::new();
    let mut tokens = Vec::new();
    for column in &prepared.columns {
        let Some(of) = settings.columns.get(&column.name) else { continue };
        if of.token {
            let made = column.mapped(|_, value| match value {
                // Whoever has no value has nothing to stand for.
                "" => String::new(),
                value => token(&keyed, &column.name, value),
            });
            let by_row = (0..prepared.rows).map(|row| Token(made.cell(row).to_owned()));
            tokens.push((column.name.clone(), by_row.collect()));
            columns.push(made);
        } else if !of.role.goes() {
            columns.push(column.clone());
        }
        if next(Step::Rows(table.rows as u64)) == Next::Stop {
            return Err(Error::Stopped);
        }
    }
    let result = prepared.with(columns);
    if result.columns.is_empty() {
        return Err(anonymise::Error::wrong(
            &table.file,
            [
                "every column is removed: keep at least one",
                "すべての列が削除されます。少なくとも一列は残してください",
            ],
        )
        .into());
    }
    let from: Vec<usize> = (0..result.rows).collect();
    let case = Case {
        settings: &settings,
        rules: &rules,
        source: table,
        prepared: &prepared,
        result: &result,
        from: &from,
        starred: &[],
        masked: &masked,
    };
    if next(Step::Checking) == Next::Stop {
        return Err(Error::Stopped);
    }
    let standards = case.pseudonymised();
    if !standards.hold() {
        return Err(Error::Standards(Box::new(standards)));
    }
    let file = result.file()?;
    let output = Shape::of(&result, hex(&Sha256::digest(&file)));
    let shown = Shown::of(&settings, &output.columns, &standards);
    let method = MethodInformation { kind: Kind::Pseudonymised, settings, key: Some(key) };
    let manifest = Manifest {
        manifest: 1,
        kind: Kind::Pseudonymised,
        engine: about.engine.clone(),
        made_at: about.made_at.clone(),
        rules: manifest::rules(&rules),
        purpose: about.purpose.clone(),
        input: Shape::of(table, table.hash.clone()),
        output,
        settings: manifest::shown(&method.settings),
        hierarchies: Vec::new(),
        node: None,
        alike: 0,
        proven: false,
        counts: Counted {
            rows: table.rows as u64,
            published: result.rows as u64,
            left_out: about.left_out.clone(),
            ..Counted::default()
        },
        models: Vec::new(),
        risks: None,
        standards,
        method: method.hash().map_err(|error| json(&error))?,
    };
    let set = PseudonymisedDataSet::new(shown, file, result.rows, tokens);
    Ok(Pseudonymised { set, manifest, method })
}
