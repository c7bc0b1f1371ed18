//! Messages that cannot be read. They are acknowledged, because a repetition could not be read either; their content is kept for an
//! operator, encrypted for a certificate whose private key this function does not have.

use jiff::Timestamp;
use mastercard::JweKeys;
use model::notification::wire::UnreadableMessage;
use runtime::{
    config::{
        ConfigError, SecretRef, SettingsReader, fetch_certificate,
        registry::NOTIFICATION_QUARANTINE_CERTIFICATE as CERTIFICATE,
    },
    store::enrollments::QuarantinedDelivery,
};
use serde_json::json;

/// The most bytes that are kept of one delivery.
const MAX_BYTES: usize = 16 * 1024;

/// Encrypts what is kept; without a certificate nothing is.
pub(crate) struct Quarantine(Option<JweKeys>);

impl Quarantine {
    /// The reference in the setting; `None` if a problem was noted.
    pub(crate) fn reference(settings: &mut SettingsReader<'_>) -> Option<Option<SecretRef>> {
        settings.optional(&CERTIFICATE)
    }

    pub(crate) async fn connect(certificate: Option<SecretRef>) -> Result<Self, ConfigError> {
        let Some(certificate) = certificate else { return Ok(Self(None)) };
        let name = CERTIFICATE.name();
        let certificate = fetch_certificate(name, &certificate).await?;
        let keys = JweKeys::new(&certificate, None, &[]);
        keys.map(|keys| Self(Some(keys))).map_err(|source| ConfigError::Key { name, source })
    }

    /// The messages as they are kept; `None` without a certificate, or if each of them is too large.
    pub(crate) fn seal(
        &self,
        messages: &[UnreadableMessage],
        received_at: Timestamp,
    ) -> Option<QuarantinedDelivery> {
        let keys = self.0.as_ref()?;
        let mut content = String::new();
        let mut kept = 0;
        for UnreadableMessage { error, content: message } in messages {
            let message = json!({ "error": error.to_string(), "message": message }).to_string();
            if content.len().saturating_add(message.len()) < MAX_BYTES {
                content.push_str(if kept == 0 { "[" } else { "," });
                content.push_str(&message);
                kept += 1;
            }
        }
        if kept == 0 {
            return None;
        }
        content.push(']');
        let mut reasons: Vec<_> = messages.iter().map(|message| message.error.to_string()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        Some(QuarantinedDelivery {
            received_at,
            messages: kept,
            omitted: messages.len().saturating_sub(kept),
            reasons,
            sealed: keys.encrypt(content.as_bytes()).ok()?,
        })
    }
}
