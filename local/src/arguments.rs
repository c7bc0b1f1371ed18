//! The command line.

use std::path::PathBuf;

use clap::Parser;
use local::Options;
use url::Url;

/// The whole use case on one machine: every function, an embedded DynamoDB and S3, and a simulator of Mastercard's
/// Token Connect, Processing and Click to Pay. Runs the refresh (steps 1-4) and one cardholder's journey (5-25), then
/// stays up until Ctrl-C. Listens on 127.0.0.1 only.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Exit after the journey: 0 if the card is enabled, 1 if not
    #[arg(long)]
    pub(crate) once: bool,
    /// Port of the app's API; a free one by default
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Keep tables, logos and keys in this folder between runs; memory and a temporary folder by default
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Another Token Connect: a simulator, a proxy or Mastercard's sandbox; ends in /mdes
    #[arg(long, value_name = "URL")]
    token_connect_url: Option<Url>,
    /// Another Mastercard Processing; ends in /global-processing/digital
    #[arg(long, value_name = "URL")]
    processing_url: Option<Url>,
    /// Change a variable of the functions' environment, such as TOKEN_CONNECT_SIGNING_KEY=file:/path; may repeat
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = variable)]
    settings: Vec<(String, String)>,
    /// Once up, write every base URL, tokens, table and bucket names to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Write the functions' environment to this file, for `cargo lambda watch --env-file`
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn options(&self) -> Options {
        Options {
            data: self.data.clone(),
            port: self.port,
            token_connect_url: self.token_connect_url.clone(),
            processing_url: self.processing_url.clone(),
            settings: self.settings.iter().cloned().collect(),
            ..Options::default()
        }
    }
}

fn variable(raw: &str) -> Result<(String, String), &'static str> {
    raw.split_once('=').map(|(name, value)| (name.into(), value.into())).ok_or("wants NAME=VALUE")
}
