//! OAuth signatures of the test issuer.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rsa::PrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use crate::Portal;

/// Generated once: RSA keys take long.
pub(super) static PORTAL: LazyLock<Portal> = LazyLock::new(|| Portal::generate().unwrap());

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The inputs of an OAuth signature; tests change one of them.
pub(super) struct Signing {
    pub(super) consumer_key: String,
    pub(super) key: PrivateKey,
    pub(super) method: &'static str,
    pub(super) nonce: String,
    pub(super) timestamp: i64,
}

pub(super) fn token_connect() -> Signing {
    let credentials = PORTAL.credentials();
    signing(&credentials.token_connect_consumer_key, &credentials.token_connect_signing_key)
}

pub(super) fn processing() -> Signing {
    let credentials = PORTAL.credentials();
    signing(&credentials.processing_consumer_key, &credentials.processing_signing_key)
}

fn signing(consumer_key: &str, pem: &str) -> Signing {
    Signing {
        consumer_key: consumer_key.to_owned(),
        key: PrivateKey::from_pkcs8_pem(pem).unwrap(),
        method: "RSA-SHA256",
        nonce: Uuid::new_v4().simple().to_string(),
        timestamp: Timestamp::now().as_second(),
    }
}

impl Signing {
    pub(super) fn header(&self, method: &str, url: &Url, body: &[u8]) -> String {
        let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let mut oauth = vec![
            ("oauth_body_hash", STANDARD.encode(Sha256::digest(body))),
            ("oauth_consumer_key", self.consumer_key.clone()),
            ("oauth_nonce", self.nonce.clone()),
            ("oauth_signature_method", self.method.to_owned()),
            ("oauth_timestamp", self.timestamp.to_string()),
            ("oauth_version", "1.0".to_owned()),
        ];
        let mut pairs: Vec<String> = oauth.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.extend(url.query().map(str::to_owned));
        pairs.sort();
        let mut base_uri = url.clone();
        base_uri.set_query(None);
        let string = format!("{method}&{}&{}", encode(base_uri.as_str()), encode(&pairs.join("&")));
        let signature = match self.method {
            "RSA-PSS" => self.key.pss_sign::<Sha256>(string.as_bytes()),
            _ => self.key.pkcs1v15_sign::<Sha256>(string.as_bytes()),
        };
        oauth.push(("oauth_signature", encode(&STANDARD.encode(signature.unwrap()))));
        let oauth: Vec<String> = oauth.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        format!("OAuth {}", oauth.join(","))
    }
}
