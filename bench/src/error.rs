//! Errors of a benchmark.

use std::{io, path::PathBuf};

/// Why a benchmark failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error("the release binaries could not be built")]
    Build,
    #[error("{} does not exist or cannot be started", .binary.display())]
    Binary { binary: PathBuf, source: io::Error },
    #[error("{0} is not installed: the function in Node.js needs Node.js 20 and npm")]
    NoNode(&'static str),
    #[error("`{command}` failed in bench/peers/node; its errors:\n{log}")]
    Bundle { command: String, log: String },
    #[error("the table of the function in Node.js could not be created")]
    Table(#[source] Box<aws_sdk_dynamodb::Error>),
    #[error("the engines and the simulator did not start")]
    World(#[from] Box<local::StartError>),
    #[error("the catalog could not be filled")]
    Catalog(#[from] local::RefreshError),
    #[error("the bank's login returned no token")]
    Login(#[from] local::KeyError),
    #[error("a cardholder's task failed")]
    Cardholder(#[from] tokio::task::JoinError),
    #[error("no port of this machine could be used")]
    Port(#[source] io::Error),
    #[error("a loopback address cannot be written as a URL")]
    Address(#[from] url::ParseError),
    #[error("the counting proxy failed")]
    Proxy(#[from] reqwest::Error),
    #[error("the certificate of the proxies could not be generated")]
    Certificate(#[from] rcgen::Error),
    #[error("TLS of the proxies could not be configured")]
    Tls(#[from] tokio_rustls::rustls::Error),
    #[error("the simulator cannot reach the bench")]
    Notifications(#[from] simulator::InvalidTarget),
    #[error("a journey stopped")]
    Journey(#[from] local::cardholder::JourneyError),
    #[error("the status changes of a journey could not be read")]
    StatusChanges(#[from] local::StreamError),
    #[error("{detail}")]
    InvalidResult { detail: String },
    #[error("{function} exited early with {status}; its log:\n{log}")]
    Exited { function: &'static str, status: String, log: String },
    #[error("{function} failed: {error}; its log:\n{log}")]
    Failed { function: &'static str, error: String, log: String },
    #[error("the response of {function} has no `{field}`")]
    Response { function: &'static str, field: &'static str },
    #[error("{file} cannot be read or written")]
    File { file: String, source: io::Error },
}
