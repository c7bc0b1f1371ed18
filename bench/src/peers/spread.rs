//! Least, median and most of the rounds.

use std::fmt;

use serde::Serialize;

/// How much a figure varies over the rounds; NaN without rounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) least: f64,
    pub(super) median: f64,
    pub(super) most: f64,
}

impl Spread {
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        // Of an even number, the mean of the two in the middle.
        let median = f64::midpoint(at(last / 2), at(last.div_ceil(2)));
        Self { least: at(0), median, most: at(last) }
    }

    /// Of the ratios of each round: both were measured at the same time, on the same machine under the same load.
    pub(super) fn of_ratios(pairs: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::of(pairs.into_iter().map(|(value, base)| value / base))
    }
}

/// The median, with least and most in brackets.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, median, most } = self;
        write!(f, "{median:.1} ({least:.1} to {most:.1})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_the_ends_and_the_middle_of_the_rounds() {
        let spread = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(spread(&[3.0, 1.0, 10.0]), Spread { least: 1.0, median: 3.0, most: 10.0 });
        assert_eq!(spread(&[4.0, 1.0, 2.0, 8.0]), Spread { least: 1.0, median: 3.0, most: 8.0 });
        assert_eq!(spread(&[5.0]), Spread { least: 5.0, median: 5.0, most: 5.0 });
        assert!(spread(&[]).median.is_nan());
    }

    #[test]
    fn the_ratio_is_that_of_each_round_and_not_of_the_medians() {
        // In the second round the machine was three times as slow for both.
        let pairs = [(20.0, 2.0), (66.0, 6.0), (24.0, 2.0)];
        assert_eq!(Spread::of_ratios(pairs), Spread { least: 10.0, median: 11.0, most: 12.0 });
        assert_eq!(Spread::of_ratios(pairs).to_string(), "11.0 (10.0 to 12.0)");
    }
}
