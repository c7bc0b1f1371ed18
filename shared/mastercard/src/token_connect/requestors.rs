//! `getEligibleTokenRequestors` on the wire (steps 1 and 2).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    asset::AssetId,
    card::AccountRange,
    error::MastercardError,
    token_requestor::{PushMethod, PushMethodKind, TokenRequestor, TokenRequestorId},
    transport::ApiResponse,
    wire,
};

/// Documented limit of one call.
pub const RANGES_A_CALL: usize = 25;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked<'a> {
    request_id: Uuid,
    account_ranges: &'a [AccountRange],
}

impl<'a> Asked<'a> {
    /// With a request id of its own.
    pub(super) fn about(account_ranges: &'a [AccountRange]) -> Self {
        Self { request_id: Uuid::new_v4(), account_ranges }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    #[serde(default, deserialize_with = "wire::readable")]
    token_requestors: Option<Vec<Wire>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default, deserialize_with = "wire::parsed")]
    token_requestor_id: Option<TokenRequestorId>,
    #[serde(default, deserialize_with = "wire::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    consumer_facing_entity_name: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    token_requestor_type: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    wallet_id: Option<String>,
    #[serde(default, deserialize_with = "wire::parsed")]
    image_asset_id: Option<AssetId>,
    /// JSON numbers of 19 digits, beyond 2^53 and partly beyond `i64::MAX`.
    #[serde(default, deserialize_with = "wire::readable")]
    enabled_account_ranges: Option<Vec<Range>>,
    #[serde(default, deserialize_with = "wire::readable")]
    supported_push_methods: Option<Vec<PushMethodKind>>,
    #[serde(default, deserialize_with = "wire::readable")]
    available_push_methods: Option<Vec<PushMethod>>,
    #[serde(default, deserialize_with = "wire::flag")]
    supports_multiple_pushed_cards: Option<bool>,
    #[serde(default, deserialize_with = "wire::readable")]
    supported_account_holder_data: Option<Vec<String>>,
    #[serde(default, deserialize_with = "wire::flag")]
    supports_card_holder_authentication: Option<bool>,
    /// The same, as a release note spells it. No alias: if both came, one alias would make the requestor unreadable.
    #[serde(default, deserialize_with = "wire::flag")]
    supports_cardholder_authentication: Option<bool>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Range(#[serde(deserialize_with = "wire::parsed")] Option<AccountRange>);

pub(crate) fn parse_response(answer: ApiResponse) -> Result<Vec<TokenRequestor>, MastercardError> {
    let answer = answer.accepted()?;
    let answered: Option<Answered> = serde_json::from_slice(&answer.body).ok();
    let requestors =
        answered.and_then(|answered| answered.token_requestors).ok_or_else(|| answer.unreadable())?;
    Ok(requestors.into_iter().filter_map(Wire::into_noun).collect())
}

impl Wire {
    /// `None` without an id or any name: there would be nothing to push to or to show.
    fn into_noun(self) -> Option<TokenRequestor> {
        let shown = self.consumer_facing_entity_name.clone().or_else(|| self.name.clone())?;
        let ranges = self.enabled_account_ranges.unwrap_or_default();
        Some(TokenRequestor {
            token_requestor_id: self.token_requestor_id?,
            name: self.name.unwrap_or_else(|| shown.clone()),
            consumer_facing_entity_name: shown,
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
