//! Starts each function as Lambda does: its own code reads settings, keys and secrets. No function calls anything then.

use aws_config::{BehaviorVersion, SdkConfig};
use enroll::Enroll;
use fetch_assets::FetchAssets;
use get_enrollment::GetEnrollment;
use list_cards::ListCards;
use list_requestors::ListRequestors;
use manage_tokens::ManageTokens;
use model::clock::Clock;
use receive_callback::ReceiveCallback;
use receive_notification::ReceiveNotification;
use reconcile_enrollments::ReconcileEnrollments;
use runtime::{
    config::{ConfigError, Function, Runtime, Settings, registry},
    telemetry,
};
use sync_requestors::SyncRequestors;

use super::keys;
use crate::report::{Row, Verdict};

/// The row that tells whether all functions start.
pub(crate) const WHAT: &str = "functions";
const EXTRA_CA_CERTS: &str = registry::MASTERCARD_EXTRA_CA_CERTS.name();
/// Required settings that only a deployment has, with values that let the functions start without it.
const OF_DEPLOYMENT: [(&str, &str); 6] = [
    (registry::CALLBACK_BASE_URL.name(), "https://not-deployed.invalid/callback"),
    (registry::TOKEN_REQUESTORS_TABLE.name(), "not-deployed"),
    (registry::ENROLLMENTS_TABLE.name(), "not-deployed"),
    (registry::LOGO_BUCKET.name(), "not-deployed"),
    (registry::LOGO_BASE_URL.name(), "https://not-deployed.invalid"),
    (registry::NOTIFICATION_CLIENT_SUBJECTS.name(), "CN=not-deployed"),
];

/// All functions, each with the error that its init ends with.
pub(super) struct Starts(Vec<(Function, Option<ConfigError>)>);

impl Starts {
    /// Starts all functions with these settings, and with placeholders for what only a deployment has.
    pub(super) async fn new(settings: &Settings, clock: &Clock) -> Self {
        let is_set = |name: &str| settings.iter().any(|(known, value)| known == name && !value.is_empty());
        let placeholders = OF_DEPLOYMENT.into_iter().filter(|(name, _)| !is_set(name));
        let all = settings.iter().chain(placeholders);
        let settings: Settings = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        let mut starts = Vec::new();
        for function in Function::ALL.iter().copied() {
            let settings = settings.clone().for_function(function);
            let runtime = Runtime::new(settings, aws.clone(), clock.clone());
            starts.push((function, connect(function, &runtime).await.err()));
        }
        Self(starts)
    }

    /// All problems with settings that the functions report, each once.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = Vec::new();
        for (_, error) in &self.0 {
            if let Some(ConfigError::Settings(own)) = error {
                problems
                    .extend(own.iter().filter(|own| !problems.contains(own)).cloned().collect::<Vec<_>>());
            }
        }
        problems
    }

    /// Rows of secrets that stop a function and have no row `above`.
    pub(super) fn secret_rows(&self, above: &[Row]) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for (_, error) in &self.0 {
            let row = match error {
                Some(error @ (ConfigError::Secret { name, .. } | ConfigError::Key { name, .. })) => {
                    keys::unusable(name, error)
                }
                Some(error @ ConfigError::Roots(_)) => keys::unusable(EXTRA_CA_CERTS, error),
                _ => continue,
            };
            let is_known = |known: &Row| known.what == row.what && known.verdict == Verdict::Wrong;
            if !above.iter().chain(&rows).any(is_known) {
                rows.push(row);
            }
        }
        rows
    }

    /// Whether all functions start.
    pub(super) fn row(&self) -> Row {
        let failing: Vec<String> = self
            .0
            .iter()
            .filter_map(|(function, error)| Some(format!("{function}: {}", finding(error.as_ref()?))))
            .collect();
        if failing.is_empty() {
            return Row::ok(WHAT, format!("all {} start with these settings and keys", self.0.len()));
        }
        Row::wrong(WHAT, "do not start:", "correct what is wrong above").with_findings(failing)
    }
}

/// The settings that stop a function, by name: their rows have the rest.
fn finding(error: &ConfigError) -> String {
    match error {
        ConfigError::Settings(problems) => {
            let names = problems.iter().filter_map(|problem| problem.split([' ', ':']).next());
            names.collect::<Vec<_>>().join(", ")
        }
        ConfigError::Secret { name, .. } | ConfigError::Key { name, .. } => (*name).to_owned(),
        ConfigError::Roots(_) => EXTRA_CA_CERTS.to_owned(),
        ConfigError::Http(_) | ConfigError::OutOfTime => telemetry::chain(error),
    }
}

async fn connect(function: Function, runtime: &Runtime) -> Result<(), ConfigError> {
    match function {
        Function::SyncRequestors => SyncRequestors::connect(runtime).await.map(drop),
        Function::FetchAssets => FetchAssets::connect(runtime).await.map(drop),
        Function::ListRequestors => ListRequestors::connect(runtime).await.map(drop),
        Function::ListCards => ListCards::connect(runtime).await.map(drop),
        Function::ManageTokens => ManageTokens::connect(runtime).await.map(drop),
        Function::Enroll => Enroll::connect(runtime).await.map(drop),
        Function::GetEnrollment => GetEnrollment::connect(runtime).await.map(drop),
        Function::ReceiveNotification => ReceiveNotification::connect(runtime).await.map(drop),
        Function::ReceiveCallback => ReceiveCallback::connect(runtime).await.map(drop),
        Function::ReconcileEnrollments => ReconcileEnrollments::connect(runtime).await.map(drop),
    }
}
