//! The content encryptions of RFC 7518 §5 that Mastercard's libraries use, for opening: AES-GCM and AES-CBC with HMAC.
//!
//! AES-GCM is the `aes-gcm` crate's because Mastercard's libraries write a 16-byte IV, which aws-lc-rs cannot open.

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

/// Bytes of the tag, for every `enc` here.
pub(super) const TAG: usize = 16;

/// What the content key opens.
pub(crate) struct Sealed<'a> {
    /// The protected header as it traveled.
    pub(crate) aad: &'a [u8],
    pub(crate) iv: &'a [u8],
    pub(crate) ciphertext: &'a [u8],
    pub(crate) tag: &'a [u8],
}

/// A128GCM, A192GCM and A256GCM with an IV of 12 or 16 bytes; A128CBC-HS256, always with its HMAC.
pub(crate) fn open(enc: &str, key: &[u8], sealed: &Sealed<'_>) -> Result<Vec<u8>, JweError> {
    if sealed.tag.len() != TAG {
        return Err(JweError);
    }
    match (enc, sealed.iv.len()) {
        ("A128GCM", 12) => gcm::<AesGcm<Aes128, U12>>(key, sealed),
        ("A128GCM", 16) => gcm::<AesGcm<Aes128, U16>>(key, sealed),
        ("A192GCM", 12) => gcm::<AesGcm<Aes192, U12>>(key, sealed),
        ("A192GCM", 16) => gcm::<AesGcm<Aes192, U16>>(key, sealed),
        ("A256GCM", 12) => gcm::<AesGcm<Aes256, U12>>(key, sealed),
        ("A256GCM", 16) => gcm::<AesGcm<Aes256, U16>>(key, sealed),
        ("A128CBC-HS256", 16) => cbc_hmac(key, sealed),
        _ => Err(JweError),
    }
}

fn gcm<C: Aead + KeyInit>(key: &[u8], sealed: &Sealed<'_>) -> Result<Vec<u8>, JweError> {
    let iv = <&Nonce<C>>::try_from(sealed.iv).map_err(|_| JweError)?;
    let payload = Payload { msg: &[sealed.ciphertext, sealed.tag].concat(), aad: sealed.aad };
    C::new_from_slice(key).map_err(|_| JweError)?.decrypt(iv, payload).map_err(|_| JweError)
}

/// RFC 7518 §5.2.2: the first half of the key authenticates, the second decrypts, and nothing is decrypted before the
/// HMAC agrees. Mastercard's own libraries do not look at it, which would leave the padding open to questions.
fn cbc_hmac(key: &[u8], sealed: &Sealed<'_>) -> Result<Vec<u8>, JweError> {
    if key.len() != 32 {
        return Err(JweError);
    }
    let (mac_key, cipher_key) = key.split_at(16);
    let aad_bits = u64::try_from(sealed.aad.len() * 8).map_err(|_| JweError)?;
    let mac = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, mac_key),
        &[sealed.aad, sealed.iv, sealed.ciphertext, &aad_bits.to_be_bytes()].concat(),
    );
    let ours = mac.as_ref().get(..TAG).ok_or(JweError)?;
    aws_lc_rs::constant_time::verify_slices_are_equal(ours, sealed.tag).map_err(|_| JweError)?;

    let iv = FixedLength::try_from(sealed.iv).map_err(|_| JweError)?;
    let key = UnboundCipherKey::new(&AES_128, cipher_key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7);
    let mut content = sealed.ciphertext.to_vec();
    let opened =
        key.and_then(|key| key.decrypt(&mut content, DecryptionContext::Iv128(iv)).map(|it| it.len()));
    content.truncate(opened.map_err(|_| JweError)?);
    Ok(content)
}

#[cfg(test)]
mod tests;
