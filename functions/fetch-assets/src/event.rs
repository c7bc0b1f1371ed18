//! The events that this function takes: a Lambda destination's record, a list by hand, or nothing.

use serde::Deserialize;
use serde_json::Value;
use shared::token_requestor::Artwork;

#[derive(Deserialize)]
struct Wanted {
    assets: Vec<Artwork>,
}

/// The artwork that the event names; `None` if it names none.
pub(crate) fn artwork(event: &Value) -> Result<Option<Vec<Artwork>>, serde_json::Error> {
    let payload = event.get("responsePayload").unwrap_or(event);
    match payload.get("assets") {
        Some(_) => Wanted::deserialize(payload).map(|wanted| Some(wanted.assets)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_event_asks_for_all_that_is_missing() {
        assert_eq!(artwork(&serde_json::json!({})).unwrap(), None);
    }

    #[test]
    fn a_destination_record_and_a_list_by_hand_say_the_same() {
        let list = serde_json::json!({"assets": [{"tokenRequestorId": "50123197928", "assetId": "a-1"}]});
        let record = serde_json::json!({"version": "1.0", "responsePayload": list});
        assert_eq!(artwork(&list).unwrap(), artwork(&record).unwrap());
        assert_eq!(artwork(&list).unwrap().unwrap().len(), 1);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_refused_whole() {
        assert!(artwork(&serde_json::json!({"assets": [{"assetId": "a-1"}]})).is_err());
    }
}
