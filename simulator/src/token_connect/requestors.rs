//! `getEligibleTokenRequestors`, steps 1 and 2.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    call::Call,
    error_response::ErrorResponse,
    fields::{self, Fields},
    mastercard::Mastercard,
    operation::Api,
    response::OperationResult,
};

/// Lists the requestors that are enabled for at least one of the requested account ranges, 25 at most. A range is
/// identified by its first number: 9 to 19 digits, padded with zeros to 19, must match exactly.
pub(crate) fn get_eligible(mastercard: &Mastercard, call: &Call) -> OperationResult {
    let body = fields::parse(&call.body, Api::TokenConnect)?;
    let request = Fields::of(&body, Api::TokenConnect)?;
    request.required_text("requestId", 1..=64)?;
    let requested = request
        .array("accountRanges", 1..=25)?
        .iter()
        .map(|range| match range.as_str() {
            Some(range) if !(9..=19).contains(&range.len()) => Err(request.invalid_length("accountRanges")),
            Some(range) if range.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{range:0<19}").parse().map_err(|_| request.invalid("accountRanges"))
            }
            _ => Err(request.invalid("accountRanges")),
        })
        .collect::<Result<Vec<u64>, ErrorResponse>>()?;

    let records = mastercard.records();
    let known =
        |range: &u64| records.requestors.iter().any(|requestor| requestor.ranges().any(|r| r == *range));
    if mastercard.options.unknown_range_fails && !requested.iter().all(known) {
        return Err(ErrorResponse::in_ok(
            "ACCOUNT_INELIGIBLE",
            "The card or financial account is not eligible.",
        ));
    }
    let eligible: Value = records
        .requestors
        .iter()
        .filter(|requestor| requestor.ranges().any(|range| requested.contains(&range)))
        .map(|requestor| {
            let is_listed = |range: &u64| mastercard.options.lists_all_ranges || requested.contains(range);
            let ranges: Vec<u64> = requestor.ranges().filter(is_listed).collect();
            requestor.listing(&ranges, &mastercard.base_url)
        })
        .collect();
    Ok((StatusCode::OK, json!({"responseId": uuid::Uuid::new_v4(), "tokenRequestors": eligible})))
}
