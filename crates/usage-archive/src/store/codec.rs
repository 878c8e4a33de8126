//! Compressing the texts of records with a dictionary that the archive itself holds.

use std::{collections::BTreeMap, fmt};

use rusqlite::{Connection, OptionalExtension as _, params};
use zstd::{
    bulk::{Compressor, Decompressor},
    zstd_safe::{self, CParameter, Strategy},
};

use crate::{Error, error::ErrorKind};

/// How a text is compressed, with a dictionary. Level 6 of zstd gives texts as small and takes three times as long,
/// because it looks for matches of four bytes, which in a record are digits that happen to be equal.
const PARAMETERS: [CParameter; 3] = [
    CParameter::Strategy(Strategy::ZSTD_greedy),
    CParameter::SearchLog(4),
    CParameter::MinMatch(6),
];

/// How large a dictionary grows, in bytes. Twice as much saves nothing, because matches lie further back.
const DICTIONARY_BYTES: usize = 4 << 10;

/// How many texts a dictionary is made from at least; fewer give one that fits only them.
const TEXTS_FOR_DICTIONARY: usize = 250;

/// The largest text that is stored, in bytes; beyond what the reader takes as one record.
const MAX_TEXT_BYTES: u64 = 64 << 20;

/// What the first texts of an archive are compressed with: how a record is written.
const FIRST_DICTIONARY: &str = concat!(
    r#"{"account_sid":"AC","sim_sid":"DE","period":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:00Z"},"#,
    r#""commands":{"total":0,"to_sim":0,"from_sim":0,"billed":0,"billing_units":"USD","#,
    r#""home":{"total":0,"to_sim":0,"from_sim":0,"billed":0,"billing_units":"USD"},"#,
    r#""national_roaming":{"total":0,"to_sim":0,"from_sim":0,"billed":0,"billing_units":"USD"},"#,
    r#""international_roaming":[{"country_code":"DEU","total":0,"to_sim":0,"from_sim":0,"billed":0,"billing_units":"USD"}]},"#,
    r#""data":{"total":0,"download":0,"upload":0,"units":"bytes","billed":0,"billing_units":"USD","#,
    r#""home":{"total":0,"download":0,"upload":0,"units":"bytes","billed":0,"billing_units":"USD"},"#,
    r#""national_roaming":{"total":0,"download":0,"upload":0,"units":"bytes","billed":0,"billing_units":"USD"},"#,
    r#""international_roaming":[{"country_code":"DEU","total":0,"download":0,"upload":0,"units":"bytes","billed":0,"billing_units":"USD"}]}}"#,
);

/// The dictionaries of an archive, and the state of compressing with the newest.
#[derive(Default)]
pub(crate) struct Codec {
    newest: Option<(i64, Compressor<'static>)>,
    readers: BTreeMap<i64, Decompressor<'static>>,
    made_from_texts: bool,
}

/// A text as it is stored.
pub(crate) struct Packed {
    pub(crate) dictionary: i64,
    pub(crate) bytes: Vec<u8>,
}

impl Codec {
    /// Makes the dictionary that the next texts are compressed with, where there is none yet or where these
    /// texts are enough for a better one.
    pub(crate) fn prepare<T: AsRef<str>>(
        &mut self,
        connection: &Connection,
        texts: &[T],
    ) -> Result<(), Error> {
        if self.newest.is_none() {
            self.load_newest(connection)?;
        }
        if self.newest.is_none() {
            self.add(connection, FIRST_DICTIONARY.as_bytes())?;
        }
        if !self.made_from_texts && texts.len() >= TEXTS_FOR_DICTIONARY {
            let samples: Vec<&[u8]> = texts.iter().map(|text| text.as_ref().as_bytes()).collect();
            // Texts that have nothing in common make no dictionary; they are stored without one.
            if let Ok(bytes) = zstd::dict::from_samples(&samples, DICTIONARY_BYTES) {
                self.add(connection, &bytes)?;
            }
            self.made_from_texts = true;
        }
        Ok(())
    }

    fn load_newest(&mut self, connection: &Connection) -> Result<(), Error> {
        let newest: Option<(i64, Vec<u8>)> = connection
            .query_row(
                "SELECT dictionary_id, bytes FROM dictionary ORDER BY dictionary_id DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(Error::sqlite)?;
        if let Some((id, bytes)) = newest {
            self.newest = Some((id, compressor(&bytes)?));
            self.made_from_texts = id > 1;
        }
        Ok(())
    }

    fn add(&mut self, connection: &Connection, bytes: &[u8]) -> Result<(), Error> {
        connection
            .execute("INSERT INTO dictionary (bytes) VALUES (?1)", params![bytes])
            .map_err(Error::sqlite)?;
        self.newest = Some((connection.last_insert_rowid(), compressor(bytes)?));
        Ok(())
    }

    /// Compresses a text with the newest dictionary, which [`Codec::prepare`] has loaded.
    pub(crate) fn pack(&mut self, text: &str) -> Result<Packed, Error> {
        let Some((dictionary, compressor)) = &mut self.newest else {
            return Err(Error::corrupt("the archive has no dictionary"));
        };
        Ok(Packed {
            dictionary: *dictionary,
            bytes: compressor.compress(text.as_bytes()).map_err(zstd_failed)?,
        })
    }

    /// The text that was stored.
    pub(crate) fn unpack(
        &mut self,
        connection: &Connection,
        dictionary: i64,
        bytes: &[u8],
    ) -> Result<String, Error> {
        let reader = match self.readers.entry(dictionary) {
            std::collections::btree_map::Entry::Occupied(reader) => reader.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let stored: Option<Vec<u8>> = connection
                    .query_row(
                        "SELECT bytes FROM dictionary WHERE dictionary_id = ?1",
                        [dictionary],
                        |row| row.get(0),
                    )
                    .optional()
                    .map_err(Error::sqlite)?;
                let stored = stored
                    .ok_or_else(|| Error::corrupt(format!("dictionary {dictionary} is missing")))?;
                place.insert(Decompressor::with_dictionary(&stored).map_err(zstd_failed)?)
            }
        };
        let damaged = || Error::corrupt("a stored text does not decompress");
        let length = match zstd_safe::get_frame_content_size(bytes) {
            Ok(Some(length)) if length <= MAX_TEXT_BYTES => length,
            _ => return Err(damaged()),
        };
        let capacity = usize::try_from(length).map_err(|_| damaged())?;
        let text = reader.decompress(bytes, capacity).map_err(|_| damaged())?;
        String::from_utf8(text).map_err(|_| damaged())
    }

    /// Forgets what a transaction that was rolled back may have added.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}

fn compressor(dictionary: &[u8]) -> Result<Compressor<'static>, Error> {
    let mut compressor = Compressor::with_dictionary(zstd::DEFAULT_COMPRESSION_LEVEL, dictionary)
        .map_err(zstd_failed)?;
    for parameter in PARAMETERS {
        compressor.set_parameter(parameter).map_err(zstd_failed)?;
    }
    // Dictionary and integrity are kept beside the text: the dictionary's number and the hash of the chain.
    compressor.include_dictid(false).map_err(zstd_failed)?;
    compressor.include_checksum(false).map_err(zstd_failed)?;
    Ok(compressor)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is given to map_err, which passes the error on"
)]
fn zstd_failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Other, format!("compression failed: {error}"))
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codec")
            .field("newest", &self.newest.as_ref().map(|(id, _)| id))
            .finish_non_exhaustive()
    }
}
