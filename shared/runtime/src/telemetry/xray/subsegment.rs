//! The documents of subsegments.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use uuid::Uuid;

/// What precedes each document in its datagram.
pub(super) const HEADER: &[u8] = b"{\"format\":\"json\",\"version\":1}\n";

/// A document of a subsegment (<https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html>).
#[derive(Serialize)]
pub(super) struct Subsegment<'a> {
    id: String,
    trace_id: &'a str,
    parent_id: &'a str,
    r#type: &'static str,
    start_time: f64,
    end_time: f64,
    #[serde(flatten)]
    call: &'a Call<'a>,
}

impl<'a> Subsegment<'a> {
    /// Of the segment with these ids of trace and segment, from the one time to the other.
    pub(super) fn new(
        (trace_id, parent_id): (&'a str, &'a str),
        (started, ended): (SystemTime, SystemTime),
        call: &'a Call<'a>,
    ) -> Self {
        let seconds =
            |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64();
        let (id, _) = Uuid::new_v4().as_u64_pair();
        Self {
            id: format!("{id:016x}"),
            trace_id,
            parent_id,
            r#type: "subsegment",
            start_time: seconds(started),
            end_time: seconds(ended),
            call,
        }
    }

    /// The datagram for the daemon.
    pub(super) fn datagram(&self) -> serde_json::Result<Vec<u8>> {
        let mut datagram = HEADER.to_vec();
        serde_json::to_writer(&mut datagram, self)?;
        Ok(datagram)
    }
}

#[derive(Serialize)]
#[serde(tag = "namespace", rename_all = "lowercase")]
pub(super) enum Call<'a> {
    Aws {
        name: &'a str,
        aws: Operation<'a>,
    },
    Remote {
        name: &'a str,
        annotations: Operation<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        http: Option<Http>,
        /// A 4xx.
        error: bool,
        throttle: bool,
        /// A 5xx, or no response.
        fault: bool,
    },
}

#[derive(Serialize)]
pub(super) struct Operation<'a> {
    operation: &'a str,
}

#[derive(Serialize)]
pub(super) struct Http {
    response: Response,
}

#[derive(Serialize)]
pub(super) struct Response {
    status: u64,
}

impl<'a> Call<'a> {
    /// An operation of an AWS service.
    pub(super) fn aws(name: &'a str, operation: &'a str) -> Self {
        Self::Aws { name, aws: Operation { operation } }
    }

    /// A request to Mastercard; without a status it got no response.
    pub(super) fn remote(name: &'a str, operation: &'a str, status: Option<u64>) -> Self {
        Self::Remote {
            name,
            annotations: Operation { operation },
            http: status.map(|status| Http { response: Response { status } }),
            error: status.is_some_and(|status| (400..500).contains(&status)),
            throttle: status == Some(429),
            fault: status.is_none_or(|status| status >= 500),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_request_without_a_response_is_a_fault() {
        let call = serde_json::to_value(Call::remote("Token Connect", "pushMultipleAccounts", None)).unwrap();
        assert_eq!((&call["fault"], &call["http"]), (&json!(true), &Value::Null));
    }
}
