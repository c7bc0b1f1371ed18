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
        let fields = [
            ("enrollmentId", s("")),
            ("tokenId", s(&change.token.to_string())),
            ("newTokenId", s(&change.new_token.map_or_else(String::new, |token| token.to_string()))),
            ("client", s(&change.client.to_string())),
            ("action", s(change.action())),
            ("attempt", n(0)),
            ("status", s(change.status())),
            ("reason", s("")),
            ("at", s(&change.at.to_string())),
        ];
        Some(line(actor, fields))
    }
}

/// The line of a change of an enrollment.
pub(super) fn change_line(actor: &Actor, change: &AuditedChange) -> AttributeValue {
    let AuditedChange { enrollment_id, client, action, attempt, status, reason, at } = change;
    let change = [
        ("enrollmentId", s(&enrollment_id.to_string())),
        ("tokenId", s("")),
        ("newTokenId", s("")),
        ("client", s(&client.to_string())),
        ("action", s(action)),
        ("attempt", n((*attempt).into())),
        ("status", s(status.as_str())),
        ("reason", s(reason.as_ref().map_or("", StatusReason::as_str))),
        ("at", s(&at.to_string())),
    ];
    line(actor, change)
}

/// A line by an actor. The pipe cannot leave out a field, so absent values are empty strings.
pub(super) fn line<const N: usize>(actor: &Actor, change: [(&str, AttributeValue); N]) -> AttributeValue {
    let Actor { kind, subject, source_ip, forwarded_for, user_agent, correlation_id } = actor;
    let address = |ip: &Option<IpAddr>| s(&ip.map_or_else(String::new, |ip| ip.to_string()));
    let who = [
        ("actor", s(kind.as_str())),
        ("subject", s(&subject.map_or_else(String::new, |subject| subject.to_string()))),
        ("sourceIp", address(source_ip)),
        ("forwardedFor", address(forwarded_for)),
        ("userAgent", s(user_agent)),
        ("correlationId", s(correlation_id)),
    ];
    let fields = change.into_iter().chain(who).map(|(name, value)| (name.to_owned(), value));
    AttributeValue::M(fields.collect::<Item>())
}
