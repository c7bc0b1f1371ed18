//! See `fetch_assets::probe::svg`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fetch_assets::probe::svg(bytes));
