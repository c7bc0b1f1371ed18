//! The audit trail of this machine: the lines that a deployment keeps in a bucket, in the file `audit.jsonl` of the data folder.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::PathBuf,
};

use serde_json::Value;

use crate::{events::StreamError, private_file, world::World};

/// The file of the trail. It holds the first lines of the table's stream, whose end may be missing after a crash.
#[derive(Debug)]
pub struct AuditFile {
    path: PathBuf,
    /// Lines in the file.
    count: usize,
}

/// The file could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum AuditFileError {
    /// The stream could not be read.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The file could not be read or written.
    #[error("the audit trail in the data folder cannot be written")]
    File(#[from] io::Error),
}

impl AuditFile {
    /// Opens the file of a world, or creates it readable by its owner only. `None` if the world keeps no data.
    ///
    /// # Errors
    /// When the operating system reports one.
    pub fn of(world: &World) -> io::Result<Option<Self>> {
        world.audit_file().map(Self::open).transpose()
    }

    fn open(path: PathBuf) -> io::Result<Self> {
        private_file::open(&path)?;
        let text = fs::read_to_string(&path)?;
        // A line that was written in part is written again.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        OpenOptions::new().write(true).open(&path)?.set_len(u64::try_from(whole).unwrap_or_default())?;
        Ok(Self { path, count: text.matches('\n').count() })
    }

    /// Appends the lines that it does not have.
    ///
    /// # Errors
    /// When the stream cannot be read or the file cannot be written.
    pub async fn append_new(&mut self, world: &World) -> Result<(), AuditFileError> {
        let lines = world.audit_lines().await?;
        let new = lines.get(self.count..).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        let text: String = new.iter().map(|line: &Value| format!("{line}\n")).collect();
        OpenOptions::new().append(true).open(&self.path)?.write_all(text.as_bytes())?;
        self.count = lines.len();
        Ok(())
    }
}
