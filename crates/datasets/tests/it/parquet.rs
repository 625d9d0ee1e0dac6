//! The same table gives the same set, be it written as CSV or as Parquet.

use std::fs::File;
use std::io::{Seek, Write};

use datasets::{Error, Next, Table, Written, check};

use crate::house::{go_on, made, settings, table, visits};

/// A table as files of Parquet, its rows in two parts.
fn parts(of: &Table) -> Vec<(String, File)> {
    let half = of.rows() / 2;
    let rows = [(0..half).collect::<Vec<_>>(), (half..of.rows()).collect()];
    rows.iter()
        .zip(1..)
        .map(|(rows, at)| {
            let bytes = of.picked(rows).to_be(Written::Parquet).file().unwrap();
            (format!("part-{at}.parquet"), file(&bytes))
        })
        .collect()
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

fn read(parts: Vec<(String, File)>) -> Result<Table, Error> {
    Table::read_parquet("visits", parts, &|_| true)
}

#[test]
fn the_same_table_gives_the_same_set_in_csv_and_in_parquet() {
    let (csv, mut settings) = visits();
    let parquet = read(parts(&csv)).unwrap();
    assert_eq!(parquet.csv(), csv.csv());
    settings.seed = Some("a seed".to_owned());
    let [of_csv, of_parquet, to_csv] = [
        made(&csv, &settings).unwrap(),
        made(&parquet, &settings).unwrap(),
        made(&parquet.clone().to_be(Written::Csv), &settings).unwrap(),
    ];
    assert_eq!(of_csv.set.file(), to_csv.set.file());
    assert_eq!(of_parquet.manifest.output.written, Written::Parquet);
    assert!(of_parquet.manifest.is_of(of_parquet.set.file()));
    let back = vec![("anonymised.parquet".to_owned(), file(of_parquet.set.file()))];
    let back = read(back).unwrap();
    assert_eq!(back.csv(), of_csv.set.file());
    let (verdict, standards) = check(&parquet, &of_parquet.method, &back, &go_on).unwrap();
    assert!(standards.hold(), "{:?}", verdict.evidence);
    let again = made(&parquet, &of_parquet.method.settings).unwrap();
    assert_eq!(again.set.file(), of_parquet.set.file());
}

#[test]
fn a_fault_in_parquet_is_told_by_row_and_column_and_nothing_is_made() {
    let of = table("sex,age\nf,20\nm,21\nf,old\n").to_be(Written::Parquet);
    let read = |of: &Table| read(vec![("v.parquet".to_owned(), file(&of.file().unwrap()))]);
    let table = read(&of).unwrap();
    let settings = settings(
        "[columns.sex]\nrole = \"quasi_identifying\"\n\
         [columns.age]\nrole = \"quasi_identifying\"\nintervals = { widths = [10] }\n",
    );
    assert_eq!(
        made(&table, &settings).unwrap_err().to_string(),
        "`visits`, row 3, column `age`: this value is no whole number within reach"
    );
    let none = read(&of.picked(&[])).unwrap_err().to_string();
    assert_eq!(none, "`visits`: there are no rows under the names of the columns");
    let mut bytes = of.file().unwrap();
    bytes[40] ^= 1;
    let broken = Table::read_parquet("v", vec![("v".to_owned(), file(&bytes))], &|_| true);
    let broken = broken.unwrap_err().to_string();
    assert!(broken.starts_with("`v`, column `sex`: row group 1 cannot be read"), "{broken}");
    let stopped =
        datasets::anonymise(&table, &settings, &crate::house::about(), [7; 32], None, &|_| {
            Next::Stop
        });
    assert!(matches!(stopped, Err(Error::Stopped | Error::Table(_))));
}
