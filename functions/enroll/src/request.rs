//! The requests of the app, validated before an attempt starts.

mod account_holder;
mod locale;

use jiff::{SignedDuration, Timestamp};
use lambda_http::Request;
use mastercard::{
    card::CardContractId,
    digest::sha256_hex,
    processing::AccountHolder,
    token_requestor::{Platform, TokenRequestorId},
};
use model::enrollment::Consent;
use runtime::{
    http::{self, Code, FieldError, Problem, field_error},
    store::enrollments::IdempotencyKey,
};
use serde::Deserialize;
use serde_json::Value;

use crate::config::EnrollConfig;

/// How far a phone's clock may be ahead of this server's clock.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// 2019-01-01T00:00:00Z. Nobody can have accepted terms for Click to Pay before: EMVCo published it in 2019. A device
/// without the time reports 1970.
const EARLIEST_CONSENT: Timestamp = Timestamp::constant(1_546_300_800, 0);

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
    consent: Consent,
}

/// A request for a new enrollment.
pub(crate) struct EnrollmentRequest {
    pub(crate) card_contract_id: CardContractId,
    pub(crate) token_requestor_id: Option<TokenRequestorId>,
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
    pub(crate) consent: Consent,
}

impl EnrollmentRequest {
    /// The request, and the SHA-256 of its body, which distinguishes a replay from another request with the same key.
    pub(crate) fn parse(
        request: &Request,
        config: &EnrollConfig,
        now: Timestamp,
    ) -> Result<(Self, String), Problem> {
        let body: Body = http::body(request)?;
        let Body {
            card_contract_id,
            token_requestor_id,
            platform,
            callback,
            locale,
            account_holder,
            consent,
        } = body;
        let mut attempt_request = AttemptRequest { platform, callback, locale, account_holder, consent };
        let fingerprint = attempt_request.normalize(request, config, now)?;
        Ok((Self { card_contract_id, token_requestor_id, attempt_request }, fingerprint))
    }
}

impl AttemptRequest {
    /// The request, and the SHA-256 of its body, as in [`EnrollmentRequest::parse`].
    pub(crate) fn parse(
        request: &Request,
        config: &EnrollConfig,
        now: Timestamp,
    ) -> Result<(Self, String), Problem> {
        let mut attempt_request: Self = http::body(request)?;
        let fingerprint = attempt_request.normalize(request, config, now)?;
        Ok((attempt_request, fingerprint))
    }

    /// Brings the fields into Token Connect's form, and returns the SHA-256 of the request's body.
    fn normalize(
        &mut self,
        request: &Request,
        config: &EnrollConfig,
        now: Timestamp,
    ) -> Result<String, Problem> {
        self.account_holder = self.account_holder.take().and_then(account_holder::normalized);
        let mut errors = self.invalid_fields(config, now);
        match self.locale.as_deref().map_or(Ok(None), locale::reduced) {
            Ok(locale) => self.locale = locale,
            Err(_) => errors.push(field_error("locale", "must be a language and a country, such as en_GB")),
        }
        if !errors.is_empty() {
            return Err(Problem::fields(errors));
        }
        // Normalized: white space and the order of fields make no difference.
        let mut body: Value = serde_json::from_slice(request.body().as_ref()).map_err(Problem::internal)?;
        body.sort_all_objects();
        Ok(sha256_hex(body.to_string().as_bytes()))
    }

    /// The fields that are invalid.
    fn invalid_fields(&self, config: &EnrollConfig, now: Timestamp) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if config.app_links.get(&self.callback).is_none() {
            errors.push(field_error("callback", "must be the id of a configured app link"));
        }
        if let Some(Err(error)) = self.account_holder.as_ref().map(AccountHolder::validate) {
            errors.push(field_error(
                format!("accountHolder.{}", error.field),
                "has an invalid length or invalid characters",
            ));
        }
        let Consent { terms_version, accepted_at } = &self.consent;
        if !(1..=64).contains(&terms_version.chars().count()) || terms_version.chars().any(char::is_control) {
            errors.push(field_error(
                "consent.termsVersion",
                "must have 1 to 64 characters, none of them a control character",
            ));
        }
        if accepted_at.duration_since(now) > CLOCK_SKEW {
            errors.push(field_error("consent.acceptedAt", "must not be in the future"));
        }
        if *accepted_at < EARLIEST_CONSENT {
            errors.push(field_error("consent.acceptedAt", "must not be before 2019"));
        }
        errors
    }
}

/// The `Idempotency-Key` header.
pub(crate) fn idempotency_key(request: &Request) -> Result<IdempotencyKey, Problem> {
    let mut keys = request.headers().get_all("idempotency-key").iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(Code::IdempotencyKeyMissing.into());
    };
    let key = key.to_str().unwrap_or_default();
    key.parse().map_err(|error| Problem::field("Idempotency-Key", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config;

    #[test]
    fn consent_may_be_as_far_ahead_as_a_phones_clock_and_not_from_before_click_to_pay() {
        let config = config("", "").unwrap_or_else(|problems| panic!("{problems}"));
        let now: Timestamp = "2026-01-05T10:30:00Z".parse().unwrap();
        let fields = |accepted_at| {
            let consent = Consent { terms_version: "2026-01".into(), accepted_at };
            let callback = "mobile-app".into();
            let attempt_request = AttemptRequest {
                platform: Platform::Ios,
                callback,
                locale: None,
                account_holder: None,
                consent,
            };
            attempt_request
                .invalid_fields(&config, now)
                .into_iter()
                .map(|error| error.field)
                .collect::<Vec<_>>()
        };
        assert!(fields(now + CLOCK_SKEW).is_empty());
        assert_eq!(fields(now + CLOCK_SKEW + SignedDuration::from_nanos(1)), ["consent.acceptedAt"]);
        assert!(fields("2019-01-01T00:00:00Z".parse().unwrap()).is_empty());
        for too_early in ["0008-01-05T10:30:00Z", "1970-01-01T00:00:00Z", "2018-12-31T23:59:59Z"] {
            assert_eq!(fields(too_early.parse().unwrap()), ["consent.acceptedAt"], "{too_early}");
        }
    }
}
