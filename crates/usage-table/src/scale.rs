//! Units in which people read bytes.

use crate::Figure;

/// The decimal unit in which bytes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    unit: &'static str,
    bytes: u128,
    decimals: u32,
}

impl Scale {
    /// Every digit.
    pub const EXACT: Self = Self {
        unit: "B",
        bytes: 1,
        decimals: 0,
    };

    /// Returns the unit in which the largest figure has at most four digits before the point.
    ///
    /// `decimals` are the digits after it, 0 where the unit is single bytes.
    pub const fn of(largest: u128, decimals: u32) -> Self {
        const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
        const MOST: u128 = 10_000;

        let mut scale = Self::EXACT;
        let mut index = 1;
        // What is rounded up to the limit is beyond it too.
        while largest.saturating_add(scale.half_digit()) / scale.bytes >= MOST
            && index < UNITS.len()
        {
            scale = Self {
                unit: UNITS[index],
                bytes: scale.bytes * 1000,
                decimals,
            };
            index += 1;
        }
        scale
    }

    /// Half of the last digit that is shown.
    const fn half_digit(self) -> u128 {
        self.bytes / 10_u128.pow(self.decimals) / 2
    }

    /// Returns the name of the unit: `B`, `kB`, `MB` and so on.
    pub const fn unit(self) -> &'static str {
        self.unit
    }

    /// Returns how many bytes one of the unit is.
    pub const fn bytes(self) -> u128 {
        self.bytes
    }

    /// Returns a figure as it is shown, without its unit, rounded half up; one that would round to nothing says so,
    /// what is absent is `-`, and what cannot be told `?`.
    ///
    /// ```
    /// use usage_table::{Figure, Scale};
    ///
    /// let scale = Scale::of(5_446_765_119, 1);
    /// assert_eq!(scale.unit(), "MB");
    /// assert_eq!(scale.show(Figure::Known(5_446_765_119)), "5446.8");
    /// assert_eq!(scale.show(Figure::Known(7)), "<0.1");
    /// ```
    pub fn show(self, figure: Figure) -> String {
        let figure = match figure {
            Figure::Absent => return "-".to_owned(),
            Figure::Unknown => return "?".to_owned(),
            Figure::Known(figure) => figure,
        };
        let parts = 10_u128.pow(self.decimals);
        let Some(scaled) = figure.checked_mul(parts) else {
            return (figure / self.bytes).to_string();
        };
        let rounded = scaled.saturating_add(self.bytes / 2) / self.bytes;
        let write = |parts_of: u128| match usize::try_from(self.decimals) {
            Ok(0) | Err(_) => parts_of.to_string(),
            Ok(width) => format!("{}.{:0width$}", parts_of / parts, parts_of % parts),
        };
        if rounded == 0 && figure > 0 {
            format!("<{}", write(1))
        } else {
            write(rounded)
        }
    }
}

/// Returns a number of bytes in the unit that a table with nothing larger has, so that both can be compared.
///
/// ```
/// assert_eq!(usage_table::bytes(5_446_765_119), "5446.8 MB");
/// assert_eq!(usage_table::bytes(54_467_651_190), "54.5 GB");
/// ```
pub fn bytes(count: u128) -> String {
    let scale = Scale::of(count, 1);
    format!("{} {}", scale.show(Figure::Known(count)), scale.unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_rounded_in_decimal_units() {
        for (count, text) in [
            (0, "0 B"),
            (9999, "9999 B"),
            (10_000, "10.0 kB"),
            (9_999_949, "9999.9 kB"),
            (9_999_950, "10.0 MB"),
            (5_446_765_119, "5446.8 MB"),
            (10_000_000_000, "10.0 GB"),
            (u128::from(u64::MAX), "18.4 EB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
