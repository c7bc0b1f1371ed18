use super::*;
use crate::mastercard::testing::{CERTIFICATE, pkcs8, private_key_pem, to_pem};

#[test]
fn a_signing_key_comes_as_pkcs8_or_pkcs1() {
    let modern = SigningKey::from_pem("signing key", &private_key_pem()).unwrap();
    // PKCS#8 of a 2048-bit RSA key is PKCS#1 behind a head of 26 bytes.
    let traditional =
        SigningKey::from_pem("signing key", &to_pem("RSA PRIVATE KEY", &pkcs8()[26..])).unwrap();
    assert_eq!(modern.sign(b"base string"), traditional.sign(b"base string"));
    assert_eq!(format!("{modern:?}"), "SigningKey(<redacted>)");
}

#[test]
fn a_bad_signing_key_is_named_and_not_shown() {
    let problem = |pem: &str| SigningKey::from_pem("token-connect signing key", pem).unwrap_err();
    assert_eq!(problem("hunter2").to_string(), "token-connect signing key: not PEM");
    assert_eq!(problem("").problem, KeyProblem::NotPem);
    assert_eq!(problem(CERTIFICATE).problem, KeyProblem::NotAPrivateKey);
    assert_eq!(problem(&to_pem("ENCRYPTED PRIVATE KEY", &pkcs8())).problem, KeyProblem::NotAPrivateKey);
    assert_eq!(problem(&to_pem("PRIVATE KEY", b"hunter2")).problem, KeyProblem::NotRsa);
}

#[test]
fn the_certificate_travels_as_one_line_of_base64() {
    let key = ClientEncryptionKey::from_pem("client encryption key", CERTIFICATE).unwrap();
    let body: String = CERTIFICATE.lines().filter(|line| !line.starts_with("-----")).collect();
    assert_eq!(key.header_value(), body);
    assert!(body.starts_with("MII"));
}

#[test]
fn a_certificate_keeps_its_published_fingerprints() {
    let certificate = Certificate::from_pem("certificate", CERTIFICATE).unwrap();
    let fingerprint = "b39ba9209e4608aaab98af31cacadb736273e4922f29c6a5bb7764b3d5b8d8ac";
    assert_eq!(certificate.fingerprint(), fingerprint);
    let fingerprint = "68f82c8e69b1b107057eddc93cf716895ee7be55ed02a9a6411533bede7c128a";
    assert_eq!(certificate.public_key_fingerprint(), fingerprint);
}

#[test]
fn a_certificate_is_told_from_a_key_and_from_noise() {
    let problem =
        |pem: &str| ClientEncryptionKey::from_pem("client encryption key", pem).unwrap_err().problem;
    assert_eq!(problem("MIIDWzCC"), KeyProblem::NotPem);
    assert_eq!(problem(&private_key_pem()), KeyProblem::NotACertificate);
    assert_eq!(problem(&to_pem("CERTIFICATE", b"noise")), KeyProblem::NotACertificate);
}
