//! Settings: read and parsed once at init, with all problems reported together.

mod api_clients;
mod app_links;
mod aws;
mod environment;
mod function;
mod key_pin;
mod keys;
mod misspelling;
mod reader;
pub mod registry;
mod request_budget;
mod secrets;
mod setting;
mod settings;
mod terms_versions;
mod values;

use std::sync::{Arc, OnceLock};

use aws_types::SdkConfig;
use secrecy::ExposeSecret as _;

pub use api_clients::{ProcessingSettings, SearchSettings, TokenConnectSettings};
pub use app_links::AppLinks;
pub use environment::{Environment, UnknownEnvironment};
pub use function::Function;
pub use key_pin::KeyPin;
pub use keys::{EXPIRES_SOON_DAYS, KeyNames, KeySettings, RotatingKeySettings, fetch_certificate};
pub use reader::SettingsReader;
pub use secrets::{SecretRef, SecretUnavailable, from_bundle};
pub use settings::Settings;
pub use terms_versions::{TermsVersion, TermsVersions};
pub use values::{ClaimValue, InRange, InvalidValue, List, OutOfRange, Pairs, Switch};

use crate::telemetry;
use mastercard::{Transport, tls::ClientError};
use model::clock::Clock;

/// What a function runs with: its settings, the clients of AWS and Mastercard, the clock.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// Environment variables.
    pub settings: Settings,
    /// Region, credentials, endpoints.
    pub aws: SdkConfig,
    /// The clock.
    pub clock: Clock,
    clients: Arc<Clients>,
}

/// Clients, made at first use and then shared, so that their connections are reused.
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

    /// The same clients and clock with the settings of another function.
    #[must_use]
    pub fn with_settings(&self, settings: Settings) -> Self {
        Self { settings, ..self.clone() }
    }

    /// Reads all settings of a function: those of `read`, and those of logging, which every function has.
    ///
    /// # Errors
    /// When settings are missing or invalid; the error names all of them.
    pub fn read_settings<T>(
        &self,
        read: impl FnOnce(&mut SettingsReader<'_>) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let mut reader = self.settings.read();
        // Logging has started already, with defaults in place of invalid settings.
        telemetry::read_settings(&mut reader);
        let values = read(&mut reader);
        reader.finish(values)
    }

    /// The shared DynamoDB client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.clients.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(&self.aws)).clone()
    }

    /// The shared HTTP client for Mastercard. It trusts Mozilla's root certificates and those of
    /// `MASTERCARD_EXTRA_CA_CERTS`.
    ///
    /// # Errors
    /// When the extra certificates cannot be fetched or parsed, or the client cannot be made.
    pub async fn transport(&self) -> Result<Transport, ConfigError> {
        let setting = &registry::MASTERCARD_EXTRA_CA_CERTS;
        if let Some(transport) = self.clients.transport.get() {
            return Ok(transport.clone());
        }
        let mut reader = self.settings.read();
        let transport = match reader.optional(setting) {
            None => return Err(reader.problems()),
            Some(None) => Transport::new().map_err(ConfigError::Http)?,
            Some(Some(certificates)) => {
                let name = setting.name();
                let fetched = certificates.fetch_bytes().await;
                let fetched = fetched.map_err(|source| ConfigError::Secret { name, source })?;
                Transport::with_extra_ca_certs(fetched.expose_secret()).map_err(ConfigError::Roots)?
            }
        };
        Ok(self.clients.transport.get_or_init(|| transport).clone())
    }
}

/// Why a function does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Variables are missing or invalid; all of them are named.
    #[error("settings: {}", .0.join("; "))]
    Settings(Vec<String>),
    /// A key or secret could not be fetched.
    #[error("{name}")]
    Secret {
        /// The variable that names it.
        name: &'static str,
        /// The cause.
        #[source]
        source: SecretUnavailable,
    },
    /// A key or certificate was fetched and cannot be used.
    #[error("{name} holds a key or certificate that cannot be used")]
    Key {
        /// The variable that names it.
        name: &'static str,
        /// The cause, without the key's content.
        #[source]
        source: mastercard::keys::KeyError,
    },
    /// The extra CA certificates were fetched and cannot be parsed.
    #[error("MASTERCARD_EXTRA_CA_CERTS holds no usable CA certificates")]
    Roots(#[source] ClientError),
    /// The HTTP client could not be made.
    #[error("could not prepare the HTTP client")]
    Http(#[source] ClientError),
    /// The event's deadline came before the function's secrets.
    #[error("the secrets were not fetched before the event's deadline")]
    OutOfTime,
}

impl ConfigError {
    /// Whether the function may start later with the same settings.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Secret { source, .. } => source.is_transient(),
            Self::OutOfTime => true,
            Self::Settings(_) | Self::Key { .. } | Self::Roots(_) | Self::Http(_) => false,
        }
    }
}
