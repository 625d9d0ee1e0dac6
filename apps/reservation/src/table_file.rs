//! Stores or tables out of a spreadsheet's CSV: UTF-8 with or without its mark, or Shift_JIS; quotes, CRLF,
//! columns in any order. Everything that is wrong is told with line and column, and nothing is taken half.

use std::collections::BTreeMap;

use encoding_rs::{SHIFT_JIS, UTF_8};

use crate::edit::{self, ByStore, Entry, STORE_FIELDS, TABLE_FIELDS, What, Wrong};
use crate::fields::Fields;

/// Rows in one file at most.
pub(crate) const MOST_ROWS: usize = 5_000;

/// What a file brought.
pub(crate) enum File {
    /// Stores, each with its line.
    Stores(Vec<(u64, Entry)>),
    /// Tables, by store.
    Tables(ByStore),
}

/// What is wrong at one place of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// From 1, as a text editor counts.
    pub(crate) line: u64,
    /// From 1, as a spreadsheet counts; 0 for the whole line.
    pub(crate) column: usize,
    /// The column's name, where it has one.
    pub(crate) field: String,
    pub(crate) what: What,
}

/// Why a file was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Neither UTF-8 nor Shift_JIS.
    NotText,
    /// Its first line names neither a store's columns nor a table's.
    NoHeader,
    /// It is empty, or has no rows below the first line.
    Nothing,
    TooManyRows,
    Spots(Vec<Spot>),
}

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn read(bytes: &[u8], is_store: impl Fn(&str) -> bool) -> Result<File, Unread> {
    let text = decode(bytes)?;
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = rows.records();
    let header = records.next().and_then(Result::ok).ok_or(Unread::Nothing)?;
    let header: Vec<String> = header.iter().map(str::to_lowercase).collect();
    let stores = header.iter().any(|name| name == "slug");
    let known: Vec<&str> = if stores {
        STORE_FIELDS.to_vec()
    } else if header.iter().any(|name| name == "store") {
        ["store"].into_iter().chain(TABLE_FIELDS).collect()
    } else {
        return Err(Unread::NoHeader);
    };
    let mut spots = check_header(&header, &known);
    let mut entries: Vec<(u64, Entry)> = Vec::new();
    let mut tables: ByStore = BTreeMap::new();
    for (count, record) in records.enumerate() {
        if count >= MOST_ROWS {
            return Err(Unread::TooManyRows);
        }
        let Ok(record) = record else { return Err(Unread::NotText) };
        let line = record.position().map_or(0, csv::Position::line);
        // A line of nothing but commas is what a spreadsheet leaves behind.
        if record.iter().all(str::is_empty) {
            continue;
        }
        if let Some(beyond) = record.iter().skip(header.len()).position(|cell| !cell.is_empty()) {
            let column = header.len() + beyond + 1;
            spots.push(Spot { line, column, field: String::new(), what: What::UnknownField });
        }
        let cells = header.iter().cloned().zip(record.iter().map(str::to_owned));
        let fields: Fields = cells.collect();
        let mut at = |wrong: Wrong| {
            let column = header.iter().position(|name| *name == wrong.field);
            let column = column.map_or(0, |column| column + 1);
            spots.push(Spot { line, column, field: wrong.field, what: wrong.what });
        };
        let wrong = |field: &str, what| Wrong { field: field.to_owned(), what };
        if stores {
            match edit::store(&fields) {
                Ok(entry) if entries.iter().any(|(_, e)| e.store.slug == entry.store.slug) => {
                    at(wrong("slug", What::Twice));
                }
                Ok(entry) => entries.push((line, entry)),
                Err(found) => found.into_iter().for_each(at),
            }
            continue;
        }
        let store = fields.filled("store").unwrap_or_default();
        if store.is_empty() || !is_store(store) {
            let what = if store.is_empty() { What::Missing } else { What::NoSuchStore };
            at(wrong("store", what));
        }
        match edit::table(&fields) {
            Ok(table) => {
                let of_store = tables.entry(store.to_owned()).or_default();
                if of_store.iter().any(|other| other.name == table.name) {
                    at(wrong("name", What::Twice));
                } else {
                    of_store.push(table);
                }
            }
            Err(found) => found.into_iter().for_each(at),
        }
    }
    if !spots.is_empty() {
        return Err(Unread::Spots(spots));
    }
    if entries.is_empty() && tables.is_empty() {
        return Err(Unread::Nothing);
    }
    Ok(if stores { File::Stores(entries) } else { File::Tables(tables) })
}

/// Columns that nobody knows, that come twice, or that are missing.
fn check_header(header: &[String], known: &[&str]) -> Vec<Spot> {
    let spot = |column, field: &str, what| Spot { line: 1, column, field: field.to_owned(), what };
    let mut spots = Vec::new();
    for (at, name) in header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if !known.contains(&name.as_str()) {
            spots.push(spot(at + 1, name, What::UnknownField));
        } else if header[..at].contains(name) {
            spots.push(spot(at + 1, name, What::Twice));
        }
    }
    spots
}

fn decode(bytes: &[u8]) -> Result<String, Unread> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for encoding in [UTF_8, SHIFT_JIS] {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            if text.contains('\0') {
                return Err(Unread::NotText);
            }
            // One kind of line end, so that lines are counted as people count them.
            return Ok(text.replace("\r\n", "\n").replace('\r', "\n"));
        }
    }
    Err(Unread::NotText)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "store,name,seats_from,seats_to,count,joins";

    fn tables(text: &str) -> Result<ByStore, Unread> {
        match read(text.as_bytes(), |slug| slug == "mihon")? {
            File::Tables(tables) => Ok(tables),
            File::Stores(_) => panic!("stores"),
        }
    }

    #[test]
    fn tables_of_any_spreadsheet_are_read_alike() {
        let text =
            format!("{HEADER}\r\nmihon,\"座敷, 奥\",3,4,2,2\r\n,,,,,\r\nmihon,窓側,1,2,4,\r\n");
        let plain = tables(&text).unwrap();
        assert_eq!(plain["mihon"][0].name, "座敷, 奥");
        assert_eq!(plain["mihon"].len(), 2);
        let marked = format!("\u{feff}{text}");
        assert_eq!(tables(&marked).unwrap(), plain);
        let (shift_jis, _, lost) = SHIFT_JIS.encode(&text);
        assert!(!lost && std::str::from_utf8(&shift_jis).is_err());
        let Ok(File::Tables(read)) = read(&shift_jis, |_| true) else { panic!("not read") };
        assert_eq!(read, plain);
        // Columns in another order, line feeds alone, a quote within quotes.
        let other = "count,store,seats_to,seats_from,name\n2,mihon,4,3,\"say \"\"oku\"\"\"\n";
        assert_eq!(tables(other).unwrap()["mihon"][0].name, "say \"oku\"");
    }

    #[test]
    fn every_fault_is_told_with_line_and_column() {
        let text = format!(
            "{HEADER},colour\nmihon,A,2,1,1,\nnowhere,B,1,2,x,\nmihon,\"C\nD\",1,2,1,\n\
             mihon,E,1,2,1,\nmihon,E,1,2,1,,,red\n"
        );
        let Err(Unread::Spots(spots)) = tables(&text) else { panic!("was read") };
        let Err(Unread::Spots(same)) = tables(&text.replace('\n', "\r\n")) else {
            panic!("was read")
        };
        assert_eq!(spots, same);
        let told: Vec<(u64, usize, &str)> =
            spots.iter().map(|spot| (spot.line, spot.column, spot.field.as_str())).collect();
        let all = [
            (1, 7, "colour"),
            (2, 4, "seats_to"),
            (3, 1, "store"),
            (3, 5, "count"),
            (4, 2, "name"),
            (7, 8, ""),
            (7, 2, "name"),
        ];
        assert_eq!(told, all);
    }

    #[test]
    fn what_is_no_table_of_ours_is_not_taken_for_one() {
        assert_eq!(tables("").unwrap_err(), Unread::Nothing);
        assert_eq!(tables(&format!("{HEADER}\r\n,,,,,\r\n")).unwrap_err(), Unread::Nothing);
        assert_eq!(tables("store;name;count\nmihon;A;1\n").unwrap_err(), Unread::NoHeader);
        assert_eq!(tables("name,count\nA,1\n").unwrap_err(), Unread::NoHeader);
        let png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";
        assert!(matches!(read(png, |_| true), Err(Unread::NotText)));
        let many = format!("{HEADER}\n{}", "mihon,A,1,2,1,\n".repeat(MOST_ROWS + 1));
        assert_eq!(tables(&many).unwrap_err(), Unread::TooManyRows);
    }

    #[test]
    fn stores_are_read_with_what_is_left_out() {
        let file = "slug,name_ja,name_en,description_ja,description_en,area_ja,area_en,cuisine_ja,\
                    cuisine_en,hours_ja,hours_en,address_ja,address_en,representative\n\
                    mihon,見本,Sample,説明,About,町,Town,和食,Japanese,夜,Nights,一番地,No. 1,代表\n";
        let Ok(File::Stores(stores)) = read(file.as_bytes(), |_| false) else { panic!("not read") };
        let (line, entry) = &stores[0];
        assert_eq!((*line, entry.store.zone(), entry.store.hold_minutes), (2, "Asia/Tokyo", 10));
    }
}
