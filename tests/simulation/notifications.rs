//! Processing's notifications: collected when the simulator sends them, delivered when and how the seed decides.

use jiff::SignedDuration;
use model::{card_number::CardNumberDetector, notification::wire};
use serde_json::Value;
use simulator::CLICK_TO_PAY;

use super::{
    event::Event,
    history::SentNotification,
    invocation::{Function, Invocation},
    run::Run,
};

/// The most notifications in one delivery.
const MAX_BATCH: usize = 3;

impl Run<'_> {
    /// Collects what the simulator has sent, with `occurredAt` by the run's clock: the simulator's own is in real time.
    pub(super) async fn collect_notifications(&mut self) {
        self.record_new_tokens();
        for mut body in self.harness.take_notifications().await {
            let client = body["clientId"].as_u64().unwrap();
            let card = body["cardContractId"].as_u64().unwrap();
            // Of a run that was given up because the machine was too busy, notifications may be left.
            let principals = &self.history.principals;
            let Some(principal) = principals.iter().position(|it| it.client == client) else { continue };
            let number = self.history.notifications.len() + 1;
            let deliveries = self.rng.choose(&[0, 1, 1, 1, 2, 3]);
            let label = format!("{} {number}", body["type"].as_str().unwrap());
            self.note(format!("Processing sends {label}, with {deliveries} deliveries"));
            let now = self.now();
            let occurred_at = now + SignedDuration::from_secs(self.clock_skew());
            body["occurredAt"] = occurred_at.to_string().into();
            body["notificationId"] = format!("notification-{number}").into();
            let is_of_click_to_pay = body["tokenRequestorId"] == CLICK_TO_PAY;
            // Mastercard does not publish which fields are always present. Without the requestor, a notification of another one could
            // not be recognized.
            for field in ["notificationId", "clientId", "tokenRequestorId"] {
                if self.rng.chance(10) && (is_of_click_to_pay || field != "tokenRequestorId") {
                    body.as_object_mut().unwrap().remove(field);
                }
            }
            let id = wire::parse(body.to_string().as_bytes(), now, None, &CardNumberDetector::default())
                .unwrap()
                .notifications
                .remove(0)
                .id;
            let acknowledged = None;
            let notification =
                SentNotification { body, id, principal, card, label, deliveries, acknowledged };
            self.history.notifications.push(notification);
        }
    }

    /// Seconds by which Mastercard's clock is ahead; constant in a run.
    fn clock_skew(&self) -> i64 {
        i64::try_from(self.history.principals[0].cards.len()).unwrap() * 9 - 18
    }

    /// Indexes of notifications with deliveries left.
    pub(super) fn undelivered(&self) -> Vec<usize> {
        let notifications = self.history.notifications.iter().enumerate();
        notifications.filter(|(_, it)| it.deliveries > 0).map(|(index, _)| index).collect()
    }

    /// Delivers some random ones in one batch. Returns the number of the actor.
    pub(super) async fn deliver_some(&mut self) -> usize {
        let mut selected = self.undelivered();
        self.rng.shuffle(&mut selected);
        selected.truncate(1 + self.rng.below(MAX_BATCH));
        selected.iter().for_each(|index| self.history.notifications[*index].deliveries -= 1);
        self.deliver(selected, true).await
    }

    /// Delivers these, by their indexes, in one batch. Returns the number of the actor.
    pub(super) async fn deliver(&mut self, selected: Vec<usize>, with_certificate: bool) -> usize {
        let notifications: Vec<_> =
            selected.iter().map(|index| &self.history.notifications[*index]).collect();
        let label = notifications.iter().map(|it| it.label.as_str()).collect::<Vec<_>>().join(", ");
        let mut bodies: Vec<_> = notifications.iter().map(|it| it.body.clone()).collect();
        let body = if bodies.len() == 1 { bodies.remove(0) } else { Value::Array(bodies) };
        let event = Event::new("POST /notifications", "/notifications").with_body(&body);
        let invocation = Invocation::new(Function::ReceiveNotification, label);
        let invocation = if with_certificate {
            let settings = self.harness.world.settings();
            let subject = settings.iter().find(|(name, _)| *name == "NOTIFICATION_CLIENT_SUBJECTS");
            let event = event.with_client_certificate(subject.unwrap().1);
            Invocation { notifications: selected, ..invocation.with_event(event) }
        } else {
            invocation.with_event(event).unauthorized()
        };
        self.start(invocation).await
    }

    /// Records the end of a delivery. Without an acknowledgment, which is a 200, Mastercard delivers again.
    pub(super) fn record_delivery(&mut self, delivered: &[usize], acknowledged: bool) {
        let step = self.trace.step();
        for index in delivered {
            let notification = &mut self.history.notifications[*index];
            if acknowledged {
                notification.acknowledged.get_or_insert(step);
            } else {
                notification.deliveries += 1;
            }
        }
    }
}
