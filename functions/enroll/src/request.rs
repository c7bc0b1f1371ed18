//! The requests of the app, validated before an attempt starts.

mod account_holder;
mod consent;
mod locale;

use jiff::{SignedDuration, Timestamp};
use lambda_http::Request;
use mastercard::{
    card::CardContractId,
    digest::sha256_hex,
    processing::AccountHolder,
    token_requestor::{Platform, TokenRequestorId},
};
use runtime::http::{self, CheckedBody, Fault, Problem};
use serde::Deserialize;
use serde_json::Value;

use crate::config::EnrollConfig;
use consent::ConsentRequest;

/// A token list that the app has read at most this long ago is not read again.
const CARDS_MAX_AGE: SignedDuration = SignedDuration::from_secs(60);

/// The body of `POST /enrollments`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    card_contract_id: CardContractId,
    token_requestor_id: Option<TokenRequestorId>,
    platform: Platform,
    callback: String,
    locale: Option<String>,
    account_holder: Option<AccountHolder>,
    consent: ConsentRequest,
    #[serde(default, deserialize_with = "consent::optional_timestamp")]
    cards_as_of: Option<Timestamp>,
}

/// Fills what is wrong in a body while its faults are found.
const ENROLLMENT_EXAMPLE: &str = r#"{"cardContractId": "1", "tokenRequestorId": null, "platform": "web", "callback": "c", "locale": null,
    "accountHolder": null, "consent": {"termsVersion": "1", "acceptedAt": "2026-01-05T10:29:58Z"}, "cardsAsOf": null}"#;
/// The same for a body of an attempt.
const ATTEMPT_EXAMPLE: &str = r#"{"platform": "web", "callback": "c", "locale": null, "accountHolder": null,
    "consent": {"termsVersion": "1", "acceptedAt": "2026-01-05T10:29:58Z"}}"#;

/// A request for a new enrollment.
pub(crate) struct EnrollmentRequest {
    pub(crate) card_contract_id: CardContractId,
    pub(crate) token_requestor_id: Option<TokenRequestorId>,
    /// Whether the token list is to be read: not if the app has just done so, through `GET /cards`.
    pub(crate) reads_token_list: bool,
    pub(crate) attempt_request: AttemptRequest,
}

/// A request for an attempt; the body of `POST /enrollments/{enrollmentId}/attempts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AttemptRequest {
    pub(crate) platform: Platform,
    /// Id of an app link.
    pub(crate) callback: String,
    pub(crate) locale: Option<String>,
    pub(crate) account_holder: Option<AccountHolder>,
    pub(crate) consent: ConsentRequest,
}

impl EnrollmentRequest {
    /// The request, and the SHA-256 of its body, which distinguishes a replay from another request with the same key. `cardsAsOf` is
    /// no part of that: an app that lists the cards again before it repeats the request sends another one.
    pub(crate) fn parse(
        request: &Request,
        config: &EnrollConfig,
        now: Timestamp,
    ) -> Result<(Self, String), Problem> {
        let body: CheckedBody<Body> = http::body(request, ENROLLMENT_EXAMPLE)?;
        let mut body = body.map(|body| {
            let is_recent = |at: Timestamp| at.duration_until(now).abs() <= CARDS_MAX_AGE;
            Self {
                card_contract_id: body.card_contract_id,
                token_requestor_id: body.token_requestor_id,
                reads_token_list: !body.cards_as_of.is_some_and(is_recent),
                attempt_request: AttemptRequest {
                    platform: body.platform,
                    callback: body.callback,
                    locale: body.locale,
                    account_holder: body.account_holder,
                    consent: body.consent,
                },
            }
        });
        let faults = body.content.attempt_request.normalize(config, now);
        body.add_faults(faults);
        Ok((body.into_content()?, fingerprint(request)?))
    }
}

/// The SHA-256 of a request's body.
fn fingerprint(request: &Request) -> Result<String, Problem> {
    // Normalized: white space and the order of fields make no difference.
    let mut body: Value = serde_json::from_slice(request.body().as_ref()).map_err(Problem::internal)?;
    if let Some(fields) = body.as_object_mut() {
        fields.remove("cardsAsOf");
    }
    body.sort_all_objects();
    Ok(sha256_hex(body.to_string().as_bytes()))
}

impl AttemptRequest {
    /// The request, and the SHA-256 of its body, as in [`EnrollmentRequest::parse`].
    pub(crate) fn parse(
        request: &Request,
        config: &EnrollConfig,
        now: Timestamp,
    ) -> Result<(Self, String), Problem> {
        let mut body: CheckedBody<Self> = http::body(request, ATTEMPT_EXAMPLE)?;
        let faults = body.content.normalize(config, now);
        body.add_faults(faults);
        Ok((body.into_content()?, fingerprint(request)?))
    }

    /// Brings the fields into Token Connect's form, and returns the faults of their values.
    fn normalize(&mut self, config: &EnrollConfig, now: Timestamp) -> Vec<Fault> {
        self.account_holder = self.account_holder.take().and_then(account_holder::normalized);
        let mut faults = Vec::new();
        if config.app_links.get(&self.callback).is_none() {
            faults.push(Fault::in_body("/callback", "must be the id of a configured app link"));
        }
        for field in self.account_holder.iter().flat_map(AccountHolder::invalid_fields) {
            let pointer = format!("/accountHolder/{}", field.replace('.', "/"));
            faults.push(Fault::in_body(pointer, "has an invalid length or invalid characters"));
        }
        faults.extend(self.consent.faults(config, now));
        match self.locale.as_deref().map_or(Ok(None), locale::reduced) {
            Ok(locale) => self.locale = locale,
            Err(_) => {
                faults.push(Fault::in_body("/locale", "must be a language and a country, such as en_GB"));
            }
        }
        faults
    }
}
