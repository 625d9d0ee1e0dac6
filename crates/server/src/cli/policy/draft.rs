//! `azukari policy init` and `import-fides`: begin a policy. The questions are plain lines on the
//! terminal; what is written from them is `policy::draft`.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use jiff::civil::Date;
use policy::draft::answers::{self, Answers, MENU, Processor, WORK};
use policy::draft::fides;
use policy::record::calendar_day;
use policy::{Label, RegimeName, read_files};

use super::Outcome;
use crate::cli::say::say;
use crate::clock::{Clock, SystemClock};

#[derive(Args)]
pub struct Init {
    /// The folder for the policy; it must not hold one yet
    #[arg(default_value = "policy")]
    dir: PathBuf,
    /// Answers in a file, instead of on the terminal
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
}

#[derive(Args)]
pub struct ImportFides {
    /// The manifest, as YAML
    file: PathBuf,
    /// The folder for the policy; it must not hold one yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Whose laws apply: jp, eu, uk; may be given again
    #[arg(long = "regime", value_name = "NAME", default_value = "jp")]
    regimes: Vec<String>,
    /// Where the company is at home, ISO 3166-1
    #[arg(long, value_name = "CODE", default_value = "JP")]
    country: String,
}

impl Init {
    pub fn run(self) -> anyhow::Result<Outcome> {
        is_free(&self.dir)?;
        let answers = match &self.answers {
            Some(file) => {
                let text = read(file)?;
                toml::from_str(&text)
                    .with_context(|| format!("`{}` does not hold answers", file.display()))?
            }
            None => ask(&mut std::io::stdin().lock(), &mut std::io::stdout())?,
        };
        write(&self.dir, &answers::files(&answers, today())?)
    }
}

impl ImportFides {
    pub fn run(self) -> anyhow::Result<Outcome> {
        is_free(&self.out)?;
        let regimes = regimes(self.regimes.iter().map(String::as_str))?;
        let country = country(&self.country)?;
        let text = read(&self.file)?;
        let files = fides::files(&text, &regimes, &country, today())
            .with_context(|| format!("`{}`", self.file.display()))?;
        write(&self.out, &files)
    }
}

/// The day in the one calendar that policies go by.
fn today() -> Date {
    calendar_day(SystemClock.now())
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file)
        .with_context(|| format!("`{}` cannot be read; name another file", file.display()))
}

/// Nobody's policy is written over.
fn is_free(dir: &Path) -> anyhow::Result<()> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(()) };
    let is_toml = |path: PathBuf| path.extension().is_some_and(|end| end == "toml");
    if entries.filter_map(Result::ok).any(|entry| is_toml(entry.path())) {
        bail!("`{}` holds a policy already; name another folder", dir.display());
    }
    Ok(())
}

fn write(dir: &Path, files: &BTreeMap<String, String>) -> anyhow::Result<Outcome> {
    // Nothing is left on the disk that could not be read back.
    let read = read_files(files).map_err(|findings| {
        let first = findings.first().map(ToString::to_string).unwrap_or_default();
        anyhow::anyhow!("what was drawn up is not coherent, {first}")
    })?;
    std::fs::create_dir_all(dir)
        .with_context(|| format!("`{}` cannot be made; name another folder", dir.display()))?;
    for (name, text) in files {
        let path = dir.join(name);
        std::fs::write(&path, text)
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    say!(
        "{} files in `{}`; {} places to look at: azukari policy check {}",
        files.len(),
        dir.display(),
        read.warnings.len(),
        dir.display(),
    );
    Ok(Outcome::Done)
}

fn regimes<'a>(names: impl Iterator<Item = &'a str>) -> anyhow::Result<Vec<RegimeName>> {
    let mut regimes: Vec<RegimeName> = Vec::new();
    for name in names.map(str::trim).filter(|name| !name.is_empty()) {
        let known = matches!(name, "jp" | "eu" | "uk");
        let regime = known.then(|| name.parse().ok()).flatten();
        let Some(regime) = regime else { bail!("`{name}` is not a regime; name jp, eu or uk") };
        if !regimes.contains(&regime) {
            regimes.push(regime);
        }
    }
    if regimes.is_empty() {
        bail!("no regime is named; name jp, eu or uk");
    }
    Ok(regimes)
}

fn country(code: &str) -> anyhow::Result<String> {
    let code = code.trim().to_ascii_uppercase();
    if code.len() != 2 || !code.chars().all(|c| c.is_ascii_uppercase()) {
        bail!("`{code}` is not a country; use two letters of ISO 3166-1, such as JP");
    }
    Ok(code)
}

/// The words of a menu that were chosen.
fn chosen(menu: &[(&str, &str, &str)], line: &str) -> anyhow::Result<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for given in line.split([',', ' ', '、']).map(str::trim).filter(|given| !given.is_empty()) {
        let by_number = given.parse::<usize>().ok().and_then(|n| menu.get(n.checked_sub(1)?));
        let found = by_number.or_else(|| menu.iter().find(|(word, _, _)| *word == given));
        let Some((word, _, _)) = found else { bail!("`{given}` is not on the list") };
        if !words.iter().any(|known| known == word) {
            words.push((*word).to_owned());
        }
    }
    Ok(words)
}

/// Whoever is asked, on lines.
struct Talk<'a, I, O> {
    input: &'a mut I,
    output: &'a mut O,
}

impl<I: BufRead, O: Write> Talk<'_, I, O> {
    /// One line, without its end.
    fn line(&mut self, question: &str) -> anyhow::Result<String> {
        write!(self.output, "{question}: ")?;
        self.output.flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            bail!("the answers ended before the questions; answer them all, or use --answers");
        }
        Ok(line.trim().to_owned())
    }

    /// Asks until an answer can be used.
    fn until<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        loop {
            let line = self.line(question)?;
            match read(&line) {
                Ok(answer) => return Ok(answer),
                Err(error) => writeln!(self.output, "  {error}")?,
            }
        }
    }

    fn words(&mut self, question: &str) -> anyhow::Result<String> {
        self.until(question, |line| {
            if line.is_empty() {
                bail!("people read this; write something");
            }
            Ok(line.to_owned())
        })
    }

    fn label(&mut self, question: &str) -> anyhow::Result<Label> {
        Ok(Label {
            ja: self.words(&format!("{question}, in Japanese"))?,
            en: self.words(&format!("{question}, in English"))?,
        })
    }

    fn yes(&mut self, question: &str) -> anyhow::Result<bool> {
        self.until(&format!("{question} (y/n)"), |line| match line {
            "y" | "yes" | "はい" => Ok(true),
            "n" | "no" | "いいえ" => Ok(false),
            _ => bail!("answer y or n"),
        })
    }

    fn menu(&mut self, menu: &[(&str, &str, &str)]) -> anyhow::Result<()> {
        for (at, (word, ja, en)) in menu.iter().enumerate() {
            writeln!(self.output, "  {:>2} {word}: {ja}, {en}", at + 1)?;
        }
        Ok(())
    }
}

/// Asks everything.
fn ask(input: &mut impl BufRead, output: &mut impl Write) -> anyhow::Result<Answers> {
    let mut talk = Talk { input, output };
    let name = talk.label("Name of the company")?;
    let service = talk.label("What it offers")?;
    let home = talk.until("Country it is at home in, such as JP", country)?;
    let email = talk.until("E-mail address of the inquiry desk", |line| {
        policy::normal::email(line).with_context(|| "this is not an e-mail address")
    })?;
    let laws =
        talk.until("Whose laws apply: jp, eu, uk", |line| regimes(line.split([',', ' '])))?;
    talk.menu(&MENU)?;
    let collect = talk.until("What is collected (numbers or words)", |line| {
        let words = chosen(&MENU, line)?;
        let has = |word: &str| words.iter().any(|chosen| chosen == word);
        if words.is_empty() {
            bail!("choose at least one");
        }
        if has("password") && !has("email") {
            bail!("people sign in with their e-mail address; choose email as well");
        }
        Ok(words)
    })?;
    let shares = talk.yes("Do shops or partners receive it when a person books with them?")?;
    let partners = if shares { Some(talk.label("What they are called")?) } else { None };
    let marketing = talk.yes("Are offers sent to people who agree?")?;
    let mut processors = Vec::new();
    while talk.yes(if processors.is_empty() {
        "Does another company work for this one?"
    } else {
        "And another?"
    })? {
        talk.menu(&WORK)?;
        let does = talk.until("What it does", |line| match chosen(&WORK, line)?.as_slice() {
            [one] => Ok(one.clone()),
            _ => bail!("choose one"),
        })?;
        let name = talk.label("What it is called")?;
        let country = talk.until("Country it is in, such as US", country)?;
        processors.push(Processor { name, does, country });
    }
    Ok(Answers {
        name,
        service,
        country: home,
        email,
        regimes: laws,
        collect,
        partners,
        marketing,
        processors,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(lines: &str) -> (anyhow::Result<Answers>, String) {
        let mut said = Vec::new();
        let asked = ask(&mut lines.as_bytes(), &mut said);
        (asked, String::from_utf8(said).unwrap())
    }

    #[test]
    fn the_questions_make_answers_and_ask_again_where_they_must() {
        let lines = "見本商店\nMihon Shop\n予約\nreservations\nJapan\njp\ndesk\ndesk@mihon.example\n\
                     us\njp, eu\n99\n1 2 password\nはい\nお店\nThe shop\nmaybe\nn\ny\nmail\n\
                     見本メール\nMihon Mail\nUS\nn\n";
        let (asked, said) = answers(lines);
        let asked = asked.unwrap();
        assert_eq!(asked.country, "JP");
        assert_eq!(asked.collect, ["name", "email", "password"]);
        assert_eq!(asked.partners.unwrap().en, "The shop");
        assert_eq!(asked.processors[0].does, "mail");
        assert!(!asked.marketing);
        for told in ["not a country", "not an e-mail", "not a regime", "not on the list", "y or n"]
        {
            assert!(said.contains(told), "{told}\n{said}");
        }
    }

    #[test]
    fn when_the_answers_end_that_is_said() {
        let (asked, _) = answers("見本商店\n");
        assert!(asked.unwrap_err().to_string().contains("the answers ended"));
    }
}
