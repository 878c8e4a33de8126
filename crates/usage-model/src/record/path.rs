//! Places inside a record, as JSON pointers (RFC 6901).

use std::fmt;

use crate::{Counter, Kind};

/// A node of a usage tree, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a usage tree has exactly these places"
)]
pub enum NodePath {
    /// The top of the tree.
    Top,
    /// `home`.
    Home,
    /// `national_roaming`.
    National,
    /// An entry of the list `international_roaming`, counted from 0.
    International(usize),
    /// `international_roaming` where it is a single object.
    InternationalSingle,
}

impl NodePath {
    /// Returns whether the node belongs to the international share.
    pub const fn is_international(self) -> bool {
        matches!(self, Self::International(_) | Self::InternationalSingle)
    }

    /// Returns the JSON pointer of the node within its record.
    ///
    /// ```
    /// use usage_model::{Kind, NodePath};
    ///
    /// let pointer = NodePath::International(1).pointer(Kind::Data);
    /// assert_eq!(pointer, "/data/international_roaming/1");
    /// ```
    pub fn pointer(self, kind: Kind) -> String {
        format!("/{kind}{self}")
    }

    /// Returns the JSON pointer of one counter of the node within its record.
    pub fn counter_pointer(self, kind: Kind, counter: Counter) -> String {
        format!("/{kind}{self}/{}", counter.name(kind))
    }
}

/// The JSON pointer of the node within its tree; empty for the top.
impl fmt::Display for NodePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => Ok(()),
            Self::Home => f.write_str("/home"),
            Self::National => f.write_str("/national_roaming"),
            Self::International(index) => write!(f, "/international_roaming/{index}"),
            Self::InternationalSingle => f.write_str("/international_roaming"),
        }
    }
}

/// Returns one segment of a JSON pointer: a slash and the name, with `~` and `/` escaped (RFC 6901).
///
/// ```
/// assert_eq!(usage_model::pointer_segment("5g/upload"), "/5g~1upload");
/// ```
pub fn pointer_segment(name: &str) -> String {
    let mut segment = String::with_capacity(name.len() + 1);
    push_pointer_segment(&mut segment, name);
    segment
}

/// Adds one segment to a JSON pointer, as [`pointer_segment`] returns it.
pub fn push_pointer_segment(pointer: &mut String, name: &str) {
    pointer.push('/');
    for part in name.split_inclusive(['~', '/']) {
        match part.as_bytes() {
            [.., b'~'] => {
                pointer.push_str(part);
                pointer.push('0');
            }
            [before @ .., b'/'] => {
                pointer.push_str(part.get(..before.len()).unwrap_or_default());
                pointer.push_str("~1");
            }
            _ => pointer.push_str(part),
        }
    }
}
