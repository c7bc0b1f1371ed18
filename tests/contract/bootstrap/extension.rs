//! The AWS Parameters and Secrets Lambda extension, on a free port. It serves the world's keys and certificates.

use std::{
    collections::HashMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
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
use runtime::config::registry;
use serde_json::json;
use tokio::{net::TcpListener, sync::Notify};

const PREFIX: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";
/// The secret that holds several keys.
const BUNDLE: &str = "mastercard";

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
    /// Requests for the secret with several keys.
    of_bundle: AtomicUsize,
}

impl Extension {
    /// Serves the files of the world's settings, with changes to their contents.
    pub(super) async fn start(world: &World, changes: &[(&str, &str)]) -> Self {
        let settings = world.settings();
        let files = settings.iter().filter_map(|(name, value)| Some((name, value.strip_prefix("file:")?)));
        let files = files.map(|(name, file)| (name.to_owned(), fs::read_to_string(file).unwrap()));
        let changes = changes.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned()));
        let secrets = files.chain(changes).collect();
        let shared = Arc::new(Shared {
            secrets,
            is_ready: AtomicBool::new(false),
            requested: Notify::new(),
            of_bundle: AtomicUsize::new(0),
        });
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

    /// Variables of a function whose keys are in one secret, where they may be.
    pub(super) fn bundled_variables(&self) -> Vec<(String, String)> {
        let mut variables = self.variables();
        for (name, value) in
            variables.iter_mut().filter(|(name, value)| may_be_bundled(name) && value.starts_with(PREFIX))
        {
            *value = format!("{PREFIX}{BUNDLE}#{name}");
        }
        variables
    }

    /// How often the secret with several keys was asked for.
    pub(super) fn requests_of_bundle(&self) -> usize {
        self.shared.of_bundle.load(Relaxed)
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

fn may_be_bundled(setting: &str) -> bool {
    !registry::definitions().any(|it| it.name == setting && it.own_secret)
}

async fn respond(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    shared.requested.notify_one();
    if !shared.is_ready.load(Relaxed) {
        return (StatusCode::BAD_REQUEST, "not ready to serve traffic, please wait").into_response();
    }
    let name = query["secretId"].strip_prefix(PREFIX).unwrap();
    let secret = if name == BUNDLE {
        shared.of_bundle.fetch_add(1, Relaxed);
        json!(shared.secrets.iter().filter(|(name, _)| may_be_bundled(name)).collect::<HashMap<_, _>>())
            .to_string()
    } else {
        shared.secrets[name].clone()
    };
    Json(json!({ "SecretString": secret })).into_response()
}
