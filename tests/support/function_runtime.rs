//! The runtime of a function in a `World`, for tests that call its handler directly.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use local::World;
use runtime::{
    config::{Runtime, Settings},
    store::Enrollments,
};
use url::Url;

/// The runtime of a function in this world.
pub(crate) fn runtime_of(world: &World) -> Runtime {
    runtime_with(world, world.dynamodb_url(), world.settings())
}

/// The same with another endpoint of DynamoDB and other settings.
pub(crate) fn runtime_with(world: &World, dynamodb: &Url, settings: Settings) -> Runtime {
    let variables = world.aws_variables();
    let variable =
        |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap();
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    let credentials = SharedCredentialsProvider::new(Credentials::new(id, secret, None, None, "tests"));
    let aws =
        SdkConfig::builder().behavior_version(BehaviorVersion::latest()).credentials_provider(credentials);
    let aws = aws.region(Region::new(variable("AWS_REGION"))).endpoint_url(dynamodb.as_str());
    Runtime::new(settings, aws.build(), world.clock().clone())
}

/// The enrollments store of this world.
pub(crate) fn enrollments(world: &World) -> Enrollments {
    let runtime = runtime_of(world);
    Enrollments::from_settings(&mut runtime.settings.read(), &runtime).unwrap()
}
