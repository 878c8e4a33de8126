//! What an input is that is no list of usage records.

use std::fmt;

/// What an input looks like by its first bytes, if it is no list of usage records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LooksLike {
    /// No byte, or nothing but white space.
    Empty,
    /// Text in UTF-16, with or without a byte order mark.
    Utf16,
    /// Data compressed by gzip.
    Gzip,
    /// Data compressed by Zstandard.
    Zstd,
    /// A web page.
    Html,
    /// Another document in XML.
    Xml,
    /// A table of values separated by commas, semicolons or tabs.
    Csv,
    /// An Apache Parquet file.
    Parquet,
    /// A database of `SQLite`, such as the archive of `kore-usage`.
    Sqlite,
    /// A ZIP archive; spreadsheets are one.
    Zip,
}

impl LooksLike {
    /// Recognises a file format by its first bytes; `None` for anything that may be JSON.
    ///
    /// A few bytes are enough, and no more than 64 are looked at.
    ///
    /// ```
    /// use usage_model::LooksLike;
    ///
    /// assert_eq!(LooksLike::by_signature(b"\x1f\x8b\x08\0"), Some(LooksLike::Gzip));
    /// assert_eq!(LooksLike::by_signature(b"{\"usage_records\":[]}"), None);
    /// ```
    pub fn by_signature(start: &[u8]) -> Option<Self> {
        const SIGNATURES: [(&[u8], LooksLike); 7] = [
            (b"\xff\xfe", LooksLike::Utf16),
            (b"\xfe\xff", LooksLike::Utf16),
            (b"\x1f\x8b", LooksLike::Gzip),
            (b"\x28\xb5\x2f\xfd", LooksLike::Zstd),
            (b"PAR1", LooksLike::Parquet),
            (b"SQLite format 3\0", LooksLike::Sqlite),
            (b"PK\x03\x04", LooksLike::Zip),
        ];
        let known = SIGNATURES
            .into_iter()
            .find(|(signature, _)| start.starts_with(signature));
        if let Some((_, kind)) = known {
            return Some(kind);
        }
        // Without a mark, every other byte of ASCII text in UTF-16 is zero.
        let is_text = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
        if let [0, byte, ..] | [byte, 0, ..] = *start
            && is_text(byte)
        {
            return Some(Self::Utf16);
        }
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        let markup = start.trim_ascii_start().get(..5)?;
        match markup.to_ascii_lowercase().as_slice() {
            b"<!doc" | b"<html" | b"<head" | b"<body" => Some(Self::Html),
            b"<?xml" => Some(Self::Xml),
            _ => None,
        }
    }

    /// Names what an input looks like of which this is the first line, where no format has a signature.
    pub(crate) fn by_line(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with('<') {
            return Some(Self::Html);
        }
        let is_table = [',', ';', '\t'].into_iter().any(|separator| {
            let mut columns = line.split(separator);
            let is_cell = |cell: &str| {
                !cell.is_empty()
                    && cell
                        .chars()
                        .all(|c| c.is_alphanumeric() || " _-\".".contains(c))
            };
            columns.clone().count() > 1 && columns.all(is_cell)
        });
        is_table.then_some(Self::Csv)
    }
}

impl fmt::Display for LooksLike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an empty input",
            Self::Utf16 => "text in UTF-16",
            Self::Gzip => "data compressed by gzip",
            Self::Zstd => "data compressed by zstd",
            Self::Html => "a web page (HTML)",
            Self::Xml => "an XML document",
            Self::Csv => "a table (CSV)",
            Self::Parquet => "a Parquet file",
            Self::Sqlite => "an archive or another SQLite database",
            Self::Zip => "a ZIP archive",
        })
    }
}
