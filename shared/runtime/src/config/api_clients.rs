//! Settings of Mastercard's two APIs. Each has a base URL, a consumer key and keys. Two key sets may be valid while one
//! replaces the other; the settings of the replacement have `_NEXT_` in their names.

use url::Url;

use super::{
    ConfigError, Runtime, SecretRef, SettingsReader, Switch,
    environment::{self, Environment},
    keys::{KeyNames, KeySettings, RotatingKeySettings, fetch_certificate, next_is_newer},
    registry::{self, CLIENT_ENCRYPTION_CERTIFICATE, PROCESSING_ENCRYPTION_CERTIFICATE, Setting},
    request_budget,
};
use mastercard::{
    Authenticator, JweKeys, PrivateKey, Processing, RateLimit, SignatureMethod, Signer, TokenConnect,
    jwe::JweField,
    processing::{SearchConfig, SearchShape},
};

/// The settings of one API.
struct ApiSettingNames {
    url: Setting<Url>,
    signature_method: Setting<SignatureMethod>,
    current: SignerSettingNames,
    next: SignerSettingNames,
}

/// The settings of one key set.
struct SignerSettingNames {
    consumer_key: Setting<String>,
    signing_key: KeyNames,
}

const TOKEN_CONNECT: ApiSettingNames = ApiSettingNames {
    url: registry::TOKEN_CONNECT_URL,
    signature_method: registry::TOKEN_CONNECT_SIGNATURE_METHOD,
    current: SignerSettingNames {
        consumer_key: registry::TOKEN_CONNECT_CONSUMER_KEY,
        signing_key: KeyNames {
            key: registry::TOKEN_CONNECT_SIGNING_KEY,
            password: registry::TOKEN_CONNECT_SIGNING_KEY_PASSWORD,
        },
    },
    next: SignerSettingNames {
        consumer_key: registry::TOKEN_CONNECT_NEXT_CONSUMER_KEY,
        signing_key: KeyNames {
            key: registry::TOKEN_CONNECT_NEXT_SIGNING_KEY,
            password: registry::TOKEN_CONNECT_NEXT_SIGNING_KEY_PASSWORD,
        },
    },
};
const PROCESSING: ApiSettingNames = ApiSettingNames {
    url: registry::PROCESSING_URL,
    signature_method: registry::PROCESSING_SIGNATURE_METHOD,
    current: SignerSettingNames {
        consumer_key: registry::PROCESSING_CONSUMER_KEY,
        signing_key: KeyNames {
            key: registry::PROCESSING_SIGNING_KEY,
            password: registry::PROCESSING_SIGNING_KEY_PASSWORD,
        },
    },
    next: SignerSettingNames {
        consumer_key: registry::PROCESSING_NEXT_CONSUMER_KEY,
        signing_key: KeyNames {
            key: registry::PROCESSING_NEXT_SIGNING_KEY,
            password: registry::PROCESSING_NEXT_SIGNING_KEY_PASSWORD,
        },
    },
};

const DECRYPTION_KEY: KeyNames = KeyNames {
    key: registry::PROCESSING_DECRYPTION_KEY,
    password: registry::PROCESSING_DECRYPTION_KEY_PASSWORD,
};
const NEXT_DECRYPTION_KEY: KeyNames = KeyNames {
    key: registry::PROCESSING_NEXT_DECRYPTION_KEY,
    password: registry::PROCESSING_NEXT_DECRYPTION_KEY_PASSWORD,
};

/// The values of one API's settings.
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
    fn from_settings(
        settings: &mut SettingsReader<'_>,
        names: &ApiSettingNames,
        other: &ApiSettingNames,
    ) -> Option<Self> {
        // The HTTP client is made later; its setting is checked here, with all others.
        let extra_ca_certs = settings.optional(&registry::MASTERCARD_EXTRA_CA_CERTS);
        let base_url = environment::base_url(settings, &names.url, &other.url);
        let environment = base_url.as_ref().map(|(_, environment)| *environment);
        let signature_method = settings.value(&names.signature_method);
        let current = SignerSettings::from_settings(settings, &names.current, environment);
        let has_next =
            [settings.is_set(&names.next.consumer_key), settings.is_set(&names.next.signing_key.key)];
        let next = match has_next {
            [false, false] => None,
            _ => Some(SignerSettings::from_settings(settings, &names.next, environment)?),
        };
        extra_ca_certs?;
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
    fn from_settings(
        settings: &mut SettingsReader<'_>,
        names: &SignerSettingNames,
        environment: Option<Environment>,
    ) -> Option<Self> {
        let consumer_key = environment::consumer_key(settings, &names.consumer_key, environment);
        let signing_key = KeySettings::from_settings(settings, names.signing_key);
        Some(Self { consumer_key: consumer_key?, signing_key: signing_key? })
    }
}

/// Settings of Token Connect, see [`registry`].
pub struct TokenConnectSettings(ApiSettings);

impl TokenConnectSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        ApiSettings::from_settings(settings, &TOKEN_CONNECT, &PROCESSING).map(Self)
    }

    /// Fetches the keys and makes the client.
    pub async fn connect(self, runtime: &Runtime) -> Result<TokenConnect, ConfigError> {
        let authenticator = self.0.authenticator().await?;
        Ok(TokenConnect::new(self.0.url, authenticator, runtime.transport().await?))
    }
}

/// Settings of Processing, see [`registry`].
pub struct ProcessingSettings {
    api: ApiSettings,
    jwe: Option<JweSettings>,
    rate_limit: RateLimit,
}

impl ProcessingSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let api = ApiSettings::from_settings(settings, &PROCESSING, &TOKEN_CONNECT);
        let rate_limit = request_budget::of_process(settings);
        let jwe = match settings.value(&registry::PROCESSING_JWE)? {
            Switch::On => Some(JweSettings::from_settings(settings)?),
            Switch::Off => None,
        };
        Some(Self { api: api?, jwe, rate_limit: rate_limit? })
    }

    /// Fetches the keys and makes the client.
    pub async fn connect(self, runtime: &Runtime) -> Result<Processing, ConfigError> {
        let jwe = async {
            match self.jwe {
                Some(jwe) => jwe.connect().await.map(Some),
                None => Ok(None),
            }
        };
        let (authenticator, jwe) = tokio::try_join!(self.api.authenticator(), jwe)?;
        Ok(Processing::new(self.api.url, authenticator, jwe, runtime.transport().await?, self.rate_limit))
    }
}

struct JweSettings {
    certificate: SecretRef,
    field: JweField,
    keys: RotatingKeySettings,
}

impl JweSettings {
    fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let certificate = settings.value(&PROCESSING_ENCRYPTION_CERTIFICATE);
        let field = settings.value(&registry::PROCESSING_JWE_FIELD);
        let keys = RotatingKeySettings::from_settings(settings, DECRYPTION_KEY, NEXT_DECRYPTION_KEY);
        Some(Self { certificate: certificate?, field: field?, keys: keys? })
    }

    async fn connect(self) -> Result<JweKeys, ConfigError> {
        let name = PROCESSING_ENCRYPTION_CERTIFICATE.name();
        let certificate = fetch_certificate(name, &self.certificate);
        let (certificate, keys) = tokio::try_join!(certificate, self.keys.fetch())?;
        let keys = JweKeys::new(&certificate, None, &keys);
        let keys = keys.map_err(|source| ConfigError::Key { name, source })?;
        Ok(keys.with_field(self.field))
    }
}

/// Settings of the request of step 7: `CLIENT_ENCRYPTION_CERTIFICATE`, and the provisional `PROCESSING_SEARCH_SHAPE`.
pub struct SearchSettings {
    certificate: SecretRef,
    shape: SearchShape,
}

impl SearchSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let certificate = settings.value(&CLIENT_ENCRYPTION_CERTIFICATE);
        let shape = settings.value(&registry::PROCESSING_SEARCH_SHAPE);
        Some(Self { certificate: certificate?, shape: shape? })
    }

    /// Fetches the certificate.
    pub async fn connect(self) -> Result<SearchConfig, ConfigError> {
        let certificate = fetch_certificate(CLIENT_ENCRYPTION_CERTIFICATE.name(), &self.certificate).await?;
        Ok(SearchConfig { client_encryption_key: certificate.into(), shape: self.shape })
    }
}

#[cfg(test)]
mod tests;
