//! Private keys as they are stored: PKCS#8 or PKCS#1 PEM, or the PKCS#12 container that Mastercard Developers gives.
//!
//! A certificate beside the key, in the container or as one more PEM block, must belong to it and tells its expiry.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, PrivateDecryptingKey},
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use p12_keystore::{Pkcs12Archive, error::Error as Pkcs12Error};
use secrecy::zeroize::Zeroizing;
use x509_cert::der::pem;

use super::{Certificate, KeyError, KeyProblem};

/// The first byte of every DER structure here, PKCS#12 among them.
const DER_SEQUENCE: u8 = 0x30;

/// An RSA private key, with its certificate if one was stored beside it: one that signs, or a [`DecryptingKey`].
/// aws-lc checks a key each time that it reads one, which takes most of a start; so it is read once, for its use.
pub struct PrivateKey<K = KeyPair> {
    key: Arc<K>,
    certificate: Option<Arc<Certificate>>,
}

/// An RSA private key that decrypts.
pub type DecryptingKey = PrivateKey<PrivateDecryptingKey>;

/// What a private key is read for.
pub trait KeyUse: Sized {
    /// From PKCS#8 DER.
    fn from_pkcs8(der: &[u8]) -> Option<Self>;
    /// From PKCS#1 DER.
    fn from_pkcs1(der: &[u8]) -> Option<Self>;
    /// DER `SubjectPublicKeyInfo` of the public half.
    fn public_key_info(&self) -> Option<Vec<u8>>;
}

impl KeyUse for KeyPair {
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Self::from_pkcs8(der).ok()
    }

    fn from_pkcs1(der: &[u8]) -> Option<Self> {
        Self::from_der(der).ok()
    }

    fn public_key_info(&self) -> Option<Vec<u8>> {
        let der: PublicKeyX509Der<'_> = self.public_key().as_der().ok()?;
        Some(der.as_ref().to_vec())
    }
}

impl KeyUse for PrivateDecryptingKey {
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Self::from_pkcs8(der).ok()
    }

    fn from_pkcs1(der: &[u8]) -> Option<Self> {
        let pkcs8: Pkcs8V1Der<'_> = KeyPair::from_der(der).ok()?.as_der().ok()?;
        Self::from_pkcs8(pkcs8.as_ref()).ok()
    }

    fn public_key_info(&self) -> Option<Vec<u8>> {
        let der: PublicKeyX509Der<'_> = self.public_key().as_der().ok()?;
        Some(der.as_ref().to_vec())
    }
}

/// What a file holds, before anything is known to fit.
struct Stored<K> {
    key: K,
    certificates: Vec<Certificate>,
}

impl<K: KeyUse> PrivateKey<K> {
    /// Reads PEM, or PKCS#12 with its password; `key` names it in errors. What it is shows in its first bytes.
    /// PKCS#12 may also come as the base64 text of it, which is how a console lets a binary secret be pasted.
    ///
    /// Containers may be modern (PBES2 with AES) or old (PBE-SHA1-3DES, RC2-40). Copies of the key that are made on
    /// the way are wiped, but for those within the PKCS#12 reader, which does not wipe its own.
    pub fn read(key: &str, stored: &[u8], password: Option<&str>) -> Result<Self, KeyError> {
        let read = if stored.first() == Some(&DER_SEQUENCE) {
            from_pkcs12(stored, password)
        } else if let Some(der) = pasted(stored) {
            from_pkcs12(&der, password)
        } else {
            from_pem(stored)
        };
        read.and_then(paired).map_err(|problem| KeyError { key: key.into(), problem })
    }

    /// The certificate that was stored beside it.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_deref()
    }

    /// DER `SubjectPublicKeyInfo` of the public half, as certificates hold it. Never empty for an RSA key that was read.
    pub fn public_key(&self) -> Vec<u8> {
        self.key.public_key_info().unwrap_or_default()
    }

    pub(crate) fn key(&self) -> &K {
        &self.key
    }
}

impl PrivateKey {
    /// The size of the modulus.
    pub fn bits(&self) -> usize {
        self.key.public_modulus_len() * 8
    }

    pub(super) fn pkcs1_public_key(&self) -> &[u8] {
        self.key.as_ref().public_key().as_ref()
    }
}

impl<K> Clone for PrivateKey<K> {
    fn clone(&self) -> Self {
        Self { key: Arc::clone(&self.key), certificate: self.certificate.clone() }
    }
}

impl<K> fmt::Debug for PrivateKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(<redacted>)")
    }
}

/// PKCS#12 as base64 text, perhaps in lines.
fn pasted(stored: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // Never grown: what a vector grows out of is not wiped.
    let mut text = Zeroizing::new(Vec::with_capacity(stored.len()));
    text.extend(stored.iter().filter(|byte| !byte.is_ascii_whitespace()));
    let der = Zeroizing::new(STANDARD.decode(&*text).ok()?);
    (der.first() == Some(&DER_SEQUENCE)).then_some(der)
}

fn from_pkcs12<K: KeyUse>(der: &[u8], password: Option<&str>) -> Result<Stored<K>, KeyProblem> {
    let archive =
        Pkcs12Archive::from_pkcs12(der, password.unwrap_or_default()).map_err(|error| match error {
            Pkcs12Error::MacError(_) | Pkcs12Error::UnpadError | Pkcs12Error::Pkcs5Error(_) => {
                KeyProblem::WrongPassword
            }
            _ => KeyProblem::UnreadableContainer,
        })?;
    let [key] = archive.keys.as_slice() else { return Err(KeyProblem::NotOneKey) };
    let key = K::from_pkcs8(key.key.as_der()).ok_or(KeyProblem::NotRsa)?;
    let certificates = archive.certs.iter().filter_map(|bag| Certificate::from_der(bag.cert.as_der().into()));
    Ok(Stored { key, certificates: certificates.collect() })
}

/// Text around the blocks, such as OpenSSL's bag attributes, is passed over.
fn from_pem<K: KeyUse>(stored: &[u8]) -> Result<Stored<K>, KeyProblem> {
    let text = std::str::from_utf8(stored).map_err(|_| KeyProblem::NotAKeyFile)?;
    let (mut keys, mut certificates) = (Vec::new(), Vec::new());
    for block in pem_blocks(text) {
        let (label, der) = pem::decode_vec(block.as_bytes()).map_err(|_| KeyProblem::NotAKeyFile)?;
        let der = Zeroizing::new(der);
        match label {
            "PRIVATE KEY" => keys.push(K::from_pkcs8(&der).ok_or(KeyProblem::NotRsa)?),
            "RSA PRIVATE KEY" => keys.push(K::from_pkcs1(&der).ok_or(KeyProblem::NotRsa)?),
            "CERTIFICATE" => {
                let certificate = Certificate::from_der(der.to_vec());
                certificates.push(certificate.ok_or(KeyProblem::NotACertificate)?);
            }
            _ => return Err(KeyProblem::NotAPrivateKey),
        }
    }
    match keys.len() {
        1 => Ok(Stored { key: keys.remove(0), certificates }),
        0 if certificates.is_empty() => Err(KeyProblem::NotAKeyFile),
        0 => Err(KeyProblem::NotAPrivateKey),
        _ => Err(KeyProblem::NotOneKey),
    }
}

/// Each from its `-----BEGIN` to the end of its `-----END …-----`.
fn pem_blocks(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("-----BEGIN ").map(|(begin, _)| {
        let block = &text[begin..];
        let end = block.find("-----END ").unwrap_or(block.len());
        let line = block[end..].find('\n').unwrap_or(block.len() - end);
        block[..end + line].trim_end()
    })
}

fn paired<K: KeyUse>(stored: Stored<K>) -> Result<PrivateKey<K>, KeyProblem> {
    let Stored { key, mut certificates } = stored;
    let stands_alone = certificates.is_empty();
    let public_key = key.public_key_info();
    certificates.retain(|certificate| Some(certificate.public_key()) == public_key.as_deref());
    let certificate = certificates.into_iter().max_by_key(Certificate::not_after).map(Arc::new);
    if certificate.is_none() && !stands_alone {
        return Err(KeyProblem::Unpaired);
    }
    Ok(PrivateKey { key: Arc::new(key), certificate })
}

#[cfg(test)]
mod tests;
