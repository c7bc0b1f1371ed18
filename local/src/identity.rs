//! Throw-away identities: the key that signs the app's tokens, and the certificate authority of the notification
//! endpoint's mutual TLS. Generated once per process, or kept in the data folder.

use std::{fmt, fs, io, path::Path, sync::OnceLock};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simulator::{Portal, PortalError};
use uuid::Uuid;

use crate::private_file;

/// Issuer of the app's tokens.
pub(crate) const ISSUER: &str = "https://login.bank.example/";
/// Audience of the app's tokens.
pub(crate) const AUDIENCE: &str = "https://api.bank.example";
/// `acr` of a login without a second factor.
pub(crate) const PASSWORD: &str = "urn:bank.example:password";
/// `acr` of a login with a second factor.
pub const STRONG: &str = "urn:bank.example:strong";
/// Long enough for manual tests.
const TOKEN_VALIDITY_SECONDS: i64 = 12 * 60 * 60;

/// All keys of a `World`.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) portal: Portal,
    pub(crate) identity: Identity,
}

/// Keys and certificates of the bank's login and of the notification endpoint, all in PEM.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    token_key: String,
    pub(crate) token_public_key: String,
    pub(crate) notifications_authority: String,
    pub(crate) endpoint_certificate: String,
    pub(crate) endpoint_key: String,
    pub(crate) client_certificate: String,
    client_key: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(<redacted>)")
    }
}

/// Keys could not be generated or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The simulator's keys could not be generated or read.
    #[error("the simulator's keys cannot be used")]
    Portal(#[from] PortalError),
    /// A key or certificate could not be generated.
    #[error("a key or certificate could not be generated")]
    Generation(#[from] rcgen::Error),
    /// The thread that generates keys panicked.
    #[error("key generation was interrupted")]
    Interrupted,
    /// `identity.json` cannot be read or written.
    #[error("identity.json cannot be read or written")]
    File(#[source] io::Error),
    /// `identity.json` has another format.
    #[error("identity.json is not what an earlier run wrote")]
    Malformed(#[source] serde_json::Error),
    /// A token could not be signed or its key read.
    #[error("the key of the app's tokens cannot be used")]
    Token(#[from] jsonwebtoken::errors::Error),
}

impl Keys {
    /// One set for every `World` of this process, since generating seven RSA keys is slow.
    pub(crate) fn of_this_process() -> Result<Self, KeyError> {
        static KEYS: OnceLock<Keys> = OnceLock::new();
        static GENERATING: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _one_at_a_time = GENERATING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(keys) = KEYS.get() {
            return Ok(keys.clone());
        }
        let (portal, identity) = std::thread::scope(|scope| {
            let identity = scope.spawn(Identity::generate);
            (Portal::generate(), identity.join())
        });
        let identity = identity.map_err(|_| KeyError::Interrupted)??;
        let keys = Self { portal: portal?, identity };
        Ok(KEYS.get_or_init(|| keys).clone())
    }

    /// Loads the keys of an earlier run from the folder, or generates and stores them.
    pub(crate) fn load_or_generate(folder: &Path) -> Result<Self, KeyError> {
        let file = folder.join("identity.json");
        let identity = match fs::read(&file) {
            Ok(content) => serde_json::from_slice(&content).map_err(KeyError::Malformed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let identity = Identity::generate()?;
                let content = serde_json::to_vec_pretty(&identity).map_err(KeyError::Malformed)?;
                private_file::write(&file, &content).map_err(KeyError::File)?;
                identity
            }
            Err(error) => return Err(KeyError::File(error)),
        };
        Ok(Self { portal: Portal::load_or_generate(folder)?, identity })
    }
}

impl Identity {
    fn generate() -> Result<Self, KeyError> {
        let token_key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let mut authority = subject("Throw-Away Authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let mut endpoint = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
        endpoint.insert_extended_key_usage(ExtendedKeyUsagePurpose::ServerAuth);
        let endpoint_key = KeyPair::generate()?;
        let mut client = subject("notifications.mastercard.example");
        client.insert_extended_key_usage(ExtendedKeyUsagePurpose::ClientAuth);
        let client_key = KeyPair::generate()?;
        Ok(Self {
            token_public_key: token_key.public_key_pem(),
            token_key: token_key.serialize_pem(),
            endpoint_certificate: endpoint.signed_by(&endpoint_key, &authority)?.pem(),
            endpoint_key: endpoint_key.serialize_pem(),
            client_certificate: client.signed_by(&client_key, &authority)?.pem(),
            client_key: client_key.serialize_pem(),
            notifications_authority: authority.pem(),
        })
    }

    /// Client certificate and key, with which the simulator sends notifications.
    pub(crate) fn client_identity(&self) -> String {
        format!("{}{}", self.client_certificate, self.client_key)
    }

    /// A token as the bank's login issues it for this client id, after a login of this class.
    pub(crate) fn token_for(&self, client_id: &str, acr: &str, now: i64) -> Result<String, KeyError> {
        let amr: &[&str] = if acr == STRONG { &["pwd", "otp", "mfa"] } else { &["pwd"] };
        self.sign(&json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": format!("cardholder-of-{client_id}"),
            "client_id": client_id,
            "scope": "openid enroll:read enroll:write tokens:write",
            "acr": acr,
            "amr": amr,
            "auth_time": now,
            "jti": Uuid::new_v4(),
            "iat": now,
            "exp": now + TOKEN_VALIDITY_SECONDS,
        }))
    }

    /// A token with any claims.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String, KeyError> {
        let key = EncodingKey::from_rsa_pem(self.token_key.as_bytes())?;
        Ok(encode(&Header::new(Algorithm::RS256), claims, &key)?)
    }
}

fn subject(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Simulator");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
