//! An enrollment as the app sees it.

use jiff::{SignedDuration, Timestamp};
use lambda_http::{Body, Response, http::HeaderValue};
use serde::Serialize;

use super::{Problem, StatusCode, json};
use crate::store::enrollments::Redirect;
use mastercard::{card::CardContractId, secret::RedirectUrl, token_requestor::TokenRequestorId};
use model::enrollment::{Enrollment, EnrollmentId, Status, StatusReason, TimelineEntry};

/// The response of `GET /enrollments/{enrollmentId}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollmentResponse {
    enrollment_id: EnrollmentId,
    card_contract_id: CardContractId,
    token_requestor_id: TokenRequestorId,
    /// The number of the latest attempt, from 1.
    attempt: u32,
    /// The status.
    pub status: Status,
    /// Whether the status is final: no further read of the token list is scheduled.
    pub r#final: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<StatusReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retryable: Option<bool>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<RedirectUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    timeline: Vec<TimelineEntry>,
    /// When to ask again.
    #[serde(skip)]
    poll_after: Option<SignedDuration>,
}

impl EnrollmentResponse {
    /// The enrollment at `now`. The redirect is included only with the status `READY`; the function decides whether the
    /// token may have it.
    pub fn new(enrollment: &Enrollment, redirect: Option<Redirect>, now: Timestamp) -> Self {
        let report = enrollment.status_at(now);
        let poll_after = enrollment.poll_after(&report, now);
        let usable = redirect.filter(|_| report.status == Status::Ready);
        let (redirect_url, expires_at) =
            usable.map(|redirect| (redirect.redirect_url, redirect.expires_at)).unzip();
        Self {
            enrollment_id: enrollment.enrollment_id,
            card_contract_id: enrollment.card_contract_id,
            token_requestor_id: enrollment.token_requestor_id.clone(),
            attempt: enrollment.attempt().number,
            status: report.status,
            r#final: report.next_check.is_none(),
            reason: report.reason,
            retryable: report.retryable,
            created_at: enrollment.created_at,
            redirect_url,
            expires_at,
            timeline: enrollment.timeline(),
            poll_after,
        }
    }

    /// How long to wait before the next request for the status; `None` if it is final.
    pub fn poll_after(&self) -> Option<SignedDuration> {
        self.poll_after
    }

    /// 200, with `Retry-After` unless the status is final.
    ///
    /// # Errors
    /// [`Code::InternalError`](super::Code::InternalError) if it cannot be serialized.
    pub fn into_response(self) -> Result<Response<Body>, Problem> {
        Ok(with_retry_after(json(StatusCode::OK, &self)?, self.poll_after))
    }
}

/// Adds the header `Retry-After`: the pause in whole seconds, rounded up. It tells an app when it may ask for the status of an
/// enrollment again.
pub fn with_retry_after(mut response: Response<Body>, pause: Option<SignedDuration>) -> Response<Body> {
    if let Some(pause) = pause {
        let seconds = (pause + SignedDuration::from_nanos(999_999_999)).as_secs();
        response.headers_mut().insert("retry-after", HeaderValue::from(seconds));
    }
    response
}
