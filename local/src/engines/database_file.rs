//! Checks the file of the embedded DynamoDB before it is opened: SQLite takes a damaged write-ahead log for an empty one, and finds a
//! damaged page only when it reads it.

use std::{
    fs::File,
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use crate::private_file;

/// The first bytes of a write-ahead log, with checksums in either byte order (<https://www.sqlite.org/fileformat.html#walformat>).
const LOG_MAGIC: [[u8; 4]; 2] = [[0x37, 0x7f, 0x06, 0x82], [0x37, 0x7f, 0x06, 0x83]];

/// The file cannot be used. Each message is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseFault {
    /// It cannot be read or written, for example because the disk is full.
    #[error("the database {} cannot be read and written", .0.display())]
    Unusable(PathBuf, #[source] io::Error),
    /// What is in it is not what SQLite wrote.
    #[error("the database {} is damaged ({detail}): move it to another folder to begin with an empty one, or restore a copy", .file.display())]
    Damaged {
        /// The database, or its write-ahead log.
        file: PathBuf,
        /// What SQLite says.
        detail: String,
    },
}

/// Creates the file, readable by its owner only, if it is missing. Otherwise checks it and its write-ahead log.
pub(super) fn prepare(file: &Path) -> Result<(), DatabaseFault> {
    // The file will contain secrets; SQLite would make it readable by all users.
    private_file::open(file).map_err(|source| DatabaseFault::Unusable(file.to_owned(), source))?;
    check_log(&file.with_extension("sqlite-wal"))?;
    let damaged = |detail: String| DatabaseFault::Damaged { file: file.to_owned(), detail };
    // With the default flags, a path that begins with `file:` would be a URI.
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let check = database
        .and_then(|database| database.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)));
    match check {
        Ok(result) if result == "ok" => Ok(()),
        Ok(result) => Err(damaged(result)),
        Err(error) => Err(damaged(error.to_string())),
    }
}

/// An empty log is one that was written into the database.
fn check_log(log: &Path) -> Result<(), DatabaseFault> {
    let mut magic = [0; 4];
    match File::open(log).and_then(|mut file| file.read_exact(&mut magic)) {
        Ok(()) if LOG_MAGIC.contains(&magic) => Ok(()),
        Ok(()) => {
            let detail = "it is not a write-ahead log".to_owned();
            Err(DatabaseFault::Damaged { file: log.to_owned(), detail })
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => Ok(()),
        Err(source) => Err(DatabaseFault::Unusable(log.to_owned(), source)),
    }
}
