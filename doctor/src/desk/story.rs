//! One enrollment from new_attempt to end: each fact, when it was learned, which calls told it, and what never came.

use std::fmt;

use jiff::Timestamp;
use mastercard::{
    call::Call,
    card::{CardContractId, ClientId},
    token_requestor::TokenRequestorId,
};
use model::enrollment::{Attempt, Enrollment, EnrollmentId, Fact, Status, StatusReason};
use runtime::store::StoreError;
use serde::Serialize;

use super::Desk;

/// What support reads; fit for a ticket.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Story {
    enrollment_id: EnrollmentId,
    client_id: ClientId,
    card_contract_id: CardContractId,
    token_requestor_id: TokenRequestorId,
    status: Status,
    reason: Option<StatusReason>,
    /// When the token list is read next; nothing more will be found out without it.
    next_check: Option<Timestamp>,
    steps: Vec<Step>,
    /// What the latest attempt should have brought and did not (yet).
    missing: Vec<&'static str>,
}

/// One line of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    at: Timestamp,
    attempt: u32,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// By Mastercard's clock, for what they told.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<Call>,
}

impl Desk {
    /// The story of an enrollment, by its id alone; `None` if there is no such enrollment.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn story(&self, id: EnrollmentId) -> Result<Option<Story>, StoreError> {
        let enrollment = self.enrollments.find(id).await?;
        Ok(enrollment.map(|enrollment| Story::of(&enrollment, self.clock.now())))
    }
}

impl Story {
    /// As of now.
    #[must_use]
    pub fn of(enrollment: &Enrollment, now: Timestamp) -> Self {
        let report = enrollment.status_at(now);
        let first = enrollment.attempts().next();
        let asked = first.iter().map(|attempt| Step {
            at: attempt.began_at,
            attempt: attempt.number,
            event: "requested",
            detail: Some(terms(attempt)),
            occurred_at: None,
            calls: Vec::new(),
        });
        let known = enrollment.facts.iter().map(|known| {
            let told = enrollment.attempts().find(|attempt| attempt.number == known.attempt);
            let (event, detail) = known.fact.timeline_entry();
            Step {
                at: known.at,
                attempt: known.attempt,
                event,
                detail: match &known.fact {
                    Fact::Restarted { .. } => told.map(|attempt| terms(&attempt)),
                    Fact::Pushed { expires_at, .. } => Some(format!("receipts until {expires_at:.0}")),
                    _ => detail,
                },
                occurred_at: occurred_at(&known.fact),
                calls: known.calls.clone(),
            }
        });
        let mut steps: Vec<_> = asked.chain(known).collect();
        steps.sort_by_key(|step| step.at);
        Self {
            enrollment_id: enrollment.enrollment_id,
            client_id: enrollment.client_id,
            card_contract_id: enrollment.card_contract_id,
            token_requestor_id: enrollment.token_requestor_id.clone(),
            status: report.status,
            reason: report.reason,
            next_check: report.next_check,
            missing: missing(enrollment),
            steps,
        }
    }
}

fn terms(attempt: &Attempt<'_>) -> String {
    let consent = attempt.consent;
    let platform = attempt.platform.as_str();
    format!(
        "{platform}, back to {}, terms {} accepted {:.0}",
        attempt.callback, consent.terms_version, consent.accepted_at
    )
}

fn occurred_at(fact: &Fact) -> Option<Timestamp> {
    match fact {
        Fact::Tar { occurred_at, .. } => *occurred_at,
        Fact::Tcn { occurred_at, .. } | Fact::Tvn { occurred_at, .. } => Some(*occurred_at),
        _ => None,
    }
}

fn missing(enrollment: &Enrollment) -> Vec<&'static str> {
    let number = enrollment.attempt().number;
    let any = |is: fn(&Fact) -> bool| enrollment.facts.iter().any(|known| is(&known.fact));
    let current = |is: fn(&Fact) -> bool| {
        enrollment.facts.iter().any(|known| known.attempt == number && is(&known.fact))
    };
    if !current(|fact| matches!(fact, Fact::Pushed { .. })) {
        return vec!["the answer to the push"];
    }
    let wanted = [
        ("TAR", any(|fact| matches!(fact, Fact::Tar { .. }))),
        ("TCN", any(|fact| matches!(fact, Fact::Tcn { .. }))),
        ("the cardholder's return", current(|fact| matches!(fact, Fact::Callback { .. }))),
    ];
    wanted.into_iter().filter_map(|(name, came)| (!came).then_some(name)).collect()
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { enrollment_id, client_id, card_contract_id, token_requestor_id, .. } = self;
        let status = self.status.as_str();
        let reason = self.reason.as_ref().map(|reason| format!(" ({})", reason.as_str())).unwrap_or_default();
        writeln!(f, "Enrollment {enrollment_id}: {status}{reason}")?;
        writeln!(
            f,
            "Card contract {card_contract_id} of client {client_id} at token requestor {token_requestor_id}\n"
        )?;
        let began = self.steps.first().map(|step| step.at);
        for step in &self.steps {
            let since = began.map_or(0.0, |began| step.at.duration_since(began).as_secs_f64());
            let detail = step.detail.as_deref().unwrap_or_default();
            let line = format!("{:.3}  {since:>+10.1} s  {:<22}  {detail}", step.at, step.event);
            writeln!(f, "{}", line.trim_end())?;
            if let Some(occurred_at) = step.occurred_at {
                writeln!(f, "{:>38}  at {occurred_at:.3} by Mastercard's clock", "")?;
            }
            for Call { operation, milliseconds, status, correlation_id } in &step.calls {
                let status = status.map_or("no answer".into(), |status| status.to_string());
                writeln!(
                    f,
                    "{:>38}  {operation}: {status}, {milliseconds} ms, correlation id {correlation_id}",
                    ""
                )?;
            }
        }
        if !self.missing.is_empty() {
            writeln!(f, "\nNever came: {}", self.missing.join(", "))?;
        }
        match self.next_check {
            Some(next) => write!(f, "\nThe token list is read next at {next:.0}."),
            None => write!(f, "\nFinal: nothing more will be found out by asking."),
        }
    }
}
