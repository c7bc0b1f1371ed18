//! Keys and certificates by reference: password, rotation and expiry.

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::{ConfigError, SecretRef, SettingsReader, registry::Setting};
use mastercard::{Certificate, DecryptionKey, PrivateKey, RsaPrivateKey};

/// A key that expires in fewer days is logged as a warning. The time is enough to order its successor and to use both.
pub const EXPIRES_SOON_DAYS: i64 = 45;

/// The settings of one key.
#[derive(Clone, Copy, Debug)]
pub struct KeyNames {
    /// Reference to PEM or PKCS#12.
    pub key: Setting<SecretRef>,
    /// Reference to the password of a PKCS#12 container; optional.
    pub password: Setting<SecretRef>,
}

/// One key by reference.
pub struct KeySettings {
    names: KeyNames,
    key: SecretRef,
    password: Option<SecretRef>,
}

impl KeySettings {
    /// Reads them; `None` if a problem was noted.
    pub fn from_settings(settings: &mut SettingsReader<'_>, names: KeyNames) -> Option<Self> {
        let (key, password) = (settings.value(&names.key), settings.optional(&names.password));
        Some(Self { names, key: key?, password: password? })
    }

    /// Fetches and decrypts the key, and logs its expiry. The fetched bytes are wiped from memory.
    pub async fn fetch<K: RsaPrivateKey>(&self) -> Result<PrivateKey<K>, ConfigError> {
        let (name, password_name) = (self.names.key.name(), self.names.password.name());
        let stored =
            async { self.key.fetch_bytes().await.map_err(|source| ConfigError::Secret { name, source }) };
        let password = async {
            let Some(password) = &self.password else { return Ok(None) };
            let fetched = password.fetch().await.map(Some);
            fetched.map_err(|source| ConfigError::Secret { name: password_name, source })
        };
        let (stored, password) = tokio::try_join!(stored, password)?;
        // Editors end a file with a line break, which is not part of the password.
        let password = password.as_ref().map(|it| it.expose_secret().trim_end_matches(['\r', '\n']));
        let key = PrivateKey::read(name, stored.expose_secret(), password)
            .map_err(|source| ConfigError::Key { name, source })?;
        match key.certificate() {
            Some(certificate) => log_key_expiry(name, certificate),
            None => tracing::info!(event = "key_expiry_unknown", key_setting = name, "key expiry unknown"),
        }
        Ok(key)
    }
}

/// A key, and perhaps the one that will replace it.
pub struct RotatingKeySettings {
    key: KeySettings,
    next: Option<KeySettings>,
}

impl RotatingKeySettings {
    /// Reads them; `None` if a problem was noted.
    pub fn from_settings(settings: &mut SettingsReader<'_>, names: KeyNames, next: KeyNames) -> Option<Self> {
        let key = KeySettings::from_settings(settings, names);
        let next = match settings.is_set(&next.key) {
            true => Some(KeySettings::from_settings(settings, next)?),
            false => None,
        };
        Some(Self { key: key?, next })
    }

    /// Fetches both keys for decryption; the next one comes first.
    pub async fn fetch(&self) -> Result<Vec<DecryptionKey>, ConfigError> {
        let Some(next) = &self.next else { return Ok(vec![self.key.fetch().await?]) };
        let (key, next) = tokio::try_join!(self.key.fetch(), next.fetch())?;
        Ok(vec![next, key])
    }
}

/// Fetches the certificate that the setting `name` refers to, and logs its expiry.
pub async fn fetch_certificate(name: &'static str, secret: &SecretRef) -> Result<Certificate, ConfigError> {
    let content = secret.fetch_bytes().await.map_err(|source| ConfigError::Secret { name, source })?;
    let certificate = Certificate::read(name, content.expose_secret())
        .map_err(|source| ConfigError::Key { name, source })?;
    log_key_expiry(name, &certificate);
    Ok(certificate)
}

/// Whether the next key is preferred: its certificate begins later, or one of the keys has no certificate.
pub(super) fn next_is_newer(current: &PrivateKey, next: &PrivateKey) -> bool {
    match (current.certificate(), next.certificate()) {
        (Some(current), Some(next)) => next.not_before() >= current.not_before(),
        _ => true,
    }
}

/// Logs the expiry of a key or certificate, with the days left as `key_expires_in_days`.
fn log_key_expiry(setting: &str, certificate: &Certificate) {
    let days = certificate.expires_in_days(Timestamp::now());
    let expires_at = certificate.not_after();
    if days < 0 {
        tracing::warn!(event = "key_expired", key_setting = setting, key_expires_in_days = days, key_expires_at = %expires_at, "key expired");
    } else if days < EXPIRES_SOON_DAYS {
        tracing::warn!(event = "key_expires_soon", key_setting = setting, key_expires_in_days = days, key_expires_at = %expires_at, "key expires soon");
    } else {
        tracing::info!(event = "key_valid", key_setting = setting, key_expires_in_days = days, key_expires_at = %expires_at, "key valid");
    }
}

#[cfg(test)]
pub(super) mod tests;
