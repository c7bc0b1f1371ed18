//! A notification as it leaves: plain, encrypted field by field as MDES does towards issuers, signed, or both. Whether
//! Processing does any of it is not published.

use rsa::PrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use serde_json::{Map, Value, json};

use crate::{
    crypto::{
        certificate::RsaCertificate,
        field_level::{self, CipherMode},
        jws,
    },
    options::NotificationTarget,
};

use super::InvalidTarget;

/// What stays readable.
const OUTSIDE: [&str; 3] = ["notificationId", "type", "occurredAt"];

/// What a target's notifications are sealed with.
#[derive(Clone)]
pub(super) struct Sealing {
    signing: Option<PrivateKey>,
    encryption: Option<RsaCertificate>,
}

impl Sealing {
    pub(super) fn of(target: &NotificationTarget) -> Result<Self, InvalidTarget> {
        let signing = target.signing_key_pem.as_deref().map(PrivateKey::from_pkcs8_pem);
        let encryption = target.encryption_certificate_pem.as_deref().map(RsaCertificate::from_pem);
        Ok(Self {
            signing: signing.transpose().map_err(|_| InvalidTarget::Sealing)?,
            encryption: encryption.transpose().map_err(|_| InvalidTarget::Sealing)?,
        })
    }

    /// The body; `None` if the cryptography fails.
    pub(super) fn body(&self, message: &Value) -> Option<String> {
        let message = match &self.encryption {
            Some(certificate) => encrypted(message, certificate)?,
            None => message.clone(),
        };
        match &self.signing {
            Some(key) => jws::sign(&message, key, "notifications").ok(),
            None => Some(message.to_string()),
        }
    }
}

fn encrypted(message: &Value, certificate: &RsaCertificate) -> Option<Value> {
    let is_outside = |name: &String| OUTSIDE.contains(&name.as_str());
    let (mut outside, inside): (Map<_, _>, Map<_, _>) =
        message.as_object()?.clone().into_iter().partition(|(name, _)| is_outside(name));
    let inside = Value::Object(inside).to_string();
    let payload = field_level::encrypt(inside.as_bytes(), certificate, CipherMode::Cbc).ok()?;
    outside.insert("encryptedPayload".into(), json!(payload));
    Some(outside.into())
}
