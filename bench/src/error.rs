//! Why something could not be measured.

use std::{io, path::PathBuf};

/// Each is one sentence for the person at the keyboard.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error("the release binaries could not be built")]
    Build,
    #[error("{} is not there or cannot be started", .binary.display())]
    Binary { binary: PathBuf, source: io::Error },
    #[error("the engines and the simulator did not start")]
    World(#[from] Box<local::StartError>),
    #[error("the catalog could not be filled")]
    Catalog(#[from] local::RefreshError),
    #[error("the bank's login gives no token")]
    Login(#[from] local::KeyError),
    #[error("a cardholder's life ended before its time")]
    Cardholder(#[from] tokio::task::JoinError),
    #[error("no port of this machine could be used")]
    Port(#[source] io::Error),
    #[error("a loopback address does not make a URL")]
    Address(#[from] url::ParseError),
    #[error("the counting proxy could not be made")]
    Proxy(#[from] reqwest::Error),
    #[error("a certificate for the proxies could not be made")]
    Certificate(#[from] rcgen::Error),
    #[error("the proxies could not be given TLS")]
    Tls(#[from] tokio_rustls::rustls::Error),
    #[error("the simulator cannot reach the bench")]
    Notifications(#[from] simulator::InvalidTarget),
    #[error("a journey stopped")]
    Journey(#[from] local::cardholder::JourneyError),
    #[error("{what}")]
    Unusable { what: String },
    #[error("{function} ended with {status} before its time; it said:\n{said}")]
    Ended { function: &'static str, status: String, said: String },
    #[error("{function} failed: {told}; it said:\n{said}")]
    Failed { function: &'static str, told: String, said: String },
    #[error("{function} answers without `{field}`")]
    Answer { function: &'static str, field: &'static str },
    #[error("{what} cannot be read or written")]
    File { what: String, source: io::Error },
}
