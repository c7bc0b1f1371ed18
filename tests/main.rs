//! Tests on the whole `World`, in one binary. `README.md` describes the folders.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails where an expectation does"
)]

mod contract;
mod faults;
mod journeys;
mod simulation;
mod stores;
mod support;
