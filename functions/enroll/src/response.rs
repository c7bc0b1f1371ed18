//! The responses: the redirect, or for a replayed request the outcome of the first one.

use jiff::Timestamp;
use lambda_http::{Body, Response};
use mastercard::{
    card::ClientId,
    secret::{IssuerInitiatedDigitizationData, PushAccountReceipt, RedirectUrl, Signature},
    token_requestor::PushMethod,
};
use model::enrollment::{Enrollment, EnrollmentId, Fact, Status, StatusReason};
use runtime::{
    http::{self, Code, EnrollmentResponse, Problem, StatusCode},
    store::enrollments::{EnrollmentLimits, Limit, LimitReached, Redirect},
};
use serde::Serialize;

use crate::Enroll;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EnrollResponse<'a> {
    enrollment_id: EnrollmentId,
    status: Status,
    redirect_url: &'a RedirectUrl,
    expires_at: Timestamp,
    push_account_receipts: &'a [PushAccountReceipt],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    issuer_initiated_digitization_data: &'a [IssuerInitiatedDigitizationData],
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<&'a Signature>,
    available_push_methods: &'a [PushMethod],
}

/// 201 with the data for step 13. `enrollment` has the fact of the push; `digitization_data` is empty in a replay.
pub(crate) fn ready(
    enrollment: &Enrollment,
    redirect: &Redirect,
    digitization_data: &[IssuerInitiatedDigitizationData],
    now: Timestamp,
) -> Result<Response<Body>, Problem> {
    let Redirect { redirect_url, expires_at, push_account_receipts, signature, available_push_methods } =
        redirect;
    let response = EnrollResponse {
        enrollment_id: enrollment.enrollment_id,
        status: Status::Ready,
        redirect_url,
        expires_at: *expires_at,
        push_account_receipts,
        issuer_initiated_digitization_data: digitization_data,
        signature: signature.as_ref(),
        available_push_methods,
    };
    let poll_after = enrollment.poll_after(&enrollment.status_at(now), now);
    Ok(http::with_retry_after(http::json(StatusCode::CREATED, &response)?, poll_after))
}

/// 429 with the limits of the client and its cards, and the one that is reached.
pub(crate) fn too_many(limits: EnrollmentLimits, LimitReached { limit, wait }: LimitReached) -> Problem {
    let policy =
        limits.all().map(|Limit { name, quota, window }| format!(r#""{name}";q={quota};w={window}"#));
    let (name, seconds) = (limit.name, u64::try_from(wait).unwrap_or_default());
    Problem::from(Code::TooManyEnrollments)
        .retry_after(seconds)
        .with_rate_limit(policy.join(", "), format!(r#""{name}";r=0;t={wait}"#))
        .with_source(format!("limit {name} of {} is reached", limit.quota))
}

impl Enroll {
    /// The response to a replayed request: the same redirect while it can be used, the outcome afterwards. A notification
    /// or another attempt ends a redirect before it expires.
    pub(crate) async fn replay(
        &self,
        client: ClientId,
        id: EnrollmentId,
        attempt: u32,
    ) -> Result<Response<Body>, Problem> {
        let now = self.clock.now();
        let stored = self.enrollments.get(client, id).await?.ok_or(Code::NotFound)?;
        let enrollment = stored.enrollment();
        if let Some(code) = problem_of(enrollment, attempt) {
            return Err(Problem::from(code).with_enrollment_id(id));
        }
        if attempt != enrollment.attempt().number {
            return EnrollmentResponse::new(enrollment, None, now).into_response();
        }
        let report = enrollment.status_at(now);
        if report.status == Status::Ready
            && let Some(sealed) = stored.unexpired_redirect(attempt, now)
            && let Some(redirect) = self.enrollments.open(&self.redirect_keys, enrollment, sealed).await
        {
            return ready(enrollment, &redirect, &[], now);
        }
        match (report.status, report.reason) {
            (Status::Pending, Some(StatusReason::PushInProgress)) => {
                Err(Problem::from(Code::RequestInProgress).with_enrollment_id(id).retry_after(1))
            }
            (Status::Pending, Some(StatusReason::PushOutcomeUnknown | StatusReason::Interrupted)) => {
                Err(Problem::from(Code::PushOutcomeUnknown).with_enrollment_id(id))
            }
            _ => EnrollmentResponse::new(enrollment, None, now).into_response(),
        }
    }
}

/// The problem with which the first request of the attempt ended.
fn problem_of(enrollment: &Enrollment, attempt: u32) -> Option<Code> {
    let mut facts = enrollment.facts.iter().filter(|recorded| recorded.attempt == attempt);
    facts.find_map(|recorded| {
        let Fact::PushFailed { reason, .. } = &recorded.fact else { return None };
        Code::of(reason)
    })
}
