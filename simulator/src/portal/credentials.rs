//! The issuer's credentials and their files.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The credentials that an issuer downloads from the Mastercard Developers portal. Keys are PKCS#8 PEM, certificates X.509 PEM, RSA 2048.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// Consumer key of the Token Connect project: 48 characters, `!`, 48 characters.
    pub token_connect_consumer_key: String,
    /// The issuer's private key that signs calls to Token Connect.
    pub token_connect_signing_key: String,
    /// Consumer key of the Processing project.
    pub processing_consumer_key: String,
    /// The issuer's private key that signs calls to Processing.
    pub processing_signing_key: String,
    /// Mastercard's Client Encryption Key for Token Connect, sent as `Token-Connect-Client-Encryption-Key`.
    pub client_encryption_certificate: String,
    /// Mastercard's certificate that request bodies to Processing are encrypted to (JWE).
    pub processing_encryption_certificate: String,
    /// The issuer's private key that decrypts the JWE responses of Processing.
    pub processing_decryption_key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(<redacted>)")
    }
}

impl Credentials {
    /// Writes one file per credential into `dir` (created if missing), readable by the owner only on Unix. Names: `token-connect-consumer-key.txt`, `token-connect-signing-key.pem`, ...
    ///
    /// # Errors
    /// If the folder or a file cannot be written.
    pub fn write_to(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)?;
        for (name, content) in [
            ("token-connect-consumer-key.txt", &self.token_connect_consumer_key),
            ("token-connect-signing-key.pem", &self.token_connect_signing_key),
            ("processing-consumer-key.txt", &self.processing_consumer_key),
            ("processing-signing-key.pem", &self.processing_signing_key),
            ("client-encryption-certificate.pem", &self.client_encryption_certificate),
            ("processing-encryption-certificate.pem", &self.processing_encryption_certificate),
            ("processing-decryption-key.pem", &self.processing_decryption_key),
        ] {
            write_private(&dir.join(name), content.as_bytes())?;
        }
        Ok(())
    }
}

/// Writes a file that only its owner can read, on Unix.
pub(super) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(content)
}
