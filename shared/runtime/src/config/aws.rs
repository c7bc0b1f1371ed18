//! Configuration of the AWS SDK from the environment variables that Lambda sets: region, credentials, endpoints. The SDK's
//! default chain reads more sources; its code would enlarge each binary and slow down each cold start.

mod over_reqwest;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_types::{
    SdkConfig,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};

use super::{ConfigError, Settings};
use over_reqwest::OverReqwest;

/// Reads `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_USE_FIPS_ENDPOINT` and
/// `AWS_USE_DUALSTACK_ENDPOINT`. For engines in place of AWS it also reads `AWS_ENDPOINT_URL`, and
/// `AWS_ENDPOINT_URL_<SERVICE>` such as `AWS_ENDPOINT_URL_DYNAMODB`, which takes precedence.
pub(super) fn config(settings: &Settings) -> Result<SdkConfig, ConfigError> {
    let text = |name| settings.text(name).map(str::to_owned);
    let is_on = |name| settings.text(name).is_some_and(|on| on.eq_ignore_ascii_case("true"));
    let keys = text("AWS_ACCESS_KEY_ID").zip(text("AWS_SECRET_ACCESS_KEY"));
    let credentials = keys.map(|(id, secret)| {
        let credentials = Credentials::new(id, secret, text("AWS_SESSION_TOKEN"), None, "environment");
        SharedCredentialsProvider::new(credentials)
    });
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(text("AWS_REGION").map(Region::new))
        .use_fips(is_on("AWS_USE_FIPS_ENDPOINT"))
        .use_dual_stack(is_on("AWS_USE_DUALSTACK_ENDPOINT"))
        .service_config(Variables(settings.clone()))
        .http_client(OverReqwest::new().map_err(ConfigError::Http)?);
    config.set_credentials_provider(credentials);
    config.set_endpoint_url(text("AWS_ENDPOINT_URL"));
    Ok(config.build())
}

/// Settings of single services, such as `AWS_ENDPOINT_URL_DYNAMODB`.
#[derive(Debug)]
struct Variables(Settings);

impl LoadServiceConfig for Variables {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        self.0.text(&format!("{}_{service}", key.env())).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::ProvideCredentials as _;

    use super::*;

    fn settings(vars: &[(&str, &str)]) -> Settings {
        vars.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[tokio::test]
    async fn region_and_credentials_come_from_the_environment() {
        let settings = settings(&[
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "an id"),
            ("AWS_SECRET_ACCESS_KEY", "a secret"),
            ("AWS_SESSION_TOKEN", "a token"),
        ]);
        let config = config(&settings).unwrap();
        let credentials = config.credentials_provider().unwrap().provide_credentials().await.unwrap();
        let who = (credentials.access_key_id(), credentials.secret_access_key(), credentials.session_token());
        assert_eq!(who, ("an id", "a secret", Some("a token")));
        assert_eq!(config.region().map(AsRef::as_ref), Some("eu-central-1"));
        assert_eq!((config.use_fips(), config.use_dual_stack()), (Some(false), Some(false)));
        assert!(!format!("{config:?}").contains("a secret"));
    }

    #[test]
    fn an_endpoint_of_one_service_does_not_affect_the_others() {
        let endpoint_of = |service, settings: &Settings| {
            let key = ServiceConfigKey::builder().service_id(service).profile("endpoint_url");
            Variables(settings.clone()).load_config(key.env("AWS_ENDPOINT_URL").build().unwrap())
        };
        let here = settings(&[
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://here"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://there"),
        ]);
        assert_eq!(endpoint_of("DynamoDB", &here).as_deref(), Some("http://here"));
        assert_eq!(endpoint_of("Secrets Manager", &here).as_deref(), Some("http://there"));
        assert_eq!(endpoint_of("S3", &here), None);
        assert_eq!(config(&here).unwrap().endpoint_url(), None);
        assert_eq!(
            config(&settings(&[("AWS_ENDPOINT_URL", "http://all")])).unwrap().endpoint_url(),
            Some("http://all")
        );
    }

    #[test]
    fn incomplete_credentials_are_not_used() {
        let config = config(&settings(&[("AWS_ACCESS_KEY_ID", "an id")])).unwrap();
        assert!(config.credentials_provider().is_none());
    }
}
