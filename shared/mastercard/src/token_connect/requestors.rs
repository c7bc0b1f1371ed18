//! Request and response of `getEligibleTokenRequestors` (steps 1 and 2).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    asset::AssetId,
    card::AccountRange,
    error::MastercardError,
    lenient,
    response::ApiResponse,
    token_requestor::{PushMethod, PushMethodKind, TokenRequestor, TokenRequestorId},
};

/// Account ranges in one call of `getEligibleTokenRequestors`, as Mastercard documents it.
pub const MAX_RANGES_PER_CALL: usize = 25;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestorsRequest<'a> {
    request_id: Uuid,
    account_ranges: &'a [AccountRange],
}

impl<'a> RequestorsRequest<'a> {
    /// A request with a new request id.
    pub(super) fn new(account_ranges: &'a [AccountRange]) -> Self {
        Self { request_id: Uuid::new_v4(), account_ranges }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestorsResponse {
    #[serde(default, deserialize_with = "lenient::valid_elements")]
    token_requestors: Option<Vec<RequestorItem>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestorItem {
    #[serde(default, deserialize_with = "lenient::from_str")]
    token_requestor_id: Option<TokenRequestorId>,
    #[serde(default, deserialize_with = "lenient::string")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::string")]
    consumer_facing_entity_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::string")]
    token_requestor_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::string")]
    wallet_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::from_str")]
    image_asset_id: Option<AssetId>,
    /// JSON numbers of 19 digits, above 2^53 and some above `i64::MAX`.
    #[serde(default, deserialize_with = "lenient::valid_elements")]
    enabled_account_ranges: Option<Vec<RangeItem>>,
    #[serde(default, deserialize_with = "lenient::valid_elements")]
    supported_push_methods: Option<Vec<PushMethodKind>>,
    #[serde(default, deserialize_with = "lenient::valid_elements")]
    available_push_methods: Option<Vec<PushMethod>>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    supports_multiple_pushed_cards: Option<bool>,
    #[serde(default, deserialize_with = "lenient::valid_elements")]
    supported_account_holder_data: Option<Vec<String>>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    supports_card_holder_authentication: Option<bool>,
    /// The spelling of a release note. Not an alias: with an alias, an object that has both does not deserialize.
    #[serde(default, deserialize_with = "lenient::boolean")]
    supports_cardholder_authentication: Option<bool>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct RangeItem(#[serde(deserialize_with = "lenient::from_str")] Option<AccountRange>);

pub(crate) fn parse_response(response: ApiResponse) -> Result<Vec<TokenRequestor>, MastercardError> {
    let response = response.into_success()?;
    let parsed: Option<RequestorsResponse> = serde_json::from_slice(&response.body).ok();
    let requestors = parsed.and_then(|parsed| parsed.token_requestors).ok_or_else(|| response.invalid())?;
    Ok(requestors.into_iter().filter_map(RequestorItem::into_token_requestor).collect())
}

impl RequestorItem {
    /// `None` without an id or without a name.
    fn into_token_requestor(self) -> Option<TokenRequestor> {
        let display_name = self.consumer_facing_entity_name.clone().or_else(|| self.name.clone())?;
        let ranges = self.enabled_account_ranges.unwrap_or_default();
        Some(TokenRequestor {
            token_requestor_id: self.token_requestor_id?,
            name: self.name.unwrap_or_else(|| display_name.clone()),
            consumer_facing_entity_name: display_name,
            token_requestor_type: self.token_requestor_type.unwrap_or_default(),
            wallet_id: self.wallet_id,
            image_asset_id: self.image_asset_id,
            enabled_account_ranges: ranges.into_iter().filter_map(|range| range.0).collect(),
            supported_push_methods: self.supported_push_methods.unwrap_or_default(),
            available_push_methods: self.available_push_methods.unwrap_or_default(),
            supports_multiple_pushed_cards: self.supports_multiple_pushed_cards.unwrap_or_default(),
            supported_account_holder_data: self.supported_account_holder_data.unwrap_or_default(),
            supports_card_holder_authentication: self
                .supports_card_holder_authentication
                .or(self.supports_cardholder_authentication)
                .unwrap_or_default(),
        })
    }
}
