//! The problem for an error of a store.

use super::{Code, Problem};
use crate::store::StoreError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            _ if error.is_contended() => {
                Problem::from(Code::TooManyRequests).retry_after(1).with_source(error)
            }
            StoreError::Contended
            | StoreError::DynamoDb { .. }
            | StoreError::Item(_)
            | StoreError::Request(_) => Problem::from(Code::InternalError).with_source(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throttled_request_may_be_repeated_and_another_error_is_ours() {
        let code_of = |code: &str| {
            let error = StoreError::DynamoDb { code: code.into(), source: "by the test".into() };
            Problem::from(error).code
        };
        assert_eq!(code_of("ThrottlingException"), Code::TooManyRequests);
        assert_eq!(code_of("ProvisionedThroughputExceededException"), Code::TooManyRequests);
        assert_eq!(code_of("AccessDeniedException"), Code::InternalError);
    }
}
