//! What stands before a value: white space, separators, and the name of a member.

use super::layout::{END, Names, UNKNOWN, start_of};
use crate::read::frame::is_space;

/// Looks up what comes next in an object after a separator, its brace or a comma: a member by its index and the text
/// of its value, [`UNKNOWN`] and the text from its name on, or [`END`]. `None` where it cannot be told here.
///
/// Takes note of line feeds that are passed.
#[inline(never)]
pub(super) fn next_member<'a>(
    mut text: &'a [u8],
    names: &Names,
    separator: u8,
    has_lines: &mut bool,
) -> Option<(u8, &'a [u8])> {
    let is_first = separator == b'{';
    if !is_first {
        text = after_space(text, has_lines);
    }
    let rest = match text.split_first()? {
        (b'}', rest) if !is_first => return Some((END, rest)),
        (byte, rest) if *byte == separator => rest,
        _ => return None,
    };
    let text = after_space(rest, has_lines);
    let (quote, name) = text.split_first()?;
    match quote {
        b'"' => {}
        b'}' if is_first => return Some((END, name)),
        _ => return None,
    }
    let start = start_of(name);
    let member = names.candidate(&start);
    let Some(rest) = member.after_start(&start, name) else {
        return Some((UNKNOWN, text));
    };
    let rest = after_space(rest, has_lines).strip_prefix(b":")?;
    Some((member.member(), after_space(rest, has_lines)))
}

/// Where white space ends that may start at a byte of the text.
#[inline]
pub(super) fn space(text: &[u8], at: usize, has_lines: &mut bool) -> usize {
    match text.get(at) {
        Some(&byte) if is_space(byte) => long_space(text, at, has_lines),
        _ => at,
    }
}

#[inline(never)]
fn long_space(text: &[u8], mut at: usize, has_lines: &mut bool) -> usize {
    while let Some(&byte) = text.get(at)
        && is_space(byte)
    {
        *has_lines |= byte == b'\n';
        at += 1;
    }
    at
}

/// The text after white space.
#[inline]
pub(super) fn after_space<'a>(text: &'a [u8], has_lines: &mut bool) -> &'a [u8] {
    text.get(space(text, 0, has_lines)..).unwrap_or_default()
}
