//! Settings that several functions share and that do not concern Mastercard.

use mastercard::card::AccountRange;

use super::{
    Presence::{Default, Optional, Required},
    section,
};
use crate::{
    config::{
        ClaimValue,
        Function::{
            self, Enroll, FetchAssets, GetEnrollment, ListCards, ListRequestors, ManageTokens,
            ReceiveCallback, ReceiveNotification, ReconcileEnrollments, SyncRequestors,
        },
        InRange, List, Switch,
    },
    store::Tenant,
    telemetry::LogFilter,
};

section! {
    "The bank: everywhere";

    TENANT: Tenant {
        kind: "1 to 32 lower-case letters, digits, hyphens",
        presence: Default("default"),
        secret: false,
        functions: Function::ALL,
        meaning: "prefix of every item in the tables",
    }
    LOG_LEVEL: LogFilter {
        kind: "`error`, `warn`, `info`, `debug`, `trace`, `off`, or a filter such as `info,runtime=debug`",
        presence: Default("info"),
        secret: false,
        functions: Function::ALL,
        meaning: "level of the functions' own log lines; what libraries log below `warn` may hold secrets",
    }
    LOG_DEBUG_PERCENT: InRange<0, 100> {
        kind: "0 to 100",
        presence: Default("0"),
        secret: false,
        functions: Function::ALL,
        meaning: "percentage of function instances that log from `debug` on",
    }
    XRAY_CALLS: Switch {
        kind: "`on` or `off`",
        presence: Default("off"),
        secret: false,
        functions: Function::ALL,
        meaning: "whether the X-Ray trace of a sampled invocation shows its requests to Mastercard, DynamoDB and S3",
    }
    TOKEN_REQUESTORS_TABLE: String {
        kind: "name of a table",
        presence: Required,
        secret: false,
        functions: &[SyncRequestors, FetchAssets, ListRequestors, ListCards, ManageTokens, Enroll],
        meaning: "DynamoDB table of the catalog",
    }
    ENROLLMENTS_TABLE: String {
        kind: "name of a table",
        presence: Required,
        secret: false,
        functions: &[
            ListCards, ManageTokens, Enroll, GetEnrollment, ReceiveNotification, ReceiveCallback,
            ReconcileEnrollments,
        ],
        meaning: "DynamoDB table of enrollments",
    }
    ENROLLMENT_RETENTION_DAYS: InRange<90, 3_650> {
        kind: "90 to 3650",
        presence: Default("400"),
        secret: false,
        functions: &[
            ListCards, ManageTokens, Enroll, GetEnrollment, ReceiveNotification, ReceiveCallback,
            ReconcileEnrollments,
        ],
        meaning: "days after its last change on which an enrollment that is final is deleted",
    }
    AUDIT_TRAIL: Switch {
        kind: "`on` or `off`",
        presence: Default("off"),
        secret: false,
        functions: &[
            ListCards, ManageTokens, Enroll, GetEnrollment, ReceiveNotification, ReceiveCallback,
            ReconcileEnrollments,
        ],
        meaning: "whether each write of an enrollment and each change of a token names who made it, for the audit trail; up to one write unit more for a write",
    }
    ACCOUNT_RANGES: List<AccountRange> {
        kind: "9 to 19 digits each, comma separated",
        presence: Required,
        secret: false,
        functions: &[
            SyncRequestors, ListRequestors, ListCards, ManageTokens, Enroll, GetEnrollment, ReceiveNotification,
        ],
        meaning: "starts of the bank's account ranges, none twice; the refresh queries them, and a card number in one of them is rejected in ids too",
    }
    CLIENT_ID_CLAIM: String {
        kind: "name of a claim",
        presence: Required,
        secret: false,
        functions: &[ListCards, ManageTokens, Enroll, GetEnrollment],
        meaning: "claim of the access token that holds the cardholder's client id in Processing; in tokens of RFC 9068 `client_id` is the app",
    }
    READ_SCOPES: List<ClaimValue> {
        kind: "scopes, comma separated",
        presence: Optional("none needed"),
        secret: false,
        functions: &[ListRequestors, ListCards, ManageTokens, GetEnrollment],
        meaning: "scopes of which the access token of a `GET` must have one, in the claim `scope` or `scp`",
    }
    WRITE_SCOPES: List<ClaimValue> {
        kind: "scopes, comma separated",
        presence: Optional("none needed"),
        secret: false,
        functions: &[ManageTokens, Enroll, GetEnrollment],
        meaning: "scopes of which the access token of a `POST` must have one, in the claim `scope` or `scp`, and that of a `GET` that shows a redirect; for changes of tokens `TOKEN_WRITE_SCOPES`",
    }
    TOKEN_WRITE_SCOPES: List<ClaimValue> {
        kind: "scopes, comma separated",
        presence: Optional("`WRITE_SCOPES`"),
        secret: false,
        functions: &[ManageTokens],
        meaning: "scopes of which the access token of a `POST` that suspends, resumes or removes a token must have one, such as `tokens:write`",
    }
}
