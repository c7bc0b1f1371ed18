//! See `mastercard::fuzzing::callback_query`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mastercard::fuzzing::callback_query(bytes));
