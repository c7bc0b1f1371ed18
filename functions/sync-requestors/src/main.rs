//! Wires `SyncRequestors` to the Lambda runtime.

use lambda_runtime::Error;
use runtime::{
    config::{Function, Runtime},
    invocation,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::SyncRequestors)?;
    let function = &sync_requestors::SyncRequestors::connect(&runtime).await?;
    invocation::run(|event| function.handle(event)).await
}
