//! Fault injection: each way in which Mastercard can fail, and processes that crash between their writes.

mod campaign;
mod mastercard;
mod refresh_calls;
mod refresh_crashes;
