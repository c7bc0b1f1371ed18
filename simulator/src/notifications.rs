//! Processing's notifications to the issuer server (steps 17 and 21) and TVNs of later events. Only their existence is
//! documented: transport, payload, order, timeout and retries are invented, after other Mastercard products.

mod endpoint;
mod invalid_target;
mod outgoing;
pub(crate) mod payload;
mod plan;
mod protection;
pub(crate) mod target;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use self::endpoint::Endpoint;
pub use self::invalid_target::InvalidTarget;
use self::outgoing::Outgoing;
use self::payload::{Kind, Notification};
pub use self::plan::{Delivery, NotificationPlan};
use self::target::NotificationTarget;
use crate::journal::Journal;

/// Sends notifications in the background.
#[derive(Clone)]
pub(crate) struct Notifier(Arc<Inner>);

struct Inner {
    /// Control methods may be called outside of the runtime.
    runtime: Handle,
    journal: Arc<Journal>,
    endpoint: Mutex<Option<Endpoint>>,
    plan: Mutex<NotificationPlan>,
    in_flight: watch::Sender<usize>,
}

/// Counts a delivery as in flight until dropped.
struct InFlight(Notifier);

impl InFlight {
    fn new(notifier: &Notifier) -> Self {
        notifier.0.in_flight.send_modify(|count| *count += 1);
        Self(notifier.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.0.in_flight.send_modify(|count| *count -= 1);
    }
}

impl Notifier {
    /// Sends on the current Tokio runtime.
    pub(crate) fn new(journal: Arc<Journal>) -> Self {
        Self(Arc::new(Inner {
            runtime: Handle::current(),
            journal,
            endpoint: Mutex::default(),
            plan: Mutex::default(),
            in_flight: watch::Sender::new(0),
        }))
    }

    pub(crate) fn set_target(&self, target: Option<NotificationTarget>) -> Result<(), InvalidTarget> {
        let endpoint = target.map(Endpoint::new).transpose()?;
        *self.0.endpoint.lock().unwrap_or_else(PoisonError::into_inner) = endpoint;
        Ok(())
    }

    pub(crate) fn plan(&self) -> NotificationPlan {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_plan(&self, plan: NotificationPlan) {
        *self.0.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    /// Waits until no delivery, retry or delayed copy is in flight.
    pub(crate) async fn settled(&self) {
        // Fails only if the sender is dropped; `self` owns it.
        let _ = self.0.in_flight.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Sends notifications in the background; their first attempts are made in order.
    pub(crate) fn send(&self, mut notifications: Vec<Notification>) {
        let Some(endpoint) = self.0.endpoint.lock().unwrap_or_else(PoisonError::into_inner).clone() else {
            return;
        };
        let plan = self.plan();
        if plan.tcn_before_tar {
            notifications.reverse();
        }
        let (notifier, in_flight) = (self.clone(), InFlight::new(self));
        self.0.runtime.spawn(async move {
            let _in_flight = in_flight;
            for Notification { kind, body } in notifications {
                let delivery = match kind {
                    Kind::Tar => &plan.tar,
                    Kind::Tcn => &plan.tcn,
                    Kind::Tvn => &plan.tvn,
                };
                let outgoing = Outgoing { kind, body, endpoint: endpoint.clone() };
                for _ in 0..delivery.copies {
                    if delivery.delay_milliseconds > 0 {
                        notifier.send_later(&outgoing, delivery.delay_milliseconds, plan.retries, &plan);
                    } else if !outgoing.attempt(&notifier.0.journal).await && plan.retries > 0 {
                        notifier.send_later(&outgoing, plan.backoff_milliseconds, plan.retries - 1, &plan);
                    }
                }
            }
        });
    }

    /// Sends after a pause, and retries up to `retries` times.
    fn send_later(&self, outgoing: &Outgoing, milliseconds: u64, retries: u32, plan: &NotificationPlan) {
        let (notifier, in_flight, outgoing) = (self.clone(), InFlight::new(self), outgoing.clone());
        let backoff = Duration::from_millis(plan.backoff_milliseconds);
        self.0.runtime.spawn(async move {
            let _in_flight = in_flight;
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            for left in (0..=retries).rev() {
                if outgoing.attempt(&notifier.0.journal).await || left == 0 {
                    break;
                }
                tokio::time::sleep(backoff).await;
            }
        });
    }
}
