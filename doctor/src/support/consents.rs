//! The consents of all cardholders, for auditors: one row for each attempt of each enrollment.

use jiff::Timestamp;
use mastercard::{
    card::{CardContractId, ClientId},
    token_requestor::TokenRequestorId,
};
use model::enrollment::{Authentication, Enrollment, EnrollmentId};
use runtime::store::StoreError;
use serde::Serialize;

use super::Support;

/// The consent of one attempt.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRow {
    enrollment_id: EnrollmentId,
    client_id: ClientId,
    card_contract_id: CardContractId,
    token_requestor_id: TokenRequestorId,
    /// Number of the attempt, counted from 1.
    attempt: u32,
    terms_version: String,
    /// When the cardholder accepted, by the app's clock.
    accepted_at: Timestamp,
    /// How the cardholder was authenticated, as the access token asserted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<Box<Authentication>>,
    /// When this server received the request.
    received_at: Timestamp,
}

/// Counts of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// Enrollments read so far.
    pub enrollments: usize,
    /// Rows written so far.
    pub rows: usize,
}

impl Support {
    /// Calls `write` with every consent received at or after `since`, in no particular order, and `progress` after
    /// each page of the table.
    ///
    /// # Errors
    /// When the store cannot be read, or `write` fails.
    pub async fn consents<E: From<StoreError>>(
        &self,
        since: Timestamp,
        mut write: impl FnMut(&ConsentRow) -> Result<(), E>,
        mut progress: impl FnMut(ExportReport),
    ) -> Result<ExportReport, E> {
        let mut report = ExportReport::default();
        let mut pages = self.enrollments.all();
        while let Some(page) = pages.next().await? {
            for enrollment in &page {
                report.enrollments += 1;
                for row in rows(enrollment).filter(|row| row.received_at >= since) {
                    write(&row)?;
                    report.rows += 1;
                }
            }
            progress(report);
        }
        Ok(report)
    }
}

fn rows(enrollment: &Enrollment) -> impl Iterator<Item = ConsentRow> {
    enrollment.attempts().map(|attempt| ConsentRow {
        enrollment_id: enrollment.enrollment_id,
        client_id: enrollment.client_id,
        card_contract_id: enrollment.card_contract_id,
        token_requestor_id: enrollment.token_requestor_id.clone(),
        attempt: attempt.number,
        terms_version: attempt.consent.terms_version.clone(),
        accepted_at: attempt.consent.accepted_at,
        authentication: attempt.consent.authentication.clone(),
        received_at: attempt.began_at,
    })
}
