//! The attribute `audit` of a write: one line of the audit trail, which the template's pipe carries from the table's stream to a
//! bucket. The next write of the item replaces it, so that it costs nothing but the bytes of that write.
//!
//! An item with it may be larger than the write unit it had room in: at most one unit more for a write.

use std::{net::IpAddr, sync::Arc};

use aws_sdk_dynamodb::types::AttributeValue;
use model::{
    audit::{Actor, AuditedChange, AuditedTokenChange},
    enrollment::StatusReason,
};

use super::{
    super::table::{Item, n, s},
    Enrollments,
};

/// The attribute that a line of the trail is in.
pub(super) const AUDIT: &str = "audit";

/// Whether writes are audited, and who makes them.
#[derive(Clone, Debug, Default)]
pub(super) enum AuditTrail {
    /// Nothing is audited.
    #[default]
    Off,
    /// Writes are audited by this actor.
    On(Option<Arc<Actor>>),
}

impl Enrollments {
    /// The same table, for the changes of one actor. Without `AUDIT_TRAIL` the actor is not kept.
    pub fn for_actor(&self, actor: impl FnOnce() -> Actor) -> Self {
        let audit = match self.audit {
            AuditTrail::Off => AuditTrail::Off,
            AuditTrail::On(_) => AuditTrail::On(Some(Arc::new(actor()))),
        };
        Self { audit, ..self.clone() }
    }

    /// The attribute for a change of an enrollment. `None` if writes are not audited.
    pub(super) fn audit_attribute(&self, change: &AuditedChange) -> Option<AttributeValue> {
        let AuditTrail::On(Some(actor)) = &self.audit else { return None };
        Some(change_line(actor, change))
    }

    /// The attribute for a write of a change of a token. `None` if writes are not audited.
    pub(super) fn token_change_attribute(&self, change: &AuditedTokenChange) -> Option<AttributeValue> {
        let AuditTrail::On(Some(actor)) = &self.audit else { return None };
        let line = AuditLine {
            token_id: change.token.to_string(),
            new_token_id: change.new_token.map(|token| token.to_string()).unwrap_or_default(),
            client: change.client.to_string(),
            action: change.action(),
            status: change.status(),
            at: change.at.to_string(),
            ..AuditLine::default()
        };
        Some(line.by(actor))
    }
}

/// The line of a change of an enrollment.
pub(super) fn change_line(actor: &Actor, change: &AuditedChange) -> AttributeValue {
    let AuditedChange { enrollment_id, client, action, attempt, status, reason, at } = change;
    let line = AuditLine {
        enrollment_id: enrollment_id.to_string(),
        client: client.to_string(),
        action,
        attempt: *attempt,
        status: status.as_str(),
        reason: reason.as_ref().map_or("", StatusReason::as_str),
        at: at.to_string(),
        ..AuditLine::default()
    };
    line.by(actor)
}

/// What happened. The pipe cannot leave out a field, so absent values are empty strings.
#[derive(Default)]
pub(super) struct AuditLine<'a> {
    pub(super) enrollment_id: String,
    pub(super) token_id: String,
    pub(super) new_token_id: String,
    pub(super) client: String,
    pub(super) action: &'a str,
    pub(super) attempt: u32,
    pub(super) status: &'a str,
    pub(super) reason: &'a str,
    pub(super) at: String,
}

impl AuditLine<'_> {
    /// The attribute, with who did it.
    pub(super) fn by(self, actor: &Actor) -> AttributeValue {
        let Actor { kind, subject, source_ip, forwarded_for, user_agent, correlation_id } = actor;
        let address = |ip: &Option<IpAddr>| s(&ip.map_or_else(String::new, |ip| ip.to_string()));
        let fields = [
            ("enrollmentId", s(&self.enrollment_id)),
            ("tokenId", s(&self.token_id)),
            ("newTokenId", s(&self.new_token_id)),
            ("client", s(&self.client)),
            ("action", s(self.action)),
            ("attempt", n(self.attempt.into())),
            ("status", s(self.status)),
            ("reason", s(self.reason)),
            ("at", s(&self.at)),
            ("actor", s(kind.as_str())),
            ("subject", s(&subject.map_or_else(String::new, |subject| subject.to_string()))),
            ("sourceIp", address(source_ip)),
            ("forwardedFor", address(forwarded_for)),
            ("userAgent", s(user_agent)),
            ("correlationId", s(correlation_id)),
        ];
        AttributeValue::M(fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect::<Item>())
    }
}
