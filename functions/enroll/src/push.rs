//! Use-case steps 7 to 12: Processing encrypts the card, Token Connect receives it, the redirect is composed. The outcome is
//! recorded before the app gets the response.

use jiff::{SignedDuration, Timestamp};
use lambda_http::{Body, Response};
use mastercard::{
    Deadline, MastercardError, PushFundingAccounts, SignatureData,
    call::CallLog,
    processing::FundingAccountSearch,
    redirect::{self, RedirectError},
    secret::{CallbackState, IssuerInitiatedDigitizationData},
    token_connect::{PushError, PushMultipleAccounts, PushedAccounts},
    token_requestor::TokenRequestor,
};
use model::{
    enrollment::{Enrollment, Fact, PushFailure, RecordedFact, TokenState, receipt_hash},
    token_list,
};
use runtime::{
    http::{Code, Problem},
    store::{
        Enrollments,
        enrollments::{Redirect, Versioned},
    },
    telemetry,
};
use uuid::Uuid;

use crate::{Enroll, request::AttemptRequest, response};

/// The redirect expires for the app this long before the receipts do.
const REDIRECT_MARGIN: SignedDuration = SignedDuration::from_secs(15);

/// One attempt to push one card.
pub(crate) struct PushAttempt<'a> {
    pub(crate) stored: Versioned,
    /// The table, for the changes of the caller.
    pub(crate) enrollments: &'a Enrollments,
    pub(crate) requestor: &'a TokenRequestor,
    pub(crate) state: &'a CallbackState,
    pub(crate) deadline: Deadline,
    /// Whether the token list is read before the push.
    pub(crate) reads_token_list: bool,
    /// The calls to Mastercard since the last recorded fact; support reads them in the timeline.
    calls: CallLog,
}

impl<'a> PushAttempt<'a> {
    pub(crate) fn new(
        stored: Versioned,
        enrollments: &'a Enrollments,
        requestor: &'a TokenRequestor,
        state: &'a CallbackState,
        deadline: Deadline,
    ) -> Self {
        Self {
            stored,
            enrollments,
            requestor,
            state,
            deadline,
            reads_token_list: true,
            calls: CallLog::default(),
        }
    }

    fn enrollment(&self) -> &Enrollment {
        self.stored.enrollment()
    }

    /// The fact, recorded at `now` with the calls that led to it.
    fn recorded(&self, fact: Fact, now: Timestamp) -> RecordedFact {
        let number = self.enrollment().attempt().number;
        let recorded = match fact.is_of_one_attempt() {
            true => fact.recorded(now, "").in_attempt(number),
            false => fact.recorded(now, &now.to_string()),
        };
        recorded.with_calls(self.calls.take())
    }

    /// Whether the enrollment had a token before this attempt. The token list then shows it as active although the
    /// cardholder has not accepted it yet, so that the attempt continues: Click to Pay reports the result.
    fn has_earlier_token(&self) -> bool {
        self.enrollment().facts.iter().any(|recorded| recorded.fact.shows_token())
    }
}

/// Why an attempt has no redirect: the facts to record and the problem for the app.
pub(crate) struct AttemptFailure {
    fact: Fact,
    /// When the read of the token list began that showed an active token.
    listed_at: Option<Timestamp>,
    pub(crate) problem: Problem,
}

impl Enroll {
    /// Pushes the card and returns the redirect.
    pub(crate) async fn push(
        &self,
        attempt: PushAttempt<'_>,
        attempt_request: AttemptRequest,
    ) -> Result<Response<Body>, Problem> {
        let enrollment_id = attempt.enrollment().enrollment_id;
        let number = attempt.enrollment().attempt().number;
        match self.attempt(&attempt, attempt_request).await {
            Ok((redirect, digitization_data, fact)) => {
                let now = self.clock.now();
                let fact = attempt.recorded(fact, now);
                let sealed =
                    self.enrollments.seal(&self.redirect_keys, attempt.enrollment(), number, &redirect);
                // Without it the app has the redirect of this response only.
                let sealed = sealed.inspect_err(|error| {
                    tracing::error!(
                        event = "redirect_not_sealed", %enrollment_id, attempt = number,
                        cause = telemetry::chain(error), "redirect cannot be sealed"
                    );
                });
                let sealed = sealed.ok();
                let enrollments = attempt.enrollments;
                let recorded = enrollments.record(attempt.stored, &[fact], sealed.as_ref(), now).await?;
                tracing::debug!(event = "card_pushed", %enrollment_id, "card pushed");
                match recorded {
                    Some(recorded) if recorded.is_current => {
                        response::ready(recorded.stored.enrollment(), &redirect, &digitization_data, now)
                    }
                    // The push took longer than its deadline, and a later enrollment has taken the card.
                    _ => Err(Problem::from(Code::PushOutcomeUnknown).with_enrollment_id(enrollment_id)),
                }
            }
            Err(AttemptFailure { fact, listed_at, problem }) => {
                let now = self.clock.now();
                let listed = |at| (Fact::TokenList { token: Some(TokenState::Active) }, at);
                let facts = std::iter::once((fact, now)).chain(listed_at.map(listed));
                let facts: Vec<_> = facts.map(|(fact, at)| attempt.recorded(fact, at)).collect();
                attempt.enrollments.record(attempt.stored, &facts, None, now).await?;
                Err(problem.with_enrollment_id(enrollment_id))
            }
        }
    }

    /// The redirect, the data for the requestor's app, which is not stored, and the fact of the push.
    async fn attempt(
        &self,
        attempt: &PushAttempt<'_>,
        attempt_request: AttemptRequest,
    ) -> Result<(Redirect, Vec<IssuerInitiatedDigitizationData>, Fact), AttemptFailure> {
        let supported = &attempt.requestor.supported_account_holder_data;
        let account_holder = attempt_request.account_holder.and_then(|holder| holder.limited_to(supported));
        let signature_data = SignatureData {
            callback_url: self.config.callback_url(attempt.state),
            complete_issuer_app_activation: true,
            complete_website_activation: true,
            account_holder_data_supplied: account_holder.is_some(),
            locale: attempt_request.locale,
        };
        let search = FundingAccountSearch {
            request_id: Uuid::new_v4(),
            push_account_id: format!("CA-{}", Uuid::new_v4().simple()),
            card_contract_id: attempt.enrollment().card_contract_id,
            token_requestor_id: attempt.requestor.token_requestor_id.clone(),
            signature_data: signature_data.clone(),
            account_holder,
        };
        // Both are needed after Processing's responses, and take time.
        self.token_connect.load_keys();
        let token_connect = self.token_connect.with_call_log(&attempt.calls).preconnect();
        let push_funding_accounts = self.fetch_encrypted_card(attempt, &search).await?;
        let push = PushMultipleAccounts {
            request_id: Uuid::new_v4(),
            token_requestor_id: search.token_requestor_id,
            push_funding_accounts,
            signature_data,
            receipts_validity_minutes: self.config.validity_minutes,
            requests_digitization_data: attempt.requestor.supports_issuer_initiated_digitization_data,
        };
        let issued_at = self.clock.now();
        let mut pushed = token_connect.push_multiple_accounts(&push, attempt.deadline).await?;
        let digitization_data = std::mem::take(&mut pushed.digitization_data);
        let (redirect, fact) = self.compose_redirect(attempt, pushed, &push.signature_data, issued_at)?;
        Ok((redirect, digitization_data, fact))
    }

    /// Steps 7 to 9: fetches the encrypted card. Reads the token list concurrently, unless the app has just done so: a card that is
    /// enabled already is not pushed, unless its token comes from this enrollment. The first attempt is counted beside it, others before they start.
    async fn fetch_encrypted_card(
        &self,
        attempt: &PushAttempt<'_>,
        search: &FundingAccountSearch,
    ) -> Result<PushFundingAccounts, AttemptFailure> {
        let Enrollment { client_id, card_contract_id, ref token_requestor_id, .. } = *attempt.enrollment();
        let processing = self.processing.with_call_log(&attempt.calls);
        let read_at = self.clock.now();
        let found = processing.search_funding_accounts(client_id, search, &self.search, attempt.deadline);
        let tokens = async {
            match attempt.reads_token_list {
                true => processing.get_tokens_by_client(client_id, attempt.deadline).await,
                false => Ok(Vec::new()),
            }
        };
        let counted = async {
            match attempt.enrollment().attempt().number {
                1 => self.count_attempt(attempt.enrollment(), read_at).await,
                _ => Ok(()),
            }
        };
        let (found, tokens, counted) = tokio::join!(found, tokens, counted);
        counted?;
        match tokens {
            Ok(tokens) => {
                let token = token_list::token(&tokens, card_contract_id, token_requestor_id);
                if token == Some(TokenState::Active) && !attempt.has_earlier_token() {
                    let failure = AttemptFailure::failed(PushFailure::AlreadyEnabled);
                    return Err(AttemptFailure { listed_at: Some(read_at), ..failure });
                }
            }
            // Not required: the token requestor detects duplicate cards too.
            Err(error) => {
                tracing::warn!(
                    event = "token_list_unavailable",
                    cause = telemetry::chain(&error),
                    "token list unavailable"
                )
            }
        }
        found.map_err(AttemptFailure::from)
    }

    /// Counts an attempt of the client and the card.
    pub(crate) async fn count_attempt(
        &self,
        enrollment: &Enrollment,
        now: Timestamp,
    ) -> Result<(), AttemptFailure> {
        let Some(limits) = self.config.limits else { return Ok(()) };
        let Enrollment { client_id, card_contract_id, .. } = *enrollment;
        match self.enrollments.count_attempt(client_id, card_contract_id, limits, now).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reached)) => {
                self.reached_limits.remember(client_id, reached, now);
                let failure = AttemptFailure::failed(PushFailure::TooManyEnrollments);
                Err(AttemptFailure { problem: response::too_many(limits, reached), ..failure })
            }
            Err(error) => {
                let failure = AttemptFailure::failed(PushFailure::InternalError);
                Err(AttemptFailure { problem: error.into(), ..failure })
            }
        }
    }

    /// Composes the redirect of step 12, and the fact that the card was pushed.
    fn compose_redirect(
        &self,
        attempt: &PushAttempt<'_>,
        pushed: PushedAccounts,
        data: &SignatureData,
        issued_at: Timestamp,
    ) -> Result<(Redirect, Fact), AttemptFailure> {
        let platform = attempt.enrollment().attempt().platform;
        let token_requestor_id = &attempt.enrollment().token_requestor_id;
        let origins = self.config.origins(token_requestor_id);
        let methods = &pushed.available_push_methods;
        let unsigned = pushed.signature.is_none()
            && pushed.token_requestor_signature_support != Some(true)
            && self.config.allows_unsigned(token_requestor_id);
        let redirect_url = if unsigned {
            redirect::compose_unsigned(methods, platform, &pushed.receipts, data, &origins)
        } else {
            redirect::compose(methods, platform, pushed.signature.as_ref(), &origins)
        };
        let redirect_url = redirect_url.map_err(AttemptFailure::from)?;
        let validity = SignedDuration::from_mins(i64::from(self.config.validity_minutes));
        let after = |validity| issued_at.saturating_add(validity).unwrap_or(Timestamp::MAX);
        let receipt_hashes = pushed.receipts.iter().map(receipt_hash).collect();
        let redirect = Redirect {
            redirect_url,
            expires_at: after(validity - REDIRECT_MARGIN),
            push_account_receipts: pushed.receipts,
            signature: pushed.signature,
            available_push_methods: pushed.available_push_methods,
        };
        Ok((redirect, Fact::Pushed { receipt_hashes, expires_at: after(validity) }))
    }
}

impl AttemptFailure {
    /// The push failed for this reason.
    fn failed(reason: PushFailure) -> Self {
        let problem = Problem::from(Code::of(&reason).unwrap_or(Code::InternalError));
        let retryable = reason.retryable();
        Self { fact: Fact::PushFailed { reason, retryable }, listed_at: None, problem }
    }
}

impl From<MastercardError> for AttemptFailure {
    fn from(error: MastercardError) -> Self {
        let failure = Self::failed(PushFailure::from(&error));
        Self { problem: error.into(), ..failure }
    }
}

impl From<PushError> for AttemptFailure {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Rejected(error) => error.into(),
            PushError::Unknown(error) => Self {
                fact: Fact::PushUnknown,
                listed_at: None,
                problem: Problem::from(Code::PushOutcomeUnknown).with_source(error),
            },
        }
    }
}

impl From<RedirectError> for AttemptFailure {
    fn from(error: RedirectError) -> Self {
        let failure = Self::failed(match error {
            RedirectError::NoPushMethod => PushFailure::PlatformNotSupported,
            RedirectError::ForbiddenOrigin
            | RedirectError::NoSignature
            | RedirectError::InvalidParameters => PushFailure::MastercardRefused,
        });
        Self { problem: failure.problem.with_source(error), ..failure }
    }
}
