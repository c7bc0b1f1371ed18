//! Redrive of the dead-letter queue: each failed event of a scheduled function is sent to it again.

mod received;
mod scheduled;

use aws_sdk_lambda::Client as Lambda;
use aws_sdk_sqs::{Client as Sqs, types::Message};
use runtime::config::{ConfigError, Settings, registry};
use serde::Serialize;

use super::{OperateError, start};
use crate::aws;
use received::FailedEvent;
use scheduled::ScheduledFunctions;

pub use received::ReceivedMessages;

/// The dead-letter queue, and the functions that its events are sent to.
pub struct DeadLetters {
    queue: String,
    sqs: Sqs,
    lambda: Lambda,
    scheduled: ScheduledFunctions,
}

/// Counts of a redrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RedriveReport {
    /// Functions that were invoked again; their messages were deleted.
    pub started: usize,
    /// Messages that stay in the queue: they name no function (of a schedule or a pipe), or one that is not invoked from the queue.
    pub left: usize,
}

impl DeadLetters {
    /// Reads `DEAD_LETTERS_URL`, the names of the scheduled functions, and the AWS configuration.
    ///
    /// # Errors
    /// When a setting is missing.
    pub async fn connect(settings: &Settings) -> Result<Self, ConfigError> {
        let mut reader = settings.read();
        let queue = reader.value(&registry::DEAD_LETTERS_URL);
        let scheduled = ScheduledFunctions::from_settings(&mut reader);
        let (Some(queue), Some(scheduled)) = (queue, scheduled) else { return Err(reader.problems()) };
        let sqs = Sqs::new(&aws::config(settings, "AWS_ENDPOINT_URL_SQS").await);
        let lambda = Lambda::new(&aws::config(settings, "AWS_ENDPOINT_URL_LAMBDA").await);
        Ok(Self { queue, sqs, lambda, scheduled })
    }

    /// Goes through the queue once: an event that fails again meanwhile waits for the next redrive. The messages are hidden from
    /// other receivers for five minutes.
    ///
    /// # Errors
    /// When AWS rejects a request.
    pub async fn receive(&self) -> Result<ReceivedMessages, OperateError> {
        let mut received = ReceivedMessages::default();
        for message in self.receive_all().await? {
            received.add(message, &self.scheduled);
        }
        Ok(received)
    }

    /// Invokes the scheduled functions with their failed events. A message is deleted after its function was invoked, so a
    /// crash in between invokes it twice, never zero times: every function is idempotent.
    ///
    /// # Errors
    /// When AWS rejects a request; messages that were not redriven stay in the queue.
    pub async fn redrive(
        &self,
        received: &ReceivedMessages,
        mut progress: impl FnMut(RedriveReport),
    ) -> Result<RedriveReport, OperateError> {
        let mut report = RedriveReport { started: 0, left: received.left() };
        for event in received.events() {
            start(&self.lambda, &event.function, &event.payload).await?;
            self.delete(event).await?;
            report.started += 1;
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

    async fn delete(&self, event: &FailedEvent) -> Result<(), OperateError> {
        let delete = self.sqs.delete_message().queue_url(&self.queue);
        let delete = delete.set_receipt_handle(event.receipt_handle.clone()).send().await;
        delete.map(drop).map_err(OperateError::aws)
    }
}
