//! Wires `GetEnrollment` to the Lambda runtime.

use lambda_http::Error;
use runtime::{config::Runtime, http, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init(env!("CARGO_PKG_NAME"));
    let function = &get_enrollment::GetEnrollment::connect(&Runtime::from_env()?).await?;
    http::run(|request| function.handle(request)).await
}
