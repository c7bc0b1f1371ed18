//! The events of this function: the record of a Lambda destination, a list from an operator, or an empty event.

use mastercard::asset::AssetId;
use serde::Deserialize;
use serde_json::Value;

/// The assets to fetch.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FetchRequest {
    /// These ids; `None` for all missing artwork.
    #[serde(default)]
    pub(crate) assets: Option<Vec<AssetId>>,
    /// Whether more artwork is missing than is in the list.
    #[serde(default)]
    more_assets: bool,
    /// Whether to fetch recorded assets again.
    #[serde(default)]
    pub(crate) again: bool,
    /// Whether it follows a scheduled refresh, so that nobody reads the response.
    #[serde(skip)]
    pub(crate) is_unattended: bool,
}

/// Reads an event. An incomplete list stands for all missing artwork.
///
/// # Errors
/// When a field or an id is invalid.
pub(crate) fn parse(event: &Value) -> Result<FetchRequest, serde_json::Error> {
    let of_refresh = event.get("responsePayload");
    let request = FetchRequest::deserialize(of_refresh.unwrap_or(event))?;
    let request = FetchRequest { is_unattended: of_refresh.is_some(), ..request };
    Ok(if request.more_assets { FetchRequest { assets: None, ..request } } else { request })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_event_requests_all_missing_artwork() {
        assert_eq!(parse(&json!({})).unwrap(), FetchRequest::default());
    }

    #[test]
    fn a_destination_record_and_a_list_from_an_operator_name_the_same_assets() {
        let list = json!({"assets": ["a-1", "a-2"], "moreAssets": false});
        let record = json!({"version": "1.0", "requestPayload": {"again": true}, "responsePayload": list});
        let by_operator = parse(&list).unwrap();
        assert!(!by_operator.is_unattended);
        assert_eq!(FetchRequest { is_unattended: true, ..by_operator }, parse(&record).unwrap());
        assert_eq!(parse(&list).unwrap().assets.map(|assets| assets.len()), Some(2));
    }

    #[test]
    fn an_incomplete_list_requests_all_missing_artwork() {
        let record = json!({"responsePayload": {"assets": ["a-1"], "moreAssets": true}});
        assert_eq!(parse(&record).unwrap().assets, None);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_rejected_completely() {
        for event in [json!({"assets": [{"assetId": "a-1"}]}), json!({"assets": ["a-1", ""]}), json!([1])] {
            assert!(parse(&event).is_err(), "{event}");
        }
    }
}
