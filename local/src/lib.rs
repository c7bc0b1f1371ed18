//! The whole use case on one machine: every function behind API Gateway's routes, an embedded DynamoDB and S3, and the
//! simulator of Token Connect, Mastercard Processing and Click to Pay. `cargo run -p local` and the tests start the
//! same [`World`].

mod audit;
pub mod cardholder;
pub mod engines;
mod events;
mod functions;
mod gateway;
mod identity;
pub mod journey;
mod language;
mod live;
mod logos;
mod mtls_endpoint;
mod navigation;
pub mod page;
mod private_file;
pub mod ready;
mod sample;
mod scheduled;
mod schedules;
mod settings;
mod shutdown;
mod stream;
mod support;
pub mod timeline;
mod web;
mod world;

pub use audit::{AuditFile, AuditFileError};
pub use engines::{EngineError, dynamodb::TableNames};
pub use events::{Carried, EVENT_POLL_INTERVAL, Pipes};
pub use identity::{KeyError, STRONG};
pub use live::recording::Recording;
pub use mtls_endpoint::MtlsEndpointError;
pub use scheduled::RefreshError;
pub use stream::StreamError;
pub use world::{FolderError, Options, StartError, World};
