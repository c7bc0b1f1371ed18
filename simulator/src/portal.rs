//! The Mastercard Developers portal: the consumer keys, keys and certificates that an issuer downloads, and the
//! private halves that stay with Mastercard. Generated at run time, never committed.

mod credentials;

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rsa::{PrivateKey, PublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::credentials::Credentials;
use self::credentials::write_private;
use crate::crypto::certificate::RsaCertificate;

/// Both sides of the portal: what the issuer gets, Mastercard's private halves and the key that signs receipts.
/// Cheap to clone: many simulators can share one.
#[derive(Clone)]
pub struct Portal(Arc<Inner>);

struct Inner {
    credentials: Credentials,
    keys: Keys,
}

/// Mastercard's private halves as they are kept on disk.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    credentials: Credentials,
    client_encryption_key: String,
    processing_encryption_key: String,
    receipt_signing_key: String,
    receipt_signing_kid: String,
}

/// The same, ready for use.
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
    pub(crate) receipt_signing_kid: String,
}

/// The portal could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// Key or certificate generation failed.
    #[error("a key or certificate could not be generated")]
    Generation(#[source] rcgen::Error),
    /// A thread that generated a key died.
    #[error("key generation was interrupted")]
    Interrupted,
    /// A key or certificate is not what its name says.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
    /// The folder cannot be read or written.
    #[error("the portal's folder cannot be used")]
    Folder(#[source] io::Error),
    /// `portal.json` is not what [`Portal::load_or_generate`] wrote.
    #[error("portal.json cannot be read")]
    Malformed(#[source] serde_json::Error),
}

impl fmt::Debug for Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Portal(<redacted>)")
    }
}

impl Portal {
    /// Generates six RSA-2048 keys, in parallel, and the certificates and consumer keys around them.
    ///
    /// # Errors
    /// When the system's randomness or the generator fails.
    pub fn generate() -> Result<Self, PortalError> {
        Self::open(generate()?)
    }

    /// Loads `portal.json` from `dir`, or generates and writes it (readable by its owner only).
    ///
    /// # Errors
    /// When the folder cannot be used or the file was altered.
    pub fn load_or_generate(dir: &Path) -> Result<Self, PortalError> {
        let file = dir.join("portal.json");
        match fs::read(&file) {
            Ok(content) => Self::open(serde_json::from_slice(&content).map_err(PortalError::Malformed)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let kept = generate()?;
                let content = serde_json::to_vec_pretty(&kept).map_err(PortalError::Malformed)?;
                fs::create_dir_all(dir).map_err(PortalError::Folder)?;
                write_private(&file, &content).map_err(PortalError::Folder)?;
                Self::open(kept)
            }
            Err(error) => Err(PortalError::Folder(error)),
        }
    }

    /// The issuer's part.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    fn open(kept: Kept) -> Result<Self, PortalError> {
        let private =
            |pem: &str, name| PrivateKey::from_pkcs8_pem(pem).map_err(|_| PortalError::Unreadable(name));
        let certificate =
            |pem: &str, name| RsaCertificate::from_pem(pem).map_err(|_| PortalError::Unreadable(name));
        let issuer = &kept.credentials;
        let decryption = private(&issuer.processing_decryption_key, "the decryption key")?.to_public_key();
        let spki =
            decryption.to_public_key_der().map_err(|_| PortalError::Unreadable("the decryption key"))?;
        let keys = Keys {
            client_encryption: private(&kept.client_encryption_key, "the client encryption key")?,
            client_encryption_certificate: certificate(
                &issuer.client_encryption_certificate,
                "the client encryption certificate",
            )?,
            processing_encryption: private(&kept.processing_encryption_key, "the processing encryption key")?,
            processing_encryption_certificate: certificate(
                &issuer.processing_encryption_certificate,
                "the processing encryption certificate",
            )?,
            issuer_token_connect: private(
                &issuer.token_connect_signing_key,
                "the Token Connect signing key",
            )?
            .to_public_key(),
            issuer_processing: private(&issuer.processing_signing_key, "the Processing signing key")?
                .to_public_key(),
            issuer_decryption: decryption,
            issuer_decryption_kid: hex::encode(Sha256::digest(spki.as_bytes())),
            receipt_signing: private(&kept.receipt_signing_key, "the receipt signing key")?,
            receipt_signing_kid: kept.receipt_signing_kid.clone(),
        };
        Ok(Self(Arc::new(Inner { credentials: kept.credentials, keys })))
    }
}

fn generate() -> Result<Kept, PortalError> {
    let [connect, processing, decryption, client_encryption, processing_encryption, receipts] =
        std::thread::scope(|scope| {
            [(); 6]
                .map(|()| scope.spawn(|| KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)))
                .map(|key| key.join().map_err(|_| PortalError::Interrupted)?.map_err(PortalError::Generation))
        });
    let (client_encryption, processing_encryption) = (client_encryption?, processing_encryption?);
    let certificate = |key: &KeyPair, name: &str| -> Result<String, PortalError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        Ok(params.self_signed(key).map_err(PortalError::Generation)?.pem())
    };
    Ok(Kept {
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
        // Nineteen decimal digits, the form seen in the sandbox.
        receipt_signing_kid: rand::random_range(1_000_000_000_000_000_000_u64..10_000_000_000_000_000_000)
            .to_string(),
    })
}

fn consumer_key() -> String {
    let alphabet = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let client: String =
        (0..48).map(|_| char::from(alphabet[rand::random_range(0..alphabet.len())])).collect();
    format!("{client}!{}", hex::encode(rand::random::<[u8; 24]>()))
}
