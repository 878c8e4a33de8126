//! Bodies compressed with gzip, for clients that ask for it.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, header};

/// Whether a client takes gzip: `Accept-Encoding` names it with a weight that is not 0, or does not name
/// it and takes everything that it does not name.
pub(super) fn is_accepted(headers: &HeaderMap) -> bool {
    let is_taken = |coding: &str| {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter();
        let mut codings = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|coding| coding.split_once(';').unwrap_or((coding, "")));
        let named = codings.find(|(name, _)| name.trim().eq_ignore_ascii_case(coding));
        named.map(|(_, weight)| {
            let weight = weight.trim().trim_start_matches(['q', 'Q', '=', ' ']);
            weight.parse() != Ok(0.0_f32)
        })
    };
    // The most exact name decides.
    let mut names = ["gzip", "x-gzip", "*"].into_iter();
    names.find_map(is_taken).unwrap_or(false)
}

/// Compresses a body as a number of members; the same body gives the same bytes.
pub(super) fn compress(body: &[u8], members: usize) -> io::Result<Bytes> {
    let mut compressed = Vec::with_capacity(body.len() / 8);
    let size = body.len().div_ceil(members.max(1)).max(1);
    for member in body.chunks(size) {
        let mut encoder = GzEncoder::new(compressed, Compression::fast());
        encoder.write_all(member)?;
        compressed = encoder.finish()?;
    }
    Ok(Bytes::from(compressed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_only_where_it_is_accepted() {
        for (value, accepted) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("deflate, *", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0", false),
            ("gzip;q=0, *", false),
            ("*, x-gzip;q=0", false),
            ("*;q=0, gzip", true),
            ("identity", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            assert_eq!(is_accepted(&headers), accepted, "{value}");
        }
        assert!(!is_accepted(&HeaderMap::new()));
    }
}
