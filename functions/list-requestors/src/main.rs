//! Wires `ListRequestors` to the Lambda runtime.

use lambda_http::Error;
use list_requestors::ListRequestors;
use runtime::{
    LazyInit,
    config::{Function, Runtime},
    http,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let runtime = Runtime::start(Function::ListRequestors)?;
    let function = LazyInit::start(|| ListRequestors::connect(&runtime)).await?;
    http::run(&function, ListRequestors::handle).await
}
