//! The Mastercard Developers portal: the consumer keys, keys and certificates that an issuer downloads, and Mastercard's
//! private keys. Generated at run time, never committed.

mod credentials;
mod error;
mod file;
mod keys;

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub use self::credentials::Credentials;
use self::credentials::write_private;
pub use self::error::PortalError;
use self::file::PortalFile;
use self::keys::Keys;

/// The issuer's credentials and Mastercard's private keys. Cheap to clone: several simulators can share one.
#[derive(Clone)]
pub struct Portal(Arc<Inner>);

struct Inner {
    credentials: Credentials,
    keys: Keys,
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
    /// If key generation fails.
    pub fn generate() -> Result<Self, PortalError> {
        Self::load(PortalFile::generate()?)
    }

    /// Loads `portal.json` from `dir`, or generates and writes it (readable by its owner only).
    ///
    /// # Errors
    /// If the folder cannot be used or the file is invalid.
    pub fn load_or_generate(dir: &Path) -> Result<Self, PortalError> {
        let file = dir.join("portal.json");
        match fs::read(&file) {
            Ok(content) => Self::load(serde_json::from_slice(&content).map_err(PortalError::Malformed)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let content = PortalFile::generate()?;
                let json = serde_json::to_vec_pretty(&content).map_err(PortalError::Malformed)?;
                fs::create_dir_all(dir).map_err(PortalError::Folder)?;
                write_private(&file, &json).map_err(PortalError::Folder)?;
                Self::load(content)
            }
            Err(error) => Err(PortalError::Folder(error)),
        }
    }

    /// The issuer's credentials.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    fn load(file: PortalFile) -> Result<Self, PortalError> {
        let keys = Keys::parse(&file)?;
        Ok(Self(Arc::new(Inner { credentials: file.credentials, keys })))
    }
}
