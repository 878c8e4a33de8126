//! Dialects: the shapes in which responses have been seen, or are documented, to differ.

mod answer;
mod record;

use std::collections::BTreeSet;

use usage_model::named;

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
    /// `widened-links`: links repeat the window as the server widened it, to UTC midnights.
    WidenedLinks,
    /// `minute-links`: links write a time without its seconds where they are 0, as `T00:00Z`.
    MinuteLinks,
    /// `capital-links`: links write the granularity in capitals.
    CapitalLinks,
    /// `text-lifetime`: `expires_in` of a token is a text.
    TextLifetime,
    /// `created-token`: a token is answered with status 201.
    CreatedToken,
    /// `long-amounts`: `billed` is the exact value of the double nearest to it, of up to 55 digits.
    LongAmounts,
    /// `byte-order-mark`: JSON bodies start with a byte order mark.
    ByteOrderMark,
    /// `gzip-members`: a compressed body is several gzip members, one after the other.
    GzipMembers,
    /// `capital-coding`: `Content-Encoding` is in capitals.
    CapitalCoding,
    /// `x-gzip`: `Content-Encoding` is `x-gzip`.
    XGzip,
}

named!(pub Dialect, "a dialect", {
    Older: "older",
    NullCounters: "null-counters",
    PublishedExample: "published-example",
    NullNetworks: "null-networks",
    SingleObject: "single-object",
    NoBilled: "no-billed",
    NullBilled: "null-billed",
    Milliseconds: "milliseconds",
    EmptyObjects: "empty-objects",
    EmptyPeriod: "empty-period",
    MetaStrings: "meta-strings",
    EmptyEnd: "empty-end",
    WidenedLinks: "widened-links",
    MinuteLinks: "minute-links",
    CapitalLinks: "capital-links",
    TextLifetime: "text-lifetime",
    CreatedToken: "created-token",
    LongAmounts: "long-amounts",
    ByteOrderMark: "byte-order-mark",
    GzipMembers: "gzip-members",
    CapitalCoding: "capital-coding",
    XGzip: "x-gzip",
});

/// The dialects of an emulator, all applied at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dialects(BTreeSet<Dialect>);

impl Dialect {
    /// Returns what it does to responses, as a line for a help text.
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
            Self::WidenedLinks => "links repeat the window widened to UTC midnights",
            Self::MinuteLinks => "links write times without their seconds: T00:00Z",
            Self::CapitalLinks => "links write the granularity in capitals",
            Self::TextLifetime => "expires_in of a token is a text",
            Self::CreatedToken => "a token is answered with status 201",
            Self::LongAmounts => "billed has up to 55 digits, as a double printed in full",
            Self::ByteOrderMark => "JSON bodies start with a byte order mark",
            Self::GzipMembers => "a compressed body is several gzip members",
            Self::CapitalCoding => "Content-Encoding is GZIP",
            Self::XGzip => "Content-Encoding is x-gzip",
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
    /// Adds one more.
    pub(crate) fn add(&mut self, dialect: Dialect) {
        self.0.insert(dialect);
        self.0.extend(dialect.parts());
    }

    /// Returns whether a dialect is among them.
    pub(crate) fn has(&self, dialect: Dialect) -> bool {
        self.0.contains(&dialect)
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
            error.starts_with("\"null\" is not a dialect: expected older, null-counters"),
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
