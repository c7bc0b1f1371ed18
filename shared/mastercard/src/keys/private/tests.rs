use std::{path::Path, process::Command};

use p12_keystore::{EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKeyChain};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use x509_cert::der::pem;

use super::*;
use crate::testing::{CERTIFICATE, certificate_pem, pkcs8, private_key_pem, to_pem};
use crate::{SignatureMethod, SigningKey};

const PASSWORD: &str = "keystorepassword";

fn certificate_der(pem: &str) -> Vec<u8> {
    pem::decode_vec(pem.as_bytes()).unwrap().1
}

/// A PKCS#12 container with our key and these certificates.
fn container(encryption: EncryptionAlgorithm, mac: MacAlgorithm, certificates: &[&str]) -> Vec<u8> {
    let key = p12_keystore::PrivateKey::from_der(&pkcs8()).unwrap();
    let certificates =
        certificates.iter().map(|pem| p12_keystore::Certificate::from_der(&certificate_der(pem)));
    let chain = PrivateKeyChain::new("1", key, certificates.map(Result::unwrap));
    let mut store = KeyStore::new();
    store.add_entry("keyalias", KeyStoreEntry::PrivateKeyChain(chain));
    let writer = store.writer(PASSWORD).encryption_algorithm(encryption).mac_algorithm(mac);
    writer.encryption_iterations(2048).mac_iterations(1).write().unwrap()
}

fn modern() -> Vec<u8> {
    let encryption = EncryptionAlgorithm::PbeWithHmacSha256AndAes256;
    container(encryption, MacAlgorithm::HmacSha256, &[&certificate_pem()])
}

fn read(content: &[u8]) -> Result<PrivateKey, KeyProblem> {
    PrivateKey::read("signing key", content, Some(PASSWORD)).map_err(|error| error.problem)
}

fn is_ours(key: &PrivateKey) -> bool {
    let ours = Certificate::from_pem("ours", &certificate_pem()).unwrap();
    key.public_key() == ours.public_key() && key.bits() == 2048 && key.certificate() == Some(&ours)
}

#[test]
fn modern_and_legacy_containers_are_read_with_their_certificate() {
    let old = [
        (EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc, MacAlgorithm::HmacSha1),
        // The crate's name; the cipher is RC2 with 40 bits.
        (EncryptionAlgorithm::PbeWithShaAnd40BitRc4Cbc, MacAlgorithm::HmacSha1),
    ];
    for (encryption, mac) in old {
        assert!(
            is_ours(&read(&container(encryption, mac, &[&certificate_pem()])).unwrap()),
            "{encryption:?}"
        );
    }
    assert!(is_ours(&read(&modern()).unwrap()));
}

#[test]
fn a_decryption_key_is_read_from_every_supported_format() {
    let ours = Certificate::from_pem("ours", &certificate_pem()).unwrap();
    let traditional = to_pem("RSA PRIVATE KEY", &pkcs8()[26..]);
    let der = [pkcs8(), pkcs8()[26..].to_vec(), STANDARD.encode(pkcs8()).into_bytes()];
    for content in [private_key_pem().into_bytes(), traditional.into_bytes(), modern()].into_iter().chain(der)
    {
        let key = DecryptionKey::read("key", &content, Some(PASSWORD)).unwrap();
        assert_eq!(key.public_key(), ours.public_key());
    }
}

/// The format of Mastercard Developers (key with 3DES, certificate with RC2-40, SHA-1 MAC), and the default of
/// OpenSSL 3.
#[test]
fn containers_written_by_openssl_are_read() {
    let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("key.pem"), private_key_pem()).unwrap();
    std::fs::write(folder.join("certificate.pem"), certificate_pem()).unwrap();
    let kinds: [&[&str]; 3] = [
        &[],
        &["-legacy"],
        &["-legacy", "-keypbe", "PBE-SHA1-RC2-40", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
    ];
    let containers: Vec<_> = kinds.iter().filter_map(|kind| openssl(&folder, kind)).collect();
    let rc2_128 = openssl(&folder, &["-legacy", "-keypbe", "PBE-SHA1-RC2-128"]);
    std::fs::remove_dir_all(folder).unwrap();
    assert!(rc2_128.is_none_or(|it| read(&it).unwrap_err() == KeyProblem::UnsupportedContainer));
    for container in containers {
        assert!(is_ours(&read(&container).unwrap()));
        assert_eq!(
            <PrivateKey>::read("", &container, Some("wrong")).unwrap_err().problem,
            KeyProblem::WrongPassword
        );
    }
}

/// `None` without OpenSSL or without its legacy provider.
fn openssl(folder: &Path, kind: &[&str]) -> Option<Vec<u8>> {
    let mut openssl = Command::new("openssl");
    openssl.current_dir(folder).args(["pkcs12", "-export", "-inkey", "key.pem", "-in", "certificate.pem"]);
    openssl.args(["-name", "keyalias", "-passout", &format!("pass:{PASSWORD}")]).args(kind);
    openssl.output().ok().filter(|ran| ran.status.success()).map(|ran| ran.stdout)
}

#[test]
fn a_container_may_be_base64_text() {
    let text = STANDARD.encode(modern());
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    assert!(is_ours(&read(lines.join("\r\n").as_bytes()).unwrap()));
}

#[test]
fn a_certificate_in_the_same_pem_is_kept() {
    let both = format!(
        "Bag Attributes\n    friendlyName: keyalias\n{}Bag Attributes\n{}",
        private_key_pem(),
        certificate_pem()
    );
    assert!(is_ours(&read(both.as_bytes()).unwrap()));
    assert!(is_ours(&read(format!("{}\n{}", certificate_pem(), private_key_pem()).as_bytes()).unwrap()));
    assert_eq!(read(private_key_pem().as_bytes()).unwrap().certificate(), None);
}

#[test]
fn a_key_with_the_certificate_of_another_key_is_rejected() {
    let both = format!("{}{CERTIFICATE}", private_key_pem());
    assert_eq!(read(both.as_bytes()).unwrap_err(), KeyProblem::CertificateMismatch);
    let noise = private_key_pem() + &to_pem("CERTIFICATE", b"noise");
    assert_eq!(read(noise.as_bytes()).unwrap_err(), KeyProblem::NotACertificate);
    let encryption = EncryptionAlgorithm::PbeWithHmacSha256AndAes256;
    let both = container(encryption, MacAlgorithm::HmacSha256, &[CERTIFICATE]);
    assert_eq!(read(&both).unwrap_err(), KeyProblem::CertificateMismatch);
}

#[test]
fn a_container_that_cannot_be_read_has_its_own_problem() {
    let problem = |content: &[u8], password| <PrivateKey>::read("", content, password).unwrap_err().problem;
    assert_eq!(problem(&modern(), Some("keystorepasswort")), KeyProblem::WrongPassword);
    assert_eq!(problem(&modern(), None), KeyProblem::WrongPassword);
    assert_eq!(problem(&modern()[..200], Some(PASSWORD)), KeyProblem::UnsupportedContainer);
    let without_key = KeyStore::new().writer(PASSWORD).write().unwrap();
    assert_eq!(problem(&without_key, Some(PASSWORD)), KeyProblem::NoKey);
}

/// The container without its MAC, which is the last of its three parts, each of which has a length of two bytes or is the version.
fn without_mac(container: &[u8]) -> Vec<u8> {
    let content = u16::from_be_bytes([container[9], container[10]]);
    let length = 7 + content;
    let [high, low] = length.to_be_bytes();
    [&[0x30, 0x82, high, low][..], &container[4..4 + usize::from(length)]].concat()
}

#[test]
fn an_unsupported_encryption_is_not_called_a_wrong_password() {
    let (mut container, hmac_sha256) = (without_mac(&modern()), b"\x2a\x86\x48\x86\xf7\x0d\x02\x09");
    assert!(is_ours(&read(&container).unwrap()));
    // Whatever one wrong password decrypts to may be taken for padding.
    let wrong = |n: u8| <PrivateKey>::read("", &container, Some(&n.to_string())).unwrap_err().problem;
    assert!((0..8).any(|n| wrong(n) == KeyProblem::WrongPassword));
    // The number of HMAC-SHA-1, as older versions of OpenSSL and Java wrote.
    for place in 0..container.len() {
        if container[place..].starts_with(hmac_sha256) {
            container[place + 7] = 7;
        }
    }
    assert_eq!(read(&container).unwrap_err(), KeyProblem::UnsupportedContainer);
}

#[test]
fn a_container_with_two_keys_says_so_and_how_to_take_one_out() {
    let mut store = KeyStore::new();
    for alias in ["current", "next"] {
        let key = p12_keystore::PrivateKey::from_der(&pkcs8()).unwrap();
        store.add_entry(alias, KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(alias, key, [])));
    }
    let problem = read(&store.writer(PASSWORD).write().unwrap()).unwrap_err();
    assert_eq!(problem, KeyProblem::SeveralKeys(2));
    let text = problem.to_string();
    assert!(text.starts_with("holds 2 private keys") && text.contains("-srcalias"), "{text}");
}

/// A key of which one byte in the middle, in one of the private numbers, was changed.
fn damaged() -> Vec<u8> {
    let mut der = pkcs8();
    let byte = der.len() / 2;
    der[byte] ^= 1;
    der
}

#[test]
fn a_damaged_key_is_read_and_found_when_it_is_checked_or_used() {
    let key = read(&damaged()).unwrap();
    assert_eq!(key.check(), Err(KeyProblem::DamagedRsaKey));
    assert!(SigningKey::from(key).sign(SignatureMethod::RsaSha256, b"message").is_err());
    let key = DecryptionKey::read("key", &damaged(), None).unwrap();
    assert_eq!(key.check(), Err(KeyProblem::DamagedRsaKey));
    assert_eq!(read(&pkcs8()).unwrap().check(), Ok(()));
}

#[test]
fn a_key_that_is_too_small_or_not_rsa_is_rejected_at_once() {
    let small = rcgen::KeyPair::generate().unwrap();
    assert_eq!(read(small.serialized_der()).unwrap_err(), KeyProblem::NotRsa);
    let pss = [&pkcs8()[..19], &[0x0a], &pkcs8()[20..]].concat();
    assert_eq!(read(&pss).unwrap_err(), KeyProblem::NotRsa, "the algorithm is RSASSA-PSS");
}

#[test]
fn keys_are_loaded_on_another_thread_before_they_are_used() {
    let signing_key = read(&pkcs8()).unwrap();
    let decryption_key = DecryptionKey::read("key", &pkcs8(), None).unwrap();
    assert!(!signing_key.is_checked());
    load_keys(&signing_key, [&decryption_key].into_iter());
    while !(signing_key.is_checked() && decryption_key.is_checked()) {
        std::thread::yield_now();
    }
}

#[test]
fn two_keys_in_one_file_are_rejected() {
    let two = private_key_pem() + &private_key_pem();
    assert_eq!(read(two.as_bytes()).unwrap_err(), KeyProblem::SeveralKeys(2));
}

#[test]
fn other_blocks_beside_one_key_are_ignored() {
    for label in ["CERTIFICATE REQUEST", "PUBLIC KEY", "X509 CRL"] {
        let other = to_pem(label, b"of no interest");
        let file = [other.clone(), private_key_pem(), certificate_pem(), other.clone()].concat();
        assert!(is_ours(&read(file.as_bytes()).unwrap()), "{label}");
        assert_eq!(read(other.as_bytes()).unwrap_err(), KeyProblem::NotAPrivateKey, "{label} alone");
    }
}

#[test]
fn a_password_is_ignored_for_pem() {
    assert!(read(to_pem("PRIVATE KEY", &pkcs8()).as_bytes()).is_ok());
    assert_eq!(format!("{:?}", read(private_key_pem().as_bytes())), "Ok(PrivateKey(<redacted>))");
}

#[test]
fn der_of_something_else_is_not_taken_for_a_damaged_container() {
    let certificate = certificate_der(CERTIFICATE);
    let public_key = Certificate::from_pem("", CERTIFICATE).unwrap().public_key().to_vec();
    for content in [certificate, public_key] {
        assert_eq!(read(&content).unwrap_err(), KeyProblem::NotAPrivateKey);
        assert_eq!(read(STANDARD.encode(content).as_bytes()).unwrap_err(), KeyProblem::NotAPrivateKey);
    }
    assert_eq!(read(&pkcs8()[..600]).unwrap_err(), KeyProblem::NotRsa);
}
