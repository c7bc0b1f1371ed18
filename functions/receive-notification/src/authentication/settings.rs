//! Settings of the authentication of notifications, and of the keys that decrypt them.

use futures_util::future::try_join_all;
use jsonwebtoken::DecodingKey;
use mastercard::FieldLevelKeys;
use runtime::config::{
    ConfigError, KeyNames, RotatingKeySettings, SecretRef, SecretUnavailable, SettingsReader,
    fetch_certificate,
    registry::{self, NOTIFICATION_CLIENT_SUBJECTS, Setting},
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Authentication, subject::Subject};

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

/// Certificate subjects, and references to secrets, certificates and keys.
pub(crate) struct AuthenticationSettings {
    subjects: Vec<Subject>,
    secrets: NamedSecrets,
    signers: NamedSecrets,
    decryption: Option<RotatingKeySettings>,
}

/// References, each with the name of its setting.
type NamedSecrets = Vec<(&'static str, SecretRef)>;

impl AuthenticationSettings {
    pub(crate) fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let subjects = settings.value(&NOTIFICATION_CLIENT_SUBJECTS);
        let (secrets, signers) = (references(settings, SECRETS), references(settings, SIGNERS));
        let decryption = match settings.is_set(&DECRYPTION_KEY.key) {
            true => {
                RotatingKeySettings::from_settings(settings, DECRYPTION_KEY, NEXT_DECRYPTION_KEY).map(Some)
            }
            false => Some(None),
        };
        let subjects = Subject::parse_list(&subjects?).map_err(|error| {
            let what = format_args!("must be subject names, separated by semicolons; one is {error}");
            settings.problem(&NOTIFICATION_CLIENT_SUBJECTS, what);
        });
        Some(Self { subjects: subjects.ok()?, secrets: secrets?, signers: signers?, decryption: decryption? })
    }

    pub(crate) async fn connect(self) -> Result<(Authentication, Option<FieldLevelKeys>), ConfigError> {
        let Self { subjects, secrets, signers, decryption } = self;
        let keys = async {
            let Some(keys) = decryption else { return Ok(None) };
            Ok(Some(FieldLevelKeys::new(&keys.fetch().await?)))
        };
        // Concurrently: on Lambda each secret is a call of Secrets Manager.
        let secrets = try_join_all(secrets.iter().map(|(name, secret)| text(name, secret)));
        let signers = try_join_all(signers.iter().map(|(name, secret)| signer(name, secret)));
        let (secrets, signers, keys) = tokio::try_join!(secrets, signers, keys)?;
        Ok((Authentication { subjects, secrets, signers }, keys))
    }
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
