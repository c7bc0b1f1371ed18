//! One invocation of one function, connected as after a cold start.

use lambda_http::Request;
use lambda_runtime::{Context, LambdaEvent};
use model::token_id::TokenId;
use runtime::config::Runtime;
use serde_json::json;

use super::{event::Event, outcome::Outcome};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Enroll,
    GetEnrollment,
    ListCards,
    ManageTokens,
    ListRequestors,
    ReceiveNotification,
    ReceiveCallback,
    Reconcile,
    Refresh,
}

#[derive(Clone)]
pub(super) struct Invocation {
    pub(super) function: Function,
    /// What the trace shows, without ids.
    pub(super) label: String,
    /// Index of the principal whose token or browser it uses.
    pub(super) principal: Option<usize>,
    /// It requests the data of others, so that it must end in a 404, or in a 403 at the notification endpoint.
    pub(super) unauthorized: bool,
    /// Its requests pass the gate without a step of the scheduler.
    pub(super) unscheduled: bool,
    /// API Gateway's event; `None` for a scheduled function.
    pub(super) event: Option<Event>,
    /// The idempotency key that the app sent.
    pub(super) key: Option<String>,
    /// The card contract that it names.
    pub(super) card: Option<u64>,
    /// The token that it names.
    pub(super) token: Option<TokenId>,
    /// Indexes of the notifications that it delivers.
    pub(super) notifications: Vec<usize>,
}

impl Invocation {
    pub(super) fn new(function: Function, label: impl Into<String>) -> Self {
        Self {
            function,
            label: label.into(),
            principal: None,
            unauthorized: false,
            unscheduled: false,
            event: None,
            key: None,
            card: None,
            token: None,
            notifications: Vec::new(),
        }
    }

    pub(super) fn with_principal(self, principal: usize) -> Self {
        Self { principal: Some(principal), ..self }
    }

    pub(super) fn with_event(self, event: Event) -> Self {
        Self { event: Some(event), ..self }
    }

    pub(super) fn with_key(self, key: &str) -> Self {
        let event = self.event.map(|event| event.with_header("idempotency-key", key));
        Self { key: Some(key.into()), event, ..self }
    }

    pub(super) fn unauthorized(self) -> Self {
        Self { unauthorized: true, ..self }
    }

    /// Connects the function and calls its handler.
    pub(super) async fn run(self, runtime: Runtime) -> Outcome {
        use Function::*;
        macro_rules! invoke {
            ($function:path, $event:expr) => {
                <$function>::connect(&runtime).await.unwrap().handle($event).await
            };
        }
        let request = || self.event.as_ref().map_or_else(Request::default, Event::request);
        let schedule = || LambdaEvent::new(json!({}), Context::default());
        let response = match self.function {
            Enroll => invoke!(enroll::Enroll, request()),
            GetEnrollment => invoke!(get_enrollment::GetEnrollment, request()),
            ListCards => invoke!(list_cards::ListCards, request()),
            ManageTokens => invoke!(manage_tokens::ManageTokens, request()),
            ListRequestors => invoke!(list_requestors::ListRequestors, request()),
            ReceiveNotification => invoke!(receive_notification::ReceiveNotification, request()),
            ReceiveCallback => invoke!(receive_callback::ReceiveCallback, request()),
            Reconcile => {
                return Outcome::from_scheduled(invoke!(
                    reconcile_enrollments::ReconcileEnrollments,
                    schedule()
                ));
            }
            Refresh => return Outcome::from_scheduled(invoke!(sync_requestors::SyncRequestors, schedule())),
        };
        Outcome::from_http(&response.expect("a function always responds"))
    }
}
