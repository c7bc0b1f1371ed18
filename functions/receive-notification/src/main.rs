//! Wires `ReceiveNotification` to the Lambda runtime.

use lambda_http::Error;
use receive_notification::ReceiveNotification;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::ReceiveNotification)?;
    let function = LazyInit::start(|| ReceiveNotification::connect(&runtime)).await?;
    http::run(&function, ReceiveNotification::handle).await
}
