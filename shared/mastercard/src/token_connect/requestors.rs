//! Request and response of `getEligibleTokenRequestors` (steps 1 and 2).

use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    card::AccountRange,
    error::MastercardError,
    json::{self, Fields},
    response::ApiResponse,
    token_requestor::{PushMethod, PushMethodKind, TokenRequestor},
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

/// The response of step 2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EligibleTokenRequestors {
    /// Each with those of the requested ranges that it accepts.
    pub token_requestors: Vec<TokenRequestor>,
    /// How many requestors of the response have a field that could not be read, or no account range. They are in
    /// `token_requestors` without the field, or missing there if it was the id or the name. If there are many, the format of
    /// the response has changed.
    pub unreadable: usize,
}

pub(crate) fn parse_response(response: ApiResponse) -> Result<EligibleTokenRequestors, MastercardError> {
    let response = response.into_success()?;
    if response.status == StatusCode::NO_CONTENT {
        return Ok(EligibleTokenRequestors::default());
    }
    response.read(eligible).ok_or_else(|| response.invalid())
}

/// `None` without the list. An empty body is not an empty list here: it would empty the catalog.
fn eligible(fields: Fields<'_>) -> Option<EligibleTokenRequestors> {
    let mut eligible = EligibleTokenRequestors::default();
    for item in fields.list_or_null("tokenRequestors")? {
        let (requestor, noted) = fields.noting(|| fields.nested(item).and_then(token_requestor));
        if requestor.is_none() {
            fields.note("tokenRequestors");
        }
        if requestor.is_none() || noted {
            eligible.unreadable += 1;
        }
        eligible.token_requestors.extend(requestor);
    }
    Some(eligible)
}

/// `None` without an id or without a name.
fn token_requestor(fields: Fields<'_>) -> Option<TokenRequestor> {
    let (name, displayed) = (fields.name("name"), fields.name("consumerFacingEntityName"));
    let display_name = displayed.or_else(|| name.clone())?;
    // The second spelling is that of a release note.
    let authentication = fields
        .flag("supportsCardHolderAuthentication")
        .or_else(|| fields.flag("supportsCardholderAuthentication"));
    Some(TokenRequestor {
        token_requestor_id: fields.parsed("tokenRequestorId")?,
        name: name.unwrap_or_else(|| display_name.clone()),
        consumer_facing_entity_name: display_name,
        token_requestor_type: fields.text("tokenRequestorType").unwrap_or_default(),
        wallet_id: fields.text("walletId"),
        image_asset_id: fields.parsed("imageAssetId"),
        enabled_account_ranges: enabled_account_ranges(fields),
        supported_push_methods: fields
            .elements("supportedPushMethods", |kind| PushMethodKind::deserialize(kind).ok())
            .unwrap_or_default(),
        available_push_methods: push_methods(fields),
        supports_multiple_pushed_cards: fields.flag("supportsMultiplePushedCards").unwrap_or_default(),
        supported_account_holder_data: fields
            .elements("supportedAccountHolderData", |data| data.as_str().map(str::to_owned))
            .unwrap_or_default(),
        supports_card_holder_authentication: authentication.unwrap_or_default(),
        // Without an "s" after "support" in the specification.
        supports_issuer_initiated_digitization_data: fields
            .flag("supportIssuerInitiatedDigitizationData")
            .unwrap_or_default(),
    })
}

/// JSON numbers of 19 digits, above 2^53 and some above `i64::MAX`. The field is required, and a requestor is listed only if it
/// is enabled for one of the requested ranges: a response without any range contradicts itself.
fn enabled_account_ranges(fields: Fields<'_>) -> Vec<AccountRange> {
    const NAME: &str = "enabledAccountRanges";
    let (ranges, noted) = fields.noting(|| fields.elements(NAME, json::from_scalar).unwrap_or_default());
    if ranges.is_empty() && !noted {
        fields.note(NAME);
    }
    ranges
}

/// `availablePushMethods`, which the response to a push has too.
pub(super) fn push_methods(fields: Fields<'_>) -> Vec<PushMethod> {
    let method = |method: &Value| PushMethod::deserialize(method).ok();
    fields.elements("availablePushMethods", method).unwrap_or_default()
}
