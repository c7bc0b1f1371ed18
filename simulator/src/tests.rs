//! Tests through the HTTP interface, with an issuer that signs, encrypts and follows redirects.

mod click_to_pay;
mod control;
mod faults;
mod gateway;
mod issuer;
mod mutual_tls;
mod notifications;
mod panel;
mod private_key;
mod processing;
mod scale;
mod signing;
mod token_changes;
mod token_connect;
