//! See `fetch_assets::fuzzing::svg`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fetch_assets::fuzzing::svg(bytes));
