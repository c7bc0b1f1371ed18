//! SHA-256, as hexadecimal text: for ids made of content and for values that must be recognised, not kept.

use aws_lc_rs::digest::{SHA256, digest};

/// 64 lower-case hexadecimal characters.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}
