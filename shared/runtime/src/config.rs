//! Settings: read once at init, parsed into types, all problems reported together.

mod api_clients;
mod app_links;
mod aws;
mod environment;
mod keys;
mod secrets;

use std::{
    collections::BTreeMap,
    fmt,
    str::FromStr,
    sync::{Arc, OnceLock},
};

use aws_types::SdkConfig;
use secrecy::ExposeSecret as _;

pub use api_clients::{ProcessingSettings, SearchSettings, TokenConnectSettings};
pub use app_links::AppLinks;
pub use environment::{Environment, UnknownEnvironment};
pub use keys::{EXPIRES_SOON_DAYS, KeyNames, KeySettings, RotatingKeySettings, log_key_expiry};
pub use secrets::{SecretRef, SecretUnavailable};

use mastercard::{Transport, tls::ClientError};
use model::clock::Clock;

/// What a function is started with: its variables, the way to AWS and to Mastercard, the time.
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

/// Made at first use and then shared: every client of its own would mean TLS handshakes of its own.
#[derive(Debug, Default)]
struct Clients {
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    transport: OnceLock<Transport>,
}

impl Runtime {
    /// A host of these parts.
    pub fn new(settings: Settings, aws: SdkConfig, clock: Clock) -> Self {
        Self { settings, aws, clock, clients: Arc::default() }
    }

    /// The host that Lambda gives: all of it is in the process environment.
    ///
    /// # Errors
    /// When the HTTP client for AWS cannot be made.
    pub fn from_env() -> Result<Self, ConfigError> {
        let settings: Settings = std::env::vars().collect();
        let aws = aws::config(&settings)?;
        Ok(Self::new(settings, aws, Clock::default()))
    }

    /// The same machine for another function: other variables, the same clients and the same time.
    #[must_use]
    pub fn with_settings(&self, settings: Settings) -> Self {
        Self { settings, ..self.clone() }
    }

    /// The one DynamoDB client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.clients.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(&self.aws)).clone()
    }

    /// The one HTTP client for Mastercard. It trusts the platform's roots, and those that `MASTERCARD_EXTRA_CA_CERTS`
    /// names (PEM, as [`SecretRef`]): a proxy that looks inside TLS has one of its own.
    ///
    /// # Errors
    /// When the roots cannot be had or used, or the client cannot be made.
    pub async fn transport(&self) -> Result<Transport, ConfigError> {
        const ROOTS: &str = "MASTERCARD_EXTRA_CA_CERTS";
        if let Some(transport) = self.clients.transport.get() {
            return Ok(transport.clone());
        }
        let mut read = self.settings.read();
        let transport = match read.optional::<SecretRef>(ROOTS) {
            None => return Err(read.problems()),
            Some(None) => Transport::new().map_err(ConfigError::Http)?,
            Some(Some(roots)) => {
                let roots = roots.fetch().await;
                let pem = roots.map_err(|source| ConfigError::Secret { name: ROOTS, source })?;
                Transport::with_extra_ca_certs(pem.expose_secret()).map_err(ConfigError::Roots)?
            }
        };
        Ok(self.clients.transport.get_or_init(|| transport).clone())
    }
}

/// Environment variables by name. Their values may be sensitive and do not print.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<String, String>);

impl FromIterator<(String, String)> for Settings {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(vars: I) -> Self {
        Self(vars.into_iter().collect())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Settings {
    /// Starts reading; problems gather until [`SettingsReader::problems`].
    pub fn read(&self) -> SettingsReader<'_> {
        SettingsReader { settings: self, problems: Vec::new() }
    }

    /// All variables, for handing them to another process.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What is empty counts as absent.
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }
}

/// Reads variables and remembers what was wrong. `None` always means that a problem was noted.
pub struct SettingsReader<'a> {
    settings: &'a Settings,
    problems: Vec<String>,
}

impl SettingsReader<'_> {
    /// A variable that has to be there.
    pub fn required<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<T> {
        match self.text(name) {
            Some(raw) => self.parse(name, raw),
            None => {
                self.problems.push(format!("{name} is not set"));
                None
            }
        }
    }

    /// A variable with a default for its absence.
    pub fn or_default<T: FromStr<Err: fmt::Display>>(&mut self, name: &str, default: T) -> Option<T> {
        match self.text(name) {
            Some(raw) => self.parse(name, raw),
            None => Some(default),
        }
    }

    /// A variable that may be absent: `Some(None)`.
    pub fn optional<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<Option<T>> {
        match self.text(name) {
            Some(raw) => self.parse(name, raw).map(Some),
            None => Some(None),
        }
    }

    /// A list of at least one entry, comma separated.
    pub fn list<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<Vec<T>> {
        let raw = self.required::<String>(name)?;
        raw.split(',').map(|entry| self.parse(name, entry.trim().into())).collect()
    }

    /// A list of at least one entry, in order, that names nothing twice.
    pub fn unique_list<T: FromStr<Err: fmt::Display> + Ord>(&mut self, name: &str) -> Option<Vec<T>> {
        let mut entries = self.list::<T>(name)?;
        entries.sort();
        if entries.windows(2).any(|pair| pair.first() == pair.last()) {
            self.problem(name, "names something twice");
            return None;
        }
        Some(entries)
    }

    /// A list of `name=value` pairs, comma separated; a name may come more than once.
    pub fn pairs(&mut self, name: &str) -> Option<Vec<(String, String)>> {
        let raw = self.required::<String>(name)?;
        let pair = |entry: &str| entry.trim().split_once('=').map(|(key, value)| (key.into(), value.into()));
        let pairs: Option<_> = raw.split(',').map(pair).collect();
        if pairs.is_none() {
            self.problem(name, "wants name=value pairs, comma separated");
        }
        pairs
    }

    /// Notes a problem with a variable. The value itself is not repeated.
    pub fn problem(&mut self, name: &str, what: impl fmt::Display) {
        let problem = format!("{name}: {what}");
        // Two readers may share a variable.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// All that was wrong.
    pub fn problems(self) -> ConfigError {
        ConfigError::Settings(self.problems)
    }

    /// Whether it is there and not empty.
    pub fn is_set(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.settings.text(name)
    }

    fn parse<T: FromStr<Err: fmt::Display>>(&mut self, name: &str, raw: String) -> Option<T> {
        raw.parse().map_err(|error| self.problem(name, error)).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(vars: &[(&str, &str)]) -> Settings {
        vars.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn an_operator_reads_all_problems_at_once() {
        let settings = settings(&[("PORT", "many")]);
        let mut read = settings.read();
        assert_eq!(read.required::<u16>("PORT"), None);
        assert_eq!(read.required::<String>("TABLE"), None);
        let told = read.problems().to_string();
        assert!(told.contains("PORT") && told.contains("TABLE is not set"), "{told}");
    }

    #[test]
    fn settings_do_not_print_their_values() {
        let printed = format!("{:?}", settings(&[("NAME", "value")]));
        assert!(printed.contains("NAME") && !printed.contains("value"));
    }
}
