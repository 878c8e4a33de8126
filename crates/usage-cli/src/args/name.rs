//! Options whose value is one of a few names.

use std::{ffi::OsStr, marker::PhantomData, str::FromStr};

use clap::{
    Arg, Command,
    builder::{PossibleValue, TypedValueParser},
};

/// Reads one of a few names: help and completions list them, and a wrong one is answered with the near right one.
#[derive(Clone, Copy)]
pub(super) struct OneOf<T> {
    names: &'static [&'static str],
    value: PhantomData<fn() -> T>,
}

impl<T> OneOf<T> {
    /// Reads these names, each of which has to be one of the type.
    pub(super) const fn new(names: &'static [&'static str]) -> Self {
        Self {
            names,
            value: PhantomData,
        }
    }
}

impl<T: FromStr + Clone + Send + Sync + 'static> TypedValueParser for OneOf<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let names = self.names;
        let read = move |text: &str| text.parse::<T>().map_err(|_| refusal(text, names));
        read.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names.iter().copied().map(PossibleValue::new)))
    }
}

/// Says which names are right, and which of them is close to the text.
fn refusal(text: &str, names: &[&'static str]) -> String {
    let expected = match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    };
    match usage_model::nearest(text, names.iter().copied()) {
        Some(name) => format!("expected {expected}; did you mean {name}?"),
        None => format!("expected {expected}"),
    }
}
