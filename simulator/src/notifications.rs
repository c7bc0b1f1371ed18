//! Processing's notifications to the issuer server, steps 17 and 21, and the TVN of later events. That they exist is
//! documented; transport, payload, order, timeout and retries are not: all of it here is invented, after sibling
//! products that do publish theirs.

mod payload;
mod plan;
mod sealed;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Certificate, Client, Identity, redirect};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::watch;
use url::Url;

pub(crate) use self::payload::{Kind, Notification};
pub use self::plan::{Delivery, NotificationPlan};
use self::sealed::Sealing;
use crate::{
    journal::{Exchange, Journal, Party, said},
    options::NotificationTarget,
};

/// The gateway that carries a sibling product's calls to issuers gives up after this.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The target cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTarget {
    /// Mutual TLS cannot be spoken.
    #[error("the client certificate, key or root for notifications cannot be used")]
    Tls(#[source] reqwest::Error),
    /// Notifications cannot be signed or encrypted.
    #[error("the signing key or the encryption certificate for notifications cannot be used")]
    Sealing,
}

/// Sends notifications in the background.
#[derive(Clone)]
pub(crate) struct Notifier(Arc<Inner>);

struct Inner {
    /// Control methods may be called from outside of the runtime.
    runtime: Handle,
    journal: Arc<Journal>,
    target: Mutex<Option<Target>>,
    plan: Mutex<NotificationPlan>,
    under_way: watch::Sender<usize>,
}

/// Counts a delivery as under way for as long as it lives.
struct UnderWay(Notifier);

impl UnderWay {
    fn new(notifier: &Notifier) -> Self {
        notifier.0.under_way.send_modify(|count| *count += 1);
        Self(notifier.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.under_way.send_modify(|count| *count -= 1);
    }
}

impl Notifier {
    /// Sends on the current Tokio runtime.
    pub(crate) fn new(journal: Arc<Journal>) -> Self {
        Self(Arc::new(Inner {
            runtime: Handle::current(),
            journal,
            target: Mutex::default(),
            plan: Mutex::default(),
            under_way: watch::Sender::new(0),
        }))
    }

    pub(crate) fn set_target(&self, target: Option<NotificationTarget>) -> Result<(), InvalidTarget> {
        let target = target.map(Target::new).transpose()?;
        *self.0.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
        Ok(())
    }

    pub(crate) fn plan(&self) -> NotificationPlan {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_plan(&self, plan: NotificationPlan) {
        *self.0.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    /// Waits until no delivery, retry or delayed copy is under way.
    pub(crate) async fn settled(&self) {
        // The sender lives in `self`, so the channel cannot be closed here.
        let _ = self.0.under_way.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Sends what belongs together, in order as far as first attempts go, without making the caller wait.
    pub(crate) fn announce(&self, mut notifications: Vec<Notification>) {
        let Some(target) = self.0.target.lock().unwrap_or_else(PoisonError::into_inner).clone() else {
            return;
        };
        let plan = self.plan();
        if plan.tcn_before_tar {
            notifications.reverse();
        }
        let (notifier, under_way) = (self.clone(), UnderWay::new(self));
        self.0.runtime.spawn(async move {
            let _under_way = under_way;
            for Notification { kind, body } in notifications {
                let delivery = match kind {
                    Kind::Tar => &plan.tar,
                    Kind::Tcn => &plan.tcn,
                    Kind::Tvn => &plan.tvn,
                };
                let envelope = Envelope { kind, body, target: target.clone() };
                for _ in 0..delivery.copies {
                    if delivery.delay_milliseconds > 0 {
                        notifier.later(&envelope, delivery.delay_milliseconds, plan.retries, &plan);
                    } else if !notifier.attempt(&envelope).await && plan.retries > 0 {
                        notifier.later(&envelope, plan.backoff_milliseconds, plan.retries - 1, &plan);
                    }
                }
            }
        });
    }

    /// Attempts after a pause, and `retries` times more if need be.
    fn later(&self, envelope: &Envelope, milliseconds: u64, retries: u32, plan: &NotificationPlan) {
        let (notifier, under_way, envelope) = (self.clone(), UnderWay::new(self), envelope.clone());
        let backoff = Duration::from_millis(plan.backoff_milliseconds);
        self.0.runtime.spawn(async move {
            let _under_way = under_way;
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            for left in (0..=retries).rev() {
                if notifier.attempt(&envelope).await || left == 0 {
                    break;
                }
                tokio::time::sleep(backoff).await;
            }
        });
    }

    /// Posts once; a 2xx within three seconds is an acknowledgement.
    async fn attempt(&self, envelope: &Envelope) -> bool {
        let began = Timestamp::now();
        let Target { url, shared_secret, sealing, client } = &envelope.target;
        let Some(body) = sealing.body(&envelope.body) else { return false };
        let mut request =
            client.post(url.clone()).header("content-type", "application/json;charset=utf-8").body(body);
        if let Some(secret) = shared_secret {
            request = request.header("x-notification-secret", secret);
        }
        let (acknowledged, outcome) = match request.send().await {
            Ok(response) if response.status().is_success() => (true, "acknowledged".to_owned()),
            Ok(response) => (false, format!("answered {}", response.status().as_u16())),
            Err(error) if error.is_timeout() => (false, "not answered in time".to_owned()),
            Err(_) => (false, "not delivered".to_owned()),
        };
        let what = format!("{} notification, {outcome}", envelope.kind.name());
        self.0.journal.add(Exchange {
            step: envelope.kind.step(),
            from: Party::Processing,
            to: Party::IssuerServer,
            what,
            began,
            took: Duration::try_from(Timestamp::now().duration_since(began)).unwrap_or_default(),
            said: vec![said("POST /notifications", Some(&envelope.body)), said(outcome, None)],
        });
        acknowledged
    }
}

#[derive(Clone)]
struct Envelope {
    kind: Kind,
    body: Value,
    target: Target,
}

/// The issuer's door, ready to be knocked at.
#[derive(Clone)]
struct Target {
    url: Url,
    shared_secret: Option<String>,
    sealing: Sealing,
    client: Client,
}

impl Target {
    fn new(target: NotificationTarget) -> Result<Self, InvalidTarget> {
        let (sealing, client) = (Sealing::of(&target)?, client(&target)?);
        Ok(Self { url: target.url, shared_secret: target.shared_secret, sealing, client })
    }
}

fn client(target: &NotificationTarget) -> Result<Client, InvalidTarget> {
    let mut builder = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy();
    if let Some(pem) = &target.root_certificate_pem {
        let roots = Certificate::from_pem_bundle(pem.as_bytes()).map_err(InvalidTarget::Tls)?;
        builder = builder.tls_certs_only(roots);
    } else if target.url.scheme() == "http" {
        // Spares loading the system's roots.
        builder = builder.tls_certs_only([]);
    }
    if let Some(pem) = &target.identity_pem {
        builder = builder.identity(Identity::from_pem(pem.as_bytes()).map_err(InvalidTarget::Tls)?);
    }
    builder.build().map_err(InvalidTarget::Tls)
}
