//! Invariants of facts and the status that follows from them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::enrollment::Enrollment;
use serde_json::{Value, json};

use super::ensure;
use crate::simulation::{history::History, rng::Rng};

/// Invariant 2.
pub(super) fn enabled_needs_a_token(history: &History) -> Result<(), String> {
    for write in history.writes.iter().filter(|write| write.sk.starts_with("ENROLLMENT#")) {
        let Some(item) = write.item.as_ref().filter(|item| item["status"] == "ENABLED") else { continue };
        let name = history.name(item["enrollmentId"].as_str().unwrap_or_default());
        let has_fact = has_active_token_fact(item);
        ensure!(has_fact, "{name} became ENABLED at step {} without a fact about a token.", write.step);
        let card = item["cardContractId"].as_str().unwrap_or_default();
        let mut tokens = history.tokens.iter();
        let has_token = tokens.any(|token| token.card.to_string() == card && token.step <= write.step);
        ensure!(has_token, "{name} became ENABLED at step {}, but its card has no token.", write.step);
    }
    for completed in &history.completed {
        let enabled_id = |body: &Value| {
            (body["status"] == "ENABLED").then(|| body["enrollmentId"].as_str().map(str::to_owned)).flatten()
        };
        let body = &completed.response.body;
        let listed = body["enrollments"].as_array().into_iter().flatten().filter_map(enabled_id);
        for id in enabled_id(body).into_iter().chain(listed) {
            let enrollment = history.enrollment_after(completed.step, &id);
            let has_fact = enrollment.is_some_and(|it| has_active_token_fact(&json!(it)));
            ensure!(
                has_fact,
                "#{} shows {} as ENABLED without a fact about a token.",
                completed.actor,
                history.name(&id)
            );
        }
    }
    Ok(())
}

/// Whether a TCN, a TVN or the token list shows an active token.
fn has_active_token_fact(item: &Value) -> bool {
    let facts = item["facts"].as_array().into_iter().flatten().map(|recorded| &recorded["fact"]);
    facts.into_iter().any(|fact| match fact["kind"].as_str() {
        Some("tcn") => true,
        Some("tvn" | "token_list") => fact["token"] == "ACTIVE",
        _ => false,
    })
}

/// Invariant 3.
pub(super) fn order_and_repetition_change_nothing(history: &History) -> Result<(), String> {
    for enrollment in history.enrollments() {
        let timestamps = timestamps_of_interest(&enrollment, history.settled_at);
        let mut rng = Rng::new(u64::try_from(enrollment.facts.len()).unwrap());
        for _ in 0..3 {
            let mut facts = [enrollment.facts.clone(), enrollment.facts.clone()].concat();
            rng.shuffle(&mut facts);
            let mut shuffled = Enrollment { facts: Vec::new(), ..enrollment.clone() };
            for fact in facts {
                shuffled.add_fact(fact);
            }
            let differs = timestamps.iter().find(|at| shuffled.status_at(**at) != enrollment.status_at(**at));
            let name = history.name(&enrollment.enrollment_id.to_string());
            ensure!(differs.is_none(), "{name} has another status with its facts in another order.");
        }
    }
    Ok(())
}

/// Timestamps at which the status is compared: at each fact, between them, and at the end.
fn timestamps_of_interest(enrollment: &Enrollment, end: Timestamp) -> Vec<Timestamp> {
    let facts = enrollment.facts.iter().map(|recorded| recorded.at);
    facts.flat_map(|at| [at, at + SignedDuration::from_mins(8)]).chain([enrollment.created_at, end]).collect()
}

/// Invariant 5.
pub(super) fn notifications_apply_once(history: &History) -> Result<(), String> {
    for enrollment in history.enrollments() {
        let name = history.name(&enrollment.enrollment_id.to_string());
        let keys: BTreeSet<_> = enrollment.facts.iter().map(|recorded| &recorded.key).collect();
        ensure!(keys.len() == enrollment.facts.len(), "{name} has a fact twice.");
    }
    let facts = || history.enrollments().flat_map(|enrollment| enrollment.facts);
    let applied = || facts().filter_map(|recorded| recorded.fact.occurred_at());
    for notification in &history.notifications {
        let facts = applied().filter(|at| *at == notification.occurred_at).count();
        ensure!(facts <= 1, "{} was applied {facts} times.", notification.label);
        let Some(acknowledged) = notification.acknowledged else { continue };
        let at = notification.occurred_at.to_string();
        let is_entry = |item: &Value| item["notification"]["occurredAt"] == at.as_str();
        let mut writes = history.writes.iter().filter(|write| write.step < acknowledged);
        let stored = writes.any(|write| write.item.as_ref().is_some_and(is_entry));
        ensure!(stored, "{} was acknowledged at step {acknowledged} and not stored.", notification.label);
        let entry = history.stored_items("NOTIFICATION").find(|item| is_entry(item));
        let entry =
            entry.ok_or_else(|| format!("{} was acknowledged and is not stored.", notification.label))?;
        let applied = entry["appliedTo"].as_str().is_some() && facts == 1;
        ensure!(applied, "{} was acknowledged and not applied.", notification.label);
    }
    Ok(())
}
