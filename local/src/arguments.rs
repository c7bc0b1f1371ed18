//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use local::{Options, STRONG};
use sync_requestors::{AllowedHost, RefreshOptions};
use url::Url;

/// Runs the whole use case on one machine: every function, an embedded DynamoDB and S3, and a simulator of Mastercard's
/// Token Connect, Processing and Click to Pay. Runs the refresh (steps 1-4) and one cardholder's journey (5-25), then
/// keeps running until Ctrl-C. Listens on 127.0.0.1 only.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) run: Run,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write the catalog as one HTML page; refresh it first if it is empty
    Catalog(Catalog),
    /// Refresh the catalog and its logos once; exits with 1 if something is missing
    Refresh(Refresh),
}

#[derive(Args)]
pub(crate) struct Run {
    /// Exit after the journey: with 0 if the card is enabled, with 1 if not
    #[arg(long)]
    pub(crate) once: bool,
    /// Port of the app's API; by default a free port
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    #[command(flatten)]
    common: CommonOptions,
    /// URL of another Mastercard Processing; ends in /global-processing/digital
    #[arg(long, value_name = "URL")]
    processing_url: Option<Url>,
    /// Origin of another site whose pages may call the app's API (CORS), such as http://localhost:5173; may repeat
    #[arg(long = "web-origin", value_name = "ORIGIN")]
    web_origins: Vec<String>,
    /// After the start, write base URLs, tokens, table and bucket names to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Write the functions' environment to this file, for `cargo lambda watch --env-file`
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Catalog {
    #[command(flatten)]
    pub(crate) common: CommonOptions,
    /// Always refresh first
    #[arg(long)]
    pub(crate) refresh: bool,
    /// The file to write; by default catalog.html in the data folder or the current folder
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Largest difference of a signature's time that the simulator accepts, so that its panel can set a wrong clock.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

#[derive(Args)]
pub(crate) struct Refresh {
    #[command(flatten)]
    pub(crate) common: CommonOptions,
    /// Apply the refresh even if the safety check rejects it: if many token requestors or account ranges are gone, if none is left for our
    /// account ranges, or if many cannot be read
    #[arg(long)]
    force: bool,
    /// Allow a new redirect host for a token requestor, for example 50123197928=src.mastercard.com; may repeat
    #[arg(long, value_name = "ID=HOST")]
    allow: Vec<AllowedHost>,
}

/// Options of every command.
#[derive(Args)]
pub(crate) struct CommonOptions {
    /// Keep tables, logos, keys and the audit trail (audit.jsonl) in this folder between runs; by default in memory and a temporary
    /// folder, without an audit trail
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// URL of another Token Connect (a simulator, a proxy or Mastercard's sandbox); ends in /mdes
    #[arg(long, value_name = "URL")]
    token_connect_url: Option<Url>,
    /// Set an environment variable of the functions, for example TOKEN_CONNECT_SIGNING_KEY=file:/path; may repeat
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

impl CommonOptions {
    pub(crate) fn options(&self) -> Options {
        Options {
            data: self.data.clone(),
            token_connect_url: self.token_connect_url.clone(),
            settings: self.settings.iter().cloned().collect(),
            simulator: simulator::Options {
                rate_limit: Some(simulator::RATE_LIMIT),
                clock_skew: Some(CLOCK_SKEW),
                ..Default::default()
            },
            ..Options::default()
        }
    }
}

impl Run {
    pub(crate) fn options(&self) -> Options {
        let processing_url = self.processing_url.clone();
        let web_origins = self.web_origins.clone();
        let mut options = Options { port: self.port, processing_url, web_origins, ..self.common.options() };
        // One sample cardholder logs in without a second factor, so that the step-up can be seen.
        options.settings.entry("STEP_UP_ACR_VALUES".into()).or_insert_with(|| STRONG.into());
        options
    }
}

impl Catalog {
    pub(crate) fn output(&self) -> PathBuf {
        const NAME: &str = "catalog.html";
        let default = || self.common.data.as_ref().map_or_else(|| NAME.into(), |data| data.join(NAME));
        self.output.clone().unwrap_or_else(default)
    }
}

impl Refresh {
    /// The event that `sync-requestors` is invoked with.
    pub(crate) fn options(&self) -> RefreshOptions {
        RefreshOptions { force: self.force, allow: self.allow.clone() }
    }
}

fn setting(raw: &str) -> Result<(String, String), &'static str> {
    raw.split_once('=').map(|(name, value)| (name.into(), value.into())).ok_or("expected NAME=VALUE")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_options_of_refresh_become_the_event_of_sync_requestors() {
        let refresh = |arguments: &[&str]| match Arguments::try_parse_from(arguments).ok()?.command? {
            Command::Refresh(refresh) => Some(json!(refresh.options())),
            Command::Catalog(_) => None,
        };
        assert_eq!(refresh(&["local", "refresh"]), Some(json!({"force": false, "allow": []})));
        let event = refresh(&["local", "refresh", "--force", "--allow", "50123197928=SRC.mastercard.com"]);
        let allow = json!([{"tokenRequestorId": "50123197928", "host": "src.mastercard.com"}]);
        assert_eq!(event, Some(json!({"force": true, "allow": allow})));
    }
}
