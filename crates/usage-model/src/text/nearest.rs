//! The known name that an unknown one was meant to be.

/// Names longer than this in bytes are not compared: no known one is half as long.
const LONGEST: usize = 48;

/// Returns the known name that is closest to `text`, or `None` if none is close.
///
/// Upper and lower case, hyphens, underscores and the `s` of a plural make no difference. Beyond that a name is
/// close if it is at most one edit away for every three of its letters, or if `text` is three or more letters
/// and leaves out at most half of those of the name. The first of several equally close ones is returned.
///
/// ```
/// use usage_model::nearest;
///
/// let granularities = ["hourly", "daily", "all"];
/// assert_eq!(nearest("day", granularities), Some("daily"));
/// assert_eq!(nearest("Houly", granularities), Some("hourly"));
/// assert_eq!(nearest("weekly", granularities), None);
/// ```
pub fn nearest<'k>(text: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if text.len() > LONGEST {
        return None;
    }
    let text = folded(text);
    known
        .into_iter()
        .filter_map(|name| {
            let letters = folded(name);
            let edits = strsim::osa_distance(&text, &letters);
            is_close(edits, text.chars().count(), letters.chars().count()).then_some((edits, name))
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// Shortest text that is looked for as an abbreviation, in letters.
const SHORTEST_ABBREVIATION: usize = 3;

fn is_close(edits: usize, text: usize, name: usize) -> bool {
    // Where the edits are as many as the letters that are missing, nothing else was changed.
    let is_abbreviation =
        text >= SHORTEST_ABBREVIATION && text + edits == name && edits <= name / 2;
    edits <= name / 3 || is_abbreviation
}

fn folded(name: &str) -> String {
    let name = name.to_lowercase().replace(['_', '-', ' '], "");
    match name.strip_suffix('s') {
        Some(singular) if !singular.is_empty() => singular.to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["total", "download", "upload", "units", "national_roaming"];

    #[test]
    fn typing_errors_and_other_cases_are_recognised() {
        for (text, expected) in [
            ("uplaod", Some("upload")),
            ("Total", Some("total")),
            ("nationalRoaming", Some("national_roaming")),
            ("unit", Some("units")),
            ("totals", Some("total")),
            ("latency", None),
            ("", None),
            ("s", None),
        ] {
            assert_eq!(nearest(text, KNOWN), expected, "{text}");
        }
        assert_eq!(nearest(&"x".repeat(1_000_000), KNOWN), None);
    }

    #[test]
    fn half_of_a_name_is_enough() {
        for (text, known, is_found) in [
            ("day", "daily", true),
            ("days", "daily", true),
            ("err", "error", true),
            ("warn", "warning", true),
            ("201", "UR201", true),
            ("UR2O1", "UR201", true),
            ("da", "daily", false),
            ("war", "warning", false),
            ("dxy", "daily", false),
            ("UR999", "UR201", false),
        ] {
            assert_eq!(nearest(text, [known]).is_some(), is_found, "{text} {known}");
        }
    }

    #[test]
    fn the_closest_is_taken_and_of_equals_the_first() {
        assert_eq!(nearest("abcdefx", ["abcdxyz", "abcdefg"]), Some("abcdefg"));
        assert_eq!(nearest("abcx", ["abcd", "abce"]), Some("abcd"));
    }

    #[test]
    fn names_are_compared_up_to_a_length_that_no_known_one_reaches() {
        let padded = |length: usize| format!("{}total", "_".repeat(length - "total".len()));
        assert_eq!(nearest(&padded(LONGEST), KNOWN), Some("total"));
        for length in [LONGEST + 1, 2 * LONGEST] {
            assert_eq!(nearest(&padded(length), KNOWN), None);
        }
    }
}
