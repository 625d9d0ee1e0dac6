//! Anonymising: peculiar values go, rows get another order, the engine generalises, its separate
//! checker reads the result back, and the five standards are held against it. Only then there is a set.

use std::collections::HashSet;
use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};

use anonymise::report::Report;
use anonymise::verify::{Claims, Verdict, verify};
use anonymise::{
    Chunk, Effort, Engine, Format, Histogram, Model, Output, Recoding, Rows, Schema, Suppressed,
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::confirmed::{self, Masked};
use crate::manifest::{self, About, Counted, Manifest, Shape};
use crate::settings::{Planned, Recode, Role};
use crate::standards::{Case, people};
use crate::{
    AnonymisedDataSet, Error, Kind, MethodInformation, Next, Rules, Settings, Shown, Standards,
    Step, Table, Written, hex,
};

/// A set with what belongs to it.
#[derive(Debug)]
pub struct Anonymised {
    pub set: AnonymisedDataSet,
    pub manifest: Manifest,
    pub method: MethodInformation,
    pub report: Report,
}

/// Rows that are handed to the engine at a time.
const ROWS: usize = 1 << 14;

/// The source as rows of a result follow it: without peculiar values, in its new order.
pub(crate) struct Prepared {
    pub(crate) table: Table,
    starred: Vec<(String, u64)>,
    masked: Vec<Masked>,
    pub(crate) planned: Planned,
}

impl Prepared {
    fn new(table: &Table, settings: &Settings, seed: &str, rules: &Rules) -> Result<Self, Error> {
        let shown =
            settings.with_role(table, |role| matches!(role, Role::Sensitive | Role::Insensitive));
        let (prepared, masked) = confirmed::masked(table, settings, Kind::Anonymised);
        let (prepared, starred) =
            prepared.without_rare(&shown, settings.person(), rules.rare.below.value);
        let table = prepared.shuffled(seed);
        let planned = settings.planned(&table, rules)?;
        Ok(Self { table, starred, masked, planned })
    }

    /// What the checker says of published rows.
    fn verdict<P: Read>(&self, settings: &Settings, rows: Rows<P>) -> Result<Verdict, Error> {
        let claims = Claims {
            plan: &self.planned.plan,
            models: &self.planned.models,
            limit: settings.limit,
            suppressed: Suppressed::Removed,
        };
        let before = Rows::open(&self.table.file, self.table.stream(), Format::default())?;
        Ok(verify(&claims, before, rows)?)
    }
}

/// The same with what the engine knows of it.
pub(crate) struct Ready {
    pub(crate) source: Prepared,
    pub(crate) schema: Schema,
    pub(crate) histogram: Histogram,
    chunks: Vec<Chunk>,
}

impl Ready {
    pub(crate) fn new(
        table: &Table,
        settings: &Settings,
        seed: &str,
        rules: &Rules,
        go_on: &dyn Fn(Step) -> bool,
    ) -> Result<Self, Error> {
        let source = Prepared::new(table, settings, seed, rules)?;
        let mut rows = Rows::open(&table.file, source.table.stream(), Format::default())?;
        let mut schema = Schema::new(&rows, &source.planned.plan)?;
        let models = source.planned.models.iter();
        let watched: Vec<&str> = models.filter_map(anonymise::Model::column).collect();
        let mut histogram = Histogram::new(&schema, &watched)?;
        let mut chunks = Vec::new();
        let mut read = 0;
        loop {
            let chunk = schema.chunk(&mut rows, ROWS)?;
            if chunk.rows() == 0 {
                break;
            }
            read += chunk.rows() as u64;
            if !go_on(Step::Rows(read)) {
                return Err(Error::Stopped);
            }
            histogram.add(&schema, &chunk)?;
            chunks.push(chunk);
        }
        Ok(Self { source, schema, histogram, chunks })
    }

    /// The result of a recoding, and the row of the source that each of its rows comes of.
    fn written(&self, recoding: &Recoding) -> Result<(Table, Vec<usize>), Error> {
        let mut bytes = Vec::new();
        let (schema, histogram) = (&self.schema, &self.histogram);
        let mut output =
            Output::new(schema, histogram, recoding, b',', Suppressed::Removed, &mut bytes)?;
        let mut from = Vec::new();
        let mut first = 0;
        for chunk in &self.chunks {
            output.write(chunk)?;
            let kept = (0..chunk.rows()).filter(|row| recoding.keeps(histogram, chunk, *row));
            from.extend(kept.map(|row| first + row));
            first += chunk.rows();
        }
        output.finish()?;
        let mut rows = Rows::open(&self.source.table.file, bytes.as_slice(), Format::default())?;
        let names = rows.names().to_vec();
        let mut cells = Vec::with_capacity(from.len());
        while rows.next_row()?.is_some() {
            let row = (0..names.len()).map(|at| Ok(rows.text(at)?.into_owned()));
            cells.push(row.collect::<Result<Vec<_>, anonymise::Error>>()?);
        }
        let result = Table::of(&self.source.table.file, &names, &cells);
        Ok((result.to_be(self.source.table.written), from))
    }

    /// Leaves out the classes in which fewer people are than are asked: the engine counts rows.
    fn without_few(
        &self,
        settings: &Settings,
        recoding: &mut Recoding,
    ) -> Result<(Table, Vec<usize>, bool), Error> {
        let (result, from) = self.written(recoding)?;
        if settings.person().is_none() {
            return Ok((result, from, false));
        }
        let people = people(settings, &result, &self.source.table, &from);
        let quasi: Vec<_> = result
            .columns
            .iter()
            .filter(|column| settings.role(&column.name) == Some(Role::QuasiIdentifying))
            .collect();
        let asked = u64::from(self.source.planned.k);
        let few: HashSet<usize> = from
            .iter()
            .enumerate()
            .filter(|(row, _)| {
                let class: Vec<u32> = quasi.iter().map(|column| column.codes[*row]).collect();
                people.get(&class).is_none_or(|people| *people < asked)
            })
            .map(|(_, from)| *from)
            .collect();
        if few.is_empty() {
            return Ok((result, from, false));
        }
        let mut first = 0;
        for chunk in &self.chunks {
            for row in (0..chunk.rows()).filter(|row| few.contains(&(first + row))) {
                recoding.leave_out(&self.histogram, chunk, row);
            }
            first += chunk.rows();
        }
        let (result, from) = self.written(recoding)?;
        Ok((result, from, true))
    }

    /// How many rows the engine is asked to make alike, one after the other: where somebody has several
    /// rows, more than people are asked for.
    fn tries(&self, settings: &Settings, again: Option<&Manifest>) -> Vec<u32> {
        let k = self.source.planned.k;
        match (again, settings.person()) {
            (Some(manifest), _) => vec![manifest.alike],
            (None, None) => vec![k],
            (None, Some(_)) => {
                [2, 3, 4, 6, 8, 12, 16].map(|halves| k.saturating_mul(halves) / 2).to_vec()
            }
        }
    }

    /// What the checker says of a published file.
    fn verdict(
        &self,
        settings: &Settings,
        written: Written,
        bytes: &[u8],
    ) -> Result<Verdict, Error> {
        let name = "published";
        match written {
            Written::Csv | Written::CsvBom => {
                self.source.verdict(settings, Rows::open(name, bytes, Format::default())?)
            }
            Written::Parquet => {
                let parts = vec![(name.to_owned(), Bytes::copy_from_slice(bytes))];
                self.source.verdict(settings, Rows::parquet(name, parts)?)
            }
        }
    }
}

/// One way that was found, with what comes of it.
struct Try<'a> {
    engine: Engine<'a>,
    recoding: Recoding,
    found: Option<Vec<u8>>,
    proven: bool,
    /// Rows that the engine was asked to make alike.
    alike: u32,
    result: Table,
    from: Vec<usize>,
}

impl<'a> Try<'a> {
    fn new(
        ready: &'a Ready,
        settings: &Settings,
        alike: u32,
        again: Option<&Manifest>,
        go_on: &(dyn Fn(u64) -> bool + Sync),
    ) -> Result<Self, Error> {
        let models = ready.source.planned.models.iter().map(|model| match model {
            Model::KAnonymity { k } => Model::KAnonymity { k: alike.max(*k) },
            other => other.clone(),
        });
        let engine = Engine::new(
            &ready.schema,
            &ready.histogram,
            anonymise::Settings {
                models: models.collect(),
                limit: settings.limit,
                measure: settings.measure,
            },
        )?;
        let chosen = settings.node(&ready.source.table);
        let node = again.and_then(|manifest| manifest.node.as_deref()).or(chosen.as_deref());
        let (mut recoding, found, proven) = recoded(&engine, settings, node, go_on)?;
        let (result, from, fewer) = ready.without_few(settings, &mut recoding)?;
        // What is proven speaks of rows, and nothing is where somebody may have several.
        let of_rows = settings.person().is_none();
        let proven = proven && of_rows && !fewer && alike == ready.source.planned.k;
        Ok(Self { engine, recoding, found, proven, alike, result, from })
    }

    fn within_limit(&self) -> bool {
        self.engine.rows() - self.result.rows as u64 <= self.engine.limit()
    }
}

/// Makes anonymously processed information of a table.
///
/// `fresh` is drawn for this run alone and orders its rows, unless the settings have a seed. A run that is
/// made `again` goes by what its manifest says was found. `next` is asked all along, from several threads.
///
/// # Errors
/// Settings and table do not fit; no way of generalising is found; a standard is not met; or `next` says
/// stop.
pub fn anonymise(
    table: &Table,
    settings: &Settings,
    about: &About,
    fresh: [u8; 32],
    again: Option<&Manifest>,
    next: &(dyn Fn(Step) -> Next + Sync),
) -> Result<Anonymised, Error> {
    let rules = Rules::now();
    settings.check(table, &rules, Kind::Anonymised)?;
    confirmed::check(table, settings, Kind::Anonymised)?;
    let mut settings = settings.clone();
    let seed = settings.seed.get_or_insert_with(|| hex(&fresh)).clone();
    let go_on = |step| next(step) != Next::Stop;
    let ready = Ready::new(table, &settings, &seed, &rules, &go_on)?;
    let stopped = AtomicBool::new(false);
    let search = |checks| match next(Step::Checks(checks)) {
        Next::GoOn => true,
        Next::Enough => false,
        Next::Stop => {
            stopped.store(true, Ordering::Relaxed);
            false
        }
    };
    let mut best: Option<Try<'_>> = None;
    for alike in ready.tries(&settings, again) {
        let tried = Try::new(&ready, &settings, alike, again, &search);
        if stopped.load(Ordering::Relaxed) || !go_on(Step::Checking) {
            return Err(Error::Stopped);
        }
        match (tried, &best) {
            (Ok(tried), _) => best = Some(tried),
            // More is asked than the table can give; what was found before has to do.
            (Err(_), Some(_)) => break,
            (Err(error), None) => return Err(error),
        }
        if best.as_ref().is_some_and(Try::within_limit) {
            break;
        }
    }
    let Some(Try { engine, recoding, found, proven, alike, result, from }) = best else {
        return Err(Error::Stopped);
    };
    let bytes = result.file()?;
    let verdict = ready.verdict(&settings, result.written, &bytes)?;
    let case = Case {
        settings: &settings,
        rules: &rules,
        source: table,
        prepared: &ready.source.table,
        result: &result,
        from: &from,
        starred: &ready.source.starred,
        masked: &ready.source.masked,
    };
    let standards = case.anonymised(&verdict, ready.source.planned.k);
    if !go_on(Step::Checking) {
        return Err(Error::Stopped);
    }
    if !standards.hold() {
        return Err(Error::Standards(Box::new(standards)));
    }
    let mut report = engine.report(&recoding);
    report.models.clone_from(&ready.source.planned.models);
    // Of somebody with several rows: one in so many as there are people in the class, not rows.
    let fewest = people(&settings, &result, &ready.source.table, &from).into_values().min();
    let fewest = fewest.and_then(|fewest| u32::try_from(fewest).ok()).unwrap_or(u32::MAX);
    let highest = &mut report.after.prosecutor.highest;
    *highest = highest.max(1.0 / f64::from(fewest));
    let output = Shape::of(&result, hex(&Sha256::digest(&bytes)));
    let shown = Shown::of(&settings, &output.columns, &standards);
    let method = MethodInformation { kind: Kind::Anonymised, settings, key: None };
    let counts = Counted {
        rows: table.rows as u64,
        published: result.rows as u64,
        suppressed: (table.rows - result.rows) as u64,
        starred: ready.source.starred.iter().cloned().collect(),
        left_out: about.left_out.clone(),
    };
    let manifest = Manifest {
        manifest: 1,
        kind: Kind::Anonymised,
        engine: about.engine.clone(),
        made_at: about.made_at.clone(),
        rules: manifest::rules(&rules),
        purpose: about.purpose.clone(),
        input: Shape::of(table, table.hash.clone()),
        output,
        settings: manifest::shown(&method.settings),
        hierarchies: hashes(&ready.source.planned),
        node: found,
        alike,
        proven,
        counts,
        models: verdict.evidence,
        risks: Some(manifest::risks(&report)),
        standards,
        method: method.hash().map_err(|error| json(&error))?,
    };
    let set = AnonymisedDataSet::new(shown, bytes, result.rows);
    Ok(Anonymised { set, manifest, method, report })
}

/// What JSON could not be written.
pub(crate) fn json(error: &serde_json::Error) -> Error {
    anonymise::Error::wrong("manifest", error.to_string()).into()
}

fn hashes(planned: &Planned) -> Vec<crate::HierarchyHash> {
    let columns = planned.plan.columns.iter();
    columns
        .filter_map(|(name, role)| match role {
            anonymise::Role::Quasi(tree) | anonymise::Role::Sensitive(Some(tree)) => {
                Some(manifest::hierarchy(name, tree))
            }
            _ => None,
        })
        .collect()
}

/// The recoding, its node where it has one, and whether that is proven to be the best.
fn recoded(
    engine: &Engine<'_>,
    settings: &Settings,
    node: Option<&[u8]>,
    go_on: &(dyn Fn(u64) -> bool + Sync),
) -> Result<(Recoding, Option<Vec<u8>>, bool), Error> {
    if settings.recoding == Recode::Parts {
        return Ok((engine.parts()?, None, false));
    }
    let (node, proven) = match node {
        Some(node) => (node.to_vec(), false),
        None => {
            let optimum = engine.optimum(Effort { go_on, ..Effort::default() })?;
            (optimum.node, optimum.proven)
        }
    };
    let recoding = match settings.recoding {
        Recode::Whole => engine.recoding(&node)?,
        Recode::Cells | Recode::Parts => engine.cells(&node)?,
    };
    Ok((recoding, Some(node), proven))
}

/// Holds a published file against its source and the method information: the separate checker, and the
/// five standards. It makes nothing and believes no manifest.
///
/// # Errors
/// One of the two cannot be read as a table, or the settings do not fit the source.
pub fn check(
    table: &Table,
    method: &MethodInformation,
    published: &Table,
    next: &dyn Fn(Step) -> Next,
) -> Result<(Verdict, Standards), Error> {
    let rules = Rules::now();
    let settings = &method.settings;
    settings.check(table, &rules, Kind::Anonymised)?;
    let seed = settings.seed.as_deref().unwrap_or_default();
    if next(Step::Checking) == Next::Stop {
        return Err(Error::Stopped);
    }
    let source = Prepared::new(table, settings, seed, &rules)?;
    let rows = Rows::open(&published.file, published.stream(), Format::default())?;
    let verdict = source.verdict(settings, rows)?;
    let from = origins(&source.table, published, &source.planned);
    let case = Case {
        settings,
        rules: &rules,
        source: table,
        prepared: &source.table,
        result: published,
        from: &from,
        starred: &source.starred,
        masked: &source.masked,
    };
    let standards = case.anonymised(&verdict, source.planned.k);
    Ok((verdict, standards))
}

/// The row of the source that each published row comes of, as the checker finds them: the first that
/// fits, in their order. A row that fits none gets the next one, and the checker has said so.
fn origins(prepared: &Table, published: &Table, planned: &Planned) -> Vec<usize> {
    let columns: Vec<_> = published
        .columns
        .iter()
        .filter_map(|column| {
            let from = prepared.column(&column.name)?;
            let tree = planned.plan.columns.iter().find_map(|(name, role)| match role {
                anonymise::Role::Quasi(tree) if *name == column.name => Some(tree),
                _ => None,
            });
            Some((column, from, tree))
        })
        .collect();
    let fits = |row: usize, from: usize| {
        columns.iter().all(|(column, before, tree)| {
            let (cell, value) = (column.cell(row), before.cell(from));
            match tree {
                None => cell == value,
                Some(tree) => tree.leaf(value).is_some_and(|leaf| {
                    (0..tree.levels()).any(|level| tree.label(level, leaf) == cell)
                }),
            }
        })
    };
    let mut next = 0;
    (0..published.rows)
        .map(|row| {
            let found = (next..prepared.rows).find(|from| fits(row, *from));
            let from = found.unwrap_or(next.min(prepared.rows - 1));
            next = from + 1;
            from
        })
        .collect()
}
