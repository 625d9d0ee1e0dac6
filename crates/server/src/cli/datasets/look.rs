//! What only looks: settings suggested for a table, a published file held against its source, a run made
//! again, and a sample to try things on.

use std::path::PathBuf;

use anonymise::Language;
use anonymise::verify::{Claim, Word};
use anyhow::{Context, bail};
use clap::Args;
use datasets::{About, Finding, Kind, Manifest, MethodInformation, Next, Settings, Table, Written};

use super::publish::manifest;
use super::{Form, Outcome, Watch, fresh, settings, table, told};
use crate::cli::say::{say, say_on};

#[derive(Args)]
pub struct Suggest {
    /// The table
    file: PathBuf,
    #[command(flatten)]
    form: Form,
}

impl Suggest {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let language = self.form.language();
        let watch = Watch::begin(language);
        let read = self.form.on(Settings::default());
        let table = table(&self.file, &read, language, &|step| watch.next(step))?;
        say_on!("{}", datasets::written(&table, &read, language)?);
        Ok(Outcome::Done)
    }
}

#[derive(Args)]
pub struct Check {
    /// The published file: CSV in UTF-8, or Parquet
    file: PathBuf,
    /// The table that it was made of
    #[arg(long, value_name = "FILE")]
    of: PathBuf,
    /// The method information of the run, method.json
    #[arg(long, value_name = "FILE", required_unless_present = "settings")]
    method: Option<PathBuf>,
    /// Settings with their seed, in place of method information
    #[arg(long, value_name = "FILE", conflicts_with = "method")]
    settings: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let language = self.form.language();
        let method = match (&self.method, &self.settings) {
            (Some(path), _) => method(path, language)?,
            (None, Some(path)) => {
                let settings = self.form.on(settings(path, language)?);
                if settings.seed.is_none() {
                    bail!(language.of(
                        "設定にseedがないため、行の対応を確かめられません。--methodでmethod.jsonを指定してください",
                        "without a seed in the settings rows cannot be followed: name method.json with --method"
                    ));
                }
                MethodInformation::of(Kind::Anonymised, settings)
            }
            (None, None) => {
                bail!("name method.json with --method, or settings with their seed with --settings")
            }
        };
        let watch = Watch::begin(language);
        let next = |step| watch.next(step);
        let source = table(&self.of, &method.settings, language, &next)?;
        let published = table(&self.file, &Settings::default(), language, &next)?;
        let (mut verdict, standards) =
            datasets::check(&source, &method, &published, &next).map_err(told(language))?;
        let other = self.manifest(&method)?.filter(|of| of.output.hash != published.hash());
        let holds = verdict.word == Word::Holds && standards.hold() && other.is_none();
        say!("{}", if holds { Word::Holds } else { Word::Fails });
        if let Some(manifest) = other {
            let line = self.differs(source, &manifest, &method, &next);
            // The checker alone tells where the rows come to an end; here the first that is another is known.
            for evidence in verdict.evidence.iter_mut().filter(|of| of.claim == Claim::Truth) {
                evidence.line = evidence.line.and(line.or(evidence.line));
            }
            say!("  {}", not_of(&manifest, &published, line, language));
        }
        for evidence in &verdict.evidence {
            say!("  {}", evidence.sentence(language));
        }
        for check in &standards.checks {
            let article = check.standard.article(Kind::Anonymised);
            let word = match (language, check.holds) {
                (Language::Ja, true) => "適合",
                (Language::Ja, false) => "不適合",
                (Language::En, true) => "holds",
                (Language::En, false) => "fails",
            };
            say!("  {word}  {article}  {}", check.standard.words(language));
            let tells = |finding: &&Finding| {
                let confirmed = matches!(finding, Finding::Confirmed { .. });
                !check.holds || confirmed || finding.warns()
            };
            for finding in check.findings.iter().filter(tells) {
                say!("    {}", finding.sentence(language));
            }
        }
        Ok(if holds { Outcome::Done } else { Outcome::Findings })
    }

    /// The manifest beside the method information, if it is of the same run.
    fn manifest(&self, method: &MethodInformation) -> anyhow::Result<Option<Manifest>> {
        let Some(made) = self.method.as_ref().and_then(|path| path.parent()) else {
            return Ok(None);
        };
        if !made.join("manifest.json").exists() {
            return Ok(None);
        }
        let hash = method.hash()?;
        Ok(Some(manifest(made)?).filter(|manifest| manifest.method == hash))
    }

    /// The first line that is another than when the set was made, where both are text.
    fn differs(
        &self,
        source: Table,
        manifest: &Manifest,
        method: &MethodInformation,
        next: &(dyn Fn(datasets::Step) -> Next + Sync),
    ) -> Option<u64> {
        if manifest.output.written == Written::Parquet || source.hash() != manifest.input.hash {
            return None;
        }
        let source = source.to_be(manifest.output.written);
        let made = again(&source, manifest, method, next).ok()?;
        let found = std::fs::read(&self.file).ok()?;
        let plain = |bytes: &[u8]| -> Vec<Vec<u8>> {
            let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
            bytes.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end().to_vec()).collect()
        };
        let at = plain(&made).iter().zip(&plain(&found)).position(|(made, found)| made != found)?;
        Some(at as u64 + 1)
    }
}

/// That a file is not the one that was made.
fn not_of(manifest: &Manifest, published: &Table, line: Option<u64>, language: Language) -> String {
    let (rows, expected) = (published.rows(), manifest.output.rows);
    match (language, line) {
        (Language::Ja, None) => {
            format!("このファイルは記録のものではありません：{rows}行（記録では{expected}行）")
        }
        (Language::Ja, Some(line)) => format!(
            "このファイルは記録のものではありません：{rows}行（記録では{expected}行）、{line}行目から異なります"
        ),
        (Language::En, None) => {
            format!("the file is not the one of the manifest: {rows} rows, {expected} expected")
        }
        (Language::En, Some(line)) => format!(
            "the file is not the one of the manifest: {rows} rows, {expected} expected; line {line} is the first that differs"
        ),
    }
}

fn method(path: &std::path::Path, language: Language) -> anyhow::Result<MethodInformation> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("`{}` cannot be read; name another file", path.display()))?;
    let wrong = || match language {
        Language::Ja => {
            format!("「{}」は別のファイルです。method.jsonを指定してください", path.display())
        }
        Language::En => format!("`{}` is the wrong file: name method.json", path.display()),
    };
    let read: serde_json::Value = serde_json::from_str(&text).with_context(wrong)?;
    // A manifest has settings too.
    if read.get("manifest").is_some() {
        bail!(wrong());
    }
    serde_json::from_value(read).with_context(wrong)
}

#[derive(Args)]
pub struct Again {
    /// The table that the set was made of
    file: PathBuf,
    /// The folder that was made
    #[arg(long, value_name = "DIR")]
    made: PathBuf,
    #[command(flatten)]
    form: Form,
}

impl Again {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let language = self.form.language();
        let manifest = manifest(&self.made)?;
        let method = method(&self.made.join(super::METHOD), language)?;
        let watch = Watch::begin(language);
        let next = |step| watch.next(step);
        let source = table(&self.file, &method.settings, language, &next)?;
        let source = source.to_be(manifest.output.written);
        let mut differs = Vec::new();
        if method.hash()? != manifest.method {
            differs.push(language.of(
                "method.jsonがこの記録のものではありません",
                "method.json is not the one of this manifest",
            ));
        }
        if source.hash() != manifest.input.hash {
            differs.push(language.of(
                "元の表がこの記録のものではありません",
                "the table is not the one of this manifest",
            ));
        }
        let output = again(&source, &manifest, &method, &next).map_err(told(language))?;
        if !manifest.is_of(&output) {
            differs.push(language.of("同じ結果になりません", "it does not come out the same"));
        }
        for difference in &differs {
            say!("{difference}");
        }
        if differs.is_empty() {
            say!("{}", language.of("同じ結果になりました", "it comes out the same"));
            return Ok(Outcome::Done);
        }
        Ok(Outcome::Findings)
    }
}

/// The file of a run that is made again.
fn again(
    source: &Table,
    manifest: &Manifest,
    method: &MethodInformation,
    next: &(dyn Fn(datasets::Step) -> Next + Sync),
) -> Result<Vec<u8>, datasets::Error> {
    let about = About::default();
    // Nothing hangs on it: seed and key are those of the method information.
    let fresh = fresh().unwrap_or_default();
    match manifest.kind {
        Kind::Anonymised => {
            let again = Some(manifest);
            let made = datasets::anonymise(source, &method.settings, &about, fresh, again, next)?;
            Ok(datasets::provide(&made.set).to_vec())
        }
        Kind::Pseudonymised => {
            let made = datasets::pseudonymise(
                source,
                &method.settings,
                &about,
                fresh,
                Some(method),
                &|step| next(step),
            )?;
            Ok(made.set.for_use_within().to_vec())
        }
    }
}

#[derive(Args)]
pub struct Sample {
    /// How many visits
    #[arg(long, value_name = "NUMBER", default_value_t = 3000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rows: u32,
    #[command(flatten)]
    form: Form,
}

impl Sample {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let rows = usize::try_from(self.rows)?;
        say_on!("{}", datasets::sample(rows, self.form.language()));
        Ok(Outcome::Done)
    }
}
