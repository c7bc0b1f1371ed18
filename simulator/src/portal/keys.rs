//! The parsed keys and certificates of the portal.

use rsa::PublicKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use sha2::{Digest, Sha256};

use super::error::PortalError;
use super::file::PortalFile;
use crate::crypto::{certificate::RsaCertificate, private_key::PrivateKey};

/// Mastercard's private keys and the issuer's public keys.
pub(crate) struct Keys {
    pub(crate) client_encryption: PrivateKey,
    pub(crate) client_encryption_certificate: RsaCertificate,
    pub(crate) processing_encryption: PrivateKey,
    pub(crate) processing_encryption_certificate: RsaCertificate,
    pub(crate) issuer_token_connect: PublicKey,
    pub(crate) issuer_processing: PublicKey,
    pub(crate) issuer_decryption: PublicKey,
    pub(crate) issuer_decryption_kid: String,
    pub(crate) receipt_signing: PrivateKey,
    pub(crate) receipt_verification: PublicKey,
    pub(crate) receipt_signing_kid: String,
}

impl Keys {
    /// Parses the keys and certificates of a portal.
    pub(super) fn parse(file: &PortalFile) -> Result<Self, PortalError> {
        let private = |pem: &str, name| PrivateKey::from_pem(pem).map_err(|_| PortalError::Unreadable(name));
        let public = |pem: &str, name| {
            let key = rsa::PrivateKey::from_pkcs8_pem(pem).map_err(|_| PortalError::Unreadable(name))?;
            Ok::<_, PortalError>(key.to_public_key())
        };
        let certificate =
            |pem: &str, name| RsaCertificate::from_pem(pem).map_err(|_| PortalError::Unreadable(name));
        let issuer = &file.credentials;
        let decryption = public(&issuer.processing_decryption_key, "the decryption key")?;
        let spki =
            decryption.to_public_key_der().map_err(|_| PortalError::Unreadable("the decryption key"))?;
        Ok(Self {
            client_encryption: private(&file.client_encryption_key, "the client encryption key")?,
            client_encryption_certificate: certificate(
                &issuer.client_encryption_certificate,
                "the client encryption certificate",
            )?,
            processing_encryption: private(&file.processing_encryption_key, "the processing encryption key")?,
            processing_encryption_certificate: certificate(
                &issuer.processing_encryption_certificate,
                "the processing encryption certificate",
            )?,
            issuer_token_connect: public(&issuer.token_connect_signing_key, "the Token Connect signing key")?,
            issuer_processing: public(&issuer.processing_signing_key, "the Processing signing key")?,
            issuer_decryption: decryption,
            issuer_decryption_kid: hex::encode(Sha256::digest(spki.as_bytes())),
            receipt_signing: private(&file.receipt_signing_key, "the receipt signing key")?,
            receipt_verification: public(&file.receipt_signing_key, "the receipt signing key")?,
            receipt_signing_kid: file.receipt_signing_kid.clone(),
        })
    }
}
