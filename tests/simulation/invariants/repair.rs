//! Invariants after all faults have ended.

use model::enrollment::Status;

use super::ensure;
use crate::simulation::{
    history::{CompletedInvocation, History},
    invocation::Function,
};

/// Invariant 8.
pub(super) fn every_crash_is_repaired(history: &History) -> Result<(), String> {
    for enrollment in history.enrollments() {
        let report = enrollment.status_at(history.settled_at);
        let name = history.name(&enrollment.enrollment_id.to_string());
        ensure!(
            report.next_check.is_none(),
            "{name} does not become final, its status is {:?}.",
            report.status
        );
        ensure!(!enrollment.is_live(history.settled_at), "{name} holds its card without end.");
    }
    // The notifications of wallets are only kept, in other shards.
    let due = history.stored.iter().find(|item| item.text("dueShard").starts_with("DUE#"));
    ensure!(due.is_none(), "An item stays due: {}.", due.unwrap().text("sk"));
    for completed in history.completed.iter().filter(|completed| completed.step > history.quiesced_at_step) {
        let blocked = completed.response.body["code"] == "request_in_progress";
        ensure!(!blocked, "#{} must wait for a request that has ended.", completed.actor);
        let failed = completed.response.status == 500;
        ensure!(!failed, "#{} failed without a fault.", completed.actor);
    }
    nobody_mistakes_its_own_request(history)?;
    every_token_is_shown(history)?;
    every_card_can_be_enrolled_again(history)
}

/// A repeated request is known, and whoever started an attempt goes on with it: a write whose response was lost is not taken for
/// another request's.
fn nobody_mistakes_its_own_request(history: &History) -> Result<(), String> {
    let is_enroll = |completed: &&CompletedInvocation| {
        completed.invocation.function == Function::Enroll && !completed.invocation.unauthorized
    };
    for completed in history.completed.iter().filter(is_enroll) {
        let body = &completed.response.body;
        let code = body["code"].as_str().unwrap_or_default();
        ensure!(code != "not_found", "#{} does not find the enrollment of its own request.", completed.actor);
        let mut own = history.guards().filter(|(write, _)| write.sender.actor == completed.actor);
        let is_own = own.any(|(_, item)| body["enrollmentId"] == item.text("enrollmentId"));
        let waits = ["request_in_progress", "enrollment_in_progress"].contains(&code);
        ensure!(!(is_own && waits), "#{} must wait for an attempt that it started itself.", completed.actor);
    }
    Ok(())
}

/// Each active token shows as ENABLED, unless a TVN about its card was lost.
fn every_token_is_shown(history: &History) -> Result<(), String> {
    // A change that reached Mastercard long after its sender crashed is known to nobody.
    let is_late =
        |card: &u64| history.token_changes.iter().any(|change| change.is_orphan && change.card == *card);
    for card in history.active.iter().filter(|card| !is_late(card)) {
        let lost = history.notifications.iter().any(|notification| {
            notification.card == *card
                && notification.body["type"] == "TVN"
                && notification.acknowledged.is_none()
        });
        let client =
            history.principals.iter().find(|principal| principal.cards.contains(card)).unwrap().client;
        let mut enrollments = history.enrollments().filter(|enrollment| {
            (enrollment.card_contract_id.number(), enrollment.client_id.number()) == (*card, client)
        });
        let is_enabled = enrollments.any(|it| it.status_at(history.settled_at).status == Status::Enabled);
        ensure!(is_enabled || lost, "A card with an active token is not shown as ENABLED.");
    }
    Ok(())
}

/// A card can be enrolled again unless it has an active token or is blocked.
fn every_card_can_be_enrolled_again(history: &History) -> Result<(), String> {
    let again = history.completed.iter().filter(|completed| completed.step > history.final_at_step);
    for completed in again.filter(|completed| completed.invocation.function == Function::Enroll) {
        let card = completed.invocation.card.unwrap();
        let expected = match (history.active.contains(&card), history.blocked.contains(&card)) {
            (true, false) => (409, "already_enabled"),
            (false, true) => (422, "card_not_eligible"),
            (false, false) => (201, ""),
            // Token list and card search are concurrent, so either is correct.
            (true, true) => continue,
        };
        let response =
            (completed.response.status, completed.response.body["code"].as_str().unwrap_or_default());
        ensure!(response == expected, "#{} responded {response:?} instead of {expected:?}.", completed.actor);
    }
    Ok(())
}
