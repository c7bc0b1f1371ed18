//! EventBridge Pipes, as the templates configure it: a write appears in the table's stream. One that changes an enrollment's
//! status becomes an event `EnrollmentStatusChanged`, as with `StatusEvents=all`, and one that is audited a line of the audit trail
//! (`docs/events/`).

use std::time::Duration;

use aws_sdk_dynamodbstreams::types::AttributeValue;
use serde_json::Value;

use crate::{
    stream::{Image, StreamError, StreamReader},
    world::World,
};

/// A pipe of a template.
struct Pipe {
    template: &'static str,
    /// The path that the pipe's filter requires.
    required: &'static str,
}

const STATUS_CHANGES: Pipe = Pipe {
    template: include_str!("../../infra/template.yaml"),
    required: "dynamodb.NewImage.statusChange.M.to.S",
};
const AUDIT_LINES: Pipe =
    Pipe { template: include_str!("../../infra/audit.yaml"), required: "dynamodb.NewImage.audit.M.at.S" };

/// How often a program that follows the pipes reads them.
pub const EVENT_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Both pipes, which continue where they stopped.
pub struct Pipes<'a>(StreamReader<'a>);

/// What the pipes carried since the last reading, oldest first.
#[derive(Debug)]
pub struct Carried {
    /// Details of the events.
    pub status_changes: Vec<Value>,
    /// Lines of the audit trail. There are none without `AUDIT_TRAIL`.
    pub audit_lines: Vec<Value>,
}

impl World {
    /// The pipes at the beginning of the table's stream.
    pub fn pipes(&self) -> Pipes<'_> {
        Pipes(StreamReader::new(self.streams(), &self.tables().enrollments))
    }

    /// The details of all events so far, oldest first.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub async fn status_changes(&self) -> Result<Vec<Value>, StreamError> {
        Ok(self.pipes().read().await?.status_changes)
    }

    /// The lines of the audit trail so far, oldest first. There are none without `AUDIT_TRAIL`.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub async fn audit_lines(&self) -> Result<Vec<Value>, StreamError> {
        Ok(self.pipes().read().await?.audit_lines)
    }
}

impl Pipes<'_> {
    /// Reads what is new.
    ///
    /// # Errors
    /// When the stream cannot be read. Nothing is lost: the next reading returns it.
    pub async fn read(&mut self) -> Result<Carried, StreamError> {
        let images = self.0.read().await?;
        let carried = |pipe: &Pipe| {
            let template = pipe.input_template();
            let passing = images.iter().filter(|image| value_at(image, pipe.required).is_some());
            passing.filter_map(|image| detail(&template, image)).collect()
        };
        Ok(Carried { status_changes: carried(&STATUS_CHANGES), audit_lines: carried(&AUDIT_LINES) })
    }
}

impl Pipe {
    /// The pipe's `InputTemplate`.
    fn input_template(&self) -> String {
        let after = self.template.split_once("InputTemplate: >-").map(|(_, after)| after).unwrap_or_default();
        after.lines().skip(1).take_while(|line| !line.trim().is_empty()).map(str::trim).collect()
    }
}

/// The template with each `<$.path>` replaced by the record's value at that path.
fn detail(template: &str, image: &Image) -> Option<Value> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("<$.") {
        let (path, after) = after.split_once('>')?;
        let text = Value::String(value_at(image, path)?).to_string();
        filled += before;
        // The template has quotes around each text.
        filled += text.trim_matches('"');
        rest = after;
    }
    serde_json::from_str(&(filled + rest)).ok()
}

/// The text, number or truth value at a path such as `dynamodb.NewImage.statusChange.M.to.S`.
fn value_at(image: &Image, path: &str) -> Option<String> {
    let mut image = image;
    let mut steps = path.strip_prefix("dynamodb.NewImage.")?.split('.');
    loop {
        let value = image.get(steps.next()?)?;
        match (steps.next()?, value) {
            ("S", AttributeValue::S(text)) => return Some(text.clone()),
            ("N", AttributeValue::N(number)) => return Some(number.clone()),
            ("BOOL", AttributeValue::Bool(truth)) => return Some(truth.to_string()),
            ("M", AttributeValue::M(fields)) => image = fields,
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use std::collections::HashMap;

    use super::*;

    #[tokio::test]
    async fn each_write_is_carried_once() {
        let world = World::start(crate::Options::default()).await.unwrap();
        world.refresh().await.unwrap();
        let mut pipes = world.pipes();
        let cardholder = world.cardholder("40000").unwrap();
        for card in ["70001", "70002"] {
            cardholder.enroll(card).await.unwrap();
            let carried = pipes.read().await.unwrap().status_changes;
            let changes: Vec<_> = carried.iter().map(|it| (&it["cardContractId"], &it["to"])).collect();
            assert_eq!(changes, [(&serde_json::json!(card), &serde_json::json!("READY"))]);
            assert!(pipes.read().await.unwrap().status_changes.is_empty());
        }
        assert_eq!(world.status_changes().await.unwrap().len(), 2);
    }

    #[test]
    fn events_follow_the_pipe_of_the_template() {
        let (from, to) = (AttributeValue::S(String::new()), AttributeValue::S("READY".into()));
        let change =
            [("from".into(), from), ("to".into(), to), ("final".into(), AttributeValue::Bool(false))];
        let change = HashMap::from(change);
        let image = HashMap::from([("statusChange".into(), AttributeValue::M(change))]);
        let template = r#"{"from":"<$.dynamodb.NewImage.statusChange.M.from.S>","to":"<$.dynamodb.NewImage.statusChange.M.to.S>","final":<$.dynamodb.NewImage.statusChange.M.final.BOOL>}"#;
        let expected = serde_json::json!({"from": "", "to": "READY", "final": false});
        assert_eq!(detail(template, &image).unwrap(), expected);
        for pipe in [STATUS_CHANGES, AUDIT_LINES] {
            let template = pipe.input_template();
            assert!(template.starts_with('{') && template.ends_with('}'));
            assert!(template.contains("<$.dynamodb.NewImage.tenant.S>"));
            let steps: Vec<_> = pipe.required.split('.').collect();
            let filter = steps
                .iter()
                .rev()
                .fold(r#"[{"exists":true}]"#.to_owned(), |inner, step| format!(r#"{{"{step}":{inner}}}"#));
            assert!(
                pipe.template.contains(&filter),
                "a pipe's filter has changed: change local/src/events.rs"
            );
        }
        assert_eq!(value_at(&image, STATUS_CHANGES.required).as_deref(), Some("READY"));
    }
}
