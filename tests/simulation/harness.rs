//! The environment of runs: a `World` with a gate in front of its engine and its simulator. Many runs use it one after the
//! other, each with new tables, clients, cards and a new clock.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use aws_config::retry::RetryConfig;
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use axum::{Json, Router, extract::State, routing::post};
use jiff::Timestamp;
use local::{TableNames, World, cardholder::Cardholder, engines::dynamodb::create_tables};
use model::clock::Clock;
use runtime::config::Runtime;
use serde_json::Value;
use simulator::{NotificationTarget, Simulator};
use tokio::net::TcpListener;

use super::gate::Gate;
use crate::support::open_world;

type Item = HashMap<String, AttributeValue>;

pub(super) struct Harness {
    pub(super) world: World,
    pub(super) gate: Gate,
    /// One browser without cookies serves all cardholders.
    pub(super) browser: Cardholder,
    /// Notifications that Processing has sent since [`Harness::take_notifications`].
    sent: Arc<Mutex<Vec<Value>>>,
    runtime: Runtime,
    catalog: Vec<Item>,
    runs: u64,
}

/// What one run uses alone.
pub(super) struct RunResources {
    /// Counted from 1. Ids of clients and cards at the simulator are derived from it, so that no two runs share one.
    pub(super) number: u64,
    pub(super) tables: TableNames,
    pub(super) runtime: Runtime,
}

impl Harness {
    pub(super) async fn start() -> Self {
        let world = open_world().await;
        let gate = Gate::in_front_of(&world).await;
        let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = format!("http://{}/", collector.local_addr().unwrap()).parse().unwrap();
        let sent = Arc::default();
        let router = Router::new().route("/", collector_route()).with_state(Arc::clone(&sent));
        tokio::spawn(axum::serve(collector, router).into_future());
        world.simulator().set_notifications(Some(NotificationTarget::plain(target))).unwrap();
        let db = world.dynamodb();
        let scan = db.scan().table_name(&world.tables().token_requestors).into_paginator().items().send();
        let catalog = scan.collect::<Result<_, _>>().await.unwrap();
        let browser = Cardholder::new(world.base_url().clone(), String::new());
        let runtime = runtime_behind(&world, &gate);
        Self { world, gate, browser, sent, runtime, catalog, runs: 0 }
    }

    pub(super) fn simulator(&self) -> &Simulator {
        self.world.simulator()
    }

    /// A client of the engine that bypasses the gate.
    pub(super) fn db(&self) -> &Client {
        self.world.dynamodb()
    }

    /// Prepares the next run: new tables with a copy of the catalog, and this clock.
    pub(super) async fn prepare_run(&mut self, clock: &Clock) -> RunResources {
        self.runs += 1;
        let number = self.runs;
        let tables = TableNames {
            token_requestors: format!("TokenRequestors-{number}"),
            enrollments: format!("Enrollments-{number}"),
        };
        create_tables(self.db(), &tables).await.unwrap();
        for items in self.catalog.chunks(25) {
            let put = |item: &Item| {
                let put = PutRequest::builder().set_item(Some(item.clone())).build().unwrap();
                WriteRequest::builder().put_request(put).build()
            };
            let writes = items.iter().map(put).collect();
            let batch = self.db().batch_write_item().request_items(&tables.token_requestors, writes);
            batch.send().await.unwrap();
        }
        let settings = [
            ("TOKEN_REQUESTORS_TABLE", tables.token_requestors.clone()),
            ("ENROLLMENTS_TABLE", tables.enrollments.clone()),
        ];
        let mut runtime = self.runtime.with_settings(override_settings(&self.runtime, settings));
        runtime.clock = clock.clone();
        RunResources { number, tables, runtime }
    }

    /// The earliest time at which an enrollment or a matched notification is due.
    pub(super) async fn next_due(&self, tables: &TableNames) -> Option<Timestamp> {
        let text = |item: &Item, name: &str| item.get(name).and_then(|it| it.as_s().ok()).cloned();
        let items = self.scan(tables).await.into_iter();
        // Unmatched notifications have other shards, which reconciliation does not read.
        let due = items.filter(|item| text(item, "dueShard").is_some_and(|shard| shard.starts_with("DUE#")));
        let due = due.filter_map(|item| item.get("dueAt")?.as_n().ok()?.parse().ok());
        due.min().map(|due| Timestamp::from_second(due).unwrap())
    }

    pub(super) async fn drop_tables(&self, tables: &TableNames) {
        for table in [&tables.token_requestors, &tables.enrollments] {
            self.db().delete_table().table_name(table).send().await.unwrap();
        }
    }

    /// Notifications that Processing has sent since the last call, in their order.
    pub(super) async fn take_notifications(&self) -> Vec<Value> {
        self.simulator().notifications_settled().await;
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All items of a run's enrollments table.
    pub(super) async fn scan(&self, tables: &TableNames) -> Vec<Item> {
        let scan = self.db().scan().table_name(&tables.enrollments).consistent_read(true);
        scan.into_paginator().items().send().collect::<Result<_, _>>().await.unwrap()
    }
}

/// Collects the notifications that the simulator sends.
fn collector_route() -> axum::routing::MethodRouter<Arc<Mutex<Vec<Value>>>> {
    post(async |State(sent): State<Arc<Mutex<Vec<Value>>>>, Json(notification): Json<Value>| {
        sent.lock().unwrap_or_else(PoisonError::into_inner).push(notification);
    })
}

/// A runtime whose only way to DynamoDB and Mastercard is the gate. The SDK's backoff and the timeout of `enroll` are in
/// real time: the backoff is short, and the timeout is the longest that is allowed, since a busy machine is slow.
fn runtime_behind(world: &World, gate: &Gate) -> Runtime {
    let aws = world.runtime().aws.clone().into_builder().endpoint_url(gate.url.as_str());
    let aws =
        aws.retry_config(RetryConfig::standard().with_initial_backoff(std::time::Duration::from_millis(1)));
    let runtime = Runtime::new(world.settings(), aws.build(), Clock::default());
    let through_gate = |mut url: url::Url| {
        url.set_port(gate.url.port()).unwrap();
        url.as_str().trim_end_matches('/').to_owned()
    };
    let settings = [
        ("TOKEN_CONNECT_URL", through_gate(world.simulator().token_connect_url())),
        ("PROCESSING_URL", through_gate(world.simulator().processing_url())),
        ("ENROLL_TIMEOUT_SECONDS", "25".into()),
        // A repeated request has the consent of the first, and the clock may advance by days.
        ("CONSENT_MAX_AGE_HOURS", "168".into()),
    ];
    let settings = override_settings(&runtime, settings);
    runtime.with_settings(settings)
}

/// The settings of a runtime with some replaced.
fn override_settings<const N: usize>(
    runtime: &Runtime,
    changes: [(&str, String); N],
) -> runtime::config::Settings {
    let settings = runtime.settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut settings: BTreeMap<_, _> = settings.collect();
    settings.extend(changes.map(|(name, value)| (name.to_owned(), value)));
    settings.into_iter().collect()
}
