//! A rule explained to a person.

mod markdown;

use std::fmt::Write;

pub use markdown::rules_page;

use crate::{Example, Rule};

/// Characters in a line of the explanation.
const WIDTH: usize = 96;

/// Width of the names of the parts.
const INDENT: usize = 17;

impl Rule {
    /// The rule explained to a person, as plain text of several lines.
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
    if let Some(max_findings) = example.max_findings {
        let _ = write!(text, ", with at most {max_findings} findings listed");
    }
    text
}
