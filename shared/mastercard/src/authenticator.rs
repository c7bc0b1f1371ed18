//! Authentication of the requests to one API: it turns a request into the headers that authenticate it.
//!
//! Another scheme than OAuth 1.0a becomes a variant of `Scheme`. OAuth 2.0 with DPoP would keep an access token and the
//! last `DPoP-Nonce`: `authenticate`, which is `async` for this purpose, fetches the token and writes the DPoP proof;
//! `fall_back` takes the new nonce and asks for one more attempt.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
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
/// // During a key rotation: the new key set signs until the gateway rejects it, then the old one.
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
    /// Two key sets during a rotation: the preferred one signs until the gateway rejects it.
    OAuth1 { preferred: Signer, fallback: Option<Signer>, fell_back: AtomicBool },
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
    /// The key set that replaces it once the gateway has rejected it.
    Fallback,
}

impl Authenticator {
    /// OAuth 1.0a. `preferred` signs; once the gateway rejects it, `fallback` signs, if there is one.
    pub fn oauth1(preferred: Signer, fallback: Option<Signer>) -> Self {
        Self(Arc::new(Scheme::OAuth1 { preferred, fallback, fell_back: AtomicBool::new(false) }))
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
        let Scheme::OAuth1 { preferred, fallback, fell_back } = &*self.0;
        let (signer, key_set) = match fallback {
            Some(fallback) if fell_back.load(Relaxed) => (fallback, KeySet::Fallback),
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
    pub(super) fn fall_back(&self, rejected: KeySet, api: Upstream) -> bool {
        let Scheme::OAuth1 { fallback, fell_back, .. } = &*self.0;
        if rejected == KeySet::Fallback || fallback.is_none() {
            return false;
        }
        if !fell_back.swap(true, Relaxed) {
            tracing::warn!(event = "key_set_rejected", %api, "newer key set rejected; signing with the older one");
        }
        true
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
