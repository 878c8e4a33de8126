//! Options whose value is one of a few names, or a number.

use std::{ffi::OsStr, fmt::Display, marker::PhantomData, ops::RangeInclusive, str::FromStr};

use clap::{
    Arg, Command,
    builder::{PossibleValue, TypedValueParser},
};
use usage_model::{NameError, Named};

/// Reads one of a few names: help and completions list them, and a wrong one is answered with the near right one.
#[derive(Clone, Copy)]
pub(super) struct OneOf<T>(PhantomData<fn() -> T>);

impl<T> OneOf<T> {
    /// Reads the names of the type.
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Named> TypedValueParser for OneOf<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let read = |text: &str| T::from_name(text).map_err(|error| refusal(&error));
        read.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = T::ALL.iter().map(|value| value.name());
        Some(Box::new(names.map(PossibleValue::new)))
    }
}

/// Says which names are right, and which of them is close to the text, which is shown before it.
fn refusal(error: &NameError) -> String {
    let names = error.expected();
    let expected = match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    };
    match error.suggestion() {
        Some(name) => format!("expected {expected}; did you mean {name}?"),
        None => format!("expected {expected}"),
    }
}

/// Reads a whole number that is at least this large.
pub(super) fn at_least<T: FromStr + PartialOrd + Display + Copy>(
    least: T,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| *number >= least);
        number.ok_or_else(|| {
            if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() > 4
            {
                "the number is too large".to_owned()
            } else {
                format!("expected a whole number of at least {least}")
            }
        })
    }
}

/// Reads a whole number in a range.
pub(super) fn within<T: FromStr + PartialOrd + Display + Copy>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            format!(
                "expected a whole number from {} to {}",
                range.start(),
                range.end()
            )
        })
    }
}
