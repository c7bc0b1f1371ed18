//! See `shared::mastercard::probe::push_response`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shared::mastercard::probe::push_response(bytes));
