//! `getEligibleTokenRequestors`, steps 1 and 2.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    fields::{self, Fields},
    gateway::Call,
    mastercard::Mastercard,
    operation::Api,
    refusal::Refusal,
    server::Answer,
};

/// Lists the requestors that are enabled for at least one of at most 25 account ranges. A range is named by its
/// first number, 9 to 19 digits, and must equal it once padded with zeros to 19.
pub(crate) fn get_eligible(mastercard: &Mastercard, call: &Call) -> Answer {
    let body = fields::parse(&call.body, Api::TokenConnect)?;
    let request = Fields::of(&body, Api::TokenConnect)?;
    request.required_text("requestId", 1..=64)?;
    let asked = request
        .array("accountRanges", 1..=25)?
        .iter()
        .map(|range| match range.as_str() {
            Some(range) if !(9..=19).contains(&range.len()) => Err(request.length("accountRanges")),
            Some(range) if range.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{range:0<19}").parse().map_err(|_| request.wrong("accountRanges"))
            }
            _ => Err(request.wrong("accountRanges")),
        })
        .collect::<Result<Vec<u64>, Refusal>>()?;

    let records = mastercard.records();
    let known =
        |range: &u64| records.requestors.iter().any(|requestor| requestor.ranges().any(|r| r == *range));
    if mastercard.options.unknown_range_fails && !asked.iter().all(known) {
        return Err(Refusal::in_ok("ACCOUNT_INELIGIBLE", "The card or financial account is not eligible."));
    }
    let eligible: Value = records
        .requestors
        .iter()
        .filter(|requestor| requestor.ranges().any(|range| asked.contains(&range)))
        .map(|requestor| requestor.listing(&asked, &mastercard.base_url))
        .collect();
    Ok((StatusCode::OK, json!({"responseId": uuid::Uuid::new_v4(), "tokenRequestors": eligible})))
}
