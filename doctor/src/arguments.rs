//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use doctor::init::Init;
use jiff::Timestamp;
use mastercard::card::{CardContractId, ClientId};
use model::{enrollment::EnrollmentId, token_id::TokenId};
use runtime::{config::Environment, store::enrollments::QuarantineId};
use sync_requestors::AllowedHost;

/// Checks settings, keys and connectivity before the first live call; answers support's and operators' questions after it.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command that reads from AWS.
#[derive(Args)]
pub(crate) struct CommonOptions {
    /// File with table names, TENANT, function names, queue URL and AWS endpoints, one NAME=value per line, as `local
    /// --env-file` writes it; by default the process environment and the AWS configuration
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Options of every command that changes something.
#[derive(Args)]
pub(crate) struct Confirmation {
    /// Do not ask for confirmation
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Ask for each value of a deployment once, check it, and write settings, samconfig.toml and secrets
    ///
    /// Shows what changes and asks before it writes. Prints no secret. Exits with 1 if an answer is wrong or missing.
    Init(#[command(flatten)] Init),
    /// Check settings, keys, the connection to Mastercard and one signed read-only call per API and key set
    ///
    /// Exit codes: 0 if nothing is wrong, 1 if anything is wrong, 2 if the check could not run. Prints no secret.
    Check {
        /// The environment that the settings are meant for: sandbox, mtf, production or local
        #[arg(long)]
        env: Environment,
        /// File with the functions' settings, one NAME=value per line, or samconfig.toml; by default the process environment. The
        /// AWS CLI reads the secrets that samconfig.toml names, unless offline; temporary files that only you can read hold them
        /// until the check ends, also by Ctrl-C
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Make no network connection
        #[arg(long)]
        offline: bool,
        /// Print one JSON document instead of the table
        #[arg(long)]
        json: bool,
        /// Client id whose tokens the Processing call reads; in the sandbox, 40000 has some
        #[arg(long, value_name = "N")]
        client_id: Option<ClientId>,
        /// Card contract of that client, for one search without a push: shows whether Processing's encrypted card states its
        /// oaepHashingAlgorithm, which Token Connect requires from 1 April 2027
        #[arg(long, value_name = "N", requires = "client_id")]
        card_contract_id: Option<CardContractId>,
    },
    /// Play the cases that Mastercard documents for its sandbox, and report what differs
    ///
    /// Some of them change tokens of the sandbox: no case is played if a base URL leads elsewhere, except to this machine. Exit codes:
    /// 0 if everything is as documented, 1 if anything differs, 2 if no case could be played. Prints no secret.
    Sandbox {
        /// File with the functions' settings, one NAME=value per line, or samconfig.toml, whose stage sandbox is used; by default the
        /// process environment. The AWS CLI reads the secrets that samconfig.toml names; temporary files that only you can read hold
        /// them until the end, also by Ctrl-C
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Print one JSON document instead of the table
        #[arg(long)]
        json: bool,
    },
    /// Show the timeline of one enrollment: facts, calls, correlation ids, what is missing; contains no secret
    ///
    /// Exits with 1 if the enrollment does not exist.
    Timeline {
        /// The enrollment's id, as in `GET /enrollments/{enrollmentId}`
        enrollment_id: EnrollmentId,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// List the notifications that match no enrollment
    Unmatched {
        /// Match each of them again first
        #[arg(long)]
        retry: bool,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// Notifications that could not be read: list, open with the private key, delete
    Quarantine {
        #[command(subcommand)]
        command: QuarantineCommand,
    },
    /// Export the consents of all cardholders, as JSON lines, one per attempt; reads the whole table
    Consents {
        /// Only consents received at or after this time, for example 2026-01-01T00:00:00Z
        #[arg(long, value_name = "TIME", default_value = "1970-01-01T00:00:00Z")]
        since: Timestamp,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// List the lines of the audit trail: who changed which enrollment, from where; contains pseudonyms and addresses
    Audit {
        /// Only lines of this client
        #[arg(long, value_name = "N")]
        client_id: Option<ClientId>,
        /// Only lines of this enrollment
        #[arg(long, value_name = "ID")]
        enrollment: Option<EnrollmentId>,
        /// Only lines at or after this time, for example 2026-01-01T00:00:00Z; objects of earlier days are not read
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// The tokens of a card: list them, move them to the card that replaced it, remove one
    ///
    /// Needs the settings and keys with which `manage-tokens` calls Processing. Never prints a token number.
    Tokens {
        #[command(subcommand)]
        command: TokensCommand,
    },
    /// Delete everything that is stored of one client, after confirmation; reads the whole table
    ///
    /// Prints two lines of JSON, the records for the audit log before and after, without the client id, and stores them. Exits
    /// with 1 if nothing was deleted, because an enrollment is live or nobody confirmed, or if not everything was deleted.
    Erase {
        /// The client's id, as in the access token and in Mastercard Processing
        #[arg(long, value_name = "N")]
        client_id: ClientId,
        #[command(flatten)]
        confirmation: Confirmation,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// Refresh the catalog now: token requestors, then every missing logo
    ///
    /// Says what was not applied, and what to do. Exits with 1 if Mastercard's response was rejected by the safety check, incomplete or
    /// superseded by a later refresh, or if a logo is still missing afterwards; a new redirect host in quarantine is only named.
    Refresh {
        /// Apply the refresh even if the safety check rejects it: if many token requestors or account ranges are gone, if none is left for our
        /// account ranges, or if many cannot be read
        #[arg(long)]
        force: bool,
        /// Allow a new redirect host for a token requestor, for example 50123197928=src.mastercard.com; may repeat
        #[arg(long, value_name = "ID=HOST")]
        allow: Vec<AllowedHost>,
        #[command(flatten)]
        confirmation: Confirmation,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// List the changes of the last refreshes, and the token requestors in quarantine
    Changes {
        #[command(flatten)]
        common: CommonOptions,
    },
    /// Invoke again the scheduled functions whose failed events are in the dead-letter queue
    ///
    /// Shows function and number first, and asks. Messages that name another function stay in the queue.
    Redrive {
        #[command(flatten)]
        confirmation: Confirmation,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// Show the OAuth signature base string of requests: JSON lines in, JSON lines out
    ///
    /// Input: method, url, body (text) or bodyBase64, consumerKey, nonce, timestamp, and signatureMethod if it is not
    /// RSA-SHA256. Output: baseUri, parameterString, baseString, bodyHash; for an invalid line, line and error.
    ExplainSignature {
        /// The base string that Mastercard's gateway reported, or @FILE that contains it; adds firstDifference
        #[arg(long, value_name = "BASE_STRING|@FILE")]
        expect: Option<String>,
    },
}

/// A card of a client, and the options of every command.
#[derive(Args)]
pub(crate) struct CardOptions {
    /// The client's id, as in the access token and in Mastercard Processing
    #[arg(long, value_name = "N")]
    pub(crate) client_id: ClientId,
    /// The client's card contract
    #[arg(long, value_name = "N")]
    pub(crate) card_contract_id: CardContractId,
    #[command(flatten)]
    pub(crate) common: CommonOptions,
}

#[derive(Subcommand)]
pub(crate) enum TokensCommand {
    /// List the card's tokens: our id, state, who suspended it as far as known, token requestor, wallet, time, enrollment
    List {
        #[command(flatten)]
        card: CardOptions,
    },
    /// Move the card's tokens to another card of the same client and product, after confirmation
    ///
    /// Prints one line of JSON for each token that was moved, a record for the audit log with its id at the new card. Exits with 1 if
    /// there is none or nobody confirmed, with 2 if a token was not moved or Mastercard's list does not confirm it.
    Relink {
        /// The card contract that gets the tokens
        #[arg(long, value_name = "N")]
        to: CardContractId,
        /// Only this token, by our id
        #[arg(long, value_name = "ID")]
        token_id: Option<TokenId>,
        #[command(flatten)]
        confirmation: Confirmation,
        #[command(flatten)]
        card: CardOptions,
    },
    /// Remove one token of the card for good, after confirmation
    ///
    /// Prints one line of JSON, a record for the audit log. Exits with 1 if there is no such token or nobody confirmed, with 2 if
    /// it was not removed.
    Remove {
        /// The token, by our id
        #[arg(long, value_name = "ID")]
        token_id: TokenId,
        #[command(flatten)]
        confirmation: Confirmation,
        #[command(flatten)]
        card: CardOptions,
    },
}

#[derive(Subcommand)]
pub(crate) enum QuarantineCommand {
    /// List the deliveries in quarantine, without their content
    List {
        #[command(flatten)]
        common: CommonOptions,
    },
    /// Print the messages of one delivery as JSON; they contain cardholders' ids
    ///
    /// Exits with 1 if there is no such delivery.
    Open {
        /// The delivery's id, such as 2026-11-28-07
        id: QuarantineId,
        /// File with the private key of NOTIFICATION_QUARANTINE_CERTIFICATE, PEM or DER
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// Delete one delivery
    ///
    /// Exits with 1 if there is no such delivery.
    Delete {
        /// The delivery's id, such as 2026-11-28-07
        id: QuarantineId,
        #[command(flatten)]
        confirmation: Confirmation,
        #[command(flatten)]
        common: CommonOptions,
    },
}
