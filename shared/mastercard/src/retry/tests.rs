use reqwest::StatusCode;

use super::*;
use crate::testing::api_error;

#[test]
fn every_error_response_is_retried_as_often_as_the_table_says() {
    let table = [
        (401, "", "", Some(true), RetryPolicy::None),
        (403, "CMS", "LATER", Some(true), RetryPolicy::None),
        (400, "Gateway", "INVALID_BODY_HASH", Some(true), RetryPolicy::None),
        (400, "Gateway", "INVALID_OAUTH_SBS", None, RetryPolicy::None),
        (400, "Gateway", "INVALID_AUTH_HEADER", Some(true), RetryPolicy::None),
        (401, "Gateway", "DECLINED", Some(true), RetryPolicy::None),
        (500, "MASTERCARD PROCESSING", "REQUEST_DECRYPT_FAILED", None, RetryPolicy::None),
        (500, "MASTERCARD PROCESSING", "INTERNAL_SERVICE_FAILURE", None, RetryPolicy::Standard),
        (429, "Gateway", "QUOTA", Some(false), RetryPolicy::Standard),
        (429, "", "", None, RetryPolicy::Standard),
        (200, "MDES", "ACCOUNT_INELIGIBLE", Some(true), RetryPolicy::Standard),
        (400, "INPUT", "LATER", Some(true), RetryPolicy::Standard),
        (503, "Gateway", "DOWN", Some(false), RetryPolicy::None),
        (200, "MDES", "ACCOUNT_INELIGIBLE", None, RetryPolicy::None),
        (200, "INPUT", "ODD", None, RetryPolicy::None),
        (500, "INPUT", "ODD", None, RetryPolicy::None),
        (400, "MDES", "INVALID_PAN", None, RetryPolicy::None),
        (500, "", "", None, RetryPolicy::Standard),
        (502, "", "", None, RetryPolicy::Standard),
        (503, "MDES", "ODD", None, RetryPolicy::Standard),
        (504, "", "", None, RetryPolicy::Standard),
        (408, "", "", None, RetryPolicy::Standard),
        (501, "", "", None, RetryPolicy::None),
        (200, "MDES", "ODD", None, RetryPolicy::Once),
        (200, "", "", None, RetryPolicy::Once),
        (200, "SOMEBODY", "ODD", None, RetryPolicy::Once),
        (400, "MDES", "ODD", None, RetryPolicy::Once),
        (400, "CMS", "ODD", None, RetryPolicy::None),
        (404, "", "", None, RetryPolicy::None),
        (307, "", "", None, RetryPolicy::None),
    ];
    for (status, source, code, recoverable, policy) in table {
        let mut error = api_error(status, source, code);
        error.recoverable = recoverable;
        assert_eq!(error.status, StatusCode::from_u16(status).unwrap());
        let error = MastercardError::Rejected(Box::new(error));
        assert_eq!(RetryPolicy::after(&error), policy, "{status} {source} {code} {recoverable:?}");
    }
}
