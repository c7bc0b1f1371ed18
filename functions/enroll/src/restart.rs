//! Use-case steps 6 to 12 for another attempt of an enrollment whose redirect was not used, or whose token waits for the
//! cardholder. The facts of the earlier attempts are kept.

use lambda_http::{Body, Request, Response};
use model::enrollment::{EnrollmentId, Fact};
use runtime::{
    http::{self, Code, Problem},
    store::enrollments::{BeginOutcome, NewAttempt, Versioned},
};

use crate::{
    Enroll,
    push::Attempt,
    request::{self, AttemptRequest},
};

/// The most attempts of one enrollment, with the first one. Each is kept with its facts in the enrollment's item.
const MAX_ATTEMPTS: u32 = 5;
/// Tries to start an attempt while others write to the enrollment.
const MAX_TRIES: usize = 5;

impl Enroll {
    /// `POST /enrollments/{enrollmentId}/attempts`
    pub(crate) async fn restart(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let deadline = http::deadline(request, self.config.timeout);
        let client = self.caller.client(request)?;
        let id: EnrollmentId = http::path_parameter(request, "enrollmentId")?;
        let key = request::idempotency_key(request)?.for_restart_of(id);
        let now = self.clock.now();
        let (attempt_request, fingerprint) = AttemptRequest::parse(request, &self.config, now)?;
        let state = self.config.new_state()?;
        for _ in 0..MAX_TRIES {
            let Versioned { mut enrollment, revision } =
                self.enrollments.get_versioned(client, id).await?.ok_or(Code::NotFound)?;
            let number = enrollment.attempt().number.saturating_add(1);
            let refusal = match enrollment.is_restartable(now) {
                false => Some(Code::EnrollmentNotRestartable),
                true => (number > MAX_ATTEMPTS).then_some(Code::TooManyAttempts),
            };
            let fact = Fact::Restarted {
                platform: attempt_request.platform,
                callback: attempt_request.callback.clone(),
                consent: attempt_request.consent.clone(),
                respond_by: self.respond_by(now),
            };
            enrollment.add_fact(fact.recorded(now, "").in_attempt(number));
            let new_attempt = NewAttempt {
                enrollment: &enrollment,
                revision: Some(revision),
                key: &key,
                fingerprint: &fingerprint,
                state: &state,
            };
            if let Some(code) = refusal {
                // The attempt that runs now may have been started by the same request.
                return match self.enrollments.find_replay(&new_attempt, now).await? {
                    Some(outcome) => self.not_started(client, outcome).await,
                    None => Err(Problem::from(code).with_enrollment_id(id)),
                };
            }
            let requestor =
                self.requestor(Some(&enrollment.token_requestor_id), attempt_request.platform, now).await?;
            match self.enrollments.begin(&new_attempt, now).await? {
                BeginOutcome::Started => {
                    let stored = self.enrollments.as_written(&new_attempt, now);
                    return self
                        .push(stored, Attempt::new(&new_attempt, &requestor, deadline), attempt_request)
                        .await;
                }
                BeginOutcome::RevisionConflict => {}
                outcome => return self.not_started(client, outcome).await,
            }
        }
        self.not_started(client, BeginOutcome::RevisionConflict).await
    }
}
