//! What cannot be read or done, with the place and the way out. No message quotes a value of a row.

use std::{borrow::Cow, fmt};

use crate::Language;

/// A fault and where it is.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    /// The name that the caller gave to the file or the table.
    pub file: String,
    /// Where in the file.
    pub spot: Option<Spot>,
    /// The name of the column.
    pub column: Option<String>,
    /// What is wrong there.
    pub fault: Fault,
}

/// A place in a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    Line(u64),
    /// Of a file without lines.
    Row(u64),
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("it is empty: write a first line with the names of the columns")]
    Empty,
    #[error("there are no rows under the names of the columns")]
    NoRows,
    #[error("it is named twice: give each column a name of its own")]
    ColumnTwice,
    #[error("column {0} has no name in the first line")]
    ColumnWithoutName(usize),
    #[error("there is no such column")]
    NoColumn,
    #[error("fields found: {found}; the first line has {expected}")]
    Ragged { expected: u64, found: u64 },
    #[error("the quote is never closed: close it, or write it twice and quote the whole field")]
    OpenQuote,
    #[error("this is not {0}: save the file so, or say how it is encoded")]
    Encoding(&'static str),
    #[error("`{0}` cannot separate fields in this encoding: use a comma, a semicolon or a tab")]
    Delimiter(char),
    #[error("its value is missing from the hierarchy: add the value there, or correct the row")]
    NotInHierarchy,
    #[error(
        "levels found: {found}; the first line has {expected}: repeat the last label where a branch is short"
    )]
    RaggedHierarchy { expected: usize, found: usize },
    #[error("this value stands in line {0} already")]
    ValueTwice(u64),
    #[error(
        "`{}` of level {level} leads to `{}`, and to `{}` in line {first}: give it one label above, or two names",
        .labels[0],
        .labels[1],
        .labels[2]
    )]
    NotNested { labels: Box<[String; 3]>, level: usize, first: u64 },
    #[error("a hierarchy needs a value and at most 255 levels")]
    HierarchyShape,
    #[error("this cannot be read as Parquet ({0}): write the file again")]
    NotParquet(String),
    #[error(
        "row group {group} cannot be read ({said}): write the file again, with Snappy, Zstandard, gzip or without compression"
    )]
    RowGroup { group: usize, said: String },
    #[error("{}", .0.en)]
    Wrong(Said),
    #[error(
        "the columns that tell people apart need {0} bits together where 1024 fit: leave one out or make one coarser"
    )]
    TooWide(u32),
    #[error("{}", .0.en)]
    NoSolution(Said),
    #[error("the search was ended before it found a way: give it more time")]
    Unfinished,
    #[error("cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
}

/// What is said of a fault that has no word of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub en: Cow<'static, str>,
    pub ja: Cow<'static, str>,
}

impl From<[&'static str; 2]> for Said {
    fn from([en, ja]: [&'static str; 2]) -> Self {
        Self { en: en.into(), ja: ja.into() }
    }
}

/// What another library said, in the one language it has.
impl From<String> for Said {
    fn from(words: String) -> Self {
        Self { en: words.clone().into(), ja: words.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        match self.spot {
            Some(Spot::Line(line)) => write!(f, ", line {line}")?,
            Some(Spot::Row(row)) => write!(f, ", row {row}")?,
            None => {}
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}", self.fault)
    }
}

impl Error {
    /// The fault with its place in a sentence.
    pub fn sentence(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        let line = self.spot.map(|(Spot::Line(line) | Spot::Row(line))| format!("{line}行目"));
        let column = self.column.as_ref().map(|column| format!("列「{column}」"));
        let place = line.into_iter().chain(column).collect::<Vec<_>>().join("、");
        let place = if place.is_empty() { place } else { format!("の{place}") };
        format!("「{}」{place}：{}。", self.file, self.fault.japanese())
    }

    /// A fault of a file or table of this name.
    pub fn new(file: &str, fault: Fault) -> Self {
        Self { file: file.to_owned(), spot: None, column: None, fault }
    }

    /// Something else that is wrong with a file or table of this name.
    pub fn wrong(file: &str, words: impl Into<Said>) -> Self {
        Self::new(file, Fault::Wrong(words.into()))
    }

    /// At a line.
    #[must_use]
    pub fn at(mut self, line: u64) -> Self {
        self.spot = Some(Spot::Line(line));
        self
    }

    /// At a row of a file without lines.
    #[must_use]
    pub fn at_row(mut self, row: u64) -> Self {
        self.spot = Some(Spot::Row(row));
        self
    }

    /// In a column.
    #[must_use]
    pub fn column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }
}

impl Fault {
    fn japanese(&self) -> String {
        match self {
            Self::Empty => "空です。1行目に列の名前を書いてください".to_owned(),
            Self::NoRows => "列の名前の下に行がありません".to_owned(),
            Self::ColumnTwice => {
                "同じ名前の列が二つあります。別々の名前を付けてください".to_owned()
            }
            Self::ColumnWithoutName(at) => format!("1行目の{at}番目の列に名前がありません"),
            Self::NoColumn => "この列がありません".to_owned(),
            Self::Ragged { expected, found } => {
                format!("項目が{found}個あります。1行目には{expected}個あります")
            }
            Self::OpenQuote => {
                "引用符が閉じていません。閉じるか、二つ重ねて項目全体を引用符で囲んでください"
                    .to_owned()
            }
            Self::Encoding(name) => {
                format!("{name}ではありません。{name}で保存するか、文字コードを指定してください")
            }
            Self::Delimiter(character) => format!(
                "この文字コードでは「{character}」で項目を区切れません。コンマ、セミコロン、タブのいずれかにしてください"
            ),
            Self::NotInHierarchy => {
                "この値が一般化階層にありません。階層に加えるか、行を直してください".to_owned()
            }
            Self::RaggedHierarchy { expected, found } => {
                format!(
                    "段階が{found}あります。1行目には{expected}あります。短い枝では最後のラベルを繰り返してください"
                )
            }
            Self::ValueTwice(line) => format!("この値はすでに{line}行目にあります"),
            Self::NotNested { labels, level, first } => {
                let [label, above, other] = &**labels;
                format!(
                    "第{level}段階の「{label}」の上位が、ここでは「{above}」、{first}行目では「{other}」です。上位を一つにするか、別の名前に分けてください"
                )
            }
            Self::HierarchyShape => "階層には値と、255までの段階が必要です".to_owned(),
            Self::NotParquet(said) => {
                format!("Parquetとして読めません（{said}）。ファイルを作り直してください")
            }
            Self::RowGroup { group, said } => format!(
                "行グループ{group}を読めません（{said}）。Snappy、Zstandard、gzipのいずれか、または無圧縮で、ファイルを作り直してください"
            ),
            Self::Wrong(said) | Self::NoSolution(said) => said.ja.clone().into_owned(),
            Self::TooWide(bits) => format!(
                "準識別子の列を合わせると{bits}ビットになり、1024ビットに収まりません。列を減らすか粗くしてください"
            ),
            Self::Unfinished => {
                "一般化が見つかる前に探索が終わりました。時間を増やしてください".to_owned()
            }
            Self::Io(error) => format!("読み書きできません（{error}）"),
        }
    }
}
