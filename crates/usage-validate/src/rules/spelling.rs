//! Which known name an unknown one was meant to be.

/// Names longer than this are not compared: no known one is half as long.
const LONGEST: usize = 48;

/// The known name that is closest to `name`, if one is close.
///
/// Close means equal but for case, hyphens and underscores, or at most one edit away for every three
/// characters of the known name.
pub(super) fn closest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = folded(name);
    known
        .iter()
        .map(|&known| (distance(&name, &folded(known)), known))
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

fn folded(name: &str) -> Vec<char> {
    name.chars()
        .filter(|letter| !matches!(letter, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Edits between two words: letters inserted, left out, replaced, or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &other) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != other);
            let mut least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && letter == b[j - 1] && a[i - 1] == other {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["total", "download", "upload", "units", "national_roaming"];

    #[test]
    fn typing_errors_and_other_cases_are_recognised() {
        assert_eq!(closest("uplaod", &KNOWN), Some("upload"));
        assert_eq!(closest("Total", &KNOWN), Some("total"));
        assert_eq!(closest("nationalRoaming", &KNOWN), Some("national_roaming"));
        assert_eq!(closest("unit", &KNOWN), Some("units"));
        assert_eq!(closest("voice", &KNOWN), None);
        assert_eq!(closest("", &KNOWN), None);
        assert_eq!(closest(&"x".repeat(1_000_000), &KNOWN), None);
    }

    #[test]
    fn names_are_compared_up_to_a_length_that_no_known_one_reaches() {
        let padded = |length: usize| format!("{}total", "_".repeat(length - "total".len()));
        assert_eq!(closest(&padded(LONGEST), &KNOWN), Some("total"));
        for length in [LONGEST + 1, 2 * LONGEST] {
            assert_eq!(closest(&padded(length), &KNOWN), None);
        }
    }

    /// The same by its definition: from the end, every edit is tried.
    fn by_trying(a: &[char], b: &[char]) -> usize {
        let ([rest_a @ .., last_a], [rest_b @ .., last_b]) = (a, b) else {
            return a.len() + b.len();
        };
        let mut least = (by_trying(rest_a, rest_b) + usize::from(last_a != last_b))
            .min(by_trying(rest_a, b) + 1)
            .min(by_trying(a, rest_b) + 1);
        if let ([rest_a @ .., before_a], [rest_b @ .., before_b]) = (rest_a, rest_b)
            && (before_a, last_a) == (last_b, before_b)
        {
            least = least.min(by_trying(rest_a, rest_b) + 1);
        }
        least
    }

    #[test]
    fn trying_every_edit_gives_the_same_distance() {
        let mut words = vec![Vec::new()];
        for length in 0..4 {
            for at in 0..words.len() {
                if words[at].len() == length {
                    words
                        .extend(['a', 'b', 'c'].map(|letter| [&words[at][..], &[letter]].concat()));
                }
            }
        }
        for a in &words {
            for b in words.iter().filter(|b| a.len() + b.len() <= 7) {
                assert_eq!(distance(a, b), by_trying(a, b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn distances_count_edits() {
        let distance = |a: &str, b: &str| distance(&folded(a), &folded(b));
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
