//! Parses the query with which a token requestor sends the cardholder back (step 25).
//!
//! ```sh
//! cargo run -p push-provisioning-client --example parse_callback -- 'results%5BMCC-1%5D=APPROVED'
//! ```
#![allow(clippy::print_stdout, missing_docs, reason = "an example prints its result")]

use std::error::Error;

use push_provisioning_client::callback::{self, CallbackOutcome};

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run(std::env::args().skip(1))?);
    Ok(())
}

pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<String, Box<dyn Error>> {
    let query = arguments.next().ok_or("argument 1: the query of the callback URL")?;
    let mut output = String::new();
    for result in callback::parse(&query) {
        let next_step = match &result.outcome {
            CallbackOutcome::Approved => "verify it in the token list",
            CallbackOutcome::Cancelled => "the cardholder may try again",
            _ => "see the outcome's documentation",
        };
        output += &format!("{}: {:?}; {next_step}\n", result.receipt.expose(), result.outcome);
    }
    Ok(output)
}
