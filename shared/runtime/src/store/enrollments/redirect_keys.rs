//! Seals redirects: AES-256-GCM with a key that only `enroll` and `get-enrollment` may read. Whoever reads the table, its stream,
//! a backup or an export finds ciphertext.

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
    rand,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use mastercard::digest::sha256_hex;
use model::{card_enrollment::SealedRedirect, enrollment::Enrollment};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

use super::{Enrollments, Redirect, item::Place};
use crate::{
    config::{ConfigError, SecretRef, SecretUnavailable, SettingsReader, registry},
    telemetry,
};

/// The first byte of a sealed redirect: key id, nonce and ciphertext follow.
const VERSION: u8 = 1;
const KEY_ID_LENGTH: usize = 4;
const KEY_LENGTH: usize = 32;

/// The first bytes of the key's SHA-256.
type KeyId = [u8; KEY_ID_LENGTH];
type Keys = Vec<(KeyId, Arc<LessSafeKey>)>;

/// The keys of redirects. The first one seals, all of them open: a rotation appends the new key, then puts it first, then
/// removes the old one.
#[derive(Debug)]
pub struct RedirectKeys {
    secret: SecretRef,
    keys: RwLock<Keys>,
}

/// Why a redirect could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no key.
    #[error("REDIRECT_KEYS holds no key")]
    NoKey,
    /// It has no compact form.
    #[error("it is too long")]
    TooLong,
    /// The operating system's random number generator or the cipher failed.
    #[error("the random number generator or the cipher failed")]
    Cryptography(#[source] Unspecified),
}

/// Why a sealed redirect could not be opened.
#[derive(Debug, thiserror::Error)]
enum OpenError {
    /// Its key may be a newer one.
    #[error("its key is not known, and REDIRECT_KEYS could not be fetched again")]
    SecretUnavailable(#[source] SecretUnavailable),
    #[error("its key is not known, and REDIRECT_KEYS holds something else than keys by now")]
    InvalidKeys,
    #[error("its key is not among REDIRECT_KEYS")]
    UnknownKey,
    /// Or it was sealed for another attempt, enrollment or item.
    #[error("it is damaged")]
    Damaged,
}

impl RedirectKeys {
    /// The reference in `REDIRECT_KEYS`.
    pub fn reference(settings: &mut SettingsReader<'_>) -> Option<SecretRef> {
        settings.value(&registry::REDIRECT_KEYS)
    }

    /// Fetches the keys.
    ///
    /// # Errors
    /// If the secret is unavailable or not in the expected form.
    pub async fn fetch(secret: SecretRef) -> Result<Self, ConfigError> {
        let name = registry::REDIRECT_KEYS.name();
        let fetched = secret.fetch().await.map_err(|source| ConfigError::Secret { name, source })?;
        let invalid = || ConfigError::Settings(vec![format!("{name} must hold keys of 32 bytes in base64")]);
        let keys = RwLock::new(parse(fetched.expose_secret()).ok_or_else(invalid)?);
        Ok(Self { secret, keys })
    }

    /// A new key, as the secret holds it. `None` if the operating system's random number generator fails.
    pub fn generate() -> Option<SecretString> {
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        rand::fill(key.as_mut_slice()).ok()?;
        Some(STANDARD.encode(key.as_slice()).into())
    }

    fn sealing_key(&self) -> Option<(KeyId, Arc<LessSafeKey>)> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    /// The key with this id. An unknown one is fetched once more: another instance may seal with a newer key already.
    async fn opening_key(&self, id: KeyId) -> Result<Arc<LessSafeKey>, OpenError> {
        let known = |keys: &Keys| keys.iter().find(|(known, _)| *known == id).map(|(_, key)| Arc::clone(key));
        let found = known(&self.keys.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(key) = found {
            return Ok(key);
        }
        let fetched = self.secret.fetch().await.map_err(OpenError::SecretUnavailable)?;
        let keys = parse(fetched.expose_secret()).ok_or(OpenError::InvalidKeys)?;
        let found = known(&keys);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        found.ok_or(OpenError::UnknownKey)
    }
}

/// Parses the secret; `None` if it holds no key or something else.
fn parse(secret: &str) -> Option<Keys> {
    let texts = secret.split(|c: char| c.is_whitespace() || c == ',').filter(|text| !text.is_empty());
    let key = |text: &str| {
        let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() == KEY_LENGTH)?;
        let id = u32::from_str_radix(sha256_hex(&bytes).get(..2 * KEY_ID_LENGTH)?, 16).ok()?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).ok()?;
        Some((id.to_be_bytes(), Arc::new(LessSafeKey::new(key))))
    };
    texts.map(key).collect::<Option<Keys>>().filter(|keys| !keys.is_empty())
}

/// Key id, nonce and ciphertext of a sealed redirect; `None` if it is too short or has another version.
fn split(sealed: &[u8]) -> Option<(KeyId, [u8; NONCE_LEN], &[u8])> {
    let (version, rest) = sealed.split_first()?;
    let (id, rest) = rest.split_first_chunk::<KEY_ID_LENGTH>()?;
    let (nonce, content) = rest.split_first_chunk::<NONCE_LEN>()?;
    (*version == VERSION).then_some((*id, *nonce, content))
}

impl Enrollments {
    /// Seals the redirect of an attempt.
    ///
    /// # Errors
    /// See [`SealError`]; none of them is to be expected.
    pub fn seal(
        &self,
        keys: &RedirectKeys,
        enrollment: &Enrollment,
        attempt: u32,
        redirect: &Redirect,
    ) -> Result<SealedRedirect, SealError> {
        let (id, key) = keys.sealing_key().ok_or(SealError::NoKey)?;
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(SealError::Cryptography)?;
        let mut content = redirect.to_bytes().ok_or(SealError::TooLong)?;
        let context = self.context(enrollment, attempt);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut content)
            .map_err(SealError::Cryptography)?;
        let sealed = [&[VERSION][..], &id, &nonce, &content].concat();
        Ok(SealedRedirect { attempt, expires_at: redirect.expires_at, sealed })
    }

    /// Opens a sealed redirect. `None`, which is logged with its cause, if its key is not available, or it is damaged or was sealed
    /// for another attempt, enrollment or item; the app then starts another attempt.
    pub async fn open(
        &self,
        keys: &RedirectKeys,
        enrollment: &Enrollment,
        redirect: &SealedRedirect,
    ) -> Option<Redirect> {
        let opened = self.try_open(keys, enrollment, redirect).await;
        let log = |error: &OpenError| {
            tracing::error!(
                event = "redirect_not_opened", enrollment_id = %enrollment.enrollment_id, attempt = redirect.attempt,
                cause = telemetry::chain(error), "redirect cannot be opened"
            );
        };
        opened.inspect_err(log).ok()
    }

    async fn try_open(
        &self,
        keys: &RedirectKeys,
        enrollment: &Enrollment,
        redirect: &SealedRedirect,
    ) -> Result<Redirect, OpenError> {
        let (id, nonce, content) = split(&redirect.sealed).ok_or(OpenError::Damaged)?;
        let key = keys.opening_key(id).await?;
        let context = self.context(enrollment, redirect.attempt);
        let mut content = content.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = key.open_in_place(nonce, Aad::from(context), &mut content);
        let plain = plain.map_err(|_| OpenError::Damaged)?;
        Redirect::from_bytes(plain, redirect.expires_at).ok_or(OpenError::Damaged)
    }

    /// The associated data: partition key, sort key, enrollment and attempt. Attempts start at 1 again after a takeover.
    fn context(&self, enrollment: &Enrollment, attempt: u32) -> Vec<u8> {
        let pk = self.client_key(enrollment.client_id);
        let sk = Place::of(enrollment).card_sort_key();
        format!("{pk}|{sk}|{}|{attempt}", enrollment.enrollment_id).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};

    use super::*;

    #[test]
    fn a_key_is_named_by_the_first_bytes_of_its_hash() {
        let key = [7; KEY_LENGTH];
        let keys = parse(&STANDARD.encode(key)).unwrap();
        assert_eq!(keys[0].0.as_slice(), &digest(&SHA256, &key).as_ref()[..KEY_ID_LENGTH]);
    }

    #[tokio::test]
    async fn a_secret_that_is_unavailable_is_not_called_an_unknown_key() {
        let file = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
        std::fs::write(&file, RedirectKeys::generate().unwrap().expose_secret()).unwrap();
        let keys = RedirectKeys::fetch(SecretRef::File(file.clone())).await.unwrap();
        let cause = async || telemetry::chain(&keys.opening_key([0; KEY_ID_LENGTH]).await.unwrap_err());
        assert_eq!(cause().await, "its key is not among REDIRECT_KEYS");
        std::fs::write(&file, "not a key").unwrap();
        assert!(cause().await.contains("something else than keys"));
        std::fs::remove_file(&file).unwrap();
        let cause = cause().await;
        assert!(cause.contains("could not be fetched again: the file could not be read"), "{cause}");
    }
}
