use super::*;
use crate::testing::{CERTIFICATE, pkcs8, private_key_pem, to_pem};

#[test]
fn a_signing_key_is_read_from_pkcs8_and_pkcs1() {
    let modern = SigningKey::from_pem("signing key", &private_key_pem()).unwrap();
    // PKCS#8 of a 2048-bit RSA key is PKCS#1 after a header of 26 bytes.
    let traditional =
        SigningKey::from_pem("signing key", &to_pem("RSA PRIVATE KEY", &pkcs8()[26..])).unwrap();
    let sign = |key: &SigningKey| key.sign(SignatureMethod::RsaSha256, b"base string");
    assert_eq!(sign(&modern), sign(&traditional));
    assert_eq!(format!("{modern:?}"), "SigningKey(PrivateKey(<redacted>))");
}

#[test]
fn an_invalid_signing_key_is_named_and_not_shown() {
    let problem = |pem: &str| SigningKey::from_pem("token-connect signing key", pem).unwrap_err();
    assert_eq!(problem("hunter2").to_string(), "token-connect signing key: neither PEM, DER nor PKCS#12");
    assert_eq!(problem("").problem, KeyProblem::NotAKeyFile);
    assert_eq!(problem(CERTIFICATE).problem, KeyProblem::NotAPrivateKey);
    assert_eq!(problem(&to_pem("ENCRYPTED PRIVATE KEY", &pkcs8())).problem, KeyProblem::EncryptedPem);
    assert_eq!(problem(&to_pem("PRIVATE KEY", b"hunter2")).problem, KeyProblem::NotRsa);
}

#[test]
fn the_header_value_is_one_line_of_base64() {
    let key = ClientEncryptionKey::from_pem("client encryption key", CERTIFICATE).unwrap();
    let body: String = CERTIFICATE.lines().filter(|line| !line.starts_with("-----")).collect();
    assert_eq!(key.header_value(), body);
    assert!(body.starts_with("MII"));
}

#[test]
fn a_certificate_has_its_known_fingerprints() {
    let certificate = Certificate::from_pem("certificate", CERTIFICATE).unwrap();
    let fingerprint = "b39ba9209e4608aaab98af31cacadb736273e4922f29c6a5bb7764b3d5b8d8ac";
    assert_eq!(certificate.fingerprint(), fingerprint);
    let fingerprint = "68f82c8e69b1b107057eddc93cf716895ee7be55ed02a9a6411533bede7c128a";
    assert_eq!(certificate.public_key_fingerprint(), fingerprint);
    assert_eq!(certificate.fingerprint_sha1(), "a963471b0b830b48e7fdf11b86fd9656cebde286");
    assert_eq!(certificate.public_key_fingerprint_sha1(), "f71674cf14ec99316b69372a185b823056276827");
}

#[test]
fn a_certificate_has_its_validity_in_days() {
    let certificate = Certificate::from_pem("certificate", CERTIFICATE).unwrap();
    assert_eq!(certificate.not_before().to_string(), "2026-11-22T17:41:01Z");
    assert_eq!(certificate.bits(), Some(2048));
    let on = |day: &str| certificate.expires_in_days(day.parse().unwrap());
    assert_eq!(on("2026-10-09T17:41:01Z"), 45);
    assert_eq!(on("2026-11-23T17:41:00Z"), 0);
    assert_eq!(on("2026-11-23T17:41:02Z"), -1);
}

#[test]
fn both_signature_methods_are_verified() {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
    let key = SigningKey::from_pem("signing key", &private_key_pem()).unwrap();
    let verified = |method, by| {
        let signature = key.sign(method, b"base string").unwrap();
        UnparsedPublicKey::new(by, key.public_key()).verify(b"base string", &signature).is_ok()
    };
    assert!(verified(SignatureMethod::RsaSha256, &RSA_PKCS1_2048_8192_SHA256));
    assert!(verified(SignatureMethod::RsaPss, &RSA_PSS_2048_8192_SHA256));
    assert!(!verified(SignatureMethod::RsaPss, &RSA_PKCS1_2048_8192_SHA256));
    assert_eq!("RSA-PSS".parse(), Ok(SignatureMethod::RsaPss));
    assert_eq!("RSA-SHA1".parse::<SignatureMethod>(), Err(UnknownSignatureMethod));
}

#[test]
fn a_key_or_noise_is_not_a_certificate() {
    let problem =
        |pem: &str| ClientEncryptionKey::from_pem("client encryption key", pem).unwrap_err().problem;
    assert_eq!(problem("no certificate"), KeyProblem::NotPem);
    assert_eq!(problem("MIIDWzCC"), KeyProblem::NotACertificate);
    assert_eq!(problem(&private_key_pem()), KeyProblem::NotACertificate);
    assert_eq!(problem(&to_pem("CERTIFICATE", b"noise")), KeyProblem::NotACertificate);
}
