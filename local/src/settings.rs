//! The environment of every function: the registry of settings names its variables, and this machine has their values.

use std::{collections::BTreeMap, path::Path};

use runtime::config::{Function, Settings, registry};
use simulator::{Credentials, Simulator};
use url::Url;

use crate::engines::dynamodb::TableNames;

/// The account ranges of the simulator's sample cards; the third is enabled for no requestor.
const ACCOUNT_RANGES: &str =
    "5555550000000000000,5555560000000000000,5555570000000000000,9300000000000000000";

/// The keys that redirects are sealed with, in the folder of the credentials.
pub(crate) const REDIRECT_KEYS_FILE: &str = "redirect-keys.txt";

/// The variables of all functions.
pub(crate) struct Environment(BTreeMap<String, String>);

/// Sources of this machine's values.
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
    /// Whether the audit trail is kept.
    pub(crate) audit_trail: bool,
    /// Changes and additions of a test or of `--set`; an empty value leaves the variable out.
    pub(crate) changes: &'a BTreeMap<String, String>,
}

impl Environment {
    pub(crate) fn new(machine: &Machine<'_>) -> Self {
        let base = machine.base_url.as_str().trim_end_matches('/');
        let file = |name: &str| format!("file:{}", machine.credential_files.join(name).display());
        let plain = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let variables = [
            (registry::TOKEN_REQUESTORS_TABLE.name(), machine.tables.token_requestors.clone()),
            (registry::ENROLLMENTS_TABLE.name(), machine.tables.enrollments.clone()),
            (registry::CLIENT_ID_CLAIM.name(), "client_id".into()),
            (registry::LOGO_BUCKET.name(), machine.bucket.to_owned()),
            (registry::LOGO_BASE_URL.name(), base.to_owned()),
            (registry::FEATURED_TOKEN_REQUESTORS.name(), simulator::CLICK_TO_PAY.into()),
            (registry::S3_ENDPOINT_URL.name(), plain(machine.s3_url)),
            (registry::TOKEN_CONNECT_URL.name(), plain(machine.token_connect_url)),
            (
                registry::TOKEN_CONNECT_CONSUMER_KEY.name(),
                machine.credentials.token_connect_consumer_key.clone(),
            ),
            (registry::TOKEN_CONNECT_SIGNING_KEY.name(), file("token-connect-signing-key.pem")),
            (registry::PROCESSING_URL.name(), plain(machine.processing_url)),
            (registry::PROCESSING_CONSUMER_KEY.name(), machine.credentials.processing_consumer_key.clone()),
            (registry::PROCESSING_SIGNING_KEY.name(), file("processing-signing-key.pem")),
            (
                registry::PROCESSING_ENCRYPTION_CERTIFICATE.name(),
                file("processing-encryption-certificate.pem"),
            ),
            (registry::PROCESSING_DECRYPTION_KEY.name(), file("processing-decryption-key.pem")),
            (registry::CLIENT_ENCRYPTION_CERTIFICATE.name(), file("client-encryption-certificate.pem")),
            (registry::ACCOUNT_RANGES.name(), ACCOUNT_RANGES.into()),
            (registry::DEFAULT_TOKEN_REQUESTOR_ID.name(), simulator::CLICK_TO_PAY.into()),
            (registry::ALLOWED_REDIRECT_ORIGINS.name(), allowed_origins(machine)),
            (registry::CALLBACK_BASE_URL.name(), format!("{base}/callback")),
            (registry::APP_LINKS.name(), format!("mobile-app=bankapp://click-to-pay,web-bank={base}/")),
            // The tests and the benchmark enroll more often than a cardholder.
            (registry::ENROLLMENT_LIMITS.name(), "off".into()),
            (registry::AUDIT_TRAIL.name(), if machine.audit_trail { "on" } else { "off" }.into()),
            (registry::REDIRECT_KEYS.name(), file(REDIRECT_KEYS_FILE)),
            (registry::NOTIFICATION_CLIENT_SUBJECTS.name(), machine.client_subject.to_owned()),
        ];
        let mut variables: BTreeMap<String, String> =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        variables.extend(machine.changes.clone());
        Self(variables)
    }

    /// The variables of one function.
    pub(crate) fn for_function(&self, function: Function) -> Settings {
        let used = registry::definitions().filter(|definition| definition.functions.contains(&function));
        let variables = used.filter_map(|definition| self.0.get_key_value(definition.name));
        let variables: Settings = variables.map(|(name, value)| (name.clone(), value.clone())).collect();
        variables.for_function(function)
    }

    /// All variables, for functions that run in other processes.
    pub(crate) fn all(&self) -> Settings {
        self.0.clone().into_iter().collect()
    }
}

/// The origins of the simulator and of the Token Connect in use, for each token requestor of the sample world.
fn allowed_origins(machine: &Machine<'_>) -> String {
    let simulator = machine.simulator.click_to_pay_origin();
    let other = machine.token_connect_url.origin().ascii_serialization();
    let origins = if other == simulator { vec![simulator] } else { vec![simulator, other] };
    let requestors = machine.simulator.requestors();
    let ids = requestors.iter().map(|requestor| &requestor.token_requestor_id);
    ids.flat_map(|id| origins.iter().map(move |origin| format!("{id}={origin}")))
        .collect::<Vec<_>>()
        .join(",")
}
