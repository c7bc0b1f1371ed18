//! An enrollment as its app sees it.

use jiff::Timestamp;
use serde::Serialize;

use super::{Enrollment, EnrollmentId, Event, Status};
use crate::{
    card::CardContractId, secret::RedirectUrl, store::enrollments::Redirect,
    token_requestor::TokenRequestorId,
};

/// The answer of `GET /enrollments/{enrollmentId}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollmentView {
    enrollment_id: EnrollmentId,
    card_contract_id: CardContractId,
    token_requestor_id: TokenRequestorId,
    /// How often the cardholder began.
    attempt: u32,
    /// Where it stands.
    pub status: Status,
    /// Whether nothing more will be found out by waiting.
    pub r#final: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retryable: Option<bool>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<RedirectUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    timeline: Vec<Event>,
}

impl EnrollmentView {
    /// As of now; the redirect only while it is of use.
    pub fn new(enrollment: &Enrollment, redirect: Option<Redirect>, now: Timestamp) -> Self {
        let outlook = enrollment.outlook(now);
        let live = redirect.filter(|_| outlook.status == Status::Ready);
        let (redirect_url, expires_at) = live.map(|live| (live.redirect_url, live.expires_at)).unzip();
        Self {
            enrollment_id: enrollment.enrollment_id,
            card_contract_id: enrollment.card_contract_id,
            token_requestor_id: enrollment.token_requestor_id.clone(),
            attempt: enrollment.attempt().number,
            status: outlook.status,
            r#final: outlook.next_check.is_none(),
            reason: outlook.reason,
            retryable: outlook.retryable,
            created_at: enrollment.created_at,
            redirect_url,
            expires_at,
            timeline: enrollment.timeline(),
        }
    }
}
