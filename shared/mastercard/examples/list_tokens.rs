//! Lists the tokens of a cardholder's cards (the tip after step 4).
//!
//! ```sh
//! cargo run -p push-provisioning-client --example list_tokens -- http://127.0.0.1:9010 credentials 40000
//! ```
#![allow(clippy::print_stdout, missing_docs, reason = "an example prints its result")]

use std::error::Error;

use push_provisioning_client::{call::CallLog, card::ClientId};

use self::connect::{Connection, deadline};

#[allow(dead_code, reason = "not every example uses both clients")]
mod connect;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run(std::env::args().skip(1)).await?);
    Ok(())
}

pub(crate) async fn run(mut arguments: impl Iterator<Item = String>) -> Result<String, Box<dyn Error>> {
    let call_log = CallLog::default();
    let client = Connection::from_arguments(&mut arguments)?.processing()?.with_call_log(&call_log);
    let client_id: ClientId = arguments.next().ok_or("argument 3: the client id")?.parse()?;
    let mut output = String::new();
    for token in client.get_tokens_by_client(client_id, deadline()).await? {
        let wallet = token.wallet_name.as_deref().unwrap_or("no wallet");
        output += &format!("card {}: {:?}, {wallet}\n", token.card_contract_id, token.status);
    }
    for call in call_log.take() {
        output += &format!("{}: {} ms, status {:?}\n", call.operation, call.milliseconds, call.status);
    }
    Ok(output)
}
