//! The embedded DynamoDB, and both tables as `infra/template.yaml` defines them.

use std::path::Path;

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification,
    },
};
use dynoxide::{Database, server};
use rusqlite::Connection;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::{EngineError, database_file};
use crate::shutdown::Shutdown;

/// Names of both tables.
#[derive(Clone, Debug)]
pub struct TableNames {
    /// Table of token requestors and the catalog.
    pub token_requestors: String,
    /// Table of enrollments and notifications.
    pub enrollments: String,
}

impl Default for TableNames {
    fn default() -> Self {
        Self { token_requestors: "TokenRequestors".into(), enrollments: "Enrollments".into() }
    }
}

/// Serves until shutdown; in memory, or in `file`.
pub(crate) fn serve(
    listener: TcpListener,
    file: Option<&Path>,
    shutdown: Shutdown,
) -> Result<(), EngineError> {
    let database = match file {
        Some(file) => {
            database_file::prepare(file)?;
            file.to_string_lossy().into_owned()
        }
        // `cache=shared` so that it can be opened twice.
        None => format!("file:{}?mode=memory&cache=shared", Uuid::new_v4()),
    };
    let engine = Database::new(&database).map_err(|error| EngineError::Database(error.to_string()))?;
    index_stream(&database)?;
    tokio::spawn(server::serve_with_shutdown(listener, engine, shutdown.wait()));
    Ok(())
}

/// At every write the engine looks for the greatest number of a stream's record, in all of them with their images, and nothing deletes
/// any. With this index it does not read them (`docs/upstream-reports.md`).
fn index_stream(database: &str) -> Result<(), EngineError> {
    const INDEX: &str = "CREATE INDEX IF NOT EXISTS stream_order
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER), shard_id)";
    let created = Connection::open(database).and_then(|connection| connection.execute_batch(INDEX));
    created.map_err(|error| EngineError::Database(error.to_string()))
}

/// Creates both tables on any engine with DynamoDB's protocol; existing tables are left unchanged.
///
/// # Errors
/// When the engine rejects a request.
pub async fn create_tables(client: &Client, names: &TableNames) -> Result<(), EngineError> {
    let by_card = index("by-card", keys("cardKey", "sk")?)?;
    let by_id = index("by-id", vec![key("enrollmentId", KeyType::Hash)?])?;
    let due = index("due", keys("dueShard", "dueAt")?)?;
    let stream = StreamSpecification::builder().stream_enabled(true);
    let stream = stream.stream_view_type(StreamViewType::NewImage).build()?;
    let attributes = [
        attribute("cardKey", ScalarAttributeType::S)?,
        attribute("enrollmentId", ScalarAttributeType::S)?,
        attribute("dueShard", ScalarAttributeType::S)?,
        attribute("dueAt", ScalarAttributeType::N)?,
    ];
    tokio::try_join!(
        create(client, &names.token_requestors, None, [], []),
        create(client, &names.enrollments, Some(stream), attributes, [by_card, by_id, due]),
    )?;
    Ok(())
}

async fn create<const A: usize, const I: usize>(
    client: &Client,
    name: &str,
    stream: Option<StreamSpecification>,
    attributes: [AttributeDefinition; A],
    indexes: [GlobalSecondaryIndex; I],
) -> Result<(), EngineError> {
    let request = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_stream_specification(stream)
        .set_key_schema(Some(keys("pk", "sk")?))
        .attribute_definitions(attribute("pk", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("sk", ScalarAttributeType::S)?);
    let request = attributes.into_iter().fold(request, |request, one| request.attribute_definitions(one));
    let request = indexes.into_iter().fold(request, |request, one| request.global_secondary_indexes(one));
    match request.send().await {
        Ok(_) => {}
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_in_use_exception()) => {
            return Ok(());
        }
        Err(error) => return Err(EngineError::table(error)),
    }
    let ttl = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true).build()?;
    let enabled = client.update_time_to_live().table_name(name).time_to_live_specification(ttl).send().await;
    enabled.map(drop).map_err(EngineError::table)
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, EngineError> {
    Ok(AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()?)
}

fn keys(hash: &str, range: &str) -> Result<Vec<KeySchemaElement>, EngineError> {
    Ok(vec![key(hash, KeyType::Hash)?, key(range, KeyType::Range)?])
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, EngineError> {
    Ok(KeySchemaElement::builder().attribute_name(name).key_type(kind).build()?)
}

/// An index that projects keys only: it is written only when they change.
fn index(name: &str, keys: Vec<KeySchemaElement>) -> Result<GlobalSecondaryIndex, EngineError> {
    let projection = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let index = GlobalSecondaryIndex::builder().index_name(name).set_key_schema(Some(keys));
    Ok(index.projection(projection).build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_does_not_read_the_whole_stream() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let _engine = Database::new(path).unwrap();
        index_stream(path).unwrap();
        index_stream(path).unwrap();
        // The statement of `next_stream_sequence_number` in dynoxide-rs 3.2.0.
        let statement = "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1";
        let connection = Connection::open(path).unwrap();
        let plan = connection.query_row(&format!("EXPLAIN QUERY PLAN {statement}"), ["Enrollments"], |row| {
            row.get::<_, String>("detail")
        });
        assert_eq!(plan.unwrap(), "SEARCH _stream_records USING COVERING INDEX stream_order (table_name=?)");
    }
}
