//! AES in CBC mode with PKCS#7 padding, and in GCM mode with an IV of 12 bytes, or of 16 bytes as in Mastercard's own
//! libraries.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::consts::{U12, U16};
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes128, Aes256};
use aes_gcm::aead::{Aead, Nonce, Payload};
use aes_gcm::{AesGcm, KeyInit};

use super::CipherError;

/// AES-CBC with a key of 16 or 32 bytes and an IV of 16 bytes.
pub(super) fn cbc_encrypt(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, CipherError> {
    fn run<C: KeyIvInit + BlockModeEncrypt>(
        key: &[u8],
        iv: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CipherError> {
        let cipher = C::new_from_slices(key, iv).map_err(|_| CipherError)?;
        Ok(cipher.encrypt_padded_vec::<Pkcs7>(plaintext))
    }
    match key.len() {
        16 => run::<cbc::Encryptor<Aes128>>(key, iv, plaintext),
        _ => run::<cbc::Encryptor<Aes256>>(key, iv, plaintext),
    }
}

/// Decrypts the output of [`cbc_encrypt`].
pub(super) fn cbc_decrypt(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, CipherError> {
    fn run<C: KeyIvInit + BlockModeDecrypt>(
        key: &[u8],
        iv: &[u8],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, CipherError> {
        let cipher = C::new_from_slices(key, iv).map_err(|_| CipherError)?;
        cipher.decrypt_padded_vec::<Pkcs7>(ciphertext).map_err(|_| CipherError)
    }
    match key.len() {
        16 => run::<cbc::Decryptor<Aes128>>(key, iv, ciphertext),
        _ => run::<cbc::Decryptor<Aes256>>(key, iv, ciphertext),
    }
}

/// AES-GCM; returns ciphertext and 16-byte tag separately.
pub(super) fn gcm_encrypt(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), CipherError> {
    let payload = Payload { msg: plaintext, aad };
    let mut sealed = match (key.len(), iv.len()) {
        (16, 12) => seal::<AesGcm<Aes128, U12>>(key, iv, payload),
        (16, 16) => seal::<AesGcm<Aes128, U16>>(key, iv, payload),
        (32, 12) => seal::<AesGcm<Aes256, U12>>(key, iv, payload),
        (32, 16) => seal::<AesGcm<Aes256, U16>>(key, iv, payload),
        _ => Err(CipherError),
    }?;
    let tag = sealed.split_off(sealed.len().saturating_sub(16));
    Ok((sealed, tag))
}

/// Decrypts the output of [`gcm_encrypt`]; checks the tag.
pub(super) fn gcm_decrypt(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Vec<u8>, CipherError> {
    if tag.len() != 16 {
        return Err(CipherError);
    }
    let sealed = [ciphertext, tag].concat();
    let payload = Payload { msg: &sealed, aad };
    match (key.len(), iv.len()) {
        (16, 12) => open::<AesGcm<Aes128, U12>>(key, iv, payload),
        (16, 16) => open::<AesGcm<Aes128, U16>>(key, iv, payload),
        (32, 12) => open::<AesGcm<Aes256, U12>>(key, iv, payload),
        (32, 16) => open::<AesGcm<Aes256, U16>>(key, iv, payload),
        _ => Err(CipherError),
    }
}

fn seal<C: KeyInit + Aead>(key: &[u8], iv: &[u8], payload: Payload<'_, '_>) -> Result<Vec<u8>, CipherError> {
    let cipher = C::new_from_slice(key).map_err(|_| CipherError)?;
    let nonce = Nonce::<C>::try_from(iv).map_err(|_| CipherError)?;
    cipher.encrypt(&nonce, payload).map_err(|_| CipherError)
}

fn open<C: KeyInit + Aead>(key: &[u8], iv: &[u8], payload: Payload<'_, '_>) -> Result<Vec<u8>, CipherError> {
    let cipher = C::new_from_slice(key).map_err(|_| CipherError)?;
    let nonce = Nonce::<C>::try_from(iv).map_err(|_| CipherError)?;
    cipher.decrypt(&nonce, payload).map_err(|_| CipherError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gcm_decrypts_with_ivs_of_12_and_16_bytes_and_rejects_a_wrong_tag() {
        for iv in [&[7; 12][..], &[7; 16]] {
            for key in [&[1; 16][..], &[1; 32]] {
                let (ciphertext, mut tag) = gcm_encrypt(key, iv, b"aad", b"plain").unwrap();
                assert_eq!(gcm_decrypt(key, iv, b"aad", &ciphertext, &tag).unwrap(), b"plain");
                tag[0] ^= 1;
                gcm_decrypt(key, iv, b"aad", &ciphertext, &tag).unwrap_err();
            }
        }
    }

    /// The expected values were computed with two other implementations.
    #[test]
    fn cbc_and_gcm_with_a_16_byte_iv_match_known_answers() {
        let key: Vec<u8> = (0..16).collect();
        let iv: Vec<u8> = (16..32).collect();
        let ciphertext = cbc_encrypt(&key, &iv, KNOWN).unwrap();
        assert_eq!(
            hex::encode(&ciphertext),
            "6857a0898248367ce6c9d97c9f7fddd76c96001cf2a6fd450f9fdf6b0de9a5d7d0916b93ae17f235692540a665bb0b82dc5ada06\
             9b9fa52ca3fa15cade5bbbbf10facd02611114623b798549979e19861342ac3ad5d3f5c64c3e4697a834e607c8f08110ffaca3b5\
             6c4c7f0e75450fb74684bcd99d4406f8089b21a29bfe4be2a4f2c4a88384a93f0bc01826bdb883cf"
        );
        assert_eq!(cbc_decrypt(&key, &iv, &ciphertext).unwrap(), KNOWN);

        let key: Vec<u8> = (0..32).collect();
        let protected = b"eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiazEiLCJjdHkiOiJhcHBsaWNhdGlvbi9qc29uIn0";
        let (_, tag) = gcm_encrypt(&key, &iv, protected, KNOWN).unwrap();
        assert_eq!(hex::encode(tag), "26937be61f632874cae8d9a2ec1f0ba0");
    }

    const KNOWN: &[u8] = br#"[{"pushAccountId":"CA-1","fundingAccountData":{"cardAccountData":{"accountNumber":"5123456789012346","expiryMonth":"12","expiryYear":"29"}}}]"#;
}
