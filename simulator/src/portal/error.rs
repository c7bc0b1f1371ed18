//! Errors of the portal.

use std::io;

/// The portal cannot be generated or loaded.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// Key or certificate generation failed.
    #[error("a key or certificate could not be generated")]
    Generation(#[source] rcgen::Error),
    /// A thread that generated a key panicked.
    #[error("key generation was interrupted")]
    Interrupted,
    /// A key or certificate is invalid.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
    /// The folder cannot be read or written.
    #[error("the portal's folder cannot be used")]
    Folder(#[source] io::Error),
    /// `portal.json` is not what [`Portal::load_or_generate`] wrote.
    #[error("portal.json cannot be read")]
    Malformed(#[source] serde_json::Error),
}
