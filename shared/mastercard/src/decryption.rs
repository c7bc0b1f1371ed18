//! Unwraps the content keys that Mastercard encrypts for our private keys; there are two keys during a rotation.

use aws_lc_rs::rsa::{OaepAlgorithm, OaepPrivateDecryptingKey};
use secrecy::zeroize::Zeroizing;

use super::keys::{Certificate, DecryptionKey};
use crate::digest::sha256_hex;

/// The preferred one first.
pub(super) struct DecryptionKeys(Vec<IdentifiedKey>);

struct IdentifiedKey {
    key: DecryptionKey,
    /// The key ids that Mastercard may use: fingerprints of the public key and of the certificate.
    key_ids: Vec<String>,
}

impl DecryptionKeys {
    pub(super) fn new(keys: &[DecryptionKey]) -> Self {
        Self(keys.iter().map(identified_key).collect())
    }

    /// The keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = &DecryptionKey> + Clone {
        self.0.iter().map(|it| &it.key)
    }

    /// Unwraps a content key. The key with that id is tried first, then all others: the form of key id that Mastercard uses is
    /// not published.
    pub(super) fn content_key(
        &self,
        key_id: Option<&str>,
        algorithm: &'static OaepAlgorithm,
        wrapped: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let matches = |key: &&IdentifiedKey| {
            key_id.is_some_and(|key_id| key.key_ids.iter().any(|own| own.eq_ignore_ascii_case(key_id)))
        };
        let mut ordered = self.0.iter().filter(matches).chain(self.0.iter().filter(|key| !matches(key)));
        ordered.find_map(|key| unwrap_key(&key.key, algorithm, wrapped))
    }
}

fn identified_key(key: &DecryptionKey) -> IdentifiedKey {
    let of_certificate = key
        .certificate()
        .map(|it: &Certificate| [it.fingerprint(), it.fingerprint_sha1()])
        .into_iter()
        .flatten();
    let key_ids = [sha256_hex(key.public_key())].into_iter().chain(of_certificate).collect();
    IdentifiedKey { key: key.clone(), key_ids }
}

fn unwrap_key(
    key: &DecryptionKey,
    algorithm: &'static OaepAlgorithm,
    wrapped: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let key = OaepPrivateDecryptingKey::new(key.loaded()?.clone()).ok()?;
    let mut buffer = Zeroizing::new(vec![0; key.min_output_size()]);
    let content_key = key.decrypt(algorithm, wrapped, &mut buffer, None).ok()?;
    Some(Zeroizing::new(content_key.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{certificate_pem, private_key_pem};

    #[test]
    fn the_key_ids_are_the_fingerprints_of_public_key_and_certificate() {
        let pem = private_key_pem() + &certificate_pem();
        let with_certificate = DecryptionKey::read("key", pem.as_bytes(), None).unwrap();
        let key = identified_key(&with_certificate);
        let certificate = Certificate::from_pem("certificate", &certificate_pem()).unwrap();
        let key_ids =
            [certificate.public_key_fingerprint(), certificate.fingerprint(), certificate.fingerprint_sha1()];
        assert_eq!(key.key_ids, key_ids);
    }
}
