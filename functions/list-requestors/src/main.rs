//! Wires `ListRequestors` to the Lambda runtime.

use lambda_http::Error;
use shared::{config::Host, http, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let function = &list_requestors::ListRequestors::connect(&Host::from_env()?).await?;
    http::run(|request| function.handle(request)).await
}
