//! Wires `SyncRequestors` to the Lambda runtime.

use lambda_runtime::Error;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    invocation,
};
use sync_requestors::SyncRequestors;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::SyncRequestors)?;
    let function = LazyInit::start(|| SyncRequestors::connect(&runtime)).await?;
    invocation::run(&function, SyncRequestors::handle).await
}
