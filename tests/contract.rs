//! Tests of the external behavior of the deployed functions: API description, authorization, bad input, secrets, events,
//! binaries.

mod authorization;
mod bad_input;
mod bootstrap;
mod events;
mod openapi;
mod secrets;
