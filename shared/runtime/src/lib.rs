//! The parts that all functions share: settings and secrets, HTTP requests and responses, DynamoDB stores, logs.
//!
//! `http` uses `store`, and `store` never uses `http`. Nothing here depends on a function.

pub mod config;
pub mod http;
pub mod invocation;
mod lazy_init;
pub mod store;
pub mod telemetry;

pub use lazy_init::LazyInit;

/// An error of any type, for the log. Clients of the API never see it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
