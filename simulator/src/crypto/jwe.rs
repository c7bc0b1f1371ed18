//! JWE around the bodies of Processing, compact: `RSA-OAEP-256`, `A256GCM`, `kid` = hex SHA-256 of the SPKI,
//! `cty` = `application/json`, as Mastercard's encryption libraries do by default.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::PublicKey;
use serde_json::{Value, json};
use sha2::Sha256;

use super::CipherError;
use super::private_key::{Padding, PrivateKey};
use super::symmetric::{gcm_decrypt, gcm_encrypt};

/// Encrypts for `key`. With `sixteen_byte_iv` the IV is as long as in Mastercard's own libraries; RFC 7518 (section
/// 5.3) requires 12 bytes, and many libraries reject others.
pub(crate) fn encrypt(
    plaintext: &[u8],
    key: &PublicKey,
    kid: &str,
    sixteen_byte_iv: bool,
) -> Result<String, CipherError> {
    let header = json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": kid, "cty": "application/json"});
    let protected = URL_SAFE_NO_PAD.encode(header.to_string());
    let content_key: [u8; 32] = rand::random();
    let wrapped = key.oaep_encrypt::<Sha256>(&content_key).map_err(|_| CipherError)?;
    let random: [u8; 16] = rand::random();
    let iv = if sixteen_byte_iv { &random[..] } else { &random[..12] };
    let (ciphertext, tag) = gcm_encrypt(&content_key, iv, protected.as_bytes(), plaintext)?;
    let parts = [&wrapped[..], iv, &ciphertext, &tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    Ok(format!("{protected}.{}", parts.join(".")))
}

/// Decrypts a compact JWE for the key `kid`; a missing `kid` is accepted. Unless `strict_base64url`, also with standard
/// base64 in place of base64url.
pub(crate) fn decrypt(
    compact: &str,
    key: &PrivateKey,
    kid: &str,
    strict_base64url: bool,
) -> Result<Vec<u8>, CipherError> {
    let parts: Vec<&str> = compact.split('.').collect();
    let [protected, wrapped, iv, ciphertext, tag] = parts[..] else { return Err(CipherError) };
    let bytes = |text: &str| {
        let decoded = match strict_base64url {
            true => URL_SAFE_NO_PAD.decode(text),
            false => URL_SAFE_NO_PAD.decode(text.trim_end_matches('=').replace('/', "_").replace('+', "-")),
        };
        decoded.map_err(|_| CipherError)
    };

    let header: Value = serde_json::from_slice(&bytes(protected)?).map_err(|_| CipherError)?;
    let kid_matches = header["kid"].as_str().is_none_or(|found| found.eq_ignore_ascii_case(kid));
    if header["alg"] != "RSA-OAEP-256" || header["enc"] != "A256GCM" || !kid_matches {
        return Err(CipherError);
    }
    let content_key = key.decrypt(&bytes(wrapped)?, Padding::OaepSha256)?;
    if content_key.len() != 32 {
        return Err(CipherError);
    }
    gcm_decrypt(&content_key, &bytes(iv)?, protected.as_bytes(), &bytes(ciphertext)?, &bytes(tag)?)
}
