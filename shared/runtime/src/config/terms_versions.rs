//! The versions of the bank's terms that a cardholder may accept.

use std::str::FromStr;

use jiff::Timestamp;

use super::InvalidValue;

/// The most characters of a version, as in the API.
const MAX_LENGTH: usize = 64;

/// Versions, each with the time of its publication if it is configured: `2026-01=2026-01-01T00:00:00+01:00,2025-06`.
#[derive(Clone, Debug)]
pub struct TermsVersions(Vec<TermsVersion>);

/// One version.
#[derive(Clone, Debug)]
pub struct TermsVersion {
    name: String,
    /// Before this time nobody can have accepted it.
    pub published_at: Option<Timestamp>,
}

impl TermsVersions {
    /// The version of this name.
    pub fn get(&self, name: &str) -> Option<&TermsVersion> {
        self.0.iter().find(|version| version.name == name)
    }
}

impl FromStr for TermsVersions {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        let versions: Option<_> = raw.split(',').map(|entry| version(entry.trim())).collect();
        versions.map(Self).ok_or(InvalidValue(
            "must be versions of 1 to 64 characters, each with or without =<time as in RFC 3339>, separated by commas",
        ))
    }
}

fn version(entry: &str) -> Option<TermsVersion> {
    let (name, published_at) = match entry.split_once('=') {
        Some((name, time)) => (name, Some(time.parse().ok()?)),
        None => (entry, None),
    };
    let is_valid = (1..=MAX_LENGTH).contains(&name.chars().count());
    is_valid.then(|| TermsVersion { name: name.to_owned(), published_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_names_and_may_have_the_time_of_their_publication() {
        let versions: TermsVersions = "2025-06, 2026-01=2026-01-01T00:00:00+01:00".parse().unwrap();
        assert_eq!(versions.get("2025-06").unwrap().published_at, None);
        let published = versions.get("2026-01").unwrap().published_at;
        assert_eq!(published, Some("2025-12-31T23:00:00Z".parse().unwrap()));
        assert!(versions.get("2026-1").is_none());
        for invalid in ["", "a,,b", "=2026-01-01T00:00:00Z", "a=2026-01-01", "a=soon", &"a".repeat(65)] {
            assert!(invalid.parse::<TermsVersions>().is_err(), "{invalid}");
        }
    }
}
