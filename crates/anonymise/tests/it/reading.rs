//! Tables and hierarchies as they come, and what is said of those that cannot be read.

use anonymise::{
    DateStep, Encoding, Error, Format, Hierarchy, Intervals, Language, Plan, Role, Rows, dates,
    intervals, masks, orderings, tree,
};

use crate::tables::table;

fn letters() -> Hierarchy {
    let lines = ["a", "b", "東京"].map(|value| vec![value.to_owned(), "*".to_owned()]);
    Hierarchy::from_lines("letters", (1..).zip(lines)).unwrap()
}

fn plan() -> Plan {
    Plan::new().with("q", Role::Quasi(letters())).with("n", Role::Insensitive)
}

fn rows(bytes: &[u8], format: Format) -> Result<(u64, usize), Error> {
    let table = table(bytes, format, &plan(), &[])?;
    Ok((table.histogram.published(), table.histogram.tuples()))
}

fn said(result: Result<impl Sized, Error>) -> String {
    result.map(|_| ()).unwrap_err().to_string()
}

#[test]
fn byte_order_mark_quotes_and_line_ends_of_any_kind_are_read() {
    for bytes in [
        "q,n\na,1\nb,2\na,3\n",
        "\u{feff}q,n\r\na,1\r\nb,2\r\na,3",
        "\u{feff}\"q\",\"n\"\r\n\"a\",\"one, or\r\n\"\"two\"\"\"\r\nb,2\r\n\r\na,3\r\n",
    ] {
        assert_eq!(rows(bytes.as_bytes(), Format::default()).unwrap(), (3, 2), "{bytes:?}");
    }
    let arx = "q;n\na;1\nb;2\n";
    assert_eq!(rows(arx.as_bytes(), Format::ARX).unwrap(), (2, 2));
}

#[test]
fn shift_jis_is_read_and_what_is_not_shift_jis_is_named_by_line_and_column() {
    let format = Format { encoding: Encoding::ShiftJis, ..Format::default() };
    // 東京 and 表, whose second byte is a backslash.
    let mut bytes = b"q,n\n\x93\x8c\x8b\x9e,\x95\x5c\na,1\n".to_vec();
    assert_eq!(rows(&bytes, format).unwrap(), (2, 2));
    bytes.extend(b"a,\xff\xff\n");
    assert_eq!(
        said(rows(&bytes, format)),
        "`table.csv`, line 4, column `n`: this is not Shift_JIS: save the file so, or say how it is encoded"
    );
    assert_eq!(
        said(rows(b"q,n\na,\x93\x8c\n", Format::default())),
        "`table.csv`, line 2, column `n`: this is not UTF-8: save the file so, or say how it is encoded"
    );
    let piped = Format { delimiter: b'|', ..format };
    assert!(said(rows(b"q|n\n", piped)).contains("cannot separate fields"));
    assert!(said(rows(b"\xff\xfeq\0", Format::default())).contains("line 1"));
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_its_place() {
    let said = |bytes: &str| said(rows(bytes.as_bytes(), Format::default()));
    assert_eq!(
        said(""),
        "`table.csv`: it is empty: write a first line with the names of the columns"
    );
    assert_eq!(
        said("q,n,q\n"),
        "`table.csv`, line 1, column `q`: it is named twice: give each column a name of its own"
    );
    assert_eq!(said("q,\n"), "`table.csv`, line 1: column 2 has no name in the first line");
    assert_eq!(
        said("q,n\r\na,1\r\n\"b\",\"two\r\nlines\"\r\na,1,2\r\n"),
        "`table.csv`, line 5: fields found: 3; the first line has 2"
    );
    assert_eq!(
        said("q,n\na,1\nsecret,1\n"),
        "`table.csv`, line 3, column `q`: its value is missing from the hierarchy: add the value there, or correct the row"
    );
    assert_eq!(
        said("\r\nq,n\r\n\r\n\r\na,1\r\nb,2\r\nb\r\n"),
        "`table.csv`, line 7: fields found: 1; the first line has 2"
    );
    let long = format!("q,n\r\n{}b\r\n", "a,1\r\n".repeat(100_000));
    assert_eq!(said(&long), "`table.csv`, line 100002: fields found: 1; the first line has 2");
    assert_eq!(said("q,m\n"), "`table.csv`, column `n`: there is no such column");
    assert!(said("q,n,x\n").contains("column `x`: it has no role"));
}

#[test]
fn what_is_wrong_with_a_hierarchy_is_said_with_its_line() {
    let said = |text: &str| said(Hierarchy::read("h.csv", text.as_bytes(), Format::ARX));
    assert_eq!(
        said("a;x;*\nb;*\n"),
        "`h.csv`, line 2: levels found: 2; the first line has 3: repeat the last label where a branch is short"
    );
    assert_eq!(said("a;*\nb;*\na;*\n"), "`h.csv`, line 3: this value stands in line 1 already");
    assert_eq!(
        said("a;x;1;*\nb;y;2;*\nc;x;2;*\n"),
        "`h.csv`, line 3: `x` of level 1 leads to `2`, and to `1` in line 1: give it one label above, or two names"
    );
    assert!(said("").contains("it is empty"));
    let twice = Hierarchy::read("h.csv", "a;x;1\nb;x;2\n".as_bytes(), Format::ARX);
    assert_eq!(
        twice.unwrap_err().sentence(Language::Ja),
        "「h.csv」の2行目：第1段階の「x」の上位が、ここでは「2」、1行目では「1」です。上位を一つにするか、別の名前に分けてください。"
    );
}

fn line(hierarchy: &Hierarchy, value: &str) -> Vec<String> {
    let leaf = hierarchy.leaf(value).unwrap();
    (0..hierarchy.levels()).map(|level| hierarchy.label(level, leaf).to_owned()).collect()
}

#[test]
fn hierarchies_are_made_of_numbers_dates_codes_trees_and_orders() {
    let form = Intervals { origin: 0, widths: vec![5, 10], bottom: Some(10), top: Some(90) };
    let ages = intervals("age", &["34", "7", "95", "116", "10"], &form).unwrap();
    assert_eq!(line(&ages, "34"), ["34", "30-34", "30-39", "*"]);
    // R7.1(4): a peculiar age does not stand out.
    assert_eq!(line(&ages, "116")[1..], line(&ages, "95")[1..]);
    assert_eq!(line(&ages, "7"), ["7", "< 10", "< 10", "*"]);
    let below = Intervals { origin: 0, widths: vec![10], bottom: None, top: None };
    assert_eq!(line(&intervals("t", &["-3"], &below).unwrap(), "-3")[1], "-10--1");

    let steps = [DateStep::Month, DateStep::Quarter, DateStep::Year, DateStep::Decade];
    let days = dates("day", &["2026-03-09"], &steps).unwrap();
    assert_eq!(
        line(&days, "2026-03-09"),
        ["2026-03-09", "2026-03", "2026-Q1", "2026", "2020-2029", "*"]
    );

    let codes = masks("zip", &["1600022", "160"], &[3, 1]).unwrap();
    assert_eq!(line(&codes, "1600022"), ["1600022", "160****", "1******", "*"]);
    assert_eq!(line(&codes, "160")[1], "160****");
    // What stands between digits does not count: a postal code is the same code with its hyphen.
    let codes = masks("zip", &["160-0022", "1600023", "〒160 0024"], &[5, 3]).unwrap();
    assert_eq!(line(&codes, "160-0022"), ["160-0022", "16000**", "160****", "*"]);
    assert_eq!(line(&codes, "〒160 0024")[1..], line(&codes, "1600023")[1..]);

    let pairs = [("新宿区", "東京都"), ("東京都", "関東"), ("横浜市", "関東"), ("関東", "*")];
    let places = tree("place", &pairs).unwrap();
    assert_eq!(line(&places, "新宿区"), ["新宿区", "東京都", "関東", "*"]);
    assert_eq!(line(&places, "横浜市"), ["横浜市", "横浜市", "関東", "*"]);

    let sizes = orderings("size", &["S", "M", "L", "XL", "XXL"], &[2, 4]).unwrap();
    assert_eq!(line(&sizes, "M"), ["M", "S – M", "S – XL", "*"]);
    assert_eq!(line(&sizes, "XXL"), ["XXL", "XXL", "XXL", "*"]);
}

#[test]
fn what_a_maker_cannot_read_is_named_by_its_place_and_not_quoted() {
    let form = Intervals { origin: 0, widths: vec![5, 10], bottom: None, top: None };
    assert_eq!(
        said(intervals("age", &["1", "secret"], &form)),
        "`age`, line 2: this value is no whole number within reach"
    );
    let uneven = Intervals { widths: vec![5, 7], ..form.clone() };
    assert!(said(intervals("age", &["1"], &uneven)).contains("multiple"));
    let between = Intervals { top: Some(95), ..form };
    assert!(said(intervals("age", &["1"], &between)).contains("widest"));
    assert!(
        said(dates("day", &["9 March"], &[DateStep::Year]))
            .contains("line 1: this value is no date")
    );
    assert!(said(dates("day", &[], &[DateStep::Year, DateStep::Month])).contains("longer"));
    assert!(said(masks("zip", &["1"], &[1, 3])).contains("fewer"));
    assert!(said(orderings("size", &["S"], &[2, 3])).contains("multiple"));
    assert!(
        said(tree("t", &[("a", "b"), ("a", "c")])).contains("line 2: this label stands under two")
    );
    assert!(said(tree("t", &[("a", "b"), ("b", "a")])).contains("circle"));
}

#[test]
fn of_very_many_columns_the_one_that_is_named_twice_is_told() {
    let names: Vec<String> = (0..100_000).map(|n| format!("c{n}")).collect();
    let header = format!("{},c7\n", names.join(","));
    let opened = Rows::open("table.csv", header.as_bytes(), Format::default());
    assert_eq!(
        said(opened),
        "`table.csv`, line 1, column `c7`: it is named twice: give each column a name of its own"
    );
}

#[test]
fn a_quote_that_is_never_closed_is_told_where_it_opens() {
    let read = |text: &str| {
        let mut rows = Rows::open("table.csv", text.as_bytes(), Format::default())?;
        while rows.next_row()?.is_some() {}
        Ok::<_, Error>(())
    };
    let after = "m,2\n".repeat(100_000);
    let open = |line: u64, column: &str| {
        format!(
            "`table.csv`, line {line}{column}: the quote is never closed: close it, or write it twice and quote the whole field"
        )
    };
    for (text, line, column) in [
        (format!("sex,age\r\nf,1\r\nf,\"abc\n{after}"), 3, ", column `age`"),
        (format!("sex,age\n\n\"f\n\"\"\",1\n\"f,1\n{after}"), 5, ", column `sex`"),
        (format!("sex,age\nf,\"1\"\"\n{after}"), 2, ", column `age`"),
        ("sex,\"age\nf,1\n".to_owned(), 1, ""),
    ] {
        assert_eq!(said(read(&text)), open(line, column));
    }
    // Quotes within a field, twice, and around line ends are as good as ever.
    for text in ["sex,age\nf,a\"b\n", "sex,age\nf,\"a\"\"\n,b\"", "sex,age\n\"f\",\"1\""] {
        assert!(read(text).is_ok(), "{text}");
    }
    let tree = Hierarchy::read("tree.csv", "f,*\n\"m,*\n".as_bytes(), Format::default());
    assert!(said(tree).contains("line 2: the quote is never closed"));
}

#[test]
fn days_are_read_as_spreadsheets_write_them() {
    let steps = [DateStep::Month, DateStep::Year];
    let same = [
        "2025-01-22",
        "2025/01/22",
        "2025/1/22",
        "2025.1.22",
        "2025年1月22日",
        "2025/1/22 10:30",
        "2025年1月22日 10:30:05",
    ];
    let days = dates("day", &same, &steps).unwrap();
    for form in same {
        assert_eq!(line(&days, form), [form, "2025-01", "2025", "*"]);
    }
    for none in ["2025/13/1", "25/1/22", "2025/1", "2025/1/22 soon", "2025年1月", "2025/1.22"] {
        assert!(dates("day", &[none], &steps).is_err(), "{none}");
    }
}
