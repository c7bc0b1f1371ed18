//! Wires `ManageTokens` to the Lambda runtime.

use lambda_http::Error;
use manage_tokens::ManageTokens;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::ManageTokens)?;
    let function = LazyInit::start(|| ManageTokens::connect(&runtime)).await?;
    http::run(&function, ManageTokens::handle).await
}
