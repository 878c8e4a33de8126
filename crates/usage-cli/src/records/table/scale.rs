//! Units in which figures are shown.

use crate::records::columns::Figure;

/// The decimal unit in which a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    pub(super) unit: &'static str,
    bytes: u128,
    decimals: u32,
}

impl Scale {
    /// Every digit.
    pub(super) const EXACT: Self = Self {
        unit: "B",
        bytes: 1,
        decimals: 0,
    };

    /// The unit in which the largest figure has at most four digits before the point.
    pub(super) fn of(largest: u128, decimals: u32) -> Self {
        const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
        const MOST: u128 = 10_000;

        let mut bytes = 1;
        for (index, unit) in UNITS.into_iter().enumerate() {
            let decimals = if index == 0 { 0 } else { decimals };
            let scale = Self {
                unit,
                bytes,
                decimals,
            };
            if index + 1 == UNITS.len() || largest / bytes < MOST {
                return scale;
            }
            bytes *= 1000;
        }
        Self::EXACT
    }

    /// A figure as it is shown, rounded half up; one that would round to nothing says so.
    pub(super) fn show(&self, figure: Figure) -> String {
        let figure = match figure {
            Figure::Absent => return "-".to_owned(),
            Figure::Unknown => return "?".to_owned(),
            Figure::Known(figure) => figure,
        };
        let parts = 10_u128.pow(self.decimals);
        let Some(scaled) = figure.checked_mul(parts) else {
            return (figure / self.bytes).to_string();
        };
        let rounded = (scaled + self.bytes / 2) / self.bytes;
        let write = |parts_of: u128| match self.decimals {
            0 => parts_of.to_string(),
            _ => format!("{}.{}", parts_of / parts, parts_of % parts),
        };
        if rounded == 0 && figure > 0 {
            format!("<{}", write(1))
        } else {
            write(rounded)
        }
    }
}

/// A number of bytes with its unit.
pub(crate) fn bytes(count: u128) -> String {
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
            (9_999, "9999 B"),
            (10_000, "10.0 kB"),
            (9_999_960, "10000.0 kB"),
            (5_446_765_119, "5446.8 MB"),
            (10_000_000_000, "10.0 GB"),
            (u128::from(u64::MAX), "18.4 EB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
