//! Wires `ReconcileEnrollments` to the Lambda runtime.

use lambda_runtime::Error;
use runtime::{config::Runtime, invocation, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init(env!("CARGO_PKG_NAME"));
    let function = &reconcile_enrollments::ReconcileEnrollments::connect(&Runtime::from_env()?).await?;
    invocation::run(|event| function.handle(event)).await
}
