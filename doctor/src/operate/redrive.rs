//! Redrive of the dead-letter queue: each failed event is sent to its function again.

use aws_sdk_lambda::Client as Lambda;
use aws_sdk_sqs::{Client as Sqs, types::Message};
use runtime::config::{ConfigError, Settings, registry};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OperateError, start};
use crate::aws;

/// The dead-letter queue and the Lambda client that invokes its messages' functions.
pub struct DeadLetters {
    queue: String,
    sqs: Sqs,
    lambda: Lambda,
}

/// Counts of a redrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RedriveReport {
    /// Functions that were invoked again; their messages were deleted.
    pub started: usize,
    /// Messages that name no function (of a schedule or a pipe). They stay in the queue.
    pub left: usize,
}

/// The record that Lambda's on-failure destination writes after the last retry.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailureRecord {
    request_context: RequestContext,
    request_payload: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    function_arn: String,
}

impl DeadLetters {
    /// Reads `DEAD_LETTERS_URL` and the AWS configuration.
    ///
    /// # Errors
    /// When it is missing.
    pub async fn connect(settings: &Settings) -> Result<Self, ConfigError> {
        let mut reader = settings.read();
        let queue = reader.value(&registry::DEAD_LETTERS_URL).ok_or_else(|| reader.problems())?;
        let sqs = Sqs::new(&aws::config(settings, "AWS_ENDPOINT_URL_SQS").await);
        let lambda = Lambda::new(&aws::config(settings, "AWS_ENDPOINT_URL_LAMBDA").await);
        Ok(Self { queue, sqs, lambda })
    }

    /// Approximate number of messages in the queue.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn count(&self) -> Result<u64, OperateError> {
        use aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages;
        let request = self.sqs.get_queue_attributes().queue_url(&self.queue);
        let response = request.attribute_names(ApproximateNumberOfMessages).send().await;
        let attributes = response.map_err(OperateError::aws)?.attributes.unwrap_or_default();
        let count = attributes.get(&ApproximateNumberOfMessages).and_then(|count| count.parse().ok());
        Ok(count.unwrap_or_default())
    }

    /// Goes through the queue once: an event that fails again meanwhile waits for the next redrive. A message is deleted
    /// after its function was invoked, so a crash in between invokes it twice, never zero times: every function is
    /// idempotent.
    ///
    /// # Errors
    /// When AWS rejects a request; messages that were not redriven stay in the queue.
    pub async fn redrive(
        &self,
        mut progress: impl FnMut(RedriveReport),
    ) -> Result<RedriveReport, OperateError> {
        let mut report = RedriveReport::default();
        for message in self.receive_all().await? {
            match record(&message) {
                Some(record) => {
                    let function = unqualified(&record.request_context.function_arn);
                    start(&self.lambda, function, &record.request_payload).await?;
                    self.delete(&message).await?;
                    report.started += 1;
                }
                None => report.left += 1,
            }
            progress(report);
        }
        Ok(report)
    }

    /// All messages. The visibility timeout (seconds) keeps the loop from receiving one twice, and the wait time (seconds) makes SQS ask
    /// all its servers: otherwise an empty response does not mean that the queue is empty.
    async fn receive_all(&self) -> Result<Vec<Message>, OperateError> {
        let mut all = Vec::new();
        loop {
            let receive = self.sqs.receive_message().queue_url(&self.queue).max_number_of_messages(10);
            let received = receive.visibility_timeout(300).wait_time_seconds(1).send().await;
            let messages = received.map_err(OperateError::aws)?.messages.unwrap_or_default();
            if messages.is_empty() {
                return Ok(all);
            }
            all.extend(messages);
        }
    }

    async fn delete(&self, message: &Message) -> Result<(), OperateError> {
        let delete = self.sqs.delete_message().queue_url(&self.queue);
        let delete = delete.set_receipt_handle(message.receipt_handle.clone()).send().await;
        delete.map(drop).map_err(OperateError::aws)
    }
}

fn record(message: &Message) -> Option<FailureRecord> {
    serde_json::from_str(message.body()?).ok()
}

/// The function's ARN without the version: `…:function:name:$LATEST`.
fn unqualified(arn: &str) -> &str {
    arn.strip_suffix(":$LATEST").unwrap_or(arn)
}
