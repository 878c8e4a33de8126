//! Sums of money, exact whatever the digits of their parts.

use std::fmt;

use rust_decimal::Decimal;

/// The most digits after the point that a decimal has.
const SCALE: u32 = 28;

/// 1 in units of the last of those digits.
const ONE: i128 = 10_i128.pow(SCALE);

/// A sum of decimals. A [`Decimal`] itself would round a sum that takes more than 28 digits.
///
/// Written without zeros at the end of the fraction, so that the order of the parts does not show.
///
/// ```
/// use usage_table::Money;
///
/// let mut sum = Money::default();
/// for amount in ["79228162514264337593543950335", "0.0000000000000000000000000001", "-0.5"] {
///     sum.add(amount.parse()?);
/// }
/// assert_eq!(sum.to_string(), "79228162514264337593543950334.5000000000000000000000000001");
/// # Ok::<(), rust_decimal::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    /// The greatest whole number that is not above the sum.
    whole: i128,
    /// What is left, from 0 to below 1, in units of 10⁻²⁸.
    fraction: i128,
}

impl Money {
    /// Adds an amount. A sum beyond 38 digits before the point stays at the end of the range.
    pub const fn add(&mut self, amount: Decimal) {
        self.add_all(Self::of(amount));
    }

    /// Takes away an amount that was added before.
    pub const fn subtract(&mut self, amount: Decimal) {
        let Self { whole, fraction } = Self::of(amount);
        // Minus a whole and a fraction is one whole less, and what the fraction lacks of 1.
        let negative = if fraction == 0 {
            Self {
                whole: whole.saturating_neg(),
                fraction,
            }
        } else {
            Self {
                whole: whole.saturating_neg().saturating_sub(1),
                fraction: ONE - fraction,
            }
        };
        self.add_all(negative);
    }

    /// Adds another sum.
    pub const fn add_all(&mut self, other: Self) {
        let fraction = self.fraction + other.fraction;
        self.whole = self
            .whole
            .saturating_add(other.whole)
            .saturating_add(fraction.div_euclid(ONE));
        self.fraction = fraction.rem_euclid(ONE);
    }

    /// Returns whether the sum is 0.
    pub const fn is_zero(self) -> bool {
        self.whole == 0 && self.fraction == 0
    }

    const fn of(amount: Decimal) -> Self {
        let (mantissa, scale) = (amount.mantissa(), amount.scale());
        let unit = 10_i128.pow(scale);
        Self {
            whole: mantissa.div_euclid(unit),
            fraction: mantissa.rem_euclid(unit) * 10_i128.pow(SCALE - scale),
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut whole, mut fraction) = (self.whole, self.fraction);
        let is_negative = whole < 0;
        if is_negative && fraction > 0 {
            whole += 1;
            fraction = ONE - fraction;
        }
        let sign = if is_negative { "-" } else { "" };
        let whole = whole.unsigned_abs();
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let width = usize::try_from(SCALE).unwrap_or_default();
        let fraction = format!("{fraction:0width$}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amounts() -> impl Strategy<Value = Vec<(i64, u32)>> {
        proptest::collection::vec((any::<i64>(), 0_u32..=18), 0..20)
    }

    proptest! {
        #[test]
        fn a_sum_is_that_of_whole_numbers_of_the_smallest_unit(amounts in amounts()) {
            let mut sum = Money::default();
            let mut units = 0_i128;
            for (mantissa, scale) in &amounts {
                sum.add(Decimal::new(*mantissa, *scale));
                units += i128::from(*mantissa) * 10_i128.pow(18 - scale);
            }
            let digits = format!("{:019}", units.unsigned_abs());
            let (whole, fraction) = digits.split_at(digits.len() - 18);
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            let sign = if units < 0 { "-" } else { "" };
            prop_assert_eq!(sum.to_string(), format!("{sign}{whole}{point}{fraction}"));
            for (mantissa, scale) in amounts {
                sum.subtract(Decimal::new(mantissa, scale));
            }
            prop_assert!(sum.is_zero());
        }
    }
}
