//! The `World`: all servers of the use case on free loopback ports, for `cargo run -p local` and for tests. It has no
//! global state, so one process can run many.

mod data_folder;
mod options;
mod start;

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use model::clock::Clock;
use runtime::{
    config::{Runtime, Settings, registry},
    store::TokenRequestors,
};
use serde_json::{Value, json};
use simulator::Simulator;
use url::Url;

use data_folder::DataFolder;
pub use data_folder::FolderError;
pub use options::Options;
pub use start::StartError;

use crate::{
    cardholder::Cardholder,
    engines::{dynamodb::TableNames, sqs},
    functions::Functions,
    identity::{Identity, KeyError, STRONG},
    live::{Live, recording::Recording},
    logos::Logos,
    scheduled::{RefreshError, ScheduledFunction},
    shutdown::ShutdownGuard,
};

/// The functions behind their gateway, the engines and the simulator. Stops when dropped.
pub struct World {
    functions: Arc<Functions>,
    runtime: Runtime,
    token_requestors: TokenRequestors,
    simulator: Arc<Simulator>,
    identity: Identity,
    live: Live,
    base_url: Url,
    notifications_url: Url,
    dynamodb_url: Url,
    s3_url: Url,
    sqs_url: Url,
    dynamodb: aws_sdk_dynamodb::Client,
    streams: aws_sdk_dynamodbstreams::Client,
    tables: TableNames,
    pub(crate) logos: Logos,
    routes: Vec<String>,
    access_key: crate::engines::AccessKey,
    folder: DataFolder,
    _shutdown: ShutdownGuard,
}

impl World {
    /// Steps 1 to 4: the schedule of 14 days, and the function that its destination invokes. Returns the responses of
    /// both functions.
    ///
    /// # Errors
    /// When a function fails; its event is in the dead-letter queue then.
    pub async fn refresh(&self) -> Result<(Value, Value), RefreshError> {
        self.functions.refresh(json!({})).await
    }

    /// Steps 1 and 2, with the options of an operator: `{"force": true}`,
    /// `{"allow": [{"tokenRequestorId", "host"}]}`.
    ///
    /// # Errors
    /// When the function fails.
    pub async fn sync_requestors(&self, event: Value) -> Result<Value, RefreshError> {
        self.functions.invoke(ScheduledFunction::SyncRequestors, event).await
    }

    /// Steps 3 and 4: for the assets that the event names or, with `{}`, all missing ones.
    ///
    /// # Errors
    /// When the function fails.
    pub async fn fetch_assets(&self, event: Value) -> Result<Value, RefreshError> {
        self.functions.invoke(ScheduledFunction::FetchAssets, event).await
    }

    /// Reconciliation, which the schedule runs every 5 minutes.
    ///
    /// # Errors
    /// When the function fails; its event is in the dead-letter queue then.
    pub async fn reconcile(&self) -> Result<Value, RefreshError> {
        self.functions.reconcile().await
    }

    /// Records all exchanges from now on, for the live page to replay: see [`Recording::keep`].
    pub fn record_for_live(&self) -> Recording {
        self.live.record()
    }

    /// A cardholder with an app, a browser and a valid token.
    ///
    /// # Errors
    /// When the token cannot be signed.
    pub fn cardholder(&self, client_id: &str) -> Result<Cardholder, KeyError> {
        Ok(Cardholder::new(self.base_url.clone(), self.token_for(client_id)?))
    }

    /// A bearer token for a client id after a login with a second factor, valid for twelve hours.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token_for(&self, client_id: &str) -> Result<String, KeyError> {
        self.identity.token_for(client_id, STRONG, Timestamp::now().as_second())
    }

    /// A token with any claims, signed with the valid key: for example expired, or for another audience.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token_with(&self, claims: &Value) -> Result<String, KeyError> {
        self.identity.sign(claims)
    }

    /// Certificate and key (PEM) of the client that the notification endpoint accepts.
    pub fn notifications_client_identity(&self) -> String {
        self.identity.client_identity()
    }

    /// The certificate authority (PEM) of the notification endpoint's certificate.
    pub fn notifications_authority(&self) -> &str {
        &self.identity.notifications_authority
    }

    /// The route keys of both gateways, such as `GET /cards`.
    pub fn routes(&self) -> &[String] {
        &self.routes
    }

    /// Base URL of the app's API: `http://127.0.0.1:PORT/`.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The notification endpoint: `https://127.0.0.1:PORT/notifications`.
    pub fn notifications_url(&self) -> &Url {
        &self.notifications_url
    }

    /// The simulator of Mastercard.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// The functions' clock, which tests may advance. Gateway and simulator use real time.
    pub fn clock(&self) -> &Clock {
        &self.runtime.clock
    }

    /// Names of the tables.
    pub fn tables(&self) -> &TableNames {
        &self.tables
    }

    /// Name of the bucket of logos.
    pub fn bucket(&self) -> &str {
        &self.logos.bucket
    }

    /// Endpoint of the embedded DynamoDB.
    pub fn dynamodb_url(&self) -> &Url {
        &self.dynamodb_url
    }

    /// Endpoint of the embedded S3.
    pub fn s3_url(&self) -> &Url {
        &self.s3_url
    }

    /// A client of the embedded DynamoDB.
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamodb
    }

    pub(crate) fn streams(&self) -> &aws_sdk_dynamodbstreams::Client {
        &self.streams
    }

    /// The path of the audit trail's file, if there is a folder for data between runs.
    pub fn audit_file(&self) -> Option<PathBuf> {
        self.folder.is_kept().then(|| self.folder.path.join("audit.jsonl"))
    }

    /// Settings of all functions, SDK configuration and clock, for callers that connect a function themselves.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The store of token requestors.
    pub fn token_requestors(&self) -> &TokenRequestors {
        &self.token_requestors
    }

    /// The settings of all functions. Some values are secret; `Debug` does not show them.
    pub fn settings(&self) -> Settings {
        self.runtime.settings.clone()
    }

    /// Environment variables of the AWS SDK (region, endpoints, access key), the names of the functions without a route, the
    /// dead-letter queue, and the file of the audit trail.
    pub fn aws_variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("AWS_REGION", crate::engines::REGION.into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
            ("AWS_ACCESS_KEY_ID", self.access_key.id.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.access_key.secret.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb_url.to_string()),
            ("AWS_ENDPOINT_URL_S3", self.s3_url.to_string()),
            ("AWS_ENDPOINT_URL_SQS", self.sqs_url.to_string()),
            ("AWS_ENDPOINT_URL_LAMBDA", self.base_url.to_string()),
            ("SYNC_REQUESTORS_FUNCTION", "sync-requestors".into()),
            ("FETCH_ASSETS_FUNCTION", "fetch-assets".into()),
            (registry::RECONCILE_ENROLLMENTS_FUNCTION.name(), "reconcile-enrollments".into()),
            (registry::DEAD_LETTERS_URL.name(), sqs::queue_url(&self.sqs_url)),
        ];
        variables
            .extend(self.audit_file().map(|file| (registry::AUDIT_FILE.name(), file.display().to_string())));
        variables
    }
}
