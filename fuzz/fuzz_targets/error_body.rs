//! See `mastercard::fuzzing::error_body`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mastercard::fuzzing::error_body(bytes));
