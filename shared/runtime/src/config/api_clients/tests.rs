use reqwest::Method;

use super::*;
use crate::config::{Settings, keys::tests::key_with_certificate};

/// A temporary folder, removed when the test ends.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    /// Writes a file and returns a reference to it.
    fn file(&self, name: &str, content: &str) -> String {
        std::fs::write(self.0.join(name), content).unwrap();
        format!("file:{}", self.0.join(name).display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn settings(vars: &[(&str, &str)]) -> Settings {
    vars.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

const URL: (&str, &str) = ("PROCESSING_URL", "https://api.mastercard.com/global-processing/digital");

/// The consumer key that signs first, and how.
async fn signs_first(vars: &[(&str, &str)]) -> String {
    let settings = settings(vars);
    let api = ApiSettings::from_settings(&mut settings.read(), &PROCESSING, &TOKEN_CONNECT).unwrap();
    let authenticator = api.authenticator().await.unwrap();
    let proof = authenticator.authenticate(&Method::GET, &api.url, b"").await.unwrap();
    proof.headers["authorization"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_newer_of_two_key_sets_signs_first_whichever_is_called_next() {
    let folder = Folder::new();
    let old = folder.file("old.pem", &key_with_certificate(-300, 90));
    let new = folder.file("new.pem", &key_with_certificate(-1, 390));
    for (current, next, first) in [(&old, &new, "next!key"), (&new, &old, "current!key")] {
        let vars = [
            URL,
            ("PROCESSING_CONSUMER_KEY", "current!key"),
            ("PROCESSING_SIGNING_KEY", current),
            ("PROCESSING_NEXT_CONSUMER_KEY", "production:next!key"),
            ("PROCESSING_NEXT_SIGNING_KEY", next),
            ("PROCESSING_SIGNATURE_METHOD", "RSA-PSS"),
        ];
        let header = signs_first(&vars).await;
        assert!(header.contains(&format!(r#"oauth_consumer_key="{first}""#)), "{header}");
        assert!(header.contains(r#"oauth_signature_method="RSA-PSS""#));
    }
}

#[test]
fn half_a_key_set_is_rejected() {
    let with = |extra| {
        let key = ("PROCESSING_SIGNING_KEY", "file:/key.pem");
        let settings = settings(&[URL, ("PROCESSING_CONSUMER_KEY", "a!b"), key, extra]);
        let mut reader = settings.read();
        assert!(ApiSettings::from_settings(&mut reader, &PROCESSING, &TOKEN_CONNECT).is_none());
        reader.problems().to_string()
    };
    let problems = with(("PROCESSING_NEXT_CONSUMER_KEY", "c!d"));
    assert_eq!(problems, "settings: PROCESSING_NEXT_SIGNING_KEY is not set");
    let problems = with(("PROCESSING_NEXT_SIGNING_KEY", "file:/next.pem"));
    assert_eq!(problems, "settings: PROCESSING_NEXT_CONSUMER_KEY is not set");
    let problems = with(("PROCESSING_SIGNATURE_METHOD", "HMAC-SHA1"));
    assert_eq!(problems, "settings: PROCESSING_SIGNATURE_METHOD: must be RSA-SHA256 or RSA-PSS");
}

#[test]
fn everything_that_is_missing_is_reported_together() {
    let settings = settings(&[("PROCESSING_URL", "https://somewhere.example/")]);
    let mut reader = settings.read();
    assert!(ProcessingSettings::from_settings(&mut reader).is_none());
    let problems = reader.problems().to_string();
    for name in [
        "PROCESSING_URL",
        "PROCESSING_CONSUMER_KEY",
        "PROCESSING_SIGNING_KEY",
        "PROCESSING_ENCRYPTION_CERTIFICATE",
        "PROCESSING_DECRYPTION_KEY",
    ] {
        assert!(problems.contains(name), "{name} in {problems}");
    }
}

#[tokio::test]
async fn either_decryption_key_decrypts_and_an_invalid_one_is_named() {
    let folder = Folder::new();
    let (old, new) = (key_with_certificate(-300, 90), key_with_certificate(-1, 390));
    let certificate = folder.file("theirs.pem", &old[old.find("-----BEGIN CERT").unwrap()..]);
    let (old, new) = (folder.file("old.pem", &old), folder.file("new.pem", &new));
    let keys = async |current: &str, next: &str| {
        let settings = settings(&[
            ("PROCESSING_ENCRYPTION_CERTIFICATE", &certificate),
            ("PROCESSING_DECRYPTION_KEY", current),
            ("PROCESSING_NEXT_DECRYPTION_KEY", next),
        ]);
        JweSettings::from_settings(&mut settings.read()).unwrap().connect().await
    };
    for (current, next) in [(&old, &new), (&new, &old)] {
        let keys = keys(current, next).await.unwrap();
        assert_eq!(keys.decrypt(&keys.encrypt(b"{}").unwrap()).unwrap(), b"{}");
    }
    let error = keys(&old, &folder.file("bad.pem", "hunter2")).await.unwrap_err();
    assert!(matches!(error, ConfigError::Key { name: "PROCESSING_NEXT_DECRYPTION_KEY", .. }));
}
