//! Lines of the lists: enrollments, and notifications that match no enrollment.

use jiff::Timestamp;
use mastercard::token_requestor::TokenRequestorId;
use model::{catalog::Snapshot, enrollment::Enrollment};
use simulator::Language;

use crate::{
    language::Texts as _,
    support::{
        format::{clock_time, serialized},
        search::Unmatched,
    },
};

pub(super) struct EnrollmentLine {
    pub(super) id: String,
    pub(super) card: String,
    pub(super) requestor: String,
    pub(super) status: String,
    pub(super) created: String,
    pub(super) client: String,
}

pub(super) struct NotificationLine {
    pub(super) kind: String,
    pub(super) card: String,
    pub(super) requestor: String,
    pub(super) occurred: String,
    pub(super) received: String,
    pub(super) tries: usize,
    pub(super) why: &'static str,
}

impl EnrollmentLine {
    pub(super) fn new(enrollment: &Enrollment, snapshot: &Snapshot, now: Timestamp) -> Self {
        Self {
            id: enrollment.enrollment_id.to_string(),
            card: enrollment.card_contract_id.to_string(),
            requestor: requestor_name(&enrollment.token_requestor_id, snapshot),
            status: serialized(&enrollment.status_at(now).status),
            created: enrollment.created_at.strftime("%Y-%m-%d, %H:%M:%S UTC").to_string(),
            client: enrollment.client_id.to_string(),
        }
    }
}

impl NotificationLine {
    pub(super) fn new(unmatched: &Unmatched, snapshot: &Snapshot, language: Language) -> Self {
        let not_given = || language.text("not given").to_owned();
        let entry = &unmatched.entry;
        let notification = &entry.notification;
        let requestor = notification.token_requestor_id.as_ref();
        Self {
            kind: notification.kind.as_str().into(),
            card: notification.card_contract_id.map_or_else(not_given, |card| card.to_string()),
            requestor: requestor.map_or_else(not_given, |id| requestor_name(id, snapshot)),
            occurred: clock_time(notification.occurred_at),
            received: clock_time(entry.received_at),
            tries: entry.unmatched,
            why: language.text(why(unmatched)),
        }
    }
}

/// Why a notification matches no enrollment: the first of its fields that none has.
fn why(Unmatched { entry, of_card }: &Unmatched) -> &'static str {
    let notification = &entry.notification;
    let of_client = |it: &&Enrollment| notification.client_id.is_none_or(|client| client == it.client_id);
    let at_requestor = |it: &&Enrollment| {
        notification.token_requestor_id.as_ref().is_none_or(|id| *id == it.token_requestor_id)
    };
    if notification.card_contract_id.is_none() {
        "It names no card contract."
    } else if of_card.is_empty() {
        "No card with this contract was pushed by this server: the card may have been added elsewhere."
    } else if !of_card.iter().any(|it| of_client(&it)) {
        "The card was pushed for another client."
    } else if !of_card.iter().filter(of_client).any(|it| at_requestor(&it)) {
        "The card was pushed, but to another token requestor."
    } else {
        "It occurred before the card was requested: it may belong to an earlier token."
    }
}

/// The token requestor's name in the catalog, or else its id.
pub(super) fn requestor_name(id: &TokenRequestorId, snapshot: &Snapshot) -> String {
    let entry = snapshot.entries.get(id);
    entry.map_or_else(|| id.to_string(), |entry| entry.requestor.consumer_facing_entity_name.clone())
}
