//! Makes a data set and writes it as a folder: the set, what is published and told of it, its report, its
//! manifest, and apart from these the method information.

use std::path::Path;

use anonymise::{Language, report};
use anyhow::anyhow;
use datasets::{About, Anonymised, Kind, Pseudonymised, Shown, told, told_to_recipient};

use super::folder::Folder;
use super::{Make, Outcome, Watch, engine, fresh, table};
use crate::clock::{Clock, SystemClock};

const LANGUAGES: [(Language, &str); 2] = [(Language::Ja, "ja"), (Language::En, "en")];

/// What is made of a table.
enum Made {
    Anonymised(Box<Anonymised>),
    Pseudonymised(Box<Pseudonymised>),
}

pub(super) fn run(make: &Make, kind: Kind) -> anyhow::Result<Outcome> {
    let language = make.form.language();
    let told = super::told(language);
    let settings = make.settings()?;
    let watch = Watch::begin(language).for_seconds(settings.seconds);
    let next = |step| watch.next(step);
    let (Some(file), Some(out)) = (&make.file, &make.out) else {
        return Err(anyhow!(
            language.of("表のファイルを指定してください", "name the file of the table")
        ));
    };
    // Before any work is done: it would be lost.
    let folder = Folder::begin(out)?;
    let table = table(file, &settings, language, &next)?;
    let settings = make.with_roles(settings, &table);
    let about =
        About { engine: engine(), made_at: SystemClock.now().to_string(), ..About::default() };
    let made = match kind {
        Kind::Anonymised => {
            let made = datasets::anonymise(&table, &settings, &about, fresh()?, None, &next);
            Made::Anonymised(Box::new(made.map_err(told)?))
        }
        Kind::Pseudonymised => {
            let made = datasets::pseudonymise(&table, &settings, &about, fresh()?, None, &next);
            Made::Pseudonymised(Box::new(made.map_err(told)?))
        }
    };
    let who = make.controller.as_deref();
    made.write(&folder, who)?;
    folder.finish()?;
    println!("{}", made.words(out, language));
    Ok(Outcome::Done)
}

/// Who publishes, where nobody was named.
fn who(given: Option<&str>, language: Language) -> &str {
    given.unwrap_or_else(|| language.of("当社", "the controller"))
}

impl Made {
    fn write(&self, folder: &Folder, controller: Option<&str>) -> anyhow::Result<()> {
        let (kind, shown, manifest, method) = match self {
            Self::Anonymised(made) => {
                folder.write("anonymised.csv", datasets::provide(&made.set), false)?;
                folder.write("report.json", made.report.json()?.as_bytes(), false)?;
                (Kind::Anonymised, made.set.shown(), &made.manifest, &made.method)
            }
            Self::Pseudonymised(made) => {
                folder.write("pseudonymised.csv", made.set.for_use_within(), true)?;
                (Kind::Pseudonymised, made.set.shown(), &made.manifest, &made.method)
            }
        };
        for (language, tag) in LANGUAGES {
            let who = who(controller, language);
            let page = self.report(language);
            folder.write(&format!("report.{tag}.html"), page.as_bytes(), false)?;
            let published = published(kind, shown, who, language);
            folder.write(&format!("published.{tag}.html"), published.as_bytes(), false)?;
            if kind == Kind::Anonymised {
                let recipient = language.of("提供先", "the recipient");
                let hash = &manifest.output.hash;
                let rows = usize::try_from(manifest.output.rows)?;
                let text = told_to_recipient(who, recipient, shown, rows, hash, language);
                folder.write(&format!("recipient.{tag}.txt"), text.as_bytes(), false)?;
            }
        }
        folder.write("manifest.json", manifest.json()?.as_bytes(), false)?;
        folder.write(super::METHOD, method.json()?.as_bytes(), true)
    }

    /// The page of evidence.
    fn report(&self, language: Language) -> String {
        match self {
            Self::Anonymised(made) => {
                let section = made.manifest.standards.section(language);
                made.report.html_with(language, &[section])
            }
            Self::Pseudonymised(made) => {
                let title = language.of("仮名加工の記録", "What was pseudonymised");
                report::checks(title, &[made.manifest.standards.section(language)], language)
            }
        }
    }

    /// What came out, for the terminal.
    fn words(&self, out: &Path, language: Language) -> String {
        let out = out.display();
        match self {
            Self::Anonymised(made) => {
                let counts = &made.manifest.counts;
                let (rows, published) = (counts.rows, counts.published);
                let highest = 100.0 * made.report.after.prosecutor.highest;
                match (language, made.manifest.proven) {
                    (Language::Ja, proven) => format!(
                        "{rows}行のうち{published}行を匿名加工し、「{out}」に保存しました。言い当てられる確率は最大{highest:.1}%です。{}\n\
                         method.jsonは加工方法等情報です。ほかのファイルと別に、権限のある人だけが扱えるように保管してください。",
                        if proven {
                            "列ごとの一般化は、これより失うものが少ない方法がないことを確かめています。"
                        } else {
                            ""
                        }
                    ),
                    (Language::En, proven) => format!(
                        "{published} of {rows} rows are anonymised, in `{out}`; the chance of telling a person's row is {highest:.1}% at most.{}\n\
                         method.json is method information: keep it apart from the other files, for those with authority alone.",
                        if proven {
                            " No way of generalising whole columns loses less."
                        } else {
                            ""
                        }
                    ),
                }
            }
            Self::Pseudonymised(made) => {
                let rows = made.manifest.counts.published;
                match language {
                    Language::Ja => format!(
                        "{rows}行を仮名加工し、「{out}」に保存しました。社内での利用に限ります。\n\
                         method.jsonは削除情報等です。ほかのファイルと別に、権限のある人だけが扱えるように保管してください。"
                    ),
                    Language::En => format!(
                        "{rows} rows are pseudonymised, in `{out}`, for your own use alone.\n\
                         method.json is deletion information: keep it apart from the other files, for those with authority alone."
                    ),
                }
            }
        }
    }
}

/// What is to be published at once (Rules 36).
fn published(kind: Kind, shown: &[Shown], who: &str, language: Language) -> String {
    told(kind, who, shown, None, &[], language).html(language)
}
