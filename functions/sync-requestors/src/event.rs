//! What a refresh can be told: nothing by the schedule, and by hand what only a person may decide.

use mastercard::token_requestor::TokenRequestorId;
use serde::Deserialize;
use serde_json::Value;

/// The event; every field may be left out.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Orders {
    /// Retire even more requestors at once than is believed otherwise.
    pub(crate) force: bool,
    /// Hosts that requestors may lead to from now on.
    pub(crate) allow: Vec<Allowed>,
}

/// A host that somebody looked at and found right.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Allowed {
    /// Whose.
    pub(crate) token_requestor_id: TokenRequestorId,
    /// As in the push URI, without port.
    pub(crate) host: String,
}

/// Reads the event. What EventBridge itself sends has a `source` and orders nothing; a word that nobody knows is refused,
/// since it could be a misspelled order.
pub(crate) fn orders(event: &Value) -> Result<Orders, serde_json::Error> {
    match event {
        Value::Null => Ok(Orders::default()),
        Value::Object(fields) if fields.contains_key("source") => Ok(Orders::default()),
        _ => Orders::deserialize(event),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schedule_orders_nothing() {
        for event in [json!({}), Value::Null, json!({"source": "aws.scheduler", "detail": {}})] {
            assert_eq!(orders(&event).unwrap(), Orders::default());
        }
    }

    #[test]
    fn a_person_may_force_and_allow() {
        let allow = json!([{"tokenRequestorId": "50123197928", "host": "src.mastercard.com"}]);
        let orders = orders(&json!({"force": true, "allow": allow})).unwrap();
        assert_eq!((orders.force, orders.allow[0].host.as_str()), (true, "src.mastercard.com"));
    }

    #[test]
    fn a_misspelled_order_is_refused() {
        assert!(orders(&json!({"forced": true})).is_err());
        assert!(orders(&json!({"allow": [{"tokenRequestorId": "1", "host": "a"}]})).is_err());
    }
}
