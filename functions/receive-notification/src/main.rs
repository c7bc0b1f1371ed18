//! Wires `ReceiveNotification` to the Lambda runtime.

use lambda_http::Error;
use runtime::{
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::ReceiveNotification)?;
    let function = &receive_notification::ReceiveNotification::connect(&runtime).await?;
    http::run(|request| function.handle(request)).await
}
