//! The units in which data usage is counted.

use crate::named;

/// A unit of data usage with a known size in bytes.
///
/// Every real response so far says `bytes`; the vendor's page says "most often". Decimal units are
/// powers of 1000 and binary ones powers of 1024.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DataUnit {
    /// Single bytes.
    #[default]
    Bytes,
    /// 1000 bytes.
    Kb,
    /// 1000² bytes.
    Mb,
    /// 1000³ bytes.
    Gb,
    /// 1000⁴ bytes.
    Tb,
    /// 1024 bytes.
    KiB,
    /// 1024² bytes.
    MiB,
    /// 1024³ bytes.
    GiB,
    /// 1024⁴ bytes.
    TiB,
}

impl DataUnit {
    /// Returns how many bytes one of this unit is.
    ///
    /// ```
    /// use usage_model::DataUnit;
    ///
    /// assert_eq!(DataUnit::Kb.bytes(), 1_000);
    /// assert_eq!(DataUnit::KiB.bytes(), 1_024);
    /// ```
    pub const fn bytes(self) -> u64 {
        match self {
            Self::Bytes => 1,
            Self::Kb => 1_000,
            Self::Mb => 1_000_000,
            Self::Gb => 1_000_000_000,
            Self::Tb => 1_000_000_000_000,
            Self::KiB => 1 << 10,
            Self::MiB => 1 << 20,
            Self::GiB => 1 << 30,
            Self::TiB => 1 << 40,
        }
    }

    /// Returns a figure in this unit as bytes; `None` beyond 2¹²⁸−1.
    #[expect(clippy::as_conversions, reason = "widening, in a const function")]
    pub const fn checked_bytes(self, figure: u128) -> Option<u128> {
        figure.checked_mul(self.bytes() as u128)
    }

    /// Returns a figure in this unit as one in another, where that is exact; `None` where it would have a fraction or
    /// passes 2¹²⁸−1.
    ///
    /// ```
    /// use usage_model::DataUnit;
    ///
    /// assert_eq!(DataUnit::Mb.convert(3, DataUnit::Kb), Some(3_000));
    /// assert_eq!(DataUnit::Kb.convert(128, DataUnit::KiB), Some(125));
    /// assert_eq!(DataUnit::Kb.convert(1, DataUnit::KiB), None);
    /// ```
    #[expect(clippy::as_conversions, reason = "widening, in a const function")]
    pub const fn convert(self, figure: u128, to: Self) -> Option<u128> {
        let unit = to.bytes() as u128;
        match self.checked_bytes(figure) {
            Some(bytes) if bytes.is_multiple_of(unit) => Some(bytes / unit),
            _ => None,
        }
    }
}

// The spelling in a record. Any other is refused: a unit that is only guessed would be a wrong sum.
named!(pub DataUnit, "a known data unit", {
    Bytes: "bytes",
    Kb: "KB",
    Mb: "MB",
    Gb: "GB",
    Tb: "TB",
    KiB: "KiB",
    MiB: "MiB",
    GiB: "GiB",
    TiB: "TiB",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_powers_of_a_thousand_or_of_1024() {
        let sizes: Vec<u64> = DataUnit::ALL.into_iter().map(DataUnit::bytes).collect();
        let powers = |base: u64| (1..=4).map(move |power| base.pow(power));
        let expected: Vec<u64> = std::iter::once(1)
            .chain(powers(1_000))
            .chain(powers(1_024))
            .collect();
        assert_eq!(sizes, expected);
    }

    #[test]
    fn every_unit_reads_its_own_spelling_and_no_other() {
        for unit in DataUnit::ALL {
            assert_eq!(unit.to_string().parse(), Ok(unit));
        }
        for text in ["", "byte", "Bytes", "kb", "kB", "kib", "PB", " bytes"] {
            let error = text.parse::<DataUnit>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("{text:?} is not a known data unit")),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_not_exact_is_not_converted() {
        assert_eq!(DataUnit::Bytes.convert(999, DataUnit::Kb), None);
        assert_eq!(DataUnit::Bytes.convert(2_000, DataUnit::Kb), Some(2));
        assert_eq!(DataUnit::TiB.convert(1, DataUnit::GiB), Some(1_024));
        assert_eq!(DataUnit::TiB.convert(u128::MAX, DataUnit::TiB), None);
        assert_eq!(DataUnit::Gb.convert(0, DataUnit::TiB), Some(0));
    }
}
