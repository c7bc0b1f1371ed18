//! Use-case steps 17 and 21: Processing sends TAR and TCN. Each notification is stored before it is acknowledged, and
//! applied immediately; reconciliation applies those that could not be.
//!
//! Mastercard publishes neither how it authenticates itself nor the complete format. The checks in `authentication.rs` and
//! the format in `model::notification::wire` are provisional.

mod authentication;
mod quarantine;

use jiff::Timestamp;
use lambda_http::{Body, Error, Request, Response};
use mastercard::FieldLevelKeys;
use model::{
    audit::ActorKind,
    card_number::CardNumberDetector,
    clock::Clock,
    notification::{
        Notification,
        wire::{self, DeliveryError, UnreadableMessage},
    },
};
use runtime::{
    config::{ConfigError, Runtime},
    http::{self, Code, Fault, Problem, StatusCode},
    store::{
        Enrollments, StoreError,
        enrollments::{NotificationOutcome, ReceiveError},
    },
    telemetry,
};
use serde::Serialize;

use authentication::{Authentication, AuthenticationSettings};
use quarantine::Quarantine;

/// The largest body, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The function with its dependencies.
pub struct ReceiveNotification {
    enrollments: Enrollments,
    authentication: Authentication,
    decryption: Option<FieldLevelKeys>,
    quarantine: Quarantine,
    card_numbers: CardNumberDetector,
    clock: Clock,
}

#[derive(Serialize)]
struct AcceptedResponse {
    accepted: usize,
}

impl ReceiveNotification {
    /// Reads its settings and makes its clients.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a key or secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (enrollments, authentication, quarantine, card_numbers) = runtime.read_settings(|settings| {
            let enrollments = Enrollments::from_settings(settings, runtime);
            let authentication = AuthenticationSettings::from_settings(settings);
            let quarantine = Quarantine::reference(settings);
            let card_numbers = http::card_number_detector(settings);
            Some((enrollments?, authentication?, quarantine?, card_numbers?))
        })?;
        let ((authentication, decryption), quarantine) =
            tokio::try_join!(authentication.connect(), Quarantine::connect(quarantine))?;
        let clock = runtime.clock.clone();
        Ok(Self { enrollments, authentication, decryption, quarantine, card_numbers, clock })
    }

    /// `POST /notifications`, on Mastercard's own domain with mutual TLS.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Error> {
        http::serve_untrusted(request, MAX_BYTES, async |request| self.receive(&request).await).await
    }

    async fn receive(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let body = self.authentication.check(request)?;
        let (now, keys) = (self.clock.now(), self.decryption.as_ref());
        let delivery = wire::parse(&body, now, keys, &self.card_numbers).map_err(rejection)?;
        let enrollments = self.enrollments.for_actor(|| http::actor(request, ActorKind::Processing));
        let received = enrollments.receive(&delivery.notifications, now).await;
        let mut stored = Ok(());
        for (notification, outcome) in delivery.notifications.iter().zip(received) {
            stored = stored.and(log_outcome(notification, outcome));
        }
        stored?;
        if delivery.with_card_number > 0 {
            // Mastercard repeats the whole delivery then. The notifications accepted now will be duplicates.
            return Err(rejection(DeliveryError::CardNumber));
        }
        self.quarantine(&delivery.unreadable, now).await?;
        http::json(StatusCode::OK, &AcceptedResponse { accepted: delivery.notifications.len() })
    }

    /// Keeps and logs messages that cannot be read.
    async fn quarantine(&self, messages: &[UnreadableMessage], now: Timestamp) -> Result<(), StoreError> {
        if messages.is_empty() {
            return Ok(());
        }
        let kept = match self.quarantine.seal(messages, now) {
            Some(delivery) => self.enrollments.quarantine(&delivery).await?.map_or(0, |_| delivery.messages),
            None => 0,
        };
        let mut causes: Vec<_> = messages.iter().map(|message| telemetry::chain(&message.error)).collect();
        causes.sort_unstable();
        causes.dedup();
        tracing::warn!(
            event = "notification_unreadable",
            count = messages.len(),
            kept,
            cause = causes.join("; "),
            "notification unreadable"
        );
        Ok(())
    }
}

/// Logs the outcome of a notification.
///
/// # Errors
/// If it is not stored: Mastercard has to send it again.
fn log_outcome(
    notification: &Notification,
    outcome: Result<NotificationOutcome, ReceiveError>,
) -> Result<(), StoreError> {
    match outcome {
        Ok(NotificationOutcome::Recorded(id)) => tracing::info!(
            event = "notification_applied", enrollment_id = %id, kind = notification.kind.as_str(),
            "notification applied"
        ),
        Ok(NotificationOutcome::Duplicate(id)) => tracing::info!(
            event = "notification_repeated", enrollment_id = %id, kind = notification.kind.as_str(),
            "mastercard sent a notification again"
        ),
        Ok(NotificationOutcome::Unmatched) => tracing::warn!(
            event = "notification_unmatched",
            kind = notification.kind.as_str(),
            "notification matches no enrollment"
        ),
        Err(ReceiveError::NotStored(error)) => return Err(error),
        // It is stored: reconciliation applies it.
        Err(ReceiveError::NotApplied(error)) => {
            tracing::error!(
                event = "notification_deferred",
                cause = telemetry::chain(&error),
                "stored notification deferred to reconciliation"
            );
        }
    }
    Ok(())
}

fn rejection(error: DeliveryError) -> Problem {
    match error {
        DeliveryError::CardNumber => Code::CardNumberRefused.into(),
        error => Problem::faults(vec![Fault::in_body("", &error)]).with_source(error),
    }
}
