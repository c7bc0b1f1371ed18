//! The simulator seen from outside: an issuer that signs, encrypts and follows redirects as a real one does.

mod click_to_pay;
mod control;
mod faults;
mod gateway;
mod issuer;
mod mutual_tls;
mod notifications;
mod panel;
mod processing;
mod scale;
mod token_connect;
