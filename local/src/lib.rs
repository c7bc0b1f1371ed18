//! The whole use case on one machine: every function behind API Gateway's routes, an embedded DynamoDB and S3, and the
//! simulator of Token Connect, Mastercard Processing and Click to Pay. `cargo run -p local` and the tests start the
//! same [`World`].

pub mod cardholder;
mod door;
pub mod engines;
mod events;
mod functions;
mod gateway;
mod identity;
pub mod journey;
mod live;
mod logos;
pub mod page;
mod private_file;
pub mod ready;
mod sample;
mod scheduled;
mod schedules;
mod settings;
mod stop;
mod support;
pub mod timeline;
mod web;
mod world;

pub use door::DoorError;
pub use engines::{EngineError, dynamodb::TableNames};
pub use events::StreamError;
pub use identity::KeyError;
pub use scheduled::RefreshError;
pub use world::{Options, StartError, World};
