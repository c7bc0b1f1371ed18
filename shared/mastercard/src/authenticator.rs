//! How the calls to one API prove who makes them: a request goes in, headers come out.
//!
//! This is the seam for what replaces OAuth 1.0a. OAuth 2.0 with DPoP would be one more `Scheme` that holds an access
//! token and the last `DPoP-Nonce`: `authenticate` fetches the token once it has run out (it is `async` for that) and
//! writes the proof; `refused` takes up the new nonce and asks for one more attempt. Nothing else would change.

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
    oauth1::{Signer, Stamp},
};
use crate::log_event;

/// Authenticates the calls to one API. Clones share what they learn.
#[derive(Clone)]
pub struct Authenticator(Arc<Scheme>);

enum Scheme {
    /// Two key sets may be live while one replaces the other: the preferred one signs until the gateway refuses it.
    OAuth1 { preferred: Signer, other: Option<Signer>, fell_back: AtomicBool },
}

/// What authenticates one attempt.
pub struct Proof {
    /// Headers to send.
    pub headers: HeaderMap,
    /// The signature base string: it finds the reason when the gateway disagrees.
    pub base_string: String,
    /// Which keys made it.
    pub keys: Keys,
}

/// Which of two key sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// The key set that signs first.
    Preferred,
    /// The other key set, while keys rotate.
    Other,
}

impl Authenticator {
    /// OAuth 1.0a with the preferred signer, and with the other one from the moment that the gateway refuses it.
    pub fn oauth1(preferred: Signer, other: Option<Signer>) -> Self {
        Self(Arc::new(Scheme::OAuth1 { preferred, other, fell_back: AtomicBool::new(false) }))
    }

    /// Proves one attempt; `url` and `body` are exactly what will be sent.
    pub async fn authenticate(
        &self,
        method: &Method,
        url: &Url,
        body: &[u8],
    ) -> Result<Proof, InvalidRequest> {
        let Scheme::OAuth1 { preferred, other, fell_back } = &*self.0;
        let (signer, keys) = match other {
            Some(other) if fell_back.load(Relaxed) => (other, Keys::Other),
            _ => (preferred, Keys::Preferred),
        };
        let signed = signer.authorization(method.as_str(), url, body, &Stamp::now())?;
        let mut header = HeaderValue::from_str(&signed.header).map_err(|_| InvalidRequest::Malformed)?;
        header.set_sensitive(true);
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header)]);
        Ok(Proof { headers, base_string: signed.base_string, keys })
    }

    /// The gateway does not believe a proof of these keys. True if another attempt is to be made at once: there are
    /// other keys, and from now on they are the ones that sign. Nothing was done, so this is safe for a push too.
    pub(super) fn refused(&self, keys: Keys, api: Upstream) -> bool {
        let Scheme::OAuth1 { other, fell_back, .. } = &*self.0;
        if keys == Keys::Other || other.is_none() {
            return false;
        }
        if !fell_back.swap(true, Relaxed) {
            tracing::warn!(event = log_event::KEY_SET_REJECTED, %api, "newer key set rejected; signing with the older one");
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
