//! Lines of the lists: enrollments, and notifications that match no enrollment.

use jiff::Timestamp;
use mastercard::token_requestor::TokenRequestorId;
use model::{catalog::Snapshot, enrollment::Enrollment};
use runtime::store::enrollments::InboxEntry;

use crate::support::format::{clock_time, serialized};

pub(super) struct EnrollmentLine {
    pub(super) id: String,
    pub(super) card: String,
    pub(super) requestor: String,
    pub(super) status: String,
    pub(super) created: String,
}

pub(super) struct NotificationLine {
    pub(super) kind: String,
    pub(super) card: String,
    pub(super) requestor: String,
    pub(super) occurred: String,
    pub(super) received: String,
    pub(super) tries: usize,
}

impl EnrollmentLine {
    pub(super) fn new(enrollment: &Enrollment, snapshot: &Snapshot, now: Timestamp) -> Self {
        Self {
            id: enrollment.enrollment_id.to_string(),
            card: enrollment.card_contract_id.to_string(),
            requestor: requestor_name(&enrollment.token_requestor_id, snapshot),
            status: serialized(&enrollment.status_at(now).status),
            created: enrollment.created_at.strftime("%-d %B %Y, %H:%M:%S UTC").to_string(),
        }
    }
}

impl NotificationLine {
    pub(super) fn new(entry: &InboxEntry, snapshot: &Snapshot) -> Self {
        let notification = &entry.notification;
        let requestor = notification.token_requestor_id.as_ref();
        Self {
            kind: notification.kind.as_str().into(),
            card: notification.card_contract_id.map_or("not given".into(), |card| card.to_string()),
            requestor: requestor.map_or("not given".into(), |id| requestor_name(id, snapshot)),
            occurred: clock_time(notification.occurred_at),
            received: clock_time(entry.received_at),
            tries: entry.unmatched,
        }
    }
}

/// The token requestor's name in the catalog, or else its id.
pub(super) fn requestor_name(id: &TokenRequestorId, snapshot: &Snapshot) -> String {
    let entry = snapshot.entries.get(id);
    entry.map_or_else(|| id.to_string(), |entry| entry.requestor.consumer_facing_entity_name.clone())
}
