//! How far a list or object has been read, and what separates its parts.

use crate::MalformedDocument;

use super::{
    Input,
    refusal::{malformed, next_token},
};

/// How far a list of records has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) index: u64,
    pub(super) next: Next,
}

/// What may stand next in a list or object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Next {
    #[default]
    FirstOrEnd,
    Value,
    SeparatorOrEnd,
}

/// What was met between two values.
pub(super) enum Separator {
    /// A value starts here.
    Value,
    /// A comma was passed.
    Skipped,
    /// The end was passed.
    Closed,
}

/// Passes the comma before the next value, or the bracket that ends the list or object.
pub(super) fn separator(
    next: &mut Next,
    close: u8,
    input: &mut Input,
    of: &str,
) -> Result<Separator, MalformedDocument> {
    let Some(&first) = input.text().as_bytes().first() else {
        return Err(malformed(input, 0, &format!("the input ends within {of}")));
    };
    match *next {
        Next::FirstOrEnd | Next::SeparatorOrEnd if first == close => {
            input.advance(1);
            Ok(Separator::Closed)
        }
        Next::FirstOrEnd | Next::Value => Ok(Separator::Value),
        Next::SeparatorOrEnd if first == b',' => {
            input.advance(1);
            *next = Next::Value;
            Ok(Separator::Skipped)
        }
        Next::SeparatorOrEnd => {
            let found = next_token(input);
            let close = char::from(close);
            Err(malformed(
                input,
                0,
                &format!("expected a comma or {close} in {of}, found {found}"),
            ))
        }
    }
}
