//! Wires `SyncRequestors` to the Lambda runtime.

use lambda_runtime::{Error, run, service_fn};
use shared::{config::Host, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let function = &sync_requestors::SyncRequestors::connect(&Host::from_env()?).await?;
    run(service_fn(move |event| function.handle(event))).await
}
