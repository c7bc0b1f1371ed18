//! Invariants of pushes and of who holds a card.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::card_enrollment::ShortHash;

use super::ensure;
use crate::simulation::history::{History, Push, StoredItem, Write};

/// How long an idempotency key is valid.
const KEY_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Invariant 1.
pub(super) fn at_most_once(history: &History) -> Result<(), String> {
    let (mut attempts, mut keys) = (BTreeMap::new(), BTreeMap::<_, Vec<&Push>>::new());
    for push in &history.pushes {
        let (guard, attempt, key) = attempt_of(history, push).ok_or("a push without an enrollment")?;
        let (id, name) = (push.enrollment_id.as_str(), history.name(&push.enrollment_id));
        if let Some(before) = attempts.insert((id, attempt), push.step) {
            return Err(format!(
                "Attempt {attempt} of {name} was pushed at steps {before} and {}.",
                push.step
            ));
        }
        let earlier = keys.entry((&guard.pk, &guard.sk, key)).or_default();
        let repeated = earlier.iter().find(|before| push.at.duration_since(before.at) < KEY_LIFETIME);
        if let Some(before) = repeated.filter(|_| push.has_receipts) {
            return Err(format!("One idempotency key pushed at steps {} and {}.", before.step, push.step));
        }
        earlier.extend(push.has_receipts.then_some(push));
        check_no_rival(history, push, guard)?;
    }
    check_takeovers(history)
}

/// The card enrollment that an attempt was started in, its number and the hash of its idempotency key. Callback states name the
/// enrollment; the hash of their secret shows that they are genuine.
fn attempt_of<'a>(history: &'a History, push: &Push) -> Option<(&'a Write, usize, ShortHash)> {
    let mut guards = history.guards().filter(|(_, item)| item.text("enrollmentId") == push.enrollment_id);
    guards.find_map(|(write, item)| {
        let requests = &item.record()?.requests;
        let attempt = requests.iter().position(|request| request.state == push.state)?;
        Some((write, attempt + 1, requests[attempt].key))
    })
}

/// The enrollment that pushes holds its card, or the one that took it over is no longer live.
fn check_no_rival(history: &History, push: &Push, guard: &Write) -> Result<(), String> {
    let last = history.guards().rfind(|(it, _)| it.is_same_item(guard) && it.step <= push.step);
    let is_rival = |holder: &&str| *holder != push.enrollment_id && !push.is_orphan && push.has_receipts;
    let rival = last.map(|(_, item)| holder(item)).filter(is_rival);
    match rival.and_then(|rival| history.enrollment_after(push.step, rival)) {
        Some(rival) if rival.is_live(push.at) => {
            let name = history.name(&push.enrollment_id);
            let rival = history.name(&rival.enrollment_id.to_string());
            Err(format!("{name} was pushed at step {} while {rival} held its card.", push.step))
        }
        _ => Ok(()),
    }
}

/// A card is only taken over from an enrollment that is not live at that time, and nothing that it has learned gets lost.
fn check_takeovers(history: &History) -> Result<(), String> {
    for (index, (write, taken)) in history.guards().enumerate() {
        let before = history.guards().take(index).filter(|(it, _)| it.is_same_item(write)).last();
        let before = before.map(|(_, item)| holder(item)).filter(|before| *before != holder(taken));
        let (Some(before), Some(taker)) = (before, taken.enrollment()) else { continue };
        let lost = history.enrollment_after(write.step - 1, before).ok_or("a card without an enrollment")?;
        let (name, after, step) = (history.name(before), history.name(holder(taken)), write.step);
        let held = lost.is_live(taker.attempt().began_at);
        ensure!(!held, "{after} took its card at step {step} while {name} held it.");
        let kept = history.enrollment_after(step, before);
        ensure!(kept == Some(lost), "{name} was lost when {after} took its card at step {step}.");
    }
    Ok(())
}

/// Id of the enrollment that holds a card.
fn holder(guard: &StoredItem) -> &str {
    guard.text("enrollmentId")
}
