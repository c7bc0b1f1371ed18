//! The event of a refresh: empty from the schedule, options when an operator invokes the function.

mod allowed_host;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use allowed_host::{AllowedHost, InvalidAllowedHost};

/// The event; every field is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RefreshOptions {
    /// Skips the safety check: the response is applied whatever it lists, and however many requestors and account ranges are gone.
    pub force: bool,
    /// Hosts that push methods may lead to from now on.
    pub allow: Vec<AllowedHost>,
}

/// Reads the event. An event of EventBridge has a `source` and no options.
///
/// # Errors
/// On an unknown field: it could be a misspelled option.
pub(crate) fn options(event: &Value) -> Result<RefreshOptions, serde_json::Error> {
    match event {
        Value::Null => Ok(RefreshOptions::default()),
        Value::Object(fields) if fields.contains_key("source") => Ok(RefreshOptions::default()),
        _ => RefreshOptions::deserialize(event),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schedule_sets_no_option() {
        for event in [json!({}), Value::Null, json!({"source": "aws.scheduler", "detail": {}})] {
            assert_eq!(options(&event).unwrap(), RefreshOptions::default());
        }
    }

    #[test]
    fn an_operator_may_force_and_allow() {
        let allow = json!([{"tokenRequestorId": "50123197928", "host": "src.mastercard.com"}]);
        let options = options(&json!({"force": true, "allow": allow})).unwrap();
        assert_eq!((options.force, options.allow[0].host.as_str()), (true, "src.mastercard.com"));
    }

    #[test]
    fn a_misspelled_option_is_rejected() {
        assert!(options(&json!({"forced": true})).is_err());
        assert!(options(&json!({"allow": [{"tokenRequestorId": "1", "host": "a"}]})).is_err());
    }
}
