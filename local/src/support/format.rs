//! Values as the page shows them.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// The time of day in UTC: `10:29:58.123`
pub(super) fn clock_time(at: Timestamp) -> String {
    at.strftime("%H:%M:%S%.3f").to_string()
}

/// A duration in its two largest units: `1 min 39 s`
pub(super) fn duration(duration: SignedDuration) -> String {
    let (milliseconds, seconds) = (duration.as_millis(), duration.as_secs());
    match seconds {
        ..1 => format!("{milliseconds} ms"),
        1..10 => format!("{seconds}.{} s", (milliseconds % 1_000) / 100),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600.. => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// An enum's value as it is serialized.
pub(super) fn serialized(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
