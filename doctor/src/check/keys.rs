//! Keys and certificates: each is fetched and parsed as the functions do, then described by its public properties.

mod reuse;

use jiff::Timestamp;
use mastercard::{KeyError, PrivateKey};
use runtime::{
    config::{
        ConfigError, Environment, KeyNames, KeySettings, SecretRef, SecretUnavailable, Switch,
        fetch_certificate,
        registry::{self, CLIENT_ENCRYPTION_CERTIFICATE, PROCESSING_ENCRYPTION_CERTIFICATE, Setting},
    },
    telemetry,
};

use super::{
    certificates::{self, Validity},
    reading::Reading,
};
use crate::report::Row;

const SIGNING: [KeyNames; 4] = [
    KeyNames {
        key: registry::TOKEN_CONNECT_SIGNING_KEY,
        password: registry::TOKEN_CONNECT_SIGNING_KEY_PASSWORD,
    },
    KeyNames {
        key: registry::TOKEN_CONNECT_NEXT_SIGNING_KEY,
        password: registry::TOKEN_CONNECT_NEXT_SIGNING_KEY_PASSWORD,
    },
    KeyNames { key: registry::PROCESSING_SIGNING_KEY, password: registry::PROCESSING_SIGNING_KEY_PASSWORD },
    KeyNames {
        key: registry::PROCESSING_NEXT_SIGNING_KEY,
        password: registry::PROCESSING_NEXT_SIGNING_KEY_PASSWORD,
    },
];
const DECRYPTION: [KeyNames; 2] = [
    KeyNames {
        key: registry::PROCESSING_DECRYPTION_KEY,
        password: registry::PROCESSING_DECRYPTION_KEY_PASSWORD,
    },
    KeyNames {
        key: registry::PROCESSING_NEXT_DECRYPTION_KEY,
        password: registry::PROCESSING_NEXT_DECRYPTION_KEY_PASSWORD,
    },
];
const NOTIFICATION_DECRYPTION: [KeyNames; 2] = [
    KeyNames {
        key: registry::NOTIFICATION_DECRYPTION_KEY,
        password: registry::NOTIFICATION_DECRYPTION_KEY_PASSWORD,
    },
    KeyNames {
        key: registry::NOTIFICATION_NEXT_DECRYPTION_KEY,
        password: registry::NOTIFICATION_NEXT_DECRYPTION_KEY_PASSWORD,
    },
];
const NOTIFICATION_CERTIFICATES: [Setting<SecretRef>; 3] = [
    registry::NOTIFICATION_SIGNER_CERTIFICATE,
    registry::NOTIFICATION_NEXT_SIGNER_CERTIFICATE,
    registry::NOTIFICATION_QUARANTINE_CERTIFICATE,
];
const ENCRYPTION: &str = PROCESSING_ENCRYPTION_CERTIFICATE.name();
const CLIENT_ENCRYPTION: &str = CLIENT_ENCRYPTION_CERTIFICATE.name();
/// The bank's own; all other certificates are Mastercard's.
const QUARANTINE: &str = registry::NOTIFICATION_QUARANTINE_CERTIFICATE.name();

/// A wrapped content key of Token Connect has at most 512 hex digits, so no larger key fits.
const MAX_CLIENT_ENCRYPTION_BITS: usize = 2048;

const REFERENCE_REMEDY: &str = "set it to file:/path, or in AWS to the secret's Secrets Manager ARN";
const PRIVATE_KEY_REMEDY: &str =
    "store the private key as a .p12 file with its password, or as PEM without a password";
const CERTIFICATE_REMEDY: &str = "store the certificate from Mastercard Developers as PEM";
const OWN_CERTIFICATE_REMEDY: &str = "create one with an RSA key of 2048 bits and store it as PEM; an earlier key still opens what is in \
    quarantine";
const CA_CERTIFICATES_REMEDY: &str = "store the CA certificates as PEM, one after the other";

/// The public key (DER) of each secret that could be parsed, by its setting.
type PublicKeys = Vec<(&'static str, Vec<u8>)>;

pub(super) async fn rows(reading: &mut Reading<'_>, environment: Environment, now: Timestamp) -> Vec<Row> {
    let (mut rows, mut public_keys) = (Vec::new(), PublicKeys::new());
    for names in SIGNING {
        rows.extend(private_key_row(reading, names, now, &mut public_keys).await);
    }
    if reading.value(&registry::PROCESSING_JWE) == Some(Switch::Off) {
        rows.push(Row::skipped(ENCRYPTION, "PROCESSING_JWE is off"));
        rows.push(Row::skipped(DECRYPTION[0].key.name(), "PROCESSING_JWE is off"));
    } else {
        let setting = PROCESSING_ENCRYPTION_CERTIFICATE;
        rows.push(certificate_row(reading, &setting, environment, now, &mut public_keys).await);
        for names in DECRYPTION {
            rows.extend(private_key_row(reading, names, now, &mut public_keys).await);
        }
    }
    let setting = CLIENT_ENCRYPTION_CERTIFICATE;
    rows.push(certificate_row(reading, &setting, environment, now, &mut public_keys).await);
    for names in NOTIFICATION_DECRYPTION {
        rows.extend(private_key_row(reading, names, now, &mut public_keys).await);
    }
    for setting in NOTIFICATION_CERTIFICATES {
        if reading.raw(&setting).is_some() {
            rows.push(certificate_row(reading, &setting, environment, now, &mut public_keys).await);
        }
    }
    rows.push(reuse::row(&public_keys));
    rows
}

/// `None` for an optional key that is not set.
async fn private_key_row(
    reading: &mut Reading<'_>,
    names: KeyNames,
    now: Timestamp,
    public_keys: &mut PublicKeys,
) -> Option<Row> {
    let name = names.key.name();
    let row = reading
        .problem_row(&names.key, REFERENCE_REMEDY)
        .or_else(|| reading.problem_row(&names.password, REFERENCE_REMEDY));
    if row.is_some() {
        return row;
    }
    reading.raw(&names.key)?;
    let key = match KeySettings::from_settings(&mut reading.reader(), names)?.fetch().await {
        Ok(key) => key,
        Err(error) => return Some(unusable(name, &error)),
    };
    if let Err(problem) = key.check() {
        let source = KeyError { key: name.into(), problem };
        return Some(unusable(name, &ConfigError::Key { name, source }));
    }
    public_keys.push((name, key.public_key().to_vec()));
    Some(describe(name, &key, now))
}

fn describe(name: &str, key: &PrivateKey, now: Timestamp) -> Row {
    let size = certificates::key_size(Some(key.bits()));
    let Some(certificate) = key.certificate() else {
        let unknown_expiry = vec!["no certificate is stored with it: its expiry is unknown".into()];
        let fingerprints = certificates::public_key_fingerprints(key.public_key());
        return Row::ok(name, size).with_findings([unknown_expiry, fingerprints].concat());
    };
    let (validity, sentence) = certificates::validity(certificate, now);
    let row = match validity {
        Validity::Valid => Row::ok(name, size),
        Validity::ExpiresSoon => Row::warning(
            name,
            size,
            "order its successor, and set it in the settings with NEXT in their names",
        ),
        Validity::Expired | Validity::NotYetValid => {
            Row::wrong(name, size, "download the current key from Mastercard Developers")
        }
    };
    row.with_findings([sentence]).with_findings(certificates::certificate_fingerprints(certificate))
}

async fn certificate_row(
    reading: &mut Reading<'_>,
    setting: &Setting<SecretRef>,
    environment: Environment,
    now: Timestamp,
    public_keys: &mut PublicKeys,
) -> Row {
    let name = setting.name();
    let of = |mastercards| if name == QUARANTINE { OWN_CERTIFICATE_REMEDY } else { mastercards };
    if let Some(row) = reading.problem_row(setting, REFERENCE_REMEDY) {
        return row;
    }
    let Some(secret) = reading.value(setting) else { return Row::skipped(name, "not set") };
    let certificate = match fetch_certificate(name, &secret).await {
        Ok(certificate) => certificate,
        Err(error) => {
            let remedy = remedy(&error, of(CERTIFICATE_REMEDY));
            return Row { remedy: Some(remedy.into()), ..unusable(name, &error) };
        }
    };
    public_keys.push((name, certificate.public_key().to_vec()));
    let size = certificates::key_size(certificate.bits());
    let too_large = name == CLIENT_ENCRYPTION && certificate.bits() > Some(MAX_CLIENT_ENCRYPTION_BITS);
    let (validity, sentence) = certificates::validity(&certificate, now);
    let row = match validity {
        _ if certificate.bits().is_none() => {
            Row::wrong(name, size, of("request one with an RSA key of 2048 bits"))
        }
        _ if too_large => Row::wrong(
            name,
            size,
            "request a key of 2048 bits: a larger one does not fit Token Connect's encryptedKey",
        ),
        Validity::Expired if works_expired(name, environment) => {
            Row::warning(name, size, of("download its successor from Mastercard Developers, if there is one"))
        }
        Validity::Expired | Validity::NotYetValid => Row::wrong(
            name,
            size,
            of("download the current certificate of this environment from Mastercard Developers"),
        ),
        Validity::ExpiresSoon => {
            Row::warning(name, size, of("download its successor from Mastercard Developers"))
        }
        Validity::Valid => Row::ok(name, size),
    };
    row.with_findings([sentence]).with_findings(certificates::certificate_fingerprints(&certificate))
}

/// Whether an expired certificate still serves its purpose: functions encrypt for it, and who has its key decrypts. Mastercard's own sample
/// for the sandbox has expired. In production Mastercard may have given up the key.
fn works_expired(name: &str, environment: Environment) -> bool {
    match name {
        QUARANTINE => true,
        ENCRYPTION | CLIENT_ENCRYPTION => environment != Environment::Production,
        _ => false,
    }
}

/// The row of a key or certificate that could not be fetched or parsed; it never contains the key.
pub(super) fn unusable(name: &str, error: &ConfigError) -> Row {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), telemetry::chain);
    let finding = cause.trim_start_matches(name).trim_start_matches(": ").to_owned();
    Row::wrong(name, finding, remedy(error, PRIVATE_KEY_REMEDY))
}

fn remedy(error: &ConfigError, invalid: &'static str) -> &'static str {
    match error {
        ConfigError::Secret { source: SecretUnavailable::File(_), .. } => {
            "check the path and the file's permissions"
        }
        ConfigError::Secret { source: SecretUnavailable::Extension(_), .. } => {
            "Secrets Manager is read in Lambda only: save the secret to a file and set file:/path"
        }
        ConfigError::Roots(_) => CA_CERTIFICATES_REMEDY,
        _ => invalid,
    }
}
