//! The content of `portal.json`.

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde::{Deserialize, Serialize};

use super::credentials::Credentials;
use super::error::PortalError;

/// The issuer's credentials and Mastercard's private keys (PKCS#8 PEM).
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PortalFile {
    pub(super) credentials: Credentials,
    pub(super) client_encryption_key: String,
    pub(super) processing_encryption_key: String,
    pub(super) receipt_signing_key: String,
    pub(super) receipt_signing_kid: String,
}

impl PortalFile {
    /// Generates six RSA-2048 keys, in parallel, and the certificates and consumer keys.
    pub(super) fn generate() -> Result<Self, PortalError> {
        let [connect, processing, decryption, client_encryption, processing_encryption, receipts] =
            std::thread::scope(|scope| {
                [(); 6]
                    .map(|()| scope.spawn(|| KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)))
                    .map(|key| {
                        key.join().map_err(|_| PortalError::Interrupted)?.map_err(PortalError::Generation)
                    })
            });
        let (client_encryption, processing_encryption) = (client_encryption?, processing_encryption?);
        let certificate = |key: &KeyPair, name: &str| -> Result<String, PortalError> {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            Ok(params.self_signed(key).map_err(PortalError::Generation)?.pem())
        };
        Ok(Self {
            credentials: Credentials {
                token_connect_consumer_key: consumer_key(),
                token_connect_signing_key: connect?.serialize_pem(),
                processing_consumer_key: consumer_key(),
                processing_signing_key: processing?.serialize_pem(),
                client_encryption_certificate: certificate(
                    &client_encryption,
                    "Simulated Client Encryption Key of Token Connect",
                )?,
                processing_encryption_certificate: certificate(
                    &processing_encryption,
                    "Simulated encryption key of Mastercard Processing",
                )?,
                processing_decryption_key: decryption?.serialize_pem(),
            },
            client_encryption_key: client_encryption.serialize_pem(),
            processing_encryption_key: processing_encryption.serialize_pem(),
            receipt_signing_key: receipts?.serialize_pem(),
            // Nineteen decimal digits, as in the sandbox.
            receipt_signing_kid: rand::random_range(
                1_000_000_000_000_000_000_u64..10_000_000_000_000_000_000,
            )
            .to_string(),
        })
    }
}

/// 48 characters, `!`, 48 hex digits.
fn consumer_key() -> String {
    let alphabet = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let client: String =
        (0..48).map(|_| char::from(alphabet[rand::random_range(0..alphabet.len())])).collect();
    format!("{client}!{}", hex::encode(rand::random::<[u8; 24]>()))
}
