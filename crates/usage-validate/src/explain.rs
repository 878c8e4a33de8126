//! A rule explained to a person.

mod examples;
pub(crate) mod page;

use std::fmt::Write;

use crate::{Example, Rule, Task};

/// Characters in a line of the explanation.
const WIDTH: usize = 96;

/// Width of the names of the parts.
const INDENT: usize = 17;

impl Rule {
    /// Returns the rule explained to a person, as plain text of several lines.
    ///
    /// ```
    /// let text = usage_validate::rule("UR201").expect("a rule").explain();
    /// assert!(text.starts_with("UR201 network-sum (error)\n\nEach counter of a tree must be the sum"));
    /// ```
    pub fn explain(&self) -> String {
        let mut text = format!("{} {} ({})\n\n", self.code, self.name, self.severity);
        wrap(&mut text, "", self.sentence, 0);
        text.push('\n');
        for (name, part) in [
            ("formula", self.formula),
            ("evaluated per", self.scope.as_str()),
            ("since", self.since),
            ("origin", self.origin),
            ("false positives", self.false_positives),
        ] {
            wrap(&mut text, name, part, INDENT);
        }
        example(&mut text, "breaks the rule", &self.example);
        example(&mut text, "does not break it", &self.near_miss);
        text
    }

    /// Returns the rule explained as Markdown, without a heading.
    ///
    /// ```
    /// let text = usage_validate::rule("UR201").expect("a rule").markdown();
    /// assert!(text.contains("**False positives:** Figures that the server"));
    /// ```
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        self.facts(&mut text);
        document(&mut text, "This breaks it", &self.example);
        document(&mut text, "This does not", &self.near_miss);
        text
    }

    /// Adds the sentence, the formula and where the rule comes from.
    pub(crate) fn facts(&self, text: &mut String) {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{}\n\n```text\n{}\n```\n\n**Severity:** {} · **evaluated per** {} · **since** {}\n\n\
             **Origin:** {}\n\n**False positives:** {}\n",
            self.sentence,
            self.formula,
            self.severity,
            self.scope,
            self.since,
            self.origin,
            self.false_positives
        );
    }
}

/// Adds words, folded to the width, under a name.
fn wrap(text: &mut String, name: &str, words: &str, indent: usize) {
    let mut line = format!("{name:<indent$}");
    let mut length = line.chars().count();
    let mut is_first = true;
    for word in words.split_whitespace() {
        let needed = word.chars().count() + usize::from(!is_first);
        if !is_first && length + needed > WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            line = " ".repeat(indent);
            length = indent;
            is_first = true;
        }
        if !is_first {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += word.chars().count();
        is_first = false;
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

fn example(text: &mut String, name: &str, example: &Example) {
    // Writing to a string cannot fail.
    let _ = write!(text, "\n{name}{}:\n\n", settings(example));
    for line in example.document.lines() {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
}

/// The settings of an example, to stand behind its name.
fn settings(example: &Example) -> String {
    let mut text = String::new();
    if let Some(granularity) = example.granularity {
        // Writing to a string cannot fail.
        let _ = write!(text, ", with granularity {granularity}");
    }
    if let Some((start, end)) = example.window {
        let _ = write!(text, ", window {start} to {end}");
    }
    if example.task == Task::Reconcile {
        text.push_str(", reconciled");
    }
    if let Some((first, second)) = example.readings {
        let _ = write!(text, ", fetched at {first} and again at {second}");
    }
    if let Some(max_findings) = example.max_findings {
        let _ = write!(text, ", with at most {max_findings} findings listed");
    }
    text
}

/// Adds an example as Markdown.
pub(crate) fn document(text: &mut String, title: &str, example: &Example) {
    let settings = settings(example);
    let _ = write!(
        text,
        "\n{title}{settings}:\n\n```json\n{}```\n",
        example.document
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(name: &str, words: &str, indent: usize) -> String {
        let mut text = String::new();
        wrap(&mut text, name, words, indent);
        text
    }

    #[test]
    fn lines_are_filled_up_to_the_width_and_no_further() {
        let letters = |count| "x".repeat(count);
        // With a blank between them the two words are as long as a line, and then a letter longer.
        for (rest, lines) in [(WIDTH - 5, 1), (WIDTH - 4, 2)] {
            let text = wrapped("", &format!("abcd {}", letters(rest)), 0);
            assert_eq!(text.lines().count(), lines, "{text}");
        }
        let long = letters(WIDTH + 1);
        assert_eq!(
            wrapped("name", &format!("a b {long} c  d"), 6),
            format!("name  a b\n      {long}\n      c d\n")
        );
        let (first, second) = (letters(WIDTH - 6 - 2), letters(WIDTH - 6));
        assert_eq!(
            wrapped("name", &format!("{first} ä {second} e"), 6),
            format!("name  {first} ä\n      {second}\n      e\n")
        );
        assert_eq!(wrapped("name", &long, 6), format!("name  {long}\n"));
        assert_eq!(wrapped("name", "", 6), "name\n");
    }
}
