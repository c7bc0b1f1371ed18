//! Invariants of facts and the status that follows from them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::enrollment::{CardholderDecision, Enrollment, Fact, RecordedFact, TokenState};
use serde_json::Value;

use super::ensure;
use crate::simulation::{history::History, rng::Rng};

/// Invariant 2.
pub(super) fn enabled_needs_a_token(history: &History) -> Result<(), String> {
    for write in history.writes.iter().filter(|write| write.sk.starts_with("ENROLLMENT#")) {
        let Some(item) = write.item.as_ref().filter(|item| item["status"] == "ENABLED") else { continue };
        let name = history.name(item["enrollmentId"].as_str().unwrap_or_default());
        let enrollment: Enrollment = serde_json::from_value(item.clone()).unwrap();
        ensure_enabled(&enrollment)
            .map_err(|reason| format!("{name} became ENABLED at step {} without {reason}.", write.step))?;
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
            let shown =
                enrollment.ok_or("an enrollment that is not stored").and_then(|it| ensure_enabled(&it));
            shown.map_err(|reason| {
                let name = history.name(&id);
                format!("#{} shows {name} as ENABLED without {reason}.", completed.actor)
            })?;
        }
    }
    Ok(())
}

/// Whether a TCN, a TVN or the token list shows an active token, and the cardholder accepted it, or the token list showed it
/// after the receipts of an attempt expired. The error is what is missing.
fn ensure_enabled(enrollment: &Enrollment) -> Result<(), &'static str> {
    let any = |has: &dyn Fn(&RecordedFact) -> bool| enrollment.facts.iter().any(has);
    let has_token = any(&|recorded| match &recorded.fact {
        Fact::Tcn { .. } => true,
        Fact::Tvn { token, .. } | Fact::TokenList { token: Some(token) } => *token == TokenState::Active,
        _ => false,
    });
    let is_accepted = any(&|recorded| match &recorded.fact {
        Fact::Callback { result } => {
            recorded.attempt == enrollment.attempt().number
                && result.decision() == Some(CardholderDecision::Completed)
        }
        _ => false,
    });
    // Receipts are valid for 15 minutes at most; of a push whose response was lost their end is not known.
    let ended_by = |at: Timestamp| {
        any(&|recorded| matches!(recorded.fact, Fact::Pushed { expires_at, .. } if expires_at <= at))
            || at >= enrollment.created_at + SignedDuration::from_mins(15)
    };
    let is_listed_after_end = any(&|recorded| {
        recorded.fact == Fact::TokenList { token: Some(TokenState::Active) } && ended_by(recorded.at)
    });
    match (has_token, is_accepted || is_listed_after_end) {
        (true, true) => Ok(()),
        (false, _) => Err("a fact about a token"),
        (true, false) => Err("an accepting cardholder or a token list after the receipts' end"),
    }
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
    for notification in &history.notifications {
        let facts = facts().filter(|recorded| notification.is_source_of(recorded)).count();
        ensure!(facts <= 1, "{} was applied {facts} times.", notification.label);
        let Some(acknowledged) = notification.acknowledged else { continue };
        let is_entry = |item: &Value| item["notification"]["id"] == notification.id.as_str();
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
