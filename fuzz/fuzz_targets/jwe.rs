//! See `mastercard::fuzzing::jwe`. Each run generates a new key.
#![no_main]

use std::sync::LazyLock;

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use mastercard::{Certificate, JweKeys, PrivateKey, fuzzing};

static KEYS: LazyLock<JweKeys> = LazyLock::new(|| {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let certificate = CertificateParams::new(["fuzz".to_owned()]).unwrap().self_signed(&key).unwrap();
    let certificate = Certificate::from_pem("fuzz", &certificate.pem()).unwrap();
    let private = PrivateKey::read("fuzz", key.serialize_pem().as_bytes(), None).unwrap();
    JweKeys::new(&certificate, None, &[private]).unwrap()
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzing::jwe(&KEYS, bytes));
