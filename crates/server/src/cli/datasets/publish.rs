//! What is published of a set (Rules 36, 37) and what its recipient is told (Act 44), as files: written with
//! the set, and again once it is known who publishes and how the set is provided.

use std::fs;
use std::path::{Path, PathBuf};

use anonymise::Language;
use anyhow::{Context, bail};
use clap::Args;
use datasets::{Kind, Label, Manifest, Provision, Shown, told, told_to_recipient};
use serde::{Deserialize, Serialize};

use super::{Form, Outcome};
use crate::cli::say::say;

pub(super) const LANGUAGES: [(Language, &str); 2] = [(Language::Ja, "ja"), (Language::En, "en")];

/// What a set is published with.
pub(super) struct Pages<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) shown: &'a [Shown],
    /// Who publishes, in both languages.
    pub(super) who: [String; 2],
    /// What a pseudonymised set is used for.
    pub(super) purpose: Option<&'a str>,
    /// How it is provided to third parties.
    pub(super) provisions: &'a [Provision],
    /// To whom.
    pub(super) recipient: Option<&'a str>,
}

/// Who publishes, where nobody said a name.
pub(super) fn somebody(name: Option<&str>) -> [String; 2] {
    let or = |language: Language| language.of("当社", "the controller").to_owned();
    LANGUAGES.map(|(language, _)| name.map_or_else(|| or(language), str::to_owned))
}

impl Pages<'_> {
    /// Each file with its name.
    pub(super) fn files(&self) -> anyhow::Result<Vec<(String, String)>> {
        let Self { manifest, shown, purpose, provisions, .. } = self;
        let mut files = Vec::new();
        for ((language, tag), who) in LANGUAGES.into_iter().zip(&self.who) {
            let published = told(manifest.kind, who, shown, *purpose, provisions, language);
            files.push((format!("published.{tag}.html"), published.html(language)));
            if manifest.kind == Kind::Anonymised {
                let recipient = self.recipient.unwrap_or(language.of("提供先", "the recipient"));
                let output = &manifest.output;
                let rows = usize::try_from(output.rows)?;
                let text = told_to_recipient(who, recipient, shown, rows, &output.hash, language);
                files.push((format!("recipient.{tag}.txt"), text));
            }
        }
        Ok(files)
    }
}

/// What was published of a set before, in its folder.
const PUBLISHED: &str = "published.json";

/// What was said of a set when it was published, so that it stays when more is said.
#[derive(Default, Serialize, Deserialize)]
struct Published {
    purpose: Option<String>,
    provisions: Vec<Label>,
}

impl Published {
    fn read(made: &Path) -> anyhow::Result<Self> {
        let path = made.join(PUBLISHED);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path)
            .with_context(|| format!("`{}` cannot be read", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("`{}` is broken: remove it and publish anew", path.display()))
    }
}

#[derive(Args)]
pub struct Publish {
    /// The folder that was made
    #[arg(value_name = "DIR")]
    made: PathBuf,
    /// Who publishes
    #[arg(long, value_name = "NAME")]
    controller: String,
    /// How an anonymised set is provided to third parties; leave it out where it goes to nobody
    #[arg(long, value_name = "TEXT")]
    how: Option<String>,
    /// The same for the page in English
    #[arg(long, value_name = "TEXT", requires = "how")]
    how_en: Option<String>,
    /// To whom it goes
    #[arg(long, value_name = "NAME", requires = "how")]
    to: Option<String>,
    /// What a pseudonymised set is used for
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    #[command(flatten)]
    form: Form,
}

impl Publish {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let language = self.form.language();
        let manifest = manifest(&self.made)?;
        if manifest.kind == Kind::Pseudonymised && self.how.is_some() {
            bail!(language.of(
                "仮名加工情報は第三者に提供できません（法41条6項）。--howは指定できません",
                "pseudonymously processed information goes to no third party (Act 41(6)): leave --how out"
            ));
        }
        let options = [
            ("--controller", Some(&self.controller)),
            ("--how", self.how.as_ref()),
            ("--how-en", self.how_en.as_ref()),
            ("--to", self.to.as_ref()),
            ("--purpose", self.purpose.as_ref()),
        ];
        for (option, text) in options {
            if text.is_some_and(|text| text.trim().is_empty()) {
                bail!(match language {
                    Language::Ja => format!("{option}が空です。言葉で指定してください"),
                    Language::En => format!("{option} is empty: say it in words"),
                });
            }
        }
        let mut published = Published::read(&self.made)?;
        let provided = !published.provisions.is_empty();
        published.purpose = self.purpose.or(published.purpose);
        if manifest.kind == Kind::Pseudonymised && published.purpose.is_none() {
            bail!(language.of(
                "仮名加工情報は利用目的を公表します（法41条4項）。--purposeで指定してください",
                "of pseudonymously processed information the purpose is published (Act 41(4)): say it with --purpose"
            ));
        }
        if let Some(ja) = &self.how {
            let en = self.how_en.as_ref().unwrap_or(ja).clone();
            let how = Label { ja: ja.clone(), en };
            if !published.provisions.contains(&how) {
                published.provisions.push(how);
            }
        }
        let provisions: Vec<Provision> =
            published.provisions.iter().map(|how| Provision { method: how.clone() }).collect();
        let pages = Pages {
            manifest: &manifest,
            shown: &manifest.items(),
            who: somebody(Some(&self.controller)),
            purpose: published.purpose.as_deref(),
            provisions: &provisions,
            recipient: self.to.as_deref(),
        };
        // Before the pages, which say no more than it.
        replace(&self.made, PUBLISHED, &serde_json::to_string_pretty(&published)?)?;
        for (name, text) in pages.files()? {
            // What the recipient before was told stays until there is another.
            if provided && self.to.is_none() && name.starts_with("recipient.") {
                continue;
            }
            replace(&self.made, &name, &text)?;
        }
        let out = self.made.display();
        let law = match (manifest.kind, language) {
            (Kind::Anonymised, Language::Ja) => "規則36条",
            (Kind::Anonymised, Language::En) => "Rules 36",
            (Kind::Pseudonymised, Language::Ja) => "法41条4項",
            (Kind::Pseudonymised, Language::En) => "Act 41(4)",
        };
        say!(
            "{}",
            match (language, provisions.is_empty()) {
                (Language::Ja, true) =>
                    format!("「{out}/published.ja.html」を公表してください（{law}）。"),
                (Language::En, true) => format!("Publish `{out}/published.en.html` ({law})."),
                (Language::Ja, false) => format!(
                    "提供する前に「{out}/published.ja.html」を公表し（法44条、規則37条）、提供先には「{out}/recipient.ja.txt」の内容を伝えてください。"
                ),
                (Language::En, false) => format!(
                    "Publish `{out}/published.en.html` before you provide the set (Act 44, Rules 37), and tell the recipient what `{out}/recipient.en.txt` says."
                ),
            }
        );
        Ok(Outcome::Done)
    }
}

/// The manifest in the folder of a set.
pub(super) fn manifest(made: &Path) -> anyhow::Result<Manifest> {
    let path = made.join("manifest.json");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("`{}` cannot be read; name another folder", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("`{}` is no manifest", path.display()))
}

/// Puts a file in the place of the one of its name, whole or not at all.
fn replace(folder: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let beside = folder.join(format!(".{name}.partial-{}", std::process::id()));
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, folder.join(name)));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.with_context(|| format!("`{name}` cannot be written in `{}`", folder.display()))
}
