//! Wires `GetEnrollment` to the Lambda runtime.

use lambda_http::Error;
use runtime::{
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::GetEnrollment)?;
    let function = &get_enrollment::GetEnrollment::connect(&runtime).await?;
    http::run(|request| function.handle(request)).await
}
