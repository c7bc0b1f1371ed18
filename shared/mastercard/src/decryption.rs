//! Our private keys as openers of what Mastercard wraps for us: two while one replaces the other.

use aws_lc_rs::{
    error::Unspecified,
    rsa::{OaepAlgorithm, OaepPrivateDecryptingKey},
};
use secrecy::zeroize::Zeroizing;

use super::keys::{Certificate, DecryptingKey, KeyError, KeyProblem};
use crate::digest::sha256_hex;

/// The preferred one first.
pub(super) struct DecryptionKeys(Vec<DecryptionKey>);

struct DecryptionKey {
    key: OaepPrivateDecryptingKey,
    /// What Mastercard may call it: a fingerprint of its public key or of its certificate.
    names: Vec<String>,
}

impl DecryptionKeys {
    pub(super) fn new(keys: &[DecryptingKey]) -> Result<Self, KeyError> {
        let bad = |_| KeyError { key: "payload decryption key".into(), problem: KeyProblem::NotRsa };
        keys.iter().map(|key| decryption_key(key).map_err(bad)).collect::<Result<_, _>>().map(Self)
    }

    /// Unwraps a content key. The key that is named is tried first; then every other, for Mastercard may call our keys
    /// what it likes.
    pub(super) fn content_key(
        &self,
        name: Option<&str>,
        algorithm: &'static OaepAlgorithm,
        wrapped: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let named = |key: &&DecryptionKey| {
            name.is_some_and(|name| key.names.iter().any(|own| own.eq_ignore_ascii_case(name)))
        };
        let mut in_turn = self.0.iter().filter(named).chain(self.0.iter().filter(|key| !named(key)));
        in_turn.find_map(|key| unwrap_key(&key.key, algorithm, wrapped))
    }
}

fn decryption_key(key: &DecryptingKey) -> Result<DecryptionKey, Unspecified> {
    let of_certificate = key
        .certificate()
        .map(|it: &Certificate| [it.fingerprint(), it.fingerprint_sha1()])
        .into_iter()
        .flatten();
    let names = [sha256_hex(&key.public_key())].into_iter().chain(of_certificate).collect();
    Ok(DecryptionKey { key: OaepPrivateDecryptingKey::new(key.key().clone())?, names })
}

fn unwrap_key(
    key: &OaepPrivateDecryptingKey,
    algorithm: &'static OaepAlgorithm,
    wrapped: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let mut buffer = Zeroizing::new(vec![0; key.min_output_size()]);
    let content_key = key.decrypt(algorithm, wrapped, &mut buffer, None).ok()?;
    Some(Zeroizing::new(content_key.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{certificate_pem, private_key_pem};

    #[test]
    fn a_key_answers_to_the_fingerprints_of_its_public_key_and_its_certificate() {
        let pem = private_key_pem() + &certificate_pem();
        let with_certificate = DecryptingKey::read("key", pem.as_bytes(), None).unwrap();
        let key = decryption_key(&with_certificate).unwrap();
        let certificate = Certificate::from_pem("certificate", &certificate_pem()).unwrap();
        let names =
            [certificate.public_key_fingerprint(), certificate.fingerprint(), certificate.fingerprint_sha1()];
        assert_eq!(key.names, names);
    }
}
