//! A file with keys of redirects, as `local` has one, for tests that seal and open redirects or rotate the keys.

use std::path::PathBuf;

use runtime::{config::SecretRef, store::enrollments::RedirectKeys};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

/// The file; it is deleted when this is dropped.
pub(crate) struct RedirectKeyFile {
    folder: TempDir,
}

impl RedirectKeyFile {
    /// With one new key.
    pub(crate) fn new() -> Self {
        let file = Self { folder: TempDir::with_prefix("redirect-keys-").unwrap() };
        file.write(&[&Self::key()]);
        file
    }

    /// A new key.
    pub(crate) fn key() -> SecretString {
        RedirectKeys::generate().unwrap()
    }

    /// Replaces the keys. The first one seals.
    pub(crate) fn write(&self, keys: &[&SecretString]) {
        let texts: Vec<_> = keys.iter().map(|key| key.expose_secret()).collect();
        self.write_text(&texts.join(","));
    }

    /// Replaces the content.
    pub(crate) fn write_text(&self, text: &str) {
        std::fs::write(self.path(), text).unwrap();
    }

    /// The keys that the file holds now, as a function fetches them at its start.
    pub(crate) async fn fetch(&self) -> RedirectKeys {
        RedirectKeys::fetch(SecretRef::File(self.path())).await.unwrap()
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("keys.txt")
    }
}
