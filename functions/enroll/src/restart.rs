//! Use-case steps 6 to 12 once more, for an enrollment whose redirect was not used: a new attempt with the history of the
//! ones before.

use lambda_http::{Body, Request, Response};
use shared::{
    enrollment::{EnrollmentId, Fact},
    http::{self, Code, Problem},
    store::enrollments::{Beginning, Begun, Seen},
};

use crate::{
    Enroll,
    push::Attempt,
    wish::{self, Manner},
};

/// How often a restart looks again at an enrollment that moves meanwhile.
const LOOKS: usize = 5;

impl Enroll {
    /// `POST /enrollments/{enrollmentId}/attempts`
    pub(crate) async fn restart(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let until = http::deadline(request, self.terms.patience);
        let client = self.caller.client(request)?;
        let id: EnrollmentId = http::path_parameter(request, "enrollmentId")?;
        let key = wish::idempotency_key(request)?.for_restart_of(id);
        let now = self.clock.now();
        let (manner, fingerprint) = Manner::parse(request, &self.terms, now)?;
        let state = self.terms.new_state()?;
        for _ in 0..LOOKS {
            let Seen { mut enrollment, revision } =
                self.enrollments.seen(client, id).await?.ok_or(Code::NotFound)?;
            let restartable = enrollment.is_restartable(now);
            let fact = Fact::Restarted {
                platform: manner.platform,
                callback: manner.callback.clone(),
                consent: manner.consent.clone(),
                answer_by: self.answer_by(now),
            };
            let number = enrollment.attempt().number.saturating_add(1);
            enrollment.learn(fact.recorded(now, "").in_attempt(number));
            let beginning = Beginning {
                enrollment: &enrollment,
                revision: Some(revision),
                key: &key,
                fingerprint: &fingerprint,
                state: &state,
            };
            if !restartable {
                // The same request may have begun the attempt that runs now.
                return match self.enrollments.known(&beginning, now).await? {
                    Some(begun) => self.not_begun(client, begun).await,
                    None => Err(Problem::from(Code::EnrollmentNotRestartable).about(id)),
                };
            }
            let requestor =
                self.requestor(Some(&enrollment.token_requestor_id), manner.platform, now).await?;
            match self.enrollments.begin(&beginning, now).await? {
                Begun::Started => {
                    let seen = self.enrollments.begun(&beginning, now);
                    return self.push(seen, Attempt::of(&beginning, &requestor, until), manner).await;
                }
                Begun::Moved => {}
                other => return self.not_begun(client, other).await,
            }
        }
        self.not_begun(client, Begun::Moved).await
    }
}
