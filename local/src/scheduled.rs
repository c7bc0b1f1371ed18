//! Invokes the functions without a route, as operators, EventBridge Scheduler and Lambda destinations do.

mod destination;

use std::time::Duration;

use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{functions::Functions, gateway::context};

/// A function without a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScheduledFunction {
    SyncRequestors,
    FetchAssets,
    ReconcileEnrollments,
}

/// A scheduled function failed.
#[derive(Debug, thiserror::Error)]
#[error("{} failed: {}", .function.as_str(), .diagnostic.error_message)]
pub struct RefreshError {
    function: ScheduledFunction,
    pub(crate) diagnostic: Diagnostic,
}

impl ScheduledFunction {
    const ALL: [Self; 3] = [Self::SyncRequestors, Self::FetchAssets, Self::ReconcileEnrollments];

    /// By the name of its crate.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.as_str() == name)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::SyncRequestors => "sync-requestors",
            Self::FetchAssets => "fetch-assets",
            Self::ReconcileEnrollments => "reconcile-enrollments",
        }
    }

    /// Its `Timeout` in the template.
    fn timeout(self) -> Duration {
        Duration::from_secs(match self {
            Self::SyncRequestors => 120,
            Self::FetchAssets => 900,
            Self::ReconcileEnrollments => 240,
        })
    }
}

impl Functions {
    /// Steps 1 to 4, with the options of an operator in the event. Returns the responses of both functions.
    pub(crate) async fn refresh(&self, event: Value) -> Result<(Value, Value), RefreshError> {
        let synced = self.run(ScheduledFunction::SyncRequestors, event).await?;
        let fetched = self.run(ScheduledFunction::FetchAssets, destination::success(&synced)).await?;
        Ok((synced, fetched))
    }

    /// Reconciliation of enrollments whose notifications are missing.
    pub(crate) async fn reconcile(&self) -> Result<Value, RefreshError> {
        self.run(ScheduledFunction::ReconcileEnrollments, json!({})).await
    }

    /// An asynchronous invocation, with the destinations of the template.
    pub(crate) async fn start(&self, function: ScheduledFunction, event: Value) -> Result<(), RefreshError> {
        match function {
            ScheduledFunction::SyncRequestors => self.refresh(event).await.map(drop),
            _ => self.run(function, event).await.map(drop),
        }
    }

    /// If the function fails, its event goes to the dead-letter queue at once: there are no retries.
    async fn run(&self, function: ScheduledFunction, event: Value) -> Result<Value, RefreshError> {
        let outcome = self.invoke(function, event.clone()).await;
        outcome.inspect_err(|error| {
            self.dead_letters.send(&destination::failure(function.as_str(), &event, &error.diagnostic));
        })
    }

    /// A synchronous invocation, as an operator makes it.
    pub(crate) async fn invoke(
        &self,
        function: ScheduledFunction,
        payload: Value,
    ) -> Result<Value, RefreshError> {
        let event = LambdaEvent::new(payload, context(function.timeout()));
        let outcome = match function {
            ScheduledFunction::SyncRequestors => to_json(self.sync_requestors.handle(event).await),
            ScheduledFunction::FetchAssets => to_json(self.fetch_assets.handle(event).await),
            ScheduledFunction::ReconcileEnrollments => {
                to_json(self.reconcile_enrollments.handle(event).await)
            }
        };
        outcome.map_err(|diagnostic| RefreshError { function, diagnostic })
    }
}

fn to_json(outcome: Result<impl Serialize, Diagnostic>) -> Result<Value, Diagnostic> {
    let marshal_error = |error: serde_json::Error| Diagnostic {
        error_type: "Runtime.MarshalError".into(),
        error_message: error.to_string(),
    };
    serde_json::to_value(outcome?).map_err(marshal_error)
}
