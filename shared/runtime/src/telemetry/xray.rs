//! Subsegments of AWS X-Ray: one for each request to Mastercard and for each operation of DynamoDB and S3, within the segment that
//! Lambda makes of a sampled invocation.
//!
//! They are sent as datagrams to the daemon that Lambda runs
//! (<https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html>). What is traced is known already, as events of
//! the clients and spans of the AWS SDK, so no call has to be wrapped.

mod subsegment;

use std::{
    fmt, io,
    net::{Ipv4Addr, UdpSocket},
    time::{Duration, SystemTime},
};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{
    filter::Targets,
    layer::{Context, Layer},
    registry::LookupSpan,
};

use subsegment::{Call, Subsegment};

/// A layer that sends subsegments. It sends nothing for an invocation that is not sampled.
pub(super) struct XRay {
    daemon: UdpSocket,
}

/// The segment of an invocation.
#[derive(Clone)]
struct Segment {
    trace_id: String,
    id: String,
}

/// A running operation of an AWS service.
struct Operation {
    service: String,
    name: String,
    started: SystemTime,
}

impl XRay {
    /// Sends to the daemon with this address, Lambda's `AWS_XRAY_DAEMON_ADDRESS`.
    ///
    /// # Errors
    /// When there is no such address, or no socket.
    pub(super) fn connect(address: &str) -> io::Result<Self> {
        let daemon = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        daemon.set_nonblocking(true)?;
        daemon.connect(address)?;
        Ok(Self { daemon })
    }

    /// The spans and events that it needs, whatever the level of the log is.
    pub(super) fn filter() -> Targets {
        Targets::new().with_targets([
            ("runtime::invocation", Level::ERROR),
            ("push_provisioning_client::transport", Level::INFO),
            ("aws_sdk_dynamodb::operation", Level::DEBUG),
            ("aws_sdk_s3::operation", Level::DEBUG),
        ])
    }

    /// A datagram that is lost, or does not fit the socket's buffer, is a call that the trace does not show.
    fn send(&self, segment: &Segment, (started, ended): (SystemTime, SystemTime), call: &Call<'_>) {
        let subsegment = Subsegment::new((&segment.trace_id, &segment.id), (started, ended), call);
        if let Ok(datagram) = subsegment.datagram() {
            let _ = self.daemon.send(&datagram);
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for XRay {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let Some(span) = context.span(id) else { return };
        match fields {
            Fields { trace_id: Some(trace_id), parent_id: Some(id), .. } => {
                span.extensions_mut().insert(Segment { trace_id, id });
            }
            Fields { service: Some(service), operation: Some(name), .. } => {
                span.extensions_mut().insert(Operation { service, name, started: SystemTime::now() });
            }
            _ => {}
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(operation) = span.extensions_mut().remove::<Operation>() else { return };
        let segment = span.scope().find_map(|span| span.extensions().get::<Segment>().cloned());
        if let Some(segment) = segment {
            let call = Call::aws(&operation.service, &operation.name);
            self.send(&segment, (operation.started, SystemTime::now()), &call);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (Some(name), Some(operation), Some(duration)) =
            (fields.service, fields.operation, fields.duration)
        else {
            return;
        };
        let mut spans = context.event_scope(event).into_iter().flatten();
        if let Some(segment) = spans.find_map(|span| span.extensions().get::<Segment>().cloned()) {
            let ended = SystemTime::now();
            let call = Call::remote(&name, &operation, fields.status);
            self.send(&segment, (ended.checked_sub(duration).unwrap_or(ended), ended), &call);
        }
    }
}

/// The fields that describe invocations and calls.
#[derive(Default)]
struct Fields {
    trace_id: Option<String>,
    parent_id: Option<String>,
    service: Option<String>,
    operation: Option<String>,
    status: Option<u64>,
    duration: Option<Duration>,
}

impl Visit for Fields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "status" => self.status = Some(value),
            "duration_ms" => self.duration = Some(Duration::from_millis(value)),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let text = match field.name() {
            "xray_trace_id" => &mut self.trace_id,
            "xray_parent_id" => &mut self.parent_id,
            "rpc.service" | "api" => &mut self.service,
            "rpc.method" | "operation" => &mut self.operation,
            _ => return,
        };
        *text = Some(value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "api" {
            self.record_str(field, &format!("{value:?}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use lambda_runtime::Context as Invocation;
    use serde_json::{Value, json};
    use tracing_subscriber::{layer::SubscriberExt as _, registry};

    use super::{subsegment::HEADER, *};
    use crate::invocation;

    /// Calls within an invocation with this tracing header.
    fn call_within(header: &str) {
        let mut context = Invocation::default();
        context.xray_trace_id = Some(header.into());
        invocation::span(Some(&context), None).in_scope(|| {
            tracing::info!(
                target: "push_provisioning_client::transport",
                event = "mastercard_response_received", api = %"Token Connect", operation = "pushMultipleAccounts",
                status = 429_u64, duration_ms = 250_u64, sent_correlation_id = "c-1", "received"
            );
            let service = "DynamoDB";
            let _span = tracing::debug_span!(
                target: "aws_sdk_dynamodb::operation::put_item", "DynamoDB.PutItem",
                "rpc.service" = service, "rpc.method" = "PutItem"
            );
        });
    }

    /// The next datagram's document without its id and its times, and how many seconds it took.
    fn received(daemon: &UdpSocket) -> (Value, f64) {
        let mut buffer = [0; 4096];
        let length = daemon.recv(&mut buffer).unwrap();
        let document = buffer[..length].strip_prefix(HEADER).unwrap();
        let mut document: Value = serde_json::from_slice(document).unwrap();
        let mut take = |name| document.as_object_mut().unwrap().remove(name).unwrap();
        let seconds = take("end_time").as_f64().unwrap() - take("start_time").as_f64().unwrap();
        assert_eq!(take("id").as_str().unwrap().len(), 16);
        (document, seconds)
    }

    #[test]
    fn the_trace_of_a_sampled_invocation_shows_each_call() {
        let daemon = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        daemon.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let layer = XRay::connect(&daemon.local_addr().unwrap().to_string()).unwrap();
        let root = "1-5759e988-bd862e3fe1be46a994272793";
        tracing::subscriber::with_default(registry().with(layer.with_filter(XRay::filter())), || {
            call_within(&format!("Root={root};Parent=0000000000000001;Sampled=0"));
            call_within("Sampled=1");
            call_within(&format!("Root={root};Parent=53995c3f42cd8ad8;Sampled=1"));
        });
        let common = json!({"trace_id": root, "parent_id": "53995c3f42cd8ad8", "type": "subsegment"});
        let with = |mut call: Value| {
            call.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
            call
        };
        let (push, seconds) = received(&daemon);
        let expected = json!({
            "namespace": "remote", "name": "Token Connect", "annotations": {"operation": "pushMultipleAccounts"},
            "http": {"response": {"status": 429}}, "error": true, "throttle": true, "fault": false,
        });
        assert_eq!(push, with(expected));
        assert!((seconds - 0.25).abs() < 0.001, "{seconds}");
        let (put, _) = received(&daemon);
        let expected = json!({"namespace": "aws", "name": "DynamoDB", "aws": {"operation": "PutItem"}});
        assert_eq!(put, with(expected));
    }
}
