//! Authentication of the requests to one API: it turns a request into the headers that authenticate it.
//!
//! Another scheme than OAuth 1.0a becomes a variant of `Scheme`. OAuth 2.0 with DPoP would keep an access token and the
//! last `DPoP-Nonce`: `authenticate`, which is `async` for this purpose, fetches the token and writes the DPoP proof;
//! `fall_back` takes the new nonce and asks for one more attempt.

use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{
    Method,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
};
use url::Url;

use super::{
    error::{InvalidRequest, Upstream},
    keys::PrivateKey,
    oauth1::{NonceAndTimestamp, Signer},
};

/// The shortest time between two further chances of the preferred key set, while the gateway rejects both.
const RETURN_INTERVAL: Duration = Duration::from_secs(60);

/// Authenticates the requests to one API. Clones share the state of a key rotation. A [`Signer`] converts into an
/// authenticator with one key set.
///
/// ```
/// # fn pem() -> String { rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap().serialize_pem() }
/// use push_provisioning_client::{Authenticator, KeySet, Signer, SigningKey};
/// use reqwest::{Method, header::AUTHORIZATION};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let new = Signer::new("client!new", SigningKey::from_pem("new signing key", &pem())?);
/// let old = Signer::new("client!old", SigningKey::from_pem("old signing key", &pem())?);
/// // During a key rotation: the new key set signs until the gateway rejects it, then the old one until that is rejected.
/// let authenticator = Authenticator::oauth1(new, Some(old));
///
/// let url = "https://sandbox.api.mastercard.com/mdes/connect/1/0/pushMultipleAccounts".parse().unwrap();
/// let authentication = authenticator.authenticate(&Method::POST, &url, b"{}").await.unwrap();
/// assert_eq!(authentication.key_set, KeySet::Preferred);
/// assert!(authentication.headers[AUTHORIZATION].to_str().unwrap().starts_with("OAuth "));
/// # Ok::<(), push_provisioning_client::KeyError>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Authenticator(Arc<Scheme>);

enum Scheme {
    /// Two key sets during a rotation: the preferred one signs until the gateway rejects it, then the fallback until that is
    /// rejected.
    OAuth1 { preferred: Signer, fallback: Option<Signer>, rotation: Mutex<Rotation> },
}

/// Which key set signs.
#[derive(Default)]
struct Rotation {
    /// The fallback signs.
    fell_back: bool,
    /// When the preferred key set got another chance the last time.
    returned_at: Option<Instant>,
}

/// The authentication of one attempt of a request.
pub struct RequestAuthentication {
    /// Headers to send with the request.
    pub headers: HeaderMap,
    /// The OAuth 1.0a signature base string, to compare with the one that the gateway expected.
    pub base_string: String,
    /// The key set that signed.
    pub key_set: KeySet,
}

/// One of the two key sets of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySet {
    /// The key set that is tried first.
    Preferred,
    /// The key set that replaces it once the gateway has rejected it, until it is rejected too.
    Fallback,
}

impl Authenticator {
    /// OAuth 1.0a. `preferred` signs; once the gateway rejects it, `fallback` signs, if there is one, until it is rejected too.
    pub fn oauth1(preferred: Signer, fallback: Option<Signer>) -> Self {
        Self(Arc::new(Scheme::OAuth1 { preferred, fallback, rotation: Mutex::default() }))
    }

    /// The key that signs first.
    pub(super) fn preferred_key(&self) -> &PrivateKey {
        let Scheme::OAuth1 { preferred, .. } = &*self.0;
        preferred.signing_key().private_key()
    }

    /// Authenticates one attempt; `url` and `body` are exactly what will be sent.
    ///
    /// # Errors
    /// If the key cannot sign, or the consumer key is not a valid header value.
    pub async fn authenticate(
        &self,
        method: &Method,
        url: &Url,
        body: &[u8],
    ) -> Result<RequestAuthentication, InvalidRequest> {
        let Scheme::OAuth1 { preferred, fallback, .. } = &*self.0;
        let (signer, key_set) = match fallback {
            Some(fallback) if self.rotation().fell_back => (fallback, KeySet::Fallback),
            _ => (preferred, KeySet::Preferred),
        };
        let signed = signer.sign(method.as_str(), url, body, &NonceAndTimestamp::now())?;
        let mut header = HeaderValue::from_str(&signed.header).map_err(|_| InvalidRequest::Malformed)?;
        header.set_sensitive(true);
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header)]);
        Ok(RequestAuthentication { headers, base_string: signed.base_string, key_set })
    }

    /// Records that the gateway rejected this key set. True if the request is to be sent again immediately with the
    /// fallback; the rejected request took no effect, so this is safe for a push too.
    ///
    /// Once the fallback is rejected too, the next request tries the preferred key set again: what it was rejected for may have
    /// passed, whereas the fallback expires some day.
    pub(super) fn fall_back(&self, rejected: KeySet, api: Upstream) -> bool {
        self.fall_back_at(rejected, api, Instant::now())
    }

    fn fall_back_at(&self, rejected: KeySet, api: Upstream, now: Instant) -> bool {
        let Scheme::OAuth1 { fallback, .. } = &*self.0;
        if fallback.is_none() {
            return false;
        }
        let mut rotation = self.rotation();
        match rejected {
            KeySet::Preferred => {
                if !mem::replace(&mut rotation.fell_back, true) {
                    tracing::warn!(event = "key_set_rejected", %api, "newer key set rejected; signing with the older one");
                }
                true
            }
            KeySet::Fallback => {
                let is_time = rotation.returned_at.is_none_or(|at| now.duration_since(at) >= RETURN_INTERVAL);
                if rotation.fell_back && is_time {
                    *rotation = Rotation { fell_back: false, returned_at: Some(now) };
                }
                false
            }
        }
    }

    fn rotation(&self) -> MutexGuard<'_, Rotation> {
        let Scheme::OAuth1 { rotation, .. } = &*self.0;
        rotation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Signer> for Authenticator {
    fn from(signer: Signer) -> Self {
        Self::oauth1(signer, None)
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator(<redacted>)")
    }
}

#[cfg(test)]
mod tests;
