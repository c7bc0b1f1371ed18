//! What a card enrollment makes of commands, in the order in which they come.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    enrollment::{Consent, Decision, Fact, PushFailure, RecordedFact, TokenState},
    notification::{Notification, NotificationKind},
};
use mastercard::token_requestor::Platform;

mod begin;
mod keys;
mod notify;
mod record;
mod restart;

/// Minute zero.
fn start() -> Timestamp {
    "2026-11-01T10:00:00Z".parse().unwrap()
}

/// The items of a card, and the time.
struct Card {
    items: Items,
    now: Timestamp,
}

impl Card {
    fn new() -> Self {
        Self { items: Items::default(), now: start() }
    }

    /// With an enrollment whose first attempt has the key `first`.
    fn enrolling() -> (Self, EnrollmentId) {
        let mut card = Self::new();
        let id = card.begin("first").unwrap();
        (card, id)
    }

    /// With an enrollment that is `READY`.
    fn pushed() -> (Self, EnrollmentId) {
        let (mut card, id) = Self::enrolling();
        card.record(id, card.push()).unwrap();
        assert_eq!(card.current().status, Status::Ready);
        (card, id)
    }

    fn wait(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// Carries out a command; each item that is written has the next revision.
    fn decide(&mut self, command: Command<'_>) -> Result<Outcome, Refusal> {
        let Change { outcome, card, past } = decide(&self.items, command, self.now)?;
        if let Some(card) = card {
            let before = self.items.card.as_ref().map_or(0, |card| card.current.revision);
            assert_eq!(card.current.revision, before + 1);
            self.items.card = Some(card);
        }
        for record in past {
            let id = record.enrollment.enrollment_id;
            let known = self.items.past.iter().position(|known| known.enrollment.enrollment_id == id);
            let before = known.map(|known| self.items.past.remove(known).revision);
            assert_eq!(record.revision, before.unwrap_or_default() + 1);
            self.items.past.push(record);
        }
        Ok(outcome)
    }

    fn begin(&mut self, key: &str) -> Result<EnrollmentId, Refusal> {
        let new = self.attempt(key, &EnrollmentId::new(self.now).to_string());
        self.decide(Command::Begin(&new)).map(|_| new.enrollment.enrollment_id)
    }

    /// A request with this key and a state of its own.
    fn attempt(&self, key: &str, state: &str) -> NewEnrollment {
        let enrollment = Enrollment {
            enrollment_id: EnrollmentId::new(self.now),
            client_id: 40000.into(),
            card_contract_id: 70001.into(),
            token_requestor_id: "50123197928".parse().unwrap(),
            platform: Platform::Ios,
            callback: "mobile-app".into(),
            consent: consent(self.now),
            created_at: self.now,
            respond_by: self.now + SignedDuration::from_secs(10),
            facts: Vec::new(),
        };
        NewEnrollment { enrollment, request: request(key, "content", state) }
    }

    fn restart(&mut self, id: EnrollmentId, key: &str) -> Result<Outcome, Refusal> {
        let restart = self.restart_request(id, key, key);
        self.decide(Command::Restart(&restart))
    }

    fn restart_request(&self, id: EnrollmentId, key: &str, state: &str) -> Restart {
        Restart {
            enrollment_id: id,
            platform: Platform::Web,
            callback: "web-bank".into(),
            consent: consent(self.now),
            respond_by: self.now + SignedDuration::from_secs(10),
            request: request(key, "content", state),
        }
    }

    /// The fact of a push of the first attempt.
    fn push(&self) -> RecordedFact {
        let expires_at = self.now + SignedDuration::from_mins(15);
        Fact::Pushed { receipt_hashes: vec!["hash".into()], expires_at }.recorded(self.now, "")
    }

    fn record(&mut self, id: EnrollmentId, fact: RecordedFact) -> Result<Outcome, Refusal> {
        let redirect = matches!(fact.fact, Fact::Pushed { .. }).then(|| self.redirect(fact.attempt));
        self.decide(Command::Record { enrollment_id: id, facts: &[fact], redirect: redirect.as_ref() })
    }

    fn redirect(&self, attempt: u32) -> SealedRedirect {
        let expires_at = self.now + SignedDuration::from_mins(15);
        SealedRedirect { attempt, expires_at, sealed: vec![7] }
    }

    /// The push failed, which is only known now.
    fn fail(&mut self, id: EnrollmentId, retryable: bool) {
        let failed = Fact::PushFailed { reason: PushFailure::MastercardUnavailable, retryable };
        self.record(id, failed.recorded(self.now, "")).unwrap();
    }

    /// The receipts have expired, and the token list shows the token as active.
    fn settle(&mut self, id: EnrollmentId) {
        self.wait(20);
        let list = Fact::TokenList { token: Some(TokenState::Active) };
        self.record(id, list.recorded(self.now, "list")).unwrap();
        assert_eq!(self.current().status, Status::Enabled);
    }

    fn notify(&mut self, notifications: &[Notification]) -> Vec<NotificationOutcome> {
        let arrival =
            |notification: &Notification| Arrival { notification: notification.clone(), at: self.now };
        let arrivals: Vec<_> = notifications.iter().map(arrival).collect();
        match self.decide(Command::Notify(&arrivals)).unwrap() {
            Outcome::Notified(outcomes) => outcomes,
            other => panic!("{other:?}"),
        }
    }

    fn notification(&self, id: &str, kind: NotificationKind) -> Notification {
        Notification {
            id: id.into(),
            kind,
            occurred_at: self.now,
            client_id: Some(40000.into()),
            card_contract_id: Some(70001.into()),
            token_requestor_id: Some("50123197928".parse().unwrap()),
            token_unique_reference: None,
        }
    }

    fn card(&self) -> &CardEnrollment {
        self.items.card.as_ref().unwrap()
    }

    fn current(&self) -> &EnrollmentRecord {
        &self.card().current
    }
}

fn consent(accepted_at: Timestamp) -> Consent {
    Consent { terms_version: "1".into(), accepted_at, authentication: None }
}

fn request(key: &str, content: &str, state: &str) -> RequestHashes {
    let [key, fingerprint, state] = [key, content, state].map(|text| ShortHash::of(text.as_bytes()));
    RequestHashes { key, fingerprint, state }
}

fn tvn(token: TokenState) -> NotificationKind {
    NotificationKind::Tvn { token, requested_by: None }
}

const APPROVED: NotificationKind = NotificationKind::Tar { decision: Decision::Approved };
