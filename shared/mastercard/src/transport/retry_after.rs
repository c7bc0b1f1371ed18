//! `Retry-After` (RFC 9110 §10.2.3) as servers send it.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Longer delays are shortened to this, so that a mistake of the server does not lock out the app for years.
pub(super) const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The delay, at most [`LONGEST`]: seconds with or without fraction, or until a date, zero for a date in the past. Of
/// several values, in a list or in several headers, the longest.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let values = headers.get_all(RETRY_AFTER).iter().filter_map(|value| value.to_str().ok());
    // A date contains a comma itself.
    values.filter_map(|value| delay(value, now).or_else(|| longest_of(value, now))).max()
}

fn longest_of(list: &str, now: SystemTime) -> Option<Duration> {
    list.split(',').filter_map(|value| delay(value, now)).max()
}

fn delay(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim().trim_matches('"');
    let until = |date: SystemTime| date.duration_since(now).unwrap_or_default();
    let delay = seconds(value).or_else(|| httpdate::parse_http_date(value).ok().map(until))?;
    Some(delay.min(LONGEST))
}

fn seconds(value: &str) -> Option<Duration> {
    // `parse` also accepts `inf` and `NaN`.
    let seconds: f64 = value.parse().ok().filter(|_| value.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Option<Duration> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_792_567_680);
        let values = values.iter().map(|value| (RETRY_AFTER, value.parse().unwrap()));
        retry_after(&values.collect(), now)
    }

    #[test]
    fn a_delay_is_read_in_seconds_or_until_a_date() {
        for (header, milliseconds) in [
            (" 3 ", 3_000),
            ("1.5", 1_500),
            ("\"7\"", 7_000),
            ("Wed, 21 Oct 2026 07:28:20 GMT", 20_000),
            ("Wednesday, 21-Oct-26 07:28:20 GMT", 20_000),
            ("Wed, 21 Oct 2020 07:28:00 GMT", 0),
        ] {
            assert_eq!(read(&[header]), Some(Duration::from_millis(milliseconds)), "{header}");
        }
    }

    #[test]
    fn the_longest_of_several_counts() {
        for headers in [&["5, 20"][..], &["20", "5"], &["5", "Wed, 21 Oct 2026 07:28:20 GMT"], &["soon, 20"]]
        {
            assert_eq!(read(headers), Some(Duration::from_secs(20)), "{headers:?}");
        }
    }

    #[test]
    fn nobody_waits_longer_than_an_hour() {
        for header in
            ["18446744073709551615", "99999999999999999999999", "1e400", "Thu, 01 Jan 2099 00:00:00 GMT"]
        {
            assert_eq!(read(&[header]), Some(LONGEST), "{header}");
        }
    }

    #[test]
    fn anything_else_is_no_delay() {
        for header in ["", "-1", "soon", "inf", "NaN", "Wed, 99 Oct 2026 07:28:00 GMT"] {
            assert_eq!(read(&[header]), None, "{header}");
        }
        assert_eq!(read(&[]), None);
    }
}
