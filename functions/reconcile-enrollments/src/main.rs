//! Wires `ReconcileEnrollments` to the Lambda runtime.

use lambda_runtime::Error;
use reconcile_enrollments::ReconcileEnrollments;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    invocation,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::ReconcileEnrollments)?;
    let function = LazyInit::start(|| ReconcileEnrollments::connect(&runtime)).await?;
    invocation::run(&function, ReconcileEnrollments::handle).await
}
