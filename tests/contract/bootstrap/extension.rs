//! The AWS Parameters and Secrets Lambda extension, on a free port. It serves the world's keys and certificates.

use std::{
    collections::HashMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::get,
};
use local::World;
use serde_json::json;
use tokio::{net::TcpListener, sync::Notify};

const PREFIX: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";

/// A running extension, which is not ready at first.
pub(super) struct Extension {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    /// Contents by setting.
    secrets: HashMap<String, String>,
    is_ready: AtomicBool,
    requested: Notify,
}

impl Extension {
    /// Serves the files of the world's settings, with changes to their contents.
    pub(super) async fn start(world: &World, changes: &[(&str, &str)]) -> Self {
        let settings = world.settings();
        let files = settings.iter().filter_map(|(name, value)| Some((name, value.strip_prefix("file:")?)));
        let files = files.map(|(name, file)| (name.to_owned(), fs::read_to_string(file).unwrap()));
        let changes = changes.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned()));
        let secrets = files.chain(changes).collect();
        let shared = Arc::new(Shared { secrets, is_ready: AtomicBool::new(false), requested: Notify::new() });
        let router = Router::new().route("/secretsmanager/get", get(respond)).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, shared }
    }

    /// Variables of a function that reads its secrets from this extension.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        let arns = self.shared.secrets.keys().map(|name| (name.clone(), format!("{PREFIX}{name}")));
        let port = ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT".to_owned(), self.port.to_string());
        arns.chain([port]).collect()
    }

    /// Waits for the first request.
    pub(super) async fn requested(&self) {
        self.shared.requested.notified().await;
    }

    /// From now on it serves secrets.
    pub(super) fn become_ready(&self) {
        self.shared.is_ready.store(true, Relaxed);
    }
}

async fn respond(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    shared.requested.notify_one();
    if !shared.is_ready.load(Relaxed) {
        return (StatusCode::BAD_REQUEST, "not ready to serve traffic, please wait").into_response();
    }
    let secret = query["secretId"].strip_prefix(PREFIX).and_then(|name| shared.secrets.get(name));
    Json(json!({ "SecretString": secret.unwrap() })).into_response()
}
