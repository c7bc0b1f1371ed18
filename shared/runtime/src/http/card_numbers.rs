//! Rejects requests that contain a card number where this server would keep it or pass it on: in the body, the query, or
//! the media type. Other headers are credentials, or are compared, hashed or not read, so they are not searched: tracing
//! headers, cookies and idempotency keys often have digits like those of a card number.

use lambda_http::{Request, http::header::CONTENT_TYPE};
use serde_json::Value;
use url::form_urlencoded;

use super::{Code, Problem, request::is_cache_buster};
use crate::config::{List, SettingsReader, registry::ACCOUNT_RANGES};
use model::card_number::CardNumberDetector;

/// A detector for the bank's `ACCOUNT_RANGES`; `None` if a problem was noted.
pub fn card_number_detector(settings: &mut SettingsReader<'_>) -> Option<CardNumberDetector> {
    let List(ranges) = settings.value(&ACCOUNT_RANGES)?;
    Some(CardNumberDetector::new(ranges))
}

/// Rejects a request with a card number.
///
/// # Errors
/// [`Code::CardNumberRefused`]
pub(super) fn reject(request: &Request, detector: &CardNumberDetector) -> Result<(), Problem> {
    let query = request.uri().query().unwrap_or_default();
    let in_query = form_urlencoded::parse(query.as_bytes()).any(|(name, value)| {
        // The value of such a parameter is ignored, and often random.
        detector.in_text(&name) || (!is_cache_buster(&name) && detector.in_field(&name, &value))
    });
    let media_types = request.headers().get_all(CONTENT_TYPE);
    let in_media_type =
        media_types.iter().any(|value| detector.in_text(&String::from_utf8_lossy(value.as_bytes())));
    let body = request.body().as_ref();
    let in_body = match serde_json::from_slice::<Value>(body) {
        Ok(document) => detector.in_json(&document),
        // Invalid JSON is rejected later; a card number in it is rejected like any other. Each part between quotation marks is
        // searched alone, as a value is, because a time often has digits like those of a card number.
        Err(_) => String::from_utf8_lossy(body).split('"').any(|part| detector.in_text(part)),
    };
    if in_query || in_media_type || in_body { Err(Code::CardNumberRefused.into()) } else { Ok(()) }
}

#[cfg(test)]
mod rates;
#[cfg(test)]
mod tests;
