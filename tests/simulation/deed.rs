//! What an actor does: one invocation of one function, connected anew as after a cold start, called in person.

use lambda_http::{Body, Request, Response};
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use local::cardholder::Answer;
use runtime::config::Runtime;
use serde::Serialize;
use serde_json::{Value, json};

use super::event::Event;

/// Which function, for the trace too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Enroll,
    GetEnrollment,
    ListCards,
    ListRequestors,
    ReceiveNotification,
    ReceiveCallback,
    Reconcile,
    Refresh,
}

/// One invocation to come.
#[derive(Clone)]
pub(super) struct Deed {
    pub(super) function: Function,
    /// What happens, without any id.
    pub(super) told: String,
    /// Whose token it carries, or whose browser it is: a place in the cast.
    pub(super) who: Option<usize>,
    /// Nothing of it concerns the caller's own things: it must end in a 404, or a 403 at Mastercard's door.
    pub(super) trespass: bool,
    /// Its requests wait for no turn.
    pub(super) at_once: bool,
    /// What API Gateway hands over; nothing for a schedule.
    pub(super) event: Option<Event>,
    /// The idempotency key, as the app wrote it.
    pub(super) key: Option<String>,
    /// The card that it asks about, whoever's it is.
    pub(super) card: Option<u64>,
    /// The letters that are delivered.
    pub(super) letters: Vec<usize>,
}

/// How it ended.
pub(super) enum Ending {
    Answered(Answer, String),
    /// What a scheduled function returned.
    Returned(Value),
    /// What a scheduled function failed with.
    Failed(String),
}

impl Deed {
    pub(super) fn new(function: Function, told: impl Into<String>) -> Self {
        Self {
            function,
            told: told.into(),
            who: None,
            trespass: false,
            at_once: false,
            event: None,
            key: None,
            card: None,
            letters: Vec::new(),
        }
    }

    pub(super) fn by(self, who: usize) -> Self {
        Self { who: Some(who), ..self }
    }

    pub(super) fn asking(self, event: Event) -> Self {
        Self { event: Some(event), ..self }
    }

    pub(super) fn under(self, key: &str) -> Self {
        let event = self.event.map(|event| event.with("idempotency-key", key));
        Self { key: Some(key.into()), event, ..self }
    }

    pub(super) fn trespassing(self, trespass: bool) -> Self {
        Self { trespass, ..self }
    }

    /// Runs it on this host.
    pub(super) async fn done(self, host: Runtime) -> Ending {
        use Function::*;
        macro_rules! in_person {
            ($function:path, $with:expr) => {
                <$function>::connect(&host).await.unwrap().handle($with).await
            };
        }
        let request = || self.event.as_ref().map_or_else(Request::default, Event::request);
        let schedule = || LambdaEvent::new(json!({}), Context::default());
        let answer = match self.function {
            Enroll => in_person!(enroll::Enroll, request()),
            GetEnrollment => in_person!(get_enrollment::GetEnrollment, request()),
            ListCards => in_person!(list_cards::ListCards, request()),
            ListRequestors => in_person!(list_requestors::ListRequestors, request()),
            ReceiveNotification => in_person!(receive_notification::ReceiveNotification, request()),
            ReceiveCallback => in_person!(receive_callback::ReceiveCallback, request()),
            Reconcile => {
                return returned(in_person!(reconcile_enrollments::ReconcileEnrollments, schedule()));
            }
            Refresh => return returned(in_person!(sync_requestors::SyncRequestors, schedule())),
        };
        answered(answer.expect("functions answer whatever happens"))
    }
}

fn returned(outcome: Result<impl Serialize, Diagnostic>) -> Ending {
    match outcome {
        Ok(report) => Ending::Returned(serde_json::to_value(report).unwrap()),
        Err(failure) => Ending::Failed(failure.error_message),
    }
}

fn answered(response: Response<Body>) -> Ending {
    let text = String::from_utf8_lossy(response.body().as_ref()).into_owned();
    let header = |value: &lambda_http::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.to_string(), header(value)));
    let answer = Answer {
        status: response.status().as_u16(),
        headers: headers.collect(),
        body: serde_json::from_str(&text).unwrap_or_default(),
    };
    Ending::Answered(answer, text)
}
