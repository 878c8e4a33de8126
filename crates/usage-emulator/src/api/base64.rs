//! Reads base64, as RFC 4648 §4 has it: with padding, without line ends.

/// The bytes that a text encodes, or `None` where it is not base64.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    let (groups, []) = text.as_chunks::<4>() else {
        return None;
    };
    let mut bytes = Vec::with_capacity(groups.len() * 3);
    for (index, group) in groups.iter().enumerate() {
        let last = index + 1 == groups.len();
        let padding = group.iter().rev().take_while(|byte| **byte == b'=').count();
        if padding > 2 || (padding > 0 && !last) {
            return None;
        }
        let mut bits = 0;
        for byte in group {
            let digit = if *byte == b'=' { Some(0) } else { digit(*byte) };
            bits = (bits << 6) | u32::from(digit?);
        }
        // `bits` has 24 bits: its upper byte is empty.
        let [_, decoded @ ..] = bits.to_be_bytes();
        let kept = group.len() - 1 - padding;
        // A digit before `=` must be there, so that the padding is at the end.
        if group
            .iter()
            .take(group.len() - padding)
            .any(|byte| *byte == b'=')
        {
            return None;
        }
        bytes.extend(decoded.into_iter().take(kept));
    }
    Some(bytes)
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("+/+/").as_deref(), Some(&[0xfb, 0xff, 0xbf][..]));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9\n", "Z=9v", "Zm-_", "Zg==\n",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
