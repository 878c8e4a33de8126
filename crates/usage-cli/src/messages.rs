//! Words of messages.

/// A number and its noun, which takes an `s` where the number is not 1.
pub(crate) fn number(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// `was` or `were`, after a number and its noun.
pub(crate) const fn were(number: u64) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        assert_eq!([were(1), were(2)], ["was", "were"]);
        let pages = [0, 1, 2].map(|pages| number(pages, "page"));
        assert_eq!(pages, ["0 pages", "1 page", "2 pages"]);
    }
}
