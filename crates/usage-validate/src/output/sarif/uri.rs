//! Names of inputs as URI references.

use std::fmt::Write;

/// The name of an input as a reference: absolute for an absolute path, relative for everything else.
///
/// A name that is no path, such as that of standard input, becomes a relative reference too: where a result
/// has no place at all it is not shown.
pub(super) fn reference(name: &str) -> String {
    let mut uri = String::new();
    if name.starts_with('/') {
        uri.push_str("file://");
    }
    for &byte in name.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            uri.push(byte.into());
        } else {
            // A colon too: what stands before one in a relative reference would be a scheme.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        for (name, uri) in [
            ("june.json", "june.json"),
            ("../a b/ü%.json", "../a%20b/%C3%BC%25.json"),
            ("/tmp/x#1?.json", "file:///tmp/x%231%3F.json"),
            ("c:x", "c%3Ax"),
            ("standard input", "standard%20input"),
        ] {
            assert_eq!(reference(name), uri);
        }
    }
}
