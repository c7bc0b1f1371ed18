//! Connects the clients of the examples: the first argument is the URL of the gateway, the second the folder with the
//! credentials, as the simulator writes it with `--credentials`.

use std::{error::Error, fs, path::PathBuf, time::Duration};

use push_provisioning_client::{
    Certificate, ClientEncryptionKey, Deadline, DecryptionKey, JweKeys, Processing, RateLimit, Signer,
    SigningKey, TokenConnect, Transport,
};
use url::Url;

/// The gateway and the credentials of a project.
pub(crate) struct Connection {
    gateway: Url,
    credentials: PathBuf,
}

impl Connection {
    /// Takes the first two arguments.
    pub(crate) fn from_arguments(
        arguments: &mut impl Iterator<Item = String>,
    ) -> Result<Self, Box<dyn Error>> {
        let gateway = arguments.next().ok_or("argument 1: the URL of the gateway")?.parse()?;
        let credentials = arguments.next().ok_or("argument 2: the folder with the credentials")?.into();
        Ok(Self { gateway, credentials })
    }

    /// The client of Token Connect.
    pub(crate) fn token_connect(&self) -> Result<TokenConnect, Box<dyn Error>> {
        let url = self.gateway.join("mdes")?;
        Ok(TokenConnect::new(url, self.signer("token-connect")?, Transport::new()?))
    }

    /// The client of Processing, with encrypted bodies.
    pub(crate) fn processing(&self) -> Result<Processing, Box<dyn Error>> {
        let certificate = self.read("processing-encryption-certificate.pem")?;
        let certificate = Certificate::from_pem("encryption certificate", &certificate)?;
        let key = self.read("processing-decryption-key.pem")?;
        let key = DecryptionKey::read("decryption key", key.as_bytes(), None)?;
        let jwe_keys = JweKeys::new(&certificate, None, &[key])?;
        let url = self.gateway.join("global-processing/digital")?;
        let signer = self.signer("processing")?;
        Ok(Processing::new(url, signer, Some(jwe_keys), Transport::new()?, RateLimit::default()))
    }

    /// Token Connect's public key.
    pub(crate) fn client_encryption_key(&self) -> Result<ClientEncryptionKey, Box<dyn Error>> {
        let pem = self.read("client-encryption-certificate.pem")?;
        Ok(ClientEncryptionKey::from_pem("client encryption key", &pem)?)
    }

    fn signer(&self, project: &str) -> Result<Signer, Box<dyn Error>> {
        let consumer_key = self.read(&format!("{project}-consumer-key.txt"))?;
        let key = self.read(&format!("{project}-signing-key.pem"))?;
        Ok(Signer::new(consumer_key.trim(), SigningKey::from_pem("signing key", &key)?))
    }

    fn read(&self, file: &str) -> Result<String, Box<dyn Error>> {
        let path = self.credentials.join(file);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
    }
}

/// The deadline of an example's calls.
pub(crate) fn deadline() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}
