//! Lists the token requestors that accept cards of the given account ranges, with their logos (steps 1 to 4).
//!
//! ```sh
//! cargo run -p push-provisioning-client --example list_requestors -- http://127.0.0.1:9010 credentials 555555000
//! ```
#![allow(clippy::print_stdout, missing_docs, reason = "an example prints its result")]

use std::error::Error;

use push_provisioning_client::card::AccountRange;

use self::connect::{Connection, deadline};

#[allow(dead_code, reason = "not every example uses both clients")]
mod connect;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run(std::env::args().skip(1)).await?);
    Ok(())
}

pub(crate) async fn run(mut arguments: impl Iterator<Item = String>) -> Result<String, Box<dyn Error>> {
    let client = Connection::from_arguments(&mut arguments)?.token_connect()?;
    let ranges = arguments.map(|range| range.parse()).collect::<Result<Vec<AccountRange>, _>>()?;
    let mut output = String::new();
    for requestor in client.get_eligible_token_requestors(&ranges, deadline()).await?.token_requestors {
        output += &format!("{} {}\n", requestor.token_requestor_id, requestor.consumer_facing_entity_name);
        if let Some(logo) = &requestor.image_asset_id {
            for format in client.get_asset(logo, deadline()).await? {
                let bytes = format.data.map_or(0, |data| data.len());
                output += &format!("  logo: {}, {bytes} bytes\n", format.media_type);
            }
        }
    }
    Ok(output)
}
