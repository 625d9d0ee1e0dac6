//! Makes a data set, of a file or of what is held, and writes it as a folder: the set, what is published
//! and told of it, its report, its manifest, and apart from these the method information.

use std::path::Path;
use std::sync::Arc;

use anonymise::{Language, report};
use anyhow::{Context, anyhow};
use datasets::{About, Kind, Manifest, MethodInformation, Settings, Shown, Table};
use policy::record::DatasetKind;

use super::folder::Folder;
use super::publish::{LANGUAGES, Pages, somebody};
use super::{Make, Outcome, Watch, engine, fresh, table};
use crate::acts::dataset::{self, Source, Unmade, Wish};
use crate::acts::everybody::Asked;
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};
use crate::public_url::PublicUrl;

/// A set with everything that is written beside it.
struct Made {
    kind: Kind,
    file: Vec<u8>,
    shown: Vec<Shown>,
    manifest: Manifest,
    report: Option<report::Report>,
    method: MethodInformation,
    /// Who publishes, in both languages.
    who: [String; 2],
    /// The id of the set, where it is kept in the house.
    dataset: Option<String>,
}

pub(super) fn run(make: Make, kind: Kind) -> anyhow::Result<Outcome> {
    let language = make.form.language();
    let settings = make.settings()?;
    let watch = Watch::begin(language).for_seconds(settings.seconds);
    let out = make.out.clone().context("name a folder with --out")?;
    // Before any work is done: it would be lost.
    let folder = Folder::begin(&out, language)?;
    let made = if make.from_vault {
        of_vault(make, kind, settings, watch)?
    } else {
        of_file(&make, kind, settings, &watch)?
    };
    made.write(&folder)?;
    folder.finish()?;
    say!("{}", made.words(&out, language));
    Ok(Outcome::Done)
}

fn of_file(make: &Make, kind: Kind, settings: Settings, watch: &Watch) -> anyhow::Result<Made> {
    let language = make.form.language();
    let told = super::told(language);
    let next = |step| watch.next(step);
    let words = language.of("表のファイルを指定してください", "name the file of the table");
    let file = make.file.as_ref().ok_or_else(|| anyhow!(words))?;
    let table = table(file, &settings, language, &next)?;
    let written = make.written.unwrap_or(table.written());
    let table = table.to_be(written);
    let settings = make.with_roles(settings, &table);
    let made_at = SystemClock.now().to_string();
    let about = About { engine: engine(), made_at, ..About::default() };
    let who = somebody(make.controller.as_deref());
    Ok(match kind {
        Kind::Anonymised => {
            let made = datasets::anonymise(&table, &settings, &about, fresh()?, None, &next);
            let made = made.map_err(told)?;
            Made {
                kind,
                file: datasets::provide(&made.set).to_vec(),
                shown: made.set.shown().to_vec(),
                manifest: made.manifest,
                report: Some(made.report),
                method: made.method,
                who,
                dataset: None,
            }
        }
        Kind::Pseudonymised => {
            let made = datasets::pseudonymise(&table, &settings, &about, fresh()?, None, &next);
            let made = made.map_err(told)?;
            Made {
                kind,
                file: made.set.for_use_within().to_vec(),
                shown: made.set.shown().to_vec(),
                manifest: made.manifest,
                report: None,
                method: made.method,
                who,
                dataset: None,
            }
        }
    })
}

/// Rows come through the gate, and the manifest is in the ledger before this returns.
fn of_vault(make: Make, kind: Kind, settings: Settings, watch: Watch) -> anyhow::Result<Made> {
    let language = make.form.language();
    let app = make.premises.open(PublicUrl::default(), None)?;
    let purpose = make.purpose.as_deref().context("name the purpose with --purpose")?;
    let purpose = purpose.parse().context("--purpose")?;
    let from_settings = settings.columns.keys();
    let mut items: Vec<String> = from_settings.cloned().collect();
    items.extend(make.roles().map(|(column, _)| column.clone()));
    items.sort();
    items.dedup();
    let items = items.iter().map(|item| item.parse());
    let items =
        items.collect::<Result<Vec<_>, _>>().context("a column is an item of the policy")?;
    let of = Source {
        kind: match kind {
            Kind::Anonymised => DatasetKind::Anonymised,
            Kind::Pseudonymised => DatasetKind::Pseudonymised,
        },
        asked: Asked { purpose, items, by: "operator".to_owned() },
        file: None,
    };
    let settings = Box::new(move |table: &Table| make.with_roles(settings, table));
    let wish = Wish { of, name: None, settings, once: None };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let next = Arc::new(move |step| watch.next(step));
    let made =
        runtime.block_on(dataset::make(&app, wish, next)).map_err(|unmade| match unmade {
            Unmade::Error(error) => super::super::told(error),
            Unmade::Table(error) => super::told(language)(error),
        })?;
    let name = &app.policy().controller.name;
    Ok(Made {
        kind,
        file: made.kept.csv.into_bytes(),
        shown: made.kept.manifest.items(),
        manifest: made.kept.manifest,
        report: made.kept.report,
        method: made.method.context("this set was made before")?,
        who: [name.ja.clone(), name.en.clone()],
        dataset: Some(made.dataset.to_string()),
    })
}

impl Made {
    fn write(&self, folder: &Folder) -> anyhow::Result<()> {
        let ending = self.manifest.output.written.ending();
        match self.kind {
            Kind::Anonymised => folder.write(&format!("anonymised.{ending}"), &self.file, false)?,
            Kind::Pseudonymised => {
                folder.write(&format!("pseudonymised.{ending}"), &self.file, true)?;
            }
        }
        if let Some(report) = &self.report {
            folder.write("report.json", report.json()?.as_bytes(), false)?;
        }
        for (language, tag) in LANGUAGES {
            let page = self.report(language);
            folder.write(&format!("report.{tag}.html"), page.as_bytes(), false)?;
        }
        let pages = Pages {
            manifest: &self.manifest,
            shown: &self.shown,
            who: self.who.clone(),
            purpose: None,
            provisions: &[],
            recipient: None,
        };
        for (name, text) in pages.files()? {
            folder.write(&name, text.as_bytes(), false)?;
        }
        folder.write("manifest.json", self.manifest.json()?.as_bytes(), false)?;
        folder.write(super::METHOD, self.method.json()?.as_bytes(), true)
    }

    /// The page of evidence.
    fn report(&self, language: Language) -> String {
        let section = self.manifest.standards.section(language);
        match &self.report {
            Some(report) => report.html_with(language, &[section]),
            None => {
                let title = language.of("仮名加工の記録", "What was pseudonymised");
                report::checks(title, &[section], language)
            }
        }
    }

    /// What has to be published of a set that is not published by the house itself.
    fn to_be_published(&self, out: &Path, language: Language) -> Option<String> {
        let out = out.display();
        let words = match (self.kind, language) {
            _ if self.dataset.is_some() => return None,
            (Kind::Anonymised, Language::Ja) => format!(
                "次の項目を公表してください（規則36条）：{}。azukari anonymise publish {out} --controller 名前 で公表のページを作れます。第三者に提供する前には --how 提供の方法 も付けて公表します（法44条）。",
                self.items(language)
            ),
            (Kind::Anonymised, Language::En) => format!(
                "Its items have to be published (Rules 36): {}. `azukari anonymise publish {out} --controller NAME` writes the page; before the set is provided to anybody, add `--how TEXT` (Act 44).",
                self.items(language)
            ),
            (Kind::Pseudonymised, Language::Ja) => format!(
                "利用目的を公表してください（法41条4項）。azukari anonymise publish {out} --controller 名前 --purpose 目的 で公表のページを作れます。"
            ),
            (Kind::Pseudonymised, Language::En) => format!(
                "What it is used for has to be published (Act 41(4)): `azukari anonymise publish {out} --controller NAME --purpose TEXT` writes the page."
            ),
        };
        Some(words)
    }

    fn items(&self, language: Language) -> String {
        let items: Vec<&str> = self.shown.iter().map(|item| item.words(language)).collect();
        items.join(language.of("、", ", "))
    }

    /// What came out, for the terminal.
    fn words(&self, folder: &Path, language: Language) -> String {
        let out = folder.display();
        let counts = &self.manifest.counts;
        let (rows, published) = (counts.rows, counts.published);
        let left_out: u64 = counts.left_out.values().sum();
        let mut lines = vec![match (self.kind, language) {
            (Kind::Anonymised, Language::Ja) => {
                format!("{rows}行のうち{published}行を匿名加工し、「{out}」に保存しました。")
            }
            (Kind::Anonymised, Language::En) => {
                format!("{published} of {rows} rows are anonymised, in `{out}`.")
            }
            (Kind::Pseudonymised, Language::Ja) => format!(
                "{published}行を仮名加工し、「{out}」に保存しました。社内での利用に限ります。"
            ),
            (Kind::Pseudonymised, Language::En) => {
                format!("{published} rows are pseudonymised, in `{out}`, for your own use alone.")
            }
        }];
        if let Some(report) = &self.report {
            let highest = 100.0 * report.after.prosecutor.highest;
            lines.push(match language {
                Language::Ja => format!("ある人の行を言い当てられる確率は最大{highest:.1}%です。"),
                Language::En => {
                    format!("The chance of telling a person’s row is {highest:.1}% at most.")
                }
            });
        }
        if self.manifest.proven {
            lines.push(
                language
                    .of(
                        "列ごとの一般化のうち、失う情報がこれより少ない方法はありません（証明済み）。",
                        "No way of generalising whole columns loses less; that is proven.",
                    )
                    .to_owned(),
            );
        }
        if left_out > 0 {
            lines.push(match language {
                Language::Ja => format!(
                    "同意がない、利用停止中であるなどの理由で、{left_out}人の情報は使っていません。"
                ),
                Language::En => {
                    format!("Left out: {left_out} (no consent, a stopped use, or nothing held).")
                }
            });
        }
        if let Some(dataset) = &self.dataset {
            lines.push(match language {
                Language::Ja => format!("データセット{dataset}として台帳に記録しました。"),
                Language::En => format!("It is in the ledger as {dataset}."),
            });
        }
        lines.extend(self.manifest.standards.warnings(language));
        lines.extend(self.to_be_published(folder, language));
        lines.push(match (self.kind, language) {
            (Kind::Anonymised, Language::Ja) => "method.jsonは加工方法等情報です。ほかのファイルと別に、権限のある人だけが扱えるように保管してください。".to_owned(),
            (Kind::Anonymised, Language::En) => "method.json is method information: keep it apart from the other files, for those with authority alone.".to_owned(),
            (Kind::Pseudonymised, Language::Ja) => "method.jsonは削除情報等です。ほかのファイルと別に、権限のある人だけが扱えるように保管してください。".to_owned(),
            (Kind::Pseudonymised, Language::En) => "method.json is deletion information: keep it apart from the other files, for those with authority alone.".to_owned(),
        });
        lines.join("\n")
    }
}
