//! `doctor sandbox`: plays the cases that Mastercard documents for its sandbox, with the clients and settings of the functions, and
//! reports for each what is documented, what came, and whether it differs.

mod cases;
mod outcome;
mod player;

use aws_config::SdkConfig;
use mastercard::token_connect::MAX_RANGES_PER_CALL;
use model::clock::Clock;
use runtime::{
    config::{
        ConfigError, Environment, List, ProcessingSettings, Runtime, SearchSettings, Settings,
        TokenConnectSettings, registry,
    },
    telemetry,
};

use crate::report::{Report, Row};
use cases::{CASES, Case};
use outcome::Played;
use player::Player;

/// What an operator does about a response that differs.
const REMEDY: &str = "compare with Mastercard's page about sandbox testing; if it says the same as here, tell Mastercard the \
    correlation id";

/// The documented cases, and the clients that play them.
#[derive(Debug)]
pub struct Sandbox {
    player: Player,
}

/// No case was played.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A base URL leads to an environment with tokens of real cardholders, or to one that is not known.
    #[error(
        "{setting} leads to {origin}, which is neither Mastercard's sandbox nor this machine: the cases change tokens, so none was \
         played"
    )]
    NotSandbox {
        /// The setting.
        setting: &'static str,
        /// Scheme and host of its value.
        origin: String,
    },
    /// A setting or key cannot be used.
    #[error(transparent)]
    Settings(#[from] ConfigError),
}

impl Sandbox {
    /// Makes the clients as the functions do, if both base URLs are of the sandbox or of this machine.
    ///
    /// # Errors
    /// When a base URL leads elsewhere, or a setting or key cannot be used.
    pub async fn connect(settings: Settings) -> Result<Self, SandboxError> {
        check_base_urls(&settings)?;
        let runtime = Runtime::new(settings, SdkConfig::builder().build(), Clock::default());
        let (token_connect, processing, search, ranges, requestor) = runtime.read_settings(|settings| {
            let token_connect = TokenConnectSettings::from_settings(settings);
            let processing = ProcessingSettings::from_settings(settings);
            let search = SearchSettings::from_settings(settings);
            let ranges = settings.value(&registry::ACCOUNT_RANGES);
            let requestor = settings.value(&registry::DEFAULT_TOKEN_REQUESTOR_ID);
            Some((token_connect?, processing?, search?, ranges?, requestor?))
        })?;
        let List(mut ranges) = ranges;
        ranges.truncate(MAX_RANGES_PER_CALL);
        let token_connect = token_connect.connect(&runtime).await?;
        let processing = processing.connect(&runtime).await?;
        let search = search.connect().await?;
        Ok(Self { player: Player::new(token_connect, processing, search, ranges, requestor) })
    }

    /// Plays all cases, one after the other. A case that failed does not stop the next.
    pub async fn play(mut self) -> Report {
        let mut rows = Vec::new();
        for case in &CASES {
            let played = self.player.play(case.request).await;
            rows.push(row(case, &played));
        }
        Report { rows }
    }
}

/// Stricter than `MASTERCARD_ENVIRONMENT`, which may call any host a sandbox.
fn check_base_urls(settings: &Settings) -> Result<(), SandboxError> {
    for setting in [registry::TOKEN_CONNECT_URL, registry::PROCESSING_URL] {
        // One that is missing or ill-formed is reported with the other settings.
        let Some(url) = settings.read().value(&setting) else { continue };
        if !matches!(Environment::of(&url), Some(Environment::Sandbox | Environment::Local)) {
            let origin = url.origin().ascii_serialization();
            return Err(SandboxError::NotSandbox { setting: setting.name(), origin });
        }
    }
    Ok(())
}

fn row(case: &Case, played: &Played) -> Row {
    let what = format!("{}, {}", case.request.operation(), case.name);
    let documented = format!("documented: {}", case.documented);
    let (came, explanation, remedy) = match played {
        Played::Skipped(reason) => {
            return Row::skipped(what, documented).with_findings([(*reason).to_owned()]);
        }
        Played::Came(came) => {
            (format!("came: {came}"), format!("correlation id {}", came.correlation_id), REMEDY)
        }
        Played::Failed(error) => {
            let diagnosis = error.diagnosis();
            (format!("came: {}", telemetry::chain(error)), diagnosis.meaning.to_owned(), diagnosis.remedy)
        }
    };
    if case.documented.agrees_with(played) {
        Row::ok(what, documented).with_findings([came])
    } else {
        Row::wrong(what, documented, remedy).with_findings([came, explanation])
    }
}
