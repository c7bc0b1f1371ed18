//! A stage for tests in a real browser: a `World`, and Debian's Chromium driven through chromedriver. After every test
//! the browser's own logs are read: no error in the console, no request to anybody else, no page with a lax policy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests say what they expect"
)]

mod accessibility;
mod driver;
mod look;
mod quiet;
mod stage;

pub use accessibility::Axe;
pub use look::Look;
pub use stage::{Stage, on_stage};
