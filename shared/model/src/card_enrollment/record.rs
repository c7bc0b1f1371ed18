//! Records facts at an enrollment, current or past.

use jiff::Timestamp;

use super::{CardEnrollment, Change, EnrollmentRecord, Items, Outcome, Refusal, SealedRedirect};
use crate::enrollment::{EnrollmentId, Fact, RecordedFact, Status};

/// Changes of the token that an enrollment keeps, requested and confirmed ones each. Of more, those that came last stay, and the
/// removals.
pub const MAX_TOKEN_CHANGES: usize = 8;

/// Records facts, and the redirect of a push.
pub(super) fn record(
    items: &Items,
    id: EnrollmentId,
    facts: &[RecordedFact],
    redirect: Option<&SealedRedirect>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    if let Some(card) = items.card.as_ref().filter(|card| card.is_current(id)) {
        let outcome = Outcome::Recorded { is_current: true };
        let mut next = card.clone();
        if !next.current.add_facts(facts, now) {
            return Ok(Change::none(outcome));
        }
        if let Some(redirect) = redirect {
            next.redirect = Some(redirect.clone());
        }
        next.drop_unusable_redirect(now);
        return Ok(Change { outcome, card: Some(next), past: Vec::new() });
    }
    let outcome = Outcome::Recorded { is_current: false };
    let mut past = items.find(id).ok_or(Refusal::NotFound)?.clone();
    if !past.add_facts(facts, now) {
        return Ok(Change::none(outcome));
    }
    // A push that failed for a temporary reason only after a takeover frees its key all the same.
    let card = items.card.as_ref().and_then(|card| card.without_freed_keys(&past, now));
    Ok(Change { outcome, card, past: vec![past] })
}

impl EnrollmentRecord {
    /// Adds facts that are not recorded yet. Returns whether there are any.
    fn add_facts(&mut self, facts: &[RecordedFact], now: Timestamp) -> bool {
        if facts.iter().filter(|fact| self.enrollment.add_fact((*fact).clone())).count() == 0 {
            return false;
        }
        self.drop_old_changes();
        self.update(now);
        true
    }

    fn drop_old_changes(&mut self) {
        self.drop_old(|fact| matches!(fact, Fact::TokenChangeRequested { .. }));
        self.drop_old(|fact| matches!(fact, Fact::TokenChangeConfirmed { .. }) && fact.shows_token());
    }

    /// Drops all but the last [`MAX_TOKEN_CHANGES`] of these facts.
    fn drop_old(&mut self, is_change: fn(&Fact) -> bool) {
        let facts = &mut self.enrollment.facts;
        let changes = facts.iter().filter(|recorded| is_change(&recorded.fact));
        let mut times: Vec<_> = changes.map(|recorded| recorded.at).collect();
        times.sort();
        let oldest = times.iter().rev().nth(MAX_TOKEN_CHANGES.saturating_sub(1)).copied();
        let is_kept = |recorded: &RecordedFact| {
            oldest.is_none_or(|oldest| recorded.at >= oldest) || !is_change(&recorded.fact)
        };
        facts.retain(is_kept);
    }
}

impl CardEnrollment {
    /// Drops the redirect once the receipts are used, have expired, or belong to an earlier attempt: it lives minutes.
    pub(super) fn drop_unusable_redirect(&mut self, now: Timestamp) {
        let is_ready = self.current.status == Status::Ready;
        let attempt = self.current.enrollment.attempt().number;
        self.redirect = self
            .redirect
            .take()
            .filter(|redirect| is_ready && redirect.attempt == attempt && now < redirect.expires_at);
    }
}
