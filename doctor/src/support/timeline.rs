//! The timeline of one enrollment: each fact, when it was recorded, the calls that it came from, and what is missing.

use std::fmt;

use jiff::Timestamp;
use mastercard::{
    call::Call,
    card::{CardContractId, ClientId},
    token_requestor::TokenRequestorId,
};
use model::enrollment::{
    Attempt, Authentication, Enrollment, EnrollmentId, Fact, Status, StatusReason, TokenState,
};
use runtime::store::StoreError;
use serde::Serialize;

use super::Support;

/// An enrollment for support; contains no secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    enrollment_id: EnrollmentId,
    client_id: ClientId,
    card_contract_id: CardContractId,
    token_requestor_id: TokenRequestorId,
    status: Status,
    reason: Option<StatusReason>,
    /// When the token list is read next; `None` if the status is final.
    next_check: Option<Timestamp>,
    steps: Vec<Step>,
    /// Facts of the latest attempt that are not recorded (yet).
    missing: Vec<&'static str>,
}

/// One line of the timeline.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    at: Timestamp,
    attempt: u32,
    event: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Who requested the change of a token, if a TVN states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<String>,
    /// When it happened, by Mastercard's clock, for notifications.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<Call>,
}

impl Support {
    /// The timeline of an enrollment; `None` if the enrollment does not exist.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn timeline(&self, id: EnrollmentId) -> Result<Option<Timeline>, StoreError> {
        let enrollment = self.enrollments.find(id).await?;
        Ok(enrollment.map(|stored| Timeline::new(stored.enrollment(), self.clock.now())))
    }
}

impl Timeline {
    /// The timeline as of `now`.
    #[must_use]
    pub fn new(enrollment: &Enrollment, now: Timestamp) -> Self {
        let report = enrollment.status_at(now);
        let first = enrollment.attempts().next();
        let requested = first.iter().map(|attempt| Step {
            at: attempt.began_at,
            attempt: attempt.number,
            event: "requested".into(),
            detail: Some(request_detail(attempt)),
            requested_by: None,
            occurred_at: None,
            calls: Vec::new(),
        });
        let recorded = enrollment.facts.iter().map(|recorded| {
            let attempt = enrollment.attempts().find(|attempt| attempt.number == recorded.attempt);
            let (event, detail) = recorded.fact.timeline_entry();
            Step {
                at: recorded.at,
                attempt: recorded.attempt,
                event: event.to_owned(),
                detail: match &recorded.fact {
                    Fact::Restarted { .. } => attempt.map(|attempt| request_detail(&attempt)),
                    Fact::Pushed { expires_at, .. } => Some(format!("receipts valid until {expires_at:.0}")),
                    // The app gets `other` for a word that this version does not know.
                    Fact::Tvn { token: TokenState::Other(word), .. }
                    | Fact::TokenList { token: Some(TokenState::Other(word)) } => {
                        Some(format!("unknown state {word}"))
                    }
                    _ => detail,
                },
                requested_by: match &recorded.fact {
                    Fact::Tvn { requested_by, .. } => requested_by.clone(),
                    _ => None,
                },
                occurred_at: recorded.fact.occurred_at(),
                calls: recorded.calls.clone(),
            }
        });
        let mut steps: Vec<_> = requested.chain(recorded).collect();
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

fn request_detail(attempt: &Attempt<'_>) -> String {
    let consent = attempt.consent;
    let platform = attempt.platform.as_str();
    let mut detail = format!(
        "{platform}, callback {}, terms {} accepted {:.0}",
        attempt.callback, consent.terms_version, consent.accepted_at
    );
    let Some(Authentication { acr, amr, authenticated_at, token_id_hash: _ }) =
        consent.authentication.as_deref()
    else {
        return detail;
    };
    if let Some(acr) = acr {
        detail.push_str(&format!(", acr {acr}"));
    }
    if !amr.is_empty() {
        detail.push_str(&format!(", amr {}", amr.join(" ")));
    }
    if let Some(at) = authenticated_at {
        detail.push_str(&format!(", authenticated {at}"));
    }
    detail
}

fn missing(enrollment: &Enrollment) -> Vec<&'static str> {
    let number = enrollment.attempt().number;
    let any = |matches: fn(&Fact) -> bool| enrollment.facts.iter().any(|recorded| matches(&recorded.fact));
    let current = |matches: fn(&Fact) -> bool| {
        enrollment.facts.iter().any(|recorded| recorded.attempt == number && matches(&recorded.fact))
    };
    if !current(|fact| matches!(fact, Fact::Pushed { .. })) {
        return vec!["the response to the push"];
    }
    let expected = [
        ("TAR", any(|fact| matches!(fact, Fact::Tar { .. }))),
        ("TCN", any(|fact| matches!(fact, Fact::Tcn { .. }))),
        ("the cardholder's return", current(|fact| matches!(fact, Fact::Callback { .. }))),
    ];
    expected.into_iter().filter_map(|(name, recorded)| (!recorded).then_some(name)).collect()
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { enrollment_id, client_id, card_contract_id, token_requestor_id, .. } = self;
        let status = self.status.as_str();
        let reason = self.reason.as_ref().map(|reason| format!(" ({})", reason.as_str())).unwrap_or_default();
        writeln!(f, "Enrollment {enrollment_id}: {status}{reason}")?;
        writeln!(
            f,
            "Card contract {card_contract_id} of client {client_id} at token requestor {token_requestor_id}\n"
        )?;
        let started_at = self.steps.first().map(|step| step.at);
        for step in &self.steps {
            let since = started_at.map_or(0.0, |started_at| step.at.duration_since(started_at).as_secs_f64());
            let detail = step.detail.as_deref().unwrap_or_default();
            let line = format!("{:.3}  {since:>+10.1} s  {:<22}  {detail}", step.at, step.event);
            writeln!(f, "{}", line.trim_end())?;
            if let Some(requested_by) = &step.requested_by {
                writeln!(f, "{:>38}  requested by {requested_by}", "")?;
            }
            if let Some(occurred_at) = step.occurred_at {
                writeln!(f, "{:>38}  at {occurred_at:.3} by Mastercard's clock", "")?;
            }
            for Call { operation, milliseconds, status, correlation_id } in &step.calls {
                let status = status.map_or("no response".into(), |status| status.to_string());
                writeln!(
                    f,
                    "{:>38}  {operation}: {status}, {milliseconds} ms, correlation id {correlation_id}",
                    ""
                )?;
            }
        }
        if !self.missing.is_empty() {
            writeln!(f, "\nMissing: {}", self.missing.join(", "))?;
        }
        match self.next_check {
            Some(next) => write!(f, "\nThe token list is read next at {next:.0}."),
            None => write!(f, "\nFinal: the token list is not read again."),
        }
    }
}
