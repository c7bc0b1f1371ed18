//! The audit trail: who changed which enrollment, from where. Its lines hold no client id; a client is found by its pseudonym.

mod source;

use std::fmt;

use jiff::Timestamp;
use mastercard::card::ClientId;
use model::{audit::client_pseudonym, enrollment::EnrollmentId};
use serde::{Deserialize, Serialize};

pub use source::{AuditError, AuditTrail};

/// A line of the trail, as `docs/events/audit-line.schema.json` describes it. An absent value is an empty text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditLine {
    /// When it was written.
    pub at: Timestamp,
    /// The deployment.
    pub tenant: String,
    /// Who: `app`, `browser`, `processing`, `reconciliation`, `operator`.
    pub actor: String,
    /// Pseudonym of the client.
    pub client: String,
    /// Hash of the access token's subject.
    pub subject: String,
    /// What.
    pub action: String,
    /// The enrollment; empty for an erasure and for a change of a token.
    pub enrollment_id: String,
    /// The token of a change; empty otherwise. Lines of early versions have none.
    #[serde(default)]
    pub token_id: String,
    /// Its id at the card that it is moved to; empty otherwise. Lines of early versions have none.
    #[serde(default)]
    pub new_token_id: String,
    /// The attempt.
    pub attempt: String,
    /// The status afterwards.
    pub status: String,
    /// Why, where the status alone does not explain it.
    pub reason: String,
    /// The address that connected.
    pub source_ip: String,
    /// The address before it in `X-Forwarded-For`.
    pub forwarded_for: String,
    /// The begin of `User-Agent`.
    pub user_agent: String,
    /// Leads to log lines.
    pub correlation_id: String,
}

/// Which lines are wanted; by default all.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Of this client.
    pub client_id: Option<ClientId>,
    /// Of this enrollment.
    pub enrollment_id: Option<EnrollmentId>,
    /// At or after this time.
    pub since: Option<Timestamp>,
}

impl AuditQuery {
    /// Whether a line is wanted.
    pub fn matches(&self, line: &AuditLine) -> bool {
        let is_client = |client| line.client == client_pseudonym(client).to_string();
        self.client_id.is_none_or(is_client)
            && self.enrollment_id.is_none_or(|id| line.enrollment_id == id.to_string())
            && self.since.is_none_or(|since| line.at >= since)
    }
}

impl fmt::Display for AuditLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, actor, client, action, status, reason, source_ip, correlation_id, .. } = self;
        let shown = |text: &'_ str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        let subject = if self.token_id.is_empty() { &self.enrollment_id } else { &self.token_id };
        let (id, reason, ip) = (shown(subject), shown(reason), shown(source_ip));
        write!(
            f,
            "{at:.3}  {actor:<14}  {client}  {id:<36}  {action:<20}  {status:<11}  {reason:<20}  {ip:<15}  {}  {}",
            shown(&self.forwarded_for),
            shown(correlation_id)
        )?;
        if self.new_token_id.is_empty() { Ok(()) } else { write!(f, "  now token {}", self.new_token_id) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_found_by_client_enrollment_and_time() {
        let id = "0197f5cf-0000-7000-8000-000000000001";
        let line = json!({
            "at": "2026-01-05T10:30:00Z", "tenant": "default", "actor": "app", "subject": "", "action": "requested",
            "client": "4948963369b682612d22b081bdc92c13", "enrollmentId": id, "attempt": "1", "status": "PENDING",
            "reason": "", "sourceIp": "203.0.113.9", "forwardedFor": "", "userAgent": "x", "correlationId": "c-1",
            "addedLater": "is ignored",
        });
        let line: AuditLine = serde_json::from_value(line).unwrap();
        let query = AuditQuery::default();
        assert!(query.matches(&line));
        for (client, found) in [(40000, true), (40001, false)] {
            let client_id = Some(ClientId::from(client));
            assert_eq!(AuditQuery { client_id, ..query.clone() }.matches(&line), found);
        }
        for (enrollment_id, found) in [(id, true), ("0197f5cf-0000-7000-8000-000000000002", false)] {
            let enrollment_id = enrollment_id.parse().ok();
            assert_eq!(AuditQuery { enrollment_id, ..query.clone() }.matches(&line), found);
        }
        for (since, found) in [("2026-01-05T10:30:00Z", true), ("2026-01-05T10:30:01Z", false)] {
            let since = since.parse().ok();
            assert_eq!(AuditQuery { since, ..query.clone() }.matches(&line), found);
        }
    }
}
