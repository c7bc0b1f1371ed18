//! Mastercard's API gateway in front of Token Connect and Processing: OAuth 1.0a in Mastercard's dialect.

pub(crate) mod oauth;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use jiff::Timestamp;

use crate::{mastercard::Mastercard, operation::Api, refusal::Refusal};

/// A call as it came over the wire.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// A header's value, if there is exactly one and it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }
}

/// Lets a call through to `api`, or answers as the gateway does. Its clock is so many seconds ahead.
pub(crate) fn admit(mastercard: &Mastercard, api: Api, call: &Call, clock_ahead: i64) -> Result<(), Refusal> {
    let portal = &mastercard.portal;
    let (consumer_key, key) = match api {
        Api::TokenConnect => {
            (&portal.credentials().token_connect_consumer_key, &portal.keys().issuer_token_connect)
        }
        Api::Processing => (&portal.credentials().processing_consumer_key, &portal.keys().issuer_processing),
    };
    let signed = oauth::Signed::read(call)?;
    signed.verify(consumer_key, key)?;

    let options = &mastercard.options;
    // Mastercard publishes neither the window nor what it answers outside of it: both are invented.
    let distance = (Timestamp::now().as_second() + clock_ahead).abs_diff(signed.timestamp());
    if options.clock_skew.is_some_and(|skew| distance > skew.as_secs()) {
        return Err(signed.unauthorized("The timestamp is outside of the accepted window."));
    }
    let nonce = signed.nonce_of_consumer();
    if options.reject_replayed_nonces && !mastercard.records().nonces.insert(nonce) {
        return Err(signed.unauthorized("The nonce was used before."));
    }
    if api == Api::Processing && options.rate_limit.is_some_and(|limit| !mastercard.rate.admit(limit)) {
        return Err(Refusal::gateway(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMIT_EXCEEDED",
            "Too many requests in one second.",
        ));
    }
    if call.method == Method::POST && !is_json(call) {
        return Err(api.refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            "Content-Type must be application/json.",
        ));
    }
    Ok(())
}

fn is_json(call: &Call) -> bool {
    let media_type = call.header("content-type").and_then(|value| value.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}

/// Calls of the last second.
#[derive(Default)]
pub(crate) struct Rate(Mutex<VecDeque<Instant>>);

impl Rate {
    fn admit(&self, limit: usize) -> bool {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while calls.front().is_some_and(|call| call.elapsed() > Duration::from_secs(1)) {
            calls.pop_front();
        }
        let admitted = calls.len() < limit;
        if admitted {
            calls.push_back(Instant::now());
        }
        admitted
    }
}
