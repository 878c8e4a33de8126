//! The arguments and options of a fault in its text form.

/// What was expected in place of what a text has.
pub(crate) type Expected = &'static str;

/// The arguments of a fault, which stand between colons, and its options, which follow semicolons.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    rest: Option<&'a str>,
    options: Vec<&'a str>,
}

impl<'a> Arguments<'a> {
    /// The arguments in a text such as `data.total:+5`, and the options in one such as `sim=DE…`.
    pub(super) fn new(arguments: Option<&'a str>, options: Option<&'a str>) -> Self {
        let options = options.map(|options| options.split(';').collect());
        Self {
            rest: arguments,
            options: options.unwrap_or_default(),
        }
    }

    /// Returns whether no argument is left.
    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_none()
    }

    /// Takes the next argument.
    pub(super) fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        let (argument, rest) = match rest.split_once(':') {
            Some((argument, rest)) => (argument, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        Some(argument)
    }

    /// Takes all that is left as one argument, colons included.
    pub(super) const fn remainder(&mut self) -> Option<&'a str> {
        self.rest.take()
    }

    /// Takes the next argument, which has to be there.
    pub(super) fn required<T>(
        &mut self,
        read: impl FnOnce(&'a str) -> Option<T>,
        expected: Expected,
    ) -> Result<T, Expected> {
        self.next().and_then(read).ok_or(expected)
    }

    /// Takes the next argument, if there is one.
    pub(super) fn optional<T>(
        &mut self,
        read: impl FnOnce(&'a str) -> Option<T>,
        expected: Expected,
    ) -> Result<Option<T>, Expected> {
        let argument = self.next();
        argument.map(|text| read(text).ok_or(expected)).transpose()
    }

    /// Takes the value of an option.
    pub(super) fn option<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'a str) -> Option<T>,
        expected: Expected,
    ) -> Result<Option<T>, Expected> {
        let value = |option: &&'a str| option.strip_prefix(name)?.strip_prefix('=');
        let Some(position) = self
            .options
            .iter()
            .position(|option| value(option).is_some())
        else {
            return Ok(None);
        };
        let option = self.options.remove(position);
        let read = value(&option).and_then(read);
        read.map(Some).ok_or(expected)
    }

    /// Takes an option without a value, and returns whether it was there.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        let position = self.options.iter().position(|option| *option == name);
        position
            .map(|position| self.options.remove(position))
            .is_some()
    }

    /// Fails if an argument or an option is left.
    pub(super) fn finish(self) -> Result<(), Expected> {
        if self.rest.is_some() {
            return Err("nothing more after the last argument");
        }
        if self.options.is_empty() {
            Ok(())
        } else {
            Err("no option but those that the fault has")
        }
    }
}

/// Reads a whole number.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Reads a duration such as `6h` or `2days`.
pub(super) fn duration(text: &str) -> Option<std::time::Duration> {
    humantime::parse_duration(text).ok()
}

/// What [`duration`] expects.
pub(super) const DURATION: Expected = "a duration such as 90s, 30m, 48h or 7d";
