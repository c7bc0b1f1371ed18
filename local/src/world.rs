//! The `World`: everything of the use case on free loopback ports, for `cargo run -p local` and for every test. Nothing
//! in it is global, so many run side by side in one process.

mod options;
mod start;

use std::sync::Arc;

use jiff::Timestamp;
use model::clock::Clock;
use runtime::{
    config::{Runtime, Settings},
    store::TokenRequestors,
};
use serde_json::Value;
use simulator::Simulator;
use tempfile::TempDir;
use url::Url;

pub use options::Options;
pub use start::StartError;

use crate::{
    cardholder::Cardholder,
    engines::dynamodb::TableNames,
    functions::Functions,
    identity::{Identity, KeyError},
    logos::Logos,
    scheduled::RefreshError,
    stop::Running,
};

/// The functions behind their gateway, the engines and the simulator. Stops when dropped.
pub struct World {
    functions: Arc<Functions>,
    host: Runtime,
    token_requestors: TokenRequestors,
    simulator: Arc<Simulator>,
    identity: Identity,
    base_url: Url,
    door_url: Url,
    dynamodb_url: Url,
    s3_url: Url,
    dynamodb: aws_sdk_dynamodb::Client,
    streams: aws_sdk_dynamodbstreams::Client,
    tables: TableNames,
    pub(crate) logos: Logos,
    routes: Vec<String>,
    access_key: crate::engines::AccessKey,
    _running: Running,
    _folder: Option<TempDir>,
}

impl World {
    /// Steps 1 to 4: what the schedule does every 14 days, and what the destination then invokes. Answers what both
    /// functions returned.
    ///
    /// # Errors
    /// When a function fails.
    pub async fn refresh(&self) -> Result<(Value, Value), RefreshError> {
        self.functions.refresh().await
    }

    /// Steps 1 and 2, with the orders that a person may give: `{"force": true}`,
    /// `{"allow": [{"tokenRequestorId", "host"}]}`.
    ///
    /// # Errors
    /// When the function fails.
    pub async fn sync_requestors(&self, orders: Value) -> Result<Value, RefreshError> {
        self.functions.sync_requestors(orders).await
    }

    /// Steps 3 and 4: for the assets that the event names, or, with `{}`, all that are missing.
    ///
    /// # Errors
    /// When the function fails.
    pub async fn fetch_assets(&self, wanted: Value) -> Result<Value, RefreshError> {
        self.functions.fetch_assets(wanted).await
    }

    /// What the schedule does every 5 minutes: finds out what never arrived.
    ///
    /// # Errors
    /// When the function fails.
    pub async fn reconcile(&self) -> Result<Value, RefreshError> {
        self.functions.reconcile().await
    }

    /// A cardholder with an app, a browser and a good token.
    ///
    /// # Errors
    /// When the token cannot be signed.
    pub fn cardholder(&self, client_id: &str) -> Result<Cardholder, KeyError> {
        Ok(Cardholder::new(self.base_url.clone(), self.token_for(client_id)?))
    }

    /// A bearer token for a client, good for twelve hours.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token_for(&self, client_id: &str) -> Result<String, KeyError> {
        self.identity.token_for(client_id, Timestamp::now().as_second())
    }

    /// A token with any claims, signed by the right key: expired, for another audience, without a client id.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token_with(&self, claims: &Value) -> Result<String, KeyError> {
        self.identity.sign(claims)
    }

    /// Certificate and key, PEM, that the door lets in.
    pub fn door_client_identity(&self) -> String {
        self.identity.client_identity()
    }

    /// The authority, PEM, that the door's own certificate is from.
    pub fn door_authority(&self) -> &str {
        &self.identity.door_authority
    }

    /// The routes of both gateways, as API Gateway writes them: `GET /cards`.
    pub fn routes(&self) -> &[String] {
        &self.routes
    }

    /// The app's API: `http://127.0.0.1:PORT/`.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Mastercard's door: `https://127.0.0.1:PORT/notifications`.
    pub fn door_url(&self) -> &Url {
        &self.door_url
    }

    /// Mastercard's side, and what a test can do to it.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// The functions' clock: a test may let time pass. Gateway and simulator keep real time.
    pub fn clock(&self) -> &Clock {
        &self.host.clock
    }

    /// What the tables are called.
    pub fn tables(&self) -> &TableNames {
        &self.tables
    }

    /// What the bucket of logos is called.
    pub fn bucket(&self) -> &str {
        &self.logos.bucket
    }

    /// Where the embedded DynamoDB listens.
    pub fn dynamodb_url(&self) -> &Url {
        &self.dynamodb_url
    }

    /// Where the embedded S3 listens.
    pub fn s3_url(&self) -> &Url {
        &self.s3_url
    }

    /// A client of the embedded DynamoDB, to look at what was stored.
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamodb
    }

    pub(crate) fn streams(&self) -> &aws_sdk_dynamodbstreams::Client {
        &self.streams
    }

    /// What a function is connected with, for a caller who connects one in person: the environment of all functions.
    pub fn host(&self) -> &Runtime {
        &self.host
    }

    /// The catalog's table, without going through a function.
    pub fn token_requestors(&self) -> &TokenRequestors {
        &self.token_requestors
    }

    /// The environment of all functions together. Some values are secret; they do not print.
    pub fn settings(&self) -> Settings {
        self.host.settings.clone()
    }

    /// Region, endpoints and access key, as environment variables of the AWS SDK, and what functions are called there.
    pub fn aws_variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", crate::engines::REGION.into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
            ("AWS_ACCESS_KEY_ID", self.access_key.id.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.access_key.secret.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb_url.to_string()),
            ("AWS_ENDPOINT_URL_S3", self.s3_url.to_string()),
            ("AWS_ENDPOINT_URL_LAMBDA", self.base_url.to_string()),
            ("SYNC_REQUESTORS_FUNCTION", "sync-requestors".into()),
            ("FETCH_ASSETS_FUNCTION", "fetch-assets".into()),
        ]
    }
}
