//! See `mastercard::probe::error_body`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mastercard::probe::error_body(bytes));
