//! Journeys of the cardholder through the whole world, and the checks that need it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests say what they expect")]

mod assets;
mod authorization;
mod bad_input;
mod bootstrap;
mod contract;
mod enroll;
mod events;
mod listing;
mod mastercard_faults;
mod notifications;
mod reconciliation;
mod refresh;
mod secrets;
mod simulation;
mod status_changes;
mod stores;
mod support;
