//! Wires `GetEnrollment` to the Lambda runtime.

use lambda_http::{Error, run, service_fn};
use shared::{config::Host, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let function = &get_enrollment::GetEnrollment::connect(&Host::from_env()).await?;
    run(service_fn(move |request| function.handle(request))).await
}
