//! SHA-256 digests as text.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// SHA-256 as 64 lowercase hexadecimal digits.
///
/// ```
/// use push_provisioning_client::digest::sha256_hex;
///
/// assert!(sha256_hex(b"").starts_with("e3b0c442"));
/// ```
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// SHA-256 in standard base64, as `oauth_body_hash` and Content-Security-Policy hashes use it.
///
/// ```
/// use push_provisioning_client::digest::sha256_base64;
///
/// assert_eq!(sha256_base64(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
/// ```
pub fn sha256_base64(bytes: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, bytes))
}
