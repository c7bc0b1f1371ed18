//! See `mastercard::probe::token_requestors`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mastercard::probe::token_requestors(bytes));
