//! Mastercard's private keys beside another library.

use rsa::{PrivateKey as RustCryptoKey, pkcs8::DecodePrivateKey as _};
use sha2::{Sha256, Sha512};

use super::signing::PORTAL;
use crate::crypto::private_key::{Padding, PrivateKey};

#[test]
fn another_library_verifies_what_a_key_signs_and_encrypts_what_it_decrypts() {
    let pem = &PORTAL.credentials().processing_decryption_key;
    let key = PrivateKey::from_pem(pem).unwrap();
    let public = RustCryptoKey::from_pkcs8_pem(pem).unwrap().to_public_key();
    public.pkcs1v15_verify::<Sha256>(b"message", &key.sign(b"message").unwrap()).unwrap();
    let content_key = [7; 32];
    for (wrapped, padding) in [
        (public.oaep_encrypt::<Sha256>(&content_key).unwrap(), Padding::OaepSha256),
        (public.oaep_encrypt::<Sha512>(&content_key).unwrap(), Padding::OaepSha512),
        (public.pkcs1v15_encrypt(&content_key).unwrap(), Padding::Pkcs1),
    ] {
        assert_eq!(key.decrypt(&wrapped, padding).unwrap(), content_key, "{padding:?}");
    }
    let wrapped = public.oaep_encrypt::<Sha256>(&content_key).unwrap();
    assert!(key.decrypt(&wrapped, Padding::OaepSha512).is_err());
    assert!(PrivateKey::from_pem("no key").is_err());
}
