//! Sizes of binaries.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use flate2::{Compression, write::DeflateEncoder};

use crate::error::BenchError;

/// Occurs in the panic messages of the S3 client's code.
const S3: &[u8] = b"aws-sdk-s3-";
/// Bytes of a zip's headers for one file.
const ZIP_HEADERS: u64 = 150;

/// Bytes of the binary and of its zip, and whether it contains the S3 client.
pub(crate) fn measure(binary: &Path) -> Result<(u64, u64, bool), BenchError> {
    let measure = || -> io::Result<_> {
        let bytes = fs::read(binary)?;
        let mut zip = DeflateEncoder::new(ByteCounter(ZIP_HEADERS), Compression::default());
        zip.write_all(&bytes)?;
        let zipped = zip.finish()?.0;
        let has_s3 = bytes.windows(S3.len()).any(|window| window == S3);
        Ok((fs::metadata(binary)?.len(), zipped, has_s3))
    };
    measure().map_err(|source| BenchError::File { file: binary.display().to_string(), source })
}

/// Counts the bytes that are written to it.
struct ByteCounter(u64);

impl io::Write for ByteCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
