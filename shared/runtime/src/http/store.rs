//! The problem for an error of a store.

use super::{Code, Problem};
use crate::store::StoreError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Contended => Problem::from(Code::TooManyRequests).retry_after(1).with_source(error),
            StoreError::DynamoDb { .. } | StoreError::Item(_) | StoreError::Request(_) => {
                Problem::from(Code::InternalError).with_source(error)
            }
        }
    }
}
