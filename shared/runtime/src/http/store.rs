//! What the app is told when DynamoDB fails.

use super::{Code, Problem};
use crate::store::StoreError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Problem::from(Code::InternalError).with_source(error)
    }
}
