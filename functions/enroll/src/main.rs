//! Wires `Enroll` to the Lambda runtime.

use enroll::Enroll;
use lambda_http::Error;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::Enroll)?;
    let function = LazyInit::start(|| Enroll::connect(&runtime)).await?;
    http::run(&function, Enroll::handle).await
}
