//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use shared::{card::ClientId, config::Environment};

/// Finds what is wrong with credentials, settings and signatures before the first live call.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check settings, keys, the way to Mastercard and one harmless signed call per API
    ///
    /// Exits with 0, with 1 if anything is wrong, with 2 if it could not check. No secret is printed.
    Check {
        /// The environment that the settings are meant for: sandbox, mtf, production or local
        #[arg(long)]
        env: Environment,
        /// The functions' settings, one NAME=value a line; the process environment by default
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Stop before the network
        #[arg(long)]
        offline: bool,
        /// Print one JSON document instead of the table
        #[arg(long)]
        json: bool,
        /// Read the tokens of this client id; in the sandbox 40000 has some
        #[arg(long, value_name = "N")]
        client_id: Option<ClientId>,
    },
    /// Show what signatures are made over: JSON lines in, JSON lines out
    ///
    /// In: method, url, body as text or bodyBase64, consumerKey, nonce, timestamp, and signatureMethod if it is not
    /// RSA-SHA256. Out: baseUri, parameterString, baseString, bodyHash; a line that cannot be read gives line and error.
    ExplainSignature {
        /// The base string that the gateway would have accepted, or @FILE with it: adds firstDifference
        #[arg(long, value_name = "BASE_STRING|@FILE")]
        expect: Option<String>,
    },
}
