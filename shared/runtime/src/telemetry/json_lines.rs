//! Log lines: one JSON object each, with the fields of the event and of its spans at the top level.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    layer::{Context, Layer},
    registry::LookupSpan,
};

/// A layer that passes each line, with its line break, to `write`.
pub(super) struct JsonLines<W> {
    /// The function's name, the field `service` of each line.
    pub(super) service: &'static str,
    pub(super) write: W,
}

/// Fields as JSON, each after a comma: `,"attempt":1`.
#[derive(Default)]
struct Fields(Vec<u8>);

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields(Vec::with_capacity(512));
        line.0.extend(b"{\"level\":");
        line.json(event.metadata().level().as_str());
        line.add("timestamp", &format_args!("{:.3}", Timestamp::now()));
        line.add("service", self.service);
        event.record(&mut line);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(Fields(fields)) = span.extensions().get() {
                line.0.extend(fields);
            }
        }
        line.0.extend(b"}\n");
        (self.write)(&line.0);
    }
}

impl Fields {
    fn add(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        self.0.push(b',');
        self.json(name);
        self.0.push(b':');
        self.json(value);
    }

    /// Writing to memory does not fail.
    fn json(&mut self, value: &(impl Serialize + ?Sized)) {
        let _ = serde_json::to_writer(&mut self.0, value);
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field.name(), &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field.name(), &value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field.name(), &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), &format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::telemetry::testing::logged;

    #[test]
    fn what_is_known_later_is_on_the_lines_that_follow() {
        let log = logged(|| {
            let span = tracing::error_span!("invocation", client = tracing::field::Empty);
            span.in_scope(|| {
                tracing::info!("before");
                tracing::Span::current().record("client", "c-1");
                tracing::info!("after");
            });
        });
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&lines[0]["client"], &lines[1]["client"]), (&Value::Null, &json!("c-1")));
    }

    #[test]
    fn a_line_is_one_flat_object_with_the_field_names_of_powertools() {
        let log = logged(|| {
            let span = tracing::error_span!("invocation", cold_start = true, function_request_id = "r-1");
            span.in_scope(|| {
                let cause = String::from("a \"quoted\"\nbreak");
                let absent = None::<u64>;
                tracing::warn!(event = "it_happened", cause, absent, share = 0.5, left = -3, id = %"c-1", "text");
            });
        });
        assert_eq!(log.matches('\n').count(), 1, "{log}");
        let mut line: Value = serde_json::from_str(&log).unwrap();
        let timestamp = line.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert!(timestamp.as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{timestamp}");
        let expected = json!({
            "level": "WARN", "service": "test", "message": "text", "event": "it_happened", "cause": "a \"quoted\"\nbreak",
            "share": 0.5, "left": -3, "id": "c-1", "cold_start": true, "function_request_id": "r-1",
        });
        assert_eq!(line, expected);
    }
}
