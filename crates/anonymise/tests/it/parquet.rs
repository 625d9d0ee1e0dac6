//! Parquet reads as the same table in CSV does, and what is broken is named.

use std::sync::Arc;

use anonymise::{Error, Rows, parquet::write};
use bytes::Bytes;
use parquet::{
    basic::Compression,
    column::writer::ColumnWriter,
    data_type::{ByteArray, FixedLenByteArray, Int96},
    file::{
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::parser::parse_message_type,
};

/// A file of such columns, each written by what is given; so many row groups, all alike.
fn file(schema: &str, groups: usize, write: impl Fn(usize, &mut ColumnWriter<'_>)) -> Vec<u8> {
    let schema = parse_message_type(&format!("message table {{ {schema} }}")).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let mut writer =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    for _ in 0..groups {
        let mut group = writer.next_row_group().unwrap();
        let mut at = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            write(at, column.untyped());
            column.close().unwrap();
            at += 1;
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn ints(column: &mut ColumnWriter<'_>, values: &[i32]) {
    let ColumnWriter::Int32ColumnWriter(column) = column else { panic!("no int32") };
    column.write_batch(values, None, None).unwrap();
}

fn longs(column: &mut ColumnWriter<'_>, values: &[i64]) {
    let ColumnWriter::Int64ColumnWriter(column) = column else { panic!("no int64") };
    column.write_batch(values, None, None).unwrap();
}

fn texts(column: &mut ColumnWriter<'_>, values: &[&[u8]]) {
    let ColumnWriter::ByteArrayColumnWriter(column) = column else { panic!("no bytes") };
    let values: Vec<ByteArray> =
        values.iter().map(|value| ByteArray::from(value.to_vec())).collect();
    column.write_batch(&values, None, None).unwrap();
}

fn read(parts: Vec<Vec<u8>>) -> Result<(Vec<String>, Vec<Vec<String>>), Error> {
    let parts = parts.into_iter().zip(1..);
    let parts = parts.map(|(bytes, at)| (format!("part-{at}.parquet"), Bytes::from(bytes)));
    let mut rows = Rows::parquet("visits", parts.collect())?;
    let names = rows.names().to_vec();
    let mut table = Vec::new();
    while rows.next_row()?.is_some() {
        let cells = (0..names.len()).map(|at| Ok(rows.text(at)?.into_owned()));
        table.push(cells.collect::<Result<_, Error>>()?);
    }
    Ok((names, table))
}

fn said(parts: Vec<Vec<u8>>) -> String {
    read(parts).unwrap_err().to_string()
}

#[test]
fn every_kind_of_value_becomes_the_text_it_would_have_in_csv() {
    let schema = "
        required int32 age;
        required int32 small (INTEGER(8, false));
        required int64 large (INTEGER(64, false));
        required int32 born (DATE);
        required int64 seen (TIMESTAMP(MICROS, true));
        required int64 local (TIMESTAMP(MILLIS, false));
        required int64 fine (TIMESTAMP(NANOS, false));
        required int32 open (TIME(MILLIS, false));
        required int32 price (DECIMAL(9, 2));
        required int64 rate (DECIMAL(18, 0));
        required fixed_len_byte_array(5) sum (DECIMAL(10, 3));
        required binary free (DECIMAL(10, 1));
        required fixed_len_byte_array(16) id (UUID);
        required float share;
        required double ratio;
        required boolean member;
        required int96 old;
        required binary name (STRING);
        required binary bare;
        optional binary note (STRING);";
    let bytes = file(schema, 1, |at, column| match at {
        0 => ints(column, &[-5, 116]),
        1 => ints(column, &[200, 0]),
        2 => longs(column, &[-1, 7]),
        3 => ints(column, &[-1, 20_521]),
        4 => longs(column, &[1_773_014_400_000_000, 1_773_014_400_500_000]),
        5 => longs(column, &[1_773_014_400_000, -1]),
        6 => longs(column, &[1_773_014_400_000_000_001, 0]),
        7 => ints(column, &[0, 86_399_000]),
        8 => ints(column, &[1250, -5]),
        9 => longs(column, &[12, -3]),
        10 => {
            let ColumnWriter::FixedLenByteArrayColumnWriter(column) = column else { panic!() };
            let value = |bytes: [u8; 5]| FixedLenByteArray::from(bytes.to_vec());
            let values = [value([0, 0, 0, 4, 210]), value([255, 255, 255, 255, 255])];
            column.write_batch(&values, None, None).unwrap();
        }
        11 => texts(column, &[&[1, 0], &[0xff]]),
        12 => {
            let ColumnWriter::FixedLenByteArrayColumnWriter(column) = column else { panic!() };
            let value = FixedLenByteArray::from((0..16).collect::<Vec<u8>>());
            column.write_batch(&[value.clone(), value], None, None).unwrap();
        }
        13 => {
            let ColumnWriter::FloatColumnWriter(column) = column else { panic!() };
            column.write_batch(&[0.1, 3.0], None, None).unwrap();
        }
        14 => {
            let ColumnWriter::DoubleColumnWriter(column) = column else { panic!() };
            column.write_batch(&[0.1, -3.0], None, None).unwrap();
        }
        15 => {
            let ColumnWriter::BoolColumnWriter(column) = column else { panic!() };
            column.write_batch(&[true, false], None, None).unwrap();
        }
        16 => {
            let ColumnWriter::Int96ColumnWriter(column) = column else { panic!() };
            let mut day = Int96::new();
            day.set_data(1_000_000_000, 0, 2_440_589);
            column.write_batch(&[day, day], None, None).unwrap();
        }
        17 => texts(column, &["東京".as_bytes(), b"a,b\""]),
        18 => texts(column, &[b"x", b""]),
        _ => {
            let ColumnWriter::ByteArrayColumnWriter(column) = column else { panic!() };
            let values = [ByteArray::from("only")];
            column.write_batch(&values, Some(&[0, 1]), None).unwrap();
        }
    });
    let (names, rows) = read(vec![bytes]).unwrap();
    assert_eq!(names.len(), 20);
    let cells: Vec<String> =
        rows[0].iter().zip(&rows[1]).map(|(one, other)| format!("{one} | {other}")).collect();
    let wanted = [
        "-5 | 116",
        "200 | 0",
        "18446744073709551615 | 7",
        "1969-12-31 | 2026-03-09",
        "2026-03-09T00:00:00Z | 2026-03-09T00:00:00.5Z",
        "2026-03-09T00:00:00 | 1969-12-31T23:59:59.999",
        "2026-03-09T00:00:00.000000001 | 1970-01-01T00:00:00",
        "00:00:00 | 23:59:59",
        "12.50 | -0.05",
        "12 | -3",
        "1.234 | -0.001",
        "25.6 | -0.1",
        "00010203-0405-0607-0809-0a0b0c0d0e0f | 00010203-0405-0607-0809-0a0b0c0d0e0f",
        "0.1 | 3",
        "0.1 | -3",
        "true | false",
        "1970-01-02T00:00:01 | 1970-01-02T00:00:01",
        "東京 | a,b\"",
        "x | ",
        " | only",
    ];
    assert_eq!(cells, wanted);
}

#[test]
fn row_groups_and_files_follow_one_another() {
    let number = |from: i32| {
        file("required int32 n;", 3, move |_, column| {
            ints(column, &(from..from + 2500).collect::<Vec<_>>());
        })
    };
    let (_, rows) = read(vec![number(0), number(5000)]).unwrap();
    assert_eq!(rows.len(), 15_000);
    assert_eq!((&*rows[2499][0], &*rows[2500][0], &*rows[7500][0]), ("2499", "0", "5000"));
    let other = file("required int32 m;", 1, |_, column| ints(column, &[1]));
    assert_eq!(
        said(vec![number(0), other]),
        "`part-2.parquet`: its columns are others than those of the first file"
    );
}

#[test]
fn what_is_written_reads_the_same() {
    let cells = [["a", ""], ["", "東京"], ["a", "\"x\",\ny"]];
    let bytes =
        write("table", &["one", "two"], cells.len(), |column, row| cells[row][column]).unwrap();
    assert_eq!(
        bytes,
        write("table", &["one", "two"], 3, |column, row| cells[row][column]).unwrap()
    );
    let (names, rows) = read(vec![bytes]).unwrap();
    assert_eq!(names, ["one", "two"]);
    assert_eq!(rows, cells);
}

#[test]
fn what_has_no_text_is_refused_by_its_column() {
    let refused = |schema: &str| said(vec![file(schema, 0, |_, _| {})]);
    assert_eq!(
        refused(
            "required int32 n; optional group tags (LIST) { repeated group list { optional binary element (STRING); } }"
        ),
        "`part-1.parquet`, column `tags.list.element`: it holds lists or records: write one value for each cell"
    );
    assert!(refused("required group who { required int32 age; }").contains("column `who.age`"));
    assert!(refused("repeated int32 n;").contains("column `n`: it holds lists"));
    for kind in
        ["fixed_len_byte_array(3) n", "binary n (BSON)", "fixed_len_byte_array(2) n (FLOAT16)"]
    {
        assert_eq!(
            refused(&format!("required {kind};")),
            "`part-1.parquet`, column `n`: values of this kind cannot be read: write it as text"
        );
    }
    let twice = "required int32 n; required int32 n;";
    assert!(refused(twice).contains("column `n`: it is named twice"), "{}", refused(twice));
    let far = file("required int32 n (DATE);", 1, |_, column| ints(column, &[3, i32::MAX]));
    assert_eq!(
        said(vec![far]),
        "`visits`, row 2, column `n`: its value is out of reach: write it as text"
    );
    let bytes = file("required binary n (STRING);", 1, |_, column| texts(column, &[b"a", b"\xff"]));
    assert_eq!(
        said(vec![bytes]),
        "`visits`, row 2, column `n`: this is not UTF-8: save the file so, or say how it is encoded"
    );
}

#[test]
fn a_broken_file_is_named_by_column_and_row_group_and_never_brings_the_reader_down() {
    let whole = file("required int32 age; required binary name (STRING);", 2, |at, column| {
        if at == 0 {
            ints(column, &(0..300).map(|n| n * 7919).collect::<Vec<_>>());
        } else {
            let names: Vec<String> = (0..300).map(|n| format!("name {}", n * 7919)).collect();
            let names: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
            texts(column, &names);
        }
    });
    let (_, right) = read(vec![whole.clone()]).unwrap();
    assert_eq!(right.len(), 600);
    for end in 0..whole.len() {
        let said = said(vec![whole[..end].to_vec()]);
        assert!(said.starts_with("`part-1.parquet`: this cannot be read as Parquet ("), "{said}");
    }
    assert!(said(vec![b"name,age\na,1\n".to_vec()]).contains("cannot be read as Parquet"));
    let mut named = [0; 4];
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0x55;
        let Err(error) = read(vec![broken]) else { continue };
        let said = error.to_string();
        let places = [
            "column `age`: row group 1",
            "column `name`: row group 1",
            "column `age`: row group 2",
            "column `name`: row group 2",
        ];
        for (named, place) in named.iter_mut().zip(places) {
            *named += usize::from(said.contains(place));
        }
    }
    // Checksums find every byte of a page that was changed.
    assert!(named.iter().all(|named| *named > 100), "{named:?}");
}

#[test]
fn a_page_that_says_it_opens_into_two_gigabytes_is_not_opened() {
    let mut bytes = file("required int32 age;", 1, |_, column| ints(column, &[1, 2, 3]));
    // After the mark comes the first page: its kind, then what it opens into.
    assert_eq!((bytes[4], bytes[6]), (0x15, 0x15));
    assert!(bytes[7] < 0x80, "one byte");
    bytes.splice(7..8, [0xFE, 0xFF, 0xFF, 0xFF, 0x0F]);
    assert_eq!(
        said(vec![bytes]),
        "`part-1.parquet`, column `age`: row group 1 cannot be read (a page says that it opens into more than it can hold, or than 128 MiB): write the file again, with Snappy, Zstandard, gzip or without compression"
    );
}
