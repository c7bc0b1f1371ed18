//! The environment of every function, by the names that `infra/template.yaml` uses, with this machine's values.

use std::{collections::BTreeMap, path::Path};

use runtime::config::Settings;
use simulator::{Credentials, Simulator};
use url::Url;

use crate::engines::dynamodb::TableNames;

type Names = &'static [&'static str];
type Groups = &'static [Names];

const TOKEN_CONNECT: Names = &[
    "MASTERCARD_ENVIRONMENT",
    "TOKEN_CONNECT_URL",
    "TOKEN_CONNECT_CONSUMER_KEY",
    "TOKEN_CONNECT_SIGNING_KEY",
    "TOKEN_CONNECT_SIGNING_KEY_PASSWORD",
    "TOKEN_CONNECT_SIGNATURE_METHOD",
    "TOKEN_CONNECT_NEXT_CONSUMER_KEY",
    "TOKEN_CONNECT_NEXT_SIGNING_KEY",
    "TOKEN_CONNECT_NEXT_SIGNING_KEY_PASSWORD",
];
const PROCESSING: Names = &[
    "MASTERCARD_ENVIRONMENT",
    "PROCESSING_URL",
    "PROCESSING_CONSUMER_KEY",
    "PROCESSING_SIGNING_KEY",
    "PROCESSING_SIGNING_KEY_PASSWORD",
    "PROCESSING_SIGNATURE_METHOD",
    "PROCESSING_NEXT_CONSUMER_KEY",
    "PROCESSING_NEXT_SIGNING_KEY",
    "PROCESSING_NEXT_SIGNING_KEY_PASSWORD",
    "PROCESSING_REQUESTS_PER_SECOND",
    "PROCESSING_JWE",
    "PROCESSING_ENCRYPTION_CERTIFICATE",
    "PROCESSING_DECRYPTION_KEY",
    "PROCESSING_DECRYPTION_KEY_PASSWORD",
    "PROCESSING_NEXT_DECRYPTION_KEY",
    "PROCESSING_NEXT_DECRYPTION_KEY_PASSWORD",
];
const REQUESTORS: Names = &["TOKEN_REQUESTORS_TABLE"];
const ENROLLMENTS: Names = &["ENROLLMENTS_TABLE"];
const CALLER: Names = &["CLIENT_ID_CLAIM"];

pub(crate) const SYNC_REQUESTORS: Groups =
    &[REQUESTORS, TOKEN_CONNECT, &["ACCOUNT_RANGES", "LARGEST_DROP_PERCENT"]];
pub(crate) const FETCH_ASSETS: Groups = &[REQUESTORS, TOKEN_CONNECT, &["LOGO_BUCKET", "S3_ENDPOINT_URL"]];
pub(crate) const LIST_REQUESTORS: Groups =
    &[REQUESTORS, &["LOGO_BASE_URL", "FEATURED_TOKEN_REQUESTORS", "CATALOG_LOCALE"]];
pub(crate) const LIST_CARDS: Groups =
    &[REQUESTORS, ENROLLMENTS, PROCESSING, CALLER, &["DEFAULT_TOKEN_REQUESTOR_ID"]];
pub(crate) const ENROLL: Groups = &[
    REQUESTORS,
    ENROLLMENTS,
    TOKEN_CONNECT,
    PROCESSING,
    CALLER,
    &[
        "PROCESSING_SEARCH_SHAPE",
        "CLIENT_ENCRYPTION_CERTIFICATE",
        "DEFAULT_TOKEN_REQUESTOR_ID",
        "ALLOWED_REDIRECT_ORIGINS",
        "CALLBACK_BASE_URL",
        "APP_LINKS",
        "RECEIPTS_VALIDITY_MINUTES",
        "UNSIGNED_REDIRECTS",
    ],
];
pub(crate) const GET_ENROLLMENT: Groups = &[ENROLLMENTS, CALLER];
pub(crate) const RECEIVE_NOTIFICATION: Groups =
    &[ENROLLMENTS, &["NOTIFICATION_CLIENT_SUBJECTS"], NOTIFICATION_SECRETS];
pub(crate) const RECEIVE_CALLBACK: Groups = &[ENROLLMENTS, &["APP_LINKS"]];
pub(crate) const RECONCILE_ENROLLMENTS: Groups = &[ENROLLMENTS, PROCESSING];
/// Secrets, signers and keys of notifications, and those that replace them.
const NOTIFICATION_SECRETS: Names = &[
    "NOTIFICATION_SHARED_SECRET",
    "NOTIFICATION_NEXT_SHARED_SECRET",
    "NOTIFICATION_SIGNER_CERTIFICATE",
    "NOTIFICATION_NEXT_SIGNER_CERTIFICATE",
    "NOTIFICATION_DECRYPTION_KEY",
    "NOTIFICATION_DECRYPTION_KEY_PASSWORD",
    "NOTIFICATION_NEXT_DECRYPTION_KEY",
    "NOTIFICATION_NEXT_DECRYPTION_KEY_PASSWORD",
];
/// Every function's.
const COMMON: Names = &["TENANT", "LOG_LEVEL", "LOG_DEBUG_PERCENT", "MASTERCARD_EXTRA_CA_CERTS"];

/// The account ranges of the simulator's sample cards; the third is enabled for no requestor.
const ACCOUNT_RANGES: &str =
    "5555550000000000000,5555560000000000000,5555570000000000000,9300000000000000000";

/// All variables together.
pub(crate) struct Environment(BTreeMap<String, String>);

/// What this machine's values come from.
pub(crate) struct Machine<'a> {
    pub(crate) base_url: &'a Url,
    pub(crate) s3_url: &'a Url,
    pub(crate) tables: &'a TableNames,
    pub(crate) bucket: &'a str,
    pub(crate) token_connect_url: &'a Url,
    pub(crate) processing_url: &'a Url,
    pub(crate) simulator: &'a Simulator,
    pub(crate) credentials: &'a Credentials,
    /// Where the files of [`Credentials::write_to`] are.
    pub(crate) credential_files: &'a Path,
    pub(crate) client_subject: &'a str,
    /// Changes and additions, as a test or `--set` asks for them; an empty value leaves the variable out.
    pub(crate) changes: &'a BTreeMap<String, String>,
}

impl Environment {
    pub(crate) fn new(machine: &Machine<'_>) -> Self {
        let base = machine.base_url.as_str().trim_end_matches('/');
        let file = |name: &str| format!("file:{}", machine.credential_files.join(name).display());
        let plain = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let variables = [
            ("TOKEN_REQUESTORS_TABLE", machine.tables.token_requestors.clone()),
            ("ENROLLMENTS_TABLE", machine.tables.enrollments.clone()),
            ("LOGO_BUCKET", machine.bucket.to_owned()),
            ("LOGO_BASE_URL", base.to_owned()),
            ("FEATURED_TOKEN_REQUESTORS", simulator::CLICK_TO_PAY.into()),
            ("S3_ENDPOINT_URL", plain(machine.s3_url)),
            ("TOKEN_CONNECT_URL", plain(machine.token_connect_url)),
            ("TOKEN_CONNECT_CONSUMER_KEY", machine.credentials.token_connect_consumer_key.clone()),
            ("TOKEN_CONNECT_SIGNING_KEY", file("token-connect-signing-key.pem")),
            ("PROCESSING_URL", plain(machine.processing_url)),
            ("PROCESSING_CONSUMER_KEY", machine.credentials.processing_consumer_key.clone()),
            ("PROCESSING_SIGNING_KEY", file("processing-signing-key.pem")),
            ("PROCESSING_ENCRYPTION_CERTIFICATE", file("processing-encryption-certificate.pem")),
            ("PROCESSING_DECRYPTION_KEY", file("processing-decryption-key.pem")),
            ("CLIENT_ENCRYPTION_CERTIFICATE", file("client-encryption-certificate.pem")),
            ("ACCOUNT_RANGES", ACCOUNT_RANGES.into()),
            ("DEFAULT_TOKEN_REQUESTOR_ID", simulator::CLICK_TO_PAY.into()),
            ("ALLOWED_REDIRECT_ORIGINS", allowed_origins(machine)),
            ("CALLBACK_BASE_URL", format!("{base}/callback")),
            ("APP_LINKS", format!("mobile-app=bankapp://click-to-pay,web-bank={base}/")),
            ("NOTIFICATION_CLIENT_SUBJECTS", machine.client_subject.to_owned()),
        ];
        let mut variables: BTreeMap<String, String> =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        variables.extend(machine.changes.clone());
        Self(variables)
    }

    /// What one function is given.
    pub(crate) fn only(&self, groups: Groups) -> Settings {
        let wanted =
            |name: &str| groups.iter().copied().flatten().chain(COMMON).any(|wanted| *wanted == name);
        let given = self.0.iter().filter(|(name, _)| wanted(name));
        given.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// All of it, for functions that run elsewhere.
    pub(crate) fn all(&self) -> Settings {
        self.0.clone().into_iter().collect()
    }
}

/// Our simulator's origin, and that of another one in its place, for each token requestor of the sample world.
fn allowed_origins(machine: &Machine<'_>) -> String {
    let own = machine.simulator.click_to_pay_origin();
    let other = machine.token_connect_url.origin().ascii_serialization();
    let origins = if other == own { vec![own] } else { vec![own, other] };
    let requestors = machine.simulator.requestors();
    let ids = requestors.iter().map(|requestor| &requestor.token_requestor_id);
    ids.flat_map(|id| origins.iter().map(move |origin| format!("{id}={origin}")))
        .collect::<Vec<_>>()
        .join(",")
}
