//! What the deployed functions promise at their borders: the API description, access, input, secrets, events, binaries.

mod authorization;
mod bad_input;
mod bootstrap;
mod events;
mod openapi;
mod secrets;
