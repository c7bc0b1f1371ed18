//! What a function weighs.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use flate2::{Compression, write::DeflateEncoder};

use crate::error::BenchError;

/// In the panic messages of the S3 client's own code.
const S3: &[u8] = b"aws-sdk-s3-";
/// A zip's headers for one file.
const AROUND: u64 = 150;

/// Bytes of the binary and of its zip, and whether the S3 client is in it.
pub(super) fn weigh(binary: &Path) -> Result<(u64, u64, bool), BenchError> {
    let weighed = || -> io::Result<_> {
        let bytes = fs::read(binary)?;
        let mut zip = DeflateEncoder::new(Counter(AROUND), Compression::default());
        zip.write_all(&bytes)?;
        let zipped = zip.finish()?.0;
        let has_s3 = bytes.windows(S3.len()).any(|window| window == S3);
        Ok((fs::metadata(binary)?.len(), zipped, has_s3))
    };
    weighed().map_err(|source| BenchError::File { what: binary.display().to_string(), source })
}

struct Counter(u64);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
