//! See `mastercard::fuzzing::token_requestors`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mastercard::fuzzing::token_requestors(bytes));
