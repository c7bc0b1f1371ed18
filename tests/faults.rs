//! Faults at every parameter: each way in which Mastercard can fail, and processes that die between their writes.

mod mastercard;
mod refresh_calls;
mod refresh_kills;
