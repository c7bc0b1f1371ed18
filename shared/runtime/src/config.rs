//! Settings: read once at init, parsed into types, all problems reported together.

mod api_clients;
mod app_links;
mod aws;
mod environment;
mod function;
mod keys;
mod misspelling;
mod reader;
pub mod registry;
mod secrets;
mod setting;
mod settings;
mod values;

use std::sync::{Arc, OnceLock};

use aws_types::SdkConfig;
use secrecy::ExposeSecret as _;

pub use api_clients::{ProcessingSettings, SearchSettings, TokenConnectSettings};
pub use app_links::AppLinks;
pub use environment::{Environment, UnknownEnvironment};
pub use function::Function;
pub use keys::{EXPIRES_SOON_DAYS, KeyNames, KeySettings, RotatingKeySettings, log_key_expiry};
pub use reader::SettingsReader;
pub use secrets::{SecretRef, SecretUnavailable};
pub use settings::Settings;
pub use values::{InRange, InvalidValue, List, OutOfRange, Pairs, Switch};

use crate::telemetry;
use mastercard::{Transport, tls::ClientError};
use model::clock::Clock;

/// What a function runs on: its settings, clients of AWS and Mastercard, the clock.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// Environment variables.
    pub settings: Settings,
    /// Region, credentials, endpoints.
    pub aws: SdkConfig,
    /// The time.
    pub clock: Clock,
    clients: Arc<Clients>,
}

/// Made at first use and then shared: each client has its own connections, and each connection its TLS handshake.
#[derive(Debug, Default)]
struct Clients {
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    transport: OnceLock<Transport>,
}

impl Runtime {
    /// A runtime of these parts.
    pub fn new(settings: Settings, aws: SdkConfig, clock: Clock) -> Self {
        Self { settings, aws, clock, clients: Arc::default() }
    }

    /// Starts logging, and makes the runtime of a function on Lambda from the process environment.
    ///
    /// # Errors
    /// When the HTTP client for AWS cannot be made.
    pub fn start(function: Function) -> Result<Self, ConfigError> {
        let settings: Settings = std::env::vars().collect();
        telemetry::init(function.as_str(), &settings);
        let aws = aws::config(&settings)?;
        Ok(Self::new(settings.for_function(function), aws, Clock::default()))
    }

    /// The runtime of another function: other settings, the same clients and clock.
    #[must_use]
    pub fn with_settings(&self, settings: Settings) -> Self {
        Self { settings, ..self.clone() }
    }

    /// Reads all settings of a function: those of `read`, and those of logging, which every function has.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed; all of them are named.
    pub fn read_settings<T>(
        &self,
        read: impl FnOnce(&mut SettingsReader<'_>) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let mut reader = self.settings.read();
        // Logging has started already, with the defaults in place of what is ill-formed.
        telemetry::read_settings(&mut reader);
        let values = read(&mut reader);
        reader.finish(values)
    }

    /// The one DynamoDB client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.clients.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(&self.aws)).clone()
    }

    /// The one HTTP client for Mastercard. It trusts the platform's CA certificates and those of
    /// `MASTERCARD_EXTRA_CA_CERTS`.
    ///
    /// # Errors
    /// When the extra certificates cannot be fetched or parsed, or the client cannot be made.
    pub async fn transport(&self) -> Result<Transport, ConfigError> {
        let setting = &registry::MASTERCARD_EXTRA_CA_CERTS;
        if let Some(transport) = self.clients.transport.get() {
            return Ok(transport.clone());
        }
        let mut read = self.settings.read();
        let transport = match read.optional(setting) {
            None => return Err(read.problems()),
            Some(None) => Transport::new().map_err(ConfigError::Http)?,
            Some(Some(certificates)) => {
                let name = setting.name();
                let pem = certificates.fetch().await;
                let pem = pem.map_err(|source| ConfigError::Secret { name, source })?;
                Transport::with_extra_ca_certs(pem.expose_secret()).map_err(ConfigError::Roots)?
            }
        };
        Ok(self.clients.transport.get_or_init(|| transport).clone())
    }
}

/// Why a function does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Variables are missing or ill-formed; all of them are named.
    #[error("settings: {}", .0.join("; "))]
    Settings(Vec<String>),
    /// A key or secret could not be fetched.
    #[error("{name}")]
    Secret {
        /// The variable that names it.
        name: &'static str,
        /// Why.
        #[source]
        source: SecretUnavailable,
    },
    /// A key or certificate was fetched and is of no use.
    #[error("{name} holds a key or certificate that cannot be used")]
    Key {
        /// The variable that names it.
        name: &'static str,
        /// Why; never the content.
        #[source]
        source: mastercard::keys::KeyError,
    },
    /// The roots were fetched and are of no use.
    #[error("MASTERCARD_EXTRA_CA_CERTS holds no root certificates in PEM")]
    Roots(#[source] reqwest::Error),
    /// The HTTP client could not be made.
    #[error("could not prepare the HTTP client")]
    Http(#[source] ClientError),
}
