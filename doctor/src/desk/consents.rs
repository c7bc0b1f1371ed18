//! What cardholders agreed to, for auditors: one row for each attempt of each enrollment.

use jiff::Timestamp;
use mastercard::{
    card::{CardContractId, ClientId},
    token_requestor::TokenRequestorId,
};
use model::enrollment::{Enrollment, EnrollmentId};
use runtime::store::StoreError;
use serde::Serialize;

use super::Desk;

/// One consent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRow {
    enrollment_id: EnrollmentId,
    client_id: ClientId,
    card_contract_id: CardContractId,
    token_requestor_id: TokenRequestorId,
    /// Counted from 1.
    attempt: u32,
    terms_version: String,
    /// By the app.
    accepted_at: Timestamp,
    /// When this server was asked to push the card.
    received_at: Timestamp,
}

/// How much was looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Enrollments seen so far.
    pub enrollments: usize,
    /// Rows written so far.
    pub rows: usize,
}

impl Desk {
    /// Hands on every consent since a moment, in no order; `progress` hears of every page of the table.
    ///
    /// # Errors
    /// When the store cannot be read, or `write` fails.
    pub async fn consents<E: From<StoreError>>(
        &self,
        since: Timestamp,
        mut write: impl FnMut(&ConsentRow) -> Result<(), E>,
        mut progress: impl FnMut(Exported),
    ) -> Result<Exported, E> {
        let mut exported = Exported::default();
        let mut pages = self.enrollments.all();
        while let Some(page) = pages.next().await? {
            for enrollment in &page {
                exported.enrollments += 1;
                for row in rows(enrollment).filter(|row| row.received_at >= since) {
                    write(&row)?;
                    exported.rows += 1;
                }
            }
            progress(exported);
        }
        Ok(exported)
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
        received_at: attempt.began_at,
    })
}
