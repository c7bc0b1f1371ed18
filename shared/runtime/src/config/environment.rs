//! Mastercard's environments, derived from the base URL. One process never mixes addresses, consumer keys and keys of two
//! environments: a sandbox key in production fails every call, a production key in the sandbox is a leak.

use std::{fmt, str::FromStr};

use url::{Host, Url};

use super::{
    SettingsReader,
    registry::{MASTERCARD_ENVIRONMENT, Setting},
};

/// An environment of Mastercard's APIs. Keys and certificates belong to one environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Mastercard Developers' sandbox.
    Sandbox,
    /// The Mastercard test facility: test keys, integrated with the issuer's systems.
    Mtf,
    /// Real cards.
    Production,
    /// The simulator on this machine.
    Local,
}

impl Environment {
    const ALL: [Self; 4] = [Self::Sandbox, Self::Mtf, Self::Production, Self::Local];

    /// The environment of a published host of either API, or of loopback; `None` for any other host.
    ///
    /// Token Connect's MTF is a path, on two hosts because Mastercard's documents disagree; Processing's MTF is a host.
    pub fn of(url: &Url) -> Option<Self> {
        let mtf_path = url.path_segments().is_some_and(|path| path.take(2).eq(["mdes", "mtf"]));
        match url.host()? {
            Host::Ipv4(address) if address.is_loopback() => Some(Self::Local),
            Host::Ipv6(address) if address.is_loopback() => Some(Self::Local),
            Host::Domain("localhost") => Some(Self::Local),
            Host::Domain("mtf.api.mastercard.com") => Some(Self::Mtf),
            Host::Domain("api.mastercard.com" | "sandbox.api.mastercard.com") if mtf_path => Some(Self::Mtf),
            Host::Domain("api.mastercard.com") => Some(Self::Production),
            Host::Domain("sandbox.api.mastercard.com") => Some(Self::Sandbox),
            _ => None,
        }
    }

    /// The name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Mtf => "mtf",
            Self::Production => "production",
            Self::Local => "local",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(raw: &str) -> Result<Self, UnknownEnvironment> {
        Self::ALL.into_iter().find(|it| it.as_str() == raw).ok_or(UnknownEnvironment)
    }
}

/// The text is not the name of an environment.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be sandbox, mtf, production or local")]
pub struct UnknownEnvironment;

/// Reads a base URL and derives its environment. `None` if a problem was noted: the environment must equal
/// `MASTERCARD_ENVIRONMENT`, if that is set, and the environment of the other API's base URL, if the function has both.
pub(super) fn base_url(
    settings: &mut SettingsReader<'_>,
    setting: &Setting<Url>,
    other: &Setting<Url>,
) -> Option<(Url, Environment)> {
    let url = settings.value(setting)?;
    let named = settings.optional(&MASTERCARD_ENVIRONMENT)?;
    let known = Environment::of(&url);
    let Some(environment) = known.or(named) else {
        let name = MASTERCARD_ENVIRONMENT.name();
        let what = format_args!("its host is none that Mastercard publishes: {name} must say where it leads");
        settings.problem(setting, what);
        return None;
    };
    let others =
        settings.peek(other).and_then(|other| other.parse().ok()).and_then(|url| Environment::of(&url));
    if url.scheme() != "https" && known != Some(Environment::Local) {
        settings.problem(setting, "must be https");
    } else if let Some(named) = named.filter(|named| *named != environment) {
        settings.problem(
            setting,
            format_args!("leads to {environment}, and {MASTERCARD_ENVIRONMENT:?} is {named}"),
        );
    } else if let Some(others) = others.filter(|others| *others != environment) {
        settings.problem(setting, format_args!("leads to {environment}, and {other:?} to {others}"));
    } else {
        return Some((url, environment));
    }
    None
}

/// Reads a consumer key. Its environment may precede it as a label, as in `sandbox:<client id>!<key id>`; a label must be
/// the environment of the base URL, so that a key that was copied to another environment is noticed.
pub(super) fn consumer_key(
    settings: &mut SettingsReader<'_>,
    setting: &Setting<String>,
    environment: Option<Environment>,
) -> Option<String> {
    let raw = settings.value(setting)?;
    let labeled =
        raw.split_once(':').and_then(|(label, key)| Some((label.parse::<Environment>().ok()?, key)));
    match labeled {
        Some((label, key)) => {
            let Some(other) = environment.filter(|environment| *environment != label) else {
                return Some(key.into());
            };
            settings.problem(setting, format_args!("is for {label}, and the base URL leads to {other}"));
            None
        }
        None => Some(raw),
    }
}

#[cfg(test)]
mod tests;
