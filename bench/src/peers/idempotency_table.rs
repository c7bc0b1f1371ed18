//! The table of Powertools' idempotency records, which `enroll` does not need.

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use local::World;

use crate::error::BenchError;

const NAME: &str = "Idempotency";
/// The name of the key that Powertools expects.
const KEY: &str = "id";

/// Creates the table; returns the variable that names it.
pub(super) async fn create(world: &World) -> Result<(String, String), BenchError> {
    let (key, attribute) = schema().map_err(|error| BenchError::Table(Box::new(error.into())))?;
    let request = world.dynamodb().create_table().table_name(NAME);
    let request = request.billing_mode(BillingMode::PayPerRequest);
    let request = request.key_schema(key).attribute_definitions(attribute);
    request.send().await.map_err(|error| BenchError::Table(Box::new(error.into())))?;
    Ok(("IDEMPOTENCY_TABLE".into(), NAME.into()))
}

fn schema() -> Result<(KeySchemaElement, AttributeDefinition), BuildError> {
    Ok((
        KeySchemaElement::builder().attribute_name(KEY).key_type(KeyType::Hash).build()?,
        AttributeDefinition::builder().attribute_name(KEY).attribute_type(ScalarAttributeType::S).build()?,
    ))
}
