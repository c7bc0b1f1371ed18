//! The audit trail: who changed an enrollment, from where, and what changed. A line of the trail holds pseudonyms, no ids of
//! clients or cards.

use std::net::IpAddr;

use jiff::Timestamp;
use mastercard::card::ClientId;

use crate::{
    card_enrollment::{EnrollmentRecord, ShortHash},
    enrollment::{EnrollmentId, Fact, Status, StatusReason},
    token_changes::{RunEnd, TokenChangeOutcome, TokenOperation},
    token_id::TokenId,
};

/// The most characters of a `User-Agent` and of a correlation id that are kept.
const MAX_TEXT: usize = 64;

/// Who makes a change, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub kind: ActorKind,
    /// Hash of the access token's `sub`.
    pub subject: Option<ShortHash>,
    /// The address that connected to API Gateway: CloudFront's, if it is in front.
    pub source_ip: Option<IpAddr>,
    /// The address before that one in `X-Forwarded-For`. Behind CloudFront it is the caller's; otherwise the caller chose it.
    pub forwarded_for: Option<IpAddr>,
    /// The begin of `User-Agent`, by [`printable`].
    pub user_agent: String,
    /// API Gateway's id of the request, or Lambda's of the invocation: leads to log lines.
    pub correlation_id: String,
}

/// Kinds of actors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// The cardholder's app, with an access token.
    App,
    /// The cardholder's browser, with a callback state.
    Browser,
    /// Mastercard Processing, with a client certificate.
    Processing,
    /// Reconciliation, by its schedule.
    Reconciliation,
    /// An operator of the bank, with `doctor`.
    Operator,
}

/// What one write changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditedChange {
    /// The enrollment.
    pub enrollment_id: EnrollmentId,
    /// Pseudonym of its client.
    pub client: ShortHash,
    /// `requested`, or the kinds of the facts that are new, joined by `+`.
    pub action: String,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The status after the write.
    pub status: Status,
    /// Why, where the status alone does not explain it.
    pub reason: Option<StatusReason>,
    /// When it was written.
    pub at: Timestamp,
}

/// One write of a change of a token: its start or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditedTokenChange {
    /// The token.
    pub token: TokenId,
    /// Its id at the card that it is moved to; only of a relink.
    pub new_token: Option<TokenId>,
    /// Pseudonym of its client.
    pub client: ShortHash,
    /// What is done to it.
    pub operation: TokenOperation,
    /// How it ended; `None` when it starts.
    pub end: Option<RunEnd>,
    /// When it was written.
    pub at: Timestamp,
}

impl AuditedTokenChange {
    /// The code of the operation in a line of the trail.
    pub fn action(&self) -> &'static str {
        match self.operation {
            TokenOperation::Suspend => "token_suspend",
            TokenOperation::Resume => "token_resume",
            TokenOperation::Remove => "token_remove",
            TokenOperation::Relink => "token_relink",
        }
    }

    /// The code of the outcome in a line of the trail.
    pub fn status(&self) -> &'static str {
        match self.end {
            None => "started",
            Some(RunEnd::Ended(TokenChangeOutcome::Changed)) => "changed",
            Some(RunEnd::Ended(TokenChangeOutcome::Unchanged)) => "unchanged",
            Some(RunEnd::Ended(TokenChangeOutcome::StillSuspended)) => "still_suspended",
            Some(RunEnd::Unknown) => "unknown",
            Some(RunEnd::NotChanged) => "not_changed",
        }
    }
}

impl Actor {
    /// An actor without an address of its own.
    pub fn internal(kind: ActorKind, correlation_id: &str) -> Self {
        Self {
            kind,
            subject: None,
            source_ip: None,
            forwarded_for: None,
            user_agent: String::new(),
            correlation_id: printable(correlation_id),
        }
    }
}

impl ActorKind {
    /// The code in a line of the trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Browser => "browser",
            Self::Processing => "processing",
            Self::Reconciliation => "reconciliation",
            Self::Operator => "operator",
        }
    }
}

impl EnrollmentRecord {
    /// What a write of this record changes. `before` is the enrollment as it was read; `None` if it is new. `None` if the
    /// enrollment stays the same.
    pub fn audited_change(&self, before: Option<&Self>, now: Timestamp) -> Option<AuditedChange> {
        let known = before.map(|before| before.enrollment.facts.as_slice());
        let facts = &self.enrollment.facts;
        let mut kinds: Vec<_> =
            facts.iter().filter(|fact| !known.unwrap_or_default().contains(fact)).collect();
        kinds.dedup_by_key(|recorded| recorded.fact.kind().to_owned());
        let kinds: Vec<_> = kinds.into_iter().map(|recorded| action(&recorded.fact)).collect();
        let action = match before {
            None => "requested".to_owned(),
            Some(_) if kinds.is_empty() => return None,
            Some(_) => kinds.join("+"),
        };
        let report = self.enrollment.status_at(now);
        Some(AuditedChange {
            enrollment_id: self.enrollment.enrollment_id,
            client: client_pseudonym(self.enrollment.client_id),
            action,
            attempt: self.enrollment.attempt().number,
            status: report.status,
            reason: report.reason,
            at: now,
        })
    }
}

/// The kind of a fact. That of a later version is a text of a stored item, as any other.
fn action(fact: &Fact) -> String {
    printable(fact.kind())
}

/// The first 16 bytes of the SHA-256 of a client id, as auditors can compute it. Whoever can try all ids finds the client.
pub fn client_pseudonym(client: ClientId) -> ShortHash {
    ShortHash::of(client.to_string().as_bytes())
}

/// At most 64 characters, of which none needs an escape in JSON or looks like markup; others become `?`. The pipe
/// of the trail puts them into a template.
pub fn printable(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " !#$%()*+,-./:;=@[]^_{|}~".contains(c);
    text.chars().take(MAX_TEXT).map(|c| if is_plain(c) { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pseudonym_of_a_client_is_the_beginning_of_its_sha_256() {
        // printf 40000 | sha256sum
        assert_eq!(client_pseudonym(40000.into()).to_string(), "4948963369b682612d22b081bdc92c13");
    }

    #[test]
    fn a_text_of_the_sender_cannot_break_out_of_a_template_of_json() {
        let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)";
        assert_eq!(printable(agent), agent);
        assert_eq!(printable("a\",\"actor\":\"operator\\ <$.x>\n\u{1f600}"), "a?,?actor?:?operator? ?$.x???");
        assert_eq!(printable(&"a".repeat(100)).len(), 64);
    }
}
