//! Code that the tests share.

pub(crate) mod app;
pub(crate) mod catalog;
pub(crate) mod crash_proxy;
pub(crate) mod enrollment_fixture;
pub(crate) mod function_runtime;
pub(crate) mod gzip;
pub(crate) mod leaks;
pub(crate) mod logs;
pub(crate) mod notification_client;
pub(crate) mod openapi;
pub(crate) mod redirect_key_file;
pub(crate) mod table_proxy;

use local::{Options, World};

/// A new `World` on free ports, whose logs are searched for secrets.
pub(crate) async fn world() -> World {
    world_with(Options::default()).await
}

/// The same with other options. Unless the simulator has a rate limit, the functions are not held to Mastercard's.
pub(crate) async fn world_with(mut options: Options) -> World {
    logs::watch();
    if options.simulator.rate_limit.is_none() {
        let limit = options.settings.entry("PROCESSING_REQUESTS_PER_SECOND".into());
        limit.or_insert_with(|| "1000".into());
    }
    World::start(options).await.expect("a World")
}

/// A `World` whose catalog is filled.
pub(crate) async fn open_world() -> World {
    open_world_with(Options::default()).await
}

/// The same with other options.
pub(crate) async fn open_world_with(options: Options) -> World {
    let world = world_with(options).await;
    world.refresh().await.expect("a refresh");
    world
}
