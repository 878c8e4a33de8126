//! What stands before a value: white space, separators, and the name of a member.

use super::layout::{END, LONGEST_NAME, Names, UNKNOWN};
use crate::read::frame::is_space;

/// What comes next in an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next {
    /// A member by its index, [`UNKNOWN`] or [`END`].
    pub(super) member: u8,
    /// How many bytes stand before its value; before its name where it is not known.
    pub(super) length: usize,
}

/// Looks up what comes next in an object, whose brace comes first; `None` where it cannot be told here.
///
/// Takes note of line feeds that are passed.
#[inline(never)]
pub(super) fn next_member(
    text: &[u8],
    names: &Names,
    is_first: bool,
    has_lines: &mut bool,
) -> Option<Next> {
    let opening = if is_first { b'{' } else { b',' };
    // Most texts have no white space.
    if let Some([separator, b'"', name @ ..]) = text.first_chunk::<{ LONGEST_NAME + 2 }>()
        && *separator == opening
        && let Some((member, length)) = names.find(name)
        && let Some([b':', after]) = text.get(length + 2..).and_then(|rest| rest.first_chunk())
        && !is_space(*after)
    {
        let length = length + 3;
        return Some(Next { member, length });
    }
    let end = |length| {
        let member = END;
        Some(Next { member, length })
    };
    let mut at = if is_first {
        0
    } else {
        space(text, 0, has_lines)
    };
    let separator = *text.get(at)?;
    if separator == b'}' && !is_first {
        return end(at + 1);
    }
    if separator != opening {
        return None;
    }
    at = space(text, at + 1, has_lines);
    match text.get(at)? {
        b'"' => {}
        b'}' if is_first => return end(at + 1),
        _ => return None,
    }
    let name = text.get(at + 1..)?.first_chunk()?;
    let Some((member, length)) = names.find(name) else {
        let member = UNKNOWN;
        return Some(Next { member, length: at });
    };
    at = space(text, at + 1 + length, has_lines);
    if text.get(at) != Some(&b':') {
        return None;
    }
    let length = space(text, at + 1, has_lines);
    Some(Next { member, length })
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
