//! The problem for an error of a store.

use super::{Code, Problem};
use crate::store::StoreError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Problem::from(Code::InternalError).with_source(error)
    }
}
