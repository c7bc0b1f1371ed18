//! Wires `ReceiveCallback` to the Lambda runtime.

use lambda_http::Error;
use receive_callback::ReceiveCallback;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::ReceiveCallback)?;
    let function = LazyInit::start(|| ReceiveCallback::connect(&runtime)).await?;
    http::run(&function, ReceiveCallback::handle).await
}
