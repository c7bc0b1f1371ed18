//! The events that this function takes: a Lambda destination's record, a list by hand, or nothing.

use mastercard::asset::AssetId;
use serde::Deserialize;
use serde_json::Value;

/// What to fetch.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wanted {
    /// These; `None` for all artwork that is missing.
    #[serde(default)]
    pub(crate) assets: Option<Vec<AssetId>>,
    /// More are missing than the list names.
    #[serde(default)]
    more_assets: bool,
    /// Also what is held already.
    #[serde(default)]
    pub(crate) again: bool,
}

/// Reads an event. A list that is not complete stands for all that is missing.
pub(crate) fn wanted(event: &Value) -> Result<Wanted, serde_json::Error> {
    let payload = event.get("responsePayload").unwrap_or(event);
    let wanted = Wanted::deserialize(payload)?;
    Ok(if wanted.more_assets { Wanted { assets: None, ..wanted } } else { wanted })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_event_asks_for_all_that_is_missing() {
        assert_eq!(wanted(&json!({})).unwrap(), Wanted::default());
    }

    #[test]
    fn a_destination_record_and_a_list_by_hand_say_the_same() {
        let list = json!({"assets": ["a-1", "a-2"], "moreAssets": false});
        let record = json!({"version": "1.0", "requestPayload": {"again": true}, "responsePayload": list});
        assert_eq!(wanted(&list).unwrap(), wanted(&record).unwrap());
        assert_eq!(wanted(&list).unwrap().assets.map(|assets| assets.len()), Some(2));
    }

    #[test]
    fn a_list_that_leaves_some_out_asks_for_all_that_is_missing() {
        let record = json!({"responsePayload": {"assets": ["a-1"], "moreAssets": true}});
        assert_eq!(wanted(&record).unwrap().assets, None);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_refused_whole() {
        for event in [json!({"assets": [{"assetId": "a-1"}]}), json!({"assets": ["a-1", ""]}), json!([1])] {
            assert!(wanted(&event).is_err(), "{event}");
        }
    }
}
