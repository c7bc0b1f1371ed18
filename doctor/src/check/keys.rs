//! Keys and certificates: each is fetched and opened as the functions do it, then described by what is public in it.

use jiff::Timestamp;
use mastercard::{PrivateKey, keys::Certificate};
use runtime::{
    config::{ConfigError, KeyNames, KeySettings, SecretRef, SecretUnavailable},
    telemetry,
};
use secrecy::ExposeSecret as _;

use super::{
    facts::{self, Validity},
    reading::Reading,
};
use crate::report::Row;

const SIGNING: [KeyNames; 4] = [
    KeyNames { key: "TOKEN_CONNECT_SIGNING_KEY", password: "TOKEN_CONNECT_SIGNING_KEY_PASSWORD" },
    KeyNames { key: "TOKEN_CONNECT_NEXT_SIGNING_KEY", password: "TOKEN_CONNECT_NEXT_SIGNING_KEY_PASSWORD" },
    KeyNames { key: "PROCESSING_SIGNING_KEY", password: "PROCESSING_SIGNING_KEY_PASSWORD" },
    KeyNames { key: "PROCESSING_NEXT_SIGNING_KEY", password: "PROCESSING_NEXT_SIGNING_KEY_PASSWORD" },
];
const DECRYPTION: [KeyNames; 2] = [
    KeyNames { key: "PROCESSING_DECRYPTION_KEY", password: "PROCESSING_DECRYPTION_KEY_PASSWORD" },
    KeyNames { key: "PROCESSING_NEXT_DECRYPTION_KEY", password: "PROCESSING_NEXT_DECRYPTION_KEY_PASSWORD" },
];
const ENCRYPTION: &str = "PROCESSING_ENCRYPTION_CERTIFICATE";
const CLIENT_ENCRYPTION: &str = "CLIENT_ENCRYPTION_CERTIFICATE";

/// A wrapped content key of Token Connect has at most 512 hex digits, so no larger key fits.
const LARGEST_CLIENT_ENCRYPTION: usize = 2048;

const NAME_IT: &str = "name it as file:/path, or by its Secrets Manager ARN where the functions run";
const PRIVATE: &str =
    "give the private key as Mastercard Developers does: .p12 with its password, or PEM without one";
const PUBLIC: &str = "give the certificate from Mastercard Developers as PEM";

/// The public key (DER) of each secret that could be opened, by its setting.
type Opened = Vec<(&'static str, Vec<u8>)>;

pub(super) async fn rows(reading: &mut Reading<'_>, now: Timestamp) -> Vec<Row> {
    let (mut rows, mut opened) = (Vec::new(), Opened::new());
    for names in SIGNING {
        rows.extend(private(reading, names, now, &mut opened).await);
    }
    if reading.raw("PROCESSING_JWE") == Some("off") {
        rows.push(Row::skipped(ENCRYPTION, "PROCESSING_JWE is off"));
        rows.push(Row::skipped(DECRYPTION[0].key, "PROCESSING_JWE is off"));
    } else {
        rows.push(public(reading, ENCRYPTION, now, &mut opened).await);
        for names in DECRYPTION {
            rows.extend(private(reading, names, now, &mut opened).await);
        }
    }
    rows.push(public(reading, CLIENT_ENCRYPTION, now, &mut opened).await);
    rows.push(together(&opened));
    rows
}

/// `None` for a key that need not be there and is not.
async fn private(
    reading: &mut Reading<'_>,
    names: KeyNames,
    now: Timestamp,
    opened: &mut Opened,
) -> Option<Row> {
    let refused = reading.refused(names.key, NAME_IT).or_else(|| reading.refused(names.password, NAME_IT));
    if refused.is_some() {
        return refused;
    }
    reading.raw(names.key)?;
    let key = match KeySettings::read(&mut reading.reader(), names)?.fetch().await {
        Ok(key) => key,
        Err(error) => return Some(unusable(names.key, &error)),
    };
    opened.push((names.key, key.public_key()));
    Some(described(names.key, &key, now))
}

fn described(name: &str, key: &PrivateKey, now: Timestamp) -> Row {
    let size = facts::size(Some(key.bits()));
    let Some(certificate) = key.certificate() else {
        let told = [
            vec!["no certificate beside it tells when it expires".into()],
            facts::public_key(&key.public_key()),
        ];
        return Row::ok(name, size).and(told.concat());
    };
    let (validity, told) = facts::validity(certificate, now);
    let row = match validity {
        Validity::Lasts => Row::ok(name, size),
        Validity::EndsSoon => {
            Row::warning(name, size, "order its successor, and set it beside this one with NEXT in the names")
        }
        Validity::Over | Validity::NotYet => {
            Row::wrong(name, size, "take the present key from Mastercard Developers")
        }
    };
    row.and([told]).and(facts::certificate(certificate))
}

async fn public(reading: &mut Reading<'_>, name: &'static str, now: Timestamp, opened: &mut Opened) -> Row {
    if let Some(refused) = reading.refused(name, NAME_IT) {
        return refused;
    }
    let Some(secret) = reading.value::<SecretRef>(name) else { return Row::skipped(name, "not set") };
    let fetched = secret.fetch().await.map_err(|source| ConfigError::Secret { name, source });
    let certificate = fetched.and_then(|pem| {
        Certificate::from_pem(name, pem.expose_secret()).map_err(|source| ConfigError::Key { name, source })
    });
    let certificate = match certificate {
        Ok(certificate) => certificate,
        Err(error) => return Row { to_do: Some(remedy(&error, PUBLIC).into()), ..unusable(name, &error) },
    };
    opened.push((name, certificate.public_key().to_vec()));
    let size = facts::size(certificate.bits());
    let too_large = name == CLIENT_ENCRYPTION && certificate.bits() > Some(LARGEST_CLIENT_ENCRYPTION);
    let (validity, told) = facts::validity(&certificate, now);
    let row = match validity {
        _ if certificate.bits().is_none() => {
            Row::wrong(name, size, "ask for one with an RSA key of 2048 bits")
        }
        _ if too_large => Row::wrong(
            name,
            size,
            "ask for a key of 2048 bits: a larger one does not fit Token Connect's encryptedKey",
        ),
        Validity::Over | Validity::NotYet => Row::wrong(
            name,
            size,
            "fetch the present certificate of this environment from Mastercard Developers",
        ),
        Validity::EndsSoon => Row::warning(name, size, "fetch its successor from Mastercard Developers"),
        Validity::Lasts => Row::ok(name, size),
    };
    row.and([told]).and(facts::certificate(&certificate))
}

/// The row of a key that was not had or does not open; what is told is never its content.
fn unusable(name: &str, error: &ConfigError) -> Row {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), telemetry::chain);
    let told = cause.trim_start_matches(name).trim_start_matches(": ").to_owned();
    Row::wrong(name, told, remedy(error, PRIVATE))
}

fn remedy(error: &ConfigError, unreadable: &'static str) -> &'static str {
    match error {
        ConfigError::Secret { source: SecretUnavailable::File(_), .. } => {
            "check the path, and that you may read the file"
        }
        ConfigError::Secret { source: SecretUnavailable::Extension(_), .. } => {
            "Secrets Manager is read inside Lambda only: save the secret to a file and name it file:/path"
        }
        _ => unreadable,
    }
}

/// Two directions, three parties: a key that stands in two places was put into the wrong one.
fn together(opened: &Opened) -> Row {
    const WHAT: &str = "keys together";
    let key = |name| opened.iter().find(|(known, _)| *known == name).map(|(_, key)| key);
    let same = |one, other| key(one).is_some() && key(one) == key(other);
    let ours = || SIGNING.iter().chain(&DECRYPTION).map(|names| names.key);
    for theirs in [ENCRYPTION, CLIENT_ENCRYPTION] {
        if let Some(own) = ours().find(|own| same(*own, theirs)) {
            let told = format!("{theirs} is the certificate of {own}, a key of ours");
            return Row::wrong(WHAT, told, format!("put Mastercard's certificate into {theirs}"));
        }
    }
    if same(ENCRYPTION, CLIENT_ENCRYPTION) {
        let told = format!("{CLIENT_ENCRYPTION} and {ENCRYPTION} are the same certificate");
        return Row::warning(WHAT, told, "one is of Token Connect, the other of Processing: fetch both");
    }
    for decryption in DECRYPTION.map(|names| names.key) {
        if let Some(signing) = SIGNING.iter().map(|names| names.key).find(|it| same(*it, decryption)) {
            let told = format!("{signing} and {decryption} are the same key");
            return Row::warning(WHAT, told, "keep them apart: each key has one purpose");
        }
    }
    Row::ok(WHAT, "none stands in the place of another")
}
