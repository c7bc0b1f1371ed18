//! Use-case steps 6 to 12: Processing encrypts a cardholder's card, Token Connect receives it, and the app gets the
//! redirect to the token requestor.

mod config;
mod push;
mod reached_limits;
mod request;
mod response;
mod restart;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lambda_http::{Body, Error, Request, RequestExt as _, Response};
use mastercard::{
    Processing, TokenConnect,
    card::ClientId,
    processing::SearchConfig,
    token_requestor::{Platform, TokenRequestor, TokenRequestorId},
};
use model::{
    audit::ActorKind,
    card_enrollment::{NewEnrollment, Refusal},
    card_number::CardNumberDetector,
    clock::Clock,
    enrollment::{Enrollment, EnrollmentId},
};
use runtime::{
    config::{ConfigError, ProcessingSettings, Runtime, SearchSettings, TokenConnectSettings, registry},
    http::{self, Caller, Code, Problem, StepUp},
    store::{Enrollments, TokenRequestorCache, TokenRequestors, enrollments::RedirectKeys},
};

pub use config::EnrollConfig;
use push::PushAttempt;
use reached_limits::ReachedLimits;
use request::EnrollmentRequest;

/// Nobody knows how long maintenance lasts: apps ask again every five minutes.
const MAINTENANCE_RETRY_SECONDS: u64 = 300;

/// The function with its dependencies.
pub struct Enroll {
    processing: Processing,
    search: SearchConfig,
    token_connect: TokenConnect,
    requestors: TokenRequestorCache,
    enrollments: Enrollments,
    redirect_keys: RedirectKeys,
    caller: Caller,
    step_up: StepUp,
    card_numbers: CardNumberDetector,
    config: EnrollConfig,
    reached_limits: ReachedLimits,
    clock: Clock,
}

impl Enroll {
    /// Reads its settings and makes its clients.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a key or secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (
            requestors,
            enrollments,
            redirect_keys,
            processing,
            search,
            token_connect,
            caller,
            step_up,
            card_numbers,
            config,
        ) = runtime.read_settings(|settings| {
            let requestors = TokenRequestors::from_settings(settings, runtime);
            let enrollments = Enrollments::from_settings(settings, runtime);
            let redirect_keys = RedirectKeys::reference(settings);
            let processing = ProcessingSettings::from_settings(settings);
            let search = SearchSettings::from_settings(settings);
            let token_connect = TokenConnectSettings::from_settings(settings);
            let caller = Caller::from_settings(settings, &registry::WRITE_SCOPES);
            let step_up = StepUp::from_settings(settings);
            let card_numbers = http::card_number_detector(settings);
            let config = EnrollConfig::from_settings(settings);
            Some((
                requestors?,
                enrollments?,
                redirect_keys?,
                processing?,
                search?,
                token_connect?,
                caller?,
                step_up?,
                card_numbers?,
                config?,
            ))
        })?;
        // Concurrently: on Lambda each secret is a call of Secrets Manager.
        let (redirect_keys, processing, search, token_connect) = tokio::try_join!(
            RedirectKeys::fetch(redirect_keys),
            processing.connect(runtime),
            search.connect(),
            token_connect.connect(runtime)
        )?;
        Ok(Self {
            processing,
            search,
            token_connect,
            requestors: TokenRequestorCache::new(requestors),
            enrollments,
            redirect_keys,
            caller,
            step_up,
            card_numbers,
            config,
            reached_limits: ReachedLimits::default(),
            clock: runtime.clock.clone(),
        })
    }

    /// `POST /enrollments` and `POST /enrollments/{enrollmentId}/attempts`
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve(request, &self.card_numbers, async |request| {
            if self.config.maintenance {
                return Err(Problem::from(Code::Maintenance).retry_after(MAINTENANCE_RETRY_SECONDS));
            }
            let is_restart = request
                .path_parameters_ref()
                .is_some_and(|parameters| parameters.first("enrollmentId").is_some());
            if is_restart { self.restart(&request).await } else { self.enroll(&request).await }
        })
        .await
    }

    async fn enroll(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let deadline = http::deadline(request, self.config.timeout);
        let client = self.caller.client(request)?;
        let now = self.clock.now();
        let authentication = self.step_up.check(request, now)?;
        let key = http::idempotency_key(request)?;
        let (enroll_request, fingerprint) = EnrollmentRequest::parse(request, &self.config, now)?;
        // Needed after the store's responses, and loaded while they are waited for.
        self.processing.load_keys();
        let requestor = self
            .requestor(
                enroll_request.token_requestor_id.as_ref(),
                enroll_request.attempt_request.platform,
                now,
            )
            .await?;
        let enrollment = Enrollment {
            enrollment_id: EnrollmentId::new(now),
            client_id: client,
            card_contract_id: enroll_request.card_contract_id,
            token_requestor_id: requestor.token_requestor_id.clone(),
            platform: enroll_request.attempt_request.platform,
            callback: enroll_request.attempt_request.callback.clone(),
            consent: enroll_request.attempt_request.consent.with_authentication(authentication),
            created_at: now,
            respond_by: self.respond_by(now),
            facts: Vec::new(),
        };
        let (state, hashes) = self.config.new_attempt(enrollment.enrollment_id, &key, &fingerprint)?;
        let new = NewEnrollment { enrollment, request: hashes };
        let enrollments = self.enrollments.for_actor(|| http::actor(request, ActorKind::App));
        if let Some(limits) = self.config.limits
            && let Some(reached) = self.reached_limits.of(client, now)
        {
            // Only what was started before the limit was reached gets another answer.
            return match enrollments.refusal_of(&new, now).await? {
                Some(refusal) => self.not_started(client, new.enrollment.enrollment_id, refusal).await,
                None => Err(response::too_many(limits, reached)),
            };
        }
        match enrollments.begin(&new, now).await? {
            Ok(stored) => {
                let mut attempt = PushAttempt::new(stored, &enrollments, &requestor, &state, deadline);
                attempt.reads_token_list = enroll_request.reads_token_list;
                self.push(attempt, enroll_request.attempt_request).await
            }
            Err(refusal) => self.not_started(client, new.enrollment.enrollment_id, refusal).await,
        }
    }

    /// The response to a request that starts no attempt.
    async fn not_started(
        &self,
        client: ClientId,
        id: EnrollmentId,
        refusal: Refusal,
    ) -> Result<Response<Body>, Problem> {
        Err(match refusal {
            Refusal::Replayed { enrollment_id, attempt } => {
                return self.replay(client, enrollment_id, attempt).await;
            }
            Refusal::IdempotencyKeyReused => Code::IdempotencyKeyReused.into(),
            Refusal::CardLocked(id) => Problem::from(Code::EnrollmentInProgress).with_enrollment_id(id),
            Refusal::NotRestartable => Problem::from(Code::EnrollmentNotRestartable).with_enrollment_id(id),
            Refusal::TooManyAttempts => Problem::from(Code::TooManyAttempts).with_enrollment_id(id),
            Refusal::TooManyKeys => {
                Problem::from(Code::TooManyEnrollments).retry_after(http::KEYS_RETRY_SECONDS)
            }
            Refusal::NotFound => Code::NotFound.into(),
        })
    }

    async fn requestor(
        &self,
        id: Option<&TokenRequestorId>,
        platform: Platform,
        now: Timestamp,
    ) -> Result<Arc<TokenRequestor>, Problem> {
        let id = id.unwrap_or(&self.config.default_requestor);
        let requestor = self.requestors.get(id, now).await?.ok_or(Code::TokenRequestorNotFound)?;
        if requestor.supports(platform) { Ok(requestor) } else { Err(Code::PlatformNotSupported.into()) }
    }

    /// When the app stops waiting for the response.
    fn respond_by(&self, now: Timestamp) -> Timestamp {
        let timeout = SignedDuration::try_from(self.config.timeout).unwrap_or_default();
        now.saturating_add(timeout).unwrap_or(Timestamp::MAX)
    }
}
