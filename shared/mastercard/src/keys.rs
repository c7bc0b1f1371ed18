//! Keys and certificates from PEM, DER and PKCS#12. Errors contain the name of the key and nothing of its content.

mod certificate;
mod encoding;
mod private;
mod rsa_key;

use std::str::FromStr;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding},
};

pub use self::{
    certificate::{Certificate, ClientEncryptionKey},
    encoding::decode_text,
    private::{DecryptionKey, PrivateKey, RsaPrivateKey},
};
pub(crate) use self::{encoding::certificates, private::load_keys};

/// A key that cannot be used.
///
/// ```
/// use push_provisioning_client::{SigningKey, keys::KeyProblem};
///
/// let error = SigningKey::from_pem("signing key", "no PEM").unwrap_err();
/// assert_eq!(error.to_string(), "signing key: neither PEM, DER nor PKCS#12");
/// assert_eq!(error.problem, KeyProblem::NotAKeyFile);
/// ```
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct KeyError {
    /// The name of the key that the caller gave.
    pub key: String,
    /// The problem.
    pub problem: KeyProblem,
}

/// A problem with a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// A certificate is expected, and the content is neither PEM nor DER.
    #[error("neither PEM nor DER")]
    NotPem,
    /// A private key is expected, and the content is neither PEM, DER nor PKCS#12.
    #[error("neither PEM, DER nor PKCS#12")]
    NotAKeyFile,
    /// A PEM block without its `END` line, or with text that is not base64.
    #[error(
        "damaged PEM: between `-----BEGIN …-----` and `-----END …-----` there must be base64 only, and nothing may be missing"
    )]
    DamagedPem,
    /// A PEM private key that is encrypted with a password.
    #[error(
        "a PEM private key with a password: remove the password (`openssl pkey -in key.pem`) or store PKCS#12"
    )]
    EncryptedPem,
    /// PEM or DER, but not of a private key.
    #[error("not a `PRIVATE KEY` (PKCS#8) nor an `RSA PRIVATE KEY` (PKCS#1)")]
    NotAPrivateKey,
    /// PEM or DER, but not of a certificate.
    #[error("not a `CERTIFICATE`")]
    NotACertificate,
    /// Another algorithm, damaged, or outside 2048 to 8192 bits.
    #[error("not an RSA key of 2048 to 8192 bits")]
    NotRsa,
    /// The numbers of an RSA key do not belong together; see [`PrivateKey::check`].
    #[error("a damaged RSA key: its numbers do not belong together")]
    DamagedRsaKey,
    /// The PKCS#12 container cannot be decrypted with the password.
    #[error("the password of the PKCS#12 container is wrong or missing")]
    WrongPassword,
    /// Damaged, or encrypted with an unsupported algorithm: PBES2 with HMAC-SHA-1 or 3DES, PBMAC1, RC2 with 128 bits, RC4.
    #[error(
        "a PKCS#12 container that is damaged or has an unsupported encryption: write it anew with `openssl pkcs12 -in old.p12 -nodes -out key.pem`, which may need `-legacy`, and `openssl pkcs12 -export -in key.pem -out new.p12`"
    )]
    UnsupportedContainer,
    /// A PKCS#12 container without a private key.
    #[error("a PKCS#12 container without a private key")]
    NoKey,
    /// So many private keys, and it is unknown which one is meant.
    #[error(
        "holds {0} private keys: remove all but one, or copy one out of PKCS#12 with `keytool -importkeystore -srckeystore old.p12 -srcalias … -destkeystore new.p12`"
    )]
    SeveralKeys(usize),
    /// The file contains certificates, none of them for the key.
    #[error("the certificate in the same file belongs to another key")]
    CertificateMismatch,
}

/// The RSA private key that signs requests (OAuth 1.0a). [`Signer`](crate::Signer) shows its use.
#[derive(Clone, Debug)]
pub struct SigningKey(PrivateKey);

/// The signature method (`oauth_signature_method`).
///
/// ```
/// use push_provisioning_client::SignatureMethod;
///
/// assert_eq!("RSA-PSS".parse(), Ok(SignatureMethod::RsaPss));
/// assert_eq!(SignatureMethod::default().as_str(), "RSA-SHA256");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureMethod {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what both APIs document.
    #[default]
    RsaSha256,
    /// RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes. Mastercard's newer libraries support it; whether
    /// these two APIs do is not published.
    RsaPss,
}

impl SigningKey {
    /// Reads PKCS#8 or PKCS#1 in PEM. `name` is the name of the key in errors.
    ///
    /// # Errors
    /// If `pem` is not exactly one RSA private key of 2048 to 8192 bits.
    pub fn from_pem(name: &str, pem: &str) -> Result<Self, KeyError> {
        PrivateKey::read(name, pem.as_bytes(), None).map(Self)
    }

    /// Signs the SHA-256 digest of the message.
    ///
    /// # Errors
    /// If the key's numbers do not belong together.
    pub fn sign(&self, method: SignatureMethod, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let padding: &'static dyn RsaEncoding = match method {
            SignatureMethod::RsaSha256 => &RSA_PKCS1_SHA256,
            SignatureMethod::RsaPss => &RSA_PSS_SHA256,
        };
        let pair = self.0.loaded().ok_or(SigningError)?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &SystemRandom::new(), message, &mut signature).map_err(|_| SigningError)?;
        Ok(signature)
    }

    /// The public key as PKCS#1 DER.
    pub fn public_key(&self) -> &[u8] {
        self.0.pkcs1_public_key()
    }

    pub(crate) fn private_key(&self) -> &PrivateKey {
        &self.0
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

/// The text is not a signature method.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be RSA-SHA256 or RSA-PSS")]
pub struct UnknownSignatureMethod;

/// The cryptographic library could not sign: the key is damaged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key is damaged: its numbers do not belong together")]
pub struct SigningError;

#[cfg(test)]
mod tests;
