//! Facts, and what they add up to.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::enrollment::Enrollment;
use serde_json::{Value, json};

use super::ensure;
use crate::simulation::{dice::Dice, evidence::Evidence};

/// Invariant 2.
pub(super) fn enabled_has_a_witness(evidence: &Evidence) -> Result<(), String> {
    for write in evidence.writes.iter().filter(|write| write.sk.starts_with("ENROLLMENT#")) {
        let Some(item) = write.item.as_ref().filter(|item| item["status"] == "ENABLED") else { continue };
        let name = evidence.name(item["enrollmentId"].as_str().unwrap_or_default());
        ensure!(names_a_token(item), "{name} became ENABLED at step {} on nobody's word.", write.step);
        let card = item["cardContractId"].as_str().unwrap_or_default();
        let mut tokens = evidence.tokens.iter();
        let made = tokens.any(|token| token.card.to_string() == card && token.step <= write.step);
        ensure!(made, "{name} became ENABLED at step {}, but no token was made for its card.", write.step);
    }
    for said in &evidence.said {
        let told = |body: &Value| {
            (body["status"] == "ENABLED").then(|| body["enrollmentId"].as_str().map(str::to_owned)).flatten()
        };
        let listed = said.answer.body["enrollments"].as_array().into_iter().flatten().filter_map(told);
        for id in told(&said.answer.body).into_iter().chain(listed) {
            let enrollment = evidence.enrollment_after(said.step, &id);
            let witness = enrollment.is_some_and(|it| names_a_token(&json!(it)));
            ensure!(
                witness,
                "#{} was told that {} is ENABLED, on nobody's word.",
                said.actor,
                evidence.name(&id)
            );
        }
    }
    Ok(())
}

/// Whether a TCN, a TVN or the token list says that there is a token that pays.
fn names_a_token(item: &Value) -> bool {
    let facts = item["facts"].as_array().into_iter().flatten().map(|recorded| &recorded["fact"]);
    facts.into_iter().any(|fact| match fact["kind"].as_str() {
        Some("tcn") => true,
        Some("tvn" | "token_list") => fact["token"] == "ACTIVE",
        _ => false,
    })
}

/// Invariant 3.
pub(super) fn order_and_repetition_change_nothing(evidence: &Evidence) -> Result<(), String> {
    for enrollment in evidence.enrollments() {
        let moments = moments(&enrollment, evidence.settled_at);
        let mut dice = Dice::new(u64::try_from(enrollment.facts.len()).unwrap());
        for _ in 0..3 {
            let mut facts = [enrollment.facts.clone(), enrollment.facts.clone()].concat();
            dice.shuffle(&mut facts);
            let mut again = Enrollment { facts: Vec::new(), ..enrollment.clone() };
            for fact in facts {
                again.add_fact(fact);
            }
            let differs = moments.iter().find(|at| again.status_at(**at) != enrollment.status_at(**at));
            let name = evidence.name(&enrollment.enrollment_id.to_string());
            ensure!(differs.is_none(), "{name} would be something else had it learned in another order.");
        }
    }
    Ok(())
}

/// When it is looked at: at each fact, between them, and in the end.
fn moments(enrollment: &Enrollment, end: Timestamp) -> Vec<Timestamp> {
    let facts = enrollment.facts.iter().map(|recorded| recorded.at);
    facts.flat_map(|at| [at, at + SignedDuration::from_mins(8)]).chain([enrollment.created_at, end]).collect()
}

/// Invariant 5.
pub(super) fn notifications_count_once(evidence: &Evidence) -> Result<(), String> {
    for enrollment in evidence.enrollments() {
        let name = evidence.name(&enrollment.enrollment_id.to_string());
        let keys: BTreeSet<_> = enrollment.facts.iter().map(|recorded| &recorded.key).collect();
        ensure!(keys.len() == enrollment.facts.len(), "{name} knows a fact twice.");
    }
    let told = || {
        evidence
            .enrollments()
            .flat_map(|enrollment| enrollment.facts)
            .filter_map(|recorded| recorded.fact.occurred_at())
    };
    for letter in &evidence.letters {
        let facts = told().filter(|at| *at == letter.occurred_at).count();
        ensure!(facts <= 1, "{} was applied {facts} times.", letter.told);
        let Some(acknowledged) = letter.acknowledged else { continue };
        let moment = letter.occurred_at.to_string();
        let is_it = |item: &Value| item["notification"]["occurredAt"] == moment.as_str();
        let mut writes = evidence.writes.iter().filter(|write| write.step < acknowledged);
        let stored = writes.any(|write| write.item.as_ref().is_some_and(is_it));
        ensure!(stored, "{} was acknowledged at step {acknowledged} and not stored.", letter.told);
        let kept = evidence.stored_as("NOTIFICATION").find(|item| is_it(item));
        let kept = kept.ok_or_else(|| format!("{} was acknowledged and is not kept.", letter.told))?;
        let applied = kept["appliedTo"].as_str().is_some() && facts == 1;
        ensure!(applied, "{} was acknowledged and not applied.", letter.told);
    }
    Ok(())
}
