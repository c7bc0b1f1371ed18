//! The callback state: an enrollment's id and a secret, in the callback URL of an attempt. The card enrollment holds the hash
//! of the secret, so the state needs no item of its own, and whoever reads the table cannot use it.

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use mastercard::secret::CallbackState;
use model::{
    card_enrollment::{RequestHashes, ShortHash},
    enrollment::EnrollmentId,
};

use super::{super::StoreError, Enrollments, Versioned};

/// How long a callback state is valid, from the beginning of its attempt: the receipts' validity, and time to read the terms.
const STATE_VALIDITY: SignedDuration = SignedDuration::from_hours(2);
/// The pause before the index `by-id` is asked again: it is eventually consistent, and a browser comes back seconds later.
const INDEX_DELAY: Duration = Duration::from_millis(200);
/// Bytes of the secret. RFC 6749 section 10.10 requires at least 128 bits.
pub const SECRET_BYTES: usize = 16;

/// A callback state, parsed.
struct ParsedState {
    enrollment_id: EnrollmentId,
    secret: ShortHash,
}

/// The callback state of an attempt: 43 characters in base64url.
pub fn callback_state(id: EnrollmentId, secret: [u8; SECRET_BYTES]) -> CallbackState {
    CallbackState::new(URL_SAFE_NO_PAD.encode([*id.as_bytes(), secret].concat()))
}

/// The hash of the secret in a callback state, as the card enrollment holds it; `None` for any other text.
pub fn state_hash(state: &CallbackState) -> Option<ShortHash> {
    ParsedState::parse(state).map(|parsed| parsed.secret)
}

impl ParsedState {
    fn parse(state: &CallbackState) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(state.expose()).ok()?;
        let (id, secret) = bytes.split_at_checked(16)?;
        let enrollment_id = EnrollmentId::from_bytes(id.try_into().ok()?);
        (secret.len() == SECRET_BYTES).then(|| Self { enrollment_id, secret: ShortHash::of(secret) })
    }
}

impl Enrollments {
    /// The enrollment and the attempt of a callback state, while the state is valid.
    pub async fn by_state(
        &self,
        state: &CallbackState,
        now: Timestamp,
    ) -> Result<Option<(Versioned, u32)>, StoreError> {
        let Some(ParsedState { enrollment_id, secret }) = ParsedState::parse(state) else { return Ok(None) };
        let mut found = self.find(enrollment_id).await?;
        if found.is_none() {
            tokio::time::sleep(INDEX_DELAY).await;
            found = self.find(enrollment_id).await?;
        }
        Ok(found.and_then(|stored| {
            let requests = (1..).zip(&stored.record().requests);
            let is_hash_of = |request: &RequestHashes| {
                verify_slices_are_equal(request.state.as_bytes(), secret.as_bytes()).is_ok()
            };
            let (attempt, _) = requests.filter(|(_, request)| is_hash_of(request)).last()?;
            let began_at = stored.enrollment().attempts().find(|known| known.number == attempt)?.began_at;
            let ends_at = began_at.saturating_add(STATE_VALIDITY).unwrap_or(Timestamp::MAX);
            (now < ends_at).then_some((stored, attempt))
        }))
    }
}
