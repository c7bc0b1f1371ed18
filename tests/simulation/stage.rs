//! Where runs take place: a `World` with a gate in front of its engine and its simulator, reused by many runs. Each run has
//! tables, a clock, clients and cards of its own.

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

pub(super) struct Stage {
    pub(super) world: World,
    pub(super) gate: Gate,
    /// A browser, nobody's in particular.
    pub(super) browser: Cardholder,
    /// What Processing sent and nobody has delivered yet.
    post: Arc<Mutex<Vec<Value>>>,
    host: Runtime,
    catalog: Vec<Item>,
    runs: u64,
}

/// What a run has for itself.
pub(super) struct Set {
    /// Counted up, so that clients and cards of two runs never meet at the simulator.
    pub(super) number: u64,
    pub(super) tables: TableNames,
    pub(super) host: Runtime,
}

impl Stage {
    pub(super) async fn raise() -> Self {
        let world = open_world().await;
        let gate = Gate::to(&world).await;
        let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = format!("http://{}/", collector.local_addr().unwrap()).parse().unwrap();
        let post = Arc::default();
        let router = Router::new().route("/", post_route()).with_state(Arc::clone(&post));
        tokio::spawn(axum::serve(collector, router).into_future());
        world.simulator().set_notifications(Some(NotificationTarget::plain(target))).unwrap();
        let db = world.dynamodb();
        let scan = db.scan().table_name(&world.tables().token_requestors).into_paginator().items().send();
        let catalog = scan.collect::<Result<_, _>>().await.unwrap();
        let browser = Cardholder::new(world.base_url().clone(), String::new());
        let host = gated(&world, &gate);
        Self { world, gate, browser, post, host, catalog, runs: 0 }
    }

    pub(super) fn simulator(&self) -> &Simulator {
        self.world.simulator()
    }

    /// The way to the engine that no gate watches.
    pub(super) fn db(&self) -> &Client {
        self.world.dynamodb()
    }

    /// Prepares the next run: fresh tables with the catalog as it was filled, and the clock.
    pub(super) async fn set(&mut self, clock: &Clock) -> Set {
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
        let named = [
            ("TOKEN_REQUESTORS_TABLE", tables.token_requestors.clone()),
            ("ENROLLMENTS_TABLE", tables.enrollments.clone()),
        ];
        let mut host = self.host.with_settings(changed(&self.host, named));
        host.clock = clock.clone();
        Set { number, tables, host }
    }

    /// What was due, if anything is: the earliest moment.
    pub(super) async fn next_due(&self, tables: &TableNames) -> Option<Timestamp> {
        let text = |item: &Item, name: &str| item.get(name).and_then(|it| it.as_s().ok()).cloned();
        let items = self.stored(tables).await.into_iter();
        // Notifications that matched nothing have shards of their own, which nobody reads in time.
        let due = items.filter(|item| text(item, "dueShard").is_some_and(|shard| shard.starts_with("DUE#")));
        let due = due.filter_map(|item| item.get("dueAt")?.as_n().ok()?.parse().ok());
        due.min().map(|due| Timestamp::from_second(due).unwrap())
    }

    /// Clears up after a run.
    pub(super) async fn strike(&self, tables: &TableNames) {
        for table in [&tables.token_requestors, &tables.enrollments] {
            self.db().delete_table().table_name(table).send().await.unwrap();
        }
    }

    /// What Processing has sent since the last time, in its order.
    pub(super) async fn letters(&self) -> Vec<Value> {
        self.simulator().notifications_settled().await;
        std::mem::take(&mut *self.post.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Every item of a run's enrollments.
    pub(super) async fn stored(&self, tables: &TableNames) -> Vec<Item> {
        let scan = self.db().scan().table_name(&tables.enrollments).consistent_read(true);
        scan.into_paginator().items().send().collect::<Result<_, _>>().await.unwrap()
    }

    /// The same as JSON, in a fixed order.
    pub(super) async fn stored_plainly(&self, tables: &TableNames) -> Vec<Value> {
        let items = self.stored(tables).await.into_iter();
        let mut items: Vec<_> = items.map(|item| plain(&AttributeValue::M(item))).collect();
        items.sort_by_key(|item| (item["pk"].to_string(), item["sk"].to_string()));
        items
    }
}

/// As DynamoDB has it, less the names of types.
fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => text.as_str().into(),
        AttributeValue::N(number) => serde_json::from_str(number).unwrap(),
        AttributeValue::Bool(truth) => (*truth).into(),
        AttributeValue::L(items) => items.iter().map(plain).collect(),
        AttributeValue::M(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        AttributeValue::Null(_) => Value::Null,
        other => panic!("nothing is stored as {}", std::any::type_name_of_val(other)),
    }
}

fn post_route() -> axum::routing::MethodRouter<Arc<Mutex<Vec<Value>>>> {
    post(async |State(post): State<Arc<Mutex<Vec<Value>>>>, Json(letter): Json<Value>| {
        post.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
    })
}

/// A machine that reaches everybody by the gate alone. The SDK asks again as in Lambda, only sooner; its pauses are real
/// time. So is the timeout of `enroll`: the longest there is, since a run may be slow on a busy machine.
fn gated(world: &World, gate: &Gate) -> Runtime {
    let aws = world.host().aws.clone().into_builder().endpoint_url(gate.url.as_str());
    let aws =
        aws.retry_config(RetryConfig::standard().with_initial_backoff(std::time::Duration::from_millis(1)));
    let host = Runtime::new(world.settings(), aws.build(), Clock::default());
    let at_the_gate = |mut url: url::Url| {
        url.set_port(gate.url.port()).unwrap();
        url.as_str().trim_end_matches('/').to_owned()
    };
    let named = [
        ("TOKEN_CONNECT_URL", at_the_gate(world.simulator().token_connect_url())),
        ("PROCESSING_URL", at_the_gate(world.simulator().processing_url())),
        ("ENROLL_TIMEOUT_SECONDS", "25".into()),
    ];
    let settings = changed(&host, named);
    host.with_settings(settings)
}

fn changed<const N: usize>(host: &Runtime, named: [(&str, String); N]) -> runtime::config::Settings {
    let known = host.settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut settings: BTreeMap<_, _> = known.collect();
    settings.extend(named.map(|(name, value)| (name.to_owned(), value)));
    settings.into_iter().collect()
}
