//! What each function runs on: settings and secrets, the app's side of HTTP, DynamoDB stores, logs.
//!
//! Direction inside: `http` and `config` may use `store`, never the other way; nothing here depends on a function.

pub mod config;
pub mod http;
pub mod invocation;
pub mod store;
pub mod telemetry;

/// An error of any kind, for the log; callers never read it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
