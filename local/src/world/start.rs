//! Starts a `World`: first the listeners, since the functions' settings contain their addresses.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::middleware::from_fn_with_state;
use model::clock::Clock;
use runtime::{
    config::{ConfigError, Runtime, registry},
    store::{TokenRequestors, enrollments::RedirectKeys},
};
use secrecy::ExposeSecret as _;
use simulator::{NotificationTarget, Simulator};
use tokio::net::TcpListener;
use url::Url;

use super::{
    Options, World,
    data_folder::{DataFolder, FolderError},
};
use crate::{
    engines::{AccessKey, EngineError, dynamodb, s3, sqs},
    functions::Functions,
    gateway::{Authorizer, Cors, lambda, static_files},
    identity::{AUDIENCE, ISSUER, KeyError, Keys},
    live::{self, Live, journal::Journal, recording::Recorded},
    logos::Logos,
    mtls_endpoint::{self, MtlsEndpointError},
    private_file,
    sample::{self, Bank},
    settings::{Environment, Machine, REDIRECT_KEYS_FILE},
    shutdown,
    support::{self, Support},
    web,
};

const BUCKET: &str = "token-requestor-logos";

/// A `World` did not start. Each message is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is in use.
    #[error("port {port} on 127.0.0.1 cannot be used")]
    Port {
        /// The port of the options; 0 for any free port.
        port: u16,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Keys could not be generated or read.
    #[error("the keys cannot be used")]
    Keys(#[from] KeyError),
    /// An engine did not start.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The simulator did not start.
    #[error("the simulator did not start")]
    Simulator(#[from] simulator::StartError),
    /// The simulator rejects the notification endpoint's certificates.
    #[error("the simulator cannot send notifications")]
    Notifications(#[from] simulator::InvalidTarget),
    /// The notification endpoint did not start.
    #[error("the notification endpoint did not start")]
    NotificationEndpoint(#[from] MtlsEndpointError),
    /// A function did not start.
    #[error("a function did not start")]
    Function(#[from] ConfigError),
    /// A listener's address is not a valid URL.
    #[error("a loopback address is not a valid URL")]
    Address(#[from] url::ParseError),
}

impl World {
    /// Starts all servers; takes less than a second when keys exist.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let folder = DataFolder::open(options.data.as_deref())?;
        let keys = keys(options.data.clone()).await?;
        let (guard, shutdown) = shutdown::channel();
        let (app_listener, base_url) = listen(options.port, "http", "").await?;
        let (notifications_listener, notifications_url) = listen(0, "https", "notifications").await?;
        let (dynamodb_listener, dynamodb_url) = listen(0, "http", "").await?;
        let (s3_listener, s3_url) = listen(0, "http", "").await?;
        let (sqs_listener, sqs_url) = listen(0, "http", "").await?;
        let (simulator_listener, _) = listen(0, "http", "").await?;

        let access_key = AccessKey::throw_away();
        let tables = dynamodb::TableNames::default();
        let database = options.data.as_ref().map(|data| data.join("dynamodb.sqlite"));
        dynamodb::serve(dynamodb_listener, database.as_deref(), shutdown.clone())?;
        s3::serve(s3_listener, &create_folder(folder.path.join("s3"))?, &access_key, shutdown.clone())?;
        let dead_letters = sqs::Queue::default();
        sqs::serve(sqs_listener, dead_letters.clone(), &shutdown);
        let aws = access_key.sdk_config(&dynamodb_url);
        let dynamodb = aws_sdk_dynamodb::Client::new(&aws);
        let streams = aws_sdk_dynamodbstreams::Client::new(&aws);
        let logos = Logos { s3: s3::client(&access_key.sdk_config(&s3_url)), bucket: BUCKET.into() };
        let bucket = s3::create_bucket(&logos.s3, BUCKET);
        tokio::try_join!(dynamodb::create_tables(&dynamodb, &tables), bucket)?;

        let simulator = simulator::Options { panel_links: pages(&base_url), ..options.simulator };
        let simulator = Simulator::start(simulator_listener, keys.portal.clone(), simulator).await?;
        let simulator = Arc::new(simulator);
        simulator.set_notifications(Some(NotificationTarget {
            identity_pem: Some(keys.identity.client_identity()),
            root_certificate_pem: Some(keys.identity.notifications_authority.clone()),
            shared_secret: options.settings.get("NOTIFICATION_SHARED_SECRET").and_then(|raw| secret(raw)),
            ..NotificationTarget::plain(notifications_url.clone())
        }))?;
        let credentials = keys.portal.credentials();
        let credential_files = folder.path.join("credentials");
        let written = credentials.write_to(&credential_files);
        let written = written.and_then(|()| redirect_keys(&credential_files.join(REDIRECT_KEYS_FILE)));
        let unwritable = |source| FolderError::Unwritable { folder: credential_files.clone(), source };
        written.map_err(unwritable)?;
        let environment = Environment::new(&Machine {
            base_url: &base_url,
            s3_url: &s3_url,
            tables: &tables,
            bucket: BUCKET,
            token_connect_url: &options.token_connect_url.unwrap_or_else(|| simulator.token_connect_url()),
            processing_url: &options.processing_url.unwrap_or_else(|| simulator.processing_url()),
            simulator: &simulator,
            credentials,
            credential_files: &credential_files,
            client_subject: &mtls_endpoint::subject_dn(&keys.identity.client_certificate).unwrap_or_default(),
            audit_trail: folder.is_kept(),
            changes: &options.settings,
        });

        let clock = Clock::default();
        let runtime = Runtime::new(environment.all(), aws, clock.clone());
        let mut reader = runtime.settings.read();
        let token_requestors =
            TokenRequestors::from_settings(&mut reader, &runtime).ok_or_else(|| reader.problems())?;
        // Boxed: in a build without optimization each future that contains this one would have a copy on the stack.
        let functions = Box::pin(Functions::connect(&environment, &runtime, dead_letters)).await?;
        let functions = Arc::new(functions);
        let authorizer =
            Authorizer::new(&keys.identity.token_public_key, ISSUER, AUDIENCE).map_err(KeyError::from)?;
        let cors = Cors::new(options.web_origins);
        let journal = Journal::new();
        let (app_gateway, notifications_gateway) =
            (functions.app_gateway(authorizer, cors, journal.clone()), functions.notifications_gateway());
        let routes = app_gateway.route_keys().chain(notifications_gateway.route_keys()).collect();
        let step_up =
            options.settings.get(registry::STEP_UP_ACR_VALUES.name()).is_some_and(|it| !it.is_empty());
        let bank = Bank { identity: keys.identity.clone(), simulator: Arc::clone(&simulator), step_up };
        let support = Support::connect(&runtime, &token_requestors, &logos)?;
        let live = Live {
            journal,
            simulator: Arc::clone(&simulator),
            functions: Arc::clone(&functions),
            identity: keys.identity.clone(),
            base_url: base_url.clone(),
            shutdown: shutdown.clone(),
            recorded: Recorded::default(),
        };
        let pages = web::router()
            .merge(sample::router(bank))
            .merge(support::router(support))
            .merge(live::router(live.clone()));
        let pages = pages.layer(from_fn_with_state(base_url.clone(), web::require_loopback_host));
        let other_routes = static_files::router(logos.clone()).merge(lambda::router(Arc::clone(&functions)));
        app_gateway.serve(app_listener, other_routes.merge(pages), &shutdown);
        mtls_endpoint::serve(notifications_listener, &keys.identity, notifications_gateway, shutdown)?;
        Ok(Self {
            functions,
            runtime,
            token_requestors,
            simulator,
            live,
            identity: keys.identity,
            base_url,
            notifications_url,
            dynamodb_url,
            s3_url,
            sqs_url,
            dynamodb,
            streams,
            tables,
            logos,
            routes,
            access_key,
            folder,
            _shutdown: guard,
        })
    }
}

/// Makes a key for redirects, unless an earlier run did: its redirects stay readable.
fn redirect_keys(file: &Path) -> io::Result<()> {
    if file.exists() {
        return Ok(());
    }
    let key = RedirectKeys::generate().ok_or_else(|| io::Error::other("no randomness"))?;
    private_file::write(file, key.expose_secret().as_bytes())
}

fn create_folder(folder: PathBuf) -> Result<PathBuf, FolderError> {
    match std::fs::create_dir_all(&folder) {
        Ok(()) => Ok(folder),
        Err(source) => Err(FolderError::Unwritable { folder, source }),
    }
}

/// Loads or generates the keys, off the runtime's threads, since generating is slow.
async fn keys(data: Option<PathBuf>) -> Result<Keys, KeyError> {
    let keys = tokio::task::spawn_blocking(move || match data {
        Some(data) => Keys::load_or_generate(&data),
        None => Keys::of_this_process(),
    });
    keys.await.map_err(|_| KeyError::Interrupted)?
}

/// Listens on loopback.
async fn listen(port: u16, scheme: &str, path: &str) -> Result<(TcpListener, Url), StartError> {
    let unusable = |source| StartError::Port { port, source };
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    Ok((listener, Url::parse(&format!("{scheme}://{address}/{path}"))?))
}

/// Reads the shared secret from the file that the function's setting names, so that the simulator sends it.
fn secret(reference: &str) -> Option<String> {
    std::fs::read_to_string(reference.strip_prefix("file:")?).ok()
}

/// The pages of `local`, with their names.
fn pages(base_url: &Url) -> Vec<(&'static str, Url)> {
    let page = |(name, path)| {
        let mut url = base_url.clone();
        url.set_path(path);
        (name, url)
    };
    [("Bank app", "/"), ("Live", "/live"), ("Support", "/support"), ("Catalog", "/support/catalog")]
        .map(page)
        .into()
}
