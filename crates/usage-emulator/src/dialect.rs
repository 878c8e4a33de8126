//! Dialects: the shapes in which responses have been seen, or are documented, to differ.

mod meta;
mod record;

use std::{collections::BTreeSet, fmt, str::FromStr};

use crate::account::NameError;

/// A way in which responses differ from those of today. Figures stay the same; several can be combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// `older`: the shape of the oldest response seen, of 2017, which is `null-networks`, `no-billed` and
    /// `milliseconds` together.
    Older,
    /// `null-counters`: the shape of the responses seen of 2018 and 2020: a counter that is 0 is null at the
    /// top of a tree and in a country, also beside one that is not, and 0 in `home` and
    /// `national_roaming`.
    NullCounters,
    /// `published-example`: the shape of the vendor's published example, which is `empty-objects` and
    /// `empty-period` together.
    PublishedExample,
    /// `null-networks`: `home` and `national_roaming` are null where they have no usage.
    NullNetworks,
    /// `single-object`: a single country abroad is an object in place of a list, and none is `[]` for
    /// Commands and null for data, as the vendor's page has it. Several countries are a list.
    SingleObject,
    /// `no-billed`: `billed` and `billing_units` are absent.
    NoBilled,
    /// `null-billed`: `billed` and `billing_units` are null.
    NullBilled,
    /// `milliseconds`: periods are written with three fractional digits.
    Milliseconds,
    /// `empty-objects`: a tree without any usage is `{}`.
    EmptyObjects,
    /// `empty-period`: the period of a record without any usage is `{}`.
    EmptyPeriod,
    /// `meta-strings`: the numbers in `meta` are texts.
    MetaStrings,
    /// `empty-end`: a link that there is not is an empty text in place of null.
    EmptyEnd,
    /// `text-lifetime`: `expires_in` of a token is a text.
    TextLifetime,
}

/// The dialects that an emulator speaks, all at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dialects(BTreeSet<Dialect>);

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Older,
        Self::NullCounters,
        Self::PublishedExample,
        Self::NullNetworks,
        Self::SingleObject,
        Self::NoBilled,
        Self::NullBilled,
        Self::Milliseconds,
        Self::EmptyObjects,
        Self::EmptyPeriod,
        Self::MetaStrings,
        Self::EmptyEnd,
        Self::TextLifetime,
    ];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Older => "older",
            Self::NullCounters => "null-counters",
            Self::PublishedExample => "published-example",
            Self::NullNetworks => "null-networks",
            Self::SingleObject => "single-object",
            Self::NoBilled => "no-billed",
            Self::NullBilled => "null-billed",
            Self::Milliseconds => "milliseconds",
            Self::EmptyObjects => "empty-objects",
            Self::EmptyPeriod => "empty-period",
            Self::MetaStrings => "meta-strings",
            Self::EmptyEnd => "empty-end",
            Self::TextLifetime => "text-lifetime",
        }
    }

    /// What it does to responses, as a line for a help text.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Older => "as in 2017: null-networks, no-billed and milliseconds together",
            Self::NullCounters => "as in 2018 and 2020: 0 is null at the top and in a country",
            Self::PublishedExample => "empty-objects and empty-period together",
            Self::NullNetworks => "home and national_roaming without usage are null",
            Self::SingleObject => "one country abroad is an object, none is null for data",
            Self::NoBilled => "billed and billing_units are absent",
            Self::NullBilled => "billed and billing_units are null",
            Self::Milliseconds => "periods have three fractional digits",
            Self::EmptyObjects => "commands or data without usage is {}",
            Self::EmptyPeriod => "the period of a record without usage is {}",
            Self::MetaStrings => "the numbers in meta are texts",
            Self::EmptyEnd => "a link that there is not is an empty text",
            Self::TextLifetime => "expires_in of a token is a text",
        }
    }

    /// The dialects that it stands for.
    const fn parts(self) -> &'static [Self] {
        match self {
            Self::Older => &[Self::NullNetworks, Self::NoBilled, Self::Milliseconds],
            Self::PublishedExample => &[Self::EmptyObjects, Self::EmptyPeriod],
            _ => &[],
        }
    }
}

impl Dialects {
    /// Speaks one more.
    pub(crate) fn add(&mut self, dialect: Dialect) {
        self.0.insert(dialect);
        self.0.extend(dialect.parts());
    }

    /// Whether one is spoken.
    pub(crate) fn has(&self, dialect: Dialect) -> bool {
        self.0.contains(&dialect)
    }
}

impl FromStr for Dialect {
    type Err = NameError;

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// Where there is no such dialect.
    fn from_str(name: &str) -> Result<Self, NameError> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == name);
        known.ok_or_else(|| NameError::new(name, Self::ALL.map(Self::as_str)))
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
        }
        let error = "null".parse::<Dialect>().unwrap_err().to_string();
        assert!(
            error.starts_with("\"null\" is unknown: expected older, null-counters"),
            "{error}"
        );
    }

    #[test]
    fn a_dialect_brings_its_parts() {
        let mut dialects = Dialects::default();
        dialects.add(Dialect::Older);
        assert!(dialects.has(Dialect::Milliseconds));
        assert!(!dialects.has(Dialect::MetaStrings));
    }
}
