//! A token requestor in the response.

use mastercard::{
    asset::Logo,
    card::AccountRange,
    token_requestor::{PushMethodKind, TokenRequestor, TokenRequestorId},
};
use runtime::http::LogoResponse;
use serde::Serialize;
use url::Url;

/// One element of the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenRequestorResponse<'a> {
    token_requestor_id: &'a TokenRequestorId,
    display_name: &'a str,
    r#type: &'a str,
    logos: Vec<LogoResponse<'a>>,
    push_methods: &'a [PushMethodKind],
    supports_multiple_pushed_cards: bool,
    supports_issuer_initiated_digitization_data: bool,
    supported_account_holder_data: &'a [String],
    account_ranges: &'a [AccountRange],
}

impl<'a> TokenRequestorResponse<'a> {
    pub(crate) fn new(requestor: &'a TokenRequestor, logos: &'a [Logo], logo_base_url: &Url) -> Self {
        Self {
            token_requestor_id: &requestor.token_requestor_id,
            display_name: &requestor.consumer_facing_entity_name,
            r#type: &requestor.token_requestor_type,
            logos: LogoResponse::list(logos, logo_base_url),
            push_methods: &requestor.supported_push_methods,
            supports_multiple_pushed_cards: requestor.supports_multiple_pushed_cards,
            supports_issuer_initiated_digitization_data: requestor
                .supports_issuer_initiated_digitization_data,
            supported_account_holder_data: &requestor.supported_account_holder_data,
            account_ranges: &requestor.enabled_account_ranges,
        }
    }
}
