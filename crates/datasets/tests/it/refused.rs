//! Files as they come: what is wrong is told by line and column, and nothing is made of it.

use anonymise::{Encoding, Format, Language};
use datasets::{Error, Table};

use crate::house::{made, settings, table};

fn read(bytes: &[u8], format: Format) -> Result<Table, Error> {
    Table::read("visits.csv", bytes, format, &|_| true)
}

fn said(result: Result<impl Sized, Error>) -> [String; 2] {
    let error = result.err().unwrap();
    [Language::En, Language::Ja].map(|language| error.sentence(language))
}

#[test]
fn a_table_that_cannot_be_read_is_refused_with_its_place() {
    let refused = |text: &str| said(read(text.as_bytes(), Format::default()));
    assert_eq!(
        refused(""),
        [
            "`visits.csv`: it is empty: write a first line with the names of the columns",
            "「visits.csv」：空です。1行目に列の名前を書いてください。"
        ]
    );
    assert_eq!(
        refused("\u{feff}sex,age\r\n"),
        [
            "`visits.csv`: there are no rows under the names of the columns",
            "「visits.csv」：列の名前の下に行がありません。"
        ]
    );
    assert_eq!(
        refused("sex,age,sex\nf,20,f\n"),
        [
            "`visits.csv`, line 1, column `sex`: it is named twice: give each column a name of its own",
            "「visits.csv」の1行目、列「sex」：同じ名前の列が二つあります。別々の名前を付けてください。"
        ]
    );
    assert_eq!(
        refused("\u{feff}\"sex\",age\r\n\"f\r\nm\",20\r\nf\r\n")[0],
        "`visits.csv`, line 4: fields found: 1; the first line has 2"
    );
    let format = Format { encoding: Encoding::ShiftJis, ..Format::default() };
    let good = read(b"\x90\xab\x95\xca,age\n\x8f\x97,20\n", format).unwrap();
    assert_eq!(good.column("性別").unwrap().cell(0), "女");
    assert_eq!(
        said(read(b"\x90\xab\x95\xca,age\n\x8f\x97,20\n\x8f,20\n", format))[0],
        "`visits.csv`, line 3, column `性別`: this is not Shift_JIS: save the file so, or say how it is encoded"
    );
}

const LETTERS: &str = "[columns.sex]\nrole = \"quasi_identifying\"\n\
     labels = [[\"f\", \"*\"], [\"m\", \"*\"]]\n[columns.age]\nrole = \"insensitive\"\nconfirmed = \"made-up rows, of nobody at all\"\n";

#[test]
fn what_is_wrong_with_settings_is_told_in_their_file_and_in_words_of_ours() {
    let read = |text: &str| said(datasets::Settings::read("s.toml", text));
    let roles = "identifying, identification_code, linking_code, financial, quasi_identifying, \
                 sensitive, insensitive";
    let [en, ja] = read("\n[columns.\"氏名\"]\nrole = \"name\"\n");
    let words = "`s.toml`, line 3: `name` is none of the words that can stand here: ";
    assert_eq!(en, format!("{words}{roles}"));
    let roles = roles.replace(", ", "、");
    let words = "「s.toml」の3行目：「name」は使えません。";
    assert_eq!(ja, format!("{words}{roles}のいずれかにしてください。"));
    let [en, ja] = read("[columns.a]\nrol = \"sensitive\"\n");
    assert!(
        en.starts_with("`s.toml`, line 2: there is no setting `rol`; there are role, "),
        "{en}"
    );
    assert!(ja.contains("2行目：「rol」という設定はありません。使える設定はrole、"), "{ja}");
    let [en, ja] = read("[columns.a]\nl = 2\n");
    assert!(en.contains("`role` is missing") && ja.contains("「role」がありません"), "{en} {ja}");

    let table = table("sex,age\nf,20\n");
    let made = |text: &str| said(made(&table, &settings(text)));
    let both = "[columns.sex]\nrole = \"insensitive\"\n[columns.age]\nrole = \"insensitive\"\n";
    assert_eq!(
        made(&format!("\nk = 4\n{both}"))[0],
        "`settings.toml`, line 2: k is at least 5; 10 is usual"
    );
    assert_eq!(
        made(&format!("{both}[columns.city]\nrole = \"insensitive\"")),
        [
            "`settings.toml`, line 5, column `city`: there is no such column in `visits.csv`, which has sex, age",
            "「settings.toml」の5行目、列「city」：この列は「visits.csv」にありません。列はsex、ageです。"
        ]
    );
    let wrong = both.replacen("\"\n[", "\"\nl = 2\n[", 1);
    assert!(made(&wrong)[0].starts_with("`settings.toml`, line 1, column `sex`: l and t"));
}

#[test]
fn a_value_that_its_hierarchy_does_not_have_is_told_by_line_and_column_and_not_quoted() {
    let table = table("sex,age\nf,20\n\"m\",20\nsecret,20\n");
    assert_eq!(
        said(made(&table, &settings(LETTERS))),
        [
            "`visits.csv`, line 4, column `sex`: its value is missing from the hierarchy: add the value there, or correct the row",
            "「visits.csv」の4行目、列「sex」：この値が一般化階層にありません。階層に加えるか、行を直してください。"
        ]
    );
    let ragged = LETTERS.replace("[\"m\", \"*\"]", "[\"m\"]");
    assert_eq!(
        said(made(&table, &settings(&ragged)))[0],
        "`sex`, line 2: levels found: 1; the first line has 2: repeat the last label where a branch is short"
    );
}

#[test]
fn a_table_of_one_row_is_refused_and_one_of_equal_rows_stays_as_it_is() {
    let one = said(made(&table("sex,age\nf,20\n"), &settings(LETTERS)));
    assert_eq!(
        one,
        [
            "`visits.csv`: no way of generalising fulfils k-anonymity (k = 10): with every column at its coarsest \
             1 of 1 rows are left out where 0 may be; ask less, for the table as a whole does not have it",
            "「visits.csv」：k-匿名性（k = 10）を満たす一般化がありません。すべての列を最も粗くしても、1行のうち1行の\
             削除が必要です（上限は0行）。表全体でも満たせないため、基準を緩めてください。"
        ]
    );
    let equal = table(&format!("sex,age\n{}", "f,20\n".repeat(12)));
    let made = made(&equal, &settings(LETTERS)).unwrap();
    assert_eq!(made.set.file(), equal.csv());
    assert!(made.manifest.proven && made.manifest.counts.suppressed == 0);
}

#[test]
fn the_first_bad_line_of_a_column_is_told_with_the_forms_that_are_read() {
    let table = table("sex,day\nf,2025/1/22\nf,of old\nm,2025年1月23日\nm,again\n");
    let text = "[columns.sex]\nrole = \"quasi_identifying\"\n[columns.day]\nrole = \"quasi_identifying\"\ndates = [\"month\"]\n";
    assert_eq!(
        said(made(&table, &settings(text))),
        [
            "`visits.csv`, line 3, column `day`: this value is no date: 2026-03-09, 2026/3/9, 2026.3.9 and 2026年3月9日 are read",
            "「visits.csv」の3行目、列「day」：この値は日付ではありません。2026-03-09、2026/3/9、2026.3.9、2026年3月9日の形で書いてください。"
        ]
    );
}

#[test]
fn a_first_row_is_not_taken_for_the_names_of_columns() {
    let read = |text: &str| Table::read("a.csv", text.as_bytes(), Format::default(), &|_| true);
    assert_eq!(
        said(read("東京都,1961-04-05,男\n大阪府,1970-01-01,女\n")),
        [
            "`a.csv`, line 1: this line should have the names of columns, and number 2 of them is no name but a value: add a first line with names",
            "「a.csv」の1行目：列の名前を書く行ですが、2番目は名前ではなく値のようです。先頭に列の名前の行を加えてください。"
        ]
    );
    for value in
        ["1961年4月5日", "36.5", "taro@example.jp", "090-1234-5678", "〒160-0022", "+81 3 1"]
    {
        assert!(read(&format!("{value}\n1\n")).is_err(), "{value}");
    }
    for name in ["q1", "2019年", "k=5", "3月の来店", "-", "年齢"] {
        assert!(read(&format!("{name}\n1\n")).is_ok(), "{name}");
    }
}
