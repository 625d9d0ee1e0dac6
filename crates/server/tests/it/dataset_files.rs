//! `azukari anonymise` and `pseudonymise` on files: whole or not at all, checked, made again, and clear
//! about what is wrong in both languages (R6.1, R7.1 to R7.4).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use anonymise::Format;
use datasets::{Table, Written};
use tempfile::TempDir;

fn azukari(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_azukari"))
        .current_dir(folder)
        .args(args)
        .env("LANG", "C")
        .output()
        .unwrap()
}

fn runs(folder: &Path, args: &[&str]) -> String {
    let out = azukari(folder, args);
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// What it says on standard error where it does nothing.
fn fails(folder: &Path, args: &[&str]) -> String {
    let out = azukari(folder, args);
    assert_eq!(out.status.code(), Some(1), "{args:?}");
    String::from_utf8(out.stderr).unwrap()
}

/// A folder with the sample of visits and what is suggested for it.
fn visits(language: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let sample = runs(folder.path(), &["anonymise", "sample", "--language", language]);
    fs::write(folder.path().join("visits.csv"), sample).unwrap();
    let settings =
        runs(folder.path(), &["anonymise", "suggest", "visits.csv", "--language", language]);
    fs::write(folder.path().join("settings.toml"), settings).unwrap();
    folder
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const MAKE: [&str; 6] = ["anonymise", "visits.csv", "--settings", "settings.toml", "--out", "made"];

#[test]
fn a_file_of_visits_is_made_anonymous_checked_and_made_again() {
    for language in ["ja", "en"] {
        let folder = visits(language);
        let folder = folder.path();
        runs(folder, &[&MAKE[..], &["--language", language]].concat());
        let made = folder.join("made");
        assert_eq!(
            files(&made),
            [
                "anonymised.csv",
                "manifest.json",
                "method.json",
                "published.en.html",
                "published.ja.html",
                "recipient.en.txt",
                "recipient.ja.txt",
                "report.en.html",
                "report.ja.html",
                "report.json",
            ]
        );
        let mode = |name: &str| fs::metadata(made.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("method.json"), mode("anonymised.csv")), (0o600, 0o644));
        let csv = fs::read_to_string(made.join("anonymised.csv")).unwrap();
        assert!(!csv.contains('@') && !csv.contains("M-0"), "{csv}");

        let check = ["anonymise", "check", "made/anonymised.csv", "--of", "visits.csv"];
        let check = [&check[..], &["--method", "made/method.json"]].concat();
        let said = runs(folder, &check);
        assert!(said.starts_with("holds\n") && said.contains("is a star in every row"), "{said}");
        let again = ["anonymise", "again", "visits.csv", "--made", "made"];
        assert_eq!(runs(folder, &again).trim(), "it comes out the same");

        // One cell that is told more finely than the rest, and it holds no longer.
        let finer = csv.replacen(",0-3\n", ",2\n", 1);
        assert_ne!(finer, csv);
        fs::write(made.join("anonymised.csv"), finer).unwrap();
        let out = azukari(folder, &check);
        assert_eq!(out.status.code(), Some(2));
        let said = String::from_utf8_lossy(&out.stdout);
        let line = 2 + csv.lines().skip(1).position(|line| line.ends_with(",0-3")).unwrap();
        assert!(said.starts_with("fails\n"), "{said}");
        assert!(said.contains(&format!("line {line} is the first that differs")), "{said}");
        // One row less.
        let row = csv.lines().nth(1).unwrap();
        fs::write(made.join("anonymised.csv"), csv.replacen(&format!("{row}\n"), "", 1)).unwrap();
        let out = azukari(folder, &check);
        assert_eq!(out.status.code(), Some(2));
        let said = String::from_utf8_lossy(&out.stdout);
        assert!(said.contains("is not the one of the manifest"), "{said}");
        let manifest = [&check[..6], &["made/manifest.json"]].concat();
        assert!(fails(folder, &manifest).contains("is the wrong file"));
        // Another source does not come out the same.
        let visits = fs::read_to_string(folder.join("visits.csv")).unwrap();
        let fewer = visits.lines().take(2900).collect::<Vec<_>>().join("\n");
        fs::write(folder.join("visits.csv"), fewer).unwrap();
        assert_eq!(azukari(folder, &again).status.code(), Some(2));
    }
}

#[test]
fn a_file_is_pseudonymised_by_flags_alone() {
    let folder = visits("en");
    let folder = folder.path();
    let args = [
        "pseudonymise",
        "visits.csv",
        "--out",
        "made",
        "--linking-code",
        "member_id",
        "--token",
        "member_id",
        "--identifying",
        "name,email",
        "--insensitive",
        "birth_date,gender,area,allergy,visited_on,party",
    ];
    runs(folder, &args);
    let csv = fs::read_to_string(folder.join("made/pseudonymised.csv")).unwrap();
    assert!(csv.starts_with("member_id,birth_date,"), "{csv}");
    assert!(!csv.contains("M-0") && !csv.contains('@'));
    let again = ["anonymise", "again", "visits.csv", "--made", "made"];
    assert_eq!(runs(folder, &again).trim(), "it comes out the same");
    // Whoever forgets the address is told where it stands (Rules 31(1)).
    let told = fails(
        folder,
        &[
            "pseudonymise",
            "visits.csv",
            "--out",
            "other",
            "--linking-code",
            "member_id",
            "--identifying",
            "name",
            "--insensitive",
            "email,birth_date,gender,area,allergy,visited_on,party",
        ],
    );
    for words in ["Rules 31(1)", "`email` may not stay", "[columns.\"email\"] in `confirmed`"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("guest.example"), "{told}");
    assert!(!folder.join("other").exists());
}

#[test]
fn a_reason_by_a_flag_is_in_the_report_and_the_checker_repeats_it() {
    let folder = visits("en");
    let folder = folder.path();
    let args = |confirmed: &[&'static str]| {
        let args = ["anonymise", "visits.csv", "--settings", "settings.toml", "--out", "made"];
        [&args[..], &["--insensitive", "name"], confirmed].concat()
    };
    let told = fails(folder, &args(&[]));
    assert!(told.contains("Rules 34(1)") && told.contains("(by its name)"), "{told}");
    assert!(fails(folder, &args(&["--confirmed", "name"])).contains("= and a reason"));
    let why = "made-up names, of nobody";
    runs(folder, &args(&["--confirmed", "name=made-up names, of nobody"]));
    for report in ["made/report.ja.html", "made/report.en.html", "made/manifest.json"] {
        assert!(fs::read_to_string(folder.join(report)).unwrap().contains(why), "{report}");
    }
    let check = ["anonymise", "check", "made/anonymised.csv", "--of", "visits.csv"];
    let said = runs(folder, &[&check[..], &["--method", "made/method.json"]].concat());
    assert!(said.starts_with("holds\n") && said.contains(why), "{said}");
}

/// A table, settings, and what is said of them: in English and in Japanese.
const WRONG: [(&str, &str, &str, &str); 14] = [
    ("", "", "it is empty", "空です"),
    ("age\n", "[columns.age]\nrole = \"quasi_identifying\"", "there are no rows", "行がありません"),
    ("age,age\n1,2\n", "", "line 1, column `age`: it is named twice", "1行目、列「age」"),
    ("age,sex\n1,f\n2\n", "", "line 3", "3行目"),
    (
        "age\n34\nold\n",
        "[columns.age]\nrole = \"quasi_identifying\"\nintervals = { widths = [5] }",
        "line 3, column `age`: this value is no whole number",
        "3行目、列「age」：この値は扱える整数ではありません",
    ),
    (
        "day\n2026-03-09\n9 March\n",
        "[columns.day]\nrole = \"quasi_identifying\"\ndates = [\"year\"]",
        "line 3, column `day`: this value is no date",
        "3行目、列「day」：この値は日付ではありません",
    ),
    (
        "age\n34\n",
        "[columns.sex]\nrole = \"insensitive\"",
        "`settings.toml`, line 1, column `sex`: there is no such column in `visits.csv`, which has age",
        "「settings.toml」の1行目、列「sex」：この列は「visits.csv」にありません。列はageです",
    ),
    (
        "age,sex\n34,f\n",
        "[columns.age]\nrole = \"quasi_identifying\"",
        "column `sex`: it has no role",
        "列「sex」：設定に役割がありません",
    ),
    (
        "age\n34\n",
        "k = 4\n[columns.age]\nrole = \"quasi_identifying\"",
        "`settings.toml`, line 1: k is at least 5; 10 is usual",
        "「settings.toml」の1行目：kは5以上にしてください",
    ),
    (
        "age\n34\n",
        "limit = 2.0\n[columns.age]\nrole = \"quasi_identifying\"",
        "between 0 and 1",
        "0から1まで",
    ),
    (
        "age\n34\n",
        "[columns.age]\nrole = \"secret\"",
        "`settings.toml`, line 2: `secret` is none of the words that can stand here: identifying, identification_code, linking_code",
        "「settings.toml」の2行目：「secret」は使えません。identifying、identification_code、linking_code",
    ),
    (
        "age\n34\n",
        "[columns.age]\nrole = \"quasi_identifying\"\nfile = \"ages.csv\"",
        "`ages.csv`: cannot be read",
        "「ages.csv」：読み書きできません",
    ),
    (
        "age\n34\n",
        "[columns.age]\nrole = \"quasi_identifying\"",
        "no way of generalising",
        "一般化がありません",
    ),
    (
        "area\nShibuya\nOsaka\n",
        "[columns.area]\nrole = \"quasi_identifying\"\nlabels = [[\"Shibuya\", \"Tokyo\", \"*\"]]",
        "line 3, column `area`: its value is missing from the hierarchy",
        "3行目、列「area」：この値が一般化階層にありません",
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_place_in_both_languages() {
    for (table, settings, en, ja) in WRONG {
        let folder = TempDir::new().unwrap();
        let folder = folder.path();
        fs::write(folder.join("visits.csv"), table).unwrap();
        let settings =
            if settings.contains("columns") { settings.to_owned() } else { "[columns]".to_owned() };
        fs::write(folder.join("settings.toml"), settings).unwrap();
        for (language, words) in [("en", en), ("ja", ja)] {
            let told = fails(folder, &[&MAKE[..], &["--language", language]].concat());
            assert!(told.contains(words), "{table:?}: {told}");
            for value in ["9 March", "old\n", "Osaka"] {
                assert!(!told.contains(value), "no value of a row: {told}");
            }
        }
        assert_eq!(files(folder), ["settings.toml", "visits.csv"], "nothing is written half");
    }
}

#[test]
fn a_set_is_published_with_its_items_and_then_with_how_it_is_provided() {
    // R7.3, R7.4.
    let folder = visits("ja");
    let folder = folder.path();
    let settings = fs::read_to_string(folder.join("settings.toml")).unwrap();
    let label = "label = { ja = \"性別\", en = \"性別\" }";
    assert!(settings.contains(label), "{settings}");
    let settings = settings.replace(label, "label = { ja = \"性別\", en = \"Gender\" }");
    fs::write(folder.join("settings.toml"), settings).unwrap();
    let said = runs(folder, &[&MAKE[..], &["--language", "ja"]].concat());
    assert!(said.contains("azukari anonymise publish made --controller"), "{said}");
    // What is a star in every row is said, and no item.
    assert!(said.contains("列「生年月日」はすべての行で「*」になり"), "{said}");
    let read = |name: &str| fs::read_to_string(folder.join("made").join(name)).unwrap();
    assert!(!read("published.ja.html").contains("生年月日"));
    let publish = ["anonymise", "publish", "made", "--controller", "見本商店"];
    let told = fails(folder, &["anonymise", "publish", "made", "--controller", " "]);
    assert!(told.contains("--controller is empty"), "{told}");
    runs(folder, &publish);
    let before = files(&folder.join("made"));
    let page = read("published.ja.html");
    assert!(page.contains("見本商店は") && page.contains("性別") && !page.contains("提供する方法"));
    let how = ["--how", "暗号化したファイルの送付", "--how-en", "By an encrypted file"];
    let said = runs(folder, &[&publish[..], &how, &["--to", "見本研究所"]].concat());
    assert!(said.contains("before you provide"), "{said}");
    assert!(read("published.ja.html").contains("暗号化したファイルの送付"));
    let page = read("published.en.html");
    assert!(page.contains("By an encrypted file") && page.contains("Gender"), "{page}");
    let told = read("recipient.ja.txt");
    assert!(told.starts_with("見本研究所 御中") && told.contains("見本商店から"), "{told}");
    assert_eq!(files(&folder.join("made")), before, "in the place of what was there");
    // What was published before stays, whoever else it goes to (R7.4).
    let other = ["--how", "閲覧用の端末", "--to", "見本大学"];
    runs(folder, &[&publish[..], &other].concat());
    runs(folder, &publish);
    let page = read("published.ja.html");
    assert!(page.contains("暗号化したファイルの送付") && page.contains("閲覧用の端末"), "{page}");
    assert!(read("recipient.ja.txt").starts_with("見本大学 御中"));

    // A pseudonymised one goes to no third party (R6.3); its purpose is published (R6.4).
    let token = ["--token", "会員番号", "--out", "pseudo"];
    runs(
        folder,
        &[&["pseudonymise", "visits.csv", "--settings", "settings.toml"], &token[..]].concat(),
    );
    let publish = ["anonymise", "publish", "pseudo", "--controller", "見本商店"];
    let told = fails(folder, &[&publish[..], &how].concat());
    assert!(told.contains("goes to no third party"), "{told}");
    assert!(fails(folder, &publish).contains("Act 41(4)"));
    runs(folder, &[&publish[..], &["--purpose", "来店の分析"]].concat());
    let page = fs::read_to_string(folder.join("pseudo/published.ja.html")).unwrap();
    assert!(page.contains("来店の分析"), "{page}");
}

#[test]
fn a_table_in_shift_jis_is_recognised_and_its_set_opens_in_a_spreadsheet() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    // 性別, and twelve each of 女 and 男.
    let rows = [&b"\x8f\x97,20\n"[..], b"\x92\x6a,30\n"].concat().repeat(12);
    let table = [b"\x90\xab\x95\xca,age\n".to_vec(), rows].concat();
    fs::write(folder.join("visits.csv"), table).unwrap();
    for (language, words) in [
        ("ja", "shift_jisとして読めます。--encoding shift_jisを付けてください"),
        ("en", "it reads as shift_jis: add --encoding shift_jis"),
    ] {
        let told = fails(folder, &["anonymise", "suggest", "visits.csv", "--language", language]);
        assert!(told.contains(words), "{told}");
    }
    let suggest = ["anonymise", "suggest", "visits.csv", "--encoding", "shift_jis"];
    let settings = runs(folder, &suggest);
    assert!(settings.contains("encoding = \"shift_jis\""), "{settings}");
    fs::write(folder.join("settings.toml"), settings).unwrap();
    runs(folder, &MAKE);
    let set = fs::read(folder.join("made/anonymised.csv")).unwrap();
    assert!(set.starts_with("\u{feff}性別,".as_bytes()), "the mark of UTF-8");
    let check = ["anonymise", "check", "made/anonymised.csv", "--of", "visits.csv"];
    let check = [&check[..], &["--method", "made/method.json"]].concat();
    assert!(runs(folder, &check).starts_with("holds\n"));
    let again = ["anonymise", "again", "visits.csv", "--made", "made"];
    assert_eq!(runs(folder, &again).trim(), "it comes out the same");
    runs(folder, &[&MAKE[..5], &["plain", "--written", "csv"]].concat());
    let plain = fs::read(folder.join("plain/anonymised.csv")).unwrap();
    assert!(plain.starts_with("性別,".as_bytes()), "as it was asked for");
}

#[test]
fn what_is_there_is_not_written_over_and_what_is_missing_is_named() {
    let folder = visits("en");
    let folder = folder.path();
    fs::create_dir(folder.join("made")).unwrap();
    assert!(fails(folder, &MAKE).contains("`made` is there already"));
    for (args, words) in [
        (&["anonymise", "visits.csv"][..], "--out"),
        (&["anonymise", "visits.csv", "--out", "x"], "no column has a role"),
        (
            &["anonymise", "nobody.csv", "--out", "x", "--settings", "settings.toml"],
            "`nobody.csv` cannot be opened",
        ),
        (
            &["anonymise", "visits.csv", "--out", "x", "--settings", "none.toml"],
            "`none.toml` cannot be read",
        ),
        (&["anonymise", "--out", "x", "--settings", "settings.toml"], "name the file of the table"),
        (&["anonymise", "--from-vault", "--out", "x"], "--purpose"),
        (
            &["anonymise", "visits.csv", "--out", "no/such/folder", "--settings", "settings.toml"],
            "cannot be made",
        ),
        (
            &["anonymise", "visits.csv", "--out", "x", "--settings", "settings.toml", "-k", "4"],
            "`-k`: k is at least 5",
        ),
        (
            &["anonymise", "check", "x", "--of", "visits.csv", "--settings", "settings.toml"],
            "without a seed",
        ),
        (&["anonymise", "check", "x", "--of", "visits.csv"], "--method"),
        (&["anonymise", "publish", "made"], "--controller"),
        (
            &["anonymise", "publish", "made", "--controller", "Mihon"],
            "manifest.json` cannot be read",
        ),
    ] {
        let told = fails(folder, args);
        assert!(told.contains(words), "{args:?}: {told}");
    }
    assert_eq!(files(folder), ["made", "settings.toml", "visits.csv"]);
}

#[test]
fn whoever_stops_a_run_finds_nothing_written() {
    let folder = visits("en");
    let folder = folder.path();
    // Large enough that it is still read when the signal comes.
    let sample = runs(folder, &["anonymise", "sample", "--rows", "400000", "--language", "en"]);
    fs::write(folder.join("visits.csv"), sample).unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_azukari"))
        .current_dir(folder)
        .args(MAKE)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let partial = || files(folder).iter().any(|name| name.contains("partial"));
    while !partial() {
        assert!(run.try_wait().unwrap().is_none(), "it began");
        std::thread::yield_now();
    }
    let pid = rustix::process::Pid::from_child(&run);
    // It listens before its folder is begun, so one signal is enough.
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let out = run.wait_with_output().unwrap();
    let told = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(1), "{told}");
    assert!(told.contains("stopped; nothing was made"), "{told}");
    assert_eq!(files(folder), ["settings.toml", "visits.csv"]);
}

#[test]
fn parquet_in_a_folder_gives_the_set_that_csv_gives_and_broken_parquet_gives_none() {
    let folder = visits("en");
    let folder = folder.path();
    let csv = fs::read(folder.join("visits.csv")).unwrap();
    let table = Table::read("visits", &csv[..], Format::default(), &|_| true).unwrap();
    let table = table.to_be(Written::Parquet);
    let (first, last) = (0..table.rows()).partition::<Vec<_>, _>(|row| *row < 1000);
    fs::create_dir(folder.join("parts")).unwrap();
    for (name, rows) in [("parts/a.parquet", first), ("parts/b.parquet", last)] {
        fs::write(folder.join(name), table.picked(&rows).file().unwrap()).unwrap();
    }
    let settings = fs::read_to_string(folder.join("settings.toml")).unwrap();
    assert_eq!(runs(folder, &["anonymise", "suggest", "parts"]), settings);
    let make = |from: &str, out: &str, more: &[&str]| {
        let args = ["anonymise", from, "--settings", "settings.toml", "--seed", "a", "--out", out];
        azukari(folder, &[&args[..], more].concat())
    };
    for (from, out, more) in [
        ("visits.csv", "csv", &[][..]),
        ("parts", "parquet", &[]),
        ("parts", "back", &["--written", "csv"]),
    ] {
        let made = make(from, out, more);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    assert_eq!(read("csv/anonymised.csv"), read("back/anonymised.csv"));
    let check = ["anonymise", "check", "parquet/anonymised.parquet", "--of", "parts"];
    let check = [&check[..], &["--method", "parquet/method.json"]].concat();
    assert!(runs(folder, &check).starts_with("holds\n"));
    for made in ["parquet", "back"] {
        let again = runs(folder, &["anonymise", "again", "parts", "--made", made]);
        assert_eq!(again.trim(), "it comes out the same");
    }

    let mut broken = read("parts/b.parquet");
    // The head of the first page: within a page, files without checksums tell nothing of a changed bit.
    broken[4..64].fill(0xff);
    fs::write(folder.join("parts/b.parquet"), &broken).unwrap();
    let told = make("parts", "none", &[]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("`parts/b.parquet`, column `member_id`: row group 1"), "{told}");
    fs::write(folder.join("parts/b.parquet"), &broken[..2000]).unwrap();
    let told = make("parts", "none", &["--language", "ja"]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("「parts/b.parquet」：Parquetとして読めません"), "{told}");
    assert_eq!(files(folder), ["back", "csv", "parquet", "parts", "settings.toml", "visits.csv"]);
}
