//! A request to enroll one card of one cardholder, as the store receives it.

use jiff::{SignedDuration, Timestamp};
use mastercard::{
    card::{CardContractId, ClientId},
    secret::{CallbackState, PushAccountReceipt, RedirectUrl, Signature},
    token_requestor::Platform,
};
use model::{
    card_enrollment::{NewEnrollment, Refusal, RequestHashes, Restart, ShortHash},
    clock::Clock,
    enrollment::{Consent, Enrollment, EnrollmentId, Fact, receipt_hash},
};
use runtime::store::enrollments::{
    Enrollments, IdempotencyKey, Recorded, Redirect, RedirectKeys, SECRET_BYTES, Versioned, callback_state,
};
use uuid::Uuid;

pub(crate) const CLIENT: u64 = 40000;
pub(crate) const CARD: u64 = 70001;
pub(crate) const RECEIPT: &str = "MCC-SAMPLE";
/// `{}`, then the two texts of [`JWS_PARTS`].
const JWS: &str = "e30.dGhlLXBheWxvYWQ.dGhlLXNpZ25hdHVyZQ";
/// The decoded payload and signature of the redirect's JWS.
pub(crate) const JWS_PARTS: [&str; 2] = ["the-payload", "the-signature"];

/// A request to enable a card, as `enroll` passes it to the store.
#[derive(Clone)]
pub(crate) struct EnrollmentFixture {
    pub(crate) enrollment: Enrollment,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    /// The secret in its callback state.
    pub(crate) secret: [u8; SECRET_BYTES],
}

impl EnrollmentFixture {
    /// The sample card at Click to Pay, created now.
    pub(crate) fn new(key: &str) -> Self {
        let now = Clock::default().now();
        let enrollment = Enrollment {
            enrollment_id: EnrollmentId::new(now),
            client_id: ClientId::from(CLIENT),
            card_contract_id: CardContractId::from(CARD),
            token_requestor_id: simulator::CLICK_TO_PAY.parse().unwrap(),
            platform: Platform::Ios,
            callback: "mobile-app".into(),
            consent: Consent { terms_version: "2026-01".into(), accepted_at: now, authentication: None },
            created_at: now,
            respond_by: now + SignedDuration::from_secs(10),
            facts: Vec::new(),
        };
        let secret = Uuid::new_v4().into_bytes();
        Self { enrollment, key: key.into(), fingerprint: "the same request".into(), secret }
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

    /// The callback state of its first attempt.
    pub(crate) fn state(&self) -> CallbackState {
        callback_state(self.id(), self.secret)
    }

    /// What `enroll` passes to the store for the first attempt.
    pub(crate) fn new_attempt(&self) -> NewEnrollment {
        let key: IdempotencyKey = self.key.parse().unwrap();
        NewEnrollment { enrollment: self.enrollment.clone(), request: self.request(&key) }
    }

    /// What `enroll` passes to the store for another attempt with this request's key, content and secret.
    pub(crate) fn restart_of(&self, id: EnrollmentId, now: Timestamp) -> Restart {
        let key: IdempotencyKey = self.key.parse().unwrap();
        Restart {
            enrollment_id: id,
            platform: Platform::Web,
            callback: "web-bank".into(),
            consent: Consent { terms_version: "2".into(), accepted_at: now, authentication: None },
            respond_by: now + SignedDuration::from_secs(10),
            request: self.request(&key.for_restart_of(id)),
        }
    }

    fn request(&self, key: &IdempotencyKey) -> RequestHashes {
        let fingerprint = ShortHash::of(self.fingerprint.as_bytes());
        RequestHashes { key: key.hash(), fingerprint, state: ShortHash::of(&self.secret) }
    }

    pub(crate) async fn begin(&self, enrollments: &Enrollments) -> Result<Versioned, Refusal> {
        self.begin_at(enrollments, self.at()).await
    }

    pub(crate) async fn begin_at(
        &self,
        enrollments: &Enrollments,
        now: Timestamp,
    ) -> Result<Versioned, Refusal> {
        enrollments.begin(&self.new_attempt(), now).await.unwrap()
    }

    /// Begins it, which has to succeed.
    pub(crate) async fn start(self, enrollments: &Enrollments) -> Self {
        self.begin(enrollments).await.unwrap();
        self
    }

    /// Records the push of its first attempt with its redirect, sealed. `None` if it is not stored.
    pub(crate) async fn push(&self, enrollments: &Enrollments, keys: &RedirectKeys) -> Option<Recorded> {
        let base = self.versioned(enrollments).await?;
        let sealed = enrollments.seal(keys, &self.enrollment, 1, &self.redirect()).unwrap();
        let fact = self.pushed().recorded(self.at(), "");
        enrollments.record(base, &[fact], Some(&sealed), self.at()).await.unwrap()
    }

    pub(crate) async fn versioned(&self, enrollments: &Enrollments) -> Option<Versioned> {
        enrollments.get(self.enrollment.client_id, self.id()).await.unwrap()
    }

    pub(crate) async fn stored(&self, enrollments: &Enrollments) -> Option<Enrollment> {
        self.versioned(enrollments).await.map(Versioned::into_enrollment)
    }

    pub(crate) async fn by_state(&self, enrollments: &Enrollments) -> Option<Enrollment> {
        let found = enrollments.by_state(&self.state(), self.at()).await.unwrap();
        found.map(|(stored, _)| stored.into_enrollment())
    }

    /// A redirect of Token Connect, valid for ten minutes.
    pub(crate) fn redirect(&self) -> Redirect {
        Redirect {
            redirect_url: RedirectUrl::new(format!("https://requestor.example/push?pushAccountData={JWS}")),
            expires_at: self.at() + SignedDuration::from_mins(10),
            push_account_receipts: vec![PushAccountReceipt::new(RECEIPT)],
            signature: Some(Signature::new(JWS)),
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
    updated.unwrap().unwrap().stored.into_enrollment()
}
