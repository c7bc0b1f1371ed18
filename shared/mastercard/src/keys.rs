//! Keys as operators hold them, PEM or PKCS#12, turned into keys that work. A bad one is named; its content never is.

mod certificate;
mod private;

use std::str::FromStr;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding},
};

pub use self::{
    certificate::{Certificate, ClientEncryptionKey},
    private::{DecryptingKey, KeyUse, PrivateKey},
};

/// A key that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct KeyError {
    /// Which one, in the words of whoever loaded it.
    pub key: String,
    /// What is wrong with it.
    pub problem: KeyProblem,
}

/// What can be wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// No PEM armor, or broken base64 inside.
    #[error("not PEM")]
    NotPem,
    /// Nothing that a private key comes in.
    #[error("neither PEM nor PKCS#12")]
    NotAKeyFile,
    /// PEM, but not of a private key.
    #[error("not a `PRIVATE KEY` (PKCS#8, not encrypted) nor an `RSA PRIVATE KEY` (PKCS#1)")]
    NotAPrivateKey,
    /// PEM, but not of a certificate.
    #[error("not a `CERTIFICATE`")]
    NotACertificate,
    /// Another algorithm, damaged, or outside 2048 to 8192 bits.
    #[error("not an RSA key of 2048 to 8192 bits")]
    NotRsa,
    /// The container does not open.
    #[error("the password does not open the PKCS#12 container, or none is set")]
    WrongPassword,
    /// Damaged, or protected in a way that is not read: PBMAC1, RC2 with 128 bits, RC4.
    #[error("a PKCS#12 container that is damaged or of a kind not read here (PBES2, 3DES and RC2-40 are)")]
    UnreadableContainer,
    /// None or several, and nobody said which.
    #[error("does not hold exactly one private key")]
    NotOneKey,
    /// Certificates lie beside the key, and none of them is for it.
    #[error("the certificate beside it belongs to another key")]
    Unpaired,
}

/// The RSA private key that signs requests (OAuth 1.0a).
#[derive(Clone, Debug)]
pub struct SigningKey(PrivateKey);

/// How the signature is padded; the name is what `oauth_signature_method` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureMethod {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what both APIs document.
    #[default]
    RsaSha256,
    /// RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes. Mastercard's newer libraries offer it; whether
    /// these two APIs take it is not published.
    RsaPss,
}

impl SigningKey {
    /// Reads PKCS#8 or PKCS#1 PEM; `key` names it in errors.
    pub fn from_pem(key: &str, pem: &str) -> Result<Self, KeyError> {
        PrivateKey::read(key, pem.as_bytes(), None).map(Self)
    }

    /// Signs over SHA-256.
    pub fn sign(&self, method: SignatureMethod, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let padding: &'static dyn RsaEncoding = match method {
            SignatureMethod::RsaSha256 => &RSA_PKCS1_SHA256,
            SignatureMethod::RsaPss => &RSA_PSS_SHA256,
        };
        let pair = self.0.key();
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &SystemRandom::new(), message, &mut signature).map_err(|_| SigningFailed)?;
        Ok(signature)
    }

    /// PKCS#1 DER of the public half, as signature verifiers take it.
    pub fn public_key(&self) -> &[u8] {
        self.0.pkcs1_public_key()
    }
}

impl From<PrivateKey> for SigningKey {
    fn from(key: PrivateKey) -> Self {
        Self(key)
    }
}

impl SignatureMethod {
    /// The value of `oauth_signature_method`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RsaSha256 => "RSA-SHA256",
            Self::RsaPss => "RSA-PSS",
        }
    }
}

impl FromStr for SignatureMethod {
    type Err = UnknownSignatureMethod;

    fn from_str(raw: &str) -> Result<Self, UnknownSignatureMethod> {
        [Self::RsaSha256, Self::RsaPss]
            .into_iter()
            .find(|it| it.as_str() == raw)
            .ok_or(UnknownSignatureMethod)
    }
}

/// No signature method of Mastercard's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is RSA-SHA256 or RSA-PSS")]
pub struct UnknownSignatureMethod;

/// The cryptographic library refused to sign.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key did not sign")]
pub struct SigningFailed;

#[cfg(test)]
mod tests;
