//! The stored form of items: nothing is lost by it, and it is small enough.

mod round_trip;
mod size;

use jiff::{SignedDuration, Timestamp};
use mastercard::call::Call;
use model::{
    card_enrollment::{NewEnrollment, RequestHashes, ShortHash},
    enrollment::{Authentication, Consent, Enrollment, EnrollmentId, token_id_hash},
};

/// A request with ids of the usual length.
fn new_attempt(now: Timestamp) -> NewEnrollment {
    let enrollment = Enrollment {
        enrollment_id: EnrollmentId::new(now),
        client_id: 4_000_000_001.into(),
        card_contract_id: 7_000_000_001.into(),
        token_requestor_id: "50123197928".parse().unwrap(),
        platform: mastercard::token_requestor::Platform::Android,
        callback: "mobile-app".into(),
        consent: Consent {
            terms_version: "2026-01".into(),
            accepted_at: now - SignedDuration::from_nanos(1),
            authentication: Some(Box::new(Authentication {
                acr: Some("urn:bank.example:strong".into()),
                amr: ["pwd", "otp", "mfa"].map(str::to_owned).into(),
                authenticated_at: Some(Timestamp::UNIX_EPOCH),
                token_id_hash: Some(token_id_hash("an id")),
            })),
        },
        created_at: now,
        respond_by: now + SignedDuration::from_secs(10),
        facts: Vec::new(),
    };
    NewEnrollment { enrollment, request: request("first") }
}

fn request(name: &str) -> RequestHashes {
    let [key, fingerprint, state] =
        ["key", "fingerprint", "state"].map(|of| ShortHash::of(format!("{name} {of}").as_bytes()));
    RequestHashes { key, fingerprint, state }
}

fn call(operation: &str) -> Call {
    Call {
        operation: operation.into(),
        milliseconds: 187,
        status: Some(200),
        correlation_id: "0.8f5e2117.1774000000.1a2b3c4d".into(),
    }
}
