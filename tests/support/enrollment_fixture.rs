//! A request to enroll one card of one cardholder, as the store receives it.

use jiff::{SignedDuration, Timestamp};
use mastercard::{
    card::{CardContractId, ClientId},
    secret::{CallbackState, PushAccountReceipt, RedirectUrl, Signature},
    token_requestor::Platform,
};
use model::enrollment::{Consent, Enrollment, EnrollmentId, Fact, receipt_hash};
use runtime::store::enrollments::{BeginOutcome, Enrollments, NewAttempt, Redirect, Versioned};
use uuid::Uuid;

pub(crate) const CLIENT: u64 = 40000;
pub(crate) const CARD: u64 = 70001;

/// A request to enable a card, as `enroll` passes it to the store.
#[derive(Clone)]
pub(crate) struct EnrollmentFixture {
    pub(crate) enrollment: Enrollment,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    pub(crate) state: CallbackState,
}

impl EnrollmentFixture {
    /// The sample card at Click to Pay, created now.
    pub(crate) fn new(key: &str) -> Self {
        let now = Timestamp::now();
        let enrollment = Enrollment {
            enrollment_id: EnrollmentId::new(now),
            client_id: ClientId::from(CLIENT),
            card_contract_id: CardContractId::from(CARD),
            token_requestor_id: simulator::CLICK_TO_PAY.parse().unwrap(),
            platform: Platform::Ios,
            callback: "mobile-app".into(),
            consent: Consent { terms_version: "2026-01".into(), accepted_at: now },
            created_at: now,
            respond_by: now + SignedDuration::from_secs(10),
            facts: Vec::new(),
        };
        let state = CallbackState::new(Uuid::new_v4().simple().to_string());
        Self { enrollment, key: key.into(), fingerprint: "the same request".into(), state }
    }

    pub(crate) fn with_card(mut self, card: u64) -> Self {
        self.enrollment.card_contract_id = card.into();
        self
    }

    pub(crate) fn with_client(mut self, client: u64) -> Self {
        self.enrollment.client_id = client.into();
        self
    }

    pub(crate) fn with_requestor(mut self, requestor: &str) -> Self {
        self.enrollment.token_requestor_id = requestor.parse().unwrap();
        self
    }

    /// Created at another time, which is in its id too.
    pub(crate) fn with_created_at(mut self, at: Timestamp) -> Self {
        self.enrollment.enrollment_id = EnrollmentId::new(at);
        self.enrollment.created_at = at;
        self.enrollment.respond_by = at + SignedDuration::from_secs(10);
        self
    }

    pub(crate) fn id(&self) -> EnrollmentId {
        self.enrollment.enrollment_id
    }

    pub(crate) fn at(&self) -> Timestamp {
        self.enrollment.created_at
    }

    pub(crate) async fn begin(&self, enrollments: &Enrollments) -> BeginOutcome {
        self.begin_at(enrollments, self.at()).await
    }

    pub(crate) async fn begin_at(&self, enrollments: &Enrollments, now: Timestamp) -> BeginOutcome {
        let key = self.key.parse().unwrap();
        let Self { enrollment, fingerprint, state, .. } = self;
        enrollments
            .begin(&NewAttempt { enrollment, revision: None, key: &key, fingerprint, state }, now)
            .await
            .unwrap()
    }

    /// The stored enrollment after the first write, as `enroll` has it.
    pub(crate) fn versioned(&self, enrollments: &Enrollments) -> Versioned {
        let key = self.key.parse().unwrap();
        let Self { enrollment, fingerprint, state, .. } = self;
        let new_attempt = NewAttempt { enrollment, revision: None, key: &key, fingerprint, state };
        enrollments.as_written(&new_attempt, self.at())
    }

    /// Begins it, which has to succeed.
    pub(crate) async fn start(self, enrollments: &Enrollments) -> Self {
        assert_eq!(self.begin(enrollments).await, BeginOutcome::Started);
        self
    }

    pub(crate) async fn stored(&self, enrollments: &Enrollments) -> Option<Enrollment> {
        enrollments.get(self.enrollment.client_id, self.id()).await.unwrap()
    }

    pub(crate) async fn by_state(&self, enrollments: &Enrollments) -> Option<Enrollment> {
        let found = enrollments.by_state(&self.state, self.at()).await.unwrap();
        found.map(|(versioned, _)| versioned.enrollment)
    }

    /// A redirect of Token Connect, valid for ten minutes.
    pub(crate) fn redirect(&self) -> Redirect {
        Redirect {
            redirect_url: RedirectUrl::new("https://requestor.example/push?pushAccountData=e30"),
            expires_at: self.at() + SignedDuration::from_mins(10),
            push_account_receipts: vec![PushAccountReceipt::new("MCC-SAMPLE")],
            signature: Some(Signature::new("e30.e30.e30")),
            available_push_methods: Vec::new(),
        }
    }

    /// The fact of that redirect.
    pub(crate) fn pushed(&self) -> Fact {
        let redirect = self.redirect();
        let receipt_hashes = redirect.push_account_receipts.iter().map(receipt_hash).collect();
        Fact::Pushed { receipt_hashes, expires_at: redirect.expires_at }
    }
}

/// Records facts of one source.
pub(crate) async fn facts<const N: usize>(
    enrollments: &Enrollments,
    fixture: &EnrollmentFixture,
    facts: [Fact; N],
) -> Enrollment {
    let recorded = facts.map(|fact| fact.recorded(fixture.at(), "a source"));
    let updated =
        enrollments.record_facts(fixture.enrollment.client_id, fixture.id(), &recorded, fixture.at()).await;
    updated.unwrap().unwrap()
}
