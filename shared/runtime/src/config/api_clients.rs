//! Settings of Mastercard's two APIs: base URL, consumer key and keys of their own each. Two key sets may be live while
//! one replaces the other; the variables of the replacement have `_NEXT_` in their names.

use secrecy::ExposeSecret as _;
use url::Url;

use super::{
    ConfigError, Runtime, SecretRef, SettingsReader,
    environment::{self, Environment},
    keys::{KeyNames, KeySettings, RotatingKeySettings, log_key_expiry, next_is_newer},
};
use mastercard::{
    Authenticator, Certificate, ClientEncryptionKey, JweKeys, KeyError, PrivateKey, Processing, RateLimit,
    SignatureMethod, Signer, TokenConnect,
    processing::{SearchConfig, SearchShape},
};

/// The variables of one API.
struct Names {
    url: &'static str,
    signature_method: &'static str,
    current: SignerNames,
    next: SignerNames,
}

/// The variables of one key set.
struct SignerNames {
    consumer_key: &'static str,
    signing_key: KeyNames,
}

macro_rules! signer_names {
    ($prefix:literal) => {
        SignerNames {
            consumer_key: concat!($prefix, "_CONSUMER_KEY"),
            signing_key: KeyNames {
                key: concat!($prefix, "_SIGNING_KEY"),
                password: concat!($prefix, "_SIGNING_KEY_PASSWORD"),
            },
        }
    };
}

const TOKEN_CONNECT: Names = Names {
    url: "TOKEN_CONNECT_URL",
    signature_method: "TOKEN_CONNECT_SIGNATURE_METHOD",
    current: signer_names!("TOKEN_CONNECT"),
    next: signer_names!("TOKEN_CONNECT_NEXT"),
};
const PROCESSING: Names = Names {
    url: "PROCESSING_URL",
    signature_method: "PROCESSING_SIGNATURE_METHOD",
    current: signer_names!("PROCESSING"),
    next: signer_names!("PROCESSING_NEXT"),
};

const ENCRYPTION_CERTIFICATE: &str = "PROCESSING_ENCRYPTION_CERTIFICATE";
const DECRYPTION_KEY: KeyNames =
    KeyNames { key: "PROCESSING_DECRYPTION_KEY", password: "PROCESSING_DECRYPTION_KEY_PASSWORD" };
const NEXT_DECRYPTION_KEY: KeyNames =
    KeyNames { key: "PROCESSING_NEXT_DECRYPTION_KEY", password: "PROCESSING_NEXT_DECRYPTION_KEY_PASSWORD" };

/// Where an API is and who signs.
struct ApiSettings {
    url: Url,
    signature_method: SignatureMethod,
    current: SignerSettings,
    next: Option<SignerSettings>,
}

struct SignerSettings {
    consumer_key: String,
    signing_key: KeySettings,
}

impl ApiSettings {
    fn read(read: &mut SettingsReader<'_>, names: &Names, other: &Names) -> Option<Self> {
        let base_url = environment::base_url(read, names.url, other.url);
        let environment = base_url.as_ref().map(|(_, environment)| *environment);
        let signature_method = read.or_default(names.signature_method, SignatureMethod::default());
        let current = SignerSettings::read(read, &names.current, environment);
        let next_is_set = [names.next.consumer_key, names.next.signing_key.key].map(|name| read.is_set(name));
        let next = match next_is_set {
            [false, false] => None,
            _ => Some(SignerSettings::read(read, &names.next, environment)?),
        };
        let (url, _) = base_url?;
        Some(Self { url, signature_method: signature_method?, current: current?, next })
    }

    async fn authenticator(&self) -> Result<Authenticator, ConfigError> {
        let current = self.current.signing_key.fetch();
        let Some(next) = &self.next else {
            return Ok(self.signer(&self.current, current.await?).into());
        };
        let (current, next_key) = tokio::try_join!(current, next.signing_key.fetch())?;
        let newer = next_is_newer(&current, &next_key);
        let (current, next) = (self.signer(&self.current, current), self.signer(next, next_key));
        let (preferred, other) = if newer { (next, current) } else { (current, next) };
        Ok(Authenticator::oauth1(preferred, Some(other)))
    }

    fn signer(&self, settings: &SignerSettings, key: PrivateKey) -> Signer {
        Signer::new(&settings.consumer_key, key.into()).with_signature_method(self.signature_method)
    }
}

impl SignerSettings {
    fn read(
        read: &mut SettingsReader<'_>,
        names: &SignerNames,
        environment: Option<Environment>,
    ) -> Option<Self> {
        let consumer_key = environment::consumer_key(read, names.consumer_key, environment);
        let signing_key = KeySettings::read(read, names.signing_key);
        Some(Self { consumer_key: consumer_key?, signing_key: signing_key? })
    }
}

/// `TOKEN_CONNECT_URL` (ends in `/mdes`), `TOKEN_CONNECT_CONSUMER_KEY`, `TOKEN_CONNECT_SIGNING_KEY`.
///
/// Optional: `TOKEN_CONNECT_SIGNING_KEY_PASSWORD` for PKCS#12, `TOKEN_CONNECT_SIGNATURE_METHOD` (`RSA-SHA256`), and
/// for the key set that will replace this one `TOKEN_CONNECT_NEXT_CONSUMER_KEY`, `TOKEN_CONNECT_NEXT_SIGNING_KEY` and
/// `TOKEN_CONNECT_NEXT_SIGNING_KEY_PASSWORD`. `MASTERCARD_ENVIRONMENT` as [`Environment`] reads it.
pub struct TokenConnectSettings(ApiSettings);

impl TokenConnectSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn read(read: &mut SettingsReader<'_>) -> Option<Self> {
        ApiSettings::read(read, &TOKEN_CONNECT, &PROCESSING).map(Self)
    }

    /// Fetches the keys and makes the client.
    pub async fn connect(self, host: &Runtime) -> Result<TokenConnect, ConfigError> {
        let authenticator = self.0.authenticator().await?;
        Ok(TokenConnect::new(self.0.url, authenticator, host.transport().await?))
    }
}

/// `PROCESSING_URL` (ends in `/global-processing/digital`), `PROCESSING_CONSUMER_KEY`, `PROCESSING_SIGNING_KEY`;
/// with `PROCESSING_JWE` `on` (the default) also `PROCESSING_ENCRYPTION_CERTIFICATE` and `PROCESSING_DECRYPTION_KEY`.
///
/// Optional: as for [`TokenConnectSettings`]; and `PROCESSING_DECRYPTION_KEY_PASSWORD`, and for the key that will
/// replace this one `PROCESSING_NEXT_DECRYPTION_KEY` and `PROCESSING_NEXT_DECRYPTION_KEY_PASSWORD`.
/// `PROCESSING_REQUESTS_PER_SECOND` as [`RateLimit`] reads it.
pub struct ProcessingSettings {
    api: ApiSettings,
    jwe: Option<JweSettings>,
    pace: RateLimit,
}

impl ProcessingSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn read(read: &mut SettingsReader<'_>) -> Option<Self> {
        let api = ApiSettings::read(read, &PROCESSING, &TOKEN_CONNECT);
        let jwe = match read.or_default("PROCESSING_JWE", "on".to_owned()).as_deref() {
            Some("on") => Some(JweSettings::read(read)?),
            Some("off") => None,
            _ => {
                read.problem("PROCESSING_JWE", "is on or off");
                return None;
            }
        };
        Some(Self {
            api: api?,
            jwe,
            pace: read.or_default("PROCESSING_REQUESTS_PER_SECOND", RateLimit::default())?,
        })
    }

    /// Fetches the keys and makes the client.
    pub async fn connect(self, host: &Runtime) -> Result<Processing, ConfigError> {
        let jwe = async {
            match self.jwe {
                Some(jwe) => jwe.connect().await.map(Some),
                None => Ok(None),
            }
        };
        let (authenticator, jwe) = tokio::try_join!(self.api.authenticator(), jwe)?;
        Ok(Processing::new(self.api.url, authenticator, jwe, host.transport().await?, self.pace))
    }
}

struct JweSettings {
    certificate: SecretRef,
    keys: RotatingKeySettings,
}

impl JweSettings {
    fn read(read: &mut SettingsReader<'_>) -> Option<Self> {
        let certificate = read.required(ENCRYPTION_CERTIFICATE);
        let keys = RotatingKeySettings::read(read, DECRYPTION_KEY, NEXT_DECRYPTION_KEY);
        Some(Self { certificate: certificate?, keys: keys? })
    }

    async fn connect(self) -> Result<JweKeys, ConfigError> {
        let certificate = certificate(ENCRYPTION_CERTIFICATE, &self.certificate, Certificate::from_pem);
        let (certificate, keys) = tokio::try_join!(certificate, self.keys.fetch())?;
        log_key_expiry(ENCRYPTION_CERTIFICATE, &certificate);
        JweKeys::new(&certificate, None, &keys).map_err(|source| bad(ENCRYPTION_CERTIFICATE, source))
    }
}

/// How step 7 asks: `CLIENT_ENCRYPTION_CERTIFICATE`, and the provisional `PROCESSING_SEARCH_SHAPE`.
pub struct SearchSettings {
    certificate: SecretRef,
    shape: SearchShape,
}

impl SearchSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn read(read: &mut SettingsReader<'_>) -> Option<Self> {
        let certificate = read.required("CLIENT_ENCRYPTION_CERTIFICATE");
        let shape = read.or_default("PROCESSING_SEARCH_SHAPE", SearchShape::default());
        Some(Self { certificate: certificate?, shape: shape? })
    }

    /// Fetches the certificate.
    pub async fn connect(self) -> Result<SearchConfig, ConfigError> {
        const NAME: &str = "CLIENT_ENCRYPTION_CERTIFICATE";
        let client_encryption_key =
            certificate(NAME, &self.certificate, ClientEncryptionKey::from_pem).await?;
        log_key_expiry(NAME, client_encryption_key.certificate());
        Ok(SearchConfig { client_encryption_key, shape: self.shape })
    }
}

async fn certificate<T>(
    name: &'static str,
    secret: &SecretRef,
    from_pem: impl Fn(&str, &str) -> Result<T, KeyError>,
) -> Result<T, ConfigError> {
    let pem = secret.fetch().await.map_err(|source| ConfigError::Secret { name, source })?;
    from_pem(name, pem.expose_secret()).map_err(|source| bad(name, source))
}

fn bad(name: &'static str, source: KeyError) -> ConfigError {
    ConfigError::Key { name, source }
}

#[cfg(test)]
mod tests;
