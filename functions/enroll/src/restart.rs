//! Use-case steps 6 to 12 for another attempt of an enrollment whose redirect was not used, or whose token waits for the
//! cardholder. The facts of the earlier attempts are kept.

use lambda_http::{Body, Request, Response};
use model::{audit::ActorKind, card_enrollment::Restart, enrollment::EnrollmentId};
use runtime::http::{self, Code, Problem};

use crate::{Enroll, push::PushAttempt, request::AttemptRequest};

impl Enroll {
    /// `POST /enrollments/{enrollmentId}/attempts`
    pub(crate) async fn restart(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let deadline = http::deadline(request, self.config.timeout);
        let client = self.caller.client(request)?;
        let now = self.clock.now();
        let authentication = self.step_up.check(request, now)?;
        let id: EnrollmentId = http::path_parameter(request, "enrollmentId")?;
        let key = http::idempotency_key(request)?.for_restart_of(id);
        let (attempt_request, fingerprint) = AttemptRequest::parse(request, &self.config, now)?;
        self.processing.load_keys();
        let (state, hashes) = self.config.new_attempt(id, &key, &fingerprint)?;
        let current = self.enrollments.get(client, id).await?.ok_or(Code::NotFound)?;
        let requestor = current.enrollment().token_requestor_id.clone();
        // Before the restart, which ends the earlier redirect.
        let requestor = self.requestor(Some(&requestor), attempt_request.platform, now).await?;
        let restart = Restart {
            enrollment_id: id,
            platform: attempt_request.platform,
            callback: attempt_request.callback.clone(),
            consent: attempt_request.consent.with_authentication(authentication),
            respond_by: self.respond_by(now),
            request: hashes,
        };
        // A refused attempt counts for no limit. Over a limit, the earlier redirect stays usable.
        if current.allows(&restart, now) {
            let counted = self.count_attempt(current.enrollment(), now).await;
            counted.map_err(|failure| failure.problem.with_enrollment_id(id))?;
        }
        let enrollments = self.enrollments.for_actor(|| http::actor(request, ActorKind::App));
        match enrollments.restart(current, &restart, now).await? {
            Ok(stored) => {
                let attempt = PushAttempt::new(stored, &enrollments, &requestor, &state, deadline);
                self.push(attempt, attempt_request).await
            }
            Err(refusal) => self.not_started(client, id, refusal).await,
        }
    }
}
