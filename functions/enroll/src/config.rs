//! Settings of this function: allowed redirect origins, callback URL, app links, time limits.

use std::time::Duration;

use aws_lc_rs::rand;
use jiff::SignedDuration;
use mastercard::{redirect::AllowedOrigin, secret::CallbackState, token_requestor::TokenRequestorId};
use model::{
    card_enrollment::{RequestHashes, ShortHash},
    enrollment::EnrollmentId,
};
use runtime::{
    config::{
        AppLinks, List, Pairs, SettingsReader, Switch, TermsVersions,
        registry::{self, ALLOWED_REDIRECT_ORIGINS, CALLBACK_BASE_URL},
    },
    http::Problem,
    store::enrollments::{EnrollmentLimits, IdempotencyKey, SECRET_BYTES, callback_state},
};
use url::Url;

/// The most characters of `CALLBACK_BASE_URL`, so that the URL with a state fits Mastercard's 256 characters.
const MAX_BASE_URL_LENGTH: usize = 200;

/// The settings that only this function has.
pub struct EnrollConfig {
    /// The token requestor of a request without `tokenRequestorId`.
    pub(crate) default_requestor: TokenRequestorId,
    /// Lifetime of push account receipts: 5 to 15 minutes.
    pub(crate) validity_minutes: u16,
    pub(crate) app_links: AppLinks,
    /// How long the app waits for the response. Lambda's own deadline may be earlier.
    pub(crate) timeout: Duration,
    /// Whether no attempt may start.
    pub(crate) maintenance: bool,
    /// `None` if attempts are not limited.
    pub(crate) limits: Option<EnrollmentLimits>,
    /// How long before the request the cardholder may have accepted the terms.
    pub(crate) consent_max_age: SignedDuration,
    /// The versions that the cardholder may accept; `None` for any.
    pub(crate) terms_versions: Option<TermsVersions>,
    allowed_origins: Vec<(TokenRequestorId, AllowedOrigin)>,
    /// Requestors that accept receipts without a signature.
    unsigned: Vec<TokenRequestorId>,
    callback_base_url: Url,
}

impl EnrollConfig {
    /// Reads the settings. `None` if one is missing or invalid.
    pub fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let default_requestor = settings.value(&registry::DEFAULT_TOKEN_REQUESTOR_ID);
        let validity_minutes = settings.value(&registry::RECEIPTS_VALIDITY_MINUTES);
        let app_links = settings.value(&registry::APP_LINKS);
        let timeout = settings.value(&registry::ENROLL_TIMEOUT_SECONDS);
        let maintenance = settings.value(&registry::MAINTENANCE);
        let limits = limits(settings);
        let consent_max_age = settings.value(&registry::CONSENT_MAX_AGE_HOURS);
        let terms_versions = settings.optional(&registry::TERMS_VERSIONS);
        let allowed_origins = allowed_origins(settings);
        let unsigned = settings.optional(&registry::UNSIGNED_REDIRECTS);
        let callback_base_url = callback_base_url(settings);
        Some(Self {
            default_requestor: default_requestor?,
            validity_minutes: validity_minutes?.get(),
            app_links: app_links?,
            timeout: Duration::from_secs(timeout?.get().into()),
            maintenance: maintenance? == Switch::On,
            limits: limits?,
            consent_max_age: SignedDuration::from_hours(consent_max_age?.get().into()),
            terms_versions: terms_versions?,
            allowed_origins: allowed_origins?,
            unsigned: unsigned?.map_or_else(Vec::new, |List(ids)| ids),
            callback_base_url: callback_base_url?,
        })
    }

    /// The origins to which push methods of this requestor may redirect.
    pub(crate) fn origins(&self, requestor: &TokenRequestorId) -> Vec<AllowedOrigin> {
        let own =
            |(id, origin): &(TokenRequestorId, AllowedOrigin)| (id == requestor).then(|| origin.clone());
        self.allowed_origins.iter().filter_map(own).collect()
    }

    /// Whether a redirect to this requestor may carry receipts in place of a signature.
    pub(crate) fn allows_unsigned(&self, requestor: &TokenRequestorId) -> bool {
        self.unsigned.contains(requestor)
    }

    /// The callback URL of an attempt (step 25), with its state as the last path segment.
    pub fn callback_url(&self, state: &CallbackState) -> String {
        format!("{}/{}", self.callback_base_url.as_str().trim_end_matches('/'), state.expose())
    }

    /// A new callback state, and the hashes of the request that starts the attempt.
    ///
    /// # Errors
    /// If the operating system's random number generator fails.
    pub(crate) fn new_attempt(
        &self,
        id: EnrollmentId,
        key: &IdempotencyKey,
        fingerprint: &str,
    ) -> Result<(CallbackState, RequestHashes), Problem> {
        let mut secret = [0; SECRET_BYTES];
        rand::fill(&mut secret).map_err(|_| Problem::internal("no randomness"))?;
        let request = RequestHashes {
            key: key.hash(),
            fingerprint: ShortHash::of(fingerprint.as_bytes()),
            state: ShortHash::of(&secret),
        };
        Ok((callback_state(id, secret), request))
    }
}

fn allowed_origins(settings: &mut SettingsReader<'_>) -> Option<Vec<(TokenRequestorId, AllowedOrigin)>> {
    let Pairs(pairs) = settings.value(&ALLOWED_REDIRECT_ORIGINS)?;
    let parsed: Option<_> =
        pairs.into_iter().map(|(id, origin)| Some((id.parse().ok()?, origin.parse().ok()?))).collect();
    if parsed.is_none() {
        let what = "must be <token requestor id>=<scheme://host[:port]>, separated by commas";
        settings.problem(&ALLOWED_REDIRECT_ORIGINS, what);
    }
    parsed
}

/// `Some(None)` if they are off.
fn limits(settings: &mut SettingsReader<'_>) -> Option<Option<EnrollmentLimits>> {
    let switch = settings.value(&registry::ENROLLMENT_LIMITS);
    let client_hour = settings.value(&registry::CLIENT_LIMIT_PER_HOUR);
    let client_day = settings.value(&registry::CLIENT_LIMIT_PER_DAY);
    let card_hour = settings.value(&registry::CARD_LIMIT_PER_HOUR);
    let card_day = settings.value(&registry::CARD_LIMIT_PER_DAY);
    let limits = EnrollmentLimits {
        client_hour: client_hour?.get(),
        client_day: client_day?.get(),
        card_hour: card_hour?.get(),
        card_day: card_day?.get(),
    };
    Some(Some(limits).filter(|_| switch == Some(Switch::On)))
}

fn callback_base_url(settings: &mut SettingsReader<'_>) -> Option<Url> {
    let url = settings.value(&CALLBACK_BASE_URL)?;
    if url.as_str().len() <= MAX_BASE_URL_LENGTH && url.query().is_none() && url.fragment().is_none() {
        return Some(url);
    }
    let what = format_args!("must have at most {MAX_BASE_URL_LENGTH} characters, no query and no fragment");
    settings.problem(&CALLBACK_BASE_URL, what);
    None
}

#[cfg(test)]
pub(crate) mod tests;
