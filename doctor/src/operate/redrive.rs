//! The dead-letter queue once more: what failed for good is given to its function again.

use aws_sdk_lambda::Client as Lambda;
use aws_sdk_sqs::{Client as Sqs, types::Message};
use runtime::config::{ConfigError, Settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OperateError, start};
use crate::aws;

/// The queue, and the functions that its messages were meant for.
pub struct DeadLetters {
    queue: String,
    sqs: Sqs,
    lambda: Lambda,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// Functions that were started again; their messages are gone.
    pub started: usize,
    /// Messages that name no function: of a schedule or a pipe. They stay.
    pub left: usize,
}

/// What Lambda writes when an invocation failed for good (the record of an on-failure destination).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    request_context: RequestContext,
    request_payload: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    function_arn: String,
}

impl DeadLetters {
    /// Reads `DEAD_LETTERS_URL`, and where AWS is.
    ///
    /// # Errors
    /// When it is missing.
    pub async fn connect(settings: &Settings) -> Result<Self, ConfigError> {
        let mut read = settings.read();
        let queue = read.required("DEAD_LETTERS_URL").ok_or_else(|| read.problems())?;
        let sqs = Sqs::new(&aws::config(settings, "SQS").await);
        let lambda = Lambda::new(&aws::config(settings, "LAMBDA").await);
        Ok(Self { queue, sqs, lambda })
    }

    /// About how many messages lie there.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn count(&self) -> Result<u64, OperateError> {
        use aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages;
        let asked = self.sqs.get_queue_attributes().queue_url(&self.queue);
        let asked = asked.attribute_names(ApproximateNumberOfMessages).send().await;
        let attributes = asked.map_err(OperateError::aws)?.attributes.unwrap_or_default();
        let count = attributes.get(&ApproximateNumberOfMessages).and_then(|count| count.parse().ok());
        Ok(count.unwrap_or_default())
    }

    /// Goes through the queue once. A message is deleted after its function was started, so that a crash in between
    /// starts it twice rather than never: every function bears that.
    ///
    /// # Errors
    /// When AWS refuses; what was not started stays in the queue.
    pub async fn redrive(&self, mut progress: impl FnMut(Redriven)) -> Result<Redriven, OperateError> {
        let mut done = Redriven::default();
        loop {
            // Long enough hidden that the loop meets no message twice, unless it runs for minutes.
            let received = self.sqs.receive_message().queue_url(&self.queue);
            let received = received.max_number_of_messages(10).visibility_timeout(300).send().await;
            let messages = received.map_err(OperateError::aws)?.messages.unwrap_or_default();
            if messages.is_empty() {
                return Ok(done);
            }
            for message in messages {
                match record(&message) {
                    Some(record) => {
                        let function = unqualified(&record.request_context.function_arn);
                        start(&self.lambda, function, &record.request_payload).await?;
                        self.delete(&message).await?;
                        done.started += 1;
                    }
                    None => done.left += 1,
                }
                progress(done);
            }
        }
    }

    async fn delete(&self, message: &Message) -> Result<(), OperateError> {
        let delete = self.sqs.delete_message().queue_url(&self.queue);
        let delete = delete.set_receipt_handle(message.receipt_handle.clone()).send().await;
        delete.map(drop).map_err(OperateError::aws)
    }
}

fn record(message: &Message) -> Option<Record> {
    serde_json::from_str(message.body()?).ok()
}

/// Without the version that failed: `…:function:name:$LATEST`.
fn unqualified(arn: &str) -> &str {
    arn.strip_suffix(":$LATEST").unwrap_or(arn)
}
