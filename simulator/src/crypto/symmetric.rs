//! AES as both schemes use it: CBC with PKCS#7 padding, and GCM with an IV of 12 bytes, or of 16 as Mastercard's
//! own libraries make it.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::consts::{U12, U16};
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes128, Aes256};
use aes_gcm::aead::{Aead, Nonce, Payload};
use aes_gcm::{AesGcm, KeyInit};

use super::Undecipherable;

/// AES-CBC by the length of the key: 16 or 32 bytes; the IV has 16.
pub(super) fn cbc_encrypt(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Undecipherable> {
    fn run<C: KeyIvInit + BlockModeEncrypt>(
        key: &[u8],
        iv: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Undecipherable> {
        let cipher = C::new_from_slices(key, iv).map_err(|_| Undecipherable)?;
        Ok(cipher.encrypt_padded_vec::<Pkcs7>(plaintext))
    }
    match key.len() {
        16 => run::<cbc::Encryptor<Aes128>>(key, iv, plaintext),
        _ => run::<cbc::Encryptor<Aes256>>(key, iv, plaintext),
    }
}

/// The reverse of [`cbc_encrypt`].
pub(super) fn cbc_decrypt(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Undecipherable> {
    fn run<C: KeyIvInit + BlockModeDecrypt>(
        key: &[u8],
        iv: &[u8],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, Undecipherable> {
        let cipher = C::new_from_slices(key, iv).map_err(|_| Undecipherable)?;
        cipher.decrypt_padded_vec::<Pkcs7>(ciphertext).map_err(|_| Undecipherable)
    }
    match key.len() {
        16 => run::<cbc::Decryptor<Aes128>>(key, iv, ciphertext),
        _ => run::<cbc::Decryptor<Aes256>>(key, iv, ciphertext),
    }
}

/// AES-GCM; answers ciphertext and 16-byte tag apart.
pub(super) fn gcm_encrypt(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), Undecipherable> {
    let payload = Payload { msg: plaintext, aad };
    let mut sealed = match (key.len(), iv.len()) {
        (16, 12) => seal::<AesGcm<Aes128, U12>>(key, iv, payload),
        (16, 16) => seal::<AesGcm<Aes128, U16>>(key, iv, payload),
        (32, 12) => seal::<AesGcm<Aes256, U12>>(key, iv, payload),
        (32, 16) => seal::<AesGcm<Aes256, U16>>(key, iv, payload),
        _ => Err(Undecipherable),
    }?;
    let tag = sealed.split_off(sealed.len().saturating_sub(16));
    Ok((sealed, tag))
}

/// The reverse of [`gcm_encrypt`]; the tag is always checked.
pub(super) fn gcm_decrypt(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Vec<u8>, Undecipherable> {
    if tag.len() != 16 {
        return Err(Undecipherable);
    }
    let sealed = [ciphertext, tag].concat();
    let payload = Payload { msg: &sealed, aad };
    match (key.len(), iv.len()) {
        (16, 12) => open::<AesGcm<Aes128, U12>>(key, iv, payload),
        (16, 16) => open::<AesGcm<Aes128, U16>>(key, iv, payload),
        (32, 12) => open::<AesGcm<Aes256, U12>>(key, iv, payload),
        (32, 16) => open::<AesGcm<Aes256, U16>>(key, iv, payload),
        _ => Err(Undecipherable),
    }
}

fn seal<C: KeyInit + Aead>(
    key: &[u8],
    iv: &[u8],
    payload: Payload<'_, '_>,
) -> Result<Vec<u8>, Undecipherable> {
    let cipher = C::new_from_slice(key).map_err(|_| Undecipherable)?;
    let nonce = Nonce::<C>::try_from(iv).map_err(|_| Undecipherable)?;
    cipher.encrypt(&nonce, payload).map_err(|_| Undecipherable)
}

fn open<C: KeyInit + Aead>(
    key: &[u8],
    iv: &[u8],
    payload: Payload<'_, '_>,
) -> Result<Vec<u8>, Undecipherable> {
    let cipher = C::new_from_slice(key).map_err(|_| Undecipherable)?;
    let nonce = Nonce::<C>::try_from(iv).map_err(|_| Undecipherable)?;
    cipher.decrypt(&nonce, payload).map_err(|_| Undecipherable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gcm_opens_with_the_standards_iv_and_with_mastercards_longer_one_and_refuses_a_wrong_tag() {
        for iv in [&[7; 12][..], &[7; 16]] {
            for key in [&[1; 16][..], &[1; 32]] {
                let (ciphertext, mut tag) = gcm_encrypt(key, iv, b"aad", b"plain").unwrap();
                assert_eq!(gcm_decrypt(key, iv, b"aad", &ciphertext, &tag).unwrap(), b"plain");
                tag[0] ^= 1;
                gcm_decrypt(key, iv, b"aad", &ciphertext, &tag).unwrap_err();
            }
        }
    }

    /// Computed with two other implementations.
    #[test]
    fn known_answers_of_cbc_and_of_gcm_with_a_16_byte_iv_come_out() {
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
