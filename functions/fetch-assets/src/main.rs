//! Wires `FetchAssets` to the Lambda runtime.

use lambda_runtime::{Error, run, service_fn};
use runtime::{config::Runtime, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let function = &fetch_assets::FetchAssets::connect(&Runtime::from_env()?).await?;
    run(service_fn(move |event| function.handle(event))).await
}
