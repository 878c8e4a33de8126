//! Every spelling of a credential is found, and nothing else.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn no_spelling_of_a_credential_is_left() {
    let secrets = Secrets::new(["a+B/c\\d \"é", "%25x%25"]);
    for spelling in [
        "a+B/c\\d \"é",
        "A+b/C\\D \"é",
        "a%2BB%2Fc%5Cd+%22%C3%A9",
        "a%2bB%2fc%5cd%20%22%c3%a9",
        "a%252BB%252Fc%255Cd%2520%2522%25C3%25A9",
        "a+B/c%5Cd%20%22é",
        r#"a+B\/c\\d \"é"#,
        r"a\u002bB\u002Fc\u005Cd\u0020\u0022\u00e9",
        r"a%5Cu002bB%5Cu002Fc%5C%5Cd%20%5C%22%C3%A9",
        "a&#43;B&#x2f;c\\d &quot;&#233;",
        "%25x%25",
        "%2525x%2525",
    ] {
        let text = format!("é{spelling}%{spelling}\\u{spelling}");
        assert_eq!(
            secrets.redact(&text),
            "é[redacted]%[redacted]\\u[redacted]",
            "{spelling}"
        );
    }
    for other in [
        "a+B/c\\d \"",
        "a+B/c\\d \"e",
        "a%2B",
        "%",
        "%C3",
        "\\",
        "\\u00",
        "&#",
        "",
    ] {
        assert_eq!(secrets.redact(other), other);
    }
}

#[test]
fn base64_of_a_credential_is_found_wherever_it_stands_in_it() {
    let secret = "s3cr3t-value?>~xyz";
    let secrets = Secrets::new([secret]);
    for before in ["", "u", "us", "use", "AC0123:"] {
        for after in ["", "1", "22", "333"] {
            let text = format!("{before}{secret}{after}");
            for encoded in [
                base64::engine::general_purpose::STANDARD.encode(&text),
                STANDARD_NO_PAD.encode(&text),
                URL_SAFE_NO_PAD.encode(&text),
            ] {
                assert_eq!(
                    secrets.redact(&format!("Basic {encoded}, again")),
                    "Basic [redacted], again",
                    "{text}"
                );
                let in_link = encoded.replace('+', "%2B").replace('/', "%2F");
                assert_eq!(secrets.redact(&format!("?a={in_link}&b")), "?[redacted]&b");
            }
        }
    }
}

#[test]
fn hexadecimal_of_a_credential_is_found_however_its_bytes_are_set_apart() {
    let secret = "s3cr3t-value?>~xyz";
    let secrets = Secrets::new([secret]);
    let spelled = |format: fn(u8) -> String, between: &str| {
        let bytes: Vec<_> = secret.bytes().map(format).collect();
        bytes.join(between)
    };
    for between in ["", " ", ":", "-", ", ", "\n"] {
        for hexadecimal in [
            spelled(|byte| format!("{byte:02x}"), between),
            spelled(|byte| format!("{byte:02X}"), between),
        ] {
            let text = format!("dump: 00{between}{hexadecimal}{between}ff.");
            let redacted = secrets.redact(&text);
            assert!(
                redacted.starts_with("dump: 00") && redacted.ends_with("ff."),
                "{redacted}"
            );
            assert!(redacted.contains(REDACTED), "{text}: {redacted}");
        }
        for hexadecimal in [
            spelled(|byte| format!("\\x{byte:02x}"), between),
            spelled(|byte| format!("0x{byte:02X}"), between),
        ] {
            assert_eq!(
                secrets.redact(&format!("<{hexadecimal}>")),
                "<[redacted]>",
                "{between:?}"
            );
        }
    }
    for text in ["", "7333637233742d", "73 33 63 72 33 74", "s3cr3t value"] {
        let text = format!("{text} and more");
        assert_eq!(secrets.redact(&text), text);
    }
}

#[test]
fn a_page_that_holds_a_credential_in_any_spelling_is_told_from_one_that_does_not() {
    let page = |text: &str| {
        let records = r#"{"account_sid":"ACabababababababababababababababab","period":{"start":"2026-06-01T00:00:00Z"},"data":{"total":12345678,"units":"bytes"}},"#;
        let link = "https://h/v1/UsageRecords?Start=2026-06-01T00%3A00%3A00Z&Page=1";
        format!(
            r#"{{"usage_records":[{}{{"account_sid":"{text}"}}],"meta":{{"next_page_url":"{link}"}}}}"#,
            records.repeat(3_000)
        )
    };
    for secret in ["s3cr3t/value?>~xyz", "s3-cr3", "12345678"] {
        let secrets = Secrets::new(["another-secret", secret]);
        let units: Vec<_> = secret
            .bytes()
            .map(|byte| format!("\\u{byte:04x}"))
            .collect();
        let units = units.concat();
        for spelling in [
            secret.to_owned(),
            secret.to_uppercase(),
            secret.replace('/', "\\/"),
            units.replace('\\', "\\\\"),
            units,
            STANDARD_NO_PAD.encode(format!("user:{secret}")),
            "another\\nsecret".to_owned(),
            "%61nother%2Dsecret".to_owned(),
            "&#97;nother-secret".to_owned(),
            "an other sec ret".to_owned(),
        ] {
            assert!(secrets.occur_in(page(&spelling).as_bytes()), "{spelling}");
        }
        assert!(!secrets.occur_in(page("hunter2").as_bytes()), "{secret}");
    }
    assert!(!Secrets::default().occur_in(page("").as_bytes()));
}

/// One credential, without an encoding and with one at its start, its end, or all over.
const SPELLINGS: [&str; 7] = [
    "s3cr3t-value",
    "\\u00733cr3t-value",
    "s3cr3t-valu\\u0065",
    "s3cr&#x33;t-value",
    "s3cr3t%2Dvalu%65",
    "s3cr&#37;33t-value",
    "0x730x330x630x720x330x740x2d0x760x610x6c0x750x65",
];

/// A body is looked through in parts.
#[test]
fn a_credential_is_found_wherever_a_part_of_a_page_ends_or_begins() {
    let secrets = Secrets::new(["s3cr3t-value"]);
    let longest = "s3cr3t-value".len() * LONGEST_SPELLING + 16 * 1024;
    for boundary in [256 * 1024, 256 * 1024 + longest] {
        for spelling in SPELLINGS {
            for before in (0..=spelling.len()).step_by(3) {
                let start = "x".repeat(boundary - before);
                let body = [&start, spelling, &"x".repeat(20_000)].concat();
                assert!(secrets.occur_in(body.as_bytes()), "{before} of {spelling}");
            }
        }
    }
}

/// Only what is near an encoding is decoded.
#[test]
fn a_credential_is_found_far_from_other_encodings() {
    let secrets = Secrets::new(["s3cr3t-value"]);
    let far = "x".repeat(30_000);
    for (before, after) in [("", ""), ("\\n", ""), ("", "\\n"), ("0x", ""), ("", "0x")] {
        for spelling in SPELLINGS {
            let body = [before, &far, spelling, &far, after].concat();
            assert!(
                secrets.occur_in(body.as_bytes()),
                "{before} {spelling} {after}"
            );
        }
    }
    for spaces in [0, 100, 16_000] {
        let body = ["s3cr3t", &" ".repeat(spaces), "%2Dvalue"].concat();
        assert!(secrets.occur_in(body.as_bytes()), "{spaces} spaces");
    }
}

#[test]
fn a_credential_on_several_lines_is_found() {
    let secret = "s3cr3t-value-of-some-length";
    let secrets = Secrets::new([secret]);
    for wrapped in [
        "s3cr3t-value-\n of-some-length",
        "s 3 c r 3 t value of some length",
    ] {
        assert_eq!(secrets.redact(&format!("<{wrapped}>")), "<[redacted]>");
    }
    let encoded = STANDARD_NO_PAD.encode(format!("user:{secret}"));
    for at in 1..encoded.len() {
        let (first, rest) = encoded.split_at(at);
        let redacted = secrets.redact(&format!("<{first}\r\n{rest}>"));
        assert!(redacted.contains(REDACTED), "{at}: {redacted}");
        let decoded = |text: &str| {
            let text = text.trim_matches(['<', '>', '\r', '\n']);
            String::from_utf8_lossy(&STANDARD_NO_PAD.decode(text).unwrap_or_default()).into_owned()
        };
        for left in redacted.split(REDACTED) {
            assert!(!decoded(left).contains("s3c"), "{at}: {redacted}");
        }
    }
}

#[test]
fn what_only_looks_like_a_spelling_stays() {
    let secrets = Secrets::new(["tokens"]);
    for text in [
        "%41okens",
        "%7okens",
        r"\u0041okens",
        "+okens",
        r"\xokens",
        "&#84okens",
    ] {
        assert_eq!(secrets.redact(text), text);
    }
    for text in ["%74okens", r"\u0074okens", "&#116;okens"] {
        assert_eq!(secrets.redact(text), "[redacted]");
    }
}

#[test]
fn a_text_too_short_for_a_credential_spoils_no_message() {
    let secrets = Secrets::new(["a", "avail"]);
    assert_eq!(secrets.redact("not available"), "not available");
}

#[test]
fn a_text_made_of_the_start_of_a_long_credential_takes_no_longer_than_another() {
    let token = format!("{}b", "a".repeat(16_000));
    let secrets = Secrets::new([token.as_str()]);
    let text = "a".repeat(900_000);
    let started = Instant::now();
    assert_eq!(secrets.redact(&text).len(), text.len());
    // The product of both lengths would take minutes.
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(secrets.redact(&format!("x{token}x")), "x[redacted]x");
}

/// Wherever the text is cut, and whatever its white space becomes.
#[test]
fn no_part_of_a_credential_is_left_where_a_long_text_is_cut() {
    let plain = "hunter2-hunter2";
    let secrets = Secrets::new([plain]);
    let escaped = plain.bytes().map(|byte| format!("\\u{byte:04x}"));
    let escaped = escaped.collect::<Vec<_>>().concat();
    for secret in [
        plain.to_owned(),
        escaped.clone(),
        escaped.replace('\\', "%5C"),
    ] {
        for shown in (0..=secret.len()).step_by(5) {
            let gap = " ".repeat(LOOKED_THROUGH - 1 - shown);
            assert_eq!(secrets.shown(format!("x{gap}{secret} and more")), "x");
        }
    }
}

#[test]
fn one_clean_line_remains() {
    for (text, limit, expected) in [
        ("", 5, ""),
        (" a\r\n\tb\u{7f}c\u{9b}d ", 20, "a b c d"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcdef…"),
        ("abc def", 4, "abc…"),
        ("äöüß", 3, "äöü…"),
        ("a", 0, "…"),
    ] {
        assert_eq!(shorten(text, limit), expected, "{text:?}");
    }
}
