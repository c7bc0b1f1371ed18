//! Reads the stream of the table of enrollments, each record once.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::{
    Client,
    error::BoxError,
    types::{AttributeValue, Record, ShardIteratorType},
};

/// The item after a write.
pub(crate) type Image = HashMap<String, AttributeValue>;

/// The stream could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the stream of the table of enrollments could not be read")]
pub struct StreamError(#[source] BoxError);

/// A position in the stream of a table.
pub(crate) struct StreamReader<'a> {
    client: &'a Client,
    table: &'a str,
    /// Of each shard; `None` at the end of a closed one. Empty before the first reading.
    iterators: Vec<Option<String>>,
    /// What was read before a request failed.
    unreturned: Vec<Image>,
}

impl<'a> StreamReader<'a> {
    /// A reader at the beginning of the stream.
    pub(crate) fn new(client: &'a Client, table: &'a str) -> Self {
        Self { client, table, iterators: Vec::new(), unreturned: Vec::new() }
    }

    /// The new images that were written since the last reading, oldest first.
    pub(crate) async fn read(&mut self) -> Result<Vec<Image>, StreamError> {
        self.read_pages().await.map_err(StreamError)?;
        Ok(std::mem::take(&mut self.unreturned))
    }

    async fn read_pages(&mut self) -> Result<(), BoxError> {
        if self.iterators.is_empty() {
            self.iterators = self.iterators_at_the_beginning().await?;
        }
        for position in &mut self.iterators {
            while let Some(iterator) = position.clone() {
                let page = self.client.get_records().shard_iterator(iterator).send().await?;
                *position = page.next_shard_iterator;
                let records = page.records.unwrap_or_default();
                // An open shard always has a next page.
                if records.is_empty() {
                    break;
                }
                let image = |record: Record| record.dynamodb?.new_image;
                self.unreturned.extend(records.into_iter().filter_map(image));
            }
        }
        Ok(())
    }

    async fn iterators_at_the_beginning(&self) -> Result<Vec<Option<String>>, BoxError> {
        let Self { client, table, .. } = self;
        let mut iterators = Vec::new();
        for stream in client.list_streams().table_name(*table).send().await?.streams() {
            let Some(arn) = stream.stream_arn() else { continue };
            let described = client.describe_stream().stream_arn(arn).send().await?;
            let shards = described.stream_description().map(|it| it.shards()).unwrap_or_default();
            for shard in shards.iter().filter_map(|shard| shard.shard_id()) {
                let from = client.get_shard_iterator().stream_arn(arn).shard_id(shard);
                let from = from.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await?;
                iterators.push(from.shard_iterator);
            }
        }
        Ok(iterators)
    }
}
