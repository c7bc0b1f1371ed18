//! Wires `ListCards` to the Lambda runtime.

use lambda_http::Error;
use list_cards::ListCards;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::ListCards)?;
    let function = LazyInit::start(|| ListCards::connect(&runtime)).await?;
    http::run(&function, ListCards::handle).await
}
