//! Round figures beside a chart.

use usage_table::{Figure, Scale};

/// About how many intervals an axis has.
const INTERVALS: u128 = 5;

/// The figures at which an axis is marked, from 0 to the first that is not below the largest.
pub(super) fn ticks(largest: u128) -> Vec<u128> {
    // 1, 2, 5, 10, 20, 50 and so on.
    let powers = (0..=37).map(|power| 10_u128.pow(power));
    let mut steps = powers.flat_map(|power| [1, 2, 5].map(|factor| factor * power));
    let step = steps.find(|step| largest.div_ceil(*step) <= INTERVALS);
    let step = step.unwrap_or(largest);
    let intervals = largest.div_ceil(step.max(1)).max(1);
    (0..=intervals)
        .map(|number| number.saturating_mul(step))
        .collect()
}

/// What stands beside a mark: bytes in the unit of the largest figure, as the table has it, without zeros after the
/// point.
pub(super) fn bytes_label(tick: u128, largest: u128) -> String {
    let scale = Scale::of(largest, 1);
    let shown = scale.show(Figure::Known(tick));
    let shown = shown.strip_suffix(".0").unwrap_or(&shown);
    format!("{shown} {}", scale.unit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few_and_reach_the_largest() {
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(3), [0, 1, 2, 3]);
        assert_eq!(ticks(9), [0, 2, 4, 6, 8, 10]);
        assert_eq!(ticks(23), [0, 5, 10, 15, 20, 25]);
        assert_eq!(ticks(1000), [0, 200, 400, 600, 800, 1000]);
        for largest in [7_u128, 61, 999, 12_345, 5_446_765_119, u128::from(u64::MAX)] {
            let ticks = ticks(largest);
            assert!((2..=6).contains(&ticks.len()), "{largest}: {ticks:?}");
            assert!(*ticks.last().unwrap() >= largest);
        }
    }

    #[test]
    fn labels_have_one_unit() {
        let largest = 1_500_000_000;
        let labels: Vec<String> = ticks(largest)
            .iter()
            .map(|tick| bytes_label(*tick, largest))
            .collect();
        assert_eq!(labels, ["0 MB", "500 MB", "1000 MB", "1500 MB"]);
        assert_eq!(bytes_label(12_500_000_000, 14_000_000_000), "12.5 GB");
    }
}
