//! See `mastercard::fuzzing::push_response`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mastercard::fuzzing::push_response(bytes));
