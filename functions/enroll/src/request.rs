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
use runtime::http::{self, FieldError, Problem, field_error};
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
    cards_as_of: Option<Timestamp>,
}

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
        let body: Body = http::body(request)?;
        let Body {
            card_contract_id,
            token_requestor_id,
            platform,
            callback,
            locale,
            account_holder,
            consent,
            cards_as_of,
        } = body;
        let is_recent = |at: Timestamp| at.duration_until(now).abs() <= CARDS_MAX_AGE;
        let reads_token_list = !cards_as_of.is_some_and(is_recent);
        let mut attempt_request = AttemptRequest { platform, callback, locale, account_holder, consent };
        let fingerprint = attempt_request.normalize(request, config, now)?;
        Ok((Self { card_contract_id, token_requestor_id, reads_token_list, attempt_request }, fingerprint))
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
        if let Some(fields) = body.as_object_mut() {
            fields.remove("cardsAsOf");
        }
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
        errors.extend(self.consent.invalid_fields(config, now));
        errors
    }
}
