//! The support desk: what this server knows of enrolments and notifications, for people who may look at all clients'.
//! Nothing that it prints is secret: no receipts, signatures, token references or card numbers.

mod consents;
mod story;
mod unmatched;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use shared::{
    clock::Clock,
    config::{ConfigError, Host, Settings},
    store::Enrollments,
};

pub use consents::{ConsentRow, Exported};
pub use story::Story;
pub use unmatched::Unmatched;

/// The desk; its fields are all that it may touch.
pub struct Desk {
    enrollments: Enrollments,
    clock: Clock,
}

impl Desk {
    /// Reads `ENROLLMENTS_TABLE` and `TENANT`; and where AWS is, as [`aws`] says.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed.
    pub async fn connect(settings: Settings) -> Result<Self, ConfigError> {
        let aws = aws(&settings).await;
        let host = Host::new(settings, aws, Clock::default());
        let mut read = host.settings.read();
        let enrollments = Enrollments::read(&mut read, &host).ok_or_else(|| read.problems())?;
        Ok(Self { enrollments, clock: host.clock })
    }

    /// The desk of a store.
    #[must_use]
    pub fn of(enrollments: Enrollments, clock: Clock) -> Self {
        Self { enrollments, clock }
    }
}

/// Region, keys and endpoint from the settings, as `local --env-file` writes them; else what AWS' own tools would use:
/// environment and profile.
async fn aws(settings: &Settings) -> SdkConfig {
    let setting =
        |name: &str| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
    let (Some(id), Some(secret)) = (setting("AWS_ACCESS_KEY_ID"), setting("AWS_SECRET_ACCESS_KEY")) else {
        return aws_config::load_defaults(BehaviorVersion::latest()).await;
    };
    let credentials = Credentials::new(id, secret, setting("AWS_SESSION_TOKEN"), None, "settings");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(setting("AWS_REGION").map(Region::new));
    let endpoint = setting("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| setting("AWS_ENDPOINT_URL"));
    match endpoint {
        Some(endpoint) => config.endpoint_url(endpoint).build(),
        None => config.build(),
    }
}
