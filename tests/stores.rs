//! Checks of both stores on two engines: the embedded one always, and an independent one at `SECOND_ENGINE_URL` (`ministack` in
//! CI), since each engine may be too lenient.

mod begin;
mod callback_state;
mod catalog;
mod contention;
mod due;
mod erase;
mod idempotency;
mod inbox;
mod keys;
mod limits;
mod lost_answers;
mod notifications;
mod read;
mod record;
mod redirect;
mod refused;
mod restart;
mod retention;
mod strangers;
mod takeover;
mod token_changes;

use std::{
    collections::HashMap,
    env,
    io::Write as _,
    sync::Once,
    time::{Duration, Instant},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use local::{TableNames, World, engines::dynamodb::create_tables};
use model::clock::Clock;
use runtime::{
    config::{Runtime, Settings},
    store::{Enrollments, TokenRequestors, enrollments::RedirectKeys},
};
use url::Url;
use uuid::Uuid;

use crate::support::{self, redirect_key_file::RedirectKeyFile, table_proxy::TableProxy};

/// Both stores on new tables.
struct Stores {
    enrollments: Enrollments,
    requestors: TokenRequestors,
    db: Client,
    runtime: Runtime,
    tables: TableNames,
    /// The engine.
    url: Url,
    /// Keys that this test seals redirects with.
    keys: RedirectKeys,
    _key_file: RedirectKeyFile,
    _world: Option<World>,
}

impl Stores {
    async fn embedded() -> Self {
        let world = support::world().await;
        Self::connect(world.dynamodb_url().clone(), Some(world)).await
    }

    /// `None` if `SECOND_ENGINE_URL` is not set.
    async fn second_engine() -> Option<Self> {
        static REPORTED: Once = Once::new();
        const MISSING: &str = "SECOND_ENGINE_URL is not set: start ministack (pip install ministack; \
            BIND_HOST=127.0.0.1 ministack) and set it to http://127.0.0.1:4566";
        match variable("SECOND_ENGINE_URL") {
            Some(url) => Some(Self::connect(url.parse().unwrap(), None).await),
            None if variable("CI").as_deref() == Some("true") => panic!("{MISSING}"),
            None => {
                REPORTED.call_once(|| {
                    let message = format!("not checked on a second engine: {MISSING}\n");
                    // Although the test passes: libtest captures only what the print macros write.
                    let mut stderr = std::io::stderr();
                    stderr.write_all(message.as_bytes()).unwrap();
                });
                None
            }
        }
    }

    async fn connect(url: Url, world: Option<World>) -> Self {
        let runtime = runtime_at(&url);
        let db = runtime.dynamodb();
        let suffix = Uuid::new_v4().simple();
        let tables = TableNames {
            token_requestors: format!("TokenRequestors-{suffix}"),
            enrollments: format!("Enrollments-{suffix}"),
        };
        create_tables(&db, &tables).await.unwrap();
        let (enrollments, requestors) = stores(&runtime, &tables, "default");
        let key_file = RedirectKeyFile::new();
        let keys = key_file.fetch().await;
        Self { enrollments, requestors, db, runtime, tables, url, keys, _key_file: key_file, _world: world }
    }

    /// All items of a table.
    async fn scan(&self, table: &str) -> Vec<HashMap<String, AttributeValue>> {
        let scanned = self.db.scan().table_name(table).consistent_read(true).send().await.unwrap();
        scanned.items.unwrap_or_default()
    }

    /// The same enrollments through a proxy.
    fn through(&self, proxy: &TableProxy) -> Enrollments {
        stores(&runtime_at(proxy.url()), &self.tables, "default").0
    }

    /// The items of enrollments, current and past.
    async fn enrollment_items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let mut items = self.scan(&self.tables.enrollments).await;
        items.retain(|item| item.contains_key("enrollmentId"));
        items
    }

    /// Stores of another tenant in the same tables.
    fn for_tenant(&self, tenant: &str) -> (Enrollments, TokenRequestors) {
        stores(&self.runtime, &self.tables, tenant)
    }
}

/// The settings of an AWS client for this engine.
fn runtime_at(url: &Url) -> Runtime {
    let credentials = Credentials::new("local", "local", None, None, "tests");
    let aws = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url.as_str())
        .build();
    Runtime::new(Settings::default(), aws, Clock::default())
}

/// As a function connects them.
fn stores(runtime: &Runtime, tables: &TableNames, tenant: &str) -> (Enrollments, TokenRequestors) {
    let variables = [
        ("ENROLLMENTS_TABLE", tables.enrollments.as_str()),
        ("TOKEN_REQUESTORS_TABLE", tables.token_requestors.as_str()),
        ("TENANT", tenant),
    ];
    let settings = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    let runtime = runtime.with_settings(settings);
    let mut reader = runtime.settings.read();
    let stores = Enrollments::from_settings(&mut reader, &runtime)
        .zip(TokenRequestors::from_settings(&mut reader, &runtime));
    stores.unwrap_or_else(|| panic!("{}", reader.problems()))
}

fn variable(name: &str) -> Option<String> {
    env::vars().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value)
}

/// Reads until the result is as expected, for half a minute at most: indexes are eventually consistent.
async fn eventually<T>(mut read: impl AsyncFnMut() -> T, is_expected: impl Fn(&T) -> bool) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let result = read().await;
        if is_expected(&result) || Instant::now() >= deadline {
            return result;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A test for each check and engine.
macro_rules! checks {
    ($($check:ident),+ $(,)?) => {
        mod on_the_embedded_engine {
            $(#[tokio::test]
            async fn $check() {
                super::$check(&super::super::Stores::embedded().await).await;
            })+
        }
        mod on_the_second_engine {
            $(#[tokio::test]
            async fn $check() {
                if let Some(stores) = super::super::Stores::second_engine().await {
                    super::$check(&stores).await;
                }
            })+
        }
    };
}
use checks;
