//! Wires `GetEnrollment` to the Lambda runtime.

use get_enrollment::GetEnrollment;
use lambda_http::Error;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::GetEnrollment)?;
    let function = LazyInit::start(|| GetEnrollment::connect(&runtime)).await?;
    http::run(&function, GetEnrollment::handle).await
}
