//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use local::Options;
use mastercard::token_requestor::TokenRequestorId;
use serde_json::{Value, json};
use url::Url;

/// The whole use case on one machine: every function, an embedded DynamoDB and S3, and a simulator of Mastercard's
/// Token Connect, Processing and Click to Pay. Runs the refresh (steps 1-4) and one cardholder's journey (5-25), then
/// stays up until Ctrl-C. Listens on 127.0.0.1 only.
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
    /// Write the catalog as one HTML page; refresh first if there is none
    Catalog(Catalog),
    /// Refresh the catalog and its logos once: 0 if all is well, 1 if something is missing
    Refresh(Refresh),
}

#[derive(Args)]
pub(crate) struct Run {
    /// Exit after the journey: 0 if the card is enabled, 1 if not
    #[arg(long)]
    pub(crate) once: bool,
    /// Port of the app's API; a free one by default
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    #[command(flatten)]
    place: Place,
    /// Another Mastercard Processing; ends in /global-processing/digital
    #[arg(long, value_name = "URL")]
    processing_url: Option<Url>,
    /// Once up, write every base URL, tokens, table and bucket names to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Write the functions' environment to this file, for `cargo lambda watch --env-file`
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Catalog {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Refresh first in any case
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Where to; catalog.html in the data folder, or else here, by default
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Refresh {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Believe Mastercard even if many requestors are gone
    #[arg(long)]
    force: bool,
    /// Allow a requestor to lead to this host; may repeat
    #[arg(long, value_name = "ID=HOST", value_parser = allowed)]
    allow: Vec<(TokenRequestorId, String)>,
}

/// What all of them know of.
#[derive(Args)]
pub(crate) struct Place {
    /// Keep tables, logos and keys in this folder between runs; memory and a temporary folder by default
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Another Token Connect: a simulator, a proxy or Mastercard's sandbox; ends in /mdes
    #[arg(long, value_name = "URL")]
    token_connect_url: Option<Url>,
    /// Change a variable of the functions' environment, such as TOKEN_CONNECT_SIGNING_KEY=file:/path; may repeat
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = variable)]
    settings: Vec<(String, String)>,
}

impl Place {
    pub(crate) fn options(&self) -> Options {
        Options {
            data: self.data.clone(),
            token_connect_url: self.token_connect_url.clone(),
            settings: self.settings.iter().cloned().collect(),
            ..Options::default()
        }
    }
}

impl Run {
    pub(crate) fn options(&self) -> Options {
        let processing_url = self.processing_url.clone();
        Options { port: self.port, processing_url, ..self.place.options() }
    }
}

impl Catalog {
    pub(crate) fn output(&self) -> PathBuf {
        const NAME: &str = "catalog.html";
        let beside = || self.place.data.as_ref().map_or_else(|| NAME.into(), |data| data.join(NAME));
        self.output.clone().unwrap_or_else(beside)
    }
}

impl Refresh {
    /// The event of `sync-requestors`.
    pub(crate) fn orders(&self) -> Value {
        let allow = self.allow.iter().map(|(id, host)| json!({ "tokenRequestorId": id, "host": host }));
        json!({ "force": self.force, "allow": allow.collect::<Value>() })
    }
}

fn variable(raw: &str) -> Result<(String, String), &'static str> {
    raw.split_once('=').map(|(name, value)| (name.into(), value.into())).ok_or("wants NAME=VALUE")
}

fn allowed(raw: &str) -> Result<(TokenRequestorId, String), &'static str> {
    let (id, host) = raw.split_once('=').ok_or("wants ID=HOST")?;
    Ok((id.parse().map_err(|_| "wants the eleven digits of a token requestor before =")?, host.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_orders_is_what_sync_requestors_is_told() {
        let refresh = |arguments: &[&str]| match Arguments::try_parse_from(arguments).ok()?.command? {
            Command::Refresh(refresh) => Some(refresh.orders()),
            Command::Catalog(_) => None,
        };
        assert_eq!(refresh(&["local", "refresh"]), Some(json!({"force": false, "allow": []})));
        let told = refresh(&["local", "refresh", "--force", "--allow", "50123197928=src.mastercard.com"]);
        let allow = json!([{"tokenRequestorId": "50123197928", "host": "src.mastercard.com"}]);
        assert_eq!(told, Some(json!({"force": true, "allow": allow})));
    }
}
