//! Settings of the authentication of notifications, and of the keys that decrypt them.

use futures_util::future::try_join_all;
use jsonwebtoken::DecodingKey;
use mastercard::FieldLevelKeys;
use runtime::config::{
    ConfigError, KeyNames, List, RotatingKeySettings, SecretRef, SecretUnavailable, SettingsReader,
    fetch_certificate,
    registry::{self, NOTIFICATION_CLIENT_ISSUERS, NOTIFICATION_CLIENT_SUBJECTS, Setting},
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Authentication, certificate::AcceptedCertificates, distinguished_name::DistinguishedName};

const SECRETS: [Setting<SecretRef>; 2] =
    [registry::NOTIFICATION_SHARED_SECRET, registry::NOTIFICATION_NEXT_SHARED_SECRET];
const SIGNERS: [Setting<SecretRef>; 2] =
    [registry::NOTIFICATION_SIGNER_CERTIFICATE, registry::NOTIFICATION_NEXT_SIGNER_CERTIFICATE];
const DECRYPTION_KEY: KeyNames = KeyNames {
    key: registry::NOTIFICATION_DECRYPTION_KEY,
    password: registry::NOTIFICATION_DECRYPTION_KEY_PASSWORD,
};
const NEXT_DECRYPTION_KEY: KeyNames = KeyNames {
    key: registry::NOTIFICATION_NEXT_DECRYPTION_KEY,
    password: registry::NOTIFICATION_NEXT_DECRYPTION_KEY_PASSWORD,
};

/// Accepted certificates, and references to secrets, certificates and keys.
pub(crate) struct AuthenticationSettings {
    certificates: AcceptedCertificates,
    secrets: NamedSecrets,
    signers: NamedSecrets,
    decryption: Option<RotatingKeySettings>,
}

/// References, each with the name of its setting.
type NamedSecrets = Vec<(&'static str, SecretRef)>;

impl AuthenticationSettings {
    pub(crate) fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let certificates = accepted_certificates(settings);
        let (secrets, signers) = (references(settings, SECRETS), references(settings, SIGNERS));
        // The next key alone is the key, as with secrets and signers.
        let (key, next) = match settings.is_set(&DECRYPTION_KEY.key) {
            true => (DECRYPTION_KEY, NEXT_DECRYPTION_KEY),
            false => (NEXT_DECRYPTION_KEY, DECRYPTION_KEY),
        };
        let decryption = match settings.is_set(&key.key) {
            true => RotatingKeySettings::from_settings(settings, key, next).map(Some),
            false => Some(None),
        };
        Some(Self {
            certificates: certificates?,
            secrets: secrets?,
            signers: signers?,
            decryption: decryption?,
        })
    }

    pub(crate) async fn connect(self) -> Result<(Authentication, Option<FieldLevelKeys>), ConfigError> {
        let Self { certificates, secrets, signers, decryption } = self;
        let keys = async {
            let Some(keys) = decryption else { return Ok(None) };
            Ok(Some(FieldLevelKeys::new(&keys.fetch().await?)))
        };
        // Concurrently: on Lambda each secret is a call of Secrets Manager.
        let secrets = try_join_all(secrets.iter().map(|(name, secret)| text(name, secret)));
        let signers = try_join_all(signers.iter().map(|(name, secret)| signer(name, secret)));
        let (secrets, signers, keys) = tokio::try_join!(secrets, signers, keys)?;
        let authentication = Authentication { certificates, secrets, signers };
        if authentication.has_single_factor() {
            tracing::warn!(
                event = "notification_factor_missing",
                "notifications are authenticated by the name of their certificate alone"
            );
        }
        Ok((authentication, keys))
    }
}

fn accepted_certificates(settings: &mut SettingsReader<'_>) -> Option<AcceptedCertificates> {
    let subjects = settings.value(&NOTIFICATION_CLIENT_SUBJECTS);
    let issuers = settings.optional(&NOTIFICATION_CLIENT_ISSUERS);
    let pins = settings.optional(&registry::NOTIFICATION_CLIENT_KEY_PINS);
    let mut names = |setting: &Setting<String>, raw: &str| {
        let names = DistinguishedName::parse_list(raw).map_err(|error| {
            let what = format_args!("must be names, separated by semicolons; one is {error}");
            settings.problem(setting, what);
        });
        names.ok()
    };
    let subjects = names(&NOTIFICATION_CLIENT_SUBJECTS, &subjects?);
    let issuers = match issuers? {
        Some(issuers) => names(&NOTIFICATION_CLIENT_ISSUERS, &issuers),
        None => Some(Vec::new()),
    };
    let pins = pins?.map_or_else(Vec::new, |List(pins)| pins);
    Some(AcceptedCertificates { subjects: subjects?, issuers: issuers?, pins })
}

fn references(settings: &mut SettingsReader<'_>, pair: [Setting<SecretRef>; 2]) -> Option<NamedSecrets> {
    let mut found = Vec::new();
    for setting in pair {
        found.extend(settings.optional(&setting)?.map(|secret| (setting.name(), secret)));
    }
    Some(found)
}

async fn text(name: &'static str, secret: &SecretRef) -> Result<SecretString, ConfigError> {
    let unavailable = |source| ConfigError::Secret { name, source };
    let secret = secret.fetch().await.map_err(unavailable)?;
    // A line break at the end of a file is not part of the secret.
    match secret.expose_secret().trim() {
        // A request without the header would have it.
        "" => Err(unavailable(SecretUnavailable::Empty)),
        secret => Ok(secret.into()),
    }
}

async fn signer(name: &'static str, secret: &SecretRef) -> Result<DecodingKey, ConfigError> {
    let certificate = fetch_certificate(name, secret).await?;
    let invalid = |problem| mastercard::KeyError { key: name.into(), problem };
    certificate
        .pkcs1_public_key()
        .map(|der| DecodingKey::from_rsa_der(&der))
        .map_err(|problem| ConfigError::Key { name, source: invalid(problem) })
}

#[cfg(test)]
mod tests {
    use runtime::config::Settings;

    use super::*;

    #[test]
    fn the_next_decryption_key_alone_decrypts_notifications() {
        let decrypts = |keys: &[&str]| {
            let subject = ("NOTIFICATION_CLIENT_SUBJECTS", "CN=a");
            let variables = keys.iter().map(|name| (*name, "file:/key.pem")).chain([subject]);
            let settings: Settings =
                variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let read = AuthenticationSettings::from_settings(&mut settings.read());
            read.unwrap().decryption.is_some()
        };
        assert!(decrypts(&["NOTIFICATION_DECRYPTION_KEY", "NOTIFICATION_NEXT_DECRYPTION_KEY"]));
        assert!(decrypts(&["NOTIFICATION_DECRYPTION_KEY"]));
        assert!(decrypts(&["NOTIFICATION_NEXT_DECRYPTION_KEY"]));
        assert!(!decrypts(&[]));
    }
}
