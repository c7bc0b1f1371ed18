//! The audit trail of this machine: the lines that a deployment keeps in a bucket, in the file `audit.jsonl` of the data folder.

use std::{
    fs::{self, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::PathBuf,
};

use serde_json::Value;

use crate::{private_file, world::World};

/// The file of the trail. It holds the first lines of the table's stream, whose end may be missing after a crash.
#[derive(Debug)]
pub struct AuditFile {
    path: PathBuf,
    /// Bytes of whole lines in the file.
    length: u64,
    /// Lines that the file has already, and that come again from the beginning of the stream.
    repeated: usize,
    /// Lines that could not be written yet.
    unwritten: String,
}

/// The file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the audit trail in the data folder cannot be written")]
pub struct AuditFileError(#[from] io::Error);

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
        let length = u64::try_from(whole).unwrap_or_default();
        Ok(Self { path, length, repeated: text.matches('\n').count(), unwritten: String::new() })
    }

    /// Appends the lines of the stream, which begin with those that the file has.
    ///
    /// # Errors
    /// When the file cannot be written. Nothing is lost: the next call writes them.
    pub fn append(&mut self, lines: &[Value]) -> Result<(), AuditFileError> {
        let new = lines.get(self.repeated..).unwrap_or_default();
        self.repeated = self.repeated.saturating_sub(lines.len());
        self.unwritten.extend(new.iter().map(|line| format!("{line}\n")));
        if self.unwritten.is_empty() {
            return Ok(());
        }
        let mut file = OpenOptions::new().write(true).open(&self.path)?;
        // What an earlier call wrote in part.
        file.set_len(self.length)?;
        file.seek(SeekFrom::End(0))?;
        file.write_all(self.unwritten.as_bytes())?;
        self.length = file.stream_position()?;
        self.unwritten.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use serde_json::json;

    use super::*;

    #[test]
    fn lines_that_could_not_be_written_are_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        fs::write(&path, "1\n2\n{\"at\":").unwrap();
        let mut file = AuditFile::open(path.clone()).unwrap();
        file.append(&[json!(1)]).unwrap();
        let moved = folder.path().join("moved");
        fs::rename(&path, &moved).unwrap();
        assert!(file.append(&[json!(2), json!(3)]).is_err());
        fs::rename(&moved, &path).unwrap();
        file.append(&[json!(4)]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "1\n2\n3\n4\n");
    }
}
