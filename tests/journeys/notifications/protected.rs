//! Notifications that are signed, encrypted, or have a shared secret; and those that lack what is required.

use std::path::Path;

use local::{Options, World};
use mastercard::Certificate;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use serde_json::json;
use simulator::{NotificationPlan, NotificationTarget};
use tempfile::TempDir;

use super::{enroll_with, notify, view};
use crate::support::open_world_with;

/// A key and its certificate, as PEM and as files.
struct KeyWithCertificate {
    key: String,
    certificate: String,
    folder: TempDir,
}

impl KeyWithCertificate {
    fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap().pem();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), key.serialize_pem()).unwrap();
        std::fs::write(folder.path().join("certificate"), &certificate).unwrap();
        Self { key: key.serialize_pem(), certificate, folder }
    }

    fn file(&self, name: &str) -> String {
        reference(&self.folder.path().join(name))
    }
}

fn reference(path: &Path) -> String {
    format!("file:{}", path.display())
}

/// A world with these settings, and a simulator with these options for notifications.
async fn world(settings: &[(&str, String)], target: impl Fn(&mut NotificationTarget)) -> World {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let world = open_world_with(Options { settings, ..Options::default() }).await;
    let mut options = NotificationTarget {
        identity_pem: Some(world.notifications_client_identity()),
        root_certificate_pem: Some(world.notifications_authority().to_owned()),
        ..NotificationTarget::plain(world.notifications_url().clone())
    };
    target(&mut options);
    world.simulator().set_notifications(Some(options)).unwrap();
    world
}

/// Status of an enrollment whose notifications were sent once, without retries.
async fn status(world: &World) -> String {
    let (cardholder, id) =
        enroll_with(world, NotificationPlan { retries: 0, ..NotificationPlan::default() }).await;
    view(&cardholder, &id).await["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn notifications_that_are_signed_and_encrypted_enable_the_card() {
    let (signer, ours) = (KeyWithCertificate::new(), KeyWithCertificate::new());
    let protected = |target: &mut NotificationTarget| {
        target.signing_key_pem = Some(signer.key.clone());
        target.encryption_certificate_pem = Some(ours.certificate.clone());
    };
    for (certificate, key) in [
        ("NOTIFICATION_SIGNER_CERTIFICATE", "NOTIFICATION_DECRYPTION_KEY"),
        ("NOTIFICATION_NEXT_SIGNER_CERTIFICATE", "NOTIFICATION_NEXT_DECRYPTION_KEY"),
    ] {
        let settings = [(certificate, signer.file("certificate")), (key, ours.file("key"))];
        assert_eq!(status(&world(&settings, protected).await).await, "ENABLED", "{key} alone");
    }
}

#[tokio::test]
async fn while_one_key_replaces_another_both_are_valid() {
    let (old, new) = (KeyWithCertificate::new(), KeyWithCertificate::new());
    let settings = [
        ("NOTIFICATION_SIGNER_CERTIFICATE", old.file("certificate")),
        ("NOTIFICATION_NEXT_SIGNER_CERTIFICATE", new.file("certificate")),
        ("NOTIFICATION_DECRYPTION_KEY", old.file("key")),
        ("NOTIFICATION_NEXT_DECRYPTION_KEY", new.file("key")),
    ];
    for (signer, ours) in [(&old, &new), (&new, &old)] {
        let protected = |target: &mut NotificationTarget| {
            target.signing_key_pem = Some(signer.key.clone());
            target.encryption_certificate_pem = Some(ours.certificate.clone());
        };
        assert_eq!(status(&world(&settings, protected).await).await, "ENABLED");
    }
}

#[tokio::test]
async fn a_body_without_a_signature_or_with_anothers_is_refused() {
    let (signer, other) = (KeyWithCertificate::new(), KeyWithCertificate::new());
    let settings = [("NOTIFICATION_SIGNER_CERTIFICATE", signer.file("certificate"))];
    let unsigned = world(&settings, |_| {}).await;
    assert_eq!(notify(&unsigned, &json!({"type": "TCN"})).await, 403);
    let forged = world(&settings, |target| target.signing_key_pem = Some(other.key.clone())).await;
    for world in [unsigned, forged] {
        // The browser returns with APPROVED, which alone enables nothing.
        assert_eq!(status(&world).await, "PENDING");
        assert!(inbox(&world).await.is_empty());
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_decrypted_is_acknowledged_and_changes_nothing() {
    let (ours, other) = (KeyWithCertificate::new(), KeyWithCertificate::new());
    let settings = [("NOTIFICATION_DECRYPTION_KEY", ours.file("key"))];
    let protected =
        |target: &mut NotificationTarget| target.encryption_certificate_pem = Some(other.certificate.clone());
    for world in [world(&settings, protected).await, world(&[], protected).await] {
        assert_eq!(status(&world).await, "PENDING");
        assert!(inbox(&world).await.is_empty());
        // A plain one in the same delivery is stored.
        let mixed = json!([{"type": "TCN", "encryptedPayload": {"encryptedData": "00"}}, {"type": "TCN"}]);
        assert_eq!(notify(&world, &mixed).await, 200);
        assert_eq!(inbox(&world).await.len(), 1);
    }
}

#[tokio::test]
async fn while_one_secret_replaces_another_both_are_valid_and_no_third_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        std::fs::write(folder.path().join(name), content).unwrap();
        reference(&folder.path().join(name))
    };
    let settings = [
        ("NOTIFICATION_SHARED_SECRET", file("old", "old secret\n")),
        ("NOTIFICATION_NEXT_SHARED_SECRET", file("new", "new secret")),
    ];
    for (secret, expected) in [
        (Some("old secret"), "ENABLED"),
        (Some("new secret"), "ENABLED"),
        (Some("old"), "PENDING"),
        (None, "PENDING"),
    ] {
        let with_secret = |target: &mut NotificationTarget| target.shared_secret = secret.map(str::to_owned);
        assert_eq!(status(&world(&settings, with_secret).await).await, expected, "{secret:?}");
    }
    // At the end of a rotation both settings have the new one.
    let both = settings.map(|(name, _)| (name, file("new", "new secret")));
    let with_secret = |target: &mut NotificationTarget| target.shared_secret = Some("new secret".into());
    assert_eq!(status(&world(&both, with_secret).await).await, "ENABLED");
}

#[tokio::test]
async fn a_certificate_of_the_expected_name_also_needs_the_expected_issuer_and_key() {
    let identity = open_world_with(Options::default()).await.notifications_client_identity();
    let pin = Certificate::from_pem("client", &identity).unwrap().public_key_fingerprint();
    let issuer = "O=Simulator,CN=Throw-Away Authority";
    let other_pin = "0".repeat(64);
    for (issuers, pins, expected) in [
        ("CN=Another Authority", "", "PENDING"),
        ("", other_pin.as_str(), "PENDING"),
        (issuer, other_pin.as_str(), "PENDING"),
        (
            &format!("CN=Another Authority;{issuer}"),
            &format!("{other_pin},{}", pin.to_uppercase()),
            "ENABLED",
        ),
    ] {
        let settings =
            [("NOTIFICATION_CLIENT_ISSUERS", issuers.into()), ("NOTIFICATION_CLIENT_KEY_PINS", pins.into())];
        let world = world(&settings, |_| {}).await;
        assert_eq!(status(&world).await, expected, "{issuers} {pins}");
        if expected == "PENDING" {
            assert!(inbox(&world).await.is_empty());
        }
    }
}

/// Keys of the stored notifications.
async fn inbox(world: &World) -> Vec<String> {
    let items = world.dynamodb().scan().table_name(&world.tables().enrollments).send().await.unwrap();
    let keys = items.items().iter().map(|item| item["pk"].as_s().unwrap().clone());
    keys.filter(|key| key.starts_with("INBOX#")).collect()
}
