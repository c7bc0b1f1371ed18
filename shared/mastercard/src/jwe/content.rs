//! Decryption with the content encryption algorithms of RFC 7518 §5 that Mastercard's libraries use: AES-GCM and AES-CBC
//! with HMAC.
//!
//! AES-GCM is from the crate `aes-gcm`, because Mastercard's libraries use a 16-byte IV, which aws-lc-rs does not support.

use aes_gcm::{
    AesGcm, KeyInit,
    aead::{Aead, Nonce, Payload},
    aes::{
        Aes128, Aes192, Aes256,
        cipher::consts::{U12, U16},
    },
};
use aws_lc_rs::{
    cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey},
    hmac,
    iv::FixedLength,
};

use super::JweError;

/// Length of the tag in bytes, for every `enc` here.
pub(super) const TAG: usize = 16;

/// The parts that the content key decrypts.
pub(crate) struct EncryptedContent<'a> {
    /// The protected header as it was received.
    pub(crate) aad: &'a [u8],
    pub(crate) iv: &'a [u8],
    pub(crate) ciphertext: &'a [u8],
    pub(crate) tag: &'a [u8],
}

/// A128GCM, A192GCM and A256GCM with an IV of 12 or 16 bytes; A128CBC-HS256, always with its HMAC.
pub(crate) fn decrypt(enc: &str, key: &[u8], encrypted: &EncryptedContent<'_>) -> Result<Vec<u8>, JweError> {
    if encrypted.tag.len() != TAG {
        return Err(JweError);
    }
    match (enc, encrypted.iv.len()) {
        ("A128GCM", 12) => gcm::<AesGcm<Aes128, U12>>(key, encrypted),
        ("A128GCM", 16) => gcm::<AesGcm<Aes128, U16>>(key, encrypted),
        ("A192GCM", 12) => gcm::<AesGcm<Aes192, U12>>(key, encrypted),
        ("A192GCM", 16) => gcm::<AesGcm<Aes192, U16>>(key, encrypted),
        ("A256GCM", 12) => gcm::<AesGcm<Aes256, U12>>(key, encrypted),
        ("A256GCM", 16) => gcm::<AesGcm<Aes256, U16>>(key, encrypted),
        ("A128CBC-HS256", 16) => cbc_hmac(key, encrypted),
        _ => Err(JweError),
    }
}

fn gcm<C: Aead + KeyInit>(key: &[u8], encrypted: &EncryptedContent<'_>) -> Result<Vec<u8>, JweError> {
    let iv = <&Nonce<C>>::try_from(encrypted.iv).map_err(|_| JweError)?;
    let payload = Payload { msg: &[encrypted.ciphertext, encrypted.tag].concat(), aad: encrypted.aad };
    C::new_from_slice(key).map_err(|_| JweError)?.decrypt(iv, payload).map_err(|_| JweError)
}

/// RFC 7518 §5.2.2: the first half of the key authenticates, the second decrypts. The HMAC is verified before anything is
/// decrypted; Mastercard's own libraries do not verify it, which makes padding oracle attacks possible.
fn cbc_hmac(key: &[u8], encrypted: &EncryptedContent<'_>) -> Result<Vec<u8>, JweError> {
    if key.len() != 32 {
        return Err(JweError);
    }
    let (mac_key, cipher_key) = key.split_at(16);
    let aad_bits = u64::try_from(encrypted.aad.len() * 8).map_err(|_| JweError)?;
    let mac = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, mac_key),
        &[encrypted.aad, encrypted.iv, encrypted.ciphertext, &aad_bits.to_be_bytes()].concat(),
    );
    let expected = mac.as_ref().get(..TAG).ok_or(JweError)?;
    aws_lc_rs::constant_time::verify_slices_are_equal(expected, encrypted.tag).map_err(|_| JweError)?;

    let iv = FixedLength::try_from(encrypted.iv).map_err(|_| JweError)?;
    let key = UnboundCipherKey::new(&AES_128, cipher_key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7);
    let mut content = encrypted.ciphertext.to_vec();
    let plaintext =
        key.and_then(|key| key.decrypt(&mut content, DecryptionContext::Iv128(iv)).map(|it| it.len()));
    content.truncate(plaintext.map_err(|_| JweError)?);
    Ok(content)
}

#[cfg(test)]
mod tests;
