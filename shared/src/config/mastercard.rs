//! Settings of Mastercard's two APIs: base URL, consumer key and keys of their own each.

use secrecy::ExposeSecret as _;
use url::Url;

use super::{ConfigError, Host, Reader, SecretRef};
use crate::mastercard::{
    ClientEncryptionKey, JweKeys, Processing, Signer, SigningKey, TokenConnect,
    processing::{SearchShape, SearchTerms},
};

/// Who signs: a consumer key and where its private key is.
struct SignerSettings {
    consumer_key: String,
    signing_key: SecretRef,
    name: &'static str,
}

impl SignerSettings {
    async fn connect(self) -> Result<Signer, ConfigError> {
        let pem = fetch(self.name, &self.signing_key).await?;
        let key =
            SigningKey::from_pem(self.name, pem.expose_secret()).map_err(|source| bad(self.name, source))?;
        Ok(Signer::new(self.consumer_key, key))
    }
}

/// `TOKEN_CONNECT_URL` (ends in `/mdes`), `TOKEN_CONNECT_CONSUMER_KEY`, `TOKEN_CONNECT_SIGNING_KEY`.
pub struct TokenConnectSettings {
    url: Url,
    signer: SignerSettings,
}

impl TokenConnectSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn read(read: &mut Reader<'_>) -> Option<Self> {
        let url = read.required("TOKEN_CONNECT_URL");
        let consumer_key = read.required("TOKEN_CONNECT_CONSUMER_KEY");
        let signing_key = read.required("TOKEN_CONNECT_SIGNING_KEY");
        let (consumer_key, signing_key) = (consumer_key?, signing_key?);
        let signer = SignerSettings { consumer_key, signing_key, name: "TOKEN_CONNECT_SIGNING_KEY" };
        Some(Self { url: url?, signer })
    }

    /// Fetches the key and makes the client.
    pub async fn connect(self, host: &Host) -> Result<TokenConnect, ConfigError> {
        Ok(TokenConnect::new(self.url, self.signer.connect().await?, host.transport()?))
    }
}

/// `PROCESSING_URL` (ends in `/global-processing/digital`), `PROCESSING_CONSUMER_KEY`, `PROCESSING_SIGNING_KEY`;
/// with `PROCESSING_JWE` `on` (the default) also `PROCESSING_ENCRYPTION_CERTIFICATE` and `PROCESSING_DECRYPTION_KEY`.
pub struct ProcessingSettings {
    url: Url,
    signer: SignerSettings,
    jwe: Option<(SecretRef, SecretRef)>,
}

impl ProcessingSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn read(read: &mut Reader<'_>) -> Option<Self> {
        let url = read.required("PROCESSING_URL");
        let consumer_key = read.required("PROCESSING_CONSUMER_KEY");
        let signing_key = read.required("PROCESSING_SIGNING_KEY");
        let jwe = match read.or("PROCESSING_JWE", "on".to_owned()).as_deref() {
            Some("on") => {
                let certificate = read.required("PROCESSING_ENCRYPTION_CERTIFICATE");
                let key = read.required("PROCESSING_DECRYPTION_KEY");
                Some(certificate.zip(key)?)
            }
            Some("off") => None,
            _ => {
                read.problem("PROCESSING_JWE", "is on or off");
                return None;
            }
        };
        let (consumer_key, signing_key) = (consumer_key?, signing_key?);
        let signer = SignerSettings { consumer_key, signing_key, name: "PROCESSING_SIGNING_KEY" };
        Some(Self { url: url?, signer, jwe })
    }

    /// Fetches the keys and makes the client.
    pub async fn connect(self, host: &Host) -> Result<Processing, ConfigError> {
        const CERTIFICATE: &str = "PROCESSING_ENCRYPTION_CERTIFICATE";
        let jwe = match &self.jwe {
            Some((certificate, key)) => {
                let certificate = fetch(CERTIFICATE, certificate).await?;
                let key = fetch("PROCESSING_DECRYPTION_KEY", key).await?;
                let keys = JweKeys::new(certificate.expose_secret(), None, &[key.expose_secret()]);
                Some(keys.map_err(|source| bad(CERTIFICATE, source))?)
            }
            None => None,
        };
        Ok(Processing::new(self.url, self.signer.connect().await?, jwe, host.transport()?))
    }
}

/// How step 7 asks: `CLIENT_ENCRYPTION_CERTIFICATE`, and the provisional `PROCESSING_SEARCH_SHAPE`.
pub struct SearchSettings {
    certificate: SecretRef,
    shape: SearchShape,
}

impl SearchSettings {
    /// Reads them; `None` if a problem was noted.
    pub fn read(read: &mut Reader<'_>) -> Option<Self> {
        let certificate = read.required("CLIENT_ENCRYPTION_CERTIFICATE");
        let shape = read.or("PROCESSING_SEARCH_SHAPE", SearchShape::default());
        Some(Self { certificate: certificate?, shape: shape? })
    }

    /// Fetches the certificate.
    pub async fn connect(self) -> Result<SearchTerms, ConfigError> {
        const NAME: &str = "CLIENT_ENCRYPTION_CERTIFICATE";
        let pem = fetch(NAME, &self.certificate).await?;
        let client_encryption_key =
            ClientEncryptionKey::from_pem(NAME, pem.expose_secret()).map_err(|source| bad(NAME, source))?;
        Ok(SearchTerms { client_encryption_key, shape: self.shape })
    }
}

async fn fetch(name: &'static str, secret: &SecretRef) -> Result<secrecy::SecretString, ConfigError> {
    secret.fetch().await.map_err(|source| ConfigError::Secret { name, source })
}

fn bad(name: &'static str, source: crate::mastercard::KeyError) -> ConfigError {
    ConfigError::Key { name, source }
}
