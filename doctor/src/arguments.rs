//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use doctor::operate::Allowed;
use jiff::Timestamp;
use mastercard::card::ClientId;
use model::enrollment::EnrollmentId;
use runtime::config::Environment;

/// Finds what is wrong before the first live call, and shows what happened after it.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the tables are, and how to print.
#[derive(Args)]
pub(crate) struct Desk {
    /// Tables, TENANT, functions, queue and where AWS is, one NAME=value a line, as `local --env-file` writes them; the
    /// process environment and AWS' own configuration by default
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Before something is changed outside `local`.
#[derive(Args)]
pub(crate) struct Consent {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
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
    /// Tell one enrollment's story: facts, calls, correlation ids, what never came; fit for a ticket
    ///
    /// Exits with 1 if there is no such enrollment.
    Timeline {
        /// As in `GET /enrollments/{enrollmentId}`
        enrollment_id: EnrollmentId,
        #[command(flatten)]
        desk: Desk,
    },
    /// List notifications that matched no enrollment
    Unmatched {
        /// Compare each with the enrollments of its card once more
        #[arg(long)]
        retry: bool,
        #[command(flatten)]
        desk: Desk,
    },
    /// Export what cardholders agreed to, as JSON lines, one for each attempt; reads the whole table
    Consents {
        /// Leave out what is older, such as 2026-01-01T00:00:00Z
        #[arg(long, value_name = "TIME", default_value = "1970-01-01T00:00:00Z")]
        since: Timestamp,
        #[command(flatten)]
        desk: Desk,
    },
    /// Refresh the catalog now: token requestors, then every logo that is missing
    ///
    /// Exits with 1 if a logo is missing afterwards.
    Refresh {
        /// Believe an answer in which many token requestors are gone
        #[arg(long)]
        force: bool,
        /// Let a token requestor lead to a host that it did not have before, such as 50123197928=src.mastercard.com
        #[arg(long, value_name = "ID=HOST")]
        allow: Vec<Allowed>,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        desk: Desk,
    },
    /// List what the last refreshes changed, and which changes wait to be allowed
    Changes {
        #[command(flatten)]
        desk: Desk,
    },
    /// Start again what failed for good and lies in the dead-letter queue
    Redrive {
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        desk: Desk,
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
