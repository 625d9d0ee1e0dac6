//! The checker refuses what does not hold: wrong files by the dozen, each made of a right one.

use std::fmt::Write as _;

use anonymise::{
    Distance, Effort, Engine, Format, Intervals, Language, Measure, Model, Plan, Role, Rows,
    Settings, Suppressed, intervals, masks,
    verify::{Claim, Claims, Verdict, Word, verify},
};

use crate::tables::{Table, table};

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

struct Case {
    csv: String,
    plan: Plan,
    models: Vec<Model>,
    table: Table,
    dice: Dice,
}

const LIMIT: f64 = 0.1;

impl Case {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed * 77 + 5);
        let mut csv = "name,age,zip,sex,illness,note\n".to_owned();
        for row in 0..240 {
            let (age, zip) =
                (20 + dice.below(12) * dice.below(6), 160 + dice.below(3) * dice.below(9));
            let (sex, illness) =
                (["f", "m"][dice.below(2)], ["flu", "cold", "cough", "none"][dice.below(4)]);
            writeln!(csv, "person {row},{age},{zip},{sex},{illness},note {row}").unwrap();
        }
        let ages: Vec<String> = (0..120).map(|age| age.to_string()).collect();
        let zips: Vec<String> = (100..200).map(|zip| zip.to_string()).collect();
        let form = Intervals { origin: 0, widths: vec![10, 20], bottom: None, top: None };
        let [ages, zips] =
            [&ages, &zips].map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
        let plan = Plan::new()
            .with("name", Role::Identifying)
            .with("age", Role::Quasi(intervals("age", &ages, &form).unwrap()))
            .with("zip", Role::Quasi(masks("zip", &zips, &[2]).unwrap()))
            .with("sex", Role::Quasi(masks("sex", &["f", "m"], &[]).unwrap()))
            .with("illness", Role::Sensitive(None))
            .with("note", Role::Insensitive);
        let column = || "illness".to_owned();
        let models = vec![
            Model::KAnonymity { k: 5 },
            Model::DistinctDiversity { column: column(), l: 2 },
            Model::Closeness { column: column(), t: 0.5, distance: Distance::Equal },
        ];
        let table = table(csv.as_bytes(), Format::default(), &plan, &["illness"]).unwrap();
        Self { csv, plan, models, table, dice }
    }

    fn right(&self) -> Vec<Vec<String>> {
        let settings =
            Settings { models: self.models.clone(), limit: LIMIT, measure: Measure::Loss };
        let engine = Engine::new(&self.table.schema, &self.table.histogram, settings).unwrap();
        let optimum = engine.optimum(Effort::default()).unwrap();
        let recoding = engine.recoding(&optimum.node).unwrap();
        let written = self.table.written(&recoding, Suppressed::Removed);
        written.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    fn verdict(&self, rows: &[Vec<String>], models: &[Model]) -> Verdict {
        let published: String = rows.iter().map(|row| row.join(",") + "\n").collect();
        let suppressed = Suppressed::Removed;
        let claims = Claims { plan: &self.plan, models, limit: LIMIT, suppressed };
        verify(
            &claims,
            Rows::open("before", self.csv.as_bytes(), Format::default()).unwrap(),
            Rows::open("after", published.as_bytes(), Format::default()).unwrap(),
        )
        .unwrap()
    }

    /// Some row that is published, the head left out.
    fn row(&mut self, rows: &[Vec<String>]) -> usize {
        1 + self.dice.below(rows.len() - 1)
    }

    /// The rows of the class of a row.
    fn class(rows: &[Vec<String>], row: usize) -> Vec<usize> {
        (1..rows.len()).filter(|other| rows[*other][..3] == rows[row][..3]).collect()
    }

    /// A row of another class.
    fn other(&mut self, rows: &[Vec<String>], row: usize) -> usize {
        loop {
            let other = self.row(rows);
            if rows[other][..3] != rows[row][..3] {
                return other;
            }
        }
    }
}

fn kinds() -> Vec<(&'static str, Claim)> {
    vec![
        ("a row in another class", Claim::Truth),
        ("a class of one too few", Claim::KAnonymity),
        ("a label of no hierarchy", Claim::Labels),
        ("another illness", Claim::Truth),
        ("a row twice", Claim::Truth),
        ("rows in another order", Claim::Truth),
        ("too many rows left out", Claim::Suppression),
        ("a column of names", Claim::Columns),
        ("a column less", Claim::Columns),
        ("a cell as it was", Claim::KAnonymity),
        ("another note", Claim::Truth),
        ("a claim of larger classes", Claim::KAnonymity),
        ("a claim of more illnesses", Claim::DistinctDiversity),
        ("a claim of closer classes", Claim::Closeness),
    ]
}

/// Makes a right file wrong; gives it with the models that it claims.
fn wrong(
    case: &mut Case,
    kind: &str,
    mut rows: Vec<Vec<String>>,
) -> (Vec<Vec<String>>, Vec<Model>) {
    let mut models = case.models.clone();
    let at = case.row(&rows);
    let column = || "illness".to_owned();
    let classes: Vec<Vec<usize>> = (1..rows.len()).map(|row| Case::class(&rows, row)).collect();
    match kind {
        "a row in another class" => {
            let from = case.other(&rows, at);
            let cells = rows[from][..3].to_vec();
            rows[at].splice(..3, cells);
        }
        "a class of one too few" => {
            let smallest = classes.iter().min_by_key(|class| class.len()).unwrap();
            for row in smallest[4..].iter().rev() {
                rows.remove(*row);
            }
        }
        "a label of no hierarchy" => {
            let column = case.dice.below(3);
            rows[at][column] = String::from("30-33");
        }
        "another illness" => {
            rows[at][3] = String::from(if rows[at][3] == "flu" { "cold" } else { "flu" });
        }
        "a row twice" => {
            let row = rows[at].clone();
            rows.insert(at, row);
        }
        "rows in another order" => {
            let other = case.other(&rows, at);
            rows.swap(at, other);
        }
        "too many rows left out" => rows.truncate(rows.len() - 40),
        "a column of names" => {
            for (at, row) in rows.iter_mut().enumerate() {
                row.insert(0, if at == 0 { "name".to_owned() } else { format!("person {at}") });
            }
        }
        "a column less" => {
            for row in &mut rows {
                row.pop();
            }
        }
        "a cell as it was" => {
            let note = rows[at].last().unwrap().clone();
            let line = case.csv.lines().find(|line| line.ends_with(&format!(",{note}"))).unwrap();
            let before: Vec<&str> = line.split(',').collect();
            let coarse = (0..3).find(|column| rows[at][*column] != before[*column + 1]).unwrap();
            rows[at][coarse] = String::from(before[coarse + 1]);
        }
        "another note" => rows[at][4] = String::from("note 1000"),
        "a claim of larger classes" => {
            let smallest = classes.iter().map(Vec::len).min().unwrap();
            models[0] = Model::KAnonymity { k: u32::try_from(smallest).unwrap() + 1 };
        }
        "a claim of more illnesses" => {
            models[1] = Model::DistinctDiversity { column: column(), l: 5 };
        }
        "a claim of closer classes" => {
            models[2] = Model::Closeness { column: column(), t: 0.01, distance: Distance::Equal };
        }
        other => panic!("no way to make {other}"),
    }
    (rows, models)
}

#[test]
fn what_is_right_holds_and_seventy_wrong_files_are_refused() {
    let mut refused = 0;
    for seed in 0..5 {
        let mut case = Case::new(seed);
        let right = case.right();
        let verdict = case.verdict(&right, &case.models);
        assert_eq!(verdict.word, Word::Holds, "{verdict:?}");
        for (kind, claim) in kinds() {
            let (rows, models) = wrong(&mut case, kind, right.clone());
            let verdict = case.verdict(&rows, &models);
            assert_eq!(verdict.word, Word::Fails, "{kind}: {verdict:?}");
            let failed = verdict.evidence.iter().find(|evidence| !evidence.holds).unwrap();
            assert!(
                verdict.evidence.iter().any(|evidence| evidence.claim == claim && !evidence.holds),
                "{kind}: {verdict:?}"
            );
            // No evidence quotes a value.
            for language in [Language::Ja, Language::En] {
                let sentence = failed.sentence(language);
                assert!(
                    !["30-33", "flu", "note"].iter().any(|value| sentence.contains(value)),
                    "{sentence}"
                );
            }
            refused += 1;
        }
    }
    assert_eq!(refused, 70);
}

#[test]
fn evidence_reads_as_a_sentence() {
    let mut case = Case::new(0);
    let right = case.right();
    let (rows, models) = wrong(&mut case, "a claim of more illnesses", right);
    let verdict = case.verdict(&rows, &models);
    assert_eq!(verdict.word.to_string(), "fails");
    let sentences = |language| {
        verdict.evidence.iter().map(|evidence| evidence.sentence(language)).collect::<Vec<_>>()
    };
    assert_eq!(
        sentences(Language::En)[4..6],
        [
            "k-anonymity: holds (asked 5, found 6).",
            "distinct l-diversity (column `illness`): fails (asked 5, found 4, line 2)."
        ]
    );
    assert_eq!(sentences(Language::Ja)[0], "列の構成：満たしています。");
}
