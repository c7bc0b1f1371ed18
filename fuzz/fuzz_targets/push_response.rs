//! See `mastercard::probe::push_response`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mastercard::probe::push_response(bytes));
