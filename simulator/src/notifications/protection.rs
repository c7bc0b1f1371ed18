//! Protection of a notification's body: plain, encrypted as in MDES' field-level encryption, signed, or both. Whether
//! Processing protects bodies is not published.

use serde_json::{Map, Value, json};

use crate::crypto::{
    certificate::RsaCertificate,
    field_level::{self, CipherMode},
    jws,
    private_key::PrivateKey,
};

use super::invalid_target::InvalidTarget;
use super::target::NotificationTarget;

/// Fields that are not encrypted.
const CLEAR_FIELDS: [&str; 3] = ["notificationId", "type", "occurredAt"];

/// The keys that protect a target's notifications.
#[derive(Clone)]
pub(super) struct Protection {
    signing: Option<PrivateKey>,
    encryption: Option<RsaCertificate>,
}

impl Protection {
    pub(super) fn new(target: &NotificationTarget) -> Result<Self, InvalidTarget> {
        let signing = target.signing_key_pem.as_deref().map(PrivateKey::from_pem);
        let encryption = target.encryption_certificate_pem.as_deref().map(RsaCertificate::from_pem);
        Ok(Self {
            signing: signing.transpose().map_err(|_| InvalidTarget::Protection)?,
            encryption: encryption.transpose().map_err(|_| InvalidTarget::Protection)?,
        })
    }

    /// The protected body; `None` if encryption or signing fails.
    pub(super) fn apply(&self, message: &Value) -> Option<String> {
        let message = match &self.encryption {
            Some(certificate) => encrypt(message, certificate)?,
            None => message.clone(),
        };
        match &self.signing {
            Some(key) => jws::sign(&message, key, "notifications").ok(),
            None => Some(message.to_string()),
        }
    }
}

fn encrypt(message: &Value, certificate: &RsaCertificate) -> Option<Value> {
    let is_clear = |name: &String| CLEAR_FIELDS.contains(&name.as_str());
    let (mut clear, secret): (Map<_, _>, Map<_, _>) =
        message.as_object()?.clone().into_iter().partition(|(name, _)| is_clear(name));
    let secret = Value::Object(secret).to_string();
    let payload = field_level::encrypt(secret.as_bytes(), certificate, CipherMode::Cbc, false).ok()?;
    clear.insert("encryptedPayload".into(), json!(payload));
    Some(clear.into())
}
