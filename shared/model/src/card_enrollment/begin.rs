//! Starts enrollments and attempts: once for an idempotency key, and only while no other live enrollment locks the card.

use jiff::{SignedDuration, Timestamp};

use super::{
    AppliedNotification, CardEnrollment, Change, EnrollmentRecord, Items, NewEnrollment, Outcome, Refusal,
    Restart, notify::newest_applied,
};
use crate::enrollment::Fact;

/// Attempts of one enrollment, the first one included.
pub const MAX_ATTEMPTS: u32 = 5;
/// Idempotency keys that are remembered for a card within 24 hours.
pub const MAX_KEYS: usize = 32;
/// How long the notifications of earlier enrollments are remembered.
const NOTIFICATION_RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Starts a new enrollment, if none is live.
pub(super) fn begin(
    card: Option<&CardEnrollment>,
    new: &NewEnrollment,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let current = EnrollmentRecord::new(new, now);
    let started = |card, past| Change { outcome: Outcome::Started, card: Some(card), past };
    let Some(card) = card else {
        let (redirect, used_keys, applied) = (None, Vec::new(), Vec::new());
        return Ok(started(CardEnrollment { current, redirect, used_keys, applied, past: 0 }, Vec::new()));
    };
    // The answer of this request's own write was lost. Key and enrollment id could be another request's.
    if card.current.requests.first().is_some_and(|request| request.state == new.request.state) {
        return Ok(Change::none(Outcome::Started));
    }
    if let Some(refusal) = card.known_key(&new.request, now) {
        return Err(refusal);
    }
    if card.current.enrollment.is_live(now) {
        return Err(Refusal::CardLocked(card.current.enrollment.enrollment_id));
    }
    let used_keys = card.counting_keys(now);
    if used_keys.len() >= MAX_KEYS {
        return Err(Refusal::TooManyKeys);
    }
    let applied = card.applied.iter().copied().chain(card.current.applied());
    let applied = applied.filter(|applied| now.duration_since(applied.at) < NOTIFICATION_RETENTION);
    let current = EnrollmentRecord { revision: card.current.revision.saturating_add(1), ..current };
    let next = CardEnrollment {
        current,
        redirect: None,
        used_keys,
        applied: newest_applied(applied.collect()),
        past: card.past.saturating_add(1),
    };
    let past = EnrollmentRecord { revision: 1, ..card.current.clone() };
    Ok(started(next, vec![past]))
}

/// Starts another attempt of the current enrollment. A past enrollment has lost its card for good.
pub(super) fn restart(items: &Items, restart: &Restart, now: Timestamp) -> Result<Change, Refusal> {
    let Some(card) = items.card.as_ref().filter(|card| card.is_current(restart.enrollment_id)) else {
        let past = items.find(restart.enrollment_id).ok_or(Refusal::NotFound)?;
        let live =
            items.card.as_ref().map(|card| &card.current.enrollment).filter(|current| current.is_live(now));
        let locked = live.map(|current| Refusal::CardLocked(current.enrollment_id));
        return Err(past.known_key(&restart.request, now).or(locked).unwrap_or(Refusal::NotRestartable));
    };
    let enrollment = &card.current.enrollment;
    if card.current.requests.last().is_some_and(|request| request.state == restart.request.state) {
        return Ok(Change::none(Outcome::Started));
    }
    if let Some(refusal) = card.known_key(&restart.request, now) {
        return Err(refusal);
    }
    if !enrollment.is_restartable(now) {
        return Err(Refusal::NotRestartable);
    }
    let number = enrollment.attempt().number;
    if number >= MAX_ATTEMPTS {
        return Err(Refusal::TooManyAttempts);
    }
    if card.counting_keys(now).len() >= MAX_KEYS {
        return Err(Refusal::TooManyKeys);
    }
    let Restart { platform, ref callback, ref consent, respond_by, request, .. } = *restart;
    let fact = Fact::Restarted { platform, callback: callback.clone(), consent: consent.clone(), respond_by };
    let mut next = card.clone();
    next.current.requests.push(request);
    next.current.enrollment.add_fact(fact.recorded(now, "").in_attempt(number.saturating_add(1)));
    next.current.update(now);
    next.redirect = None;
    Ok(Change { outcome: Outcome::Started, card: Some(next), past: Vec::new() })
}

impl CardEnrollment {
    pub(super) fn is_current(&self, id: crate::enrollment::EnrollmentId) -> bool {
        self.current.enrollment.enrollment_id == id
    }
}

impl EnrollmentRecord {
    /// The record of a new enrollment at its first write.
    fn new(new: &NewEnrollment, now: Timestamp) -> Self {
        let report = new.enrollment.status_at(now);
        Self {
            enrollment: new.enrollment.clone(),
            requests: vec![new.request],
            omitted_notifications: 0,
            revision: 1,
            status: report.status,
            due_at: report.next_check.map(whole_second),
        }
    }

    /// Its revision, status and due time after a change of its facts.
    pub(super) fn update(&mut self, now: Timestamp) {
        let report = self.enrollment.status_at(now);
        self.revision = self.revision.saturating_add(1);
        self.status = report.status;
        self.due_at = report.next_check.map(whole_second);
    }

    /// The notifications whose facts it has.
    fn applied(&self) -> impl Iterator<Item = AppliedNotification> {
        let enrollment_id = self.enrollment.enrollment_id;
        let ids = self
            .enrollment
            .facts
            .iter()
            .filter_map(|recorded| Some((recorded.notification_id()?, recorded.at)));
        ids.map(move |(id, at)| AppliedNotification { id, enrollment_id, at })
    }
}

/// The whole second of a due time, as it is stored.
pub(super) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
