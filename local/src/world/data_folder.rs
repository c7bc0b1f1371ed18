//! The folder of a `World`: one that is kept between runs and that one process uses at a time, or a temporary one.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::private_file;

/// The folder cannot be used. Each message is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It is not writable.
    #[error("the folder {} cannot be written", .folder.display())]
    Unwritable {
        /// Its path.
        folder: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Another process uses it.
    #[error("the folder {} is used by another process: stop it, or choose another folder", .folder.display())]
    InUse {
        /// Its path.
        folder: PathBuf,
    },
}

/// Its lock is released, or the temporary folder deleted, when it is dropped.
pub(super) struct DataFolder {
    pub(super) path: PathBuf,
    _lock: Option<File>,
    temporary: Option<TempDir>,
}

impl DataFolder {
    /// Creates the folder if it is missing, and locks it. Without one, a temporary folder.
    pub(super) fn open(data: Option<&Path>) -> Result<Self, FolderError> {
        let Some(data) = data else {
            let unwritable = |source| FolderError::Unwritable { folder: std::env::temp_dir(), source };
            let temporary = TempDir::with_prefix("click-to-pay-").map_err(unwritable)?;
            return Ok(Self { path: temporary.path().to_owned(), _lock: None, temporary: Some(temporary) });
        };
        let unwritable = |source| FolderError::Unwritable { folder: data.to_owned(), source };
        private_file::writable_folder(data).map_err(unwritable)?;
        let lock = private_file::open(&data.join("lock")).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::InUse { folder: data.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(unwritable(source)),
        }
        let path = data.canonicalize().map_err(unwritable)?;
        Ok(Self { path, _lock: Some(lock), temporary: None })
    }

    /// Whether it is kept between runs.
    pub(super) fn is_kept(&self) -> bool {
        self.temporary.is_none()
    }
}
