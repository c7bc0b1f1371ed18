//! See `shared::mastercard::probe::token_requestors`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shared::mastercard::probe::token_requestors(bytes));
