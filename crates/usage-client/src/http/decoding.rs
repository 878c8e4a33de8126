//! Takes the content coding off a body as it comes, and counts what comes out.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

/// A body being read: plain, or compressed with gzip in one member or several (RFC 1952).
pub(crate) enum Decoder {
    Plain(Capped),
    Gzip {
        members: Box<MultiGzDecoder<Capped>>,
        /// Whether anything came. A body without a byte has no member that could be cut.
        begun: bool,
    },
}

/// A coding that was not asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownCoding;

/// Why a body cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DecodingError {
    /// It is longer than it may be.
    TooLarge,
    /// It is not gzip, or ends within a member.
    Broken,
}

impl Decoder {
    /// A decoder for the value of the header `Content-Encoding`, for at most `limit` decoded bytes.
    ///
    /// Names of codings do not depend on case, and `x-gzip` is `gzip` (RFC 9110, section 8.4.1.3).
    pub(crate) fn new(coding: Option<&str>, limit: u64) -> Result<Self, UnknownCoding> {
        let body = Capped {
            bytes: Vec::new(),
            left: limit,
        };
        let codings = coding.unwrap_or_default().split(',').map(str::trim);
        let mut codings =
            codings.filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
        match (codings.next(), codings.next()) {
            (None, _) => Ok(Self::Plain(body)),
            (Some(gzip), None)
                if gzip.eq_ignore_ascii_case("gzip") || gzip.eq_ignore_ascii_case("x-gzip") =>
            {
                Ok(Self::Gzip {
                    members: Box::new(MultiGzDecoder::new(body)),
                    begun: false,
                })
            }
            _ => Err(UnknownCoding),
        }
    }

    /// Takes the next part of the body.
    pub(crate) fn push(&mut self, part: &[u8]) -> Result<(), DecodingError> {
        let written = match self {
            Self::Plain(body) => body.write_all(part),
            Self::Gzip { members, begun } => {
                *begun |= !part.is_empty();
                members.write_all(part)
            }
        };
        written.map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => DecodingError::TooLarge,
            _ => DecodingError::Broken,
        })
    }

    /// Ends the body, which has to be complete.
    pub(crate) fn finish(&mut self) -> Result<(), DecodingError> {
        match self {
            Self::Gzip {
                members,
                begun: true,
            } => members.try_finish().map_err(|error| match error.kind() {
                io::ErrorKind::FileTooLarge => DecodingError::TooLarge,
                _ => DecodingError::Broken,
            }),
            Self::Plain(_) | Self::Gzip { .. } => Ok(()),
        }
    }

    /// What has been decoded.
    pub(crate) fn decoded(&self) -> &[u8] {
        match self {
            Self::Plain(body) => &body.bytes,
            Self::Gzip { members, .. } => &members.get_ref().bytes,
        }
    }

    /// Takes what has been decoded.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let body = match self {
            Self::Plain(body) => body,
            Self::Gzip { members, .. } => members.get_mut(),
        };
        std::mem::take(&mut body.bytes)
    }
}

/// Bytes, up to a limit.
pub(crate) struct Capped {
    bytes: Vec<u8>,
    left: u64,
}

impl Write for Capped {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        // What fits is kept: of an error body the start is all that is wanted.
        if length > self.left {
            let fits = usize::try_from(self.left).unwrap_or(usize::MAX);
            self.bytes
                .extend_from_slice(part.get(..fits).unwrap_or(part));
            self.left = 0;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        // Twice the room at a time, but none that cannot be used.
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        if self.bytes.capacity().saturating_sub(self.bytes.len()) < part.len() {
            self.bytes
                .reserve_exact(self.bytes.len().max(part.len()).min(left));
        }
        self.left = self.left.saturating_sub(length);
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// Decodes a body that comes in parts of that size.
    fn decode(coding: &str, body: &[u8], part: usize, limit: u64) -> Result<String, DecodingError> {
        let mut decoder = Decoder::new(Some(coding), limit).unwrap();
        for part in body.chunks(part) {
            decoder.push(part)?;
        }
        decoder.finish()?;
        Ok(String::from_utf8(decoder.take()).unwrap())
    }

    #[test]
    fn several_members_are_one_body_however_they_arrive() {
        let body = [gzip(b"one, "), gzip(b""), gzip(b"two, "), gzip(b"three")].concat();
        for part in 1..=body.len() {
            for coding in [
                "gzip",
                "GZIP",
                "x-gzip",
                " X-Gzip ",
                "identity, gzip",
                "gzip,",
            ] {
                let decoded = decode(coding, &body, part, 15);
                assert_eq!(decoded.as_deref(), Ok("one, two, three"), "{coding} {part}");
            }
        }
        for coding in ["", "identity", "Identity, "] {
            assert_eq!(decode(coding, b"plain", 2, 5).as_deref(), Ok("plain"));
        }
        assert_eq!(decode("gzip", b"", 1, 5).as_deref(), Ok(""));
    }

    #[test]
    fn a_member_that_ends_early_or_is_none_is_broken() {
        let whole = [gzip(b"one"), gzip(b"two")].concat();
        let first = gzip(b"one").len();
        for end in (1..whole.len()).filter(|end| *end != first) {
            let decoded = decode("gzip", &whole[..end], 7, 100);
            assert_eq!(decoded, Err(DecodingError::Broken), "{end}");
        }
        assert_eq!(
            decode("gzip", b"plain text, no gzip", 100, 100),
            Err(DecodingError::Broken)
        );
    }

    #[test]
    fn decoded_bytes_are_what_is_limited() {
        let large = vec![b'x'; 1_000_000];
        for (coding, body) in [("gzip", gzip(&large)), ("", large.clone())] {
            assert!(decode(coding, &body, 8_192, 1_000_000).is_ok());
            let mut decoder = Decoder::new(Some(coding), 999_999).unwrap();
            let pushed = body.chunks(8_192).try_for_each(|part| decoder.push(part));
            let ended = pushed.and_then(|()| decoder.finish());
            assert_eq!(ended, Err(DecodingError::TooLarge), "{coding}");
            assert!(decoder.decoded().len() <= 999_999);
        }
    }

    #[test]
    fn a_coding_that_was_not_asked_for_is_refused() {
        for coding in ["br", "deflate", "gzip, gzip", "gzip, br", "zstd"] {
            assert_eq!(
                Decoder::new(Some(coding), 1).err(),
                Some(UnknownCoding),
                "{coding}"
            );
        }
    }
}
