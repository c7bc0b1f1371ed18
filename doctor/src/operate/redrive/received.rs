//! The messages that a redrive finds: events to send again, and what stays in the queue.

use std::{collections::BTreeMap, fmt};

use aws_sdk_sqs::types::Message;
use model::audit::printable;
use serde::Deserialize;
use serde_json::Value;

use super::scheduled::{ScheduledFunctions, function_name};

/// Fields with which an operator calls a function: the queue has no event with them, unless somebody forged it.
const OPTIONS: [&str; 3] = ["force", "allow", "again"];

/// What the queue has. Its text is shown to the operator, who decides about it.
#[derive(Default)]
pub struct ReceivedMessages {
    events: Vec<FailedEvent>,
    /// The function that each other message names, if it names one.
    left: Vec<Option<String>>,
}

/// An event of a scheduled function.
pub(super) struct FailedEvent {
    /// As the settings name it.
    pub(super) function: String,
    pub(super) payload: Value,
    pub(super) receipt_handle: Option<String>,
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

impl ReceivedMessages {
    pub(super) fn add(&mut self, message: Message, scheduled: &ScheduledFunctions) {
        let record = message.body().and_then(|body| serde_json::from_str::<FailureRecord>(body).ok());
        let Some(FailureRecord { request_context, request_payload }) = record else {
            self.left.push(None);
            return;
        };
        match scheduled.named_in(&request_context.function_arn) {
            Some(function) if !OPTIONS.iter().any(|option| request_payload.get(option).is_some()) => {
                self.events.push(FailedEvent {
                    function: function.to_owned(),
                    payload: request_payload,
                    receipt_handle: message.receipt_handle,
                })
            }
            // Whoever wrote the message chose this text, which is shown in a terminal.
            _ => self.left.push(Some(printable(function_name(&request_context.function_arn)))),
        }
    }

    pub(super) fn events(&self) -> &[FailedEvent] {
        &self.events
    }

    /// Number of events that a redrive sends again.
    pub fn redrivable(&self) -> usize {
        self.events.len()
    }

    /// Number of messages that stay in the queue.
    pub fn left(&self) -> usize {
        self.left.len()
    }
}

impl fmt::Display for ReceivedMessages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (function, count) in counts(self.events.iter().map(|event| function_name(&event.function))) {
            writeln!(f, "{function}: {count} to invoke again")?;
        }
        for (function, count) in counts(self.left.iter().map(Option::as_deref)) {
            match function {
                Some(function) => writeln!(f, "{function}: {count} left, not an event of a schedule")?,
                None => writeln!(f, "{count} left that name no function")?,
            }
        }
        Ok(())
    }
}

fn counts<T: Ord>(names: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use runtime::config::Settings;
    use serde_json::json;

    use super::*;

    fn received(messages: &[Value]) -> ReceivedMessages {
        let functions = [
            ("SYNC_REQUESTORS_FUNCTION", "sync-requestors"),
            ("FETCH_ASSETS_FUNCTION", "fetch-assets"),
            ("RECONCILE_ENROLLMENTS_FUNCTION", "reconcile-enrollments"),
        ];
        let settings: Settings =
            functions.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        let scheduled = ScheduledFunctions::from_settings(&mut settings.read()).unwrap();
        let mut received = ReceivedMessages::default();
        for message in messages {
            received.add(Message::builder().body(message.to_string()).build(), &scheduled);
        }
        received
    }

    fn failure(function: &str) -> Value {
        let arn = format!("arn:aws:lambda:eu-west-1:111122223333:function:{function}");
        json!({"requestContext": {"functionArn": arn}, "requestPayload": {}})
    }

    #[test]
    fn an_operator_sees_each_function_with_the_number_of_its_messages() {
        let forged = "manage\u{1b}[2Jtokens";
        let messages = [
            failure("sync-requestors:live"),
            failure("sync-requestors:7"),
            failure("reconcile-enrollments"),
            failure("manage-tokens"),
            failure(forged),
            json!("of a schedule"),
        ];
        let received = received(&messages);
        assert_eq!((received.redrivable(), received.left()), (3, 3));
        let expected = "reconcile-enrollments: 1 to invoke again\nsync-requestors: 2 to invoke again\n\
            1 left that name no function\nmanage-tokens: 1 left, not an event of a schedule\n\
            manage?[2Jtokens: 1 left, not an event of a schedule\n";
        assert_eq!(received.to_string(), expected);
    }

    #[test]
    fn an_event_with_the_options_of_an_operator_stays_in_the_queue() {
        for options in [json!({"force": true}), json!({"allow": []}), json!({"again": true})] {
            let mut message = failure("sync-requestors");
            message["requestPayload"] = options;
            let received = received(&[message]);
            assert_eq!((received.redrivable(), received.left()), (0, 1));
        }
    }
}
