//! Wires `FetchAssets` to the Lambda runtime.

use fetch_assets::FetchAssets;
use lambda_runtime::Error;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    invocation,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::FetchAssets)?;
    let function = LazyInit::start(|| FetchAssets::connect(&runtime)).await?;
    invocation::run(&function, FetchAssets::handle).await
}
