//! Inputs that are compressed.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use usage_model::LooksLike;

/// Decompresses gzip, of any number of members, and zstd, of any number of frames. Both are told by their first bytes:
/// names are missing in a pipe, and wrong elsewhere.
pub(super) fn decompressed(mut source: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut start = Vec::new();
    source.by_ref().take(4).read_to_end(&mut start)?;
    let kind = LooksLike::by_signature(&start);
    let source = io::Cursor::new(start).chain(source);
    Ok(match kind {
        Some(LooksLike::Gzip) => Box::new(Decoded(MultiGzDecoder::new(source), "gzip")),
        Some(LooksLike::Zstd) => Box::new(Decoded(zstd::Decoder::new(source)?, "zstd")),
        _ => Box::new(source),
    })
}

/// What a decoder gives; it says in our words what is wrong with the data.
struct Decoded<R>(R, &'static str);

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            if error.raw_os_error().is_some() {
                return error;
            }
            let (kind, name) = (error.kind(), self.1);
            let why = match kind {
                io::ErrorKind::Interrupted | io::ErrorKind::TimedOut => return error,
                io::ErrorKind::UnexpectedEof => {
                    format!("its {name} data ends too early: the file is cut off")
                }
                _ => format!("its {name} data is damaged"),
            };
            io::Error::new(kind, why)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        decompressed(Box::new(io::Cursor::new(bytes)))?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn what_is_compressed_is_decompressed_whole() {
        let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
        assert_eq!(
            read([gzip("one "), gzip("two")].concat()).unwrap(),
            "one two"
        );
        assert_eq!(
            read([zstd("one "), zstd("two")].concat()).unwrap(),
            "one two"
        );
        for plain in ["", "{}", "plain text"] {
            assert_eq!(read(plain.into()).unwrap(), plain);
        }
    }

    #[test]
    fn what_is_cut_short_is_an_error() {
        let whole = gzip("some records");
        assert!(read(whole[..whole.len() - 3].to_vec()).is_err());
    }
}
