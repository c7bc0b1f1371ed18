//! Invariants of pushes and card guards.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value;

use super::ensure;
use crate::simulation::history::{History, Push, Write};

/// How long an idempotency key is valid.
const KEY_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Invariant 1.
pub(super) fn at_most_once(history: &History) -> Result<(), String> {
    let (mut attempts, mut keys) = (BTreeMap::new(), BTreeMap::<_, Vec<&Push>>::new());
    for push in &history.pushes {
        let (id, attempt) = attempt_of(history, push).ok_or("a push without an enrollment")?;
        let name = history.name(id);
        if let Some(before) = attempts.insert((id, attempt), push.step) {
            return Err(format!(
                "Attempt {attempt} of {name} was pushed at steps {before} and {}.",
                push.step
            ));
        }
        let earlier = keys.entry(key_of(history, id, attempt)).or_default();
        let repeated = earlier.iter().find(|before| push.at.duration_since(before.at) < KEY_LIFETIME);
        if let Some(before) = repeated.filter(|_| push.has_receipts) {
            return Err(format!("One idempotency key pushed at steps {} and {}.", before.step, push.step));
        }
        earlier.extend(push.has_receipts.then_some(push));
        check_no_rival(history, push, id)?;
    }
    check_takeovers(history)
}

/// The enrollment that pushes holds the guard of its card, or the one that took it over is no longer live.
fn check_no_rival(history: &History, push: &Push, id: &str) -> Result<(), String> {
    let guard = history.guards().find(|guard| holder(guard) == id).ok_or("a push without a guard")?;
    let last = history.guards().filter(|it| it.is_same_item(guard) && it.step <= push.step).last();
    let rival = last.map(holder).filter(|last| *last != id && !push.is_orphan && push.has_receipts);
    match rival.and_then(|rival| history.enrollment_after(push.step, rival)) {
        Some(rival) if rival.is_live(push.at) => {
            let (name, rival) = (history.name(id), history.name(&rival.enrollment_id.to_string()));
            Err(format!("{name} was pushed at step {} while {rival} held its card.", push.step))
        }
        _ => Ok(()),
    }
}

/// A guard is only taken over from an enrollment that is not live at that time.
fn check_takeovers(history: &History) -> Result<(), String> {
    for (index, taken) in history.guards().enumerate() {
        let before = history.guards().take(index).filter(|it| it.is_same_item(taken)).last().map(holder);
        let Some(before) = before.filter(|before| *before != holder(taken)) else { continue };
        let lost = history.enrollment_after(taken.step - 1, before).ok_or("a guard without an enrollment")?;
        let taker =
            history.enrollment_after(taken.step, holder(taken)).ok_or("a guard without an enrollment")?;
        let (before, after) = (history.name(before), history.name(holder(taken)));
        let held = lost.is_live(taker.attempt().began_at);
        ensure!(!held, "{after} took its card at step {} while {before} held it.", taken.step);
    }
    Ok(())
}

/// Id of the enrollment that holds a guard.
fn holder(guard: &Write) -> &str {
    guard.item.as_ref().and_then(|item| item["enrollmentId"].as_str()).unwrap_or_default()
}

/// Enrollment id and attempt of a push, found by its callback state.
fn attempt_of<'a>(history: &'a History, push: &Push) -> Option<(&'a str, u64)> {
    let state = |pk: &str| pk.starts_with("STATE#") && pk.ends_with(&push.state);
    let state = history.writes.iter().find(|write| state(&write.pk))?.item.as_ref()?;
    Some((state["enrollmentId"].as_str()?, state["attempt"].as_u64()?))
}

/// Partition and sort key of the idempotency record of an attempt.
fn key_of<'a>(history: &'a History, id: &str, attempt: u64) -> Option<(&'a str, &'a str)> {
    let matches = |item: &Value| item["enrollmentId"] == id && item["attempt"] == attempt;
    let records = history.writes.iter().filter(|write| write.sk.starts_with("KEY#"));
    let record = records.into_iter().find(|write| write.item.as_ref().is_some_and(matches))?;
    Some((&record.pk, &record.sk))
}
