use std::time::{Duration, SystemTime};

use jiff::SignedDuration;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

use super::*;
use crate::{
    config::{Settings, registry},
    telemetry::testing::logged,
};

/// A key in PEM with its certificate, which begins and ends so many days from now.
pub(in crate::config) fn key_with_certificate(begins: i32, ends: i32) -> String {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let mut certificate = CertificateParams::new(["a.example".to_owned()]).unwrap();
    // A minute more than whole days, for the seconds until the assertion.
    let day = |days: i32| {
        let at = Timestamp::now()
            + SignedDuration::from_hours(24 * i64::from(days))
            + SignedDuration::from_mins(1);
        (SystemTime::UNIX_EPOCH + Duration::from_secs(at.as_second().unsigned_abs())).into()
    };
    (certificate.not_before, certificate.not_after) = (day(begins), day(ends));
    key.serialize_pem() + &certificate.self_signed(&key).unwrap().pem()
}

fn key(begins: i32, ends: i32) -> PrivateKey {
    PrivateKey::read("key", key_with_certificate(begins, ends).as_bytes(), None).unwrap()
}

#[test]
fn the_later_certificate_is_the_newer_key() {
    let (old, new) = (key(-300, 90), key(-1, 390));
    assert!(next_is_newer(&old, &new));
    assert!(!next_is_newer(&new, &old), "the operator swapped them");
}

#[test]
fn without_certificates_the_next_key_is_the_newer() {
    let bare = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap().serialize_pem();
    let bare = PrivateKey::read("key", bare.as_bytes(), None).unwrap();
    assert!(next_is_newer(&key(-1, 390), &bare) && next_is_newer(&bare, &key(-1, 390)));
}

#[test]
fn a_key_with_less_than_45_days_left_is_logged_as_a_warning() {
    let log_line = |days| {
        let key = key(-300, days);
        logged(|| log_key_expiry("PROCESSING_SIGNING_KEY", key.certificate().unwrap()))
    };
    for (days, level, code) in [
        (400, "INFO", "key_valid"),
        (45, "INFO", "key_valid"),
        (44, "WARN", "key_expires_soon"),
        (-3, "WARN", "key_expired"),
    ] {
        let event: serde_json::Value = serde_json::from_str(&log_line(days)).unwrap();
        assert_eq!((&event["level"], &event["event"]), (&level.into(), &code.into()), "{days} days");
        assert_eq!(event["key_setting"], "PROCESSING_SIGNING_KEY");
        assert_eq!(event["key_expires_in_days"], days);
    }
}

#[tokio::test]
async fn a_pkcs12_container_is_decrypted_with_the_password_of_a_file() {
    let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
    std::fs::create_dir(&folder).unwrap();
    let file = |name: &str| format!("file:{}", folder.join(name).display());
    let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let key = p12_keystore::PrivateKey::from_der(&pair.serialize_der()).unwrap();
    let mut store = p12_keystore::KeyStore::new();
    let chain = p12_keystore::PrivateKeyChain::new("1", key, []);
    store.add_entry("keyalias", p12_keystore::KeyStoreEntry::PrivateKeyChain(chain));
    std::fs::write(folder.join("key.p12"), store.writer("keystorepassword").write().unwrap()).unwrap();
    std::fs::write(folder.join("password"), "keystorepassword\n").unwrap();
    let utf16: Vec<_> = "\u{feff}keystorepassword\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(folder.join("password-of-powershell"), utf16).unwrap();
    std::fs::write(folder.join("wrong"), "wrong").unwrap();

    let fetch = async |password: &str| {
        let vars = [
            ("PROCESSING_DECRYPTION_KEY", file("key.p12")),
            ("PROCESSING_DECRYPTION_KEY_PASSWORD", file(password)),
        ];
        let settings: Settings = vars.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let names = KeyNames {
            key: registry::PROCESSING_DECRYPTION_KEY,
            password: registry::PROCESSING_DECRYPTION_KEY_PASSWORD,
        };
        KeySettings::from_settings(&mut settings.read(), names)
            .unwrap()
            .fetch::<aws_lc_rs::rsa::KeyPair>()
            .await
    };
    assert!(fetch("password").await.is_ok());
    assert!(fetch("password-of-powershell").await.is_ok());
    let error = fetch("wrong").await.unwrap_err();
    assert_eq!(
        crate::telemetry::chain(&error),
        "PROCESSING_DECRYPTION_KEY holds a key or certificate that cannot be used: PROCESSING_DECRYPTION_KEY: the password of the PKCS#12 container is wrong or missing"
    );
    assert!(matches!(
        fetch("missing").await,
        Err(ConfigError::Secret { name: "PROCESSING_DECRYPTION_KEY_PASSWORD", .. })
    ));
    std::fs::remove_file(folder.join("key.p12")).unwrap();
    assert!(matches!(
        fetch("password").await,
        Err(ConfigError::Secret { name: "PROCESSING_DECRYPTION_KEY", .. })
    ));
    std::fs::remove_dir_all(&folder).unwrap();
}
