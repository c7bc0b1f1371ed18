//! A bank whose support uses the program `doctor`.

use std::{path::PathBuf, process::Stdio};

use local::{Options, World, cardholder::Cardholder, ready};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

/// A world, its settings in a file, and a cardholder.
pub(crate) struct Bank {
    pub(crate) world: World,
    pub(crate) cardholder: Cardholder,
    pub(crate) folder: TempDir,
    processing: reqwest::Client,
}

/// The program's exit code and output.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Bank {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// With these settings besides those of this machine.
    pub(crate) async fn open_with(settings: &[(&str, String)]) -> Self {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self::start(Options { settings, ..Options::default() }, tempfile::tempdir().unwrap()).await
    }

    /// At a Mastercard with these options.
    pub(crate) async fn open_at(simulator: simulator::Options) -> Self {
        Self::start(Options { simulator, ..Options::default() }, tempfile::tempdir().unwrap()).await
    }

    /// With an audit trail, in the file of a data folder.
    pub(crate) async fn open_audited() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = Some(folder.path().join("data"));
        Self::start(Options { data, ..Options::default() }, folder).await
    }

    async fn start(options: Options, folder: TempDir) -> Self {
        let world = World::start(options).await.unwrap();
        world.refresh().await.unwrap();
        ready::write_env_file(&world, &folder.path().join("env")).unwrap();
        let cardholder = world.cardholder("40000").unwrap();
        let processing = processing(&world);
        Self { world, cardholder, folder, processing }
    }

    pub(crate) async fn doctor(&self, arguments: &[&str]) -> Run {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_doctor"));
        let mut command = Command::new(program);
        command.env_clear().args(arguments).arg("--config").arg(self.folder.path().join("env"));
        // Without a terminal, wherever the tests run.
        let ran = command.stdin(Stdio::null()).output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: ran.status.code(), output: text(ran.stdout), errors: text(ran.stderr) }
    }

    /// Sends a notification as Processing does.
    pub(crate) async fn notify(&self, body: &Value) -> u16 {
        self.notify_with(body.to_string()).await
    }

    /// Sends any body to the notification endpoint.
    pub(crate) async fn notify_with(&self, body: impl Into<String>) -> u16 {
        let request = self.processing.post(self.world.notifications_url().clone());
        let request = request.header("content-type", "application/json").body(body.into());
        request.send().await.unwrap().status().as_u16()
    }

    /// The whole journey of one card: the enrollment's id, and the redirect URL, which must not be printed.
    pub(crate) async fn enable(&self, card: &str) -> (String, String) {
        let enrollment = self.cardholder.enroll(card).await.unwrap();
        let redirect = enrollment["redirectUrl"].as_str().unwrap().to_owned();
        let page = self.cardholder.open_redirect(&redirect).await.unwrap();
        page.accept_terms().await.unwrap().return_to_bank().await.unwrap();
        self.world.simulator().notifications_settled().await;
        (enrollment["enrollmentId"].as_str().unwrap().to_owned(), redirect)
    }
}

/// A client with Processing's certificate.
fn processing(world: &World) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(world.notifications_authority().as_bytes()).unwrap()])
        .identity(reqwest::Identity::from_pem(world.notifications_client_identity().as_bytes()).unwrap())
        .build()
        .unwrap()
}
