//! Mastercard's API gateway in front of Token Connect and Processing: OAuth 1.0a, rate limit, media type.

pub(crate) mod oauth;

use axum::http::{Method, StatusCode};
use jiff::Timestamp;

use crate::{call::Call, error_response::ErrorResponse, mastercard::Mastercard, operation::Api};

/// Authenticates a call to `api` and checks rate and media type. The gateway's clock is `clock_ahead` seconds ahead.
pub(crate) fn admit(
    mastercard: &Mastercard,
    api: Api,
    call: &Call,
    clock_ahead: i64,
) -> Result<(), ErrorResponse> {
    let portal = &mastercard.portal;
    let (consumer_key, key) = match api {
        Api::TokenConnect => {
            (&portal.credentials().token_connect_consumer_key, &portal.keys().issuer_token_connect)
        }
        Api::Processing => (&portal.credentials().processing_consumer_key, &portal.keys().issuer_processing),
    };
    let signed = oauth::SignedCall::read(call)?;
    signed.verify(consumer_key, key)?;

    let options = &mastercard.options;
    // Mastercard publishes neither the window nor the error for a call outside of it: both are invented.
    let distance = (Timestamp::now().as_second() + clock_ahead).abs_diff(signed.timestamp());
    if options.clock_skew.is_some_and(|skew| distance > skew.as_secs()) {
        return Err(signed.unauthorized("The timestamp is outside of the accepted window."));
    }
    let nonce = signed.nonce_of_consumer();
    if options.reject_replayed_nonces && mastercard.records().nonces.put(nonce, ()).is_some() {
        return Err(signed.unauthorized("The nonce was used before."));
    }
    if api == Api::Processing && options.rate_limit.is_some_and(|limit| !mastercard.rate_limit.admit(limit)) {
        return Err(ErrorResponse::gateway(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMIT_EXCEEDED",
            "Too many requests in one second.",
        ));
    }
    if call.method == Method::POST && !is_json(call) {
        // Processing documents no 415.
        let status = match api {
            Api::TokenConnect => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Api::Processing => StatusCode::BAD_REQUEST,
        };
        return Err(api.error(status, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json."));
    }
    Ok(())
}

fn is_json(call: &Call) -> bool {
    let media_type = call.header("content-type").and_then(|value| value.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}
