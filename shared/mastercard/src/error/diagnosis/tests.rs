use super::*;
use crate::error::known_codes::CODES;
use crate::testing::api_error;

fn meaning(error: ApiError) -> &'static str {
    MastercardError::Rejected(Box::new(error)).diagnosis().meaning
}

#[test]
fn each_known_code_has_its_own_meaning() {
    for (code, expected, _) in CODES {
        assert_eq!(meaning(api_error(400, "MDES", code)), expected);
    }
}

#[test]
fn a_missing_entitlement_is_not_explained_as_a_wrong_key() {
    let error = MastercardError::Rejected(Box::new(api_error(401, "Gateway", "DECLINED")));
    assert!(error.diagnosis().meaning.contains("not entitled"));
    assert!(error.diagnosis().remedy.contains("the keys are right"));
}

#[test]
fn an_unknown_code_is_explained_by_its_status() {
    assert!(meaning(api_error(429, "Gateway", "NEW")).starts_with("too many"));
    assert!(meaning(api_error(400, "MDES", "NEW")).contains("unknown reason"));
    assert_ne!(meaning(api_error(404, "", "")), meaning(api_error(500, "", "")));
}

#[test]
fn a_rejected_signature_is_explained_by_the_base_strings() {
    let mut error = api_error(401, "Gateway", "AUTHENTICATION_FAILED");
    error.base_strings = Some(BaseStringComparison::Equal);
    assert!(meaning(error).contains("clock"));
}
