//! One push for one wish; and no wish stays open for ever.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value;

use super::ensure;
use crate::simulation::{
    deed::Function,
    evidence::{Evidence, Push, Write},
};

/// How long a key is remembered.
const KEY_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Invariant 1.
pub(super) fn at_most_once(evidence: &Evidence) -> Result<(), String> {
    let (mut attempts, mut keys) = (BTreeMap::new(), BTreeMap::<_, Vec<&Push>>::new());
    for push in &evidence.pushes {
        let (id, attempt) = attempt_of(evidence, push).ok_or("a push without an enrollment")?;
        let name = evidence.name(id);
        if let Some(before) = attempts.insert((id, attempt), push.step) {
            return Err(format!(
                "Attempt {attempt} of {name} was pushed at steps {before} and {}.",
                push.step
            ));
        }
        let issued = keys.entry(key_of(evidence, id, attempt)).or_default();
        let again = issued.iter().find(|before| push.at.duration_since(before.at) < KEY_LIFE);
        if let Some(before) = again.filter(|_| push.issued) {
            return Err(format!("One key pushed at steps {} and {}.", before.step, push.step));
        }
        issued.extend(push.issued.then_some(push));
        no_rival(evidence, push, id)?;
    }
    taken_from_nobody(evidence)
}

/// Whoever pushes holds the card, unless who took it meanwhile has let it go.
fn no_rival(evidence: &Evidence, push: &Push, id: &str) -> Result<(), String> {
    let guard = evidence.guards().find(|guard| holder(guard) == id).ok_or("a push without a guard")?;
    let last = evidence.guards().filter(|it| it.is_of(guard) && it.step <= push.step).last();
    let rival = last.map(holder).filter(|last| *last != id && !push.stray && push.issued);
    match rival.and_then(|rival| evidence.enrollment_after(push.step, rival)) {
        Some(rival) if rival.is_live(push.at) => {
            let (me, rival) = (evidence.name(id), evidence.name(&rival.enrollment_id.to_string()));
            Err(format!("{me} was pushed at step {} while {rival} held its card.", push.step))
        }
        _ => Ok(()),
    }
}

/// Whoever takes a card over takes it from one that has no claim to it at that moment; from then on it has none, whatever
/// it may still learn.
fn taken_from_nobody(evidence: &Evidence) -> Result<(), String> {
    for (place, taken) in evidence.guards().enumerate() {
        let before = evidence.guards().take(place).filter(|it| it.is_of(taken)).last().map(holder);
        let Some(before) = before.filter(|before| *before != holder(taken)) else { continue };
        let lost = evidence.enrollment_after(taken.step - 1, before).ok_or("a guard of nobody")?;
        let taker = evidence.enrollment_after(taken.step, holder(taken)).ok_or("a guard for nobody")?;
        let (before, after) = (evidence.name(before), evidence.name(holder(taken)));
        let held = lost.is_live(taker.attempt().began_at);
        ensure!(!held, "{after} took its card at step {} while {before} held it.", taken.step);
    }
    Ok(())
}

fn holder(guard: &Write) -> &str {
    guard.item.as_ref().and_then(|item| item["enrollmentId"].as_str()).unwrap_or_default()
}

/// Enrollment and attempt, by the callback state that was pushed.
fn attempt_of<'a>(evidence: &'a Evidence, push: &Push) -> Option<(&'a str, u64)> {
    let state = |pk: &str| pk.starts_with("STATE#") && pk.ends_with(&push.state);
    let state = evidence.writes.iter().find(|write| state(&write.pk))?.item.as_ref()?;
    Some((state["enrollmentId"].as_str()?, state["attempt"].as_u64()?))
}

/// Partition and sort key of the idempotency record that began an attempt.
fn key_of<'a>(evidence: &'a Evidence, id: &str, attempt: u64) -> Option<(&'a str, &'a str)> {
    let began = |item: &Value| item["enrollmentId"] == id && item["attempt"] == attempt;
    let records = evidence.writes.iter().filter(|write| write.sk.starts_with("KEY#"));
    let record = records.into_iter().find(|write| write.item.as_ref().is_some_and(began))?;
    Some((&record.pk, &record.sk))
}

/// Invariant 8.
pub(super) fn whatever_crashed_is_repaired(evidence: &Evidence) -> Result<(), String> {
    for enrollment in evidence.enrollments() {
        let report = enrollment.status_at(evidence.settled_at);
        let name = evidence.name(&enrollment.enrollment_id.to_string());
        ensure!(report.next_check.is_none(), "{name} never becomes final, it is {:?}.", report.status);
        ensure!(!enrollment.is_live(evidence.settled_at), "{name} holds its card for ever.");
    }
    let due = evidence.stored.iter().find(|item| item.get("dueAt").is_some());
    ensure!(due.is_none(), "Something stays due for ever: {}.", due.unwrap()["sk"]);
    for said in evidence.said.iter().filter(|said| said.step > evidence.calm_since) {
        let blocked = said.answer.body["code"] == "request_in_progress";
        ensure!(!blocked, "#{} is told to wait for somebody who is no more.", said.actor);
        let failed = said.answer.status == 500;
        ensure!(!failed, "#{} failed though nothing was in its way.", said.actor);
    }
    every_token_is_known(evidence)?;
    every_card_can_be_asked_for_anew(evidence)
}

/// What Mastercard has, the cardholder is told of, unless Mastercard's last word on it was lost.
fn every_token_is_known(evidence: &Evidence) -> Result<(), String> {
    for card in &evidence.active {
        let lost = evidence.letters.iter().any(|letter| {
            letter.card == *card && letter.body["type"] == "TVN" && letter.acknowledged.is_none()
        });
        let client = evidence.people.iter().find(|person| person.cards.contains(card)).unwrap().client;
        let mut its = evidence.enrollments().filter(|enrollment| {
            (enrollment.card_contract_id.number(), enrollment.client_id.number()) == (*card, client)
        });
        let known = its.any(|enrollment| {
            enrollment.status_at(evidence.settled_at).status == model::enrollment::Status::Enabled
        });
        ensure!(known || lost, "A card with an active token is told of as not enabled.");
    }
    Ok(())
}

fn every_card_can_be_asked_for_anew(evidence: &Evidence) -> Result<(), String> {
    let anew = evidence.said.iter().filter(|said| said.step > evidence.anew_since);
    for said in anew.filter(|said| said.deed.function == Function::Enroll) {
        let card = said.deed.card.unwrap();
        let expected = match (evidence.active.contains(&card), evidence.blocked.contains(&card)) {
            (true, false) => (409, "already_enabled"),
            (false, true) => (422, "card_not_eligible"),
            (false, false) => (201, ""),
            // Both are asked at once; either is true.
            (true, true) => continue,
        };
        let answer = (said.answer.status, said.answer.body["code"].as_str().unwrap_or_default());
        ensure!(answer == expected, "#{} was answered {answer:?} instead of {expected:?}.", said.actor);
    }
    Ok(())
}
