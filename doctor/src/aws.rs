//! The AWS SDK's configuration: from the settings, as `local --env-file` writes them, else from the SDK's defaults.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use runtime::config::Settings;

/// Region, access key and endpoint from the settings. `endpoint` is the variable of one service's endpoint, such as
/// `AWS_ENDPOINT_URL_DYNAMODB`. Settings without an access key select the SDK's default providers (environment, profile).
pub(crate) async fn config(settings: &Settings, endpoint: &str) -> SdkConfig {
    let setting =
        |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    let (Some(id), Some(secret)) = (setting("AWS_ACCESS_KEY_ID"), setting("AWS_SECRET_ACCESS_KEY")) else {
        return aws_config::load_defaults(BehaviorVersion::latest()).await;
    };
    let credentials = Credentials::new(id, secret, setting("AWS_SESSION_TOKEN"), None, "settings");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(setting("AWS_REGION").map(Region::new));
    match setting(endpoint).or_else(|| setting("AWS_ENDPOINT_URL")) {
        Some(endpoint) => config.endpoint_url(endpoint).build(),
        None => config.build(),
    }
}
