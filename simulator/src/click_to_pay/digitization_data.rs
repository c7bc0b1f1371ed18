//! Issuer-initiated digitization data: the issuer's app hands it to the token requestor's app, instead of a redirect. The data is
//! published: base64 of JSON with the receipt. The channel is not: this `POST` of the data alone, which returns the page of
//! step 22, is invented. Nothing in it names a callback, so that the cardholder stays with the requestor.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    pages,
    redirect::{InvalidRedirect, redeem_receipt},
    session::Session,
};
use crate::{html::page, journal::Party, mastercard::Mastercard};

/// The data for a receipt.
pub(crate) fn encode(receipt: &str) -> String {
    STANDARD.encode(json!({"fundingAccountInfo": {"pushAccountReceipt": receipt}}).to_string())
}

fn decode(data: &str) -> Option<String> {
    let json: Value = serde_json::from_slice(&STANDARD.decode(data).ok()?).ok()?;
    json["fundingAccountInfo"]["pushAccountReceipt"].as_str().map(str::to_owned)
}

/// Tokenizes the card of the data (steps 14 to 21) and returns the page.
pub(super) async fn take(
    State(mastercard): State<Arc<Mastercard>>,
    Path(requestor_id): Path<String>,
    data: String,
) -> Response<Body> {
    let head = "POST /requestors/…/digitization-data";
    mastercard.journal.record_head(13, Party::Cardholder, Party::ClickToPay, "hands over the data", head);
    match redeem(&mastercard, &requestor_id, &data) {
        Ok(session) => {
            let html = pages::session(&session);
            mastercard.sessions.lock().put(session.id, session);
            page(StatusCode::OK, html)
        }
        Err(error) => page(StatusCode::BAD_REQUEST, pages::error(&error.to_string())),
    }
}

fn redeem(mastercard: &Mastercard, requestor_id: &str, data: &str) -> Result<Session, InvalidRedirect> {
    let requestor = mastercard.records().requestor(requestor_id).cloned();
    let requestor = requestor
        .filter(|requestor| requestor.supports_issuer_initiated_digitization_data)
        .ok_or(InvalidRedirect::Requestor)?;
    let receipt = decode(data).ok_or(InvalidRedirect::DigitizationData)?;
    let mut session = Session::new(&requestor);
    redeem_receipt(&mut session, mastercard, &requestor, &receipt);
    Ok(session)
}
