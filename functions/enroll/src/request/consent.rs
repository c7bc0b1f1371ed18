//! The consent in a request: of configured terms, and not too old.

use jiff::{SignedDuration, Timestamp};
use model::enrollment::{Authentication, Consent};
use runtime::http::Fault;
use serde::{Deserialize, Deserializer};

use crate::config::EnrollConfig;

/// How far a phone's clock may be ahead of this server's clock.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The consent as the app sends it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ConsentRequest {
    terms_version: String,
    #[serde(deserialize_with = "timestamp")]
    accepted_at: Timestamp,
}

/// Parses a time. Jiff's errors quote the input; this one does not.
fn timestamp<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    parse(&String::deserialize(deserializer)?)
}

/// Parses a time that may be absent, as [`timestamp`] does.
pub(super) fn optional_timestamp<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    Option::<String>::deserialize(deserializer)?.as_deref().map(parse).transpose()
}

fn parse<E: serde::de::Error>(text: &str) -> Result<Timestamp, E> {
    text.parse().map_err(|_| E::custom("must be a time as in RFC 3339, such as 2026-01-05T10:29:58Z"))
}

impl ConsentRequest {
    /// The consent with the evidence of the access token.
    pub(crate) fn with_authentication(&self, authentication: Option<Authentication>) -> Consent {
        let Self { terms_version, accepted_at } = self;
        let authentication = authentication.map(Box::new);
        Consent { terms_version: terms_version.clone(), accepted_at: *accepted_at, authentication }
    }

    /// What is wrong, by the settings `CONSENT_MAX_AGE_HOURS` and `TERMS_VERSIONS` too.
    pub(super) fn faults(&self, config: &EnrollConfig, now: Timestamp) -> Vec<Fault> {
        let mut errors = Vec::new();
        let Self { terms_version, accepted_at } = self;
        if !(1..=64).contains(&terms_version.chars().count()) || terms_version.chars().any(char::is_control) {
            errors.push(Fault::in_body(
                "/consent/termsVersion",
                "must have 1 to 64 characters, none of them a control character",
            ));
        }
        let age = now.duration_since(*accepted_at);
        if age < -CLOCK_SKEW {
            errors.push(Fault::in_body("/consent/acceptedAt", "must not be in the future"));
        }
        if age > config.consent_max_age {
            let hours = config.consent_max_age.as_hours();
            errors.push(Fault::in_body(
                "/consent/acceptedAt",
                format!("must not be more than {hours} hours ago"),
            ));
        }
        if let Some(versions) = &config.terms_versions {
            match versions.get(terms_version).map(|version| version.published_at) {
                None => {
                    let message = "must be a version of the bank's terms that can be accepted";
                    errors.push(Fault::in_body("/consent/termsVersion", message));
                }
                Some(Some(published_at)) if *accepted_at < published_at => {
                    let message = "must not be before these terms were published";
                    errors.push(Fault::in_body("/consent/acceptedAt", message));
                }
                Some(_) => {}
            }
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config;

    fn errors(config: &EnrollConfig, terms_version: &str, accepted_at: Timestamp) -> Vec<Fault> {
        ConsentRequest { terms_version: terms_version.into(), accepted_at }.faults(config, now())
    }

    fn now() -> Timestamp {
        "2026-01-05T10:30:00Z".parse().unwrap()
    }

    fn config_with(name: &str, value: &str) -> EnrollConfig {
        config(name, value).unwrap_or_else(|problems| panic!("{problems}"))
    }

    fn error(pointer: &str, detail: &str) -> Vec<Fault> {
        vec![Fault::in_body(pointer, detail)]
    }

    #[test]
    fn consent_may_be_as_far_ahead_as_a_phones_clock_and_a_day_old() {
        let nano = SignedDuration::from_nanos(1);
        let future = error("/consent/acceptedAt", "must not be in the future");
        let old =
            |hours: i64| error("/consent/acceptedAt", &format!("must not be more than {hours} hours ago"));
        for (setting, hours) in [("", 24), ("1", 1), ("168", 168)] {
            let config = config_with("CONSENT_MAX_AGE_HOURS", setting);
            let oldest = now() - SignedDuration::from_hours(hours);
            assert!(errors(&config, "2026-01", now() + CLOCK_SKEW).is_empty());
            assert_eq!(errors(&config, "2026-01", now() + CLOCK_SKEW + nano), future);
            assert!(errors(&config, "2026-01", oldest).is_empty());
            // A device without the time reports 1970, or the year 8.
            for too_old in [oldest - nano, Timestamp::UNIX_EPOCH, "0008-01-05T10:30:00Z".parse().unwrap()] {
                assert_eq!(errors(&config, "2026-01", too_old), old(hours), "{too_old}");
            }
        }
    }

    #[test]
    fn consent_names_a_configured_version_of_the_terms_and_is_not_before_its_publication() {
        let config = config_with("TERMS_VERSIONS", "2025-06,2026-01=2026-01-05T08:00:00Z");
        let hour = |hour: i64| now() - SignedDuration::from_mins(30) + SignedDuration::from_hours(hour - 10);
        assert!(errors(&config, "2025-06", hour(7)).is_empty());
        assert!(errors(&config, "2026-01", hour(8)).is_empty());
        let early = error("/consent/acceptedAt", "must not be before these terms were published");
        assert_eq!(errors(&config, "2026-01", hour(7)), early);
        let unknown =
            error("/consent/termsVersion", "must be a version of the bank's terms that can be accepted");
        for version in ["2026-02", "2026-0", "2026-01 "] {
            assert_eq!(errors(&config, version, hour(9)), unknown, "{version}");
        }
        assert!(errors(&config_with("TERMS_VERSIONS", ""), "anything", hour(9)).is_empty());
    }
}
