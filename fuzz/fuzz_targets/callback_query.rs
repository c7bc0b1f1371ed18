//! See `mastercard::probe::callback_query`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mastercard::probe::callback_query(bytes));
